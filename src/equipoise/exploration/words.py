"""Restrictions, boxes and what is seen week by week, in the scenario's own words and dates.

What a path, an event or a force is called is said by `scenario/wording.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from equipoise.exploration.discovery import Box
from equipoise.exploration.indicators import Indicator
from equipoise.exploration.prim import Limit
from equipoise.scenario import phrases, wording
from equipoise.scenario.model import Scenario


def condition(limit: Limit, scenario: Scenario | None = None) -> str:
    """Return a restriction in words: what lies where, dates for the weeks of events."""
    if limit.path.startswith(("event.", "deal.")):
        return _dated(limit, scenario)
    what = wording.place(limit.path, scenario)
    if limit.levels is not None:
        return f"{what} is {' or '.join(str(v) for v in limit.levels)}"
    if limit.low is not None and limit.high is not None:
        return f"{what} lies between {wording.value(limit.path, limit.low)} and {wording.value(limit.path, limit.high)}"
    if limit.low is not None:
        return f"{what} is above {wording.value(limit.path, limit.low)}"
    return f"{what} is below {wording.value(limit.path, limit.high)}"  # type: ignore[arg-type]


def day(week: float, scenario: Scenario | None) -> str:
    """Return the first day of a week of the run, or its number without a scenario."""
    if scenario is None:
        return f"week {week:.0f}"
    return phrases.day(scenario.calendar.start + timedelta(weeks=int(week)))


def box(found: Box, strategy: str, scenario: Scenario | None = None) -> str:
    """Return a box of scenario discovery in one sentence, judged on the held-out half."""
    conditions = ", and ".join(condition(limit, scenario) for limit in found.limits)
    density, coverage, base = (
        "an unknown share" if share is None else f"{100 * share:.0f} %"
        for share in (found.held_out_density, found.held_out_coverage, found.base_rate)
    )
    verdict = (
        "" if found.confirmed else "; this does not show again in the half of the states kept for checking"
    )
    name = wording.strategy_name(strategy, scenario)
    return (
        f"Where {conditions}: {name} fails in {density} of the cases, against {base} of all; {coverage} of its "
        f"failures lie there{verdict}."
    )


def observable(name: str, scenario: Scenario | None = None) -> str:
    """Return what something seen week by week is called: `power.crown`, `event.vote`, `violence`."""
    kind, _, key = name.partition(".")
    texts = {
        "power": "power of {}", "standing": "standing with {}", "control": "control of {}",
        "fallen": "fall of {}",
    }  # fmt: skip
    if kind == "event" and key:
        return wording.event_name(key, scenario)
    if kind == "deal" and key:
        return f"a deal at {wording.event_name(key, scenario)}"
    return texts[kind].format(wording.force_name(key, scenario)) if key and kind in texts else name


def said(reading: Indicator, scenario: Scenario | None = None) -> Indicator:
    """Return an indicator with its words and its date: `power of the Crown below 0.42 on 16 June 2031`."""
    when = day(reading.week, scenario)
    what = observable(reading.observable, scenario)
    if reading.level is None:
        says = f"{what} by {when}"
    else:
        level = phrases.significant(round(reading.level, 2) or reading.level)
        says = f"{what} {reading.sign} {level} {'in' if scenario is None else 'on'} {when}"
    dated = None if scenario is None else scenario.calendar.start + timedelta(weeks=reading.week)
    return replace(reading, says=says, date=dated and dated.isoformat())


def part(group: str, scenario: Scenario | None = None) -> str:
    """Return what a part of the scenario is called: `forces.crown`, `events.offensive`, `dynamics.fade`."""
    kind, _, key = group.partition(".")
    if kind in ("forces", "patrons"):
        return f"everything about {wording.force_name(key, scenario)}"
    if kind in ("events", "talks"):
        return f"everything about {wording.event_name(key, scenario)}"
    if kind == "ties":
        return f"everything about the tie between {wording.tie(key, scenario)}"
    return f"everything about {group}"


def _dated(limit: Limit, scenario: Scenario | None) -> str:
    """Return a restriction on the week of an event; a week past the end means that it does not come."""
    what = observable(limit.path, scenario)
    weeks = scenario.calendar.weeks if scenario is not None else None
    low, high = limit.low, limit.high
    if high is not None and weeks is not None and high >= weeks:
        high = None
    if low is not None and high is not None:
        return f"{what} comes between {day(low + 1, scenario)} and {day(high + 1, scenario)}"
    if high is not None:
        return f"{what} comes before {day(high + 1, scenario)}"
    if low is not None and weeks is not None and low >= weeks - 1:
        return f"{what} does not come within the run"
    if low is not None:
        return f"{what} does not come before {day(low + 1, scenario)}"
    return f"{what} comes within the run"
