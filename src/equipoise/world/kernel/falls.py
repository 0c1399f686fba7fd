"""Step 5: who falls (eq. 4) and who inherits; step 8: what falls and contested ground do to violence.

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.arithmetic import add, count_positive, fill, listed, times
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.lanes import HALF, LANES, LOG_OF_ZERO, ONE, TINY, ZERO, exp, f32, log
from equipoise.world.kernel.rows import NOT_SO, SO, UNSEEN

LOG_FIVE = f32(1.6094379124341003)
RARE = f32(0.1)
"""Below this hazard the chance of a fall is taken from its series, which loses no digits."""


@inlined
def mark_falls(log_hazard, log_draw, alive, fell):
    """Mark who falls: alive, and the week's exponential draw lies below its hazard λ (at most 5). Return how many."""
    count = np.int32(0)
    for l in range(LANES):
        hit = (alive[l] > ZERO) & (min(log_hazard[l], LOG_FIVE) > log_draw[l])
        fell[l] = ONE if hit else ZERO
        count += np.int32(hit)
    return count


@inlined
def fall_as_seen(log_hazard, alive, fell, likely):
    """Let a force fall where it stands, and add the logarithm of the chance 1 - e^-λ of that. Return how many."""
    for l in range(LANES):
        capped = min(log_hazard[l], LOG_FIVE)
        hazard = exp(capped)
        series = capped - hazard * (HALF - hazard * f32(1 / 24))
        chance = series if hazard < RARE else log(ONE - exp(-hazard))
        likely[l] += chance if alive[l] > ZERO else LOG_OF_ZERO
        fell[l] = ONE if alive[l] > ZERO else ZERO
    return count_positive(fell)


@inlined
def stand_as_seen(log_hazard, alive, fell, likely):
    """Let no force fall, and add the logarithm of the chance e^-λ of that."""
    for l in range(LANES):
        likely[l] -= exp(min(log_hazard[l], LOG_FIVE)) if alive[l] > ZERO else ZERO
        fell[l] = ZERO


@inlined
def log_hazard_of(log_rate, steepness, log_threshold, power, log_factor, slide, earlier, slides, out):
    """Log λ (eq. 4) without backing: rate, threshold, power, effects on it; where it `slides`, loss of power."""
    for l in range(LANES):
        short = steepness[l] * (log_threshold[l] - log(max(power[l], TINY)))
        lost = slide[l] * max(earlier[l] - power[l], ZERO) if slides else ZERO
        out[l] = max(short + log_rate[l] + log_factor[l], LOG_OF_ZERO) + lost


@inner
def hand_over(control, tie, inherit, alive, fell, lane, before):
    """Give what fallen forces held in each region to those still in the field there, in one lane.

    Shares are in proportion to C_gk (1 + a_jk)^inherit, or to C_gk where all those are 0.

    Args:
        before: scratch [1 + forces, forces]: what forces held, then how near all of them are to each that falls.
    """
    held, kin, forces = before[0], before[1:], before.shape[1]
    for j in range(forces):
        for k in range(forces):
            if fell[j, lane] > ZERO and alive[k, lane] > ZERO and fell[k, lane] == ZERO:
                kin[j, k] = _kin(tie[j * forces + k, lane], inherit[lane])
    for first in range(0, control.shape[0], forces):
        for k in range(forces):
            held[k] = control[first + k, lane]
        for j in range(forces):
            if fell[j, lane] == ZERO:
                continue
            control[first + j, lane] = ZERO
            weighted = plain = ZERO
            for k in range(forces):
                if alive[k, lane] > ZERO and fell[k, lane] == ZERO:
                    weighted += held[k] * kin[j, k]
                    plain += held[k]
            for k in range(forces):
                if alive[k, lane] > ZERO and fell[k, lane] == ZERO and plain > ZERO:
                    share = held[k] * kin[j, k] / weighted if weighted > ZERO else held[k] / plain
                    control[first + k, lane] += held[j] * share


@inner
def _kin(tie, inherit):
    if inherit == ZERO:
        return ONE
    base = ONE + tie
    if inherit == ONE:
        return max(base, ZERO)
    return f32(base**inherit) if base > ZERO else ZERO


@inlined
def take_squares(left, a, b, c, d, v, x, y, z, first):
    """Take v a² + x b² + y c² + z d² off what is left of 1."""
    for l in range(LANES):
        rest = ONE if first else left[l]
        rest = rest - v * a[l] * a[l]
        rest = rest - x * b[l] * b[l]
        rest = rest - y * c[l] * c[l]
        left[l] = rest - z * d[l] * d[l]


