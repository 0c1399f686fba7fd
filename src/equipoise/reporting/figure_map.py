"""The map of the actors: forces as squares inside, patrons as circles around them, ties with their signs.

Ties are those the scenario starts with; an uncertain one is shown at its median. Where there are many, weak
ties are pale and carry no number, and standings are left to the table. How maps are laid out: `maps`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from equipoise.draws.values import median
from equipoise.reporting import maps
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import BLUE, HALO, INK, VERMILION, Drawing, Frame
from equipoise.reporting.maps import Point, Tie
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.phrases import number

if TYPE_CHECKING:
    import altair

FAINT_STANDING = 0.05
"""Standing below this is not drawn."""
MANY = 16
"""With more ties than this the map shows numbers for strong ties only and no standings."""
STRONG = 0.5
"""From this on a tie is strong."""


def actors(context: RunView) -> Drawing:
    """Draw the actors of a run's scenario with their signed ties and the patrons' standing at the start."""
    return mapped(context.scenario, context.names)


def mapped(scenario: Scenario, names: Names) -> Drawing:
    """Draw the actors of a scenario with their signed ties and the patrons' standing at the start."""
    name = names.actor
    ties, links = signed(scenario), standings(scenario)
    spots = places(scenario)
    columns = headings("Between", "And", "What", "#Value")
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
            "Squares: forces of the country; circles: outside powers. Whole blue line, +: friendly tie; dashed orange "
            f"line, −: rivalry; thicker is stronger.{grey} Distances mean nothing."
        ),
        chart=lambda frame: _chart(names, spots, ties, links if len(ties) <= MANY else [], frame),
        table=Table("Ties and standings at the start", columns, tuple(rows)),
    )


def signed(scenario: Scenario) -> list[Tie]:
    """Return (actor, actor, sign at the start) of every tie."""
    ties = []
    for tie in scenario.ties:
        one, other = sorted(tie.between)
        ties.append((one, other, middle(scenario, tie.sign)))
    return sorted(ties)


def places(scenario: Scenario) -> dict[str, Point]:
    """Return where every actor stands on the maps of a scenario."""
    return maps.layout(scenario, signed(scenario), standings(scenario))


def middle(scenario: Scenario, value: Number) -> float:
    """Return the median of an uncertain number; a shared quantity is looked up."""
    return median(value, scenario.quantities)


def standings(scenario: Scenario) -> list[Tie]:
    """Return (patron, force, standing at the start) for every standing worth a line."""
    found = [
        (patron, force, middle(scenario, value))
        for patron, item in sorted(scenario.patrons.items())
        for force, value in sorted(item.standing.items())
    ]
    return [link for link in found if link[2] >= FAINT_STANDING]


def _chart(
    names: Names, spots: Mapping[str, Point], ties: Sequence[Tie], links: Sequence[Tie], frame: Frame
) -> altair.LayerChart:
    """Layer standings, ties, their numbers, the actors and their names, from back to front."""
    spots, reach = maps.stretched(spots, frame)
    bend = 0.5 if len(names.patrons) == 2 else 0.22
    curves = {(a, b): maps.curve(spots, a, b, names, bend=bend) for a, b, _ in [*ties, *links]}
    points = [*spots.values(), *(point for line in curves.values() for point in line)]
    heights = [y for _, y in points]
    sheet = maps.Sheet(frame, spots, min(heights) - 0.26, max(heights) + 0.12, reach)
    many = len(ties) > MANY
    layers = [maps.lines(sheet, links, curves, colour="#c3cad3", dash=[1, 0], opacity=1.0)]
    for colour, dash, sign in ((BLUE, [1, 0], 1), (VERMILION, [7, 4], -1)):
        own = [tie for tie in ties if math.copysign(1, tie[2]) == sign]
        for weak, opacity in ((True, 0.3), (False, 1.0)):
            shown = [tie for tie in own if (many and abs(tie[2]) < STRONG) is weak]
            layers.append(maps.lines(sheet, shown, curves, colour=colour, dash=dash, opacity=opacity))
    strong = [
        (curves[a, b], {"text": number(value, digits=1, signed=True), "positive": value >= 0})
        for a, b, value in ties
        if not many or abs(value) >= STRONG
    ]
    layers.append(_numbers(sheet.rows(maps.signs(strong, maps.taken(spots)))))
    return sheet.layered([*layers, *maps.actors(sheet, names, lambda key: {}, _filled)])


def _numbers(signs: altair.Chart) -> altair.Chart:
    import altair as alt

    scale = alt.Scale(domain=[True, False], range=[BLUE, "#a34700"])
    colour = alt.Color("positive:N", scale=scale, legend=None)
    texts = signs.mark_text(fontWeight="bold").encode(text=alt.Text("text:N"), color=colour)
    return texts.properties(name=f"{HALO}signs")


def _filled(marks: altair.Chart) -> altair.Chart:
    """Return marks of forces dark and those of patrons lighter."""
    import altair as alt

    scale = alt.Scale(domain=[True, False], range=[INK, "#5b6675"])
    return marks.encode(fill=alt.Fill("force:N", scale=scale, legend=None))
