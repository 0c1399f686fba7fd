"""The list of cases says what stands in their folders."""

import json

from click.testing import CliRunner

import equipoise
from equipoise.cases import cases
from equipoise.cli import main


def test_every_case_is_listed_with_its_question_and_what_lies_beside_it():
    found = {case["name"]: case for case in equipoise.list_cases()["cases"]}
    assert tuple(found) == cases()
    founding = found["afghanistan-2021"]
    assert founding["question"].startswith("Should Moscow lean on one force")
    assert (founding["focus"], founding["as_of"], founding["weeks"]) == ("Russia", "2021-03-16", 52)
    assert founding["beside"] == ["observations", "outcomes", "notes"]
    assert found["two-valleys"]["beside"] == []


def test_the_terminal_says_the_same():
    said = CliRunner().invoke(main, ["cases"])
    listed = json.loads(CliRunner().invoke(main, ["cases", "--json"]).stdout)["cases"]
    assert said.exit_code == 0
    assert all(case["name"] in said.stdout and case["question"] in said.stdout for case in listed)
