"""Means over states and how sure they are: the one place for standard errors, intervals and "told apart".

States come in blocks of 32, each a Latin hypercube of its own (`draws.sampling`). States of one block are not
independent of each other, blocks are; so a standard error comes from the means of whole blocks. Where fewer than
eight blocks are whole it comes from single states, which errs on the safe side: a block scatters less than as many
states drawn one by one. Intervals are Student's, with one degree of freedom fewer than there are such units.

Sums are taken block by block and added in the order of the blocks, so that no batching changes a byte; they are of
what differs from the first value, so that what cannot vary has an error of exactly 0.

Source: MODEL.md §5 *Sampling*; Student 1908; Cochran 1977, *Sampling Techniques*, §2.11 and §6 (ratios); Owen 1992.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError, InternalError
from equipoise.records import Record

BLOCK = 32
"""States of a block."""
LEAST_BLOCKS = 8
"""Whole blocks below which errors come from single states."""
LEVEL = 0.95
"""Confidence of intervals, and of what is told apart."""


@dataclass(frozen=True)
class Estimate(Record):
    """A mean over states and how sure it is.

    Attributes:
        mean: the (weighted) mean; None where nothing has weight.
        se: its standard error; None with fewer than two units.
        low, high: its Student interval; None where `se` is.
        df: degrees of freedom, one fewer than the units (whole blocks, or single states) the error rests on.
    """

    mean: float | None
    se: float | None
    low: float | None
    high: float | None
    df: int

    @property
    def value(self) -> float:
        """The mean, where it is known that something has weight."""
        if self.mean is None:
            raise InternalError("a mean was asked for, but nothing has weight")
        return self.mean

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out 0: for a paired difference, whether the two differ at all."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def plain(self) -> dict[str, float | None]:
        """Return mean, standard error and interval as results give them."""
        return {"mean": self.mean, "se": self.se, "low": self.low, "high": self.high}


def student(df: float, level: float = LEVEL) -> float:
    """Return how many standard errors a Student interval reaches to each side.

    Args:
        df: degrees of freedom, 1 or more; infinite for an error that is known.
        level: its confidence, between 0 and 1.
    """
    from scipy.special import ndtri, stdtrit

    if not 0 < level < 1:
        raise InputError(f"an interval's level lies between 0 and 1; it is {level}")
    return float(ndtri((1 + level) / 2) if math.isinf(df) else stdtrit(df, (1 + level) / 2))


def interval(mean: float | None, se: float | None, df: int, level: float = LEVEL) -> Estimate:
    """Return an estimate with the Student interval of a mean whose standard error is known.

    For errors found in another way than from means of units (a fit, units left out one at a time).
    """
    if mean is None or se is None or df < 1:
        return Estimate(mean, None, None, None, max(df, 0))
    reach = student(df, level) * se
    return Estimate(mean, se, mean - reach, mean + reach, df)


def units(states: int) -> np.ndarray:
    """Return which unit each state belongs to, int [states]: its whole block, or itself where blocks are few.

    A state after the last whole block has -1: it counts in means, not in their errors.
    """
    if states // BLOCK < LEAST_BLOCKS:
        return np.arange(states)
    block = np.arange(states) // BLOCK
    return np.where(block < states // BLOCK, block, -1)


def freedom(states: int) -> int:
    """Return the degrees of freedom of a mean over so many states: one fewer than its units."""
    return (states if states < LEAST_BLOCKS * BLOCK else states // BLOCK) - 1


def filled(states: int) -> int:
    """Return how many states fill the last block, where errors come from whole blocks; as many as given elsewhere."""
    return states if states < LEAST_BLOCKS * BLOCK else BLOCK * -(-states // BLOCK)


def unit_means(values: np.ndarray) -> np.ndarray:
    """Return the means of the units [..., units] of values [..., states]; the states after them are left out."""
    values = np.asarray(values, dtype=float)
    whole = values.shape[-1] // BLOCK
    if whole < LEAST_BLOCKS:
        return values
    return values[..., : whole * BLOCK].reshape(*values.shape[:-1], whole, BLOCK).mean(axis=-1)


def estimate(values: np.ndarray, weights: np.ndarray | None = None, *, level: float = LEVEL) -> Estimate:
    """Return the (weighted) mean over states with its standard error and Student interval.

    Args:
        values: one number a state, in the order of states, from the first on.
        weights: 0 or more a state (say, in how many of its futures the incumbent fell); None is 1 each. A value of
            no weight may be NaN. With weights the mean is a ratio of two sums, and its error that of a ratio.
        level: the interval's confidence, between 0 and 1.

    Raises:
        InputError: shapes differ, a weight is negative, or a value with weight is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1:
        raise InputError(f"one value a state is needed; the shape is {values.shape}")
    sums = Sums(1)
    sums.add(values[None], None if weights is None else np.asarray(weights, dtype=float)[None])
    return sums.estimates(level)[0]


