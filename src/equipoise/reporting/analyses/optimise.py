"""Tables of the best way of engaging, from the JSON of `optimise` alone, for terminal and report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.reporting import beside_points, charts
from equipoise.reporting.blocks import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Points,
    Remark,
    Section,
    Table,
    headings,
)
from equipoise.reporting.drawing import BLUE, HALO, INK, QUIET, VERMILION, Drawing, Frame, draw
from equipoise.reporting.estimates import with_error
from equipoise.reporting.run_view import RunView
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import count, interval, listed, number, quoted

if TYPE_CHECKING:
    import altair

MOST_TRIGGERS = 6
"""Triggers listed; the JSON has all that were tried."""
SAME = 5e-4
"""Differences below this are printed as none."""
Result = Mapping[str, Any]


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return the best way of engaging, what it is worth, the named strategies, triggers and the frontier."""
    return [*answer(result), *tables(result)]


def answer(result: Result) -> list[Block]:
    """Return the answer in words, the strategy for the scenario's file, and what a reader must know."""
    found = result["found"]
    title = (
        "The best way of engaging"
        if found["named"] is None
        else f"The best way of engaging: {found['title']}"
    )
    return [
        Heading(title),
        Paragraph(found["words"]),
        Paragraph(verdict(result)),
        Paragraph(curse(result)),
        Heading("For the scenario's file"),
        *(Paragraph(line) for line in found["yaml"].rstrip().split("\n")),
        Points(tuple(result["notes"])),
    ]


def verdict(result: Result) -> str:
    """Say what the found strategy is worth and how it compares with the best named one."""
    found, gain, best = result["found"], result["gain"], result["best_named"]
    worth = f"Its {result['metric']['title']} is {with_error(found['held_out'])} on futures kept aside for judging"
    if found["named"] is not None and found["named"] == best["name"]:
        near = result["not_better"]
        if near is None:
            return f"{worth}. It is one of the scenario's own strategies, and nothing found by the search beats it."
        return (
            f"{worth}. It is one of the scenario's own strategies, and it is recommended: nothing found is worth more "
            f"beyond twice its error. The best that was found ({near['words'].rstrip('.')}) is "
            f"{with_error(near['gain']['held_out'])} ahead of it."
        )
    low, high, mean = (gain["held_out"][key] for key in ("low", "high", "mean"))
    if mean is None:
        return f"{worth}. The difference to {quoted(best['title'])} is undefined."
    side = "better" if mean >= 0 else "worse"
    spread = "" if low is None else f" (95 % interval {interval(low, high, signed=True)}; above 0 is better)"
    tail = "" if gain["told_apart"] else " The two cannot be told apart with this many futures."
    return (
        f"{worth}. That is {number(abs(mean))} {side} than the best of the scenario's own strategies, "
        f"{quoted(best['title'])}{spread}.{tail}"
    )


def curse(result: Result) -> str:
    """Say how much of the gain seen while searching was luck of the sample searched on."""
    gain = (result["not_better"] or result)["gain"]
    if gain["curse"] is None:
        return "How much of the gain was luck of the search cannot be said: it is undefined."
    seen, kept = number(gain["training"], signed=True), number(gain["held_out"]["mean"], signed=True)
    if gain["training"] <= SAME:
        return f"Gain over it while searching: {seen}; on futures kept aside: {kept}."
    if gain["curse"] > SAME:
        luck = number(gain["curse"])
        verdict = f"{luck} of it was luck of the sample that was searched on (the optimiser's curse)"
    else:
        verdict = (
            "none of it shows as luck of the sample that was searched on (no sign of the optimiser's curse)"
        )
    return f"Gain over it while searching: {seen}; on futures kept aside: {kept}. So {verdict}."


def tables(result: Result) -> list[Block]:
    """Return the tables: named strategies under the metric, triggers, the frontier."""
    out: list[Block] = [named(result)]
    if result["triggers"]:
        out.append(triggers(result))
    if result["frontier"] is not None:
        out.append(frontier(result))
        out.append(frontier_words(result))
    return out


