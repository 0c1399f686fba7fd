"""Forecasts held against what came: each question's scores, beside the benchmarks and beside what the model expected.

What the model expects of itself is found by taking each of its futures for what came: if it is right, what came is one
more such future, and the share of futures that score at least as badly says how far from it the outcome lies. Questions
on one country are answered together there, so their dependence counts. It takes many cases to tell a calibrated
forecaster from a lucky one; nothing here says that of one.

Source: docs/score.md, the six rules; Gneiting and Raftery 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.records import Record
from equipoise.scenario.model import Scenario
from equipoise.scenario.outcomes.model import Question, State
from equipoise.scoring import rules
from equipoise.scoring.benchmarks import benchmarks, falling
from equipoise.scoring.forecasts import Answered, Said

HORIZONS = (26, 52, 104)
"""Weeks up to which questions are counted together."""
CHANCES, NUMBERS = ("brier", "log"), ("crps", "interval")
"""The rules for questions of yes or no, and for numbers."""
OWN_UNIT = "violence"
"""Violence has a unit of its own, so its scores are shown and not averaged with those of shares."""


@dataclass(frozen=True)
class Beside(Record):
    """A benchmark's answer to a question, and its scores."""

    says: float
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Asked(Record):
    """A question, what was said of it, and what came.

    Attributes:
        name, asks, key, on: as the file has them. weeks: from the information date to that day.
        state: resolved, open, void or outside. why: of one that is void or outside.
        answer: 1 or 0, or the number; None where it has not resolved.
        said: what was forecast; None where the scenario has no answer, or none was logged.
        scores: by rule; empty where it is not scored. expected: their means over the model's own futures.
        benchmarks: by name.
    """

    name: str
    asks: str
    key: str
    on: date
    weeks: int
    state: State
    why: str | None
    answer: float | None
    said: Said | None
    scores: Mapping[str, float]
    expected: Mapping[str, float]
    benchmarks: Mapping[str, Beside]


@dataclass(frozen=True)
class Against(Record):
    """A mean score beside a benchmark's, over the questions that both answer.

    Attributes:
        questions: how many. own, benchmark: the mean scores. skill: 1 - own / benchmark; None where that is 0.
    """

    questions: int
    own: float
    benchmark: float
    skill: float | None


@dataclass(frozen=True)
class Total(Record):
    """The mean of a score over questions.

    Attributes:
        rule: `brier`, `log`, `crps` or `interval`.
        beyond, up_to: the horizon, of more weeks than the one and at most as many as the other; None for all together.
        questions: how many. score: their mean.
        expected, p5, p95: what the model expects of that mean, over its own futures; None for logged forecasts.
        as_bad: the share of its futures that score at least as badly; None likewise.
        against: by benchmark.
    """

    rule: str
    beyond: int | None
    up_to: int | None
    questions: int
    score: float
    expected: float | None
    p5: float | None
    p95: float | None
    as_bad: float | None
    against: Mapping[str, Against]


@dataclass(frozen=True)
class Scored(Record):
    """Forecasts of one case held against what came.

    Attributes:
        as_of: the information date. futures: how many answered. effective: how many they are worth.
        questions: in the order of the file. totals: all together, then by horizon.
        classes: by benchmark and force, the reference class behind it, in a sentence.
        rolling: the same as it was to be expected on each day on which something was seen, the first day before all
            of them; empty where that was not asked. rolling_totals: over all of these forecasts, each by the weeks
            that were left from its own day; a question counts as often as it was forecast.
    """

    as_of: date
    futures: int
    effective: float | None
    questions: tuple[Asked, ...]
    totals: tuple[Total, ...]
    classes: Mapping[str, Mapping[str, str]]
    rolling: tuple[Scored, ...] = ()
    rolling_totals: tuple[Total, ...] = ()


Own = Mapping[str, Mapping[str, np.ndarray]]
"""By question and rule, the score that each future would give, were it what came [n]."""


