"""All forecasts at hand held against what came, together: cases with outcomes, and years of wars that nobody chose.

A case is a country from a day on, its questions hang together, so every interval is over whole cases and every
expectation is over futures of all of them, independent between cases. The years say one thing only, whether the
government fell; they are many, and nobody chose them, so what a chance of a fall is worth rests on them.

Source: docs/score.md, the six rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.records import Record
from equipoise.scoring.benchmarks import CROWD
from equipoise.scoring.panel_forecasts import PanelForecast, beside_the_constant, columns, drawn
from equipoise.scoring.power import RULES, WORTH, Power, powers
from equipoise.scoring.reliability import Reliability, reliability
from equipoise.scoring.scored import (
    CHANCES,
    HORIZONS,
    NUMBERS,
    Asked,
    Own,
    Scored,
    beyond,
    counted,
    no_better,
)
from equipoise.scoring.skill import Skill, compared

SHOWN = 10
"""Misses shown, and as many hits."""
ENOUGH_FALLS = 5
"""Falls below which years of wars judge nothing."""


@dataclass(frozen=True)
class Case(Record):
    """A case held against what came.

    Attributes:
        name, title: of the case. did: what the advised is taken to do, its default.
        sha256, outcomes: hashes of the scenario and of the questions.
        scored: how its forecasts fared.
    """

    name: str
    title: str
    did: str | None
    sha256: str
    outcomes: str
    scored: Scored


@dataclass(frozen=True)
class Pooled(Record):
    """A mean score over the questions of all cases.

    Attributes:
        rule: of the score. beyond, up_to: the horizon, as in `Total`; None for all together.
        questions, cases: how many. score: the mean over questions.
        expected: what the scenarios expected of it. as_bad: the share of their joint futures that score no better.
        against: by benchmark; crowds are one.
    """

    rule: str
    beyond: int | None
    up_to: int | None
    questions: int
    cases: int
    score: float
    expected: float
    as_bad: float
    against: Mapping[str, Skill]


@dataclass(frozen=True)
class Notable(Record):
    """A question of yes or no, and how far its forecast lay from what came.

    Attributes:
        case, name, asks, on: which. said: the chance of yes. came: 1 or 0. brier: its score.
        unchanged: what saying that nothing changes scores.
    """

    case: str
    name: str
    asks: str
    on: date
    said: float
    came: float
    brier: float
    unchanged: float


@dataclass(frozen=True)
class Sides(Record):
    """Every question of yes or no by the side of even on which its forecast lay, and the plainest of them.

    Attributes:
        questions: how many resolved. wrong: on how many less than an even chance was given to what came.
        surprises: on how many less than one in five was.
        misses: the worst scores. hits: as many questions on which saying that nothing changes was wrong and the
            forecast was not, the most gained first.
    """

    questions: int
    wrong: int
    surprises: int
    misses: tuple[Notable, ...]
    hits: tuple[Notable, ...]


@dataclass(frozen=True)
class Ranges(Record):
    """Questions about numbers: how many came inside the range of nine futures in ten, of how many."""

    questions: int
    inside: int


@dataclass(frozen=True)
class Years(Record):
    """Years of wars, each forecast once, beside the base rate of the day.

    Attributes:
        which: `drawn` (by seed), or all over `government`, over `territory`, or over `either`.
        years, wars, falls: how many. said, base: mean chance and mean constant.
        judges: whether there are falls enough to judge anything.
        against: by rule, beside the constant.
        reliability: None where there are too few years, or falls.
    """

    which: str
    years: int
    wars: int
    falls: int
    said: float
    base: float
    judges: bool
    against: Mapping[str, Skill]
    reliability: Reliability | None


@dataclass(frozen=True)
class Backtest(Record):
    """All forecasts at hand held against what came.

    Attributes:
        cases: by name. pooled: over the cases, all together and by horizon. sides, ranges: over the cases.
        years: what the years of wars came to, by which of them. drawn: the years drawn by seed, one by one.
        misses: of the years, the falls that were given least chance. alarms: the falls that were given most and did
            not come.
        played: years that were played now. differ: how many of them are not what the shipped table has; where any is,
            the table is left aside, and the years are those that were played.
        power: what so many years can show, worked out before any score was looked at.
        adds: whether anything is shown to be added, `better`, `worse` or `open`: to the base rate over years of wars
            over government by rule (`years.brier`), and over the cases by rule and benchmark (`cases.brier.unchanged`).
    """

    cases: tuple[Case, ...]
    pooled: tuple[Pooled, ...]
    sides: Sides
    ranges: Ranges
    years: tuple[Years, ...]
    drawn: tuple[PanelForecast, ...]
    misses: tuple[PanelForecast, ...]
    alarms: tuple[PanelForecast, ...]
    played: int
    differ: int
    power: tuple[Power, ...]
    adds: Mapping[str, str]


def backtested(
    cases: Sequence[tuple[Case, Own]], played: Sequence[PanelForecast], table: Sequence[PanelForecast]
) -> Backtest:
    """Hold everything together.

    Args:
        cases: each with what its own futures would have scored.
        played: years that were forecast now. table: the shipped forecasts of all years.
    """
    asked = {case.name: case.scored.questions for case, _ in cases}
    pooled = tuple(_pooled(asked, {case.name: own for case, own in cases}))
    shipped = {(one.conflict, one.year): one for one in table}
    differ = sum(shipped.get((one.conflict, one.year)) != one for one in played)
    every = tuple(table) if played and not differ else tuple(played)
    chosen = {(one.conflict, one.year) for one in drawn()}
    few = tuple(one for one in played if (one.conflict, one.year) in chosen)
    years = tuple(_years(which, found) for which, found in _groups(few, every) if found)
    fell, stood = ([one for one in every if one.fell == came] for came in (True, False))
    return Backtest(
        cases=tuple(case for case, _ in cases), pooled=pooled, sides=_sides(asked), ranges=_ranges(asked),
        years=years, drawn=few,
        misses=tuple(sorted(fell, key=lambda one: one.chance)[:SHOWN]),
        alarms=tuple(sorted(stood, key=lambda one: -one.chance)[:SHOWN]),
        played=len(played), differ=differ, power=tuple(powers(len(chosen), WORTH)), adds=_adds(pooled, years),
    )  # fmt: skip


def _adds(pooled: Sequence[Pooled], years: Sequence[Years]) -> dict[str, str]:
    """Return what is shown to be added, by what it is added to."""
    over = [(f"cases.{one.rule}", one.against) for one in pooled if one.up_to is None]
    over += [("years", one.against) for one in years if one.which == "government"]
    return {f"{name}.{to}": skill.shown for name, against in over for to, skill in against.items()}


def _groups(
    few: tuple[PanelForecast, ...], every: tuple[PanelForecast, ...]
) -> Iterator[tuple[str, tuple[PanelForecast, ...]]]:
    """Yield the years that are judged together; more than those drawn only where there are more."""
    yield "drawn", few
    if len(every) > len(few):
        for stake in ("government", "territory"):
            yield stake, tuple(one for one in every if one.stake == stake)
        yield "either", every


def _years(which: str, found: Sequence[PanelForecast]) -> Years:
    chance, base, fell = columns(found)
    falls = int(fell.sum())
    judges = falls >= ENOUGH_FALLS
    return Years(
        which, len(found), len({one.conflict for one in found}), falls, float(chance.mean()), float(base.mean()),
        judges, {rule: beside_the_constant(found, score) for rule, score in RULES.items()},
        reliability(chance, fell) if judges else None,
    )  # fmt: skip


Questions = Mapping[str, Sequence[Asked]]
"""The questions of each case."""


def _pooled(asked: Questions, own: Mapping[str, Own]) -> Iterator[Pooled]:
    """Yield the means over all cases, all together and by horizon."""
    for up_to in (None, *HORIZONS):
        for rule in (*CHANCES, *NUMBERS):
            here = [(name, one) for name, every in asked.items() for one in counted(every, rule, up_to)]
            if here:
                yield _mean(rule, up_to, here, own)


def _mean(rule: str, up_to: int | None, here: Sequence[tuple[str, Asked]], own: Mapping[str, Own]) -> Pooled:
    score = float(np.mean([one.scores[rule] for _, one in here]))
    names = list(dict.fromkeys(name for name, _ in here))
    joint: np.ndarray = sum(
        (np.random.Generator(np.random.Philox(n)).permutation(
            np.sum([own[name][one.name][rule] for of, one in here if of == name], axis=0)
        )
        for n, name in enumerate(names)),
        np.zeros(1),
    ) / len(here)  # fmt: skip
    rivals = dict.fromkeys(_crowded(rival) for _, one in here for rival in one.benchmarks)
    against = {rival: _against(rule, rival, here) for rival in rivals}
    return Pooled(
        rule,
        beyond(up_to),
        up_to,
        len(here),
        len(names),
        score,
        float(joint.mean()),
        no_better(joint, score),
        against,
    )


def _crowded(name: str) -> str:
    """Return the name of a benchmark, all crowds being one."""
    return CROWD.rstrip(":") if name.startswith(CROWD) else name


def _against(rule: str, rival: str, here: Sequence[tuple[str, Asked]]) -> Skill:
    rows = [
        (one.scores[rule], beside.scores[rule], case)
        for case, one in here
        for name, beside in one.benchmarks.items()
        if _crowded(name) == rival
    ]
    own, theirs, groups = zip(*rows, strict=True)
    return compared(own, theirs, groups)


def _sides(asked: Questions) -> Sides:
    found = [
        Notable(
            case, one.name, one.asks, one.on, one.said.chance, one.answer, one.scores["brier"],
            one.benchmarks["unchanged"].scores["brier"],
        )
        for case, every in asked.items()
        for one in counted(every, "brier", None)
        if one.said is not None and one.said.chance is not None and one.answer is not None
    ]  # fmt: skip
    wrong = sorted((one for one in found if one.brier > 0.25), key=lambda one: -one.brier)
    gained = sorted(
        (one for one in found if one.brier < 0.25 < one.unchanged), key=lambda one: one.brier - one.unchanged
    )
    surprises = sum(one.brier > 0.64 for one in found)
    return Sides(len(found), len(wrong), surprises, tuple(wrong[:SHOWN]), tuple(gained[:SHOWN]))


def _ranges(asked: Questions) -> Ranges:
    inside = [
        one.said.p5 <= one.answer <= one.said.p95
        for every in asked.values()
        for one in every
        if one.answer is not None and one.said is not None
        if one.said.p5 is not None and one.said.p95 is not None
    ]
    return Ranges(len(inside), sum(inside))
