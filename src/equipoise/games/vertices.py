"""All vertices of a best-response polytope, by walking along its edges.

A mixture y of the column player and the best payoff it leaves to the row player are a point of the
polytope {y ≥ 0, A y ≤ 1} (A positive, y not yet scaled to sum 1); equilibria of two-player games are pairs
of vertices. Starting from y = 0, every edge that leaves a basis is followed to its other end until no new
basis is met. Ties are broken lexicographically, which makes degenerate games end and loses no vertex. Bases
are worked on side by side and each is inverted afresh, so errors of rounding do not add up along a path.

Source: Avis, Rosenberg, Savani and von Stengel 2010, Economic Theory 42, for equilibria from vertices;
Dantzig, Orden and Wolfe 1955 for the lexicographic rule.
"""

from __future__ import annotations

import numpy as np

MOST_BASES = 60_000
"""Bases after which the polytope counts as too large."""
ZERO = 1e-9
"""Weights, slacks and pivots below this are 0; the entries of the matrix are of the order of 1."""
_TIE = 1e-10
_CELLS = 2_000_000  # numbers worked on at a time


def vertices(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Enumerate the vertices of {y ≥ 0, matrix · y ≤ 1}.

    Args:
        matrix: positive entries of the order of 1, shape (constraints, dimensions).

    Returns:
        The vertices [vertices, dimensions], and their slacks 1 − matrix · y [vertices, constraints], with
        exact zeros; None when there are more bases than `MOST_BASES`, or when rounding spoils one.
    """
    rows, dimensions = matrix.shape
    system = np.hstack([matrix, np.eye(rows)])
    front = np.arange(dimensions, dimensions + rows)[None, :]
    seen = {tuple(front[0])}
    size = max(1, _CELLS // (rows * (rows + dimensions + 1)))
    points = []
    while len(front):
        following = []
        for first in range(0, len(front), size):
            try:
                found, ahead = _neighbours(system, front[first : first + size])
            except np.linalg.LinAlgError:  # rounding took a basis for one that is none
                return None
            points.append(found)
            following += [basis for basis in map(tuple, ahead.tolist()) if basis not in seen]
            seen.update(following)
            if len(seen) > MOST_BASES:
                return None
        front = np.array(list(dict.fromkeys(following)))
    every = np.concatenate(points)
    every[every < ZERO] = 0.0
    every = every[np.unique(every > 0, axis=0, return_index=True)[1]]  # a vertex is told by what is 0 there
    return every[:, :dimensions], every[:, dimensions:]


def _neighbours(system: np.ndarray, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of some bases [bases, variables], and all bases one edge away [neighbours, rows]."""
    count, total = len(bases), system.shape[1]
    inverse = np.linalg.inv(system[:, bases].transpose(1, 0, 2))
    values = inverse.sum(axis=2)
    points = np.zeros((count, total))
    np.put_along_axis(points, bases, values, axis=1)
    outside = np.ones((count, total), dtype=bool)
    np.put_along_axis(outside, bases, False, axis=1)
    entering = np.nonzero(outside)[1].reshape(count, -1)
    moves = inverse @ system[:, entering].transpose(1, 0, 2)
    basis, edge = np.nonzero((moves > ZERO).any(axis=1))
    row = _leaving(moves[basis, :, edge], np.concatenate([values[:, :, None], inverse], axis=2)[basis])
    ahead = bases[basis].copy()
    ahead[np.arange(len(ahead)), row] = entering[basis, edge]
    return points, np.sort(ahead, axis=1)


def _leaving(moves: np.ndarray, lexicon: np.ndarray) -> np.ndarray:
    """Return the row that limits each edge first [edges]; ties are broken by the next columns of `lexicon`.

    Args:
        moves: what the basic variables lose along the edge [edges, rows].
        lexicon: the basic variables' values and the inverse of the basis [edges, rows, 1 + rows].
    """
    left = moves > ZERO
    steps = np.where(left, moves, 1.0)
    for column in range(lexicon.shape[2]):
        tied = np.flatnonzero(left.sum(axis=1) > 1)
        if not len(tied):
            break
        ratios = np.where(left[tied], lexicon[tied, :, column] / steps[tied], np.inf)
        left[tied] &= ratios <= ratios.min(axis=1, keepdims=True) + _TIE
    return left.argmax(axis=1)
