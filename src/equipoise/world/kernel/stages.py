"""The stages of one week, each a handful of loops over the lanes of a block.

Equation numbers are those of docs/model.md. Rules of this file: no allocation, no exception, selection
instead of branches inside a loop over lanes; each loop reads few rows and writes one, so that it
vectorises. Arguments are arrays whose last axis is the lane. A term whose parameter is 0 in the whole
block is skipped (`live`): that changes no number.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.world.kernel.lanes import HALF, LANES, LOG_OF_ZERO, ONE, OPTIONS, ZERO, exp, f32, log

ROW = OPTIONS | {"forceinline": True}
"""For loops over a few rows: handing over the descriptions of the arrays would take as long as the loop."""
TINY = f32(1e-6)
LOG_FIVE = f32(1.6094379124341003)


@njit(**ROW)
def fill(row, value):
    """Set every lane of a row."""
    for l in range(LANES):
        row[l] = value


@njit(**ROW)
def copy(row, other):
    """Set a row to a row."""
    for l in range(LANES):
        row[l] = other[l]


@njit(**OPTIONS)
def copy_rows(rows, first, others, source, count):
    """Set `count` rows from `first` on to those of `others` from `source` on."""
    for n in range(count):
        copy(rows[first + n], others[source + n])


@njit(**OPTIONS)
def logarithm(row, other):
    """Set a row to the logarithm of a row."""
    for l in range(LANES):
        row[l] = log(other[l])


@njit(**ROW)
def add(row, other):
    """Add a row to a row."""
    for l in range(LANES):
        row[l] += other[l]


@njit(**ROW)
def sum_of(row, a, b):
    """Set a row to a + b."""
    for l in range(LANES):
        row[l] = a[l] + b[l]


@njit(**ROW)
def product(row, a, b):
    """Set a row to a·b."""
    for l in range(LANES):
        row[l] = a[l] * b[l]


@njit(**ROW)
def add_product(row, a, b):
    """Add a·b to a row."""
    for l in range(LANES):
        row[l] += a[l] * b[l]


@njit(**ROW)
def add_products(row, a, b, c, d):
    """Add a·b + c·d to a row."""
    for l in range(LANES):
        row[l] += a[l] * b[l] + c[l] * d[l]


@njit(**OPTIONS)
def blend(weight, rows, first, step, out):
    """Set a row to Σ_n weight_n · rows[first + n · step], four of them in a pass over the lanes."""
    last = weight.shape[0] - 1
    for n in range(0, last + 1, 4):
        a, b = rows[first + n * step], rows[first + min(n + 1, last) * step]
        c, d = rows[first + min(n + 2, last) * step], rows[first + min(n + 3, last) * step]
        v, x = weight[n], weight[n + 1] if n < last else ZERO
        y, z = weight[n + 2] if n + 1 < last else ZERO, weight[n + 3] if n + 2 < last else ZERO
        if n == 0:
            for l in range(LANES):
                out[l] = v * a[l] + x * b[l] + y * c[l] + z * d[l]
        else:
            for l in range(LANES):
                out[l] += v * a[l] + x * b[l] + y * c[l] + z * d[l]


@njit(**OPTIONS)
def masked_sum(row, mask, partial):
    """Return the sum of the lanes where `mask` is 1, halved again and again: an order that never changes.

    `partial` is scratch.
    """
    for l in range(LANES // 2):
        partial[l] = row[l] * mask[l] + row[l + LANES // 2] * mask[l + LANES // 2]
    half = LANES // 4
    while half >= 16:
        for l in range(half):
            partial[l] += partial[l + half]
        half //= 2
    total = np.float64(0.0)
    for l in range(16):
        total += np.float64(partial[l])
    return total


@njit(**OPTIONS)
def count_positive(row):
    """Return in how many lanes a row is above 0."""
    count = np.int32(0)
    for l in range(LANES):
        count += np.int32(row[l] > ZERO)
    return count


@njit(**OPTIONS)
def raise_to(base, exponent, best, out):
    """Multiply `out` by base^exponent; 0^0 is 1, and under a negative exponent a base is at least 1e-6.

    Under an exponent other than 0 and 1 the base is taken against the best of those with a share, so that
    no power leaves the range of a float32; shares do not change.

    Args:
        base, out: [forces, lanes]. best: scratch [lanes].
    """
    if exponent == ZERO:
        return
    forces = base.shape[0]
    if exponent == ONE:
        for j in range(forces):
            for l in range(LANES):
                out[j, l] *= base[j, l]
        return
    low = TINY if exponent < ZERO else f32(1e-37)
    fill(best, LOG_OF_ZERO)
    for j in range(forces):
        for l in range(LANES):
            reach = exponent * log(max(base[j, l], low))
            best[l] = max(best[l], reach) if out[j, l] > ZERO else best[l]
    for j in range(forces):
        for l in range(LANES):
            risen = exp(min(exponent * log(max(base[j, l], low)) - best[l], ZERO))
            out[j, l] *= risen if (base[j, l] > f32(1e-37)) | (exponent < ZERO) else ZERO


@njit(**OPTIONS)
def weigh(base, power, standing, alive, in_field, follow_power, follow_standing, floor, scratch, w):
    """Eq. 1: the share of effort that goes to each force, `w` [forces, lanes].

    Args:
        base, power, standing, alive: [forces, lanes]. in_field: [lanes], how many forces are.
        scratch: [2, lanes].
    """
    total, share = scratch[0], scratch[1]
    fill(total, ZERO)
    forces = base.shape[0]
    for j in range(forces):
        for l in range(LANES):
            w[j, l] = alive[j, l] * base[j, l]
    raise_to(power, follow_power, share, w)
    raise_to(standing, follow_standing, share, w)
    for j in range(forces):
        add(total, w[j])
    for l in range(LANES):
        share[l] = (ONE - floor) / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        for l in range(LANES):
            w[j, l] = w[j, l] * share[l]
        if floor > ZERO:
            for l in range(LANES):
                w[j, l] += alive[j, l] * floor / max(in_field[l], ONE)


@njit(**OPTIONS)
def weigh_lane(base, alive, in_field, floor, budget, lane, x):
    """Eq. 1 in one lane for a policy that follows neither power nor standing: effort `x` [forces, lanes]."""
    total = ZERO
    for j in range(x.shape[0]):
        total += alive[j, lane] * base[j, lane]
    share = (ONE - floor) / total if total > ZERO else ZERO
    for j in range(x.shape[0]):
        fair = floor / max(in_field[lane], ONE)
        x[j, lane] = alive[j, lane] * (base[j, lane] * share + fair) * budget[lane]


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


@njit(**ROW)
def other(n, j, forces):
    """Return the n-th force other than j; beyond the last of them j itself, whose tie with itself is 0."""
    return j if n >= forces - 1 else n + (n >= j)


@njit(**ROW)
def pair(n, j, forces):
    """Return the n-th force other than j and the one after it, and the rows of their ties with j."""
    k, m = other(n, j, forces), other(n + 1, j, forces)
    return k, m, j * forces + k, j * forces + m


@njit(**ROW)
def rivalry(tie, x, negative, j, hostile):
    """Σ_k h_jk x_k of one patron, two forces in a pass; return whether force j can have a rival at all.

    Args:
        tie: [forces · forces, lanes]. x: [forces, lanes]. hostile: [lanes].
        negative: [forces · forces], whether a tie can be negative.
    """
    forces, found = x.shape[0], False
    for n in range(0, forces - 1, 2):
        k, m, one, two = pair(n, j, forces)
        if not (negative[one] or negative[two]):
            continue
        if found:
            for l in range(LANES):
                hostile[l] += max(-tie[one, l], ZERO) * x[k, l] + max(-tie[two, l], ZERO) * x[m, l]
        else:
            for l in range(LANES):
                hostile[l] = max(-tie[one, l], ZERO) * x[k, l] + max(-tie[two, l], ZERO) * x[m, l]
        found = True
    return found


@njit(**ROW)
def befriend(tie, x, positive, warmth, j, up):
    """Add warmth · Σ_k f_jk x_k of one patron to `up`, two forces in a pass."""
    forces = x.shape[0]
    for n in range(0, forces - 1, 2):
        k, m, one, two = pair(n, j, forces)
        if positive[one] or positive[two]:
            for l in range(LANES):
                friendly = max(tie[one, l], ZERO) * x[k, l] + max(tie[two, l], ZERO) * x[m, l]
                up[l] += warmth[l] * friendly


@njit(**ROW)
def slight(tie, x, negative, parity, j, out, down):
    """Add parity_j to `down` where force j is treated as no more than a rival of its: the red line of eq. 5."""
    forces, found = x.shape[0], False
    for n in range(0, forces - 1, 2):
        k, m, one, two = pair(n, j, forces)
        if not (negative[one] or negative[two]):
            continue
        for l in range(LANES):
            near, marked = x[j, l] - TINY, out[l] if found else ZERO
            crossed = ((tie[one, l] < ZERO) & (x[k, l] >= near)) | ((tie[two, l] < ZERO) & (x[m, l] >= near))
            out[l] = ONE if crossed & (x[j, l] > ZERO) else marked
        found = True
    if found:
        add_product(down, parity, out)


@njit(**ROW)
def gain_standing(gain, rho, x, up):
    """What engagement builds: gain ρ x."""
    for l in range(LANES):
        up[l] = gain[l] * rho[l] * x[l]


@njit(**ROW)
def resent(alienation, duplicity, x, hostile, down):
    """What engaging its rivals costs with a force: (alienation + duplicity x) Σ_k h x."""
    for l in range(LANES):
        down[l] = (alienation[l] + duplicity[l] * x[l]) * hostile[l]


@njit(**ROW)
def move_standing(r, up, down, fade, alive):
    """Eq. 5 for one patron and one force, clipped, 0 with a fallen force; `r` is changed in place."""
    for l in range(LANES):
        moved = r[l] + up[l] * (ONE - r[l]) - fade[l] * r[l] - down[l]
        r[l] = alive[l] * min(max(moved, ZERO), ONE)


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


STEEP = f32(10.0)
"""Fitness beyond which e^f, times a share, could leave the range of a float32: e^-10 of a share of 1e-33 does not."""


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


@njit(**ROW)
def falls(log_hazard, log_draw, alive, fell):
    """Mark who falls: alive, and the week's exponential draw lies below its hazard λ (at most 5). Return how many."""
    for l in range(LANES):
        hit = (alive[l] > ZERO) & (min(log_hazard[l], LOG_FIVE) > log_draw[l])
        fell[l] = ONE if hit else ZERO
    return count_positive(fell)


