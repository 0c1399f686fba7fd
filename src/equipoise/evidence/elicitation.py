"""From what an expert said to a number: lowest, highest, best guess, and how sure.

Asked in this order people anchor less on their own best guess and give wider, better intervals. How sure somebody is
that the truth lies between differs from person to person, so every interval is stretched to the one it would be at
90 %, in a straight line from the best guess. The number is the PERT with that best guess as its mode and that interval
as its 5 % and 95 % quantiles, as nearly as such a hump can have them, kept to the values that may stand there.

Source: Speirs-Bridge et al. 2010, Risk Analysis 30 (four-step questions); Hemming, Burgman, Hanea, McBride and Wintle
2018, Methods in Ecology and Evolution 9 (the IDEA protocol; stretching to 80 or 90 %). Here always 90 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.number import Number
from equipoise.scenario.value_types import Range

STANDARD = 0.9
"""How sure every interval is made to be."""
LEAST_SURE = 0.5
"""Below this the truth is thought to lie outside rather than inside; ask again."""


@dataclass(frozen=True)
class Said:
    """What somebody said of one number: values, and how sure (0.5 to 1) that the truth lies between low and high."""

    low: float
    high: float
    best: float
    sure: float


def refusal(said: Said, allowed: Range) -> str | None:
    """Say why an answer cannot be used, or None."""
    if not all(map(math.isfinite, (said.low, said.high, said.best, said.sure))):
        return "every answer is a number"
    if not said.low < said.high:
        return "the lowest lies below the highest"
    if not said.low <= said.best <= said.high:
        return "the best guess lies between the lowest and the highest"
    if not LEAST_SURE <= said.sure <= 1:
        return f"how sure is {LEAST_SURE:.0%} to 100%"
    if not allowed[0] <= said.low <= said.high <= allowed[1]:
        return f"it lies from {allowed[0]:g} to {allowed[1]:g}"
    return None


def stretched(said: Said, allowed: Range) -> tuple[float, float]:
    """Return the interval at 90 %, kept to what is allowed."""
    by = STANDARD / said.sure
    low, high = said.best - by * (said.best - said.low), said.best + by * (said.high - said.best)
    return max(low, allowed[0]), min(high, allowed[1])


def number_of(said: Said, allowed: Range, *, because: str | None = None) -> Number:
    """Return the number that an answer stands for.

    Args:
        said: the answer.
        allowed: least and greatest value that may stand at its place.
        because: why, in the expert's words.

    Raises:
        InputError: the answer cannot be used.
    """
    fault = refusal(said, allowed)
    if fault is not None:
        raise InputError(fault)
    low, high = stretched(said, allowed)
    ends = _ends(low, said.best, high, allowed)
    return Number(
        pert=tuple(float(f"{value:.4g}") for value in (ends[0], said.best, ends[1])), because=because
    )


def _ends(low: float, best: float, high: float, allowed: Range) -> tuple[float, float]:
    """Return the ends of the PERT whose 5 % and 95 % quantiles are nearest, in probability, to an interval."""
    from scipy.optimize import least_squares
    from scipy.special import betainc

    width, tail = high - low, (1 - STANDARD) / 2

    def ends(steps: np.ndarray) -> tuple[float, float]:
        beyond = width * np.exp(steps)
        return max(low - beyond[0], allowed[0]), min(high + beyond[1], allowed[1])

    def off(steps: np.ndarray) -> np.ndarray:
        a, b = ends(steps)
        alpha, beta = 1 + 4 * (best - a) / (b - a), 1 + 4 * (b - best) / (b - a)
        return betainc(alpha, beta, (np.array([low, high]) - a) / (b - a)) - np.array([tail, 1 - tail])

    return ends(least_squares(off, np.array([-1.5, -1.5]), bounds=(-12.0, 3.0)).x)
