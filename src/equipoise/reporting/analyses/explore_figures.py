"""The figures of an exploration: what drives the answer, what is worth knowing, where it tips.

Each function reads the exploration's JSON and returns a `Drawing`, or None where there is nothing to draw.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.reporting import charts
from equipoise.reporting.analyses import explore_tables
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import GREEN, PURPLE, Drawing, Frame
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import number, percent, sentence, significant

if TYPE_CHECKING:
    import altair

Found = Mapping[str, Any]
MOST_ROWS = 10
"""Rows of a figure at most; the table of the section has more."""
TABLE_ROWS = 12
"""About so many points of a curve are in the table behind it."""


def drivers(found: Found, names: Names, output: str) -> Drawing | None:
    """Draw how much each input drives one output, the strongest first, those told apart from chance."""
    table = explore_tables.drivers(found, names, output, MOST_ROWS)
    if not isinstance(table, Table):
        return None
    driver = next(item for item in found["drivers"] if item["output"] == output)
    told = [row for row in driver["indices"] if row["told_apart"]][:MOST_ROWS]
    rows = [
        {"label": explore_tables.named(found, row["path"]), "mean": row["first"], "text": percent(row["first"]),
         "low": None, "high": None, "from": row["low"], "to": row["high"]}
        for row in told
    ]  # fmt: skip
    return Drawing(
        key=f"drivers-{output}",
        title=table.caption,
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption="Dot: share of the variation that would go if this input alone were known; thick line: its 95 % "
        f"interval. {explore_tables.dummy(driver)}",
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Share of the variation", colour=GREEN, zero=True, percent=True, lines=3
        ),
        table=table,
    )


def worth(found: Found) -> Drawing | None:
    """Draw what each input and each part of the scenario is worth knowing."""
    info = found["information"]
    told = [row for row in [*info["inputs"], *info["groups"]] if row["told_apart"]]
    told = sorted({row["what"]: row for row in told}.values(), key=lambda row: -row["value"])[:MOST_ROWS]
    if not told:
        return None
    rows = [
        {"label": explore_tables.named(found, row["what"]), "mean": row["value"],
         "text": significant(row["value"]), "low": None, "high": None,
         "from": max(0.0, row["low"]), "to": row["high"]}
        for row in told
    ]  # fmt: skip
    return Drawing(
        key="worth-knowing",
        title="What to find out first",
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption="Dot: payoff gained by knowing this before choosing, luck still unknown; thick line: 95 % "
        f"interval. Knowing everything about the state would gain {significant(info['evpi']['value'])}.",
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Worth, in payoff", colour=PURPLE, zero=True, lines=3
        ),
        table=explore_tables.information(found, MOST_ROWS),
    )


def tipping(context: RunView, found: Found, tip: Found) -> Drawing | None:
    """Draw the expected payoff of each strategy along one input."""
    curve = tip["curve"]
    if not curve or tip["levels"]:
        return None
    label = found["words"].get(tip["path"], tip["path"])
    rows = [
        {"series": context.names.strategy(name), "x": x, "value": value}
        for name in found["strategies"]
        for x, value in zip(curve["x"], curve[name], strict=True)
    ]
    series = list(dict.fromkeys(row["series"] for row in rows))
    title = f"Payoff along {label}"
    columns = headings(f"#{sentence(label)}", *(f"#{name}" for name in series))
    step = max(1, (len(curve["x"]) - 1) // TABLE_ROWS)
    cells = tuple(
        (significant(x), *(number(curve[name][at]) for name in found["strategies"]))
        for at, x in list(enumerate(curve["x"]))[::step]
    )
    return Drawing(
        key=f"tip-{tip['path']}",
        title=title,
        description=f"Expected payoff of each strategy as {label} varies, everything else keeping its spread.",
        caption="Expected payoff of each strategy at each value, everything else keeping its spread.",
        chart=lambda frame: _lines(rows, series, sentence(label), frame),
        table=Table(title, columns, cells),
    )


def _lines(
    rows: Sequence[dict[str, Any]], series: Sequence[str], input_: str, frame: Frame
) -> altair.LayerChart:
    """Draw payoffs along an input, each strategy with its own colour and dash."""
    import altair as alt

    colour, dash = charts.by_series(series, frame)
    wide = "\n".join(textwrap.wrap(input_, 80 if frame.labels else 40)).split("\n")
    lines = charts.of_rows(rows).mark_line(strokeWidth=2.4).encode(
        x=alt.X("x:Q", title=wide, axis=alt.Axis(tickCount=6), scale=alt.Scale(zero=False, nice=False)),
        y=alt.Y("value:Q", title="Expected payoff", axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=False)),
        color=colour,
        strokeDash=dash,
    )  # fmt: skip
    return charts.layered(lines).properties(**charts.fit(frame, 270))
