"""The kernel: a block of futures, week by week, under every profile.

The futures of a block are its lanes. What does not depend on the strategy is drawn once for all profiles:
noise, fall draws, weekly draws. Weeks are played in spans short enough for a span's noise to stay in cache;
within a span one profile is played after another, so that its state stays in cache too. Equation numbers
are those of docs/model.md; `reference.py` is the same model to be read beside them. `p`, `s`, `w` are the
rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first rows (`rows.py`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.world import acts, realigning, stages
from equipoise.world.lanes import LANES, ONE, OPTIONS, ZERO, f32, log, normal, philox, uniform
from equipoise.world.rows import *  # noqa: F403
from equipoise.world.rows import TERMS

SPAN = 32
"""Weeks whose noise is drawn at a time; a multiple of 4, the words of one Philox call."""
N_TERMS = len(TERMS)


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
        s[begin : begin + count] = p[source : source + count]
    for k in range(backings.shape[0]):
        s[at[BACKING] + k] = p[backings[k, 3]]
        s[at[EXPECTED] + k] = p[backings[k, 3]]
    for n in range(scored.shape[0]):
        first = p_at[P_WEIGHTS] + scored[n] * weights
        s[at[WEIGHTS] + n * weights : at[WEIGHTS] + (n + 1) * weights] = p[first : first + weights]
    stages.powers(s[at[CONTROL] : at[POWER]], region_weight, s[at[POWER] : at[PAST]])
    for back in range(5):
        s[at[PAST] + back * forces : at[PAST] + (back + 1) * forces] = s[at[POWER] : at[PAST]]
    s[at[ALIVE] : at[IN_FIELD]] = ONE
    s[at[IN_FIELD]] = f32(forces)
    s[at[FIRED] : at[SWITCHED]] = -ONE
    s[at[FELL] : at[SUMS]] = -ONE


@njit(**OPTIONS)
def draw_span(first, weeks, state, stream, keys, needed, words, shocks, log_draws, chances):
    """Draw the noise of a span of weeks.

    Rows of `keys` [rows, 2]: a national shock for each force, a regional one for each region and force, a
    fall draw for each force, a weekly draw for each triggered event; rows that are not `needed` are skipped.

    Args:
        shocks: standard normals [span, rows, lanes]. log_draws: logarithms of standard exponentials.
        chances: uniform draws.
    """
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


@njit(**OPTIONS)
def drift(p, p_at, live, forces, shocks, base):
    """The part of fitness (eq. 2) that no strategy changes: μ + home + σε + ςε, [regions · forces, lanes]."""
    for row in range(base.shape[0]):
        j = row % forces
        momentum, home = p_at[P_MOMENTUM] + j, p_at[P_HOME] + row
        for l in range(LANES):
            base[row, l] = p[momentum, l] + p[home, l]
        if live[p_at[P_NATIONAL] + j]:
            stages.add_product(base[row], p[p_at[P_NATIONAL] + j], shocks[j])
        if live[p_at[P_REGIONAL] + j]:
            stages.add_product(base[row], p[p_at[P_REGIONAL] + j], shocks[forces + row])


@njit(**OPTIONS)
def shares(p, p_at, s, at, i, policy, form, forces, scratch, out):
    """Eq. 1 for patron i under a policy (its row, and `form`: follow-power, follow-standing, floor)."""
    base, standing = p_at[P_BASE] + policy * forces, at[STANDING] + i * forces
    stages.weigh(
        p[base : base + forces], s[at[POWER] : at[PAST]], s[standing : standing + forces],
        s[at[ALIVE] : at[IN_FIELD]], s[at[IN_FIELD]], form[0], form[1], form[2], scratch, out,
    )  # fmt: skip


@njit(**OPTIONS)
def engage(p, p_at, s, at, w, w_at, profile, policies, engaging, forces, week):
    """Step 2: the effort x_ij of every engaging patron, before and after its strategy switches.

    Where a policy follows neither power nor standing, effort changes only in the lanes marked stale: a force
    fell, a budget changed, a strategy switched.
    """
    spare = w[w_at[W_SPARE] : w_at[W_SPARE] + 2]
    stale = stages.count_positive(s[at[STALE]])
    for n in range(engaging.shape[0]):
        i = engaging[n]
        x = s[at[EFFORT] + i * forces : at[EFFORT] + (i + 1) * forces]
        form, then = policies[profile[i, 0]], policies[max(profile[i, 1], 0)]
        follows = form[0] != ZERO or form[1] != ZERO
        follows = follows or (profile[i, 1] >= 0 and (then[0] != ZERO or then[1] != ZERO))
        if follows or week == 0:
            engage_fully(p, p_at, s, at, w, w_at, profile[i], policies, i, forces, spare, x)
        elif stale > 0:
            for l in range(LANES):
                if s[at[STALE], l] > ZERO:
                    after = profile[i, 1] >= 0 and s[at[SWITCHED] + i, l] > ZERO
                    policy = profile[i, 1] if after else profile[i, 0]
                    base = p_at[P_BASE] + policy * forces
                    stages.weigh_lane(
                        p[base : base + forces], s[at[ALIVE] : at[IN_FIELD]], s[at[IN_FIELD]], policies[policy, 2],
                        s[at[BUDGET] + i], l, x,
                    )  # fmt: skip
    if stale > 0:
        stages.fill(s[at[STALE]], ZERO)


@njit(**OPTIONS)
def engage_fully(p, p_at, s, at, w, w_at, mine, policies, i, forces, spare, x):
    """The effort of one patron in all lanes."""
    shares(p, p_at, s, at, i, mine[0], policies[mine[0]], forces, spare, x)
    if mine[1] >= 0:
        share = w[w_at[W_SHARE] : w_at[W_SHARE] + forces]
        shares(p, p_at, s, at, i, mine[1], policies[mine[1]], forces, spare, share)
        switched = at[SWITCHED] + i
        for j in range(forces):
            for l in range(LANES):
                x[j, l] = share[j, l] if s[switched, l] > ZERO else x[j, l]
    for j in range(forces):
        for l in range(LANES):
            x[j, l] *= s[at[BUDGET] + i, l]


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
    fitness, spare = w_at[W_FITNESS], w_at[W_SPARE]
    hostility = p_at[P_HOSTILITY]
    if live[hostility]:
        for l in range(LANES):
            w[spare + 2, l] = s[at[VIOLENCE], l] * p[hostility, l]
    for first in range(0, base.shape[0], forces):
        control = at[CONTROL] + first
        for j in range(forces):
            for l in range(LANES):
                w[fitness + j, l] = base[first + j, l] + w[w_at[W_NATION] + j, l]
            if pushed:
                stages.add(w[fitness + j], w[w_at[W_PUSH] + first + j])
            if live[hostility]:
                stages.fill(w[spare], ZERO)
                for k in range(forces):
                    if k != j and live[p_at[P_TIE] + j * forces + k]:
                        stages.add_product(w[spare], s[at[TIE] + j * forces + k], s[control + k])
                stages.add_product(w[fitness + j], w[spare], w[spare + 2])
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
        for l in range(LANES):
            out[l] += p[slide, l] * max(s[earlier, l] - s[at[POWER] + j, l], ZERO)


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
    fell = w[w_at[W_FELL_NOW] : w_at[W_FELL_NOW] + forces]
    for l in range(LANES):
        some = ZERO
        for j in range(forces):
            some += fell[j, l]
        if some == ZERO:
            continue
        w[w_at[W_FALLEN], l] = some
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
def openness(p, p_at, live, s, at, w, w_at, backings, forces):
    """Step 6: ρ_j of a force whose sponsors waver, towards a patron that is not itself leaving."""
    now, then = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1]
    for j in range(forces):
        shopping = p_at[P_SHOPPING] + j
        if not live[shopping]:
            continue
        stages.fill(now, ZERO)
        stages.fill(then, ZERO)
        for k in range(backings.shape[0]):
            if backings[k, 1] == j:
                stages.add(now, s[at[EXPECTED] + k])
                stages.add(then, p[backings[k, 3]])
        rho, plain = w[w_at[W_OPEN] + j], s[at[RECEPTIVITY] + j]
        for l in range(LANES):
            lost = max(ONE - now[l] / then[l], ZERO) if then[l] > ZERO else ZERO
            rho[l] = plain[l] * (ONE + p[shopping, l] * lost)


@njit(**OPTIONS)
def receptivity(p, p_at, live, s, at, w, w_at, backings, i, j):
    """ρ_ij of step 6: the row of force j's openness, or its plain receptivity where patron i is leaving."""
    plain, opened = s[at[RECEPTIVITY] + j], w[w_at[W_OPEN] + j]
    if not live[p_at[P_SHOPPING] + j]:
        return plain
    short, rho, backs = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1], False
    for k in range(backings.shape[0]):
        if backings[k, 0] == i and backings[k, 1] == j:
            if not backs:
                stages.fill(short, ZERO)
            backs = True
            expected, at_start = at[EXPECTED] + k, backings[k, 3]
            for l in range(LANES):
                short[l] += s[expected, l] - p[at_start, l]
    if not backs:
        return opened
    for l in range(LANES):
        staying, leaving = opened[l], plain[l]
        rho[l] = staying if short[l] >= -stages.TINY else leaving
    return rho


