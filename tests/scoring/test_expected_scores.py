"""What a scenario expects of its own scores, counted by hand over futures that are written down here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from equipoise.scenario import load
from equipoise.scenario.outcomes import Question, load_outcomes
from equipoise.scoring.forecasts import Answered, Said
from equipoise.scoring.scored import Scored, Total, scored
from seeing import START, still

SITUATION = load(still(calendar={"weeks": 200})).scenario
HALF = np.repeat([1.0, 0.0], 50)


def questions_of(questions: dict[str, dict[str, Any]]) -> dict[str, Question]:
    """Return questions as their file would have them, each called and asking its name."""
    given = {
        "equipoise": 1, "title": "Came", "questions": {k: {"asks": k, **q} for k, q in questions.items()}
    }  # fmt: skip
    return load_outcomes(given, SITUATION).outcomes.questions


def found_of(asked: dict[str, Question], answers: dict[str, np.ndarray]) -> Answered:
    """Return what futures say whose answers are given."""
    said = {}
    for name, values in answers.items():
        low, high = float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95))
        number = Said(mean=float(values.mean()), p5=low, p95=high, sample=tuple(values.tolist()))
        said[name] = Said(chance=float(values.mean())) if asked[name].yes_no else number
    n = len(next(iter(answers.values())))
    return Answered(answers, dict.fromkeys(answers, 0.5), said, n, float(n))


def held(questions: dict[str, dict[str, Any]], answers: dict[str, np.ndarray], **more: Any) -> Scored:
    """Return how questions score whose answers in each future are given."""
    asked = questions_of(questions)
    found = found_of(asked, answers)
    return scored(
        SITUATION, asked, found.said, found.start, as_of=START, futures=found.futures, answers=found, **more
    )


def fall(weeks: int, came: bool, force: str = "a") -> dict[str, Any]:
    return {"fell": force, "by": START + timedelta(days=7 * weeks), "resolved": came}


def total(found: Scored, rule: str = "brier", up_to: int | None = None) -> Total:
    return next(one for one in found.totals if (one.rule, one.up_to) == (rule, up_to))


@pytest.mark.parametrize(("came", "as_bad"), [(True, 0.1), (False, 1.0)])
def test_one_question_of_which_a_tenth_of_the_futures_say_yes(came: bool, as_bad: float) -> None:
    """It scores 0.81 in ten of a hundred futures and 0.01 in the rest; a future just as bad counts as bad."""
    own = total(held({"q": fall(10, came)}, {"q": np.repeat([1.0, 0.0], [10, 90])}))
    assert own.score == pytest.approx(0.81 if came else 0.01)
    assert own.expected == pytest.approx(0.1 * 0.81 + 0.9 * 0.01)
    assert (own.p5, own.p95) == (pytest.approx(0.01), pytest.approx(0.81))
    assert own.as_bad == pytest.approx(as_bad)


def test_nine_of_ten_futures_lie_between_the_ends_shown() -> None:
    """A hundred equally likely numbers, the outcome judged beside each of them: the ends are 5 % and 95 %."""
    values = (np.arange(100) + 0.5) / 100
    power = {"power": "a", "on": START + timedelta(weeks=3), "is": 0.5}
    own = total(held({"q": power}, {"q": values}), "crps")
    # The score of a uniform sample on 0 to 1 is (y³ + (1 - y)³) / 3: 1/12 in the middle, 1/3 at the ends.
    each = (values**3 + (1 - values) ** 3) / 3
    assert own.score == pytest.approx(1 / 12, abs=1e-3) and own.expected == pytest.approx(1 / 6, abs=1e-3)
    assert own.p5 == pytest.approx(np.sort(each)[5], abs=2e-3)
    assert own.p95 == pytest.approx(np.sort(each)[94], abs=8e-3)
    assert own.as_bad == 1.0  # nothing scores better than the middle


@pytest.mark.parametrize(("moved", "as_bad"), [(0, 0.4), (40, 0.0)])
def test_questions_are_answered_together(moved: int, as_bad: float) -> None:
    """Two falls of four in ten that always, or never, come together: whether both is a surprise depends on that."""
    first = np.repeat([1.0, 0.0], [40, 60])
    second = np.roll(first, moved)
    own = total(held({"q": fall(10, True), "r": fall(10, True, "b")}, {"q": first, "r": second}))
    assert own.score == pytest.approx(0.36)
    assert own.as_bad == pytest.approx(as_bad)
    assert own.expected == pytest.approx(0.24)  # the mean knows nothing of it


def test_each_question_is_of_the_first_horizon_it_fits() -> None:
    """Each once: up to 26 weeks, then 27 to 52, then 53 to 104; what lies beyond counts among all alone."""
    weeks = {
        "one": 1,
        "last26": 26,
        "first52": 27,
        "last52": 52,
        "first104": 53,
        "last104": 104,
        "beyond": 105,
    }
    found = held({name: fall(n, True) for name, n in weeks.items()}, dict.fromkeys(weeks, HALF))
    assert {one.name: one.weeks for one in found.questions} == weeks
    counted = {one.up_to: (one.beyond, one.questions) for one in found.totals if one.rule == "brier"}
    assert counted == {None: (None, 7), 26: (0, 2), 52: (26, 2), 104: (52, 2)}


def test_a_day_into_a_week_counts_as_the_week() -> None:
    later = {"fell": "a", "by": START + timedelta(days=7 * 26 + 1), "resolved": True}
    (one,) = held({"q": later}, {"q": HALF}).questions
    assert one.weeks == 27


def test_a_question_logged_later_is_of_a_nearer_horizon() -> None:
    """The weeks are those from its own information date, and its base rate is that of so many weeks."""
    late = {"q": START + timedelta(weeks=20)}
    (early,), (near,) = (
        held({"q": fall(30, True)}, {"q": HALF}, **more).questions for more in ({}, {"since": late})
    )
    assert (early.weeks, near.weeks) == (30, 10)


def test_violence_is_scored_and_averaged_with_nothing() -> None:
    day = START + timedelta(weeks=3)
    asked = {"v": {"violence": "level", "on": day, "is": 9.0}, "p": {"power": "a", "on": day, "is": 0.5}}
    found = held(asked, {"v": np.full(100, 1.0), "p": np.full(100, 0.4)})
    assert next(one for one in found.questions if one.name == "v").scores["crps"] == pytest.approx(8.0)
    assert total(found, "crps").questions == 1 and total(found, "crps").score == pytest.approx(0.1)
