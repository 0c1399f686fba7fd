"""What an exploration shows, on the terminal and in the report: drivers, tipping points, failures, what to watch."""

from __future__ import annotations

from dataclasses import replace

from equipoise.reporting.analyses import difference
from equipoise.reporting.analyses import explore_figures as figures
from equipoise.reporting.analyses import explore_tables as shown
from equipoise.reporting.analyses.explore_map import adaptation
from equipoise.reporting.blocks import Block, Heading, Paragraph, Section, Table, present
from equipoise.reporting.drawing import drawn
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import count

Found = shown.Found
CURVES = 2
"""Inputs along which the payoff of every strategy is drawn."""


def blocks(found: Found, scenario: Scenario | None = None, *, top: int = shown.TOP) -> list[Block]:
    """Return what the terminal shows of an exploration, the main findings first."""
    names = Names.of(scenario)
    return present(
        Heading(f"What the exploration of {count(found['states'])} states says"),
        shown.headlines(found),
        *(shown.drivers(found, names, output, top) for output in shown.outputs(found)),
        shown.tips(found, names, top),
        shown.pairs(found, names, top),
        *(shown.failures(found, names, over) for over in shown.KINDS),
        shown.information(found, top),
        *shown.dated(found),
        shown.watch(found, names),
        shown.watching(found, names, top),
        shown.assumptions(found, top),
        shown.flips(found, names),
        difference.table(found["difference"], names, top),
        Paragraph(shown.explored(found, names)) if found.get("explored") else None,
    )


def section(context: RunView) -> Section:
    """Everything an exploration says, the sentences first."""
    found, names = context.analyses["explore"], context.names
    body: list[Block | None] = [shown.headlines(found)]
    for output in shown.outputs(found):
        told = shown.drivers(found, names, output)
        body += drawn(figures.drivers(found, names, output)) if output in shown.OUTPUTS else []
        body.append(told if not isinstance(told, Table) else None)
        if isinstance(told, Table) and output not in shown.OUTPUTS:
            body.append(replace(told, folded=True))
    body += [shown.tips(found, names), *_curves(context, found), shown.pairs(found, names)]
    body += [shown.failures(found, names, over) for over in shown.KINDS]
    body += drawn(figures.worth(found)) or [shown.information(found)]
    body += shown.dated(found)
    body += [shown.flips(found, names), shown.assumptions(found), shown.watch(found, names)]
    body += drawn(adaptation(context, found)) or [shown.watching(found, names)]
    body.append(difference.table(found["difference"], names))
    body.append(Paragraph(shown.explored(found, names)))
    lead = (
        "What drives the result, where another strategy becomes the best, in which states the recommended one "
        "fails, what to find out first and what to watch."
    )
    return Section("analysis-explore", "What the answer hangs on", lead, tuple(present(*body)))


def _curves(context: RunView, found: Found) -> list[Block]:
    """Payoff of every strategy along the first inputs that tip the choice."""
    tipping = [
        tip
        for tip in found["tips"]
        if tip["curve"] and not tip["levels"] and any(c["established"] for c in tip["crossings"])
    ]
    return drawn(*(figures.tipping(context, found, tip) for tip in tipping[:CURVES]))
