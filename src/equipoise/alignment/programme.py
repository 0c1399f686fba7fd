"""The integer programme for one block of a signed network, solved by HiGHS.

First a linear programme over the ties alone: f_e is 1 where tie e is frustrated, and on every cycle whose
signs multiply to −1 at least one tie is, so Σ_{e in cycle} f_e ≥ 1. Violated cycles are found exactly, as
shortest paths from an actor to its own mirror image in the network drawn twice (hostile ties cross from
one copy to the other). Its value is a lower bound; simulated annealing before it, and rounding its solution,
give alignments. Where the two do not meet, the two sides x_i are added as binary variables with the XOR
model of frustration, and branch and bound closes the gap with the cycles kept as cuts.

HiGHS is called through highspy rather than `scipy.optimize.milp`: cuts are added to a running simplex, the
best alignment known starts the search, and the dual bound can be read when time is up.
Source: Barahona and Mahjoub 1986, *On the cut polytope* (cycles and their separation); Aref, Mason and
Wilson 2020, *A modeling and computational study of the frustration index in signed networks* (XOR model,
cuts from triangles, fixing the side of an actor with most ties); Kirkpatrick, Gelatt and Vecchi 1983,
*Optimization by simulated annealing*.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

_TOLERANCE = 1e-7
_ROUNDS = 400
_TRIANGLES = 50_000
"""So many triangles at the most are in the programme from the start; the others come as they are violated."""
_ANNEALINGS = 4
_QUICK, _THOROUGH = 200, 4000
"""How often an annealing asks every node: before the linear programme, and where that does not settle it."""


@dataclass(frozen=True)
class Block:
    """A network as arrays: `n` nodes, ties (first, second) and their signed weights."""

    n: int
    first: np.ndarray
    second: np.ndarray
    weight: np.ndarray

    @property
    def whole(self) -> bool:
        """True where all weights are whole numbers, so that the index is one too."""
        return bool(np.all(self.weight == np.round(self.weight)))

    def frustration(self, colours: np.ndarray) -> float:
        """Return the weight of the ties that an alignment (1 or -1 for each node) frustrates."""
        return float(np.abs(self.weight[self.frustrated(colours)]).sum())

    def frustrated(self, colours: np.ndarray) -> np.ndarray:
        """Return which ties an alignment frustrates."""
        return self.weight * colours[self.first] * colours[self.second] < 0

    def matrix(self) -> np.ndarray:
        """Return the symmetric weight matrix."""
        weights = np.zeros((self.n, self.n))
        weights[self.first, self.second] = weights[self.second, self.first] = self.weight
        return weights

    @cached_property
    def adjacent(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The ties of each node in turn, as the compiled walks read them."""
        from equipoise.alignment import kernels

        return kernels.adjacent(self.matrix())


@dataclass
class Solution:
    """An alignment of a block, what it frustrates, and a bound no alignment can go below."""

    colours: np.ndarray
    value: float
    bound: float

    def closed(self, whole: bool) -> bool:
        """Say whether the bound proves the alignment best."""
        slack = 1e-6 * max(1.0, self.value)
        return self.bound >= self.value - (1 - slack if whole else slack)


def solve_block(block: Block, *, deadline: float) -> Solution:
    """Return a best alignment of a block, or the best found by the deadline with its bound.

    Args:
        block: a biconnected network.
        deadline: a reading of `time.monotonic` after which to stop.
    """
    best = Solution(np.ones(block.n, dtype=np.int8), block.frustration(np.ones(block.n)), 0.0)
    rng = np.random.default_rng(0)
    _anneal(block, best, _QUICK, deadline, rng)
    triangles = _unbalanced_triangles(block)
    best.bound = min(best.value, _packed(block, triangles))
    model = _cycle_model(block, triangles)
    _cut(block, model, best, deadline - min(2.0, (deadline - time.monotonic()) / 5))
    if not best.closed(block.whole):
        _anneal(block, best, _THOROUGH, deadline, rng)
    if not best.closed(block.whole) and time.monotonic() < deadline:
        _branch(block, model, best, deadline)
    if best.closed(block.whole):
        best.bound = best.value
    return best


