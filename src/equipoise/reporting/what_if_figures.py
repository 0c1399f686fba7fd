"""The figures of a what-if: ways of engaging now and before, the collapse, influence if the government stands or falls.

Each reads a what-if and returns a `Drawing`; the browser draws it with the same grammar that draws the report.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from equipoise.findings.found import Control, Fan
from equipoise.findings.why_moved import WhyMoved
from equipoise.reporting import charts, tables
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import BLUE, GRID, INK, PAPER, QUIET, VERMILION, Drawing, Frame
from equipoise.reporting.figure_regions import controlled
from equipoise.reporting.figures_time import fans_drawn, week_by_week
from equipoise.reporting.what_if import WhatIfView
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import (
    count,
    counted_over,
    day,
    interval,
    number,
    percent,
    sentence,
    significant,
)

if TYPE_CHECKING:
    import altair

SHOWN = 8
"""Ways of engaging drawn; the table has all."""


def ranking(view: WhatIfView) -> Drawing:
    """The ways of engaging, best first: mean payoff now, the spread of futures, and the mean before."""
    shown = list(view.now.ranking[:SHOWN])
    if view.was.best not in shown:
        shown[-1] = view.was.best
    rows: list[charts.Row] = []
    for name in shown:
        payoff, then = view.now.strategies[name].payoff, view.was.strategies[name].payoff.mean
        rows.append({
            "label": view.names.strategy(name), "mean": payoff.mean, "text": number(payoff.mean),
            "low": payoff.p5, "high": payoff.p95, "was": then if view.changed else None,
        })  # fmt: skip
    spoken = "; ".join(
        f"{row['label']}: {row['text']}" + (f", {view.against} {number(row['was'])}" if view.changed else "")
        for row in rows
    )
    before = f" Ring: {view.against}." if view.changed else ""
    return Drawing(
        key="ranking",
        title="Which way of engaging does best",
        description=spoken,
        caption=f"Dot: mean payoff. Line: from the 5th to the 95th percentile of futures.{before}{_drawn(view)}",
        chart=lambda frame: _moved_rows(rows, frame),
        table=ranking_table(view),
        shape=(tuple(row["label"] for row in rows), view.changed),
        rows=lambda frame: charts.Labels(rows, frame).rows,
    )


def _drawn(view: WhatIfView) -> str:
    """Say how many of the ways of engaging are drawn, where that is not all."""
    every = len(view.now.ranking)
    return "" if every <= SHOWN else f" {SHOWN} of {every} ways are drawn; the table has all."


def ranking_table(view: WhatIfView) -> Table:
    """Every way of engaging, now and before."""
    then = sentence(view.against)
    columns = headings("Way of engaging", *(f"#{t}" for t in (then, "Now", "Change", "Best in", "Was")))
    rows = []
    for name in view.now.ranking:
        now, was = view.now.strategies[name], view.was.strategies[name]
        rows.append((
            view.names.strategy(name), number(was.payoff.mean), number(now.payoff.mean),
            number(view.found.changes[name].mean, signed=True), percent(now.chance_best), percent(was.chance_best),
        ))  # fmt: skip
    note = (
        "Best in: share of the states of the world in which the way has the highest mean payoff. "
        f"{counted_over(view.found.states)}"
    )
    return Table("Payoff of every way of engaging", columns, tuple(rows), note)


def success_table(view: WhatIfView) -> Table | None:
    """How often every way succeeds, now and before; None where the scenario does not say what success is."""
    if not view.scenario.success:
        return None
    made, before = (tables.success(view, found) for found in (view.now, view.was))
    if not view.changed:
        return made
    then = {str(row[0]): row[1:] for row in before.rows}
    heads = [f"#{column.title}{when}" for column in made.columns[1:] for when in ("", f", {view.against}")]
    rows = tuple(
        (name, *(cell for pair in zip(now, then[str(name)], strict=True) for cell in pair))
        for name, *now in made.rows
    )
    return replace(made, columns=headings("Strategy", *heads), rows=rows)


def _moved_rows(rows: list[dict[str, Any]], frame: Frame) -> altair.LayerChart:
    """Draw a row each: where the futures spread, the mean now, and a ring where it was."""
    import altair as alt

    labels = charts.Labels(rows, frame)
    base = labels.base
    room = (
        alt.Scale(padding=34) if frame.labels else alt.Undefined
    )  # for the number beside the line farthest right
    x = alt.X("low:Q", title="Payoff", axis=alt.Axis(tickCount=7 if frame.labels else 4), scale=room)
    zero = charts.of_rows([{"at": 0}]).mark_rule(color=QUIET).encode(x=alt.X("at:Q"))
    moved = base.transform_filter("isValid(datum.was)").encode(x=alt.X("was:Q"))
    lift = -11 if frame.labels else 0
    before = [
        moved.mark_rule(strokeDash=[2, 2], color=QUIET, strokeWidth=1.5, yOffset=lift).encode(
            x2=alt.X2("mean:Q")
        ),
        moved.mark_point(size=62, color=QUIET, fill=PAPER, strokeWidth=2, opacity=1, yOffset=lift),
    ]
    layers = [
        zero,
        base.mark_rule(strokeWidth=2, color=BLUE, opacity=0.45).encode(x=x, x2=alt.X2("high:Q")),
        *(before if any(row["was"] is not None for row in rows) else ()),
        base.mark_point(filled=True, size=95, color=BLUE, opacity=1).encode(x=alt.X("mean:Q")),
        base.mark_text(align="left", dx=6, dy=0 if frame.labels else 12).encode(
            x=alt.X("high:Q" if frame.labels else "mean:Q"), text=alt.Text("text:N")
        ),
    ]
    return labels.framed(charts.layered(*layers, *labels.above()))


def collapse(view: WhatIfView) -> Drawing | None:
    """The chance that the government has fallen, week by week, now and before, under the best way now."""
    incumbent = view.names.incumbent
    if incumbent is None:
        return None
    calendar, best = view.scenario.calendar, view.now.best
    courses = {"now": view.now.strategies[best].forces[incumbent].collapse_by_week}
    if view.changed:
        courses[view.against] = view.was.strategies[best].forces[incumbent].collapse_by_week
    series = {key: f"{key} ({percent(course[-1])} by the end)" for key, course in courses.items()}
    rows = [row for key, course in courses.items() for row in week_by_week(series[key], calendar, course)]
    columns = headings("Week of", *(f"#{key}" for key in courses))
    table = tuple(
        (day(calendar.day_of(week)), *(percent(course[week]) for course in courses.values()))
        for week in range(calendar.weeks + 1)
    )
    title = f"When {view.names.government()} falls"
    return Drawing(
        key="collapse",
        title=title,
        description=f"Chance of having fallen under {view.names.quoted(best)}: {'; '.join(series.values())}.",
        caption=f"Share of futures in which it has fallen by that week, under {view.names.quoted(best)}.",
        chart=lambda frame: charts.lines(
            rows, frame, title="Chance of having fallen", series=list(series.values())
        ),
        table=Table(title, columns, table),
    )


def stands_or_falls(view: WhatIfView) -> Drawing | None:
    """Influence at the end if the government stands and if it falls, by way of engaging."""
    if view.names.incumbent is None:
        return None
    falls, stands = (f"if {view.names.government()} {verb}" for verb in ("falls", "stands"))
    rows, table = [], []
    for place, name in enumerate(view.now.ranking):
        item, label = view.now.strategies[name], view.names.strategy(name)
        pair = {falls: item.influence_after_collapse, stands: item.influence_if_stands}
        if place < SHOWN:
            rows += [{"label": label, "measure": measure, "value": value} for measure, value in pair.items()]
        table.append((label, *(number(value) for value in pair.values())))
    if all(row["value"] is None for row in rows):
        return None
    measures = [(falls, VERMILION), (stands, BLUE)]
    title = f"Influence at the end if {view.names.government()} stands and if it falls"
    return Drawing(
        key="stands-falls",
        title=title,
        description="; ".join(f"{row[0]}: {row[1]} {falls}, {row[2]} {stands}" for row in table),
        caption=f"The shorter the line between, the less hangs on who wins.{_drawn(view)}",
        chart=lambda frame: charts.measure_rows(rows, frame, title="Influence at the end", measures=measures),
        table=Table(title, headings("Way of engaging", *(f"#{m}" for m, _ in measures)), tuple(table)),
    )


def power(view: WhatIfView, fans: Mapping[str, Fan], futures: int) -> Drawing | None:
    """How each force's power may go under the best way now."""
    best = view.now.best
    return fans_drawn(
        view, {best: fans}, key="power", title="How power may go", axis="Share of the country",
        caption=(
            f"Share of the country each force controls, under {view.names.quoted(best)}. Line: median of "
            f"{count(futures)} futures; dark band: the middle half; light band: nine in ten. A force that has fallen "
            "has no power."
        ),
    )  # fmt: skip


