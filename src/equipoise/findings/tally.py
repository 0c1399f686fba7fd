"""Adding up batches of futures, in constant memory, into what the summary is made of.

Sums are kept as `draws.estimate` keeps them, so that standard errors need no list of states.
Quantiles are exact for the first million futures; beyond, they come from a fine histogram laid over the
range of those, and robustness metrics rest on the first million futures' states. Source: DESIGN.md
*Constant memory*; MODEL.md §5.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numba import njit

from equipoise.draws.estimate import Estimate, Sums
from equipoise.futures.play import Batch
from equipoise.world.compile import World
from equipoise.world.kernel.lanes import OPTIONS
from equipoise.world.outcomes import ORDERS
from equipoise.world.parameters import Parameters
from equipoise.world.player import Player

Rows = dict[tuple, np.ndarray]
"""One number a state [states], by what it is of."""
Weighted = dict[tuple, tuple[np.ndarray, np.ndarray | None]]
"""One number and its weight a state, by what it is of."""

EXACT = 1_000_000
"""Futures up to which quantiles are exact."""
BINS = 1 << 16
MORE_THAN = 0.5
"""Share of a state's futures in which a way of engaging succeeds above which it counts as succeeding in the state."""
SLACK = 1e-6
"""Influence at the end is a float32 in the kernel's lanes; what lies this close below the start is the start."""


class Distribution:
    """Values of several rows [rows, n]: all of them up to `limit` a row, then a histogram of fixed bins.

    The bins span the range of the first values, widened by half of it on both sides; values beyond fall into
    the end bins. A quantile that lies inside is off by one bin at most; after a million futures of evenly
    spread states hardly any value lies outside, and none near the 5th or the 95th percentile.
    """

    def __init__(self, limit: int = EXACT) -> None:
        self.limit = limit
        self._parts: list[np.ndarray] = []
        self._held = 0
        self._counts: np.ndarray | None = None
        self._low = self._high = np.zeros(0)

    def add(self, values: np.ndarray) -> None:
        """Add values [rows, n]."""
        if self._counts is None:
            self._parts.append(values.astype(np.float32))
            self._held += values.shape[1]
            if self._held > self.limit:
                self._to_histogram()
        else:
            self._count(values)

    @property
    def error(self) -> float:
        """The width of a bin; 0 while values are exact."""
        return 0.0 if self._counts is None else float(np.max(self._high - self._low) / BINS)

    def samples(self) -> np.ndarray:
        """Return values [rows, n] that have the distribution: all of them, or each bin's centre as often as right."""
        if self._counts is None:
            return np.concatenate(self._parts, axis=1)
        centres = (np.arange(BINS) + 0.5) / BINS
        levels = (np.arange(self.limit) + 0.5) / self.limit
        rows = []
        for counts, low, high in zip(self._counts, self._low, self._high, strict=True):
            share = np.cumsum(counts) / counts.sum()
            rows.append(low + (high - low) * centres[np.minimum(np.searchsorted(share, levels), BINS - 1)])
        return np.array(rows, np.float32)

    def _to_histogram(self) -> None:
        values = np.concatenate(self._parts, axis=1)
        low, high = values.min(axis=1).astype(float), values.max(axis=1).astype(float)
        margin = np.maximum((high - low) / 2, 1e-9)
        self._low, self._high = low - margin, high + margin
        self._counts = np.zeros((len(values), BINS), np.int64)
        self._parts = []
        self._count(values)

    def _count(self, values: np.ndarray) -> None:
        scaled = (values - self._low[:, None]) / (self._high - self._low)[:, None] * BINS
        index = np.clip(scaled.astype(np.int64), 0, BINS - 1)
        for row, bins in enumerate(index):
            self._counts[row] += np.bincount(bins, minlength=BINS)  # type: ignore[index]