def _anneal(block: Block, best: Solution, sweeps: int, deadline: float, rng: np.random.Generator) -> None:
    """Cool random alignments down, one at least, from where any move is taken to where no loss is."""
    from equipoise.alignment import kernels

    size = np.abs(block.weight)
    hot = 2 * float(size.sum()) / block.n  # what a node's ties weigh
    temperatures = np.geomspace(hot, 0.05 * float(size.mean()), sweeps)
    for _ in range(_ANNEALINGS):
        colours = rng.choice(np.array([-1.0, 1.0]), block.n)
        kernels.anneal(*block.adjacent, colours, temperatures, rng)
        _improve(block, best, colours)
        if time.monotonic() > deadline:
            break


def _improve(block: Block, best: Solution, colours: np.ndarray) -> None:
    """Let single actors change side while that frustrates less, then keep the alignment if it is best."""
    from equipoise.alignment import kernels

    sides = colours.astype(float)
    kernels.settle(*block.adjacent, sides, 1e-12)
    value = block.frustration(sides)
    if value < best.value - 1e-12:
        best.colours, best.value = sides.astype(np.int8), value


def _unbalanced_triangles(block: Block) -> np.ndarray:
    """Return the triangles whose signs multiply to −1, as the places of their three ties [K, 3]."""
    edge = np.full((block.n, block.n), -1)
    edge[block.first, block.second] = edge[block.second, block.first] = np.arange(len(block.weight))
    sign = np.sign(block.matrix())
    found = [np.empty((0, 3), dtype=np.int64)]
    for e, (a, b) in enumerate(zip(block.first, block.second, strict=True)):
        third = np.flatnonzero(sign[a] * sign[b] * sign[a, b] < 0)
        third = third[third > max(a, b)]
        found.append(np.column_stack([np.full(len(third), e), edge[a, third], edge[b, third]]))
    return np.concatenate(found)


def _packed(block: Block, triangles: np.ndarray) -> float:
    """Return a lower bound at once: pack triangles, each taking its lightest weight from its three ties."""
    left = np.abs(block.weight)
    bound = 0.0
    for triangle in triangles:
        least = left[triangle].min()
        if least > 0:
            left[triangle] -= least
            bound += float(least)
    return bound * (1 - 1e-12)


