"""The figures that compare strategies: payoff, distance to the best, stands or falls, regret, resentment.

Each function reads what the run found and returns a `Drawing` (texts, table, chart for any frame), or None
where the run has nothing to draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from equipoise.findings.found import ResentmentScan
from equipoise.findings.hedges import SAID
from equipoise.reporting import charts, tables
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import (
    BLUE,
    GREEN,
    HALO,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    VERMILION,
    YELLOW,
    Drawing,
    Frame,
)
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import DASH, multiple, number, percent, significant

if TYPE_CHECKING:
    import altair

Measure = tuple[str, str, tables.Measure]
ORDER_FILLS = (
    (BLUE, "white"), (GREEN, "white"), (ORANGE, INK), (VERMILION, "white"), (PURPLE, INK), (SKY, INK), (YELLOW, INK),
)  # fmt: skip
CHAOS_FILL = (QUIET, "white")
"""Colours of orders, each with that of the letters on it."""


def payoffs(context: RunView) -> Drawing:
    """The ranking: mean payoff with its interval, and how far the futures spread."""
    rows = []
    for name, item in context.strategies.items():
        payoff = item.payoff
        rows.append({
            "label": context.names.strategy(name), "mean": payoff.mean, "text": number(payoff.mean),
            "low": payoff.p5, "high": payoff.p95, "from": payoff.low, "to": payoff.high,
        })  # fmt: skip
    return Drawing(
        key="payoff",
        title="Payoff of each strategy",
        description=f"One row a strategy, best first. {_spoken(rows)}",
        caption=(
            "Dot and number: mean payoff. Thick line: 95 % interval of that mean, what the size of the simulation "
            "leaves open. Thin line: from the 5th to the 95th percentile of the futures, what the world leaves open."
        ),
        chart=lambda frame: charts.interval_rows(rows, frame, title="Payoff"),
        table=tables.payoffs(context),
    )


def behind(context: RunView) -> Drawing | None:
    """How far each other strategy lies behind the best, paired by future."""
    rows = []
    for name in context.ranking[1:]:
        found = context.run.difference(context.best, name)
        rows.append({
            "label": context.names.strategy(name), "mean": found.mean, "text": number(found.mean),
            "low": None, "high": None, "from": found.low, "to": found.high,
        })  # fmt: skip
    if not rows:
        return None
    best = context.names.quoted(context.best)
    return Drawing(
        key="behind",
        title=f"How far behind {best}",
        description=f"Mean difference of payoff to {best} in the same futures. {_spoken(rows)}",
        caption=(
            f"Payoff lost against {best} in the same futures, with its 95 % interval. A bar that touches the line at "
            "zero means that the two cannot be told apart with this many futures."
        ),
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Payoff lost", colour=VERMILION, zero=True
        ),
        table=tables.differences(context),
    )


def stands_or_falls(context: RunView) -> Drawing | None:
    """Influence at the end by strategy where the government stands and where it falls."""
    if context.names.incumbent is None:
        return None
    government = context.names.government()
    measures: list[Measure] = [
        (f"if {government} falls", VERMILION, lambda item: item.influence_after_collapse),
        (f"if {government} stands", BLUE, lambda item: item.influence_if_stands),
    ]
    return _measured(
        context,
        measures,
        key="stands-falls",
        title=f"Influence at the end if {government} stands and if it falls",
        axis="Influence at the end of the run",
        caption=(
            f"Circle: mean influence at the end in the futures in which {government} fell. Diamond: in those in which "
            "it stood. The shorter the line between, the less hangs on who wins. The futures in which it falls differ "
            "between strategies where these change its chances; the table also gives the futures in which it falls "
            "under every strategy."
        ),
        more=(("if it falls under every strategy", lambda item: item.influence_after_common_collapse),),
    )


def regret(context: RunView) -> Drawing | None:
    """Mean, 90th percentile and greatest regret of each strategy."""
    measures: list[Measure] = [
        ("mean", BLUE, lambda item: item.regret.mean),
        ("90th percentile", GREEN, lambda item: item.regret.p90),
        ("greatest", VERMILION, lambda item: item.regret.max),
    ]
    return _measured(
        context,
        measures,
        key="regret",
        title="Regret of each strategy",
        axis="Regret, in payoff",
        caption=(
            "Regret: how much less a strategy pays, in one state of the world, than the strategy that pays most "
            "there. Circle: mean over states. Diamond: nine states in ten lie below. Square: the worst state."
        ),
    )


def luck_and_ignorance(context: RunView) -> Drawing | None:
    """How much of the spread of payoffs is chance and how much is what is not known."""
    measures: list[Measure] = [
        ("what is not known", PURPLE, lambda item: item.payoff.unknown),
        ("luck", BLUE, lambda item: item.payoff.luck),
    ]
    return _measured(
        context,
        measures,
        key="luck",
        title="What is not known and what is luck",
        axis="Standard deviation of payoff",
        caption=(
            "Circle: how far the mean payoff moves from state to state of the world, which finding out more could "
            "narrow. Diamond: how far payoffs spread within one state by chance alone, which no study can narrow."
        ),
    )


def orders(context: RunView) -> Drawing | None:
    """Who governs at the end, as shares of the futures, by strategy."""
    keys = tables.order_keys(*(item.orders for item in context.strategies.values()))
    if not keys:
        return None
    fills = [
        CHAOS_FILL if key == "chaos" else ORDER_FILLS[n % len(ORDER_FILLS)] for n, key in enumerate(keys)
    ]
    parts = [(context.names.order(key), *fill) for key, fill in zip(keys, fills, strict=True)]
    rows = []
    for name, item in context.strategies.items():
        start = 0.0
        for key in keys:
            share = item.orders[key]
            rows.append({
                "label": context.names.strategy(name), "part": context.names.order(key), "from": start,
                "to": start + share, "middle": start + share / 2, "text": percent(share),
            })  # fmt: skip
            start += share
    return Drawing(
        key="orders",
        title="Who governs at the end of the run",
        description="Shares of the futures in each order at the end, a bar a strategy.",
        caption=(
            "Share of the futures in each order in the last week, a bar a strategy, its parts in the order of the "
            "legend."
        ),
        chart=lambda frame: charts.stacked_rows(rows, frame, title="Share of futures", parts=parts),
        table=tables.orders(context),
    )


def resentment(context: RunView) -> Drawing | None:
    """Payoff of the best hedge and the best one-sided strategy as forces resent the focus patron's company more."""
    found = context.run.resentment
    sides = [("best hedge", found.hedges), ("best one-sided", found.one_sided)]
    rows = []
    for series, members in sides:
        for place, multiplier in enumerate(found.multipliers if members else ()):
            best = max(found.payoff[name][place] for name in members)
            rows.append({"series": series, "x": multiplier, "value": best})
    if not rows:
        return None
    threshold = found.threshold
    where = "" if threshold is None else f" The lines cross at {multiple(threshold)} times."
    return Drawing(
        key="resentment",
        title="The resentment at which the hedge stops paying",
        description=(
            f"Mean payoff of the best hedge and of the best one-sided strategy when forces resent {context.advised} "
            f"more or less than the scenario says.{where}"
        ),
        caption=(
            f"Horizontal: how strongly forces resent {context.advised} for keeping company with their rivals, as a "
            "multiple of what the scenario says (1 is the scenario). Whole line: the best of the hedges at each "
            "level; dashed: the best of the one-sided strategies."
        ),
        chart=lambda frame: _crossing(rows, threshold, frame),
        table=_resentment_table(context, found),
    )


