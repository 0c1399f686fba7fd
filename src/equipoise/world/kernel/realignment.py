"""Re-alignment inside the run: in its chance weeks a force looks again at its ties with the other forces.

Two rival accounts of what it looks at. *Power*: the winning coalition with it that has the least power, and so
leaves it the largest share (Riker 1962; Christia 2012). *Patronage*: whose patrons it shares, whose patrons are
rivals of its own, who is a rival itself (Seymour 2014). Coalition and score are those of the room `alignment`
(`coalitions.py`), one lane at a time, for looks are rare. Equations 7-9 of docs/model.md.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.compiling import inner
from equipoise.world.kernel.lanes import LANES, ONE, ZERO

ACCOUNTS = {None: 0, "power": 1, "patronage": 2}
"""Codes of what forces look at."""
BY_POWER = ACCOUNTS["power"]
SLACK = 1e-6
"""Shares, ties and scores that differ by no more than this count as equal: what single precision can tell."""
HALF_OF_ALL = 0.5
WEEKS_A_YEAR = 52.0


def scratch(account: str | None, forces: int, patrons: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what looking again works in: the power of every coalition, what each patron gives each force."""
    return np.zeros(2**forces if account == "power" else 1), np.zeros((patrons, forces))


@inner
def set_chance(rate, chance):
    """Set the chance that a force looks again in a week, 1 - exp(-rate / 52) [lanes]."""
    for l in range(LANES):
        chance[l] = -np.expm1(-np.float64(rate[l]) / WEEKS_A_YEAR)


@inner
def look_again(draws, p, s, w, world, shares, support):
    """Let every force whose draw succeeds look again, in the order of names; each sees what the one before left.

    Args:
        draws: uniform [forces, lanes].
        shares: scratch, float64 [coalitions]. support: scratch, float64 [patrons, forces].
    """
    forces, patrons = world.sizes.forces, world.sizes.patrons
    for j in range(forces):
        for l in range(LANES):
            if draws[j, l] < w.rows[w.look, l] and s.rows[s.alive + j, l] > ZERO:
                step = p.rows[p.realign_step, l]
                if world.sizes.account == BY_POWER:
                    follow_power(j, l, step, s, forces, shares)
                else:
                    give_support(l, s, forces, patrons, world.backings, support)
                    follow_patrons(j, l, step, p, s, forces, patrons, support)


@inner
def move_tie(j, k, l, step, end, s, forces):
    """Move the tie of two forces a step of the way to an end of its scale (eq. 7)."""
    tie = s.rows[s.tie + j * forces + k, l]
    tie += step * (end - tie)
    s.rows[s.tie + j * forces + k, l] = tie
    s.rows[s.tie + k * forces + j, l] = tie


@inner
def follow_power(j, l, step, s, forces, shares):
    """Move closer to the coalition that force j wants, away from the rest; nothing where nobody has power."""
    wanted = coalition(j, l, s, forces, shares)
    for k in range(forces):
        if wanted > 0 and k != j and s.rows[s.alive + k, l] > ZERO:
            move_tie(j, k, l, step, ONE if (wanted >> k) & 1 else -ONE, s, forces)


@inner
def coalition(j, l, s, forces, shares):
    """Return the coalition force j wants (eq. 8), bit k for force k, or 0 where nobody has power.

    Of the coalitions of forces in the field with j that hold more than half of all power: the least in power;
    of equal ones the friendlier to j, then the smaller, then the first by names.
    """
    field, whole = 0, 0.0
    for k in range(forces):
        if s.rows[s.alive + k, l] > ZERO:
            field |= 1 << k
            whole += np.float64(s.rows[s.power + k, l])
    if whole <= 0.0:
        return 0
    shares[0] = 0.0
    for k in range(forces):
        for part in range(1 << k):
            shares[part | (1 << k)] = shares[part] + np.float64(s.rows[s.power + k, l]) / whole
    least, friendliest, chosen = np.inf, -np.inf, 0
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and shares[group] > HALF_OF_ALL + SLACK:
            least = min(least, shares[group])
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and HALF_OF_ALL + SLACK < shares[group] <= least + SLACK:
            friendliest = max(friendliest, affinity(j, group, l, s, forces))
    for group in range(1 << forces):
        if (group >> j) & 1 and group & ~field == 0 and HALF_OF_ALL + SLACK < shares[group] <= least + SLACK:
            dear = affinity(j, group, l, s, forces) >= friendliest - SLACK
            chosen = group if dear and comes_before(group, chosen) else chosen
    return chosen


@inner
def affinity(j, group, l, s, forces):
    """Return the sum of force j's ties with a coalition."""
    total = 0.0
    for k in range(forces):
        if k != j and (group >> k) & 1:
            total += np.float64(s.rows[s.tie + j * forces + k, l])
    return total


@inner
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


@inner
def give_support(l, s, forces, patrons, backings, support):
    """Set what each patron gives each force: standing plus the mean of its backing over the channels."""
    for i in range(patrons):
        for j in range(forces):
            support[i, j] = s.rows[s.standing + i * forces + j, l]
    for n in range(backings.shape[0]):
        support[backings[n].patron, backings[n].force] += 0.5 * s.rows[s.backing + n, l]


@inner
def follow_patrons(j, l, step, p, s, forces, patrons, support):
    """Move closer to forces whose score with j (eq. 9) is above 0, away from those below 0."""
    for k in range(forces):
        if k != j and s.rows[s.alive + k, l] > ZERO:
            score = patronage_score(j, k, l, p, patrons, support)
            score -= max(-np.float64(s.rows[s.tie + j * forces + k, l]), 0.0)
            if abs(score) > SLACK:
                move_tie(j, k, l, step, ONE if score > 0.0 else -ONE, s, forces)


@inner
def patronage_score(j, k, l, p, patrons, support):
    """Return the part of eq. 9 that the patrons of two forces make."""
    common = most = given_j = given_k = against = 0.0
    for i in range(patrons):
        common += min(support[i, j], support[i, k])
        most += max(support[i, j], support[i, k])
        given_j += support[i, j]
        given_k += support[i, k]
        for m in range(patrons):
            rivalry = -np.float64(p.rows[p.patron_tie + i * patrons + m, l])
            if rivalry > 0.0:
                own = max(support[i, j] - support[i, k], 0.0)
                other = max(support[m, k] - support[m, j], 0.0)
                against += rivalry * own * other
    score = common / most if most > 0.0 else 0.0
    return score - against / (given_j * given_k) if given_j * given_k > 0.0 else score
