"""Playing futures of a world: from parameters of states to the outcomes of futures.

A future is numbered `state * chance + stream`; any of them can be played again alone. Random numbers are
keyed by seed, the future's state and stream, and the name of what they are for. Source: MODEL.md §5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.draws.keys import key_of
from equipoise.errors import InternalError
from equipoise.world.calendar import NEVER, Uniforms
from equipoise.world.compile import Kind, World
from equipoise.world.kernel import block
from equipoise.world.kernel.collecting import collect
from equipoise.world.kernel.lanes import LANES
from equipoise.world.kernel.noise import SPAN, sort_by_week, spread_states, uniforms
from equipoise.world.kernel.program import (
    Program,
    hostile_ties,
    layout_of,
    letters_of,
    neutral_rows,
    packed,
    program_of,
    touched_rows,
)
from equipoise.world.kernel.realignment import scratch
from equipoise.world.kernel.rows import (
    PARAMETER_AXES,
    SCRATCH_AXES,
    STATE_AXES,
    TERMS,
    StateRows,
    first_rows,
)
from equipoise.world.kernel.scoring import note_order
from equipoise.world.outcomes import column_names, series_names
from equipoise.world.parameters import Parameters
from equipoise.world.success import COLUMN, succeeded
from equipoise.world.talks_in_run import Draws, TalksInRun

VECTOR = 64
"""Bytes of a cache line, and of the widest vectors."""


@dataclass(frozen=True)
class Columns:
    """Names of the outcome rows, in order: one list for all profiles."""

    names: tuple[str, ...]

    def __getitem__(self, name: str) -> int:
        return self.names.index(name)

    def values(self, outcomes: np.ndarray, name: str) -> np.ndarray:
        """Return an outcome as float64 [profiles, futures]; a payoff is added up from its terms afresh.

        So one term that is large, alike under all strategies, does not swallow what the others tell apart.
        """
        row = self[name]
        if name.rpartition(".")[2] != "payoff":
            return outcomes[:, row].astype(float)
        return outcomes[:, row + 3 : row + 3 + len(TERMS)].sum(axis=1, dtype=float)


@dataclass(frozen=True)
class Played:
    """What a run of consecutive futures gave.

    Attributes:
        outcomes: float32 [profiles, rows, futures]; rows are named by `Player.columns`.
        weeks: int32 [groups, drawn, futures], the week of each dated event and deal (NEVER if not).
        sums: float64 [blocks, profiles, series, weeks + 1], the weekly series summed over each block.
        traces: float32 [profiles, series, weeks + 1, futures], where asked for; else None.
        seen: float32 [looks, profiles, futures], what was looked at while they were played.
    """

    outcomes: np.ndarray
    weeks: np.ndarray
    sums: np.ndarray
    traces: np.ndarray | None
    seen: np.ndarray


class Look(NamedTuple):
    """Something to look at while futures are played: a row of the state (`Player.row`), after so many weeks."""

    week: int
    row: int


class Player:
    """Plays futures of one world. Holds no draw; `play` may be called from several threads at once.

    Args:
        world: compiled.
        scored: names of the patrons whose payoff is wanted, the focus first; only the focus by default.
        seed: of every random number but the sampling of states.
    """

    def __init__(self, world: World, *, seed: int, scored: tuple[str, ...] | None = None) -> None:
        self.world = world
        self.seed = seed
        names = scored or (world.patrons[world.focus],)
        self.scored = tuple(world.patrons.index(name) for name in names)
        self.layout = layout_of(world, self.scored)
        self.program = program_of(world, self.scored, _noise_keys(world, seed))
        self.columns = Columns(column_names(world, names))
        self.series = series_names(world)
        self.judged = self.columns[COLUMN] if world.scenario.success else None
        self.settles = any(item.in_run for item in world.drawn)
        self.groups = _groups(world, alone=self.settles or bool(world.open))
        self._neutral = neutral_rows(world, self.scored)
        self._touched = touched_rows(world, self.scored)
        self._letters = letters_of(world, self.scored)
        self._noise_at = dict(zip(PARAMETER_AXES, first_rows(PARAMETER_AXES, self._letters)[0], strict=True))

    def prepare(self, parameters: Parameters) -> Prepared:
        """Pack the parameters of some states for the kernel."""
        table = packed(parameters)
        live = (table != self._neutral).any(axis=1) | self._touched
        hostile = hostile_ties(table, self.world, self.scored)
        return Prepared(parameters, table, block.Prepared(live, hostile, self._needed_noise(live)))

    def play(
        self,
        prepared: Prepared,
        futures: np.ndarray,
        *,
        chance: int,
        first_state: int,
        memory: Memory | None = None,
        looks: Sequence[Look] = (),
    ) -> Played:
        """Play the futures numbered `futures`, whose states lie in `prepared` from `first_state` on.

        Args:
            prepared: the states. futures: their numbers, any of them, in any order.
            chance: streams a state. first_state: the state that stands first in `prepared`.
            memory: to be used again; one at a time. Weekly series of every future are kept if it keeps traces.
            looks: what to look at on the way.
        """
        state, stream = (futures // chance).astype(np.uint32), (futures % chance).astype(np.uint32)
        column = (state - np.uint32(first_state)).astype(np.int64)
        draws = Draws.of(self.world, prepared.parameters, column, self.chances(state, stream))
        weeks = np.stack([draws.calendar(choice).weeks for choice in self.groups.choices])
        due = np.stack([draws.due(w) for w in weeks])[self.groups.choice]
        weeks = weeks[self.groups.choice]
        memory = Memory(self, keep=False) if memory is None else memory
        world, n, profiles = self.world, len(futures), len(self.world.profiles)
        blocks = range(0, n, memory.lanes)
        outcomes = np.empty((profiles, len(self.columns.names), n), np.float32)
        sums = np.zeros((len(blocks), profiles, len(self.series), world.weeks + 1))
        shape = (profiles, len(self.series), world.weeks + 1, n)
        kept = np.empty(shape, np.float32) if memory.keep else None
        seen = np.empty((len(looks), profiles, n), np.float32)
        for b, begin in enumerate(blocks):
            end = min(begin + memory.lanes, n)
            part = slice(begin, end)
            talks = TalksInRun(draws.some(part), self.groups.decided) if self.settles else None
            memory.play(
                prepared,
                state[part],
                stream[part],
                column[part],
                due[:, :, part],
                sums[b],
                talks,
                looks,
                seen[..., part],
            )
            memory.collect(prepared, outcomes, begin, end - begin)
            if talks is not None:
                weeks[:, :, part] = talks.weeks
                rows = talks.rows()
                outcomes[:, -len(rows) :, part] = np.stack(rows, axis=1)
            for k in world.open:
                weeks[:, k, part] = memory.happened(world.drawn[k].name, end - begin)
            if self.judged is not None:
                judged = succeeded(world.scenario, memory.traces[..., : end - begin], self.series)
                outcomes[:, self.judged, part] = judged
            if kept is not None:
                kept[..., begin:end] = memory.traces[..., : end - begin]
        return Played(outcomes, weeks, sums, kept, seen)

    def row(self, quantity: str, at: int = 0) -> int:
        """Return the row of a quantity of the state (`rows.STATE_AXES`), the one at place `at` of its axes."""
        return self.layout.state[list(STATE_AXES).index(quantity)] + at

    def _needed_noise(self, live: np.ndarray) -> np.ndarray:
        """Return which rows of noise are needed where only `live` parameters differ from 0."""
        letters, at = self._letters, self._noise_at
        national, regional, rate = (
            live[at[k] : at[k] + letters["F"]] for k in ("national", "regional", "rate")
        )
        return np.concatenate(
            [national, np.tile(regional, letters["G"]), rate, np.ones(letters["X"] + letters["L"], np.bool_)]
        )

    def chances(self, state: np.ndarray, stream: np.ndarray) -> Uniforms:
        """Return the uniform draws of each dated event and talk [drawn, futures] each."""
        n = len(state)
        padded = max(n, LANES)
        full = [np.concatenate([a, np.zeros(padded - n, np.uint32)]) for a in (state, stream)]
        out = np.empty((3, len(self.world.drawn), padded))
        words = np.empty(4 * LANES, np.uint32)
        for k, item in enumerate(self.world.drawn):
            uniforms(*full, *key_of(self.seed, "event", item.name), words, *out[:, k])
        return Uniforms(*out[:, :, :n])


@dataclass(frozen=True)
class Prepared:
    """Parameters of some states, packed float32 [rows, states], and what is known of them."""

    parameters: Parameters
    table: np.ndarray
    known: block.Prepared


@dataclass(frozen=True)
class _Groups:
    """Profiles that decide the same events share their dates.

    Where talks are settled or open events decided inside the run, each profile is a group of its own, for dates that
    are drawn before the run may yet change in it.

    Attributes:
        decided: what each group decides. of: int32 [profiles], each profile's group.
        choices: what is decided, each different choice once. choice: int32 [groups], that of each group.
    """

    decided: list[dict[int, int]]
    of: np.ndarray
    choices: list[dict[int, int]]
    choice: np.ndarray


class Stretch(NamedTuple):
    """Weeks that are played at a time, from `begin` to before `end`: the program they follow, and int32 [profiles],
    which group of those that decide alike each profile is of."""

    begin: int
    end: int
    program: Program
    groups: np.ndarray


class Memory:
    """The memory of one block, reused from block to block by one thread.

    Args:
        player: what is played.
        keep: whether the weekly series of every future are kept.
        profiles: how many are played, the first ones; all of the world's by default.

    Attributes:
        lanes: how many futures are played at a time. keep: as above.
        traces: float32 [profiles, series, weeks + 1, lanes], where they are kept or success is judged by them.
    """

    lanes = LANES

    def __init__(self, player: Player, *, keep: bool, profiles: int | None = None) -> None:
        world, letters = player.world, letters_of(player.world, player.scored)
        profiles, lasting = profiles or len(world.profiles), len(player.series)
        self.player, self.keep = player, keep
        self._recorded = keep or player.judged is not None
        self.space = _workspace(world, letters, profiles)
        shape = (profiles, lasting, world.weeks + 1, LANES) if self._recorded else (profiles, 1, 1, 1)
        self.traces = np.zeros(shape, np.float32)
        self._mask = self.space.scratch[player.layout.scratch[list(SCRATCH_AXES).index("mask")]]

    def play(
        self, prepared: Prepared, state: np.ndarray, stream: np.ndarray, column: np.ndarray, due: np.ndarray,
        sums: np.ndarray, talks: TalksInRun | None = None, looks: Sequence[Look] = (), seen: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Play one block; a short one is filled up with its last future, which counts nowhere.

        Args:
            prepared: the states. state, stream, column: [n], who the futures are. due: [groups, due, n].
            sums: written to.
            talks: those that are settled inside the run; the block stops for them, and they say anew each time what
                comes when.
            looks, seen: what to look at, written to seen [looks, profiles, n]; the block stops for it too.
        """
        self.start(prepared, column, sums)
        self._look(0, looks, seen)
        stretch = Stretch(0, self.player.world.weeks, self.player.program, self.player.groups.of)
        self.advance(stretch, prepared, state, stream, due, sums, talks, looks, seen)

    def start(self, prepared: Prepared, column: np.ndarray, sums: np.ndarray) -> None:
        """Put a block of futures, whose states stand in `column`, at week 0."""
        player, space = self.player, self.space
        if len(prepared.table) != len(space.parameters):
            raise InternalError("the states were prepared for another world")
        self._mask[:] = np.arange(LANES) < len(column)
        spread_states(prepared.table, column[filled(len(column))], space.parameters)
        series = block.Series(sums, self.traces, self._recorded)
        block.start_block(player.layout, player.program, prepared.known, space, series)

    def advance(
        self,
        stretch: Stretch,
        prepared: Prepared,
        state: np.ndarray,
        stream: np.ndarray,
        due: np.ndarray,
        sums: np.ndarray,
        talks: TalksInRun | None = None,
        looks: Sequence[Look] = (),
        seen: np.ndarray | None = None,
    ) -> None:
        """Play some weeks of a block from where it stands; arguments as in `play`."""
        n, week = len(state), stretch.begin
        while week < stretch.end:
            if talks is not None:
                due = talks.due
            stop = stretch.end if talks is None else min(talks.next_week(), stretch.end)
            stop = min([stop, *(look.week for look in looks if look.week > week)])
            if stop > week:
                part, first = stretch._replace(begin=week, end=stop), week == stretch.begin
                self._weeks(part, prepared, state, stream, due, sums, first)
            if talks is not None and stop < stretch.end:
                talks.settle(stop, self._power(n))
            if stop > week:
                self._look(stop, looks, seen)
            week = stop

    def _weeks(
        self, stretch: Stretch, prepared: Prepared, state: np.ndarray, stream: np.ndarray, due: np.ndarray,
        sums: np.ndarray, first: bool,
    ) -> None:  # fmt: skip
        """Play weeks in which nothing stops the block; `first`: whether it may have been put back into memory."""
        player, space, fill = self.player, self.space, filled(len(state))
        lanes = _by_week(due, player.world.weeks)
        futures = block.Futures(state[fill], stream[fill], *lanes, stretch.groups)
        given = (player.layout, stretch.program, prepared.known, futures, space)
        if first and stretch.begin > 0:
            block.take_up(stretch.begin, *given)
        series = block.Series(sums, self.traces, self._recorded)
        block.play_block(stretch.begin, stretch.end, *given, series)

    def _look(self, week: int, looks: Sequence[Look], seen: np.ndarray | None) -> None:
        """Write what is looked at in a week to `seen` [looks, profiles, n]."""
        for k, look in enumerate(looks):
            if look.week == week and seen is not None:
                if look.row == self.player.row("order"):
                    self._note_order()
                seen[k] = self._rows(look.row, 1, seen.shape[2])[:, 0]

    def _note_order(self) -> None:
        """Keep the order as it stands."""
        for rows in self.space.states:
            note_order(StateRows._make((rows, *self.player.layout.state)), self.player.program.world)

    def _rows(self, first: int, rows: int, count: int) -> np.ndarray:
        """Return rows of the state as they stand in the first lanes [profiles, rows, count]."""
        return self.space.states[:, first : first + rows, :count]

    def _power(self, count: int) -> np.ndarray:
        """Return the power of forces as it stands in the first lanes [profiles, forces, count]."""
        return self._rows(self.player.row("power"), len(self.player.world.forces), count)

    def happened(self, name: str, count: int) -> np.ndarray:
        """Return the week of an event or deal in the first lanes [profiles, count], NEVER where it did not happen."""
        row = self.player.row("fired", self.player.world.happenings.index(name))
        week = self._rows(row, 1, count)[:, 0]
        return np.where(week >= 0, week, NEVER).astype(np.int32)

    def collect(self, prepared: Prepared, outcomes: np.ndarray, begin: int, count: int) -> None:
        """Write the outcomes of the block's first `count` lanes."""
        player = self.player
        collect(player.layout, player.program.world, prepared.known, self.space, outcomes, begin, count)


