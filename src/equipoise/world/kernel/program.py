"""A world as the kernel reads it: tables with named columns, and where each quantity's rows lie in memory.

Nothing here depends on draws.
"""

from __future__ import annotations

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from equipoise.world.compile import World
from equipoise.world.conditions import ENTRIES as CONDITIONS
from equipoise.world.conditions import KINDS as CONDITION_KINDS
from equipoise.world.effects import ENTRIES as EFFECTS
from equipoise.world.effects import KINDS, Operation
from equipoise.world.kernel.realignment import ACCOUNTS
from equipoise.world.kernel.rows import NEUTRAL, PARAMETER_AXES, SCRATCH_AXES, STATE_AXES, TERMS, first_rows
from equipoise.world.policies import FOLLOWED
from equipoise.world.weights import weight_names

BACKING = np.dtype([("patron", "i4"), ("force", "i4"), ("channel", "i4"), ("start", "i4")])
"""`start`: the row of its start among parameters."""
OPERATION = np.dtype(
    [("kind", "i4"), ("a", "i4"), ("b", "i4"), ("c", "i4"), ("span", "i4"), ("flag", "i4"), ("slot", "i4")]
)
"""`effects.Operation`, a backing by its number; `kind` is -1 for the further regions of what its slot covers."""
PATRON = np.dtype([("scored", "i4"), ("engages", "?"), ("tracked", "?"), ("counted", "?")], align=True)
"""`scored`: its place among the scored patrons, or -1; whether it ever engages, something looks at its standing, some
payoff counts its influence."""
SLOT = np.dtype([("first", "i4"), ("end", "i4")])
"""Of what lasts: its operations, one a region."""
OCCURRENCE = np.dtype(
    [
        ("first", "i4"),
        ("end", "i4"),
        ("first_test", "i4"),
        ("end_test", "i4"),
        ("kept", "i4"),
        ("every_week", "?"),
    ],
    align=True,
)
"""Its operations and tests; where its week is kept among happenings, -1 for nowhere; whether it is due every week."""
TRIGGER = np.dtype(
    [("occurrence", "i4"), ("first", "i4"), ("last", "i4"), ("first_odds", "i4"), ("end_odds", "i4")]
)
"""A conditional event: its window, and its factors on the odds."""
DECISION = np.dtype([("policy", "i4"), ("backing", "i4"), ("weeks", "i4"), ("target", "f4")])
STAGE = np.dtype([("policy", "i4"), ("first_test", "i4"), ("end_test", "i4"), ("follows", "i4")])
"""A way of engaging, -1 for none any more, the tests that must hold to go over to it, and whether this or another way
of the same strategy follows anything, so that effort moves every week."""


class Sizes(NamedTuple):
    """How many there are, and which is which: `incumbent` and `focus` are indices (-1: no incumbent), `account` says
    what forces look again at their ties by (`realignment.ACCOUNTS`), `orders` whether a condition looks at the
    order, `seen` whether something is known of what the run decides."""

    weeks: int
    forces: int
    regions: int
    patrons: int
    weights: int
    incumbent: int
    focus: int
    account: int
    orders: bool
    seen: bool


WeightRows = namedtuple(
    "WeightRows",
    "influence violence exposure cost backing_cost holds settlement chaos takeover power rivals control",
)
"""The first of each kind among a patron's weights."""
_FIRST_WEIGHTS = ("influence", "violence", "exposure", "cost", "backing-cost.", "order.holds", "order.settlement",
                  "order.chaos", "order.takeover.", "power.", "rivals.", "control.")  # fmt: skip


class WorldTables(NamedTuple):
    """What all stages of a week read.

    Attributes:
        majority: float32. weight_rows: first rows among a patron's weights.
        region_weight: float32 [regions]. interest: float32 [patrons, regions].
        seasons: bool [weeks, seasons], which are on.
        backings, patrons: tables. scored: int32, indices of the patrons whose payoff is wanted.
        seen: int8 [weeks, forces and then conditional events], what is known of a fall, of an event's firing, in a
            week: UNSEEN, NOT_SO or SO (`rows.py`).
    """

    sizes: Sizes
    majority: np.float32
    weight_rows: WeightRows
    region_weight: np.ndarray
    interest: np.ndarray
    seasons: np.ndarray
    backings: np.ndarray
    patrons: np.ndarray
    scored: np.ndarray
    seen: np.ndarray