def regions(view: WhatIfView, found: Control) -> Drawing:
    """Who holds which region, now and at the end of a year, under the best way now."""
    return controlled(found, view.now.best, view)


def shares(found: WhyMoved, said: Mapping[str, str], names: Names, against: str) -> Drawing:
    """What each change adds to the lead of the best way now over the best before."""
    ways = f"{names.quoted(found.best)} over {names.quoted(found.before)}"
    rows, at = [_bar(sentence(against), 0.0, found.start.mean, "whole")], found.start.mean
    for part in found.parts:
        rows.append(_bar(sentence(said[part.key]), at, at + part.share.mean, "part"))
        at += part.share.mean
    rows.append(_bar("With your changes", 0.0, found.end.mean, "whole"))
    how = "whatever the order: Shapley shares" if found.shapley else "made one after another, in this order"
    errors = [part.share.se for part in found.parts if part.share.se is not None]
    error = f"; standard errors {_coarse(max(errors))} or less" if errors else ""
    columns = headings("Change", "#Adds", "#95 % interval")
    table = tuple(
        (
            sentence(said[part.key]),
            number(part.share.mean, signed=True),
            interval(part.share.low, part.share.high, signed=True),
        )
        for part in found.parts
    )
    return Drawing(
        key="shares",
        title=f"What moved the lead of {ways}",
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption=(
            f"Lead of {ways}, and what each change adds to it, {how}, from {count(found.futures)} futures, the same "
            f"in each combination{error}."
        ),
        chart=lambda frame: _steps(rows, frame),
        table=Table(f"What each change adds to the lead of {ways}", columns, table),
    )


