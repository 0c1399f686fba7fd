"""Restrictions on numbers and on what is seen week by week, in the scenario's own words and dates."""

from __future__ import annotations

from typing import Protocol

from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import day


class Bounds(Protocol):
    """What keeps something to a part of its values: between two ends, or to some levels."""

    @property
    def path(self) -> str:
        """What is kept to it: the path of a number, or something seen (`event.vote`)."""

    @property
    def low(self) -> float | None:
        """The low end, None where that side is free."""

    @property
    def high(self) -> float | None:
        """The high end, None where that side is free."""

    @property
    def levels(self) -> tuple[str, ...] | None:
        """The levels, of what has no order."""


def restriction(to: Bounds, scenario: Scenario | None = None) -> str:
    """Return a restriction in words: what lies where, dates for the weeks of events."""
    if to.path.startswith(("event.", "deal.")):
        return _dated(to, scenario)
    what = wording.place(to.path, scenario)
    if to.levels is not None:
        return f"{what} is {' or '.join(map(str, to.levels))}"
    low, high = (None if end is None else wording.value(to.path, end) for end in (to.low, to.high))
    if low is not None and high is not None:
        return f"{what} lies between {low} and {high}"
    return f"{what} is above {low}" if high is None else f"{what} is below {high}"


def date_of(week: float, scenario: Scenario | None) -> str:
    """Return the first day of a week of the run, or its number without a scenario."""
    if scenario is None:
        return f"week {week:.0f}"
    return day(scenario.calendar.day_of(int(week)))


def observable(name: str, scenario: Scenario | None) -> str:
    """Return what something seen week by week is called: `power.crown`, `event.vote`, `violence`."""
    kind, _, key = name.partition(".")
    names = Names.of(scenario)
    texts = {
        "power": "power of {}", "standing": "standing with {}", "control": "control of {}",
        "fallen": "fall of {}",
    }  # fmt: skip
    if kind == "event" and key:
        return names.quoted_event(key)
    if kind == "deal" and key:
        return f"a deal at {names.quoted_event(key)}"
    return texts[kind].format(names.within(key)) if key and kind in texts else name


def part(group: str, scenario: Scenario | None) -> str:
    """Return what a part of the scenario is called: `forces.crown`, `events.offensive`, `dynamics.fade`."""
    kind, _, key = group.partition(".")
    names = Names.of(scenario)
    if kind in ("forces", "patrons"):
        return f"everything about {names.within(key)}"
    if kind in ("events", "talks"):
        return f"everything about {names.quoted_event(key)}"
    if kind == "ties":
        return f"everything about the tie between {names.tie(key)}"
    return f"everything about {group}"


def _dated(to: Bounds, scenario: Scenario | None) -> str:
    """Return a restriction on the week of an event; a week past the end means that it does not come."""
    what = observable(to.path, scenario)
    weeks = scenario.calendar.weeks if scenario is not None else None
    low, high = to.low, to.high
    if high is not None and weeks is not None and high >= weeks:
        high = None
    if low is not None and high is not None:
        return f"{what} comes between {date_of(low + 1, scenario)} and {date_of(high + 1, scenario)}"
    if high is not None:
        return f"{what} comes before {date_of(high + 1, scenario)}"
    if low is not None and weeks is not None and low >= weeks - 1:
        return f"{what} does not come within the run"
    if low is not None:
        return f"{what} does not come before {date_of(low + 1, scenario)}"
    return f"{what} comes within the run"
