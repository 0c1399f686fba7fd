"""What so many years of wars can show about a forecaster, worked out before any score is looked at.

Let a forecaster know the truth, and the truth be that half of the years are so many times as dangerous as the other
half. How often would the 95 % interval of its mean gain over the constant base rate lie above 0?

Source: docs/unchosen-cases.md; rule 6 of docs/score.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from equipoise.records import Record
from equipoise.scoring.rules import brier, log_score

FALLS, YEARS = 18, 708
"""Of years of wars over government of 1975-2017, those followed by rebels in power: the mean chance is theirs."""
WORTH = 510
"""As many independent years are 708 worth: so many that Jeffreys' interval is as wide as that over whole wars
(1.3 to 4.0 % where Jeffreys' of 708 is 1.6 to 3.9 %: docs/base-rates.md)."""
FUTURES = 4096
"""Behind each chance, for the floor of the log score."""
RATIOS, SAMPLES = (2, 3, 4, 6, 10), 4000
Score = Callable[[np.ndarray, np.ndarray], np.ndarray]
RULES: dict[str, Score] = {"brier": brier, "log": partial(log_score, futures=FUTURES)}


@dataclass(frozen=True)
class Power(Record):
    """What so many years can show.

    Attributes:
        rule: the score. years: how many independent ones. ratio: how many times as dangerous half of them are.
        gain: the expected gain of a forecaster who knows. shown: how often its interval lies above 0.
    """

    rule: str
    years: int
    ratio: float
    gain: float
    shown: float


@cache
def power(years: int, ratio: float, rule: str) -> Power:
    """Return what so many years can show, by drawing as many so often."""
    score, chances = RULES[rule], np.random.Generator(np.random.Philox(1))
    base = FALLS / YEARS
    low = 2 * base / (1 + ratio)
    truth = np.where(np.arange(years) < years // 2, low, ratio * low)
    fell = chances.random((SAMPLES, years)) < truth
    gains = score(np.full(years, base), fell) - score(truth, fell)
    means, errors = gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(years)
    return Power(rule, years, ratio, float(means.mean()), float((means - 1.96 * errors > 0).mean()))


def powers(*years: int) -> Iterator[Power]:
    """Yield what each number of years can show, for every ratio and rule."""
    return (power(n, ratio, rule) for n in years for ratio in RATIOS for rule in RULES)
