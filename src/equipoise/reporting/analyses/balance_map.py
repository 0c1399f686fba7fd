"""The map of the ties in conflict: actors in the camps that leave least, what each way of engaging adds.

Every actor stands where it does on the map of the actors. Camps are told by letters as well as by fills.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.reporting import maps
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import BLUE, HALO, ORANGE, PALETTE, QUIET, VERMILION, Drawing, Frame
from equipoise.reporting.figure_map import places
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import number, percent

if TYPE_CHECKING:
    import altair

Found = Mapping[str, Any]
CAMPS = (BLUE, ORANGE)
"""Fill of the two camps; a group of actors that no tie connects has camps of its own."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIGHT = ("#E69F00", "#56B4E9", "#F0E442", "#CC79A7", "#009E73")
"""Fills on which a letter is dark."""


def ties(context: RunView, found: Found) -> Drawing:
    """Draw the actors in their least strained camps, the ties these leave in conflict standing out."""
    names, lines = context.names, tie_rows(found)
    under = _prices(context, found)
    columns = headings("Between", "And", "#Tie", "In conflict with the camps", "#In how many draws")
    rows = tuple(
        (names.actor(a), names.actor(b), number(weight, digits=2, signed=True), "yes" if strained else "no",
         percent(share))
        for a, b, weight, strained, share in sorted(lines, key=lambda row: (not row[3], -abs(row[2])))
    )  # fmt: skip
    strained = [f"{names.actor(a)} and {names.actor(b)}" for a, b, _, bad, _ in lines if bad]
    return Drawing(
        key="strained-ties",
        title="The camps that leave least in conflict, and the ties they leave",
        description=f"Ties in conflict with the camps: {'; '.join(strained) or 'none'}. {under}",
        caption=(
            "Squares: forces of the country; circles: outside powers; letter and fill: the camp. Whole blue line: "
            "friendly tie; dashed orange line: rivalry; thicker is stronger. Strong lines with a cross are in "
            "conflict with the camps, a friend on the other side or a foe on one's own; beside the cross, in "
            "how many of the draws of uncertain ties. Distances mean nothing."
        ),
        chart=lambda frame: _map(context, found, lines, under, frame),
        table=Table("Ties, those in conflict first", columns, rows),
    )


def _prices(context: RunView, found: Found) -> str:
    """Return what each way of engaging adds to the tension, the dearest first, as it stands below the map."""
    focus = context.scenario.focus
    own = [row for row in found.get("hedges") or [] if (row["patron"], row["stage"]) == (focus, "start")]
    paid = sorted((row for row in own if row["price"] > 0), key=lambda row: (-row["price"], row["strategy"]))
    if not own:
        return ""
    said = [f"{context.names.strategy(row['strategy'])} +{number(row['price'], digits=2)}" for row in paid]
    rest = len(own) - len(paid)
    said += [f"the other {rest} nothing" if paid else "nothing"] if rest else []
    return f"Tension that {context.advised} would add, by way of engaging: {'; '.join(said)}."


def tie_rows(found: Found) -> list[tuple[str, str, float, bool, float | None]]:
    """Return (actor, actor, weight, in conflict at the medians, share of draws in conflict) of every tie."""
    strained = {frozenset(tie["between"]) for tie in found["frustration"]["frustrated"]}
    drawn = (found.get("uncertainty") or {}).get("ties") or []
    often = {frozenset(tie["between"]): tie["frustrated"]["mean"] for tie in drawn}
    return [
        (
            *sorted(tie["between"]),
            tie["weight"],
            (pair := frozenset(tie["between"])) in strained,
            often.get(pair),
        )
        for tie in found["network"]["ties"]
    ]


def _map(context: RunView, found: Found, rows: Sequence[Any], under: str, frame: Frame) -> altair.LayerChart:
    import altair as alt

    spots, reach = maps.stretched(places(context.scenario), frame)
    curves = {(a, b): maps.curve(spots, a, b, context.names, bend=0.22) for a, b, *_ in rows}
    heights = [y for line in [spots.values(), *curves.values()] for _, y in line]
    below = textwrap.wrap(under, int((frame.width - 12) / (0.5 * frame.font)))
    step = 2 * reach * (frame.font + 4) / (frame.width - 12)
    low = min(heights) - (0.3 if frame.labels else 0.5) - step * len(below)
    sheet = maps.Sheet(frame, spots, low, max(heights) + 0.12, reach)
    layers = []
    for strained in (False, True):
        for friendly, colour, dash in ((True, BLUE, [1, 0]), (False, VERMILION, [7, 4])):
            own = [row[:3] for row in rows if row[3] is strained and (row[2] > 0) is friendly]
            opacity = 0.95 if strained else 0.22
            layers.append(maps.lines(sheet, own, curves, colour=colour, dash=dash, opacity=opacity))
    layers += [_crosses(sheet, rows, curves), *_actors(context, found, sheet)]
    texts = [{"x": -reach, "y": low + step * (len(below) - n), "text": line} for n, line in enumerate(below)]
    said = sheet.rows(texts).mark_text(align="left", baseline="top")
    return sheet.layered([*layers, said.encode(text=alt.Text("text:N"))])


def _crosses(sheet: maps.Sheet, rows: Sequence[Any], curves: maps.Curves) -> altair.Chart:
    """Return the crosses on strained lines; on a page with the share of draws beside them."""
    import altair as alt

    wanted = [
        (curves[a, b], {"text": f"✕ {percent(share)}" if sheet.frame.labels and share is not None else "✕"})
        for a, b, _, strained, share in rows
        if strained
    ]
    signs = sheet.rows(maps.signs(wanted, maps.taken(sheet.spots), clear=0.24))
    texts = signs.mark_text(fontSize=sheet.frame.font - 1, fontWeight="bold")
    return texts.encode(text=alt.Text("text:N")).properties(name=f"{HALO}crosses")


def _actors(context: RunView, found: Found, sheet: maps.Sheet) -> list[altair.Chart]:
    import altair as alt

    camps = camp_marks(found)
    layers = maps.actors(
        sheet,
        context.names,
        lambda key: {"fill": camps[key][1] if key in camps else QUIET},
        lambda marks: marks.encode(fill=alt.Fill("fill:N", scale=None, legend=None)),
    )
    for ink, light in (("#000000", True), ("#ffffff", False)):
        rows = [
            {"x": x, "y": y, "text": camps[key][0]}
            for key, (x, y) in sorted(sheet.spots.items())
            if key in camps and (camps[key][1] in LIGHT) is light
        ]
        text = sheet.rows(rows).mark_text(
            color=ink, fontWeight="bold", fontSize=sheet.frame.font - 1, baseline="middle"
        )
        layers.append(text.encode(text=alt.Text("text:N")))
    return layers


def camp_marks(found: Found) -> dict[str, tuple[str, str]]:
    """Return the letter and fill of every actor that has a camp; further groups take further ones."""
    colours = [*CAMPS, *(colour for colour in PALETTE if colour not in CAMPS)]
    camps = [camp for group in found["frustration"]["groups"] for camp in group]
    return {
        actor: (LETTERS[place % len(LETTERS)], colours[place % len(colours)])
        for place, camp in enumerate(camps)
        for actor in camp
    }
