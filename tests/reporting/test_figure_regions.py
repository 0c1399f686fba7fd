"""The map: tiles stand as regions lie, and show the shares that were found."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.test_figures import values

from equipoise.reporting.drawing import NARROW, WIDE
from equipoise.reporting.figure_regions import cells_of, regions
from equipoise.reporting.run_view import RunView
from equipoise.scenario import load
from equipoise.scenario.model import Region

country = import_module("equipoise.reporting.pages.country")


def placed(golden, **places):
    """Return the golden scenario with other regions, at these places."""
    return golden.scenario.model_copy(update={"regions": {k: Region(at=at) for k, at in places.items()}})


def test_libya_is_read_as_on_a_map():
    cells = cells_of(load("libya-2019").scenario, 3)
    assert cells == {"tripolitania": (0, 0), "cyrenaica": (0, 1), "fezzan": (1, 0)}


def test_afghanistan_is_read_as_on_a_map():
    cells = cells_of(load("afghanistan-2021").scenario, 3)
    row, column = ({name: cell[axis] for name, cell in cells.items()} for axis in (0, 1))
    assert row["north"] < row["centre"] <= row["east"] and max(row, key=row.get) == "south"
    assert column["west"] < column["centre"] <= column["east"] and column["west"] <= column["south"]


def test_without_places_tiles_follow_the_file(golden):
    assert golden.scenario.regions["valley"].at is None
    assert list(cells_of(golden.scenario, 3).items()) == [
        (name, (0, k)) for k, name in enumerate(golden.scenario.regions)
    ]
    five = placed(golden, **dict.fromkeys("edcba"))
    assert cells_of(five, 2) == {"e": (0, 0), "d": (0, 1), "c": (1, 0), "b": (1, 1), "a": (2, 0)}


def test_two_regions_stand_beside_or_above_each_other(golden):
    assert cells_of(placed(golden, a=(10, 5), b=(0, 5)), 3) == {"a": (0, 1), "b": (0, 0)}
    assert cells_of(placed(golden, a=(5, -10), b=(5, 20)), 3) == {"a": (1, 0), "b": (0, 0)}


def test_a_country_across_the_date_line_is_not_torn(golden):
    assert cells_of(placed(golden, west=(177.4, -17.8), east=(-179.9, -17.8)), 3) == {
        "west": (0, 0),
        "east": (0, 1),
    }


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=64, unique=True),
    st.sampled_from([2, 3]),
)
def test_every_region_has_a_tile_of_its_own(golden, places, most):
    cells = cells_of(placed(golden, **{f"r{k}": at for k, at in enumerate(places)}), most)
    assert len(set(cells.values())) == len(places)
    for axis in (0, 1):
        used = {cell[axis] for cell in cells.values()}
        assert used == set(range(len(used)))
    assert max(cell[1] for cell in cells.values()) < most


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_bars_lines_and_diamonds_are_what_was_found(golden, frame):
    """On each bar's own scale, from its left end (0) to its right end (all of the region)."""
    found, best = golden.found.control, golden.found.best
    bars = [row for row in values(regions(golden.context).chart(frame)) if "now" in row]
    drawn = {
        tuple(
            round((bar[key] - bar["x"]) / (bar["all"] - bar["x"]), 6) for key in ("x2", "low", "high", "now")
        )
        for bar in bars
    }
    expected = {
        tuple(round(x, 6) for x in (held.mean, held.p5, held.p95, found.start[region][force].mean))
        for region, forces in found.later[best].items()
        for force, held in forces.items()
    }
    assert drawn <= expected and len(drawn) == len(bars) > len(golden.scenario.regions)
    assert all(max(row[0], row[2], row[3]) <= 0.005 for row in expected - drawn)
    assert all(bar["x"] >= 0 and bar["all"] <= frame.width for bar in bars)


def changed(golden, **held):
    """Return the golden run as seen with the chance of holding most of the valley changed, by force."""
    found = golden.found.control
    later = {
        way: {
            region: {
                force: replace(one, most=held.get(force, 0.0)) if region == "valley" else one
                for force, one in forces.items()
            }
            for region, forces in at.items()
        }
        for way, at in found.later.items()
    }
    return RunView(replace(golden.found, control=replace(found, later=later)), golden.scenario)


def test_the_section_says_what_may_change_hands(golden):
    now = golden.found.control.start["valley"]
    assert max(now, key=lambda force: now[force].mean) == "crown"
    lead = country.regions(changed(golden, rebels=0.75, crown=0.25)).lead
    assert "The valley: the rebels, likely (75\N{NARROW NO-BREAK SPACE}%)" in lead
    assert "one region of 2 is held most by another force on 15 March 2032 than at the start" in lead
    kept = country.regions(changed(golden, rebels=0.25, crown=0.75)).lead
    assert "The valley: the Crown, likely (75\N{NARROW NO-BREAK SPACE}%)" in kept
    assert "every region is held most by the same force" in kept


def test_the_caption_says_whether_places_are_known(golden):
    assert "in the order of the file" in regions(golden.context).caption
    lie = {
        k: item.model_copy(update={"at": (float(n), 0.0)})
        for n, (k, item) in enumerate(golden.scenario.regions.items())
    }
    known = golden.scenario.model_copy(update={"regions": lie})
    assert "as their regions lie, north up" in regions(RunView(golden.found, known)).caption
    assert np.isfinite(
        [b["x"] for b in values(regions(RunView(golden.found, known)).chart(WIDE)) if "x" in b]
    ).all()
