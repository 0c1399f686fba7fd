"""The sections a reader asks for first: whose beliefs, what the result stands on, what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.reporting import tables
from equipoise.reporting.answer import grounds_of
from equipoise.reporting.blocks import (
    Block,
    Heading,
    Link,
    Links,
    Paragraph,
    Points,
    Section,
    Table,
    Terms,
    headings,
)
from equipoise.reporting.run_view import RunView
from equipoise.scenario import Scenario, wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.number import Number
from equipoise.scenario.phrases import (
    DASH,
    count,
    counted,
    day,
    listed,
    percent,
    sentence,
    significant,
    unbroken,
)
from equipoise.scenario.places import places

MOST_ROWS = 60
"""Longest list of beliefs or claims printed in the report; the file has them all."""

MOST_CLAIMS = 12
"""Claims printed unfolded."""
ALWAYS_LEFT_OUT = (
    "What the scenario does not name: an event, an actor or a deal that nobody wrote down cannot happen "
    "here.",
    "Rivals that answer: the other outside powers follow their rule whatever is done, and do not learn. "
    "The empirical game looks at what they would do.",
    "Forces that choose: forces gain and lose control by pressure, support and chance; they do not plan, split "
    "or merge, and no new force appears. A fall is final.",
    "People: leaders, factions and quarrels within a force or a government are not told apart.",
    "Kinds of relationship: standing is one number, whether it rests on trust, money, fear or arms.",
    "The inside of a week: all that happens in one week happens in one fixed order.",
    "Human cost: violence is an index; people, displacement and the economy are not counted.",
    "Worth beyond the weights: payoff is by the weights of one outside power. It does not say what is right, nor "
    "what is good for the country.",
)


def beliefs(context: RunView) -> Section:
    """Whose beliefs the run stands on, and where others believe otherwise."""
    holder = context.run.beliefs
    body: list[Block] = []
    named = context.scenario.beliefs
    columns = headings("About", "Holder", "Believes", "This run takes")
    stated = places(context.scenario)
    rows = [
        (sentence(wording.place(path, context.scenario)), context.names.holding(who), in_words(value, context.scenario),
         in_words(stated[path], context.scenario) if path in stated else DASH)
        for who, laid in sorted(named.items())
        for path, value in sorted(laid.items())
    ]  # fmt: skip
    if rows:
        made = Table("Where a holder believes otherwise than the analyst", columns, tuple(rows))
        body.append(made.first(MOST_ROWS, all_in="the scenario, under `beliefs`"))
        body.append(
            Paragraph(
                "To play the same situation under a holder's beliefs, run it with --beliefs and the holder's name."
            )
        )
    if holder in context.scenario.pools:
        lead = (
            f"This run takes the pool {context.names.holder(holder)}: each state of the world takes the numbers of one "
            "of its holders."
        )
    elif holder:
        who = context.names.holder(holder)
        lead = f"This run takes the beliefs of {who} for true. They are not the analyst's."
    else:
        lead = (
            "The numbers are those of the analyst who wrote the scenario. "
            "No actor's beliefs are taken for facts."
        )
    return Section("beliefs", "Whose beliefs these are", lead, tuple(body))


def in_words(value: Number, scenario: Scenario | None = None) -> str:
    """Say what a number of the file says: `from 0.03 to 0.12, most likely 0.06`."""
    if value.mix is not None:
        return listed(list(dict.fromkeys(in_words(part, scenario) for part in value.mix)), last="or")
    if value.value is not None:
        return significant(value.value)
    if value.uniform:
        return f"anything from {significant(value.uniform[0])} to {significant(value.uniform[1])}"
    triple = value.pert or value.triangular
    if triple:
        low, mode, high = (significant(part) for part in triple)
        return f"from {low} to {high}, most likely {mode}"
    if value.normal:
        return f"about {significant(value.normal[0])}, standard deviation {significant(value.normal[1])}"
    if value.lognormal:
        median, spread = (significant(part) for part in value.lognormal)
        return f"median {median}, geometric standard deviation {spread}"
    if value.beta:
        return f"a beta distribution ({significant(value.beta[0])}, {significant(value.beta[1])})"
    if value.choice:
        return "one of " + listed([significant(item) for item in sorted(value.choice)], last="or")
    times = "" if value.times is None else f"{significant(value.times)} times "
    return value.words or f"{times}the shared quantity {Names.of(scenario).quantity(value.is_ or '')}"


def evidence(context: RunView) -> Section:
    """How many numbers stand on claims, the claims themselves, and their sources."""
    grounds = grounds_of(context)
    stated = sum(grounds.values())
    uncertain = sum(not item.fixed for item in places(context.scenario).values())
    share = grounds["claim"] / stated if stated else None
    believed = sum(len(laid) for laid in context.scenario.beliefs.values())
    also = f", {counted(believed, 'belief')} of others included," if believed else ""
    lead = (
        f"{count(grounds['claim'])} of the {count(stated)} numbers the scenario states{also} stand on a claim of a "
        f"source ({percent(share)}); {count(uncertain)} numbers are uncertain and were drawn anew in every state of "
        "the world."
    )
    body: list[Block] = [tables.trace_counts({"counts": grounds})]
    body += _traced(context) + _claims(context) + _sources(context) + [Heading("This run"), _run(context)]
    return Section("evidence", "What the result stands on", lead, tuple(body))


def _traced(context: RunView) -> list[Block]:
    """From the trace that came with the run: numbers without grounds, and claims nothing stands on."""
    found = context.analyses.get("trace") or {}
    bare = [row for row in found.get("places") or [] if row.get("written") and row.get("basis") == "nothing"]
    body: list[Block] = []
    if bare:
        columns = headings("Place in the file", "Value")
        rows = tuple((str(row.get("path")), unbroken(str(row.get("value")))) for row in bare)
        made = Table("Numbers that stand on nothing", columns, rows, folded=True)
        body.append(made.first(MOST_ROWS, all_in="the JSON of `equipoise trace`"))
    if found.get("unused"):
        body.append(Paragraph(f"Claims on which nothing stands: {', '.join(map(str, found['unused']))}."))
    return body


def _claims(context: RunView) -> list[Block]:
    claims = context.scenario.claims
    used = _used(context)
    columns = headings("Claim", "Says", "Source", "Confidence", "#Carries")
    rows = []
    for key in sorted(claims, key=lambda key: (-used.get(key, 0), key)):
        claim = claims[key]
        source = context.scenario.sources.get(claim.source)
        where = f"{source.title if source else claim.source}{', ' + claim.at if claim.at else ''}"
        said = f"{claim.says} (held by {context.names.within(claim.holder)})" if claim.holder else claim.says
        rows.append((key, said, where, claim.confidence or "not stated", str(used.get(key, 0))))
    if not rows:
        return [Paragraph("The scenario states no claims: every number is the analyst's own judgement.")]
    note = "Carries: how many numbers and parts of the scenario stand on the claim."
    if len(rows) <= MOST_CLAIMS:
        return [Table("Claims, the most used first", columns, tuple(rows), note)]
    firsts = Table(f"The {MOST_CLAIMS} claims that carry most", columns, tuple(rows[:MOST_CLAIMS]), note)
    return [
        firsts,
        Table(f"All {count(len(rows))} claims, the most used first", columns, tuple(rows), note, folded=True),
    ]


def _used(context: RunView) -> dict[str, int]:
    """Return how many numbers and parts stand on each claim."""
    return {row["claim"]: len(row.get("carries") or []) for row in context.trace.get("claims") or []}


def _sources(context: RunView) -> list[Block]:
    sources = context.scenario.sources
    if not sources:
        return []
    items = []
    for key, source in sorted(sources.items()):
        parts = [source.author, f"“{source.title}”", day(source.published) if source.published else None]
        items.append(Link(f"{key}: {', '.join(part for part in parts if part)}", source.url))
    return [Heading("Sources"), Links(tuple(items))]


def _run(context: RunView) -> Terms:
    given = context.run.with_
    plans = listed([f"{context.names.patron(who)}: {plan}" for who, plan in sorted(given.items())])
    weeks = counted(context.scenario.calendar.weeks, "week")
    states, streams = count(context.run.states), count(context.run.chance)
    pairs = [
        ("Scenario", f"{context.scenario.title}; SHA-256 {context.run.scenario.sha256}"),
        ("Equipoise", context.run.equipoise),
        ("Played", f"{count(context.run.futures)} futures of {weeks}, seed {context.run.seed}"),
        ("States and chance", f"{states} states of the world, {streams} courses of chance in each"),
        ("Others' strategies", plans or "as the scenario says"),
        ("Bands over time", f"of power and standing, from {count(context.run.fans_futures)} futures"),
    ]
    return Terms(tuple(pairs))


def left_out(context: RunView) -> Section:
    """What no run of this model can see, and what this scenario leaves out."""
    body = (Points(ALWAYS_LEFT_OUT), Heading("In this scenario"), Points(tuple(_left_out_here(context))))
    lead = "What could change the answer and is not in it. A reader who knows better here should say so."
    return Section("left-out", "What the model leaves out", lead, body)


def _left_out_here(context: RunView) -> list[str]:
    scenario, names = context.scenario, context.names
    shown = listed([names.quoted(name) for name in context.ranking])
    items = [f"Compared were only: {shown}."]
    idle = listed([names.within(key) for key in context.forces if scenario.forces[key].collapse is None])
    if idle:
        items.append(f"Without a chance of falling, because the scenario gives none: {idle}.")
    if not scenario.dynamics.realign:
        items.append("Ties that grow by themselves: who is hostile to whom changes only by the events named.")
    silent = _quiet_ties(context)
    if silent:
        items.append(
            f"{sentence(counted(silent, 'tie'))} with an outside power: on the map, but in the simulation only ties "
            "between two forces act."
        )
    fixed = sum(item.fixed and item.value != 0 for item in places(scenario).values())
    items.append(f"{count(fixed)} numbers are taken as certain, though few of them are.")
    if scenario.quantities:
        items.append(
            f"Inputs move together only through {listed(sorted(map(names.quantity, scenario.quantities)))}; "
            "all others are drawn apart."
        )
    else:
        items.append(
            "All inputs are drawn apart: nothing that is not known moves together with anything else."
        )
    models = sorted({talk.model for talk in scenario.talks.values()})
    if models:
        items.append(
            f"Talks are forecast by {listed(models)} alone; other bargaining models may land elsewhere."
        )
    end = day(context.day_of(scenario.calendar.weeks))
    items.append(f"The run ends on {end}; what comes after counts for nothing.")
    return items


def _quiet_ties(context: RunView) -> int:
    forces: Sequence[str] = tuple(context.scenario.forces)
    return sum(any(end not in forces for end in tie.between) for tie in context.scenario.ties)
