"""The reference classes of a scenario: the wars it is one of, by what it says, wide and narrow.

A scenario says who governs, who is at odds with whom, who backs whom with troops or money, and under `war` what is
fought over, how hard and since when. Each of these places it in a class; the classes stand side by side, each alone
and all together, because the narrow ones are few and the wide ones are unlike it. Nothing is counted whose outcome
lies after what the scenario knows, so that a case of the past is not judged by what it is to foresee.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Effect, Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.phrases import counted, day, listed, sentence
from equipoise.scenario.ranges import quantity_spans, span_of
from equipoise.scenario.relations import effects
from equipoise.scenario.war import War
from equipoise.scoring.base_rates import (
    KINDS,
    SUPPORT_KNOWN,
    BaseRate,
    Intensity,
    Rebels,
    Troops,
    Wars,
    counts,
    rate,
    years,
)

AGES = ((0, 1), (2, 4), (5, 9), (10, 99))
"""Bands of the age of a war, in years."""
SINCE_THE_COLD_WAR = (1990, SUPPORT_KNOWN[1])
ENOUGH = 1985
"""From this year on there is some record of support (from 1975); before, wars since 1946 and troops alone are known."""
WHOLE_PERIOD = (1946, 2023)
ENOUGH_CASES = 30
"""A class with fewer cases says too little alone: 0 of 4 leaves anything up to 44 % open, 0 of 30 up to 8 %."""


Width = Literal["wide", "part", "narrow", "after"]
Class = tuple[Wars, str, Width]
"""A class, what places the scenario in it, and how wide it is."""


@dataclass(frozen=True)
class Reference:
    """One reference class of a scenario, with its rate.

    Attributes:
        force: whose fall is counted; None where it is the war as a whole, or a patron's support.
        because: what the scenario says that places it there; of a rebel force without its name, so that forces of
            the same class read alike.
        width: "wide" for the widest class, "part" for one mark of it, "narrow" for all marks together, "after" for the
            class it would be in once an event has happened.
        rate: how often it came.
    """

    force: str | None
    because: str
    rate: BaseRate
    width: Width = "part"

    def to_dict(self) -> dict[str, Any]:
        """Return it for a table or JSON."""
        return {"force": self.force, "because": self.because, "width": self.width} | self.rate.to_dict()


def reference_classes(scenario: Scenario) -> tuple[Reference, ...]:
    """Return the reference classes of a resolved scenario.

    For the incumbent, how often governments fall; for each force at odds with it, how often rebel forces are defeated
    or dissolve; then how often such wars end, and how often support of the kinds given here stops. Of each, the
    widest class comes first and the narrowest last. Without an incumbent nothing that governs can fall, and there is
    an internal war only where `war` says so. Where it says that there is none, there is no class: all are of wars.
    """
    if scenario.war.peace:
        return ()
    seen = _Seen(scenario)
    return (*_government(seen), *_rebels(seen), *_war(seen), *_support(seen))


def judging(classes: Sequence[Reference], kind: str) -> tuple[Reference | None, Reference | None]:
    """Return the class by which a chance of a kind is judged, and the narrowest where that holds too few cases.

    The narrowest class judges where it holds `ENOUGH_CASES`; else the widest does, and the narrowest stands beside it.
    None where there is no such class.
    """
    found = {row.width: row for row in reversed(classes) if row.rate.kind == kind}
    narrow, wide = found.get("narrow"), found.get("wide")
    if narrow is None or (narrow.rate.exposure < ENOUGH_CASES and wide is not None):
        return wide or found.get("part"), narrow
    return narrow, None


def departures(scenario: Scenario) -> tuple[str, ...]:
    """Return the events of a resolved scenario by which the last troops of a backer leave the incumbent."""
    return tuple(_Seen(scenario).departures())


class _Seen:
    """What a scenario says that places it in a class."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.names, self.spans = scenario, Names.of(scenario), quantity_spans(scenario)
        self.incumbent = self.names.incumbent
        war = scenario.war
        self.over = war.over or ("government" if self.incumbent else None)
        self.intensity = None if war.intensity == "none" else war.intensity
        known = (scenario.calendar.as_of or scenario.calendar.start).year - 2
        """The last year whose following year was over."""
        first = SUPPORT_KNOWN[0] if known >= ENOUGH else WHOLE_PERIOD[0]
        self.support_known, self.last = known >= ENOUGH, known
        self.period = (first, min(SUPPORT_KNOWN[1], known))
        self.age = _years(war.since, scenario) if war.since else None
        self.rebels = [force for force in scenario.forces if self.against(force)]
        self.troops_from = self.backers((self.incumbent,) if self.incumbent else (), "troops")
        self.rebel_backers = self.backers(self.rebels)
        self.rebel_troops = self.backers(self.rebels, "troops")

    def high(self, number: Number) -> float:
        """Return the greatest value of a number."""
        return (span_of(number, self.spans) or (0.0, 0.0))[1]

    def against(self, force: str) -> bool:
        """Return whether a force is at odds with the incumbent: rebels, for the data."""
        for tie in self.scenario.ties:
            if {force, self.incumbent} == set(tie.between):
                return sum(span_of(tie.sign, self.spans) or (0.0,)) < 0
        return False

    def backers(self, forces: Any, *channels: str) -> list[str]:
        """Return the patrons that back any of some forces, with one of some channels or with anything."""
        return [
            patron
            for patron, item in self.scenario.patrons.items()
            if any(
                self.high(getattr(levels, channel)) > 0
                for force, levels in item.backing.items()
                if force in forces
                for channel in (channels or ("troops", "money"))
            )
        ]

    def said(self, patrons: list[str], what: str) -> str:
        """Return that some patrons back, in words."""
        who = listed([self.names.within(patron) for patron in patrons])
        return f"{who} {'back' if len(patrons) > 1 else 'backs'} {what}"

    def troops(self) -> tuple[Troops, str]:
        """Return which class of foreign troops the incumbent is in, and why."""
        whom = self.names.government()
        if self.troops_from:
            return "there", self.said(self.troops_from, f"{whom} with troops")
        left = self.scenario.war.troops_left
        years = _years(left, self.scenario) if left else 9
        if left and years <= 3:
            return _gone(years), f"the last foreign troops left on {day(left)}"
        return "none", f"no foreign troops stand with {whom}"

    def departures(self) -> list[str]:
        """Return the events by which foreign troops of the incumbent may leave."""
        found = [str(path[1]) for path, effect in effects(self.scenario) if self._takes_troops(effect)]
        return list(dict.fromkeys(found))

    def _takes_troops(self, effect: Effect) -> bool:
        levels = [
            given[self.incumbent]
            for patron, given in (effect.backing or {}).items()
            if patron in self.troops_from and self.incumbent in given
        ]
        return any(level.troops is not None and self.high(level.troops) == 0 for level in levels)


