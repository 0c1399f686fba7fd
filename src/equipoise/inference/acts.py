"""What a patron was seen to do, and what it could have done instead: as strategies that can be played.

An act is a way of engaging, a strategy of the file or shares of effort, from the start or from a date on. What it could
have done instead are the patron's strategies in the file. An act from a date on is played as a switch on that date from
what the patron did before, so that the ways it chose among share everything up to then.

Source: MODEL.md §5c (several observed acts at several dates).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipoise.errors import InputError
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Event, Scenario, Strategy, Then
from equipoise.scenario.number import Number
from equipoise.scenario.policies import resolved, said, terms_of

SEEN = "as-seen"
"""Name of a way of engaging that was given as shares."""

Way = str | Mapping[str, float]
"""A strategy of the file by name, or shares of effort by force."""


@dataclass(frozen=True)
class Act:
    """One thing a patron was seen to do.

    Attributes:
        done: name of the way it took. since: from when; None from the start.
        ways: every way it could have taken, by name, as a strategy of the whole run.
    """

    done: str
    since: date | None
    ways: Mapping[str, Strategy]


def acts_of(
    scenario: Scenario, patron: str, does: Sequence[Way], since: Sequence[date | None]
) -> tuple[Scenario, tuple[Act, ...]]:
    """Return what was seen as acts, and the scenario with the dates on which the later ones begin.

    Args:
        scenario: resolved.
        patron: whose acts.
        does: what it did, one after another. since: from when each, None from the start.

    Raises:
        InputError: no such strategy or force, shares that are none, dates out of order or outside the run.
    """
    named = scenario.strategies.get(patron, {})
    if not named:
        raise InputError(
            f"{patron} has no strategies in this scenario, so nothing it could do instead; write some"
        )
    _check_dates(scenario, patron, since)
    events = dict(scenario.events)
    acts: list[Act] = []
    past: list[_Past] = []
    for way, day in zip(does, since, strict=True):
        choices = dict(named)
        done = way if isinstance(way, str) else _free(choices)
        if not isinstance(way, str):
            choices[done] = shares(scenario, way)
        elif way not in named:
            near = difflib.get_close_matches(way, named, n=1)
            hint = f" (nearest: {near[0]})" if near else ""
            raise InputError(f"no strategy of {patron} is called {way!r}{hint}; there is: {', '.join(named)}")
        event, ways = None, choices
        if day is not None:
            event = f"act-of-{patron}-{day}"
            events[event] = Event(
                on=day, what=f"{patron} chooses anew", timing="even", probability=Number(value=1.0)
            )
            ways = {name: _switched(past, choice, event, day) for name, choice in choices.items()}
        acts.append(Act(done, day, ways))
        past.append(_Past(choices[done], event, day))
    return scenario.model_copy(update={"events": events}), tuple(acts)


def shares(scenario: Scenario, given: Mapping[str, float]) -> Strategy:
    """Return shares of effort by force as a strategy.

    Raises:
        InputError: no such force, a share below 0, or nothing engaged.
    """
    for force, share in given.items():
        if force not in scenario.forces:
            near = difflib.get_close_matches(force, scenario.forces, n=1)
            hint = f" (nearest: {near[0]})" if near else ""
            raise InputError(f"no force is called {force!r}{hint}; there is: {', '.join(scenario.forces)}")
        if not 0 <= share < float("inf"):
            raise InputError(f"a share of effort is 0 or more; {force} was given {share}")
    if not sum(given.values()) > 0:
        raise InputError(
            "shares of effort must engage somebody; a patron that stays out needs a strategy for it"
        )
    way = Strategy(engage={force: share for force, share in given.items() if share > 0})
    name = said(way, Names.of(scenario).within).removesuffix(".")
    return resolved(way.model_copy(update={"name": name}), tuple(scenario.forces))


def _free(names: Mapping[str, Strategy]) -> str:
    return SEEN if SEEN not in names else f"{SEEN}-shares"


def _check_dates(scenario: Scenario, patron: str, since: Sequence[date | None]) -> None:
    start, last = scenario.calendar.start, scenario.calendar.last
    days = [day for day in since if day is not None]
    if any(day is None for day in since[1:]):
        raise InputError("what was seen after the first act needs a date from which it holds")
    if since[0] is not None:
        raise InputError(
            f"say first what {patron} did from the start, then what it did since {since[0]}: a switch needs what it "
            "switches from"
        )
    for day in days:
        if not scenario.calendar.day_of(1) <= day <= last:
            raise InputError(f"{day} is not after the first week and inside the run, {start} to {last}")
    if days != sorted(set(days)):
        raise InputError(
            f"acts come one after another, each on a later day; given {', '.join(map(str, days))}"
        )


@dataclass(frozen=True)
class _Past:
    """A way of engaging that was taken, with the event and the day it began with; None at the start."""

    way: Strategy
    event: str | None
    day: date | None


def _switched(past: Sequence[_Past], way: Strategy, event: str, day: date) -> Strategy:
    """Return the strategy that does one after another what was done, and from a day on this way.

    Of what was done before, only its first way of engaging stands: what it waited for is overtaken by the next act.
    """
    then = Then(when=event, **_terms(way), then=way.then)
    for earlier in reversed(past[1:]):
        then = Then(when=earlier.event, **_terms(earlier.way), then=then)
    decide = {name: when for name, when in way.decide.items() if not isinstance(when, date) or when >= day}
    for n, earlier in enumerate(past):
        until = (past[n + 1].day if n + 1 < len(past) else day) or day  # the first act alone may have no day
        dated = {name: when for name, when in earlier.way.decide.items() if isinstance(when, date)}
        decide |= {name: when for name, when in dated.items() if when < until}
    return Strategy(name=way.name, **_terms(past[0].way), then=then, decide=decide)


def _terms(way: Strategy) -> dict[str, Any]:
    return {key.replace("-", "_"): term for key, term in terms_of(way).items()}
