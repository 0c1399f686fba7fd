"""The sections about deciding: the best way of engaging, the game between patrons, whose beliefs decide.

Each reads its analysis' JSON through a `Context`, as every page does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.report import beliefs_tables, optimise_tables
from equipoise.report.blocks import Block, Cell, Column, Heading, Paragraph, Points, Remark, Section, Table
from equipoise.report.context import Context
from equipoise.report.drawing import BLUE, INK, QUIET, VERMILION, Drawing, Frame, draw
from equipoise.report.phrases import (
    DASH,
    chance,
    counted,
    interval,
    listed,
    number,
    percent,
    plus_minus,
    sentence,
)

if TYPE_CHECKING:
    import altair

Result = Mapping[str, Any]
MOST_PROFILES = 12
"""Profiles of least regret that are listed."""
MOST_CELLS = 120
"""Largest payoff matrix shown unfolded."""


def optimise(context: Context) -> Section:
    """The best way of engaging that was found, what it is honestly worth, and the frontier."""
    result = context.analyses["optimise"]
    found = result["found"]
    title = "Found by the search" if found["named"] is None else found["title"]
    body: list[Block] = [
        Remark(title, found["words"], "answer"),
        Paragraph(optimise_tables.verdict(result)),
        Paragraph(optimise_tables.curse(result)),
        Points(tuple(result["notes"])),
    ]
    drawing = frontier_figure(result)
    if drawing is not None:
        body += [Heading("Influence against regret"), draw(drawing)]
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
            "scenario's own strategies in nine states of ten. Numbers are points of the frontier in tables "
            "below; a point lower and further right than another is on the frontier because it costs less."
        ),
        chart=lambda frame: _scatter(rows, kinds, frame),
        table=optimise_tables.frontier(result),
    )


def _scatter(rows: list[dict[str, Any]], kinds: tuple[str, str, str], frame: Frame) -> altair.LayerChart:
    import altair as alt

    from equipoise.report.charts import legend

    key = legend(list(kinds), frame)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "regret:Q", title="Regret exceeded in 10 % of states", scale=alt.Scale(zero=True, padding=14)
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
    texts = written.mark_text(align="left", dx=9, dy=-3, color=INK, limit=limit).encode(text="written:N")
    return alt.layer(marks, texts).properties(
        width=frame.width, height=360 if frame.labels else 300,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )  # fmt: skip


def game(context: Context) -> Section:
    """What the patrons would choose, given what the others choose."""
    result = context.analyses["game"]
    players = result["players"]
    named = {player: context.names.patron(player) for player in players}
    body: list[Block] = [_selected(result, named), Points(tuple(result["notes"])), _equilibria(result, named)]
    if len(players) == 2:
        body.append(_matrix(result, named))
    body.append(_profiles(result, named))
    dominated = result["dominance"]["dominated"]
    if dominated:
        body.append(_dominated(result, named, dominated))
    lead = (
        f"The game of {listed([named[player] for player in players])}: each combination of their strategies "
        f"was played through the same {result['futures']:,} futures."
    )
    return Section("analysis-game", "What the rivals would do", lead, tuple(body))


def _title(result: Result, player: str, strategy: str) -> str:
    return (result.get("titles") or {}).get(player, {}).get(strategy, strategy)


def _mixture(result: Result, player: str, mixture: Mapping[str, float]) -> str:
    used = sorted(((p, s) for s, p in mixture.items() if p > 5e-4), key=lambda pair: -pair[0])
    if len(used) == 1:
        return _title(result, player, used[0][1])
    return "; ".join(f"{percent(p)} {_title(result, player, s)}" for p, s in used)


def _selected(result: Result, named: Mapping[str, str]) -> Remark:
    chosen = result["selection"]
    if chosen["mixtures"] is None:
        return Remark("No equilibrium", chosen["reason"], "answer")
    items = tuple(f"{named[p]}: {_mixture(result, p, chosen['mixtures'][p])}" for p in result["players"])
    reason = " ".join(text for text in (chosen["reason"], chosen["dissent"]) if text)
    return Remark("What nobody would leave alone", reason, "answer", items)


def _equilibria(result: Result, named: Mapping[str, str]) -> Table:
    players = result["players"]
    columns = (
        Column("Equilibrium"), *(Column(f"{named[p]} chooses") for p in players),
        *(Column(f"Payoff of {named[p]}", "number") for p in players), Column("Holds in resamples"),
        Column("Off by at most", "number"),
    )  # fmt: skip
    rows = tuple(
        (
            one["name"], *(_mixture(result, p, one["mixtures"][p]) for p in players),
            *(plus_minus(one["payoffs"][p]["mean"], one["payoffs"][p]["se"]) for p in players),
            chance(one["probability"]), number(one["bound"]),
        )
        for one in result["equilibria"]
    )  # fmt: skip
    note = (
        "Holds: chance, by resampling the futures, that nobody gains more than a hundredth of their payoff "
        "range by changing alone. " + result["error"]["statement"]
    )
    return Table("Equilibria", columns, rows, note)


def _matrix(result: Result, named: Mapping[str, str]) -> Table:
    """Payoffs of two players: a row a strategy of the first, a column a strategy of the second."""
    first, second = result["players"]
    cells = {(row["profile"][first], row["profile"][second]): row for row in result["profiles"]}
    stable = {tuple(max(one["mixtures"][p], key=one["mixtures"][p].get) for p in (first, second))
              for one in result["equilibria"] if one["kind"] == "pure"}  # fmt: skip
    rows = []
    for own in result["strategies"][first]:
        row: list[str | Cell] = [_title(result, first, own)]
        for other in result["strategies"][second]:
            payoffs = cells[own, other]["payoffs"]
            text = f"{number(payoffs[first]['mean'])} / {number(payoffs[second]['mean'])}"
            row.append(Cell(text, "first") if (own, other) in stable else text)
        rows.append(tuple(row))
    columns = (
        Column(f"{named[first]} ↓ {named[second]} →"),
        *(Column(_title(result, second, other), "number") for other in result["strategies"][second]),
    )
    errors = [row["payoffs"][p]["se"] for row in result["profiles"] for p in (first, second)]
    worst = max((error for error in errors if error is not None), default=None)
    note = f"Payoff of {named[first]} / payoff of {named[second]}; an equilibrium is set off."
    note += "" if worst is None else f" No standard error is above {number(worst, digits=4)}."
    return Table("Payoffs", columns, tuple(rows), note, folded=len(cells) > MOST_CELLS)


def _profiles(result: Result, named: Mapping[str, str]) -> Table:
    players = result["players"]
    ordered = sorted(result["profiles"], key=lambda row: row["regret"]["value"])[:MOST_PROFILES]
    columns = (
        *(Column(named[p]) for p in players), *(Column(f"Regret of {named[p]}", "number") for p in players),
        Column("Largest, 95 % interval", "number"), Column("An equilibrium?"),
    )  # fmt: skip
    rows = tuple(
        (
            *(_title(result, p, row["profile"][p]) for p in players),
            *(number(row["regret"]["by_player"][p]) for p in players),
            interval(row["regret"]["low"], row["regret"]["high"]), chance(row["equilibrium_probability"]),
        )
        for row in ordered
    )  # fmt: skip
    left = len(result["profiles"]) - len(rows)
    note = "What each could gain by changing alone, to another of the strategies that were played."
    note += f" {sentence(counted(left, 'combination'))} of larger regret left out." if left else ""
    return Table("Combinations by regret, the most stable first", columns, rows, note)


def _dominated(result: Result, named: Mapping[str, str], dominated: list[Result]) -> Table:
    columns = (
        Column("Patron"),
        Column("Strategy"),
        Column("Dominated"),
        Column("by"),
        Column("Holds in resamples"),
    )
    rows = tuple(
        (
            named[one["player"]], _title(result, one["player"], one["strategy"]),
            "strictly" if one["kind"] == "strict" else "weakly", _mixture(result, one["player"], one["by"]),
            chance(one["probability"]) if one.get("probability") is not None else DASH,
        )
        for one in dominated
    )  # fmt: skip
    note = (
        "Dominated: whatever the others do, what stands in the fourth column pays more, or at least as much."
    )
    return Table("Strategies that are never better", columns, rows, note)


def beliefs(context: Context) -> Section:
    """The best strategy under each holder's beliefs, and which belief makes the difference."""
    made = beliefs_tables.blocks(context.analyses["beliefs"])
    return Section(
        "analysis-beliefs", "Under whose beliefs",
        "The same strategies on the same draws, with each holder's beliefs laid over the analyst's inputs.",
        tuple(made),
    )  # fmt: skip
