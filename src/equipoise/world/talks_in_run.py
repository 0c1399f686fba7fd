"""Talks that follow the war: settled inside the run, in their week, by the power that forces then hold.

A block of futures is stopped in every week in which such a talk is held somewhere. The talk is settled there from
the state at the start of the week; what looks at its deal is drawn again, from the same uniforms, now that the
deal is known. Source: docs/model.md *Talks that follow the war*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from equipoise.world.calendar import (
    NEVER,
    UNKNOWN,
    Dates,
    Seen,
    Uniforms,
    breach_weeks,
    draw_calendar,
    draw_order,
)
from equipoise.world.compile import Kind, World
from equipoise.world.deals import settle
from equipoise.world.parameters import Parameters


@dataclass(frozen=True)
class Draws:
    """What decides, for n futures, when dated events, talks and breaches come.

    Attributes:
        values: by path, numbers of events and talks, [n] or scalar.
        deals: by talk, whether it would end in a deal [n]. uniforms: [drawn, n] each.
        seen: what is known to have come, and what not.
    """

    world: World
    values: Mapping[str, np.ndarray]
    deals: Mapping[str, np.ndarray]
    uniforms: Uniforms
    seen: Seen | None = None

    @classmethod
    def of(
        cls,
        world: World,
        parameters: Parameters,
        column: np.ndarray,
        uniforms: Uniforms,
        seen: Seen | None = None,
    ) -> Draws:
        """Return the draws of futures whose states stand in `column` of the parameters."""
        paths = {
            path
            for item in world.drawn
            for path in (item.probability, item.slips, *(p for _, p in item.odds))
        }
        prefixes = tuple(f"talks.{item.name}." for item in world.drawn if item.in_run)
        paths |= {path for path in parameters.values if prefixes and path.startswith(prefixes)}
        values = {path: _taken(parameters.values[path], column) for path in paths - {""}}
        deals = {name: deal[column] for name, deal in parameters.deals.items()}
        return cls(world, values, deals, uniforms, seen)

    def some(self, futures: np.ndarray | slice) -> Draws:
        """Return the draws of some of the futures, any of them, in any order."""
        values = {path: _taken(value, futures) for path, value in self.values.items()}
        deals = {name: deal[futures] for name, deal in self.deals.items()}
        seen = None if self.seen is None else self.seen.some(futures)
        return Draws(
            self.world, values, deals, Uniforms(*(drawn[:, futures] for drawn in self.uniforms)), seen
        )

    def calendar(self, decided: Mapping[int, int], known: Mapping[str, np.ndarray] | None = None) -> Dates:
        """Return when events, deals and talks come, given known deals."""
        return draw_calendar(
            self.world.drawn, values=self.values, deals={**self.deals, **(known or {})}, uniforms=self.uniforms,
            decided=decided, seen=self.seen,
        )  # fmt: skip

    def due(self, weeks: np.ndarray) -> np.ndarray:
        """Return the weeks of dated events, deals and breaches in the order in which they fire [due, n]."""
        world = self.world
        index = {item.name: k for k, item in enumerate(world.drawn)}
        order = [index[o.name] for o in world.occurrences if o.kind in (Kind.DATED, Kind.DEAL)]
        return np.concatenate([weeks[order], breach_weeks(world.deadlines, weeks, world.weeks)])


class TalksInRun:
    """The talks of n futures that are settled inside the run, under every profile.

    Args:
        draws: what decides when things come. decided: by profile, what it decides.
        seen: by profile, what is known to have come; what `draws` says if left out.
        known: int8 [drawn, n], how talks that were held before have ended, alike under all profiles.

    Attributes:
        weeks, held, first: int32 [profiles, drawn, n], as `Dates` has them, by what is known so far.
        log_chance: by index of what was seen [profiles, n], likewise.
        known: int8 [profiles, drawn, n], how talks that were held have ended.
        due: int32 [profiles, due, n], as `Draws.due` has it.
        outcomes: by talk and issue [profiles, n], NaN where there is none.
    """

    def __init__(
        self,
        draws: Draws,
        decided: Sequence[Mapping[int, int]],
        seen: Sequence[Seen | None] | None = None,
        known: np.ndarray | None = None,
    ) -> None:
        world, n = draws.world, draws.uniforms.happens.shape[1]
        self.draws, self.decided = draws, decided
        self.seen = [draws.seen] * len(decided) if seen is None else list(seen)
        self.talks = [k for k in draw_order(world.drawn) if world.drawn[k].in_run]
        self.known = np.full((len(decided), len(world.drawn), n), UNKNOWN, np.int8)
        if known is not None:
            self.known[:] = known
        deals = {world.drawn[k].name: self.known[0, k] for k in self.talks}
        drawn = [
            replace(draws, seen=what).calendar(choice, deals)
            for choice, what in zip(decided, self.seen, strict=True)
        ]
        self.weeks, self.held, self.first = (
            np.stack(part) for part in zip(*(dates[:3] for dates in drawn), strict=True)
        )
        self.log_chance = {
            k: np.stack([dates.log_chance.get(k, np.zeros(n)) for dates in drawn])
            for k in drawn[0].log_chance
        }
        self.due = np.stack([draws.due(weeks) for weeks in self.weeks])
        self.outcomes = {
            world.drawn[k].name: {
                issue: np.full((len(decided), n), np.nan)
                for issue in sorted(world.scenario.talks[world.drawn[k].name].issues)
            }
            for k in self.talks
        }

    def some(self, futures: np.ndarray | slice) -> TalksInRun:
        """Return the same of some of the futures, any of them, in any order, each on its own from then on."""
        found = copy(self)
        found.draws = self.draws.some(futures)
        found.seen = [None if what is None else what.some(futures) for what in self.seen]
        for name in ("known", "weeks", "held", "first", "due"):
            setattr(found, name, getattr(self, name)[..., futures].copy())
        found.log_chance = {k: log[:, futures].copy() for k, log in self.log_chance.items()}
        found.outcomes = {
            name: {issue: ends[:, futures].copy() for issue, ends in issues.items()}
            for name, issues in self.outcomes.items()
        }
        return found

    def put(self, futures: np.ndarray | slice, part: TalksInRun) -> None:
        """Take over what has become of some of the futures, which `some` returned."""
        for name in ("known", "weeks", "held", "first", "due"):
            getattr(self, name)[..., futures] = getattr(part, name)
        for k, log in self.log_chance.items():
            log[:, futures] = part.log_chance[k]
        for name, issues in self.outcomes.items():
            for issue, ends in issues.items():
                ends[:, futures] = part.outcomes[name][issue]

    def next_week(self) -> int:
        """Return the first week in which a talk is held that is not settled yet; NEVER if none does."""
        pending = self.known[:, self.talks] == UNKNOWN
        return int(np.where(pending, self.held[:, self.talks], NEVER).min(initial=NEVER))

    def settle(self, week: int, power: np.ndarray) -> None:
        """Settle what is held in a week by the power of forces at its start [profiles, forces, n]."""
        world = self.draws.world
        for k in self.talks:
            profile, future = np.nonzero((self.held[:, k] == week) & (self.known[:, k] == UNKNOWN))
            if not len(future):
                continue
            name = world.drawn[k].name
            powers = {j: power[profile, n, future].astype(float) for n, j in enumerate(world.forces)}
            there = self.draws.some(future)
            quantities = world.scenario.quantities
            found = settle(
                world.scenario.talks[name],
                f"talks.{name}",
                dict(there.values),
                quantities,
                len(future),
                powers,
            )
            self.known[profile, k, future] = found.deal
            for issue, values in found.outcomes.items():
                self.outcomes[name][issue][profile, future] = values
            self._draw_again(profile, future, there)

    def _draw_again(self, profile: np.ndarray, future: np.ndarray, draws: Draws) -> None:
        """Draw again what follows in some futures of some profiles; profiles that decide alike at once."""
        alike = list(zip(self.decided, map(id, self.seen), strict=True))
        kinds = [alike.index(choice) for choice in alike]
        for kind in sorted({kinds[d] for d in set(profile.tolist())}):
            here = np.flatnonzero(np.array(kinds)[profile] == kind)
            d, n, some = profile[here], future[here], draws.some(here)
            what = self.seen[kind]
            some = replace(some, seen=None if what is None else what.some(future[here]))
            known = {self.draws.world.drawn[k].name: self.known[d, k, n] for k in self.talks}
            dates = some.calendar(self.decided[kind], known)
            self.weeks[d, :, n], self.held[d, :, n] = dates.weeks.T, dates.held.T
            self.first[d, :, n], self.due[d, :, n] = dates.first.T, some.due(dates.weeks).T
            for k, log in self.log_chance.items():
                log[d, n] = dates.log_chance.get(k, 0.0)

    def rows(self) -> list[np.ndarray]:
        """Return the rows of outcomes about these talks [profiles, n], as `outcomes.column_names` lists them."""
        out = []
        for item, k in sorted((self.draws.world.drawn[k].name, k) for k in self.talks):
            took_place = self.held[:, k] < self.draws.world.weeks
            out += [
                np.where(took_place, self.held[:, k], -1),
                *(self.outcomes[item][issue] for issue in sorted(self.outcomes[item])),
            ]
        return out


def _taken(value: np.ndarray, column: np.ndarray | slice) -> np.ndarray:
    return value if value.ndim == 0 else value[column]
