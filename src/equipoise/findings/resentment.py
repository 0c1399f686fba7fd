"""The resentment at which the hedge stops paying: the same states played again, the focus patron resented more or less.

Without resentment of double dealing nothing deters hedging (THEORY §3); with enough of it, a one-sided strategy
overtakes. How much every force resents the focus patron for the company it keeps (`resented`, eq. 5) is multiplied by
one factor. Nobody else's is: scaling everybody's makes a one-sided strategy better off with more resentment, because
its rivals suffer. The states, the chance streams and every other number stay the same.

There is one such number: the factor at which the best hedge is worth as much as the best one-sided strategy, played
at that factor (`turning`), with its 95 % interval. The run finds it; exploring takes it over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.findings.found import ResentmentScan, StrategyFound
from equipoise.findings.hedges import sides
from equipoise.findings.turning import Turning, turning
from equipoise.futures.play import Plan, Pool
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Player

STATES, CHANCE = 256, 4
"""How many futures each level of resentment is given."""
MULTIPLIERS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)

Payoffs = Mapping[str, np.ndarray]
"""Payoff of each strategy in each state, the mean over its chance streams."""


@dataclass(frozen=True)
class Scan:
    """The best hedge against the best one-sided strategy as resentment is multiplied.

    Attributes:
        multipliers: factors on resentment, rising; 1 is the scenario as written.
        payoffs: at each, the payoff of every strategy in every state.
        lead, se: at each, mean payoff of the best hedge less that of the best one-sided strategy, and its standard
            error, paired by state.
        hedge, one_sided: the best of each kind at each.
        turning: the factor at which the lead falls through 0, None where it does not.
    """

    multipliers: tuple[float, ...]
    payoffs: tuple[Payoffs, ...]
    lead: tuple[float, ...]
    se: tuple[float | None, ...]
    hedge: tuple[str, ...]
    one_sided: tuple[str, ...]
    turning: Turning | None


def scan(
    play: Callable[[float], Payoffs],
    *,
    hedges: Sequence[str],
    one_sided: Sequence[str],
    multipliers: Sequence[float] = MULTIPLIERS,
) -> Scan:
    """Return the best hedge's lead at several multiples of resentment, and where it falls through 0.

    Args:
        play: payoff of every strategy in every state at a multiple of resentment.
        hedges, one_sided: strategies of each kind, one of each at least.
        multipliers: factors to try, rising.
    """

    def best(payoff: Payoffs, names: Sequence[str]) -> str:
        return max(names, key=lambda name: float(payoff[name].mean()))

    def gap(payoff: Payoffs) -> np.ndarray:
        return payoff[best(payoff, hedges)] - payoff[best(payoff, one_sided)]

    play = cache(play)
    payoffs = tuple(play(m) for m in multipliers)
    leads = [estimate(gap(payoff)) for payoff in payoffs]
    means = [float(gap(payoff).mean()) for payoff in payoffs]
    fall = next((k for k in range(1, len(means)) if means[k - 1] > 0 >= means[k]), None)
    found = (
        None if fall is None
        else turning(lambda m: gap(play(m)), float(multipliers[fall - 1]), float(multipliers[fall]))
    )  # fmt: skip
    return Scan(
        tuple(multipliers), payoffs, tuple(means), tuple(lead.se for lead in leads),
        tuple(best(payoff, hedges) for payoff in payoffs),
        tuple(best(payoff, one_sided) for payoff in payoffs), found,
    )  # fmt: skip


def resentment_scan(player: Player, plan: Plan, strategies: Mapping[str, StrategyFound]) -> ResentmentScan:
    """Play every strategy with the focus patron resented more and less than the scenario says.

    Args:
        player: of the run. plan: its sizes and seed. strategies: what it found of them.
    """
    small = Plan(min(STATES, plan.states), CHANCE, plan.seed)
    parameters = parameters_of(player.world, 0, small.states, seed=plan.seed)
    names = [profile.name for profile in player.world.profiles]
    hedges, single = sides({name: strategies[name] for name in names})
    with Pool(player) as pool:

        def play(multiplier: float) -> Payoffs:
            found = pool.payoffs(resented(parameters, player.world.focus, multiplier), CHANCE)
            return dict(zip(names, found, strict=True))

        found = scan(play, hedges=hedges, one_sided=single) if hedges and single else None
        payoffs = [play(m) for m in MULTIPLIERS] if found is None else found.payoffs
    turned = None if found is None else found.turning
    return ResentmentScan(
        multipliers=MULTIPLIERS,
        hedges=hedges,
        one_sided=single,
        payoff={name: tuple(float(level[name].mean()) for level in payoffs) for name in names},
        se={name: tuple(estimate(level[name]).se for level in payoffs) for name in names},
        lead=None if found is None else found.lead,
        lead_se=None if found is None else found.se,
        best_hedge=None if found is None else found.hedge,
        best_one_sided=None if found is None else found.one_sided,
        threshold=None if turned is None else turned.value,
        low=None if turned is None else turned.low,
        high=None if turned is None else turned.high,
        futures=small.futures,
    )


def resented(parameters: Parameters, patron: int, multiplier: float) -> Parameters:
    """Return the parameters with one patron resented so many times as much by every force, the others as before."""
    more = parameters.resented.copy()
    more[:, patron] *= multiplier
    return replace(parameters, arrays={**parameters.arrays, "resented": more})
