"""What happens when: the events, deadlines and talks of a scenario in the order of their dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from equipoise.findings.found import Entry, EventFound, Found
from equipoise.scenario.model import Scenario


def timeline(scenario: Scenario, found: Found) -> tuple[Entry, ...]:
    """Return dated entries: start, information cut-off, events and talks by median date, deadlines of terms.

    Args:
        scenario: resolved.
        found: of the run; gives each event's probability and dates.
    """
    calendar = scenario.calendar
    entries = [_entry(calendar.start, "start", "start", "The run starts")]
    if calendar.as_of is not None:
        entries.append(_entry(calendar.as_of, "as-of", "as-of", "What is known, is known up to this day"))
    for name, event in scenario.events.items():
        entries += _of_event("event", name, event.what, found.events[name])
    for name, talk in scenario.talks.items():
        deal = EventFound(found.talks[name].deal, None, found.talks[name].median_date, None)
        entries += _of_event("talk", name, talk.what, deal)
    for name, agreement in scenario.agreements.items():
        for term in agreement.terms:
            day = agreement.deadline(term)
            if day is not None:
                entries.append(_entry(day, "deadline", name, f"{', '.join(term.who)}: {term.does}"))
    dated = [replace(entry, week=calendar.week_of(date.fromisoformat(entry.date))) for entry in entries]
    return tuple(sorted(dated, key=lambda entry: (entry.date, entry.kind, entry.name)))


def _entry(day: date, kind: str, name: str, what: str) -> Entry:
    return Entry(0, day.isoformat(), kind, name, what, None, None, None)


def _of_event(kind: str, name: str, what: str | None, found: EventFound) -> list[Entry]:
    """Return the entry of an event or a talk, none of one that never happened."""
    if found.median_date is None:
        return []
    ends = found.p5_date, found.p95_date
    return [Entry(0, found.median_date, kind, name, what or name, found.probability, *ends)]
