"""The figures along time: fans of power and standing, falls, the timeline; and where talks may land.

Each function reads what the run found and returns a `Drawing`, or None where the run has nothing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.findings.found import Entry, Fan
from equipoise.reporting import charts
from equipoise.reporting.blocks import Column, Table, headings
from equipoise.reporting.drawing import BLUE, GREEN, ORANGE, PURPLE, QUIET, VERMILION, Drawing, Frame
from equipoise.reporting.run_view import RunView, ScenarioView
from equipoise.reporting.tables import scale_of, scale_text
from equipoise.scenario.calendar import Calendar
from equipoise.scenario.phrases import DASH, chance, day, number, percent, sentence

if TYPE_CHECKING:
    import altair

QUANTILES = ("p5", "p25", "p50", "p75", "p95")
MANY_ROWS = 16
"""With more rows than this the timeline is set closer."""
KINDS = (
    ("event", "event", BLUE, "circle"),
    ("talk", "talks (chance of a deal)", GREEN, "square"),
    ("deadline", "deadline", VERMILION, "diamond"),
    ("start", "start of the run", QUIET, "triangle-right"),
    ("as-of", "known up to here", PURPLE, "triangle-left"),
)
"""Kinds of entries of the timeline: key, legend, colour, shape."""


def power(context: RunView) -> Drawing | None:
    """Fans of each force's power over time under the best strategy."""
    best = context.best
    name = context.names.quoted(best)
    return _fans(
        context, "power", [best],
        key="power", title="Power of the forces over time", axis="Share of the country",
        caption=(
            f"Share of the country each force controls, under {name}. Line: median of the futures; dark band: the "
            "middle half; light band: nine futures in ten. A force that has fallen has no power."
        ),
    )  # fmt: skip


def standing(context: RunView) -> Drawing | None:
    """Fans of the focus patron's standing with each force: the best hedge and the best one-sided strategy."""
    pair = [next(iter(group), None) for group in (context.hedges, context.one_sided)]
    shown = [name for name in pair if name] or context.ranking[:2]
    if not shown:
        return None
    names = [context.names.quoted(name) for name in shown]
    second = (
        f" Whole and blue: {names[0]}; dashed and orange: {names[1]}." if len(names) > 1 else f" {names[0]}."
    )
    return _fans(
        context, "standing", shown,
        key="standing", title=f"Standing of {context.advised} over time", axis="Standing (0 to 1)",
        caption=(
            f"Standing with each force.{second} Line: median of the futures; dark band: the middle half; light band: "
            "nine futures in ten. Standing with a fallen force is nil."
        ),
    )  # fmt: skip


def _fans(
    context: RunView, what: str, strategies: Sequence[str], *, key: str, title: str, axis: str, caption: str
) -> Drawing | None:
    shown = {strategy: getattr(context.run.fans[strategy], what) for strategy in strategies}
    return fans_drawn(context, shown, key=key, title=title, axis=axis, caption=caption)


def fans_drawn(
    view: ScenarioView,
    shown: Mapping[str, Mapping[str, Fan]],
    *,
    key: str,
    title: str,
    axis: str,
    caption: str,
) -> Drawing | None:
    """Draw fans over time, a small figure a force; None where there is none.

    Args:
        view: gives names, dates and the order of the forces.
        shown: by strategy and force.
        key, title, axis, caption: of the drawing.
    """
    rows, table_rows = [], []
    for strategy, fans in shown.items():
        for force in view.forces:
            fan = fans[force]
            for week, values in enumerate(zip(*(getattr(fan, q) for q in QUANTILES), strict=True)):
                quantiles = dict(zip(QUANTILES, values, strict=True))
                at = view.day_of(week)
                panel, series = view.names.force(force), view.names.strategy(strategy)
                rows.append({"panel": panel, "series": series, "date": charts.moment(str(at)), **quantiles})
                cells = [number(quantiles[q], digits=2) for q in QUANTILES]
                named = f"{panel}, {series}" if len(shown) > 1 else panel
                table_rows.append((named, day(at), *cells))
    if not rows:
        return None
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    order = list(dict.fromkeys(row["series"] for row in rows))
    titles = ("5 %", "25 %", "Median", "75 %", "95 %")
    columns = headings("Force", "Week of", *(f"#{t}" for t in titles))
    ends = [row for row in table_rows if row[1] == table_rows[-1][1]]
    return Drawing(
        key=key,
        title=title,
        description="At the end, median and 5th to 95th percentile: "
        + "; ".join(f"{row[0]}: {row[4]} ({row[2]} to {row[6]})" for row in ends),
        caption=caption,
        chart=lambda frame: charts.fans(rows, frame, title=axis, panels=panels, series=order),
        table=Table(title, columns, tuple(table_rows)),
    )


