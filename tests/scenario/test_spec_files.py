"""Every file of `spec/`: the valid ones load, each of the invalid ones has one fault in one place."""

from pathlib import Path

import pytest

from equipoise.errors import ScenarioError
from equipoise.scenario import load, loads, to_yaml

SPEC = Path(__file__).resolve().parents[2] / "spec"
VALID = sorted((SPEC / "valid").glob("*.yaml"))
INVALID = sorted((SPEC / "invalid").glob("*.yaml"))


def test_there_are_enough_files():
    assert len(VALID) >= 25
    assert len(INVALID) >= 100


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_file_loads_and_survives_writing(path):
    scenario = load(path).scenario
    assert loads(to_yaml(scenario)).scenario == scenario


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_file_has_one_fault_in_one_place(path):
    expect, at = (line.split(":", 1)[1].strip() for line in path.read_text().splitlines()[:2])
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert expect in problem.message
    assert f"{problem.line}:{problem.column}" == at
    assert f"{path}:{at}: " in str(caught.value)
