"""A holder added to a file: nothing else in it changes, whichever way its beliefs are written."""

import difflib
import json

import pytest

from equipoise.scenario import Number, load, loads
from equipoise.scenario.reading import read
from equipoise.scenario.rewriting import with_holder

NUMBERS = {
    "dynamics.fade": Number(pert=(0.01, 0.02, 0.05), because="says: it"),
    "ties.crown|rebels.sign": Number(value=-0.4),
}
BASE = """# top
equipoise: 1
title: Small   # a title
focus: north
calendar: {start: 2030-01-07, weeks: 26}
regions: {coast: {}}
forces: {crown: {control: {coast: 1}}, rebels: {control: {coast: 1}}}
ties: [{between: [rebels, crown], sign: -0.9}]
patrons: {north: {}}
BELIEFS# before strategies
strategies: {north: {wait: {engage: {}}}}  # end
"""
WAYS = {
    "block": "beliefs:   # whose\n  # the south\n  south:\n    dynamics.fade: 0.02\n",
    "deeper": "beliefs:\n      south: {dynamics.fade: 0.02}\n",
    "flow": "beliefs: {south: {dynamics.fade: 0.02}}\n",
    "empty": "beliefs: {}\n",
    "none": "",
}


@pytest.mark.parametrize("way", WAYS)
def test_lines_are_added_and_no_other_changes(way):
    text = BASE.replace("BELIEFS", WAYS[way])
    made = with_holder(text, "ann", NUMBERS)
    before, after = loads(text).scenario, loads(made).scenario
    assert after.beliefs == {"ann": NUMBERS, **before.beliefs}
    assert after.model_copy(update={"beliefs": {}}) == before.model_copy(update={"beliefs": {}})
    changed = [line for line in difflib.ndiff(text.splitlines(), made.splitlines()) if line.startswith("- ")]
    assert len(changed) <= (1 if way in ("flow", "empty") else 0)
    assert all(note in made for note in ("# top", "# a title", "# before strategies", "# end"))


@pytest.mark.parametrize("way", ["null", "alias"])
def test_what_cannot_be_added_to_is_written_anew(way):
    text = BASE.replace("BELIEFS", "beliefs: {south: {}}\n" if way == "alias" else "")
    if way == "alias":
        text = text.replace("patrons: {north: {}}", "patrons: {north: &a {}}").replace(
            "beliefs: {south: {}}", "beliefs: *a"
        )
    else:
        text = json.dumps(read(text).root.plain(), default=str)
    assert loads(with_holder(text, "ann", NUMBERS)).scenario.beliefs["ann"] == NUMBERS


@pytest.mark.parametrize("case", ["two-valleys", "afghanistan-2021"])
def test_bundled_cases_take_a_holder(case):
    file = load(case)
    made = with_holder(file.text, "ann", {"dynamics.fade": Number(value=0.02)})
    assert made.replace("  ann:\n    dynamics.fade: 0.02\n", "", 1) == file.text
    assert loads(made).scenario.beliefs.keys() == {"ann", *file.scenario.beliefs}