class EventTables(NamedTuple):
    """What may fire and what it does: tables (tests are `conditions.CONDITION`); needs: bool [occurrences, forces], who
    must be in the field; triggered: a table; odds: int32, the happening of each factor."""

    operations: np.ndarray
    slots: np.ndarray
    occurrences: np.ndarray
    needs: np.ndarray
    triggered: np.ndarray
    odds: np.ndarray
    tests: np.ndarray


class StrategyTables(NamedTuple):
    """How patrons engage: exponents float32 [policies, what may be followed], floors float32 [policies], decisions (a
    table), plans: stages [profiles, patrons, stages], turns: int32 [profiles, conditional events], the week a strategy
    sets, -1 where none does."""

    exponents: np.ndarray
    floors: np.ndarray
    decisions: np.ndarray
    plans: np.ndarray
    turns: np.ndarray


class Program(NamedTuple):
    """A world as the kernel reads it. Stages are handed the part they need: handing over much takes long to compile.

    `keys`: uint32 [noise rows, 2], of Philox.
    """

    world: WorldTables
    events: EventTables
    strategies: StrategyTables
    keys: np.ndarray


class Layout(NamedTuple):
    """First rows of the quantities in each kind of memory, in the order of `rows.py`."""

    parameters: tuple[int, ...]
    state: tuple[int, ...]
    scratch: tuple[int, ...]


