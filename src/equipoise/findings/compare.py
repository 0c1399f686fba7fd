"""Comparing strategies on the same futures: differences, who is best, what is luck and what is not known.

All strategies face the same states and the same chance, so they are compared pair by pair and what is
common to both cancels. States come in independently scrambled Sobol nets (state k is in scramble k mod 16,
MODEL.md §5); the points of one net are not independent of each other but the nets are, so standard errors
are taken from the nets' means.

Source: Owen 1997, *Scrambled net variance*, on replicated scrambles; Searle, Casella and McCulloch 1992,
*Variance Components*, §3.6, on the separation of two sources of spread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from equipoise.errors import InputError
from equipoise.findings.regret import payoff_matrix

SCRAMBLES = 16
"""Independent scrambles the states are drawn in."""
SAME = 1e-12
"""Payoffs closer than this, relative to the largest, count as equal: differences of rounding only."""


@dataclass(frozen=True)
class Estimate:
    """A mean over states and how sure it is.

    Attributes:
        mean: weighted mean over states; None where nothing has weight.
        se: its standard error; None with fewer than two scrambles.
        low, high: interval of the asked level around the mean; None where `se` is.
        scrambles: how many scrambles it rests on.
    """

    mean: float | None
    se: float | None
    low: float | None
    high: float | None
    scrambles: int


@dataclass(frozen=True)
class Difference:
    """How much better one strategy does than another on the same futures; `mean` is 0 or more."""

    better: str
    worse: str
    mean: float
    se: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the row of `summary.differences`."""
        return asdict(self)


@dataclass(frozen=True)
class Spread:
    """Standard deviations of a payoff, apart by cause, one for each strategy; None where undefined.

    Attributes:
        unknown: over states of what a state gives on average: what is not known, apart from luck.
        luck: within a state (root of the mean variance over chance): what no knowledge would remove.
    """

    unknown: tuple[float | None, ...]
    luck: tuple[float | None, ...]


@dataclass(frozen=True)
class Ranking:
    """Strategies from the best mean payoff down, and which neighbours cannot be told apart.

    Attributes:
        order: names, best first; equal means by name.
        close: neighbours in the order whose paired difference lies within two standard errors of 0, or
            has none.
        groups: the order cut wherever neighbours can be told apart. The ends of a long group may well be
            apart from each other; only neighbours were compared.
    """

    order: tuple[str, ...]
    close: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in lists."""
        return {key: [list(x) if isinstance(x, tuple) else x for x in of] for key, of in asdict(self).items()}


def scramble_means(
    values: np.ndarray, weights: np.ndarray | None = None, *, scrambles: int = SCRAMBLES
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of each scramble that has weight, and each one's share of all weight.

    Args:
        values: one number a state, in the order of states.
        weights: 0 or more a state (say, in how many of its futures the incumbent fell); None is 1 each.
            A value of no weight may be NaN.
        scrambles: state k belongs to scramble k mod this.

    Raises:
        InputError: shapes differ, a weight is negative, or a value with weight is not finite.
    """
    values = np.asarray(values, dtype=float)
    weights = np.ones(values.shape) if weights is None else np.asarray(weights, dtype=float)
    if values.ndim != 1 or values.shape != weights.shape:
        raise InputError(f"one value and one weight a state are needed; got {values.shape}, {weights.shape}")
    if not (weights >= 0).all() or not np.isfinite(values[weights > 0]).all():
        raise InputError("weights must be 0 or more, and values that have weight must be finite")
    member = np.arange(len(values)) % scrambles
    total = np.bincount(member, weights, minlength=scrambles)
    summed = np.bincount(member, np.where(weights > 0, values, 0.0) * weights, minlength=scrambles)
    used = total > 0
    return summed[used] / total[used], total[used] / max(total.sum(), np.finfo(float).tiny)


def standard_error(
    values: np.ndarray, weights: np.ndarray | None = None, *, scrambles: int = SCRAMBLES
) -> float | None:
    """Return the standard error of a (weighted) mean over states, or None with fewer than two scrambles.

    With the same weight in each of m scrambles it is the standard deviation of their means over sqrt(m).
    With unequal weights W (shares of the total) it is sqrt( sum W^2 (mean - overall)^2 / (1 - sum W^2) ):
    the linearised error of a ratio, unbiased where a scramble's variance falls as its weight grows.
    Where all values are the same it is exactly 0.

    Args:
        values: one number a state, in the order of states.
        weights: 0 or more a state; None is 1 each.
        scrambles: state k belongs to scramble k mod this.
    """
    means, shares = scramble_means(values, weights, scrambles=scrambles)
    if len(means) < 2:
        return None
    if _constant(values, weights):
        return 0.0
    overall = float(shares @ means)
    return math.sqrt(float(shares**2 @ (means - overall) ** 2) / (1 - float(shares @ shares)))


