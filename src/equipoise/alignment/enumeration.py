"""Every division of a small network into two camps, walked through in Gray-code order.

From one division to the next a single actor changes side, so that what each actor has satisfied less what
it has frustrated is updated by one row of the matrix. The last actor stays where it is, since swapping the
names of the camps changes nothing: 2^(n−1) divisions. Bit i of a division's number says that actor i is in
the other camp than the last one.
"""

from __future__ import annotations

import numpy as np

MOST_ACTORS = 24
"""Networks up to this size are enumerated: 8.4 million divisions."""


def colours_of(code: int, n: int) -> np.ndarray:
    """Return the sides (1 or -1) of a division; the last actor is on side 1."""
    bits = (code >> np.arange(max(n, 1) - 1)) & 1
    return np.append(1 - 2 * bits, 1).astype(np.int8)[:n]


def code_of(colours: np.ndarray) -> int:
    """Return the number of a division, whichever of the two camps is called 1."""
    other = np.asarray(colours)[:-1] != colours[-1]
    return int(np.sum(other.astype(np.int64) << np.arange(len(other))))


def least_frustration(weights: np.ndarray) -> tuple[float, np.ndarray, int]:
    """Return the frustration index of a small network by enumeration.

    Args:
        weights: symmetric matrix [n, n], n ≤ `MOST_ACTORS`.

    Returns:
        The index; a matrix [n, n] with, for each tie, the share of the best divisions that frustrate it;
        the number of best divisions.
    """
    matrix = np.ascontiguousarray(weights, dtype=np.float64)
    if len(matrix) < 2:
        return 0.0, np.zeros_like(matrix), 1
    from equipoise.alignment import kernels

    total = float(np.abs(matrix).sum() / 2)
    tolerance = 1e-9 * max(total, 1e-300)
    best = kernels.least(matrix)
    shares, count = kernels.shares(matrix, best + tolerance)
    return max(0.0, float(best)), shares, int(count)


def best_divisions(weights: np.ndarray, most: int) -> list[np.ndarray]:
    """Return the divisions of least frustration, in the order of their numbers, at most so many of them.

    Args:
        weights: symmetric matrix [n, n], n ≤ `MOST_ACTORS`.
        most: how many to return at the most.

    Returns:
        The side, 1 or -1, of every actor in each division.
    """
    matrix = np.ascontiguousarray(weights, dtype=np.float64)
    if len(matrix) < 2:
        return [np.ones(len(matrix), dtype=np.int8)]
    from equipoise.alignment import kernels

    ceiling = kernels.least(matrix) + 1e-9 * max(float(np.abs(matrix).sum() / 2), 1e-300)
    return [colours_of(int(code), len(matrix)) for code in kernels.within(matrix, ceiling, most)]


def least_when_frustrated(weights: np.ndarray) -> np.ndarray:
    """Return, for each tie, the least frustration of a division that frustrates it.

    Infinite where there is no tie, and where it exceeds the index by more than the heaviest tie: then
    nothing is gained by ending the tie.
    """
    matrix = np.ascontiguousarray(weights, dtype=np.float64)
    if len(matrix) < 2:
        return np.full(matrix.shape, np.inf)
    from equipoise.alignment import kernels

    heaviest = float(np.abs(matrix).max())
    return kernels.conditional(matrix, kernels.least(matrix) + heaviest * (1 + 1e-9))
