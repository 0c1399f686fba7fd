"""Playing situations that differ by a move or two: what a move does not touch is kept from one to the next.

Numbers that were drawn are not drawn again, a situation of the same structure is not compiled again, and one in which
nothing but goals is moved is not played again (`findings.goals`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import TypeVar

import numpy as np

from equipoise.draws.values import Draw, draw, with_sources
from equipoise.findings.control import looks
from equipoise.findings.goals import Gain, Held, input_found, reweighed
from equipoise.findings.summary import summarise
from equipoise.findings.tally import Tally
from equipoise.findings.what_if import Played
from equipoise.futures.play import Batch, Plan, Pool, StoppedError, Traced, traces
from equipoise.scenario import Number, with_numbers
from equipoise.server.view import Situation
from equipoise.world.compile import World, compile_world
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Player

K = TypeVar("K")
V = TypeVar("V")
MOST_DRAWN = 4_000
"""Numbers of a stage kept as drawn: a scenario has hundreds, each move changes a few; 40 megabytes at most."""
MOST_WORLDS = 64
"""Structures kept as compiled: one for every set of ways of engaging that is played together."""
MOST_HELD = 12
"""Situations whose futures are kept to be weighed otherwise: 3 megabytes each at 20,000 futures of 14 strategies, and
1 for each goal moved."""


@dataclass(frozen=True, eq=False)
class HeldFutures:
    """Futures of a situation that may be weighed otherwise; `gains`: of the goals that were moved in it so far."""

    situation: Situation
    played: Played
    held: Held
    gains: dict[str, Gain] = field(default_factory=dict)

    def moved(self, asked: Situation) -> list[str]:
        """Return the goals in which another situation differs from this one."""
        paths = dict.fromkeys([*self.situation.goals, *asked.goals])
        return [path for path in paths if self.situation.everything[path].text != asked.everything[path].text]

    def lacks(self, asked: Situation) -> list[str]:
        """Return those of them of which it is not known what they gain."""
        return [path for path in self.moved(asked) if path not in self.gains]


class Playing:
    """Plays situations of one scenario on common draws, one at a time; may be used from several threads.

    Args:
        seed: of every random number. workers: threads.
    """

    def __init__(self, *, seed: int, workers: int | None) -> None:
        self.seed, self.workers = seed, workers
        self._drawn: dict[tuple[str, str, int, int], np.ndarray] = {}
        self._worlds: OrderedDict[tuple, World] = OrderedDict()
        self._held: OrderedDict[tuple[str, Plan], HeldFutures] = OrderedDict()
        self._lock = Lock()

    def play(self, situation: Situation, plan: Plan, *, stop: Event | None = None) -> Played:
        """Return what the futures of a situation say; weighed anew where others of it were played that only differ
        in goals.

        Raises:
            StoppedError: `stop` was set.
        """  # fmt: skip
        key = (situation.but_for_goals, plan)
        held = self._held.get(key)
        if held is None or held.lacks(situation):
            with self._lock:
                go_on(stop)
                held = self._held.get(key) or self._played(situation, plan, stop)
                keep(self._held, key, held, MOST_HELD)
                self._held.move_to_end(key)
                for path in held.lacks(situation):
                    held.gains[path] = self._gain(held, path, plan, stop)
        return self._weighed(held, situation, plan)

    def hold(self, situation: Situation, goal: str, plan: Plan, *, stop: Event | None = None) -> None:
        """Play what moves of a goal rest on, where the situation's futures are held and it is not known yet."""
        with self._lock:
            go_on(stop)
            held = self._held.get((situation.but_for_goals, plan))
            if held is not None and goal not in held.gains:
                held.gains[goal] = self._gain(held, goal, plan, stop)

    def is_held(self, situation: Situation, plan: Plan) -> bool:
        """Say whether the futures of a situation can be weighed without playing any."""
        held = self._held.get((situation.but_for_goals, plan))
        return held is not None and not held.lacks(situation)

    def batch(
        self, situation: Situation, plan: Plan, ways: Sequence[str] = (), *, stop: Event | None = None
    ) -> tuple[Player, Batch]:
        """Return the first batch of a situation's futures under some ways of engaging; under all if none is named."""
        with self._lock, Pool(self._player(situation, ways), self.workers, stop=stop) as pool:
            go_on(stop)
            return pool.player, self._batch(pool, plan, 0)

    def traced(
        self, situation: Situation, plan: Plan, way: str, *, stop: Event | None = None
    ) -> tuple[Player, Traced]:
        """Return the weekly series of a thousand futures under one way of engaging, and who controls what in them."""
        with self._lock, Pool(self._player(situation, (way,)), self.workers, stop=stop) as pool:
            go_on(stop)
            parameters = self._parameters(pool, plan, 0)
            seen = looks(pool.player)
            return pool.player, traces(
                pool.player, plan, looks=seen, limit=parameters.states, parameters=parameters
            )

    def _played(self, situation: Situation, plan: Plan, stop: Event | None) -> HeldFutures:
        player = self._player(situation)
        tally, parts = Tally(player, plan.chance), []
        with Pool(player, self.workers, stop=stop) as pool:
            for number in range(plan.batches):
                batch = self._batch(pool, plan, number)
                tally.add(batch)
                parts.append(Held.of(player, batch))
                go_on(stop)
        names = tuple(profile.name for profile in player.world.profiles)
        return HeldFutures(situation, Played(names, tally.f, summarise(tally)), Held.joined(parts))

    def _gain(self, held: HeldFutures, path: str, plan: Plan, stop: Event | None) -> Gain:
        """Play futures once more with a goal raised by 1 in every state."""
        now, one = (
            held.situation,
            Number(value=1.0),
        )  # a goal that is 0 counts for nothing, so it is made to count
        raised = replace(
            now, scenario=with_numbers(now.scenario, {path: one}), everything={**now.everything, path: one}
        )
        parts = []
        with Pool(self._player(raised), self.workers, stop=stop) as pool:
            for number in range(plan.batches):
                first, states = plan.batch(number)
                weight = self._values(now, path, first, states)
                batch = self._batch(pool, plan, number, {path: _always(weight + 1)})
                parts.append(Held.of(pool.player, batch))
                go_on(stop)
        return held.held.gain(Held.joined(parts))

    def _weighed(self, held: HeldFutures, situation: Situation, plan: Plan) -> Played:
        moves, inputs = [], {}
        for path in held.moved(situation):
            was, now = (self._values(one, path, 0, plan.states) for one in (held.situation, situation))
            moves.append((held.gains[path], np.broadcast_to(now - was, (plan.states,))))
            inputs[path] = input_found(now)
        return reweighed(held.played, held.held, moves, inputs) if moves else held.played

    def _values(self, situation: Situation, path: str, first: int, states: int) -> np.ndarray:
        """Return the values of one number in some states; a scalar array where it is certain."""
        numbers = with_sources(situation.everything, [path])
        return draw(numbers, first, states, seed=self.seed)[path]

    def _player(self, situation: Situation, ways: Sequence[str] = ()) -> Player:
        """Return a player of a situation; what numbers are does not change what is compiled."""
        key = (situation.structure, tuple(ways))
        scenario = situation.scenario
        if key not in self._worlds:
            profiles = [{scenario.focus: name} for name in ways] or None
            keep(self._worlds, key, compile_world(scenario, profiles=profiles), MOST_WORLDS)
        world = replace(self._worlds[key], scenario=scenario, numbers=dict(situation.everything))
        return Player(world, seed=self.seed)

    def _batch(
        self,
        pool: Pool,
        plan: Plan,
        number: int,
        changed: Mapping[str, Callable[[np.ndarray], np.ndarray]] | None = None,
    ) -> Batch:
        """Play one batch of a plan; `changed`: what becomes of some values once they are drawn."""
        return pool.play(plan, number, self._parameters(pool, plan, number, changed))

    def _parameters(
        self,
        pool: Pool,
        plan: Plan,
        number: int,
        changed: Mapping[str, Callable[[np.ndarray], np.ndarray]] | None = None,
    ) -> Parameters:
        """Return the parameters of a batch; numbers that were drawn before, for another view, are not drawn again."""
        world, (first, states) = pool.player.world, plan.batch(number)

        def remember(drawing: Draw, paths: Sequence[str]) -> list[np.ndarray]:
            keys = [(path, world.numbers[path].text, first, states) for path in paths]
            new = [(key, path) for key, path in zip(keys, paths, strict=True) if key not in self._drawn]
            drawn = drawing([path for _, path in new])
            self._drawn.update((key, values) for (key, _), values in zip(new, drawn, strict=True))
            return [self._drawn[key] for key in keys]

        if len(self._drawn) > MOST_DRAWN:
            self._drawn.clear()
        return parameters_of(world, first, states, seed=plan.seed, overrides=changed, remember=remember)


def keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> V:
    """Keep a value, and no more than are worth keeping; return it."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
    return value


def _always(values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what puts these values in the place of any that were drawn."""
    return lambda _: values


def go_on(stop: Event | None) -> None:
    """Raise `StoppedError` if whoever asked no longer wants the answer."""
    if stop is not None and stop.is_set():
        raise StoppedError
