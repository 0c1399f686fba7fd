"""Numbers written into a text change their digits, and nothing else changes by a byte."""

import re

import pytest

from equipoise.errors import InputError
from equipoise.scenario import load, loads, places
from equipoise.scenario.number import Number
from equipoise.scenario.rewriting import rewritten

TEXT = """\
equipoise: 1   # ← the version
title: "Kabul — کابل"
focus: p
calendar: {start: 2030-01-07, weeks: 26}
regions: {land: {}}
quantities: {tired: [1, 2]}
forces:
  a:
    control:   {land:  3}     # two blanks
    momentum:
      - -0.01
      -  0.02   # the high end
    bandwagon: {normal: [0.1, 0.05], within: [0, 1], because: "why: [0.1, 0.05]"}
    undermine: {lognormal: [2e-3, 1.5]}
    legitimacy: {triangular: [0.001, 0.002, 0.004]}
    collapse: {yearly: {words: "unlikely", claims: []}, steepness: {value: 3}, panic: &one 1, slide: *one}
  b: {control: {land: 1}, momentum: {choice: {-0.01: 1, 0.01: 3}}, receptivity: {base: {beta: [2, 5]}}}
patrons: {p: {standing: {a: {is: tired, times: 0.5}}}}
ties:
  - {sign: -0.5, between: [b, a]}
strategies: {p: {s: {}}}
"""
NEW = {
    "quantities.tired": {"uniform": [1.1, 1.9]},
    "forces.a.control.land": {"value": 4},
    "forces.a.momentum": {"uniform": [-0.005, 0.025]},
    "forces.a.bandwagon": {"normal": [0.2, 0.05], "within": [0.1, 1], "because": "why: [0.1, 0.05]"},
    "forces.a.undermine": {"lognormal": [0.003, 1.5]},
    "forces.a.legitimacy": {"triangular": [0.002, 0.004, 0.008]},
    "forces.a.collapse.yearly": {"uniform": [0.1, 0.3]},
    "forces.a.collapse.steepness": {"value": 2.5},
    "forces.b.momentum": {"choice": {-0.02: 1, 0.02: 3}},
    "forces.b.receptivity.base": {"beta": [3, 4]},
    "ties.a|b.sign": {"value": -0.25},
}


def written(new=NEW, text=TEXT):
    numbers = {path: Number.model_validate(given) for path, given in new.items()}
    return rewritten(text, loads(text).scenario, numbers)


def test_it_reads_as_the_new_numbers_and_otherwise_as_before():
    before, after = (places(loads(text).scenario) for text in (TEXT, written()))
    numbers = {path: Number.model_validate(given) for path, given in NEW.items()}
    assert after == before | numbers


def test_nothing_but_digits_changes():
    """With every number and the word of likelihood masked, the two texts are one."""
    mask = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    one, other = (mask.sub("#", text) for text in (TEXT, written()))
    assert other == one.replace('{words: "unlikely"', "{uniform: [#, #]")
    assert written({}) == TEXT


def test_one_number_changes_one_place():
    assert written({"forces.a.control.land": {"value": 4}}) == TEXT.replace("{land:  3}", "{land:  4}")


def test_what_is_set_at_the_end_is_what_counts():
    text = TEXT + "set:\n  forces.a.control.land: 9  # for now\n"
    assert written({"forces.a.control.land": {"value": 8}}, text) == text.replace("land: 9", "land: 8")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("dynamics.fade", "not written in the file"),
        ("forces.a.collapse.panic", "written once for several places"),
    ],
)
def test_what_cannot_be_written_in_its_place_is_refused(path, said):
    with pytest.raises(InputError, match=said):
        written({path: {"value": 0.5}})


@pytest.mark.parametrize("case", ["two-valleys", "afghanistan-2021"])
def test_every_written_number_of_a_case_is_found_in_its_place(case):
    """Rewriting all of them as they are gives the same scenario."""
    file = load(case)
    same = {
        path: n
        for path, n in places(file.scenario).items()
        if path in file.written and n.is_ is None and not n.words
    }
    assert len(same) > 100
    text = rewritten(file.text, file.scenario, same)
    assert loads(text).scenario == file.scenario
    assert [line.partition("#")[2] for line in text.splitlines()] == [
        line.partition("#")[2] for line in file.text.splitlines()
    ]
