"""Scores of what was to be expected day by day: each forecast by what was known on its day, and by the weeks left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import equipoise
from equipoise.errors import InputError
from equipoise.jobs.study import Study
from equipoise.reporting.analyses import score as shown

FUTURES = 4096
LATE, LAST = date(2032, 2, 23), date(2032, 3, 7)
SEEN = {
    "equipoise": 1, "title": "Seen",
    "observations": [
        {"by": date(2031, 10, 1), "stands": "crown"},
        {"on": date(2032, 1, 5), "power": "rebels", "is": 0.55, "error": 0.05},
    ],
}  # fmt: skip
CAME = {
    "equipoise": 1, "title": "What came",
    "questions": {
        "early": {"asks": "The crown falls early.", "fell": "crown", "by": date(2031, 12, 7), "resolved": False},
        "late": {"asks": "The crown falls.", "fell": "crown", "by": LAST, "resolved": True},
        "share": {"asks": "The rebels' share.", "power": "rebels", "on": LATE, "is": 0.5},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def study() -> Study:
    return equipoise.run("two-valleys", futures=256, additions=False)


@pytest.fixture(scope="module")
def rolled(study: Study) -> Any:
    return equipoise.score(study, CAME, observations=SEEN, rolling=True, futures=FUTURES)


def named(moment: Any) -> dict[str, Any]:
    return {one["name"]: one for one in moment["questions"]}


def test_each_day_judges_what_was_still_open(study: Study, rolled: Any) -> None:
    start = study.scenario.calendar.as_of or study.scenario.calendar.start
    assert [moment["as_of"] for moment in rolled["rolling"]] == [str(start), "2031-10-01", "2032-01-05"]
    assert [set(named(moment)) for moment in rolled["rolling"]] == [
        {"early", "late", "share"}, {"early", "late", "share"}, {"late", "share"},
    ]  # fmt: skip


def test_the_first_and_last_are_scores_of_their_own(study: Study, rolled: Any) -> None:
    """Before anything was seen as without observations; on the last day as with all of them."""
    before = equipoise.score(study, CAME, futures=FUTURES)
    last = equipoise.score(study, CAME, observations=SEEN, futures=FUTURES)
    for moment, alone in ((rolled["rolling"][0], before), (rolled["rolling"][-1], last)):
        assert moment["totals"] == alone["totals"] and moment["questions"] == alone["questions"]
    assert rolled["questions"] == last["questions"] and last["rolling"] == []


def test_estimates_are_those_of_update_day_by_day(study: Study, rolled: Any) -> None:
    """`update --rolling` plays four futures a state, `score` one; both say the same within their errors."""
    moments = equipoise.update(study, SEEN, rolling=True, futures=FUTURES, holders=False)["rolling"]
    by = {moment["on"]: moment for moment in moments}
    week = (LAST - study.scenario.calendar.start).days // 7 + 1
    for moment in rolled["rolling"][1:]:
        theirs = by[moment["as_of"]]
        chance, ours = theirs["by_week"]["crown"][week], named(moment)["late"]["said"]
        assert (
            abs(ours["chance"] - chance) < 4 * (ours["se"] ** 2 + theirs["falls"]["crown"]["se"] ** 2) ** 0.5
        )


def test_weeks_and_base_rates_count_from_each_day(rolled: Any) -> None:
    weeks = [named(moment)["late"]["weeks"] for moment in rolled["rolling"]]
    assert weeks == sorted(weeks, reverse=True) and len(set(weeks)) == 3
    base = [named(moment)["late"]["benchmarks"]["base-rate"]["says"] for moment in rolled["rolling"]]
    assert base[0] > base[1] > base[2] > 0
    for n, said in zip(weeks[1:], base[1:], strict=True):
        assert 1 - (1 - base[0]) ** (n / weeks[0]) == pytest.approx(said, rel=1e-9)


def test_what_is_carried_on_is_the_last_value_known(rolled: Any) -> None:
    """A share seen at 0.55, give or take 0.05, is carried on from there, and no longer from the start."""
    start, _, last = (
        named(moment)["share"]["benchmarks"]["unchanged"]["says"] for moment in rolled["rolling"]
    )
    assert abs(last - 0.55) < 0.06 and abs(last - 0.55) < abs(start - 0.55)


def test_means_over_all_days_are_by_the_weeks_left(rolled: Any) -> None:
    every = [one for moment in rolled["rolling"] for one in moment["questions"]]
    totals = {(row["rule"], row["up_to"]): row for row in rolled["rolling_totals"]}
    chances = [one for one in every if "brier" in one["scores"]]
    assert totals["brier", None]["questions"] == len(chances) == 5
    near = [one["scores"]["brier"] for one in chances if one["weeks"] <= 26]
    assert totals["brier", 26]["score"] == pytest.approx(sum(near) / len(near))
    assert totals["brier", None]["expected"] is None  # forecasts of one question hang together


def test_both_are_shown(study: Study, rolled: Any) -> None:
    captions = [getattr(block, "caption", "") for block in shown.blocks(rolled.to_dict(), study.scenario)]
    assert "What was to be expected on each day, and how it fared" in captions
    assert "All of these forecasts, by the weeks that were left" in captions


def test_days_without_observations_are_refused(study: Study) -> None:
    with pytest.raises(InputError, match="needs the observations of those days"):
        equipoise.score(study, CAME, rolling=True, futures=256)
