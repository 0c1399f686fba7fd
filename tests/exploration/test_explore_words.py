"""Every place of the reference scenario has words; conditions carry the scenario's names, units and dates."""

import re
from collections import Counter

import pytest

from equipoise.exploration.prim import Limit
from equipoise.scenario import load, wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.places import places
from equipoise.scenario.restrictions import observable, part, restriction


@pytest.fixture(scope="module")
def valleys():
    return load("two-valleys").scenario


@pytest.mark.parametrize("case", ["two-valleys", "afghanistan-2021"])
def test_every_place_has_words_of_its_own(case):
    scenario = load(case).scenario
    said = {path: wording.place(path, scenario) for path in places(scenario)}
    assert [path for path, text in said.items() if text == path or text.startswith("the effect of")] == []
    twice = {text for text, often in Counter(said.values()).items() if often > 1}
    # one event may do the same thing twice, at two times; nothing else may read alike
    assert all(".effects." in path or ".breach." in path for path, text in said.items() if text in twice)


def test_names_stand_as_they_do_in_a_sentence():
    scenario = load("afghanistan-2021").scenario
    text = " ".join(wording.place(path, scenario) for path in places(scenario))
    assert not re.search(r"(?<!“)\b(with|and|of|by|that|to|behind) The ", re.sub("“[^”]*”", "", text))
    assert wording.place("forces.tajik-leaders.momentum", scenario) == "Tajik leaders of the north's momentum"


def test_strategies_of_several_words_are_quoted():
    scenario = load("afghanistan-2021").scenario
    assert Names.of(scenario).quoted("back-government") == "“All on Kabul”"
    assert Names.of(load("two-valleys").scenario).quoted("bandwagon") == "bandwagon"


def test_minus_signs_are_minus_signs():
    assert wording.value("forces.crown.momentum", -0.0184) == "−0.0184"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "forces.crown.resentment.duplicity",
            "what standing is lost with the Crown by courting both it and its rival",
        ),
        ("patrons.empire.standing.hill-lords", "the Empire's standing with the hill lords at the start"),
        ("ties.crown|rebels.sign", "the tie between the Crown and the rebels"),
        ("forces.rebels.momentum", "the rebels' momentum"),
        ("quantities.weariness", "the shared quantity “weariness”"),
        (
            "events.republic-leaves.probability",
            "the chance of “The Republic's troops go home” between 1 May 2031 and 1 September 2031",
        ),
        (
            "events.republic-leaves.effects.2.push.rebels",
            "the push that “The Republic's troops go home” gives the rebels",
        ),
        (
            "events.envoys-received.probability",
            "the chance of “The Empire receives rebel envoys” on 7 April 2031",
        ),
        (
            "events.crown-cracks.effects.0.hazard.crown",
            "the factor by which “Governors desert the Crown” multiplies the danger of a fall of the Crown",
        ),
        (
            "events.crown-cracks.effects.1.tie.add",
            "what “Governors desert the Crown” changes in the tie between the Crown and the hill lords",
        ),
        (
            "events.crown-cracks.effects.2.values.empire.order.chaos",
            "the weight the Empire puts on chaos after “Governors desert the Crown”",
        ),
        (
            "agreements.spring-accord.breach.0.violence.add",
            "what a breach of “spring-accord” adds to violence",
        ),
        ("nothing.like.this", "nothing.like.this"),
    ],
)
def test_a_path_in_words(valleys, path, expected):
    assert wording.place(path, valleys) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (
            Limit("forces.crown.collapse.rate", low=0.031),
            "the weekly rate of a fall of the Crown at its threshold is above 3.1 %",
        ),
        (
            Limit("dynamics.fade", low=0.01, high=0.02),
            "the weekly fading of standing lies between 0.01 and 0.02",
        ),
        (Limit("dynamics.fade", high=0.02), "the weekly fading of standing is below 0.02"),
        # the run starts on 17 March 2031: week 8 begins on 12 May
        (
            Limit("event.rebel-offensive", high=7.5),
            "“The rebels attack the valley towns” comes before 12 May 2031",
        ),
        (
            Limit("event.rebel-offensive", low=7.5),
            "“The rebels attack the valley towns” does not come before 12 May 2031",
        ),
        (
            Limit("event.rebel-offensive", low=51.5),
            "“The rebels attack the valley towns” does not come within the run",
        ),
        (Limit("who", levels=("hawk", "owl")), "who is hawk or owl"),
    ],
)
def test_a_condition_in_words(valleys, limit, expected):
    assert restriction(limit, valleys) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("power.crown", "power of the Crown"),
        ("event.republic-leaves", "“The Republic's troops go home”"),
        ("deal.lake-conference", "a deal at “lake-conference”"),
        ("violence", "violence"),
    ],
)
def test_an_observable_in_words(valleys, name, expected):
    assert observable(name, valleys) == expected


def test_a_part_in_words(valleys):
    assert part("patrons.republic", valleys) == "everything about the Republic"
    assert part("ties.crown|rebels", valleys) == "everything about the tie between the Crown and the rebels"


def test_without_a_scenario_paths_and_weeks_stand_as_they_are():
    assert wording.place("forces.crown.momentum") == "crown's momentum"
    assert restriction(Limit("event.vote", high=7.5)) == "“vote” comes before week 8"
