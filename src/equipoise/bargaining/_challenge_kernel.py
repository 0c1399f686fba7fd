"""The challenge model compiled: one actor at a time, loops over small arrays, no allocation per pair.

Equations and quirks: Scholz, Calbert and Smith (2011), *Unravelling Bueno de Mesquita's group decision
model*; `challenge.py` states them and names the variants. Only that module imports this one, and only
when the model runs, because importing numba is slow.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SCHOLZ, FIXED, OWN_POSITIONS = 0, 1, 2


@njit(cache=True)
def _distances(x, r, span, u):
    """Fill u[k, m], actor k's distance from actor m's position, bent by k's risk exponent."""
    for k in range(x.size):
        for m in range(x.size):
            u[k, m] = (abs(x[k] - x[m]) / span) ** r[k]


@njit(cache=True)
def _all_votes(w, u):
    """Return T: the sum of |vote| over all voters and all ordered pairs of positions."""
    total = 0.0
    for k in range(w.size):
        for m in range(w.size):
            for n in range(m):
                total += 2.0 * abs(w[k] * (u[k, n] - u[k, m]))
    return total


@njit(cache=True)
def _wins(x, w, u, i, j, two_sided, all_votes):
    """Return the chance that a challenge from i's position beats j's."""
    if x[i] == x[j]:
        return 0.0
    for_i = 0.0
    cast = 0.0
    for k in range(w.size):
        vote = w[k] * (u[k, j] - u[k, i])
        cast += abs(vote)
        if vote > 0:
            for_i += vote
    below = cast if two_sided else all_votes
    return for_i / below if below > 0 else 0.0


@njit(cache=True)
def _expected(d, r, chance, salience, q):
    """Return the expected utility of a challenge over distance d, as one with risk exponent r sees it."""
    success = 2.0 - 4.0 * max(0.5 - d / 2, 0.0) ** r
    failure = 2.0 - 4.0 * (0.5 + d / 2) ** r
    status_quo = 2.0 - 4.0 * 0.5**r
    contested = chance * success + (1.0 - chance) * failure
    return salience * contested + (1.0 - salience) * success - q * status_quo


@njit(cache=True)
def _danger(i, x, w, s, u, span, q, two_sided, all_votes):
    """Return the sum of what others expect from challenging i, all risk exponents 1."""
    total = 0.0
    for j in range(x.size):
        if j != i:
            chance = _wins(x, w, u, j, i, two_sided, all_votes)
            total += _expected(abs(x[i] - x[j]) / span, 1.0, chance, s[i], q)
    return total


@njit(cache=True)
def _trial_range(i, x, w, s, u, ones, span, q, two_sided):
    """Return i's least and greatest danger over every position now held by anybody."""
    home = x[i]
    low, high = np.inf, -np.inf
    trial = x.copy()
    for m in range(x.size):
        trial[i] = x[m] if m != i else home
        _distances(trial, ones, span, u)
        all_votes = 0.0 if two_sided else _all_votes(w, u)
        danger = _danger(i, trial, w, s, u, span, q, two_sided, all_votes)
        low, high = min(low, danger), max(high, danger)
    return low, high


@njit(cache=True)
def _risk_exponents(x, w, s, u, r, span, q, two_sided, mode):
    """Fill r with the risk exponents of this round; False where they are undefined (all dangers equal)."""
    n = x.size
    ones = np.ones(n)
    _distances(x, ones, span, u)
    all_votes = 0.0 if two_sided else _all_votes(w, u)
    danger = np.empty(n)
    for i in range(n):
        danger[i] = _danger(i, x, w, s, u, span, q, two_sided, all_votes)
    low, high = danger.min(), danger.max()
    for i in range(n):
        if mode == OWN_POSITIONS:
            low, high = _trial_range(i, x, w, s, u, ones, span, q, two_sided)
        if high == low:
            return False
        risk = (2.0 * danger[i] - high - low) / (high - low)
        r[i] = (1.0 - risk / 3.0) / (1.0 + risk / 3.0)
    return True


