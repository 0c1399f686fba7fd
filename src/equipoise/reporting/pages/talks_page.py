"""The section on talks by model: chances of a deal, where issues may land, who would have to move."""

from __future__ import annotations

from equipoise.reporting import figures_analyses as figures
from equipoise.reporting import talks_tables as shown
from equipoise.reporting.blocks import Block, Section
from equipoise.reporting.context import Context
from equipoise.reporting.drawing import draw


def talks(context: Context) -> Section:
    """Every talk under the bargaining models that were asked."""
    found = context.analyses["talks"]
    body: list[Block] = [draw(figures.deals(context, found))] if found["talks"] else []
    for talk in found["talks"].values():
        body += shown.blocks(talk, context.names)
    body += shown.record(found["talks"])
    several = any(len(talk["models"]) > 1 for talk in found["talks"].values())
    lead = "All chances are given that the talks take place; those of the run also count that they may not."
    if several:
        lead = (
            "The run forecasts each talk by the model the scenario names. Here the same talks are put to others: "
            "where they agree, the forecast does not hang on the model; where they differ, it does. " + lead
        )
    title = "The talks, by bargaining model" if several else "The talks, if they take place"
    return Section("analysis-talks", title, lead, tuple(body))
