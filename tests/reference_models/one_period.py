"""The one-period hedging model: when it pays to split engagement between two rivals, in closed form.

One patron spends a budget of 1 on two rival forces, a share x on force 1. Exactly one of them survives,
force 1 with probability p. Influence with the survivor is

    g1(x) = x       - rho (1 - x) - kappa x (1 - x)        if force 1 survives,
    g2(x) = (1 - x) - rho x       - kappa x (1 - x)        if force 2 survives:

rho is resentment (what engaging its rival costs with a force), kappa duplicity (what courting both costs
with each). The patron has constant absolute risk aversion a, and its stakes multiply influence by L. The
certainty equivalent of x is CE(x) = -(1/a) ln( p exp(-a L g1) + (1 - p) exp(-a L g2) ).

It is the yardstick of the simulation's judging: search, metrics and value of information must find its
answers when they are given its payoffs (`payoff_table`). `docs/one-period.md` tells it for the reader.

Source: the project's own model, derived in docs/one-period.md; risk aversion after Pratt 1964 and Arrow
1965; betting shares after Kelly 1956; late switching after Dixit and Pindyck 1994.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.errors import InputError

_GRID = 4001
"""Points of the first look for a best share; golden-section search refines around the best of them."""


@dataclass(frozen=True, kw_only=True)
class OnePeriod:
    """A patron between two rivals, for one period.

    Attributes:
        p: probability that force 1 is the survivor, 0 to 1.
        aversion: a, constant absolute risk aversion, 0 (neutral) or more, per unit of influence.
        resentment: rho, influence lost with a force per unit spent on its rival, 0 or more.
        duplicity: kappa, influence lost with both for courting both, 0 or more.
        stakes: L, what a unit of influence is worth, above 0; a near neighbour's is larger.
    """

    p: float = 0.5
    aversion: float = 1.0
    resentment: float = 0.0
    duplicity: float = 0.0
    stakes: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise InputError(f"p is a probability, from 0 to 1; it is {self.p}")
        for name in ("aversion", "resentment", "duplicity"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InputError(f"{name} must be 0 or more and finite; it is {getattr(self, name)}")
        if not 0 < self.stakes < math.inf:
            raise InputError(f"stakes must be above 0 and finite; they are {self.stakes}")

    @property
    def favourite(self) -> float:
        """Probability that the likelier survivor survives."""
        return max(self.p, 1 - self.p)


@dataclass(frozen=True)
class Best:
    """The best split: `share` of engagement for force 1, and its certainty equivalent."""

    share: float
    certainty_equivalent: float


def influence(model: OnePeriod, share: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return what influence is worth if force 1 survives and if force 2 does: L g1(x), L g2(x).

    Args:
        model: the situation.
        share: x, the share of engagement for force 1, 0 to 1, any shape.
    """
    x = np.asarray(share, dtype=float)
    if not ((x >= 0) & (x <= 1)).all():
        raise InputError("a share of engagement lies between 0 and 1")
    return spent(model, x, 1 - x)


