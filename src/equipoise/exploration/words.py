"""Paths, values and conditions in the scenario's own words and dates.

`forces.crown.collapse.rate` above 0.031 reads "the weekly rate of a fall of the Crown at its threshold is
above 3.1 %". Each kind of place has one template; a path that none fits is printed as it is.
Source: MODEL.md §2-3 for what each number means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from equipoise.exploration.discovery import Box
from equipoise.exploration.prim import Limit
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
    ("forces.{force}.backing-effect.{channel}", "what backing with {channel} adds to {force}'s momentum"),
    ("forces.{force}.bandwagon", "how much {force}'s power draws more to it"),
    ("forces.{force}.undermine", "how much authority engaging {force} takes from the incumbent"),
    ("forces.{force}.legitimacy", "how much being engaged strengthens {force}"),
    ("forces.{force}.collapse.rate", "the weekly rate of a fall of {force} at its threshold", "chance"),
    ("forces.{force}.collapse.threshold", "the power below which a fall of {force} grows likelier", "chance"),
    ("forces.{force}.collapse.steepness", "how sharply the danger of a fall of {force} rises as it weakens"),
    (
        "forces.{force}.collapse.shield.{channel}",
        "how far backing with {channel} shields {force} from falling",
    ),
    ("forces.{force}.collapse.shield", "how far backing shields {force} from falling"),
    ("forces.{force}.collapse.panic", "how much the expected end of its support endangers {force}"),
    ("forces.{force}.collapse.slide", "how much a recent loss of power endangers {force}"),
    ("forces.{force}.receptivity.base", "the openness of {force} to engagement"),
    (
        "forces.{force}.receptivity.shopping",
        "how much more open {force} becomes as the support it expects shrinks",
    ),
    ("forces.{force}.resentment.alienation", "what standing is lost with {force} by engaging its rival"),
    (
        "forces.{force}.resentment.duplicity",
        "what standing is lost with {force} by courting both it and its rival",
    ),
    (
        "forces.{force}.resentment.parity",
        "what standing is lost with {force} by treating it no better than its rival",
    ),
    ("patrons.{patron}.engagement.budget", "{patron}'s diplomatic effort"),
    ("patrons.{patron}.engagement.gain", "what {patron}'s engagement gains"),
    ("patrons.{patron}.engagement.gain.{force}", "what {patron}'s engagement gains with {force}"),
    ("patrons.{patron}.engagement.engage.{force}", "{patron}'s effort on {force} unless told otherwise"),
    ("patrons.{patron}.values.influence", "the weight {patron} puts on influence"),
    ("patrons.{patron}.values.rivals.{rival}", "the weight {patron} puts against {rival}'s influence"),
    ("patrons.{patron}.values.power.{force}", "the weight {patron} puts on {force}'s power"),
    ("patrons.{patron}.values.order.takeover.{force}", "the weight {patron} puts on a takeover by {force}"),
    ("patrons.{patron}.values.order.{order}", "the weight {patron} puts on {order}"),
    (
        "patrons.{patron}.values.control.{force}.{region}",
        "the weight {patron} puts on {force}'s hold on {region}",
    ),
    ("patrons.{patron}.values.violence", "the weight {patron} puts on violence"),
    ("patrons.{patron}.values.exposure", "{patron}'s exposure to violence"),
    ("patrons.{patron}.values.cost", "what engagement costs {patron}"),
    ("patrons.{patron}.values.backing-cost.{channel}", "what backing with {channel} costs {patron}"),
    ("patrons.{patron}.values.terminal", "how much {patron} looks to the last week alone"),
    ("patrons.{patron}.standing.{force}", "{patron}'s standing with {force} at the start"),
    ("patrons.{patron}.backing.{force}.{channel}", "{patron}'s {channel} behind {force} at the start"),
    ("ties.{tie}.sign", "the tie between {tie}"),
    ("dynamics.fade", "the weekly fading of standing"),
    ("dynamics.warmth", "what standing is gained with a force by engaging its friend"),
    ("dynamics.hostility", "how much violence weakens a force that faces rivals"),
    ("dynamics.inherit", "how far the friends of a fallen force take over what it held"),
    ("dynamics.realign-rate", "how often a year forces look again at their ties"),
    ("dynamics.realign-step", "how far a tie moves when a force looks again"),
    ("dynamics.violence.start", "violence at the start"),
    ("dynamics.violence.mean", "the level to which violence returns"),
    ("dynamics.violence.revert", "how quickly violence returns to its level"),
    ("dynamics.violence.contest", "how much contested ground raises violence"),
    ("dynamics.violence.after-fall", "what the fall of a force adds to violence"),
    ("events.{event}.probability", "the chance of {event}{window}", "chance"),
    ("events.{event}.weekly", "the weekly chance of {event} once it can come", "chance"),
    ("events.{event}.slips.chance", "the chance that {event} is put off when it is due", "chance"),
    ("events.{event}.odds.{cause}", "the factor by which {cause} multiplies the odds of {event}"),
    ("talks.{event}.probability", "the chance that the talks {event} take place{window}", "chance"),
    ("talks.{event}.slips.chance", "the chance that the talks {event} are put off when they are due", "chance"),
    (
        "talks.{event}.odds.{cause}",
        "the factor by which {cause} multiplies the odds that the talks {event} take place",
    ),
    ("talks.{talk}.clout.{actor}", "{actor}'s clout at {talk}"),
    ("talks.{talk}.issues.{issue}.positions.{actor}", "{actor}'s position on {issue} at {talk}"),
    ("talks.{talk}.issues.{issue}.salience.{actor}", "how much {issue} matters to {actor} at {talk}"),
    (
        "talks.{talk}.issues.{issue}.reservation.{actor}",
        "how far from its position on {issue} {actor} would go at {talk}",
    ),
)
EFFECTS = _templates(
    ("standing.{patron}.{force}", "what {cause} changes in {patron}'s standing with {force}"),
    ("backing.{patron}.{force}.{channel}", "{patron}'s {channel} behind {force} after {cause}"),
    ("expect.{patron}.{force}.{channel}", "{patron}'s {channel} expected behind {force} after {cause}"),
    ("push.{force}", "the push that {cause} gives {force}"),
    ("violence.add", "what {cause} adds to violence"),
    ("violence.set", "the level of violence after {cause}"),
    ("tie.add", "what {cause} changes in the tie between {tie}"),
    ("tie.set", "the tie between {tie} after {cause}"),
    ("hazard.{force}", "the factor by which {cause} multiplies the danger of a fall of {force}"),
    ("receptivity.{force}", "the factor by which {cause} multiplies the openness of {force} to engagement"),
    ("budget.{patron}", "the factor by which {cause} multiplies {patron}'s diplomatic effort"),
)
"""What follows `effects.0.` or `breach.0.` in a path; {cause} is the event, the talks or the breach."""
_EFFECT = re.compile(
    r"^(?P<kind>events|talks|agreements)\.(?P<name>[^.]+)\.(?P<list>effects|breach)\.(?P<number>\d+)\.(?P<rest>.+)$"
)
ORDERS = {"holds": "the incumbent's holding on", "settlement": "a settlement", "chaos": "chaos"}


def place(path: str, scenario: Scenario | None = None) -> str:
    """Return what a path names, in the scenario's own words.

    Args:
        path: keys joined by dots.
        scenario: for names of actors, regions and events; None prints the keys.
    """
    found = _filled(TEMPLATES, path, scenario)
    effect = _EFFECT.match(path)
    return found or (effect and _effect(effect, scenario)) or path


def _filled(
    templates: tuple[_Template, ...], path: str, scenario: Scenario | None, **more: str
) -> str | None:
    """Return the words of the first template that fits a path, or None."""
    for template in templates:
        match = template.pattern.match(path)
        if match:
            names = {key: _name(key, word, scenario) for key, word in match.groupdict().items()}
            names["window"] = _window(match.groupdict().get("event"), scenario)
            return template.text.format(**names, **more).replace("s's ", "s' ")
    return None


def _effect(match: re.Match[str], scenario: Scenario | None) -> str:
    """Return what a number of an effect means: `the push that “The Republic's troops go home” gives the rebels`."""
    cause = event_name(match["name"], scenario)
    cause = f"a breach of {cause}" if match["kind"] == "agreements" else cause
    rest = match["rest"]
    found = _filled(EFFECTS, rest, scenario, cause=cause, tie=_between(match, scenario))
    if found is None and rest.startswith("values."):
        patron, _, weight = rest.removeprefix("values.").partition(".")
        said = _filled(TEMPLATES, f"patrons.{patron}.values.{weight}", scenario)
        found = said and f"{said} after {cause}"
    return found or f"the effect of {cause} on {rest.replace('.', ' ')}"


def _between(match: re.Match[str], scenario: Scenario | None) -> str:
    """Return the two actors whose tie an effect changes; without a scenario they are not known."""
    if scenario is None or not match["rest"].startswith("tie."):
        return "two actors"
    owner = getattr(scenario, match["kind"])[match["name"]]
    effect = getattr(owner, match["list"])[int(match["number"])]
    return " and ".join(force_name(actor, scenario) for actor in effect.tie.between)


def value(path: str, amount: float | str) -> str:
    """Return a value of a path as people write it: chances in per cent, other numbers to three figures."""
    if isinstance(amount, str):
        return f"“{amount}”"
    unit = next((t.unit for t in TEMPLATES if t.pattern.match(path)), "number")
    if unit == "number":
        return f"{amount:.3g}".replace("-", "−")
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
    density, coverage, base = (
        "an unknown share" if share is None else f"{100 * share:.0f} %"
        for share in (found.held_out_density, found.held_out_coverage, found.base_rate)
    )
    verdict = (
        "" if found.confirmed else "; this does not show again in the half of the states kept for checking"
    )
    return (
        f"Where {conditions}: {strategy_name(strategy, scenario)} fails in {density} of the cases, against {base} "
        f"of all; {coverage} of its failures lie there{verdict}."
    )


def strategy_name(strategy: str, scenario: Scenario | None = None) -> str:
    """Return a strategy's name as it stands in a sentence: in quotation marks where it is more than one word."""
    found = None if scenario is None else scenario.strategies.get(scenario.focus, {}).get(strategy)
    name = strategy if found is None or not found.name else found.name
    return f"“{name}”" if " " in name else name