def _cycle_model(block: Block, triangles: np.ndarray) -> Any:
    """Return the linear programme over the ties, with the cycles of length three."""
    import highspy

    model = highspy.Highs()
    model.silent()
    model.setOptionValue("threads", 1)
    for size in np.abs(block.weight):
        model.addCol(float(size), 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
    for triangle in triangles[:: 1 + len(triangles) // _TRIANGLES]:
        _require(model, triangle.tolist())
    return model


def _require(model: Any, cycle: list[int]) -> None:
    """Add: at least one tie of the cycle is frustrated."""
    model.addRow(1.0, float("inf"), len(cycle), np.array(sorted(cycle), dtype=np.int32), np.ones(len(cycle)))


def _cut(block: Block, model: Any, best: Solution, deadline: float) -> None:
    """Solve the linear programme, adding violated cycles until none is left or the bound is met."""
    known: set[tuple[int, ...]] = set()
    for _ in range(_ROUNDS):
        model.setOptionValue("time_limit", model.getRunTime() + max(0.01, deadline - time.monotonic()))
        model.run()
        if not _optimal(model):
            return
        best.bound = max(best.bound, min(best.value, model.getInfo().objective_function_value - _TOLERANCE))
        shares = np.clip(np.array(model.getSolution().col_value), 0, 1)
        _improve(block, best, _rounded(block, shares))
        if best.closed(block.whole) or time.monotonic() > deadline:
            return
        fresh = [c for c in _violated(block, shares) if tuple(sorted(c)) not in known]
        if not fresh:
            return
        for cycle in fresh:
            known.add(tuple(sorted(cycle)))
            _require(model, cycle)


def _optimal(model: Any) -> bool:
    import highspy

    return model.getModelStatus() == highspy.HighsModelStatus.kOptimal


def _rounded(block: Block, shares: np.ndarray) -> np.ndarray:
    """Return the alignment that satisfies a spanning tree of the ties least frustrated in a solution."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    size = (block.n, block.n)
    lengths = csr_array((shares + 1e-3, (block.first, block.second)), shape=size)
    tree = minimum_spanning_tree(lengths)
    order, parent = breadth_first_order(tree, 0, directed=False)
    sign = np.sign(block.matrix())
    colours = np.ones(block.n, dtype=np.int8)
    for node in order[1:]:
        colours[node] = colours[parent[node]] * sign[node, parent[node]]
    return colours


def _violated(block: Block, shares: np.ndarray) -> list[list[int]]:
    """Return, for each actor on one, a shortest cycle that breaks its inequality."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n, friendly = block.n, block.weight > 0
    a, b = block.first, block.second
    tails = np.concatenate([a, a + n])
    heads = np.concatenate([np.where(friendly, b, b + n), np.where(friendly, b + n, b)])
    lengths = np.concatenate([shares, shares]) + 1e-9
    doubled = csr_array((lengths, (tails, heads)), shape=(2 * n, 2 * n))
    distance, previous = dijkstra(doubled, directed=False, indices=np.arange(n), return_predecessors=True)
    edge = np.full((n, n), -1)
    edge[a, b] = edge[b, a] = np.arange(len(a))
    cycles = []
    for node in np.flatnonzero(distance[np.arange(n), np.arange(n) + n] < 1 - 1e-5):
        walk = [int(node) + n]
        while walk[-1] != node:
            walk.append(int(previous[node, walk[-1]]))
        cycle = _simple(block, edge, [step % n for step in walk])
        if shares[cycle].sum() < 1 - 1e-6:
            cycles.append(cycle)
    return cycles


def _simple(block: Block, edge: np.ndarray, walk: list[int]) -> list[int]:
    """Return the ties of a cycle without repeated actors, signs multiplying to −1, inside a closed walk."""
    seen: dict[int, int] = {}
    for place, node in enumerate(walk):
        if node in seen and (seen[node], place) != (0, len(walk) - 1):
            inner = walk[seen[node] : place + 1]
            ties = [int(edge[x, y]) for x, y in pairwise(inner)]
            hostile = sum(block.weight[tie] < 0 for tie in ties) % 2
            outer = walk[: seen[node]] + walk[place:]
            return _simple(block, edge, inner if hostile else outer)
        seen[node] = place
    return [int(edge[x, y]) for x, y in pairwise(walk)]


def _branch(block: Block, model: Any, best: Solution, deadline: float) -> None:
    """Add the sides as binary variables, tie f to them, and let branch and bound close the gap."""
    import highspy

    m, n = len(block.weight), block.n
    degree = np.bincount(np.concatenate([block.first, block.second]), minlength=n)
    fixed = int(np.argmax(degree))
    empty = np.array([], dtype=np.int32), np.array([])
    for node in range(n):
        model.addCol(0.0, 0.0, 0.0 if node == fixed else 1.0, 0, *empty)
        model.changeColIntegrality(m + node, highspy.HighsVarType.kInteger)
    for e in range(m):
        columns = np.array([e, m + int(block.first[e]), m + int(block.second[e])], dtype=np.int32)
        if block.weight[e] > 0:  # f ≥ |x_a − x_b|
            model.addRow(0.0, float("inf"), 3, columns, np.array([1.0, -1.0, 1.0]))
            model.addRow(0.0, float("inf"), 3, columns, np.array([1.0, 1.0, -1.0]))
        else:  # f ≥ |1 − x_a − x_b|
            model.addRow(1.0, float("inf"), 3, columns, np.array([1.0, 1.0, 1.0]))
            model.addRow(-1.0, float("inf"), 3, columns, np.array([1.0, -1.0, -1.0]))
    sides = (best.colours != best.colours[fixed]).astype(float)
    start = highspy.HighsSolution()
    start.col_value = [*block.frustrated(best.colours).astype(float), *sides]
    model.setSolution(start)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.9 if block.whole else 1e-7)
    model.setOptionValue("time_limit", model.getRunTime() + max(0.01, deadline - time.monotonic()))
    model.run()
    _read_branching(block, model, best)


def _read_branching(block: Block, model: Any, best: Solution) -> None:
    m = len(block.weight)
    solution = model.getSolution()
    if solution.value_valid:
        colours = np.where(np.array(solution.col_value[m:]) > 0.5, -1, 1).astype(np.int8)
        value = block.frustration(colours)
        if value < best.value:
            best.colours, best.value = colours, value
    bound = model.getInfo().mip_dual_bound
    if np.isfinite(bound):
        best.bound = max(best.bound, min(best.value, bound))