def _coarse(error: float) -> str:
    """Return an error rounded up to one digit: 0.00209 as 0.003."""
    if error <= 0:
        return "0"
    grain = 10.0 ** math.floor(math.log10(error))
    return significant(math.ceil(error / grain - 1e-9) * grain)


def _bar(label: str, start: float, end: float, kind: str) -> dict[str, Any]:
    text = number(end if kind == "whole" else end - start, signed=True)
    return {"label": label, "from": start, "to": end, "kind": kind, "text": text, "end": max(start, end)}


def _steps(rows: list[dict[str, Any]], frame: Frame) -> altair.LayerChart:
    """Draw bars that begin where the one before ended."""
    import altair as alt

    labels = charts.Labels(rows, frame)
    base = labels.base
    room = 0.14 * (
        max(row["end"] for row in rows)
        - min(0.0, *(row["from"] for row in rows), *(row["to"] for row in rows))
    )
    ends = [
        min(0.0, *(row[key] for row in rows for key in ("from", "to"))),
        max(row["end"] for row in rows) + room,
    ]
    x = alt.X("from:Q", title="Lead", scale=alt.Scale(domain=ends, nice=False), axis=alt.Axis(tickCount=5))
    fill = alt.Color("kind:N", scale=alt.Scale(domain=["whole", "part"], range=[QUIET, BLUE]), legend=None)
    zero = charts.of_rows([{"at": 0}]).mark_rule(color=INK).encode(x=alt.X("at:Q"))
    layers = [
        base.mark_bar(height=18, cornerRadius=2).encode(x=x, x2=alt.X2("to:Q"), color=fill),
        zero,
        base.mark_text(align="left", dx=5).encode(x=alt.X("end:Q"), text=alt.Text("text:N")),
    ]
    return labels.framed(charts.layered(*layers, *labels.above(lift=-19)))


DARK = {
    "#ffffff": "#1c2127", INK: "#e9e7e2", QUIET: "#a9b2bd", GRID: "#39414a", BLUE: "#6cb8ee", VERMILION: "#f0935a",
    "#b6bec9": "#5d6875", "#009E73": "#4fc3a1", "#CC79A7": "#e39cc2", "#E69F00": "#ffc14d", "#000000": "#e9e7e2",
    "white": "#1c2127",
}  # fmt: skip
"""Each colour of a figure on a dark page."""


ROWS = "rows"
"""Name of the data of a chart that is kept apart from them."""


def apart(spec: Any, rows: list[dict[str, Any]]) -> Any:
    """Return a chart's specification with some rows taken out of it; it names their data `ROWS` instead."""
    text = charts.as_text(rows)

    def without(item: Any) -> Any:
        if isinstance(item, dict):
            held = item.get("values") == text
            return {"name": ROWS} if held else {key: without(value) for key, value in item.items()}
        return [without(one) for one in item] if isinstance(item, list) else item

    return without(spec)


def dark(spec: Any) -> Any:
    """Return a chart's specification with its colours as they are on a dark page; data stay as they are."""
    if isinstance(spec, dict):
        return {key: value if key == "values" else dark(value) for key, value in spec.items()}
    if isinstance(spec, list):
        return [dark(item) for item in spec]
    return DARK.get(spec, spec) if isinstance(spec, str) else spec
