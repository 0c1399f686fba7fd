"""A file of one kind given where another is needed: one sentence says what it looks like and what takes it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from openpyxl import Workbook

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import load
from equipoise.scenario.observations.loading import load_observations
from equipoise.scenario.outcomes import load_outcomes
from equipoise.scenario.sheets.questions import reply_of

CASE = Path(str(resources.files("equipoise") / "cases" / "afghanistan-2021"))
SCENARIO = load(CASE / "scenario.yaml").scenario
READERS = {
    "scenario": load,
    "observations": lambda path: load_observations(path, SCENARIO),
    "outcomes": lambda path: load_outcomes(path, SCENARIO),
}
NEEDED = {
    "scenario": "a scenario is needed", "observations": "observations are needed", "outcomes": "outcomes are needed",
}  # fmt: skip
LOOKS = {
    "scenario": ("looks like a scenario (it has `forces`)", "`equipoise run SCENARIO`"),
    "observations": ("looks like observations (it has `observations`)", "`equipoise update STUDY OBSERVATIONS`"),
    "outcomes": ("looks like outcomes (it has `questions`)", "`equipoise score STUDY OUTCOMES`"),
}  # fmt: skip


@pytest.mark.parametrize("wanted", READERS)
@pytest.mark.parametrize("given", LOOKS)
def test_one_sentence_says_what_it_looks_like_and_what_takes_it(wanted, given):
    path = CASE / f"{given}.yaml"
    if wanted == given:
        READERS[wanted](path)
        return
    with pytest.raises(ScenarioError) as refused:
        READERS[wanted](path)
    (problem,) = refused.value.problems
    mark = LOOKS[given][0].split("`")[1]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1].startswith(f"{mark}:")
    assert all(said in str(refused.value) for said in (*LOOKS[given], NEEDED[wanted]))


@pytest.mark.parametrize("wanted", READERS)
def test_a_workbook_is_told_from_text(wanted, tmp_path):
    book = tmp_path / "answers.xlsx"
    Workbook().save(book)
    with pytest.raises(ScenarioError, match="looks like a workbook") as refused:
        READERS[wanted](book)
    assert "`equipoise from-sheet FILE.xlsx`" in str(refused.value)


def test_a_text_is_told_from_a_workbook(tmp_path):
    with pytest.raises(InputError, match="it looks like outcomes; `equipoise score STUDY OUTCOMES`"):
        reply_of(CASE / "outcomes.yaml")
    prose = tmp_path / "prose.txt"
    prose.write_text("no workbook at all")
    with pytest.raises(InputError, match="BadZipFile"):
        reply_of(prose)


@pytest.mark.parametrize("wanted", READERS)
def test_a_folder_is_asked_for_the_file_that_is_wanted(wanted):
    with pytest.raises(InputError, match=rf"is needed; did you mean .*/{wanted}\.yaml\?"):
        READERS[wanted](CASE)


def test_a_file_that_only_misspells_its_section_is_said_to_misspell_it(tmp_path):
    """A control: `questions` without the rest of another kind is a slip in a scenario, and stays one."""
    text = (CASE / "scenario.yaml").read_text(encoding="utf-8").replace("\nquestion:", "\nquestions:", 1)
    slip = tmp_path / "scenario.yaml"
    slip.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="there is no key `questions` here") as refused:
        load(slip)
    assert "looks like" not in str(refused.value)