def of_known(values: np.ndarray) -> Estimate:
    """Return the mean over the states that have a value, of numbers that are NaN where there is none."""
    return estimate(values, (~np.isnan(values)).astype(float))


def of_independent(values: np.ndarray) -> Estimate:
    """Return the mean of numbers that are independent of each other (one a sample, say), with error and interval."""
    sums = Sums(1, block=1)
    sums.add(np.asarray(values, dtype=float)[None])
    return sums.estimates()[0]


def over_futures(
    values: np.ndarray, chosen: np.ndarray, place: np.ndarray, *, level: float = LEVEL
) -> Estimate:
    """Return the mean of a number a future over chosen futures, with the error of the states they come from.

    Args:
        values: one a future. chosen: whether it counts, likewise.
        place: the place of each future's state among the states looked at, from 0 on, likewise.
        level: the interval's confidence, between 0 and 1.
    """
    weight = np.bincount(place, chosen)
    total = np.bincount(place, np.where(chosen, values, 0.0))
    return estimate(np.divide(total, weight, out=np.zeros(len(total)), where=weight > 0), weight, level=level)


def share_of(comes: np.ndarray, chosen: np.ndarray, place: np.ndarray) -> Estimate:
    """Return the share of chosen futures in which something comes, as `over_futures`, its interval within 0 to 1."""
    found = over_futures(np.asarray(comes, dtype=float), chosen, place)
    low, high = (None if end is None else min(max(end, 0.0), 1.0) for end in (found.low, found.high))
    return Estimate(found.mean, found.se, low, high, found.df)


