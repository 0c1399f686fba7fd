"""One sentence for one thing: what strategies, conditions and effects say, whoever asks."""

import pytest

from equipoise.scenario import load, wording
from equipoise.scenario.conditions import CONDITIONS
from equipoise.scenario.display_names import Names
from equipoise.scenario.effects import EFFECTS, Effect, resolved
from equipoise.scenario.model import Strategy
from equipoise.scenario.phrases import within
from equipoise.scenario.places import places


@pytest.fixture(scope="module")
def valleys():
    return load("two-valleys").scenario


CONDITIONS_SAID = {
    "power": ({"power": "crown", "below": 0.42}, "the power of the Crown is below 0.42"),
    "control": (
        {"control": "rebels", "in": "north", "above": 0.5},
        "the control of the rebels in {north} is above 0.5",
    ),
    "standing": (
        {"standing": "empire", "with": "rebels", "above": 0.3},
        "the standing of the Empire with the rebels is above 0.3",
    ),
    "violence": ({"violence": "level", "above": 1.5}, "violence is above 1.5"),
    "backing": (
        {"backing": "crown", "by": "republic", "channel": "troops", "below": 0.5},
        "the backing of the Crown by the Republic with troops is below 0.5",
    ),
    "engaged": (
        {"engaged": "empire", "with": "rebels", "above": 0.3},
        "the effort of the Empire on the rebels is above 0.3",
    ),
    "order": ({"order": "takeover", "of": "rebels"}, "the order of the country is takeover by the rebels"),
    "happened": (
        {"happened": "rebel-offensive", "within": 12, "since": 2},
        "“The rebels attack the valley towns” has happened, 12 weeks ago at most, 2 weeks ago at least",
    ),
    "not-happened": (
        {"not-happened": "rebel-offensive"},
        "“The rebels attack the valley towns” has not happened",
    ),
    "collapsed": ({"collapsed": "crown"}, "there has been a fall of the Crown"),
}


def test_every_kind_of_condition_is_said(valleys):
    assert set(CONDITIONS_SAID) == set(CONDITIONS)
    north = next(iter(valleys.regions))
    names = Names.of(valleys)
    for given, said in CONDITIONS_SAID.values():
        given = {key: north if key == "in" else value for key, value in given.items()}
        plan = Strategy.model_validate({"then": {"when": given}})
        expected = said.replace("{north}", within(names.region(north)))
        assert wording.moment(names, plan.then.when) == expected


POLICIES_SAID = [
    ({}, "Engages nobody."),
    ({"floor": 0.2, "follow-power": 1}, "Engages nobody."),
    ({"engage": {"crown": 2}}, "Engages the Crown alone."),
    ({"engage": {"crown": 2}, "follow-power": 2}, "Engages the Crown alone."),
    ({"engage": {"crown": 1, "rebels": 1}}, "Engages the Crown and the rebels alike."),
    ({"engage": {"rebels": 1, "crown": 3}}, "Engages the Crown (75\u202f%) and the rebels (25\u202f%)."),
    (
        {"engage": {"crown": 1, "rebels": 1}, "follow-power": -1, "follow-standing": 2, "floor": 0.2},
        "Engages the Crown and the rebels, less to those with more power (exponent −1), more to those with "
        "more standing (exponent 2); 20\u202f% of the effort is spread evenly, whatever happens.",
    ),
    (
        {"back": {"crown": {"money": 0.5}}, "back-over": 2},
        "Engages nobody; backs the Crown with money at 0.5, built up over two weeks.",
    ),
]


@pytest.mark.parametrize(("given", "said"), POLICIES_SAID)
def test_a_policy_is_one_sentence(valleys, given, said):
    assert wording.strategy(Names.of(valleys), Strategy.model_validate(given)) == said


def test_a_switch_says_what_it_waits_for_and_what_follows(valleys):
    plan = Strategy.model_validate(
        {"engage": {"crown": 1}, "then": {"when": {"collapsed": "crown"}, "engage": {"rebels": 1}}}
    )
    assert wording.strategy(Names.of(valleys), plan) == (
        "Engages the Crown alone. Once there has been a fall of the Crown, it switches for good: engages the rebels "
        "alone."
    )


def test_the_search_and_the_page_say_a_strategy_alike(valleys):
    from equipoise.search.policies import Policies

    policies = Policies(valleys)
    for strategy in policies.named.values():
        assert policies.words(strategy) == wording.strategy(Names.of(valleys), strategy)


def test_every_number_of_an_effect_has_words_of_its_own():
    for case in ("two-valleys", "afghanistan-2021"):
        scenario = load(case).scenario
        paths = [path for path in places(scenario) if ".effects." in path or ".breach." in path]
        assert paths
        assert not [path for path in paths if wording.place(path, scenario).startswith("the effect of ")]


@pytest.mark.parametrize("key", EFFECTS)
def test_resolving_writes_out_what_modifies_an_effect_and_nothing_else(key):
    given = {"violence": {"add": 1}, "tie": {"between": ["a", "b"], "add": 0.1}, "settlement": True}
    given["transfer"] = {"from": "a", "to": "b", "share": 0.1}
    nested = {"standing": {"a": {"b": 1}}, "values": {"a": {"cost": 1}}}
    backing = {name: {"a": {"b": {"money": 1}}} for name in ("backing", "expect")}
    effect = Effect.model_validate({key: (given | nested | backing).get(key, {"a": 1})})
    written = {"backing": {"over": 1, "announced": False}, "push": {"weeks": 1, "regions": "all"}}
    written["transfer"] = {"regions": "all"}
    changed = {name: value for name, value in resolved(effect) if value != getattr(effect, name)}
    assert changed == written.get(key, {})
    assert resolved(resolved(effect)) == resolved(effect)


def test_a_small_value_has_no_exponent_of_a_computer():
    path = "forces.crown.legitimacy"
    assert wording.value(path, -4.28e-05) == "−4.28 × 10⁻⁵" and wording.value(path, -0.0021612) == "−0.00216"
