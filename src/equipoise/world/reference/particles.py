"""Futures on their way in plain NumPy: the companion of `futures/particles.py`, under one way of engaging.

Source: MODEL.md §5b.
"""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np

from equipoise.world.calendar import Dates, Seen
from equipoise.world.compile import World
from equipoise.world.parameters import Parameters
from equipoise.world.reference.chance import Chance, chances, event_uniforms
from equipoise.world.reference.events import Margin, Sight, State
from equipoise.world.reference.talks import Agenda
from equipoise.world.reference.weeks import SLIDE_WEEKS, order, play_week


class PlainParticles:
    """Futures on their way, played by the reference under the world's first profile; the arguments are those of
    `Particles`. What has been seen, `drawn` and `in_run`, is as in `Known`.

    Copies keep the dates that were drawn before the run.
    """

    def __init__(
        self, world: World, parameters: Parameters, column: np.ndarray, state: np.ndarray, stream: np.ndarray,
        drawn: Seen, in_run: np.ndarray, *, seed: int,
    ) -> None:  # fmt: skip
        self.world, self.parameters, self.seed = world, parameters, seed
        self.column, self.state, self.stream = column, state, stream
        self.profile, self.seen = world.profiles[0], in_run
        self.p = self._parameters()
        self.luck = self._luck()
        uniforms = event_uniforms(world, seed, state, stream)
        self.agenda = Agenda(world, parameters, column, uniforms, self.profile, drawn)
        self.s = State.start(world, self.p, self.profile)
        self.s.order = order(world, self.s)
        self.past = [self.s.power] * (SLIDE_WEEKS + 1)
        self.week = 0
        self.likely = np.zeros((in_run.shape[1], len(column)))

    def __len__(self) -> int:
        return len(self.column)

    def _parameters(self) -> SimpleNamespace:
        arrays = self.parameters.arrays.items()
        return SimpleNamespace(**{name: array[self.column].astype(float) for name, array in arrays})

    def _luck(self) -> Chance:
        return chances(self.world, self.seed, self.state.astype(np.int64), self.stream.astype(np.int64))

    @property
    def dates(self) -> Dates:
        """When dated events, deals and talks come, as far as that is known, and how likely that was."""
        return self.agenda.dates

    def power(self, force: int) -> np.ndarray:
        """Return the power of a force as things stand [n]."""
        return self.s.power[:, force]

    def control(self, force: int, region: int) -> np.ndarray:
        """Return a force's control of a region as things stand [n]."""
        return self.s.control[:, region, force]

    def standing(self, patron: int, force: int) -> np.ndarray:
        """Return a patron's standing with a force as things stand [n]."""
        return self.s.standing[:, patron, force]

    def violence(self) -> np.ndarray:
        """Return the violence as things stand [n]."""
        return self.s.violence

    def fired(self, name: str) -> np.ndarray:
        """Return the week of a conditional or open event or deal [n], -1 where it has not come."""
        return self.s.fired[:, self.world.happenings.index(name)]

    def advance(self, week: int) -> None:
        """Play on to a week, what was seen coming as it was seen."""
        sight = Sight(self.seen, np.zeros((len(self), self.seen.shape[1])))
        for t in range(self.week, week):
            self.agenda.settle(self.s, t)
            calendar = self.agenda.calendar
            *_, self.past = play_week(
                self.world, self.p, self.s, self.profile, calendar, self.luck, self.past, t, sight
            )
        self.week, self.likely = week, sight.likely.T

    def take(self, index: np.ndarray, stream: np.ndarray, copied: np.ndarray) -> None:
        """Keep some of them, some several times over; a copy takes chance of its own from now on."""
        self.column, self.state, self.stream = self.column[index], self.state[index], stream
        self.p, self.luck = self._parameters(), self._luck()
        self.agenda = self.agenda.some(index)
        self.past = [power[index] for power in self.past]
        self.likely = self.likely[:, index]
        shared = {"region_weight", "margin"}
        taken = {f.name: getattr(self.s, f.name)[index] for f in fields(self.s) if f.name not in shared}
        self.s = replace(self.s, **taken, margin=Margin(self.s.margin.least[index]))
