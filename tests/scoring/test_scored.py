"""Forecasts and their scores: closed forms, and what a score must and must not move with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from equipoise.scenario import load
from equipoise.scenario.outcomes import Question, load_outcomes
from equipoise.scenario.reading import read
from equipoise.scoring.benchmarks import benchmarks, chance_within, falling
from equipoise.scoring.forecasts import answered
from equipoise.scoring.scored import Scored, scored
from seeing import over, seeing, seen, still, week

N = 8192
HAZARD = 0.4
SITUATION = still(
    calendar={"weeks": 12},
    forces={"a": {"incumbent": True, "collapse": {"yearly": HAZARD}}},
    patrons={"q": {"standing": {"a": 0.6}}},
    events={"storm": {"between": [week(0), over(12)], "probability": 0.3}},
)


def asked(scenario: Any = None, **questions: dict[str, Any]) -> dict[str, Question]:
    given = {
        "equipoise": 1, "title": "Came", "questions": {k: {"asks": k, **q} for k, q in questions.items()}
    }  # fmt: skip
    return load_outcomes(given, scenario or load(SITUATION).scenario).outcomes.questions


def held(data: Any, questions: dict[str, Question], futures: int = N, seed: int = 3) -> tuple[Any, Scored]:
    """Return what a scenario's futures answer, and how that scores."""
    made = seeing(data, futures, seed=seed)
    answers = answered(made, {k: q for k, q in questions.items() if q.state != "outside"})
    return answers, scored(
        made.world.scenario, questions, answers.said, answers.start, as_of=week(0), futures=answers.futures,
        answers=answers,
    )  # fmt: skip


QUESTIONS = asked(
    fall={"fell": "a", "by": over(12), "resolved": True},
    early={"fell": "a", "by": over(6), "resolved": False},
    storm={"happened": "storm", "by": over(12), "resolved": False},
    half={"happened": "storm", "by": over(6), "resolved": True},
    holds={"order": "holds", "on": over(12), "resolved": True},
    share={"power": "b", "on": week(11), "is": 0.4},
    side={"power": "b", "above": 0.45, "on": week(4), "resolved": True},
    tie={"standing": "q", "with": "a", "on": week(0), "is": 0.7},
    lost={"fell": "b", "by": over(12), "void": "nobody knows"},
    later={"fell": "b", "by": over(12)},
    other={"outside": "nothing of the kind", "by": over(12), "resolved": True},
)


@pytest.fixture(scope="module")
def found() -> tuple[Any, Scored]:
    return held(SITUATION, QUESTIONS)


def of(scores: Scored, name: str) -> Any:
    return next(one for one in scores.questions if one.name == name)


def test_chances_are_those_of_the_closed_forms(found: Any) -> None:
    """A constant yearly chance over 12 and 6 weeks, a date spread evenly, a share and a tie that do not move."""
    answers, scores = found
    expected = {
        "fall": 1 - (1 - HAZARD) ** (12 / 52), "early": 1 - (1 - HAZARD) ** (6 / 52), "storm": 0.3, "half": 0.15,
        "side": 1,
    }  # fmt: skip
    for name, chance in expected.items():
        assert answers.said[name].chance == pytest.approx(
            chance, abs=4 * (chance * (1 - chance) / N) ** 0.5 + 1e-9
        )
    assert answers.said["tie"].mean == pytest.approx(0.6, abs=1e-6) == answers.said["tie"].p95
    assert of(scores, "tie").scores["crps"] == pytest.approx(0.1, abs=1e-6)
    said = answers.said["fall"].chance
    assert of(scores, "fall").scores["brier"] == pytest.approx((1 - said) ** 2)
    assert of(scores, "fall").scores["log"] == pytest.approx(-np.log(said))


PACTS = still(
    calendar={"weeks": 12},
    events={"paid": {"between": [week(0), over(10)], "probability": 0.6}, "storm": {"on": week(2), "probability": 0.5}},
    agreements={
        "accord": {"parties": ["a", "b"], "signed": week(-4), "terms": [
            {"who": "a", "does": "pay", "event": "paid", "by": week(3)},
            {"who": "a", "does": "pay", "event": "paid", "within": 9},
        ]},
        "truce": {"parties": ["a", "b"], "signed": "storm", "terms": [
            {"who": "a", "does": "pay", "event": "paid", "within": 3},
        ]},
    },
)  # fmt: skip


