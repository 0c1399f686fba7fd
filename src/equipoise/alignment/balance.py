"""How balanced a signed network is, by four measures that answer different questions.

* *triangles*: the share of three-actor cycles whose signs multiply to +1 (Cartwright and Harary 1956);
* *walks*: tr e^A / tr e^|A|, all closed walks, long ones counting less by 1/length! (Estrada and Benzi
  2014, *Walk-based measure of balance in signed networks*); one figure for each actor too;
* *frustration*: 1 − 2L/m, from the fewest ties that any two camps frustrate (Aref and Wilson 2018,
  *Measuring partial balance in signed networks*): 1 balanced, 0 no better than chance could do;
* *weighted frustration*: the same with weights, 1 − 2L_w/Σ|w|.

All are 1 for a balanced network. Balance is a cost and an indicator, never a law.
"""

from __future__ import annotations

import numpy as np

from equipoise.alignment.graph import SignedGraph


def triangle_index(graph: SignedGraph, *, weighted: bool = False) -> float | None:
    """Return the share of triangles that are balanced; None where there is no triangle.

    Args:
        graph: a signed network.
        weighted: count each triangle with the product of its three weights instead of once.
    """
    _, balanced, total = _triangles(graph, weighted=weighted)
    return None if total == 0 else balanced / total


def triangles(graph: SignedGraph) -> tuple[int, int]:
    """Return how many triangles there are, and how many of them are balanced."""
    _, balanced, total = _triangles(graph, weighted=False)
    return round(total), round(balanced)


def unbalanced_triangles(graph: SignedGraph) -> dict[tuple[str, str], int]:
    """Return for each tie the number of unbalanced triangles it is part of."""
    matrix, _, _ = _triangles(graph, weighted=False)
    signs = np.sign(graph.weights)
    counts = (np.abs(signs) * (matrix @ matrix) - signs * (signs @ signs)) / 2
    return {
        (tie.first, tie.second): round(counts[graph.index(tie.first), graph.index(tie.second)])
        for tie in graph.ties
    }


def _triangles(graph: SignedGraph, *, weighted: bool) -> tuple[np.ndarray, float, float]:
    """Return |A|, the balanced triangles and all triangles: (tr|A|³ ± tr A³) / 12 and tr|A|³ / 6."""
    matrix = graph.weights if weighted else np.sign(graph.weights)
    size = np.abs(matrix)
    signed, every = (float(np.einsum("ij,ji->", m @ m, m)) for m in (matrix, size))
    return size, (every + signed) / 12, every / 6


def walk_balance(graph: SignedGraph, *, weighted: bool = False) -> float | None:
    """Return tr e^A / tr e^|A|; None for a network without actors.

    Args:
        graph: a signed network.
        weighted: let ties count with their weights instead of as ±1.
    """
    signed, every, scale = _exponentials(graph, weighted=weighted)
    if not len(scale):
        return None
    share = np.exp(scale - scale.max())
    return float((signed * share).sum() / (every * share).sum())


def actor_balance(graph: SignedGraph, *, weighted: bool = False) -> dict[str, float]:
    """Return (e^A)_ii / (e^|A|)_ii for each actor: how free of contradiction its own surroundings are."""
    signed, every, _ = _exponentials(graph, weighted=weighted)
    return {name: float(value) for name, value in zip(graph.actors, signed / every, strict=True)}


def _exponentials(graph: SignedGraph, *, weighted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the diagonals of e^(A − λ) and e^(|A| − λ), and λ, for each actor.

    λ is the largest eigenvalue of |A| among the actors that ties connect with it: nothing overflows, and the
    weakly tied are not lost beside the strongly tied.
    """
    from scipy.sparse.csgraph import connected_components

    matrix = np.array(graph.weights if weighted else np.sign(graph.weights))
    signed, every, scale = np.zeros((3, len(matrix)))
    groups, group = connected_components(matrix != 0, directed=False) if len(matrix) else (0, np.zeros(0))
    for number in range(groups):
        at = np.flatnonzero(group == number)
        own = matrix[np.ix_(at, at)]
        pairs = [np.linalg.eigh(m) for m in (own, np.abs(own))]
        scale[at] = pairs[1][0][-1]
        signed[at], every[at] = ((vectors**2) @ np.exp(values - pairs[1][0][-1]) for values, vectors in pairs)
    return signed, every, scale


def frustration_index(value: float, total: float) -> float | None:
    """Return 1 − 2L/m from a frustration index and the total it is a part of; None without ties."""
    return None if total == 0 else 1 - 2 * value / total