def named(result: Result) -> Table:
    """The found strategy and the named ones under the metric, best first, on both samples."""
    higher = result["metric"]["direction"] == "higher"
    rows = list(result["named"])
    if result["found"]["named"] is None:
        rows.append({**result["found"], "title": "found by the search"})

    def place(row: Result) -> tuple[bool, float]:
        mean = row["held_out"]["mean"]
        return (mean is None, 0.0 if mean is None else -mean if higher else mean)

    cells = []
    for at, row in enumerate(sorted(rows, key=place)):
        value = with_error(row["held_out"])
        cells.append(
            (
                row["title"], Cell(value, "first") if at == 0 else value, number(row["training"]),
                with_error(row["payoff"]),
            )
        )  # fmt: skip
    columns = headings("Strategy", "#Kept aside", "#While searching", "#Mean payoff")
    note = (
        f"{result['metric']['title'].capitalize()} ({result['metric']['formula']}), ± standard error; "
        f"{result['metric']['direction']} is better. Searched on {count(result['searched_on'])} futures "
        f"({count(result['states'])} states); finalists were chosen on {count(result['chosen_on'])} others "
        f"and judged on {count(result['held_out'])} more, in blocks of {count(result['states'])} states. "
        f"{count(result['evaluations'])} candidates were tried."
    )
    return Table("Value under the metric", columns, tuple(cells), note)


def triggers(result: Result) -> Table:
    """What a switch may wait for, with the best value each reached in a first look."""
    rows = tuple((row["when"], number(row["value"])) for row in result["triggers"])
    note = (
        "Best value with a plain switch on the sample searched on, before the first two are searched in full."
    )
    columns = headings("From … on", "#Value")
    return Table("What a switch may wait for", columns, rows, note).first(MOST_TRIGGERS)


def frontier(result: Result) -> Table:
    """The strategies that no other one beats in influence, regret and cost together."""
    rows = []
    for row in result["frontier"]:
        if row["on_frontier"]:
            values = (with_error(row[key]) for key in ("influence", "regret_p90", "cost", "payoff"))
            rows.append((row["title"] if row["named"] else row["name"], *values))
    note = (
        "Influence: mean over the run. Regret: what is forgone against the best of the scenario's own "
        "strategies, exceeded in 10 % of states. Cost: of engagement and backing, in payoff. On futures kept "
        "aside, ± standard error. Nothing that was tried is at least as good in all three and better in one."
    )
    columns = headings("On the frontier", "#Influence", "#Regret", "#Cost", "#Mean payoff")
    return Table("Influence against regret and cost", columns, tuple(rows), note)


def frontier_words(result: Result) -> Table:
    """What the strategies of the frontier do."""
    rows = tuple(
        (row["title"] if row["named"] else row["name"], row["words"])
        for row in result["frontier"]
        if row["on_frontier"]
    )
    return Table("What they do", headings("On the frontier", "Way of engaging"), rows)


def off_frontier(result: Result) -> str:
    """Say which of the scenario's own strategies are beaten on all counts."""
    beaten = [
        quoted(row["title"]) for row in result["frontier"] or [] if row["named"] and not row["on_frontier"]
    ]
    return f"Beaten in influence, regret and cost by some other: {listed(beaten)}." if beaten else ""


def section(context: RunView) -> Section:
    """The best way of engaging that was found, what it is honestly worth, and the frontier."""
    result = context.analyses["optimise"]
    found = result["found"]
    title = "Found by the search" if found["named"] is None else found["title"]
    body: list[Block] = [
        Remark(title, found["words"], "answer"),
        Paragraph(verdict(result)),
        Paragraph(curse(result)),
        Points(tuple(result["notes"])),
    ]
    drawing = frontier_figure(result)
    if drawing is not None:
        body.append(draw(drawing))
        beaten = off_frontier(result)
        body += [Paragraph(beaten)] if beaten else []
        body += [frontier_words(result)]
    body += [named(result)]
    if result["triggers"]:
        body.append(triggers(result))
    body.append(_for_the_file(result))
    lead = (
        f"The search beyond the strategies that were written down, for the {result['metric']['title']} "
        f"({result['metric']['name']})."
    )
    return Section("analysis-optimise", "The best way of engaging", lead, tuple(body))


