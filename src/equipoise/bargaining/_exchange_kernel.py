"""Equal-gain exchange between issues compiled. `exchange.py` states the equations and the source.

An exchange e has two sides, 0 and 1. `who[e, side]` gives its actor, `gives[e, side]` the issue that side
concedes on; it wants the issue the other side gives. Positions are on 0 to 100. What lies nearer than `EVEN`
counts as the same, so that rounding decides nothing: gains tie, an actor stands at the outcome, an outcome has
arrived where it was meant to go. `exchange_decimal.py` tells the same steps slowly and holds these.
"""

from __future__ import annotations

import numpy as np
from numba import njit

EVEN = 1e-10


@njit(cache=True)
def _candidates(x, s, c, outcome):
    """Return who and gives for every two actors on opposite sides of the outcomes of two issues."""
    issues, actors = x.shape
    pairs = issues * (issues - 1) // 2 * actors * actors
    who, gives = np.empty((pairs, 2), np.int64), np.empty((pairs, 2), np.int64)
    below = x < outcome.reshape(-1, 1) - EVEN
    count = 0
    for p in range(issues):
        for q in range(p + 1, issues):
            for mixed in (False, True):
                for i in range(actors):
                    for j in range(actors):
                        if np.isnan(x[p, i] + x[q, i] + x[p, j] + x[q, j]) or s[p, i] * c[i] == 0:
                            continue
                        if s[q, i] * c[i] == 0 or s[p, j] * c[j] == 0 or s[q, j] * c[j] == 0:
                            continue
                        if below[p, i] != mixed or below[q, i] or below[p, j] == mixed or not below[q, j]:
                            continue
                        cares = s[p, i] / s[q, i] < s[p, j] / s[q, j]
                        who[count] = (j, i) if cares else (i, j)
                        gives[count] = q, p
                        count += 1
    return who[:count], gives[:count]


@njit(cache=True)
def _outcome_if(issue, actor, own, x, weight, known):
    """Return the outcome on an issue with one actor at `own`, others where this exchange knows them."""
    above, below = 0.0, 0.0
    for k in range(x.shape[1]):
        w = weight[issue, k]
        if w > 0:
            place = own if k == actor else (known[k] if not np.isnan(known[k]) else x[issue, k])
            above += w * place
            below += w
    return above / below


@njit(cache=True)
def _allowed(place, move, settled, seen):
    """Say whether a move stays on the scale and goes the way the side went before.

    `settled` adds up the moves a side was priced at before; as in the reference program a sum above 100 rules
    an exchange out, one below -100 does not, so that a turned scale can give another outcome.
    """
    if abs(move) > 100.0 + EVEN or abs(move) <= EVEN or place + move < -EVEN or place + move > 100.0 + EVEN:
        return False
    return settled + move <= 100.0 + EVEN and seen * move >= 0.0


@njit(cache=True)
def _price(e, x, weight, total, s, who, gives, place, move, gain, known, settled, seen):
    """Fill the moves and the gain of exchange e; return False where it is not possible.

    One side moves all the way to the other and the other pays in kind: shifts of the outcomes stand in the
    ratio that gives both the same gain. An exchange that would drag an outcome past the position of the one
    it is meant for is cut back to that position.
    """
    i, j = who[e]
    q, p = gives[e]
    ratio = (s[p, j] + s[p, i]) / (s[q, j] + s[q, i])
    room_i, room_j = abs(x[q, j] - place[e, 0]), abs(x[p, i] - place[e, 1])
    dp = room_j * weight[p, j] / total[p]
    dq = ratio * dp
    step_i, step_j = dq * total[q] / weight[q, i], room_j
    if step_i > room_i:
        step_i, dq = room_i, room_i * weight[q, i] / total[q]
        dp = dq / ratio
        step_j = dp * total[p] / weight[p, j]
    move[e, 0] = -step_i if place[e, 0] > x[q, j] else step_i
    move[e, 1] = -step_j if place[e, 1] > x[p, i] else step_j
    gain[e] = abs(dq * s[q, i] - dp * s[p, i])
    if gain[e] < EVEN:
        return False
    for side in (0, 1):
        if not _allowed(place[e, side], move[e, side], settled[e, side], seen[e, side]):
            return False
    for side in (0, 1):
        _cut_back(e, side, x, weight, total, s, who, gives, place, move, gain, known)
    return _allowed(place[e, 0], move[e, 0], settled[e, 0], seen[e, 0]) and _allowed(
        place[e, 1], move[e, 1], settled[e, 1], seen[e, 1]
    )


@njit(cache=True)
def _cut_back(e, side, x, weight, total, s, who, gives, place, move, gain, known):
    """Shorten a side's move so that the outcome stops at the position of the actor it is meant for.

    As in the reference program an outcome that has arrived there before is not held.
    """
    me, other = who[e, side], who[e, 1 - side]
    mine, theirs = gives[e, side], gives[e, 1 - side]
    goal = x[mine, other]
    before = _outcome_if(mine, me, place[e, side], x, weight, known[e, side])
    after = _outcome_if(mine, me, place[e, side] + move[e, side], x, weight, known[e, side])
    if min(before, after) >= goal - EVEN or max(before, after) <= goal + EVEN:
        return
    own = known[e, side, me] if not np.isnan(known[e, side, me]) else place[e, side]
    now = _outcome_if(mine, me, own, x, weight, known[e, side])
    step = abs(goal - now) * total[mine] / weight[mine, me]
    d_mine = step * weight[mine, me] / total[mine]
    d_theirs = d_mine * (s[mine, me] + s[mine, other]) / (s[theirs, me] + s[theirs, other])
    step_other = d_theirs * total[theirs] / weight[theirs, other]
    move[e, 1 - side] = -step_other if place[e, 1 - side] > x[theirs, me] else step_other
    move[e, side] = -step if place[e, side] > goal else step
    gain[e] = abs(d_theirs * s[theirs, other] - d_mine * s[mine, other])


