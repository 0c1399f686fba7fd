"""What can never happen in a scenario: sound by every rule of the format, and without effect whatever is drawn.

These are remarks, not faults: a scenario may be valid and say something in vain. Each is certain, for it rests on the
ends of every number's range and on dates alone; what is merely unlikely is not named. Source: MODEL.md §2-3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from equipoise.scenario.conditions import HappenedCondition, StateCondition
from equipoise.scenario.model import CHANNELS, Dated, Effect, Number, Scenario
from equipoise.scenario.ranges import quantity_spans, span_of
from equipoise.scenario.reading import Path
from equipoise.scenario.relations import conditions, effects
from equipoise.scenario.rules import Range
from equipoise.scenario.timing import conditional, happenings


@dataclass(frozen=True)
class Never:
    """Something that can never happen: where it stands in the file, and why."""

    path: Path
    says: str


def unreachable(scenario: Scenario) -> tuple[Never, ...]:
    """Return what can never happen in a resolved scenario, in no state of the world and no future."""
    bounds = _Bounds(scenario)
    weeks = _weeks(scenario, bounds)
    return (
        *_pushes(bounds),
        *_dates(scenario, bounds, weeks),
        *_conditions(scenario, bounds),
        *_windows(scenario, bounds, weeks),
        *_efforts(scenario),
        *_terms(scenario),
        *_judgements(bounds),
    )


class _Bounds:
    """What a scenario's numbers can be, and what its effects and strategies can bring about."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.spans = quantity_spans(scenario)
        self.effects = list(effects(scenario))
        self.policies = [
            (patron, way)
            for patron, group in scenario.strategies.items()
            for strategy in group.values()
            for way in (strategy, *strategy.thens)
        ]
        self.decided = {
            event
            for group in scenario.strategies.values()
            for strategy in group.values()
            for event, when in strategy.decide.items()
            if when != "never"
        }

    def of(self, number: Number) -> Range:
        """Return the least and the greatest value of a number."""
        return span_of(number, self.spans) or (0.0, 0.0)

    def holds_none(self, force: str, region: str) -> bool:
        """Return whether a force has no control of a region and can get none."""
        return self.of(self.scenario.forces[force].control[region])[1] == 0 and not any(
            _enters(effect, force, region) for _, effect in self.effects
        )

    def falls(self, force: str) -> bool:
        """Return whether a force can fall."""
        collapse = self.scenario.forces[force].collapse
        rates = () if collapse is None else (collapse.rate, collapse.yearly)
        return any(rate is not None and self.of(rate)[1] > 0 for rate in rates)

    def most_backing(self, condition: Any) -> float:
        """Return the greatest sum of backing that a condition may see."""
        channels = CHANNELS if condition.channel is None else (condition.channel,)
        patrons = self.scenario.patrons if condition.by is None else (condition.by,)
        return math.fsum(self._level(i, condition.backing, channel) for i in patrons for channel in channels)

    def _level(self, patron: str, force: str, channel: str) -> float:
        start = self.of(getattr(self.scenario.patrons[patron].backing[force], channel))[1]
        moved = [
            self.of(target)[1]
            for _, effect in self.effects
            if (levels := (effect.backing or {}).get(patron, {}).get(force)) is not None
            and (target := getattr(levels, channel)) is not None
        ]
        decided = [way.back.get(force, {}).get(channel, 0.0) for who, way in self.policies if who == patron]
        return max([start, *moved, *decided])


def _enters(effect: Effect, force: str, region: str) -> bool:
    """Return whether an effect gives a force control of a region."""
    there = effect.regions in (None, "all") or region in (effect.regions or ())
    return effect.transfer is not None and effect.transfer.to == force and there


def _pushes(bounds: _Bounds) -> Iterator[Never]:
    """A push acts on the odds of control: on none it does nothing."""
    for path, effect in bounds.effects:
        named = effect.regions
        regions = list(bounds.scenario.regions) if named in (None, "all") else list(named or ())
        for force in effect.push or {}:
            empty = [region for region in regions if bounds.holds_none(force, region)]
            if regions and (len(empty) == len(regions) or (empty and named not in (None, "all"))):
                where = " or ".join(f"`{region}`" for region in empty)
                says = f"the push does nothing in {where}: `{force}` has no control there, and cannot get any"
                yield Never((*path, "push", force), says)