def estimate(
    values: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    level: float = 0.95,
    scrambles: int = SCRAMBLES,
) -> Estimate:
    """Return the (weighted) mean over states with its standard error and Student interval.

    The interval uses the t distribution with one degree of freedom fewer than there are scrambles.

    Args:
        values: one number a state, in the order of states.
        weights: 0 or more a state; None is 1 each.
        level: the interval's confidence, between 0 and 1.
        scrambles: state k belongs to scramble k mod this.
    """
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise InputError(f"an interval's level lies between 0 and 1; it is {level}")
    means, shares = scramble_means(values, weights, scrambles=scrambles)
    if not len(means):
        return Estimate(None, None, None, None, 0)
    mean = _constant(values, weights)
    mean = float(shares @ means) if mean is None else mean[0]
    se = standard_error(values, weights, scrambles=scrambles)
    if se is None:
        return Estimate(mean, None, None, None, len(means))
    reach = float(stdtrit(len(means) - 1, (1 + level) / 2)) * se
    return Estimate(mean, se, mean - reach, mean + reach, len(means))


def _constant(values: np.ndarray, weights: np.ndarray | None) -> tuple[float] | None:
    """Return the one value all states share, boxed, or None: it must come out without rounding."""
    values = np.asarray(values, dtype=float)
    counted = values if weights is None else values[np.asarray(weights) > 0]
    return (float(counted[0]),) if counted.min() == counted.max() else None


def _order(f: np.ndarray, names: Sequence[str]) -> list[int]:
    if len(names) != len(f) or len(set(names)) != len(names):
        raise InputError(f"{len(f)} rows of payoffs need as many different names; these were given: {names}")
    means = f.mean(axis=1)
    return sorted(range(len(f)), key=lambda row: (-means[row], names[row]))


def differences(
    f: np.ndarray, names: Sequence[str], *, level: float = 0.95, scrambles: int = SCRAMBLES
) -> tuple[Difference, ...]:
    """Return the paired difference of every two strategies, in the order of the ranking.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`, all strategies on the same states.
        names: the strategies in the order of the rows.
        level: confidence of the intervals.
        scrambles: state k belongs to scramble k mod this.
    """
    f = payoff_matrix(f)
    rows = []
    for one, other in combinations(_order(f, names), 2):
        found = estimate(f[one] - f[other], level=level, scrambles=scrambles)
        rows.append(Difference(names[one], names[other], found.mean or 0.0, found.se, found.low, found.high))
    return tuple(rows)


def chance_best(f: np.ndarray) -> np.ndarray:
    """Return the share of states in which each strategy has the highest payoff; ties are shared evenly.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`.

    Returns:
        Shares `[strategies]` that add up to 1.
    """
    f = payoff_matrix(f)
    best = f >= f.max(axis=0) - SAME * np.abs(f).max(axis=0)
    return (best / best.sum(axis=0)).mean(axis=1)


def spread(payoff: np.ndarray) -> Spread:
    """Separate what is not known from luck.

    Args:
        payoff: `[strategies, states, chance]`.

    Returns:
        Standard deviations; see `spread_from_moments`.
    """
    payoff = np.asarray(payoff, dtype=float)
    if payoff.ndim != 3 or 0 in payoff.shape:
        raise InputError(f"payoffs need strategies, states and chance streams; the shape is {payoff.shape}")
    chance = payoff.shape[2]
    within = payoff.var(axis=2, ddof=1) if chance > 1 else np.full(payoff.shape[:2], math.nan)
    return spread_from_moments(payoff.mean(axis=2), within, chance)


def spread_from_moments(means: np.ndarray, variances: np.ndarray, chance: int) -> Spread:
    """Separate what is not known from luck, from each state's mean and variance over chance.

    The means of a few streams scatter even where the states are all alike, by variance/chance. That is
    taken off: unknown^2 = max(0, var over states of means - mean within-state variance / chance), the
    one-way analysis-of-variance estimator floored at 0; luck^2 = mean within-state variance.

    Args:
        means: mean over chance, `[strategies, states]`.
        variances: variance over chance with chance - 1 in the divisor, `[strategies, states]`.
        chance: streams a state. With one stream the two causes cannot be told apart: both are None.
            With one state there is no spread over states: `unknown` is None.
    """
    means = payoff_matrix(means)
    if chance < 2:
        return Spread((None,) * len(means), (None,) * len(means))
    luck2 = np.asarray(variances, dtype=float).mean(axis=1)
    luck = tuple(float(x) for x in np.sqrt(luck2))
    if means.shape[1] < 2:
        return Spread((None,) * len(means), luck)
    between = means.var(axis=1, ddof=1)
    return Spread(tuple(float(x) for x in np.sqrt(np.maximum(0, between - luck2 / chance))), luck)


def ranking(f: np.ndarray, names: Sequence[str], *, scrambles: int = SCRAMBLES) -> Ranking:
    """Return the strategies by mean payoff, best first, and which neighbours cannot be told apart.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`, all strategies on the same states.
        names: the strategies in the order of the rows.
        scrambles: state k belongs to scramble k mod this.
    """
    f = payoff_matrix(f)
    order = _order(f, names)
    groups: list[list[str]] = [[names[order[0]]]]
    close = []
    for one, other in pairwise(order):
        gap = estimate(f[one] - f[other], scrambles=scrambles)
        if gap.se is None or abs(gap.mean or 0.0) <= 2 * gap.se:
            close.append((names[one], names[other]))
            groups[-1].append(names[other])
        else:
            groups.append([names[other]])
    return Ranking(tuple(names[row] for row in order), tuple(close), tuple(tuple(group) for group in groups))
