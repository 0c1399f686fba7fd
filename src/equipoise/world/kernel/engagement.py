"""Step 2: how patrons spread their effort (eq. 1).

`p`, `s`, `w` are the rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first
rows (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel import stages
from equipoise.world.kernel.lanes import LANES, OPTIONS, ZERO
from equipoise.world.kernel.rows import *


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
    spare, stale = w[w_at[W_SPARE] : w_at[W_SPARE] + 2], s[at[STALE]]
    for n in range(engaging.shape[0]):
        i = engaging[n]
        if week == 0 or follows(profile[i], policies):
            x = s[at[EFFORT] + i * forces : at[EFFORT] + (i + 1) * forces]
            engage_fully(p, p_at, s, at, w, w_at, profile[i], policies, i, forces, spare, x)
    if stages.count_positive(stale) > 0:
        for l in range(LANES):
            if stale[l] > ZERO:
                engage_lane(p, p_at, s, at, profile, policies, engaging, forces, l)
        stages.fill(stale, ZERO)


@njit(**OPTIONS)
def follows(mine, policies):
    """Whether a patron's effort moves with power or standing, before or after its strategy switches."""
    form, then = policies[mine[0]], policies[max(mine[1], 0)]
    moves = form[0] != ZERO or form[1] != ZERO
    return moves or (mine[1] >= 0 and (then[0] != ZERO or then[1] != ZERO))


@njit(**OPTIONS)
def engage_lane(p, p_at, s, at, profile, policies, engaging, forces, l):
    """The effort in one lane of all patrons that follow neither power nor standing."""
    for n in range(engaging.shape[0]):
        i = engaging[n]
        if not follows(profile[i], policies):
            policy = profile[i, 1] if profile[i, 1] >= 0 and s[at[SWITCHED] + i, l] > ZERO else profile[i, 0]
            base, effort = p_at[P_BASE] + policy * forces, at[EFFORT] + i * forces
            stages.weigh_lane(
                p[base : base + forces], s[at[ALIVE] : at[IN_FIELD]], s[at[IN_FIELD]], policies[policy, 2],
                s[at[BUDGET] + i], l, s[effort : effort + forces],
            )  # fmt: skip


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
        stages.product(x[j], x[j], s[at[BUDGET] + i])
