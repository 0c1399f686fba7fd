"""The kernel: a block of futures, week by week, under every profile.

The futures of a block are its lanes. What does not depend on the strategy is drawn once for all profiles:
noise, fall draws, weekly draws. Weeks are played in spans short enough for a span's noise to stay in cache;
within a span one profile is played after another, so that its state stays in cache too. Equation numbers
are those of docs/model.md; `world/reference/` is the same model to be read beside them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equipoise.world.kernel import realignment
from equipoise.world.kernel.arithmetic import copy, copy_rows, fill, logarithm
from equipoise.world.kernel.compiling import entrance, inner
from equipoise.world.kernel.control import contest, powers
from equipoise.world.kernel.decisions import decide, take_decisions
from equipoise.world.kernel.engagement import engage
from equipoise.world.kernel.events import fire_week
from equipoise.world.kernel.falls import bury, move_violence
from equipoise.world.kernel.lanes import ONE, ZERO, f32
from equipoise.world.kernel.noise import SPAN, draw_span, drift
from equipoise.world.kernel.rows import ParameterRows, ScratchRows, StateRows
from equipoise.world.kernel.scoring import note_order, reaches, record, score
from equipoise.world.kernel.standing import standings


class Futures(NamedTuple):
    """The futures of a block, and when what was drawn before the run comes.

    Attributes:
        state, stream: uint32 [lanes], who each is.
        due_lanes: the lanes of each drawn occurrence in the order of its weeks [groups, occurrences, lanes]; due_first
            [groups, weeks + 1, occurrences]: where in that order each week begins.
        group: int32 [profiles], which group each profile is of.
    """

    state: np.ndarray
    stream: np.ndarray
    due_lanes: np.ndarray
    due_first: np.ndarray
    group: np.ndarray


class Prepared(NamedTuple):
    """What is known of the parameters of a whole batch.

    Attributes:
        live: [parameter rows], whether a parameter differs from 0 (`rows.NEUTRAL`) anywhere or may.
        hostile: [forces · forces], whether a tie can be negative.
        needed: [noise rows], which noise is used.
    """

    live: np.ndarray
    hostile: np.ndarray
    needed: np.ndarray


class Workspace(NamedTuple):
    """The memory a block is played in; all float32 unless said.

    Attributes:
        parameters [rows, lanes], states [profiles, rows, lanes], scratch [rows, lanes]: as `rows.py` names them; the
            mask of lanes that count is in scratch.
        words: uint32 [4 · lanes]. shocks, log_draws, chances, base: a span's noise [span, rows, lanes].
        before: [1 + forces, forces]. lanes: int64 [lanes].
        moving, pushing: int64 [profiles, backings], [profiles, pushes], the week from which each rests in all lanes.
        coalitions, support: float64, what looking again at ties works in (`realignment.scratch`).
    """

    parameters: np.ndarray
    states: np.ndarray
    scratch: np.ndarray
    words: np.ndarray
    shocks: np.ndarray
    log_draws: np.ndarray
    chances: np.ndarray
    base: np.ndarray
    before: np.ndarray
    lanes: np.ndarray
    moving: np.ndarray
    pushing: np.ndarray
    coalitions: np.ndarray
    support: np.ndarray


class Series(NamedTuple):
    """What is kept of each week: sums over the lanes float64 [profiles, series, weeks + 1], and, where `traced`,
    every lane float32 [profiles, series, weeks + 1, lanes]."""

    sums: np.ndarray
    traces: np.ndarray
    traced: bool


@inner
def start(p, s, world):
    """Put a profile at its start values: week 0, before any event."""
    forces, weights = world.sizes.forces, world.sizes.weights
    backings, scored = world.backings, world.scored
    s.rows[:] = ZERO
    for begin, source, count in (
        (s.control, p.control, world.sizes.regions * forces),
        (s.standing, p.standing, s.backing - s.standing),
        (s.violence, p.violence, 1),
        (s.violence_mean, p.violence_mean, 1),
        (s.tie, p.tie, forces * forces),
        (s.receptivity, p.receptivity, forces),
        (s.budget, p.budget, s.weights - s.budget),
    ):
        copy_rows(s.rows, begin, p.rows, source, count)
    for k in range(backings.shape[0]):
        copy(s.rows[s.backing + k], p.rows[backings[k].start])
        copy(s.rows[s.expected + k], p.rows[backings[k].start])
    for n in range(scored.shape[0]):
        copy_rows(s.rows, s.weights + n * weights, p.rows, p.weights + scored[n] * weights, weights)
    powers(s.rows[s.control : s.power], world.region_weight, s.rows[s.power : s.past])
    for back in range(5):
        copy_rows(s.rows, s.past + back * forces, s.rows, s.power, forces)
    s.rows[s.alive : s.in_field] = ONE
    s.rows[s.in_field] = f32(forces)
    s.rows[s.fired : s.stage] = -ONE
    s.rows[s.fell : s.sums] = -ONE


@entrance
def start_block(layout, program, prepared, memory, series):
    """Put every profile of a block at week 0; arguments as in `play_block`."""
    p = ParameterRows(memory.parameters, prepared.live, *layout.parameters)
    w = ScratchRows(memory.scratch, *layout.scratch)
    memory.moving[:], memory.pushing[:] = 0, 0
    w.rows[w.incite : w.log_rate] = ZERO
    control, at_start = p.rows[p.control : p.home], w.rows[w.at_start : w.fallen]
    powers(control, program.world.region_weight, at_start)
    for j in range(program.world.sizes.forces):
        logarithm(w.rows[w.log_rate + j], p.rows[p.rate + j])
        logarithm(w.rows[w.log_threshold + j], p.rows[p.threshold + j])
    realignment.set_chance(p.rows[p.realign_rate], w.rows[w.look])
    for d in range(memory.states.shape[0]):
        s = StateRows(memory.states[d], *layout.state)
        start(p, s, program.world)
        reaches(s, w, program.world)
        if program.world.sizes.orders:
            note_order(s, program.world)
        record(s, w, program.world, 0, series.sums[d], series.traces[d], series.traced)


@inner
def draw_noise(first, p, program, prepared, futures, memory):
    """Draw the noise of the span of weeks that begins with `first`."""
    world = program.world
    weeks = min(SPAN, world.sizes.weeks - first)
    draw_span(first, weeks, futures, program.keys, prepared.needed, memory)
    for t in range(weeks):
        drift(p, world.sizes.forces, world.seasons[first + t], memory.shocks[t], memory.base[t])


@entrance
def take_up(week, layout, program, prepared, futures, memory):
    """Make ready to play on from `week` a block whose state was put back: the noise of the span it stands in."""
    if week % SPAN:
        p = ParameterRows(memory.parameters, prepared.live, *layout.parameters)
        draw_noise(week - week % SPAN, p, program, prepared, futures, memory)


@entrance
def go_over(week, first, layout, program, memory):
    """Let the focus follow its strategy anew from `week` on, with its decisions, in every profile from `first` on."""
    w = ScratchRows(memory.scratch, *layout.scratch)
    focus, decisions = program.world.sizes.focus, program.strategies.decisions
    fill(w.rows[w.spare], ONE)
    for d in range(first, memory.states.shape[0]):
        s = StateRows(memory.states[d], *layout.state)
        fill(s.rows[s.stage + focus], ZERO)
        fill(s.rows[s.stale], ONE)
        policy, moving = program.strategies.plans[d, focus, 0].policy, memory.moving[d]
        take_decisions(policy, week, decisions, program.world.backings, s, w.rows[w.spare], moving)


@entrance
def play_block(begin_week, end_week, layout, program, prepared, futures, memory, series):
    """Play some weeks of one block of futures under every profile, from where it stands.

    A block may be stopped in any week and played on; what it needs stands in the memory that is passed.

    Args:
        begin_week, end_week: the weeks to play, from the first to before the last.
        layout, program, prepared, futures, memory, series: named tuples of those names.
    """
    p = ParameterRows(memory.parameters, prepared.live, *layout.parameters)
    w = ScratchRows(memory.scratch, *layout.scratch)
    world, events, strategies = program.world, program.events, program.strategies
    last, lanes = world.sizes.weeks - 1, memory.lanes
    for first in range(begin_week - begin_week % SPAN, end_week, SPAN):
        if first >= begin_week:
            draw_noise(first, p, program, prepared, futures, memory)
        for d in range(memory.states.shape[0]):
            s, mine, plans = StateRows(memory.states[d], *layout.state), futures.group[d], strategies.plans[d]
            moving, pushing = memory.moving[d], memory.pushing[d]
            due_lanes, due_first = futures.due_lanes[mine], futures.due_first[mine]
            for t in range(max(begin_week - first, 0), min(end_week - first, SPAN)):
                week, chances = first + t, memory.chances[t]
                fire_week(
                    week, due_lanes, due_first, strategies.turns[d], chances, p, s, w, world, events, lanes,
                    moving, pushing,
                )  # fmt: skip
                if world.sizes.account > 0:
                    draws = chances[events.triggered.shape[0] :]
                    realignment.look_again(draws, p, s, w, world, memory.coalitions, memory.support)
                decide(plans, week, world, events.tests, strategies.decisions, s, w, moving)
                engage(p, s, w, world, strategies, plans, week, lanes)
                base, log_draws = memory.base[t], memory.log_draws[t]
                fell = contest(
                    week, p, s, w, world, events, base, log_draws, memory.before, lanes, moving, pushing
                )
                standings(p, s, w, world, moving)
                move_violence(p, s, w, world, week)
                score(p, s, w, world, prepared.hostile, week == last)
                if fell > 0:
                    bury(s, world.backings, lanes[:fell])
                if world.sizes.orders:
                    note_order(s, world)
                record(s, w, world, week + 1, series.sums[d], series.traces[d], series.traced)
