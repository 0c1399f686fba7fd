"""Regret: what a strategy forgoes in each state, against the best strategy run in that state.

Regret depends on the strategies compared: adding one can raise the regret of the others, never lower it.
Source: Savage 1951.
"""

from __future__ import annotations

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
