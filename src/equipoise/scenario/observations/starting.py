"""Start an observations file: one about a given scenario that checks clean, and its JSON Schema."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from equipoise.scenario.model import Scenario
from equipoise.scenario.observations.model import Observations
from equipoise.scenario.publishing import key_texts, schema_of


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an observations file."""
    return schema_of(Observations, key_texts(__package__), "Equipoise observations, format version 1")


def skeleton(scenario: Scenario) -> str:
    """Return the text of commented observations about a scenario: one that can be seen, and an example of each kind."""
    start = scenario.calendar.start
    force, patron, region = (
        next(iter(names)) for names in (scenario.forces, scenario.patrons, scenario.regions)
    )
    events, talks = list(scenario.events), list(scenario.talks)
    by, on = start + timedelta(days=13), start + timedelta(days=10)
    examples = [f"{{on: {on}, fell: {force}}}"]
    if events:
        examples += [f"{{on: {on}, happened: {events[0]}}}", f"{{by: {by}, not-happened: {events[0]}}}"]
    if talks:
        examples += [f"{{on: {on}, deal: {talks[0]}}}", f"{{on: {on}, no-deal: {talks[0]}}}"]
    measured = "is: 0.4, error: 0.05}"
    examples += [
        f"{{on: {on}, power: {force}, {measured}",
        f"{{on: {on}, control: {force}, in: {region}, {measured}",
        f"{{on: {on}, standing: {patron}, with: {force}, {measured}",
        f"{{on: {on}, violence: level, is: 1.2, error: 0.2}}",
    ]
    return (
        "# What has been seen since the scenario was written, for `equipoise update STUDY observations.yaml`.\n"
        "#\n"
        f"# on: the day something came or was measured; by: the last day of which it is known that it had not come.\n"
        f"# Days lie between {start} and {scenario.calendar.last}.\n"
        f"# events: {', '.join(events) or 'none'}\n"
        f"# talks: {', '.join(talks) or 'none'}\n"
        f"# forces: {', '.join(scenario.forces)}; regions: {', '.join(scenario.regions)}; "
        f"patrons: {', '.join(scenario.patrons)}\n"
        "equipoise: 1\n"
        "title: What has been seen since\n\n"
        "sources:\n"
        "  report: {title: Where it was read}\n"
        "claims:\n"
        "  o1: {source: report, says: What it says in your words.}\n\n"
        "observations:\n"
        f"  - {{by: {by}, stands: {force}, claims: [o1]}}\n"
        + "".join(f"  # - {example}\n" for example in examples)
    )