def _crossing(rows: Sequence[dict[str, Any]], threshold: float | None, frame: Frame) -> altair.LayerChart:
    import altair as alt

    colour, dash = charts.by_series(["best hedge", "best one-sided"], frame)
    base = charts.of_rows(rows).encode(
        x=alt.X("x:Q", title="Resentment, times the scenario's", axis=alt.Axis(tickCount=6)),
        y=alt.Y("value:Q", title="Mean payoff", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
        color=colour,
    )
    layers = [
        base.mark_line(strokeWidth=2.6).encode(strokeDash=dash),
        base.mark_point(filled=True, size=40, opacity=1),
    ]
    ends = [row["x"] for row in rows]
    marks = [(1.0, "the scenario", QUIET)]
    if threshold is not None:
        marks.append((threshold, f"hedge stops paying: {multiple(threshold)}×", INK))
    for place, (at, text, ink) in enumerate(marks):
        line = charts.of_rows([{"x": at, "text": text}]).encode(x=alt.X("x:Q"))
        layers.append(line.mark_rule(color=ink, strokeDash=[3, 3]))
        right = at <= (min(ends) + max(ends)) / 2
        written = line.mark_text(
            fontSize=frame.font - 1, align="left" if right else "right", dx=5 if right else -5, color=ink
        ).encode(text=alt.Text("text:N"))
        layers.append(written.encode(y=alt.YValue(9 + 18 * place)).properties(name=f"{HALO}mark{place}"))
    return charts.layered(*layers).properties(**charts.fit(frame, 280))


def _resentment_table(context: RunView, found: ResentmentScan) -> Table:
    columns = headings("Strategy", *(f"#{significant(m)}×" for m in found.multipliers))
    rows = tuple(
        (
            f"{context.names.strategy(name)} ({SAID[context.run.strategies[name].kind]})",
            *(number(value) for value in values),
        )
        for name, values in found.payoff.items()
    )
    return Table("Mean payoff by strength of resentment", columns, rows)


def _measured(
    context: RunView,
    measures: Sequence[Measure],
    *,
    key: str,
    title: str,
    axis: str,
    caption: str,
    more: Sequence[tuple[str, tables.Measure]] = (),
) -> Drawing | None:
    rows: list[charts.Row] = [
        {"label": context.names.strategy(name), "measure": measure, "value": of(item)}
        for name, item in context.strategies.items()
        for measure, _, of in measures
    ]
    if not any(row["value"] is not None for row in rows):
        return None
    listed = [(measure, of) for measure, _, of in measures] + list(more)
    return Drawing(
        key=key,
        title=title,
        description="; ".join(
            f"{row['label']}, {row['measure']}: {number(row['value'])}"
            for row in rows
            if row["value"] is not None
        ),
        caption=caption,
        chart=lambda frame: charts.measure_rows(
            rows, frame, title=axis, measures=[(name, colour) for name, colour, _ in measures]
        ),
        table=tables.by_measure(context, title, listed),
    )


def _spoken(rows: Sequence[dict[str, Any]]) -> str:
    return "; ".join(f"{row['label']}: {row['text'] or DASH}" for row in rows) + "."