@njit(**OPTIONS)
def standings(p, p_at, live, signs, s, at, w, w_at, backings, tracked, forces):
    """Steps 6 and 7 for the patrons whose standing anything looks at."""
    openness(p, p_at, live, s, at, w, w_at, backings, forces)
    ties = s[at[TIE] : at[LOG_HAZARD]]
    hostile, up, down = w[w_at[W_HOSTILE]], w[w_at[W_SPARE] + 2], w[w_at[W_SPARE] + 3]
    for n in range(tracked.shape[0]):
        i = tracked[n]
        x = s[at[EFFORT] + i * forces : at[EFFORT] + (i + 1) * forces]
        for j in range(forces):
            rho = receptivity(p, p_at, live, s, at, w, w_at, backings, i, j)
            stages.gain_standing(p[p_at[P_GAIN] + i * forces + j], rho, x[j], up)
            if live[p_at[P_WARMTH]]:
                stages.befriend(ties, x, signs[1], p[p_at[P_WARMTH]], j, up)
            if stages.rivalry(ties, x, signs[0], j, hostile):
                stages.resent(p[p_at[P_ALIENATION] + j], p[p_at[P_DUPLICITY] + j], x[j], hostile, down)
                if live[p_at[P_PARITY] + j]:
                    stages.slight(ties, x, signs[0], p[p_at[P_PARITY] + j], j, w[w_at[W_SPARE]], down)
            else:
                stages.fill(down, ZERO)
            stages.move_standing(s[at[STANDING] + i * forces + j], up, down, p[p_at[P_FADE]], s[at[ALIVE] + j])


