"""KTAB's spatial model of politics compiled. `ktab.py` states the equations, the rules and the source.

Positions, ideals and saliences are fractions here, shape (actors, dimensions). Rules come as one array of
small integers, indexed by the names below; `ktab.py` holds the words for them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numba import njit

from equipoise.bargaining._pce_kernel import distinct, pce, vote
from equipoise.compiled_cache import drop_stale

drop_stale(Path(__file__).parent)

VICTORY, ELECTION, VOTING, ADJUST, RANGE, THIRD, BLEND, BARGAIN, MENDED = range(9)
MID, MIN, MAX = 0, 1, 2
S2P2, S1P1, S2PMAX = 0, 1, 2
INITIATOR, BOTH, WEIGHTED = 0, 1, 2
_EPS = 1e-6


@njit(cache=True)
def distance(salience, a, b):
    """Return the salience-weighted distance of two points, as one actor feels it."""
    above, below = 0.0, 0.0
    for k in range(salience.size):
        above += (salience[k] * (a[k] - b[k])) ** 2
        below += salience[k] ** 2
    return np.sqrt(above / below)


@njit(cache=True)
def felt(d, risk):
    """Return the utility of distance d under a risk attitude."""
    if d <= 1.0:
        return (1.0 - d) * (1.0 + d * risk)
    return (1.0 - d) * (1.0 + risk)


@njit(cache=True)
def risk_attitudes(p, rule):
    """Return each actor's risk attitude from the chance of its own position."""
    low, high = p.min(), p.max()
    width = max(high - low, 1e-300)
    if rule == MIN:
        return (p - low) / width
    if rule == MAX:
        return (2.0 * p - high - low) / width
    return (3.0 * p - high - 2.0 * low) / (2.0 * width)


@njit(cache=True)
def _seen_by(h, d, risk, share, u):
    """Fill u[n, m], actor n's utility for m's position as h estimates it."""
    for n in range(risk.size):
        estimate = risk[h] * (1.0 - share) + risk[n] * share if n != h else risk[h]
        for m in range(risk.size):
            u[n, m] = felt(d[n, m], estimate)


@njit(cache=True)
def _challenge(i, j, k, u, w, s, voting, third):
    """Return (chance that i wins, gain for k) of i challenging j, in one observer's utilities u."""
    a, b = 1e-10, 1e-10
    for v in (vote(s[i] * w[i], u[i, i], u[i, j], voting), vote(s[j] * w[j], u[j, i], u[j, j], voting)):
        if v > 0:
            a += v
        else:
            b -= v
    a0, b0 = a, b
    if third:
        for n in range(w.size):
            if n in (i, j):
                continue
            leaning = vote(s[n] * w[n], u[n, i], u[n, j], voting)
            a1, b1 = a0 + max(leaning, 0.0), b0 + max(-leaning, 0.0)
            chance = a1 / (a1 + b1)
            with_i = chance * (2.0 * u[n, i] + u[n, n]) + (1.0 - chance) * 3.0 * u[n, j]
            with_j = chance * 3.0 * u[n, i] + (1.0 - chance) * (2.0 * u[n, j] + u[n, n])
            v = vote(s[n] * w[n], with_i, with_j, voting)
            if v > 0:
                a += v
            else:
                b -= v
    chance = a / (a + b)
    contested = chance * 2.0 * u[k, i] + (1.0 - chance) * 2.0 * u[k, j]
    gain = (1.0 - s[j]) * 2.0 * u[k, i] + s[j] * contested - (u[k, i] + u[k, j])
    return chance, gain


@njit(cache=True)
def _round4(x):
    return np.floor(0.5 + 1e4 * x) / 1e4


