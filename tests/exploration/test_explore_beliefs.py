"""The choice under each holder's beliefs, on a rule whose answer can be worked out by hand."""

import pytest

from equipoise.exploration.beliefs import under_each
from equipoise.scenario import load

BELIEFS = {
    "moscow": {"rate": 0.9},
    "kabul": {"rate": 0.1, "pride": 2.0},
    "hague": {"rate": 0.5, "pride": 1.5},
}


def _evaluate(holder, paths):
    """`hedge` is worth 0.5, `crown` 1 − rate, `rebels` (rate − 0.3)·pride; the analyst: rate 0.6, pride 1."""
    values = {"rate": 0.6, "pride": 1.0}
    if holder is not None:
        mine = BELIEFS[holder]
        values |= {path: mine[path] for path in (mine if paths is None else paths)}
    return {
        "hedge": 0.5,
        "crown": 1 - values["rate"],
        "rebels": (values["rate"] - 0.3) * values["pride"],
    }


@pytest.fixture(scope="module")
def found():
    rows = under_each(_evaluate, {holder: list(paths) for holder, paths in BELIEFS.items()})
    return {row.holder: row for row in rows}


def test_the_analyst_comes_first(found):
    assert next(iter(found)) is None
    assert found[None].best == "hedge"


def test_a_single_belief_makes_the_difference(found):
    moscow = found["moscow"]
    assert moscow.best == "rebels"
    assert (
        moscow.says == "Under the beliefs of “moscow”, rebels is best. Rate makes the difference on its own."
    )
    (belief,) = moscow.beliefs
    assert belief.makes_the_difference and belief.without is None


def test_the_belief_that_matters_is_told_from_the_one_that_does_not(found):
    kabul = found["kabul"]
    assert kabul.best == "crown"
    by_path = {b.path: b for b in kabul.beliefs}
    assert by_path["rate"].makes_the_difference and by_path["rate"].alone == "crown"
    # pride 2 alone makes the rebels best, which is not what this holder chooses
    assert by_path["pride"].alone == "rebels" and not by_path["pride"].makes_the_difference
    assert kabul.says.endswith("Rate makes the difference on its own.")


def test_a_holder_who_agrees_needs_no_explanation(found):
    assert found["hague"].best == "hedge"
    assert found["hague"].beliefs == () and "is best too" in found["hague"].says


def test_beliefs_that_matter_only_together_are_named_together():
    def evaluate(holder, paths):
        laid = {"a", "b"} if holder and paths is None else set(paths or ())
        return {"stay": 0.5, "go": 1.0 if laid == {"a", "b"} else 0.0}

    row = under_each(evaluate, {"h": ["a", "b"]})[1]
    assert [b.makes_the_difference for b in row.beliefs] == [True, True]
    assert row.says.endswith("Only together do these make the difference: a and b.")


def test_the_sentence_has_the_names_that_people_read():
    """The Empire believes the Crown to be weaker; on that alone it would follow another strategy, which has a name."""
    scenario = load("two-valleys").scenario
    path = "forces.crown.collapse.yearly"
    named = scenario.strategies["empire"]["back-rebels"].model_copy(update={"name": "Stand with the rebels"})
    ways = {**scenario.strategies["empire"], "back-rebels": named}
    scenario = scenario.model_copy(update={"strategies": {**scenario.strategies, "empire": ways}})

    def evaluate(holder, paths):
        return {"bandwagon": 0.5, "back-rebels": 0.6 if holder else 0.25}

    analyst, empire = under_each(evaluate, {"empire": [path]}, scenario)
    assert analyst.says == "Under the analyst's own inputs, bandwagon is best."
    assert empire.says == (
        "Under the beliefs of the Empire, “Stand with the rebels” is best. The chance a year, as things stand, of a "
        "fall of the Crown makes the difference on its own."
    )
