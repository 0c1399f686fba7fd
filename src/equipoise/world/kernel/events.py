"""Step 1: what fires in the lanes of a block, and where conditions hold. Source: MODEL.md §3.

`p`, `s` are parameters and one profile's state (`rows.py`); `world` and `events` are tables described in `program.py`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.world import conditions, effects
from equipoise.world.kernel.arithmetic import count_positive
from equipoise.world.kernel.choosing import chosen
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO, f32

act = chosen([entry.lane for entry in effects.ENTRIES])
watched_row = chosen([entry.row for entry in conditions.ENTRIES])


@njit(**OPTIONS)
def fire(h, lanes, week, p, s, world, events, moving, pushing):
    """Let an occurrence act, in listed order, in some lanes; a deal only where its veto forces are in the field."""
    occurrence = events.occurrences[h]
    for k in range(lanes.shape[0]):
        lane = lanes[k]
        stands = True
        for j in range(world.sizes.forces):
            if events.needs[h, j] and s.rows[s.alive + j, lane] == ZERO:
                stands = False
        if stands:
            for n in range(occurrence.first, occurrence.end):
                o = events.operations[n]
                if o.kind >= 0:
                    act(o.kind, s, o, p.rows[p.amounts + n, lane], lane, week, world, moving, pushing)


@njit(**OPTIONS)
def hold(first, end, tests, s, forces, mask):
    """Clear `mask` in the lanes in which some test of the range does not hold (strictly)."""
    for c in range(first, end):
        test = tests[c]
        sign, level = test.sign, test.level
        row = watched_row(test.kind, s, forces, test.a, test.b)
        for l in range(LANES):
            mask[l] = mask[l] if sign * (s.rows[row, l] - level) > ZERO else ZERO


@njit(**OPTIONS)
def succeeds(n, draws, week, p, s, events, forces, firing, lanes):
    """List the lanes in which triggered event `n` fires for the first time; return how many there are."""
    fired, chance, occurrence = s.fired + n, p.weekly + n, events.occurrences[events.triggered[n]]
    for l in range(LANES):
        firing[l] = ONE if (s.rows[fired, l] < ZERO) & (draws[l] < p.rows[chance, l]) else ZERO
    hold(occurrence.first_test, occurrence.end_test, events.tests, s, forces, firing)
    count = 0
    if count_positive(firing) > 0:
        for l in range(LANES):
            if firing[l] > ZERO:
                s.rows[fired, l] = f32(week)
                lanes[count] = l
                count += 1
    return count


@njit(**OPTIONS)
def fire_week(week, due_lanes, due_first, draws, p, s, w, world, events, lanes, moving, pushing):
    """Step 1: dated events, deals and breaches in their order, then what the state triggers.

    Args:
        due_lanes, due_first: of one profile's group, as in `block.Futures`. draws: of the week [rows, lanes].
        lanes: scratch [lanes]. moving, pushing: the week from which each backing rests, each push has ended.
    """
    for h in range(due_first.shape[0]):
        begin, end = due_first[h, week], due_first[h, week + 1]
        if end > begin:
            fire(h, due_lanes[h, begin:end], week, p, s, world, events, moving, pushing)
    for n in range(events.triggered.shape[0]):
        count = succeeds(n, draws[n], week, p, s, events, world.sizes.forces, w.rows[w.spare], lanes)
        if count > 0:
            fire(np.int64(events.triggered[n]), lanes[:count], week, p, s, world, events, moving, pushing)