class Tally:
    """What a run has given so far.

    Args:
        player: whose futures. chance: streams a state.
        payoffs: holds the payoff of every future.

    Attributes:
        futures, states: how many so far.
        within: float64 [profiles], sum over states of the variance of payoff over chance.
        sums: weekly series [profiles, series, weeks + 1].
        event_weeks, fired_weeks: how many futures a dated event or deal, a triggered event, falls in, by week.
    """

    def __init__(self, player: Player, chance: int, *, payoffs: Distribution | None = None) -> None:
        world = player.world
        self.player, self.chance = player, chance
        self.futures = self.states = 0
        self.payoffs = Distribution() if payoffs is None else payoffs
        self.within = np.zeros(len(world.profiles))
        self.sums = np.zeros((len(world.profiles), len(player.series), world.weeks + 1))
        self.event_weeks = np.zeros((len(world.drawn), world.weeks), np.int64)
        self.fired_weeks = np.zeros((len(self._fired_columns()), world.weeks), np.int64)
        self.inputs_origin: dict[str, float] = {}
        self.moments: dict[str, np.ndarray] = {}
        self.outcomes: dict[str, dict[str, list[np.ndarray]]] = {}
        self._f: list[np.ndarray] = []
        self._means = _Named(weighted=False)
        self._ratios = _Named(weighted=True)

    @property
    def f(self) -> np.ndarray:
        """Mean payoff over chance [profiles, states], of all states or of the first million futures'."""
        return np.concatenate(self._f, axis=1)

    def estimates(self) -> dict[tuple, Estimate]:
        """Return every mean and chance so far, with its error and interval, by what it is of.

        Keys: `(profile, column)`, the mean of a column of outcomes; `(profile, "fallen", force)`,
        `(profile, "order", code)`, `(profile, "succeeds")` (of states), `("drawn", n)`, `("fired", n)`, chances;
        `(profile, "fell" | "stood" | "all_fell")`, the mean influence at the end where the incumbent fell, stood, or
        fell under every strategy; `(profile, "kept")`, `(profile, "kept_fell" | "kept_stood")`, the chance that
        influence is kept, in all and so; `("gap", profile, profile)`, how much more the first pays; `("deal", talk)`,
        the chance that all accept; `("issue", talk, issue)`, the mean of the outcomes, and `("none", talk, issue)`,
        how often there is none.
        """
        return self._means.estimates() | self._ratios.estimates()

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        sums = np.stack([state_sums(profile, batch.chance) for profile in batch.outcomes])
        means = sums / batch.chance
        at = self.player.columns["payoff"]
        payoff = self.player.columns.values(batch.outcomes, "payoff")
        by_state = payoff.reshape(len(payoff), batch.states, batch.chance)
        means[:, at] = by_state.mean(axis=2)
        if batch.chance > 1:
            self.within += by_state.var(axis=2, ddof=1).sum(axis=1)
        if self.futures < EXACT:
            self._f.append(means[:, at].copy())
        self.payoffs.add(payoff)
        self.futures += batch.states * batch.chance
        self.states += batch.states
        self.sums += batch.sums
        self._add_inputs(batch)
        kept = self._kept(batch)
        rows = (
            self._columns(means) | self._gaps(means[:, at]) | ends(self.player, batch) | self._events(batch)
        )
        rows |= {(d, "kept"): _share(there, batch) for d, there in enumerate(kept)}
        ratios = self._influence_by_end(batch, kept)
        self._add_talks(batch, rows, ratios)
        self._add_sittings(batch, ratios)
        self._means.add({key: (values, None) for key, values in rows.items()})
        self._ratios.add(ratios)

    def _columns(self, means: np.ndarray) -> Rows:
        """Return the means of the columns that are amounts, not weeks, codes or outcomes of talks."""
        other = ("order", "fallen.", "event.", "sits.", "outcome.")
        names = self.player.columns.names
        return {
            (d, name): means[d, n]
            for d in range(len(means))
            for n, name in enumerate(names)
            if not name.startswith(other)
        }

    def _gaps(self, payoff: np.ndarray) -> Rows:
        pairs = combinations(range(len(payoff)), 2)
        return {("gap", one, other): payoff[one] - payoff[other] for one, other in pairs}

    def _kept(self, batch: Batch) -> np.ndarray:
        """Return the futures in which influence at the end is no less than at the start, bool [profiles, futures]."""
        start = influence_at_start(self.player.world, batch.parameters)
        end = batch.outcomes[:, self.player.columns["influence_end"]]
        return end >= np.repeat(start, batch.chance) - SLACK

    def _influence_by_end(self, batch: Batch, kept: np.ndarray) -> Weighted:
        columns, world = self.player.columns, self.player.world
        if world.incumbent < 0:
            return {}
        fell = batch.outcomes[:, columns[f"fallen.{world.forces[world.incumbent]}"]] >= 0
        together = fell.all(axis=0)
        found: Weighted = {}
        for d, outcomes in enumerate(batch.outcomes):
            end = outcomes[columns["influence_end"]].astype(float)
            for key, chosen in (("fell", fell[d]), ("stood", ~fell[d]), ("all_fell", together)):
                found[d, key] = _where(end, chosen, batch)
            found[d, "kept_fell"] = _where(kept[d].astype(float), fell[d], batch)
            found[d, "kept_stood"] = _where(kept[d].astype(float), ~fell[d], batch)
        return found

    def _events(self, batch: Batch) -> Rows:
        """Count the weeks of events and deals, and return the shares of futures in which they come."""
        weeks, found = self.player.world.weeks, {}
        for n, drawn in enumerate(batch.weeks[self.player.groups.of[0]]):
            there = (drawn >= 0) & (drawn < weeks)
            self.event_weeks[n] += np.bincount(drawn[there], minlength=weeks)
            found["drawn", n] = _share(there, batch)
        for n, column in enumerate(self._fired_columns()):
            fired = batch.outcomes[0, column].astype(np.int64)
            self.fired_weeks[n] += np.bincount(fired[fired >= 0], minlength=weeks)
            found["fired", n] = _share(fired >= 0, batch)
        return found

    def _fired_columns(self) -> list[int]:
        return [n for n, name in enumerate(self.player.columns.names) if name.startswith("event.")]

    def _add_inputs(self, batch: Batch) -> None:
        for path, value in batch.parameters.values.items():
            if value.ndim:
                beyond = value - self.inputs_origin.setdefault(path, float(value[0]))
                part = np.array([beyond.sum(), (beyond**2).sum()])
                self.moments[path] = self.moments.get(path, 0.0) + part

    def _add_talks(self, batch: Batch, rows: Rows, ratios: Weighted) -> None:
        """Add talks that hang on the state alone."""
        for talk, issues in batch.parameters.outcomes.items():
            rows["deal", talk] = batch.parameters.deals[talk].astype(float)
            for issue, values in issues.items():
                ratios["issue", talk, issue] = (values, (~np.isnan(values)).astype(float))
                rows["none", talk, issue] = np.isnan(values).astype(float)
                self._keep(talk, issue, values)

    def _add_sittings(self, batch: Batch, ratios: Weighted) -> None:
        """Add talks that are settled inside the run, as the first strategy has them, in the futures they sit in."""
        columns, first = self.player.columns, batch.outcomes[0]
        for n, item in enumerate(self.player.world.drawn):
            if not item.in_run:
                continue
            sat = first[columns[f"held.{item.name}"]] >= 0
            struck = batch.weeks[self.player.groups.of[0], n] < self.player.world.weeks
            ratios["deal", item.name] = _where(struck.astype(float), sat, batch)
            for issue in sorted(self.player.world.scenario.talks[item.name].issues):
                values = first[columns[f"outcome.{item.name}.{issue}"]].astype(float)
                ratios["issue", item.name, issue] = _where(values, ~np.isnan(values), batch)
                ratios["none", item.name, issue] = _where(np.isnan(values).astype(float), sat, batch)
                self._keep(item.name, issue, values[sat])

    def _keep(self, talk: str, issue: str, values: np.ndarray) -> None:
        """Keep outcomes for their quantiles, while the limit lasts."""
        if self.states <= EXACT:
            self.outcomes.setdefault(talk, {}).setdefault(issue, []).append(values)