def test_a_term_is_kept_as_often_as_its_closed_form_says() -> None:
    """Paid with 0.6 on an even week of ten: in four of them by week 3, in six by week 5. The truce needs the storm of
    week 2 besides; on the day before its deadline's week is over it is not known to be kept."""
    pacts = load(PACTS).scenario
    questions = asked(
        pacts,
        by={"kept": "accord", "by": over(4)}, later={"kept": "accord", "by": over(12), "resolved": True},
        within={"kept": "accord", "term": 1, "by": over(6)}, truce={"kept": "truce", "by": over(6)},
        soon={"kept": "truce", "by": over(6) - timedelta(days=1)}, paid={"happened": "paid", "by": over(4)},
    )  # fmt: skip
    answers, scores = held(PACTS, questions)
    expected = {"by": 0.24, "later": 0.24, "within": 0.36, "truce": 0.18, "soon": 0, "paid": 0.24}
    for name, chance in expected.items():
        assert answers.said[name].chance == pytest.approx(chance, abs=4 * (chance * (1 - chance) / N) ** 0.5)
    assert answers.said["by"].chance == answers.said["paid"].chance  # signed before the run, owed by a day
    assert of(scores, "later").scores["brier"] == pytest.approx((1 - answers.said["later"].chance) ** 2)
    assert dict(benchmarks(questions["by"], 4, None, {})) == {"unchanged": 0.0}


def test_what_was_seen_bears_on_whether_a_term_is_kept() -> None:
    """The storm has come, so that the truce is signed: paid in weeks 0 to 5 then, of what had not come by week 3."""
    made = seeing(PACTS, N)
    questions = asked(made.world.scenario, truce={"kept": "truce", "by": over(6)})
    known = seen(
        made.world.scenario, {"on": week(2), "happened": "storm"}, {"by": over(3), "not-happened": "paid"}
    )
    chance = 0.6 * 0.3 / (1 - 0.6 * 0.3)
    assert answered(made, questions, known).said["truce"].chance == pytest.approx(chance, abs=0.02)


def test_what_has_not_resolved_counts_in_no_mean(found: Any) -> None:
    _, scores = found
    assert [of(scores, name).state for name in ("lost", "later", "other")] == ["void", "open", "outside"]
    assert all(of(scores, name).scores == {} for name in ("lost", "later", "other"))
    assert of(scores, "other").said is None and of(scores, "later").said.chance is not None
    totals = {(total.rule, total.up_to): total for total in scores.totals}
    assert totals["brier", None].questions == 6 and totals["crps", None].questions == 2
    assert totals["brier", 26].score == totals["brier", None].score and ("brier", 52) not in totals
    own = [of(scores, name).scores["brier"] for name in ("fall", "early", "storm", "half", "holds", "side")]
    assert totals["brier", None].score == pytest.approx(np.mean(own))


def test_benchmarks_are_base_rates_what_was_and_what_others_said() -> None:
    scenario = load(SITUATION).scenario
    row = falling(scenario)["a"]["base-rate"].rate
    (question,) = asked(q={"fell": "a", "by": over(12), "crowd": {"market": {"chance": 0.065}}}).values()
    rivals = dict(benchmarks(question, 12, None, falling(scenario)))
    assert rivals["base-rate"] == pytest.approx(
        1 - (1 - (row.events + 0.5) / (row.exposure + 1)) ** (12 / 52)
    )
    assert rivals["unchanged"] == 0 and rivals["crowd:market"] == 0.065
    assert chance_within(0.3, 52) == pytest.approx(0.3) and chance_within(0.3, 104) == pytest.approx(0.51)
    order, side, start, share = asked(
        o={"order": "holds", "on": over(12)}, s={"power": "a", "below": 0.6, "on": week(2)},
        t={"power": "a", "above-start": True, "on": week(2)}, p={"power": "a", "on": week(2)},
    ).values()  # fmt: skip
    assert [dict(benchmarks(q, 2, 0.5, {}))["unchanged"] for q in (order, side, start, share)] == [
        1,
        1,
        0,
        0.5,
    ]


def test_skill_is_over_the_questions_that_both_answer(found: Any) -> None:
    _, scores = found
    total = next(total for total in scores.totals if total.rule == "brier" and total.up_to is None)
    base, fall, early = total.against["base-rate"], of(scores, "fall"), of(scores, "early")
    assert base.questions == 2
    assert base.own == pytest.approx((fall.scores["brier"] + early.scores["brier"]) / 2)
    assert base.skill == pytest.approx(1 - base.own / base.benchmark)
    assert total.against["unchanged"].questions == 6 and total.against[
        "unchanged"
    ].benchmark == pytest.approx(2 / 6)


