"""The brief in words: what to do, what it gains and risks, three chances beside base rates, what to watch.

Every number comes from one object (`briefing.Brief`); here it is only said, chances as counts of futures (`counts`). No
metric goes by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from equipoise.briefing import Brief, Choice
from equipoise.exploration.signs import Share, Sign
from equipoise.findings.confidence import bare, ungrounded
from equipoise.findings.hedges import Kind
from equipoise.reporting import brief_reasons, charts
from equipoise.reporting.blocks import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Points,
    Remark,
    Section,
    Table,
    Terms,
    headings,
)
from equipoise.reporting.brief_chances import chances, named, points
from equipoise.reporting.counts import of_both, of_futures
from equipoise.reporting.drawing import BLUE, VERMILION, Drawing, draw
from equipoise.reporting.run_view import RunView
from equipoise.reporting.what_if import lever_name, number_said
from equipoise.scenario import Number, wording
from equipoise.scenario.phrases import (
    DASH,
    count,
    counted,
    counted_over,
    day,
    listed,
    multiple,
    percent,
    sentence,
    span,
    within,
)

ROLES = {
    "advised": "advised", "next": "second", "success": "succeeds most often", "hedge": "best hedge",
    "one-sided": "best one-sided",
    "government": "the government alone", "out": "staying out",
}  # fmt: skip
"""Why a way of engaging stands on the brief."""

MOST_ASSUMED = 4
"""As many changed numbers are named one by one; the rest are counted, so that the brief keeps to its two pages."""

NONE_OR_ALL = {0.0: "none", 1.0: "all"}


def section(context: RunView) -> Section:
    """Return the brief of a run as one section."""
    return Section("brief", "The brief", "", blocks(context))


def blocks(context: RunView) -> tuple[Block, ...]:
    """Return what the brief says, in reading order: the five answers first, then what stands behind each."""
    found = context.brief
    body: list[Block] = [Terms(tuple(_headline(context, found)), tone="answer")]
    if assumed := tuple(_assumed(context)):
        body.append(Remark("Not the situation as written", "", "warning", assumed))
    if context.run.warnings:
        body.append(Remark("What a reader must know", "", "warning", context.run.warnings))
    if found.why is not None:
        body += brief_reasons.blocks(context, found.why)
    body += [draw(figure)] if (figure := kept(context, found)) is not None else []
    body += [chances(context, found)] if found.chances else []
    body += [Heading("What would change it"), Points(tuple(_changes(context, found)))]
    body += [watch(context, found)] if found.watch else []
    body += [Heading("What it rests on"), *(Paragraph(text) for text in _grounds(context, found))]
    return tuple(body)


def _assumed(context: RunView) -> Iterator[str]:
    """Say what this run takes to be otherwise than the analyst who wrote the scenario."""
    run, scenario, names = context.run, context.scenario, context.names
    if run.beliefs is not None:
        yield f"It takes the beliefs of {names.holder(run.beliefs)} for true, not those of the analyst."
    for who, plan in sorted(run.with_.items()):
        yield f"{sentence(names.patron(who))} follows {names.quoted(plan)}."
    changed = {path: Number.model_validate(given) for path, given in (run.asked.get("set") or {}).items()}
    for path, value in list(changed.items())[:MOST_ASSUMED]:
        yield f"Set otherwise: {within(lever_name(path, scenario))}: {number_said(path, value, scenario)}."
    if len(changed) > MOST_ASSUMED:
        yield f"{sentence(counted(len(changed) - MOST_ASSUMED, 'further number'))} set otherwise."
    if run.asked.get("widen"):
        yield f"Each number written without doubt may be off by {percent(run.asked['widen'])}."


def _headline(context: RunView, found: Brief) -> Iterator[tuple[str, str]]:
    """Give the five answers that a reader wants first, a sentence or two each."""
    yield "What to do", " ".join(_advice(context, found))
    yield "What it gains and risks", " ".join(_stakes(context, found))
    yield "How sure this is", _sure(found)
    yield "What would change it", next(_changes(context, found))
    unseen = "No event of the scenario was found to tell of what is to come beyond chance; more futures may."
    yield "What to watch", _watched(context, found.watch[0]) if found.watch else unseen


def _advice(context: RunView, found: Brief) -> Iterator[str]:
    plan = context.scenario.strategies.get(context.scenario.focus, {}).get(found.advised)
    name = context.names.quoted(found.advised)
    way = None if plan is None else plan.model_copy(update={"because": None})
    said = "" if way is None else f" {wording.strategy(context.names, way)}"
    yield f"{sentence(name)}.{said}"
    others = len(context.ranking)
    if others < 2:
        yield "It is the only way written down."
        return
    if found.equals:
        equals = listed([context.names.quoted(other) for other in found.equals])
        yield f"On average it does as well as {equals}: between these the choice is open."
    best = of_futures(found.choices[0].best_in, "")
    yield (
        f"Of the {counted(others, 'way')} compared it serves {context.advised} best in {best} states of the world "
        "(ways in which what is not known may turn out)."
    )


def _stakes(context: RunView, found: Brief) -> Iterator[str]:
    """Say in how many futures influence is kept, and where it is lost, beside the nearest other way."""
    first, *rest = found.choices
    other = _rival(first, rest)
    end = day(context.day_of(context.scenario.calendar.weeks))
    kept = _against(context, first.kept, other, None if other is None else other.kept)
    yield f"{sentence(context.advised)} ends on {end} with no less influence than today in {kept}."
    if first.success is not None:
        start, goals = context.scenario.calendar.start, context.scenario.success
        wanted = listed([wording.goal(context.names, goal, start) for goal in goals])
        succeeds = _against(context, first.success, other, None if other is None else other.success)
        yield f"It succeeds in {succeeds}; success here means that {wanted}."
        yield from _succeeds_most(context, first)
    if first.falls is not None and first.kept_if_falls is not None:
        yield _if_it_falls(context, first, other)
    yield from _all_the_same(context, first, rest)


def _succeeds_most(context: RunView, first: Choice) -> Iterator[str]:
    """Say which way succeeds most often where that is not the advised one, and why it is not advised."""
    most = context.run.succeeds_most
    if most is None or first.success is None:
        return
    often = of_both(context.run.strategies[most].success.futures, first.success.mean)[0]  # type: ignore[union-attr]
    yield (
        f"{sentence(context.names.quoted(most))} succeeds most often, in {often}, yet pays less: the advice goes "
        f"by all that {context.advised} wants, not by success alone."
    )


def _if_it_falls(context: RunView, first: Choice, other: Choice | None) -> str:
    assert first.falls is not None and first.kept_if_falls is not None
    one, lost = first.kept_if_falls.mean, None if other is None else other.kept_if_falls
    held, beside = of_both(one, lost.mean, "") if lost is not None else (of_futures(one, ""), "")
    beside = "under either of the two" if held == beside else beside and f"against {beside}"
    return (
        f"If {context.names.government()} falls, as in {_falls(first.falls, other)}, {context.advised} keeps "
        f"its influence in {held}{beside and f', {beside}'}."
    )


def _all_the_same(context: RunView, first: Choice, rest: list[Choice]) -> Iterator[str]:
    """Say why the second is not advised where it keeps influence in more futures."""
    after = next((choice for choice in rest if choice.role == "next"), None)
    if (
        after is None
        or first.kept.high is None
        or after.kept.low is None
        or after.kept.low <= first.kept.high
    ):
        return
    often = of_both(after.kept.mean, first.kept.mean, "")[0]
    yield (
        f"{sentence(context.names.quoted(after.strategy))} keeps it in more futures ({often}), yet is "
        "worth less on the whole: how much influence, and at what cost, counts too."
    )


def _against(context: RunView, one: Share, other: Choice | None, beside: Share | None) -> str:
    """Say a share of the futures, and what it is under another way."""
    if other is None or beside is None:
        return of_futures(one.mean)
    said, less = of_both(one.mean, beside.mean)
    return f"{said}, against {less} under {context.names.quoted(other.strategy)}"


def _falls(one: Share, other: Choice | None) -> str:
    """Say how often the government falls, and how often under the other way where that is told to differ."""
    two = None if other is None else other.falls
    if two is None or other is None or None in (one.low, one.high, two.low, two.high):
        return of_futures(one.mean)
    if one.low <= two.high and two.low <= one.high:  # type: ignore[operator]  # none is None
        return of_futures(one.mean)
    said, beside = of_both(one.mean, two.mean)
    return f"{said} ({beside} under the latter)"


def _rival(first: Choice, rest: list[Choice]) -> Choice | None:
    """Return the way that is most unlike the advised one where the government falls: the other side of the choice."""

    def apart(choice: Choice) -> float:
        pair = first.kept_if_falls or first.kept, choice.kept_if_falls or choice.kept
        return abs((pair[0].mean or 0.0) - (pair[1].mean or 0.0))

    compared = [choice for choice in rest if choice.role != "out"]
    if not compared:
        return None
    return max(compared, key=lambda choice: (round(apart(choice), 1), -rest.index(choice)))


def _sure(found: Brief) -> str:
    weak = list(found.confidence.weakens)
    reasons = (
        f" {' '.join(map(sentence, weak[:2]))}" if weak else " Nothing that was judged speaks against it."
    )
    return f"Confidence in this judgement is {found.confidence.level}.{reasons}"


def _changes(context: RunView, found: Brief) -> Iterator[str]:
    """Say what would turn the advice, the nearest first."""
    for sign in found.turns:
        at = Share(sign.turns_at, sign.turns_low, sign.turns_high)
        side = "likelier" if (at.mean or 0.0) > sign.share else "less likely"
        yield (
            f"If you think {named(context, sign)} {side} than about {points(at)}, not {percent(sign.share)} as here, "
            f"{context.names.quoted(sign.turns_to or '')} serves better."
        )
    if found.resentment is not None:
        low, high = found.resentment_low, found.resentment_high
        range_ = "" if low is None or high is None else f" ({span(low, high, digits=2)})"
        turns = (
            "stops paying once forces resent"
            if found.resentment >= 1
            else "would pay only if forces resented"
        )
        side = "more" if found.resentment >= 1 else "less"
        yield (
            f"Courting several sides {turns} the courting of their rivals {side} than "
            f"{multiple(found.resentment)}{range_} times as much as is assumed here."
        )
    judged = found.confidence.judged
    if judged.dissent:
        yield f"Under the beliefs of {listed(judged.dissent, last='or')} another way is better."
    if judged.measured and judged.drivers:
        first = judged.drivers[0]
        yield (
            f"Of all numbers the choice hangs most on {first.words}: {percent(first.weight)} of what moves it, where "
            "those written without doubt may be off by half."
        )
    if not (found.turns or found.resentment is not None or judged.dissent):
        yield "No event of the scenario was found whose chance, however likely, would turn the advice."


def _watched(context: RunView, sign: Sign) -> str:
    look = sign.look
    if look is None:
        return ""
    seen, unseen = of_both(look.falls_if_seen.mean, look.falls_if_not.mean)
    return (
        f"{sentence(named(context, sign))}. If it has come by {day(context.day_of(look.week))}, "
        f"{context.names.government()} falls after that day in {seen}; if not, in {unseen}."
    )


def kept(context: RunView, found: Brief) -> Drawing | None:
    """The one picture: in how many futures each way keeps influence, if the government stands and if it falls."""
    government = context.names.government()
    parted = context.names.incumbent is not None
    measures = (
        [(f"if {government} falls", VERMILION), (f"if {government} stands", BLUE)]
        if parted
        else [("all futures", BLUE)]
    )
    rows: list[charts.Row] = [
        {
            "label": context.names.strategy(choice.strategy),
            "measure": name,
            "value": None if share is None else share.mean,
        }
        for choice in found.choices
        for (name, _), share in zip(measures, _parts(choice, parted), strict=True)
    ]
    if not any(row["value"] is not None for row in rows):
        return None
    title = f"Where {context.advised} keeps its influence"
    return Drawing(
        key="brief",
        title=title,
        description="; ".join(
            f"{row['label']}, {row['measure']}: {of_futures(row['value'])}"
            for row in rows
            if row["value"] is not None
        ),
        caption=(
            "Share of futures that end with no less influence than they began with"
            + (f", where {government} falls (circle) and where it stands (diamond)." if parted else ".")
            + " The further right the better; a short line hangs little on who wins."
        ),
        chart=lambda frame: charts.measure_rows(
            rows, frame, title="Share of futures", measures=measures, domain=(0, 1), percent=True
        ),
        table=_kept_table(context, found),
    )


def _parts(choice: Choice, parted: bool) -> tuple[Share | None, ...]:
    return (choice.kept_if_falls, choice.kept_if_stands) if parted else (choice.kept,)


def _kept_table(context: RunView, found: Brief) -> Table:
    shown: list[tuple[str, Callable[[Choice], Share | None]]] = [("Influence kept", lambda one: one.kept)]
    if context.names.incumbent is not None:
        falls = f"{sentence(context.names.government())} falls"
        shown.insert(0, (falls, lambda one: one.falls))
        shown += [
            ("if it falls", lambda one: one.kept_if_falls),
            ("if it stands", lambda one: one.kept_if_stands),
        ]
    if context.scenario.success:
        shown.append(("Succeeds", lambda one: one.success))
    columns = headings("Way of engaging", "", *(f"#{head}" for head, _ in shown))
    rows = tuple(
        (
            context.names.strategy(choice.strategy),
            _role(found, choice),
            *(points(share(choice)) for _, share in shown),
        )
        for choice in found.choices
    )
    note = "Shares of the futures, with their 95 % intervals: what the size of the simulation leaves open."
    return Table("Influence kept, by way of engaging", columns, rows, note)


def _role(found: Brief, choice: Choice) -> str:
    """Say why a way stands on the brief; one-sided ways that pay more may stand above the one it is there for."""
    above = [other.kind for other in found.choices[: found.choices.index(choice)]]
    further = choice.role == "one-sided" and {Kind.ONE_FORCE, Kind.ONE_CAMP} & set(above)
    return "next one-sided" if further else ROLES[choice.role]


def _better(context: RunView, sign: Sign) -> str:
    """Say where another way, followed from the start, pays more than the advised one: with the sign or without it."""
    where = "it comes" if (sign.gain_with or 0.0) > 0 else "it does not come"
    return f"{sentence(context.names.quoted(sign.turns_to or ''))} from the start, where {where}"


def watch(context: RunView, found: Brief) -> Table:
    """What to watch, by when, and what each sign then says."""
    government = context.names.government()
    turning = any(sign.turns_to is not None for sign in found.watch)
    columns = headings(
        "Sign",
        "Look on",
        "#Falls later, if seen",
        "#if not",
        *(["What would have served better"] if turning else []),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for sign in found.watch:
        if sign.look is None:
            continue
        better = "" if sign.turns_to is None else _better(context, sign)
        rows.append((
            sentence(named(context, sign)), Cell(day(context.day_of(sign.look.week))), points(sign.look.falls_if_seen),
            points(sign.look.falls_if_not), *([better or DASH] if turning else []),
        ))  # fmt: skip
    note = (
        f"How often {government} falls after that day, where it still stands on it. From {count(found.looked_at)} "
        f"futures under {context.names.quoted(found.advised)}."
    )
    return Table("What to watch, and by when", columns, tuple(rows), note)


def _grounds(context: RunView, found: Brief) -> Iterator[str]:
    judged = found.confidence.judged
    on_nothing, written_bare = judged.share(ungrounded), judged.share(bare)
    about = "what moves the choice" if judged.measured else "the numbers the scenario states"
    has, lacks = (NONE_OR_ALL.get(round(part, 9), percent(part)) for part in (1 - on_nothing, written_bare))
    yield (
        f"Of {about}, {has} has grounds (a claim, a belief or a reason) and {lacks} is written without doubt. "
        f"{found.confidence.raised_by}"
    )
    about_evidence = ("grounds", "doubt")
    reasons = found.confidence.reasons
    supports = " ".join(sentence(r.says) for r in reasons if not r.costs and r.about not in about_evidence)
    yield (
        f"{supports} The brief rests on {count(found.futures)} futures. How often a way serves best: "
        f"{counted_over(found.states)} Whether the model and its numbers are right is another matter."
    ).strip()
