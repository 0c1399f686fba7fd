"""The sections that introduce: the ways of engaging in plain words, and the map of the actors."""

from __future__ import annotations

from equipoise.findings.hedges import SAID
from equipoise.reporting import figure_map
from equipoise.reporting.blocks import Paragraph, Section, Table, headings
from equipoise.reporting.drawing import draw
from equipoise.reporting.run_view import RunView
from equipoise.scenario import wording
from equipoise.scenario.number import Number
from equipoise.scenario.phrases import DASH, counted, listed, number, percent, sentence


def ways(context: RunView) -> Section | None:
    """Each strategy in plain words, with where its engagement went in the run."""
    plans = context.scenario.strategies.get(context.scenario.focus, {})
    shown = [name for name in context.ranking if name in plans]
    if not shown:
        return None
    columns = headings(
        "Strategy", "What it does", "Engagement in the run", "#Spread", "#Hedge index", "What it is"
    )
    rows = tuple(
        (
            _with_key(context, name),
            wording.strategy(context.names, plans[name]),
            _allocation(context, name),
            number(context.run.strategies[name].spread, digits=2),
            number(context.run.strategies[name].hedge_index, digits=2),
            SAID[context.run.strategies[name].kind],
        )
        for name in shown
    )
    note = (
        "Engagement in the run: mean share of the effort spent on each force; less than 100 % in all where for a "
        "time nobody was left to engage. Spread: 0 where all effort goes to one force, near 1 where it goes evenly to "
        "many. Hedge index: how far it goes to rivals, by how hostile they are; 0 where it stays in one camp. Both: "
        "over the weeks in which it engages anybody. " + _others(context)
    )
    table = Table(f"The ways of engaging tried for {context.advised}", columns, rows, note)
    lead = (
        f"Only these {counted(len(shown), 'way')} of engaging were compared. The best of them is not the "
        "best there could be: “equipoise optimise” searches further."
    )
    return Section("ways", "The ways of engaging", lead, (table,))


def _with_key(context: RunView, name: str) -> str:
    """A strategy's name with the identifier to type, where they differ."""
    shown = context.names.strategy(name)
    return shown if name in shown else f"{shown} ({name})"


def _allocation(context: RunView, name: str) -> str:
    shares = context.run.strategies[name].allocation
    order = sorted((key for key in shares if shares[key]), key=lambda key: (-shares[key], key))
    return ", ".join(f"{context.names.force(key)} {percent(shares[key])}" for key in order) or "none"


def _others(context: RunView) -> str:
    """Say what the other patrons do in the run."""
    given = context.run.with_
    fixed = [f"{context.names.patron(who)} follows {plan}" for who, plan in sorted(given.items())]
    rest = "the other outside powers engage as the scenario says, whatever is done here"
    return sentence(f"{listed(fixed)}; {rest}." if fixed else f"{rest}.")


def actors(context: RunView) -> Section:
    """The map of the actors with their signed ties."""
    scenario = context.scenario
    lead = (
        f"{sentence(counted(len(scenario.forces), 'force'))} in {counted(len(scenario.regions), 'region')}, "
        f"{counted(len(scenario.patrons), 'outside power')}, {counted(len(scenario.ties), 'signed tie')}."
    )
    others = [context.names.patron(key) for key in sorted(scenario.patrons) if key != scenario.focus]
    who = f"Advised: {context.focus}. Other outside powers: {listed(others) or 'none'}."
    return Section(
        "actors",
        "The actors and their ties",
        lead,
        (draw(figure_map.actors(context)), Paragraph(who), _control(context)),
    )


def _control(context: RunView) -> Table:
    """Control of each force in each region at the start, before it is normalised within the region."""
    scenario = context.scenario
    regions = list(scenario.regions)
    columns = headings("Force", *(f"#{context.names.region(key)}" for key in regions))
    rows = tuple(
        (
            context.names.force(key) + (", the incumbent" if scenario.forces[key].incumbent else ""),
            *(_middle_of(context, scenario.forces[key].control.get(region)) for region in regions),
        )
        for key in context.forces
    )
    note = (
        "As the scenario states it (its median, where uncertain); shares of a region are made to add up to 1."
    )
    return Table("Control at the start", columns, rows, note)


def _middle_of(context: RunView, value: Number | None) -> str:
    return DASH if value is None else number(figure_map.middle(context.scenario, value), digits=2)