def event_name(event: str, scenario: Scenario | None = None) -> str:
    """Return what an event, a talk or an agreement says it is, or its key, in quotation marks."""
    if scenario is not None:
        found = {**scenario.events, **scenario.talks, **scenario.agreements}.get(event)
        if found is not None and found.what:
            return f"“{found.what}”"
    return f"“{event}”"


def force_name(actor: str, scenario: Scenario | None = None) -> str:
    """Return a force's or patron's name as it stands in a sentence: `the Crown`.

    What a name adds in brackets is left out, unless another actor's name differs in that alone.
    """
    if scenario is None:
        return actor
    actors = {**scenario.patrons, **scenario.forces}
    short = {key: (item.name or key).partition(" (")[0] for key, item in actors.items()}
    if actor not in actors:
        return actor
    unique = list(short.values()).count(short[actor]) == 1
    return _inside(short[actor] if unique else actors[actor].name or actor)


def _inside(name: str) -> str:
    """Return a name as it stands inside a sentence."""
    return "the " + name[4:] if name.startswith("The ") else name


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


def _order(key: str, scenario: Scenario | None) -> str:
    return ORDERS.get(key, f"the order “{key}”")


def _region(key: str, scenario: Scenario | None) -> str:
    found = scenario.regions.get(key) if scenario is not None else None
    return _inside(found.name) if found is not None and found.name else key


def _tie(key: str, scenario: Scenario | None) -> str:
    return " and ".join(force_name(actor, scenario) for actor in key.split("|"))


def _window(event: str | None, scenario: Scenario | None) -> str:
    """Return when an event or talks may come: ` between 1 May 2031 and 1 September 2031`; nothing without a date."""
    found = {**scenario.events, **scenario.talks}.get(event or "") if scenario is not None else None
    if found is None:
        return ""
    if found.on is not None:
        return f" on {date_words(found.on)}"
    if found.between is not None:
        return f" between {date_words(found.between[0])} and {date_words(found.between[1])}"
    return ""


_NAMES: Mapping[str, Callable[[str, Scenario | None], str]] = {
    "force": force_name, "patron": force_name, "rival": force_name, "actor": force_name, "order": _order,
    "region": _region, "tie": _tie, "event": event_name, "cause": event_name, "talk": event_name,
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
