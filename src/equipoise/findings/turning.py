"""Where one thing stops being better than another: the value at which their gap falls through 0.

The gap is played at each value that is tried, over the same states and chance, so that what is common to both
sides cancels; nothing is read off a curve or between points of a grid.

Source: root by Brent 1973 (SciPy); interval by Fieller's argument to first order: the gap's standard error there
over its slope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.draws.estimate import LEVEL, estimate

Gap = Callable[[float], np.ndarray]
"""Payoff of one side less that of the other in each state, at a value: a number a state."""
EXACT = 1e-3
"""Share of the stretch searched within which the value is found."""
NEAR = 0.1
"""Share of the stretch over which the slope is taken, to each side."""


@dataclass(frozen=True)
class Turning:
    """A value at which a gap falls through 0, with its interval (None where the slope does not allow one)."""

    value: float
    low: float | None
    high: float | None


def turning(gap: Gap, left: float, right: float, *, level: float = LEVEL) -> Turning | None:
    """Return where the mean gap falls through 0 between two values; None where it does not.

    Args:
        gap: played at a value.
        left, right: the stretch to search.
        level: confidence of the interval.
    """
    from scipy.optimize import brentq

    played: dict[float, np.ndarray] = {}

    def mean(value: float) -> float:
        if value not in played:
            played[value] = gap(value)
        return float(played[value].mean())

    if not mean(left) > 0 >= mean(right):
        return None
    value = float(brentq(mean, left, right, xtol=EXACT * (right - left)))
    near = NEAR * (right - left)
    before, after = max(left, value - near), min(right, value + near)
    slope = (mean(before) - mean(after)) / (after - before)
    mean(value)
    reach = estimate(played[value], level=level)
    if slope <= 0 or reach.high is None or reach.mean is None:
        return Turning(value, None, None)
    half = (reach.high - reach.mean) / slope
    return Turning(value, value - half, value + half)
