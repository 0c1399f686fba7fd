"""A world as the kernel reads it: integer tables, and where each quantity's rows lie in a block's memory.

The kernel knows three blocks of rows of lanes: parameters `p`, the state of one profile `s`, scratch `w`.
`at[NAME]` is the first row of a quantity in its block; quantities with several axes lie row-major. Passing
few arrays, rather than one for each quantity, keeps compilation short. Nothing here depends on draws.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from equipoise.world.compile import Kind, World
from equipoise.world.effects import Act, weight_names
from equipoise.world.kernel.lanes import LANES
from equipoise.world.kernel.realignment import ACCOUNTS
from equipoise.world.kernel.rows import PARAMETER_AXES, SCRATCH_AXES, STATE_AXES, TERMS, row_index

Block = namedtuple("Block", "parameters state scratch")
"""One of each kind of row."""

Program = namedtuple(
    "Program",
    "sizes at p_at w_at region_weight interest backings ops slots happenings needs triggered watch bounds policies "
    "decisions targets profiles patrons scored engaging tracked counted",
)
"""The integers of a world:

sizes: int64 [weeks, incumbent, focus, forces, regions, weights, first rows of takeover, power, rivals, control,
    code of the account forces look again at their ties by, patrons].
at, p_at, w_at: int64, first rows of the quantities of STATE_AXES, PARAMETER_AXES, SCRATCH_AXES in order.
region_weight: float32 [regions]; interest: float32 [patrons, regions].
backings: int32 [backings, (patron, force, channel, row of its start among parameters)].
ops: int32 [operations, (act, a, b, span, announced, push slot, push row)]; act is -1 for the further regions
    of a push, which its slot covers.
