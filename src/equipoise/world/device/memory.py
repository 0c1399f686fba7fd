"""The memory of many lanes on the device, in the place of a processor's block (`player.Memory`).

Inputs are copied to the device; a span of weeks is drawn for all profiles and then played under each; outcomes and sums
over the lanes are copied back. Where talks are settled inside the run, or something is looked at, what is needed of the
state comes back in between.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import cuda

from equipoise.errors import InputError
from equipoise.world.device import kernels
from equipoise.world.device.forms import SIMULATED
from equipoise.world.kernel.block import Futures, Series, Workspace
from equipoise.world.kernel.lanes import LANES
from equipoise.world.kernel.noise import SPAN
from equipoise.world.kernel.program import letters_of
from equipoise.world.kernel.realignment import scratch
from equipoise.world.kernel.rows import PARAMETER_AXES, SCRATCH_AXES, STATE_AXES, first_rows
from equipoise.world.player import Memory, Player, Prepared, Stretch

THREADS = 64
"""Threads a block of CUDA's, at most."""
MOST_LANES = 1 << 14
"""Lanes at a time, at most: as many as a batch has futures."""
SHARE = 0.6
"""Of the device's free memory that is used, at most."""


class Array(NamedTuple):
    """An array to be made on the device."""

    shape: tuple[int, ...]
    kind: Any

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""
        return math.prod(self.shape) * np.dtype(self.kind).itemsize


class Room(NamedTuple):
    """What lies on the device while lanes are played: arrays, or before they are made what they will be.

    Attributes:
        work: as of a processor's block, with an axis of profiles first in what each profile has of its own, and the
            axis of lanes last.
        series: of every lane, sums float64 and, where kept, traces float32 [profiles, series, weeks + 1, lanes].
        due_lanes, due_first: as `block.Futures` has them, int8, with an axis of lanes.
        outcomes: float32 [profiles, rows, lanes]. sums: over the lanes, float64 [profiles, series, weeks + 1].
    """

    work: Workspace
    series: Series
    due_lanes: Any
    due_first: Any
    outcomes: Any
    sums: Any


