"""A pool of holders: the choice under all of them together, and whose disagreement matters for it.

What a strategy is worth under a pool is the weighted mean of what it is worth under each holder, since each state takes
one holder's numbers. So runs under each holder, on the same draws, say everything: the pool's choice, what it gives up
where a holder is right, and what it would be worth to know who is.

Source: MODEL.md §4; value of perfect information: Howard 1966. Common random numbers as in `findings.beliefs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.findings.beliefs import PlayedThere


def of_pool(
    weights: Mapping[str, float],
    without: Mapping[str, Mapping[str, float]],
    played: Mapping[str, PlayedThere],
) -> dict[str, Any]:
    """Value a pool's choice.

    Args:
        weights: by holder, adding up to 1.
        without: the weights of the others, by the holder who is left out.
        played: the strategies under each holder's beliefs, on the same draws.

    Returns:
        `best` under the pool and its `worth`; `value_of_knowing` which holder is right, with `told_apart`; and for each
        of the `holders` its `weight`, its `best`, what the pool's choice `gives_up` where it is right, and the best
        `without` it (None where nobody is left).
    """
    names = next(iter(played.values())).names
    f = {holder: played[holder].f for holder in weights}
    mixed = _mixed(f, weights)
    best = _best(mixed)
    rows, knowing = [], np.zeros(mixed.shape[1])
    for holder, weight in weights.items():
        own = _best(f[holder])
        lost = f[holder][own] - f[holder][best]
        knowing += weight * lost
        rest = without[holder]
        rows.append(
            {
                "holder": holder,
                "weight": weight,
                "best": names[own],
                "gives_up": estimate(lost).plain(),
                "without": names[_best(_mixed(f, rest))] if rest else None,
            }
        )
    value = estimate(knowing)
    return {
        "best": names[best],
        "worth": estimate(mixed[best]).plain(),
        "value_of_knowing": value.plain(),
        "told_apart": value.told_apart,
        "holders": rows,
    }


def _mixed(f: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    return sum((weight * f[holder] for holder, weight in weights.items()), np.zeros(1))


def _best(f: np.ndarray) -> int:
    return int(f.mean(axis=1).argmax())
