"""States of the world drawn once, on which any strategies can be played with the same chance.

A search plays hundreds of candidates on the same states; drawing those states costs more than playing some of
the candidates, and they do not depend on who does what. So the numbers of the states are kept, and only the
base weights of eq. 1, which belong to the strategies, are put in anew for each batch of profiles.

What a future gives depends on nothing but the world, the seed and its own number, so a candidate's payoff is
the one that `run` would give it on these states.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
"""Profiles played at once by a thread; more would leave the processor's cache."""
FEW = 12
"""Profiles that are not worth sharing out: what is drawn and made ready for a group takes as long as to play some."""
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
        return self.means_of(self.players(profiles, extra, chance=chance), outcomes, chance=chance)

    def players(
        self, profiles: Sequence[Profile], extra: Extra | None = None, *, chance: int | None = None
    ) -> tuple[Player, ...]:
        """Return profiles ready to be played, in groups; for any sample of the same scenario, changed or not.

        Where the futures are too few to be shared out to the threads, the profiles are. No payoff depends on that.

        Raises:
            InputError: a profile names a patron or strategy that there is not.
        """
        blocks = -(-self.states * (self.chance if chance is None else chance) // LANES)
        shares = min(-(-self.workers // blocks), len(profiles) // FEW)
        groups, made = max(-(-len(profiles) // GROUP), shares), []
        for places in np.array_split(np.arange(len(profiles)), groups) if profiles else ():
            group = [dict(profiles[place]) for place in places]
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
        futures = np.arange(self.states * streams)
        size = LANES * -(-len(futures) // (LANES * self.workers))
        chunks = [futures[begin : begin + size] for begin in range(0, len(futures), size)]
        with ThreadPoolExecutor(self.workers) as threads:

            def begun(player: Player) -> list[Future[np.ndarray]]:
                prepared = player.prepare(with_base(self._drawn, player.world))
                return [
                    threads.submit(_chunk, player, prepared, chunk, streams, outcomes) for chunk in chunks
                ]

            groups, parts = deque(begun(player) for player in players), []
            try:
                while groups:  # a group's futures are let go of once they are means
                    values = np.concatenate([chunk.result() for chunk in groups.popleft()], axis=2)
                    parts.append(values.reshape(*values.shape[:2], self.states, streams).mean(axis=3))
            finally:
                threads.shutdown(cancel_futures=True)
        return Means(tuple(outcomes), np.concatenate(parts, axis=1))


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
