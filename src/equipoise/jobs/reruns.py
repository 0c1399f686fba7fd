"""The first states of a study played again with some inputs changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.values import changed
from equipoise.futures.play import Plan, Pool
from equipoise.jobs.states import narrowed
from equipoise.jobs.study import Study
from equipoise.world.parameters import Parameters, parameters_from, parameters_of

if TYPE_CHECKING:
    from equipoise.exploration import Override

RERUN_STATES, RERUN_CHANCE = 512, 4
"""States, and chance streams in each, that are played again for each change: 2,048 futures."""


class Reruns:
    """Plays the first states of a study again with some inputs changed: an `exploration.Evaluate`.

    Args:
        study: whose first states and chance streams are played.
        names: strategies of the focus patron.
    """

    def __init__(self, study: Study, names: tuple[str, ...]) -> None:
        plan = study.plan
        self.plan = Plan(min(RERUN_STATES, plan.states), min(RERUN_CHANCE, plan.chance), plan.seed)
        self.names, self.player = names, narrowed(study, names)
        self.drawn = parameters_of(self.player.world, 0, self.plan.states, seed=plan.seed)
        self.count = 0

    def __call__(self, overrides: Mapping[str, Override]) -> dict[str, np.ndarray]:
        """Return the payoff f(d, s) of every strategy, a path that the scenario lacks left as it is."""
        self.count += 1
        with Pool(self.player) as pool:
            return dict(
                zip(self.names, pool.payoffs(self._changed(overrides), self.plan.chance), strict=True)
            )

    def to_dict(self) -> dict[str, int]:
        """Return how many states and chance streams were played how often."""
        return {"states": self.plan.states, "chance": self.plan.chance, "count": self.count}

    def _changed(self, overrides: Mapping[str, Override]) -> Parameters:
        world = self.player.world
        known = {path: override for path, override in overrides.items() if path in world.numbers}
        return parameters_from(world, changed(self.drawn.values, world.numbers, known), self.plan.states)
