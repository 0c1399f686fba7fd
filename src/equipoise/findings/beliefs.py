"""Choices under different beliefs, and under a pool of holders, compared state by state.

A holder's beliefs change the numbers of some inputs; the states are otherwise the same, draw by draw, and so
is the chance. What a choice is worth there and here can therefore be compared in pairs, and is known far
better than either worth. Two differences matter: what the holder's choice gains over the analyst's where the
holder is right, and what it loses where the analyst is.

What a strategy is worth under a pool is the weighted mean of what it is worth under each holder, since each state takes
one holder's numbers. So runs under each holder, on the same draws, say everything: the pool's choice, what it gives up
where a holder is right, and what it would be worth to know who is.

Source: MODEL.md §4; common random numbers; value of perfect information: Howard 1966.
"""

from __future__ import annotations

from collections.abc import Mapping
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

    def worths(self) -> dict[str, float]:
        """Return mean payoff by strategy."""
        return {name: estimate(row).mean or 0.0 for name, row in zip(self.names, self.f, strict=True)}

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


def of_pool(
    weights: Mapping[str, float],
    without: Mapping[str, Mapping[str, float]],
    played: Mapping[str, PlayedThere],
) -> dict[str, Any]:
    """Value a pool's choice.

    Args:
        weights: by holder, adding up to 1.
        without: the weights of the others, by the holder who is left out.
        played: the strategies under each holder's beliefs, on the same draws.

    Returns:
        `best` under the pool and its `worth`; `value_of_knowing` which holder is right, with `told_apart`; and for each
        of the `holders` its `weight`, its `best`, what the pool's choice `gives_up` where it is right, and the best
        `without` it (None where nobody is left).
    """
    names = next(iter(played.values())).names
    f = {holder: played[holder].f for holder in weights}
    mixed = _mixed(f, weights)
    best = _best(mixed)
    rows, knowing = [], np.zeros(mixed.shape[1])
    for holder, weight in weights.items():
        own = _best(f[holder])
        lost = f[holder][own] - f[holder][best]
        knowing += weight * lost
        rest = without[holder]
        rows.append(
            {
                "holder": holder,
                "weight": weight,
                "best": names[own],
                "gives_up": estimate(lost).plain(),
                "without": names[_best(_mixed(f, rest))] if rest else None,
            }
        )
    value = estimate(knowing)
    return {
        "best": names[best],
        "worth": estimate(mixed[best]).plain(),
        "value_of_knowing": value.plain(),
        "told_apart": value.told_apart,
        "holders": rows,
    }


def _mixed(f: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    return sum((weight * f[holder] for holder, weight in weights.items()), np.zeros(1))


def _best(f: np.ndarray) -> int:
    return int(f.mean(axis=1).argmax())
