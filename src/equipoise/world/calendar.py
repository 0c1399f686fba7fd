"""What is drawn before the run: the weeks of dated events, talks and breaches in each future.

Dependencies are followed in an order in which every event comes after what it looks at. What looks at the deal
of a talk that is settled inside the run is drawn again once the deal is known. Source: MODEL.md §3 *Dated
events*, *Talks*, *Agreements*; docs/model.md *Talks that follow the war*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from graphlib import TopologicalSorter
from typing import NamedTuple

import numpy as np

from equipoise.scenario.model import Dated, Scenario, Talk
from equipoise.scenario.timing import conditional, open_names
from equipoise.scenario.value_types import POWER, Timing

NEVER = 1_000_000
"""The week of what does not happen."""
LONG_AGO = -NEVER
"""The week of what was before everything."""
NO_DEAL, DEAL, UNKNOWN = 0, 1, -1
"""What is known of the deal of a talk that is settled inside the run."""
MOST_SLIPS = 10
"""How often something may be put off."""


class Uniforms(NamedTuple):
    """Uniform draws in (0, 1) of each drawn [drawn, n]: whether it happens, when, and how often it is put off."""

    happens: np.ndarray
    when: np.ndarray
    slips: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """A dated event or a talk; indices point into the tuple of all drawn, sorted by name.

    Attributes:
        first, last: weeks of its window, both included; `last` may lie beyond the run.
        probability: path of its probability. odds: (index, path of the factor).
        talk: whether its name means a deal.
        requires, unless: indices, those of what is known only inside the run left out.
        after: (index, least weeks, most weeks or None).
        timing: how its date lies in what is left of its window.
        slips: path of the chance of being put off. slip_weeks: by how much each time, 0 where it never is.
        in_run: whether it is a talk that is settled inside the run, for somebody's clout there is power.
    """

    name: str
    first: int
    last: int
    probability: str
    talk: bool
    requires: tuple[int, ...]
    unless: tuple[int, ...]
    after: tuple[tuple[int, int, int | None], ...]
    odds: tuple[tuple[int, str], ...]
    timing: Timing = "even"
    slips: str = ""
    slip_weeks: int = 0
    in_run: bool = False

    @property
    def looks_at(self) -> tuple[int, ...]:
        """Return the indices of all that this one looks at."""
        return (*self.requires, *self.unless, *(a for a, *_ in self.after), *(a for a, _ in self.odds))


@dataclass(frozen=True)
class Seen:
    """What has been seen of dated events and talks, by index among the drawn; weeks count from the start of the run.

    Attributes:
        fell: the week in which an event fell, or in which a talk was held.
        since: the week before which it has not fallen (of a talk: no deal was struck).
        failed: talks that were held in their week and ended without a deal.
        lived: what stays as it was drawn before, where futures are drawn anew from some week on.
    """

    fell: Mapping[int, int] = field(default_factory=dict)
    since: Mapping[int, int] = field(default_factory=dict)
    failed: frozenset[int] = frozenset()
    lived: Lived | None = None

    def some(self, futures: np.ndarray | slice) -> Seen:
        """Return the same for some of the futures."""
        return self if self.lived is None else replace(self, lived=self.lived.some(futures))


class Lived(NamedTuple):
    """Weeks that were drawn before [drawn, n], drawn and fallen in, and where they stay."""

    first: np.ndarray
    weeks: np.ndarray
    kept: np.ndarray

    def some(self, futures: np.ndarray | slice) -> Lived:
        """Return the same for some of the futures."""
        return Lived(*(part[:, futures] for part in self))


class Dates(NamedTuple):
    """When things come, in n futures.

    Attributes:
        weeks: int32 [drawn, n], NEVER where it does not happen; a talk counts only with its deal.
        held: int32 [drawn, n], when talks that are settled inside the run take place, NEVER for all else.
        first: int32 [drawn, n], the week for which each was drawn, before it slipped.
        log_chance: by index of what was seen, the logarithm of its probability given what it looks at [n].
    """

    weeks: np.ndarray
    held: np.ndarray
    first: np.ndarray
    log_chance: dict[int, np.ndarray]


@dataclass(frozen=True)
class TermDeadline:
    """When a term falls due, and what must have happened by then, as far as that is drawn before the run.

    Attributes:
        event: index of the drawn event that fulfils the term; -1 for what is known only inside the run.
        signed: week of signing (may be negative), or -1 with `signed_by` the index that signs it.
        deadline: week, where `by` gives it; else None and `within` weeks after signing.
        due_inside: whether the week of the deadline itself is known only inside the run.
    """

    name: str
    event: int
    signed: int
    signed_by: int
    deadline: int | None
    within: int
    due_inside: bool


def compile_drawn(scenario: Scenario) -> tuple[Drawn, ...]:
    """Return every dated event and talk, sorted by name."""
    items: dict[str, Dated] = {n: e for n, e in scenario.events.items() if e.when is None}
    items.update(scenario.talks)
    index = {name: n for n, name in enumerate(sorted(items))}
    inside = conditional(scenario) | open_names(scenario)
    return tuple(_drawn(scenario, name, items[name], index, inside) for name in index)


def _drawn(scenario: Scenario, name: str, item: Dated, index: dict[str, int], inside: set[str]) -> Drawn:
    path = f"{'talks' if name in scenario.talks else 'events'}.{name}"
    first, last = window(scenario, item)
    lags = {a: lag if isinstance(lag, tuple) else (lag, None) for a, lag in item.after.items()}
    return Drawn(
        name, first, last, f"{path}.probability", name in scenario.talks,
        tuple(index[a] for a in item.requires if a not in inside),
        tuple(index[a] for a in item.unless if a not in inside),
        tuple((index[a], *lags[a]) for a in sorted(lags)),
        tuple(sorted((index[a], f"{path}.odds.{a}") for a in item.odds)),
        item.timing or "even",
        f"{path}.slips.chance" if item.slips else "",
        item.slips.weeks if item.slips else 0,
        isinstance(item, Talk) and (isinstance(item.clout, str) or POWER in item.clout.values()),
    )  # fmt: skip


def window(scenario: Scenario, item: Dated) -> tuple[int, int]:
    """Return the first and last week in which a dated event or talk may fall."""
    start, weeks = scenario.calendar.start, scenario.calendar.weeks
    if item.on is not None:
        days: tuple[date, date] = (item.on, item.on)
    elif item.between is not None:
        days = item.between
    else:
        return 0, weeks - 1
    first, last = ((day - start).days // 7 for day in days)
    return max(first, 0), last


def compile_deadlines(scenario: Scenario, drawn: tuple[Drawn, ...]) -> tuple[TermDeadline, ...]:
    """Return the terms of all agreements, by agreement name and term number."""
    index = {item.name: n for n, item in enumerate(drawn)}
    start = scenario.calendar.start
    inside = conditional(scenario) | open_names(scenario)
    out = []
    for name in sorted(scenario.agreements):
        agreement = scenario.agreements[name]
        signed, signed_by = LONG_AGO, -1  # of what is known only inside the run: the run judges it
        if isinstance(agreement.signed, date):
            signed = (agreement.signed - start).days // 7
        elif agreement.signed not in inside:
            signed, signed_by = -1, index[agreement.signed]
        for n, term in enumerate(agreement.terms):
            event = -1 if term.event in inside else index[term.event]
            deadline = None if term.by is None else (term.by - start).days // 7
            due_inside = deadline is None and agreement.signed in inside
            out.append(
                TermDeadline(f"{name}.{n}", event, signed, signed_by, deadline, term.within or 0, due_inside)
            )
    return tuple(out)


def draw_order(drawn: tuple[Drawn, ...]) -> list[int]:
    """Return the indices of `drawn` so that each comes after all it looks at."""
    graph = {n: set(item.looks_at) for n, item in enumerate(drawn)}
    return list(TopologicalSorter(graph).static_order())


def draw_calendar(
    drawn: tuple[Drawn, ...],
    *,
    values: Mapping[str, np.ndarray],
    deals: Mapping[str, np.ndarray],
    uniforms: Uniforms,
    decided: Mapping[int, int],
    seen: Seen | None = None,
) -> Dates:
    """Draw the week of every dated event and deal, and of every talk that is settled inside the run.

    Where such a talk takes place, what looks at its deal, directly or through others, cannot fall before it;
    as long as its deal is not known that has no week. What has been seen is made to come so, and its probability
    is returned; what looks at it is drawn accordingly.

    Args:
        drawn: what may happen.
        values: by path, the probability, odds factor or chance of slipping in each future [n] (or a scalar array).
        deals: by talk, whether it would end in a deal in each future [n]; for a talk that is settled inside
            the run NO_DEAL, DEAL or UNKNOWN, all unknown if it is left out.
        uniforms: whether, when, and how often each is put off.
        decided: by index, the week a strategy sets (NEVER for never).
        seen: what is known to have come, and what not.
    """
    seen = seen or Seen()
    weeks: np.ndarray = np.full(uniforms.happens.shape, NEVER, dtype=np.int32)
    first, held, since = weeks.copy(), weeks.copy(), np.zeros_like(weeks)
    waits: np.ndarray = np.zeros(weeks.shape, bool)
    log_chance: dict[int, np.ndarray] = {}
    for n in draw_order(drawn):
        item = drawn[n]
        for a in item.looks_at:
            comes = np.where(held[a] < NEVER, held[a], since[a])
            if n in decided:
                waits[n] |= waits[a] & (comes <= decided[n])
            else:
                since[n], waits[n] = np.maximum(since[n], comes), waits[n] | waits[a]
        ends = _ends(item, deals, waits.shape[1])
        log = None
        if n in decided:
            first[n] = weeks[n] = _decided_week(item, first, weeks, decided[n])
        else:
            left = _left(item, first, weeks, values, since[n])
            ours = Uniforms(*(drawn[n] for drawn in uniforms))
            first[n], weeks[n], log = _draw_one(item, left, values, ours, *_sought(item, n, seen, ends))
        if n in seen.fell or n in seen.since:
            impossible = ~waits[n] & _contradicts(seen, n, weeks[n], ends)
            likely = np.zeros(weeks.shape[1]) if log is None else np.where(waits[n], 0.0, log)
            log_chance[n] = np.where(impossible, -np.inf, likely)
        nothing = waits[n].copy()
        if item.in_run:
            held[n] = np.where(nothing, NEVER, weeks[n])
            waits[n] |= (held[n] < NEVER) & (ends == UNKNOWN)
        nothing |= ends != DEAL
        first[n, nothing] = weeks[n, nothing] = NEVER
        if seen.lived is not None:
            stays = seen.lived.kept[n]
            first[n, stays], weeks[n, stays] = seen.lived.first[n, stays], seen.lived.weeks[n, stays]
    return Dates(weeks, held, first, log_chance)


def _ends(item: Drawn, deals: Mapping[str, np.ndarray], n: int) -> np.ndarray:
    """Return how a talk ends in each future as far as that is known [n]; an event always comes to pass."""
    if item.in_run:
        return deals.get(item.name, np.full(n, UNKNOWN))
    return np.where(deals[item.name], DEAL, NO_DEAL) if item.talk else np.full(n, DEAL)


def _sought(item: Drawn, n: int, seen: Seen, ends: np.ndarray) -> tuple[int | None, np.ndarray | None]:
    """Return the week something is to be drawn for, and the week before which it is not to be, if any.

    A talk that ends without a deal may be held at any time before that week. Of a talk that is settled inside the
    run it is not known yet how it ends.
    """
    if n in seen.fell:
        return seen.fell[n], None
    if n in seen.since and not item.in_run:
        return None, np.where(ends == DEAL, seen.since[n], 0)
    return None, None


def _contradicts(seen: Seen, n: int, falls: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return where what was seen is not so: another week, too early, or a talk that ends otherwise [n]."""
    if n not in seen.fell:
        return (ends == DEAL) & (falls < seen.since[n])
    wanted = NO_DEAL if n in seen.failed else DEAL
    return (falls != seen.fell[n]) | ((ends != UNKNOWN) & (ends != wanted))


