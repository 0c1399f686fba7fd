"""Write every default of a scenario out, so that what the engine reads is what a person can read.

A resolved scenario is itself a valid scenario, and resolving it again changes nothing. One number that
stands for several entries (`gain: 0.08`, `shield: 1`) stays one number: it is one draw. What is absent and
means something by its absence stays absent: a force without `collapse` cannot fall, a patron without
`engage` follows its starting standings. Source: MODEL.md §3 *Defaults*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from equipoise.scenario import policies
from equipoise.scenario.effects import resolved
from equipoise.scenario.model import (
    ONE,
    ZERO,
    BackingLevels,
    Collapse,
    Dated,
    Effect,
    Engagement,
    Event,
    Force,
    Patron,
    Scenario,
    Strategy,
    Talk,
    Then,
    Values,
)
from equipoise.scenario.number import Number
from equipoise.scenario.overlay import laid_over
from equipoise.scenario.ranges import written
from equipoise.scenario.success import Goal
from equipoise.scenario.value_types import POWER

T = TypeVar("T")
S = TypeVar("S", Strategy, Then)
GAIN = Number(value=0.05)


def resolve(scenario: Scenario) -> Scenario:
    """Return `scenario` with every default written out; resolving twice changes nothing."""
    forces, regions = tuple(scenario.forces), tuple(scenario.regions)
    update: dict[str, Any] = {
        "regions": _regions(scenario),
        "forces": {name: _force(force, regions) for name, force in scenario.forces.items()},
        "patrons": {name: _patron(patron, name, scenario) for name, patron in scenario.patrons.items()},
        "events": {name: _dated(event, scenario) for name, event in scenario.events.items()},
        "talks": {name: _talk(talk, scenario) for name, talk in scenario.talks.items()},
        "agreements": {
            name: _with(agreement, breach=_effects(agreement.breach))
            for name, agreement in scenario.agreements.items()
        },
        "strategies": {
            patron: {name: _strategy(strategy, forces) for name, strategy in group.items()}
            for patron, group in scenario.strategies.items()
        },
        "success": tuple(_goal(goal, scenario.calendar.weeks) for goal in scenario.success),
    }
    whole = _with(scenario, **update, set_={}, widen=None)
    return laid_over(whole, set_=scenario.set_, widen=scenario.widen, written=written(scenario))


def _goal(goal: Goal, weeks: int) -> Goal:
    return _with(goal, week=goal.week or weeks, over=(goal.over or "week") if goal.compared else None)


def _with(part: Any, **update: Any) -> Any:
    return part.model_copy(update=update)


def _filled(given: Mapping[str, T], names: Iterable[str], default: T) -> dict[str, T]:
    """Return `given` with `default` for every name it lacks, in the order of `names`."""
    return {name: given.get(name, default) for name in names}


def _each(given: Number | Mapping[str, Number], names: Iterable[str], default: Number) -> Any:
    """Return one number for all as it is, numbers by name with `default` for every name they lack."""
    return given if isinstance(given, Number) else _filled(given, names, default)


def _regions(scenario: Scenario) -> dict[str, Any]:
    weighted = any(region.weight is not None for region in scenario.regions.values())
    if weighted:
        return dict(scenario.regions)
    return {name: _with(region, weight=1.0) for name, region in scenario.regions.items()}


def _force(force: Force, regions: tuple[str, ...]) -> Force:
    return _with(
        force,
        control=_filled(force.control, regions, ZERO),
        home=_filled(force.home, regions, ZERO),
        collapse=force.collapse and _collapse(force.collapse),
    )


def _collapse(collapse: Collapse) -> Collapse:
    return _with(collapse, rate=ZERO) if collapse.rate is None and collapse.yearly is None else collapse


def _patron(patron: Patron, name: str, scenario: Scenario) -> Patron:
    forces, regions = tuple(scenario.forces), tuple(scenario.regions)
    interest = dict.fromkeys(regions, 1.0) if patron.interest is None else patron.interest
    return _with(
        patron,
        interest=_filled(interest, regions, 0.0),
        engagement=_engagement(patron.engagement, forces),
        values=_values(
            patron.values, forces, regions, [other for other in scenario.patrons if other != name]
        ),
        standing=_filled(patron.standing, forces, ZERO),
        backing=_filled(patron.backing, forces, BackingLevels()),
        resented=_each(patron.resented, forces, ONE),
    )


def _engagement(engagement: Engagement, forces: tuple[str, ...]) -> Engagement:
    update: dict[str, Any] = {"gain": _each(engagement.gain, forces, GAIN)}
    if engagement.engage is not None:
        update["engage"] = _filled(engagement.engage, forces, ZERO)
    return _with(engagement, **update)


def _values(values: Values, forces: tuple[str, ...], regions: tuple[str, ...], rivals: list[str]) -> Values:
    return _with(
        values,
        rivals=_filled(values.rivals, rivals, ZERO),
        power=_filled(values.power, forces, ZERO),
        order=_with(values.order, takeover=_filled(values.order.takeover, forces, ZERO)),
        control={force: _filled(values.control.get(force, {}), regions, ZERO) for force in forces},
    )


def _dated(dated: Dated, scenario: Scenario) -> Dated:
    update: dict[str, Any] = {"effects": _effects(dated.effects)}
    if isinstance(dated, Event) and dated.when is not None:
        if dated.chance is None:
            update["weekly"] = ONE if dated.weekly is None else dated.weekly
        return _with(dated, **update)
    update["timing"] = dated.timing or "even"
    update["probability"] = ONE if dated.probability is None else dated.probability
    if dated.on is None and dated.between is None:
        update["between"] = (scenario.calendar.start, scenario.calendar.last)
    return _with(dated, **update)


def _talk(talk: Talk, scenario: Scenario) -> Dated:
    return _dated(_with(talk, clout=clouts(talk, scenario)), scenario)


def clouts(talk: Talk, scenario: Scenario) -> dict[str, Number | str]:
    """Return what each actor can bring to bear: a number, or the word power for a force's own."""
    if not isinstance(talk.clout, str):
        return dict(talk.clout)
    wanting = {actor for issue in talk.issues.values() for actor in issue.positions}
    return {force: POWER for force in scenario.forces if force in wanting}


def _effects(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    return tuple(map(resolved, effects))


def _strategy(strategy: S, forces: tuple[str, ...]) -> S:
    """Write out a strategy or a `then`, and those it holds."""
    whole = policies.resolved(strategy, forces)
    return whole if strategy.then is None else _with(whole, then=_strategy(strategy.then, forces))
