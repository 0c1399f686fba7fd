"""What each effect does: one entry an effect, in one table. Source: MODEL.md §3 *Effects*.

An entry says how an effect of the file becomes elementary operations, what one of them does in a lane of the kernel,
and what it does in plain NumPy. The kernel's and the reference's code are made from the table; what the file may say
of an effect, and how it is said in words, stands in `scenario/effects.py` under the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from equipoise.scenario.model import CHANNELS, Effect, Scenario
from equipoise.scenario.value_types import OTHERS
from equipoise.world.kernel.compiling import inlined
from equipoise.world.kernel.lanes import LOG_OF_ZERO, ONE, ZERO, f32, log
from equipoise.world.weights import weight_names


@dataclass(frozen=True)
class Operation:
    """One elementary operation of an effect.

    Attributes:
        kind: the effect's place in `EFFECTS`.
        path: of the number it uses, empty for none.
        a, b, c: indices, as the effect's entry says.
        span: weeks it takes or lasts.
        flag: a choice between two ways of doing it, as the effect's entry says.
    """

    path: str = ""
    a: int = 0
    b: int = 0
    c: int = 0
    span: int = 1
    flag: bool = False
    kind: int = -1


class Names(NamedTuple):
    """Sorted names, whose places are the indices of operations."""

    forces: tuple[str, ...]
    regions: tuple[str, ...]
    patrons: tuple[str, ...]
    weights: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One effect.

    Attributes:
        operations: from the names, what the file gives under the effect's key, the whole effect and the path of the
            key, its operations, in an order that does not depend on the file's.
        lane: compiled; does operation `o` (a row of `program.OPERATION`) in one lane, given the profile's state, the
            value of the operation's number, lane, week, the tables of the world (`program.WorldTables`), and the weeks
            until which backings move and pushes last.
        plain: the same on the situation of many futures: state, the futures concerned, operation, a value for each of
            them, week.
        backs: whether a, b, c are patron, force and channel of a backing; for the kernel a is the backing's number.
        lasts: whether it goes on for `span` weeks in a slot of its own, one for all regions of one force.
        turns: by parameter, which rows [a, b] of it the operation may make differ from 0.
    """

    operations: Callable[[Names, Any, Effect, str], list[Operation]]
    lane: Callable[..., None]
    plain: Callable[..., None]
    backs: bool = False
    lasts: bool = False
    turns: Callable[[Operation], Mapping[str, list[tuple[int, int]]]] = lambda op: {}


@inlined
def _clip(value, low):
    return min(max(value, low), ONE)


# standing: a patron, b force; adds


