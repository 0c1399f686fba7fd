"""The sections that introduce: the ways of engaging in plain words, and the map of the actors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from equipoise.reporting import figure_map
from equipoise.reporting.blocks import Column, Paragraph, Section, Table
from equipoise.reporting.context import Context
from equipoise.reporting.drawing import draw
from equipoise.reporting.names import Names
from equipoise.reporting.phrases import (
    DASH,
    counted,
    day,
    listed,
    number,
    percent,
    sentence,
    significant,
    within,
)
from equipoise.scenario.effects import (
    CollapsedCondition,
    Condition,
    ControlCondition,
    PowerCondition,
    StandingCondition,
)
from equipoise.scenario.model import Policy, Strategy
from equipoise.scenario.number import Number


def ways(context: Context) -> Section | None:
    """Each strategy in plain words, with where its engagement went in the run."""
    plans = context.scenario.strategies.get(context.scenario.focus, {})
    shown = [name for name in context.ranking if name in plans]
    if not shown:
        return None
    columns = (
        Column("Strategy"),
        Column("What it does"),
        Column("Engagement in the run"),
        Column("Hedge index", "number"),
    )
    rows = tuple(
        (
            _with_key(context, name),
            described(context, plans[name]),
            _allocation(context, name),
            number(context.run.strategies[name].hedge_index, digits=2),
        )
        for name in shown
    )
    note = (
        "Engagement in the run: mean share of the effort spent on each force; less than 100 % in all where for a "
        "time nobody was left to engage. Hedge index: 0 where all effort goes to one force, near 1 where it is "
        "spread evenly over many. " + _others(context)
    )
    table = Table(f"The ways of engaging tried for {context.advised}", columns, rows, note)
    lead = (
        f"Only these {counted(len(shown), 'way')} of engaging were compared. The best of them is not the "
        "best there could be: “equipoise optimise” searches further."
    )
    return Section("ways", "The ways of engaging", lead, (table,))


def _with_key(context: Context, name: str) -> str:
    """A strategy's name with the identifier to type, where they differ."""
    shown = context.names.strategy(name)
    return shown if name in shown else f"{shown} ({name})"


def described(context: Context, plan: Strategy) -> str:
    """Say in plain words what a strategy does."""
    text = _policy(context, plan)
    for event, when in sorted(plan.decide.items()):
        decision = (
            "never lets happen"
            if when == "never"
            else f"sets for {day(when) if isinstance(when, date) else when} that"
        )
        text += f" It {decision} “{context.names.event(event)}”."
    if plan.then is not None:
        moment = plan.then.when
        when = (
            f"“{context.names.event(moment)}” happens"
            if isinstance(moment, str)
            else listed([conditioned(context.names, condition) for condition in moment])
        )
        text += f" Once {when}, it switches for good: {_lower(_policy(context, plan.then))}"
    return f"{text} Why it is tried: {plan.because.rstrip('.')}." if plan.because else text


def conditioned(names: Names, condition: Condition) -> str:
    """Say a condition on the state: `the power of the Crown is below 0.42`."""
    if isinstance(condition, CollapsedCondition):
        return f"{names.within(condition.collapsed)} has fallen"
    if isinstance(condition, PowerCondition):
        what = f"the power of {names.within(condition.power)}"
    elif isinstance(condition, ControlCondition):
        what = f"the control of {names.within(condition.control)} in {within(names.region(condition.in_))}"
    elif isinstance(condition, StandingCondition):
        what = f"the standing of {names.within(condition.standing)} with {names.within(condition.with_)}"
    else:
        what = "violence"
    ends = (("below", condition.below), ("above", condition.above))
    limits = [f"{side} {significant(level)}" for side, level in ends if level is not None]
    return f"{what} is {listed(limits)}"


def _policy(context: Context, policy: Policy) -> str:
    total = sum(policy.engage.values())
    if total <= 0:
        text = "Engages nobody"
    else:
        shares = {key: value / total for key, value in policy.engage.items() if value > 0}
        text = _engaged(context, shares)
        text += _following("power", policy.follow_power) + _following("standing", policy.follow_standing)
        if policy.floor:
            text += f"; {percent(policy.floor)} of the effort is spread evenly, whatever happens"
    backed = [
        f"{within(context.names.force(force))} with {channel} at {significant(level)}"
        for force, channels in sorted(policy.back.items())
        for channel, level in channels.items()
    ]
    if backed:
        text += f"; backs {listed(backed)}, built up over {counted(policy.back_over, 'week')}"
    return text + "."


def _engaged(context: Context, shares: Mapping[str, float]) -> str:
    names = {key: within(context.names.force(key)) for key in shares}
    if len(shares) == 1:
        return f"Engages {next(iter(names.values()))} alone"
    if max(shares.values()) - min(shares.values()) < 1e-9:
        return f"Engages {listed(list(names.values()))} alike"
    order = sorted(shares, key=lambda key: (-shares[key], key))
    return "Engages " + listed([f"{names[key]} ({percent(shares[key])})" for key in order])


def _following(what: str, exponent: float) -> str:
    if exponent == 0:
        return ""
    side = "more to those with" if exponent > 0 else "less to those with"
    return f", {side} more {what} (exponent {significant(exponent)})"


def _allocation(context: Context, name: str) -> str:
    shares = context.run.strategies[name].allocation
    order = sorted((key for key in shares if shares[key]), key=lambda key: (-shares[key], key))
    return ", ".join(f"{context.names.force(key)} {percent(shares[key])}" for key in order) or "none"


def _others(context: Context) -> str:
    """Say what the other patrons do in the run."""
    given = context.run.with_
    fixed = [f"{context.names.patron(who)} follows {plan}" for who, plan in sorted(given.items())]
    rest = "the other outside powers engage as the scenario says, whatever is done here"
    return sentence(f"{listed(fixed)}; {rest}." if fixed else f"{rest}.")


def actors(context: Context) -> Section:
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


def _control(context: Context) -> Table:
    """Control of each force in each region at the start, before it is normalised within the region."""
    scenario = context.scenario
    regions = sorted(scenario.regions)
    columns = (Column("Force"), *(Column(context.names.region(key), "number") for key in regions))
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


def _middle_of(context: Context, value: Number | None) -> str:
    return DASH if value is None else number(figure_map.middle(context.scenario, value), digits=2)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
