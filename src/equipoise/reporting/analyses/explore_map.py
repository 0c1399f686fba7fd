"""The adaptation map: which way of engaging stays best until which sign, and what to turn to then.

Drawn like a map of lines with stations (Haasnoot et al. 2013, *Glob. Environ. Change* 23:485-498): a row a strategy,
time from left to right, a station at the day of each sign, and a connection to the strategy to take up there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.reporting import charts
from equipoise.reporting.analyses import explore_tables
from equipoise.reporting.blocks import Table
from equipoise.reporting.drawing import BLUE, INK, QUIET, VERMILION, Drawing, Frame
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import sentence

if TYPE_CHECKING:
    import altair

Found = Mapping[str, Any]
MOST_SIGNS = 4
"""Signs on the map; the table behind it has more."""
SIDES = (("seen", "where the sign is seen", VERMILION), ("unseen", "where it is not seen", BLUE))


def adaptation(context: RunView, found: Found) -> Drawing | None:
    """Draw the advised strategy and what to turn to at each sign that is worth reading; None where none is."""
    turns = [turn for number, sight in enumerate(_signs(found), 1) for turn in _turns(context, number, sight)]
    if not turns:
        return None
    advised = context.names.strategy(found["recommended"])
    start, end = (charts.moment(str(context.day_of(week))) for week in (0, context.scenario.calendar.weeks))
    rows: list[charts.Row] = [{"kind": "way", "label": advised, "from": start, "to": end}]
    for number, turn in enumerate(turns):
        at = charts.moment(str(context.day_of(turn["week"])))
        rows.append({"kind": "way", "label": turn["to"], "from": at, "to": end})
        rows += [
            {"kind": "turn", "label": name, "date": at, "turn": number} for name in (advised, turn["to"])
        ]
        rows.append(
            {"kind": "station", "label": turn["to"], "date": at, "text": turn["text"], "side": turn["side"]}
        )
    told = " ".join(turn["says"] for turn in turns if "says" in turn)
    table = explore_tables.watching(found, context.names)
    return Drawing(
        key="adaptation-map",
        title="What to turn to, and at which sign",
        description=f"Begin with {advised}. {told}",
        caption=f"The line above is the advised strategy. A station stands on the day a sign is read, in the row of "
        f"the strategy to take up then, with what it pays beyond the best choice made without reading the sign. {told}",
        chart=lambda frame: _lines(rows, (start, end), frame),
        table=table if isinstance(table, Table) else None,
    )


def _signs(found: Found) -> list[Found]:
    """Return the single signs that are worth reading, the most first."""
    sights = found["watching"] or ()
    return [s for s in sights if s["worth"]["told_apart"] and len(s["signs"]) == 1][:MOST_SIGNS]


def _turns(context: RunView, number: int, sight: Found) -> list[dict[str, Any]]:
    """Return what to take up on each side of a sign: what is told to pay more there, else what is best unread."""
    made = []
    for side, words, _ in SIDES:
        branch = sight[side]
        better = branch is not None and branch["told_apart"]
        to = context.names.strategy(branch["strategy"] if better else sight["without"])
        text = f"{number} (+{explore_tables.gain(branch)})" if better else str(number)
        made.append({"week": sight["week"], "side": words, "to": to, "text": text})
    seen, unseen = (turn["to"] for turn in made)
    made[0]["says"] = f"{number}: {sentence(sight['signs'][0])}: if so, {seen}; if not, {unseen}."
    return made


def _lines(rows: Sequence[dict[str, Any]], span: tuple[str, str], frame: Frame) -> altair.LayerChart:
    import altair as alt

    labels = charts.Labels(rows, frame, lines=3)

    def only(kind: str) -> altair.Chart:
        return labels.base.transform_filter(f"datum.kind == '{kind}'")

    names = [words for _, words, _ in SIDES if any(row.get("side") == words for row in rows)]
    colours = [colour for _, words, colour in SIDES if words in names]
    when = charts.time_axis(span, most=9 if frame.labels else 6, padding=14)
    side = alt.Color(
        "side:N", scale=alt.Scale(domain=names, range=colours), legend=charts.legend(names, frame)
    )
    station = only("station").encode(x=alt.X("date:T"))
    layers = [
        only("turn")
        .mark_line(strokeWidth=2, strokeDash=[3, 3], color=QUIET)
        .encode(x=when, detail=alt.Detail("turn:N")),
        only("way").mark_rule(strokeWidth=5, color=INK, opacity=1).encode(x=alt.X("from:T"), x2=alt.X2("to:T")),
        station.mark_point(size=150, strokeWidth=3, filled=False, opacity=1).encode(color=side),
        station.mark_text(dx=10, dy=-13, align="left", fontSize=frame.font - 1).encode(text=alt.Text("text:N")),
    ]  # fmt: skip
    return labels.framed(charts.layered(*layers, *labels.above(lift=-26)))
