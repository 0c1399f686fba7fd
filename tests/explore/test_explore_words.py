"""Every place of the reference scenario has words; conditions carry the scenario's names, units and dates."""

import pytest

from equipoise.explore import Limit, words
from equipoise.scenario import load
from equipoise.scenario.places import places


@pytest.fixture(scope="module")
def valleys(shared):
    return load(shared / "two-valleys.yaml").scenario


def test_every_place_has_words(valleys):
    bare = [path for path in places(valleys) if words.place(path, valleys) == path]
    assert bare == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("forces.crown.resentment.duplicity", "what courting both The Crown and its rival costs with it"),
        ("patrons.empire.standing.hill-lords", "The Empire's standing with The hill lords at the start"),
        ("ties.crown|rebels.sign", "the tie between The Crown and The rebels"),
        ("forces.rebels.momentum", "The rebels' momentum"),
        ("quantities.weariness", "the shared quantity “weariness”"),
        (
            "events.republic-leaves.probability",
            "the chance that “The Republic's troops go home” (1 May 2031 to 1 September 2031)",
        ),
        (
            "events.republic-leaves.effects.2.push.rebels",
            "the effect of “The Republic's troops go home” (1 May 2031 to 1 September 2031) on push rebels",
        ),
        ("nothing.like.this", "nothing.like.this"),
    ],
)
def test_a_path_in_words(valleys, path, expected):
    assert words.place(path, valleys) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (
            Limit("forces.crown.collapse.rate", low=0.031),
            "the weekly rate at which The Crown falls at its threshold is above 3.1 %",
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
    assert words.condition(limit, valleys) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("power.crown", "power of The Crown"),
        ("event.republic-leaves", "“The Republic's troops go home”"),
        ("deal.lake-conference", "a deal at lake conference"),
        ("violence", "violence"),
    ],
)
def test_an_observable_in_words(valleys, name, expected):
    assert words.observable(name, valleys) == expected


def test_a_part_in_words(valleys):
    assert words.part("patrons.republic", valleys) == "everything about The Republic"
    assert (
        words.part("ties.crown|rebels", valleys)
        == "everything about the tie between The Crown and The rebels"
    )


def test_without_a_scenario_paths_and_weeks_stand_as_they_are():
    assert words.place("forces.crown.momentum") == "crown's momentum"
    assert words.condition(Limit("event.vote", high=7.5)) == "vote comes before week 8"
