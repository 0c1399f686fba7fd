"""What happens when: the events, deadlines and talks of a scenario in the order of their dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from equipoise.scenario.model import Scenario


def timeline(scenario: Scenario, summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Return dated entries: start, information cut-off, events and talks by median date, deadlines of terms.

    Args:
        scenario: resolved.
        summary: of the run; gives each event's probability and dates.
    """
    calendar = scenario.calendar
    entries = [_entry(calendar.start, "start", "start", "The run starts")]
    if calendar.as_of is not None:
        entries.append(_entry(calendar.as_of, "as-of", "as-of", "What is known, is known up to this day"))
    for name, event in scenario.events.items():
        entries.append(_happening("event", name, event.what, summary["events"][name]))
    for name, talk in scenario.talks.items():
        found = summary["talks"][name]
        entries.append(_happening("talk", name, talk.what, found | {"probability": found["deal"]}))
    for name, agreement in scenario.agreements.items():
        for term in agreement.terms:
            day = term.by
            if day is None and isinstance(agreement.signed, date):
                day = agreement.signed + timedelta(weeks=term.within or 0)
            if day is not None:
                entries.append(_entry(day, "deadline", name, f"{', '.join(term.who)}: {term.does}"))
    known = [entry for entry in entries if entry["date"] is not None]
    for entry in known:
        entry["week"] = (date.fromisoformat(entry["date"]) - calendar.start).days // 7
    return sorted(known, key=lambda entry: (entry["date"], entry["kind"], entry["name"]))


def _entry(day: date, kind: str, name: str, what: str) -> dict[str, Any]:
    return {
        "week": 0, "date": day.isoformat(), "kind": kind, "name": name, "what": what, "probability": None,
        "p5_date": None, "p95_date": None,
    }  # fmt: skip


def _happening(kind: str, name: str, what: str | None, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "week": 0, "date": found["median_date"], "kind": kind, "name": name, "what": what or name,
        "probability": found["probability"], "p5_date": found.get("p5_date"), "p95_date": found.get("p95_date"),
    }  # fmt: skip
