"""The page on the format says of every key what the package says, and its examples load."""

import re
from pathlib import Path

import pytest

from equipoise.scenario import loads
from equipoise.scenario.limits import MOST
from equipoise.scenario.number import FORMS, ICD_203, Number
from equipoise.scenario.outlook import JUDGEMENTS
from equipoise.scenario.publishing import key_texts
from equipoise.scenario.reading import MAX_BYTES, MAX_DEPTH, MAX_NODES, read
from equipoise.text import LONGEST_NAME, LONGEST_TEXT

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scenario-format.md").read_text(encoding="utf-8")
SHOWN_AS_EXAMPLES = {
    *("PowerCondition", "ControlCondition", "StandingCondition", "ViolenceCondition", "CollapsedCondition"),
    *("BackingCondition", "EngagedCondition", "OrderCondition", "HappenedCondition", "NotHappenedCondition"),
    "PartialBacking",
    *(kind.__name__ for kind in JUDGEMENTS.values()),
}


@pytest.mark.parametrize("part", sorted(set(key_texts()) - SHOWN_AS_EXAMPLES))
def test_every_key_stands_in_a_table_of_the_page(part):
    for key, text in key_texts()[part].items():
        assert f"| `{key}` | {text} |" in PAGE


def test_the_least_scenario_of_the_page_loads():
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) if "equipoise: 1" in block)
    assert set(loads(block).scenario.forces) == {"crown", "rebels"}


def test_every_form_of_number_on_the_page_is_one():
    table = PAGE.split("| written | meaning |")[1].split("\n\n")[0]
    shown = [
        code
        for row in table.splitlines()
        for code in re.findall(r"`([^`]+)`", row.split("|")[1] if row else "")
    ]
    forms = {Number.model_validate(read(f"n: {code}").root.plain()["n"]).form for code in shown}
    assert forms == set(FORMS)


def test_bands_and_limits_are_those_of_the_code():
    for term, (low, high) in ICD_203.items():
        row = next(row for row in PAGE.splitlines() if re.search(rf"[|,] {term}[ ,]", row))
        assert f"{round(100 * low)}–{round(100 * high)} %" in row
    for limit in (
        LONGEST_NAME,
        LONGEST_TEXT,
        MAX_BYTES,
        MAX_DEPTH,
        MAX_NODES,
        MOST["forces"],
        MOST["events"],
        MOST["claims"],
    ):
        assert f"{limit:,}" in PAGE.split("## Limits")[1]
