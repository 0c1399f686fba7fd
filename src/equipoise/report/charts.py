"""The kinds of chart the report is drawn with: rows of intervals, rows of marks, fans, lines, stacked shares.

Every function takes plain rows (dictionaries with fixed keys; names of actors are data, never code) and a
frame, and returns an Altair chart. What is drawn is decided in `figures`; how it looks, here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.report.drawing import BLUE, DASHES, INK, PALETTE, QUIET, SHAPES, Frame

if TYPE_CHECKING:
    import altair

Row = dict[str, Any]
PERCENT = "format(datum.value * 100, '.0f') + '\u202f%'"
"""How shares are written along an axis."""
BROKEN = "split(datum.label, '\\n')"
"""Names along an axis, broken where the name says so."""


def interval_rows(
    rows: Sequence[Row],
    frame: Frame,
    *,
    title: str,
    colour: str = BLUE,
    zero: bool = False,
    domain: Sequence[float] | None = None,
) -> altair.LayerChart:
    """Draw a row each: a thin line `low`–`high`, a thick one `from`–`to`, a dot and number at `mean`.

    Args:
        rows: with `label`, `mean`, `text`; `low`, `high`, `from`, `to` may be None.
        frame: the space to draw for.
        title: of the horizontal axis.
        colour: of the thick line and the dot.
        zero: mark zero with a line.
        domain: ends of the horizontal axis, where they mean something.
    """
    import altair as alt

    base = _row_base(rows, frame)
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=zero)
    x = alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(tickCount=_ticks(frame)))
    layers = [
        base.mark_rule(strokeWidth=1.5, color=QUIET).encode(x=x, x2="high:Q"),
        base.mark_rule(strokeWidth=7, color=colour, opacity=0.55).encode(x="from:Q", x2="to:Q"),
        base.mark_point(filled=True, size=70, color=colour, opacity=1).encode(x="mean:Q"),
        base.mark_text(dy=-12 if frame.labels else 14, fontWeight="bold").encode(x="mean:Q", text="text:N"),
    ]
    if zero:
        line = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=INK, strokeWidth=1)
        layers.insert(0, line.encode(x="at:Q"))
    return _framed(alt.layer(*layers, *labels_above(base, frame)), rows, frame)


def measure_rows(
    rows: Sequence[Row], frame: Frame, *, title: str, measures: Sequence[tuple[str, str]]
) -> altair.LayerChart:
    """Draw a row a label with one mark a measure, joined by a thin line.

    Args:
        rows: with `label`, `measure`, `value`; rows whose value is None are left out.
        frame: the space to draw for.
        title: of the horizontal axis.
        measures: (name, colour) in the order of the legend; shapes follow that order.
    """
    import altair as alt

    known = [row for row in rows if row["value"] is not None]
    names = [name for name, _ in measures]
    key = legend(names, frame)
    base = _row_base(known, frame)
    x = alt.X("value:Q", title=title, axis=alt.Axis(tickCount=_ticks(frame)))
    colour = alt.Color("measure:N", scale=alt.Scale(domain=names, range=[c for _, c in measures]), legend=key)
    shape = alt.Shape(
        "measure:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=key
    )
    join = base.mark_rule(strokeWidth=1.5, color="#b6bec9").encode(
        x=alt.X("min(value):Q", title=title), x2="max(value):Q"
    )
    marks = base.mark_point(filled=True, size=120, opacity=1).encode(x=x, color=colour, shape=shape)
    return _framed(alt.layer(join, marks, *labels_above(base, frame)), known, frame)


def stacked_rows(
    rows: Sequence[Row], frame: Frame, *, title: str, parts: Sequence[tuple[str, str, str]]
) -> altair.LayerChart:
    """Draw a bar a label, split into shares from 0 to 1.

    Args:
        rows: with `label`, `part`, `from`, `to`, `middle`, `text`.
        frame: the space to draw for.
        title: of the horizontal axis.
        parts: (name, fill colour, text colour) in the order of the legend.
    """
    import altair as alt

    base = _row_base(rows, frame)
    names = [name for name, _, _ in parts]
    x = alt.X(
        "from:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=PERCENT, tickCount=5)
    )
    fill = alt.Color(
        "part:N",
        scale=alt.Scale(domain=names, range=[fill for _, fill, _ in parts]),
        legend=legend(names, frame),
    )
    ink = alt.Color("part:N", scale=alt.Scale(domain=names, range=[ink for _, _, ink in parts]), legend=None)
    bars = base.mark_bar(height=18, stroke="white", strokeWidth=1).encode(x=x, x2="to:Q", color=fill)
    written = base.transform_filter("datum.to - datum.from >= 0.09").mark_text(fontSize=frame.font - 1)
    layered = alt.layer(bars, *labels_above(base, frame, lift=-19))
    texts = written.encode(x=alt.X("middle:Q", title=title), text="text:N", color=ink)
    return _framed(alt.layer(layered, texts).resolve_scale(color="independent"), rows, frame)


def fans(
    rows: Sequence[Row], frame: Frame, *, title: str, panels: Sequence[str], series: Sequence[str]
) -> altair.FacetChart:
    """Draw small figures side by side: per series a median line in a dark and a light band over time.

    Args:
        rows: with `panel`, `series`, `date`, `p5`, `p25`, `p50`, `p75`, `p95`.
        frame: the space to draw for.
        title: of the vertical axis.
        panels: order of the small figures.
        series: names in order; the first is blue and whole, the second vermilion and dashed.
    """
    import altair as alt

    columns = min(frame.columns, 2 if len(panels) == 4 else len(panels))
    width = (frame.width - 62 - 20 * (columns - 1)) // columns
    names = list(series)
    key = legend(names, frame, lines=True) if len(names) > 1 else None
    colour = alt.Color(
        "series:N", scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])), legend=key
    )
    dash = alt.StrokeDash(
        "series:N",
        scale=alt.Scale(domain=names, range=[list(d) for d in DASHES[: len(names)]]),
        legend=key,
    )
    base = alt.Chart().encode(x=time_axis([row["date"] for row in rows], most=4))
    y = alt.Axis(tickCount=5)
    layers = []
    for place, colour_of in enumerate(PALETTE[: len(names)]):
        own = base.transform_filter(f"datum.place == {place}")
        for low, high, opacity in (("p5", "p95", 0.16), ("p25", "p75", 0.26)):
            band = own.mark_area(opacity=opacity, color=colour_of)
            low_end = alt.Y(f"{low}:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=y)
            layers.append(band.encode(y=low_end, y2=f"{high}:Q"))
    line = base.mark_line(strokeWidth=2.4)
    layers.append(line.encode(y=alt.Y("p50:Q", title=title), color=colour, strokeDash=dash))
    broken = wrapped(panels, width // 8)
    titles = [broken[panel] for panel in panels]
    placed = [{**row, "place": names.index(row["series"]), "panel": broken[row["panel"]]} for row in rows]
    facet = alt.Facet(
        "panel:N", sort=titles, header=alt.Header(title=None, labelExpr=BROKEN, labelLimit=width)
    )
    return (
        alt.layer(*layers, data=alt.Data(values=placed))
        .properties(width=width, height=170 if columns > 1 else 140)
        .facet(facet=facet, columns=columns, spacing=20)
    )


def lines(rows: Sequence[Row], frame: Frame, *, title: str, series: Sequence[str]) -> altair.Chart:
    """Draw lines of shares over time, each with its own colour and dash, the legend in the given order.

    Args:
        rows: with `series`, `date`, `value`.
        frame: the space to draw for.
        title: of the vertical axis.
        series: names, in the order of the legend.
    """
    import altair as alt

    names = list(series)
    colours = [PALETTE[index % len(PALETTE)] for index in range(len(names))]
    dashes = [list(DASHES[index % len(DASHES)]) for index in range(len(names))]
    key = legend(names, frame, lines=True)
    shares = alt.Axis(labelExpr=PERCENT, tickCount=5)
    return (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_line(strokeWidth=2.4)
        .encode(
            x=time_axis([row["date"] for row in rows], most=9 if frame.labels else 5),
            y=alt.Y("value:Q", title=title, axis=shares, scale=alt.Scale(zero=True)),
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=colours), legend=key),
            strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=names, range=dashes), legend=key),
        )
        .properties(**_fit(frame, 260 if frame.labels else 250))
    )  # fmt: skip


def moment(day: str) -> str:
    """Return a date so that it is read as local midnight: a bare date would be read as UTC."""
    return f"{day[:10]}T00:00:00"


def time_axis(moments: Sequence[str], *, most: int, key: str = "date", padding: int = 0) -> altair.X:
    """Return a horizontal axis of dates with at most `most` ticks, each on the first of a month.

    Args:
        moments: every date to be shown, as `moment` writes them.
        most: the greatest number of ticks that fit.
        key: the field that holds the date.
        padding: room left and right of the first and last date, in pixels.
    """
    import altair as alt

    ticks = [alt.DateTime(year=year, month=month, date=1) for year, month in month_ticks(moments, most)]
    written = "[timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')]"
    axis = alt.Axis(values=ticks, labelExpr=written, title=None, labelOverlap=False)
    return alt.X(f"{key}:T", axis=axis, scale=alt.Scale(padding=padding, nice=False))


def month_ticks(moments: Sequence[str], most: int) -> list[tuple[int, int]]:
    """Return (year, month) of evenly spaced first days of months within the dates, at most `most`."""
    first, last = min(moments)[:10], max(moments)[:10]
    months = [
        (year, month)
        for year in range(int(first[:4]), int(last[:4]) + 1)
        for month in range(1, 13)
        if first <= f"{year:04d}-{month:02d}-01" <= last
    ]
    for step in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200):
        chosen = [at for at in months if (at[0] * 12 + at[1] - 1) % step == 0]
        if len(chosen) <= most:
            return chosen
    return months[:1]


def _ticks(frame: Frame) -> int:
    return 7 if frame.labels else 4


def _fit(frame: Frame, height: int) -> dict[str, Any]:
    import altair as alt

    return {
        "width": frame.width,
        "height": height,
        "autosize": alt.AutoSizeParams(type="fit-x", contains="padding"),
    }


def legend(names: Sequence[str], frame: Frame, *, lines: bool = False) -> altair.Legend:
    """Return a legend above the figure, in as many columns as its names leave room for.

    Args:
        names: what the legend names.
        frame: the space to draw for.
        lines: show strokes with their dashes instead of shapes.
    """
    import altair as alt

    room = max(len(name) for name in names) * frame.font * 0.56 + (62 if lines else 34)
    columns = max(1, min(len(names), int((frame.width - 60) / room)))
    if lines:
        return alt.Legend(columns=columns, symbolType="stroke", symbolSize=600)
    return alt.Legend(columns=columns)


def wrapped(texts: Iterable[str], characters: int, *, most: int = 2) -> dict[str, str]:
    """Return each text broken into lines, shortened after `most` of them unless two would then be alike."""
    names = list(dict.fromkeys(texts))
    broken = {
        text: "\n".join(textwrap.wrap(text, characters, max_lines=most, placeholder=" …")) or text
        for text in names
    }
    if len(set(broken.values())) == len(names):
        return broken
    return {text: "\n".join(textwrap.wrap(text, characters)) or text for text in names}


def row_axis(limit: int, names: Iterable[str]) -> altair.Axis:
    """Return the axis of names left of rows; names hold their own line breaks.

    Args:
        limit: greatest width of a name, in pixels.
        names: the names to be shown; where some have two lines, all are lifted a little towards the middle.
    """
    import altair as alt

    lift = -4 if any("\n" in name for name in names) else 0
    return alt.Axis(
        title=None, labelExpr=BROKEN, labelLimit=limit, labelOffset=lift, labelPadding=8, ticks=False,
        domain=False, grid=False,
    )  # fmt: skip


def _row_base(rows: Sequence[Row], frame: Frame) -> altair.Chart:
    import altair as alt

    broken = wrapped((row["label"] for row in rows), 32 if frame.labels else 1000)
    placed = [{**row, "label": broken[row["label"]]} for row in rows]
    axis = row_axis(frame.labels, broken.values()) if frame.labels else None
    y = alt.Y("label:N", sort=list(dict.fromkeys(row["label"] for row in placed)), axis=axis)
    return alt.Chart(alt.Data(values=placed)).encode(y=y)


def labels_above(base: altair.Chart, frame: Frame, *, lift: int = -16) -> list[altair.Chart]:
    """Return layers that write each row's label above it, for frames without room at the left."""
    import altair as alt

    if frame.labels:
        return []
    once = base.transform_aggregate(groupby=["label"])
    style = {"align": "left", "baseline": "middle", "dy": lift, "limit": frame.width - 20}
    halo = once.mark_text(stroke="white", strokeWidth=4, strokeJoin="round", **style)
    text = once.mark_text(color=INK, **style)
    return [layer.encode(x=alt.value(0), text="label:N") for layer in (halo, text)]


def _framed(chart: altair.LayerChart, rows: Sequence[Row], frame: Frame) -> altair.LayerChart:
    amount = len({row["label"] for row in rows})
    return chart.properties(**_fit(frame, frame.row * amount + 10))
