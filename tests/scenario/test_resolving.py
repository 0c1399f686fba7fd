"""Defaults are those of MODEL.md, written out once and for all; writing and reading change nothing."""

import datetime
import hashlib
import random

import numpy as np
import pytest
import yaml

from equipoise.scenario import Number, load, loads, places, resolve, to_yaml, with_numbers

SMALL = """equipoise: 1
title: A small case
focus: north
calendar: {start: 2030-01-07, weeks: 26}
regions: {coast: {}, inland: {}}
forces: {crown: {control: {coast: 1, inland: 1}, collapse: {}}, rebels: {control: {coast: 1}}}
patrons: {north: {engagement: {gain: {crown: 0.2}}}, south: {}}
events:
  march: {effects: [{push: {crown: 1}}, {backing: {north: {crown: {money: 1}}}}]}
  riot: {when: {collapsed: crown}}
strategies: {north: {wait: {engage: {}}}}
"""


def test_defaults_are_those_of_the_model():
    """MODEL.md §3, *Defaults*, read independently."""
    got = {path: number.value for path, number in places(loads(SMALL).scenario).items()}
    expected = {
        "patrons.south.engagement.budget": 1,
        "patrons.south.engagement.gain": 0.05,
        "patrons.north.engagement.gain.crown": 0.2,
        "patrons.north.engagement.gain.rebels": 0.05,
        "patrons.south.values.influence": 1,
        "patrons.south.values.exposure": 1,
        "patrons.south.values.terminal": 0,
        "patrons.south.values.order.takeover.rebels": 0,
        "patrons.south.values.rivals.north": 0,
        "patrons.south.values.control.crown.inland": 0,
        "patrons.south.standing.rebels": 0,
        "patrons.south.backing.rebels.troops": 0,
        "dynamics.fade": 0.01,
        "dynamics.violence.start": 1,
        "dynamics.violence.mean": 1,
        "dynamics.violence.revert": 0.1,
        "dynamics.violence.contest": 0,
        "dynamics.inherit": 0,
        "forces.crown.collapse.steepness": 0,
        "forces.crown.collapse.rate": 0,
        "forces.crown.collapse.shield": 0,
        "forces.crown.receptivity.base": 1,
        "forces.crown.receptivity.shopping": 0,
        "forces.rebels.control.inland": 0,
        "forces.rebels.home.coast": 0,
        "events.march.probability": 1,
        "events.riot.weekly": 1,
    }
    assert {path: got[path] for path in expected} == expected
    assert "forces.rebels.collapse.rate" not in got
    assert "events.riot.probability" not in got


def test_what_is_not_a_number_gets_its_default_too():
    scenario = loads(SMALL).scenario
    assert scenario.forces["crown"].collapse.threshold == "start"
    assert scenario.dynamics.majority == 0.6
    assert scenario.patrons["south"].interest == {"coast": 1, "inland": 1}
    assert {name: region.weight for name, region in scenario.regions.items()} == {"coast": 1, "inland": 1}
    assert scenario.patrons["south"].engagement.engage is None
    push, backing = scenario.events["march"].effects
    assert (push.weeks, push.regions, push.over) == (1, "all", None)
    assert (backing.over, backing.announced, backing.weeks) == (1, False, None)
    assert scenario.events["march"].between == (datetime.date(2030, 1, 7), datetime.date(2030, 7, 7))
    assert scenario.events["riot"].between is None
    assert scenario.strategies["north"]["wait"].back_over == 4


def test_resolving_twice_and_writing_change_nothing():
    for name in ("two-valleys",):
        scenario = load(name).scenario
        assert resolve(scenario) == scenario
        assert loads(to_yaml(scenario)).scenario == scenario
        assert to_yaml(loads(to_yaml(scenario)).scenario) == to_yaml(scenario)


def test_the_written_text_is_plain_and_fits_the_page():
    text = to_yaml(load("two-valleys").scenario)
    assert max(map(len, text.splitlines())) <= 120
    assert "!!" not in text
    assert "\n    on: 2031-04-07\n" in text


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_a_file_changes_no_place(seed):
    file = load("two-valleys")
    data = yaml.safe_load(file.text.replace(" on:", " 'on':"))
    shuffled = loads(yaml.safe_dump(_shuffled(data, random.Random(seed)), sort_keys=False)).scenario
    assert places(shuffled) == places(file.scenario)
    assert list(places(shuffled)) == sorted(places(shuffled))


def _shuffled(item, chance):
    if isinstance(item, dict):
        keys = list(item)
        chance.shuffle(keys)
        return {key: _shuffled(item[key], chance) for key in keys}
    if isinstance(item, list):
        return [_shuffled(below, chance) for below in item]
    return item


def test_numpy_numbers_and_arrays_in_a_mapping_are_plain_numbers():
    plain = {
        "equipoise": 1, "title": "One force", "calendar": {"start": "2021-01-04", "weeks": 4}, "focus": "p",
        "regions": {"g": {}}, "forces": {"a": {"control": {"g": 1.0}}}, "patrons": {"p": {}},
        "strategies": {"p": {"s": {"engage": {"a": 1}}}},
        "quantities": {"q": [0.25, 0.75]},
    }  # fmt: skip
    measured = plain | {
        "calendar": {"start": "2021-01-04", "weeks": np.int64(4)},
        "forces": {"a": {"control": {"g": np.float32(1.0)}}},
        "quantities": {"q": np.array([0.25, 0.75])},
    }
    assert load(measured).scenario == load(plain).scenario
    assert load(measured | {"quantities": {"q": np.array([0.25, 0.5])}}).scenario != load(plain).scenario


def test_a_mapping_loads_like_its_text():
    file = load("two-valleys")
    data = yaml.safe_load(file.text.replace(" on:", " 'on':"))
    assert load(data).scenario == file.scenario
    assert file.sha256 == hashlib.sha256(file.text.encode()).hexdigest()


def test_written_paths_are_what_the_file_states():
    file = loads(SMALL)
    assert file.written == {
        "forces.crown.control.coast",
        "forces.crown.control.inland",
        "forces.rebels.control.coast",
        "patrons.north.engagement.gain.crown",
        "events.march.effects.0.push.crown",
        "events.march.effects.1.backing.north.crown.money",
    }


def test_a_number_put_at_a_place_lands_there_and_nowhere_else():
    scenario = load("two-valleys").scenario
    before = places(scenario)
    other = Number(value=0.123)
    for path in list(before)[::9]:
        after = places(with_numbers(scenario, {path: other}))
        assert {place for place in before if before[place] != after[place]} == {path}
    assert places(scenario) == before


def test_a_number_cannot_be_put_where_there_is_no_place():
    with pytest.raises(KeyError, match="nobody"):
        with_numbers(load("two-valleys").scenario, {"forces.nobody.momentum": Number(value=1)})


def test_a_scenario_can_be_written_where_utf_8_cannot():
    title = "Мир — 平和 🕊"
    file = loads(load("two-valleys").text.replace("Two valleys", title))
    text = to_yaml(file.scenario, ascii_only=True)
    assert text.isascii()
    assert loads(text).scenario == file.scenario
    assert title in to_yaml(file.scenario)
