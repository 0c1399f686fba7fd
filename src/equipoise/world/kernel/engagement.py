"""Step 2: how patrons spread their effort (eq. 1).

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from equipoise.world import policies
from equipoise.world.kernel.arithmetic import add, count_from, fill, listed, product
from equipoise.world.kernel.choosing import chosen
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.lanes import LANES, LOG_OF_ZERO, ONE, TINY, ZERO, exp, f32, log

followed_row = chosen([entry.row for entry in policies.FOLLOWED.values()])


@inner
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


@inner
def shares(p, s, world, strategies, i, policy, total, share, out):
    """Eq. 1 for patron i under a policy: the share of effort that goes to each force, `out` [forces, lanes].

    Args:
        total, share: scratch [lanes].
    """
    forces, floor = world.sizes.forces, strategies.floors[policy]
    base, alive, in_field = p.base + policy * forces, s.alive, s.in_field
    fill(total, ZERO)
    for j in range(forces):
        for l in range(LANES):
            out[j, l] = s.rows[alive + j, l] * p.rows[base + j, l]
    for n in range(strategies.exponents.shape[1]):
        first = followed_row(n, s, forces, i)
        raise_to(s.rows[first : first + forces], strategies.exponents[policy, n], share, out)
    for j in range(forces):
        add(total, out[j])
    for l in range(LANES):
        share[l] = (ONE - floor) / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        for l in range(LANES):
            out[j, l] = out[j, l] * share[l]
        if floor > ZERO:
            for l in range(LANES):
                out[j, l] += s.rows[alive + j, l] * floor / max(s.rows[in_field, l], ONE)


@inner
def share_lane(p, s, world, strategies, i, policy, lane):
    """Eq. 1 in one lane for a policy that follows nothing; sets the patron's effort."""
    forces, floor = world.sizes.forces, strategies.floors[policy]
    base, effort = p.base + policy * forces, s.effort + i * forces
    total = ZERO
    for j in range(forces):
        total += s.rows[s.alive + j, lane] * p.rows[base + j, lane]
    share = (ONE - floor) / total if total > ZERO else ZERO
    fair = floor / max(s.rows[s.in_field, lane], ONE)
    for j in range(forces):
        part = s.rows[s.alive + j, lane] * (p.rows[base + j, lane] * share + fair)
        s.rows[effort + j, lane] = part * s.rows[s.budget + i, lane]


@inlined
def engage(p, s, w, world, strategies, plans, week, lanes):
    """Step 2: the effort x_ij of every engaging patron, by the way of engaging it has come to.

    Where a policy follows nothing, effort changes only in the lanes marked stale: a force fell, a budget changed, a
    strategy switched. `lanes` is scratch [lanes].
    """
    moves = False
    for i in range(world.patrons.shape[0]):
        if world.patrons[i].engages and (week == 0 or plans[i, 0].follows):
            engage_fully(p, s, w, world, strategies, plans[i], i)
            moves = True
    count = listed(s.rows[s.stale], lanes)
    if count > 0:
        engage_lanes(p, s, world, strategies, plans, lanes[:count])
        fill(s.rows[s.stale], ZERO)
    for j in range(world.sizes.forces if moves else 0):
        fill(s.rows[s.given + j], ZERO)
        for i in range(world.patrons.shape[0]):
            if world.patrons[i].engages:
                add(s.rows[s.given + j], s.rows[s.effort + i * world.sizes.forces + j])


@inner
def engage_lanes(p, s, world, strategies, plans, lanes):
    """The effort in some lanes of all patrons whose policies follow nothing, and what all patrons give together."""
    forces = world.sizes.forces
    for j in range(forces):
        for k in range(lanes.shape[0]):
            s.rows[s.given + j, lanes[k]] = ZERO
    for i in range(world.patrons.shape[0]):
        if not world.patrons[i].engages:
            continue
        for k in range(lanes.shape[0]):
            if not plans[i, 0].follows:
                stage = int(s.rows[s.stage + i, lanes[k]])
                share_lane(p, s, world, strategies, i, plans[i, stage].policy, lanes[k])
            for j in range(forces):
                s.rows[s.given + j, lanes[k]] += s.rows[s.effort + i * forces + j, lanes[k]]


@inner
def engage_fully(p, s, w, world, strategies, stages, i):
    """The effort of one patron in all lanes."""
    forces, came_to = world.sizes.forces, s.stage + i
    x = s.rows[s.effort + i * forces : s.effort + (i + 1) * forces]
    total, share = w.rows[w.spare], w.rows[w.spare + 1]
    shares(p, s, world, strategies, i, stages[0].policy, total, share, x)
    for k in range(1, stages.shape[0]):
        if stages[k].policy < 0 or count_from(s.rows[came_to], f32(k)) == 0:
            break
        other, stage = w.rows[w.share : w.share + forces], f32(k)
        shares(p, s, world, strategies, i, stages[k].policy, total, share, other)
        for j in range(forces):
            for l in range(LANES):
                x[j, l] = other[j, l] if s.rows[came_to, l] == stage else x[j, l]
    for j in range(forces):
        product(x[j], x[j], s.rows[s.budget + i])