def filled(n: int) -> np.ndarray:
    """Return which of a block's `n` futures each lane plays: a short block is filled up with its last."""
    return np.minimum(np.arange(LANES), n - 1)


def _workspace(world: World, letters: dict[str, int], profiles: int) -> block.Workspace:
    """Return the memory a block of this world is played in, under some profiles."""
    p, s, w = (first_rows(axes, letters)[1] for axes in (PARAMETER_AXES, STATE_AXES, SCRATCH_AXES))
    forces, floats = letters["F"], np.float32
    cells = letters["G"] * forces
    coalitions, support = scratch(world.scenario.dynamics.realign, forces, letters["P"])
    return block.Workspace(
        parameters=_aligned((p, LANES), floats),
        states=_aligned((profiles, s, LANES), floats),
        scratch=_aligned((w, LANES), floats),
        words=_aligned(4 * LANES, np.uint32),
        shocks=_aligned((SPAN, forces + cells, LANES), floats),
        log_draws=_aligned((SPAN, forces, LANES), floats),
        chances=_aligned((SPAN, letters["X"] + letters["L"], LANES), floats),
        base=_aligned((SPAN, cells, LANES), floats),
        before=_aligned((1 + forces, forces), floats),
        lanes=_aligned(LANES, np.int64),
        moving=_aligned((profiles, letters["B"]), np.int64),
        pushing=_aligned((profiles, letters["U"]), np.int64),
        coalitions=coalitions,
        support=support,
    )


