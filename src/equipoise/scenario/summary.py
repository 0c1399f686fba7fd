"""What a scenario contains and what it takes as given, in plain data: what `check` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Agreement, Dated, Event, Scenario, Talk, Term
from equipoise.scenario.places import places


def summary(scenario: Scenario, *, written: Collection[str]) -> dict[str, Any]:
    """Return what a scenario contains.

    Args:
        scenario: resolved.
        written: paths of the numbers the file itself states (`ScenarioFile.written`).

    Returns:
        Plain data: title, question, focus, dates, `counts` of everything, `forces`, `patrons`, `events`, `talks`,
        `agreements` with their deadlines, `numbers` (how many, how many uncertain, the share that carries a claim
        of its own), `beliefs` by holder, `holders` of beliefs and pools as they are called in a sentence, and
        `strategies` by patron.
    """
    return {
        "title": scenario.title,
        "question": scenario.question,
        "focus": scenario.focus,
        "start": scenario.calendar.start.isoformat(),
        "end": scenario.calendar.last.isoformat(),
        "weeks": scenario.calendar.weeks,
        "as_of": _iso(scenario.calendar.as_of),
        "counts": _counts(scenario),
        "forces": _forces(scenario),
        "patrons": _patrons(scenario),
        "events": [_event(name, event) for name, event in scenario.events.items()],
        "talks": [_talk(name, talk) for name, talk in scenario.talks.items()],
        "agreements": [_agreement(name, one, scenario) for name, one in scenario.agreements.items()],
        "numbers": _numbers(scenario, written),
        "beliefs": {holder: len(overlay) for holder, overlay in scenario.beliefs.items()},
        "pools": list(scenario.pools),
        "holders": {key: Names.of(scenario).holder(key) for key in (*scenario.beliefs, *scenario.pools)},
        "strategies": {patron: list(group) for patron, group in scenario.strategies.items()},
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_COUNTED = (
    *("regions", "forces", "patrons", "ties", "events", "agreements", "talks"),
    *("sources", "claims", "quantities", "beliefs"),
)


def _counts(scenario: Scenario) -> dict[str, int]:
    counts = {section: len(getattr(scenario, section)) for section in _COUNTED}
    counts["triggered_events"] = sum(event.when is not None for event in scenario.events.values())
    counts["strategies"] = sum(len(group) for group in scenario.strategies.values())
    return counts


def _forces(scenario: Scenario) -> list[dict[str, Any]]:
    names = Names.of(scenario)
    return [
        {
            "name": name,
            "label": names.force(name),
            "incumbent": force.incumbent,
            "can_fall": force.collapse is not None
            and any(chance and chance.value != 0 for chance in (force.collapse.rate, force.collapse.yearly)),
        }
        for name, force in scenario.forces.items()
    ]


def _patrons(scenario: Scenario) -> list[dict[str, Any]]:
    names = Names.of(scenario)
    return [
        {
            "name": name,
            "label": names.patron(name),
            "focus": name == scenario.focus,
            "standing": {force: number.text for force, number in patron.standing.items()},
            "backing": {
                force: {channel: getattr(levels, channel).text for channel in ("troops", "money")}
                for force, levels in patron.backing.items()
                if levels.troops.value != 0 or levels.money.value != 0
            },
            "strategies": len(scenario.strategies.get(name, {})),
        }
        for name, patron in scenario.patrons.items()
    ]


def _window(dated: Dated) -> list[str] | None:
    days = dated.between or (dated.on, dated.on)
    return None if days[0] is None or days[1] is None else [days[0].isoformat(), days[1].isoformat()]


def _event(name: str, event: Event) -> dict[str, Any]:
    return {
        "name": name,
        "what": event.what or name,
        "triggered": event.when is not None,
        "window": _window(event),
        "probability": event.probability.text if event.probability else None,
        "decided_by": event.decided_by,
    }


def _talk(name: str, talk: Talk) -> dict[str, Any]:
    return {
        "name": name,
        "what": talk.what or name,
        "window": _window(talk),
        "probability": talk.probability.text if talk.probability else None,
        "model": talk.model,
        "issues": list(talk.issues),
        "veto": list(talk.veto),
    }


def _agreement(name: str, agreement: Agreement, scenario: Scenario) -> dict[str, Any]:
    return {
        "name": name,
        "what": agreement.what or name,
        "parties": list(agreement.parties),
        "signed": str(agreement.signed),
        "terms": [_term(term, agreement, scenario) for term in agreement.terms],
    }


def _term(term: Term, agreement: Agreement, scenario: Scenario) -> dict[str, Any]:
    day = agreement.deadline(term)
    inside = None if day is None else scenario.calendar.start <= day <= scenario.calendar.last
    return {
        "who": list(term.who),
        "does": term.does,
        "event": term.event,
        "deadline": _iso(day),
        "weeks_after_signing": term.within,
        "in_run": inside,
    }


def _numbers(scenario: Scenario, written: Collection[str]) -> dict[str, Any]:
    stated = {path: number for path, number in places(scenario).items() if path in written}
    grounded = sum(bool(number.claims) for number in stated.values())
    forms = Counter(number.form for number in stated.values())
    return {
        "written": len(stated),
        "uncertain": sum(not number.fixed for number in stated.values()),
        "forms": dict(sorted(forms.items())),
        "share_on_claims": grounded / len(stated) if stated else None,
    }
