"""From a checked scenario to a world: names in fixed order and a program of small integers.

A world holds no draw. Forces, regions, patrons and events stand in code-point order of their names, so
that the order of the file changes no number. Source: MODEL.md §1-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np

from equipoise.scenario.conditions import HappenedCondition, NotHappenedCondition, StateCondition
from equipoise.scenario.model import Dated, Effect, Scenario, Strategy, Term
from equipoise.scenario.number import Number
from equipoise.scenario.places import places
from equipoise.scenario.timing import conditional, open_names
from equipoise.world.calendar import Drawn, TermDeadline, compile_deadlines, compile_drawn, window
from equipoise.world.conditions import Tests
from equipoise.world.effects import Operation, operations
from equipoise.world.policies import PolicyBuilder, PolicyRow, Profile

MAJORITY_SLACK = 1e-6
"""By how much power may miss the majority and still be one: a sum of region weights rounds, and must not decide."""


class Kind(IntEnum):
    """What fires in a week, in the order in which kinds fire."""

    DATED = 0
    DEAL = 1
    BREACH = 2
    TRIGGERED = 3


@dataclass(frozen=True)
class Occurrence:
    """Something that may fire in a week: a dated event, a deal, a breach or a conditional event.

    Attributes:
        name: event or talk; `agreement.term` for a breach.
        operations: what it does, in listed order.
        needs: forces that must be in the field for the effects to act (a deal's veto parties).
        tests: the range of the world's tests that must all hold: the conditions of a conditional event, what an open
            event waits for, what makes a breach that only the run can tell.
        every_week: whether it is due in every week (a breach whose deadline only the run can tell).
        window: first and last week in which a conditional event may fire.
        chance: path of a conditional event's chance. spread: weeks over which that chance is meant.
        odds: by index of an event or deal, the path of the factor on the odds once it has happened.
    """

    kind: Kind
    name: str
    operations: tuple[Operation, ...]
    needs: tuple[int, ...] = ()
    tests: tuple[int, int] = (0, 0)
    every_week: bool = False
    window: tuple[int, int] = (0, 0)
    chance: str = ""
    spread: int = 1
    odds: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class World:
    """A scenario as indices. Built by `compile_world`; read by parameters, reference and kernel.

    `majority` is the power from which a force has taken over: the file's, less `MAJORITY_SLACK`.
    """

    scenario: Scenario
    start: date
    weeks: int
    forces: tuple[str, ...]
    regions: tuple[str, ...]
    patrons: tuple[str, ...]
    focus: int
    incumbent: int
    majority: float
    region_weight: np.ndarray  # [regions], sums to 1
    interest: np.ndarray  # [patrons, regions], rows sum to 1
    seasons: np.ndarray  # bool [weeks, seasons], which are on, by name
    numbers: dict[str, Number]
    drawn: tuple[Drawn, ...]
    deadlines: tuple[TermDeadline, ...]
    occurrences: tuple[Occurrence, ...]
    tests: np.ndarray  # rows of `conditions.CONDITION`
    happenings: tuple[str, ...]  # events and deals whose week the run keeps, conditional ones first
    open: tuple[int, ...]  # which of `drawn` the run decides in their week
    policies: tuple[PolicyRow, ...]
    profiles: tuple[Profile, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Return every operation of every occurrence, in firing order."""
        return tuple(op for occurrence in self.occurrences for op in occurrence.operations)

    @property
    def triggered(self) -> list[int]:
        """Return which occurrences are conditional events."""
        return [n for n, occurrence in enumerate(self.occurrences) if occurrence.kind is Kind.TRIGGERED]

    @property
    def watched_patrons(self) -> tuple[str, ...]:
        """Return the patrons whose ties with each other forces look at when they look again at theirs."""
        return self.patrons if self.scenario.dynamics.realign == "patronage" else ()

    def __repr__(self) -> str:
        return (
            f"<World of {len(self.forces)} forces, {len(self.regions)} regions, {len(self.patrons)} patrons, "
            f"{len(self.occurrences)} occurrences, {len(self.profiles)} profiles, {self.weeks} weeks>"
        )


def compile_world(
    scenario: Scenario,
    *,
    profiles: list[dict[str, str]] | None = None,
    extra: dict[str, dict[str, Strategy]] | None = None,
    numbers: dict[str, Number] | None = None,
) -> World:
    """Compile a resolved scenario.

    Args:
        scenario: checked and resolved.
        profiles: strategy name by patron name, one mapping a profile; by default one profile for each
            strategy of the focus patron.
        extra: further strategies by patron and name that profiles may use (a search's candidates).
        numbers: `places` of the scenario, where they are at hand.

    Raises:
        InputError: a profile names a patron or strategy that the scenario does not have.
    """
    forces, regions, patrons = (
        tuple(sorted(names)) for names in (scenario.forces, scenario.regions, scenario.patrons)
    )
    weights = np.array([_weight(scenario, g) for g in regions])
    incumbents = [forces.index(j) for j, force in scenario.forces.items() if force.incumbent]
    drawn = compile_drawn(scenario)
    deadlines = compile_deadlines(scenario, drawn)
    tests, opened = Tests(forces, regions, patrons, conditional(scenario)), sorted(open_names(scenario))
    for name in opened:
        tests.happening(name)
    occurrences = _occurrences(scenario, deadlines, tests)
    builder = PolicyBuilder(scenario, forces, patrons, drawn, tests, extra or {})
    chosen = (
        profiles
        if profiles is not None
        else [{scenario.focus: s} for s in scenario.strategies[scenario.focus]]
    )
    own = [profile.get(scenario.focus, "") for profile in chosen]
    names = own if len(set(own)) == len(own) else [" × ".join(profile.values()) for profile in chosen]
    compiled = tuple(builder.profile(name, profile) for name, profile in zip(names, chosen, strict=True))
    return World(
        scenario=scenario,
        start=scenario.calendar.start,
        weeks=scenario.calendar.weeks,
        forces=forces,
        regions=regions,
        patrons=patrons,
        focus=patrons.index(scenario.focus),
        incumbent=incumbents[0] if incumbents else -1,
        majority=scenario.dynamics.majority - MAJORITY_SLACK,
        region_weight=weights / weights.sum(),
        interest=np.array([_interest(scenario, i, regions) for i in patrons]),
        seasons=_seasons(scenario),
        numbers=places(scenario) if numbers is None else numbers,
        drawn=drawn,
        deadlines=deadlines,
        occurrences=occurrences,
        tests=tests.table(),
        happenings=tuple(tests.happenings),
        open=tuple(n for n, item in enumerate(drawn) if item.name in opened),
        policies=tuple(builder.rows),
        profiles=compiled,
    )


def _weight(scenario: Scenario, region: str) -> float:
    weight = scenario.regions[region].weight
    return 1.0 if weight is None else weight


def _interest(scenario: Scenario, patron: str, regions: tuple[str, ...]) -> np.ndarray:
    given = scenario.patrons[patron].interest
    weights = np.ones(len(regions)) if given is None else np.array([given.get(g, 0.0) for g in regions])
    return weights / weights.sum()


def _seasons(scenario: Scenario) -> np.ndarray:
    """Return in which weeks each season is on [weeks, seasons]: those whose first day falls in it."""
    first_days = [scenario.calendar.start + timedelta(weeks=week) for week in range(scenario.calendar.weeks)]
    seasons = [season for _, season in sorted(scenario.dynamics.seasons.items())]
    on = [[season.holds(day) for season in seasons] for day in first_days]
    return np.array(on, dtype=np.bool_).reshape(len(first_days), len(seasons))


def _occurrences(
    scenario: Scenario, deadlines: tuple[TermDeadline, ...], tests: Tests
) -> tuple[Occurrence, ...]:
    """List what may fire, in the order of MODEL §2 step 1."""
    inside = conditional(scenario) | open_names(scenario)
    out = [
        Occurrence(
            Kind.DATED,
            name,
            _compiled(scenario, event.effects, f"events.{name}.effects"),
            tests=tests.of(_waits(event, inside)),
        )
        for name, event in sorted(scenario.events.items())
        if event.when is None
    ]
    out += [_deal(scenario, name, inside, tests) for name in sorted(scenario.talks)]
    terms = iter(deadlines)
    for name, agreement in sorted(scenario.agreements.items()):
        breach = _compiled(scenario, agreement.breach, f"agreements.{name}.breach")
        for n, (term, deadline) in enumerate(zip(agreement.terms, terms, strict=False)):
            broken = tests.of(_broken(agreement.signed, term, deadline, inside))
            out.append(
                Occurrence(Kind.BREACH, f"{name}.{n}", breach, tests=broken, every_week=deadline.due_inside)
            )
    return (*out, *(_conditional(scenario, name, tests) for name in sorted(conditional(scenario))))


def _compiled(scenario: Scenario, effects: tuple[Effect, ...], path: str) -> tuple[Operation, ...]:
    return tuple(op for n, effect in enumerate(effects) for op in operations(scenario, effect, f"{path}.{n}"))


def _waits(item: Dated, inside: set[str]) -> list[StateCondition]:
    """Return what an open event or talk waits for in its week."""
    required = [HappenedCondition(happened=name) for name in sorted(inside.intersection(item.requires))]
    excluded = [NotHappenedCondition(not_happened=name) for name in sorted(inside.intersection(item.unless))]
    return [*required, *excluded]


def _deal(scenario: Scenario, name: str, inside: set[str], tests: Tests) -> Occurrence:
    talk, forces = scenario.talks[name], sorted(scenario.forces)
    needs = tuple(forces.index(v) for v in sorted(talk.veto) if v in forces)
    acts = _compiled(scenario, talk.effects, f"talks.{name}.effects")
    return Occurrence(Kind.DEAL, name, acts, needs, tests.of(_waits(talk, inside)))


def _broken(signed: date | str, term: Term, deadline: TermDeadline, inside: set[str]) -> list[StateCondition]:
    """Return what makes a breach in the week of its deadline, as far as only the run can tell."""
    out: list[StateCondition] = []
    if deadline.due_inside or term.event in inside:
        out.append(NotHappenedCondition(not_happened=term.event))
    if isinstance(signed, str) and signed in inside:
        weeks = term.within if deadline.due_inside else None
        out.append(HappenedCondition(happened=signed, within=weeks, since=weeks))
    return out


def _conditional(scenario: Scenario, name: str, tests: Tests) -> Occurrence:
    event, path, weeks = scenario.events[name], f"events.{name}", scenario.calendar.weeks
    first, last = window(scenario, event)
    last = min(last, weeks - 1)
    return Occurrence(
        Kind.TRIGGERED, name, _compiled(scenario, event.effects, f"{path}.effects"), tests=tests.of(event.when or ()),
        window=(first, last), chance=f"{path}.weekly" if event.chance is None else f"{path}.chance",
        spread=1 if event.chance is None else last - first + 1,
        odds=tuple((tests.happening(a), f"{path}.odds.{a}") for a in sorted(event.odds)),
    )  # fmt: skip
