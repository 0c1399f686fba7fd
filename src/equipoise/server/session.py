"""One situation, explored: views of it are played on common draws and set beside the situation as written.

A move is answered in stages: few futures while a slider moves, more when it rests, all when it is let go. Each says
what it rests on. What was played is kept for a while, so that undoing answers at once; as written is always kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Event, Lock
from typing import Any

import numpy as np

from equipoise.evidence import trace
from equipoise.findings.summary import summarise
from equipoise.findings.tally import Tally
from equipoise.findings.what_if import Played, WhatIf, what_if
from equipoise.futures.play import Plan, Pool, StoppedError
from equipoise.reporting.what_if import lever_name
from equipoise.scenario import Number, Scenario, ScenarioFile, places
from equipoise.server.view import View
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

STAGES: Mapping[str, tuple[int, int]] = {"first": (128, 4), "pause": (512, 4), "full": (1250, 16)}
"""States and chance streams of each stage: 512 futures while a slider moves, 2,048 on pause, 20,000 on release."""
KEPT = 48
"""Situations kept in memory once played; a Found of 14 strategies over a year is about a megabyte."""


@dataclass(frozen=True)
class Lever:
    """An uncertain number that can be moved, and the share of the choice that hangs on it (None where unknown)."""

    path: str
    number: Number
    share: float | None = None


class Session:
    """A situation and what was played of it. May be used from several threads; one view is played at a time.

    Args:
        file: the situation as written.
        name: what to type for it on the command line.
        seed: of every random number, the same in all views.
        workers: threads.
    """

    def __init__(
        self, file: ScenarioFile, *, name: str = "", seed: int = 1, workers: int | None = None
    ) -> None:
        self.file, self.seed, self.workers = file, seed, workers
        self.name = name or str(file.path or "SCENARIO")
        self._kept: OrderedDict[tuple[str, str], Played] = OrderedDict()
        self._playing, self._keeping = Lock(), Lock()

    @property
    def scenario(self) -> Scenario:
        """The situation as written."""
        return self.file.scenario

    @cached_property
    def grounds(self) -> Mapping[str, Mapping[str, Any]]:
        """What each number stands on, by path."""
        rows = trace(self.scenario, written=self.file.written)["places"]
        return {row["path"]: row for row in rows if "." in row["path"]}

    @cached_property
    def numbers(self) -> Mapping[str, Number]:
        """Every number as written, by path."""
        return places(self.scenario)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each number is called, by path."""
        return {path: lever_name(path, self.scenario) for path in self.numbers}

    def answer(
        self, view: View, stage: str, *, against: View | None = None, stop: Event | None = None
    ) -> WhatIf:
        """Play a view and set it beside another, by default the situation as written with the same ways added.

        Raises:
            InputError: the view asks for something the scenario does not have.
            StoppedError: `stop` was set.
        """
        states, chance = STAGES[stage]
        was = self.played(against or view.as_written, stage, stop=stop)
        return what_if(self.played(view, stage, stop=stop), was, futures=states * chance)

    def played(self, view: View, stage: str, *, stop: Event | None = None) -> Played:
        """Return a view's futures, played unless they are still kept."""
        key = (view.address, stage)
        scenario = view.scenario(self.scenario)
        with self._playing:
            if stop is not None and stop.is_set():
                raise StoppedError
            with self._keeping:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            found = self._play(scenario, Plan(*STAGES[stage], seed=self.seed), stop)
            with self._keeping:
                self._kept[key] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found

    def _play(self, scenario: Scenario, plan: Plan, stop: Event | None) -> Played:
        player = Player(compile_world(scenario), seed=plan.seed)
        tally = Tally(player, plan.chance)
        with Pool(player, self.workers, stop=stop) as pool:
            for number in range(plan.batches):
                tally.add(pool.play(plan, number))
                if stop is not None and stop.is_set():
                    raise StoppedError
        names = tuple(profile.name for profile in player.world.profiles)
        return Played(names, tally.f, summarise(tally))

    def levers(self) -> tuple[Lever, ...]:
        """Return every uncertain number, those first on which the choice hangs most (as written)."""
        from equipoise.exploration.ensemble import Ensemble
        from equipoise.exploration.sensitivity import drivers

        plan = Plan(*STAGES["pause"], seed=self.seed)
        player = Player(compile_world(self.scenario), seed=self.seed)
        with self._playing, Pool(player, self.workers) as pool:
            batch = pool.play(plan, 0)
        payoff = player.columns.values(batch.outcomes, "payoff")
        f = payoff.reshape(len(payoff), plan.states, plan.chance).mean(axis=2)
        kept = sorted({*f.argmax(axis=0).tolist(), int(f.mean(axis=1).argmax())})
        numbers = player.world.numbers
        inputs = {
            path: values
            for path, values in batch.parameters.values.items()
            if values.ndim and numbers[path].is_ is None
        }
        names = tuple(player.world.profiles[k].name for k in kept)
        shares: dict[str, float | None] = dict.fromkeys(inputs)
        order = sorted(shares)
        if len(names) > 1 and inputs:
            sample = Ensemble(inputs=inputs, payoff=f[kept], strategies=names, scenario=self.scenario)
            found = drivers(sample, outputs="choice", rng=np.random.default_rng(self.seed), pawn=False)
            choice = next(one for one in found if one.output == "choice")
            shares |= {one.path: one.first for one in choice.indices if one.told_apart}
            rank = {one.path: place for place, one in enumerate(choice.indices)}
            order = sorted(shares, key=lambda path: (rank.get(path, len(rank)), path))
        return tuple(Lever(path, self.numbers[path], shares[path]) for path in order)

    def over(self, file: ScenarioFile) -> Session:
        """Return a session of another text of the situation, with the same options."""
        return Session(file, name=self.name, seed=self.seed, workers=self.workers)