# Dates


Weeks = dict[str, tuple[int, int]]
"""By dated event or talk, the first and the last week it may be drawn for."""


def _weeks(scenario: Scenario, bounds: _Bounds) -> Weeks:
    """Return the weeks of what is drawn before the run and decided by nobody."""
    inside = conditional(scenario) | bounds.decided
    items = {str(path[1]): dated for path, dated in happenings(scenario) if path[1] not in inside}
    weeks = {name: _window(scenario, dated) for name, dated in items.items()}
    for _ in items:  # as many rounds as a chain can be long
        for name, dated in items.items():
            earliest = [weeks[a][0] for a in dated.requires if a in weeks]
            weeks[name] = (max([weeks[name][0], *earliest]), weeks[name][1])
    return weeks


def _dates(scenario: Scenario, bounds: _Bounds, weeks: Weeks) -> Iterator[Never]:
    """Yield dated events and talks whose window, or what they wait for, leaves them no week."""
    for path, dated in happenings(scenario):
        if path[1] in weeks:
            yield from _no_room(path, dated, weeks, bounds)


def _windows(scenario: Scenario, bounds: _Bounds, weeks: Weeks) -> Iterator[Never]:
    """Yield conditional events whose window closes before what they wait for can have happened."""
    for name in sorted(conditional(scenario) - bounds.decided):
        event, last = scenario.events[name], _window(scenario, scenario.events[name])[1]
        for n, condition in enumerate(event.when or ()):
            if not isinstance(condition, HappenedCondition) or condition.happened not in weeks:
                continue
            earliest = weeks[condition.happened][0] + (condition.since or 0)
            if earliest > last:
                says = (
                    f"this holds from week {earliest} on at the earliest; `{name}` may come until week {last}"
                )
                yield Never(("events", name, "when", n), says)


def _window(scenario: Scenario, dated: Dated) -> tuple[int, int]:
    begins, ends = dated.between or (dated.on, dated.on)
    if begins is None or ends is None:
        return 0, scenario.calendar.weeks - 1
    first, last = map(scenario.calendar.week_of, (begins, ends))
    return max(first, 0), last


def _no_room(path: Path, dated: Dated, weeks: Weeks, bounds: _Bounds) -> Iterator[Never]:
    name, (first, last) = str(path[1]), weeks[str(path[1])]
    own = f"and `{name}` comes in weeks {first} to {last}"
    if dated.probability is not None and bounds.of(dated.probability)[1] == 0:
        yield Never((*path, "probability"), f"`{name}` never happens: its probability is 0")
    for n, other in enumerate(dated.requires):
        if other in weeks and weeks[other][0] > last:
            says = f"this never happens: `{other}` comes in week {weeks[other][0]} at the earliest, {own}"
            yield Never((*path, "requires", n), says)
    for other, lag in dated.after.items():
        least, most = lag if isinstance(lag, tuple) else (lag, None)
        earliest, latest = weeks.get(other, (first, last))
        if other in weeks and earliest + least > last:
            says = f"this never happens where `{other}` does: that is week {earliest + least} at the earliest, {own}"
            yield Never((*path, "after", other), says)
        elif other in weeks and most is not None and latest + most < first:
            says = (
                f"this never happens where `{other}` does: that is week {latest + most} at the latest, {own}"
            )
            yield Never((*path, "after", other), says)


# Conditions and strategies


def _conditions(scenario: Scenario, bounds: _Bounds) -> Iterator[Never]:
    for path, condition in conditions(scenario):
        why = _out_of_reach(condition, bounds)
        if why:
            yield Never(path, f"this never holds: {why}")


