"""A forecaster's mean score beside a benchmark's over the same questions, with an interval over what is independent.

The questions of one case hang together, and so do the years of one war. What is drawn again is therefore the whole
group, a case or a war, with all its questions; few groups give a wide interval, and fewer than `LEAST` none.

Source: docs/score.md, rule 3; Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, §13 (percentiles).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.records import Record

RESAMPLES = 2000
LEAST = 5
"""Groups below which drawing them again says nothing of what other groups would have given."""
LEVEL = (0.025, 0.975)


@dataclass(frozen=True)
class Skill(Record):
    """A mean score beside a benchmark's; lower scores are better, so a gain above 0 speaks for the forecaster.

    Attributes:
        questions: that both answered. groups: whole cases or wars they are of.
        own, benchmark: mean scores. gain: benchmark - own. low, high: its 95 % interval, whole groups drawn again;
            None for fewer than `LEAST` groups.
        skill: 1 - own / benchmark. skill_low, skill_high: likewise; None where a benchmark of 0 was drawn.
    """

    questions: int
    groups: int
    own: float
    benchmark: float
    gain: float
    low: float | None
    high: float | None
    skill: float | None
    skill_low: float | None
    skill_high: float | None

    @property
    def shown(self) -> str:
        """What the interval of the gain shows: `better`, `worse`, or `open` where it holds 0 or there is none."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "open"
        return "better" if self.low > 0 else "worse"


def compared(
    own: Sequence[float] | np.ndarray,
    benchmark: Sequence[float] | np.ndarray,
    groups: Sequence[Hashable],
    *,
    seed: int = 1,
) -> Skill:
    """Compare two rows of scores of the same questions.

    Args:
        own, benchmark: a score a question [n], lower is better.
        groups: which group each question is of [n].
        seed: of the draws of groups.
    """
    mine, other = np.asarray(own, float), np.asarray(benchmark, float)
    names = list(dict.fromkeys(groups))
    of = np.array([names.index(group) for group in groups])
    a, b = mine.mean(), other.mean()
    low = high = skill_low = skill_high = None
    if len(names) >= LEAST:
        sums = np.stack([np.bincount(of, row) for row in (mine, other, np.ones(len(mine)))])
        draws = np.random.Generator(np.random.Philox(seed))
        drawn = sums[:, draws.integers(len(names), size=(RESAMPLES, len(names)))].sum(axis=2)
        low, high = (float(end) for end in np.quantile((drawn[1] - drawn[0]) / drawn[2], LEVEL))
        if (drawn[1] > 0).all():
            skill_low, skill_high = (float(end) for end in np.quantile(1 - drawn[0] / drawn[1], LEVEL))
    return Skill(
        len(mine), len(names), float(a), float(b), float((other - mine).mean()), low, high,
        float(1 - a / b) if b > 0 else None, skill_low, skill_high,
    )  # fmt: skip
