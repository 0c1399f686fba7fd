"""Shrinking a signed network without changing its frustration index.

Three exact rules, applied until none helps:

* *dominant tie*: where |w_uv| ≥ Σ_{k≠v} |w_uk|, some best alignment keeps u and v as their tie says, so u
  is merged into v (ends of chains and actors with two ties are special cases);
* *twins*: where w_uk = s·w_vk for all other k and s·w_uv ≥ 0, some best alignment has c_u = s·c_v;
* *blocks*: the index is the sum of the indices of the biconnected components.

Merging makes parallel ties; two of them, a and b, act as one of a + b and a constant
(|a| + |b| − |a + b|)/2, paid in any alignment. Source: Lange, Andres and Swoboda 2019, *Combinatorial
persistency criteria for multicut and max-cut* (dominance); Hüffner, Betzler and Niedermeier 2010,
*Separator-based data reduction for signed graph balancing* (blocks).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

Neighbours = dict[int, dict[int, float]]
"""For each node, its neighbours and the signed weight of the tie to each."""


class Sides:
    """What is known of who stands with whom: a union of sets in which each node has a sign."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))
        self._sign = [1] * count

    def find(self, node: int) -> tuple[int, int]:
        """Return the representative of a node's set and the node's side relative to it (1 or -1)."""
        sign = 1
        while self._parent[node] != node:
            above = self._parent[node]
            self._sign[node] *= self._sign[above]  # halve the path for the next search
            self._parent[node] = self._parent[above]
            sign *= self._sign[node]
            node = self._parent[node]
        return node, sign

    def join(self, node: int, other: int, sign: int) -> None:
        """Put `node` on the side of `other` (sign 1) or on the opposite one (sign -1)."""
        root, own = self.find(node)
        target, theirs = self.find(other)
        if root != target:
            self._parent[root] = target
            self._sign[root] = own * theirs * sign

    def colours(self) -> np.ndarray:
        """Return a side, 1 or -1, for every node; each set's representative is on side 1."""
        return np.array([self.find(node)[1] for node in range(len(self._parent))], dtype=np.int8)


@dataclass
class Reduction:
    """A network being shrunk; `constant` is the frustration already unavoidable."""

    neighbours: Neighbours
    sides: Sides
    constant: float = 0.0
    _waiting: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Apply the dominant-tie and twin rules until neither applies."""
        while True:
            self._waiting = sorted(self.neighbours)
            while self._waiting:
                node = self._waiting.pop()
                if node in self.neighbours:
                    self._try_dominant(node)
            if not self._merge_twins():
                return

    def _try_dominant(self, node: int) -> None:
        ties = self.neighbours[node]
        if not ties:
            del self.neighbours[node]
            return
        heaviest = max(ties, key=lambda k: (abs(ties[k]), -k))
        if 2 * abs(ties[heaviest]) >= math.fsum(abs(weight) for weight in ties.values()):
            self._merge(node, heaviest, 1 if ties[heaviest] > 0 else -1)

    def _merge_twins(self) -> bool:
        """Merge all twins found in one pass; say whether there were any.

        Twins that are not tied have the same neighbours; those that are, the same neighbours and each other.
        """
        alike: dict[frozenset[int], list[int]] = {}
        for node in sorted(self.neighbours):
            others = frozenset(self.neighbours[node])
            alike.setdefault(others, []).append(node)
            alike.setdefault(others | {node}, []).append(node)
        merged = False
        for nodes in alike.values():
            for node, other in combinations(nodes, 2):
                if node in self.neighbours and other in self.neighbours:
                    sign = _twin_sign(self.neighbours, node, other)
                    if sign:
                        self._merge(node, other, sign)
                        merged = True
        return merged

    def _merge(self, node: int, target: int, sign: int) -> None:
        self.sides.join(node, target, sign)
        for other, weight in self.neighbours.pop(node).items():
            del self.neighbours[other][node]
            if other != target:
                self._add(target, other, sign * weight)
            self._waiting.append(other)
        self._waiting.append(target)

    def _add(self, a: int, b: int, weight: float) -> None:
        before = self.neighbours[a].get(b, 0.0)
        after = before + weight
        self.constant += (abs(before) + abs(weight) - abs(after)) / 2
        if after:
            self.neighbours[a][b] = self.neighbours[b][a] = after
        elif before:
            del self.neighbours[a][b], self.neighbours[b][a]


def _twin_sign(neighbours: Neighbours, node: int, other: int) -> int:
    """Return 1 or -1 where two nodes have the same ties up to that sign, else 0."""
    mine, theirs = neighbours[node], neighbours[other]
    between = mine.get(other, 0.0)
    if len(mine) != len(theirs):
        return 0
    first = next((k for k in mine if k != other), None)
    if first is None or first not in theirs:
        return 0
    sign = 1 if mine[first] * theirs[first] > 0 else -1
    if sign * between < 0:
        return 0
    same = all(theirs.get(k) == sign * weight for k, weight in mine.items() if k != other)
    return sign if same else 0


def neighbours_of(weights: np.ndarray) -> Neighbours:
    """Return the ties of a weight matrix as neighbour tables."""
    return {
        node: {int(k): float(row[k]) for k in np.flatnonzero(row)}
        for node, row in enumerate(np.asarray(weights))
    }


def blocks_of(neighbours: Neighbours) -> list[Neighbours]:
    """Split a network into its biconnected components, in the order of their smallest nodes."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(sorted(neighbours))
    graph.add_edges_from((a, b) for a in sorted(neighbours) for b in sorted(neighbours[a]) if a < b)
    components = sorted(nx.biconnected_components(graph), key=sorted)
    return [
        {node: {k: w for k, w in neighbours[node].items() if k in component} for node in sorted(component)}
        for component in components
    ]
