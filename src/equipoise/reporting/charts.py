"""The kinds of chart the report is drawn with: rows of intervals, rows of marks, fans, lines, stacked shares.

Every function takes plain rows (dictionaries with fixed keys; names of actors are data, never code) and a
frame, and returns an Altair chart. What is drawn is decided in `figures`; how it looks, here.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.reporting.drawing import BLUE, DASHES, HALO, INK, PALETTE, QUIET, SHAPES, Frame

if TYPE_CHECKING:
    import altair

Row = dict[str, Any]
PERCENT = "format(datum.value * 100, '.0f') + '\u202f%'"
"""How shares are written along an axis."""
FINE = "format(datum.value * 100, '.1~f') + '\u202f%'"
"""The same where shares are small."""
BROKEN = "split(datum.label, '\\n')"
"""Names along an axis, broken where the name says so."""
NAME, LONGEST = 26, 44
"""Letters of a line of a name left of its row: as few as two lines allow, but no more than this."""
LETTER = 0.53
"""Mean width of a letter, in the size of the font; a little generous, as names are not measured."""


def of_rows(rows: Iterable[Mapping[str, Any]]) -> altair.Chart:
    """Return an empty chart of rows, which pass as one text: as objects they would be copied with every layer."""
    import altair as alt

    from equipoise.reporting.light import Chart

    return Chart(alt.Data(values=as_text(rows), format=alt.JsonDataFormat(type="json")))


def layered(*layers: altair.Chart | altair.LayerChart) -> altair.LayerChart:
    """Return charts without panels drawn over each other, the first at the back."""
    from equipoise.reporting.light import LayerChart

    return LayerChart(layer=layers)


def as_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as a chart holds them."""
    return json.dumps(list(rows), ensure_ascii=False)


def interval_rows(
    rows: Sequence[Row],
    frame: Frame,
    *,
    title: str,
    colour: str = BLUE,
    zero: bool = False,
    domain: Sequence[float] | None = None,
    percent: bool = False,
    lines: int = 2,
) -> altair.LayerChart:
    """Draw a row each: a thin line `low`–`high`, a thick one `from`–`to`, a dot and number at `mean`.

    Args:
        rows: with `label`, `mean`, `text`; `low`, `high`, `from`, `to` may be None.
        frame: the space to draw for.
        title: of the horizontal axis.
        colour: of the thick line and the dot.
        zero: mark zero with a line.
        domain: ends of the horizontal axis, where they mean something.
        percent: write the axis in per cent.
        lines: most lines of a label left of its row.
    """
    import altair as alt

    labels = Labels(rows, frame, lines=lines)
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=zero)
    axis = alt.Axis(tickCount=_ticks(frame), labelExpr=PERCENT if percent else alt.Undefined)
    mean = alt.X("mean:Q", title=title, scale=scale, axis=axis)
    base = labels.base
    layers = [
        rule.encode(x=alt.X(f"{start}:Q"), x2=alt.X2(f"{end}:Q"))
        for start, end, rule in (
            ("low", "high", base.mark_rule(strokeWidth=1.5, color=QUIET)),
            ("from", "to", base.mark_rule(strokeWidth=7, color=colour, opacity=0.55)),
        )
        if any(row[start] is not None for row in rows)
    ] + [
        base.mark_point(filled=True, size=70, color=colour, opacity=1).encode(x=mean),
        base.mark_text(dy=-12 if frame.labels else 14, fontWeight="bold").encode(
            x=alt.X("mean:Q"), text=alt.Text("text:N")
        ),
    ]
    if zero:
        line = of_rows([{"at": 0}]).mark_rule(color=INK, strokeWidth=1)
        layers.insert(0, line.encode(x=alt.X("at:Q")))
    return labels.framed(layered(*layers, *labels.above()))


