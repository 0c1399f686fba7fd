"""Steps 6 and 7: receptivity and standing (eq. 5).

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from equipoise.world.kernel.arithmetic import add, apart, fill, pair
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.lanes import LANES, ONE, TINY, ZERO


@inlined
def stand(r, alive, gain, rho, tie, x, j, ends, terms, sums, begun, four):
    """Eq. 5 for one patron and one force: standing `r` moves, clipped, and is 0 with a fallen force.

    It looks at two other forces, or at four, in one pass over the lanes.

    Args:
        tie: [forces · forces, lanes]. x: the patron's effort [forces, lanes]. j: the force.
        ends: the other forces and the rows of their ties with j, as `pair` gives them, twice.
        terms: warmth, alienation, duplicity, parity, how much of it this patron is resented for, fade.
        sums: what `begin_to_stand` has found of further forces, where `begun`. four: whether it looks at four.
    """
    k, m, one, two, k2, m2, one2, two2 = ends
    warmth, alienation, duplicity, parity, resented, fade = terms
    built, met_before, crossed_before = sums
    for l in range(LANES):
        mine, near = x[j, l], x[j, l] - TINY
        a, b, xa, xb = tie[one, l], tie[two, l], x[k, l], x[m, l]
        c, xc = tie[one2, l] if four else ZERO, x[k2, l] if four else ZERO
        d, xd = tie[two2, l] if four else ZERO, x[m2, l] if four else ZERO
        up = built[l] if begun else apart(gain[l] * rho[l], mine)
        up = up + warmth[l] * (max(a, ZERO) * xa + max(b, ZERO) * xb)
        up = up + warmth[l] * (max(c, ZERO) * xc + max(d, ZERO) * xd)
        met = met_before[l] if begun else ZERO
        met = met + (max(-a, ZERO) * xa + max(-b, ZERO) * xb)
        met = met + (max(-c, ZERO) * xc + max(-d, ZERO) * xd)
        crossed = ((a < ZERO) & (xa >= near)) | ((b < ZERO) & (xb >= near))
        crossed = crossed | ((c < ZERO) & (xc >= near)) | ((d < ZERO) & (xd >= near))
        crossed = crossed | (crossed_before[l] > ZERO) if begun else crossed
        marked = ONE if crossed & (mine > ZERO) else ZERO
        down = apart(apart(alienation[l] + duplicity[l] * mine, met) + parity[l] * marked, resented[l])
        moved = r[l] + up * (ONE - r[l]) - fade[l] * r[l] - down
        r[l] = alive[l] * min(max(moved, ZERO), ONE)


@inlined
def begin_to_stand(gain, rho, warmth, tie, x, j, ends, sums, begun):
    """Add up, over two more forces, what effort builds of standing, Σ h x, and whether a red line is crossed."""
    k, m, one, two = ends
    built, met, crossed = sums
    for l in range(LANES):
        mine, near = x[j, l], x[j, l] - TINY
        a, b, xa, xb = tie[one, l], tie[two, l], x[k, l], x[m, l]
        before = built[l] if begun else apart(gain[l] * rho[l], mine)
        built[l] = before + warmth[l] * (max(a, ZERO) * xa + max(b, ZERO) * xb)
        before = met[l] if begun else ZERO
        met[l] = before + (max(-a, ZERO) * xa + max(-b, ZERO) * xb)
        before = crossed[l] if begun else ZERO
        crossed[l] = ONE if ((a < ZERO) & (xa >= near)) | ((b < ZERO) & (xb >= near)) else before


@inner
def openness(p, s, w, backings, j, moving):
    """Step 6: ρ_j of a force whose sponsors waver, towards a patron that is not itself leaving, into a row of `open`.

    Return whether any sponsor has ever wavered (`moving` as in `control.national`): else it is plain receptivity.
    """
    now, then, shopping, wavered = w.rows[w.spare], w.rows[w.spare + 1], p.shopping + j, False
    for k in range(backings.shape[0]):
        wavered |= backings[k].force == j and moving[k] > 0
    if not (wavered and p.live[shopping]):
        return False
    fill(now, ZERO)
    fill(then, ZERO)
    for k in range(backings.shape[0]):
        if backings[k].force == j:
            add(now, s.rows[s.expected + k])
            add(then, p.rows[backings[k].start])
    rho, plain = w.open + j, s.receptivity + j
    for l in range(LANES):
        lost = max(ONE - now[l] / then[l], ZERO) if then[l] > ZERO else ZERO
        w.rows[rho, l] = s.rows[plain, l] * (ONE + p.rows[shopping, l] * lost)
    return True


@inner
def leaves(p, s, w, backings, i, j, moving):
    """Set the second spare row to ρ_ij where force j is open (`openness`) and patron i may be leaving it itself.

    Return whether it may: its backing of j has ever moved.
    """
    short, rho, backs = w.spare, w.spare + 1, False
    for k in range(backings.shape[0]):
        if backings[k].patron == i and backings[k].force == j and moving[k] > 0:
            if not backs:
                fill(w.rows[short], ZERO)
            backs = True
            expected, at_start = s.expected + k, backings[k].start
            for l in range(LANES):
                w.rows[short, l] += s.rows[expected, l] - p.rows[at_start, l]
    if backs:
        plain, opened = s.receptivity + j, w.open + j
        for l in range(LANES):
            staying, leaving = w.rows[opened, l], s.rows[plain, l]
            w.rows[rho, l] = staying if w.rows[short, l] >= -TINY else leaving
    return backs


@inner
def standings(p, s, w, world, moving):
    """Steps 6 and 7 for the patrons whose standing anything looks at."""
    for j in range(world.sizes.forces):
        opened = openness(p, s, w, world.backings, j, moving)
        for i in range(world.patrons.shape[0]):
            if world.patrons[i].tracked:
                rho = w.rows[w.open + j] if opened else s.rows[s.receptivity + j]
                if opened and leaves(p, s, w, world.backings, i, j, moving):
                    rho = w.rows[w.spare + 1]
                move_standing(p, s, w, world.sizes.forces, i, j, rho)


@inlined
def move_standing(p, s, w, forces, i, j, rho):
    """Eq. 5 for patron i and force j, whose receptivity is `rho` [lanes]."""
    x, ties = s.rows[s.effort + i * forces : s.effort + (i + 1) * forces], s.rows[s.tie : s.log_hazard]
    r, alive, gain = s.rows[s.standing + i * forces + j], s.rows[s.alive + j], p.rows[p.gain + i * forces + j]
    warmth = p.rows[p.warmth]
    terms = (
        warmth, p.rows[p.alienation + j], p.rows[p.duplicity + j], p.rows[p.parity + j],
        p.rows[p.resented + i * forces + j], p.rows[p.fade],
    )  # fmt: skip
    sums = (w.rows[w.spare], w.rows[w.spare + 2], w.rows[w.spare + 3])
    first = 0
    while forces - 1 - first > 4:
        if first == 0:
            begin_to_stand(gain, rho, warmth, ties, x, j, pair(first, j, forces), sums, False)
        else:
            begin_to_stand(gain, rho, warmth, ties, x, j, pair(first, j, forces), sums, True)
        first += 2
    ends = pair(first, j, forces) + pair(first + 2, j, forces)
    if forces <= 3:
        stand(r, alive, gain, rho, ties, x, j, ends, terms, sums, False, False)
    elif first == 0:
        stand(r, alive, gain, rho, ties, x, j, ends, terms, sums, False, True)
    else:
        stand(r, alive, gain, rho, ties, x, j, ends, terms, sums, True, True)
