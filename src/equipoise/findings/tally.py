"""Adding up batches of futures, in constant memory, into what the summary is made of.

Sums are kept as `draws.estimate` keeps them, so that standard errors need no list of states.
Quantiles are exact for the first million futures; beyond, they come from a fine histogram laid over the
range of those, and robustness metrics rest on the first million futures' states. Source: DESIGN.md
*Constant memory*; MODEL.md §5.
"""

from __future__ import annotations

import numpy as np

from equipoise.draws.estimate import Estimate, Sums
from equipoise.findings.digest import Digest, Weighted, digest, fired_columns
from equipoise.futures.play import Batch, Plan, batches
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
        found = np.empty((len(self._counts), self.limit), np.float32)
        for row, counts, low, high in zip(found, self._counts, self._low, self._high, strict=True):
            share = np.cumsum(counts) / counts.sum()
            row[:] = low + (high - low) * centres[np.minimum(np.searchsorted(share, levels), BINS - 1)]
        return found

    def _to_histogram(self) -> None:
        """Lay the bins over what is held and count it, part by part: all at once took five times its memory."""
        low = np.min([part.min(axis=1) for part in self._parts], axis=0).astype(float)
        high = np.max([part.max(axis=1) for part in self._parts], axis=0).astype(float)
        margin = np.maximum((high - low) / 2, 1e-9)
        self._low, self._high = low - margin, high + margin
        self._counts = np.zeros((len(low), BINS), np.int64)
        for part in self._parts:
            self._count(part)
        self._parts = []

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
        self.fired_weeks = np.zeros((len(fired_columns(player)), world.weeks), np.int64)
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
        how often there is none; `("agreed", agreement, "signed" | term)`, the chance that it is signed, that the term
        falls due, and `("kept", agreement, term)`, that it is kept where it does.
        """
        return self._means.estimates() | self._ratios.estimates()

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        self.take(digest(self.player, batch))

    def take(self, found: Digest) -> None:
        """Add what the next batch came to."""
        self.within += found.within
        if self.futures < EXACT:
            self._f.append(found.mean)
        self.payoffs.add(found.payoff)
        self.futures += found.states * found.chance
        self.states += found.states
        self.sums += found.sums
        self.event_weeks += found.event_weeks
        self.fired_weeks += found.fired_weeks
        for path, value in found.inputs.items():
            beyond = value - self.inputs_origin.setdefault(path, float(value[0]))
            part = np.array([beyond.sum(), (beyond**2).sum()])
            self.moments[path] = self.moments.get(path, 0.0) + part
        if self.states <= EXACT:  # outcomes of talks are kept for their quantiles, while the limit lasts
            for (talk, issue), values in found.outcomes.items():
                self.outcomes.setdefault(talk, {}).setdefault(issue, []).append(values)
        self._means.add({key: (values, None) for key, values in found.rows.items()})
        self._ratios.add(found.ratios)


def tallied(player: Player, plan: Plan, *, workers: int | None = None) -> Tally:
    """Play a plan, and return what it has given; `workers`: threads, one for each processor if not given."""
    tally = Tally(player, plan.chance)
    for batch in batches(player, plan, workers=workers):
        tally.add(batch)
    return tally


def _weight(row: tuple[np.ndarray, np.ndarray | None]) -> np.ndarray:
    assert row[1] is not None  # of rows that are weighted
    return row[1]


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
        weights = np.stack([_weight(rows[name]) for name in self._names]) if self._weighted else None
        self._sums.add(values, weights)

    def estimates(self) -> dict[tuple, Estimate]:
        """Return the estimate of every row."""
        return dict(zip(self._names, self._sums.estimates(), strict=True))
