"""The map of who controls what, by the outlines of regions: now, and a year later under the advice, with its doubt.

A region has the colour of the force that most often holds more of it than any other, as strong as that is often. Maps
are drawn in degrees, east to west shortened by the cosine of the middle latitude, which is true along it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.findings.found import Held
from equipoise.reporting import charts
from equipoise.reporting.drawing import INK, PALETTE, PAPER, Drawing, Frame, Weight
from equipoise.reporting.figure_regions import holder, short_names, west_end
from equipoise.reporting.run_view import RunView
from equipoise.scenario.outlines import Outlined
from equipoise.scenario.phrases import chance, day, percent

if TYPE_CHECKING:
    import altair

Pixels = np.ndarray
"""Corners of a ring [corners, 2], the last one the first again, to the right and down."""
GAP, TITLE, TALLEST = 16, 26, 430
"""Pixels: between two maps, of the line above one, of the highest map."""
FAINTEST = 0.15
"""Least strength of a region's colour."""
LOOKS = 24
"""Places across a region, each way, at which room for its name is looked for."""


def outlines(context: RunView) -> Drawing | None:
    """Each region by its outline: who holds more than any other, how much, and how sure that is; now and later."""
    if context.outlines is None:
        return None
    found, shapes = context.run.control, context.outlines
    days = day(context.day_of(0)), day(context.day_of(found.week))
    maps = {days[0]: found.start, days[1]: found.later[context.best]}
    said = (
        f"{context.names.region(region)}: "
        + ", ".join(f"{_said(context, held[region])} on {when}" for when, held in maps.items())
        for region in context.scenario.regions
    )
    return Drawing(
        key="map",
        title=f"The map on {days[0]} and on {days[1]}",
        description=f"Who holds more of each region than any other, under {context.names.quoted(context.best)}: "
        + "; ".join(said),
        caption=(
            "Colour: the force that most often holds more of the region than any other; the paler, the less sure. "
            f"Number: its mean share, and nine futures in ten. On {days[1]} under {context.names.quoted(context.best)}."
        ),
        chart=lambda frame: _maps(context, shapes, maps, frame),
    )


def _said(context: RunView, held: Mapping[str, Held]) -> str:
    force = holder(held)
    return f"{context.names.within(force)} {_share(held[force])}, more than any other in {chance(held[force].most)}"


def _share(held: Held) -> str:
    if held.p95 - held.p5 < 0.01:
        return percent(held.mean)
    return f"{percent(held.mean)} ({100 * held.p5:.0f} to {100 * held.p95:.0f})"


def _maps(
    context: RunView, shapes: Outlined, maps: Mapping[str, Mapping[str, Mapping[str, Held]]], frame: Frame
) -> altair.LayerChart:
    """Lay the maps side by side, or on a phone one below the other."""
    full, beside = frame.width - 12, bool(frame.labels)
    width = (full - GAP) // 2 if beside else full
    drawn, high = in_pixels(shapes, width, TALLEST)
    forces = short_names(context.names, context.forces)
    features: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for place, (when, held) in enumerate(maps.items()):
        left, top = (place * (width + GAP), 0.0) if beside else (0.0, place * (high + TITLE + GAP))
        texts.append({"x": left + width / 2, "y": top + TITLE / 2, "text": when, "kind": "day"})
        for region, polygons in drawn.items():
            force = holder(held[region])
            at = np.array([left, top + TITLE])
            features.append(_feature(forces[force], held[region][force].most, polygons, at))
            x, y = middle(max(polygons, key=lambda rings: _area(rings[0]))) + at
            share = _share(held[region][force]) if beside else percent(held[region][force].mean)
            texts.append({"x": x, "y": y - 8, "text": context.names.region(region), "kind": "region"})
            texts.append({"x": x, "y": y + 8, "text": share, "kind": "share"})
    high = high + TITLE if beside else 2 * (high + TITLE) + GAP
    return _layered(features, texts, list(forces.values()), full, math.ceil(high))