slots: int32 [slots, (first operation, after the last)].
happenings: int32 [happenings, (first op, after the last, first condition, after the last)].
needs: bool [happenings, forces]. triggered: int32, happenings with conditions.
watch: int32 [conditions, (watch, a, b)]; bounds: float32 [conditions, (sign, level)].
policies: float32 [policies, (follow-power, follow-standing, floor)].
decisions: int32 [decisions, (policy, backing, weeks)], targets: float32 [decisions].
profiles: int32 [profiles, patrons, (policy, then, drawn happening, triggered, first condition, after the last)].
patrons: int32 [patrons], row among the scored or -1. scored, engaging, tracked, counted: int32 patron indices.
"""


def letters_of(world: World, scored: tuple[int, ...]) -> dict[str, int]:
    """Return how many of each there are, by axis letter."""
    return {
        "G": len(world.regions), "F": len(world.forces), "P": len(world.patrons), "C": 2, "T": len(TERMS),
        "B": len(backings_of(world)), "S": len(scored), "U": len(_slots(world)), "K": len(world.policies),
        "W": len(weight_names(world.forces, world.regions, world.patrons)), "O": len(world.operations),
        "X": sum(h.kind is Kind.TRIGGERED for h in world.happenings), "M": len(world.watched_patrons),
        "L": len(world.forces) if world.scenario.dynamics.realign is not None else 0,
    }  # fmt: skip


def backings_of(world: World) -> list[tuple[int, int, int]]:
    """List the backings (patron, force, channel) that can ever differ from 0, sorted."""
    found = {
        (i, j, c)
        for i, patron in enumerate(world.patrons)
        for j, force in enumerate(world.forces)
        for c, channel in enumerate(("troops", "money"))
        if may_be_nonzero(world, f"patrons.{patron}.backing.{force}.{channel}")
    }
    found |= {(op.a, op.b, op.c) for op in world.operations if op.act in (Act.BACKING, Act.EXPECT)}
    found |= {(row.patron, j, c) for row in world.policies for j, c, _, _ in row.decisions}
    return sorted(found)


def may_be_nonzero(world: World, path: str) -> bool:
    """Return whether the file has a number at `path` that is not the certain 0."""
    number = world.numbers.get(path)
    return number is not None and not (number.form == "value" and number.value == 0)


def program_of(world: World, scored: tuple[int, ...]) -> Program:
    """Return the integers of a world; `scored` are the patrons whose payoff is counted."""
    letters = letters_of(world, scored)
    backings = backings_of(world)
    p_at, _ = row_index(PARAMETER_AXES, letters)
    start = p_at[list(PARAMETER_AXES).index("backing")]
    counted = sorted(set(scored) | {k for i in scored for k in _rivals(world, i)})
    return Program(
        sizes=_sizes(world),
        at=row_index(STATE_AXES, letters)[0],
        p_at=p_at,
        w_at=row_index(SCRATCH_AXES, letters)[0],
        region_weight=np.ascontiguousarray(world.region_weight, dtype=np.float32),
        interest=np.ascontiguousarray(world.interest, dtype=np.float32),
        backings=_ints([(i, j, c, start + (i * letters["F"] + j) * 2 + c) for i, j, c in backings], 4),
        ops=_operations(world, backings),
        slots=_ints(_slots(world), 2),
        happenings=_happenings(world),
        needs=_needs(world),
        triggered=_ints([n for n, h in enumerate(world.happenings) if h.kind is Kind.TRIGGERED]),
        watch=np.stack([world.conditions.watch, world.conditions.first, world.conditions.second], axis=1),
        bounds=np.stack([world.conditions.sign, world.conditions.level], axis=1),
        policies=_floats([(r.follow_power, r.follow_standing, r.floor) for r in world.policies], 3),
        decisions=_ints(
            [
                (n, backings.index((row.patron, j, c)), weeks)
                for n, row in enumerate(world.policies)
                for j, c, _, weeks in row.decisions
            ],
            3,
        ),
        targets=np.array([level for r in world.policies for _, _, level, _ in r.decisions], np.float32),
        profiles=_profiles(world),
        patrons=_ints([scored.index(i) if i in scored else -1 for i in range(letters["P"])]),
        scored=_ints(scored),
        engaging=_ints([i for i in range(letters["P"]) if _engages(world, i)]),
        tracked=_ints(_tracked(world, counted)),
        counted=_ints(counted),
    )  # fmt: skip


def _ints(rows, columns: int | None = None) -> np.ndarray:
    out = np.asarray(rows, dtype=np.int32)
    return out if columns is None else out.reshape(-1, columns)


def _floats(rows, columns: int) -> np.ndarray:
    return np.asarray(rows, dtype=np.float32).reshape(-1, columns)


def _sizes(world: World) -> np.ndarray:
    names = weight_names(world.forces, world.regions, world.patrons)
    heads = ("order.takeover.", "power.", "rivals.", "control.")
    firsts = [next(n for n, name in enumerate(names) if name.startswith(head)) for head in heads]
    counts = [world.weeks, world.incumbent, world.focus, len(world.forces), len(world.regions), len(names)]
    account = ACCOUNTS[world.scenario.dynamics.realign]
    return np.array([*counts, *firsts, account, len(world.patrons)], dtype=np.int64)


def _slots(world: World) -> list[tuple[int, int]]:
    """Give the pushes of one effect on one force a slot: the range of its operations, one for each region.

    The terms of an agreement share their breach effects, not their slots: each breach pushes for itself.
    """
    out: list[tuple[int, int]] = []
    first = 0
    for happening in world.happenings:
        slot_of: dict[str, int] = {}
        for n, op in enumerate(happening.operations, first):
            if op.act is not Act.PUSH:
                continue
            if op.path in slot_of:
                out[slot_of[op.path]] = (out[slot_of[op.path]][0], n + 1)
            else:
                slot_of[op.path] = len(out)
                out.append((n, n + 1))
        first += len(happening.operations)
    return out


def _operations(world: World, backings: list[tuple[int, int, int]]) -> np.ndarray:
    slot_of = {n: k for k, (first, last) in enumerate(_slots(world)) for n in range(first, last)}
    rows = []
    for n, op in enumerate(world.operations):
        a = backings.index((op.a, op.b, op.c)) if op.act in (Act.BACKING, Act.EXPECT) else op.a
        act = -1 if n in slot_of and slot_of.get(n - 1) == slot_of[n] else op.act
        rows.append(
            (act, a, op.b, op.span, op.announced, slot_of.get(n, -1), op.b * len(world.forces) + op.a)
        )
    return _ints(rows, 7)


def _happenings(world: World) -> np.ndarray:
    ends = np.cumsum([0, *(len(h.operations) for h in world.happenings)])
    rows = [(ends[n], ends[n + 1], *h.conditions) for n, h in enumerate(world.happenings)]
    return _ints(rows, 4)


def _needs(world: World) -> np.ndarray:
    needs = np.zeros((len(world.happenings), len(world.forces)), dtype=np.bool_)
    for n, happening in enumerate(world.happenings):
        needs[n, list(happening.needs)] = True
    return needs


def _profiles(world: World) -> np.ndarray:
    named = {h.name: n for n, h in enumerate(world.happenings) if h.kind in (Kind.DATED, Kind.DEAL)}
    triggered = [n for n, h in enumerate(world.happenings) if h.kind is Kind.TRIGGERED]
    out = np.full((len(world.profiles), len(world.patrons), 6), -1, dtype=np.int32)
    for d, profile in enumerate(world.profiles):
        for i, switch in enumerate(profile.switch):
            out[d, i, 0] = profile.policy[i]
            if switch is not None:
                drawn = named[world.drawn[switch.drawn].name] if switch.drawn >= 0 else -1
                fired = triggered.index(switch.triggered) if switch.triggered >= 0 else -1
                out[d, i, 1:] = (switch.policy, drawn, fired, *switch.conditions)
    return out


def _rivals(world: World, i: int) -> set[int]:
    """Return the patrons whose influence can enter patron i's payoff."""
    prefix = f"patrons.{world.patrons[i]}.values.rivals."
    named = {k for k in world.patrons if may_be_nonzero(world, prefix + k)}
    rivals = dict(enumerate(weight_names(world.forces, world.regions, world.patrons)))
    for op in world.operations:
        if op.act is Act.VALUE and op.a == i and rivals[op.b].startswith("rivals."):
            named.add(rivals[op.b].removeprefix("rivals."))
    return {world.patrons.index(k) for k in named}


