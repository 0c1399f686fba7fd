"""The frustration index: the least weight of ties that any division into two camps leaves frustrated.

A tie is frustrated where friends stand in different camps or foes in the same one:
L(G) = min over c in {−1, 1}ⁿ of Σ_{i<j} |w_ij| · [sign w_ij ≠ c_i c_j]. Computed exactly: the network is
shrunk by rules that keep L, split into blocks, and each block is enumerated or, if it is large, goes to an
integer programme that proves its optimum, or, when time is up, says between which bounds L lies.
Source: Abelson and Rosenberg 1958 and Harary 1959 (the line index of balance); Aref, Mason and Wilson 2020.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.alignment.enumeration import best_divisions
from equipoise.alignment.graph import SignedGraph, SignedTie
from equipoise.alignment.programme import Block, solve_block
from equipoise.alignment.reduction import Neighbours, Reduction, Sides, blocks_of, neighbours_of
from equipoise.errors import InputError

_ENUMERATED = 16
"""Blocks up to this size are enumerated: no clock is asked, and every machine finds the same alignment."""

Camps = tuple[tuple[str, ...], tuple[str, ...]]
"""The two camps of an alignment, the one with the first actor by name first."""


@dataclass(frozen=True)
class Frustration:
    """The frustration index of a network and an alignment that reaches it.

    Attributes:
        value: weight of the ties frustrated in `camps`; the index itself where `proved`.
        lower_bound: no alignment frustrates less than this.
        proved: whether the two are known to be equal.
        camps: two tuples of names; the first holds the first actor by name.
        groups: the camps of each group of actors that ties connect. How the camps of different groups
            combine is arbitrary, and an actor without ties is in no group.
        frustrated: the ties that `camps` frustrates.
        seconds: time taken.
    """

    value: float
    lower_bound: float
    proved: bool
    camps: Camps
    groups: tuple[Camps, ...]
    frustrated: tuple[SignedTie, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "value": self.value,
            "lower_bound": self.lower_bound,
            "proved": self.proved,
            "camps": [list(camp) for camp in self.camps],
            "groups": [[list(camp) for camp in camps] for camps in self.groups],
            "frustrated": [
                {"between": [tie.first, tie.second], "weight": tie.weight} for tie in self.frustrated
            ],
            "seconds": round(self.seconds, 4),
        }


def frustration(graph: SignedGraph, *, time_limit: float = 60.0) -> Frustration:
    """Return the exact frustration index, or honest bounds when the time limit comes first.

    Args:
        graph: any signed, weighted network.
        time_limit: seconds; blocks still open then keep the best alignment found and its bound.

    Raises:
        InputError: the time limit is not above 0.
    """
    if not time_limit > 0:
        raise InputError(f"the time limit must be above 0 seconds; it is {time_limit}")
    started = time.monotonic()
    sides = Sides(len(graph.actors))
    bound, proved = _solve(neighbours_of(graph.weights), sides, started + time_limit)
    colours = sides.colours()
    value, frustrated = frustration_of(graph, colours)
    return Frustration(
        value=value,
        lower_bound=value if proved else min(value, max(0.0, bound)),
        proved=proved,
        camps=camps_of(graph.actors, colours),
        groups=groups_of(graph, colours),
        frustrated=frustrated,
        seconds=time.monotonic() - started,
    )


def frustration_of(graph: SignedGraph, colours: np.ndarray) -> tuple[float, tuple[SignedTie, ...]]:
    """Return the frustrated weight and ties of one alignment, 1 or -1 for each actor."""
    side = dict(zip(graph.actors, np.asarray(colours).tolist(), strict=True))
    frustrated = tuple(tie for tie in graph.ties if tie.weight * side[tie.first] * side[tie.second] < 0)
    return math.fsum(abs(tie.weight) for tie in frustrated), frustrated


def camps_of(names: tuple[str, ...], colours: np.ndarray) -> Camps:
    """Return the two camps of an alignment, 1 or -1 for each name."""
    with_first = np.asarray(colours) == (colours[0] if len(colours) else 1)
    return (
        tuple(name for name, here in zip(names, with_first, strict=True) if here),
        tuple(name for name, here in zip(names, with_first, strict=True) if not here),
    )


def groups_of(graph: SignedGraph, colours: np.ndarray) -> tuple[Camps, ...]:
    """Return the camps within each group of actors that ties connect, in the order of their names."""
    joined = Sides(len(graph.actors))
    for i, j in zip(*np.nonzero(np.triu(graph.weights)), strict=True):
        joined.join(int(i), int(j), 1)
    groups: dict[int, list[int]] = {}
    for node in range(len(graph.actors)):
        groups.setdefault(joined.find(node)[0], []).append(node)
    return tuple(
        camps_of(tuple(graph.actors[i] for i in members), np.asarray(colours)[members])
        for members in groups.values()
        if len(members) > 1
    )


def _solve(neighbours: Neighbours, sides: Sides, deadline: float) -> tuple[float, bool]:
    """Settle the sides of all nodes; return the bound and whether every block was proved."""
    bound, proved = 0.0, True
    pending = blocks_of(neighbours)
    while pending:
        core = pending.pop()
        reduction = Reduction(core, sides)
        reduction.run()
        bound += reduction.constant
        rest = blocks_of(reduction.neighbours)
        if len(rest) > 1:
            pending += rest
        elif rest:
            block_bound, block_proved = _solve_core(rest[0], sides, deadline)
            bound, proved = bound + block_bound, proved and block_proved
    return bound, proved


def _solve_core(core: Neighbours, sides: Sides, deadline: float) -> tuple[float, bool]:
    nodes = sorted(core)
    place = {node: index for index, node in enumerate(nodes)}
    ties = [(place[a], place[b], w) for a in nodes for b, w in sorted(core[a].items()) if a < b]
    first, second, weight = (np.array(column) for column in zip(*ties, strict=True))
    block, scale = Block(len(nodes), first, second, weight.astype(float)), 1.0
    if block.n <= _ENUMERATED:
        colours = best_divisions(block.matrix(), 1)[0]
        _join(nodes, colours, sides)
        return block.frustration(colours), True
    if not block.whole:  # the solver's tolerances are absolute
        scale = float(np.abs(block.weight).max())
        block = Block(block.n, first, second, block.weight / scale)
    solution = solve_block(block, deadline=deadline)
    _join(nodes, solution.colours, sides)
    return solution.bound * scale, solution.closed(block.whole)


def _join(nodes: list[int], colours: np.ndarray, sides: Sides) -> None:
    """Tie the sides of a block's nodes to each other as an alignment has them."""
    for node, colour in zip(nodes[1:], colours[1:], strict=True):
        sides.join(node, nodes[0], int(colour * colours[0]))