@njit(**OPTIONS)
def reaches(s, at, w, w_at, interest, counted, forces):
    """Influence I_i of every patron that some payoff counts, into the rows of `reach`."""
    for n in range(counted.shape[0]):
        i = counted[n]
        stages.influence_of(
            s[at[STANDING] + i * forces : at[STANDING] + (i + 1) * forces], s[at[CONTROL] : at[POWER]], interest[i],
            w[w_at[W_SPARE]], w[w_at[W_REACH] + i],
        )  # fmt: skip


@njit(**OPTIONS)
def keep(s, at, n, k, term, last):
    """Add a term of eq. 6 of scored patron n to its sum; keep it as final in the last week."""
    stages.add(s[at[SUMS] + n * N_TERMS + k], term)
    if last:
        s[at[FINALS] + n * N_TERMS + k] = term


@njit(**OPTIONS)
def score_sums(live, s, at, w, w_at, sizes, counted, n, weigh, weights_live, last):
    """The terms of eq. 6 that are sums over patrons, forces and regions; `weigh` is the first row of weights."""
    forces = sizes[3]
    term = w[w_at[W_SPARE]]
    stages.fill(term, ZERO)
    for m in range(counted.shape[0]):
        row = sizes[8] + counted[m]
        if live[weights_live + row]:
            reach = w_at[W_REACH] + counted[m]
            for l in range(LANES):
                term[l] -= s[weigh + row, l] * w[reach, l]
    keep(s, at, n, 1, term, last)
    stages.fill(term, ZERO)
    for j in range(forces):
        if live[weights_live + sizes[7] + j]:
            stages.add_product(term, s[weigh + sizes[7] + j], s[at[POWER] + j])
    keep(s, at, n, 2, term, last)
    stages.fill(term, ZERO)
    for cell in range(sizes[4] * forces):
        if live[weights_live + sizes[9] + cell]:
            stages.add_product(term, s[weigh + sizes[9] + cell], s[at[CONTROL] + cell])
    keep(s, at, n, 3, term, last)


