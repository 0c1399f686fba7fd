"""Steps 6 and 7: receptivity and standing (eq. 5).

`p`, `s`, `w` are the rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first
rows (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel import stages
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO
from equipoise.world.kernel.rows import *


@njit(**OPTIONS)
def openness(p, p_at, live, s, at, w, w_at, backings, forces):
    """Step 6: ρ_j of a force whose sponsors waver, towards a patron that is not itself leaving."""
    now, then = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1]
    for j in range(forces):
        shopping = p_at[P_SHOPPING] + j
        rho, plain = w[w_at[W_OPEN] + j], s[at[RECEPTIVITY] + j]
        if not live[shopping]:
            stages.copy(rho, plain)
            continue
        stages.fill(now, ZERO)
        stages.fill(then, ZERO)
        for k in range(backings.shape[0]):
            if backings[k, 1] == j:
                stages.add(now, s[at[EXPECTED] + k])
                stages.add(then, p[backings[k, 3]])
        for l in range(LANES):
            lost = max(ONE - now[l] / then[l], ZERO) if then[l] > ZERO else ZERO
            rho[l] = plain[l] * (ONE + p[shopping, l] * lost)


@njit(**OPTIONS)
def receptivity(p, p_at, live, s, at, w, w_at, backings, i, j):
    """Return the row of scratch with ρ_ij of step 6: force j's openness, or plain receptivity where i is leaving."""
    opened = w_at[W_OPEN] + j
    if not live[p_at[P_SHOPPING] + j]:
        return opened
    plain, short, rho, backs = s[at[RECEPTIVITY] + j], w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1], False
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
        staying, leaving = w[opened, l], plain[l]
        rho[l] = staying if short[l] >= -stages.TINY else leaving
    return w_at[W_SPARE] + 1


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
            stages.gain_standing(p[p_at[P_GAIN] + i * forces + j], w[rho], x[j], up)
            if live[p_at[P_WARMTH]]:
                stages.befriend(ties, x, signs[1], p[p_at[P_WARMTH]], j, up)
            if stages.rivalry(ties, x, signs[0], j, hostile):
                stages.resent(p[p_at[P_ALIENATION] + j], p[p_at[P_DUPLICITY] + j], x[j], hostile, down)
                if live[p_at[P_PARITY] + j]:
                    stages.slight(ties, x, signs[0], p[p_at[P_PARITY] + j], j, w[w_at[W_SPARE]], down)
            else:
                stages.fill(down, ZERO)
            stages.move_standing(
                s[at[STANDING] + i * forces + j], up, down, p[p_at[P_FADE]], s[at[ALIVE] + j]
            )