def measure_rows(
    rows: Sequence[Row],
    frame: Frame,
    *,
    title: str,
    measures: Sequence[tuple[str, str]],
    domain: Sequence[float] | None = None,
    percent: bool = False,
) -> altair.LayerChart:
    """Draw a row a label with one mark a measure, joined by a thin line.

    Args:
        rows: with `label`, `measure`, `value`; rows whose value is None are left out.
        frame: the space to draw for.
        title: of the horizontal axis.
        measures: (name, colour) in the order of the legend; shapes follow that order.
        domain: ends of the horizontal axis, where they mean something.
        percent: write the axis in per cent.
    """
    import altair as alt

    labels = Labels([row for row in rows if row["value"] is not None], frame)
    names = [name for name, _ in measures]
    key = legend(names, frame)
    axis = alt.Axis(tickCount=_ticks(frame), labelExpr=PERCENT if percent else alt.Undefined)
    scale = alt.Scale(domain=list(domain)) if domain else alt.Undefined
    x = alt.X("value:Q", title=title, axis=axis, scale=scale)
    colour = alt.Color("measure:N", scale=alt.Scale(domain=names, range=[c for _, c in measures]), legend=key)
    shape = alt.Shape(
        "measure:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=key
    )
    join = labels.base.mark_rule(strokeWidth=1.5, color="#b6bec9").encode(
        x=alt.X("min(value):Q", title=title), x2=alt.X2("max(value):Q")
    )
    marks = labels.base.mark_point(filled=True, size=120, opacity=1).encode(x=x, color=colour, shape=shape)
    return labels.framed(layered(join, marks, *labels.above()))


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

    labels = Labels(rows, frame)
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
    bars = labels.base.mark_bar(height=18, stroke="white", strokeWidth=1).encode(
        x=x, x2=alt.X2("to:Q"), color=fill
    )
    written = labels.base.transform_filter("datum.to - datum.from >= 0.09").mark_text(fontSize=frame.font - 1)
    named = layered(bars, *labels.above(lift=-19))
    texts = written.encode(x=alt.X("middle:Q", title=title), text=alt.Text("text:N"), color=ink)
    return labels.framed(layered(named, texts).resolve_scale(color="independent"))


