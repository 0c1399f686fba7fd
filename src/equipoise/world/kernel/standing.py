"""Steps 6 and 7: receptivity and standing (eq. 5).

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel.arithmetic import add, add_product, copy, fill, pair, times
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ROW, TINY, ZERO


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
def openness(p, s, w, backings, forces):
    """Step 6: ρ_j of a force whose sponsors waver, towards a patron that is not itself leaving."""
    now, then = w.rows[w.spare], w.rows[w.spare + 1]
    for j in range(forces):
        shopping = p.shopping + j
        rho, plain = w.rows[w.open + j], s.rows[s.receptivity + j]
        if not p.live[shopping]:
            copy(rho, plain)
            continue
        fill(now, ZERO)
        fill(then, ZERO)
        for k in range(backings.shape[0]):
            if backings[k].force == j:
                add(now, s.rows[s.expected + k])
                add(then, p.rows[backings[k].start])
        for l in range(LANES):
            lost = max(ONE - now[l] / then[l], ZERO) if then[l] > ZERO else ZERO
            rho[l] = plain[l] * (ONE + p.rows[shopping, l] * lost)


@njit(**OPTIONS)
def receptivity(p, s, w, backings, i, j):
    """Return the row of scratch with ρ_ij of step 6: force j's openness, or plain receptivity where i is leaving."""
    opened = w.open + j
    if not p.live[p.shopping + j]:
        return opened
    plain, short, rho, backs = s.rows[s.receptivity + j], w.rows[w.spare], w.rows[w.spare + 1], False
    for k in range(backings.shape[0]):
        if backings[k].patron == i and backings[k].force == j:
            if not backs:
                fill(short, ZERO)
            backs = True
            expected, at_start = s.expected + k, backings[k].start
            for l in range(LANES):
                short[l] += s.rows[expected, l] - p.rows[at_start, l]
    if not backs:
        return opened
    for l in range(LANES):
        staying, leaving = w.rows[opened, l], plain[l]
        rho[l] = staying if short[l] >= -TINY else leaving
    return w.spare + 1


@njit(**OPTIONS)
def standings(p, s, w, world, signs):
    """Steps 6 and 7 for the patrons whose standing anything looks at."""
    backings, forces = world.backings, world.sizes.forces
    openness(p, s, w, backings, forces)
    ties = s.rows[s.tie : s.log_hazard]
    hostile, up, down = w.rows[w.hostile], w.rows[w.spare + 2], w.rows[w.spare + 3]
    for i in range(world.patrons.shape[0]):
        if not world.patrons[i].tracked:
            continue
        x = s.rows[s.effort + i * forces : s.effort + (i + 1) * forces]
        for j in range(forces):
            rho = receptivity(p, s, w, backings, i, j)
            gain_standing(p.rows[p.gain + i * forces + j], w.rows[rho], x[j], up)
            if p.live[p.warmth]:
                befriend(ties, x, signs[1], p.rows[p.warmth], j, up)
            if rivalry(ties, x, signs[0], j, hostile):
                resent(p.rows[p.alienation + j], p.rows[p.duplicity + j], x[j], hostile, down)
                if p.live[p.parity + j]:
                    slight(ties, x, signs[0], p.rows[p.parity + j], j, w.rows[w.spare], down)
                if p.live[p.resented + i * forces + j]:
                    times(down, p.rows[p.resented + i * forces + j])
            else:
                fill(down, ZERO)
            move_standing(s.rows[s.standing + i * forces + j], up, down, p.rows[p.fade], s.rows[s.alive + j])