@inlined
def move_violence(p, s, w, world, week):
    """Step 8."""
    violence, contested, control = s.rows[s.violence], w.rows[w.spare], s.rows[s.control : s.power]
    mean, fallen = s.rows[s.violence_mean], w.rows[w.fallen]
    revert, contest, after_fall = p.rows[p.revert], p.rows[p.contest], p.rows[p.after_fall]
    weight, forces, last = world.region_weight, world.sizes.forces, control.shape[0] - 1
    for n in range(0, last + 1, 4):
        m, i, j = min(n + 1, last), min(n + 2, last), min(n + 3, last)
        x, y = weight[m // forces] if m > n else ZERO, weight[i // forces] if i > m else ZERO
        z = weight[j // forces] if j > i else ZERO
        take_squares(
            contested, control[n], control[m], control[i], control[j], weight[n // forces], x, y, z, n == 0
        )
    for l in range(LANES):
        contested[l] = mean[l] * (ONE + contest[l] * contested[l])
    for n in range(world.seasons.shape[1]):
        if world.seasons[week, n] and p.live[p.season_violence + n]:
            times(contested, p.rows[p.season_violence + n])
    for l in range(LANES):
        now = violence[l]
        violence[l] = max(ZERO, now + revert[l] * (contested[l] - now) + after_fall[l] * fallen[l])


@inner
def log_hazard(p, s, w, backings, j, week, forces, moving):
    """Log λ_j of eq. 4, into the first spare row; power of eq. 3 is in the state. `moving` is as in `national`."""
    out, gap, panic, panics, moved = w.rows[w.spare], w.rows[w.spare + 1], p.panic + j, False, False
    for k in range(backings.shape[0]):
        moved |= backings[k].force == j and moving[k] > 0
    slide, power = p.slide + j, s.power + j
    earlier = s.past + (week + 1) % 5 * forces + j  # P(t-4) stands where P(t+1) will be written
    log_hazard_of(
        w.rows[w.log_rate + j], p.rows[p.steepness + j], w.rows[w.log_threshold + j], s.rows[power],
        s.rows[s.log_hazard + j], p.rows[slide], s.rows[earlier], not moved, out,
    )  # fmt: skip
    if not moved:
        return
    for k in range(backings.shape[0]):
        if backings[k].force != j or moving[k] == 0:
            continue
        backing, expected = s.backing + k, s.expected + k
        shield = p.shield + j * 2 + backings[k].channel
        if p.live[shield]:
            start = backings[k].start
            for l in range(LANES):
                out[l] -= p.rows[shield, l] * (s.rows[backing, l] - p.rows[start, l])
        if p.live[panic]:
            if not panics:
                fill(gap, ZERO)
            panics = True
            for l in range(LANES):
                gap[l] += s.rows[backing, l] - s.rows[expected, l]
    if panics:
        for l in range(LANES):
            out[l] += p.rows[panic, l] * max(gap[l], ZERO)
    if p.live[slide]:
        for l in range(LANES):
            out[l] += p.rows[slide, l] * max(s.rows[earlier, l] - s.rows[power, l], ZERO)


@inner
def falls(p, s, w, world, log_draws, week, moving):
    """Step 5: mark who falls this week, each judged by the power of eq. 3; return how many in the block.

    What was seen of a fall is made to come so.
    """
    count = 0
    for j in range(world.sizes.forces):
        fell, alive, likely = w.rows[w.fell_now + j], s.rows[s.alive + j], w.rows[w.likely_falls + j]
        known = world.seen[week, j] if world.sizes.seen else UNSEEN
        if p.live[p.rate + j]:
            log_hazard(p, s, w, world.backings, j, week, world.sizes.forces, moving)
            if known == SO:
                count += fall_as_seen(w.rows[w.spare], alive, fell, likely)
            elif known == NOT_SO:
                stand_as_seen(w.rows[w.spare], alive, fell, likely)
            else:
                count += mark_falls(w.rows[w.spare], log_draws[j], alive, fell)
        else:
            fill(fell, ZERO)
            if known == SO:
                fill(likely, LOG_OF_ZERO)
    return count


@inner
def collapse(p, s, w, week, forces, before, lanes):
    """Let the marked forces fall: their control passes on, a settlement ends. List the lanes; return how many."""
    fell, fallen = w.rows[w.fell_now : w.fell_now + forces], w.rows[w.fallen]
    for j in range(forces):
        add(fallen, fell[j])
    count = listed(fallen, lanes)
    for n in range(count):
        l = lanes[n]
        hand_over(
            s.rows[s.control : s.power], s.rows[s.tie : s.log_hazard], p.rows[p.inherit], s.rows[s.alive : s.in_field],
            fell, l, before,
        )  # fmt: skip
        s.rows[s.settled, l] = ZERO
        s.rows[s.stale, l] = ONE
        s.rows[s.in_field, l] -= fallen[l]
        for j in range(forces):
            if fell[j, l] > ZERO:
                s.rows[s.alive + j, l] = ZERO
                s.rows[s.fell + j, l] = f32(week)
    return count


@inner
def bury(s, backings, lanes):
    """End the backing of forces that fell this week, in the lanes in which some did: 0 from the week after the fall."""
    for k in range(backings.shape[0]):
        alive = s.alive + backings[k].force
        for row in (s.backing + k, s.expected + k, s.left + k):
            for n in range(lanes.shape[0]):
                s.rows[row, lanes[n]] *= s.rows[alive, lanes[n]]