class Labels:
    """Rows with their names: left of them on a page, above them on a phone, whole either way.

    Args:
        rows: with `label`; rows that share a label share a row.
        frame: the space to draw for.
        lines: most lines of a name left of its row, and then it is shortened.
        height: of a row with a name of one line, in pixels; the frame's own if not given.
        longest: letters of the longest line.

    Attributes:
        rows: as they are drawn, their labels broken into lines. base: a chart of them with their vertical axis.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        frame: Frame,
        *,
        lines: int = 2,
        height: int | None = None,
        longest: int = LONGEST,
    ) -> None:
        import altair as alt

        self.frame, self._least = frame, height or frame.row
        own = list(dict.fromkeys(row["label"] for row in rows))
        if frame.labels:
            broken = fitted(own, NAME, longest, most=lines)
        else:
            broken = wrapped(own, int((frame.width - 20) / (LETTER * frame.font)), most=3)
        self.names = [broken[name] for name in own]
        self._many = max((name.count("\n") + 1 for name in self.names), default=1)
        axis = row_axis(frame, self._many) if frame.labels else None
        self._scale = alt.Scale(
            domain=self.names
        )  # by a sorting, some names would be taken for a program's own words
        self.rows = [{**row, "label": broken[row["label"]]} for row in rows]
        self.base = of_rows(self.rows).encode(y=alt.Y("label:N", scale=self._scale, axis=axis))

    def above(self, *, lift: int = -16) -> list[altair.Chart]:
        """Return layers that write each row's name above it, for frames without room at the left."""
        import altair as alt

        if self.frame.labels:
            return []
        layers = []
        for amount in sorted({name.count("\n") for name in self.names}):
            named = of_rows({"label": name} for name in self.names if name.count("\n") == amount)
            line = self.frame.font + 2
            text = named.mark_text(
                color=INK,
                lineBreak="\n",
                lineHeight=line,
                align="left",
                baseline="middle",
                dy=lift - amount * line,
            )
            y = alt.Y("label:N", scale=self._scale, axis=None)
            layers.append(
                text.encode(x=alt.XValue(0), y=y, text=alt.Text("label:N")).properties(
                    name=f"{HALO}lines{amount}"
                )
            )
        return layers

    def framed(self, chart: altair.LayerChart) -> altair.LayerChart:
        """Return a chart with the width of the frame and the height its rows need."""
        line = self.frame.font + 2
        more = (
            (self._many - 1) * line if not self.frame.labels else max(0, self._many * line + 4 - self._least)
        )
        return chart.properties(**fit(self.frame, (self._least + more) * len(self.names) + 10))


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

    from equipoise.reporting.light import Chart, LayerChart

    columns = min(frame.columns, 2 if len(panels) == 4 else len(panels))
    width = (frame.width - 62 - 20 * (columns - 1)) // columns
    names = list(series)
    colour, dash = by_series(names, frame, named=len(names) > 1)
    base = Chart().encode(x=time_axis([row["date"] for row in rows], most=4))
    y = alt.Axis(tickCount=5)
    layers = []
    for place, colour_of in enumerate(PALETTE[: len(names)]):
        own = base.transform_filter(f"datum.place == {place}")
        for low, high, opacity in (("p5", "p95", 0.16), ("p25", "p75", 0.26)):
            band = own.mark_area(opacity=opacity, color=colour_of)
            low_end = alt.Y(f"{low}:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=y)
            layers.append(band.encode(y=low_end, y2=alt.Y2(f"{high}:Q")))
    line = base.mark_line(strokeWidth=2.4)
    layers.append(line.encode(y=alt.Y("p50:Q", title=title), color=colour, strokeDash=dash))
    broken = wrapped(panels, width // 8)
    row_of = {panel: {"panel": broken[panel], "rank": rank} for rank, panel in enumerate(panels)}
    placed = [{**row, "place": names.index(row["series"]), **row_of[row["panel"]]} for row in rows]
    # In a list of names to sort by, some would be taken for words of the renderer's own language.
    order = alt.EncodingSortField("rank", op="min")
    facet = alt.Facet("panel:N", sort=order, header=alt.Header(title=None, labelExpr=BROKEN, labelLimit=0))
    return (
        LayerChart(layer=layers, data=of_rows(placed).data)
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

    colour, dash = by_series(series, frame)
    shares = alt.Axis(labelExpr=PERCENT, tickCount=5)
    return (
        of_rows(rows)
        .mark_line(strokeWidth=2.4)
        .encode(
            x=time_axis([row["date"] for row in rows], most=9 if frame.labels else 5),
            y=alt.Y("value:Q", title=title, axis=shares, scale=alt.Scale(zero=True)),
            color=colour,
            strokeDash=dash,
        )
        .properties(**fit(frame, 260 if frame.labels else 250))
    )  # fmt: skip


def by_series(
    names: Sequence[str], frame: Frame, *, named: bool = True
) -> tuple[altair.Color, altair.StrokeDash]:
    """Return the colour and the dash of each of several lines, with a legend if they are to be `named`."""
    import altair as alt

    key = legend(names, frame, lines=True) if named else None
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(names))]
    dashes = [list(DASHES[place % len(DASHES)]) for place in range(len(names))]
    return (
        alt.Color("series:N", scale=alt.Scale(domain=list(names), range=colours), legend=key),
        alt.StrokeDash("series:N", scale=alt.Scale(domain=list(names), range=dashes), legend=key),
    )


def said_and_came(bins: Sequence[Mapping[str, float]], frame: Frame) -> altair.LayerChart:
    """Draw how often something came, with its interval, over the chance that was given, and where the two are equal.

    Args:
        bins: with `said`, `share`, `low`, `high`, shares.
        frame: the space to draw for.
    """
    import altair as alt

    rows = [
        {"said": one["said"], "value": one["share"], "low": one["low"], "high": one["high"]} for one in bins
    ]
    most = max(one["high"] for one in bins)
    given = alt.Scale(domain=[0, 1.1 * max(one["said"] for one in bins)], nice=False)
    x = alt.X(
        "said:Q", title="Chance that was given", scale=given, axis=alt.Axis(labelExpr=FINE, tickCount=5)
    )
    axis = alt.Axis(labelExpr=FINE, tickCount=5)
    y = alt.Y("value:Q", title="Share that came", scale=alt.Scale(domain=[0, most]), axis=axis)
    ends = [{"said": at, "value": at} for at in (0, min(most, given["domain"][1]))]
    equal = of_rows(ends).mark_line(color=QUIET, strokeDash=list(DASHES[1])).encode(x=x, y=y)
    base = of_rows(rows)
    bars = base.mark_rule(color=BLUE, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    dots = base.mark_point(color=BLUE, filled=True, size=70).encode(x=x, y=y)
    return layered(equal, bars, dots).properties(**fit(frame, 260 if frame.labels else 250))


def moment(day: str) -> str:
    """Return a date so that it is read as local midnight: a bare date would be read as UTC."""
    return f"{day[:10]}T00:00:00"


def time_axis(moments: Sequence[str], *, most: int, padding: int = 0) -> altair.X:
    """Return a horizontal axis of dates with at most `most` ticks, each on the first of a month.

    Args:
        moments: every date to be shown, as `moment` writes them.
        most: the greatest number of ticks that fit.
        padding: room left and right of the first and last date, in pixels.
    """
    import altair as alt

    ticks = [alt.DateTime(year=year, month=month, date=1) for year, month in month_ticks(moments, most)]
    written = "[timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')]"
    axis = alt.Axis(values=ticks, labelExpr=written, title=None, labelOverlap=False)
    return alt.X("date:T", axis=axis, scale=alt.Scale(padding=padding, nice=False))


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


def fit(frame: Frame, height: int) -> dict[str, Any]:
    """Return the properties that make a chart as wide as its frame, labels included."""
    import altair as alt

    return {
        "width": frame.width,
        "height": height,
        "autosize": alt.AutoSizeParams(type="fit-x", contains="padding"),
    }


def legend(names: Sequence[str], frame: Frame, *, lines: bool = False) -> altair.Legend:
    """Return a legend above the figure, in as many columns as its names leave room for, long ones broken.

    Args:
        names: what the legend names.
        frame: the space to draw for.
        lines: show strokes with their dashes instead of shapes.
    """
    import altair as alt

    letter, sign = frame.font * 0.56, 62 if lines else 34
    room = max(len(name) for name in names) * letter + sign
    columns = max(1, min(len(names), int((frame.width - 60) / room)))
    broken = wrapped(names, int((frame.width - 60 - sign) / letter), most=3)
    labels = {name: text.split("\n") for name, text in broken.items() if text != name}
    look: dict[str, Any] = {"symbolType": "stroke", "symbolSize": 600} if lines else {}
    if labels:
        look["labelExpr"] = f"{json.dumps(labels)}[datum.label] || datum.label"
    return alt.Legend(columns=columns, **look)


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


def fitted(texts: Sequence[str], least: int, longest: int, *, most: int = 2) -> dict[str, str]:
    """Return each text broken into `most` lines, as narrow as that allows between two numbers of letters."""
    for characters in range(least, longest):
        if all(len(textwrap.wrap(text, characters)) <= most for text in texts):
            return wrapped(texts, characters, most=most)
    return wrapped(texts, longest, most=most)


def row_axis(frame: Frame, lines: int) -> altair.Axis:
    """Return the axis of names left of rows; names hold their own line breaks, and stand level with their row.

    Args:
        frame: the space to draw for.
        lines: most lines of a name.
    """
    import altair as alt

    half = (frame.font + 2) / 2
    lifts = [
        {"test": f"length(split(datum.label, '\\n')) == {amount}", "value": -half * (amount - 1)}
        for amount in range(2, lines + 1)
    ]
    offset = {"condition": lifts, "value": 0} if lifts else 0
    return alt.Axis(
        title=None, labelExpr=BROKEN, labelLimit=0, labelOffset=offset, labelPadding=8, ticks=False,
        labelLineHeight=frame.font + 2, domain=False, grid=False,
    )  # fmt: skip
