"""The map of the actors: forces as squares inside, patrons as circles around them, ties with their signs.

The layout is computed, not drawn by chance: forces stand on an inner ring, patrons on an outer one, each
patron near the forces and patrons it is tied to or has standing with, so that lines stay short; the same
scenario always gives the same map. Ties are those the scenario starts with; an uncertain one is shown at
its median. Where there are many, weak ties are thin and carry no number, and standings are left to the table.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.report.blocks import Column, Table
from equipoise.report.context import Context
from equipoise.report.drawing import BLUE, INK, VERMILION, Drawing, Frame
from equipoise.report.phrases import number
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number, quantile

if TYPE_CHECKING:
    import altair

Point = tuple[float, float]
Tie = tuple[str, str, float]
FAINT_STANDING = 0.05
"""Standing below this is not drawn."""
MANY = 16
"""With more ties than this the map shows numbers for strong ties only and no standings."""
STRONG = 0.5
"""From this on a tie is strong."""
MOST_ROUNDS = 60
"""Greatest number of exchanges of places while the layout is improved."""
PLACES = (0.44, 0.56, 0.34, 0.66, 0.26, 0.74)
"""Where along a line its number may stand, first choice first."""
INNER = 0.52
"""Radius of the ring of forces; that of patrons is 1."""


def actors(context: Context) -> Drawing:
    """Draw the actors with their signed ties and the patrons' standing at the start."""
    scenario, name = context.scenario, context.names.actor
    ties = sorted((*sorted(tie.between), middle(scenario, tie.sign)) for tie in scenario.ties)
    links = standings(scenario)
    spots = layout(scenario, ties, links)
    columns = (Column("Between"), Column("And"), Column("What"), Column("Value", "number"))
    rows = [(name(a), name(b), "tie", number(v, digits=2, signed=True)) for a, b, v in ties]
    rows += [(name(a), name(b), "standing at the start", number(v, digits=2)) for a, b, v in links]
    said = "; ".join(f"{name(a)} and {name(b)}: {number(v, digits=1, signed=True)}" for a, b, v in ties)
    grey = " Grey line: standing an outside power starts with." if len(ties) <= MANY else (
        f" Ties weaker than {STRONG} are pale and without a number; standings are in the table."
    )  # fmt: skip
    return Drawing(
        key="actors",
        title="The actors and their ties",
        description=f"Signed ties at the start. {said or 'The scenario states none'}.",
        caption=(
            "Squares: forces of the country; circles: outside powers. Whole blue line, +: friendly tie; "
            "dashed orange "
            f"line, −: rivalry; thicker is stronger.{grey} Distances mean nothing."
        ),
        chart=lambda frame: _chart(context, spots, ties, links if len(ties) <= MANY else [], frame),
        table=Table("Ties and standings at the start", columns, tuple(rows)),
    )


def middle(scenario: Scenario, value: Number) -> float:
    """Return the median of an uncertain number; a shared quantity is looked up."""
    if value.is_ is not None:
        times = 1.0 if value.times is None else value.times
        return times * float(quantile(scenario.quantities[value.is_], np.array(0.5)))
    return float(quantile(value, np.array(0.5)))


def standings(scenario: Scenario) -> list[Tie]:
    """Return (patron, force, standing at the start) for every standing worth a line."""
    found = [
        (patron, force, middle(scenario, value))
        for patron, item in sorted(scenario.patrons.items())
        for force, value in sorted(item.standing.items())
    ]
    return [link for link in found if link[2] >= FAINT_STANDING]


def layout(scenario: Scenario, ties: Sequence[Tie], links: Sequence[Tie]) -> dict[str, Point]:
    """Place every actor in the unit disc: forces on the inner ring, patrons on the outer one.

    Actors of a ring change places, two at a time, as long as lines get shorter and fewer of them run
    through an actor they do not concern.
    """
    forces, patrons = sorted(scenario.forces), sorted(scenario.patrons)
    inner = _ring(len(forces), INNER if len(forces) > 1 else 0.0)
    outer = _ring(len(patrons), 1.0, turn=math.pi / max(1, len(patrons)))
    spots = dict(zip([*forces, *patrons], [*inner, *outer], strict=True))
    pulls = [(a, b, abs(v)) for a, b, v in [*ties, *links]]
    swaps = [*combinations(forces, 2), *combinations(patrons, 2)]
    strain = _strain(spots, pulls)
    for _ in range(MOST_ROUNDS):
        tried = [({**spots, a: spots[b], b: spots[a]}, (a, b)) for a, b in swaps]
        found = min(
            ((_strain(trial, pulls), pair, trial) for trial, pair in tried), default=None, key=lambda t: t[:2]
        )
        if found is None or found[0] >= strain:
            break
        strain, _, spots = found
    return spots