@njit(cache=True)
def _learn(e, done, x, who, gives, place, move, known, settled, seen):
    """Let exchange e know what exchange `done` changed; return True where e must be priced again."""
    again = False
    hit = np.zeros(2, np.bool_)
    for side in (0, 1):
        for theirs in (0, 1):
            if who[e, side] == who[done, theirs] and gives[e, side] == gives[done, theirs]:
                place[e, side] = place[done, theirs] + move[done, theirs]
                again = hit[side] = True
                break
    for theirs in (1, 0):
        for side in (1, 0):
            if who[e, side] == who[done, theirs] and gives[e, 1 - side] == gives[done, 1 - theirs]:
                mover, issue = who[done, 1 - theirs], gives[done, 1 - theirs]
                spot = place[done, 1 - theirs] + move[done, 1 - theirs]
                had = known[e, 1 - side, mover]
                if not np.isnan(had):
                    spot = min(had, spot) if x[issue, mover] <= had else max(had, spot)
                known[e, 1 - side, mover] = spot
                again = True
                break
    if again:
        for side in (0, 1):
            if hit[side]:
                settled[e, side] += move[e, side]
                seen[e, side] = move[e, side]
    return again


@njit(cache=True)
def _voting(x, s, c, voting, trades, toss):
    """Fill voting positions after all exchanges worth making; record them; return how many.

    `toss`, below 1/2, one for each candidate, decides between equal gains; all 0: the first listed.
    """
    issues, actors = x.shape
    weight = np.where(np.isnan(x), 0.0, s * c)
    total = weight.sum(axis=1)
    outcome = np.empty(issues)
    for k in range(issues):
        outcome[k] = np.nansum(weight[k] * x[k]) / total[k] if total[k] > 0 else np.nan
    voting[:] = x
    who, gives = _candidates(x, s, c, outcome)
    n = who.shape[0]
    place, move, gain = np.empty((n, 2)), np.zeros((n, 2)), np.zeros(n)
    known = np.full((n, 2, actors), np.nan)
    settled, seen, open_ = np.zeros((n, 2)), np.zeros((n, 2)), np.zeros(n, np.bool_)
    for e in range(n):
        for side in (0, 1):
            place[e, side] = x[gives[e, side], who[e, side]]
        open_[e] = _price(e, x, weight, total, s, who, gives, place, move, gain, known, settled, seen)
    order = np.arange(n)
    made = 0
    while True:
        gains = np.where(open_[order], -np.round(gain[order] / EVEN) - toss[order], np.inf)
        order = order[np.argsort(gains, kind="mergesort")]
        if n == 0 or not open_[order[0]]:
            return made
        best = order[0]
        open_[best] = False
        for side in (0, 1):
            voting[gives[best, side], who[best, side]] = place[best, side] + move[best, side]
        if made < trades.shape[0]:
            trades[made, 0], trades[made, 1] = who[best, 0], who[best, 1]
            trades[made, 2], trades[made, 3] = gives[best, 0], gives[best, 1]
            trades[made, 4], trades[made, 5] = place[best, 0] + move[best, 0], place[best, 1] + move[best, 1]
            trades[made, 6] = gain[best]
        made += 1
        for e in order:
            if open_[e] and _learn(e, best, x, who, gives, place, move, known, settled, seen):
                open_[e] = _price(e, x, weight, total, s, who, gives, place, move, gain, known, settled, seen)


@njit(cache=True)
def run(x0, s, c, rounds, inertia, toss, positions, voting, trades, made):
    """Play rounds; fill positions[round], voting[round] and trades; positions follow votes part of the way.

    After a round an actor that traded moves from x towards its vote y by the share
    inertia[0] (1 - salience) + inertia[1].
    """
    x = x0.copy()
    positions[0] = x
    for t in range(rounds):
        made[t] = _voting(x, s, c, voting[t], trades[t], toss[t])
        follow = inertia[0] * (1.0 - s) + inertia[1]
        x = np.where(voting[t] != x, x + follow * (voting[t] - x), x)
        positions[t + 1] = x


@njit(cache=True, nogil=True)
def batch(x, s, c, out):
    """Fill out[n, issue] with the outcome of the votes after one round of exchanges."""
    issues, actors = x.shape[1:]
    voting, trades = np.empty((issues, actors)), np.empty((0, 7))
    toss = np.zeros(issues * issues * actors * actors // 2)
    for row in range(x.shape[0]):
        _voting(x[row], s[row], c[row], voting, trades, toss)
        for k in range(issues):
            above, below = 0.0, 0.0
            for a in range(actors):
                if not np.isnan(x[row, k, a]) and s[row, k, a] * c[row, a] > 0:
                    above += s[row, k, a] * c[row, a] * voting[k, a]
                    below += s[row, k, a] * c[row, a]
            out[row, k] = above / below if below > 0 else np.nan
