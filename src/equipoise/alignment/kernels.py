"""The compiled walks behind `enumeration` and `landscape`; Numba is imported with this module only.

In all of them `field[i]` is what actor i has satisfied less what it has frustrated, which is what its
change of side adds to the frustration.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def start(matrix, block, low):
    """Return code, sides, fields and frustration of the division at Gray-code place block·2^low."""
    n = matrix.shape[0]
    code = (block << low) ^ ((block << low) >> 1)
    side = np.ones(n)
    for i in range(n - 1):
        if (code >> i) & 1:
            side[i] = -1.0
    field = np.zeros(n)
    cost = 0.0
    for i in range(n):
        for j in range(n):
            field[i] += side[i] * matrix[i, j] * side[j]
            cost += abs(matrix[i, j]) - side[i] * matrix[i, j] * side[j]
    return code, side, field, cost / 4


@njit(cache=True, nogil=True)
def flip(matrix, side, field, i):
    """Let actor i change side; return what that adds to the frustration."""
    added = field[i]
    for j in range(matrix.shape[0]):
        field[j] -= 2 * side[i] * matrix[i, j] * side[j]
    field[i] = -added
    side[i] = -side[i]
    return added


@njit(cache=True, nogil=True)
def moved(place):
    """Return which bit of the Gray code changes at a place."""
    i = 0
    while not (place >> i) & 1:
        i += 1
    return i


@njit(cache=True, nogil=True)
def least(matrix):
    """Return the least frustration of any division."""
    bits = matrix.shape[0] - 1
    low = min(bits, 12)  # afresh every 4,096 divisions, so that rounding cannot pile up
    best = np.inf
    for block in range(1 << (bits - low)):
        _, side, field, cost = start(matrix, block, low)
        best = min(best, cost)
        for place in range(1, 1 << low):
            cost += flip(matrix, side, field, moved(place))
            best = min(best, cost)
    return best


@njit(cache=True, nogil=True)
def shares(matrix, ceiling):
    """Return the share of the divisions up to a ceiling that frustrate each tie, and their number."""
    n = matrix.shape[0]
    low = min(n - 1, 12)
    counts = np.zeros((n, n))
    found = 0
    for block in range(1 << (n - 1 - low)):
        _, side, field, cost = start(matrix, block, low)
        for place in range(1 << low):
            if place:
                cost += flip(matrix, side, field, moved(place))
            if cost <= ceiling:
                found += 1
                for i in range(n):
                    for j in range(n):
                        if matrix[i, j] * side[i] * side[j] < 0:
                            counts[i, j] += 1
    return counts / found, found


@njit(cache=True, nogil=True)
def conditional(matrix, ceiling):
    """Return for each tie the least frustration of a division up to a ceiling that frustrates it."""
    n = matrix.shape[0]
    low = min(n - 1, 12)
    first, second = np.nonzero(np.triu(matrix))
    least_cost = np.full(len(first), np.inf)
    for block in range(1 << (n - 1 - low)):
        _, side, field, cost = start(matrix, block, low)
        for place in range(1 << low):
            if place:
                cost += flip(matrix, side, field, moved(place))
            if cost > ceiling:
                continue
            for e in range(len(first)):
                i, j = first[e], second[e]
                if matrix[i, j] * side[i] * side[j] < 0 and cost < least_cost[e]:
                    least_cost[e] = cost
    result = np.full((n, n), np.inf)
    for e in range(len(first)):
        result[first[e], second[e]] = result[second[e], first[e]] = least_cost[e]
    return result


@njit(cache=True, nogil=True)
def descend(matrix, tolerance):
    """Return where steepest descent goes from each division, and which are minima any move leaves worse."""
    n = matrix.shape[0]
    low = min(n - 1, 12)
    count = 1 << (n - 1)
    following = np.empty(count, dtype=np.int32)
    strict = np.zeros(count, dtype=np.bool_)
    everyone = count - 1
    for block in range(1 << (n - 1 - low)):
        code, side, field, _ = start(matrix, block, low)
        for place in range(1 << low):
            if place:
                i = moved(place)
                flip(matrix, side, field, i)
                code ^= 1 << i
            best, mover = np.inf, -1
            for i in range(n):
                if field[i] < best - tolerance:  # of equal moves the first by name
                    best, mover = field[i], i
            if best < -tolerance:
                following[code] = (code ^ (1 << mover)) if mover < n - 1 else code ^ everyone
            else:
                following[code] = code
                strict[code] = best > tolerance
    return following, strict


@njit(cache=True, nogil=True)
def basins(following):
    """Return how many divisions descend to each division that stays where it is."""
    size = np.zeros(len(following), dtype=np.int32)
    for code in range(len(following)):
        end = code
        while following[end] != end:
            end = following[end]
        step = code
        while following[step] != end:
            after = following[step]
            following[step] = end
            step = after
        size[end] += 1
    return size


@njit(cache=True, nogil=True)
def within(matrix, ceiling, most):
    """Return the numbers of the divisions up to a ceiling, at most so many of them."""
    low = min(matrix.shape[0] - 1, 12)
    found = np.empty(most, dtype=np.int64)
    count = 0
    for block in range(1 << (matrix.shape[0] - 1 - low)):
        code, side, field, cost = start(matrix, block, low)
        for place in range(1 << low):
            if place:
                cost += flip(matrix, side, field, moved(place))
                code ^= 1 << moved(place)
            if cost <= ceiling and count < most:
                found[count] = code
                count += 1
    return np.sort(found[:count])


def adjacent(weights):
    """Return a weight matrix as the ties of each actor in turn: where they begin, to whom, how strong."""
    rows, columns = np.nonzero(weights)
    begin = np.searchsorted(rows, np.arange(len(weights) + 1))
    return begin, columns, np.asarray(weights, dtype=np.float64)[rows, columns]


@njit(cache=True, nogil=True)
def fields(begin, other, weight, side):
    """Return the field of every actor."""
    field = np.zeros(len(side))
    for i in range(len(side)):
        for e in range(begin[i], begin[i + 1]):
            field[i] += side[i] * weight[e] * side[other[e]]
    return field


@njit(cache=True, nogil=True)
def change(begin, other, weight, side, field, i):
    """Let actor i change side: the fields of those it is tied to follow."""
    for e in range(begin[i], begin[i + 1]):
        field[other[e]] -= 2 * side[i] * weight[e] * side[other[e]]
    field[i] = -field[i]
    side[i] = -side[i]


@njit(cache=True, nogil=True)
def settle(begin, other, weight, side, tolerance):
    """Let the actor that gains most change side, in place, until none gains; return the least field then."""
    field = fields(begin, other, weight, side)
    while True:
        best, mover = np.inf, -1
        for i in range(len(side)):
            if field[i] < best - tolerance:  # of equal moves the first by name
                best, mover = field[i], i
        if best >= -tolerance:
            return best
        change(begin, other, weight, side, field, mover)


@njit(cache=True, nogil=True)
def anneal(begin, other, weight, side, temperatures, rng):
    """Let actors change side in turn, in place, a loss d at temperature t being taken with chance e^(−d/t)."""
    field = fields(begin, other, weight, side)
    for temperature in temperatures:
        for i in range(len(side)):
            if field[i] <= 0 or rng.random() < np.exp(-field[i] / temperature):
                change(begin, other, weight, side, field, i)