def _years(since: Any, scenario: Scenario) -> int:
    """Return the years from a day to the start, begun ones counted from the calendar year as the data do."""
    return max(0, scenario.calendar.start.year - since.year)


def _gone(years: int) -> Troops:
    steps: tuple[Troops, ...] = ("gone-1", "gone-2", "gone-3")
    return steps[max(years, 1) - 1]


def _rows(seen: _Seen, force: str | None, kind: str, *classes: Class) -> Iterator[Reference]:
    """Yield the classes in which there is anything known to count, each once."""
    done: set[Wars] = set()
    for wars, because, width in classes:
        first, last = wars.period
        cut = replace(wars, period=(first, min(last, seen.last)))
        if cut in done or (not seen.support_known and (cut.rebels or KINDS[kind].table == "rebel_years")):
            continue
        done.add(cut)
        if years(kind, cut):
            yield Reference(force, because, rate(kind, cut), width)


def _government(seen: _Seen) -> Iterator[Reference]:
    if seen.incumbent is None:
        return
    wide = Wars(over=seen.over, period=seen.period)
    troops, backed = seen.troops()
    rebels, whom = _rebels_backed(seen)
    narrow = replace(wide, intensity=seen.intensity, troops=troops, rebels=rebels)
    after = [f"once “{seen.names.event(event)}” has come" for event in seen.departures()[:1]]
    yield from _rows(
        seen, seen.incumbent, "government-falls",
        (wide, f"{sentence(seen.names.government())} governs; {_fought_over(seen)}", "wide"),
        (replace(wide, period=WHOLE_PERIOD), "the same, over all years on record", "part"),
        (replace(wide, period=SINCE_THE_COLD_WAR), "the same, since the Cold War", "part"),
        *_intensities(seen, wide),
        (replace(wide, troops=troops), backed, "part"),
        (replace(wide, rebels=rebels), whom, "part"),
        *_aged(seen, wide),
        (narrow, "all that the scenario says of this war, but for its age", "narrow"),
        *((replace(wide, troops="gone-3"), because, "after") for because in after),
    )  # fmt: skip
    if after and seen.last >= WHOLE_PERIOD[1]:
        yield Reference(seen.incumbent, after[0], counts("falls-after-withdrawal")[0], "after")


