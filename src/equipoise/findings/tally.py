"""Adding up batches of futures, in constant memory, into what the summary is made of.

Sums are kept for each of the 16 scrambles of the states, so that standard errors need no list of states.
Quantiles are exact for the first million futures; beyond, they come from a fine histogram laid over the
range of those, and robustness metrics rest on the first million futures' states. Source: DESIGN.md
*Constant memory*; MODEL.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from equipoise.draws.sampling import SCRAMBLES
from equipoise.futures.play import Batch
from equipoise.world.player import Player

EXACT = 1_000_000
"""Futures up to which quantiles are exact."""
BINS = 1 << 16


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


@dataclass
class Tally:
    """What a run has given so far.

    Attributes:
        player: whose futures. chance: streams a state.
        futures, states: how many so far.
        origin: float64 [2, profiles], mean payoff and mean influence of the first state. Sums are taken of
            what differs from it, so that states all alike leave no trace of rounding.
        by_scramble: float64 [2, profiles, 16], sums over states of mean payoff and mean influence, less origin.
        scramble_states: [16].
        within: float64 [profiles], sum over states of the variance of payoff over chance.
        f: mean payoff of each state [profiles, states] (parts), while the limit lasts.
        payoffs: of every future.
        sums: weekly series [profiles, series, weeks + 1].
    """

    player: Player
    chance: int
    futures: int = 0
    states: int = 0
    origin: np.ndarray | None = None
    by_scramble: np.ndarray = field(init=False)
    scramble_states: np.ndarray = field(init=False)
    within: np.ndarray = field(init=False)
    payoffs: Distribution = field(default_factory=Distribution)
    sums: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        world = self.player.world
        d, n = len(world.profiles), len(self.player.columns.names)
        self.by_scramble = np.zeros((2, d, SCRAMBLES))
        self.scramble_states = np.zeros(SCRAMBLES)
        self.within = np.zeros(d)
        self.sums = np.zeros((d, len(self.player.series), world.weeks + 1))
        self.totals = np.zeros((d, n))
        self.orders = np.zeros((d, 3 + len(world.forces)), np.int64)
        self.ends = {key: np.zeros((2, d)) for key in ("fell", "stood", "all_fell")}
        self.event_weeks = np.zeros((len(world.drawn), world.weeks), np.int64)
        self.fired_weeks = np.zeros((len(self._fired_columns()), world.weeks), np.int64)
        self.inputs_origin: dict[str, float] = {}
        self.moments: dict[str, np.ndarray] = {}
        self.outcomes: dict[str, dict[str, list[np.ndarray]]] = {}
        self.deals: dict[str, float] = {}
        self.sat: dict[str, int] = {}
        self._f: list[np.ndarray] = []

    @property
    def f(self) -> np.ndarray:
        """Mean payoff over chance [profiles, states], of all states or of the first million futures'."""
        return np.concatenate(self._f, axis=1)

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        columns, outcomes = self.player.columns, batch.outcomes
        shape = (len(outcomes), batch.states, batch.chance)
        payoff = outcomes[:, columns["payoff"]].astype(float).reshape(shape)
        influence = outcomes[:, columns["influence"]].astype(float).reshape(shape).mean(axis=2)
        mean = payoff.mean(axis=2)
        scramble = np.arange(batch.first_state, batch.first_state + batch.states) % SCRAMBLES
        if self.origin is None:
            self.origin = np.stack([mean[:, 0], influence[:, 0]])
        for d in range(len(outcomes)):
            for row, values in enumerate((mean[d], influence[d])):
                self.by_scramble[row, d] += np.bincount(
                    scramble, values - self.origin[row, d], minlength=SCRAMBLES
                )
        self.scramble_states += np.bincount(scramble, minlength=SCRAMBLES)
        if batch.chance > 1:
            self.within += payoff.var(axis=2, ddof=1).sum(axis=1)
        if self.futures < EXACT:
            self._f.append(mean)
        self.payoffs.add(payoff.reshape(len(outcomes), -1))
        self.futures += batch.states * batch.chance
        self.states += batch.states
        self.sums += batch.sums
        self.totals += outcomes.sum(axis=2, dtype=float)
        self._add_ends(outcomes)
        self._add_events(batch)
        self._add_inputs(batch)
        self._add_sittings(batch)

    def _add_ends(self, outcomes: np.ndarray) -> None:
        columns, world = self.player.columns, self.player.world
        codes = outcomes[:, columns["order"]].astype(np.int64)
        for d, code in enumerate(codes):
            self.orders[d] += np.bincount(code, minlength=self.orders.shape[1])
        if world.incumbent < 0:
            return
        fell = outcomes[:, columns[f"fallen.{world.forces[world.incumbent]}"]] >= 0
        end = outcomes[:, columns["influence_end"]].astype(float)
        together = np.broadcast_to(fell.all(axis=0), fell.shape)
        for key, chosen in (("fell", fell), ("stood", ~fell), ("all_fell", together)):
            self.ends[key] += np.stack([(end * chosen).sum(axis=1), chosen.sum(axis=1)])

    def _add_events(self, batch: Batch) -> None:
        weeks = self.player.world.weeks
        group = batch.weeks[self.player.groups.of[0]]
        for n, drawn in enumerate(group):
            self.event_weeks[n] += np.bincount(drawn[(drawn >= 0) & (drawn < weeks)], minlength=weeks)
        for n, column in enumerate(self._fired_columns()):
            fired = batch.outcomes[0, column].astype(np.int64)
            self.fired_weeks[n] += np.bincount(fired[fired >= 0], minlength=weeks)

    def _fired_columns(self) -> list[int]:
        return [n for n, name in enumerate(self.player.columns.names) if name.startswith("event.")]

    def _add_inputs(self, batch: Batch) -> None:
        for path, value in batch.parameters.values.items():
            if value.ndim:
                beyond = value - self.inputs_origin.setdefault(path, float(value[0]))
                part = np.array([beyond.sum(), (beyond**2).sum()])
                self.moments[path] = self.moments.get(path, 0.0) + part
        for talk, issues in batch.parameters.outcomes.items():
            self.deals[talk] = self.deals.get(talk, 0.0) + float(batch.parameters.deals[talk].sum())
            for issue, values in issues.items():
                if self.states <= EXACT:
                    self.outcomes.setdefault(talk, {}).setdefault(issue, []).append(values)

    def _add_sittings(self, batch: Batch) -> None:
        """Add talks that are settled inside the run, as the first strategy has them: how often each sat, its end."""
        columns, first = self.player.columns, batch.outcomes[0]
        for n, item in enumerate(self.player.world.drawn):
            if not item.in_run:
                continue
            sat = first[columns[f"held.{item.name}"]] >= 0
            struck = batch.weeks[self.player.groups.of[0], n] < self.player.world.weeks
            self.sat[item.name] = self.sat.get(item.name, 0) + int(sat.sum())
            self.deals[item.name] = self.deals.get(item.name, 0.0) + float(struck.sum())
            for issue in sorted(self.player.world.scenario.talks[item.name].issues):
                values = first[columns[f"outcome.{item.name}.{issue}"]].astype(float)
                if self.states <= EXACT:
                    self.outcomes.setdefault(item.name, {}).setdefault(issue, []).append(values[sat])
