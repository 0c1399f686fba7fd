"""From a checked scenario to a world: names in fixed order and a program of small integers.

A world holds no draw. Forces, regions, patrons and events stand in code-point order of their names, so
that the order of the file changes no number. Source: MODEL.md §1-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np

from equipoise.scenario.model import Effect, Scenario, Strategy
from equipoise.scenario.number import Number
from equipoise.scenario.places import places
from equipoise.world.calendar import Drawn, TermDeadline, compile_deadlines, compile_drawn
from equipoise.world.conditions import compile_conditions
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
    """Something that may fire in a week: a dated event, a deal, a breach or a state-triggered event.

    Attributes:
        name: event or talk; `agreement.term` for a breach.
        operations: what it does, in listed order.
        needs: forces that must be in the field for the effects to act (a deal's veto parties).
        tests: the range of the world's tests that must all hold (state-triggered only).
        weekly: path of the weekly chance (state-triggered only).
    """

    kind: Kind
    name: str
    operations: tuple[Operation, ...]
    needs: tuple[int, ...] = ()
    tests: tuple[int, int] = (0, 0)
    weekly: str = ""


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
    policies: tuple[PolicyRow, ...]
    profiles: tuple[Profile, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Return every operation of every occurrence, in firing order."""
        return tuple(op for occurrence in self.occurrences for op in occurrence.operations)

    @property
    def triggered(self) -> list[int]:
        """Return which occurrences the state triggers."""
        return [n for n, occurrence in enumerate(self.occurrences) if occurrence.kind is Kind.TRIGGERED]

    @property
    def watched_patrons(self) -> tuple[str, ...]:
        """Return the patrons whose ties with each other forces look at when they look again at theirs."""
        return self.patrons if self.scenario.dynamics.realign == "patronage" else ()

    def week_of(self, day: date) -> int:
        """Return the week a day falls in, negative before the start."""
        return (day - self.start).days // 7

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
) -> World:
    """Compile a resolved scenario.

    Args:
        scenario: checked and resolved.
        profiles: strategy name by patron name, one mapping a profile; by default one profile for each
            strategy of the focus patron.
        extra: further strategies by patron and name that profiles may use (a search's candidates).

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
    tests, owners = compile_conditions(scenario, forces, regions, patrons, extra or {})
    occurrences = _occurrences(scenario, drawn, owners)
    triggered = {o.name: n for n, o in enumerate(occurrences) if o.kind is Kind.TRIGGERED}
    builder = PolicyBuilder(scenario, forces, patrons, drawn, triggered, owners, extra or {})
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
        numbers=places(scenario),
        drawn=drawn,
        deadlines=deadlines,
        occurrences=occurrences,
        tests=tests,
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
    scenario: Scenario, drawn: tuple[Drawn, ...], owners: dict[str, tuple[int, int]]
) -> tuple[Occurrence, ...]:
    """List what may fire, in the order of MODEL §2 step 1."""
    forces = tuple(sorted(scenario.forces))

    def compiled(effects: tuple[Effect, ...], path: str) -> tuple[Operation, ...]:
        return tuple(
            op for n, effect in enumerate(effects) for op in operations(scenario, effect, f"{path}.{n}")
        )

    out = [
        Occurrence(Kind.DATED, name, compiled(scenario.events[name].effects, f"events.{name}.effects"))
        for name in sorted(scenario.events)
        if scenario.events[name].when is None
    ]
    for name in sorted(scenario.talks):
        talk = scenario.talks[name]
        needs = tuple(forces.index(v) for v in sorted(talk.veto) if v in forces)
        out.append(Occurrence(Kind.DEAL, name, compiled(talk.effects, f"talks.{name}.effects"), needs))
    for name in sorted(scenario.agreements):
        agreement = scenario.agreements[name]
        breach = compiled(agreement.breach, f"agreements.{name}.breach")
        out += [Occurrence(Kind.BREACH, f"{name}.{n}", breach) for n in range(len(agreement.terms))]
    out += [
        Occurrence(
            Kind.TRIGGERED, name, compiled(scenario.events[name].effects, f"events.{name}.effects"),
            tests=owners[f"events.{name}"], weekly=f"events.{name}.weekly",
        )
        for name in sorted(scenario.events)
        if scenario.events[name].when is not None
    ]  # fmt: skip
    return tuple(out)
