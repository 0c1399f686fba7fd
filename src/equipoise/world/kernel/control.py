"""Steps 3 and 4: backing and control (eq. 2-3).

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.arithmetic import (
    add,
    add_change,
    add_product,
    blend,
    change,
    copy_rows,
    fill,
    pair,
    product,
    times,
)
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.falls import collapse, falls
from equipoise.world.kernel.lanes import HALF, LANES, ONE, ZERO, exp, f32

STEEP = f32(10.0)
"""Fitness beyond which e^f, times a share, could leave the range of a float32: e^-10 of a share of 1e-33 does not."""


@inner
def move_backing(level, expected, step, left, target, follow):
    """Step 3 for one patron, force and channel: an equal step to the target; what is expected follows or not."""
    for l in range(LANES):
        weeks, now, goal, believed = left[l], level[l], target[l], expected[l]
        next_level = goal if weeks < f32(1.5) else min(max(now + step[l], ZERO), ONE)
        now = next_level if weeks > HALF else now
        level[l] = now
        expected[l] = now if follow[l] > ZERO else believed
        left[l] = max(weeks - ONE, ZERO)


@inlined
def grow(control, fitness, total, first):
    """Set control to C e^f of one force and add it to `total`."""
    for l in range(LANES):
        grown = control[l] * exp(fitness[l])
        control[l] = grown
        total[l] = grown if first else total[l] + grown


@inner
def replicate(control, fitness, alive, steep, scratch):
    """Eq. 3 in one region: control [forces, lanes] follows fitness [forces, lanes]; both are changed in place.

    Fallen forces hold nothing, so that only those in the field have a share. steep: whether any fitness is beyond
    `STEEP`. scratch: [2, lanes].
    """
    total, forces = scratch[1], control.shape[0]
    if steep:
        take_off_best(control, fitness, alive, scratch[0])
    grow(control[0], fitness[0], total, True)
    for j in range(1, forces):
        grow(control[j], fitness[j], total, False)
    for l in range(LANES):
        total[l] = ONE / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        times(control[j], total)


@inner
def take_off_best(control, fitness, alive, top):
    """Take the best fitness among those with a share off every fitness: no share of eq. 3 changes."""
    forces = control.shape[0]
    fill(top, f32(-1e30))
    for j in range(forces):
        for l in range(LANES):
            highest, mine = top[l], fitness[j, l]
            top[l] = max(highest, mine) if alive[j, l] * control[j, l] > ZERO else highest
    for j in range(forces):
        for l in range(LANES):
            fitness[j, l] = min(fitness[j, l] - top[l], ZERO)


@inner
def powers(control, region_weight, power):
    """Power P_j = Σ_g ω_g C_gj from control [regions · forces, lanes]."""
    forces = power.shape[0]
    for j in range(forces):
        blend(region_weight, control, j, forces, power[j])


@inner
def national(p, s, w, world, moving):
    """The terms of eq. 2 that are alike in all regions and depend on the strategy, into the rows of `nation`.

    A backing that no lane has moved yet (`moving` 0) is what it was at the start, and moves nothing.
    """
    nation, given, backings = w.nation, s.given, world.backings
    forces, incumbent = world.sizes.forces, world.sizes.incumbent
    for j in range(forces):
        if p.live[p.bandwagon + j]:
            change(w.rows[nation + j], p.rows[p.bandwagon + j], s.rows[s.power + j], w.rows[w.at_start + j])
        else:
            fill(w.rows[nation + j], ZERO)
    for k in range(backings.shape[0]):
        j = backings[k].force
        effect = p.effect + j * 2 + backings[k].channel
        if p.live[effect] and moving[k] > 0:
            add_change(w.rows[nation + j], p.rows[effect], s.rows[s.backing + k], p.rows[backings[k].start])
    for j in range(forces):
        legitimacy, undermine = p.legitimacy + j, p.undermine + j
        if not (p.live[legitimacy] or p.live[undermine]):
            continue
        if p.live[legitimacy]:
            add_product(w.rows[nation + j], p.rows[legitimacy], s.rows[given + j])
        if p.live[undermine] and incumbent >= 0 and j != incumbent:
            for l in range(LANES):
                w.rows[nation + incumbent, l] -= p.rows[undermine, l] * s.rows[given + j, l]


@inner
def pushes(p, s, w, world, events, pushing, week):
    """Sum the pushes that act this week into the rows of `push`; return whether any does."""
    acting = False
    amount, push = w.rows[w.spare], w.push
    for u in range(events.slots.shape[0]):
        if pushing[u] <= week:
            continue
        until = s.until + u
        if not acting:
            w.rows[push : w.open] = ZERO
            acting = True
        value = p.amounts + events.slots[u].first
        for l in range(LANES):
            amount[l] = p.rows[value, l] if s.rows[until, l] > f32(week) else ZERO
        for n in range(events.slots[u].first, events.slots[u].end):
            o = events.operations[n]
            add(w.rows[push + o.b * world.sizes.forces + o.a], amount)
    return acting


@inlined
def fit(fitness, base, nation, push, incite, control, k, m, one, two, pushed, incited):
    """The fitness of one force in one region (eq. 2), with what two others there incite; return whether it is steep."""
    beyond = np.int32(0)
    for l in range(LANES):
        f = base[l] + nation[l]
        f = f + push[l] if pushed else f
        f = f + (incite[one, l] * control[k, l] + incite[two, l] * control[m, l]) if incited else f
        fitness[l] = f
        beyond += np.int32(abs(f) > STEEP)
    return beyond > 0


@inlined
def fit_further(fitness, incite, control, k, m, one, two):
    """Add to a fitness what two further forces incite; return whether it is steep."""
    beyond = np.int32(0)
    for l in range(LANES):
        f = fitness[l] + (incite[one, l] * control[k, l] + incite[two, l] * control[m, l])
        fitness[l] = f
        beyond += np.int32(abs(f) > STEEP)
    return beyond > 0


@inner
def move_control(p, s, w, world, base, pushed):
    """Eq. 2-3 in every region; power P(t+1) before falls."""
    spare, hostility, forces = w.spare, p.hostility, world.sizes.forces
    incited, incite = p.live[hostility] != 0, w.rows[w.incite : w.log_rate]
    if incited:
        product(w.rows[spare], s.rows[s.violence], p.rows[hostility])
        for cell in range(forces * forces):
            if cell % (forces + 1) != 0 and p.live[p.tie + cell]:
                product(incite[cell], w.rows[spare], s.rows[s.tie + cell])
    for first in range(0, base.shape[0], forces):
        control, steep = s.rows[s.control + first : s.control + first + forces], False
        for j in range(forces):
            fitness, nation, push = w.rows[w.fitness + j], w.rows[w.nation + j], w.rows[w.push + first + j]
            k, m, one, two = pair(0, j, forces)
            if incited:
                beyond = fit(
                    fitness, base[first + j], nation, push, incite, control, k, m, one, two, pushed, True
                )
            else:
                beyond = fit(
                    fitness, base[first + j], nation, push, incite, control, k, m, one, two, pushed, False
                )
            for n in range(2, forces - 1 if incited else 0, 2):
                k, m, one, two = pair(n, j, forces)
                beyond = fit_further(fitness, incite, control, k, m, one, two)
            steep |= beyond
        replicate(
            control, w.rows[w.fitness : w.fitness + forces], s.rows[s.alive : s.in_field], steep,
            w.rows[spare : spare + 2],
        )  # fmt: skip
    powers(s.rows[s.control : s.power], world.region_weight, s.rows[s.power : s.past])


@inlined
def contest(week, p, s, w, world, events, base, log_draws, before, lanes, moving, pushing):
    """Move backing, then control; let forces fall; return in how many lanes some did, listed in `lanes`.

    Args:
        base: the part of fitness no strategy changes [regions · forces, lanes]. log_draws: of falls [forces, lanes].
        before: scratch of `falls.hand_over`. lanes: scratch [lanes].
        moving, pushing: from which week each backing rests, each push has ended.
    """
    backings, forces = world.backings, world.sizes.forces
    for k in range(backings.shape[0]):
        if moving[k] > week:
            move_backing(
                s.rows[s.backing + k], s.rows[s.expected + k], s.rows[s.step + k], s.rows[s.left + k],
                s.rows[s.goal + k], s.rows[s.follow + k],
            )  # fmt: skip
    national(p, s, w, world, moving)
    pushed = pushes(p, s, w, world, events, pushing, week)
    move_control(p, s, w, world, base, pushed)
    fill(w.rows[w.fallen], ZERO)
    fell = 0
    if falls(p, s, w, world, log_draws, week, moving) > 0:
        fell = collapse(p, s, w, week, forces, before, lanes)
        powers(s.rows[s.control : s.power], world.region_weight, s.rows[s.power : s.past])
    copy_rows(s.rows, s.past + (week + 1) % 5 * forces, s.rows, s.power, forces)
    return fell