@njit(**OPTIONS)
def log_hazard_of(log_rate, steepness, log_threshold, power, log_factor, out):
    """The part of log λ (eq. 4) that needs no backing: rate, threshold, power, effects on the hazard."""
    for l in range(LANES):
        short = steepness[l] * (log_threshold[l] - log(max(power[l], TINY)))
        out[l] = max(short + log_rate[l] + log_factor[l], LOG_OF_ZERO)


@njit(**OPTIONS)
def hand_over(control, tie, inherit, alive, fell, lane, before):
    """Give what fallen forces held in each region to those still in the field there, in one lane.

    Shares are in proportion to C_gk (1 + a_jk)^inherit, or to C_gk where all those are 0.
    """
    forces = before.shape[0]
    power = inherit[lane]
    for first in range(0, control.shape[0], forces):
        for k in range(forces):
            before[k] = control[first + k, lane]
        for j in range(forces):
            if fell[j, lane] == ZERO:
                continue
            control[first + j, lane] = ZERO
            weighted = plain = ZERO
            for k in range(forces):
                if alive[k, lane] > ZERO and fell[k, lane] == ZERO:
                    weighted += before[k] * _kin(tie[j * forces + k, lane], power)
                    plain += before[k]
            for k in range(forces):
                if alive[k, lane] > ZERO and fell[k, lane] == ZERO and plain > ZERO:
                    kin = _kin(tie[j * forces + k, lane], power)
                    share = before[k] * kin / weighted if weighted > ZERO else before[k] / plain
                    control[first + k, lane] += before[j] * share