def _aligned(shape: tuple[int, ...] | int, kind: type) -> np.ndarray:
    """Return zeros that begin with a cache line: elsewhere every vector that is loaded would touch two of them."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + VECTOR, np.uint8)
    begin = -room.ctypes.data % VECTOR
    return room[begin : begin + size].view(kind).reshape(shape)


def _by_week(due: np.ndarray, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lanes of each drawn occurrence in the order of their weeks, and where each week begins."""
    groups, occurrences, n = due.shape
    lanes = np.empty((groups, occurrences, n), np.int64)
    first = np.empty((groups, weeks + 1, occurrences), np.int64)
    sort_by_week(np.ascontiguousarray(due, np.int32), lanes, first)
    return lanes, first


def _noise_keys(world: World, seed: int) -> np.ndarray:
    names: list[tuple[str, ...]] = [("shock", j) for j in world.forces]
    names += [("shock", g, j) for g in world.regions for j in world.forces]
    names += [("fall", j) for j in world.forces]
    names += [("weekly", o.name) for o in world.occurrences if o.kind is Kind.TRIGGERED]
    names += [("realign", j) for j in world.forces if world.scenario.dynamics.realign is not None]
    return np.array([key_of(seed, *name) for name in names], dtype=np.uint32)


def _groups(world: World, *, alone: bool) -> _Groups:
    each = [profile.decided for profile in world.profiles]
    choices, choice = _different(each)
    if alone:
        return _Groups(each, np.arange(len(each), dtype=np.int32), choices, choice)
    return _Groups(choices, choice, choices, np.arange(len(choices), dtype=np.int32))


def _different(each: list[dict[int, int]]) -> tuple[list[dict[int, int]], np.ndarray]:
    """Return the different ones of a list, in the order in which they come, and which of them each is."""
    found: list[dict[int, int]] = []
    for one in each:
        if one not in found:
            found.append(one)
    return found, np.array([found.index(one) for one in each], np.int32)
