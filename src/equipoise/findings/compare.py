"""Comparing strategies on the same futures: who is best where, what is forgone, and luck apart from what is not known.

All strategies face the same states and the same chance, so they are compared pair by pair and what is common to both
cancels; the errors of such differences come from `draws.estimate`. Regret depends on the strategies compared: adding
one can raise the regret of the others, never lower it.

Source: Savage 1951 for regret; Searle, Casella and McCulloch 1992, *Variance Components*, §3.6, on the separation of
two sources of spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError

SAME = 1e-12
"""Payoffs closer than this, relative to the largest, count as equal: differences of rounding only."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations of a payoff, apart by cause, one for each strategy; None where undefined.

    Attributes:
        unknown: over states of what a state gives on average: what is not known, apart from luck.
        luck: within a state (root of the mean variance over chance): what no knowledge would remove.
    """

    unknown: tuple[float | None, ...]
    luck: tuple[float | None, ...]


def best_in_state(f: np.ndarray) -> np.ndarray:
    """Return each strategy's share in being the best of a state: 1 where it alone is, ties shared evenly.

    Its mean over states is the chance that the strategy is the best.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`.

    Returns:
        Shares `[strategies, states]` that add up to 1 in each state.
    """
    f = payoff_matrix(f)
    best = f >= f.max(axis=0) - SAME * np.abs(f).max(axis=0)
    return best / best.sum(axis=0)


def spread(means: np.ndarray, within: np.ndarray, chance: int) -> Spread:
    """Separate what is not known from luck.

    The means of a few streams scatter even where the states are all alike, by variance/chance. That is
    taken off: unknown^2 = max(0, var over states of means - mean within-state variance / chance), the
    one-way analysis-of-variance estimator floored at 0; luck^2 = mean within-state variance.

    Args:
        means: mean over chance, `[strategies, states]`.
        within: mean over states of the variance over chance with chance - 1 in the divisor, `[strategies]`.
        chance: streams a state. With one stream the two causes cannot be told apart: both are None.
            With one state there is no spread over states: `unknown` is None.
    """
    means = payoff_matrix(means)
    if chance < 2:
        return Spread((None,) * len(means), (None,) * len(means))
    luck = tuple(float(x) for x in np.sqrt(within))
    if means.shape[1] < 2:
        return Spread((None,) * len(means), luck)
    between = means.var(axis=1, ddof=1)
    return Spread(tuple(float(x) for x in np.sqrt(np.maximum(0, between - within / chance))), luck)


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