@njit(cache=True)
def _meet(theta_i, theta_j, sal_i, sal_j, chance, rule, spots):
    """Fill the positions both sides would take up under one view of i's chance."""
    power = 2.0 if rule == S2P2 else 1.0
    for k in range(theta_i.size):
        gap = theta_j[k] - theta_i[k]
        if rule == S2PMAX:
            yield_i, yield_j = max(0.0, 1.0 - 2.0 * chance), max(0.0, 2.0 * chance - 1.0)
            si, sj = sal_i[k] ** 2, sal_j[k] ** 2
            spots[0, k] = theta_i[k] + gap * yield_i * sj / (yield_i * sj + _EPS + (1.0 - yield_i) * si)
            spots[1, k] = theta_j[k] - gap * yield_j * si / (yield_j * si + _EPS + (1.0 - yield_j) * sj)
        else:
            a = sal_i[k] ** power * chance**power
            b = sal_j[k] ** power * (1.0 - chance) ** power
            z = a + b + _EPS
            spots[0, k] = _round4(((a + _EPS) * theta_i[k] + b * theta_j[k]) / z)
            spots[1, k] = _round4((a * theta_i[k] + (b + _EPS) * theta_j[k]) / z)


@njit(cache=True)
def _targets(d, risk, w, s, rules, share):
    """Return whom each actor challenges (-1: nobody), its chance and its gain, in its own view."""
    n = w.size
    target = np.full(n, -1)
    chances, gains = np.zeros(n), np.zeros(n)
    u = np.empty((n, n))
    for i in range(n):
        _seen_by(i, d, risk, share, u)
        best = 1e-5
        for j in range(n):
            if j == i:
                continue
            chance, gain = _challenge(i, j, i, u, w, s, rules[VOTING], rules[THIRD] == 1)
            if gain > best:
                best, target[i], chances[i], gains[i] = gain, j, chance, gain
    return target, chances, gains


@njit(cache=True)
def _bargains(theta, salience, d, risk, w, s, rules, share, target, chances):
    """Return the bargains of a turn: initiator, receiver, and where each would stand."""
    n, dims = theta.shape
    most = 2 * n
    who = np.empty((most, 2), np.int64)
    spots = np.empty((most, 2, dims))
    u = np.empty((n, n))
    view_j = np.empty((2, dims))
    count = 0
    for i in range(n):
        j = target[i]
        if j < 0:
            continue
        who[count] = i, j
        _meet(theta[i], theta[j], salience[i], salience[j], chances[i], rules[BLEND], spots[count])
        count += 1
        if rules[BARGAIN] == INITIATOR:
            continue
        _seen_by(j, d, risk, share, u)
        chance, gain = _challenge(i, j, i, u, w, s, rules[VOTING], rules[THIRD] == 1)
        seen = chance if rules[MENDED] == 1 else gain
        _meet(theta[i], theta[j], salience[i], salience[j], seen, rules[BLEND], view_j)
        if rules[BARGAIN] == BOTH:
            who[count] = i, j
            spots[count] = view_j
            count += 1
        else:
            wi = s[i] * (w[i] if rules[MENDED] == 1 else 1.0)
            wj = s[j] * (w[j] if rules[MENDED] == 1 else 1.0)
            spots[count - 1] = (wi * spots[count - 1] + wj * view_j) / (wi + wj)
    return who[:count], spots[:count]


@njit(cache=True)
def _worth(theta, ideal, salience, risk, out):
    """Fill out[a], what a set of positions is worth to each actor: the mean over all positions."""
    n = theta.shape[0]
    for a in range(n):
        total = 0.0
        for m in range(n):
            total += felt(distance(salience[a], ideal[a], theta[m]), risk[a])
        out[a] = total / n


@njit(cache=True)
def _choose(p, draw):
    """Return the likeliest option (first on a tie), or the one a uniform draw falls on."""
    if np.isnan(draw):
        return int(np.argmax(p))
    passed = 0.0
    for m in range(p.size):
        passed += p[m]
        if draw < passed:
            return m
    return p.size - 1


