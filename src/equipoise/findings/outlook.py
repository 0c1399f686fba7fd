"""What a scenario implies for each judgement of its outlook: chances and shares that can be seen.

The focus and every other patron follow their own `default`. Judgements given as things stand are measured in a world of
its own, in which nothing happens, with the same states and the same luck. Source: MODEL.md §5a.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.draws.values import Values, changed, draw, with_sources
from equipoise.futures.play import Batch, Plan, Pool
from equipoise.records import Record
from equipoise.scenario.altering import as_things_stand
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.outlook import AS_THINGS_STAND, Judgement, PowerJudgement
from equipoise.scenario.value_types import ORDERS
from equipoise.scenario.wording import judgement as in_words
from equipoise.world.compile import World, compile_world
from equipoise.world.parameters import parameters_from
from equipoise.world.player import Look, Player

TOLERANCE = 0.02
"""How far a chance, a share or a standing may lie from the one value that is wanted: one unit of misfit."""
TAKEOVER = ORDERS.index("takeover")


@dataclass(frozen=True)
class Implied(Record):
    """One judgement beside what the scenario implies.

    Attributes:
        at: its place in the file, `outlook.0`. says: what is judged, in words. kind, given, because: as in the file.
        wanted: low and high end, alike where one value is wanted. tolerance: one unit of misfit: half the width of
            the range, or 0.02.
        implied, se, low, high: the mean over states, its standard error and 95 % interval.
        holds: whether what is implied lies in the range, or within the tolerance of the value.
        told_apart: whether the whole interval says so too; else more futures might say otherwise.
    """

    at: str
    says: str
    kind: str
    given: str
    because: str | None
    chance: bool
    wanted: tuple[float, float]
    tolerance: float
    implied: float
    se: float | None
    low: float | None
    high: float | None
    holds: bool
    told_apart: bool


def tolerance(judged: Judgement) -> float:
    """Return one unit of misfit: half the width of a range, else 0.02."""
    return (judged.is_[1] - judged.is_[0]) / 2 if isinstance(judged.is_, tuple) else TOLERANCE


def outlook(scenario: Scenario, plan: Plan) -> tuple[Implied, ...]:
    """Return every judgement of a resolved scenario beside what the scenario implies."""
    found = measured(scenario, scenario.outlook, plan)
    return tuple(beside(scenario, k, estimate(values)) for k, values in enumerate(found))


def beside(scenario: Scenario, number: int, found: Estimate) -> Implied:
    """Return a judgement of a scenario, by its number in the outlook, beside what was found to be implied."""
    judged = scenario.outlook[number]
    assert found.mean is not None  # every state has weight
    low, high = judged.is_ if isinstance(judged.is_, tuple) else (judged.is_, judged.is_)
    slack = 0.0 if low < high else TOLERANCE
    ends = [end for end in (found.low, found.high) if end is not None] or [found.mean]
    inside = [low - slack <= x <= high + slack for x in (found.mean, *ends)]
    apart = all(inside) or max(ends) < low - slack or min(ends) > high + slack
    return Implied(
        at=f"outlook.{number}", says=in_words(Names.of(scenario), judged), kind=judged.key, given=judged.given,
        because=judged.because, chance=judged.chance, wanted=(low, high), tolerance=tolerance(judged),
        implied=found.mean, se=found.se, low=found.low, high=found.high, holds=inside[0], told_apart=apart,
    )  # fmt: skip


def powers(scenario: Scenario, week: int, plan: Plan) -> dict[str, Estimate]:
    """Return each force's mean power after so many weeks."""
    asked = [PowerJudgement(power=force, week=week, is_=0.0) for force in scenario.forces]
    found = measured(scenario, asked, plan)
    return {force: estimate(values) for force, values in zip(scenario.forces, found, strict=True)}


def measured(scenario: Scenario, judgements: Sequence[Judgement], plan: Plan) -> np.ndarray:
    """Return what each judgement is about, in each state of a plan: the mean over its futures [judgements, states].

    Args:
        scenario: resolved. judgements: any that fit it. plan: states, streams and seed.
    """
    with Gauge(scenario, judgements, plan) as gauge:
        return gauge.read()