def _engages(world: World, i: int) -> bool:
    if not may_be_nonzero(world, f"patrons.{world.patrons[i]}.engagement.budget"):
        return False
    rows = {profile.policy[i] for profile in world.profiles}
    rows |= {switch.policy for profile in world.profiles if (switch := profile.switch[i]) is not None}
    return any(
        world.policies[r].floor > 0
        or any(may_be_nonzero(world, b) if isinstance(b, str) else b > 0 for b in world.policies[r].base)
        for r in rows
    )


def _tracked(world: World, counted: list[int]) -> list[int]:
    """Return the patrons whose standing anything looks at: payoffs, conditions, policies, forces, the report."""
    table = world.conditions
    watched = {int(a) for watch, a in zip(table.watch, table.first, strict=True) if watch == 2}
    if world.watched_patrons:
        return list(range(len(world.patrons)))
    following = {row.patron for row in world.policies if row.follow_standing != 0}
    return sorted({*counted, *watched, *following, world.focus})


def block_memory(world: World, scored: tuple[int, ...]) -> Block:
    """Return the memory of a block: parameters [rows, lanes], state [profiles, rows, lanes], scratch [rows, lanes]."""
    letters = letters_of(world, scored)
    p, s, w = (row_index(axes, letters)[1] for axes in (PARAMETER_AXES, STATE_AXES, SCRATCH_AXES))
    shapes = ((p, LANES), (len(world.profiles), s, LANES), (w, LANES))
    return Block(*(np.zeros(shape, np.float32) for shape in shapes))


def packed(parameters) -> np.ndarray:
    """Return parameters as float32 [rows, states], in the order of `PARAMETER_AXES`."""
    n = parameters.states
    rows = [parameters.arrays[name].reshape(n, -1).T for name in PARAMETER_AXES]
    return np.ascontiguousarray(np.concatenate(rows, axis=0), dtype=np.float32)


def touched_rows(world: World, scored: tuple[int, ...]) -> np.ndarray:
    """Return which parameter rows may move away from 0 during the run: ties and weights."""
    letters = letters_of(world, scored)
    first, rows = row_index(PARAMETER_AXES, letters)
    at = dict(zip(PARAMETER_AXES, first, strict=True))
    out = np.zeros(rows, np.bool_)
    if world.scenario.dynamics.realign is not None:
        out[at["tie"] : at["tie"] + letters["F"] ** 2] = True
    for op in world.operations:
        if op.act in (Act.TIE_ADD, Act.TIE_SET):
            out[[at["tie"] + op.a * letters["F"] + op.b, at["tie"] + op.b * letters["F"] + op.a]] = True
        if op.act is Act.VALUE:
            out[at["weights"] + op.a * letters["W"] + op.b] = True
    return out


def tie_signs(table: np.ndarray, world: World, scored: tuple[int, ...]) -> np.ndarray:
    """Return whether each tie can be negative and positive [2, forces · forces], given packed parameters."""
    letters = letters_of(world, scored)
    begin = dict(zip(PARAMETER_AXES, row_index(PARAMETER_AXES, letters)[0], strict=True))["tie"]
    rows = slice(begin, begin + letters["F"] ** 2)
    touched = touched_rows(world, scored)[rows]
    return np.stack([(table[rows] < 0).any(axis=1) | touched, (table[rows] > 0).any(axis=1) | touched])
