"""What happens when: the events, deadlines and talks of a scenario in the order of their dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from equipoise.findings.found import Entry, EventFound, Found, TalkFound
from equipoise.scenario.model import Agreement, Scenario, Term


def timeline(scenario: Scenario, found: Found) -> tuple[Entry, ...]:
    """Return dated entries: start, information cut-off, events and talks by median date, deadlines of terms.

    Args:
        scenario: resolved.
        found: of the run; gives each event's probability and dates. A deadline counted from a signing that has no
            fixed day stands by the median of the days on which it is signed; its probability is that of being kept
            where it falls due, None where it never does.
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
        entries += _deadlines(name, agreement, found, calendar.last)
    dated = [replace(entry, week=calendar.week_of(date.fromisoformat(entry.date))) for entry in entries]
    return tuple(sorted(dated, key=lambda entry: (entry.date, entry.kind, entry.name)))


def _deadlines(name: str, agreement: Agreement, found: Found, last: date) -> Iterator[Entry]:
    """Yield an entry for each term; none where it is never signed, or falls due beyond the last day of the run."""
    for term, judged in zip(agreement.terms, found.agreements[name].terms, strict=True):
        day = agreement.deadline(term)
        low, at, high = (None, day, None) if day is not None else _counted(agreement, term, found)
        if at is None or (day is None and at > last):
            continue
        what = f"{', '.join(term.who)}: {term.does}"
        ends = (None if end is None else end.isoformat() for end in (low, high))
        yield Entry(0, at.isoformat(), "deadline", name, what, judged.kept, *ends)


def _counted(agreement: Agreement, term: Term, found: Found) -> tuple[date | None, date | None, date | None]:
    """Return the 5th, 50th and 95th percentile of the days on which a term counted from the signing falls due."""
    known: dict[str, EventFound | TalkFound] = {**found.events, **found.talks}
    signed = known[str(agreement.signed)]
    days = getattr(signed, "p5_date", None), signed.median_date, getattr(signed, "p95_date", None)
    after = timedelta(weeks=term.within or 0)
    low, at, high = (None if day is None else date.fromisoformat(day) + after for day in days)
    return low, at, high


def _entry(day: date, kind: str, name: str, what: str) -> Entry:
    return Entry(0, day.isoformat(), kind, name, what, None, None, None)


def _of_event(kind: str, name: str, what: str | None, found: EventFound) -> list[Entry]:
    """Return the entry of an event or a talk, none of one that never happened."""
    if found.median_date is None:
        return []
    ends = found.p5_date, found.p95_date
    return [Entry(0, found.median_date, kind, name, what or name, found.probability, *ends)]
