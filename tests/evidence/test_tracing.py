"""What stands on what: own grounds, those of the part around, beliefs apart, and unused claims."""

import json

import pytest

from equipoise.errors import InputError
from equipoise.evidence import trace, under_beliefs
from equipoise.scenario import changed, load, loads, places

TEXT = """equipoise: 1
title: A small case
focus: north
calendar: {start: 2030-01-07, weeks: 26}
sources: {paper: {title: The paper}}
claims:
  pay: {source: paper, at: p. 2, says: The army is unpaid., confidence: high}
  loyal: {source: paper, says: The crown will hold., holder: south}
  idle: {source: paper, says: It rains.}
regions: {coast: {}}
forces:
  crown:
    claims: [pay]
    control: {coast: 1}
    momentum: {value: 0.1, claims: [loyal]}
    bandwagon: {value: 0.1, because: a guess}
    legitimacy: {value: 0.1, claims: [loyal, pay]}
    undermine: 0.1
    collapse: {rate: 0.01, threshold: {value: 0.2, because: by feel}, claims: [pay]}
patrons: {north: {}, south: {}}
events:
  march: {probability: 0.5, claims: [loyal], effects: [{push: {crown: 1}}, {push: {crown: 2}, claims: [pay]}]}
beliefs:
  south:
    forces.crown.momentum: {value: 0.3, claims: [loyal]}
strategies: {north: {wait: {engage: {}, claims: [pay]}}}
"""
FILE = loads(TEXT)
ROWS = {row["path"]: row for row in trace(FILE.scenario, written=FILE.written)["places"]}


@pytest.mark.parametrize(
    ("path", "basis", "through"),
    [
        ("forces.crown.momentum", "belief", None),
        ("forces.crown.bandwagon", "reason", None),
        ("forces.crown.legitimacy", "claim", None),
        ("forces.crown.undermine", "nothing", None),
        ("forces.crown.control.coast", "nothing", None),
        ("forces.crown.collapse.rate", "claim", "forces.crown.collapse"),
        ("forces.crown.collapse.threshold", "reason", None),
        ("forces.crown.collapse.steepness", "nothing", None),
        ("events.march.probability", "belief", "events.march"),
        ("events.march.effects.0.push.crown", "belief", "events.march"),
        ("events.march.effects.1.push.crown", "claim", "events.march.effects.1"),
        ("beliefs.south.forces.crown.momentum", "belief", None),
    ],
)
def test_each_number_stands_on_what_the_file_says(path, basis, through):
    assert ROWS[path]["basis"] == basis
    assert ROWS[path]["through"] == through


@pytest.mark.parametrize(
    ("given", "basis"),
    [
        ("0.9", "nothing"),
        ("{value: 0.9, because: a report}", "reason"),
        ("{value: 0.9, claims: [pay]}", "claim"),
    ],
)
def test_what_is_set_stands_on_what_it_says_itself(given, basis):
    """Somebody's claim about the march is no claim of the number that was put in its place."""
    file = changed(FILE, {"events.march.probability": given})
    again = loads(file.text)
    for one in (file, again, changed(file, {"forces.crown.undermine": "0.2"})):
        rows = {row["path"]: row for row in trace(one.scenario, written=one.written)["places"]}
        assert rows["events.march.probability"]["basis"] == basis
        assert rows["events.march.effects.0.push.crown"]["basis"] == "belief"


def test_a_row_says_where_its_claim_was_read():
    (ground,) = ROWS["forces.crown.collapse.rate"]["grounds"]
    assert ground == {
        "claim": "pay", "says": "The army is unpaid.", "source": "paper", "title": "The paper", "at": "p. 2",
        "type": None, "confidence": "high", "holder": None,
    }  # fmt: skip


def test_defaults_are_told_apart_from_what_was_written():
    assert not ROWS["forces.crown.collapse.steepness"]["written"]
    assert ROWS["forces.crown.collapse.rate"]["written"]
    counts = trace(FILE.scenario, written=FILE.written)["counts"]
    assert counts["written"] == len(FILE.written) + 1
    assert counts["claim"] + counts["belief"] + counts["reason"] + counts["nothing"] == counts["written"]
    assert counts["default"] == len(places(FILE.scenario)) - len(FILE.written)


def test_claims_nothing_stands_on_are_named_and_beliefs_marked():
    traced = trace(FILE.scenario)
    assert traced["unused"] == ["idle"]
    claims = {claim["claim"]: claim for claim in traced["claims"]}
    assert claims["loyal"]["belief"]
    assert not claims["pay"]["belief"]
    assert claims["pay"]["carries"] == [
        "events.march.effects.1", "forces.crown", "forces.crown.collapse", "forces.crown.legitimacy",
        "strategies.north.wait",
    ]  # fmt: skip


def test_parts_that_are_no_numbers_are_traced_too():
    parts = {row["path"]: row["basis"] for row in trace(FILE.scenario)["parts"]}
    assert parts["forces.crown"] == "claim"
    assert parts["events.march"] == "belief"
    assert parts["strategies.north.wait"] == "claim"
    assert parts["regions.coast"] == "nothing"


def test_every_place_of_the_reference_is_traced_once():
    file = load("two-valleys")
    traced = trace(file.scenario, written=file.written)
    paths = [row["path"] for row in traced["places"]]
    believed = ["beliefs.empire.forces.crown.collapse.yearly"]
    assert sorted(paths) == sorted([*places(file.scenario), *believed])
    assert traced["unused"] == ["c2"]
    assert json.loads(json.dumps(traced)) == traced


def test_beliefs_change_their_own_places_only():
    scenario = load("two-valleys").scenario
    before, after = places(scenario), places(under_beliefs(scenario, "empire"))
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"forces.crown.collapse.yearly"}
    assert after["forces.crown.collapse.yearly"].pert == (0.2, 0.35, 0.6)
    assert places(scenario) == before
    assert under_beliefs(scenario, None) is scenario


def test_beliefs_reach_ties_effects_and_weights():
    text = load("two-valleys").text.replace(
        "    forces.crown.collapse.yearly: [0.2, 0.35, 0.6]",
        "    ties.crown|rebels.sign: 0.5\n"
        "    events.crown-cracks.effects.2.values.empire.order.chaos: -1\n"
        "    agreements.spring-accord.breach.1.push.rebels: 0.1\n"
        "    patrons.republic.standing.rebels: 0.9\n",
    )
    scenario = loads(text).scenario
    believed = under_beliefs(scenario, "empire")
    assert believed.ties[0].sign.value == 0.5
    assert believed.events["crown-cracks"].effects[2].values["empire"]["order.chaos"].value == -1
    assert believed.agreements["spring-accord"].breach[1].push["rebels"].value == 0.1
    assert believed.patrons["republic"].standing["rebels"].value == 0.9
    assert believed.strategies == scenario.strategies


def test_an_unknown_holder_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `empire`"):
        under_beliefs(load("two-valleys").scenario, "empires")
    with pytest.raises(InputError, match="the holders are: south"):
        under_beliefs(FILE.scenario, "zz")
