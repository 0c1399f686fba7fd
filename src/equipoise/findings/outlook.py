"""What a scenario implies for each judgement of its outlook: chances and shares that can be seen.

The focus and every other patron follow their own `default`. Judgements given as things stand are measured in a world of
its own, in which nothing happens, with the same states and the same luck. Source: MODEL.md §5a.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.futures.play import Batch, Plan, batches
from equipoise.records import Record
from equipoise.scenario.as_things_stand import as_things_stand
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.outlook import AS_THINGS_STAND, Judgement, PowerJudgement
from equipoise.scenario.wording import judgement as in_words
from equipoise.world.compile import World, compile_world
from equipoise.world.conditions import ORDERS
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


def outlook(scenario: Scenario, plan: Plan, *, workers: int | None = None) -> tuple[Implied, ...]:
    """Return every judgement of a resolved scenario beside what the scenario implies."""
    names, found = Names.of(scenario), measured(scenario, scenario.outlook, plan, workers=workers)
    return tuple(
        _beside(judged, f"outlook.{k}", in_words(names, judged), estimate(values))
        for k, (judged, values) in enumerate(zip(scenario.outlook, found, strict=True))
    )


def _beside(judged: Judgement, at: str, says: str, found: Estimate) -> Implied:
    assert found.mean is not None  # every state has weight
    low, high = judged.is_ if isinstance(judged.is_, tuple) else (judged.is_, judged.is_)
    slack = 0.0 if low < high else TOLERANCE
    ends = [end for end in (found.low, found.high) if end is not None] or [found.mean]
    inside = [low - slack <= x <= high + slack for x in (found.mean, *ends)]
    apart = all(inside) or max(ends) < low - slack or min(ends) > high + slack
    return Implied(
        at=at, says=says, kind=judged.key, given=judged.given, because=judged.because, chance=judged.chance,
        wanted=(low, high), tolerance=tolerance(judged), implied=found.mean, se=found.se, low=found.low,
        high=found.high, holds=inside[0], told_apart=apart,
    )  # fmt: skip


def powers(scenario: Scenario, week: int, plan: Plan) -> dict[str, Estimate]:
    """Return each force's mean power after so many weeks."""
    asked = [PowerJudgement(power=force, week=week, is_=0.0) for force in scenario.forces]
    found = measured(scenario, asked, plan)
    return {force: estimate(values) for force, values in zip(scenario.forces, found, strict=True)}


def measured(
    scenario: Scenario, judgements: Sequence[Judgement], plan: Plan, *, workers: int | None = None
) -> np.ndarray:
    """Return what each judgement is about, in each state of a plan: the mean over its futures [judgements, states].

    Args:
        scenario: resolved. judgements: any that fit it. plan: states, streams and seed.
        workers: threads; one a processor if not given.
    """
    found = np.empty((len(judgements), plan.states))
    apart = [judged.given == AS_THINGS_STAND for judged in judgements]
    for still in sorted(set(apart)):
        there = [k for k, is_still in enumerate(apart) if is_still == still]
        of = as_things_stand(scenario) if still else scenario
        found[there] = _in_one_world(of, [judgements[k] for k in there], plan, workers)
    return found


def _in_one_world(of: Scenario, judgements: list[Judgement], plan: Plan, workers: int | None) -> np.ndarray:
    player = Player(compile_world(of, profiles=[{}]), seed=plan.seed)
    looks = [_LOOKS[judged.key](player, judged) for judged in judgements if judged.key in _LOOKS]
    parts = []
    for batch in batches(player, plan, workers=workers, looks=looks):
        seen = iter(() if batch.seen is None else batch.seen[:, 0])
        rows = [
            _of_look(judged, next(seen)) if judged.key in _LOOKS else _happened(player, batch, judged)
            for judged in judgements
        ]
        parts.append(np.array(rows, float).reshape(len(rows), batch.states, batch.chance).mean(axis=2))
    return np.concatenate(parts, axis=1)


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