def _ring(amount: int, radius: float, turn: float = 0.0) -> list[Point]:
    angles = [math.pi / 2 - 2 * math.pi * place / max(1, amount) - turn for place in range(amount)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def _strain(spots: Mapping[str, Point], pulls: Sequence[Tie]) -> float:
    """Return the length of all lines, weighted, and a toll for each actor a line runs through."""
    total = 0.0
    for a, b, weight in pulls:
        start, end = spots[a], spots[b]
        through = sum(_near(spot, start, end) for key, spot in spots.items() if key not in (a, b))
        total += weight * (math.dist(start, end) + 1.5 * through)
    return round(total, 9)


def _near(spot: Point, start: Point, end: Point) -> float:
    """Return how closely a line passes a point: 1 through it, 0 from a distance of 0.2."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else ((spot[0] - start[0]) * dx + (spot[1] - start[1]) * dy) / length
    share = min(1.0, max(0.0, share))
    gap = math.dist(spot, (start[0] + share * dx, start[1] + share * dy))
    return max(0.0, 1 - gap / 0.2)


def _chart(
    context: Context, spots: Mapping[str, Point], ties: Sequence[Tie], links: Sequence[Tie], frame: Frame
) -> altair.LayerChart:
    """Layer standings, ties, their numbers, the actors and their names, from back to front."""
    import altair as alt

    stretch, margin = (1.35, 0.42) if frame.labels else (1.0, 0.3)
    spots = {key: (x * stretch, y) for key, (x, y) in spots.items()}
    pair = len(context.names.patrons) == 2
    curves = {(a, b): _curve(spots, a, b, context, pair=pair) for a, b, _ in [*ties, *links]}
    low, high = _extent([*spots.values(), *(point for curve in curves.values() for point in curve)])
    width, reach = frame.width - 12, stretch + margin
    side, up = alt.Scale(domain=[-reach, reach], nice=False), alt.Scale(domain=[low, high], nice=False)

    def data(rows: list[dict[str, Any]]) -> altair.Chart:
        x, y = alt.X("x:Q", axis=None, scale=side), alt.Y("y:Q", axis=None, scale=up)
        return alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)

    many = len(ties) > MANY
    layers = [_lines(data, links, curves, "#c3cad3", [1, 0], 1.0)]
    for colour, dash, sign in ((BLUE, [1, 0], 1), (VERMILION, [7, 4], -1)):
        own = [tie for tie in ties if math.copysign(1, tie[2]) == sign]
        weak = [tie for tie in own if many and abs(tie[2]) < STRONG]
        layers.append(_lines(data, weak, curves, colour, dash, 0.3))
        layers.append(_lines(data, [tie for tie in own if tie not in weak], curves, colour, dash, 1.0))
    strong = [(curves[a, b], value) for a, b, value in ties if not many or abs(value) >= STRONG]
    told = _signs(strong, [(x, y - 0.1) for x, y in spots.values()])
    layers += _numbers(data(told)) + _nodes(context, data, spots, frame)
    height = max(220, width * (high - low) / (2 * reach))
    return alt.layer(*layers).properties(width=width, height=height)


def _lines(
    data: Any,
    chosen: Sequence[Tie],
    curves: Mapping[tuple[str, str], list[Point]],
    colour: str,
    dash: list[int],
    opacity: float,
) -> altair.Chart:
    import altair as alt

    rows = [
        {"x": x, "y": y, "edge": place, "step": step, "weight": abs(value)}
        for place, (a, b, value) in enumerate(chosen)
        for step, (x, y) in enumerate(curves[a, b])
    ]
    thickness = alt.StrokeWidth("weight:Q", scale=alt.Scale(domain=[0, 1], range=[1, 5]), legend=None)
    lines = data(rows).mark_line(color=colour, strokeDash=dash, opacity=opacity)
    return lines.encode(detail="edge:N", order="step:Q", strokeWidth=thickness)


def _numbers(signs: altair.Chart) -> list[altair.Chart]:
    import altair as alt

    scale = alt.Scale(domain=[True, False], range=[BLUE, "#a34700"])
    colour = alt.Color("positive:N", scale=scale, legend=None)
    halo = signs.mark_text(fontWeight="bold", stroke="white", strokeWidth=5, strokeJoin="round")
    return [
        halo.encode(text="text:N"),
        signs.mark_text(fontWeight="bold").encode(text="text:N", color=colour),
    ]


def _nodes(context: Context, data: Any, spots: Mapping[str, Point], frame: Frame) -> list[altair.Chart]:
    nodes = [_node(context, key, spot, frame) for key, spot in sorted(spots.items())]
    layers = []
    for shape, fill, is_force in (("square", INK, True), ("circle", "#5b6675", False)):
        kind = data([node for node in nodes if node["force"] is is_force])
        style = {"shape": shape, "size": 380, "filled": True, "color": fill, "opacity": 1}
        layers.append(kind.mark_point(stroke="white", strokeWidth=2, **style))
    for halo in ({"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}, {"color": INK}):
        for is_force, weight in ((True, "bold"), (False, "normal")):
            kind = data([node for node in nodes if node["force"] is is_force])
            style = {"dy": 14, "baseline": "top", "lineBreak": "\n", "lineHeight": frame.font + 2}
            layers.append(kind.mark_text(fontWeight=weight, **style, **halo).encode(text="text:N"))
    return layers


def _extent(points: Sequence[Point]) -> tuple[float, float]:
    """Return the lowest and highest point with room for names below and halves of nodes above."""
    heights = [y for _, y in points]
    return min(heights) - 0.26, max(heights) + 0.12


def _curve(spots: Mapping[str, Point], a: str, b: str, context: Context, *, pair: bool) -> list[Point]:
    """Return the points of a line: straight, but bent outward between patrons, around the forces."""
    start, end = spots[a], spots[b]
    mid = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if a in context.names.forces or b in context.names.forces:
        return [start, mid, end]
    away = math.hypot(*mid)
    out = (mid[0] / away, mid[1] / away) if away > 1e-6 else (0.0, 1.0)
    bend = math.dist(start, end) * (0.5 if pair else 0.22)
    top = (mid[0] + bend * out[0], mid[1] + bend * out[1])
    steps = [float(t) for t in np.linspace(0, 1, 25)]
    return [(_bezier(start[0], top[0], end[0], t), _bezier(start[1], top[1], end[1], t)) for t in steps]


def _bezier(start: float, top: float, end: float, t: float) -> float:
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * top + t**2 * end


def _signs(lines: Sequence[tuple[list[Point], float]], taken: Sequence[Point]) -> list[dict[str, Any]]:
    """Place the number of each tie along its line, where it is farthest from names and other numbers."""
    used, rows = list(taken), []
    for curve, value in lines:
        spots = [_along(curve, at) for at in PLACES]
        room = [min((math.dist(spot, other) for other in used), default=1.0) for spot in spots]
        best = next((place for place, gap in enumerate(room) if gap > 0.2), room.index(max(room)))
        used.append(spots[best])
        text = number(value, digits=1, signed=True)
        rows.append({"x": spots[best][0], "y": spots[best][1], "text": text, "positive": value >= 0})
    return rows


def _along(curve: Sequence[Point], share: float) -> Point:
    at = share * (len(curve) - 1)
    place = min(int(at), len(curve) - 2)
    (x, y), (x2, y2) = curve[place], curve[place + 1]
    return x + (at - place) * (x2 - x), y + (at - place) * (y2 - y)


def _node(context: Context, key: str, spot: Point, frame: Frame) -> dict[str, Any]:
    name = context.names.actor(key).partition(" (")[0]
    text = "\n".join(textwrap.wrap(name, 20 if frame.labels else 13)[:3])
    return {"x": spot[0], "y": spot[1], "text": text, "force": key in context.names.forces}