@njit(cache=True)
def _best_move(i, x, w, s, r, u, span, q, two_sided, all_votes, least_move, capitulate):
    """Return where i moves: nearest confrontation, else its compromise, else nearest capitulation."""
    best = np.array([np.inf, np.inf, np.inf])
    target = np.array([x[i], x[i], x[i]])
    for j in range(x.size):
        if x[j] == x[i]:
            continue
        d = abs(x[i] - x[j]) / span
        a = _expected(d, r[i], _wins(x, w, u, i, j, two_sided, all_votes), s[j], q)
        b = _expected(d, r[i], _wins(x, w, u, j, i, two_sided, all_votes), s[i], q)
        kind, goal = -1, x[j]
        if b > a and a > 0:
            kind = 0
        elif b > 0 and a < 0 and b > abs(a):
            kind, goal = 1, x[i] + (x[j] - x[i]) * abs(a / b)
        elif capitulate and b > 0 and a < 0 and b < abs(a):
            kind = 2
        if kind < 0:
            continue
        if kind == 1 and not least_move:
            rank = (abs(a) * x[i] + abs(b) * x[j]) / (abs(a) + abs(b))
        else:
            rank = abs(goal - x[i])
        if rank < best[kind]:
            best[kind], target[kind] = rank, goal
    for kind in range(3):
        if best[kind] < np.inf:
            return target[kind]
    return x[i]


@njit(cache=True)
def run(x0, w, s, q, rounds, mode, fixed_r, two_sided, least_move, capitulate, path, exponents):
    """Play `rounds` rounds; fill path[round, actor] and exponents; return the last round that exists.

    The run ends early where no risk exponent can be formed: all dangers (or all positions) are equal.
    """
    n = x0.size
    x = x0.copy()
    path[0] = x
    span = x.max() - x.min()
    if span == 0:
        return 0
    u = np.empty((n, n))
    r = np.full(n, fixed_r)
    goal = np.empty(n)
    for t in range(1, rounds + 1):
        if mode != FIXED and not _risk_exponents(x, w, s, u, r, span, q, two_sided, mode):
            return t - 1
        _distances(x, r, span, u)
        all_votes = 0.0 if two_sided else _all_votes(w, u)
        for i in range(n):
            goal[i] = _best_move(i, x, w, s, r, u, span, q, two_sided, all_votes, least_move, capitulate)
        x[:] = goal
        path[t] = x
        exponents[t] = r
    return rounds


@njit(cache=True)
def weighted_median(x, w):
    """Return the occupied position with the least sum of w|x - p|; midway between the outermost on a tie."""
    best, low, high = np.inf, 0.0, 0.0
    scale = w.sum() * (x.max() - x.min())
    for m in range(x.size):
        cost = 0.0
        for k in range(x.size):
            cost += w[k] * abs(x[k] - x[m])
        if cost < best - 1e-12 * scale:
            best, low, high = cost, x[m], x[m]
        elif cost <= best + 1e-12 * scale:
            low, high = min(low, x[m]), max(high, x[m])
    return 0.5 * (low + high)


@njit(cache=True, nogil=True)
def batch(x, w, s, q, rounds, mode, fixed_r, two_sided, least_move, capitulate, out):
    """Fill out[n] with the weighted median after the last round; no position or no weight, no vote."""
    for row in range(x.shape[0]):
        here = np.flatnonzero(~np.isnan(x[row]) & (w[row] > 0))
        path = np.empty((rounds + 1, here.size))
        exponents = np.empty((rounds + 1, here.size))
        weights = w[row][here]
        last = run(
            x[row][here], weights, s[row][here], q, rounds, mode, fixed_r,
            two_sided, least_move, capitulate, path, exponents,
        )  # fmt: skip
        out[row] = weighted_median(path[last], weights)


@njit(cache=True, nogil=True)
def median_batch(x, w, out):
    """Fill out[n] with the weighted median of each row; no position or no weight, no vote."""
    for row in range(x.shape[0]):
        here = np.flatnonzero(~np.isnan(x[row]) & (w[row] > 0))
        out[row] = weighted_median(x[row][here], w[row][here])
