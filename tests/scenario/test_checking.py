"""All problems at once, in file order, each with its place and the nearest valid name."""

import pytest

from equipoise.errors import ScenarioError
from equipoise.scenario import load, loads

TEXT = load("two-valleys").text

FAULTS = [
    ("focus: empire", "focus: empyre", "did you mean `empire`?"),
    ("momentum: [-0.006, 0.004]", "momntum: 0", "did you mean `momentum`?"),
    ("control: {valley: 0.25", "control: {valley: -0.25", "must not be negative"),
    ("home: {hills: 0.01}", "home: {hils: 0.01}", "did you mean `hills`?"),
    ("sign: -0.7", "sign: -7", "must lie from -1 to 1"),
    ("on: 2031-04-07", "on: 2031-04-31", "there is no day 2031-04-31"),
    ("probability: [0.2, 0.5]", "probability: [0.2, 5]", "can take the value 5"),
    ("after: {republic-leaves: [2", "after: {republic-leave: [2", "did you mean `republic-leaves`?"),
    ("weekly: 0.1", "weekly: often", "a number is needed here, not `often`"),
    ("model: compromise", "model: compromize", "did you mean `compromise`?"),
    ("forces.crown.collapse.yearly:", "forces.crown.colapse.yearly:", "is not the path of a number"),
    ("{falls: crown, within: 52", "{falls: crown, within: 53", "the run has 52 weeks"),
    ("signed: 2030-03-01", "signed: 9999-03-01", "has to be signed before 9800-01-01"),
    ("decide: {republic-leaves: never}", "decide: {republic-leaves: 2041-01-01}", "lies outside the run"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), FAULTS, ids=[wrong for _, wrong, _ in FAULTS])
def test_each_fault_alone_is_one_problem(right, wrong, said):
    assert TEXT.count(right) >= 1
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT.replace(right, wrong, 1))
    (problem,) = caught.value.problems
    assert said in f"{problem.message} ({problem.hint})"


def test_all_faults_together_are_all_listed_in_file_order():
    text = TEXT
    for right, wrong, _ in FAULTS:
        text = text.replace(right, wrong, 1)
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    problems = caught.value.problems
    lines = text.splitlines()
    for _, wrong, said in FAULTS:
        line = next(number for number, content in enumerate(lines, 1) if wrong in content)
        found = [f"{problem.message} ({problem.hint})" for problem in problems if problem.line == line]
        assert any(said in text for text in found), wrong
    assert list(problems) == sorted(problems)
    assert len(problems) == len(FAULTS)


def test_a_problem_prints_as_file_line_column():
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT.replace("focus: empire", "focus: empyre"), file="case.yaml")
    line = str(caught.value)
    assert line == (
        "case.yaml:12:8: focus: `empyre` is not a patron of this scenario (did you mean `empire`?)"
    )


def test_a_belief_may_not_leave_the_range_of_its_place():
    text = TEXT.replace(
        "forces.crown.collapse.yearly: [0.2, 0.35, 0.6]", "patrons.empire.standing.crown: [0.5, 1.2]"
    )
    with pytest.raises(ScenarioError, match=r"beliefs\.empire\.patrons\.empire\.standing\.crown: .* 1\.2"):
        loads(text)


def test_names_of_bargaining_models_are_those_of_the_room():
    from equipoise.bargaining import MODELS
    from equipoise.scenario.value_types import TALK_MODELS

    assert set(TALK_MODELS) == set(MODELS)
