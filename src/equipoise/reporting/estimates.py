"""Estimates of the JSON (`{mean, se, low, high}`) as cells and inside sentences."""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.scenario.phrases import interval, number, plus_minus

Estimate = Mapping[str, float | None]


def with_error(found: Estimate) -> str:
    """Return a mean with its standard error."""
    return plus_minus(found["mean"], found["se"])


def difference(found: Estimate, *, chance: bool = False) -> str:
    """Return a signed mean with its interval; of chances in points of 100."""
    times, digits = (100, 1) if chance else (1, 3)
    mean, low, high = (
        None if (end := found[key]) is None else times * end for key in ("mean", "low", "high")
    )
    return f"{number(mean, digits=digits, signed=True)} ({interval(low, high, digits=digits, signed=True)})"
