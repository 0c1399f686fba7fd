"""What is launched on the device: the stages of `world/kernel/block.py`, a thread for each lane and profile.

Memory lies as on the processor with the lane as last axis, so that the threads of a warp, which are neighbouring lanes
of one profile, read neighbouring numbers. Threads `l` of the grid's first axis are lanes, its second axis is profiles.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numba import cuda

from equipoise.compiled_cache import drop_stale
from equipoise.world.device.forms import SIMULATED, Forms
from equipoise.world.kernel import block, collecting, noise, scoring
from equipoise.world.kernel.block import Futures, Series, Workspace
from equipoise.world.kernel.lanes import ONE, ZERO
from equipoise.world.kernel.program import Program, StrategyTables
from equipoise.world.kernel.rows import ParameterRows, StateRows


def _lane(row, mask, partial):
    """In place of the sum over the lanes of a block: the one lane."""
    return np.float64(row[0] * mask[0])


def _drawn(first, p, program, prepared, futures, memory):
    """In place of drawing a span's noise: it was drawn before, once for all profiles (`draw`)."""


_forms = Forms(masked_sum=_lane)
_playing = Forms(masked_sum=_lane, draw_noise=_drawn)
spread_states = _forms.of(noise.spread_states)
sort_by_week = _forms.of(noise.sort_by_week)
start_block = _forms.of(block.start_block)
draw_noise = _forms.of(block.draw_noise)
play_block = _playing.of(block.play_block)
note_order = _forms.of(scoring.note_order)
collect = _forms.of(collecting.collect)


drop_stale(Path(__file__).parent, read=(Path(block.__file__).parent, Path(block.__file__).parents[1]))
_kernel = cuda.jit(cache=True)


def _device(function):
    return function if SIMULATED else cuda.jit(device=True)(function)


@_device
def _own(m, d, l):
    """The memory of one lane under one profile, as of a block of one lane and one profile."""
    return Workspace(
        m.parameters[:, l : l + 1], m.states[d : d + 1, :, l : l + 1], m.scratch[d, :, l : l + 1], m.words[:, l],
        m.shocks[:, :, l : l + 1], m.log_draws[:, :, l : l + 1], m.chances[:, :, l : l + 1], m.base[:, :, l : l + 1],
        m.before[d, :, :, l], m.lanes[d, l : l + 1], m.moving[d : d + 1, :, l], m.pushing[d : d + 1, :, l],
        m.coalitions[d, :, l], m.support[d, :, :, l],
    )  # fmt: skip


@_device
def _kept(series, d, l):
    """What is kept of each week of one lane under one profile."""
    return Series(series.sums[d : d + 1, :, :, l], series.traces[d : d + 1, :, :, l : l + 1], series.traced)


@_device
def _who(futures, d, l):
    """Who one lane is, under one profile."""
    return Futures(
        futures.state[l : l + 1], futures.stream[l : l + 1], futures.due_lanes[:, :, l : l + 1],
        futures.due_first[:, :, :, l], futures.group[d : d + 1],
    )  # fmt: skip


@_device
def _under(program, d):
    """The program under one profile."""
    s = program.strategies
    own = StrategyTables(s.exponents, s.floors, s.decisions, s.plans[d : d + 1], s.turns[d : d + 1])
    return Program(program.world, program.events, own, program.keys)


@_kernel
def spread(count, table, column, parameters):
    """Give each lane the parameters of its state, as `noise.spread_states`."""
    l = cuda.grid(1)
    if l < count:
        spread_states(table, column[l : l + 1], parameters[:, l : l + 1])


@_kernel
def start(count, mask, layout, program, prepared, memory, series):
    """Put every lane at week 0 under every profile; every lane counts. `mask` is the row of that in scratch."""
    l, d = cuda.grid(1), cuda.blockIdx.y
    if l < count:
        own, kept = _own(memory, d, l), _kept(series, d, l)
        own.scratch[:] = ZERO
        own.scratch[mask] = ONE
        kept.sums[:] = 0.0
        start_block(layout, _under(program, d), prepared, own, kept)


@_kernel
def sort(count, due, due_lanes, due_first):
    """Say of each lane in which week each occurrence is due, as `noise.sort_by_week`."""
    l = cuda.grid(1)
    if l < count:
        sort_by_week(due[:, :, l : l + 1], due_lanes[:, :, l : l + 1], due_first[:, :, :, l])


@_kernel
def draw(count, first, layout, program, prepared, futures, memory):
    """Draw the noise of the span of weeks that begins with `first`, for all profiles."""
    l = cuda.grid(1)
    if l < count:
        p = ParameterRows(memory.parameters[:, l : l + 1], prepared.live, *layout.parameters)
        draw_noise(first, p, program, prepared, _who(futures, 0, l), _own(memory, 0, l))


@_kernel
def play(count, begin, end, layout, program, prepared, futures, memory, series):
    """Play weeks of one span, whose noise is drawn."""
    l, d = cuda.grid(1), cuda.blockIdx.y
    if l < count:
        who, own, kept = _who(futures, d, l), _own(memory, d, l), _kept(series, d, l)
        play_block(begin, end, layout, _under(program, d), prepared, who, own, kept)


@_kernel
def note(count, layout, program, memory):
    """Keep the order as it stands, to be looked at."""
    l, d = cuda.grid(1), cuda.blockIdx.y
    if l < count:
        note_order(StateRows(memory.states[d, :, l : l + 1], *layout.state), program.world)


@_kernel
def write(count, layout, program, prepared, memory, out):
    """Write the outcomes of every lane under every profile to `out` [profiles, rows, lanes]."""
    l, d = cuda.grid(1), cuda.blockIdx.y
    if l < count:
        collect(layout, program.world, prepared, _own(memory, d, l), out[d : d + 1, :, l : l + 1], 0, 1)


@_kernel
def add_up(count, each, out):
    """Add up the weekly series of all lanes, `each` [profiles, series, weeks + 1, lanes], in the order of the lanes."""
    n = cuda.grid(1)
    rows, weeks = each.shape[1], each.shape[2]
    if n < each.shape[0] * rows * weeks:
        d, row, week = n // (rows * weeks), n // weeks % rows, n % weeks
        total = np.float64(0.0)
        for l in range(count):
            total += each[d, row, week, l]
        out[d, row, week] = total