@njit(**OPTIONS)
def score_levels(s, at, w, w_at, sizes, majority, backings, n, i, weigh, last):
    """The other terms of eq. 6: influence, order, violence, cost of effort, cost of backing."""
    forces = sizes[3]
    term, effort = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1]
    for l in range(LANES):
        term[l] = s[weigh, l] * w[w_at[W_REACH] + i, l]
    keep(s, at, n, 0, term, last)
    takeover = weigh + sizes[6]
    stages.order_payoff(
        s[at[SETTLED]], s[at[ALIVE] : at[IN_FIELD]], s[at[POWER] : at[PAST]], sizes[1], majority, s[weigh + 6],
        s[weigh + 7], s[weigh + 8], s[takeover : takeover + forces], term,
    )  # fmt: skip
    keep(s, at, n, 4, term, last)
    for l in range(LANES):
        term[l] = s[weigh + 1, l] * s[at[VIOLENCE], l] * s[weigh + 2, l]
    keep(s, at, n, 5, term, last)
    stages.fill(effort, ZERO)
    for j in range(forces):
        stages.add(effort, s[at[EFFORT] + i * forces + j])
    for l in range(LANES):
        term[l] = -s[weigh + 3, l] * effort[l]
    keep(s, at, n, 6, term, last)
    stages.fill(term, ZERO)
    for k in range(backings.shape[0]):
        if backings[k, 0] == i:
            price = weigh + 4 + backings[k, 2]
            for l in range(LANES):
                term[l] -= s[price, l] * s[at[BACKING] + k, l]
    keep(s, at, n, 7, term, last)


@njit(**OPTIONS)
def spread_effort(s, at, w, w_at, focus, forces):
    """Add the week's hedge index 1 - Σ(x_j/Σx)² and shares x_j/Σx of the focus patron; 0 where it makes no effort."""
    total, squares, share = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1], w[w_at[W_SPARE] + 2]
    effort = at[EFFORT] + focus * forces
    stages.fill(total, ZERO)
    stages.fill(squares, ZERO)
    for j in range(forces):
        stages.add(total, s[effort + j])
    for l in range(LANES):
        total[l] = ONE / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        for l in range(LANES):
            share[l] = s[effort + j, l] * total[l]
        stages.add(s[at[ENGAGED] + j], share)
        stages.add_product(squares, share, share)
    for l in range(LANES):
        s[at[HEDGE], l] += ONE - squares[l] if total[l] > ZERO else ZERO


@njit(**OPTIONS)
def record(s, at, w, w_at, focus, forces, week, sums, traces, traced):
    """Sum the week's series over the block's valid lanes into `sums` [rows, weeks + 1]; keep lanes if asked.

    Rows: influence of the focus, violence, then power, standing with the focus and being in the field, by force.
    """
    for row in range(2 + 3 * forces):
        j, kind = (row - 2) % forces, (row - 2) // forces
        if row == 0:
            source = w[w_at[W_REACH] + focus]
        elif row == 1:
            source = s[at[VIOLENCE]]
        elif kind == 0:
            source = s[at[POWER] + j]
        elif kind == 1:
            source = s[at[STANDING] + focus * forces + j]
        else:
            source = s[at[ALIVE] + j]
        sums[row, week] += stages.masked_sum(source, w[w_at[W_MASK]], w[w_at[W_SPARE]])
        if traced:
            traces[row, week] = source


@njit(**OPTIONS)
def start_block(program, p, states, w, moving, pushing, sums, traces, traced):
    """Put every profile of a block at week 0; arguments as in `play_block`."""
    at, p_at, w_at, focus, forces = program.at, program.p_at, program.w_at, program.sizes[2], program.sizes[3]
    moving[:], pushing[:] = 0, 0
    for j in range(forces):
        for l in range(LANES):
            w[w_at[W_LOG_RATE] + j, l] = log(p[p_at[P_RATE] + j, l])
            w[w_at[W_LOG_THRESHOLD] + j, l] = log(p[p_at[P_THRESHOLD] + j, l])
    realigning.set_chance(p, p_at, w, w_at)
    for d in range(states.shape[0]):
        s = states[d]
        start(p, p_at, s, at, program.region_weight, program.backings, program.scored, forces, program.sizes[5])
        reaches(s, at, w, w_at, program.interest, program.counted, forces)
        record(s, at, w, w_at, focus, forces, 0, sums[d], traces[d], traced)


