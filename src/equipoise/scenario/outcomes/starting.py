"""Start an outcomes file: open questions about a given scenario that check clean."""

from __future__ import annotations

from equipoise.scenario.model import Scenario


def skeleton(scenario: Scenario) -> str:
    """Return the text of commented questions about a scenario: one of each kind, the first ready to be logged."""
    last = scenario.calendar.last
    force, patron, region = (
        next(iter(names)) for names in (scenario.forces, scenario.patrons, scenario.regions)
    )
    events, talks = list(scenario.events), list(scenario.talks)
    examples = []
    if events:
        examples.append(f"event: {{asks: In words., happened: {events[0]}, by: {last}}}")
    if talks:
        examples.append(f"deal: {{asks: In words., deal: {talks[0]}, by: {last}}}")
    if scenario.agreements:
        examples.append(
            f"kept: {{asks: In words., kept: {next(iter(scenario.agreements))}, term: 0, by: {last}}}"
        )
    examples += [
        f"order: {{asks: In words., order: settlement, on: {last}}}",
        f"less: {{asks: In words., power: {force}, below-start: true, on: {last}}}",
        f"held: {{asks: In words., control: {force}, in: {region}, on: {last}, is: 0.4}}",
        f"close: {{asks: In words., standing: {patron}, with: {force}, above: 0.5, on: {last}}}",
        f"violent: {{asks: In words., violence: level, above: 1.0, on: {last}}}",
        f'other: {{asks: In words., outside: "the scenario has nothing of the kind", by: {last}}}',
    ]
    return (
        "# Questions about the scenario: `equipoise log STUDY outcomes.yaml --to forecasts.jsonl` now, and\n"
        "# `equipoise score STUDY outcomes.yaml --log forecasts.jsonl` when they have resolved.\n"
        "#\n"
        "# asks: the question in words by which somebody else could resolve it; by, on: the day it is about.\n"
        "# Then, when it is known: resolved: true or false; of a number `is`; of what cannot be resolved `void: why`.\n"
        f"# events: {', '.join(events) or 'none'}\n"
        f"# talks: {', '.join(talks) or 'none'}\n"
        f"# agreements: {', '.join(scenario.agreements) or 'none'}\n"
        f"# forces: {', '.join(scenario.forces)}; regions: {', '.join(scenario.regions)}; "
        f"patrons: {', '.join(scenario.patrons)}\n"
        "equipoise: 1\n"
        "title: What may come of it\n\n"
        "questions:\n"
        f"  fall: {{asks: In words., fell: {force}, by: {last}}}\n"
        + "".join(f"  # {example}\n" for example in examples)
    )
