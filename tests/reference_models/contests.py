"""Contests and cascades with known answers: what rivals spend, how patrons divide, when supporters flee.

Small documented calculators. They give the benchmarks beside which the simulation's games are read, and
the closed forms its tests lean on. Contest success functions are functional forms, seldom estimated on
conflicts; the exponent m is free, so results are best shown over a range of it (0.5 to 2.5).

Source: Tullock 1980; Hirshleifer 1989; Nti 1999, Public Choice 98; Stein 2002, Public Choice 113; Friedman
1958 and Duffy and Matros 2017, JEBO 139:88-105; Granovetter 1978, AJS 83:1420-1443.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError

_TWO_PI = 2 * math.pi


@dataclass(frozen=True)
class Contest:
    """Equilibrium of a contest for a prize.

    Attributes:
        efforts: what each contestant spends.
        chances: each one's chance to win; they add up to 1.
        payoffs: prize times chance, less effort.
    """

    efforts: np.ndarray
    chances: np.ndarray
    payoffs: np.ndarray


def ratio_chances(strengths: Sequence[float], exponent: float = 1.0) -> np.ndarray:
    """Return the chances to win S_i^m / sum S_j^m: Tullock's ratio form.

    With victory clocks of constant rates c S_i^m these are the chances to be the first to ring, which
    makes contests and weekly hazards one thing.

    Args:
        strengths: S, 0 or more, not all 0.
        exponent: m, decisiveness, above 0.
    """
    s = np.asarray(strengths, dtype=float)
    if s.ndim != 1 or not (s >= 0).all() or not s.max(initial=0) > 0 or not exponent > 0:
        raise InputError("strengths are 0 or more and not all 0, and decisiveness is above 0")
    powers = (s / s.max()) ** exponent
    return powers / powers.sum()


def difference_chances(strengths: Sequence[float], decisiveness: float = 1.0) -> np.ndarray:
    """Return the chances to win exp(k S_i) / sum exp(k S_j): Hirshleifer's difference form.

    Unlike the ratio form it lets a side that spends nothing keep a chance.

    Args:
        strengths: S, any finite numbers.
        decisiveness: k, 0 or more.
    """
    s = np.asarray(strengths, dtype=float)
    if s.ndim != 1 or not s.size or not np.isfinite(s).all() or not decisiveness >= 0:
        raise InputError("strengths are finite numbers, and decisiveness is 0 or more")
    powers = np.exp(decisiveness * (s - s.max()))
    return powers / powers.sum()


def two_player_contest(first: float, second: float, *, exponent: float = 1.0) -> Contest:
    """Return the equilibrium in pure strategies of a two-player Tullock contest with unequal prizes.

    x_i = m V_1^m V_2^m V_i / (V_1^m + V_2^m)^2 and p_i = V_i^m / (V_1^m + V_2^m). It exists while the
    weaker side does not lose by taking part: V_1^m + V_2^m > m max(V)^m.

    Args:
        first: V_1, what winning is worth to player 1, above 0.
        second: V_2, what it is worth to player 2, above 0.
        exponent: m, decisiveness, above 0.

    Raises:
        InputError: a value is not above 0, or no equilibrium in pure strategies exists.

    Source: Nti 1999.
    """
    prizes = _positive("prizes", [first, second])
    if not exponent > 0:
        raise InputError(f"decisiveness must be above 0; it is {exponent}")
    chances = ratio_chances(prizes, exponent)
    if exponent * chances.max() >= 1:
        raise InputError(
            f"prizes {first} and {second} with decisiveness {exponent} have no equilibrium in pure "
            "strategies: the weaker side would lose by taking part; lower the decisiveness"
        )
    efforts = exponent * chances[0] * chances[1] * prizes
    return Contest(efforts, chances, prizes * chances - efforts)


def many_player_contest(prizes: Sequence[float]) -> Contest:
    """Return the equilibrium of a Tullock contest of decisiveness 1 among any number with unequal prizes.

    With prizes in falling order and X_k = (k - 1) / sum_{j<=k} 1/V_j, those take part up to the last k with
    V_k > X_k; then x_i = X (1 - X / V_i) and p_i = 1 - X / V_i. The others spend nothing.

    Args:
        prizes: V, what winning is worth to each, above 0, at least two.

    Source: Stein 2002.
    """
    values = _positive("prizes", prizes)
    if len(values) < 2:
        raise InputError("a contest needs at least two contestants")
    falling = np.sort(values)[::-1]
    totals = np.arange(len(values)) / np.cumsum(1 / falling)
    total = totals[np.flatnonzero(falling > totals)[-1]]
    chances = np.maximum(0.0, 1 - total / values)
    efforts = total * chances
    return Contest(efforts, chances, values * chances - efforts)


def symmetric_contest(contestants: int, prize: float, *, exponent: float = 1.0) -> Contest:
    """Return the symmetric equilibrium of a Tullock contest: x = m (n - 1) V / n^2 each.

    Together they spend the share m (n - 1) / n of the prize.

    Args:
        contestants: n, at least 2.
        prize: V, above 0.
        exponent: m, above 0 and at most n / (n - 1).

    Raises:
        InputError: outside those bounds, where the equilibrium does not exist.

    Source: Tullock 1980.
    """
    _positive("prizes", [prize])
    if contestants < 2 or not 0 < exponent <= contestants / (contestants - 1):
        raise InputError("a symmetric equilibrium needs n of at least 2 and 0 < exponent <= n / (n - 1)")
    efforts = np.full(contestants, exponent * (contestants - 1) * prize / contestants**2)
    chances = np.full(contestants, 1 / contestants)
    return Contest(efforts, chances, prize * chances - efforts)


def proportional_allocation(budgets: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """Return the equilibrium of lottery Blotto: every patron divides in proportion to the fronts' values.

    Each front goes to a patron with chance equal to its share of what all spend there; budgets are spent
    whole; all value the fronts alike. Then x_bi = X_b v_i / sum v.

    Args:
        budgets: X, each patron's budget, above 0.
        values: v, each front's value, above 0.

    Returns:
        Engagement `[patrons, fronts]`.

    Source: Friedman 1958; Duffy and Matros 2017.
    """
    worth = _positive("values", values)
    return np.outer(_positive("budgets", budgets), worth / worth.sum())


def blotto_payoff(own: np.ndarray, rivals: np.ndarray, values: Sequence[float]) -> float:
    """Return the expected value won in lottery Blotto: sum v_i own_i / (own_i + rivals_i).

    Args:
        own: what one patron spends on each front.
        rivals: what all others together spend on each front, above 0.
        values: v, each front's value.
    """
    own, rivals = np.asarray(own, dtype=float), _positive("rivals' spending", rivals)
    return float((np.asarray(values, dtype=float) * own / (own + rivals)).sum())


def blotto_best_response(budget: float, rivals: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """Return the best division of a budget in lottery Blotto, given what the others spend.

    It equalises the marginal value v_i y_i / (x_i + y_i)^2 over the fronts entered:
    x_i = max(0, s sqrt(v_i y_i) - y_i), s such that the budget is spent.

    Args:
        budget: X, above 0.
        rivals: y, what all others together spend on each front, above 0.
        values: v, each front's value, above 0.

    Raises:
        InputError: a front without rivals has no best response, any sum however small wins it.
    """
    y, v = _positive("rivals' spending", rivals), _positive("values", values)
    if y.shape != v.shape:
        raise InputError(f"{len(v)} fronts need as many sums spent by rivals; there are {len(y)}")
    budget = float(_positive("budgets", [budget])[0])
    order = np.argsort(y / v, kind="stable")
    roots = np.sqrt(v * y)
    scales = (budget + np.cumsum(y[order])) / np.cumsum(roots[order])
    entered = scales * roots[order] > y[order]
    scale = scales[np.flatnonzero(entered)[-1]]
    return np.maximum(0.0, scale * roots - y)


def cascade_outcome(mean: float, sd: float) -> float:
    """Return the share that ends up defecting when each waits for enough others to go first.

    Each person defects once the share that has reaches a threshold of their own, normal with this mean
    and standard deviation (below 0: goes first; above 1: never goes). From nobody, r(t+1) = F(r(t)) climbs
    to the smallest fixed point of the thresholds' distribution F.

    Args:
        mean: mean threshold.
        sd: standard deviation of thresholds, above 0.

    Source: Granovetter 1978.
    """
    if not 0 < sd < math.inf or not math.isfinite(mean):
        raise InputError(f"thresholds need a finite mean and a standard deviation above 0; sd is {sd}")
    share = 0.0
    for _ in range(5_000_000):
        following = _normal_cdf((share - mean) / sd)
        if following - share < 1e-14:
            return following
        share = following
    return share


def critical_spread(mean: float) -> tuple[float, float]:
    """Return the spread of thresholds at which the cascade jumps, and the share reached just before.

    There the curve F touches the diagonal: with z = (r - mean)/sd, F(r) = r and F'(r) = 1 say that
    Phi(z) - z phi(z) = mean, then sd = phi(z) and r = Phi(z). A slightly wider spread of thresholds takes
    the outcome from r to nearly everybody.

    Args:
        mean: mean threshold, above 0 and below 1/2 (elsewhere nothing jumps).

    Returns:
        Critical standard deviation, share just below it.

    Source: Granovetter 1978, who found it numerically; the equation is elementary.
    """
    from scipy.optimize import brentq

    if not 0 < mean < 0.5:
        raise InputError(f"a jump needs a mean threshold between 0 and 1/2; it is {mean}")
    z = float(brentq(lambda z: _normal_cdf(z) - z * _normal_pdf(z) - mean, -38.0, 0.0, xtol=1e-14))
    return _normal_pdf(z), _normal_cdf(z)


def _positive(what: str, numbers: Sequence[float] | np.ndarray) -> np.ndarray:
    array = np.asarray(numbers, dtype=float)
    if array.ndim != 1 or not array.size or not ((array > 0) & np.isfinite(array)).all():
        raise InputError(f"{what} must be numbers above 0; these were given: {array.tolist()}")
    return array


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _normal_pdf(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(_TWO_PI)