@njit(**OPTIONS)
def _kin(tie, inherit):
    if inherit == ZERO:
        return ONE
    base = ONE + tie
    return f32(base**inherit) if base > ZERO else ZERO


@njit(**OPTIONS)
def move_violence(violence, mean, revert, contest, after_fall, fallen, control, region_weight, contested):
    """Step 8; `fallen` counts the falls of this week, `contested` is scratch [lanes]."""
    fill(contested, ONE)
    forces = control.shape[0] // region_weight.shape[0]
    for row in range(control.shape[0]):
        weight = region_weight[row // forces]
        for l in range(LANES):
            contested[l] -= weight * control[row, l] * control[row, l]
    for l in range(LANES):
        contested[l] = mean[l] * (ONE + contest[l] * contested[l]) - violence[l]
    for l in range(LANES):
        violence[l] = max(ZERO, violence[l] + revert[l] * contested[l] + after_fall[l] * fallen[l])


@njit(**OPTIONS)
def influence_of(standing, control, interest, scratch, out):
    """I_i = Σ_g ν_ig Σ_j C_gj R_ij for one patron: standing [forces, lanes], interest [regions]."""
    forces = standing.shape[0]
    for j in range(forces):
        blend(interest, control, j, forces, scratch)
        if j == 0:
            for l in range(LANES):
                out[l] = scratch[l] * standing[j, l]
        else:
            add_product(out, scratch, standing[j])


@njit(**OPTIONS)
def order_payoff(settled, alive, power, incumbent, majority, holds, settlement, chaos, takeover, out):
    """The weight of the order that the week ends in (`Order`, MODEL §2), by lane."""
    forces = power.shape[0]
    if incumbent >= 0:
        for l in range(LANES):
            out[l] = chaos[l]
    else:
        fill(out, ZERO)
        for j in range(forces):
            add(out, alive[j])
        for l in range(LANES):
            one, other = holds[l], chaos[l]
            out[l] = one if out[l] > ZERO else other
    for j in range(forces):
        for l in range(LANES):
            one, other = takeover[j, l], out[l]
            out[l] = one if power[j, l] >= majority else other
    if incumbent >= 0:
        for l in range(LANES):
            one, other = holds[l], out[l]
            out[l] = one if alive[incumbent, l] > ZERO else other
    for l in range(LANES):
        one, other = settlement[l], out[l]
        out[l] = one if settled[l] > ZERO else other
