"""The probabilistic Condorcet election compiled. `pce.py` states the equations and the source.

Rules come as small integers; `pce.py` holds the words for them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BINARY, PROPORTIONAL, PROP_BIN, PROP_CUBIC, CUBIC, ASYMMETRIC = 0, 1, 2, 3, 4, 5
CONDITIONAL, MARKOV_UNIFORM, MARKOV_INCENTIVE = 0, 1, 2
_TINY = 1e-8
_SAME = 1e-9
"""Positions nearer than this share of the scale are one position."""


@njit(cache=True)
def vote(w, a, b, rule):
    """Return the signed vote of an actor of weight w between utilities a and b."""
    e = a - b
    if rule == PROPORTIONAL:
        return w * e
    if rule == CUBIC:
        return w * e**3
    if rule == PROP_CUBIC:
        return w * (0.5 * e + 0.5 * e**3)
    if rule == ASYMMETRIC:
        return w * e if e < 0 else w * e * 2.0 / 3.0
    step = min(max(e / _TINY, -1.0), 1.0)
    if rule == BINARY:
        return w * step
    return w * (0.8 * e + 0.2 * step)


@njit(cache=True)
def win_chance(a, b, power):
    """Return the chance that strength a beats strength b; power 0 means the stronger wins by a margin."""
    if power == 0:
        if a >= 1.1 * b:
            return 1.0 / (1.0 + 1e-6)
        if b >= 1.1 * a:
            return 1e-6 / (1.0 + 1e-6)
        return (2.1 * a / (a + b) - 1.0) / 0.1
    ratio = (b / a) ** power
    return 1.0 / (1.0 + ratio)


@njit(cache=True)
def coalitions(utility, w, rule, c):
    """Fill c[m, n], the votes for option m against option n; utility is [actor, option]."""
    options = utility.shape[1]
    for m in range(options):
        c[m, m] = _TINY
        for n in range(m):
            for_m, for_n = _TINY, _TINY
            for k in range(w.size):
                v = vote(w[k], utility[k, m], utility[k, n], rule)
                if v > 0:
                    for_m += v
                else:
                    for_n -= v
            c[m, n], c[n, m] = for_m, for_n


@njit(cache=True)
def _conditional(v):
    options = v.shape[0]
    p = np.ones(options)
    for m in range(options):
        for n in range(options):
            p[m] *= v[m, n]
    total = p.sum()
    if total > 0:
        return p / total
    logs = np.zeros(options)
    for m in range(options):
        for n in range(options):
            logs[m] += np.log(max(v[m, n], 1e-300))
    p = np.exp(logs - logs.max())
    return p / p.sum()


@njit(cache=True)
def _markov(v, challenge, tolerance):
    """Iterate to the stationary distribution; challenge[n, m] is the chance that m is put against n."""
    options = v.shape[0]
    p = np.full(options, 1.0 / options)
    q = np.empty(options)
    for _ in range(100_000):
        change = 0.0
        for m in range(options):
            q[m] = 0.0
            for n in range(options):
                q[m] += v[m, n] * (p[m] * challenge[n, m] + p[n] * challenge[m, n])
            change = max(change, abs(q[m] - p[m]))
        for m in range(options):
            p[m] = 0.5 * (p[m] + q[m])
        if change <= tolerance:
            break
    return p


@njit(cache=True)
def election(c, power, model):
    """Return the chance of each option from the coalition matrix c[m, n]."""
    options = c.shape[0]
    v = np.empty((options, options))
    for m in range(options):
        v[m, m] = 0.5
        for n in range(m):
            v[m, n] = win_chance(c[m, n], c[n, m], power)
            v[n, m] = win_chance(c[n, m], c[m, n], power)
    if model == CONDITIONAL:
        return _conditional(v)
    challenge = np.full((options, options), 1.0 / options)
    if model == MARKOV_UNIFORM:
        return _markov(v, challenge, 1e-6)
    for n in range(options):
        total = 0.0
        for m in range(options):
            challenge[m, n] = c[m, n] * v[m, n] + (1e-10 if m == n else 0.0)
            total += challenge[m, n]
        challenge[:, n] /= total
    return _markov(v, challenge, 1e-8)


@njit(cache=True)
def pce(utility, w, rule, power, model):
    """Return the chance of each option; utility is [actor, option]."""
    c = np.empty((utility.shape[1], utility.shape[1]))
    coalitions(utility, w, rule, c)
    return election(c, power, model)


@njit(cache=True)
def distinct(places):
    """Return the first row of `places` [actor, dimension] at each different place, in order."""
    first = np.empty(places.shape[0], np.int64)
    count = 0
    for i in range(places.shape[0]):
        new = True
        for m in range(count):
            if np.abs(places[i] - places[first[m]]).max() <= _SAME:
                new = False
                break
        if new:
            first[count] = i
            count += 1
    return first[:count]


@njit(cache=True, nogil=True)
def batch(x, w, width, rule, power, model, out):
    """Fill out[n] with the mean of the different positions tabled, each weighted by its chance of election."""
    for row in range(x.shape[0]):
        here = np.flatnonzero(~np.isnan(x[row]) & (w[row] > 0))
        y, weight = x[row][here] / width, w[row][here]
        options = y[distinct(y.reshape(-1, 1))]
        utility = np.empty((y.size, options.size))
        for k in range(y.size):
            for m in range(options.size):
                utility[k, m] = 1.0 - abs(y[k] - options[m])
        p = pce(utility, weight / weight.max(), rule, power, model)
        out[row] = (p * options).sum() * width
