"""The section on talks by model: chances of a deal, where issues may land, who would have to move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.report import figures_analyses as figures
from equipoise.report.blocks import Block, Cell, Column, Heading, Paragraph, Points, Section, Table
from equipoise.report.context import Context
from equipoise.report.drawing import draw
from equipoise.report.phrases import DASH, interval, number, percent, sentence, significant
from equipoise.report.talks_tables import said

Found = Mapping[str, Any]
CLEAR = 0.9
"""From this chance of a deal on, nothing blocks it that is worth a sentence."""


def talks(context: Context) -> Section:
    """Every talk under the bargaining models that were asked."""
    found = context.analyses["talks"]
    body: list[Block] = []
    if found["talks"]:
        body.append(draw(figures.deals(context, found)))
    for name, talk in found["talks"].items():
        body += _talk(context, name, talk)
    record = next(iter(found["talks"].values()), {}).get("accuracy_note", "")
    body += [Heading("How far to trust these models"), Paragraph(record)] if record else []
    lead = (
        "The run forecasts each talk by the model the scenario names. Here the same talks are put to "
        "the others: where "
        "they agree, the forecast does not hang on the model; where they differ, it does. All "
        "chances are given that "
        "the talks take place."
    )
    return Section("analysis-talks", "The talks, by bargaining model", lead, tuple(body))


def _talk(context: Context, name: str, talk: Found) -> list[Block]:
    """The blocks of one talk; the long tables are folded."""
    own = talk["models"].get(talk["model"])
    body: list[Block] = [Heading(context.names.event(name))]
    if own is not None:
        lines = [f"A deal, by the {talk['model']} model: {said(own['deal']['mean'])}."]
        if own["blocking"] and own["deal"]["mean"] < CLEAR:
            issue = own["issues"][own["blocking"]]
            lines.append(
                f"What blocks most is {own['blocking']}: all accept it in "
                f"{percent(issue['accepted_by_all'])} of draws."
            )
        body.append(Paragraph(" ".join(lines)))
    differences = tuple(sentence(row["says"]) + "." for row in talk["disagreement"])
    if differences:
        body.append(Points(differences))
    body.append(_models(context, name, talk))
    moves = _moves(context, talk)
    return body if moves is None else [*body, moves]


def _models(context: Context, name: str, talk: Found) -> Table:
    issues = list(talk["issues"])
    columns = (
        Column("Model"), Column("Deal"),
        *(column for issue in issues for column in (Column(issue, "number"), Column("5 to 95 %", "number"))),
        Column("Error elsewhere", "number"), Column("Its record"),
    )  # fmt: skip
    rows = []
    for model, item in talk["models"].items():
        cells = []
        for issue in issues:
            landed = item["issues"][issue]
            cells += [significant(landed["mean"]), interval(landed["p5"], landed["p95"], digits=0)]
        record = item["accuracy"]
        error, verdict = (
            (DASH, DASH) if record is None else (number(record["mae"], digits=1), record["verdict"])
        )
        own = model == talk["model"]
        rows.append(
            (Cell(model, "first") if own else model, said(item["deal"]["mean"]), *cells, error, verdict)
        )
    note = (
        f"Bold: the model the scenario names. {talk['draws']} draws. Error elsewhere: mean error on "
        "decisions of the "
        "European Union, in points of 100."
    )
    return Table(f"{context.names.event(name)}: by model", columns, tuple(rows), note, folded=len(rows) > 4)


def _moves(context: Context, talk: Found) -> Table | None:
    if talk["likely_already"] or not talk["veto"] or not talk["moves"]:
        return None
    columns = (Column("Who"), Column("How"), Column("Deal then"))
    rows = []
    for move in talk["moves"]:
        if move["kind"] == "concede":
            share = percent(abs(move["share"]))
            how = f"accept outcomes farther off, by {share} of every scale"
        else:
            way = "up" if move["amount"] > 0 else "down"
            how = f"shift {way} by {significant(abs(move['amount']))} on {move['issue']}"
        rows.append((context.names.actor(move["party"]), how, said(move["deal"])))
    title = "Who would have to move for a deal likelier than not"
    note = f"By the {talk['model']} model; the least each would have to move, alone unless it says all."
    return Table(title, columns, tuple(rows), note, folded=len(rows) > 6)
