"""Futures on their way: played from week to week, made to go the way that was seen, copied and played on.

Each future is a state of the world and a stream of chance. It is played under the first profile of a world until the
last thing was seen, and from there under every profile. Between stretches its state lies here, so that futures can be
copied and left out. What a future comes to depends on its state, its streams and what it was copied from, on no batch
and no thread. Source: MODEL.md §5b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from equipoise.world.calendar import NEVER, Dates, Drawn, Lived, Seen, Uniforms
from equipoise.world.kernel import block
from equipoise.world.kernel.lanes import LANES
from equipoise.world.kernel.program import with_sight
from equipoise.world.kernel.rows import SCRATCH_AXES, STATE_AXES
from equipoise.world.player import Memory, Played, Player, Prepared, Stretch, filled
from equipoise.world.talks_in_run import Draws, TalksInRun

Each = Callable[..., Iterable]
"""`map`, or what does the same on a pool of threads."""

_ELSEWHERE = np.uint32(0x4000_0000)
"""Marks the stream of chance of what comes otherwise once another strategy is followed."""


class Known(NamedTuple):
    """What has been seen, as the model has it.

    Attributes:
        drawn: of what is drawn before the run, dated events and talks.
        in_run: int8 [weeks, forces and then conditional events], as `program.WorldTables` has it.
        patrons: those whose standing was seen.
    """

    drawn: Seen
    in_run: np.ndarray
    patrons: frozenset[int]


@dataclass(frozen=True)
class Who:
    """Which futures these are [n]: the column of their state among the parameters, the numbers of their state and of
    their stream of chance (uint32)."""

    column: np.ndarray
    state: np.ndarray
    stream: np.ndarray

    def some(self, futures: np.ndarray | slice) -> Who:
        """Return some of them."""
        return Who(self.column[futures], self.state[futures], self.stream[futures])

    def __len__(self) -> int:
        return len(self.column)


class Particles:
    """Futures on their way, played by the kernel.

    Args:
        player: of a world whose first profile is what has been done so far.
        prepared: the states, by the same player. who: the futures. known: what has been seen.
        each: plays one block after another, or several at a time. workers: how many at most.

    Attributes:
        week: the week they have come to. likely: [forces and conditional events, n], what the last stretch added to
            the logarithm of the probability of what was seen of each.
    """

    def __init__(
        self,
        player: Player,
        prepared: Prepared,
        who: Who,
        known: Known,
        *,
        each: Each = map,
        workers: int = 1,
    ) -> None:
        world = player.world
        self.player, self.world, self.who, self.known, self.each = player, world, who, known, each
        self.prepared = prepared
        self.program = with_sight(player.program, known.in_run, known.patrons)
        self.free = with_sight(player.program, np.zeros_like(known.in_run), known.patrons)
        self._memory: SimpleQueue[Memory] = SimpleQueue()
        for _ in range(workers):
            self._memory.put(Memory(player, keep=False, profiles=1))
        self._at = dict(zip(STATE_AXES, player.layout.state, strict=True))
        first = dict(zip(SCRATCH_AXES, player.layout.scratch, strict=True))
        self._likely = slice(first["likely_falls"], first["likely_falls"] + known.in_run.shape[1])
        self.week = 0
        self.likely = np.zeros((known.in_run.shape[1], len(who)))
        self.draws = Draws.of(
            world, prepared.parameters, who.column, player.chances(who.state, who.stream), known.drawn
        )
        decided = [world.profiles[0].decided]
        self.talks = TalksInRun(self.draws, decided) if player.settles else None
        self._dates = None if player.settles else self.draws.calendar(decided[0])
        self._rows = np.zeros((0, len(who)), np.float32)
        self._rest = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        self._start()

    def __len__(self) -> int:
        return len(self.who)

    @property
    def dates(self) -> Dates:
        """When dated events, deals and talks come, as far as that is known, and how likely that was."""
        if self.talks is None:
            assert self._dates is not None
            return self._dates
        talks = self.talks
        log_chance = {k: log[0] for k, log in talks.log_chance.items()}
        return Dates(talks.weeks[0], talks.held[0], talks.first[0], log_chance)

    def power(self, force: int) -> np.ndarray:
        """Return the power of a force as things stand [n]."""
        return self._rows[self._at["power"] + force].astype(float)

    def control(self, force: int, region: int) -> np.ndarray:
        """Return a force's control of a region as things stand [n]."""
        return self._rows[self._at["control"] + region * len(self.world.forces) + force].astype(float)

    def standing(self, patron: int, force: int) -> np.ndarray:
        """Return a patron's standing with a force as things stand [n]."""
        return self._rows[self._at["standing"] + patron * len(self.world.forces) + force].astype(float)

    def violence(self) -> np.ndarray:
        """Return the violence as things stand [n]."""
        return self._rows[self._at["violence"]].astype(float)

    def fired(self, name: str) -> np.ndarray:
        """Return the week of a conditional or open event or deal [n], -1 where it has not come."""
        return self._rows[self._at["fired"] + self.world.happenings.index(name)].astype(int)

    def _start(self) -> None:
        self._stretch(0)

    def advance(self, week: int) -> None:
        """Play on to a week, what was seen coming as it was seen."""
        self._stretch(week)

    def _stretch(self, week: int) -> None:
        blocks = range(0, len(self), LANES)
        done = list(self.each(lambda begin: self._block(begin, week), blocks))
        self._rows = np.concatenate([rows for rows, _, _ in done], axis=1)
        self.likely = np.concatenate([likely for _, likely, _ in done], axis=1).astype(float)
        self._rest = [np.max([rest[k] for _, _, rest in done], axis=0) for k in range(2)]
        self.week = week

    def _block(self, begin: int, week: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """Play a block of them on to a week; return their rows, what was likely, and from when things rest."""
        part = slice(begin, begin + LANES)
        who = self.who.some(part)
        memory = self._memory.get()
        try:
            sums = self._put(memory, who, part)
            if week > self.week:
                talks = None if self.talks is None else self.talks.some(part)
                due = self.draws.due(self.dates.weeks[:, part])[None] if talks is None else talks.due
                stretch = Stretch(self.week, week, self.program, np.zeros(1, np.int32))
                memory.advance(stretch, self.prepared, who.state, who.stream, due, sums, talks)
                if talks is not None and self.talks is not None:
                    self.talks.put(part, talks)
            space, n = memory.space, len(who)
            rest = [space.moving[0].copy(), space.pushing[0].copy()]
            return space.states[0, :, :n].copy(), space.scratch[self._likely, :n].copy(), rest
        finally:
            self._memory.put(memory)

    def _put(self, memory: Memory, who: Who, part: slice) -> np.ndarray:
        """Put a block of them into a memory, under each of its profiles; return sums for it to write to."""
        space, world = memory.space, self.world
        sums = np.zeros((len(space.states), len(self.player.series), world.weeks + 1))
        memory.start(self.prepared, who.column, sums)
        space.scratch[self._likely] = 0
        if len(self._rows):
            space.states[:] = self._rows[:, part][:, filled(len(who))]
            space.moving[:], space.pushing[:] = self._rest
        return sums

    def take(self, index: np.ndarray, stream: np.ndarray, copied: np.ndarray) -> None:
        """Keep some of them, some several times over; a copy takes chance of its own from now on.

        Args:
            index: which ones [m]. stream: the stream of chance each follows from now on [m].
            copied: which of them are copies beside the one that goes on as it was [m].
        """
        was = self.dates
        self.who = replace(self.who.some(index), stream=stream)
        self._rows, self.likely = self._rows[:, index], self.likely[:, index]
        if self.talks is not None:
            self.talks = self.talks.some(index)
            return
        self.draws = self.draws.some(index)
        weeks, fired, comes = (part[:, index] for part in was[:3])
        dates = Dates(weeks, fired, comes, {k: log[index] for k, log in was.log_chance.items()})
        self._dates = self._afresh(dates, np.flatnonzero(copied))

    def _afresh(self, dates: Dates, copies: np.ndarray) -> Dates:
        """Return the dates with those drawn anew, in copies, that have not come and that nothing settled looks at."""
        free = renewable(self.world.drawn, self.known.drawn, self.week)
        if not len(copies) or not free:
            return dates
        who = self.who.some(copies)
        fresh = self.player.chances(who.state, who.stream)
        for kept, drawn in zip(self.draws.uniforms, fresh, strict=True):
            for k in free:
                kept[k, copies] = drawn[k]
        draws, weeks, first = self.draws.some(copies), dates.weeks, dates.first
        kept = weeks[:, copies] < self.week
        kept[[k for k in range(len(kept)) if k not in free]] = True
        since = {k: max(self.known.drawn.since.get(k, 0), self.week) for k in free}
        lived = Lived(first[:, copies], weeks[:, copies], kept)
        seen = replace(self.known.drawn, since={**self.known.drawn.since, **since}, lived=lived)
        anew = replace(draws, seen=seen).calendar(self.world.profiles[0].decided)
        weeks[:, copies], first[:, copies] = anew.weeks, anew.first
        return dates

    def go_on(self, profiles: int | None = None) -> Played:
        """Play on to the end of the run under every profile, or some: the first as so far, the others taken up now."""
        world, n, profiles = self.world, len(self), profiles or len(self.world.profiles)
        plans = [self._dates_under(d) for d in range(profiles)]
        outcomes = np.empty((profiles, len(self.player.columns.names), n), np.float32)
        if self.player.judged is not None:
            outcomes[:, self.player.judged] = (
                np.nan
            )  # success looks at all weeks, and particles remember none
        weeks = np.stack([dates.weeks for dates in plans])
        turns = self.free.strategies.turns.copy()
        turns[1:] = np.where(turns[1:] >= 0, np.clip(turns[1:], self.week, NEVER), turns[1:])
        program = self.free._replace(strategies=self.free.strategies._replace(turns=turns))
        memories: SimpleQueue[Memory] = SimpleQueue()
        for _ in range(self._memory.qsize()):
            memories.put(Memory(self.player, keep=False, profiles=profiles))
        stretch = Stretch(self.week, world.weeks, program, np.arange(profiles, dtype=np.int32))

        def play(begin: int) -> np.ndarray:
            memory, part = memories.get(), slice(begin, min(begin + LANES, n))
            try:
                return self._last(memory, stretch, part, weeks, outcomes)
            finally:
                memories.put(memory)

        sums = np.stack(list(self.each(play, range(0, n, LANES))))
        return Played(outcomes, weeks, sums, None, np.empty((0, profiles, n), np.float32))

    def _last(
        self, memory: Memory, stretch: Stretch, part: slice, weeks: np.ndarray, outcomes: np.ndarray
    ) -> np.ndarray:
        """Play a block of them to the end; write its outcomes and weeks, and return its weekly sums."""
        who, player, world = self.who.some(part), self.player, self.world
        sums = self._put(memory, who, part)
        sums[:] = 0
        if self.week > 0:
            block.go_over(self.week, 1, player.layout, stretch.program, memory.space)
        due = np.stack([self.draws.due(under[:, part]) for under in weeks])
        talks = None if self.talks is None else self._talks_under(part, len(weeks))
        memory.advance(stretch, self.prepared, who.state, who.stream, due, sums, talks)
        memory.collect(self.prepared, outcomes, part.start, len(who))
        if talks is not None:
            weeks[:, :, part] = talks.weeks
            rows = talks.rows()
            outcomes[:, -len(rows) :, part] = np.stack(rows, axis=1)
        for k in world.open:
            weeks[:, k, part] = memory.happened(world.drawn[k].name, len(who))
        return sums

    def _decided(self, profile: int) -> dict[int, int]:
        """Return what a profile decides from now on; a date that has gone by counts as now."""
        decided = self.world.profiles[profile].decided
        return decided if profile == 0 else {k: max(week, self.week) for k, week in decided.items()}

    def _moved(self, profile: int) -> set[int]:
        """Return what another profile decides otherwise from now on than was done, and all that looks at it."""
        mine, did = self._decided(profile), self.world.profiles[0].decided
        return followers(self.world.drawn, {k for k in {*mine, *did} if mine.get(k) != did.get(k)})

    def _seen_under(self, profile: int, part: slice = slice(None)) -> Seen:
        """Return what stays as it was drawn under another profile: what has come, and all that it decides no otherwise.

        Where talks are settled inside the run, what is still to come may hang on them, and is drawn again, alike.
        """
        drawn, dates, moved = self.world.drawn, self.dates, self._moved(profile)
        kept = dates.weeks[:, part] < self.week
        if self.talks is None:
            kept[[k for k in range(len(drawn)) if k not in moved]] = True
        lived = Lived(dates.first[:, part], dates.weeks[:, part], kept)
        known = self.known.drawn
        since = {k: week for k, week in known.since.items() if k not in moved}
        since |= dict.fromkeys(moved if self.week > 0 else (), self.week)
        return Seen({k: week for k, week in known.fell.items() if k not in moved}, since, known.failed, lived)

    def _dates_under(self, profile: int) -> Dates:
        if profile == 0 or self.talks is not None:
            return self.dates
        uniforms, moved = self.draws.uniforms, sorted(self._moved(profile))
        if moved and self.week > 0:  # what has not come says something of the draws it was to come by
            fresh = self.player.chances(self.who.state, self.who.stream ^ _ELSEWHERE)
            uniforms = Uniforms(*(drawn.copy() for drawn in uniforms))
            for mine, other in zip(uniforms, fresh, strict=True):
                mine[moved] = other[moved]
        draws = replace(self.draws, uniforms=uniforms, seen=self._seen_under(profile))
        return draws.calendar(self._decided(profile))

    def _talks_under(self, part: slice, profiles: int) -> TalksInRun:
        """Return the talks of a block of them under every profile, as far as they have been held."""
        assert self.talks is not None
        so_far = self.talks.some(part)
        seen = [self.known.drawn if d == 0 else self._seen_under(d, part) for d in range(profiles)]
        talks = TalksInRun(so_far.draws, [self._decided(d) for d in range(profiles)], seen, so_far.known[0])
        for name, issues in so_far.outcomes.items():
            for issue, ends in issues.items():
                talks.outcomes[name][issue][:] = ends
        return talks


def followers(drawn: tuple[Drawn, ...], these: set[int]) -> set[int]:
    """Return some of the drawn and all that look at them, directly or through others."""
    found = set(these)
    while True:
        more = {n for n, item in enumerate(drawn) if found.intersection(item.looks_at)} - found
        if not more:
            return found
        found |= more


def renewable(drawn: tuple[Drawn, ...], seen: Seen, week: int) -> set[int]:
    """Return what a copy may draw anew at a week: what has not been seen, nor has anything that looks at it, and what
    looks at it cannot have come yet, and may be drawn anew itself.

    Only then does a new date leave the probability of all that has come, and has not, as it was.
    """
    looking: Mapping[int, set[int]] = {
        n: {m for m, item in enumerate(drawn) if n in item.looks_at} for n in range(len(drawn))
    }
    free = {n for n in range(len(drawn)) if n not in seen.fell}
    while True:
        bound = {
            n
            for n in free
            if any(m not in free or m in seen.since or drawn[m].first < week for m in looking[n])
        }
        if not bound:
            return free
        free -= bound
