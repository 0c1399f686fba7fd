"""What an update says of whose beliefs explain what was seen, in words by the size and the error of the factor."""

import math

import pytest

import equipoise
from equipoise.reporting.analyses import update
from equipoise.scenario.display_names import Names


@pytest.fixture(scope="module")
def names():
    return Names.of(equipoise.load("two-valleys").scenario)


def said(names, times, se=0.02, kind="beliefs", own=0.02):
    rows = [
        {"kind": "analyst", "name": "", "log_probability": -9.0, "se": own, "times": 1.0},
        {"kind": kind, "name": "empire", "log_probability": -9.0 + math.log(times), "se": se, "times": times},
    ]
    return update._told({"hypotheses": rows, "se": own}, names)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (
            12.0,
            "speaks most for the beliefs of the Empire: they explain it 12 times as well as the study's own",
        ),
        (
            1 / 4,
            "speaks most against the beliefs of the Empire: they explain it 4 times worse than the study's own",
        ),
        (1 / 3.4321, "they explain it 3.4 times worse"),
        (1 / 1234.0, "they explain it 1,200 times worse"),
        (12.0, "which counts, but is no strong evidence"),
        (30.0, "which is strong evidence"),
        (2.9, "hardly tells whose view"),
        (1 / 2.9, "hardly tells whose view"),
    ],
)
def test_a_factor_is_said_by_its_size(names, times, words):
    assert words in said(names, times)


def test_a_factor_inside_twice_its_error_is_no_evidence(names):
    assert "speaks most for" in said(names, 4.0, se=0.4, own=0.5)  # ln 4 = 1.39 > 2 x 0.64
    assert "hardly tells" in said(names, 4.0, se=0.6, own=0.5)  # 2 x 0.78


def test_another_scenario_is_named_and_nothing_is_said_where_nothing_is_known(names):
    assert "the scenario “empire”: it explains it 5 times as well" in said(names, 5.0, kind="scenario")
    alone = {
        "hypotheses": [{"kind": "analyst", "name": "", "log_probability": -9.0, "times": 1.0}],
        "se": 0.1,
    }
    assert update._told(alone, names) == ""


def test_the_governments_fall_is_said_in_a_sentence_that_any_word_of_likelihood_fits(names):
    row = {"kind": "fall", "name": "crown", "seen": False}
    chances = [{**row, "before": {"mean": 0.12, "se": 0.002}, "after": {"mean": 0.04, "se": 0.002}}]
    assert update._government({"chances": chances}, names).replace("\u202f", " ") == (
        "A fall of the Crown by the end of the run: almost no chance (4 % ± 0.2); before anything was seen: very "
        "unlikely (12 % ± 0.2)."
    )


def test_of_what_moment_a_measurement_is_stands_below_it():
    """A count of Thursday is taken as of Monday, and so as of before what an event of Tuesday did."""
    row = {
        "what": "the control of the rebels was 0.8",
        "log_probability": -1.0,
        "value": 0.8,
        "expected": 0.2,
    }
    table = update.facts({"facts": [{**row, "spread": 0.2, "tail": 0.01, "kept": 0.5}]})
    assert "at the start of the week it was made in and so before what came in that week" in table.note


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (12.34, "12 times as well"),
        (1 / 4, "4 times worse"),
        (1.04, "about as well"),
        (1 / 1.04, "about as well"),
    ],
)
def test_how_well_each_explains_it_stands_in_the_table(times, words):
    """A factor that reads as 1 is neither better nor worse."""
    row = {"times": times, "log_probability": -9.0, "se": 0.01}
    assert update._times(row, first=False) == words


def test_what_could_not_have_come_so_says_where_to_look():
    said = update._explained(
        {
            "effective": 0.0,
            "futures": 20000,
            "explained": False,
            "strategies": {},
            "culprit": "“March” happened",
            "in_the_way": [],
        },
        Names.of(None),
    )
    assert "“March” happened" in said and "`requires`" in said and "the other observations" in said
