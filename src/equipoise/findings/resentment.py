"""The duplicity at which the hedge stops paying: the same states played again at other levels of duplicity.

Without duplicity resentment never deters hedging (THEORY §3); with enough of it, a one-sided strategy
overtakes. Every force's duplicity is multiplied by the same factor; where the scenario has none, a level is
set for all. The states, the chance streams and every other number stay the same.

There is one such number: the factor at which the best hedge is worth as much as the best one-sided strategy, played
at that factor (`turning`), with its 95 % interval. The run finds it; exploring takes it over, and finds those of the
other resentments in the same way (`scan`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.findings.found import DuplicityScan, StrategyFound
from equipoise.findings.turning import Turning, turning
from equipoise.futures.play import Plan
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Memory, Player

MULTIPLIERS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
UNIT = 0.05
"""Level at multiplier 1 where the scenario has no duplicity."""
HEDGED, ONE_SIDED = 0.3, 0.05
"""Mean hedge index from which a strategy counts as a hedge, and below which as one-sided."""

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


def sides(strategies: Mapping[str, StrategyFound]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hedges and the one-sided strategies among those of a run; the others are neither.

    A hedge spreads its effort over rivals (mean hedge index of 0.3 or more); a one-sided strategy engages somebody
    and hardly spreads it (below 0.05).
    """
    hedges = tuple(n for n, found in strategies.items() if found.hedge_index >= HEDGED)
    single = tuple(
        n
        for n, found in strategies.items()
        if found.hedge_index < ONE_SIDED and sum(found.allocation.values()) > 0.5
    )
    return hedges, single


def duplicity_scan(
    player: Player, plan: Plan, strategies: Mapping[str, StrategyFound], *, states: int = 256, chance: int = 4
) -> DuplicityScan:
    """Play every hedge and one-sided strategy at several levels of duplicity.

    Args:
        player: of the run. plan: its sizes and seed. strategies: what it found of them.
        states, chance: how many futures each level is given.
    """
    small = Plan(min(states, plan.states), chance, plan.seed)
    parameters = parameters_of(player.world, 0, small.states, seed=plan.seed)
    names = [profile.name for profile in player.world.profiles]
    hedges, single = sides({name: strategies[name] for name in names})
    memory = Memory(player, keep=False)

    def play(multiplier: float) -> Payoffs:
        found = _payoffs(player, small, at_level(parameters, multiplier), memory)
        return dict(zip(names, found, strict=True))

    found = scan(play, hedges=hedges, one_sided=single) if hedges and single else None
    payoffs = [play(m) for m in MULTIPLIERS] if found is None else found.payoffs
    levels = np.stack([at_level(parameters, m).duplicity.mean(axis=0) for m in MULTIPLIERS])
    turned = None if found is None else found.turning
    return DuplicityScan(
        multipliers=MULTIPLIERS,
        levels={j: tuple(levels[:, n].tolist()) for n, j in enumerate(player.world.forces)},
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


def at_level(parameters: Parameters, multiplier: float) -> Parameters:
    """Return the parameters with every duplicity times `multiplier` (or that many units, where there is none)."""
    duplicity = parameters.duplicity
    scaled = duplicity * multiplier if duplicity.any() else np.full_like(duplicity, UNIT * multiplier)
    return replace(parameters, arrays={**parameters.arrays, "duplicity": scaled})


def _payoffs(player: Player, plan: Plan, parameters: Parameters, memory: Memory) -> np.ndarray:
    """Return f(d, s) [profiles, states]."""
    futures = np.arange(plan.futures)
    played = player.play(
        player.prepare(parameters), futures, chance=plan.chance, first_state=0, memory=memory
    )
    payoff = player.columns.values(played.outcomes, "payoff")
    return payoff.reshape(len(payoff), plan.states, plan.chance).mean(axis=2)
