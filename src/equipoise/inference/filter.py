"""The particle filter: futures weighed by what was seen, and copied where few carry the weight.

Each future is made to go the way that was seen, and weighed by the probability of that; what was measured weighs it
by a normal density. Where the effective number of futures is below half, they are drawn again in proportion to their
weights (systematic resampling); a copy keeps its state of the world and takes chance of its own from then on, keyed
by what it was copied from and its number. Weights are taken at the weeks in which something becomes known.

Sources: MODEL.md §5b; Gordon, Salmond and Smith 1993 (the filter); Kitagawa 1996 (systematic resampling); Kong, Liu
and Wong 1994 (the effective number); Lee and Whiteley 2018, Biometrika 105:609-625 (the
error of the probability).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.draws.keys import key_of
from equipoise.inference.facts import Fact, Futures
from equipoise.scenario.observations import Measured
from equipoise.world.reference.chance import philox

IMPOSSIBLE = -1e29
"""A logarithm of a probability below this is that of none."""
ENOUGH = 0.5
"""Share of the futures below which the effective number has them drawn again."""
_COPY = np.uint32(0x8000_0000)
"""Marks the streams of chance of copies, so that none is a stream of the run."""


@dataclass(frozen=True)
class Weighed:
    """What one fact did, and how it lay to what was expected.

    Attributes:
        fact: which. log_probability: the logarithm of its probability given all that was weighed before it.
        kept: what share of the effective number it left, all its weeks together.
        expected, spread: of a measurement, mean and standard deviation among futures before it counted.
        tail: the chance of a measurement at least as far out, on either side.
    """

    fact: Fact
    log_probability: float
    kept: float
    expected: float | None = None
    spread: float | None = None
    tail: float | None = None


@dataclass(frozen=True)
class Filtered:
    """Futures that went the way that was seen.

    Attributes:
        number: how many there were.
        effective: the effective number of first futures: 1 / Σ s², s the share of the weight each has come to carry.
        log_probability: of all that was seen, a density where something was measured; minus infinity where no future
            went that way. se: its standard error: by the effective numbers between resamplings, or, where that is
            more, by that of the first futures (Lee and Whiteley 2018), for copies share their state of the world.
        weighed: each fact in the order in which they were taken.
        shares: of the weight of each first future [number].
        origin: which first future each future of now comes from [number]; all weigh the same. Empty where none is left.
    """

    number: int
    effective: float
    log_probability: float
    se: float
    weighed: tuple[Weighed, ...]
    shares: np.ndarray
    origin: np.ndarray


class _Weights:
    """Weights on their way: of futures, of what they come from, and what each fact did to them."""

    def __init__(self, n: int) -> None:
        self.log = np.zeros(n)
        self.origin = np.arange(n)
        self.log_probability, self.variance = 0.0, 0.0
        self.did: dict[int, list[float]] = {}

    @property
    def shares(self) -> np.ndarray:
        """Each future's share of the weight [n]."""
        weights = np.exp(self.log - self.log.max())
        return weights / weights.sum()

    @property
    def first(self) -> np.ndarray:
        """The share of the weight that comes from each first future [n]."""
        return np.bincount(self.origin, self.shares, len(self.origin))

    def weigh(self, fact: int, log: np.ndarray) -> bool:
        """Multiply the weights by what a fact says; return whether any future is left."""
        log = np.where(log > IMPOSSIBLE, log, -np.inf)
        before, shares = effective(self.first), self.shares
        top = log[shares > 0].max(initial=-np.inf)
        done = self.did.setdefault(fact, [0.0, 0.0])
        if top == -np.inf:
            done[0] = done[1] = self.log_probability = -math.inf
            return False
        gained = float(top + np.log((shares * np.exp(log - top)).sum()))
        self.log = self.log + log
        done[0] += gained
        done[1] += math.log(effective(self.first) / before)
        self.log_probability += gained
        return True

    def settle(self) -> None:
        """Take up in the variance of the probability what the weights have come to since they were last equal."""
        self.variance += 1 / effective(self.shares) - 1 / len(self.log)


def effective(shares: np.ndarray) -> float:
    """Return the effective number 1 / Σ s² of shares that sum to 1."""
    return float(1 / (shares**2).sum())


