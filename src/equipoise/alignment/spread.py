"""How the measures of balance vary with uncertain ties: the same study, draw by draw.

Each draw is solved exactly: small networks by looking at every alignment, larger ones by the integer
programme. Where several alignments of a draw are best, a tie that only some of them frustrate counts in
parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from equipoise.alignment.balance import frustration_index, triangle_index, walk_balance
from equipoise.alignment.coalitions import Account, Contenders, choices
from equipoise.alignment.enumeration import least_frustration, least_when_frustrated
from equipoise.alignment.frustration import Camps, frustration, groups_of
from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.landscape import Landscape, landscape
from equipoise.alignment.portfolios import summary
from equipoise.alignment.situation import Situation
from equipoise.draws.estimate import estimate, of_known

_ENUMERATED = 14
_LISTED = 8


def network_spread(
    drawn: Situation, *, seed: int, standing: bool, time_limit: float, step: Callable[[int], None]
) -> dict[str, Any]:
    """Return the distribution of every measure of the network over the draws.

    Args:
        drawn: the situation, drawn.
        seed: the draws came from, to be reported.
        standing: whether standings count as ties.
        time_limit: seconds for each integer programme.
        step: called with the number of draws solved so far.

    Returns:
        `measures` (mean, standard error, percentiles), `balanced` (share of draws without frustration),
        `ties` (share of draws in which each is frustrated, and is the one most worth changing),
        `alignments` (share of draws in which each is the deepest, camps listed by group of tied actors).
    """
    weights = drawn.weights(standing=standing)
    tied = [i for i in range(len(drawn.actors)) if np.any(weights[:, i])]
    names = tuple(drawn.actors[i] for i in tied)
    rows = []
    for number, matrix in enumerate(weights, 1):
        rows.append(_one(SignedGraph(names, matrix[np.ix_(tied, tied)]), time_limit))
        step(number)
    frustrated = np.stack([row["frustrated"] for row in rows])
    worth = np.stack([row["worth"] for row in rows])
    values = {
        key: [row[key] for row in rows]
        for key in ("triangle_index", "walk_balance_weighted", "frustration", "frustration_index", "minima")
    }
    return {
        "draws": len(rows),
        "seed": seed,
        "inputs": list(drawn.uncertain),
        "measures": {key: _summary(column) for key, column in values.items()},
        "balanced": _share(np.array([row["frustration"] == 0 for row in rows])),
        "ties": _ties(names, weights[:, tied][:, :, tied], frustrated, worth),
        "alignments": [
            {"groups": [[list(camp) for camp in camps] for camps in groups], **share}
            for groups, share in _commonest([row["groups"] for row in rows])
        ],
    }


def choice_spread(contenders: Contenders, account: Account, quota: float) -> dict[str, list[dict[str, Any]]]:
    """Return, for each force, the coalitions it wants with the share of draws in which it does."""
    rows = choices(contenders, account=account, quota=quota)
    return {
        force: [
            {"members": list(members), **share}
            for members, share in _commonest([row[force].members for row in rows])
        ]
        for force in contenders.forces
    }


def _commonest(found: list[Any]) -> list[tuple[Any, dict[str, float | None]]]:
    """Return what is found in most draws, each with its share of the draws and how sure that is."""
    order = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))[:_LISTED]
    shares = [(item, estimate(np.array([one == item for one in found])).plain()) for item, _ in order]
    return [(item, {"share": share.pop("mean"), **share}) for item, share in shares]


def _one(graph: SignedGraph, time_limit: float) -> dict[str, Any]:
    """Return the measures of one draw."""
    enumerated = len(graph.actors) <= _ENUMERATED
    minima: int | None = None
    if enumerated:
        value, frustrated, _ = least_frustration(graph.weights)
        hills = landscape(graph, keep=1)
        minima, groups = hills.found, _deepest(graph, hills)
    else:
        best = frustration(graph, time_limit=time_limit)
        value, frustrated, groups = best.value, np.zeros_like(graph.weights), best.groups
        for tie in best.frustrated:
            frustrated[graph.index(tie.first), graph.index(tie.second)] = 1.0
        frustrated = np.maximum(frustrated, frustrated.T)
    if value <= 1e-9 * max(graph.total, 1.0):
        value = 0.0
    return {
        "triangle_index": triangle_index(graph),
        "walk_balance_weighted": walk_balance(graph, weighted=True),
        "frustration": value,
        "frustration_index": frustration_index(value, graph.total),
        "minima": minima,
        "groups": groups,
        "frustrated": frustrated,
        "worth": _worth(graph, value, frustrated, enumerated),
    }


def _deepest(graph: SignedGraph, hills: Landscape) -> tuple[Camps, ...]:
    """Return the camps of the deepest minimum, within each group of actors that ties connect."""
    if not hills.minima:
        return ()
    first, _ = hills.minima[0].camps
    return groups_of(graph, np.array([1 if actor in first else -1 for actor in graph.actors]))


def _worth(graph: SignedGraph, value: float, frustrated: np.ndarray, enumerated: bool) -> np.ndarray:
    """Return which ties are most worth changing, equal ones in equal parts [actors, actors]."""
    if value == 0:
        return np.zeros_like(graph.weights)
    size = np.abs(graph.weights)
    if enumerated:
        least = least_when_frustrated(graph.weights)
        drop = np.where(np.isfinite(least), size - (least - value), 0.0)
    else:
        drop = size * frustrated
    best = drop >= drop.max() - 1e-9 * size.max()
    return best / (best.sum() / 2)


def _ties(
    names: tuple[str, ...], weights: np.ndarray, frustrated: np.ndarray, worth: np.ndarray
) -> list[dict[str, Any]]:
    """Return a row for each tie that is ever there, the most often frustrated first."""
    rows = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            if np.any(weights[:, i, j]):
                rows.append(
                    {
                        "between": [names[i], names[j]],
                        "weight": summary(weights[:, i, j]),
                        "frustrated": _share(frustrated[:, i, j]),
                        "most_worth": _share(worth[:, i, j]),
                    }
                )
    return sorted(rows, key=lambda row: (-row["frustrated"]["mean"], row["between"]))


def _share(values: np.ndarray) -> dict[str, float | None]:
    return of_known(values).plain()


def _summary(column: list[float | None]) -> dict[str, float | None] | None:
    """Return the summary of a measure over the draws in which it is defined; None where it never is."""
    values = np.array(column, dtype=float)
    defined = float((~np.isnan(values)).mean())
    return summary(values) | {"defined": defined} if defined else None