def scored(
    scenario: Scenario,
    questions: Mapping[str, Question],
    said: Mapping[str, Said],
    start: Mapping[str, float],
    *,
    as_of: date,
    futures: int,
    answers: Answered | None = None,
    since: Mapping[str, date] | None = None,
) -> Scored:
    """Hold what was said of questions against what came.

    Args:
        questions: in the order of the file. said: of those that were answered.
        start: by question about a quantity, its mean when the forecast was made.
        as_of: the information date. futures: behind each chance, for the floor of the log score.
        answers: the futures themselves; None where a log is all there is.
        since: by question its own information date, where that is another.
    """
    own = {} if answers is None else expected_of(questions, answers, futures)
    classes = falling(scenario)
    asked = []
    for name, q in questions.items():
        weeks = max(0, -(-(q.day - (since or {}).get(name, as_of)).days // 7))
        answer, told = q.answer if q.state == "resolved" else None, said.get(name)
        rivals = {} if told is None else dict(benchmarks(q, weeks, start.get(name), classes))
        beside = {
            rival: Beside(says, {} if answer is None else _judged(q, _point(q, says), answer, futures))
            for rival, says in rivals.items()
        }
        scores = {} if told is None or answer is None else _judged(q, told, answer, futures)
        why = q.void if q.state == "void" else getattr(q, "outside", None)
        expected = {rule: float(each.mean()) for rule, each in own.get(name, {}).items()}
        asked.append(
            Asked(name, q.asks, q.key, q.day, weeks, q.state, why, answer, told, scores, expected, beside)
        )
    sentences: dict[str, dict[str, str]] = {}
    fallen = {q.subject[0] for q in questions.values() if q.key == "fell"}
    for force in sorted(fallen & classes.keys()):
        for rival, row in classes[force].items():
            sentences.setdefault(rival, {})[force] = row.rate.sentence
    worth = None if answers is None else answers.effective
    totals = tuple(totals_of(asked, own))
    return Scored(as_of, futures, worth, tuple(asked), totals, sentences)


def _point(q: Question, says: float) -> Said:
    """Return what a benchmark says: a chance, or a number without any doubt."""
    return Said(chance=says) if q.yes_no else Said(mean=says, p5=says, p95=says, sample=(says,))


def _judged(q: Question, said: Said, came: float, futures: int) -> dict[str, float]:
    return {rule: float(score(came)) for rule, score in _rules(q, said, futures).items()}


def _rules(q: Question, said: Said, futures: int) -> dict[str, Callable[[np.ndarray | float], np.ndarray]]:
    """Return by name the rules for a question, as functions of what came."""
    if q.yes_no:
        assert said.chance is not None
        chance = said.chance
        return {
            "brier": lambda o: rules.brier(chance, o),
            "log": lambda o: rules.log_score(chance, o, futures),
        }
    assert said.p5 is not None and said.p95 is not None
    low, high, sample = said.p5, said.p95, np.array(said.sample)
    return {"crps": lambda y: rules.crps(sample, y), "interval": lambda y: rules.interval_score(low, high, y)}


def expected_of(questions: Mapping[str, Question], answers: Answered, futures: int) -> Own:
    """Return what the model's own futures would score."""
    return {
        name: {rule: score(answers.values[name]) for rule, score in _rules(q, said, futures).items()}
        for name, q in questions.items()
        if (said := answers.said.get(name)) is not None
    }


def counted(asked: Iterable[Asked], rule: str, up_to: int | None) -> list[Asked]:
    """Return the questions that count in a mean: scored by the rule, and of the horizon."""
    return [
        one for one in asked
        if rule in one.scores and one.key != OWN_UNIT and up_to in (None, horizon(one.weeks))
    ]  # fmt: skip


def totals_of(asked: Sequence[Asked], own: Own) -> Iterator[Total]:
    """Yield the means over all questions that were scored, then by horizon.

    Args:
        asked: the questions. own: what `expected_of` gives; empty where that is not known.
    """
    for up_to in (None, *HORIZONS):
        for rule in (*CHANCES, *NUMBERS):
            here = counted(asked, rule, up_to)
            if here:
                yield _total(rule, up_to, here, own)


def horizon(weeks: int) -> int | None:
    """Return the horizon, in weeks, that a question so many weeks ahead is of; None beyond the last."""
    return next((most for most in HORIZONS if weeks <= most), None)


def _total(rule: str, up_to: int | None, here: Sequence[Asked], own: Own) -> Total:
    score = float(np.mean([one.scores[rule] for one in here]))
    expected = p5 = p95 = as_bad = None
    if own:
        each = np.mean([own[one.name][rule] for one in here], axis=0)
        expected, as_bad = float(each.mean()), no_better(each, score)
        p5, p95 = (float(at) for at in np.quantile(each, [0.05, 0.95]))
    return Total(
        rule, beyond(up_to), up_to, len(here), score, expected, p5, p95, as_bad, dict(_against(rule, here))
    )


def beyond(up_to: int | None) -> int | None:
    """Return the weeks beyond which a horizon begins: those of the one before it, or none."""
    return None if up_to is None else max((most for most in HORIZONS if most < up_to), default=0)


def no_better(each: np.ndarray, score: float) -> float:
    """Return the share of futures whose scores [n] are at least as bad as one."""
    return float(np.mean(each >= score - 1e-12))


def _against(rule: str, here: Sequence[Asked]) -> Iterator[tuple[str, Against]]:
    for name in dict.fromkeys(name for one in here for name in one.benchmarks):
        both = [one for one in here if name in one.benchmarks]
        own, other = (
            float(np.mean(column))
            for column in zip(
                *((one.scores[rule], one.benchmarks[name].scores[rule]) for one in both), strict=True
            )
        )
        yield name, Against(len(both), own, other, 1 - own / other if other > 0 else None)
