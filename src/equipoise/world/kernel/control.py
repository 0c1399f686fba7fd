"""Steps 3 to 5: backing, control (eq. 2-3), falls (eq. 4) and who inherits.

`p`, `s`, `w` are the rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first
rows (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel import stages
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO, f32
from equipoise.world.kernel.rows import *


@njit(**OPTIONS)
def national(p, p_at, live, s, at, w, w_at, backings, engaging, incumbent, forces):
    """The terms of eq. 2 that are alike in all regions and depend on the strategy, into the rows of `nation`."""
    nation, effort, spare = w_at[W_NATION], at[EFFORT], w_at[W_SPARE]
    for j in range(forces):
        stages.fill(w[nation + j], ZERO)
        if live[p_at[P_BANDWAGON] + j]:
            stages.add_product(w[nation + j], p[p_at[P_BANDWAGON] + j], s[at[POWER] + j])
    for k in range(backings.shape[0]):
        j, effect = backings[k, 1], p_at[P_EFFECT] + backings[k, 1] * 2 + backings[k, 2]
        if live[effect]:
            stages.add_product(w[nation + j], p[effect], s[at[BACKING] + k])
    for j in range(forces):
        legitimacy, undermine = p_at[P_LEGITIMACY] + j, p_at[P_UNDERMINE] + j
        if not (live[legitimacy] or live[undermine]):
            continue
        stages.fill(w[spare], ZERO)
        for n in range(engaging.shape[0]):
            stages.add(w[spare], s[effort + engaging[n] * forces + j])
        if live[legitimacy]:
            stages.add_product(w[nation + j], p[legitimacy], w[spare])
        if live[undermine] and incumbent >= 0 and j != incumbent:
            for l in range(LANES):
                w[nation + incumbent, l] -= p[undermine, l] * w[spare, l]


@njit(**OPTIONS)
def pushes(p, p_at, s, at, w, w_at, slots, ops, pushing, week):
    """Sum the pushes that act this week into the rows of `push`; return whether any does."""
    acting = False
    amount, push = w[w_at[W_SPARE]], w_at[W_PUSH]
    for u in range(slots.shape[0]):
        if pushing[u] <= week:
            continue
        until = at[UNTIL] + u
        if not acting:
            w[push : w_at[W_OPEN]] = ZERO
            acting = True
        value = p_at[P_ACTS] + slots[u, 0]
        for l in range(LANES):
            amount[l] = p[value, l] if s[until, l] > f32(week) else ZERO
        for n in range(slots[u, 0], slots[u, 1]):
            stages.add(w[push + ops[n, 6]], amount)
    return acting


@njit(**OPTIONS)
def move_control(p, p_at, live, s, at, w, w_at, base, region_weight, pushed, forces):
    """Eq. 2-3 in every region; power P(t+1) before falls."""
    fitness, spare, incite = w_at[W_FITNESS], w_at[W_SPARE], w_at[W_INCITE]
    hostility = p_at[P_HOSTILITY]
    if live[hostility]:
        stages.product(w[spare], s[at[VIOLENCE]], p[hostility])
        for pair in range(forces * forces):
            if pair % (forces + 1) != 0 and live[p_at[P_TIE] + pair]:
                stages.product(w[incite + pair], w[spare], s[at[TIE] + pair])
    for first in range(0, base.shape[0], forces):
        control = at[CONTROL] + first
        for j in range(forces):
            stages.sum_of(w[fitness + j], base[first + j], w[w_at[W_NATION] + j])
            if pushed:
                stages.add(w[fitness + j], w[w_at[W_PUSH] + first + j])
            for n in range(0, forces - 1 if live[hostility] else 0, 2):
                k, m, one, two = stages.pair(n, j, forces)
                stages.add_products(
                    w[fitness + j], w[incite + one], s[control + k], w[incite + two], s[control + m]
                )
        stages.replicate(
            s[control : control + forces], w[fitness : fitness + forces], s[at[ALIVE] : at[IN_FIELD]],
            w[spare : spare + 2],
        )  # fmt: skip
    stages.powers(s[at[CONTROL] : at[POWER]], region_weight, s[at[POWER] : at[PAST]])


@njit(**OPTIONS)
def log_hazard(p, p_at, live, s, at, w, w_at, backings, j, week, forces):
    """Log λ_j of eq. 4, into the first spare row; power of eq. 3 is in the state."""
    out, gap = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1]
    panic, slide = p_at[P_PANIC] + j, p_at[P_SLIDE] + j
    stages.log_hazard_of(
        w[w_at[W_LOG_RATE] + j], p[p_at[P_STEEPNESS] + j], w[w_at[W_LOG_THRESHOLD] + j], s[at[POWER] + j],
        s[at[LOG_HAZARD] + j], out,
    )  # fmt: skip
    stages.fill(gap, ZERO)
    for k in range(backings.shape[0]):
        if backings[k, 1] != j:
            continue
        backing, expected = at[BACKING] + k, at[EXPECTED] + k
        shield = p_at[P_SHIELD] + j * 2 + backings[k, 2]
        if live[shield]:
            for l in range(LANES):
                out[l] -= p[shield, l] * s[backing, l]
        if live[panic]:
            for l in range(LANES):
                gap[l] += s[backing, l] - s[expected, l]
    if live[panic]:
        for l in range(LANES):
            out[l] += p[panic, l] * max(gap[l], ZERO)
    if live[slide]:
        earlier = at[PAST] + (week + 1) % 5 * forces + j  # P(t-4) stands where P(t+1) will be written
        power = at[POWER] + j
        for l in range(LANES):
            out[l] += p[slide, l] * max(s[earlier, l] - s[power, l], ZERO)


@njit(**OPTIONS)
def falls(p, p_at, live, s, at, w, w_at, backings, log_draws, week, forces):
    """Step 5: mark who falls this week, each judged by the power of eq. 3; return how many in the block."""
    count = 0
    for j in range(forces):
        fell = w[w_at[W_FELL_NOW] + j]
        if live[p_at[P_RATE] + j]:
            log_hazard(p, p_at, live, s, at, w, w_at, backings, j, week, forces)
            count += stages.falls(w[w_at[W_SPARE]], log_draws[j], s[at[ALIVE] + j], fell)
        else:
            stages.fill(fell, ZERO)
    return count


@njit(**OPTIONS)
def collapse(p, p_at, s, at, w, w_at, week, forces, before):
    """Let the marked forces fall: their control passes on, a settlement ends."""
    fell, fallen = w[w_at[W_FELL_NOW] : w_at[W_FELL_NOW] + forces], w[w_at[W_FALLEN]]
    for j in range(forces):
        stages.add(fallen, fell[j])
    for l in range(LANES):
        some = fallen[l]
        if some == ZERO:
            continue
        stages.hand_over(
            s[at[CONTROL] : at[POWER]], s[at[TIE] : at[LOG_HAZARD]], p[p_at[P_INHERIT]], s[at[ALIVE] : at[IN_FIELD]],
            fell, l, before,
        )  # fmt: skip
        s[at[SETTLED], l] = ZERO
        s[at[STALE], l] = ONE
        s[at[IN_FIELD], l] -= some
        for j in range(forces):
            if fell[j, l] > ZERO:
                s[at[ALIVE] + j, l] = ZERO
                s[at[FELL] + j, l] = f32(week)


@njit(**OPTIONS)
def bury(s, at, backings):
    """End the backing of fallen forces: 0 from the week after the fall."""
    for k in range(backings.shape[0]):
        alive = at[ALIVE] + backings[k, 1]
        for row in (at[BACKING] + k, at[EXPECTED] + k, at[LEFT] + k):
            for l in range(LANES):
                s[row, l] *= s[alive, l]


@njit(**OPTIONS)
def contest(
    week, p, p_at, live, s, at, w, w_at, base, log_draws, region_weight, backings, engaging, slots, ops, moving,
    pushing, incumbent, forces, before,
):  # fmt: skip
    """Move backing, then control; let forces fall; return how many fell in the block.

    Args:
        base: the part of fitness no strategy changes [regions · forces, lanes]. log_draws: of falls [forces, lanes].
        moving, pushing: from which week each backing rests, each push has ended, in the whole block.
        before: scratch [forces]. The others as in `kernel.play_block`.
    """
    for k in range(backings.shape[0]):
        if moving[k] > week:
            stages.move_backing(
                s[at[BACKING] + k], s[at[EXPECTED] + k], s[at[STEP] + k], s[at[LEFT] + k], s[at[GOAL] + k],
                s[at[FOLLOW] + k],
            )  # fmt: skip
    national(p, p_at, live, s, at, w, w_at, backings, engaging, incumbent, forces)
    pushed = pushes(p, p_at, s, at, w, w_at, slots, ops, pushing, week)
    move_control(p, p_at, live, s, at, w, w_at, base, region_weight, pushed, forces)
    stages.fill(w[w_at[W_FALLEN]], ZERO)
    fell = falls(p, p_at, live, s, at, w, w_at, backings, log_draws, week, forces)
    if fell > 0:
        collapse(p, p_at, s, at, w, w_at, week, forces, before)
        stages.powers(s[at[CONTROL] : at[POWER]], region_weight, s[at[POWER] : at[PAST]])
    past = at[PAST] + (week + 1) % 5 * forces
    stages.copy_rows(s, past, s, at[POWER], forces)
    return fell