class DeviceMemory(Memory):
    """Memory on the device, for one thread; made when first played in, and used again.

    Args:
        player: what is played, under all profiles of its world.
        keep: whether the weekly series of every future are kept.

    Raises:
        InputError: the device has no room for as many futures as a processor's block has.
    """

    def __init__(self, player: Player, *, keep: bool) -> None:
        self.player, self.keep = player, keep
        self._recorded = keep or player.judged is not None
        self.traces = np.empty((0, 0, 0, 0), np.float32)
        self._program = on_device(player.program)
        each = sum(array.bytes for array in _arrays(room_of(player, 1, self._recorded)))
        free = cuda.current_context().get_memory_info().free
        self.lanes = int(min(SHARE * free / each, MOST_LANES)) // LANES * LANES
        if self.lanes == 0:
            raise InputError(
                f"the graphics processor has no room for {LANES} futures of this scenario, {each:,} bytes each"
            )
        self._room: Any = None
        self._made_for = self._count = 0

    def play(
        self, prepared: Prepared, state: np.ndarray, stream: np.ndarray, column: np.ndarray, due: np.ndarray,
        sums: np.ndarray, *given: Any, **named: Any,
    ) -> None:  # fmt: skip
        """Play some futures, at most as many as there are lanes; arguments as of a block."""
        super().play(prepared, state, stream, column, due, sums, *given, **named)
        self._launch(kernels.add_up, sums.size, 1, self._count, self._room.series.sums, self._room.sums)
        sums[:] = back(self._room.sums)
        if self._recorded:
            self.traces = back(self._room.series.traces)

    def start(self, prepared: Prepared, column: np.ndarray, sums: np.ndarray) -> None:
        """Put futures, whose states stand in `column`, at week 0."""
        self._count = len(column)
        if self._made_for < self._count:
            self._room, self._made_for = None, self._count  # what was there is given back first
            self._room = _mapped(room_of(self.player, self._count, self._recorded), Array, _made)
        self._known = on_device(prepared.known)
        table, room = on_device(prepared.table), self._room
        self._each_lane(kernels.spread, table, on_device(column), room.work.parameters)
        mask = self.player.layout.scratch[list(SCRATCH_AXES).index("mask")]
        self._each(
            kernels.start, mask, self.player.layout, self._program, self._known, room.work, room.series
        )

    def _weeks(
        self, stretch: Stretch, prepared: Prepared, state: np.ndarray, stream: np.ndarray, due: np.ndarray,
        sums: np.ndarray, first: bool,
    ) -> None:  # fmt: skip
        room, layout = self._room, self.player.layout
        self._each_lane(kernels.sort, on_device(due), room.due_lanes, room.due_first)
        who = on_device(Futures(state, stream, room.due_lanes, room.due_first, stretch.groups))
        given = (layout, self._program, self._known, who, room.work)
        for span in range(stretch.begin - stretch.begin % SPAN, stretch.end, SPAN):
            if span >= stretch.begin:
                self._each_lane(kernels.draw, span, *given)
            weeks = max(span, stretch.begin), min(span + SPAN, stretch.end)
            self._each(kernels.play, *weeks, *given, room.series)

    def _note_order(self) -> None:
        self._each(kernels.note, self.player.layout, self._program, self._room.work)

    def _rows(self, first: int, rows: int, count: int) -> np.ndarray:
        states = self._room.work.states
        each = [back(states[d, first : first + rows]) for d in range(len(states))]
        return np.stack(each)[..., :count]

    def collect(self, prepared: Prepared, outcomes: np.ndarray, begin: int, count: int) -> None:
        """Write the outcomes of the first `count` lanes."""
        room = self._room
        self._each(kernels.write, self.player.layout, self._program, self._known, room.work, room.outcomes)
        outcomes[:, :, begin : begin + count] = back(room.outcomes)[:, :, :count]

    def _each_lane(self, kernel: Any, *given: Any) -> None:
        self._launch(kernel, self._count, 1, self._count, *given)

    def _each(self, kernel: Any, *given: Any) -> None:
        """Launch a thread for each lane under each profile."""
        self._launch(kernel, self._count, len(self.player.world.profiles), self._count, *given)

    def _launch(self, kernel: Any, threads: int, profiles: int, *given: Any) -> None:
        block = min(threads, THREADS)
        with warnings.catch_warnings():  # few futures leave most of a device idle, which is no fault
            warnings.filterwarnings("ignore", message="Grid size")
            kernel[(-(-threads // block), profiles), block](*given)


def room_of(player: Player, lanes: int, recorded: bool) -> Room:
    """Return what is to be made on the device to play so many lanes."""
    world, letters = player.world, letters_of(player.world, player.scored)
    p, s, w = (first_rows(axes, letters)[1] for axes in (PARAMETER_AXES, STATE_AXES, SCRATCH_AXES))
    forces, profiles, groups = letters["F"], len(world.profiles), len(player.groups.decided)
    cells, occurrences = letters["G"] * forces, len(world.occurrences) - len(world.triggered)
    coalitions, support = scratch(world.scenario.dynamics.realign, forces, letters["P"])
    weekly = (profiles, len(player.series), world.weeks + 1)

    floats, doubles, longs, small = np.float32, np.float64, np.int64, np.int8

    def each(kind: Any, *shape: int) -> Any:
        return Array((*shape, lanes), kind)

    work = Workspace(
        parameters=each(floats, p),
        states=each(floats, profiles, s),
        scratch=each(floats, profiles, w),
        words=each(np.uint32, 4),
        shocks=each(floats, SPAN, forces + cells),
        log_draws=each(floats, SPAN, forces),
        chances=each(floats, SPAN, letters["X"] + letters["L"]),
        base=each(floats, SPAN, cells),
        before=each(floats, profiles, 1 + forces, forces),
        lanes=each(longs, profiles),
        moving=each(longs, profiles, letters["B"]),
        pushing=each(longs, profiles, letters["U"]),
        coalitions=each(doubles, profiles, *coalitions.shape),
        support=each(doubles, profiles, *support.shape),
    )
    traces: Any = each(floats, *weekly) if recorded else Array((profiles, 1, 1, 1), floats)
    return Room(
        work,
        Series(each(doubles, *weekly), traces, recorded),
        due_lanes=each(small, groups, occurrences),
        due_first=each(small, groups, world.weeks + 1, occurrences),
        outcomes=each(floats, profiles, len(player.columns.names)),
        sums=Array(weekly, doubles),
    )


def on_device(value: Any) -> Any:
    """Return an array, or a tuple of tuples and arrays, with the arrays copied to the device."""
    return _mapped(value, np.ndarray, _copied)


def _copied(array: np.ndarray) -> Any:
    whole = np.ascontiguousarray(array)
    if SIMULATED:  # a row of a table has its columns as attributes, as in compiled code
        return whole.view(np.recarray) if whole.dtype.names else whole
    return cuda.to_device(whole)


def _made(array: Array) -> Any:
    made = np.zeros if SIMULATED else cuda.device_array
    return made(array.shape, array.kind)


def back(array: Any) -> np.ndarray:
    """Return an array of the device, copied back."""
    return array.copy() if SIMULATED else array.copy_to_host()


def _mapped(value: Any, kind: type, made: Callable[[Any], Any]) -> Any:
    """Return a tree of named tuples with what is of a kind made into something else."""
    if isinstance(value, kind):
        return made(value)
    if isinstance(value, tuple):
        parts = [_mapped(part, kind, made) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, Array):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _arrays(part)
