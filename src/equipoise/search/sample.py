"""States of the world drawn once, on which any strategies can be played with the same chance.

A search plays hundreds of candidates on the same states; drawing those states costs more than playing some of
the candidates, and they do not depend on who does what. So the numbers of the states are kept, and only the
base weights of eq. 1, which belong to the strategies, are put in anew for each batch of profiles.

What a future gives depends on nothing but the world, the seed and its own number, so a candidate's payoff is
the one that `run` would give it on these states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from equipoise.draws.values import Overrides, Values, changed
from equipoise.futures.play import workers_of
from equipoise.scenario.model import Scenario, Strategy
from equipoise.world.compile import World, compile_world
from equipoise.world.kernel.lanes import LANES
from equipoise.world.parameters import Parameters, parameters_from, parameters_of
from equipoise.world.player import Memory, Player, Prepared

GROUP = 48
"""Profiles played at once; more would leave the processor's cache."""
Profile = Mapping[str, str]
Extra = Mapping[str, Mapping[str, Strategy]]


@dataclass(frozen=True)
class Means:
    """Means over chance of some outcomes.

    Attributes:
        names: of the outcomes. values: float64 [outcomes, profiles, states].
    """

    names: tuple[str, ...]
    values: np.ndarray

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[self.names.index(name)]


class Sample:
    """Consecutive states of a scenario from the first on, and everything to play strategies on them.

    Args:
        scenario: checked, resolved, under the beliefs that are asked for.
        states: how many. chance: streams a state. seed: of states and chance.
        scored: patrons whose payoff is wanted, the focus first; only the focus by default.
        workers: threads; one for each processor by default.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        states: int,
        chance: int,
        seed: int,
        scored: tuple[str, ...] | None = None,
        workers: int | None = None,
    ) -> None:
        self.scenario, self.states, self.chance, self.seed = scenario, states, chance, seed
        self.scored, self.workers = scored, workers_of(workers)
        self._world = compile_world(scenario, profiles=[{}])
        self._drawn = parameters_of(self._world, 0, states, seed=seed)

    @property
    def futures(self) -> int:
        """How many futures each profile is played through."""
        return self.states * self.chance

    @property
    def values(self) -> Values:
        """The value of every number by path: an array over the states, or a scalar array where it is certain."""
        return self._drawn.values

    def changed(self, overrides: Overrides) -> Sample:
        """Return the same states, met with the same chance, with some of their numbers changed.

        Raises:
            InputError: a path that the scenario does not have.
        """
        other = copy(self)
        values = changed(self.values, self._world.numbers, overrides)
        other._drawn = parameters_from(self._world, values, self.states)
        return other

    def means(
        self,
        profiles: Sequence[Profile],
        outcomes: Sequence[str] = ("payoff",),
        *,
        extra: Extra | None = None,
        chance: int | None = None,
    ) -> Means:
        """Play profiles and return the mean over chance of some outcomes in every state.

        Args:
            profiles: a strategy by patron, one mapping a profile; the others follow their default.
            outcomes: names of `Player.columns`.
            extra: strategies by patron and name, beyond those of the scenario.
            chance: the first so many streams of each state only.

        Raises:
            InputError: a profile names a patron or strategy that there is not.
        """
        return self.means_of(self.players(profiles, extra), outcomes, chance=chance)

    def players(self, profiles: Sequence[Profile], extra: Extra | None = None) -> tuple[Player, ...]:
        """Return profiles ready to be played, in groups; for any sample of the same scenario, changed or not.

        Raises:
            InputError: a profile names a patron or strategy that there is not.
        """
        made = []
        for begin in range(0, len(profiles), GROUP):
            group = [dict(profile) for profile in profiles[begin : begin + GROUP]]
            named = {
                i: {n: s for n, s in own.items() if any(p.get(i) == n for p in group)}
                for i, own in (extra or {}).items()
            }
            world = compile_world(self.scenario, profiles=group, extra=named, numbers=self._world.numbers)
            made.append(Player(world, seed=self.seed, scored=self.scored))
        return tuple(made)

    def means_of(
        self, players: Sequence[Player], outcomes: Sequence[str] = ("payoff",), *, chance: int | None = None
    ) -> Means:
        """Play what `players` gave, as `means` does."""
        streams = self.chance if chance is None else chance
        parts = [self._play(player, outcomes, streams) for player in players]
        return Means(tuple(outcomes), np.concatenate(parts, axis=1))

    def _play(self, player: Player, outcomes: Sequence[str], chance: int) -> np.ndarray:
        prepared = player.prepare(with_base(self._drawn, player.world))
        futures = np.arange(self.states * chance)
        size = LANES * -(-len(futures) // (LANES * self.workers))
        chunks = [futures[begin : begin + size] for begin in range(0, len(futures), size)]
        with ThreadPoolExecutor(self.workers) as threads:
            played = list(
                threads.map(lambda chunk: _chunk(player, prepared, chunk, chance, outcomes), chunks)
            )
        values = np.concatenate(played, axis=2)
        return values.reshape(len(outcomes), len(player.world.profiles), self.states, chance).mean(axis=3)


def _chunk(
    player: Player, prepared: Prepared, futures: np.ndarray, chance: int, outcomes: Sequence[str]
) -> np.ndarray:
    played = player.play(prepared, futures, chance=chance, first_state=0, memory=Memory(player, keep=False))
    return np.stack([player.columns.values(played.outcomes, name) for name in outcomes])


def with_base(drawn: Parameters, world: World) -> Parameters:
    """Return the parameters with the base weights of a world's policies [states, policies, forces]."""
    n = drawn.states
    base = np.empty((n, len(world.policies), len(world.forces)))
    for k, row in enumerate(world.policies):
        for j, weight in enumerate(row.base):
            base[:, k, j] = drawn.values.get(weight, 0.0) if isinstance(weight, str) else weight
    return replace(drawn, arrays={**drawn.arrays, "base": base})
