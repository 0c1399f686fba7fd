"""What is drawn in the run, for all profiles at once, and what no strategy changes.

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.arithmetic import add, add_product
from equipoise.world.kernel.compiling import entrance, inner
from equipoise.world.kernel.lanes import LANES, ONE, log, normal, philox, uniform

SPAN = 16
"""Weeks whose noise is drawn at a time; a multiple of 4, the words of one Philox call."""


@inner
def draw_span(first, weeks, futures, keys, needed, memory):
    """Draw the noise of a span of weeks.

    Rows of `keys` [rows, 2]: a national shock for each force, a regional one for each region and force, a
    fall draw for each force, a weekly draw for each triggered event; rows that are not `needed` are skipped.

    Args:
        first, weeks: the span. futures: who they are. memory: written to are `shocks`, standard normals [span, rows,
            lanes], `log_draws`, logarithms of standard exponentials, and `chances`, uniform draws.
    """
    state, stream, words = futures.state, futures.stream, memory.words
    shocks, log_draws, chances = memory.shocks, memory.log_draws, memory.chances
    shocked, forces = shocks.shape[1], log_draws.shape[1]
    for n in range(keys.shape[0]):
        if not needed[n]:
            continue
        for quarter in range((weeks + 3) // 4):
            philox(state, stream, np.uint32(first // 4 + quarter), keys[n, 0], keys[n, 1], words)
            for k in range(min(4, weeks - 4 * quarter)):
                t, begin = 4 * quarter + k, k * LANES
                if n < shocked:
                    for l in range(LANES):
                        shocks[t, n, l] = normal(uniform(words[begin + l]))
                elif n < shocked + forces:
                    for l in range(LANES):
                        log_draws[t, n - shocked, l] = log(-log(ONE - uniform(words[begin + l])))
                else:
                    for l in range(LANES):
                        chances[t, n - shocked - forces, l] = uniform(words[begin + l])


@inner
def drift(p, forces, seasons, shocks, base):
    """The part of fitness (eq. 2) that no strategy changes: μ + home + σε + ςε, and the seasons of the week [seasons].

    `base` is [regions · forces, lanes].
    """
    for row in range(base.shape[0]):
        j = row % forces
        momentum, home = p.momentum + j, p.home + row
        for l in range(LANES):
            base[row, l] = p.rows[momentum, l] + p.rows[home, l]
        if p.live[p.national + j]:
            add_product(base[row], p.rows[p.national + j], shocks[j])
        if p.live[p.regional + j]:
            add_product(base[row], p.rows[p.regional + j], shocks[forces + row])
        for n in range(seasons.shape[0]):
            push = p.season_push + n * base.shape[0] + row
            if seasons[n] and p.live[push]:
                add(base[row], p.rows[push])


@entrance
def spread_states(table, column, parameters):
    """Give each lane the parameters of its state: `parameters` [rows, lanes] from `table` [rows, states]."""
    for row in range(table.shape[0]):
        for l in range(LANES):
            parameters[row, l] = table[row, np.uint64(column[l])]


@entrance
def sort_by_week(due, lanes, first):
    """List the lanes in the order of the weeks in which an occurrence is due in them, those of a week in their order.

    What is not due in the run is left out.

    Args:
        due: int32 [groups, occurrences, n], weeks. lanes: [groups, occurrences, n], written to. first: [groups,
            weeks + 1, occurrences], written to: where in that order each week begins.
    """
    weeks = first.shape[1] - 1
    for g in range(due.shape[0]):
        for h in range(due.shape[1]):
            for week in range(weeks + 1):
                first[g, week, h] = 0
            for l in range(due.shape[2]):
                if 0 <= due[g, h, l] < weeks:
                    first[g, due[g, h, l], h] += 1
            end = np.int64(0)
            for week in range(weeks + 1):
                end += first[g, week, h]
                first[g, week, h] = end
            for l in range(due.shape[2] - 1, -1, -1):
                if 0 <= due[g, h, l] < weeks:
                    first[g, due[g, h, l], h] -= 1
                    lanes[g, h, first[g, due[g, h, l], h]] = l


@entrance
def uniforms(state, stream, key0, key1, words, first, second, third):
    """Fill three float64 rows with uniform draws in (0, 1) for every future (at least LANES of them), from one key."""
    n = state.shape[0]
    for begin in range(0, n, LANES):
        at = min(begin, n - LANES)
        philox(state[at : at + LANES], stream[at : at + LANES], np.uint32(0), key0, key1, words)
        for l in range(LANES):
            first[at + l] = (np.float64(words[l]) + 0.5) * 2.0**-32
            second[at + l] = (np.float64(words[l + LANES]) + 0.5) * 2.0**-32
            third[at + l] = (np.float64(words[l + 2 * LANES]) + 0.5) * 2.0**-32