def _for_the_file(result: Result) -> Table:
    """Strategies as YAML for the scenario's file."""
    points = [row for row in result["frontier"] or [] if row["on_frontier"] and not row["named"]]
    rows = [(row["name"], row["yaml"].strip()) for row in [{**result["found"], "name": "found"}, *points]]
    cells = tuple((name, _one_line(text)) for name, text in rows)
    note = "Each can stand under `strategies` of the scenario's file; `optimise --yaml FILE` writes them."
    return Table("For the scenario's file", headings("Strategy", "As YAML"), cells, note, folded=True)


def _one_line(text: str) -> str:
    """Return the YAML of one strategy as one line: its block without the keys above it."""
    import yaml

    data = yaml.safe_load(text)["strategies"]
    ((strategies),) = data.values()
    ((name, strategy),) = strategies.items()
    return yaml.safe_dump(
        {name: strategy}, default_flow_style=True, width=10_000, allow_unicode=True
    ).strip()[1:-1]


def frontier_figure(result: Result) -> Drawing | None:
    """Expected influence against regret: the scenario's strategies, the frontier, and what was found."""
    if not result["frontier"]:
        return None
    kinds = ("found by the search", "on the frontier", "the scenario's own")
    rows = []
    for row in result["frontier"]:
        kind = kinds[0] if row["name"] == "found" else kinds[2] if row["named"] else kinds[1]
        if kind == kinds[1] and not row["on_frontier"]:
            continue
        label = row["title"] if row["named"] else row["name"].replace("frontier-", "")
        rows.append({
            "label": label, "kind": kind,
            "influence": row["influence"]["mean"], "regret": row["regret_p90"]["mean"],
            "written": label if row["on_frontier"] and kind != kinds[0] else "",
        })  # fmt: skip
    spoken = "; ".join(
        f"{r['label']}: influence {number(r['influence'])}, regret {number(r['regret'])}" for r in rows
    )
    return Drawing(
        key="frontier",
        title="Expected influence and regret of each way of engaging",
        description=f"Higher and further left is better. {spoken}.",
        caption=(
            "Up: mean influence over the run. Left: little regret: little forgone against the best of the "
            "scenario's own strategies in nine states of ten. Numbers are points of the frontier, as in the tables, "
            "where there is room for them; a point lower and further right than another is on the frontier because it "
            "costs less."
        ),
        chart=lambda frame: _scatter(rows, kinds, frame),
        table=frontier(result),
    )


def _scatter(rows: list[dict[str, Any]], kinds: tuple[str, str, str], frame: Frame) -> altair.LayerChart:
    import altair as alt

    key, fit = charts.legend(list(kinds), frame), charts.fit(frame, 360 if frame.labels else 300)
    limit = frame.width // 3
    points = [(row["regret"], row["influence"]) for row in rows]
    sides = beside_points.sides(points, [row["written"] for row in rows], frame, fit["height"], limit)
    rows = [row | {"side": side} for row, side in zip(rows, sides, strict=True)]
    base = charts.of_rows(rows).encode(
        x=alt.X(
            "regret:Q",
            title="Regret exceeded in 10 % of states",
            scale=alt.Scale(zero=True),
            axis=alt.Axis(tickCount=6),
        ),
        y=alt.Y("influence:Q", title="Mean influence", scale=alt.Scale(zero=False, padding=14)),
    )
    colours = alt.Scale(domain=list(kinds), range=[VERMILION, BLUE, QUIET])
    shapes = alt.Scale(domain=list(kinds), range=["square", "diamond", "circle"])
    marks = base.mark_point(filled=True, size=110, opacity=0.85).encode(
        color=alt.Color("kind:N", scale=colours, legend=key),
        shape=alt.Shape("kind:N", scale=shapes, legend=key),
    )
    ways: dict[str, dict[str, Any]] = {
        "right": {"align": "left", "dx": beside_points.AWAY},
        "left": {"align": "right", "dx": -beside_points.AWAY},
    }
    named = [
        base.transform_filter(f"datum.side == {side!r}")
        .mark_text(**way, dy=-beside_points.RAISED, color=INK, limit=limit)
        .encode(text=alt.Text("written:N"))
        .properties(name=f"{HALO}{side}")
        for side, way in ways.items()
    ]
    return charts.layered(marks, *named).properties(**fit)