def resolved(questions: dict[str, Question], answers: Any, future: int) -> dict[str, Question]:
    """Return questions of yes or no, resolved as one future has them."""
    return {
        name: q.model_copy(update={"resolved": bool(answers.values[name][future])})
        for name, q in questions.items()
        if q.yes_no and q.state != "outside"
    }


def test_a_model_that_tells_the_truth_scores_as_it_says_it_will(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes drawn from the scenario itself, by another seed: the mean score is the expected one, and the share of
    futures that score as badly is spread evenly, within their errors. A false scenario does neither."""
    questions = asked(
        fall={"fell": "a", "by": over(12)}, early={"fell": "a", "by": over(6)},
        storm={"happened": "storm", "by": over(12)}, half={"happened": "storm", "by": over(6)},
    )  # fmt: skip
    monkeypatch.setattr(
        "equipoise.scoring.scored.falling", lambda _: {}
    )  # of base rates nothing is asked here
    truths = answered(seeing(SITUATION, 256, seed=11), questions)
    false = still(**{**_changes(), "events": {"storm": {"between": [week(0), over(12)], "probability": 0.9}}})
    for data, true in ((SITUATION, True), (false, False)):
        made = seeing(data, 2048)
        answers = answered(made, questions)
        totals = [
            scored(
                made.world.scenario, resolved(questions, truths, future), answers.said, {}, as_of=week(0),
                futures=2048, answers=answers,
            ).totals[0]
            for future in range(256)
        ]  # fmt: skip
        scores = np.array([total.score for total in totals])
        off = abs(scores.mean() - totals[0].expected) / (scores.std(ddof=1) / 16)
        worst = np.mean([total.as_bad <= 0.05 for total in totals])
        assert (off < 3 and worst < 0.1) == true, (off, worst)


def _changes() -> dict[str, Any]:
    return {key: SITUATION[key] for key in ("calendar", "forces", "patrons")}


def test_names_carry_no_knowledge_of_the_outcome() -> None:
    """The same situation with its actors renamed scores the same within chance; with other outcomes it does not."""
    text, names = load("two-valleys").text, {"crown": "kabul", "rebels": "taliban", "empire": "russia"}
    other = re.sub("|".join(names), lambda match: names[match[0]], text)
    original, other = (read(one).root.plain() for one in (text, other))
    assert set(names.values()) < {*other["forces"], *other["patrons"]}
    means = []
    for data in (original, other):
        scenario = load(data).scenario
        first, second = list(scenario.forces)[:2]
        day = scenario.calendar.start
        by = day + timedelta(weeks=30, days=-1)
        questions = asked(
            scenario, one={"fell": first, "by": by, "resolved": True},
            two={"fell": second, "by": by, "resolved": False},
        )  # fmt: skip
        answers, scores = held(data, questions, 4096)
        means.append([answers.said[name] for name in ("one", "two")])
        turned = {name: q.model_copy(update={"resolved": not q.resolved}) for name, q in questions.items()}
        shuffled = scored(scenario, turned, answers.said, {}, as_of=day, futures=4096, answers=answers)
        assert abs(shuffled.totals[0].score - scores.totals[0].score) > 0.05
    for mine, theirs in zip(*means, strict=True):
        assert abs(mine.chance - theirs.chance) < 3 * (mine.se**2 + theirs.se**2) ** 0.5


def test_wrong_news_moves_the_forecast() -> None:
    """A storm that is told to have come makes certain what was in doubt, though it never came."""
    questions = asked(late={"happened": "storm", "by": over(12), "resolved": False})
    made = seeing(SITUATION, 1024)
    news = seen(made.world.scenario, {"on": week(2), "happened": "storm"})
    assert answered(made, questions).said["late"].chance == pytest.approx(0.3, abs=0.06)
    told = answered(made, questions, news)
    assert told.said["late"].chance == 1.0
    quiet = seen(made.world.scenario, {"by": over(6), "not-happened": "storm"})
    left = answered(made, questions, quiet).said["late"].chance
    assert left == pytest.approx(0.15 / 0.85, abs=4 * (0.15 / 0.85 * 0.82 / 1024) ** 0.5)
