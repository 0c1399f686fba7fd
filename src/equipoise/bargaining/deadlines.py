"""Deadlines and power shifts: why talks bunch at a deadline, and why a known shift of power blocks a deal.

**Deadlines.** Two optimists bargain over one pie before a deadline T periods away. Each period one of them,
by a fair coin, makes the offer; each thinks the coin falls its way with chance p = (1 + y) / 2, y being its
optimism. Agreement at the deadline is worth `patience` of agreement now, delta = patience^(1/T) a period.
With V the worth of going on, as each sees it, and c = delta V(t + 1):

    they try to agree at t exactly if 2 c <= 1;   then V(t) = p (1 - c) + (1 - p) c, otherwise V(t) = c

A firm deadline ends talks: V(T + 1) = 0. A deadline that may fall after any period with chance 1/T makes V
the same in every period, V = p / (1 + y delta'), delta' = delta (1 - 1/T), and then 2 delta' V <= 1 always
holds. An attempt to close slips with a chance that neither side counts on; one that slips at the deadline is
lost. Optimism differs between pairs, uniformly from 0 to its most. Sources: Yildiz (2004), *Waiting to
persuade*, and Yildiz (2003) for the stationary case; Roth, Murnighan and Schoumaker (1988), *The deadline
effect in bargaining*, for what it must show. The slip is our addition: without it nobody who waits fails.

**Power shifts.** A party whose power is known to rise by dp over stakes V cannot bind itself to forgo what it
will then be able to ask; the other prefers no deal when dp V exceeds the surplus a deal leaves. Sources:
Fearon (1995), *Rationalist explanations for war*; Powell (2006), *War as a commitment problem*.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from equipoise.errors import InputError

_OPTIMISTS = 401


@dataclass(frozen=True, kw_only=True)
class DeadlineRules:
    """The deadline model's numbers; none of them comes from a scenario.

    Attributes:
        periods: how many times the two can meet before the deadline.
        optimism: the greatest optimism y, 0 to 1; 0 for two who agree on their chances.
        patience: worth of an agreement at the deadline, as a share of its worth now.
        slip: chance that an attempt to close fails that period, which neither side counts on.
    """

    periods: int = 50
    optimism: float = 0.5
    patience: float = 0.9
    slip: float = 0.2

    def __post_init__(self) -> None:
        if self.periods < 1:
            raise InputError(f"periods: {self.periods} given; at least 1 is needed")
        for name in ("optimism", "patience", "slip"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name}: {getattr(self, name)} given; it lies between 0 and 1")


@dataclass(frozen=True)
class Timing:
    """When agreements come, and how many never do.

    Attributes:
        by_period: chance of agreement in each period.
        agreed: chance of agreement before the deadline falls.
        last_tenth: share of agreements that come in the last tenth of the periods.
        median_period: the period by which half of all agreements have come; 0 if there are none.
    """

    by_period: np.ndarray
    agreed: float
    last_tenth: float
    median_period: int

    def to_dict(self) -> dict[str, Any]:
        """Return the timing as plain data."""
        return asdict(self) | {"by_period": self.by_period.tolist()}


def _timing(by_period: np.ndarray) -> Timing:
    agreed = float(by_period.sum())
    last = max(1, round(0.1 * len(by_period)))
    if agreed <= 0:
        return Timing(by_period, 0.0, 0.0, 0)
    median = int(np.searchsorted(np.cumsum(by_period), 0.5 * agreed)) + 1
    return Timing(by_period, agreed, float(by_period[-last:].sum()) / agreed, median)


def firm_deadline(rules: DeadlineRules) -> Timing:
    """Return when agreements come before a deadline everybody knows and nobody can move."""
    p = 0.5 * (1.0 + np.linspace(0.0, rules.optimism, _OPTIMISTS))
    delta, a = rules.patience ** (1.0 / rules.periods), 1.0 - rules.slip
    worth = np.zeros(_OPTIMISTS)
    tries = np.empty((rules.periods, _OPTIMISTS), bool)
    for t in range(rules.periods - 1, -1, -1):
        c = delta * worth
        tries[t] = 2.0 * c <= 1.0
        worth = np.where(tries[t], p * (1.0 - c) + (1.0 - p) * c, c)
    success = np.where(tries, a, 0.0)
    return _timing(_mean_over_optimism(_before(success) * success))


def _before(success: np.ndarray) -> np.ndarray:
    """Return the chance of still talking at the start of each period."""
    going_on = np.cumprod(1.0 - success, axis=0)
    return np.vstack([np.ones(success.shape[1]), going_on[:-1]])


def _mean_over_optimism(values: np.ndarray) -> np.ndarray:
    """Return the mean over evenly spread optimism (trapezoid rule)."""
    weight = np.ones(values.shape[1])
    weight[[0, -1]] = 0.5
    return values @ weight / weight.sum()


def random_deadline(rules: DeadlineRules) -> Timing:
    """Return when agreements come where the deadline may fall after any period, 1/T each."""
    a, lasts = 1.0 - rules.slip, 1.0 - 1.0 / rules.periods
    return _timing(a * ((1.0 - a) * lasts) ** np.arange(rules.periods))


def deadline_analysis(deal: float) -> dict[str, Any]:
    """Return firm against random deadline, and what each leaves of a chance of a deal.

    Args:
        deal: chance of a deal were there time enough.
    """
    rules = DeadlineRules()
    both = {"firm": firm_deadline(rules), "random": random_deadline(rules)}
    return {
        "rules": asdict(rules),
        **{kind: timing.to_dict() | {"deal": deal * timing.agreed} for kind, timing in both.items()},
    }


def shift_blocks(shift: np.ndarray, surplus: np.ndarray, *, stakes: float | np.ndarray = 1.0) -> np.ndarray:
    """Say where a predictable shift of power blocks a deal: shift x stakes > surplus.

    Args:
        shift: change in the chance to prevail that all foresee, 0 to 1.
        surplus: what a deal leaves over what both can get without, in units of the stakes.
        stakes: worth of prevailing.
    """
    return np.abs(np.asarray(shift, float)) * stakes > surplus


def deals_under_shift(deals: np.ndarray, surplus: np.ndarray) -> dict[str, Any]:
    """Return the chance of a deal for each predictable shift of power, and the largest it survives.

    A withdrawal announced to run for n weeks at a speed of v a week is a shift of v n; the faster it is
    announced to go, the larger the shift within the life of the deal.

    Args:
        deals: shape (n,), draws in which a deal would be struck.
        surplus: shape (n,), the room for agreement as a share of the stakes.
    """
    shifts = np.linspace(0.0, 1.0, 21)
    chance = np.array([np.mean(deals & ~shift_blocks(s, surplus)) for s in shifts])
    room = np.sort(np.where(deals, surplus, -1.0))[::-1]
    likely = float(room[len(room) // 2]) if np.mean(deals) > 0.5 else None
    return {"shifts": shifts.tolist(), "deal": chance.tolist(), "largest_survived": likely}