def ends(player: Player, batch: Batch) -> Rows:
    """Return the shares of each state's futures in which a force fell, and that end in each order.

    Keys: `(profile, "fallen", force)`, `(profile, "order", code)`, and, where success is defined,
    `(profile, "succeeds")`: 1 in states in more than half of whose futures it is had.
    """
    columns, forces = player.columns, player.world.forces
    found: Rows = {}
    for d, outcomes in enumerate(batch.outcomes):
        if player.judged is not None:
            found[d, "succeeds"] = (_share(outcomes[player.judged] > 0, batch) > MORE_THAN).astype(float)
        for j in forces:
            found[d, "fallen", j] = _share(outcomes[columns[f"fallen.{j}"]] >= 0, batch)
        for code in range(len(ORDERS) + len(forces)):
            found[d, "order", code] = _share(outcomes[columns["order"]] == code, batch)
    return found


class _Named:
    """Running sums of rows that go by name; the same names in every batch."""

    def __init__(self, *, weighted: bool) -> None:
        self._weighted = weighted
        self._names: tuple[tuple, ...] = ()
        self._sums = Sums(0)

    def add(self, rows: Weighted) -> None:
        """Add the next states of every row."""
        if not rows:
            return
        if not self._names:
            self._names, self._sums = tuple(rows), Sums(len(rows))
        values = np.stack([rows[name][0] for name in self._names])
        weights = np.stack([rows[name][1] for name in self._names]) if self._weighted else None
        self._sums.add(values, weights)

    def estimates(self) -> dict[tuple, Estimate]:
        """Return the estimate of every row."""
        return dict(zip(self._names, self._sums.estimates(), strict=True))


@njit(**OPTIONS)
def _add_states(values, chance, out):
    for row in range(values.shape[0]):
        for state in range(out.shape[1]):
            total = 0.0
            for n in range(state * chance, (state + 1) * chance):
                total += values[row, n]
            out[row, state] = total


def influence_at_start(world: World, parameters: Parameters) -> np.ndarray:
    """Return the focus patron's influence before the first week, Σ_g ν_g Σ_j C_gj R_j, in each state [states]."""
    control, standing = parameters.control, parameters.standing[:, world.focus]
    return np.einsum("g,sgj,sj->s", world.interest[world.focus], control, standing)


def state_sums(values: np.ndarray, chance: int) -> np.ndarray:
    """Return the sums over chance, float64 [rows, states], of float32 values [rows, futures]."""
    out = np.empty((len(values), values.shape[1] // chance))
    _add_states(values, chance, out)
    return out


def _share(there: np.ndarray, batch: Batch) -> np.ndarray:
    """Return the share of each state's futures in which something is so."""
    return there.reshape(batch.states, batch.chance).mean(axis=1)


def _where(values: np.ndarray, chosen: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over the chosen futures of each state, and how many these are; no weight, no value."""
    shape = (batch.states, batch.chance)
    counts = chosen.reshape(shape).sum(axis=1).astype(float)
    total = np.where(chosen, values, 0.0).reshape(shape).sum(axis=1)
    return np.divide(total, counts, out=np.zeros(batch.states), where=counts > 0), counts