def letters_of(world: World, scored: tuple[int, ...]) -> dict[str, int]:
    """Return how many of each there are, by axis letter."""
    return {
        "G": len(world.regions), "F": len(world.forces), "P": len(world.patrons), "C": 2, "T": len(TERMS),
        "B": len(backings_of(world)), "S": len(scored), "U": len(_slots(world)), "K": len(world.policies),
        "W": len(weight_names(world.forces, world.regions, world.patrons)), "O": len(world.operations),
        "X": len(world.triggered), "H": len(world.happenings) - len(world.triggered),
        "Q": sum(len(o.odds) for o in world.occurrences), "M": len(world.watched_patrons), "N": world.seasons.shape[1],
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
    found |= {(op.a, op.b, op.c) for op in world.operations if EFFECTS[op.kind].backs}
    found |= {(row.patron, d.force, d.channel) for row in world.policies for d in row.decisions}
    return sorted(found)


def may_be_nonzero(world: World, path: str) -> bool:
    """Return whether the file has a number at `path` that is not the certain 0."""
    number = world.numbers.get(path)
    return number is not None and not (number.form == "value" and number.value == 0)


def layout_of(world: World, scored: tuple[int, ...]) -> Layout:
    """Return where each quantity's rows begin."""
    letters = letters_of(world, scored)
    return Layout(*(first_rows(axes, letters)[0] for axes in (PARAMETER_AXES, STATE_AXES, SCRATCH_AXES)))


def program_of(world: World, scored: tuple[int, ...], keys: np.ndarray) -> Program:
    """Return a world's program.

    Args:
        scored: the patrons whose payoff is counted. keys: of the noise rows, as `Program` has them.
    """
    backings = backings_of(world)
    tables = WorldTables(
        sizes=_sizes(world),
        majority=np.float32(world.majority),
        weight_rows=_weight_rows(world),
        region_weight=np.ascontiguousarray(world.region_weight, dtype=np.float32),
        interest=np.ascontiguousarray(world.interest, dtype=np.float32),
        seasons=world.seasons,
        backings=_backings(world, scored, backings),
        patrons=_patrons(world, scored),
        scored=_ints(scored),
        seen=np.zeros((world.weeks, len(world.forces) + len(world.triggered)), np.int8),
    )
    events = EventTables(
        operations=_operations(world, backings),
        slots=np.array(_slots(world), SLOT),
        occurrences=_occurrences(world),
        needs=_needs(world),
        triggered=_triggered(world),
        odds=_ints([happening for o in world.occurrences for happening, _ in o.odds]),
        tests=world.tests,
    )
    strategies = StrategyTables(
        exponents=np.array([r.follow for r in world.policies], np.float32).reshape(-1, len(FOLLOWED)),
        floors=np.array([r.floor for r in world.policies], np.float32),
        decisions=_decisions(world, backings),
        plans=_plans(world),
        turns=_turns(world),
    )
    return Program(tables, events, strategies, keys)


def with_sight(program: Program, seen: np.ndarray, patrons: frozenset[int]) -> Program:
    """Return the program of futures that go the way that was seen.

    Args:
        seen: as `WorldTables` has it. patrons: those whose standing was seen, and must be followed.
    """
    tables = program.world
    followed = tables.patrons.copy()
    followed["tracked"][list(patrons)] = True
    sizes = tables.sizes._replace(seen=bool(seen.any()))
    return program._replace(world=tables._replace(sizes=sizes, patrons=followed, seen=seen))


def _backings(world: World, scored: tuple[int, ...], backings: list[tuple[int, int, int]]) -> np.ndarray:
    letters = letters_of(world, scored)
    start = first_rows(PARAMETER_AXES, letters)[0][list(PARAMETER_AXES).index("backing")]
    return np.array([(i, j, c, start + (i * letters["F"] + j) * 2 + c) for i, j, c in backings], BACKING)


def _patrons(world: World, scored: tuple[int, ...]) -> np.ndarray:
    counted = set(scored) | {k for i in scored for k in _rivals(world, i)}
    tracked = _tracked(world, counted)
    rows = [
        (scored.index(i) if i in scored else -1, _engages(world, i), i in tracked, i in counted)
        for i in range(len(world.patrons))
    ]
    return np.array(rows, PATRON)


def _ints(numbers) -> np.ndarray:
    return np.asarray(numbers, dtype=np.int32)


def _sizes(world: World) -> Sizes:
    return Sizes(
        weeks=world.weeks,
        forces=len(world.forces),
        regions=len(world.regions),
        patrons=len(world.patrons),
        weights=len(weight_names(world.forces, world.regions, world.patrons)),
        incumbent=world.incumbent,
        focus=world.focus,
        account=ACCOUNTS[world.scenario.dynamics.realign],
        orders=bool((world.tests["kind"] == CONDITION_KINDS["order"]).any()),
        seen=False,
    )


def _weight_rows(world: World) -> WeightRows:
    names = weight_names(world.forces, world.regions, world.patrons)
    return WeightRows(
        *(next(n for n, name in enumerate(names) if name.startswith(head)) for head in _FIRST_WEIGHTS)
    )


def _slots(world: World) -> list[tuple[int, int]]:
    """Give what lasts a slot, one effect on one force: the range of its operations, one for each region.

    The terms of an agreement share their breach effects, not their slots: each breach pushes for itself.
    """
    out: list[tuple[int, int]] = []
    first = 0
    for occurrence in world.occurrences:
        slot_of: dict[str, int] = {}
        for n, op in enumerate(occurrence.operations, first):
            if not EFFECTS[op.kind].lasts:
                continue
            if op.path in slot_of:
                out[slot_of[op.path]] = (out[slot_of[op.path]][0], n + 1)
            else:
                slot_of[op.path] = len(out)
                out.append((n, n + 1))
        first += len(occurrence.operations)
    return out


def _operations(world: World, backings: list[tuple[int, int, int]]) -> np.ndarray:
    slot_of = {n: k for k, (first, end) in enumerate(_slots(world)) for n in range(first, end)}

    def row(n: int, op: Operation) -> tuple:
        a = backings.index((op.a, op.b, op.c)) if EFFECTS[op.kind].backs else op.a
        kind = -1 if n in slot_of and slot_of.get(n - 1) == slot_of[n] else op.kind
        return kind, a, op.b, op.c, op.span, op.flag, slot_of.get(n, -1)

    return np.array([row(n, op) for n, op in enumerate(world.operations)], OPERATION)


def _occurrences(world: World) -> np.ndarray:
    ends = np.cumsum([0, *(len(o.operations) for o in world.occurrences)])
    place = {name: k for k, name in enumerate(world.happenings)}
    rows = [
        (ends[n], ends[n + 1], *o.tests, place.get(o.name, -1), o.every_week)
        for n, o in enumerate(world.occurrences)
    ]
    return np.array(rows, OCCURRENCE)


def _triggered(world: World) -> np.ndarray:
    ends = np.cumsum([0, *(len(world.occurrences[n].odds) for n in world.triggered)])
    rows = [(n, *world.occurrences[n].window, ends[k], ends[k + 1]) for k, n in enumerate(world.triggered)]
    return np.array(rows, TRIGGER)


def _needs(world: World) -> np.ndarray:
    needs = np.zeros((len(world.occurrences), len(world.forces)), dtype=np.bool_)
    for n, occurrence in enumerate(world.occurrences):
        needs[n, list(occurrence.needs)] = True
    return needs


def _decisions(world: World, backings: list[tuple[int, int, int]]) -> np.ndarray:
    rows = [
        (n, backings.index((row.patron, d.force, d.channel)), d.weeks, d.target)
        for n, row in enumerate(world.policies)
        for d in row.decisions
    ]
    return np.array(rows, DECISION)


def _plans(world: World) -> np.ndarray:
    deepest = max(len(stages) for profile in world.profiles for stages in profile.stages)
    plans = np.zeros((len(world.profiles), len(world.patrons), deepest), STAGE)
    plans["policy"] = -1
    for d, profile in enumerate(world.profiles):
        for i, stages in enumerate(profile.stages):
            for k, stage in enumerate(stages):
                follows = any(any(world.policies[other.policy].follow) for other in stages)
                plans[d, i, k] = (stage.policy, *stage.tests, follows)
    return plans


def _turns(world: World) -> np.ndarray:
    turns = np.full((len(world.profiles), len(world.triggered)), -1, np.int32)
    for d, profile in enumerate(world.profiles):
        for n, week in profile.turns.items():
            turns[d, n] = week
    return turns


def _rivals(world: World, i: int) -> set[int]:
    """Return the patrons whose influence can enter patron i's payoff."""
    prefix = f"patrons.{world.patrons[i]}.values.rivals."
    named = {k for k in world.patrons if may_be_nonzero(world, prefix + k)}
    weights = weight_names(world.forces, world.regions, world.patrons)
    for op in world.operations:
        if op.kind == KINDS["values"] and op.a == i and weights[op.b].startswith("rivals."):
            named.add(weights[op.b].removeprefix("rivals."))
    return {world.patrons.index(k) for k in named}


def _engages(world: World, i: int) -> bool:
    if not may_be_nonzero(world, f"patrons.{world.patrons[i]}.engagement.budget"):
        return False
    rows = {stage.policy for profile in world.profiles for stage in profile.stages[i]}
    return any(
        world.policies[r].floor > 0
        or any(may_be_nonzero(world, b) if isinstance(b, str) else b > 0 for b in world.policies[r].base)
        for r in rows
    )


def _tracked(world: World, counted: set[int]) -> set[int]:
    """Return the patrons whose standing anything looks at: payoffs, conditions, policies, forces, the report."""
    if world.watched_patrons:
        return set(range(len(world.patrons)))
    watched = {int(test["a"]) for test in world.tests if CONDITIONS[test["kind"]].of_standing}
    following = {
        row.patron
        for row in world.policies
        for entry, exponent in zip(FOLLOWED.values(), row.follow, strict=True)
        if entry.of_standing and exponent != 0
    }
    return {*counted, *watched, *following, world.focus}


def packed(parameters) -> np.ndarray:
    """Return parameters as float32 [rows, states], in the order of `PARAMETER_AXES`."""
    n = parameters.states
    rows = [parameters.arrays[name].reshape(n, -1).T for name in PARAMETER_AXES]
    return np.ascontiguousarray(np.concatenate(rows, axis=0), dtype=np.float32)


def neutral_rows(world: World, scored: tuple[int, ...]) -> np.ndarray:
    """Return the value at which each parameter row changes nothing [rows, 1]."""
    letters = letters_of(world, scored)
    counts = np.diff([*first_rows(PARAMETER_AXES, letters)[0], first_rows(PARAMETER_AXES, letters)[1]])
    return np.repeat([NEUTRAL.get(name, 0.0) for name in PARAMETER_AXES], counts)[:, None]


def touched_rows(world: World, scored: tuple[int, ...]) -> np.ndarray:
    """Return which parameter rows may move away from 0 during the run: those that effects turn, and ties."""
    letters = letters_of(world, scored)
    first, rows = first_rows(PARAMETER_AXES, letters)
    at = dict(zip(PARAMETER_AXES, first, strict=True))
    out = np.zeros(rows, np.bool_)
    if world.scenario.dynamics.realign is not None:
        out[at["tie"] : at["tie"] + letters["F"] ** 2] = True
    for op in world.operations:
        for name, cells in EFFECTS[op.kind].turns(op).items():
            out[[at[name] + a * letters[PARAMETER_AXES[name][1]] + b for a, b in cells]] = True
    return out


def hostile_ties(table: np.ndarray, world: World, scored: tuple[int, ...]) -> np.ndarray:
    """Return whether each tie can be negative [forces · forces], given packed parameters."""
    letters = letters_of(world, scored)
    begin = dict(zip(PARAMETER_AXES, first_rows(PARAMETER_AXES, letters)[0], strict=True))["tie"]
    rows = slice(begin, begin + letters["F"] ** 2)
    return (table[rows] < 0).any(axis=1) | touched_rows(world, scored)[rows]