def _standings(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [
        Operation(f"{path}.{i}.{j}", names.patrons.index(i), names.forces.index(j))
        for i, adds in sorted(given.items())
        for j in sorted(adds)
    ]


@inlined
def _standing_lane(s, o, value, lane, week, world, moving, pushing):
    row = s.standing + o.a * world.sizes.forces + o.b
    s.rows[row, lane] = s.rows[s.alive + o.b, lane] * _clip(s.rows[row, lane] + value, ZERO)


def _standing(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.standing[n, op.a, op.b] = s.alive[n, op.b] * np.clip(s.standing[n, op.a, op.b] + value, 0, 1)


# backing: a patron, b force, c channel; moves to a target over `span` weeks; flag: announced
# expect: likewise; sets what is expected


def _backings(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [
        Operation(f"{path}.{i}.{j}.{channel}", names.patrons.index(i), names.forces.index(j), c,
                  effect.over or 1, bool(effect.announced))
        for i, by_force in sorted(given.items())
        for j, levels in sorted(by_force.items())
        for c, channel in enumerate(CHANNELS)
        if getattr(levels, channel) is not None
    ]  # fmt: skip


@inlined
def decide_backing(s, k, force, lane, week, target, over, announced, moving):
    """Begin to move backing `k` to a target in one lane; what is left of an earlier decision is dropped.

    `moving` [backings] keeps the week from which each backing rests in all lanes.
    """
    if s.rows[s.alive + force, lane] > ZERO:
        moving[k] = max(moving[k], week + over)
        s.rows[s.goal + k, lane] = target
        s.rows[s.step + k, lane] = (target - s.rows[s.backing + k, lane]) / f32(over)
        s.rows[s.left + k, lane] = f32(over)
        s.rows[s.follow + k, lane] = ZERO if announced else ONE
        if announced:
            s.rows[s.expected + k, lane] = target


@inlined
def _backing_lane(s, o, value, lane, week, world, moving, pushing):
    force = world.backings[o.a].force
    decide_backing(s, o.a, force, lane, week, _clip(value, ZERO), o.span, o.flag > 0, moving)


def move_backing_to(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    """Begin to move a backing to a target, in plain NumPy."""
    at = (n, op.a, op.b, op.c)
    s.goal[at], s.left[at] = value, op.span
    s.step[at] = (value - s.backing[at]) / op.span
    s.follows[at] = not op.flag
    s.expected[at] = value if op.flag else s.backing[at]


@inlined
def _expect_lane(s, o, value, lane, week, world, moving, pushing):
    alive = s.rows[s.alive + world.backings[o.a].force, lane]
    s.rows[s.expected + o.a, lane] = alive * _clip(value, ZERO)
    s.rows[s.follow + o.a, lane] = ZERO
    moving[o.a] = max(moving[o.a], 1)


def _expect(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    at = (n, op.a, op.b, op.c)
    s.expected[at], s.follows[at] = value, False


# push: a force, b region; fitness for `span` weeks


def _pushes(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    where = names.regions if effect.regions in (None, "all") else sorted(effect.regions or ())
    return [
        Operation(f"{path}.{j}", names.forces.index(j), names.regions.index(g), span=effect.weeks or 1)
        for j in sorted(given)
        for g in where
    ]


@inlined
def _push_lane(s, o, value, lane, week, world, moving, pushing):
    s.rows[s.until + o.slot, lane] = f32(week + o.span)
    pushing[o.slot] = max(pushing[o.slot], week + o.span)


def _push(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.push[n, week : week + op.span, op.b, op.a] += value[:, None]


# violence: flag: sets level and mean, else adds to the level


def _violences(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    sets = given.set is not None
    return [Operation(f"{path}.{'set' if sets else 'add'}", flag=sets)]


@inlined
def _violence_lane(s, o, value, lane, week, world, moving, pushing):
    if o.flag > 0:
        s.rows[s.violence, lane] = s.rows[s.violence_mean, lane] = max(value, ZERO)
    else:
        s.rows[s.violence, lane] = max(s.rows[s.violence, lane] + value, ZERO)


def _violence(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    if op.flag:
        s.violence[n] = s.violence_mean[n] = np.maximum(0, value)
    else:
        s.violence[n] = np.maximum(0, s.violence[n] + value)


# tie: a, b forces; flag: sets, else adds. A tie with a patron moves nothing in the weekly model and gives none.


def _ties(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    if not all(actor in names.forces for actor in given.between):
        return []
    sets = given.set is not None
    a, b = sorted(map(names.forces.index, given.between))
    return [Operation(f"{path}.{'set' if sets else 'add'}", a, b, flag=sets)]


@inlined
def _tie_lane(s, o, value, lane, week, world, moving, pushing):
    row = s.tie + o.a * world.sizes.forces + o.b
    s.rows[row, lane] = _clip((ZERO if o.flag > 0 else s.rows[row, lane]) + value, -ONE)
    s.rows[s.tie + o.b * world.sizes.forces + o.a, lane] = s.rows[row, lane]


def _tie(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    end = value if op.flag else s.tie[n, op.a, op.b] + value
    s.tie[n, op.a, op.b] = s.tie[n, op.b, op.a] = np.clip(end, -1, 1)


# hazard, receptivity: a force; budget: a patron; multiplies from then on


def _of_forces(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [Operation(f"{path}.{j}", names.forces.index(j)) for j in sorted(given)]


def _of_patrons(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [Operation(f"{path}.{i}", names.patrons.index(i)) for i in sorted(given)]


@inlined
def _hazard_lane(s, o, value, lane, week, world, moving, pushing):
    s.rows[s.log_hazard + o.a, lane] = max(s.rows[s.log_hazard + o.a, lane] + log(value), LOG_OF_ZERO)


def _hazard(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.hazard[n, op.a] *= value


@inlined
def _receptivity_lane(s, o, value, lane, week, world, moving, pushing):
    s.rows[s.receptivity + o.a, lane] *= value


def _receptivity(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.receptivity[n, op.a] *= value


@inlined
def _budget_lane(s, o, value, lane, week, world, moving, pushing):
    s.rows[s.budget + o.a, lane] *= value
    s.rows[s.stale, lane] = ONE


def _budget(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.budget[n, op.a] *= value


# values: a patron, b weight; sets


def _values(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [
        Operation(f"{path}.{i}.{weight}", names.patrons.index(i), names.weights.index(weight))
        for i, weights in sorted(given.items())
        for weight in sorted(weights)
    ]


@inlined
def _value_lane(s, o, value, lane, week, world, moving, pushing):
    scored = world.patrons[o.a].scored
    if scored >= 0:
        s.rows[s.weights + scored * world.sizes.weights + o.b, lane] = value


def _value(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.weights[n, op.a, op.b] = value


# transfer: a giver, b receiver, c region; a share of what the giver controls there goes over at once


def _transfers(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    givers = [j for j in names.forces if j != given.to] if given.from_ == OTHERS else [given.from_]
    where = names.regions if effect.regions in (None, "all") else sorted(effect.regions or ())
    to = names.forces.index(given.to)
    return [
        Operation(f"{path}.share", names.forces.index(j), to, names.regions.index(g))
        for j in givers
        for g in where
    ]


@inlined
def _transfer_lane(s, o, value, lane, week, world, moving, pushing):
    forces, held = world.sizes.forces, s.control + o.c * world.sizes.forces
    moved = s.rows[s.alive + o.b, lane] * _clip(value, ZERO) * s.rows[held + o.a, lane]
    s.rows[held + o.a, lane] -= moved
    s.rows[held + o.b, lane] += moved
    giver = receiver = ZERO
    for g in range(world.sizes.regions):
        giver += world.region_weight[g] * s.rows[s.control + g * forces + o.a, lane]
        receiver += world.region_weight[g] * s.rows[s.control + g * forces + o.b, lane]
    s.rows[s.power + o.a, lane], s.rows[s.power + o.b, lane] = giver, receiver


def _transfer(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    moved = s.alive[n, op.b] * value * s.control[n, op.c, op.a]
    s.control = s.control.copy()
    s.control[n, op.c, op.a] -= moved
    s.control[n, op.c, op.b] += moved
    s.power = s.region_weight @ s.control


# settlement: flag: begins, else ends


def _settlements(names: Names, given: Any, effect: Effect, path: str) -> list[Operation]:
    return [Operation(flag=given)]


@inlined
def _settlement_lane(s, o, value, lane, week, world, moving, pushing):
    s.rows[s.settled, lane] = ONE if o.flag > 0 else ZERO


def _settlement(s: Any, n: np.ndarray, op: Operation, value: np.ndarray, week: int) -> None:
    s.settled[n] = op.flag


EFFECTS: dict[str, Entry] = {
    "standing": Entry(_standings, _standing_lane, _standing),
    "backing": Entry(_backings, _backing_lane, move_backing_to, backs=True),
    "expect": Entry(_backings, _expect_lane, _expect, backs=True),
    "push": Entry(_pushes, _push_lane, _push, lasts=True),
    "violence": Entry(_violences, _violence_lane, _violence),
    "tie": Entry(_ties, _tie_lane, _tie, turns=lambda op: {"tie": [(op.a, op.b), (op.b, op.a)]}),
    "hazard": Entry(_of_forces, _hazard_lane, _hazard),
    "receptivity": Entry(_of_forces, _receptivity_lane, _receptivity),
    "budget": Entry(_of_patrons, _budget_lane, _budget),
    "values": Entry(_values, _value_lane, _value, turns=lambda op: {"weights": [(op.a, op.b)]}),
    "transfer": Entry(_transfers, _transfer_lane, _transfer),
    "settlement": Entry(_settlements, _settlement_lane, _settlement),
}
"""Every effect by its key in the file."""
ENTRIES = tuple(EFFECTS.values())
KINDS = {key: kind for kind, key in enumerate(EFFECTS)}


def operations(scenario: Scenario, effect: Effect, path: str) -> list[Operation]:
    """Return the operations of one effect, in an order that does not depend on the file's."""
    forces, regions, patrons = (
        tuple(sorted(n)) for n in (scenario.forces, scenario.regions, scenario.patrons)
    )
    names = Names(forces, regions, patrons, weight_names(forces, regions, patrons))
    return [
        replace(op, kind=KINDS[key])
        for key, entry in EFFECTS.items()
        if (given := getattr(effect, key)) is not None
        for op in entry.operations(names, given, effect, f"{path}.{key}")
    ]