def _out_of_reach(condition: StateCondition, bounds: _Bounds) -> str:
    """Return why a condition can never hold, or nothing."""
    key, at = condition.key, condition.model_dump(by_alias=True)
    if key == "collapsed" and not bounds.falls(at["collapsed"]):
        return f"`{at['collapsed']}` cannot fall"
    if key == "order":
        return _no_such_order(at["order"], at["of"], bounds)
    if key == "happened":
        return _never_happened(at["happened"], bounds)
    if key == "control" and at["above"] is not None and bounds.holds_none(at["control"], at["in"]):
        return f"`{at['control']}` has no control of `{at['in']}`, and cannot get any"
    most = {
        "power": lambda: 1.0,
        "control": lambda: 1.0,
        "standing": lambda: 1.0,
        "backing": lambda: bounds.most_backing(condition),
        "engaged": lambda: bounds.of(bounds.scenario.patrons[at["engaged"]].engagement.budget)[1],
    }.get(key)
    if at.get("below") is not None and at["below"] <= 0:
        return "nothing there is ever below 0"
    if most is None or at.get("above") is None or _grows(key, at, bounds):
        return ""
    return f"it is never above {most():g}" if at["above"] >= most() else ""


def _grows(key: str, at: dict[str, Any], bounds: _Bounds) -> bool:
    """Return whether an effect may raise the bound of what is compared: a budget."""
    return key == "engaged" and any(at["engaged"] in (effect.budget or {}) for _, effect in bounds.effects)


def _no_such_order(order: str, of: str | None, bounds: _Bounds) -> str:
    forces = bounds.scenario.forces
    if order == "settlement" and not any(effect.settlement for _, effect in bounds.effects):
        return "no effect brings a settlement"
    if of is not None and forces[of].incumbent:
        return f"`{of}` governs; a takeover is by another force"
    return ""


def _never_happened(name: str, bounds: _Bounds) -> str:
    found = {**bounds.scenario.events, **bounds.scenario.talks}[name]
    chances = [found.probability, *(getattr(found, key, None) for key in ("weekly", "chance"))]
    given = [bounds.of(chance)[1] for chance in chances if chance is not None]
    return f"`{name}` has a chance of 0" if name not in bounds.decided and 0 in given else ""


def _efforts(scenario: Scenario) -> Iterator[Never]:
    """A strategy that waits for a force to fall has no use for effort on it or backing of it from then on."""
    for patron, group in scenario.strategies.items():
        for name, strategy in group.items():
            fallen: set[str] = set()
            path: Path = ("strategies", patron, name)
            for then in strategy.thens:
                path = (*path, "then")
                if not isinstance(then.when, str):
                    fallen |= {str(c.model_dump()["collapsed"]) for c in then.when if c.key == "collapsed"}
                for force in sorted(fallen):
                    if then.engage.get(force):
                        says = f"no effort goes to `{force}`: it has fallen when this begins"
                        yield Never((*path, "engage", force), says)
                    if then.back.get(force):
                        says = f"`{force}` is not backed: it has fallen when this begins"
                        yield Never((*path, "back", force), says)


def _terms(scenario: Scenario) -> Iterator[Never]:
    """A term asks for nothing where its event has come whenever the agreement is signed: nobody can break it."""
    dated = {**scenario.events, **scenario.talks}
    for name, agreement in scenario.agreements.items():
        signs = agreement.signed
        if not isinstance(signs, str):
            continue
        come = {signs}
        while more := {before for there in come for before in dated[there].requires} - come:
            come |= more
        for n, term in enumerate(agreement.terms):
            if term.event in come:
                why = "is" if term.event == signs else f"is required by `{signs}`, which is"
                says = (
                    f"this term can never be broken: `{term.event}` {why} the signing of `{name}`, "
                    "so that it has come by then; name an event that can only come once it is signed"
                )
                yield Never(("agreements", name, "terms", n, "event"), says)


def _judgements(bounds: _Bounds) -> Iterator[Never]:
    """A chance that is judged of what can never come is 0, however numbers are fitted."""
    for number, judged in enumerate(bounds.scenario.outlook):
        given, why = judged.model_dump(), ""
        if "falls" in given and not bounds.falls(given["falls"]):
            why = f"`{given['falls']}` cannot fall"
        elif "happens" in given:
            why = _never_happened(given["happens"], bounds)
        if why:
            yield Never(("outlook", number), f"what is judged has a chance of 0: {why}")
