"""Two situations on the same draws: what is worth what in each, state by state, and so what moved.

Source: MODEL.md §5; common random numbers: Glasserman and Yao 1992, Management Science 38.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.findings.digest import ends
from equipoise.futures.play import Plan, batches
from equipoise.scenario import Scenario
from equipoise.scenario.names import order_names
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

BEST, GAP = "best", "gap"
"""What the best strategy pays, and by how much it leads the second."""


@dataclass(frozen=True, eq=False)
class Situation:
    """One scenario, played.

    Attributes:
        ranking: strategies by mean payoff, the best first.
        rows: by metric, one number a state [states]: `best` and `gap` (none with one strategy), `payoff.STRATEGY`, and
            under the best strategy the chances `falls.FORCE` and `orders.ORDER`.
    """

    ranking: tuple[str, ...]
    rows: Mapping[str, np.ndarray]


def played(
    scenario: Scenario, strategies: Sequence[str], with_: Mapping[str, str], plan: Plan, workers: int | None
) -> Situation:
    """Play strategies of the focus through a plan's futures.

    Args:
        scenario: resolved. strategies: names, all there. with_: strategies of other patrons by name.
        plan: which states and chance. workers: threads.
    """
    profiles = [{**with_, scenario.focus: name} for name in strategies]
    player = Player(compile_world(scenario, profiles=profiles), seed=plan.seed)
    payoffs, shares = [], []
    for batch in batches(player, plan, workers=workers):
        payoff = player.columns.values(batch.outcomes, "payoff")
        payoffs.append(payoff.reshape(len(payoff), batch.states, plan.chance).mean(axis=2))
        shares.append(ends(player, batch))
    f = np.concatenate(payoffs, axis=1)
    order = np.argsort(-f.mean(axis=1), kind="stable")
    best = int(order[0])
    rows = {BEST: f[best]} | ({GAP: f[best] - f[order[1]]} if len(order) > 1 else {})
    rows |= {f"payoff.{name}": f[d] for d, name in enumerate(strategies)}
    chances = {key: np.concatenate([part[key] for part in shares]) for key in shares[0] if key[0] == best}
    orders = order_names(player.world.forces)
    rows |= {f"falls.{j}": chances[best, "fallen", j] for j in player.world.forces}
    rows |= {f"orders.{name}": chances[best, "order", code] for code, name in enumerate(orders)}
    return Situation(tuple(strategies[d] for d in order), rows)