def in_pixels(shapes: Outlined, width: float, tallest: float) -> tuple[dict[str, list[list[Pixels]]], float]:
    """Return the polygons of each region on a map no wider and no higher than this, and how high the map is.

    Corners are put on half pixels, and what then falls together is left out: borders that regions share stay shared.
    """
    every = np.array([
        point for polygons in shapes.regions.values() for rings in polygons for ring in rings for point in ring
    ])  # fmt: skip
    west, north, south = west_end(every[:, 0]), every[:, 1].max(), every[:, 1].min()
    narrow = max(math.cos(math.radians((north + south) / 2)), 0.01)
    wide, high = np.ptp((every[:, 0] - west) % 360) * narrow, north - south
    scale = min(width / max(wide, 1e-9), tallest / max(high, 1e-9))
    left = (width - wide * scale) / 2

    def placed(ring: Iterable[tuple[float, float]]) -> Pixels:
        points = np.array(list(ring))
        x = left + (points[:, 0] - west) % 360 * narrow * scale
        spots = np.round(2 * np.stack([x, (north - points[:, 1]) * scale], axis=1)) / 2
        moved = np.any(spots[1:] != spots[:-1], axis=1)
        return spots[np.concatenate([[True], moved])]

    made = {}
    for region, polygons in shapes.regions.items():
        rings = [[placed(ring) for ring in polygon] for polygon in polygons]
        seen = [[ring for ring in polygon if len(ring) > 3] for polygon in rings if len(polygon[0]) > 3]
        made[region] = seen or [rings[0][:1]]
    return made, high * scale


def _area(ring: Pixels) -> float:
    x, y = ring.T
    return abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2


def middle(polygon: list[Pixels]) -> np.ndarray:
    """Return the place inside a polygon that is farthest from its borders, for a name to stand at."""
    low, high = polygon[0].min(axis=0), polygon[0].max(axis=0)
    steps = (np.arange(LOOKS) + 0.5) / LOOKS
    spots = np.stack(np.meshgrid(*(low[k] + steps * (high - low)[k] for k in (0, 1))), axis=-1).reshape(-1, 2)
    inside, room = np.zeros(len(spots), bool), np.full(len(spots), np.inf)
    for ring in polygon:
        for start, end in pairwise(ring):
            along = end - start
            crosses = (start[1] > spots[:, 1]) != (end[1] > spots[:, 1])
            if crosses.any():
                at = start[0] + (spots[:, 1] - start[1]) * along[0] / along[1]
                inside ^= crosses & (spots[:, 0] < at)
            share = np.clip(((spots - start) @ along) / max(float(along @ along), 1e-9), 0, 1)
            room = np.minimum(room, np.linalg.norm(spots - start - share[:, None] * along, axis=1))
    return spots[np.argmax(np.where(inside, room, -1.0))] if inside.any() else (low + high) / 2


def _feature(force: str, most: float, polygons: list[list[Pixels]], at: np.ndarray) -> dict[str, Any]:
    shape = {"type": "MultiPolygon", "coordinates": [[(ring + at).tolist() for ring in p] for p in polygons]}
    return {"type": "Feature", "geometry": shape, "properties": {"force": force, "sure": max(most, FAINTEST)}}


def _layered(
    features: list[dict[str, Any]], texts: list[dict[str, Any]], forces: list[str], width: int, height: int
) -> altair.LayerChart:
    """Draw outlines and texts that are placed in pixels from the top left."""
    import altair as alt

    colours = alt.Scale(domain=forces, range=[PALETTE[k % len(PALETTE)] for k in range(len(forces))])
    areas = charts.of_rows(features).mark_geoshape(stroke=PAPER, strokeWidth=1)
    areas = areas.encode(
        color=alt.Color("properties.force:N", scale=colours),
        fillOpacity=alt.FillOpacity("properties.sure:Q", scale=None),
    ).project(type="identity", scale=1, translate=[0, 0])
    layers = [areas]
    side = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False, zero=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    kinds: tuple[tuple[str, Weight], ...] = (("day", "bold"), ("region", "bold"), ("share", "normal"))
    for kind, weight in kinds:
        rows = charts.of_rows([row for row in texts if row["kind"] == kind])
        rim = rows.mark_text(
            fontWeight=weight, color=INK, baseline="middle", stroke=PAPER, strokeWidth=4, strokeJoin="round"
        )
        letters = rows.mark_text(fontWeight=weight, color=INK, baseline="middle")
        for text in (rim, letters):  # the rim behind the letters
            layers.append(text.encode(x=side, y=down, text=alt.Text("text:N")))
    return charts.layered(*layers).properties(width=width, height=height)
