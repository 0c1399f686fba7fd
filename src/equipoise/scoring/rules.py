"""Proper scoring rules: how far a forecast lay from what came. Lower is better in each, 0 is best.

A rule is proper if nobody scores better, as they see it, by saying anything but what they think; so two forecasts can
be compared by it. Chances get the Brier and the logarithmic score, whole distributions of a number the continuous
ranked probability score and the interval score. All arguments may be arrays.

Sources: Brier 1950; Good 1952; Matheson and Winkler 1976; Gneiting and Raftery 2007, eqs. 20, 21 and 43.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray
LEVEL = 0.9
"""The probability of the central interval that the interval score judges."""


def brier(chance: Array | float, came: Array | float) -> Array:
    """Return the Brier score (p - o)²: 0 to 1."""
    return (np.asarray(chance, float) - came) ** 2


def floored(chance: Array | float, futures: int) -> Array:
    """Return chances kept half a future away from 0 and 1, so that what no future did is not held impossible."""
    least = 0.5 / futures
    return np.clip(chance, least, 1 - least)


def log_score(chance: Array | float, came: Array | float, futures: int) -> Array:
    """Return minus the natural logarithm of the chance given to what came, floored at half a future."""
    kept = floored(chance, futures)
    return -np.log(np.where(np.asarray(came) > 0.5, kept, 1 - kept))


def crps(values: Array, came: Array | float) -> Array:
    """Return the continuous ranked probability score of a sample: E|X - y| - E|X - X'| / 2, in the unit of the values.

    Args:
        values: the sample [n]. came: what came, one or several numbers [m].
    """
    x, y = np.sort(np.asarray(values, float)), np.asarray(came, float)
    n, sums = len(x), np.concatenate([[0.0], np.cumsum(x)])
    below = np.searchsorted(x, y)
    apart = (y * below - sums[below] + (sums[n] - sums[below]) - y * (n - below)) / n
    spread = 2 * np.sum((2 * np.arange(1, n + 1) - n - 1) * x) / n**2
    return apart - spread / 2


def interval_score(
    low: Array | float, high: Array | float, came: Array | float, level: float = LEVEL
) -> Array:
    """Return the width of a central interval, plus what came outside it, times 2 / (1 - level)."""
    y = np.asarray(came, float)
    return np.subtract(high, low) + 2 / (1 - level) * (np.maximum(low - y, 0) + np.maximum(y - high, 0))
