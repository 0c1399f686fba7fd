"""The backtest as a person asks for it: from Python, on the terminal, as a page and as one document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.jobs.list_cases import with_beside
from equipoise.reporting.analyses import backtest as shown
from equipoise.scoring import panel_forecasts

CASE = "libya-2019"


@pytest.fixture(scope="module")
def few() -> Any:
    """Two years in place of the 24, so that a test is quick; they are in the shipped table all the same."""
    with pytest.MonkeyPatch.context() as patch:
        years = panel_forecasts.drawn()
        patch.setattr(panel_forecasts, "drawn", lambda: years[:2])
        yield years[:2]


@pytest.fixture(scope="module")
def found(few: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    to = tmp_path_factory.mktemp("backtest") / "made"
    return equipoise.backtest([CASE], futures=512, to=to), to


def test_a_case_fares_as_score_says_it_does(found: Any) -> None:
    answer, _ = found
    study = equipoise.run(CASE, futures=64, additions=False)
    alone = equipoise.score(study, CASE, futures=512)
    (case,) = answer["cases"]
    assert case["scored"]["totals"] == alone["totals"] and case["did"] == alone["asked"]["did"]
    (whole,) = (row for row in answer["pooled"] if row["rule"] == "brier" and row["up_to"] is None)
    (total,) = (row for row in alone["totals"] if row["rule"] == "brier" and row["up_to"] is None)
    for key in ("score", "expected", "as_bad", "questions"):
        assert whole[key] == pytest.approx(total[key]), key
    assert whole["against"]["unchanged"]["low"] is None  # one country gives no interval


def test_it_says_what_was_asked(found: Any) -> None:
    document = found[0].to_dict()
    assert list(document)[:6] == ["equipoise", "job", "scenario", "focus", "seed", "asked"]
    assert document["asked"] == {"cases": [CASE], "draws": "24", "futures": 512}
    assert (document["played"], document["differ"]) == (2, 0)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_the_page_stands_alone_and_begins_with_what_is_added(found: Any) -> None:
    answer, to = found
    page = (to / "backtest.html").read_text(encoding="utf-8")
    said = shown.lead(answer.to_dict())
    assert "the model adds nothing to its base rate" in said and "708 years of wars" in said
    head, _, rest = page.partition("<h1>")
    assert page.index(said.split(":")[0]) < page.index("<main>") and "<script" not in page
    assert "http-equiv" in head and "Misses: the worst" in rest and "Hits: the best" in rest
    assert json.loads((to / "backtest.json").read_text(encoding="utf-8")) == answer.to_dict()


def test_what_is_shown_better_or_worse_is_said_so(found: Any) -> None:
    """The first sentence follows the intervals, whichever way they lie."""
    document = found[0].to_dict()
    for states, word in ((("better", "open"), "adds to"), (("worse", "better"), "does worse than")):
        adds = dict(zip(("years.brier", "years.log"), states, strict=True))
        assert f"the model {word} its base rate" in shown.lead(
            {**document, "adds": {**document["adds"], **adds}}
        )


def test_power_is_told_before_any_score(found: Any) -> None:
    years = next(one for one in shown.sections(found[0].to_dict()) if one.key == "years")
    assert years.body[0].caption.endswith("before any score is looked at")


def test_the_terminal_tells_it_all(few: Any) -> None:
    run = CliRunner().invoke(main, ["backtest", "--cases", CASE, "--futures", "256"])
    assert run.exit_code == 0, run.output
    said = " ".join(run.output.split())
    assert said.startswith("What the model adds On whether a government falls the model adds nothing")
    assert "Misses: the worst" in said and "of its 1455 years is judged too" in said


def test_years_that_came_out_otherwise_leave_the_table_aside(few: Any, monkeypatch: Any) -> None:
    table = panel_forecasts.shipped()
    gone = {(one.conflict, one.year) for one in few[:1]}
    moved = tuple(one for one in table if (one.conflict, one.year) not in gone)
    monkeypatch.setattr(panel_forecasts, "shipped", lambda: moved)
    found = equipoise.backtest([CASE], futures=256)
    assert found["differ"] == 1 and [row["which"] for row in found["years"]] == ["drawn"]
    text = shown._played(found.to_dict())
    assert "1 of them are not what the shipped table" in text


def test_every_case_with_outcomes_is_taken_unless_asked_otherwise() -> None:
    from equipoise.jobs.backtest import _cases

    assert _cases(None) == with_beside("outcomes") and len(_cases(None)) >= 6
    assert _cases(["sudan-2023", CASE, CASE]) == ["sudan-2023", CASE]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"cases": ["libya-2018"]}, "nearest: libya-2019"),
        ({"cases": ["two-valleys"]}, "no bundled case with outcomes is called 'two-valleys'"),
        ({"draws": 25}, "no number of draws is called '25'"),
        ({"cases": [], "draws": "none"}, "nothing is left to hold against what came"),
        ({"futures": 5}, "from 256 to"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        equipoise.backtest(**asked)
