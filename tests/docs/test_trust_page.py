"""The pages on how far to trust it: every number is looked up, and the numbers are those of the cases as they are."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

import equipoise
from equipoise.jobs.list_cases import with_beside
from equipoise.scenario.outcomes import load_outcomes
from equipoise.scoring.backtest import backtested
from equipoise.scoring.panel_forecasts import drawn, shipped
from equipoise.scoring.power import RATIOS, power

ROOT = Path(__file__).resolve().parents[2]
AGAIN = "make it again: python data/trust.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("trust_script", ROOT / "data" / "trust.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return json.loads((ROOT / "data" / "trust.json").read_text(encoding="utf-8"))


def test_the_page_is_what_its_text_and_numbers_make(script: Any, found: Any) -> None:
    assert script.page(found) == (ROOT / "docs" / "trust.md").read_text(encoding="utf-8"), AGAIN


def test_the_numbers_are_of_the_cases_as_they_are(found: Any) -> None:
    cases = {case["name"]: (case["sha256"], case["outcomes"]) for case in found["backtest"]["cases"]}
    assert [*cases] == with_beside("outcomes"), AGAIN
    for name, hashes in cases.items():
        file = equipoise.load(name)
        assert hashes == (file.sha256, load_outcomes(name, file.scenario).sha256), f"{name}: {AGAIN}"


def test_the_years_are_those_of_the_shipped_table(script: Any, found: Any) -> None:
    of = {(one.conflict, one.year): one for one in shipped()}
    made = backtested([], [of[one.conflict, one.year] for one in drawn()], shipped()).to_dict()
    for key in ("years", "misses", "alarms", "power", "drawn"):
        assert script.without_samples(made[key]) == found["backtest"][key], AGAIN


def test_a_case_played_again_scores_as_the_page_says(script: Any, found: Any) -> None:
    alone = equipoise.backtest(["libya-2019"], draws="none")
    (case,) = (one for one in found["backtest"]["cases"] if one["name"] == "libya-2019")
    assert script.without_samples(alone["cases"][0]["scored"]) == case["scored"], AGAIN


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("backtest", "adds", "years.log"), "better", "adds nothing"),
        (("backtest", "adds", "cases.brier.unchanged"), "open", "better than unchanged"),
        (("rolling", -1, "effective"), 20_000.0, "few futures left"),
    ],
)
def test_words_that_are_no_longer_so_fail(script: Any, found: Any, where: Any, value: Any, says: str) -> None:
    other = copy.deepcopy(found)
    *path, last = where
    place = other
    for step in path:
        place = place[step]
    place[last] = value
    with pytest.raises(ValueError, match=says):
        script.page(other)


def test_a_number_that_changes_changes_the_page(script: Any, found: Any) -> None:
    other = copy.deepcopy(found)
    other["districts"][0]["said"]["mean"] += 0.1
    assert script.page(other) != script.page(found)


def test_what_so_many_can_show_is_as_the_page_on_unchosen_cases_says() -> None:
    text = (ROOT / "docs" / "unchosen-cases.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) times \| (\d+) % \| (\d+) % \| (\d+) % \|$", text, re.MULTILINE)
    assert [int(row[0]) for row in rows] == [*RATIOS]
    for ratio, *told in rows:
        shown = [power(24, int(ratio), "log"), power(510, int(ratio), "log"), power(510, int(ratio), "brier")]
        assert [int(one) for one in told] == [round(100 * one.shown) for one in shown]


def test_scores_of_years_are_as_the_page_on_unchosen_cases_says(found: Any) -> None:
    text = (ROOT / "docs" / "unchosen-cases.md").read_text(encoding="utf-8")
    for which, words in (("government", "708 years of wars over government"), ("either", "all 1,455")):
        (row,) = (one for one in found["backtest"]["years"] if one["which"] == which)
        brier = row["against"]["brier"]
        ends = [f"{brier[key]:.5f}".replace("-", "−") for key in ("gain", "low", "high")]
        told = f"| {words} | {row['falls']} | Brier | {brier['own']:.5f} | {brier['benchmark']:.5f} |"
        assert f"{told} {ends[0]} ({ends[1]} to {ends[2]}) |" in text


@pytest.mark.long
def test_everything_played_again_gives_the_same_numbers(script: Any, found: Any) -> None:
    assert script.numbers() == found, AGAIN
