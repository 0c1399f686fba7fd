"""Pools of holders: several people's numbers for the same inputs, each state taking one person's.

A pool is a linear one: a state draws one holder by weight and takes all of that holder's numbers, so that what one
person thinks stays together. Where a holder says nothing of an input, the analyst's number holds. The weights are
given, equal, or by calibration: each holder is scored on questions whose answers are known, by how often the truth fell
between the quantiles it gave (calibration) and how narrow they were (information), and weighs by the product.

Source: MODEL.md §4; Stone 1961 (linear pools); Cooke 1991, *Experts in Uncertainty*, ch. 12 (the classical model).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.records import Record
from equipoise.scenario import Number, Scenario, places, with_numbers
from equipoise.scenario.model import Pool, SeedQuestion
from equipoise.scenario.pooling import PREFIX

EXPECTED = np.array([0.05, 0.45, 0.45, 0.05])
"""How often the truth falls below the 5 % quantile, between it and the median, between that and 95 %, and above."""
OVERSHOOT = 0.1
"""By how much the range of answers is widened at both ends, as a share of it."""


@dataclass(frozen=True)
class Score(Record):
    """How a holder did on the seed questions.

    Attributes:
        calibration: the chance that somebody whose quantiles are right would look at least as wrong, 0 to 1.
        information: mean relative information of the answers to an even spread over the range of all answers.
    """

    calibration: float
    information: float


def weights_of(scenario: Scenario, pool: str) -> dict[str, float]:
    """Return the weight of each holder of a pool, adding up to 1; without weight they are left out."""
    asked = scenario.pools[pool]
    if not isinstance(asked, Pool):
        raw = dict(asked)
    elif asked.by == "equal":
        raw = dict.fromkeys(asked.holders, 1.0)
    else:
        scores = scores_of(scenario.seed_questions, asked.holders)
        raw = {holder: score.calibration * score.information for holder, score in scores.items()}
    total = math.fsum(raw.values())
    return {holder: weight / total for holder, weight in raw.items() if weight > 0}


def scores_of(questions: Mapping[str, SeedQuestion], holders: Sequence[str]) -> dict[str, Score]:
    """Return how each holder did on the seed questions; every holder has answered every one."""
    each = list(questions.values())
    return {
        holder: Score(
            calibration([one.answers[holder] for one in each], [one.is_ for one in each]),
            float(np.mean([information(one, holder, holders) for one in each])),
        )
        for holder in holders
    }


def calibration(answers: Sequence[Sequence[float]], truths: Sequence[float]) -> float:
    """Return Cooke's calibration: 1 less the χ² distribution (3 degrees) of 2N·I(s, p).

    Args:
        answers: 5 %, 50 % and 95 % quantiles, one triple a question.
        truths: what was true.
    """
    from scipy.special import chdtrc, rel_entr

    bins = [
        int(np.searchsorted(answer, truth, side="left"))
        for answer, truth in zip(answers, truths, strict=True)
    ]
    found = np.bincount(bins, minlength=4) / len(truths)
    return float(chdtrc(3, 2 * len(truths) * rel_entr(found, EXPECTED).sum()))


def information(question: SeedQuestion, holder: str, holders: Sequence[str]) -> float:
    """Return the relative information of one answer to an even spread (of logarithms, on a scale of ratios)."""
    scale = np.log if question.scale == "ratio" else np.asarray
    known = scale([*(value for each in holders for value in question.answers[each]), question.is_])
    beyond = OVERSHOOT * (known.max() - known.min())
    ends = [known.min() - beyond, *scale(question.answers[holder]), known.max() + beyond]
    even = np.diff(ends) / (ends[-1] - ends[0])
    return float(np.sum(EXPECTED * np.log(EXPECTED / even)))


def pooled(scenario: Scenario, pool: str) -> Scenario:
    """Return the situation as a pool of holders believes it to be: in each state as one of them does.

    Which holder a state takes is a shared quantity, `quantities.pool-NAME`, drawn like any other number.
    """
    weights = weights_of(scenario, pool)
    held = [scenario.beliefs[holder] for holder in weights]
    analyst, which = places(scenario), f"{PREFIX}{pool}"
    paths = sorted({path for overlay in held for path in overlay})
    numbers = {
        path: Number(is_=which, mix=tuple(overlay.get(path, analyst[path]) for overlay in held))
        for path in paths
    }
    chance = Number(choice=dict(enumerate(map(float, weights.values()))), label=f"whose view: {pool}"[:24])
    with_chance = scenario.model_copy(update={"quantities": {**scenario.quantities, which: chance}})
    return with_numbers(with_chance, numbers)


def leave_out(weights: Mapping[str, float], holder: str) -> dict[str, float]:
    """Return the weights of the others, adding up to 1 again; none where there is nobody else."""
    rest = {other: weight for other, weight in weights.items() if other != holder}
    total = math.fsum(rest.values())
    return {other: weight / total for other, weight in rest.items()}
