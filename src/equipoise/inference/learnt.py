"""What was learnt about each input: its values before and after what was seen. Source: MODEL.md §5b."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.draws.values import Values, uncertain
from equipoise.records import Record
from equipoise.scenario.number import Number

LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Spread(Record):
    """Mean, standard deviation and quantiles (5, 50 and 95 %) of an input."""

    mean: float
    sd: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Learnt(Record):
    """What became of an input.

    Attributes:
        path: its place in the file; a shared quantity stands once, under its own.
        before, after: its spread in the scenario, and given what was seen.
        moved: by how many of its standard deviations before the mean has moved. error: the standard error of that.
        narrowed: the standard deviation after over that before.
        told: whether it moved by more than chance would have any of all the inputs move, once in twenty times.
    """

    path: str
    before: Spread
    after: Spread
    moved: float
    error: float
    narrowed: float
    told: bool


def learnt(numbers: Mapping[str, Number], values: Values, weights: np.ndarray) -> tuple[Learnt, ...]:
    """Return what was learnt about each uncertain input, what moved most first.

    Args:
        numbers: by path. values: by path, in each state. weights: of the states, as what was seen has it.
    """
    from scipy.special import ndtri

    shares, paths = weights / weights.sum(), uncertain(numbers)
    sure = 1 / (shares**2).sum()
    reach = float(-ndtri(0.025 / max(len(paths), 1)))  # Bonferroni's, for so many inputs
    found = []
    for path in paths:
        value = np.asarray(values[path], float)
        before = _spread(value, np.full(len(value), 1 / len(value)))
        if before.sd == 0:
            continue
        after = _spread(value, shares)
        error = float(after.sd / before.sd / np.sqrt(max(sure, 1.0)))
        moved = (after.mean - before.mean) / before.sd
        told = abs(moved) > reach * error
        found.append(Learnt(path, before, after, moved, error, after.sd / before.sd, told))
    return tuple(sorted(found, key=lambda one: (-abs(one.moved), one.path)))


def _spread(values: np.ndarray, shares: np.ndarray) -> Spread:
    mean = float((shares * values).sum())
    sd = float(np.sqrt((shares * (values - mean) ** 2).sum()))
    order = np.argsort(values, kind="stable")
    upto = (
        np.cumsum(shares[order]) - shares[order] / 2
    )  # the middle of each value's share, as quantiles have it
    low, middle, high = np.interp(LEVELS, upto, values[order])
    return Spread(mean, sd, float(low), float(middle), float(high))