def week_by_week(series: str, calendar: Calendar, values: Sequence[float]) -> list[charts.Row]:
    """Return the rows of a line over time, a value for each week from the start."""
    return [
        {"series": series, "date": charts.moment(str(calendar.day_of(week))), "value": value}
        for week, value in enumerate(values)
    ]


def falls(context: RunView) -> Drawing:
    """The chance that each force has fallen, week by week, under the best strategy."""
    rows: list[charts.Row] = []
    series = []
    for force in context.forces:
        by_week = context.found.forces[force].collapse_by_week
        label = f"{context.names.force(force)} ({percent(by_week[-1])} by the end)"
        series.append(label)
        rows += week_by_week(label, context.scenario.calendar, by_week)
    best = context.names.quoted(context.best)
    weeks = [(week, context.day_of(week)) for week in range(context.scenario.calendar.weeks + 1)]
    columns = headings("Week of", *(f"#{context.names.force(force)}" for force in context.forces))
    table_rows = tuple(
        (day(at), *(percent(context.found.forces[f].collapse_by_week[week]) for f in context.forces))
        for week, at in weeks
    )
    return Drawing(
        key="falls",
        title="Chance that a force has fallen",
        description=f"Chance by the week under {best}. By the end: {'; '.join(series)}.",
        caption=f"Share of the futures in which the force has fallen by that week, under {best}.",
        chart=lambda frame: charts.lines(rows, frame, title="Chance of having fallen", series=series),
        table=Table("Chance of having fallen, by week", columns, table_rows),
    )


def timeline(context: RunView) -> Drawing:
    """Events, talks and deadlines in the order of their dates, with the spread of each date."""
    entries = sorted(context.run.timeline, key=lambda entry: (entry.date, entry.name))
    kinds = {key: legend for key, legend, _, _ in KINDS}
    rows, table_rows = [], []
    seen: set[str] = set()
    for entry in entries:
        label = _unseen(_entry_label(context, entry), seen)
        spread = [entry.p5_date, entry.p95_date]
        share = entry.probability
        rows.append({
            "label": label, "kind": kinds[entry.kind],
            "date": charts.moment(entry.date),
            "low": charts.moment(spread[0]) if spread[0] else None,
            "high": charts.moment(spread[1]) if spread[1] else None,
            "text": "" if share is None else percent(share),
        })  # fmt: skip
        window = DASH if None in spread or spread[0] == spread[1] else f"{day(spread[0])} to {day(spread[1])}"
        table_rows.append((label, kinds[entry.kind], day(entry.date), window, chance(share)))
    columns = tuple(Column(t) for t in ("What", "Kind", "Date, or median date", "5 to 95 %", "Chance"))
    return Drawing(
        key="timeline",
        title="Events, talks and deadlines",
        description="; ".join(f"{row[2]}: {row[0]} ({row[4]})" for row in table_rows),
        caption=(
            "Mark: the date, or the median of the dates drawn; line: nine draws in ten. The number is the chance of "
            "it within the run: for talks of a deal, for a deadline of being kept where it falls due."
        ),
        chart=lambda frame: _dates(rows, frame),
        table=Table("Events, talks and deadlines", columns, tuple(table_rows)),
    )


