"""From a checked scenario to a world: names in fixed order and a program of small integers.

A world holds no draw. Forces, regions, patrons and events stand in code-point order of their names, so
that the order of the file changes no number. Source: MODEL.md §1-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.model import CHANNELS, Effect, Policy, Scenario, Strategy
from equipoise.scenario.number import Number
from equipoise.scenario.places import places
from equipoise.world.calendar import NEVER, Drawn, TermDeadline, compile_deadlines, compile_drawn
from equipoise.world.conditions import ConditionTable, compile_conditions
from equipoise.world.effects import Op, operations

MAJORITY_SLACK = 1e-6
"""By how much power may miss the majority and still be one: a sum of region weights rounds, and must not decide."""


class Kind(IntEnum):
    """What fires in a week, in the order in which kinds fire."""

    DATED = 0
    DEAL = 1
    BREACH = 2
    TRIGGERED = 3


@dataclass(frozen=True)
class Happening:
    """Something that may fire in a week: a dated event, a deal, a breach or a state-triggered event.

    Attributes:
        name: event or talk; `agreement.term` for a breach.
        operations: what it does, in listed order.
        needs: forces that must be in the field for the effects to act (a deal's veto parties).
        conditions: rows of the condition table that must all hold (state-triggered only).
        weekly: path of the weekly chance (state-triggered only).
    """

    kind: Kind
    name: str
    operations: tuple[Op, ...]
    needs: tuple[int, ...] = ()
    conditions: tuple[int, int] = (0, 0)
    weekly: str = ""


@dataclass(frozen=True)
class PolicyRow:
    """One way of engaging (eq. 1): `base` gives each force's relative weight, a number or a path."""

    patron: int
    base: tuple[float | str, ...]
    follow_power: float = 0.0
    follow_standing: float = 0.0
    floor: float = 0.0
    decisions: tuple[tuple[int, int, float, int], ...] = ()  # force, channel, target, weeks


@dataclass(frozen=True)
class Switch:
    """When a strategy changes its policy for good: a drawn name, a triggered event or conditions."""

    policy: int
    drawn: int = -1
    triggered: int = -1
    conditions: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Profile:
    """One strategy for each patron that has one, compiled; what the kernel plays beside the others.

    Attributes:
        name: the focus patron's strategy; where several profiles share it, the players' joined by ` × `.
        strategies: strategy name by patron name, for those that follow one.
        policy: policy row by patron index, -1 for none.
        switch: by patron index, the switch or None.
        decided: week (or NEVER) by drawn index, for events that strategies decide.
    """

    name: str
    strategies: dict[str, str]
    policy: tuple[int, ...]
    switch: tuple[Switch | None, ...]
    decided: dict[int, int]


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
    numbers: dict[str, Number]
    drawn: tuple[Drawn, ...]
    deadlines: tuple[TermDeadline, ...]
    happenings: tuple[Happening, ...]
    conditions: ConditionTable
    policies: tuple[PolicyRow, ...]
    profiles: tuple[Profile, ...]

    @property
    def operations(self) -> tuple[Op, ...]:
        """Return every operation of every happening, in firing order."""
        return tuple(op for happening in self.happenings for op in happening.operations)

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
            f"{len(self.happenings)} happenings, {len(self.profiles)} profiles, {self.weeks} weeks>"
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
    conditions, owners = compile_conditions(scenario, forces, regions, patrons, extra or {})
    happenings = _happenings(scenario, drawn, owners)
    builder = _Policies(scenario, forces, patrons, drawn, happenings, owners, extra or {})
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
        numbers=places(scenario),
        drawn=drawn,
        deadlines=deadlines,
        happenings=happenings,
        conditions=conditions,
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


def _happenings(
    scenario: Scenario, drawn: tuple[Drawn, ...], owners: dict[str, tuple[int, int]]
) -> tuple[Happening, ...]:
    """List what may fire, in the order of MODEL §2 step 1."""
    forces = tuple(sorted(scenario.forces))

    def compiled(effects: tuple[Effect, ...], path: str) -> tuple[Op, ...]:
        return tuple(
            op for n, effect in enumerate(effects) for op in operations(scenario, effect, f"{path}.{n}")
        )

    out = [
        Happening(Kind.DATED, name, compiled(scenario.events[name].effects, f"events.{name}.effects"))
        for name in sorted(scenario.events)
        if scenario.events[name].when is None
    ]
    for name in sorted(scenario.talks):
        talk = scenario.talks[name]
        needs = tuple(forces.index(v) for v in sorted(talk.veto) if v in forces)
        out.append(Happening(Kind.DEAL, name, compiled(talk.effects, f"talks.{name}.effects"), needs))
    for name in sorted(scenario.agreements):
        agreement = scenario.agreements[name]
        breach = compiled(agreement.breach, f"agreements.{name}.breach")
        out += [Happening(Kind.BREACH, f"{name}.{n}", breach) for n in range(len(agreement.terms))]
    out += [
        Happening(
            Kind.TRIGGERED, name, compiled(scenario.events[name].effects, f"events.{name}.effects"),
            conditions=owners[f"events.{name}"], weekly=f"events.{name}.weekly",
        )
        for name in sorted(scenario.events)
        if scenario.events[name].when is not None
    ]  # fmt: skip
    return tuple(out)


class _Policies:
    """Collects policy rows while profiles are compiled; a row is shared by the profiles that use it."""

    def __init__(self, scenario, forces, patrons, drawn, happenings, owners, extra) -> None:
        self.scenario, self.forces, self.patrons = scenario, forces, patrons
        self.drawn = {item.name: n for n, item in enumerate(drawn)}
        self.triggered = {h.name: n for n, h in enumerate(happenings) if h.kind is Kind.TRIGGERED}
        self.owners, self.extra = owners, extra
        self.rows: list[PolicyRow] = []
        self._index: dict[tuple, int] = {}

    def profile(self, title: str, chosen: dict[str, str]) -> Profile:
        """Compile one strategy for each patron named; the others follow their default."""
        for patron in chosen:
            if patron not in self.patrons:
                raise InputError(
                    f"no patron is called {patron!r}; the patrons are: {', '.join(self.patrons)}"
                )
        policy, switch, decided = [], [], {}
        for i, patron in enumerate(self.patrons):
            name = chosen.get(patron)
            if name is None:
                policy.append(self._row(("default", patron), lambda i=i: self._default(i)))
                switch.append(None)
                continue
            strategy = self._strategy(patron, name)
            policy.append(self._row((patron, name), lambda i=i, s=strategy: self._from_policy(i, s)))
            switch.append(self._switch(i, patron, name, strategy))
            for event, when in strategy.decide.items():
                week = NEVER if when == "never" else (when - self.scenario.calendar.start).days // 7
                decided[self.drawn[event]] = week
        return Profile(title, dict(chosen), tuple(policy), tuple(switch), decided)

    def _strategy(self, patron: str, name: str) -> Strategy:
        known = {**self.scenario.strategies.get(patron, {}), **self.extra.get(patron, {})}
        if name not in known:
            raise InputError(
                f"{patron} has no strategy called {name!r}; it has: {', '.join(known) or 'none'}"
            )
        return known[name]

    def _row(self, key: tuple, make) -> int:
        if key not in self._index:
            self._index[key] = len(self.rows)
            self.rows.append(make())
        return self._index[key]

    def _default(self, i: int) -> PolicyRow:
        patron = self.patrons[i]
        engage = self.scenario.patrons[patron].engagement.engage
        if engage is None:
            return PolicyRow(i, tuple(f"patrons.{patron}.standing.{j}" for j in self.forces))
        base = f"patrons.{patron}.engagement.engage"
        return PolicyRow(i, tuple(f"{base}.{j}" if j in engage else 0.0 for j in self.forces))

    def _from_policy(self, i: int, policy: Policy) -> PolicyRow:
        decisions = tuple(
            (self.forces.index(j), CHANNELS.index(c), float(level), policy.back_over)
            for j, levels in sorted(policy.back.items())
            for c, level in sorted(levels.items())
        )
        base = tuple(float(policy.engage.get(j, 0.0)) for j in self.forces)
        return PolicyRow(i, base, policy.follow_power, policy.follow_standing, policy.floor, decisions)

    def _switch(self, i: int, patron: str, name: str, strategy: Strategy) -> Switch | None:
        then = strategy.then
        if then is None:
            return None
        row = self._row((patron, name, "then"), lambda: self._from_policy(i, then))
        if not isinstance(then.when, str):
            return Switch(row, conditions=self.owners[f"strategies.{patron}.{name}.then"])
        if then.when in self.drawn:
            return Switch(row, drawn=self.drawn[then.when])
        return Switch(row, triggered=self.triggered[then.when])