def _fought_over(seen: _Seen) -> str:
    """Say what the war is over, and that this was taken to be so where the scenario names no war."""
    if seen.scenario.war == War():
        return "no `war` is named, so one over government is taken"
    return f"the war is over {seen.over}"


def _rebels(seen: _Seen) -> Iterator[Reference]:
    for force in seen.rebels:
        backed = seen.backers((force,))
        rebels: Rebels = "supported" if backed else "alone"
        wide = Wars(period=seen.period)
        narrow = replace(wide, over=seen.over, rebels=rebels, intensity=seen.intensity)
        backers = listed([seen.names.within(patron) for patron in backed]) if backed else "no patron"
        yield from _rows(
            seen, force, "rebels-gone",
            (wide, f"at odds with {seen.names.government()}", "wide"),
            (replace(wide, rebels=rebels), f"backed by {backers}", "part"),
            (narrow, "all that the scenario says of this war, but for its age", "narrow"),
        )  # fmt: skip


def _war(seen: _Seen) -> Iterator[Reference]:
    if seen.incumbent is None and seen.scenario.war == War():
        return
    wide = Wars(period=seen.period)
    narrow = replace(wide, intensity=seen.intensity, age=_band(seen))
    for kind in ("war-ends", "agreement"):
        yield from _rows(
            seen, None, kind, (wide, "any internal war", "wide"), *_intensities(seen, wide), *_aged(seen, wide),
            (narrow, "its intensity and its age together", "narrow"),
        )  # fmt: skip


def _support(seen: _Seen) -> Iterator[Reference]:
    """How often support as given here stops: by side and kind, that of single states (outside coalitions).

    These are counted over all years on record, whatever the scenario's date.
    """
    sides = (("government", [seen.incumbent] if seen.incumbent else []), ("rebels", seen.rebels))
    stops = {row.cases: row for row in counts("support-stops")}
    for side, forces in sides:
        for channel in ("troops", "money"):
            given = seen.backers(forces, channel)
            if given:
                backed = [force for force in forces if seen.backers((force,), channel)]
                whom = listed([seen.names.within(force) for force in backed])
                row = stops[f"{channel} for the {side}, outside coalitions"]
                yield Reference(None, seen.said(given, f"{whom} with {channel}"), row)


def _intensities(seen: _Seen, wars: Wars) -> list[Class]:
    """Return the class of the intensity that the scenario says, or both where it says none."""
    if seen.intensity:
        return [(replace(wars, intensity=seen.intensity), "the intensity it gives", "part")]
    both: tuple[Intensity, ...] = ("war", "minor")
    unsaid = "if so: the scenario does not say how intense it is"
    return [(replace(wars, intensity=one), unsaid, "part") for one in both]


def _rebels_backed(seen: _Seen) -> tuple[Rebels, str]:
    if seen.rebel_backers:
        backed = [seen.names.within(force) for force in seen.rebels if seen.backers((force,))]
        return "supported", seen.said(seen.rebel_backers, listed(backed))
    return "alone", "no patron backs a force at odds with the government"


def _aged(seen: _Seen, wars: Wars) -> list[Class]:
    """Return the class of a war's age, where the scenario says when it began."""
    if seen.age is None:
        return []
    began = f"{counted(seen.age, 'calendar year')} before" if seen.age else "in the same calendar year"
    because = f"the fighting began {began}"
    return [(replace(wars, age=_band(seen)), because, "part")]


def _band(seen: _Seen) -> tuple[int, int] | None:
    return None if seen.age is None else next(band for band in AGES if band[0] <= seen.age <= band[1])