def _decided_week(item: Drawn, first: np.ndarray, weeks: np.ndarray, week: int) -> np.ndarray:
    """Return the week a strategy sets, NEVER where what the event requires or excludes is not so by then."""
    possible = np.ones(weeks.shape[1], bool)
    for a in item.requires:
        possible &= first[a] <= week
    for a in item.unless:
        possible &= weeks[a] > week
    return np.where(possible, week, NEVER)


class _Left(NamedTuple):
    """What is left for an event to be drawn from, given what it looks at [n]: whether it can happen at all, its
    chance, the first week and the number of weeks left of its window, and the week before which it must fall."""

    possible: np.ndarray
    chance: np.ndarray
    earliest: np.ndarray
    room: np.ndarray
    before: np.ndarray


def _left(
    item: Drawn, first: np.ndarray, weeks: np.ndarray, values: Mapping[str, np.ndarray], since: np.ndarray
) -> _Left:
    earliest = np.maximum(item.first, since).astype(np.int64)
    latest = np.full_like(earliest, item.last)
    possible = np.ones(earliest.shape, dtype=bool)
    for a in item.requires:
        possible &= first[a] < NEVER
        earliest = np.maximum(earliest, first[a])
    for a, least, most in item.after:
        comes = first[a] < NEVER
        earliest = np.maximum(earliest, np.where(comes, first[a] + least, item.first))
        if most is not None:
            latest = np.where(comes, np.minimum(latest, first[a] + most), latest)
    room = latest - earliest + 1
    possible &= room > 0
    probability = np.broadcast_to(values[item.probability], earliest.shape)
    factor = np.ones(earliest.shape)
    for a, path in item.odds:
        factor = np.where(first[a] <= item.last, factor * values[path], factor)
    before = np.full(earliest.shape, 2 * NEVER)
    for a in item.unless:
        before = np.minimum(before, weeks[a])
    return _Left(possible, with_odds(probability, factor), earliest, np.maximum(room, 1), before)