def _entry_label(context: RunView, entry: Entry) -> str:
    if entry.kind == "as-of":
        return "What is known ends here"
    text = entry.what
    agreement = context.scenario.agreements.get(entry.name)
    for term in agreement.terms if agreement and entry.kind == "deadline" else ():
        if text == f"{', '.join(term.who)}: {term.does}":
            return f"{sentence(', '.join(context.names.actor(key) for key in term.who))}: {term.does}"
    return text


def _unseen(label: str, seen: set[str]) -> str:
    """Tell apart entries with the same words: every row of a figure needs its own label."""
    unique, times = label, 1
    while unique in seen:
        times += 1
        unique = f"{label} ({times})"
    seen.add(unique)
    return unique


def _dates(rows: Sequence[dict[str, Any]], frame: Frame) -> altair.LayerChart:
    import altair as alt

    present = {row["kind"] for row in rows}
    used = [kind for kind in KINDS if kind[1] in present]
    domain = [legend for _, legend, _, _ in used]
    height = (38 if len(rows) <= MANY_ROWS else 34) if frame.labels else 56
    labels = charts.Labels(rows, frame, height=height, longest=54)
    base = labels.base
    dates = [row[key] for row in rows for key in ("date", "low", "high") if row[key]]
    when = charts.time_axis(dates, most=9 if frame.labels else 6, padding=14)
    key = charts.legend(domain, frame)
    mark = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=when,
        color=alt.Color("kind:N", scale=alt.Scale(domain=domain, range=[k[2] for k in used]), legend=key),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=domain, range=[k[3] for k in used]), legend=key),
    )
    spread = base.mark_rule(strokeWidth=5, opacity=0.3, color=QUIET)
    chances = base.mark_text(dy=-13, fontSize=frame.font - 1)
    layers = [
        spread.encode(x=alt.X("low:T"), x2=alt.X2("high:T")),
        mark,
        chances.encode(x=alt.X("date:T"), text=alt.Text("text:N")),
    ]
    return labels.framed(charts.layered(*layers, *labels.above(lift=-30)))


def talks(context: RunView, talk: str) -> Drawing | None:
    """Where each issue of a talk may land, and where the parties stand."""
    rows: list[charts.Row] = []
    for issue, found in context.run.talks[talk].issues.items():
        rows.append({
            "label": issue, "mean": found.mean, "text": number(found.mean, digits=0),
            "low": found.p5, "high": found.p95, "from": None, "to": None,
        })  # fmt: skip
    rows = [row for row in rows if row["mean"] is not None]
    if not rows:
        return None
    ends = [at for row in rows for at in scale_of(context, talk, row["label"])]
    ends += [row[key] for row in rows for key in ("low", "high") if row[key] is not None]
    scales = [
        f"{row['label']} ({scale_text(context, talk, row['label']) or 'scale without labels'})"
        for row in rows
    ]
    title = f"Where the talks may land: {context.names.talk(talk, context.run.talks[talk].with_power)}"
    columns = headings("Issue", *(f"#{t}" for t in ("Mean", "5 %", "95 %")), "Scale")
    table_rows = tuple(
        (
            row["label"],
            *(number(row[k], digits=1) for k in ("mean", "low", "high")),
            scale_text(context, talk, row["label"]),
        )
        for row in rows
    )  # fmt: skip
    return Drawing(
        key=f"talk-{talk}",
        title=title,
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption=(
            "Dot: mean forecast outcome; line: 5th to 95th percentile over states that agree. "
            f"Scales: {'; '.join(scales)}."
        ),
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Position on the issue's scale", colour=ORANGE, domain=(min(ends), max(ends))
        ),
        table=Table(title, columns, table_rows),
    )
