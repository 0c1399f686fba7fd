"""The kernel: a block of futures, week by week, under every profile.

The futures of a block are its lanes. What does not depend on the strategy is drawn once for all profiles:
noise, fall draws, weekly draws. Weeks are played in spans short enough for a span's noise to stay in cache;
within a span one profile is played after another, so that its state stays in cache too. Equation numbers
are those of docs/model.md; `reference.py` is the same model to be read beside them. `p`, `s`, `w` are the
rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first rows (`rows.py`).
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel import effects as acts
from equipoise.world.kernel import realignment as realigning
from equipoise.world.kernel import stages
from equipoise.world.kernel.control import bury, contest
from equipoise.world.kernel.engagement import engage
from equipoise.world.kernel.lanes import ONE, OPTIONS, ZERO, f32
from equipoise.world.kernel.noise import SPAN, draw_span, drift
from equipoise.world.kernel.rows import *
from equipoise.world.kernel.scoring import reaches, record, score
from equipoise.world.kernel.standing import standings


@njit(**OPTIONS)
def start(p, p_at, s, at, region_weight, backings, scored, forces, weights):
    """Put a profile at its start values: week 0, before any event."""
    s[:] = ZERO
    for begin, source, count in (
        (at[CONTROL], p_at[P_CONTROL], region_weight.shape[0] * forces),
        (at[STANDING], p_at[P_STANDING], at[BACKING] - at[STANDING]),
        (at[VIOLENCE], p_at[P_VIOLENCE], 1),
        (at[VIOLENCE_MEAN], p_at[P_VIOLENCE_MEAN], 1),
        (at[TIE], p_at[P_TIE], forces * forces),
        (at[RECEPTIVITY], p_at[P_RECEPTIVITY], forces),
        (at[BUDGET], p_at[P_BUDGET], at[WEIGHTS] - at[BUDGET]),
    ):
        stages.copy_rows(s, begin, p, source, count)
    for k in range(backings.shape[0]):
        stages.copy(s[at[BACKING] + k], p[backings[k, 3]])
        stages.copy(s[at[EXPECTED] + k], p[backings[k, 3]])
    for n in range(scored.shape[0]):
        first = p_at[P_WEIGHTS] + scored[n] * weights
        stages.copy_rows(s, at[WEIGHTS] + n * weights, p, first, weights)
    stages.powers(s[at[CONTROL] : at[POWER]], region_weight, s[at[POWER] : at[PAST]])
    for back in range(5):
        stages.copy_rows(s, at[PAST] + back * forces, s, at[POWER], forces)
    s[at[ALIVE] : at[IN_FIELD]] = ONE
    s[at[IN_FIELD]] = f32(forces)
    s[at[FIRED] : at[SWITCHED]] = -ONE
    s[at[FELL] : at[SUMS]] = -ONE


@njit(**OPTIONS)
def start_block(program, p, states, w, moving, pushing, sums, traces, traced):
    """Put every profile of a block at week 0; arguments as in `play_block`."""
    at, p_at, w_at, focus, forces = program.at, program.p_at, program.w_at, program.sizes[2], program.sizes[3]
    moving[:], pushing[:] = 0, 0
    w[w_at[W_INCITE] : w_at[W_LOG_RATE]] = ZERO
    for j in range(forces):
        stages.logarithm(w[w_at[W_LOG_RATE] + j], p[p_at[P_RATE] + j])
        stages.logarithm(w[w_at[W_LOG_THRESHOLD] + j], p[p_at[P_THRESHOLD] + j])
    realigning.set_chance(p, p_at, w, w_at)
    for d in range(states.shape[0]):
        s = states[d]
        start(
            p, p_at, s, at, program.region_weight, program.backings, program.scored, forces, program.sizes[5]
        )
        reaches(s, at, w, w_at, program.interest, program.counted, forces)
        record(s, at, w, w_at, focus, forces, 0, sums[d], traces[d], traced)


@njit(**OPTIONS)
def play_block(
    begin_week, end_week, program, majority, live, signs, keys, needed, due, due_lanes, due_first, group, state, stream,
    p, states, w, words, shocks, log_draws, chances, base, before, lanes, moving, pushing, coalitions, support, sums,
    traces, traced,
):  # fmt: skip
    """Play some weeks of one block of futures under every profile, from where it stands.

    A block may be stopped in any week and played on; what it needs stands in the memory that is passed.

    Args:
        begin_week, end_week: the weeks to play, from the first to before the last.
        program: the world's integers. majority: share of power that is a takeover.
        live: [parameter rows], whether a parameter differs from 0 anywhere or may. signs: [2, forces · forces],
            whether a tie can be negative, positive.
        keys, needed: Philox keys of the noise rows [rows, 2], and which are needed.
        due: week of each drawn happening [groups, happenings, lanes]. due_lanes: the lanes of each in the order of
            their weeks; due_first [groups, happenings, weeks + 1]: where in that order each week begins.
        group: by profile, its row of `due`. state, stream: uint32 [lanes], who the futures are.
        p, states, w: memory (`program.block_memory`); the mask of valid lanes is in w.
        words .. pushing: scratch. sums [profiles, series, weeks + 1]; traces [profiles, series, weeks + 1, lanes].
    """
    sizes, at, p_at, w_at = program.sizes, program.at, program.p_at, program.w_at
    weeks, incumbent, focus, forces, weights = sizes[0], sizes[1], sizes[2], sizes[3], sizes[5]
    backings, ops, engaging, scored = program.backings, program.ops, program.engaging, program.scored
    watch, bounds, firing = program.watch, program.bounds, w[w_at[W_SPARE]]
    account, triggers = sizes[10], program.triggered.shape[0]
    for first in range(begin_week - begin_week % SPAN, end_week, SPAN):
        if first >= begin_week:
            span = min(SPAN, weeks - first)
            draw_span(first, span, state, stream, keys, needed, words, shocks, log_draws, chances)
            for t in range(span):
                drift(p, p_at, live, forces, shocks[t], base[t])
        for d in range(states.shape[0]):
            s, mine, profile = states[d], group[d], program.profiles[d]
            for t in range(max(begin_week - first, 0), min(end_week - first, SPAN)):
                week = first + t
                acts.fire_week(
                    week, due_lanes[mine], due_first[mine], chances[t], program.triggered, p, p_at, s, at, forces,
                    weights, program.happenings, program.needs, ops, backings, program.patrons, watch, bounds, firing,
                    lanes, moving[d], pushing[d],
                )  # fmt: skip
                if account > 0:
                    realigning.look_again(
                        account, chances[t, triggers:], p, p_at, s, at, w, w_at, forces, sizes[11], backings,
                        coalitions, support,
                    )  # fmt: skip
                acts.decide(
                    profile, week, due[mine], watch, bounds, program.decisions, program.targets, backings, s, at,
                    forces, firing, moving[d],
                )  # fmt: skip
                engage(p, p_at, s, at, w, w_at, profile, program.policies, engaging, forces, week)
                fell = contest(
                    week, p, p_at, live, s, at, w, w_at, base[t], log_draws[t], program.region_weight, backings,
                    engaging, program.slots, ops, moving[d], pushing[d], incumbent, forces, before,
                )  # fmt: skip
                standings(p, p_at, live, signs, s, at, w, w_at, backings, program.tracked, forces)
                stages.move_violence(
                    s[at[VIOLENCE]], s[at[VIOLENCE_MEAN]], p[p_at[P_REVERT]], p[p_at[P_CONTEST]], p[p_at[P_AFTER_FALL]],
                    w[w_at[W_FALLEN]], s[at[CONTROL] : at[POWER]], program.region_weight, w[w_at[W_SPARE]],
                )  # fmt: skip
                score(
                    live, p_at, s, at, w, w_at, sizes, majority, program.interest, backings, program.counted, scored,
                    week == weeks - 1,
                )  # fmt: skip
                if fell > 0:
                    bury(s, at, backings)
                record(s, at, w, w_at, focus, forces, week + 1, sums[d], traces[d], traced)
