"""Paths, values and conditions in the scenario's own words and dates.

`forces.crown.collapse.rate` above 0.031 reads "the weekly chance that The Crown falls at its threshold is
above 3.1 %". Each kind of place has one template; a path that none fits is printed as it is.
Source: MODEL.md §2-3 for what each number means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from equipoise.explore.discovery import Box
from equipoise.explore.prim import Limit
from equipoise.scenario.model import Scenario

Unit = Literal["number", "chance"]


@dataclass(frozen=True)
class _Template:
    """How the places under one pattern read: named parts of the path fill the text."""

    pattern: re.Pattern[str]
    text: str
    unit: Unit = "number"


def _templates(*rows: tuple[str, str] | tuple[str, str, Unit]) -> tuple[_Template, ...]:
    def compiled(pattern: str) -> re.Pattern[str]:
        literal = re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}")
        return re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^.]+)", literal) + "$")

    return tuple(_Template(compiled(row[0]), row[1], row[2] if len(row) == 3 else "number") for row in rows)


TEMPLATES = _templates(
    ("quantities.{quantity}", "the shared quantity “{quantity}”"),
    ("forces.{force}.control.{region}", "{force}'s control of {region} at the start"),
    ("forces.{force}.momentum", "{force}'s momentum"),
    ("forces.{force}.home.{region}", "{force}'s home advantage in {region}"),
    ("forces.{force}.volatility.national", "the country-wide ups and downs of {force}"),
    ("forces.{force}.volatility.regional", "the regional ups and downs of {force}"),
    ("forces.{force}.backing-effect.{channel}", "what {channel} from a patron add to {force}'s fitness"),
    ("forces.{force}.bandwagon", "how much {force}'s power draws more to it"),
    ("forces.{force}.undermine", "how much authority engaging {force} takes from the incumbent"),
    ("forces.{force}.legitimacy", "how much being engaged strengthens {force}"),
    (
        "forces.{force}.collapse.rate",
        "the weekly rate at which {force} falls at its threshold",
        "chance",
    ),
    ("forces.{force}.collapse.threshold", "the power at which {force} starts to totter", "chance"),
    ("forces.{force}.collapse.steepness", "how sharply {force}'s danger of falling rises as it weakens"),
    ("forces.{force}.collapse.shield.{channel}", "how much {channel} shield {force} from falling"),
    ("forces.{force}.collapse.shield", "how much backing shields {force} from falling"),
    ("forces.{force}.collapse.panic", "how much knowing that support will leave endangers {force}"),
    ("forces.{force}.collapse.slide", "how much a recent loss of power endangers {force}"),
    ("forces.{force}.receptivity.base", "how open {force} is to engagement"),
    ("forces.{force}.receptivity.shopping", "how much more open {force} grows as its sponsors waver"),
    ("forces.{force}.resentment.alienation", "what engaging a rival of {force} costs with it"),
    ("forces.{force}.resentment.duplicity", "what courting both {force} and its rival costs with it"),
    ("forces.{force}.resentment.parity", "what {force} takes off for being treated no better than its rival"),
    ("patrons.{patron}.engagement.budget", "{patron}'s diplomatic effort"),
    ("patrons.{patron}.engagement.gain", "what {patron}'s engagement gains"),
    ("patrons.{patron}.engagement.gain.{force}", "what {patron}'s engagement gains with {force}"),
    ("patrons.{patron}.engagement.engage.{force}", "{patron}'s weight on {force} unless told otherwise"),
    ("patrons.{patron}.values.influence", "what {patron} gives for influence"),
    ("patrons.{patron}.values.rivals.{rival}", "how much {patron} minds {rival}'s influence"),
    ("patrons.{patron}.values.power.{force}", "what {patron} gives for {force}'s power"),
    ("patrons.{patron}.values.order.takeover.{force}", "what {patron} gives for a takeover by {force}"),
    ("patrons.{patron}.values.order.{order}", "what {patron} gives for the order “{order}”"),
    (
        "patrons.{patron}.values.control.{force}.{region}",
        "what {patron} gives for {force}'s hold on {region}",
    ),
    ("patrons.{patron}.values.violence", "what {patron} gives for violence"),
    ("patrons.{patron}.values.exposure", "{patron}'s exposure to violence"),
    ("patrons.{patron}.values.cost", "what engagement costs {patron}"),
    ("patrons.{patron}.values.backing-cost.{channel}", "what backing with {channel} costs {patron}"),
    ("patrons.{patron}.values.terminal", "how much {patron} looks to the last week alone"),
    ("patrons.{patron}.standing.{force}", "{patron}'s standing with {force} at the start"),
    ("patrons.{patron}.backing.{force}.{channel}", "{patron}'s {channel} behind {force} at the start"),
    ("ties.{tie}.sign", "the tie between {tie}"),
    ("dynamics.fade", "the weekly fading of standing"),
    ("dynamics.warmth", "what engaging a force's friend gains with it"),
    ("dynamics.hostility", "how much violence hurts those who face rivals"),
    ("dynamics.inherit", "how much what a fallen force held goes to its friends"),
    ("dynamics.realign-rate", "how often a year forces look again at their ties"),
    ("dynamics.realign-step", "how far a tie moves when a force looks again"),
    ("dynamics.violence.start", "violence at the start"),
    ("dynamics.violence.mean", "the level to which violence returns"),
    ("dynamics.violence.revert", "how quickly violence returns to its level"),
    ("dynamics.violence.contest", "how much contested ground raises violence"),
    ("dynamics.violence.after-fall", "what the fall of a force adds to violence"),
    ("events.{event}.probability", "the chance that {event}", "chance"),
    ("events.{event}.weekly", "the weekly chance that {event}, once it can", "chance"),
    ("events.{event}.odds.{cause}", "how much {cause} multiplies the odds that {event}"),
    ("talks.{event}.probability", "the chance that {event} takes place", "chance"),
    ("talks.{event}.odds.{cause}", "how much {cause} multiplies the odds that {event} takes place"),
    ("talks.{talk}.clout.{actor}", "{actor}'s clout at {talk}"),
    ("talks.{talk}.issues.{issue}.positions.{actor}", "{actor}'s position on {issue} at {talk}"),
    ("talks.{talk}.issues.{issue}.salience.{actor}", "how much {issue} matters to {actor} at {talk}"),
    (
        "talks.{talk}.issues.{issue}.reservation.{actor}",
        "how far from its position on {issue} {actor} would go",
    ),
)
_EFFECT = re.compile(
    r"^(?P<kind>events|talks|agreements)\.(?P<name>[^.]+)\.(?:effects|breach)\.(?P<number>\d+)\.(?P<rest>.+)$"
)


def place(path: str, scenario: Scenario | None = None) -> str:
    """Return what a path names, in the scenario's own words.

    Args:
        path: keys joined by dots.
        scenario: for names of actors, regions and events; None prints the keys.
    """
    for template in TEMPLATES:
        match = template.pattern.match(path)
        if match:
            names = {k: _name(k, v, scenario) for k, v in match.groupdict().items()}
            return template.text.format(**names).replace("s's ", "s' ")
    effect = _EFFECT.match(path)
    if effect:
        whose = "the breach of " if effect["kind"] == "agreements" else ""
        on = effect["rest"].replace(".", " ")
        return f"the effect of {whose}{_name('event', effect['name'], scenario)} on {on}"
    return path


def value(path: str, amount: float | str) -> str:
    """Return a value of a path as people write it: chances in per cent, other numbers to three figures."""
    if isinstance(amount, str):
        return f"“{amount}”"
    unit = next((t.unit for t in TEMPLATES if t.pattern.match(path)), "number")
    if unit == "number":
        return f"{amount:.3g}"
    return f"{100 * amount:.2g} %" if amount < 0.995 else f"{100 * amount:.4g} %"


def condition(limit: Limit, scenario: Scenario | None = None) -> str:
    """Return a restriction in words: what lies where, dates for the weeks of events."""
    if limit.path.startswith(("event.", "deal.")):
        return _dated(limit, scenario)
    what = place(limit.path, scenario)
    if limit.levels is not None:
        return f"{what} is {' or '.join(str(v) for v in limit.levels)}"
    if limit.low is not None and limit.high is not None:
        return f"{what} lies between {value(limit.path, limit.low)} and {value(limit.path, limit.high)}"
    if limit.low is not None:
        return f"{what} is above {value(limit.path, limit.low)}"
    return f"{what} is below {value(limit.path, limit.high)}"  # type: ignore[arg-type]


def day(week: float, scenario: Scenario | None) -> str:
    """Return the first day of a week of the run, or its number without a scenario."""
    if scenario is None:
        return f"week {week:.0f}"
    return date_words(scenario.calendar.start + timedelta(weeks=int(week)))


def box(found: Box, strategy: str, scenario: Scenario | None = None) -> str:
    """Return a box of scenario discovery in one sentence, judged on the held-out half."""
    conditions = ", and ".join(condition(limit, scenario) for limit in found.limits)
    density = "unknown" if found.held_out_density is None else f"{found.held_out_density:.0%}"
    coverage = "unknown" if found.held_out_coverage is None else f"{found.held_out_coverage:.0%}"
    verdict = "" if found.confirmed else "; not confirmed on the half set aside"
    return (
        f"Where {conditions}: {strategy_name(strategy, scenario)} fails in {density} of the cases "
        f"(in {found.base_rate:.0%} of all), which holds {coverage} of its failures{verdict}."
    )


def strategy_name(strategy: str, scenario: Scenario | None = None) -> str:
    """Return a strategy's name as the focus patron's file gives it."""
    if scenario is not None:
        found = scenario.strategies.get(scenario.focus, {}).get(strategy)
        if found is not None and found.name:
            return found.name
    return strategy


def event_name(event: str, scenario: Scenario | None = None) -> str:
    """Return what an event or talk says it is, in quotation marks, or its key."""
    if scenario is not None:
        found = {**scenario.events, **scenario.talks}.get(event)
        if found is not None and found.what:
            return f"“{found.what}”"
    return event.replace("-", " ")


def force_name(force: str, scenario: Scenario | None = None) -> str:
    """Return a force's or patron's name."""
    if scenario is not None:
        found = scenario.forces.get(force) or scenario.patrons.get(force)
        if found is not None and found.name:
            return found.name
    return force


def observable(name: str, scenario: Scenario | None = None) -> str:
    """Return what something seen week by week is called: `power.crown`, `event.vote`, `violence`."""
    kind, _, key = name.partition(".")
    texts = {
        "power": "power of {}", "standing": "standing with {}", "control": "control of {}",
        "fallen": "fall of {}",
    }  # fmt: skip
    if kind == "event" and key:
        return event_name(key, scenario)
    if kind == "deal" and key:
        return f"a deal at {event_name(key, scenario)}"
    return texts[kind].format(force_name(key, scenario)) if key and kind in texts else name


def part(group: str, scenario: Scenario | None = None) -> str:
    """Return what a part of the scenario is called: `forces.crown`, `events.offensive`, `dynamics.fade`."""
    kind, _, key = group.partition(".")
    if kind in ("forces", "patrons"):
        return f"everything about {force_name(key, scenario)}"
    if kind in ("events", "talks"):
        return f"everything about {event_name(key, scenario)}"
    if kind == "ties":
        return f"everything about the tie between {_tie(key, scenario)}"
    return f"everything about {group}"


def _name(role: str, key: str, scenario: Scenario | None) -> str:
    return _NAMES.get(role, _plain)(key, scenario)


def _plain(key: str, scenario: Scenario | None) -> str:
    return key


def _region(key: str, scenario: Scenario | None) -> str:
    found = scenario.regions.get(key) if scenario is not None else None
    return found.name if found is not None and found.name else key


def _tie(key: str, scenario: Scenario | None) -> str:
    return " and ".join(force_name(actor, scenario) for actor in key.split("|"))


def _event(key: str, scenario: Scenario | None) -> str:
    """Return an event's words, with its window where it has one."""
    words = event_name(key, scenario)
    found = {**scenario.events, **scenario.talks}.get(key) if scenario is not None else None
    if found is None:
        return words
    if found.on is not None:
        return f"{words} ({date_words(found.on)})"
    if found.between is not None:
        return f"{words} ({date_words(found.between[0])} to {date_words(found.between[1])})"
    return words


_NAMES: Mapping[str, Callable[[str, Scenario | None], str]] = {
    "force": force_name, "patron": force_name, "rival": force_name, "actor": force_name,
    "region": _region, "tie": _tie, "event": _event, "cause": event_name, "talk": event_name,
}  # fmt: skip


def date_words(when: date) -> str:
    """Return a date as people write it: 12 May 2031."""
    return f"{when.day} {when:%B %Y}"


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