_When = tuple[np.ndarray, np.ndarray, np.ndarray | None]


def _draw_one(
    item: Drawn,
    left: _Left,
    values: Mapping[str, np.ndarray],
    uniforms: Uniforms,
    fell: int | None,
    since: np.ndarray | None,
) -> _When:
    """Return the week an event is drawn for and the week it falls in, after slipping [n].

    Where it is to fall in a week, or not before one, also the logarithm of the chance of that [n].
    """
    slipping = np.asarray(values[item.slips]) if item.slip_weeks else np.zeros(())
    if fell is not None:
        return _drawn_in(item, left, slipping, uniforms, fell)
    if since is not None:
        return _drawn_since(item, left, slipping, uniforms, since)
    possible = left.possible & (uniforms.happens < left.chance)
    share = SHAPES[item.timing](uniforms.when)
    week = left.earliest + np.minimum(np.floor(left.room * share), left.room - 1).astype(np.int64)
    falls = week if not item.slip_weeks else week + item.slip_weeks * slips(slipping, uniforms.slips)
    possible &= left.before > falls
    return np.where(possible, week, NEVER), np.where(possible, falls, NEVER), None


def _drawn_in(item: Drawn, left: _Left, slipping: np.ndarray, uniforms: Uniforms, week: int) -> _When:
    """Draw an event that falls in `week`: for which week it was drawn, and the chance, as `_draw_one` gives them."""
    put_off, times = _put_off(item, slipping, len(left.room))
    offset = week - put_off - left.earliest
    mass = times * (_share_before(item, offset + 1, left.room) - _share_before(item, offset, left.room))
    chance = np.where(left.possible & (left.before > week), left.chance * mass.sum(axis=0), 0.0)
    first = week - put_off[_chosen(mass, uniforms.slips), 0]
    there = chance > 0
    return np.where(there, first, NEVER), np.where(there, week, NEVER), _log(chance)


