"""The calendar of one profile in plain NumPy, with talks that are settled inside the run.

The companion of `weeks.py`: weeks of events, deals and breaches are drawn for all futures at once, and
drawn anew, from the same uniforms, whenever a talk that follows the war has been settled. Source: docs/model.md
*Talks that follow the war*.
"""

from __future__ import annotations

from copy import copy

import numpy as np

from equipoise.bargaining.sampling import issue_scale
from equipoise.world.calendar import UNKNOWN, Seen, Uniforms, breach_weeks, draw_calendar
from equipoise.world.compile import Profile, World
from equipoise.world.deals import settle
from equipoise.world.parameters import Parameters
from equipoise.world.reference.events import Calendar, State


class Agenda:
    """When dated events, deals and breaches come under one profile, as far as that is known.

    Attributes:
        calendar: what is known; unknown deals, and what waits for them, have no week.
        dates: the same as drawn, with the chances of what was seen.
    """

    def __init__(
        self,
        world: World,
        parameters: Parameters,
        column: np.ndarray,
        uniforms: Uniforms,
        profile: Profile,
        seen: Seen | None = None,
    ) -> None:
        self.seen = seen
        self.world, self.uniforms, self.profile = world, uniforms, profile
        self.values = {path: v if v.ndim == 0 else v[column] for path, v in parameters.values.items()}
        self.deals = {name: deal[column] for name, deal in parameters.deals.items()}
        self.open = sorted(item.name for item in world.drawn if item.in_run)
        self.deals |= {name: np.full(len(column), UNKNOWN) for name in self.open}
        self.ends = {
            (name, issue): np.full(len(column), np.nan)
            for name in self.open
            for issue in sorted(world.scenario.talks[name].issues)
        }
        self._draw()

    def _draw(self) -> None:
        self.dates = draw_calendar(
            self.world.drawn, values=self.values, deals=self.deals, uniforms=self.uniforms,
            decided=self.profile.decided, seen=self.seen,
        )  # fmt: skip
        weeks, self.held = self.dates.weeks, self.dates.held
        self.calendar = Calendar(weeks, breach_weeks(self.world.deadlines, weeks, self.world.weeks))

    def some(self, futures: np.ndarray) -> Agenda:
        """Return the same of some of the futures, any of them, in any order."""
        found = copy(self)
        found.uniforms = Uniforms(*(drawn[:, futures] for drawn in self.uniforms))
        found.values = {path: v if v.ndim == 0 else v[futures] for path, v in self.values.items()}
        found.deals = {name: deal[futures] for name, deal in self.deals.items()}
        found.ends = {key: end[futures] for key, end in self.ends.items()}
        found._draw()
        return found

    def settle(self, s: State, week: int) -> None:
        """Settle the talks that are held in this week, before its events; one may bring on another in the same week."""
        again = True
        while again:
            again = False
            for k, item in enumerate(self.world.drawn):
                now = np.flatnonzero(
                    item.in_run and (self.held[k] == week) & (self.deals[item.name] == UNKNOWN)
                )
                if len(now):
                    self._settle(item.name, now, s)
                    again = True

    def _settle(self, name: str, now: np.ndarray, s: State) -> None:
        talk, quantities = self.world.scenario.talks[name], self.world.scenario.quantities
        values = {path: v if v.ndim == 0 else v[now] for path, v in self.values.items()}
        power = {force: s.power[now, j] for j, force in enumerate(self.world.forces)}
        found = settle(talk, f"talks.{name}", values, quantities, len(now), power)
        self.deals[name][now] = found.deal
        for issue, end in found.outcomes.items():
            self.ends[name, issue][now] = end
            low, high = issue_scale(talk.issues[issue], dict(quantities))
            for actor in set(talk.veto) & set(talk.issues[issue].reservation):
                at = f"talks.{name}.issues.{issue}"
                if f"{at}.positions.{actor}" in values:
                    gap = (
                        np.abs(end - values[f"{at}.positions.{actor}"]) - values[f"{at}.reservation.{actor}"]
                    )
                    near = np.nan_to_num(np.abs(gap) / (high - low), nan=np.inf)
                    s.margin.least[now] = np.minimum(s.margin.least[now], near)
        self._draw()

    def rows(self) -> np.ndarray:
        """Return the rows of outcomes about talks that are settled inside the run [rows, n]."""
        out: list[np.ndarray] = []
        for k, item in enumerate(self.world.drawn):
            if item.in_run:
                out.append(np.where(self.held[k] < self.world.weeks, self.held[k], -1))
                out += [end for (name, _), end in self.ends.items() if name == item.name]
        return np.array(out).reshape(len(out), -1 if out else len(self.held.T))
