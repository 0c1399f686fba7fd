"""One situation, explored: views of it are played on common draws and set beside the situation as written.

A move is answered in stages: few futures while a slider moves, more when it rests, all when it is let go. Each says
what it rests on. What was played is kept for a while, so that undoing answers at once; as written is always kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Event, Lock
from typing import Any

import numpy as np

from equipoise.errors import InputError
from equipoise.evidence import trace
from equipoise.findings.control import control
from equipoise.findings.drivers import driving
from equipoise.findings.fans import fans_of
from equipoise.findings.found import Control, Fan
from equipoise.findings.goals import is_goal
from equipoise.findings.turning import turning
from equipoise.findings.what_if import Played, WhatIf, what_if
from equipoise.findings.why_moved import Futures, WhyMoved, combinations_of, futures_of, why_moved
from equipoise.futures.play import Plan
from equipoise.records import Record
from equipoise.reporting.what_if import event_of, lever_name
from equipoise.scenario import Number, Scenario, ScenarioFile, changed, places
from equipoise.scenario.altering import dated, with_ways
from equipoise.scenario.moving import Move, Way, asked_for
from equipoise.server.playing import Playing, go_on, keep
from equipoise.server.view import Believed, Situation, View

STAGES: Mapping[str, tuple[int, int]] = {"first": (128, 4), "pause": (512, 4), "full": (1250, 16)}
"""States and chance streams of each stage: 512 futures while a slider moves, 2,048 on pause, 20,000 on release."""
KEPT = 32
"""Situations kept in memory once played; a Found of 14 strategies over a year is about a megabyte."""


@dataclass(frozen=True)
class Turn(Record):
    """How far a number is moved where two ways are as good as each other, and between what they are not told apart."""

    path: str
    way: Way
    by: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Courses:
    """How futures go under one way of engaging: each force's power by week, who controls what; of how many futures."""

    power: Mapping[str, Fan]
    control: Control
    futures: int


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
        self._drivers: Mapping[str, float] | None = None
        self._believed: OrderedDict[tuple, Believed] = OrderedDict()
        self._situations: OrderedDict[str, Situation] = OrderedDict()
        self._kept: OrderedDict[tuple[str, str], Played] = OrderedDict()
        self._playing, self._keeping = Playing(seed=seed, workers=workers), Lock()

    @property
    def scenario(self) -> Scenario:
        """The situation as written."""
        return self.file.scenario

    def situation(self, view: View) -> Situation:
        """Return the situation as a view has it.

        Raises:
            InputError: the view asks for something the scenario does not have.
        """
        with self._keeping:
            if view.address in self._situations:
                self._situations.move_to_end(view.address)
                return self._situations[view.address]
            key = (view.beliefs, tuple(view.dates.items()))
            if key not in self._believed:
                believed = Believed.by(view.beliefs, self.dated(view).scenario)
                keep(self._believed, key, believed, KEPT)
            found = view.situation(self._believed[key])
            return keep(self._situations, view.address, found, KEPT)

    def dated(self, view: View) -> ScenarioFile:
        """Return the situation as written, with the dates that a view gives."""
        return dated(self.file, view.dates)

    def text_of(self, view: View) -> str:
        """Return the text of the scenario that a view comes to; whose beliefs it is under no text can say."""
        situation = self.situation(view)
        own = situation.scenario.strategies[self.scenario.focus]
        ways = {name: own[name].model_dump(include={"name", "engage"}) for name in view.ways}
        return changed(with_ways(self.dated(view), ways), situation.numbers).text

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
        stage = self.rests_on(view, against or view.as_written, stage)
        states, chance = STAGES[stage]
        was = self.played(against or view.as_written, stage, stop=stop)
        return what_if(self.played(view, stage, stop=stop), was, futures=states * chance)

    def rests_on(self, view: View, against: View, stage: str) -> str:
        """Return the stage that a question of some stage is answered with: the fullest of which futures are held."""
        plan = self._plan("full")
        held = all(
            (one.address, "full") in self._kept or self._playing.is_held(self.situation(one), plan)
            for one in (view, against)
        )
        return "full" if held else stage

    def hold(self, view: View, paths: Iterable[str], *, stop: Event | None = None) -> tuple[str, ...]:
        """Make ready for moves of those of some numbers that are goals; return which these are.

        Raises:
            StoppedError: `stop` was set.
        """
        goals = tuple(path for path in paths if path in self.numbers and is_goal(path, self.scenario.focus))
        for goal in goals:
            self._playing.hold(self.situation(view), goal, self._plan("full"), stop=stop)
        return goals

    def played(self, view: View, stage: str, *, stop: Event | None = None) -> Played:
        """Return a view's futures, played unless they are still kept."""
        key = (view.address, stage)
        situation = self.situation(view)
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        go_on(stop)
        found = self._playing.play(situation, self._plan(stage), stop=stop)
        with self._keeping:
            return keep(self._kept, key, found, KEPT)

    def _plan(self, stage: str) -> Plan:
        return Plan(*STAGES[stage], seed=self.seed)

    def why(self, view: View, *, against: View | None = None, stop: Event | None = None) -> WhyMoved:
        """Return what moved the lead of the best way now over the best before, change by change.

        Raises:
            InputError: the two views do not differ, or some of the changes make no situation without the others.
            StoppedError: `stop` was set.
        """
        base = against or view.as_written
        keys = view.differing(base)
        if not keys:
            raise InputError("nothing was changed, so nothing moved")
        ways = self._ways(view, base, stop)
        played = {
            chosen: self._futures(view.towards(base, [keys[n] for n in sorted(chosen)]), ways, stop)
            for chosen in combinations_of(len(keys))
        }
        incumbent = next((name for name, force in self.scenario.forces.items() if force.incumbent), None)
        return why_moved(played, keys, ways, incumbent=incumbent)

    def turn(
        self, view: View, path: str, *, against: View | None = None, stop: Event | None = None
    ) -> Turn | None:
        """Return how far a number may be moved back before the best way before is as good again; None if it is not.

        Args:
            view: with the number moved, not typed. path: of the number.
        """
        base = against or view.as_written
        move = asked_for(view.changes[path])
        if not isinstance(move, Move):
            raise InputError(f"{path} is not moved but typed")
        ways = self._ways(view, base, stop)

        def gap(back: float) -> np.ndarray:
            return self._futures(view.with_change(path, move.back(back).text), ways, stop).lead

        found = turning(gap, 0.0, 1.0)
        if found is None:
            return None
        if found.low is None or found.high is None:
            return Turn(path, move.way, move.back(found.value).by, None, None)
        low, high = sorted(move.back(end).by for end in (found.low, found.high))
        return Turn(path, move.way, move.back(found.value).by, low, high)

    def courses(self, view: View, way: str, *, stop: Event | None = None) -> Courses:
        """Return how a thousand futures go, week by week, under one way of engaging.

        Raises:
            StoppedError: `stop` was set.
        """
        player, traced = self._playing.traced(self.situation(view), self._plan("full"), way, stop=stop)
        return Courses(fans_of(player, traced)[way].power, control(player, traced), len(traced.futures))

    def _ways(self, view: View, base: View, stop: Event | None) -> tuple[str, str]:
        """Return the best way now and the best before; where they are one, the best and the second."""
        now, was = (self.played(one, "full", stop=stop).found for one in (view, base))
        others = [name for name in now.ranking if name != now.best]
        if not others:
            raise InputError("there is only one way of engaging: nothing can be ahead of it")
        return now.best, was.best if was.best != now.best else others[0]

    def _futures(self, view: View, ways: tuple[str, str], stop: Event | None) -> Futures:
        """Return the futures of two ways, as few as a pause has."""
        player, batch = self._playing.batch(self.situation(view), self._plan("pause"), ways, stop=stop)
        return futures_of(player, batch, (0, 1))

    def drivers(self, *, stop: Event | None = None) -> Mapping[str, float]:
        """Return the numbers that can be told to drive the choice as written, with their shares, the largest first."""
        if self._drivers is None:
            self._drivers = self._driving(stop)
        return self._drivers

    def _driving(self, stop: Event | None) -> dict[str, float]:
        plan = self._plan("pause")
        player, batch = self._playing.batch(self.situation(View()), plan, stop=stop)
        payoff = player.columns.values(batch.outcomes, "payoff")
        f = payoff.reshape(len(payoff), plan.states, plan.chance).mean(axis=2)
        drawn = batch.parameters.values.items()
        own = {
            path: values for path, values in drawn if values.ndim and player.world.numbers[path].is_ is None
        }
        return driving(f, int(f.mean(axis=1).argmax()), own)

    def levers(self, most: int, *, stop: Event | None = None) -> tuple[str, ...]:
        """Return the numbers to be moved first: what drives the choice, then what somebody believes to be otherwise.

        Where these are few, other uncertain numbers of the file follow. The chances of events are no levers; they stand
        with the events.
        """
        disputed = sorted({path for held in self.scenario.beliefs.values() for path in held})
        uncertain = sorted(
            path for path in self.file.written if path in self.numbers and not self.numbers[path].fixed
        )
        found = dict.fromkeys([*self.drivers(stop=stop), *disputed, *uncertain])
        return tuple(path for path in found if event_of(path) is None and path in self.numbers)[:most]

    def over(self, file: ScenarioFile) -> Session:
        """Return a session of another text of the situation, with the same options."""
        return Session(file, name=self.name, seed=self.seed, workers=self.workers)
