"""The sections about deciding: the best way of engaging, the game between patrons, whose beliefs decide.

Each reads its analysis' JSON through a `Context`, as every page does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.reporting import beliefs_tables, charts, game_tables, optimise_tables
from equipoise.reporting.blocks import Block, Column, Paragraph, Points, Remark, Section, Table
from equipoise.reporting.context import Context
from equipoise.reporting.drawing import BLUE, HALO, INK, QUIET, VERMILION, Drawing, Frame, draw
from equipoise.reporting.phrases import (
    count,
    listed,
    number,
)

if TYPE_CHECKING:
    import altair

Result = Mapping[str, Any]


def optimise(context: Context) -> Section:
    """The best way of engaging that was found, what it is honestly worth, and the frontier."""
    result = context.analyses["optimise"]
    found = result["found"]
    title = "Found by the search" if found["named"] is None else found["title"]
    body: list[Block] = [
        Remark(title, found["words"], "answer"),
        Paragraph(optimise_tables.verdict(result)),
        Paragraph(optimise_tables.curse(result)),
        Points(optimise_tables.notes(result, context.names)),
    ]
    drawing = frontier_figure(result)
    if drawing is not None:
        body.append(draw(drawing))
        beaten = optimise_tables.off_frontier(result)
        body += [Paragraph(beaten)] if beaten else []
        body += [optimise_tables.frontier_words(result)]
    body += [optimise_tables.named(result)]
    if result["triggers"]:
        body.append(optimise_tables.triggers(result))
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
    return Table("For the scenario's file", (Column("Strategy"), Column("As YAML")), cells, note, folded=True)


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
            "written": label if row["on_frontier"] or kind == kinds[0] else "",
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
            "scenario's own strategies in nine states of ten. Numbers are points of the frontier, as in the tables; a "
            "point lower and further right than another is on the frontier because it costs less."
        ),
        chart=lambda frame: _scatter(rows, kinds, frame),
        table=optimise_tables.frontier(result),
    )


def _scatter(rows: list[dict[str, Any]], kinds: tuple[str, str, str], frame: Frame) -> altair.LayerChart:
    import altair as alt

    key = charts.legend(list(kinds), frame)
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
    written = base.transform_filter(f"datum.kind != {kinds[0]!r}")
    limit = frame.width // 3
    texts = written.mark_text(align="left", dx=9, dy=-3, color=INK, limit=limit)
    named = texts.encode(text=alt.Text("written:N")).properties(name=f"{HALO}names")
    return alt.layer(marks, named).properties(**charts.fit(frame, 360 if frame.labels else 300))


def game(context: Context) -> Section:
    """What the patrons would choose, given what the others choose."""
    result = context.analyses["game"]
    players = [context.names.within(player) for player in result["players"]]
    lead = (
        f"The game of {listed(players)}: each combination of their strategies was played through the same "
        f"{count(result['futures'])} futures."
    )
    made = tuple(game_tables.blocks(result, context.names))
    return Section("analysis-game", "What the rivals would do", lead, made)


def beliefs(context: Context) -> Section:
    """The best strategy under each holder's beliefs, and which belief makes the difference."""
    made = beliefs_tables.blocks(context.analyses["beliefs"], context.scenario)
    return Section(
        "analysis-beliefs", "Whose beliefs would change the choice",
        "The same strategies on the same draws, with each holder's beliefs laid over the analyst's inputs.",
        tuple(made),
    )  # fmt: skip
