"""Re-alignment inside the run: in its chance weeks a force looks again at its ties with the other forces.

Two rival accounts of what it looks at. *Power*: the winning coalition with it that has the least power, and so
leaves it the largest share (Riker 1962; Christia 2012). *Patronage*: whose patrons it shares, whose patrons are
rivals of its own, who is a rival itself (Seymour 2014). Coalition and score are those of the room `alignment`
(`coalitions.py`), one lane at a time, for looks are rare. Equations 7-9 of docs/model.md.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.world.kernel import rows as r
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO

ACCOUNTS = {None: 0, "power": 1, "patronage": 2}
"""Codes of what forces look at."""
BY_POWER = ACCOUNTS["power"]
SLACK = 1e-6
"""Shares, ties and scores that differ by no more than this count as equal: what single precision can tell."""
HALF_OF_ALL = 0.5
WEEKS_A_YEAR = 52.0
TIE, ALIVE, POWER, STANDING, BACKING = r.TIE, r.ALIVE, r.POWER, r.STANDING, r.BACKING
P_PATRON_TIE, P_REALIGN_RATE, P_REALIGN_STEP, W_LOOK = (
    r.P_PATRON_TIE,
    r.P_REALIGN_RATE,
    r.P_REALIGN_STEP,
    r.W_LOOK,
)


def scratch(account: str | None, forces: int, patrons: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what looking again works in: the power of every coalition, what each patron gives each force."""
    return np.zeros(2**forces if account == "power" else 1), np.zeros((patrons, forces))


@njit(**OPTIONS)
def set_chance(p, p_at, w, w_at):
    """Set the chance that a force looks again in a week, 1 - exp(-rate / 52)."""
    rate, chance = p[p_at[P_REALIGN_RATE]], w[w_at[W_LOOK]]
    for l in range(LANES):
        chance[l] = -np.expm1(-np.float64(rate[l]) / WEEKS_A_YEAR)


@njit(**OPTIONS)
def look_again(account, draws, p, p_at, s, at, w, w_at, forces, patrons, backings, shares, support):
    """Let every force whose draw succeeds look again, in the order of names; each sees what the one before left.

    Args:
        account: a code of `ACCOUNTS`. draws: uniform [forces, lanes].
        shares: scratch, float64 [coalitions]. support: scratch, float64 [patrons, forces].
    """
    for j in range(forces):
        for l in range(LANES):
            if draws[j, l] < w[w_at[W_LOOK], l] and s[at[ALIVE] + j, l] > ZERO:
                step = p[p_at[P_REALIGN_STEP], l]
                if account == BY_POWER:
                    follow_power(j, l, step, s, at, forces, shares)
                else:
                    give_support(l, s, at, forces, patrons, backings, support)
                    follow_patrons(j, l, step, p, p_at, s, at, forces, patrons, support)


@njit(**OPTIONS)
def move_tie(j, k, l, step, end, s, at, forces):
    """Move the tie of two forces a step of the way to an end of its scale (eq. 7)."""
    tie = s[at[TIE] + j * forces + k, l]
    tie += step * (end - tie)
    s[at[TIE] + j * forces + k, l] = tie
    s[at[TIE] + k * forces + j, l] = tie


@njit(**OPTIONS)
def follow_power(j, l, step, s, at, forces, shares):
    """Move closer to the coalition that force j wants, away from the rest; nothing where nobody has power."""
    wanted = coalition(j, l, s, at, forces, shares)
    for k in range(forces):
        if wanted > 0 and k != j and s[at[ALIVE] + k, l] > ZERO:
            move_tie(j, k, l, step, ONE if (wanted >> k) & 1 else -ONE, s, at, forces)


@njit(**OPTIONS)
def coalition(j, l, s, at, forces, shares):
    """Return the coalition force j wants (eq. 8), bit k for force k, or 0 where nobody has power.

    Of the coalitions of forces in the field with j that hold more than half of all power: the least in power;
    of equal ones the friendlier to j, then the smaller, then the first by names.
    """
    field, whole = 0, 0.0
    for k in range(forces):
        if s[at[ALIVE] + k, l] > ZERO:
            field |= 1 << k
            whole += np.float64(s[at[POWER] + k, l])
    if whole <= 0.0:
        return 0
    shares[0] = 0.0
    for k in range(forces):
        for part in range(1 << k):
            shares[part | (1 << k)] = shares[part] + np.float64(s[at[POWER] + k, l]) / whole
    least, friendliest, chosen = np.inf, -np.inf, 0
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and shares[group] > HALF_OF_ALL + SLACK:
            least = min(least, shares[group])
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and HALF_OF_ALL + SLACK < shares[group] <= least + SLACK:
            friendliest = max(friendliest, affinity(j, group, l, s, at, forces))
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and HALF_OF_ALL + SLACK < shares[group] <= least + SLACK:
            dear = affinity(j, group, l, s, at, forces) >= friendliest - SLACK
            chosen = group if dear and comes_before(group, chosen) else chosen
    return chosen


@njit(**OPTIONS)
def affinity(j, group, l, s, at, forces):
    """Return the sum of force j's ties with a coalition."""
    total = 0.0
    for k in range(forces):
        if k != j and (group >> k) & 1:
            total += np.float64(s[at[TIE] + j * forces + k, l])
    return total


@njit(**OPTIONS)
def comes_before(group, other):
    """Return whether a coalition is smaller than another or, of the same size, first by names; 0 is none."""
    if other == 0:
        return True
    size, rest = 0, group
    while rest:
        size, rest = size + 1, rest & (rest - 1)
    rest = other
    while rest:
        size, rest = size - 1, rest & (rest - 1)
    differ = group ^ other
    return size < 0 or (size == 0 and group & differ & -differ != 0)


@njit(**OPTIONS)
def give_support(l, s, at, forces, patrons, backings, support):
    """Set what each patron gives each force: standing plus the mean of its backing over the channels."""
    for i in range(patrons):
        for j in range(forces):
            support[i, j] = s[at[STANDING] + i * forces + j, l]
    for n in range(backings.shape[0]):
        support[backings[n, 0], backings[n, 1]] += 0.5 * s[at[BACKING] + n, l]


@njit(**OPTIONS)
def follow_patrons(j, l, step, p, p_at, s, at, forces, patrons, support):
    """Move closer to forces whose score with j (eq. 9) is above 0, away from those below 0."""
    for k in range(forces):
        if k != j and s[at[ALIVE] + k, l] > ZERO:
            score = patronage_score(j, k, l, p, p_at, patrons, support)
            score -= max(-np.float64(s[at[TIE] + j * forces + k, l]), 0.0)
            if abs(score) > SLACK:
                move_tie(j, k, l, step, ONE if score > 0.0 else -ONE, s, at, forces)


@njit(**OPTIONS)
def patronage_score(j, k, l, p, p_at, patrons, support):
    """Return the part of eq. 9 that the patrons of two forces make."""
    common = most = given_j = given_k = against = 0.0
    for i in range(patrons):
        common += min(support[i, j], support[i, k])
        most += max(support[i, j], support[i, k])
        given_j += support[i, j]
        given_k += support[i, k]
        for m in range(patrons):
            rivalry = -np.float64(p[p_at[P_PATRON_TIE] + i * patrons + m, l])
            if rivalry > 0.0:
                own = max(support[i, j] - support[i, k], 0.0)
                other = max(support[m, k] - support[m, j], 0.0)
                against += rivalry * own * other
    score = common / most if most > 0.0 else 0.0
    return score - against / (given_j * given_k) if given_j * given_k > 0.0 else score
