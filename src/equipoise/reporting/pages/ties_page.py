"""The section on ties: the camps that leave least in conflict, what strains them, what each hedge adds."""

from __future__ import annotations

from equipoise.reporting import balance_tables as shown
from equipoise.reporting import figure_strain
from equipoise.reporting import figures_analyses as figures
from equipoise.reporting.blocks import Block, Paragraph, Points, Section
from equipoise.reporting.context import Context
from equipoise.reporting.drawing import draw
from equipoise.reporting.phrases import count, counted, number


def ties(context: Context) -> Section:
    """The map of the ties under strain, the price of each way of engaging, camps, repairs and coalitions."""
    found, names = context.analyses["balance"], context.names
    measures = found["measures"]
    total = len(found["network"]["ties"])
    strained = len(found["frustration"]["frustrated"])
    lead = (
        f"The best two camps leave {strained or 'none'} of {counted(total, 'tie')} in conflict: a frustration of "
        f"{number(measures['frustration'], digits=2)}, a balance of "
        f"{number(measures['frustration_index'], digits=2)} where 1 is free of contradiction. Tension is a cost "
        "and an indicator, never a law: actors live with it for years."
    )
    body: list[Block] = [draw(figure_strain.ties(context, found))]
    prices = figures.hedges(context, found)
    if prices is not None:
        body.append(draw(prices))
    tables = (
        shown.repairs(found, names), shown.alignments(found, names), shown.strained(found, names),
        shown.minima(found, names), shown.coalitions(found, names), shown.events(found, names),
    )  # fmt: skip
    body += [table for table in tables if table.rows]
    if found["notes"]:
        body.append(Points(tuple(shown.note(text, names) for text in found["notes"])))
    body.append(Paragraph(_confidence(found)))
    return Section("analysis-balance", "The ties, and what a hedge does to them", lead, tuple(body))


def _confidence(found: shown.Result) -> str:
    drawn = found.get("uncertainty")
    sure = found["frustration"]["proved"]
    proved = "proved to be the least" if sure else "the best found, not proved the least"
    over = (
        f" Shares are over {count(drawn['draws'])} draws of what is uncertain."
        if drawn
        else " No tie is uncertain."
    )
    return f"The frustration is {proved}.{over} How far balance foretells what actors do is disputed."