@njit(cache=True)
def _settle(theta, ideal, salience, risk, w, rules, who, spots, draws):
    """Return where everybody stands after each actor has voted on the bargains it is part of."""
    n = theta.shape[0]
    count = who.shape[0]
    worth = np.empty((count + 1, n))
    _worth(theta, ideal, salience, risk, worth[0])
    for b in range(count):
        trial = theta.copy()
        trial[who[b, 0]], trial[who[b, 1]] = spots[b, 0], spots[b, 1]
        _worth(trial, ideal, salience, risk, worth[b + 1])
    new = theta.copy()
    for k in range(n):
        mine = np.empty(count + 1, np.int64)
        mine[0], options = 0, 1
        for side in (0, 1):
            for b in range(count):
                if who[b, side] == k:
                    mine[options] = b + 1
                    options += 1
        utility = np.ascontiguousarray(worth[mine[:options]].T)
        p = pce(utility, w, rules[VOTING], rules[VICTORY], rules[ELECTION])
        chosen = mine[_choose(p, draws[k])] - 1
        if chosen >= 0:
            new[k] = spots[chosen, 0 if who[chosen, 0] == k else 1]
    return new


@njit(cache=True)
def _distances(ideal, theta, salience):
    n, places = ideal.shape[0], theta.shape[0]
    d = np.empty((n, places))
    for i in range(n):
        for j in range(places):
            d[i, j] = distance(salience[i], ideal[i], theta[j])
    return d


@njit(cache=True)
def run(theta, salience, w, accommodate, rules, shares, most_turns, draws, path, risks, chosen, gains):
    """Play turns until positions settle; fill path, risks, chosen targets and gains; return turns played.

    `accommodate[i, j]` draws i's ideal to j's position each turn; `draws` is NaN for likeliest choices.
    """
    theta, ideal = theta.copy(), theta.copy()
    s = salience.sum(axis=1)
    path[0] = theta
    share = shares[rules[ADJUST]]
    first = 0.0
    for t in range(1, most_turns + 1):
        d = _distances(ideal, theta, salience)
        risk = risk_attitudes(pce(1.0 - d, w, rules[VOTING], rules[VICTORY], rules[ELECTION]), rules[RANGE])
        target, chances, gain = _targets(d, risk, w, s, rules, share)
        who, spots = _bargains(theta, salience, d, risk, w, s, rules, share, target, chances)
        new = _settle(theta, ideal, salience, risk, w, rules, who, spots, draws[t - 1])
        moved = 0.0
        for i in range(w.size):
            moved += np.sqrt(((new[i] - theta[i]) ** 2).sum())
        for i in range(w.size):
            ideal[i] *= 1.0 - accommodate[i].sum()
            for j in range(w.size):
                ideal[i] += accommodate[i, j] * new[j]
        theta = new
        path[t], risks[t - 1], chosen[t - 1], gains[t - 1] = theta, risk, target, gain
        if t == 1:
            first = moved
        elif moved / (first + 1e-4) < 0.02:
            return t
    return most_turns


@njit(cache=True)
def forecast(theta, salience, w, rules):
    """Return the mean of the different positions, each weighted by its chance of election (no risk attitude)."""
    options = theta[distinct(theta)]
    u = 1.0 - _distances(theta, options, salience)
    p = pce(u, w, rules[VOTING], rules[VICTORY], rules[ELECTION])
    out = np.zeros(theta.shape[1])
    for m in range(p.size):
        out += p[m] * options[m]
    return out


@njit(cache=True, nogil=True)
def batch(theta, salience, w, rules, shares, most_turns, out):
    """Fill out[n, dimension] for stacked games; actors without weight or salience sit out."""
    for row in range(theta.shape[0]):
        here = np.flatnonzero((salience[row].sum(axis=1) > 0) & (w[row] > 0))
        n, dims = here.size, theta.shape[2]
        if n == 0:
            out[row] = np.nan
            continue
        path, risks = np.empty((most_turns + 1, n, dims)), np.empty((most_turns, n))
        chosen, gains = np.empty((most_turns, n), np.int64), np.empty((most_turns, n))
        draws = np.full((most_turns, n), np.nan)
        t = run(
            theta[row][here], salience[row][here], w[row][here], np.eye(n), rules, shares,
            most_turns, draws, path, risks, chosen, gains,
        )  # fmt: skip
        out[row] = forecast(path[t], salience[row][here], w[row][here], rules)
