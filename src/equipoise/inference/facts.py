"""What was seen, as the model has it: which week, of which event, force or quantity. Source: MODEL.md §5b.

What came on a day came in the week of that day. What had not come by a day had not come in any week that was over by
the end of it: a week that is still running is not yet known. What was measured on a day is how things stood at the
start of its week.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np

from equipoise.errors import InputError
from equipoise.futures.particles import Known
from equipoise.scenario.observations import Measured, Observation
from equipoise.world.calendar import NEVER, Dates, Seen
from equipoise.world.compile import World
from equipoise.world.kernel.rows import NOT_SO, SO


class Futures(Protocol):
    """Futures on their way: `futures.particles.Particles`, where its methods are explained, or the reference's."""

    week: int
    likely: np.ndarray

    def __len__(self) -> int: ...
    @property
    def dates(self) -> Dates: ...  # noqa: D102
    def power(self, force: int) -> np.ndarray: ...  # noqa: D102
    def control(self, force: int, region: int) -> np.ndarray: ...  # noqa: D102
    def standing(self, patron: int, force: int) -> np.ndarray: ...  # noqa: D102
    def violence(self) -> np.ndarray: ...  # noqa: D102
    def fired(self, name: str) -> np.ndarray: ...  # noqa: D102
    def advance(self, week: int) -> None: ...  # noqa: D102
    def take(self, index: np.ndarray, stream: np.ndarray, copied: np.ndarray) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Fact:
    """One thing that is known, with the observations that say so.

    Attributes:
        seen: the last observation of it. week: at which all of it is known.
        drawn: its index among dated events and talks, or -1. row: its row of `Futures.likely`, or -1.
        came: whether it came, or -1 where only the run can tell, since it is open: then `drawn` counts too.
        value: from futures, the measured quantity; None for what happens in time.
    """

    seen: Observation
    week: int
    drawn: int = -1
    row: int = -1
    opened: bool = False
    came: bool = False
    value: Callable[[Futures], np.ndarray] | None = None


@dataclass
class _Found:
    facts: list[Fact] = field(default_factory=list)
    fell: dict[int, int] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)


def facts_of(world: World, observations: Sequence[Observation]) -> tuple[tuple[Fact, ...], Known]:
    """Return what was seen as facts, in the order in which they became known, and as what the model is to make come so.

    Raises:
        InputError: the way of engaging that was followed so far decides an event otherwise than was seen.
    """
    in_run = np.zeros((world.weeks, len(world.forces) + len(world.triggered)), np.int8)
    patrons = frozenset(world.patrons.index(o.subject[0]) for o in observations if o.key == "standing")
    found = _Found()
    happening = [o for o in observations if not isinstance(o, Measured)]
    for name in dict.fromkeys(o.subject[0] for o in happening):
        _happening(world, [o for o in happening if o.subject[0] == name], found, in_run)
    found.facts += [
        Fact(o, week_of(world, o.day), value=_value(world, o))
        for o in observations
        if isinstance(o, Measured)
    ]
    seen = Seen(found.fell, found.since, frozenset(found.failed))
    _refuse_decided(world, seen, in_run)
    facts = sorted(
        found.facts, key=lambda fact: (fact.week, fact.value is not None, fact.seen.key, fact.seen.subject)
    )
    return tuple(facts), Known(seen, in_run, patrons)


def week_of(world: World, day: date) -> int:
    """Return the week of the run in which a day lies."""
    return (day - world.start).days // 7


def weeks_over(world: World, day: date) -> int:
    """Return how many weeks of the run were over by the end of a day."""
    return min(((day - world.start).days + 1) // 7, world.weeks)


def _happening(world: World, observations: list[Observation], found: _Found, in_run: np.ndarray) -> None:
    """Add what was seen of one event, talk or force."""
    came = next((o for o in observations if o.key in ("happened", "deal", "no-deal", "fell")), None)
    last = came or max(observations, key=lambda o: o.day)
    (name,) = last.subject
    week = week_of(world, last.day) if came else weeks_over(world, last.day)
    known = week + 1 if came else week
    drawn = {item.name: k for k, item in enumerate(world.drawn)}
    if name in drawn:
        k = drawn[name]
        opened = k in world.open
        if came:
            found.fell[k] = week
            if came.key == "no-deal":
                found.failed.add(k)
        elif not opened:
            found.since[k] = week
        found.facts.append(Fact(last, known, drawn=k, opened=opened, came=came is not None))
        return
    row = (
        world.forces.index(name)
        if name in world.forces
        else len(world.forces) + _conditional(world).index(name)
    )
    in_run[:week, row] = NOT_SO
    if came:
        in_run[week, row] = SO
    found.facts.append(Fact(last, known, row=row, came=came is not None))


def _conditional(world: World) -> list[str]:
    return [world.occurrences[n].name for n in world.triggered]


def _value(world: World, o: Measured) -> Callable[[Futures], np.ndarray]:
    """Return what a measurement looks at in futures."""
    kind, subject = o.key, o.subject
    if kind == "power":
        force = world.forces.index(subject[0])
        return lambda futures: futures.power(force)
    if kind == "control":
        force, region = world.forces.index(subject[0]), world.regions.index(subject[1])
        return lambda futures: futures.control(force, region)
    if kind == "standing":
        patron, force = world.patrons.index(subject[0]), world.forces.index(subject[1])
        return lambda futures: futures.standing(patron, force)
    return lambda futures: futures.violence()


def _refuse_decided(world: World, seen: Seen, in_run: np.ndarray) -> None:
    """Refuse a way of engaging that decides an event otherwise than was seen.

    That it did not come on its day is no contradiction where something could have kept it from coming: its conditions,
    or what it requires or excludes.
    """
    profile = world.profiles[0]
    kept = {
        item.name for k, item in enumerate(world.drawn) if item.requires or item.unless or k in world.open
    }
    kept |= set(_conditional(world))
    decided = {
        world.drawn[k].name: (week, seen.fell.get(k), seen.since.get(k, 0))
        for k, week in profile.decided.items()
    }
    for index, week in profile.turns.items():
        row = in_run[:, len(world.forces) + index]
        so = np.flatnonzero(row == SO)
        decided[_conditional(world)[index]] = (
            week,
            int(so[0]) if len(so) else None,
            int((row == NOT_SO).sum()),
        )
    for name, (week, fell, since) in decided.items():
        if (fell is not None and fell != week) or (fell is None and week < since and name not in kept):
            when = "never" if week == NEVER else f"in week {week} of the run"
            what = "it did not come so" if fell is None else f"it was seen in week {fell}"
            followed = (
                " and ".join(f"{name} of {patron}" for patron, name in profile.strategies.items())
                or "the default"
            )
            raise InputError(
                f"{followed} has `{name}` happen {when}, but {what}: say which strategy was followed (--did)"
            )