class Sums:
    """Running sums of several rows of values, from which their means and errors come; memory does not grow.

    Args:
        rows: how many quantities are added up beside each other.
        block: states of a block.
    """

    def __init__(self, rows: int, *, block: int = BLOCK) -> None:
        self._origin = np.full(rows, math.nan)
        self._singles = _Units(rows, 1)
        self._blocks = _Units(rows, block)

    def add(self, values: np.ndarray, weights: np.ndarray | None = None) -> None:
        """Add the next states.

        Args:
            values: [rows, states]. A value of no weight may be NaN.
            weights: 0 or more, [rows, states]; None is 1 each.

        Raises:
            InputError: shapes differ, a weight is negative, or a value with weight is not finite.
        """
        values = np.asarray(values, dtype=float)
        given = values.shape if weights is None else np.shape(weights)
        if len(values) != len(self._origin) or given != values.shape:
            raise InputError(f"one value and one weight a state are needed; got {values.shape}, {given}")
        parts = [self._beyond(values)] if weights is None else self._weighted(values, np.asarray(weights))
        if self._blocks.count < LEAST_BLOCKS:
            self._singles.add(*parts)
        self._blocks.add(*parts)

    def _beyond(self, values: np.ndarray) -> np.ndarray:
        """Return what differs from the first value of each row."""
        if not np.isfinite(values).all():
            raise InputError("values must be finite")
        if np.isnan(self._origin).any() and values.shape[1]:
            self._origin = values[:, 0].copy()
        return values - self._origin[:, None]

    def _weighted(self, values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what differs from the first value of each row that has weight, times weights; and the weights."""
        counted = weights > 0
        if not (weights >= 0).all() or not np.isfinite(values[counted]).all():
            raise InputError("weights must be 0 or more, and values that have weight must be finite")
        begins = np.isnan(self._origin) & counted.any(axis=1)
        if begins.any():
            self._origin[begins] = values[begins, counted[begins].argmax(axis=1)]
        return np.where(counted, values - self._origin[:, None], 0.0) * weights, weights.astype(float)

    def estimates(self, level: float = LEVEL) -> list[Estimate]:
        """Return the mean of every row so far, with its standard error and interval."""
        used = self._blocks if self._blocks.count >= LEAST_BLOCKS else self._singles
        total, weight = self._blocks.totals()
        errors, counts = used.errors()
        reaches = {int(m): student(int(m) - 1, level) for m in np.unique(counts) if m > 1}
        found = []
        for row, origin in enumerate(self._origin):
            if not weight[row] > 0:
                found.append(Estimate(None, None, None, None, 0))
                continue
            mean, df = float(origin + total[row] / weight[row]), max(int(counts[row]) - 1, 0)
            if df < 1:
                found.append(Estimate(mean, None, None, None, df))
                continue
            se = float(errors[row])
            reach = reaches[df + 1] * se
            found.append(Estimate(mean, se, mean - reach, mean + reach, df))
        return found


class _Units:
    """Sums over units of `size` states: of their weighted values x and weights w, and of the squares of these."""

    def __init__(self, rows: int, size: int) -> None:
        self.size, self.count = size, 0
        self._used = np.zeros(rows, np.int64)
        self._sums = np.zeros((5, rows))
        self._left = [np.zeros((rows, 0))]

    def add(self, *parts: np.ndarray) -> None:
        """Add weighted values, and weights unless all are 1, [rows, states]; what fills no unit waits for the next."""
        if self._left[0].shape[1]:
            parts = tuple(np.concatenate(pair, axis=1) for pair in zip(self._left, parts, strict=True))
        whole = parts[0].shape[1] // self.size
        self._left = [part[:, whole * self.size :].copy() for part in parts]
        summed = [
            np.ascontiguousarray(part[:, : whole * self.size])
            .reshape(len(part), whole, self.size)
            .sum(axis=2)
            for part in parts
        ]
        x, w = summed if len(summed) > 1 else (summed[0], np.full_like(summed[0], self.size))
        each = np.stack([x, w, x * x, x * w, w * w])
        # accumulated, not summed: one after another in the order of the units, however they come in
        self._sums = np.cumsum(np.concatenate([self._sums[..., None], each], axis=2), axis=2)[..., -1]
        self._used += (w > 0).sum(axis=1)
        self.count += whole

    def totals(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of weighted values and of weights [rows], those of an unfilled unit with them."""
        left = [part.sum(axis=1) for part in self._left]
        waiting = left[1] if len(left) > 1 else self._left[0].shape[1]
        return self._sums[0] + left[0], self._sums[1] + waiting

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the standard error of each row's mean, and how many units have weight [rows].

        With shares W of all weight and unit means m it is sqrt( sum W^2 (m - mean)^2 / (1 - sum W^2) ): with equal
        weights the standard deviation of the units over the root of their number, with others the linearised error
        of a ratio, unbiased where a unit's variance falls as its weight grows.
        """
        x, w, xx, xw, ww = self._sums
        all_weight = np.where(w > 0, w, 1.0)
        mean = x / all_weight
        squares = np.maximum(xx - 2 * mean * xw + mean**2 * ww, 0.0) / all_weight**2
        shared = 1.0 - ww / all_weight**2
        return np.sqrt(squares / np.where(self._used > 1, shared, 1.0)), self._used
