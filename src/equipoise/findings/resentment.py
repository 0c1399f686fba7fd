"""The duplicity at which the hedge stops paying: the same states played again at other levels of duplicity.

Without duplicity resentment never deters hedging (THEORY §3); with enough of it, a one-sided strategy
overtakes. Every force's duplicity is multiplied by the same factor; where the scenario has none, a level is
set for all. The states, the chance streams and every other number stay the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from equipoise.draws.sampling import SCRAMBLES
from equipoise.findings.compare import standard_error
from equipoise.futures.play import Plan, parameters_of
from equipoise.world.parameters import Parameters
from equipoise.world.player import Memory, Player

MULTIPLIERS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
UNIT = 0.05
"""Level at multiplier 1 where the scenario has no duplicity."""
HEDGED, ONE_SIDED = 0.3, 0.05
"""Mean hedge index from which a strategy counts as a hedge, and below which as one-sided."""


def duplicity_scan(
    player: Player, plan: Plan, summary: dict[str, Any], *, states: int = 128, chance: int = 4
) -> dict[str, Any]:
    """Play every hedge and one-sided strategy at several levels of duplicity.

    Args:
        player: of the run. plan: its sizes and seed. summary: of the run, for each strategy's hedge index.
        states, chance: how many futures each level is given.

    Returns:
        `multipliers`, `levels` by force (mean over states), `hedges`, `one_sided`, `payoff` and `se` by strategy,
        and the `threshold` multiplier at which the best one-sided strategy overtakes the best hedge, None where
        it does not happen in the range; `futures` at each level.
    """
    small = Plan(min(states, plan.states), chance, plan.seed)
    parameters = parameters_of(player.world, 0, small.states, seed=plan.seed)
    names = [profile.name for profile in player.world.profiles]
    found = {name: summary["strategies"][name] for name in names}
    hedges = [name for name in names if found[name]["hedge_index"] >= HEDGED]
    single = [
        n for n in names if found[n]["hedge_index"] < ONE_SIDED and sum(found[n]["allocation"].values()) > 0.5
    ]
    memory = Memory(player, keep=False)
    f = np.stack([_payoffs(player, small, at_level(parameters, m), memory) for m in MULTIPLIERS])
    levels = np.stack([at_level(parameters, m).duplicity.mean(axis=0) for m in MULTIPLIERS])
    means = f.mean(axis=2)
    return {
        "multipliers": list(MULTIPLIERS),
        "levels": {j: levels[:, n].tolist() for n, j in enumerate(player.world.forces)},
        "hedges": hedges,
        "one_sided": single,
        "payoff": {name: means[:, d].tolist() for d, name in enumerate(names)},
        "se": {
            name: [standard_error(level[d], scrambles=SCRAMBLES) for level in f]
            for d, name in enumerate(names)
        },
        "threshold": _threshold(means, [names.index(n) for n in hedges], [names.index(n) for n in single]),
        "futures": small.futures,
    }


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
    payoff = played.outcomes[:, player.columns["payoff"]].astype(float)
    return payoff.reshape(len(payoff), plan.states, plan.chance).mean(axis=2)


def _threshold(means: np.ndarray, hedges: list[int], single: list[int]) -> float | None:
    """Return the multiplier at which the best one-sided payoff first rises above the best hedge's."""
    if not hedges or not single:
        return None
    gap = means[:, hedges].max(axis=1) - means[:, single].max(axis=1)
    for n in range(1, len(gap)):
        if gap[n - 1] > 0 >= gap[n]:
            share = gap[n - 1] / (gap[n - 1] - gap[n])
            return float(MULTIPLIERS[n - 1] + share * (MULTIPLIERS[n] - MULTIPLIERS[n - 1]))
    return None