def filtered(
    futures: Futures, facts: Sequence[Fact], *, state: np.ndarray, stream: np.ndarray, seed: int
) -> Filtered:
    """Play futures on to the last thing that was seen, weighed by all that was.

    Args:
        futures: at the start of the run; they end where all is known, each weighing the same.
        facts: in the order in which they became known.
        state, stream: who the futures are [n]. seed: of the run.
    """
    weights = _Weights(len(futures))
    expected: dict[int, tuple[float, float, float]] = {}
    counted = {k: np.zeros(len(futures)) for k in futures.dates.log_chance}
    stops = sorted({0, *(fact.week for fact in facts)})
    for turn, week in enumerate(stops):
        if week > 0:
            futures.advance(week)
        for k, log in _news(futures, facts, counted, week):
            if not weights.weigh(k, log):
                return _none_left(facts, weights, expected)
        for k, fact in enumerate(facts):
            if fact.value is not None and fact.week == week:
                assert isinstance(fact.seen, Measured)  # all that has a value
                values = fact.value(futures)
                expected[k] = _expected(fact.seen, values, weights.shares)
                if not weights.weigh(k, _normal(fact.seen, values)):
                    return _none_left(facts, weights, expected)
        last = week == stops[-1]
        if last:
            shares = weights.first
        if effective(weights.shares) < ENOUGH * len(futures) or (last and np.ptp(weights.log) > 0):
            weights.settle()
            state, stream = _resample(futures, weights, counted, state, stream, turn, seed)
    weighed = _weighed(facts, weights, expected)
    variance = max(weights.variance, 1 / effective(shares) - 1 / len(futures), 0.0)
    return Filtered(
        len(futures), effective(shares), weights.log_probability, math.sqrt(variance), weighed, shares, weights.origin
    )  # fmt: skip


def _news(
    futures: Futures, facts: Sequence[Fact], counted: dict[int, np.ndarray], week: int
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield which fact says something new of each future, and the logarithm of its probability [n]."""
    chances = futures.dates.log_chance
    for k, fact in enumerate(facts):
        if fact.drawn in chances:
            now, before = chances[fact.drawn], counted[fact.drawn]
            news = np.where(now > IMPOSSIBLE, now - np.where(before > IMPOSSIBLE, before, 0.0), -np.inf)
            counted[fact.drawn] = now.copy()
            if news.any():
                yield k, news
        if fact.row >= 0 and futures.likely[fact.row].any():
            yield k, futures.likely[fact.row]
        if fact.opened and fact.week == week:
            fired = futures.fired(fact.seen.subject[0])
            so = fired == week - 1 if fact.came else (fired < 0) | (fired >= week)
            yield k, np.where(so, 0.0, -np.inf)


def _normal(seen: Measured, values: np.ndarray) -> np.ndarray:
    """Return the logarithm of the density of a measured value where the true one is `values`."""
    off = (seen.is_ - values) / seen.error
    return -0.5 * off**2 - math.log(seen.error * math.sqrt(2 * math.pi))


def _expected(seen: Measured, values: np.ndarray, shares: np.ndarray) -> tuple[float, float, float]:
    """Return mean and standard deviation of what is measured, and the chance of a measurement as far out as this."""
    from scipy.special import ndtr

    mean = float(shares @ values)
    below = float(shares @ ndtr((seen.is_ - values) / seen.error))
    above = float(shares @ ndtr((values - seen.is_) / seen.error))
    return mean, math.sqrt(max(float(shares @ (values - mean) ** 2), 0.0)), min(1.0, 2 * min(below, above))


def _resample(
    futures: Futures,
    weights: _Weights,
    counted: dict[int, np.ndarray],
    state: np.ndarray,
    stream: np.ndarray,
    turn: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the futures again in proportion to their weights; return who they are now."""
    index, number = systematic(weights.shares, _uniform(seed, turn))
    copied = number > 0
    fresh = philox((state[index], stream[index], number, np.uint64(turn)), key_of(seed, "copies"))[:, 0]
    stream = np.where(copied, fresh | _COPY, stream[index]).astype(np.uint32)
    futures.take(index, stream, copied)
    weights.origin, weights.log = weights.origin[index], np.zeros(len(index))
    for k, log in counted.items():
        counted[k] = log[index]
    return state[index], stream


def systematic(shares: np.ndarray, uniform: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which future each of as many is drawn from, in proportion to its share, and its number among its copies.

    Args:
        shares: of the weight [n], sum 1. uniform: in (0, 1), the one draw.
    """
    n = len(shares)
    upto = np.cumsum(shares)
    index = np.minimum(np.searchsorted(upto / upto[-1], (uniform + np.arange(n)) / n), n - 1)
    return index, np.arange(n) - np.searchsorted(index, index)


def _uniform(seed: int, turn: int) -> float:
    low, high = key_of(seed, "resampling", str(turn))
    return ((int(high) << 32 | int(low)) + 0.5) * 2.0**-64


def _weighed(
    facts: Sequence[Fact], weights: _Weights, expected: dict[int, tuple[float, float, float]]
) -> tuple[Weighed, ...]:
    out = []
    for k, fact in enumerate(facts):
        log, kept = weights.did.get(k, [0.0, 0.0])
        out.append(Weighed(fact, log, math.exp(kept), *expected.get(k, ())))
    return tuple(out)


def _none_left(
    facts: Sequence[Fact], weights: _Weights, expected: dict[int, tuple[float, float, float]]
) -> Filtered:
    n = len(weights.log)
    nothing = np.zeros(0)
    return Filtered(
        n, 0.0, -math.inf, math.inf, _weighed(facts, weights, expected), nothing, nothing.astype(int)
    )
