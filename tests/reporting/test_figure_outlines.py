"""The map by outlines: true to shape, colours of who holds what, paler where that is less sure, names inside."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from equipoise.reporting.blocks import Figure
from equipoise.reporting.drawing import NARROW, PALETTE, WIDE
from equipoise.reporting.figure_outlines import in_pixels, middle, outlines
from equipoise.reporting.figure_regions import holder
from equipoise.reporting.notebook import Plots
from equipoise.reporting.run_view import RunView
from equipoise.scenario.outlines import Outlined

country = import_module("equipoise.reporting.pages.country")


def square(west, south, wide=1.0, high=1.0):
    east, north = west + wide, south + high
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


def outlined(**polygons):
    return Outlined("x.geojson", b"", {name: tuple(given) for name, given in polygons.items()})


@pytest.fixture
def context(golden):
    shapes = outlined(valley=[square(0, 0)], hills=[square(0, 1), square(1, 1)])
    return RunView(golden.found, golden.scenario, outlines=shapes)


def test_at_latitude_sixty_a_degree_east_is_half_a_degree_north():
    drawn, high = in_pixels(outlined(a=[square(10, 59.5)]), 400, 100)
    (((x, y),),) = (((np.ptp(drawn["a"][0][0], axis=0)),),)
    assert (x, y) == (50, 100) and high == 100
    assert drawn["a"][0][0].min(axis=0) == pytest.approx([175, 0])  # in the middle of the paper


def test_a_wide_country_fills_the_width_and_north_is_up():
    drawn, high = in_pixels(outlined(north=[square(0, 0, 4, 1)], south=[square(0, -1, 4, 1)]), 400, 1000)
    assert high == pytest.approx(200, abs=0.1)
    assert drawn["north"][0][0][:, 1].max() == drawn["south"][0][0][:, 1].min() == 100


def test_a_country_across_the_date_line_is_not_torn():
    drawn, _ = in_pixels(outlined(west=[square(178, 0)], east=[square(-180, 0)]), 300, 300)
    assert drawn["west"][0][0][:, 0].max() < drawn["east"][0][0][:, 0].min()
    assert np.ptp(drawn["east"][0][0][:, 0]) == pytest.approx(100, abs=0.6)


def test_corners_that_fall_together_are_left_out_but_no_region_is():
    many = tuple((np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, 50_001))
    drawn, _ = in_pixels(
        outlined(disc=[((*many[:-1], many[0]),)], speck=[square(3, 0, 1e-6, 1e-6)]), 300, 300
    )
    assert len(drawn["disc"][0][0]) == 8 * 150 + 1  # a circle of 75 pixels, in steps of a half
    assert len(drawn["speck"]) == 1


def test_a_name_stands_inside_where_there_is_most_room():
    corners = np.array([[0, 0], [90, 0], [90, 30], [30, 30], [30, 90], [0, 90], [0, 0]], float)  # an L
    x, y = middle([corners])
    assert 10 < x < 25 and 10 < y < 25  # at its knee, not at the centre of mass (33, 33), which is outside
    ring = np.array([[0, 0], [90, 0], [90, 90], [0, 90], [0, 0]], float)
    hole = 45 + (ring - 45) / 3
    x, y = middle([ring, hole])
    assert not (30 < x < 60 and 30 < y < 60)
    bay = np.array(
        [[0, 0], [90, 0], [90, 10], [10, 10], [10, 80], [90, 80], [90, 90], [0, 90], [0, 0]], float
    )
    assert middle([bay[:, ::-1]])[1] < 12  # on land, not in the wide bay between two thin arms


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
def test_colour_and_strength_are_those_found(context, frame):
    spec = outlines(context).chart(frame).to_dict()
    shapes = [row for row in data_of(spec) if row.get("type") == "Feature"]
    run, forces = context.run.control, [context.names.force(force) for force in context.forces]
    wanted = [
        (context.names.force(holder(held[region])), max(held[region][holder(held[region])].most, 0.15))
        for held in (run.start, run.later[context.best]) for region in ("valley", "hills")
    ]  # fmt: skip
    assert [(s["properties"]["force"], s["properties"]["sure"]) for s in shapes] == wanted
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert (scale["domain"], scale["range"]) == (forces, list(PALETTE[: len(forces)]))
    texts = [row["text"] for row in data_of(spec) if "kind" in row]
    assert texts.count("The hills") == 4 and "17 March 2031" in texts  # twice each: the rim, the letters


def test_even_a_holder_of_whom_little_is_sure_has_a_colour(context):
    control = context.run.control
    unsure = {
        region: {force: replace(held, most=0.01) for force, held in forces.items()}
        for region, forces in control.start.items()
    }
    run = replace(context.run, control=replace(control, start=unsure))
    spec = outlines(replace(context, run=run)).chart(WIDE).to_dict()
    assert [row["properties"]["sure"] for row in data_of(spec) if "properties" in row][:2] == [0.15, 0.15]


def data_of(spec):
    """Return every row of a chart."""
    import json

    found = [layer["data"]["values"] for layer in spec["layer"] if "data" in layer]
    return [row for text in found for row in (json.loads(text) if isinstance(text, str) else text)]


def test_doubt_is_said_with_every_share(context):
    drawing = outlines(context)
    later = context.run.control.later[context.best]["hills"]
    held = later[holder(later)]
    assert f"{100 * held.mean:.0f}" in drawing.description
    assert f"({100 * held.p5:.0f} to {100 * held.p95:.0f})" in drawing.description
    assert "the paler, the less sure" in drawing.caption


def test_the_section_has_it_where_there_are_outlines_alone(golden, context):
    def keys(view):
        return [figure.key for figure in country.regions(view).body if isinstance(figure, Figure)]

    assert (keys(context), keys(golden.context)) == (["map", "regions"], ["regions"])
    assert outlines(replace(context, outlines=None)) is None
    assert Plots(context).map(width=500).to_dict()["layer"]
