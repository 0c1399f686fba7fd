"""Arithmetic on rows of lanes: the few loops that everything else in the kernel is made of.

Rules of the kernel: no allocation, no exception, selection instead of branches inside a loop over lanes, which then
vectorises. Arguments are arrays whose last axis is the lane.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.compiling import inlined, inner, uncontracted
from equipoise.world.kernel.lanes import LANES, ZERO, log

LOOK = 16
"""How many lanes are looked at together for one that is marked."""


@uncontracted
def apart(a, b):
    """Return a·b, rounded before anything is added to it: as a product that stands in memory in between."""
    return a * b


@inlined
def fill(row, value):
    """Set every lane of a row."""
    for l in range(LANES):
        row[l] = value


@inlined
def copy(row, other):
    """Set a row to a row."""
    for l in range(LANES):
        row[l] = other[l]


@inner
def copy_rows(rows, first, others, source, count):
    """Set `count` rows from `first` on to those of `others` from `source` on."""
    for n in range(count):
        copy(rows[first + n], others[source + n])


@inner
def logarithm(row, other):
    """Set a row to the logarithm of a row."""
    for l in range(LANES):
        row[l] = log(other[l])


@inlined
def add(row, other):
    """Add a row to a row."""
    for l in range(LANES):
        row[l] += other[l]


@inlined
def times(row, other):
    """Multiply a row by a row."""
    for l in range(LANES):
        row[l] *= other[l]


@inlined
def sum_of(row, a, b):
    """Set a row to a + b."""
    for l in range(LANES):
        row[l] = a[l] + b[l]


@inlined
def product(row, a, b):
    """Set a row to a·b."""
    for l in range(LANES):
        row[l] = a[l] * b[l]


@inlined
def add_product(row, a, b):
    """Add a·b to a row."""
    for l in range(LANES):
        row[l] += a[l] * b[l]


@inlined
def change(row, a, b, c):
    """Set a row to a·(b − c)."""
    for l in range(LANES):
        row[l] = a[l] * (b[l] - c[l])


@inlined
def add_change(row, a, b, c):
    """Add a·(b − c) to a row."""
    for l in range(LANES):
        row[l] += a[l] * (b[l] - c[l])


@inner
def blend(weight, rows, first, step, out):
    """Set a row to Σ_n weight_n · rows[first + n · step], four of them in a pass over the lanes."""
    last = weight.shape[0] - 1
    for n in range(0, last + 1, 4):
        a, b = rows[first + n * step], rows[first + min(n + 1, last) * step]
        c, d = rows[first + min(n + 2, last) * step], rows[first + min(n + 3, last) * step]
        v, x = weight[n], weight[n + 1] if n < last else ZERO
        y, z = weight[n + 2] if n + 1 < last else ZERO, weight[n + 3] if n + 2 < last else ZERO
        if n == 0:
            for l in range(LANES):
                out[l] = v * a[l] + x * b[l] + y * c[l] + z * d[l]
        else:
            for l in range(LANES):
                out[l] += v * a[l] + x * b[l] + y * c[l] + z * d[l]


@inner
def total(rows, out):
    """Set a row to the sum of rows [n, lanes], in their order."""
    if rows.shape[0] == 1:
        copy(out, rows[0])
        return
    sum_of(out, rows[0], rows[1])
    for n in range(2, rows.shape[0]):
        add(out, rows[n])


@inlined
def _two(row, mask, l):
    return row[l] * mask[l] + row[l + LANES // 2] * mask[l + LANES // 2]


@inlined
def _four(row, mask, l):
    return _two(row, mask, l) + _two(row, mask, l + LANES // 4)


@inlined
def _eight(row, mask, l):
    return _four(row, mask, l) + _four(row, mask, l + LANES // 8)


@inner
def masked_sum(row, mask, partial):
    """Return the sum of the lanes where `mask` is 1, halved again and again: an order that never changes.

    `partial` is scratch.
    """
    for l in range(LANES // 16):
        partial[l] = _eight(row, mask, l) + _eight(row, mask, l + LANES // 16)
    total = np.float64(0.0)
    for l in range(LANES // 16):
        total += np.float64(partial[l])
    return total


@inner
def count_positive(row):
    """Return in how many lanes a row is above 0."""
    count = np.int32(0)
    for l in range(LANES):
        count += np.int32(row[l] > ZERO)
    return count


@inner
def count_from(row, level):
    """Return in how many lanes a row is at a level or above it."""
    count = np.int32(0)
    for l in range(LANES):
        count += np.int32(row[l] >= level)
    return count


@inner
def listed(mask, lanes):
    """List the lanes in which a row is above 0; return how many there are. Most rows asked of have few."""
    count = 0
    for first in range(0, LANES, LOOK):
        some = np.int32(0)
        for l in range(LOOK):
            some += np.int32(mask[first + l] > ZERO)
        if some > 0:
            for l in range(first, first + LOOK):
                if mask[l] > ZERO:
                    lanes[count] = l
                    count += 1
    return count


@inlined
def other(n, j, forces):
    """Return the n-th force other than j; beyond the last of them j itself, whose tie with itself is 0."""
    return j if n >= forces - 1 else n + (n >= j)


@inlined
def pair(n, j, forces):
    """Return the n-th force other than j and the one after it, and the rows of their ties with j."""
    k, m = other(n, j, forces), other(n + 1, j, forces)
    return k, m, j * forces + k, j * forces + m
