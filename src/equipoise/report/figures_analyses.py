"""The figures of the further analyses: strained ties, prices of hedges, talks by model, what drives.

Each function reads one analysis' JSON and returns a `Drawing`, or None where there is nothing to draw.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.report import charts
from equipoise.report.blocks import Column, Table
from equipoise.report.context import Context
from equipoise.report.drawing import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALETTE,
    PURPLE,
    QUIET,
    VERMILION,
    Drawing,
    Frame,
)
from equipoise.report.figure_map import layout
from equipoise.report.phrases import DASH, interval, number, percent, significant

if TYPE_CHECKING:
    import altair

Found = Mapping[str, Any]
Point = tuple[float, float]
MOST_ROWS = 10
"""Rows of a figure at most; the table of the section has more."""
CAMPS = (BLUE, ORANGE)
"""Fill of the two camps; a group of actors that no tie connects has camps of its own."""


def ties(context: Context, found: Found) -> Drawing:
    """Draw the actors in their least strained camps, the ties these leave in conflict standing out."""
    names, lines = context.names, tie_rows(found)
    under = _prices(context, found)
    columns = (
        Column("Between"), Column("And"), Column("Tie", "number"),
        Column("In conflict with the camps"), Column("In how many draws", "number"),
    )  # fmt: skip
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
            "Squares: forces of the country; circles: outside powers; the fill is the camp. Whole blue line: "
            "friendly tie; dashed orange line: rivalry; thicker is stronger. Strong lines with a "
            "cross are in "
            "conflict with the camps, a friend on the other side or a foe on one's own; beside the cross, in "
            "how many of the draws of uncertain ties. Distances mean nothing."
        ),
        chart=lambda frame: _map(context, found, lines, under, frame),
        table=Table("Ties, those in conflict first", columns, rows),
    )


def _prices(context: Context, found: Found) -> str:
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


def _map(context: Context, found: Found, lines: Sequence[Any], under: str, frame: Frame) -> altair.LayerChart:
    import altair as alt

    stretch, margin = (1.35, 0.42) if frame.labels else (1.0, 0.3)
    plain = [(a, b, weight) for a, b, weight, _, _ in lines]
    spots = {key: (x * stretch, y) for key, (x, y) in layout(context.scenario, plain, []).items()}
    curves = {(a, b): _bent(spots, a, b, context) for a, b, _ in plain}
    points = [*spots.values(), *(point for curve in curves.values() for point in curve)]
    reach, width = stretch + margin, frame.width - 12
    below = textwrap.wrap(under, int(width / (0.5 * frame.font)))
    step = 2 * reach * (frame.font + 4) / width
    low, high = (
        min(y for _, y in points) - (0.3 if frame.labels else 0.5) - step * len(below),
        max(y for _, y in points) + 0.12,
    )
    side, up = alt.Scale(domain=[-reach, reach], nice=False), alt.Scale(domain=[low, high], nice=False)

    def data(rows: list[dict[str, Any]]) -> altair.Chart:
        x, y = alt.X("x:Q", axis=None, scale=side), alt.Y("y:Q", axis=None, scale=up)
        return alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)

    layers = [
        _lines(
            data, [row for row in lines if row[3] is strained and (row[2] > 0) is friendly], curves, friendly
        )
        for strained in (False, True)
        for friendly in (True, False)
    ]
    layers += _crosses(data, lines, curves, frame) + _actors(context, found, data, spots, frame)
    rows = [{"x": -reach, "y": low + step * (len(below) - n), "text": text} for n, text in enumerate(below)]
    layers.append(data(rows).mark_text(align="left", baseline="top").encode(text="text:N"))
    return alt.layer(*layers).properties(width=width, height=max(240, width * (high - low) / (2 * reach)))


def _bent(spots: Mapping[str, Point], a: str, b: str, context: Context) -> list[Point]:
    """Return a straight line, or between outside powers one that passes outside of the forces."""
    (x, y), (x2, y2) = spots[a], spots[b]
    mid = ((x + x2) / 2, (y + y2) / 2)
    away = math.hypot(*mid)
    if a in context.names.forces or b in context.names.forces:
        return [(x, y), mid, (x2, y2)]
    out = (mid[0] / away, mid[1] / away) if away > 1e-6 else (0.0, 1.0)
    bend = 0.25 * math.dist(spots[a], spots[b])
    top = (mid[0] + bend * out[0], mid[1] + bend * out[1])
    shares = [step / 24 for step in range(25)]
    return [
        tuple(
            (1 - t) ** 2 * p + 2 * t * (1 - t) * q + t**2 * r
            for p, q, r in ((x, top[0], x2), (y, top[1], y2))
        )
        for t in shares
    ]  # type: ignore[misc]


def _lines(
    data: Callable, chosen: Sequence[Any], curves: Mapping[Any, list[Point]], friendly: bool
) -> altair.Chart:
    import altair as alt

    rows = [
        {"x": x, "y": y, "edge": place, "step": step, "weight": abs(weight)}
        for place, (a, b, weight, _, _) in enumerate(chosen)
        for step, (x, y) in enumerate(curves[a, b])
    ]
    thickness = alt.StrokeWidth("weight:Q", scale=alt.Scale(domain=[0, 1], range=[1, 5]), legend=None)
    strained = bool(chosen) and chosen[0][3]
    style = {"color": BLUE if friendly else VERMILION, "strokeDash": [1, 0] if friendly else [7, 4]}
    lines = data(rows).mark_line(opacity=0.95 if strained else 0.22, **style)
    return lines.encode(detail="edge:N", order="step:Q", strokeWidth=thickness)


def _crosses(
    data: Callable, lines: Sequence[Any], curves: Mapping[Any, list[Point]], frame: Frame
) -> list[altair.Chart]:
    marked, told = [], frame.labels > 0
    for a, b, _, strained, share in lines:
        if strained:
            curve = curves[a, b]
            (x, y) = curve[len(curve) // 2]
            marked.append(
                {"x": x, "y": y, "text": f"✕ {percent(share)}" if told and share is not None else "✕"}
            )
    halo = {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}
    layer, size = data(marked), frame.font - 1
    return [
        layer.mark_text(fontSize=size, fontWeight="bold", **more).encode(text="text:N") for more in (halo, {})
    ]


def _actors(
    context: Context, found: Found, data: Callable, spots: Mapping[str, Point], frame: Frame
) -> list[altair.Chart]:
    import altair as alt

    fills = camp_fills(found)
    nodes = []
    for key, (x, y) in sorted(spots.items()):
        own = textwrap.wrap(context.names.actor(key).partition(" (")[0], 20 if frame.labels else 13)[:3]
        force = key in context.names.forces
        nodes.append({"x": x, "y": y, "text": "\n".join(own), "force": force, "fill": fills.get(key, QUIET)})
    layers = []
    for shape, is_force in (("square", True), ("circle", False)):
        kind = data([node for node in nodes if node["force"] is is_force])
        marks = kind.mark_point(shape=shape, size=420, filled=True, opacity=1, stroke="white", strokeWidth=2)
        layers.append(marks.encode(fill=alt.Fill("fill:N", scale=None, legend=None)))
    for halo in ({"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}, {"color": INK}):
        for is_force, weight in ((True, "bold"), (False, "normal")):
            kind = data([node for node in nodes if node["force"] is is_force])
            style = {"dy": 14, "baseline": "top", "lineBreak": "\n", "lineHeight": frame.font + 2}
            layers.append(kind.mark_text(fontWeight=weight, **style, **halo).encode(text="text:N"))
    return layers


def camp_fills(found: Found) -> dict[str, str]:
    """Return the fill of every actor that has a camp; further groups take further colours."""
    colours = [*CAMPS, *(colour for colour in PALETTE if colour not in CAMPS)]
    fills = {}
    for group, camps in enumerate(found["frustration"]["groups"]):
        for side, camp in enumerate(camps):
            fills |= dict.fromkeys(camp, colours[(2 * group + side) % len(colours)])
    return fills


def hedges(context: Context, found: Found) -> Drawing | None:
    """Draw what each way of engaging of the focus adds to the tension among the forces."""
    focus = context.scenario.focus
    own = [row for row in found.get("hedges") or [] if row["patron"] == focus]
    rows, cells = [], []
    for row in own:
        label = ("After its switch: " if row["stage"] == "then" else "") + context.names.strategy(
            row["strategy"]
        )
        drawn = row["drawn"] or {}
        rows.append({
            "label": label, "mean": row["price"], "text": number(row["price"], digits=2),
            "low": drawn.get("p5"), "high": drawn.get("p95"), "from": None, "to": None,
        })  # fmt: skip
        shares = ", ".join(f"{context.names.force(j)} {percent(s)}" for j, s in row["shares"].items())
        spread = interval(drawn.get("p5"), drawn.get("p95"))
        cells.append((label, shares or DASH, number(row["price"]), spread, number(row["across"])))
    if not rows:
        return None
    columns = (
        Column("Way of engaging"), Column("Engages"), Column("Price", "number"),
        Column("5 to 95 %", "number"), Column("Across", "number"),
    )  # fmt: skip
    return Drawing(
        key="hedge-prices",
        title="The structural price of each way of engaging",
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption=(
            "Dot: frustration that the way of engaging adds to the forces' own ties, 0 free of "
            "contradiction and "
            "0.5 the most; line: 5th to 95th percentile over draws of the ties."
        ),
        chart=lambda frame: charts.interval_rows(rows, frame, title="Price", colour=PURPLE, zero=True),
        table=Table("The structural price of each way of engaging", columns, tuple(cells),
                    "Across: the share kept with the camp that the power advised does not join."),
    )  # fmt: skip


def deals(context: Context, found: Found) -> Drawing:
    """Draw the chance of a deal of each talk: by its own model, and how far the models spread."""
    rows = []
    for name, talk in found["talks"].items():
        by = {model: item["deal"]["mean"] for model, item in talk["models"].items()}
        own = by.get(talk["model"])
        rows.append({
            "label": context.names.event(name), "mean": own, "text": percent(own), "low": min(by.values()),
            "high": max(by.values()), "from": None, "to": None,
        })  # fmt: skip
    return Drawing(
        key="deals-by-model",
        title="The chance of a deal, by the talk's own model and by all",
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption="Dot: chance of a deal by the model the scenario names, if the talks take place; "
        "line: from the lowest to the highest of the models asked.",
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Chance of a deal", colour=ORANGE, domain=(0, 1)
        ),
    )


def drivers(found: Found, output: str, *, title: str) -> Drawing | None:
    """Draw how much each input drives one output, the strongest first, those told apart from chance."""
    driver = next((item for item in found["drivers"] if item["output"] == output), None)
    told = [] if driver is None else [row for row in driver["indices"] if row["told_apart"]][:MOST_ROWS]
    if not told:
        return None
    rows = [
        {"label": named(found, row["path"]), "mean": row["first"], "text": percent(row["first"]), "low": None,
         "high": None, "from": row["low"], "to": row["high"]}
        for row in told
    ]  # fmt: skip
    columns = (
        Column("Input"), Column("Alone", "number"), Column("95 % interval", "number"),
        Column("With pairs", "number"),
        Column("Path"),
    )  # fmt: skip
    cells = tuple(
        (named(found, row["path"]), percent(row["first"]), f"{percent(row['low'])} to {percent(row['high'])}",
         percent(row["total"]), row["path"])
        for row in told
    )  # fmt: skip
    floor, rest = percent(driver["floor"]), percent(driver["rest"])
    note = f"A random number that means nothing reaches {floor}; unexplained: {rest}."
    return Drawing(
        key=f"drivers-{output}",
        title=title,
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption="Dot: share of the variation that would go if this input alone were known; thick "
        "line: its 95 % "
        f"interval. {note}",
        chart=lambda frame: charts.interval_rows(rows, frame, title="Share of the variation", colour=GREEN),
        table=Table(title, columns, cells, note),
    )


def worth(found: Found) -> Drawing | None:
    """Draw what each input and each part of the scenario is worth knowing."""
    info = found["information"]
    told = [row for row in [*info["inputs"], *info["groups"]] if row["told_apart"]]
    told = sorted({row["what"]: row for row in told}.values(), key=lambda row: -row["value"])[:MOST_ROWS]
    if not told:
        return None
    rows = [
        {"label": named(found, row["what"]), "mean": row["value"], "text": significant(row["value"]),
         "low": None, "high": None, "from": max(0.0, row["value"] - 1.96 * row["se"]),
         "to": row["value"] + 1.96 * row["se"]}
        for row in told
    ]  # fmt: skip
    whole = info["evpi"]
    return Drawing(
        key="worth-knowing",
        title="What to find out first",
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption="Dot: payoff gained by knowing this before choosing, luck still unknown; thick line: "
        "95 % interval. "
        f"Knowing everything about the state would gain {significant(whole['value'])}.",
        chart=lambda frame: charts.interval_rows(rows, frame, title="Worth, in payoff", colour=PURPLE),
    )


def resentment(found: Found) -> Drawing | None:
    """Draw by how much the best hedge leads the best one-sided strategy as resentment is scaled."""
    scans = found["resentment"] or []
    rows = [
        {"series": " + ".join(scan["scaled"]), "x": x, "value": value}
        for scan in scans
        for x, value in zip(scan["multipliers"], scan["advantage"], strict=True)
    ]
    if not rows:
        return None
    series = list(dict.fromkeys(row["series"] for row in rows))
    return Drawing(
        key="resentment-scan",
        title="The resentment at which the hedge stops paying",
        description="; ".join(scan["says"] for scan in scans),
        caption="Payoff of the best hedge less that of the best one-sided strategy, with every "
        "force's resentment "
        "scaled: 1 is what the scenario says. Above the line at zero the hedge pays.",
        chart=lambda frame: _scan(
            rows, series, frame, x="Resentment, times the scenario's", y="Lead of the hedge"
        ),
    )


def tipping(context: Context, found: Found, tip: Found) -> Drawing | None:
    """Draw the expected payoff of each strategy along one input."""
    curve = tip["curve"]
    if not curve or tip["levels"]:
        return None
    label = named(found, tip["path"])
    rows = [
        {"series": context.names.strategy(name), "x": x, "value": value}
        for name in found["strategies"]
        for x, value in zip(curve["x"], curve[name], strict=True)
    ]
    series = list(dict.fromkeys(row["series"] for row in rows))
    return Drawing(
        key=f"tip-{tip['path']}",
        title=f"Payoff along {label}",
        description=f"Expected payoff of each strategy as {label} varies, everything else keeping its "
        "spread.",
        caption="Expected payoff of each strategy at each value, everything else keeping its spread.",
        chart=lambda frame: _scan(
            rows, series, frame, x=label[:1].upper() + label[1:], y="Expected payoff", zero=False
        ),
    )


def named(found: Found, path: str) -> str:
    """Return what a path is called in the scenario's words."""
    return found["words"].get(path, path)


def _scan(
    rows: Sequence[dict[str, Any]], series: Sequence[str], frame: Frame, *, x: str, y: str, zero: bool = True
) -> altair.LayerChart:
    """Draw lines over a number, each with its own colour and dash, and a line at zero if that is wanted."""
    import altair as alt

    from equipoise.report.drawing import DASHES

    key = charts.legend(series, frame, lines=True)
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(series))]
    dashes = [list(DASHES[place % len(DASHES)]) for place in range(len(series))]
    wide = "\n".join(textwrap.wrap(x, 80 if frame.labels else 40)).split("\n")
    lines = alt.Chart(alt.Data(values=list(rows))).mark_line(strokeWidth=2.4).encode(
        x=alt.X("x:Q", title=wide, axis=alt.Axis(tickCount=6), scale=alt.Scale(zero=False, nice=False)),
        y=alt.Y("value:Q", title=y, axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=zero)),
        color=alt.Color("series:N", scale=alt.Scale(domain=list(series), range=colours), legend=key),
        strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=list(series), range=dashes), legend=key),
    )  # fmt: skip
    layers = [lines]
    if zero:
        layers.append(alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=INK).encode(y="at:Q"))
    return alt.layer(*layers).properties(
        width=frame.width, height=270, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
