"""The one place that puts parts of a scenario into words: numbers by their path, conditions, policies, strategies.

Terminal, page and JSON say the same sentence because they all ask here. A path has one template a kind of place; what
effects, conditions and terms of policies say stands with their entries; the names are the scenario's own.
`forces.crown.collapse.rate` is "the weekly rate of a fall of the Crown at its threshold"; a path that no template fits
is printed as it is. Source: MODEL.md §2-3 for what each number means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from equipoise.scenario import outlook, policies
from equipoise.scenario.conditions import StateCondition, compares
from equipoise.scenario.display_names import Names
from equipoise.scenario.effects import EFFECTS
from equipoise.scenario.model import Goal, Policy, Scenario, Strategy
from equipoise.scenario.outlook import AS_THINGS_STAND, Judgement
from equipoise.scenario.phrases import counted, day, listed, significant

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
    ("forces.{force}.collapse.yearly", "the chance a year, as things stand, of a fall of {force}", "chance"),
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
    (
        "patrons.{patron}.resented.{force}",
        "how much more than others {force} resents {patron}'s other company",
    ),
    ("patrons.{patron}.resented", "how much more than others {patron} is resented for its other company"),
    ("patrons.{patron}.backing.{force}.{channel}", "{patron}'s {channel} behind {force} at the start"),
    ("ties.{tie}.sign", "the tie between {tie}"),
    ("dynamics.fade", "the weekly fading of standing"),
    ("dynamics.warmth", "what standing is gained with a force by engaging its friend"),
    ("dynamics.hostility", "how much violence weakens a force that faces rivals"),
    ("dynamics.inherit", "how far the friends of a fallen force take over what it held"),
    ("dynamics.seasons.{season}.push.{force}", "the push that the season “{season}” gives {force}"),
    (
        "dynamics.seasons.{season}.violence",
        "how many times its level violence returns to in the season “{season}”",
    ),
    ("dynamics.realign-rate", "how often a year forces look again at their ties"),
    ("dynamics.realign-step", "how far a tie moves when a force looks again"),
    ("dynamics.violence.start", "violence at the start"),
    ("dynamics.violence.mean", "the level to which violence returns"),
    ("dynamics.violence.revert", "how quickly violence returns to its level"),
    ("dynamics.violence.contest", "how much contested ground raises violence"),
    ("dynamics.violence.after-fall", "what the fall of a force adds to violence"),
    ("events.{event}.probability", "the chance of {event}{window}", "chance"),
    ("events.{event}.weekly", "the weekly chance of {event} once it can come", "chance"),
    ("events.{event}.chance", "the chance of {event}{window}, while it can come", "chance"),
    ("events.{event}.slips.chance", "the chance that {event} is put off when it is due", "chance"),
    ("events.{event}.odds.{cause}", "the factor by which {cause} multiplies the odds of {event}"),
    ("talks.{event}.probability", "the chance that the talks {event} take place{window}", "chance"),
    (
        "talks.{event}.slips.chance",
        "the chance that the talks {event} are put off when they are due",
        "chance",
    ),
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
EFFECT_TEMPLATES = _templates(
    *((f"{key}.{at}", text) for key, entry in EFFECTS.items() for at, text in entry.words.items())
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
            names, words = Names.of(scenario), match.groupdict()
            said = {key: _NAMES[key](names, word) if key in _NAMES else word for key, word in words.items()}
            said["window"] = _window(words.get("event"), scenario)
            return template.text.format(**said, **more).replace("s's ", "s' ")
    return None


def _effect(match: re.Match[str], scenario: Scenario | None) -> str:
    """Return what a number of an effect means: `the push that “The Republic's troops go home” gives the rebels`."""
    cause = Names.of(scenario).quoted_event(match["name"])
    cause = f"a breach of {cause}" if match["kind"] == "agreements" else cause
    rest = match["rest"]
    found = _filled(EFFECT_TEMPLATES, rest, scenario, cause=cause, tie=_between(match, scenario))
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
    return Names.of(scenario).tie("|".join(effect.tie.between))


def value(path: str, amount: float | str, *, digits: int = 3) -> str:
    """Return a value of a path as people write it: chances in per cent, other numbers to so many figures."""
    if isinstance(amount, str):
        return f"“{amount}”"
    unit = next((t.unit for t in TEMPLATES if t.pattern.match(path)), "number")
    if unit == "number":
        return significant(amount, digits=digits)
    return f"{100 * amount:.2g} %" if amount < 0.995 else f"{100 * amount:.4g} %"


def _order(names: Names, key: str) -> str:
    return ORDERS.get(key, f"the order “{key}”")


def _window(event: str | None, scenario: Scenario | None) -> str:
    """Return when an event or talks may come: ` between 1 May 2031 and 1 September 2031`; nothing without a date."""
    found = {**scenario.events, **scenario.talks}.get(event or "") if scenario is not None else None
    if found is None:
        return ""
    if found.on is not None:
        return f" on {day(found.on)}"
    if found.between is not None:
        return f" between {day(found.between[0])} and {day(found.between[1])}"
    return ""


_NAMES: Mapping[str, Callable[[Names, str], str]] = {
    "force": Names.within, "patron": Names.within, "rival": Names.within, "actor": Names.within, "order": _order,
    "quantity": Names.quantity, "region": Names.inside, "tie": Names.tie,
    "event": Names.quoted_event, "cause": Names.quoted_event, "talk": Names.quoted_event,
}  # fmt: skip
"""How what stands in the place of a name in a template is called; anything else is said as the file writes it."""


# What is done, and when


def condition(names: Names, tested: StateCondition) -> str:
    """Say a condition on the state: `the power of the Crown is below 0.42`."""
    given = {key: value for key, value in tested.model_dump(by_alias=True).items() if value is not None}
    called = {key: _called(names, tested.names.get(key), value) for key, value in given.items()}
    words = tested.words + "".join(text for key, text in tested.more.items() if key in given)
    said = words.format(**called)
    if not compares(tested):
        return said
    ends = (("below", tested.below), ("above", tested.above))
    return (
        f"{said} is {listed([f'{side} {significant(level)}' for side, level in ends if level is not None])}"
    )


def _called(names: Names, kind: str | None, value: object) -> str:
    """Return how a value of a condition stands in a sentence; kind is what it names, None for nothing."""
    if kind is None:
        return str(value)
    if kind == "event or talk":
        return names.quoted_event(str(value))
    return names.inside(str(value)) if kind == "region" else names.within(str(value))


def judgement(names: Names, judged: Judgement) -> str:
    """Say what a judgement is about: `the power of the rebels after 52 weeks, as things stand`."""
    given = judged.model_dump(by_alias=True)
    called = {key: _called(names, judged.names.get(key), given[key]) for key in judged.attributes()}
    after = counted(judged.at, "week")
    spans = {"within": after, "week": f"after {after}" if judged.at else "at the start"}
    orders = {"order": outlook.ORDERS[given["order"]]} if "order" in given else {}
    apart = ", as things stand" if judged.given == AS_THINGS_STAND else ""
    return judged.words.format(**(called | spans | orders)) + apart


def goal(names: Names, wanted: Goal, start: date) -> str:
    """Say a condition of success: `the power of the rebels is below 0.6 in every week up to 3 May 2032`."""
    by = day(start + timedelta(weeks=wanted.week or 0))
    if wanted.stands is not None:
        return f"there is no fall of {names.within(wanted.stands)} up to {by}"
    if wanted.not_takeover is not None:
        return f"there is no majority of {names.within(wanted.not_takeover)} up to {by}"
    subject = wanted.subjects[0]
    whose = {"power": wanted.power, "standing": wanted.standing}.get(subject)
    said = {"power": "the power of {}", "standing": "standing with {}"}.get(subject, subject)
    end, level = ("below", wanted.below) if wanted.above is None else ("above", wanted.above)
    when = {"mean": f"on average up to {by}", "every-week": f"in every week up to {by}"}.get(
        wanted.over or "week", f"on {by}"
    )
    return f"{said.format(names.within(whose or ''))} is {end} {significant(level)} {when}"


def moment(names: Names, when: str | tuple[StateCondition, ...]) -> str:
    """Say what something waits for: an event or deal by its name, or conditions."""
    if isinstance(when, str):
        return f"{names.quoted_event(when)} happens"
    return listed([condition(names, tested) for tested in when])


def policy(names: Names, way: Policy) -> str:
    """Say a way of engaging: `Engages the Crown alone.`"""
    return policies.said(way, names.within)


def strategy(names: Names, plan: Strategy) -> str:
    """Say in plain words what a strategy does, and why it is tried."""
    text = policy(names, plan)
    for event, when in sorted(plan.decide.items()):
        what = names.quoted_event(event)
        text += (
            f" It keeps {what} from coming." if when == "never" else f" It has {what} come on {day(when)}."
        )
    for n, then in enumerate(plan.thens):
        way = policy(names, then)
        again = "again, for good" if n else "for good"
        text += f" Once {moment(names, then.when)}, it switches {again}: {way[:1].lower()}{way[1:]}"
    return f"{text} Why it is tried: {plan.because.rstrip('.')}." if plan.because else text