class Gauge(AbstractContextManager["Gauge"]):
    """Reads off what judgements are about, again and again with other values of some numbers, always by the same luck.

    What is not changed is drawn once. Memory grows with the states of the plan.
    """

    def __init__(
        self, scenario: Scenario, judgements: Sequence[Judgement], plan: Plan, *, workers: int | None = None
    ) -> None:
        self.plan, self.judgements = plan, tuple(judgements)
        apart = np.array([judged.given == AS_THINGS_STAND for judged in judgements], bool)
        self._worlds = []
        for still in sorted(set(apart.tolist())):
            of = as_things_stand(scenario) if still else scenario
            there = np.flatnonzero(apart == still)
            self._worlds.append(_Watched(of, there, [judgements[k] for k in there.tolist()], plan, workers))
        self._drawn = [self._draw(*plan.batch(number)) for number in range(plan.batches)]

    def _draw(self, first: int, states: int) -> list[Values]:
        """Return the values of some states in each world; what the worlds share is drawn once."""
        drawn: list[Values] = []
        known: dict[str, Number] = {}
        for watched in self._worlds:
            numbers = watched.player.world.numbers
            fresh = {path: number for path, number in numbers.items() if known.get(path) is not number}
            values = draw(with_sources(numbers, fresh), first, states, seed=self.plan.seed)
            if drawn:
                values = drawn[0].joined(values)
            drawn.append(values)
            known = known or numbers
        return drawn

    def values(self, path: str) -> np.ndarray:
        """Return what was drawn for an uncertain number in every state of the plan [states]."""
        return np.concatenate([worlds[0][path] for worlds in self._drawn])

    def read(self, numbers: Mapping[str, Number] | None = None) -> np.ndarray:
        """Return what each judgement is about in each state [judgements, states], with some numbers in place of others.

        Args:
            numbers: by path; the others stay as drawn. A shared quantity moves what refers to it.
        """
        found = np.empty((len(self.judgements), self.plan.states))
        for number in range(self.plan.batches):
            first, states = self.plan.batch(number)
            here = slice(first, first + states)
            drawn = draw(numbers or {}, first, states, seed=self.plan.seed)
            for watched, values in zip(self._worlds, self._drawn[number], strict=True):
                found[watched.rows, here] = watched.read(self.plan, number, values, drawn)
        return found

    def __exit__(self, *_: object) -> None:
        for watched in self._worlds:
            watched.pool.__exit__()


class _Watched:
    """One world in which some judgements are read off: their rows, its player and its threads."""

    def __init__(
        self, of: Scenario, rows: np.ndarray, judgements: list[Judgement], plan: Plan, workers: int | None
    ) -> None:
        self.rows, self.judgements = rows, judgements
        looked_at = [
            str(judged.model_dump()["standing"]) for judged in judgements if judged.key == "standing"
        ]
        scored = tuple(
            dict.fromkeys([of.focus, *looked_at])
        )  # the standing of other patrons need not be played
        self.player = Player(compile_world(of, profiles=[{}]), seed=plan.seed, scored=scored)
        looks = [_LOOKS[judged.key](self.player, judged) for judged in judgements if judged.key in _LOOKS]
        self.pool = Pool(self.player, workers, looks)

    def read(self, plan: Plan, number: int, values: Values, drawn: Values) -> np.ndarray:
        """Return what the judgements are about in the states of a batch, with other values drawn for some numbers."""
        world = self.player.world
        overrides = {path: partial(_instead, value) for path, value in drawn.items() if path in world.numbers}
        given = changed(values, world.numbers, overrides) if overrides else values
        batch = self.pool.play(plan, number, parameters_from(world, given, plan.batch(number)[1]))
        seen = iter(() if batch.seen is None else batch.seen[:, 0])
        rows = [
            _of_look(judged, next(seen)) if judged.key in _LOOKS else _happened(self.player, batch, judged)
            for judged in self.judgements
        ]
        return np.array(rows, float).reshape(len(rows), batch.states, batch.chance).mean(axis=2)


def _instead(value: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    return value


def _of_look(judged: Judgement, seen: np.ndarray) -> np.ndarray:
    """Return what is judged from what was seen [futures]."""
    if judged.key != "order":
        return seen
    code = ORDERS.index(judged.model_dump()["order"])
    return seen >= code if code == TAKEOVER else seen == code


def _happened(player: Player, batch: Batch, judged: Judgement) -> np.ndarray:
    """Return whether a force has fallen, an event has happened or a deal has been struck by then [futures]."""
    given, world = judged.model_dump(), player.world
    drawn = {item.name: k for k, item in enumerate(world.drawn)}
    if given.get("happens") in drawn:
        week = batch.weeks[player.groups.of[0], drawn[given["happens"]]]
    else:
        column = f"fallen.{given['falls']}" if "falls" in given else f"event.{given['happens']}"
        week = batch.outcomes[0, player.columns[column]]
    return (week >= 0) & (week < given["within"])


def _at(world: World, *names: tuple[str, str]) -> int:
    """Return the place of some names in the axes of a quantity of the state."""
    place = 0
    for kind, name in names:
        among: tuple[str, ...] = getattr(world, kind)
        place = place * len(among) + among.index(name)
    return place


def _power(player: Player, judged: Any) -> Look:
    return Look(judged.week, player.row("power", _at(player.world, ("forces", judged.power))))


def _control(player: Player, judged: Any) -> Look:
    at = _at(player.world, ("regions", judged.in_), ("forces", judged.control))
    return Look(judged.week, player.row("control", at))


def _standing(player: Player, judged: Any) -> Look:
    at = _at(player.world, ("patrons", judged.standing), ("forces", judged.with_))
    return Look(judged.week, player.row("standing", at))


def _order(player: Player, judged: Any) -> Look:
    return Look(judged.week, player.row("order"))


_LOOKS: Mapping[str, Callable[[Player, Any], Look]] = {
    "power": _power, "control": _control, "standing": _standing, "order": _order,
}  # fmt: skip
"""Which row of the state each judgement on a week looks at; the others look at what has happened by then."""