@njit(**OPTIONS)
def play_block(
    begin_week, end_week, program, majority, live, signs, keys, needed, due, due_lanes, due_first, group, state, stream, p, states, w, words,
    shocks, log_draws, chances, base, before, lanes, moving, pushing, coalitions, support, sums, traces, traced,
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
    backings, ops, happenings, engaging = program.backings, program.ops, program.happenings, program.engaging
    watch, bounds, scored, counted = program.watch, program.bounds, program.scored, program.counted
    account, triggers = sizes[10], program.triggered.shape[0]
    firing = w[w_at[W_SPARE]]
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
                last = week == weeks - 1
                for h in range(due.shape[1]):
                    begin, end = due_first[mine, h, week], due_first[mine, h, week + 1]
                    if end > begin:
                        acts.fire(
                            h, due_lanes[mine, h, begin:end], week, p, p_at, s, at, forces, weights, happenings,
                            program.needs, ops, backings, program.patrons, moving[d], pushing[d],
                        )  # fmt: skip
                for n in range(program.triggered.shape[0]):
                    h = program.triggered[n]
                    count = acts.succeeds(
                        h, n, chances[t, n], week, p, p_at, s, at, forces, happenings, watch, bounds, firing, lanes
                    )
                    if count > 0:
                        acts.fire(
                            h, lanes[:count], week, p, p_at, s, at, forces, weights, happenings, program.needs, ops,
                            backings, program.patrons, moving[d], pushing[d],
                        )  # fmt: skip
                if account > 0:
                    realigning.look_again(
                        account, chances[t, triggers:], p, p_at, s, at, w, w_at, forces, sizes[11], backings, coalitions,
                        support,
                    )  # fmt: skip
                acts.decide(
                    profile, week, due[mine], watch, bounds, program.decisions, program.targets, backings, s, at, forces,
                    firing, moving[d],
                )  # fmt: skip
                engage(p, p_at, s, at, w, w_at, profile, program.policies, engaging, forces, week)
                for k in range(backings.shape[0]):
                    if moving[d, k] > week:
                        stages.move_backing(
                            s[at[BACKING] + k], s[at[EXPECTED] + k], s[at[STEP] + k], s[at[LEFT] + k], s[at[GOAL] + k],
                            s[at[FOLLOW] + k],
                        )  # fmt: skip
                national(p, p_at, live, s, at, w, w_at, backings, engaging, incumbent, forces)
                pushed = pushes(p, p_at, s, at, w, w_at, program.slots, ops, pushing[d], week)
                move_control(p, p_at, live, s, at, w, w_at, base[t], program.region_weight, pushed, forces)
                stages.fill(w[w_at[W_FALLEN]], ZERO)
                fell = falls(p, p_at, live, s, at, w, w_at, backings, log_draws[t], week, forces)
                if fell > 0:
                    collapse(p, p_at, s, at, w, w_at, week, forces, before)
                    stages.powers(s[at[CONTROL] : at[POWER]], program.region_weight, s[at[POWER] : at[PAST]])
                past = at[PAST] + (week + 1) % 5 * forces
                s[past : past + forces] = s[at[POWER] : at[PAST]]
                standings(p, p_at, live, signs, s, at, w, w_at, backings, program.tracked, forces)
                stages.move_violence(
                    s[at[VIOLENCE]], s[at[VIOLENCE_MEAN]], p[p_at[P_REVERT]], p[p_at[P_CONTEST]], p[p_at[P_AFTER_FALL]],
                    w[w_at[W_FALLEN]], s[at[CONTROL] : at[POWER]], program.region_weight, w[w_at[W_SPARE]],
                )  # fmt: skip
                reaches(s, at, w, w_at, program.interest, counted, forces)
                for n in range(scored.shape[0]):
                    i = scored[n]
                    stages.add(s[at[INFLUENCE] + n], w[w_at[W_REACH] + i])
                    weigh, first_live = at[WEIGHTS] + n * weights, p_at[P_WEIGHTS] + i * weights
                    score_sums(live, s, at, w, w_at, sizes, counted, n, weigh, first_live, last)
                    score_levels(s, at, w, w_at, sizes, majority, backings, n, i, weigh, last)
                    if last:
                        s[at[INFLUENCE_END] + n] = w[w_at[W_REACH] + i]
                spread_effort(s, at, w, w_at, focus, forces)
                if fell > 0:
                    bury(s, at, backings)
                record(s, at, w, w_at, focus, forces, week + 1, sums[d], traces[d], traced)


@njit(**OPTIONS)
def spread_states(table, column, p):
    """Give each lane the parameters of its state: `p` [rows, lanes] from `table` [rows, states]."""
    for row in range(table.shape[0]):
        for l in range(LANES):
            p[row, l] = table[row, column[l]]


@njit(**OPTIONS)
def uniforms(state, stream, key0, key1, words, first, second):
    """Fill two float64 rows with uniform draws in (0, 1) for every future (at least LANES of them), from one key."""
    n = state.shape[0]
    for begin in range(0, n, LANES):
        at = min(begin, n - LANES)
        philox(state[at : at + LANES], stream[at : at + LANES], np.uint32(0), key0, key1, words)
        for l in range(LANES):
            first[at + l] = (np.float64(words[l]) + 0.5) * 2.0**-32
            second[at + l] = (np.float64(words[l + LANES]) + 0.5) * 2.0**-32