def _drawn_since(
    item: Drawn, left: _Left, slipping: np.ndarray, uniforms: Uniforms, week: np.ndarray
) -> _When:
    """Draw an event that does not fall before `week` [n]: its weeks and the chance, as `_draw_one` gives them."""
    put_off, times = _put_off(item, slipping, len(left.room))
    gone = np.minimum(week, left.before) - put_off - left.earliest
    passed = _share_before(item, gone, left.room)
    mass = times * (1 - passed)
    later = np.minimum(mass.sum(axis=0), 1.0)
    chance = np.where(left.possible, 1 - left.chance * (1 - later), 1.0)
    happens = left.possible & (uniforms.happens * chance < left.chance * later)
    row, column = _chosen(mass, uniforms.slips), np.arange(len(left.room))
    share = SHAPES[item.timing](passed[row, column] + uniforms.when * (1 - passed[row, column]))
    offset = np.minimum(np.floor(left.room * share), left.room - 1).astype(np.int64)
    first = left.earliest + np.maximum(offset, gone[row, column])
    falls = first + put_off[row, 0]
    happens &= left.before > falls
    return np.where(happens, first, NEVER), np.where(happens, falls, NEVER), _log(chance)


def _put_off(item: Drawn, slipping: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return by how many weeks an event may be put off [times, 1], and how likely each is [times, n]."""
    times = np.arange(MOST_SLIPS + 1 if item.slip_weeks else 1)[:, None]
    as_often = np.broadcast_to(slipping, (n,)) ** times
    oftener = np.concatenate([as_often[1:], np.zeros((1, n))])
    return item.slip_weeks * times, as_often - oftener


def _share_before(item: Drawn, offset: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return the chance that an event's date lies less than `offset` weeks after the first it may have."""
    return SPREADS[item.timing](np.clip(offset / room, 0, 1))


def _chosen(mass: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return which row is drawn in each column in proportion to its mass [n]."""
    upto = np.cumsum(mass, axis=0)
    return np.minimum((uniform * upto[-1] >= upto).sum(axis=0), len(mass) - 1)


def _log(chance: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(chance)


SHAPES: dict[Timing, Callable[[np.ndarray], np.ndarray]] = {
    "even": lambda v: v,
    "early": lambda v: 1 - np.sqrt(1 - v),
    "late": np.sqrt,
}
"""From a uniform draw to the share of the weeks left that lie before the one drawn."""

SPREADS: dict[Timing, Callable[[np.ndarray], np.ndarray]] = {
    "even": lambda s: s,
    "early": lambda s: 1 - (1 - s) ** 2,
    "late": np.square,
}
"""The other way: the chance of a date within a share of the weeks left."""


def slips(chance: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return how often what is due is put off, at most ten times: j times or more with probability chance^j."""
    return np.sum([uniform < chance**j for j in range(1, MOST_SLIPS + 1)], axis=0)


def with_odds(probability: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return the probability whose odds are `factor` times those of `probability`; 1 stays 1."""
    certain = probability >= 1.0
    both = np.where(certain, 1.0, 1.0 - probability + probability * factor)
    return np.where(certain, 1.0, probability * factor / both)


def breach_weeks(deadlines: tuple[TermDeadline, ...], weeks: np.ndarray, horizon: int) -> np.ndarray:
    """Return the week in which each term is breached [terms, n], NEVER where it is not.

    A deadline before the start, before signing, or at the horizon or later does nothing. What is known only inside
    the run is taken to be signed and not to happen; a deadline known only there has no week.
    """
    out = np.full((len(deadlines), weeks.shape[1]), NEVER, dtype=np.int32)
    for n, term in enumerate(deadlines):
        if term.due_inside:
            continue
        signed = (
            weeks[term.signed_by] if term.signed_by >= 0 else np.full(weeks.shape[1], term.signed, np.int32)
        )
        deadline = signed + term.within if term.deadline is None else np.full_like(signed, term.deadline)
        due = (signed < NEVER) & (deadline >= 0) & (deadline < horizon) & (signed <= deadline)
        kept = weeks[term.event] <= deadline if term.event >= 0 else False
        out[n] = np.where(due & ~np.broadcast_to(kept, due.shape), deadline, NEVER)
    return out
