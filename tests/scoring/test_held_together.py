"""All forecasts held together: pooled by hand, judged by truth-telling and false controls, and open to no leak."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_expected_scores import SITUATION, START, fall, found_of, held, questions_of

from equipoise.scoring.backtest import ENOUGH_FALLS, SHOWN, Backtest, Case, backtested
from equipoise.scoring.panel_forecasts import PanelForecast, columns, drawn, shipped
from equipoise.scoring.rules import brier
from equipoise.scoring.scored import expected_of, scored

N = 4000


def case(
    name: str, chances: dict[str, float], came: dict[str, bool], *, seed: int = 0, weeks: int = 20
) -> Any:
    """Return a case whose futures say yes to each question with a chance, independently, and what came."""
    random = np.random.default_rng(seed)
    answers = {q: (random.random(N) < chance).astype(float) for q, chance in chances.items()}
    questions = questions_of({q: fall(weeks, came[q]) for q in chances})
    found = found_of(questions, answers)
    result = scored(SITUATION, questions, found.said, found.start, as_of=START, futures=N, answers=found)
    return Case(name, name, None, "", "", result), expected_of(questions, found, N)


def pooled(found: Backtest, rule: str = "brier", up_to: int | None = None) -> Any:
    return next(one for one in found.pooled if (one.rule, one.up_to) == (rule, up_to))


TABLE = shipped()
CASES = [
    case("one", {"q": 0.2, "r": 0.6}, {"q": True, "r": True}),
    case("two", {"q": 0.9}, {"q": False}, weeks=40),
]


def test_means_are_over_questions_and_horizons_are_kept_apart() -> None:
    found = backtested(CASES, [], TABLE)
    each = [one.scores["brier"] for made, _ in CASES for one in made.scored.questions]
    whole = pooled(found)
    assert (whole.questions, whole.cases) == (3, 2) and whole.score == pytest.approx(np.mean(each))
    assert whole.expected == pytest.approx((0.16 + 0.24 + 0.09) / 3, abs=0.01)
    assert pooled(found, up_to=26).questions == 2 and pooled(found, up_to=52).score == pytest.approx(each[2])
    assert (pooled(found, up_to=52).beyond, pooled(found).beyond) == (26, None)
    beside = whole.against["unchanged"]
    assert (beside.questions, beside.groups, beside.low) == (
        3,
        2,
        None,
    ) and beside.benchmark == pytest.approx(2 / 3)
    assert found.adds["cases.brier.unchanged"] == "open"


def test_misses_stand_beside_hits() -> None:
    sides = backtested(CASES, [], TABLE).sides
    assert (sides.questions, sides.wrong, sides.surprises) == (3, 2, 1)
    assert [(one.case, one.name) for one in sides.misses] == [("two", "q"), ("one", "q")]
    assert [(one.case, one.name) for one in sides.hits] == [("one", "r")]
    assert sides.hits[0].unchanged == 1.0 and sides.misses[0].unchanged == 0.0


def test_ranges_are_counted() -> None:
    day = START.replace(year=START.year + 1)
    asked = {
        name: {"power": "a", "on": day, "is": at} for name, at in {"p": 0.5, "q": 0.99, "v": 0.02}.items()
    }
    spread = np.linspace(0, 1, 101)
    made = held(asked, dict.fromkeys(asked, spread))
    found = backtested([(Case("x", "x", None, "", "", made), _own_of(asked, spread))], [], TABLE)
    assert (found.ranges.questions, found.ranges.inside) == (3, 1)


def _own_of(asked: Any, values: np.ndarray) -> Any:
    questions = questions_of(asked)
    return expected_of(questions, found_of(questions, dict.fromkeys(asked, values)), len(values))


def world(truth: float, said: float, seed: int) -> Backtest:
    """Return twelve cases of six questions each, said with one chance and drawn with another."""
    random = np.random.default_rng(seed)
    names = [f"q{n}" for n in range(6)]
    return backtested(
        [
            case(f"c{k}", dict.fromkeys(names, said), {q: bool(random.random() < truth) for q in names}, seed=k)
            for k in range(12)
        ],
        [], TABLE,
    )  # fmt: skip


def test_outcomes_drawn_from_the_model_score_as_it_says_and_others_do_not(monkeypatch: Any) -> None:
    """Truth: the share of joint futures as bad is spread over 0 to 1. False: what is said is five times too rare."""
    monkeypatch.setattr(
        "equipoise.scoring.scored.falling", lambda _: {}
    )  # of base rates nothing is asked here
    true = [pooled(world(0.3, 0.3, seed)) for seed in range(20)]
    false = [pooled(world(0.5, 0.1, seed)) for seed in range(5)]
    assert all(one.expected == pytest.approx(0.21, abs=0.005) for one in true)
    mean, error = np.mean([one.score for one in true]), np.std([one.score for one in true], ddof=1) / 20**0.5
    assert abs(mean - 0.21) < 3 * error + 0.005
    as_bad = np.array([one.as_bad for one in true])
    assert 0.3 < as_bad.mean() < 0.7 and (as_bad < 0.05).sum() <= 4
    assert all(one.as_bad < 0.001 and one.score > 1.5 * one.expected for one in false)


def test_cases_are_independent_of_each_other() -> None:
    """The futures of two cases are joined by chance, not by their number."""
    made = []
    for name in ("one", "two"):
        asked = questions_of({"q": fall(20, True)})
        answers = found_of(asked, {"q": np.repeat([1.0, 0.0], [N // 10, N - N // 10])})
        result = scored(
            SITUATION, asked, answers.said, answers.start, as_of=START, futures=N, answers=answers
        )
        made.append((Case(name, name, None, "", "", result), expected_of(asked, answers, N)))
    # Each is a surprise of one in ten; both together of one in a hundred, not of one in ten.
    assert pooled(backtested(made, [], TABLE)).as_bad == pytest.approx(0.01, abs=0.005)


def test_the_table_counts_only_while_what_is_played_equals_it() -> None:
    of = {(one.conflict, one.year): one for one in TABLE}
    played = [of[one.conflict, one.year] for one in drawn()]
    found = backtested([], played, TABLE)
    assert (found.played, found.differ, len(found.drawn)) == (24, 0, 24)
    assert {one.which: one.years for one in found.years} == {
        "drawn": 24, "government": 708, "territory": 747, "either": 1455,
    }  # fmt: skip
    moved = [PanelForecast(**{**vars(played[0]), "chance": played[0].chance + 1 / 4096}), *played[1:]]
    left = backtested([], moved, TABLE)
    assert (left.differ, [one.which for one in left.years]) == (1, ["drawn"])
    assert "years.brier" not in left.adds
    assert backtested(CASES, [], TABLE).years == ()


def test_few_falls_judge_nothing_and_misses_are_the_least_likely() -> None:
    of = {(one.conflict, one.year): one for one in TABLE}
    found = backtested([], [of[one.conflict, one.year] for one in drawn()], TABLE)
    by = {one.which: one for one in found.years}
    assert (by["drawn"].falls, by["territory"].falls, by["government"].falls) == (4, 1, 18)
    assert [by[which].judges for which in ("drawn", "territory", "government")] == [False, False, True]
    assert by["drawn"].reliability is None and by["government"].reliability is not None and ENOUGH_FALLS == 5
    assert len(found.misses) == SHOWN and all(one.fell for one in found.misses)
    fell = sorted(one.chance for one in TABLE if one.fell)
    assert [one.chance for one in found.misses] == fell[:SHOWN]
    assert (
        max(one.chance for one in TABLE if not one.fell) == found.alarms[0].chance
        and not found.alarms[0].fell
    )


def test_shuffled_outcomes_change_the_score_as_they_must() -> None:
    """Dealt out anew among the same forecasts, outcomes score by their means and spreads: nothing else is left."""
    chance, _, fell = columns([one for one in TABLE if one.stake == "government"])
    chance = np.where(fell == 1, 0.3, chance)  # a forecaster who knew
    random = np.random.default_rng(6)
    shuffled = [brier(chance, random.permutation(fell)).mean() for _ in range(400)]
    left = chance.var() + fell.var() + (chance.mean() - fell.mean()) ** 2
    assert np.mean(shuffled) == pytest.approx(left, rel=0.01)
    known = brier(chance, fell).mean()
    assert known == pytest.approx(left - 2 * np.cov(chance, fell, bias=True)[0, 1]) and known < min(shuffled)
