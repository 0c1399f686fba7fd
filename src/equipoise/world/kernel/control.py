"""Steps 3 and 4: backing and control (eq. 2-3).

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.world.kernel.arithmetic import (
    add,
    add_change,
    add_product,
    add_products,
    blend,
    copy_rows,
    fill,
    pair,
    product,
    sum_of,
)
from equipoise.world.kernel.falls import collapse, falls
from equipoise.world.kernel.lanes import HALF, LANES, ONE, OPTIONS, ZERO, exp, f32

STEEP = f32(10.0)
"""Fitness beyond which e^f, times a share, could leave the range of a float32: e^-10 of a share of 1e-33 does not."""


@njit(**OPTIONS)
def move_backing(level, expected, step, left, target, follow):
    """Step 3 for one patron, force and channel: an equal step to the target; what is expected follows or not."""
    for l in range(LANES):
        moving = left[l] > HALF
        last = left[l] < f32(1.5)
        now, goal = level[l], target[l]
        next_level = goal if last else min(max(now + step[l], ZERO), ONE)
        level[l] = next_level if moving else now
    for l in range(LANES):
        now, believed, weeks = level[l], expected[l], left[l]
        expected[l] = now if follow[l] > ZERO else believed
        left[l] = max(weeks - ONE, ZERO)


@njit(**OPTIONS)
def replicate(control, fitness, alive, scratch):
    """Eq. 3 in one region: control [forces, lanes] follows fitness [forces, lanes]; both are changed in place.

    Fallen forces hold nothing, so that only those in the field have a share. scratch: [2, lanes].
    """
    top, total = scratch[0], scratch[1]
    forces = control.shape[0]
    if any_beyond(fitness, STEEP):
        take_off_best(control, fitness, alive, top)
    for l in range(LANES):
        grown = control[0, l] * exp(fitness[0, l])
        control[0, l] = grown
        total[l] = grown
    for j in range(1, forces):
        for l in range(LANES):
            grown = control[j, l] * exp(fitness[j, l])
            control[j, l] = grown
            total[l] += grown
    for l in range(LANES):
        total[l] = ONE / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        for l in range(LANES):
            control[j, l] *= total[l]


@njit(**OPTIONS)
def any_beyond(rows, bound):
    """Return whether any lane of any row lies outside [-bound, bound]."""
    found = np.int32(0)
    for j in range(rows.shape[0]):
        for l in range(LANES):
            found += np.int32(abs(rows[j, l]) > bound)
    return found > 0


@njit(**OPTIONS)
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


@njit(**OPTIONS)
def powers(control, region_weight, power):
    """Power P_j = Σ_g ω_g C_gj from control [regions · forces, lanes]."""
    forces = power.shape[0]
    for j in range(forces):
        blend(region_weight, control, j, forces, power[j])


@njit(**OPTIONS)
def national(p, s, w, world, moving):
    """The terms of eq. 2 that are alike in all regions and depend on the strategy, into the rows of `nation`.

    A backing that no lane has moved yet (`moving` 0) is what it was at the start, and moves nothing.
    """
    nation, effort, spare = w.nation, s.effort, w.spare
    backings, patrons = world.backings, world.patrons
    forces, incumbent = world.sizes.forces, world.sizes.incumbent
    for j in range(forces):
        fill(w.rows[nation + j], ZERO)
        if p.live[p.bandwagon + j]:
            add_change(
                w.rows[nation + j], p.rows[p.bandwagon + j], s.rows[s.power + j], w.rows[w.at_start + j]
            )
    for k in range(backings.shape[0]):
        j = backings[k].force
        effect = p.effect + j * 2 + backings[k].channel
        if p.live[effect] and moving[k] > 0:
            add_change(w.rows[nation + j], p.rows[effect], s.rows[s.backing + k], p.rows[backings[k].start])
    for j in range(forces):
        legitimacy, undermine = p.legitimacy + j, p.undermine + j
        if not (p.live[legitimacy] or p.live[undermine]):
            continue
        fill(w.rows[spare], ZERO)
        for i in range(patrons.shape[0]):
            if patrons[i].engages:
                add(w.rows[spare], s.rows[effort + i * forces + j])
        if p.live[legitimacy]:
            add_product(w.rows[nation + j], p.rows[legitimacy], w.rows[spare])
        if p.live[undermine] and incumbent >= 0 and j != incumbent:
            for l in range(LANES):
                w.rows[nation + incumbent, l] -= p.rows[undermine, l] * w.rows[spare, l]


@njit(**OPTIONS)
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


@njit(**OPTIONS)
def move_control(p, s, w, world, base, pushed):
    """Eq. 2-3 in every region; power P(t+1) before falls."""
    fitness, spare, incite, hostility, forces = w.fitness, w.spare, w.incite, p.hostility, world.sizes.forces
    if p.live[hostility]:
        product(w.rows[spare], s.rows[s.violence], p.rows[hostility])
        for cell in range(forces * forces):
            if cell % (forces + 1) != 0 and p.live[p.tie + cell]:
                product(w.rows[incite + cell], w.rows[spare], s.rows[s.tie + cell])
    for first in range(0, base.shape[0], forces):
        control = s.control + first
        for j in range(forces):
            sum_of(w.rows[fitness + j], base[first + j], w.rows[w.nation + j])
            if pushed:
                add(w.rows[fitness + j], w.rows[w.push + first + j])
            for n in range(0, forces - 1 if p.live[hostility] else 0, 2):
                k, m, one, two = pair(n, j, forces)
                add_products(
                    w.rows[fitness + j], w.rows[incite + one], s.rows[control + k],
                    w.rows[incite + two], s.rows[control + m],
                )  # fmt: skip
        replicate(
            s.rows[control : control + forces], w.rows[fitness : fitness + forces], s.rows[s.alive : s.in_field],
            w.rows[spare : spare + 2],
        )  # fmt: skip
    powers(s.rows[s.control : s.power], world.region_weight, s.rows[s.power : s.past])


@njit(**OPTIONS)
def contest(week, p, s, w, world, events, base, log_draws, before, moving, pushing):
    """Move backing, then control; let forces fall; return how many fell in the block.

    Args:
        base: the part of fitness no strategy changes [regions · forces, lanes]. log_draws: of falls [forces, lanes].
        before: scratch [forces]. moving, pushing: from which week each backing rests, each push has ended.
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
    fell = falls(p, s, w, world, log_draws, week, moving)
    if fell > 0:
        collapse(p, s, w, week, forces, before)
        powers(s.rows[s.control : s.power], world.region_weight, s.rows[s.power : s.past])
    copy_rows(s.rows, s.past + (week + 1) % 5 * forces, s.rows, s.power, forces)
    return fell
