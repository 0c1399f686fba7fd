"""Which tie, if it changed, would restore most balance.

For a tie e let L_e be the least frustration of an alignment that frustrates e. Taking e away lowers the
frustration index L by max(0, |w_e| − (L_e − L)), and so does turning it into its opposite: an alignment
that gains from the removal satisfies the turned tie at no cost. The drop is |w_e| exactly for the ties
that some best alignment frustrates, and no drop is larger than |w_e|. So where every tie weighs the same,
the ties of any best alignment's frustrated set are all best; only with weights can a tie that is not
frustrated be worth more, and those alone need a second solution.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.alignment.balance import unbalanced_triangles
from equipoise.alignment.enumeration import least_when_frustrated
from equipoise.alignment.frustration import Frustration, frustration
from equipoise.alignment.graph import SignedGraph, SignedTie
from equipoise.records import Record

_ENUMERATED = 16


@dataclass(frozen=True)
class Repair(Record):
    """What one tie's change is worth.

    Attributes:
        tie: the tie as it is.
        drop: by how much the frustration index falls if the tie is taken away or turned.
        frustrated: whether the alignment reported with it frustrates the tie.
        triangles: how many unbalanced triangles it is part of.
    """

    tie: SignedTie
    drop: float
    frustrated: bool
    triangles: int

    def to_dict(self) -> dict[str, Any]:
        """Return the repair as plain data."""
        return {
            "between": [self.tie.first, self.tie.second],
            "weight": self.tie.weight,
            "drop": self.drop,
            "frustrated": self.frustrated,
            "triangles": self.triangles,
        }


@dataclass(frozen=True)
class Repairs(Record):
    """Ties worth changing, best first; `complete` where every tie of the network was valued.

    Where not complete, the best drop is still proved best if `proved`, but ties with smaller drops may
    be missing.
    """

    ties: tuple[Repair, ...]
    complete: bool
    proved: bool


def repairs(graph: SignedGraph, *, best: Frustration | None = None, time_limit: float = 60.0) -> Repairs:
    """Return the ties whose change lowers the frustration index, the most valuable first.

    Of equal drops, ties frustrated now come first, then those in more unbalanced triangles, then by name.

    Args:
        graph: a signed network.
        best: its frustration, if already computed.
        time_limit: seconds for all solutions that are needed; ties not valued by then are left unproved.
    """
    best = best or frustration(graph, time_limit=time_limit)
    if best.value == 0:
        return Repairs((), True, True)
    if len(graph.actors) <= _ENUMERATED:
        least = least_when_frustrated(graph.weights)
        drops = {
            tie: abs(tie.weight)
            - max(0.0, float(least[graph.index(tie.first), graph.index(tie.second)]) - best.value)
            for tie in graph.ties
        }
        return Repairs(_ranked(graph, best, drops), True, best.proved)
    drops, proved = _by_solution(graph, best, time_limit)
    return Repairs(_ranked(graph, best, drops), False, proved)


def frustration_when_frustrated(
    graph: SignedGraph, tie: SignedTie, *, time_limit: float = 60.0
) -> tuple[float, bool]:
    """Return L_e, the least frustration of an alignment that frustrates `tie`, and whether it is proved.

    The two actors are merged as if the tie were its opposite; the tie's weight is then paid.
    """
    i, j = graph.index(tie.first), graph.index(tie.second)
    sign = -1.0 if tie.weight > 0 else 1.0
    weights = np.array(graph.weights)
    weights[i, j] = weights[j, i] = 0.0
    row = weights[i] + sign * weights[j]
    paid = abs(tie.weight) + float((np.abs(weights[i]) + np.abs(weights[j]) - np.abs(row)).sum() / 2)
    weights[i] = weights[:, i] = row
    kept = [k for k in range(len(weights)) if k != j]
    merged = SignedGraph(tuple(graph.actors[k] for k in kept), weights[np.ix_(kept, kept)])
    rest = frustration(merged, time_limit=time_limit)
    return paid + rest.value, rest.proved


def _by_solution(
    graph: SignedGraph, best: Frustration, time_limit: float
) -> tuple[dict[SignedTie, float], bool]:
    drops = {tie: abs(tie.weight) for tie in best.frustrated}
    most, proved, deadline = max(drops.values()), best.proved, time.monotonic() + time_limit
    for tie in sorted(graph.ties, key=lambda tie: -abs(tie.weight)):
        if abs(tie.weight) <= most * (1 + 1e-12):
            break
        if tie not in drops:
            left = deadline - time.monotonic()
            if left <= 0:
                return drops, False
            least, sure = frustration_when_frustrated(graph, tie, time_limit=left)
            drops[tie] = abs(tie.weight) - max(0.0, least - best.value)
            most, proved = max(most, drops[tie]), proved and sure
    return drops, proved


def _ranked(graph: SignedGraph, best: Frustration, drops: dict[SignedTie, float]) -> tuple[Repair, ...]:
    triangles = unbalanced_triangles(graph)
    worth = [
        Repair(tie, drop, tie in best.frustrated, triangles[tie.first, tie.second])
        for tie, drop in drops.items()
        if drop > 1e-9 * abs(tie.weight)
    ]
    return tuple(sorted(worth, key=lambda r: (-round(r.drop, 12), not r.frustrated, -r.triangles, r.tie)))