def spent(model: OnePeriod, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what influence is worth with either survivor when the budget need not be spent.

    Args:
        model: the situation.
        first: engagement with force 1, 0 or more.
        second: engagement with force 2, 0 or more.
    """
    both = model.duplicity * first * second
    return (
        model.stakes * (first - model.resentment * second - both),
        model.stakes * (second - model.resentment * first - both),
    )


def sure_worth(
    p: float, aversion: float, if_first: np.ndarray | float, if_second: np.ndarray | float
) -> np.ndarray:
    """Return the certainty equivalent of a gamble on two payoffs, the first with probability `p`.

    The mean at `aversion` 0; elsewhere computed from the worse of the two, so that nothing overflows.
    """
    first, second = np.asarray(if_first, dtype=float), np.asarray(if_second, dtype=float)
    if aversion == 0:
        return p * first + (1 - p) * second
    low = np.minimum(first, second)
    excess = p * np.expm1(-aversion * (first - low)) + (1 - p) * np.expm1(-aversion * (second - low))
    with np.errstate(divide="ignore"):
        inside = low - np.log1p(excess) / aversion
    return np.where(np.isfinite(inside), inside, np.where(p > 0, first, second))


def certainty_equivalent(model: OnePeriod, share: np.ndarray | float) -> np.ndarray:
    """Return CE(x): the sure influence worth as much as splitting engagement x to 1 - x.

    Args:
        model: the situation.
        share: x, the share of engagement for force 1, 0 to 1, any shape.
    """
    return sure_worth(model.p, model.aversion, *influence(model, share))


def all_in_point(model: OnePeriod) -> float:
    """Return p-bar: from this probability on, without duplicity, the favourite gets everything.

    p-bar = 1 / (1 + exp(-a L (1 + rho))).
    """
    return 1 / (1 + math.exp(-model.aversion * model.stakes * (1 + model.resentment)))


def best_share(model: OnePeriod) -> Best:
    """Return the split with the highest certainty equivalent.

    Without duplicity x* = 1/2 + ln(p/(1-p)) / (2 a L (1 + rho)), kept within 0 and 1. With it CE(x) can
    have several peaks (the ends and one between), so a fine grid is searched and its best point refined.
    Among equally good splits a one-sided one is named, force 1 first.
    """
    one_sided = max((1.0, 0.0), key=lambda x: float(certainty_equivalent(model, x)))
    best = Best(one_sided, float(certainty_equivalent(model, one_sided)))
    if model.aversion == 0 or model.p in (0.0, 1.0):
        return best
    if model.duplicity == 0:
        reach = 2 * model.aversion * model.stakes * (1 + model.resentment)
        inside = min(1.0, max(0.0, 0.5 + math.log(model.p / (1 - model.p)) / reach))
    else:
        inside = _peak(lambda x: certainty_equivalent(model, x))
    worth = float(certainty_equivalent(model, inside))
    return Best(inside, worth) if worth > best.certainty_equivalent + 1e-13 else best


def value_of_hedging(model: OnePeriod) -> float:
    """Return VoH = CE(x*) - max(CE(0), CE(1)): what the best split is worth beyond the best single bet.

    0 where hedging does not pay; never below 0.
    """
    ends = certainty_equivalent(model, np.array([0.0, 1.0])).max()
    return max(0.0, best_share(model).certainty_equivalent - float(ends))


def duplicity_threshold(model: OnePeriod) -> float:
    """Return kappa*: from this duplicity on no split beats the best single bet (the model's own is ignored).

    Duplicity takes L kappa x(1-x) off CE(x) whoever survives, so a split x beats the better end as long as
    kappa is below (CE_0(x) - max(CE_0(0), CE_0(1))) / (L x(1-x)), CE_0 being without duplicity; kappa* is
    the highest of these over x. At p = 1/2 that is x = 1/2 and kappa* = (4 / aL) ln cosh(aL(1 + rho)/2).
    """
    model = replace(model, duplicity=0.0)
    if model.aversion == 0 or model.favourite >= all_in_point(model):
        return 0.0
    if model.p == 0.5:
        risk = model.aversion * model.stakes
        return 4 / risk * _log_cosh(risk * (1 + model.resentment) / 2)
    ends = float(certainty_equivalent(model, np.array([0.0, 1.0])).max())

    def tolerated(x: np.ndarray | float) -> np.ndarray:
        x = np.asarray(x, dtype=float)
        return (certainty_equivalent(model, x) - ends) / (model.stakes * x * (1 - x))

    return max(0.0, float(tolerated(_peak(tolerated, margin=1e-4))))


def best_with_exit(model: OnePeriod) -> tuple[float, float, float]:
    """Return the best engagement with each force and its certainty equivalent when less may be spent.

    Engagement is at least 0 and adds up to at most 1; what is not spent is lost without cost (free
    disposal). Where resentment exceeds 1 and the odds are even, staying out is best.

    Returns:
        Engagement with force 1, with force 2, certainty equivalent.
    """
    low, high = np.zeros(2), np.ones(2)
    best = np.zeros(2)
    for _ in range(12):
        total, share = np.meshgrid(*(np.linspace(low[k], high[k], 81) for k in (0, 1)), indexing="ij")
        worth = sure_worth(model.p, model.aversion, *spent(model, total * share, total * (1 - share)))
        at = np.unravel_index(np.argmax(worth), worth.shape)
        best = np.array([total[at], share[at]])
        step = (high - low) / 20
        low, high = np.maximum(0, best - step), np.minimum(1, best + step)
    first, second = best[0] * best[1], best[0] * (1 - best[1])
    value = sure_worth(model.p, model.aversion, *spent(model, first, second))
    return float(first), float(second), float(value)


def late_switching_gain(model: OnePeriod, cost: float) -> float:
    """Return what an even split gains over the best single bet when one can still switch at the end.

    Once the survivor is known, engagement moves to it at `cost` a unit moved: the payoff is
    L (1 - c (1 - x_w)), x_w being what was with it from the start; with c above 1 nobody would move.
    At p = 1/2 the gain is ln cosh(a L c/2) / a. Cheap switching makes early hedging worthless.
    Resentment and duplicity play no part here.

    Args:
        model: supplies p, aversion and stakes.
        cost: c, 0 or more.
    """
    if not cost >= 0:
        raise InputError(f"a cost of switching is 0 or more; it is {cost}")
    slope = min(cost, 1.0)

    def worth(x: float) -> float:
        with_first, with_second = 1 - slope * (1 - x), 1 - slope * x
        return float(
            sure_worth(model.p, model.aversion, model.stakes * with_first, model.stakes * with_second)
        )

    return worth(0.5) - max(worth(0.0), worth(1.0))


def informed_value_of_hedging(model: OnePeriod, accuracy: float) -> float:
    """Return the mean value of hedging left after a signal that names the survivor rightly so often.

    At even odds it falls as the signal gets better: early information replaces hedging. Where p lies
    beyond the all-in point it can rise instead, because a signal may bring a sure thing into doubt.

    Args:
        model: the situation before the signal.
        accuracy: chance that the signal names the survivor, 1/2 (worthless) to 1 (perfect).
    """
    if not 0.5 <= accuracy <= 1:
        raise InputError(f"a signal's accuracy lies between 1/2 and 1; it is {accuracy}")
    total = 0.0
    for right_if_first in (accuracy, 1 - accuracy):
        chance = model.p * right_if_first + (1 - model.p) * (1 - right_if_first)
        if chance > 0:
            after = min(1.0, model.p * right_if_first / chance)
            total += chance * value_of_hedging(replace(model, p=after))
    return total


def crra_shares(p: Sequence[float], gamma: float) -> np.ndarray:
    """Return the best shares over n forces of which one survives, under constant relative risk aversion.

    Influence is the share held with the survivor; utility x^(1-gamma)/(1-gamma), ln x at gamma = 1. Then
    x_i = p_i^(1/gamma) / sum of these: near 0 all on the likeliest, at 1 in proportion to the chances
    (Kelly), beyond ever more even.

    Args:
        p: chances of survival, 0 or more, adding up to 1.
        gamma: relative risk aversion, 0 or more; at 0 equally likely favourites share evenly.
    """
    p = _chances(p)
    if not gamma >= 0:
        raise InputError(f"relative risk aversion is 0 or more; it is {gamma}")
    relative = p / p.max()
    if gamma == 0:
        weights = (relative == 1).astype(float)
    else:
        weights = np.where(relative > 0, relative ** (1 / gamma), 0.0)
    return weights / weights.sum()


def cara_shares(p: Sequence[float], aversion: float) -> np.ndarray:
    """Return the best shares over n forces of which one survives, under constant absolute risk aversion.

    Influence is the share held with the survivor. x_i = max(0, ln(p_i / l) / a), the water level l such
    that the shares add up to 1: forces too weak for their chance drop out.

    Args:
        p: chances of survival, 0 or more, adding up to 1.
        aversion: absolute risk aversion a, above 0.
    """
    p = _chances(p)
    if not 0 < aversion < math.inf:
        raise InputError(f"risk aversion must be above 0 and finite; it is {aversion}")
    logs = np.log(np.sort(p[p > 0])[::-1])
    levels = (np.cumsum(logs) - aversion) / np.arange(1, len(logs) + 1)
    level = levels[np.flatnonzero(logs > levels)[-1]]
    with np.errstate(divide="ignore"):
        return np.maximum(0.0, (np.log(p) - level) / aversion)


def entropy(p: Sequence[float]) -> float:
    """Return H(p) in nats: what knowing the survivor beforehand is worth to a bettor with log utility."""
    p = _chances(p)
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def mutual_information(p: Sequence[float], likelihood: np.ndarray) -> float:
    """Return I(S; W) in nats: what a signal about the survivor is worth to a bettor with log utility.

    Args:
        p: chances of survival of the n forces.
        likelihood: `[forces, signals]`, chance of each signal where that force is the survivor.
    """
    p, likelihood = _chances(p), np.asarray(likelihood, dtype=float)
    if likelihood.ndim != 2 or len(likelihood) != len(p) or not np.allclose(likelihood.sum(axis=1), 1):
        raise InputError("a likelihood needs a row of signal chances for each force, each adding up to 1")
    joint = p[:, None] * likelihood
    product = p[:, None] * joint.sum(axis=0)
    seen = joint > 0
    return float((joint[seen] * np.log(joint[seen] / product[seen])).sum())


def payoff_table(model: OnePeriod, shares: Sequence[float], *, states: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the model's payoffs as search, metrics and value of information take them.

    Args:
        model: the situation.
        shares: the strategies: shares of engagement for force 1.
        states: how many equally likely states; p times this must be a whole number.

    Returns:
        Payoffs `[strategies, states]`, and the unknown that decides them `[states]`: 1.0 where force 1 is
        the survivor, spread evenly over the states.

    Raises:
        InputError: p cannot be shown by that many states.
    """
    count = round(model.p * states)
    if states < 1 or abs(count - model.p * states) > 1e-9 * states:
        raise InputError(f"p = {model.p} is no whole number of {states} states; choose another number")
    edges = (np.arange(states + 1) * count) // states
    survivor = np.diff(edges).astype(float)
    if_first, if_second = influence(model, np.asarray(shares, dtype=float))
    return np.where(survivor == 1, if_first[:, None], if_second[:, None]), survivor


def _chances(p: Sequence[float]) -> np.ndarray:
    p = np.asarray(p, dtype=float)
    if p.ndim != 1 or not (p >= 0).all() or not math.isclose(p.sum(), 1, abs_tol=1e-9):
        raise InputError(f"chances of survival are 0 or more and add up to 1; these were given: {p.tolist()}")
    return p


def _log_cosh(x: float) -> float:
    return abs(x) + math.log1p(math.exp(-2 * abs(x))) - math.log(2)


def _peak(function: Callable[[np.ndarray | float], np.ndarray], *, margin: float = 0.0) -> float:
    """Return where on [margin, 1 - margin] a smooth function of a share is highest."""
    from scipy.optimize import minimize_scalar

    grid = np.linspace(margin, 1 - margin, _GRID)
    at = int(np.argmax(function(grid)))
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, _GRID - 1)]
    found = minimize_scalar(
        lambda x: -float(function(x)), bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    )
    return float(found.x) if -found.fun > float(function(grid[at])) else float(grid[at])
