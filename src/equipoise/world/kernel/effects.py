"""Effects and conditions on the lanes of a block. Source: MODEL.md §3 *Effects*, *State-triggered events*.

`p`, `s`, `w` are the rows of parameters, of one profile's state and of scratch; `at`, `p_at`, `w_at` their
first rows (`rows.py`); the integer tables are described at `program.Program`.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.conditions import Watch
from equipoise.world.effects import Act
from equipoise.world.kernel import rows as r
from equipoise.world.kernel.lanes import HALF, LANES, LOG_OF_ZERO, ONE, OPTIONS, ZERO, f32, log
from equipoise.world.kernel.stages import count_positive, fill

A_STANDING, A_BACKING, A_EXPECT, A_PUSH = int(Act.STANDING), int(Act.BACKING), int(Act.EXPECT), int(Act.PUSH)
A_VIOLENCE_ADD, A_VIOLENCE_SET = int(Act.VIOLENCE_ADD), int(Act.VIOLENCE_SET)
A_TIE_ADD, A_TIE_SET, A_HAZARD = int(Act.TIE_ADD), int(Act.TIE_SET), int(Act.HAZARD)
A_RECEPTIVITY, A_BUDGET, A_VALUE, A_SETTLEMENT = (
    int(Act.RECEPTIVITY),
    int(Act.BUDGET),
    int(Act.VALUE),
    int(Act.SETTLEMENT),
)
WATCH_POWER, WATCH_CONTROL, WATCH_STANDING = int(Watch.POWER), int(Watch.CONTROL), int(Watch.STANDING)
WATCH_VIOLENCE = int(Watch.VIOLENCE)
TIE, ALIVE, BACKING, EXPECTED, STEP, LEFT, GOAL, FOLLOW = (
    r.TIE, r.ALIVE, r.BACKING, r.EXPECTED, r.STEP, r.LEFT, r.GOAL, r.FOLLOW,
)  # fmt: skip
STANDING, UNTIL, VIOLENCE, VIOLENCE_MEAN, LOG_HAZARD = (
    r.STANDING,
    r.UNTIL,
    r.VIOLENCE,
    r.VIOLENCE_MEAN,
    r.LOG_HAZARD,
)
RECEPTIVITY, BUDGET, WEIGHTS, SETTLED, FIRED, SWITCHED = (
    r.RECEPTIVITY,
    r.BUDGET,
    r.WEIGHTS,
    r.SETTLED,
    r.FIRED,
    r.SWITCHED,
)
POWER, CONTROL, STALE, P_ACTS, P_WEEKLY = r.POWER, r.CONTROL, r.STALE, r.P_ACTS, r.P_WEEKLY

INLINED = OPTIONS | {"inline": "always"}
"""For small functions of one lane: a call would copy more arguments than it does work."""


@njit(**INLINED)
def decide_backing(s, at, k, force, lane, week, target, over, announced, moving):
    """Begin to move backing `k` to a target in one lane; what is left of an earlier decision is dropped.

    `moving` [backings] keeps the week from which each backing rests in the whole block.
    """
    if s[at[ALIVE] + force, lane] > ZERO:
        moving[k] = max(moving[k], week + over)
        s[at[GOAL] + k, lane] = target
        s[at[STEP] + k, lane] = (target - s[at[BACKING] + k, lane]) / f32(over)
        s[at[LEFT] + k, lane] = f32(over)
        s[at[FOLLOW] + k, lane] = ZERO if announced else ONE
        if announced:
            s[at[EXPECTED] + k, lane] = target


@njit(**INLINED)
def _clip(value, low):
    return min(max(value, low), ONE)


@njit(**INLINED)
def act(ops, n, value, lane, week, s, at, forces, weights, backings, patrons, moving, pushing):
    """Let operation `n` act in one lane."""
    kind, a, b, span, slot = ops[n, 0], ops[n, 1], ops[n, 2], ops[n, 3], ops[n, 5]
    if kind == A_STANDING:
        row = at[STANDING] + a * forces + b
        s[row, lane] = s[at[ALIVE] + b, lane] * _clip(s[row, lane] + value, ZERO)
    elif kind == A_PUSH:
        s[at[UNTIL] + slot, lane] = f32(week + span)
        pushing[slot] = max(pushing[slot], week + span)
    elif kind == A_BACKING:
        decide_backing(s, at, a, backings[a, 1], lane, week, _clip(value, ZERO), span, ops[n, 4] > 0, moving)
    elif kind == A_EXPECT:
        s[at[EXPECTED] + a, lane] = s[at[ALIVE] + backings[a, 1], lane] * _clip(value, ZERO)
        s[at[FOLLOW] + a, lane] = ZERO
    elif kind == A_VIOLENCE_ADD:
        s[at[VIOLENCE], lane] = max(s[at[VIOLENCE], lane] + value, ZERO)
    elif kind == A_VIOLENCE_SET:
        s[at[VIOLENCE], lane] = s[at[VIOLENCE_MEAN], lane] = max(value, ZERO)
    elif kind in (A_TIE_ADD, A_TIE_SET):
        row = at[TIE] + a * forces + b
        s[row, lane] = _clip((s[row, lane] if kind == A_TIE_ADD else ZERO) + value, -ONE)
        s[at[TIE] + b * forces + a, lane] = s[row, lane]
    elif kind == A_HAZARD:
        s[at[LOG_HAZARD] + a, lane] = max(s[at[LOG_HAZARD] + a, lane] + log(value), LOG_OF_ZERO)
    elif kind == A_RECEPTIVITY:
        s[at[RECEPTIVITY] + a, lane] *= value
    elif kind == A_BUDGET:
        s[at[BUDGET] + a, lane] *= value
        s[at[STALE], lane] = ONE
    elif kind == A_SETTLEMENT:
        s[at[SETTLED], lane] = ONE
    elif kind == A_VALUE and patrons[a] >= 0:
        s[at[WEIGHTS] + patrons[a] * weights + b, lane] = value


@njit(**OPTIONS)
def fire(
    h,
    lanes,
    week,
    p,
    p_at,
    s,
    at,
    forces,
    weights,
    happenings,
    needs,
    ops,
    backings,
    patrons,
    moving,
    pushing,
):
    """Let a happening act, in listed order, in some lanes; a deal only where its veto forces are in the field."""
    for k in range(lanes.shape[0]):
        lane = lanes[k]
        stands = True
        for j in range(forces):
            if needs[h, j] and s[at[ALIVE] + j, lane] == ZERO:
                stands = False
        if stands:
            for n in range(happenings[h, 0], happenings[h, 1]):
                if ops[n, 0] >= 0:
                    value = p[p_at[P_ACTS] + n, lane]
                    act(ops, n, value, lane, week, s, at, forces, weights, backings, patrons, moving, pushing)


@njit(**OPTIONS)
def hold(first, last, watch, bounds, s, at, forces, mask):
    """Clear `mask` in the lanes in which some condition of the range does not hold (strictly)."""
    for c in range(first, last):
        kind, a, b = watch[c, 0], watch[c, 1], watch[c, 2]
        sign, level = bounds[c, 0], bounds[c, 1]
        if kind == WATCH_POWER:
            row = at[POWER] + a
        elif kind == WATCH_CONTROL:
            row = at[CONTROL] + a * forces + b
        elif kind == WATCH_STANDING:
            row = at[STANDING] + a * forces + b
        elif kind == WATCH_VIOLENCE:
            row = at[VIOLENCE]
        else:
            row, sign, level = at[ALIVE] + a, -ONE, HALF
        for l in range(LANES):
            mask[l] = mask[l] if sign * (s[row, l] - level) > ZERO else ZERO


@njit(**OPTIONS)
def succeeds(h, n, draws, week, p, p_at, s, at, forces, happenings, watch, bounds, firing, lanes):
    """List the lanes in which triggered event `n` fires for the first time; return how many there are."""
    fired, chance = at[FIRED] + n, p_at[P_WEEKLY] + n
    for l in range(LANES):
        firing[l] = ONE if (s[fired, l] < ZERO) & (draws[l] < p[chance, l]) else ZERO
    hold(happenings[h, 2], happenings[h, 3], watch, bounds, s, at, forces, firing)
    count = 0
    if count_positive(firing) > 0:
        for l in range(LANES):
            if firing[l] > ZERO:
                s[fired, l] = f32(week)
                lanes[count] = l
                count += 1
    return count


@njit(**OPTIONS)
def fire_week(
    week, due_lanes, due_first, draws, triggered, p, p_at, s, at, forces, weights, happenings, needs, ops, backings,
    patrons, watch, bounds, firing, lanes, moving, pushing,
):  # fmt: skip
    """Step 1: dated events, deals and breaches in their order, then what the state triggers.

    Args:
        due_lanes, due_first: of one profile's group, as in `kernel.play_block`. draws: of the week [rows, lanes].
        firing, lanes: scratch [lanes]. The others as in `kernel.play_block`.
    """
    for h in range(due_first.shape[0]):
        begin, end = due_first[h, week], due_first[h, week + 1]
        if end > begin:
            fire(
                h, due_lanes[h, begin:end], week, p, p_at, s, at, forces, weights, happenings, needs, ops, backings,
                patrons, moving, pushing,
            )  # fmt: skip
    for n in range(triggered.shape[0]):
        h = triggered[n]
        count = succeeds(
            h, n, draws[n], week, p, p_at, s, at, forces, happenings, watch, bounds, firing, lanes
        )
        if count > 0:
            fire(
                h, lanes[:count], week, p, p_at, s, at, forces, weights, happenings, needs, ops, backings, patrons,
                moving, pushing,
            )  # fmt: skip


@njit(**OPTIONS)
def switch(row, i, week, due, watch, bounds, s, at, forces, mask):
    """Mark and remember the lanes in which patron i's strategy switches its policy this week."""
    switched, stale, dated, triggered = at[SWITCHED] + i, at[STALE], row[2], at[FIRED] + row[3]
    for l in range(LANES):
        mask[l] = ONE - s[switched, l]
    if dated >= 0:
        for l in range(LANES):
            mask[l] = mask[l] if due[dated, l] <= week else ZERO
    elif row[3] >= 0:
        for l in range(LANES):
            mask[l] = mask[l] if s[triggered, l] >= ZERO else ZERO
    else:
        hold(row[4], row[5], watch, bounds, s, at, forces, mask)
    for l in range(LANES):
        s[switched, l] += mask[l]
        s[stale, l] = max(s[stale, l], mask[l])


@njit(**OPTIONS)
def take_decisions(policy, week, decisions, targets, backings, s, at, mask, moving):
    """Take a policy's backing decisions, announced, in the lanes of `mask`."""
    for n in range(decisions.shape[0]):
        if decisions[n, 0] == policy:
            k = decisions[n, 1]
            for l in range(LANES):
                if mask[l] > ZERO:
                    decide_backing(
                        s, at, k, backings[k, 1], l, week, targets[n], decisions[n, 2], True, moving
                    )


@njit(**OPTIONS)
def decide(profile, week, due, watch, bounds, decisions, targets, backings, s, at, forces, mask, moving):
    """Take the decisions of policies: all at the start, those of `then` where a strategy switches this week."""
    for i in range(profile.shape[0]):
        if week == 0 and decisions.shape[0] > 0:
            fill(mask, ONE)
            take_decisions(profile[i, 0], week, decisions, targets, backings, s, at, mask, moving)
        if profile[i, 1] >= 0:
            switch(profile[i], i, week, due, watch, bounds, s, at, forces, mask)
            take_decisions(profile[i, 1], week, decisions, targets, backings, s, at, mask, moving)
