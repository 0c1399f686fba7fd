"""Ways of engaging, compiled: what each follows, what it decides, when it changes. Source: MODEL.md §2 (eq. 1), §3.

What a policy may follow stands in one table, `FOLLOWED`: one entry a term `P_j^τ` of equation 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.conditions import HappenedCondition
from equipoise.scenario.model import CHANNELS, Policy, Scenario, Strategy
from equipoise.world.calendar import NEVER, Drawn
from equipoise.world.conditions import Tests
from equipoise.world.kernel.compiling import inlined


@dataclass(frozen=True)
class Followed:
    """What a policy may follow: a quantity of every force, raised to an exponent in equation 1.

    Attributes:
        row: compiled; from the profile's state, the number of forces and the patron the first row of the quantity.
        plain: from parameters and situation of many futures the quantity [n, patrons or 1, forces].
        of_standing: whether it looks at standing.
    """

    row: Callable[..., int]
    plain: Callable[..., np.ndarray]
    of_standing: bool = False


@inlined
def _power_row(s, forces, i):
    return s.power


@inlined
def _standing_row(s, forces, i):
    return s.standing + i * forces


FOLLOWED: dict[str, Followed] = {
    "follow-power": Followed(_power_row, lambda p, s: s.power[:, None]),
    "follow-standing": Followed(_standing_row, lambda p, s: s.standing, of_standing=True),
}
"""By the key of its exponent in the file."""


class Decision(NamedTuple):
    """To back a force in a channel at a level, built up over some weeks."""

    force: int
    channel: int
    target: float
    weeks: int


@dataclass(frozen=True)
class PolicyRow:
    """One way of engaging (eq. 1): `base` gives each force's relative weight, a number or a path.

    `follow` gives the exponents in the order of `FOLLOWED`.
    """

    patron: int
    base: tuple[float | str, ...]
    follow: tuple[float, ...] = (0.0,) * len(FOLLOWED)
    floor: float = 0.0
    decisions: tuple[Decision, ...] = ()


class Stage(NamedTuple):
    """One way of engaging of a strategy: its policy row, and the tests that must hold to go over to it for good."""

    policy: int
    tests: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Profile:
    """One strategy for each patron that has one, compiled; what the kernel plays beside the others.

    Attributes:
        name: the focus patron's strategy; where several profiles share it, the players' joined by ` × `.
        strategies: strategy name by patron name, for those that follow one.
        stages: by patron index, its ways of engaging one after another, at least one.
        decided: week (or NEVER) by drawn index, for events that strategies decide.
        turns: likewise by index of conditional events.
    """

    name: str
    strategies: dict[str, str]
    stages: tuple[tuple[Stage, ...], ...]
    decided: dict[int, int]
    turns: dict[int, int]


class PolicyBuilder:
    """Collects policy rows while profiles are compiled; a row is shared by the profiles that use it."""

    def __init__(
        self,
        scenario: Scenario,
        forces: tuple[str, ...],
        patrons: tuple[str, ...],
        drawn: tuple[Drawn, ...],
        tests: Tests,
        extra: dict[str, dict[str, Strategy]],
    ) -> None:
        self.scenario, self.forces, self.patrons = scenario, forces, patrons
        self.drawn = {item.name: n for n, item in enumerate(drawn)}
        self.tests, self.extra = tests, extra
        self.rows: list[PolicyRow] = []
        self._index: dict[tuple, int] = {}
        self._stages: dict[tuple[str, str], tuple[Stage, ...]] = {}

    def profile(self, title: str, chosen: dict[str, str]) -> Profile:
        """Compile one strategy for each patron named; the others follow the one their `default` names, if any."""
        for patron in chosen:
            if patron not in self.patrons:
                raise InputError(
                    f"no patron is called {patron!r}; the patrons are: {', '.join(self.patrons)}"
                )
        stages: list[tuple[Stage, ...]] = []
        decided: dict[int, int] = {}
        turns: dict[int, int] = {}
        for i, patron in enumerate(self.patrons):
            name = chosen.get(patron, self.scenario.patrons[patron].default)
            if name is None:
                stages.append((Stage(self._row(("default", patron), partial(self._default, i))),))
                continue
            strategy = self._strategy(patron, name)
            if (patron, name) not in self._stages:
                self._stages[patron, name] = self._compiled(i, patron, name, strategy)
            stages.append(self._stages[patron, name])
            for event, when in strategy.decide.items():
                week = NEVER if when == "never" else (when - self.scenario.calendar.start).days // 7
                if event in self.drawn:
                    decided[self.drawn[event]] = week
                else:
                    turns[self.tests.happening(event)] = week
        return Profile(title, dict(chosen), tuple(stages), decided, turns)

    def _compiled(self, i: int, patron: str, name: str, strategy: Strategy) -> tuple[Stage, ...]:
        """Compile a strategy's way of engaging, and those it switches to."""
        out = [Stage(self._row((patron, name), partial(self._from_policy, i, strategy)))]
        for depth, then in enumerate(strategy.thens):
            row = self._row((patron, name, depth), partial(self._from_policy, i, then))
            named = isinstance(then.when, str)
            waits = (HappenedCondition(happened=then.when),) if named else then.when
            out.append(Stage(row, self.tests.of(waits)))
        return tuple(out)

    def _strategy(self, patron: str, name: str) -> Strategy:
        known = {**self.scenario.strategies.get(patron, {}), **self.extra.get(patron, {})}
        if name not in known:
            raise InputError(
                f"{patron} has no strategy called {name!r}; it has: {', '.join(known) or 'none'}"
            )
        return known[name]

    def _row(self, key: tuple, make: Callable[[], Any]) -> int:
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
            Decision(self.forces.index(j), CHANNELS.index(c), float(level), policy.back_over)
            for j, levels in sorted(policy.back.items())
            for c, level in sorted(levels.items())
        )
        base = tuple(float(policy.engage.get(j, 0.0)) for j in self.forces)
        follow = tuple(getattr(policy, key.replace("-", "_")) for key in FOLLOWED)
        return PolicyRow(i, base, follow, policy.floor, decisions)
