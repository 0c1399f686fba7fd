"""Regret: what a strategy forgoes in each state, against the best strategy run in that state.

Regret depends on the strategies compared: adding one can raise the regret of the others, never lower it.
Where two metrics order the strategies differently, the reader must know; `rank_correlation` says by how
much they agree. Source: Savage 1951; Kendall 1945 (tau-b, for rankings with ties).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from equipoise.errors import InputError


def payoff_matrix(f: np.ndarray) -> np.ndarray:
    """Return `f` as floats, checked: two axes (strategies, states), neither empty, all finite.

    Raises:
        InputError: another shape, or a payoff that is missing or infinite.
    """
    f = np.asarray(f, dtype=float)
    if f.ndim != 2 or 0 in f.shape:
        raise InputError(
            f"payoffs need two axes, strategies and states, neither empty; the shape is {f.shape}"
        )
    if not np.isfinite(f).all():
        bad = np.argwhere(~np.isfinite(f))[0]
        raise InputError(f"payoffs must be finite; strategy {bad[0]} in state {bad[1]} is {f[tuple(bad)]}")
    return f


def regret(f: np.ndarray) -> np.ndarray:
    """Return the regret of each strategy in each state: the best payoff there less its own.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`.

    Returns:
        Regrets, same shape and unit, 0 or more; 0 for the best strategy of the state.
    """
    f = payoff_matrix(f)
    return f.max(axis=0) - f


def regret_summary(f: np.ndarray) -> dict[str, np.ndarray]:
    """Return each strategy's `mean`, `p90` (exceeded in 10 % of states, linear) and `max` regret.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`.
    """
    forgone = regret(f)
    return {
        "mean": forgone.mean(axis=1),
        "p90": np.quantile(forgone, 0.9, axis=1),
        "max": forgone.max(axis=1),
    }


def kendall(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return Kendall's tau-b of two rankings of the same things, or None where it is undefined.

    Pairs of which either member is undefined (NaN) are left out. Undefined are fewer than two things, and
    a ranking in which everything is tied.

    Source: Kendall 1945, *The treatment of ties in ranking problems*.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = ~(np.isnan(x) | np.isnan(y))
    first, second = np.triu_indices(int(known.sum()), k=1)
    dx = np.sign(x[known][first] - x[known][second])
    dy = np.sign(y[known][first] - y[known][second])
    pairs = math.sqrt(float((dx**2).sum()) * float((dy**2).sum()))
    return float((dx * dy).sum()) / pairs if pairs > 0 else None


def rank_correlation(ranks: Mapping[str, Mapping[str, int | None]]) -> dict[str, dict[str, float | None]]:
    """Return Kendall's tau-b between every two metrics, from the ranks they give the strategies.

    1: the same order; -1: the reverse; None: undefined (see `kendall`).

    Args:
        ranks: strategy ranks by metric, as `metrics.ranks` gives them; None is unranked.
    """
    rows = {
        metric: np.array([math.nan if rank is None else float(rank) for _, rank in sorted(of.items())])
        for metric, of in ranks.items()
    }
    return {one: {other: kendall(rows[one], rows[other]) for other in rows} for one in rows}
