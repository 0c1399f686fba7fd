"""Choices under different beliefs, compared state by state.

A holder's beliefs change the numbers of some inputs; the states are otherwise the same, draw by draw, and so
is the chance. What a choice is worth there and here can therefore be compared in pairs, and is known far
better than either worth. Two differences matter: what the holder's choice gains over the analyst's where the
holder is right, and what it loses where the analyst is.

Source: MODEL.md §4; common random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.findings.compare import best_in_state


@dataclass(frozen=True, eq=False)
class PlayedThere:
    """The strategies played under one holder's beliefs.

    Attributes:
        names: of the strategies. f: mean payoff over chance [strategies, states].
    """

    names: tuple[str, ...]
    f: np.ndarray

    def worths(self) -> dict[str, tuple[float, float]]:
        """Return mean payoff and its standard error by strategy; the error is 0 where it is undefined."""
        found = {name: estimate(row) for name, row in zip(self.names, self.f, strict=True)}
        return {name: (one.mean or 0.0, one.se or 0.0) for name, one in found.items()}

    def worth(self, name: str) -> Estimate:
        """Return a strategy's mean payoff."""
        return estimate(self.f[self.names.index(name)])

    def lead(self, one: str, other: str) -> Estimate:
        """Return how much more one strategy pays than another, state by state."""
        return estimate(self.f[self.names.index(one)] - self.f[self.names.index(other)])

    def chance_best(self, name: str) -> float:
        """Return the share of states in which a strategy has the highest payoff."""
        return float(best_in_state(self.f)[self.names.index(name)].mean())


def choice(there: PlayedThere, analyst: PlayedThere, best: str, own: str) -> dict[str, Any]:
    """Value a holder's choice where the holder is right and where the analyst is.

    Args:
        there: played under the holder's beliefs. analyst: under the analyst's inputs.
        best: the holder's choice. own: the analyst's.

    Returns:
        `worth_there` and `worth_to_analyst` of the choice; `gain_there`, its lead there over the analyst's
        choice; `loss`, the lead of the analyst's choice over it under the analyst's inputs; `chance_best`
        there; `told_apart`, whether the lead there is more than simulation error.
    """
    gain, loss = there.lead(best, own), analyst.lead(own, best)
    return {
        "worth_there": there.worth(best).plain(),
        "worth_to_analyst": analyst.worth(best).plain(),
        "gain_there": gain.plain(),
        "loss": loss.plain(),
        "chance_best": there.chance_best(best),
        "told_apart": best != own and gain.told_apart and (gain.mean or 0.0) > 0,
    }
