"""Games whose payoffs were estimated by simulation, and how far their answers can be trusted.

The payoffs come in independent replicates (one a block of states), every profile played
on the same futures. Equilibria are those of the mean payoffs; resampling the replicates shows how often
each one still holds, and a bound on the largest payoff error says how far from equilibrium it can be in
the game behind the estimates: an ε-equilibrium of estimates that are all within δ is an (ε + 2δ)-
equilibrium of the truth.

Source: Tuyls, Perolat, Lanctot et al. 2020, JAAMAS 34:7, for ε + 2δ and the sample sizes; Wellman, Tuyls
and Greenwald 2025, JAIR 82; Hoeffding 1963; Efron 1979 for the bootstrap; Bonferroni for δ from replicates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.draws.estimate import Sums, student
from equipoise.errors import InputError
from equipoise.games.batch import gains, solve_indifference
from equipoise.games.dominance import Dominated, eliminate
from equipoise.games.indifference import supports_of
from equipoise.games.normal_form import ROUNDING, NormalForm, contract, pure_regrets, restrict
from equipoise.records import Record

_CHUNK_CELLS = 4_000_000
EPSILON = 0.01
"""Gain from changing alone that counts as none in a resample, as a share of the player's stakes."""


@dataclass(frozen=True)
class Interval(Record):
    """An estimate with its bootstrap interval; the bounds are None with a single replicate."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Trust:
    """How far an equilibrium of the estimated game can be trusted.

    Attributes:
        probability: share of resamples in which it is an ε-equilibrium; None with a single replicate.
        exact: share of resamples that have an exact equilibrium in which each player uses the same
            strategies; None with a single replicate.
        regret: largest gain from changing alone, in payoff units, with its bootstrap interval.
        bound: with the confidence of δ, no player gains more than this by changing alone to another of the
            strategies tried: the largest gain in the estimates plus the δ of the payoffs it compares, at most
            ε + 2δ; None with a single replicate.
    """

    probability: float | None
    exact: float | None
    regret: Interval
    bound: float | None


@dataclass(frozen=True, eq=False)
class EmpiricalGame:
    """A game known through independent replicates of its payoffs.

    Attributes:
        players, strategies: names, as in `NormalForm`.
        replicates: payoffs, shape (replicates, strategies of player 1, ..., of player n, n).
        seed: decides the resamples.
        resamples: number of bootstrap resamples.
        confidence: level of intervals and of δ.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    replicates: np.ndarray
    seed: int = 0
    resamples: int = 1000
    confidence: float = 0.95

    def __post_init__(self) -> None:
        replicates = np.array(self.replicates, dtype=float)
        if replicates.ndim != len(self.players) + 2 or not len(replicates):
            raise InputError(
                f"payoffs by replicate need {len(self.players) + 2} axes (replicate, one a player, player); "
                f"got shape {replicates.shape}"
            )
        if not np.isfinite(replicates).all():
            raise InputError("every payoff must be a finite number; some are missing or infinite")
        if not 0 < self.confidence < 1:
            raise InputError(f"confidence must be between 0 and 1; got {self.confidence:g}")
        if self.resamples < 1:
            raise InputError(f"resamples must be 1 or more; got {self.resamples}")
        replicates.setflags(write=False)
        object.__setattr__(self, "replicates", replicates)
        object.__setattr__(self, "players", tuple(self.players))
        object.__setattr__(self, "strategies", tuple(tuple(names) for names in self.strategies))
        _ = self.mean  # refuses names that do not fit

    @cached_property
    def mean(self) -> NormalForm:
        """Return the game of mean payoffs."""
        return NormalForm(self.players, self.strategies, self.replicates.mean(axis=0))

    @cached_property
    def stakes(self) -> np.ndarray:
        """Return what a change of strategy alone typically makes to each player, strictly dominated ones left out."""
        kept = eliminate(self.mean, kind="strict", mixtures=False).left
        return restrict(self.mean, kept).stakes

    @property
    def count(self) -> int:
        """Return the number of replicates."""
        return len(self.replicates)

    @cached_property
    def standard_errors(self) -> np.ndarray | None:
        """Return the standard error of every payoff, from the replicates; None with a single one."""
        if self.count < 2:
            return None
        sums = Sums(self.replicates[0].size, block=1)
        sums.add(self.replicates.reshape(self.count, -1).T)
        return np.array([found.se for found in sums.estimates()]).reshape(self.replicates.shape[1:])

    @cached_property
    def weights(self) -> np.ndarray:
        """Return what weighs the replicates in each resample, shape (resamples, replicates).

        The spread of a mean over resamples is √((R − 1)/R) of its standard error; the weights are
        stretched about 1/R to undo that.
        """
        rng = np.random.default_rng(self.seed)
        even = 1.0 / self.count
        drawn = rng.multinomial(self.count, np.full(self.count, even), self.resamples) / self.count
        stretch = math.sqrt(self.count / (self.count - 1)) if self.count > 1 else 1.0
        return even + stretch * (drawn - even)

    @cached_property
    def cell_deltas(self) -> np.ndarray | None:
        """Return a bound δ on the error of every payoff, in the shape of the payoffs; None with one replicate.

        Student's t on the replicates, with the level shared over every payoff of every player
        (Bonferroni), so it holds for all at once whatever their correlation.
        """
        if self.standard_errors is None:
            return None
        factor = student(self.count - 1, 1 - (1 - self.confidence) / self.standard_errors.size)
        return factor * self.standard_errors

    @property
    def deltas(self) -> np.ndarray | None:
        """Return, for each player, the largest δ of its payoffs; None with one replicate."""
        return (
            None if self.cell_deltas is None else self.cell_deltas.reshape(-1, len(self.players)).max(axis=0)
        )

    def trust(self, mixtures: Sequence[np.ndarray], *, epsilon: float = EPSILON) -> Trust:
        """Say how far a profile of mixtures can be trusted to be an equilibrium.

        Args:
            mixtures: one probability vector a player.
            epsilon: largest gain from changing alone that counts as none, as a share of the player's
                stakes. A mixed equilibrium of estimates is never exactly one of a resample, so 0
                suits pure profiles only.

        Returns:
            Probabilities, the regret with its interval and the bound.
        """
        each = self._gains(mixtures)
        now = np.maximum([own.mean(axis=0).max() for own in each], 0.0)
        value = float(now.max())
        if self.count < 2:
            return Trust(None, None, Interval(value, None, None), None)
        resampled = np.stack([np.maximum((self.weights @ own).max(axis=1), 0.0) for own in each], axis=1)
        limits = (epsilon + 1e-9) * self.stakes
        holds = float((resampled <= limits).all(axis=1).mean())
        interval = Interval(value, *self._bounds(resampled.max(axis=1)))
        bound = max(self._bound(mixtures, i, own.mean(axis=0)) for i, own in enumerate(each))
        return Trust(holds, self._exact(mixtures), interval, bound)

    def _bound(self, mixtures: Sequence[np.ndarray], player: int, gains: np.ndarray) -> float:
        """Return what a player gains at most by changing alone if every payoff is within its δ."""
        assert self.cell_deltas is not None  # nothing is trusted without replicates
        delta = contract(self.cell_deltas[..., player], mixtures, keep=(player,))
        elsewhere = np.where(mixtures[player] == 1.0, 0.0, gains + delta + delta @ mixtures[player])
        return float(max(elsewhere.max(), 0.0))

    def pure_trust(self) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
        """Return, for every pure profile, how often it is an equilibrium and the interval of its regret.

        Returns:
            Shares of resamples, lower and upper bounds of the regret (the largest over players, in
            payoff units), each of the game's shape; three None with a single replicate.
        """
        if self.count < 2:
            return None, None, None
        regrets = np.empty((self.resamples, *self.mean.shape))
        holds = np.zeros(self.mean.shape)
        row = 0
        for payoffs in self._resampled():
            each = pure_regrets(payoffs, lead=1)
            regrets[row : row + len(payoffs)] = each.max(axis=-1)
            holds += (each == 0).all(axis=-1).sum(axis=0)
            row += len(payoffs)
        low, high = np.quantile(regrets, self._levels(), axis=0)
        return holds / self.resamples, low, high

    def no_pure(self) -> float | None:
        """Return the share of resamples without any pure equilibrium; None with a single replicate."""
        if self.count < 2:
            return None
        without = 0
        for payoffs in self._resampled():
            worst = pure_regrets(payoffs, lead=1).max(axis=-1).reshape(len(payoffs), -1)
            without += int((worst.min(axis=1) > 0).sum())
        return without / self.resamples

    def domination(self, found: Dominated) -> float | None:
        """Return the share of resamples in which a strategy is dominated by the same mixture.

        Against every combination of the others' strategies: strictly for `strict`, never worse for `weak`.
        Meant for strategies dominated in the full game (round 1).
        """
        if self.count < 2:
            return None
        rows = np.moveaxis(self.replicates[..., found.player], found.player + 1, 1)
        rows = rows.reshape(self.count, rows.shape[1], -1)
        better = sum(p * rows[:, s] for s, p in found.by.items()) - rows[:, found.strategy]
        resampled = self.weights @ better
        margin = ROUNDING * np.abs(rows[:, [*found.by, found.strategy]]).max(axis=(0, 1))
        holds = resampled > margin if found.kind == "strict" else resampled >= -margin
        return float(holds.all(axis=1).mean())

    def better_for_all(self, mixtures: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> float | None:
        """Return the share of resamples in which no player does worse than under another profile."""
        if self.count < 2:
            return None
        here, there = self._expected(mixtures), self._expected(other)
        rounding = ROUNDING * (np.abs(here) + np.abs(there)).max(axis=0)
        return float(((self.weights @ (here - there)) >= -rounding).all(axis=1).mean())

    def expected_errors(self, mixtures: Sequence[np.ndarray]) -> np.ndarray | None:
        """Return the standard error of each player's expected payoff; None with a single replicate."""
        if self.count < 2:
            return None
        return self._expected(mixtures).std(axis=0, ddof=1) / math.sqrt(self.count)

    def _expected(self, mixtures: Sequence[np.ndarray]) -> np.ndarray:
        """Return expected payoffs by replicate, shape (replicates, players)."""
        columns = [
            contract(self.replicates[..., i], mixtures, keep=(), lead=1) for i in range(len(self.players))
        ]
        return np.stack(columns, axis=1)

    def _gains(self, mixtures: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return each player's gain from each strategy by replicate, shape (replicates, strategies)."""
        result = []
        for i, own in enumerate(mixtures):
            payoff = contract(self.replicates[..., i], mixtures, keep=(i,), lead=1)
            result.append(payoff - (payoff @ own)[:, None])
        return result

    def _resampled(self) -> Iterator[np.ndarray]:
        """Yield resampled mean payoffs in chunks, shape (some resamples, profiles..., players)."""
        size = max(1, _CHUNK_CELLS // self.mean.payoffs.size)
        for start in range(0, self.resamples, size):
            yield np.tensordot(self.weights[start : start + size], self.replicates, axes=1)

    def _exact(self, mixtures: Sequence[np.ndarray]) -> float:
        """Return the share of resamples with an exact equilibrium on the same supports."""
        supports = supports_of(mixtures, threshold=0.0)
        held = 0
        for resampled in self._resampled():
            payoffs, count = -pure_regrets(resampled, lead=1) / self.stakes, len(resampled)
            tables = [payoffs[..., i] for i in range(len(self.players))]
            small = [table[np.ix_(np.arange(count), *supports)] for table in tables]
            start = [np.tile(p[s], (count, 1)) for p, s in zip(mixtures, supports, strict=True)]
            answers, good = solve_indifference(small, start)
            wide = [np.zeros((count, size)) for size in self.mean.shape]
            for own, answer, support in zip(wide, answers, supports, strict=True):
                own[:, support] = answer
            held += int((good & (gains(tables, wide) <= 1e-7)).sum())
        return held / self.resamples

    def _levels(self) -> list[float]:
        return [(1 - self.confidence) / 2, (1 + self.confidence) / 2]

    def _bounds(self, values: np.ndarray) -> tuple[float, float]:
        low, high = np.quantile(values, self._levels())
        return float(low), float(high)


def hoeffding_samples(payoff_range: float, delta: float, entries: int, *, alpha: float = 0.05) -> int:
    """Return how many independent plays of each profile keep every payoff error within δ.

    Args:
        payoff_range: width c of the range payoffs of one play can take.
        delta: the error allowed.
        entries: number K of payoffs estimated (profiles × players).
        alpha: chance allowed that some payoff is off by more.

    Returns:
        m ≥ c² / (2 δ²) · ln(2K/α), rounded up. Distribution-free, hence large.
    """
    _positive(payoff_range=payoff_range, delta=delta, entries=entries, alpha=alpha)
    return math.ceil(payoff_range**2 / (2 * delta**2) * math.log(2 * entries / alpha))


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise InputError(f"{name.replace('_', ' ')} must be above 0; got {number:g}")
    if numbers["alpha"] >= 1:
        raise InputError(f"alpha must be below 1; got {numbers['alpha']:g}")
