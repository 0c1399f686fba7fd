"""The tables of a run, each from what it found: the same rows for the terminal and for the report.

What is undefined is a dash; probabilities carry their ICD 203 word; the best of a column stands out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from equipoise.errors import InputError
from equipoise.findings.found import Found, StrategyFound
from equipoise.findings.metrics import Metric, metric_named
from equipoise.reporting.blocks import Cell, Column, Table, Tone, headings
from equipoise.reporting.run_view import RunView, ScenarioView
from equipoise.scenario import wording
from equipoise.scenario.model import Term
from equipoise.scenario.phrases import (
    DASH,
    alike,
    chance,
    count,
    counted,
    counted_over,
    day,
    interval,
    listed,
    number,
    percent,
    percent_error,
    plus_minus,
    sentence,
    significant,
    span,
    unbroken,
)
from equipoise.scoring.base_rates import WEEKS_A_YEAR, yearly_chance

BASIS = {
    "claim": "a claim of a source",
    "belief": "a belief only",
    "reason": "the analyst's reason",
    "nothing": "nothing",
}
"""What a number stands on, in words (`evidence.BASES`)."""


POINTS = "±: standard error, in points of 100."


def _se(context: RunView, *keys: str, strategy: str | None = None) -> float | None:
    """Return the standard error of a chance of a strategy, the best if none is named."""
    return context.run.error("strategies", strategy or context.best, *keys).se


def ranking(context: RunView) -> Table:
    """Payoff, influence, levers, regret and the chance of being best, a row a strategy, best first."""
    columns = headings(
        "Strategy", "#Payoff ± error", "#5 to 95 %", "#Influence", "#After collapse", "#Levers",
        "#Mean regret", "#Best in",
    )  # fmt: skip
    rows = [
        (
            context.names.strategy(name),
            plus_minus(item.payoff.mean, item.payoff.se),
            interval(item.payoff.p5, item.payoff.p95, digits=2),
            number(item.influence.mean),
            number(item.influence_after_collapse),
            number(item.levers, digits=1),
            number(item.regret.mean),
            percent(item.chance_best),
        )
        for name, item in context.strategies.items()
    ]
    note = (
        "Payoff: mean over all futures and its standard error; 5 to 95 %: the middle nine in ten of the futures. "
        f"Influence: mean over the run. After collapse: influence at the end where {context.names.government()} fell. "
        "Levers: forces with standing of at least 0.3 at the end. Best in: share of the states of the world in which "
        f"the strategy has the highest mean payoff. {counted_over(context.run.states)}"
    )
    best = {1: max, 3: max, 4: max, 5: max, 6: min, 7: max}
    ordered = [
        (item.payoff.mean, item.influence.mean, item.influence_after_collapse, item.levers, item.regret.mean,
         item.chance_best)
        for item in context.strategies.values()
    ]  # fmt: skip
    values = dict(zip(best, zip(*ordered, strict=True), strict=True))
    return Table("The strategies, best mean payoff first", columns, _marked(rows, values, best), note)


def payoffs(context: RunView) -> Table:
    """Payoff in full: mean with its 95 % interval, quantiles, the mean of the worst twentieth."""
    columns = headings(
        "Strategy", "#Mean", "#95 % interval of the mean", "#5 %", "#Median", "#95 %", "#Worst 5 %"
    )
    rows = []
    for name, item in context.strategies.items():
        payoff = item.payoff
        quantiles = [number(value) for value in (payoff.p5, payoff.p50, payoff.p95, payoff.cvar5)]
        mean = number(payoff.mean)
        rows.append((context.names.strategy(name), mean, interval(payoff.low, payoff.high), *quantiles))
    note = "Worst 5 %: the mean payoff of the worst twentieth of the futures (CVaR)."
    return Table("Payoff by strategy", columns, tuple(rows), note)


def differences(context: RunView) -> Table:
    """How far each strategy lies behind the best, future by future."""
    columns = headings("Strategy", "#Behind the best by", "#95 % interval", "Told apart?")
    rows = []
    for name in context.ranking[1:]:
        found = context.run.difference(context.best, name)
        apart = {True: "yes", False: "no", None: DASH}[found.told_apart]
        gap = interval(found.low, found.high, signed=True)
        rows.append((context.names.strategy(name), number(found.mean), gap, apart))
    note = (
        "Each pair of strategies met the same futures, so the difference is known better than either payoff."
    )
    return Table("Distance to the best strategy", columns, tuple(rows), note)


Measure = Callable[[StrategyFound], float | None]
"""Takes a number from the results of a strategy."""


def by_measure(context: RunView, caption: str, measures: Sequence[tuple[str, Measure]]) -> Table:
    """A row a strategy with the named measures."""
    columns = headings("Strategy", *(f"#{title}" for title, _ in measures))
    rows = tuple(
        (context.names.strategy(name), *(number(of(item)) for _, of in measures))
        for name, item in context.strategies.items()
    )
    return Table(caption, columns, rows)


def forces(context: RunView) -> Table:
    """Each force's power and its chance of having fallen by the end, under the best strategy."""
    yearly = context.scenario.calendar.weeks != WEEKS_A_YEAR
    columns = headings(
        "Force", "#Power at start", "#Power at end", "Falls by the end",
        *(["#Falls within a year"] if yearly else []),
    )  # fmt: skip
    rows = []
    for key in context.forces:
        item = context.found.forces[key]
        rows.append((
            context.names.force(key), percent(item.power.start), percent(item.power.end),
            chance(item.collapse, _se(context, "forces", key, "collapse")),
            *([percent(yearly_chance(item.collapse_by_week))] if yearly else []),
        ))  # fmt: skip
    note = f"Under {context.names.quoted(context.best)}. Power: mean share of the country a force controls. {POINTS}"
    note += " Falls within a year: the same chance as a yearly one, at an even rate." if yearly else ""
    return Table("The forces", columns, tuple(rows), note)


def falls(context: RunView) -> Table:
    """The chance that each force has fallen by the end, a row a strategy."""
    columns = headings("Strategy", *(Column(context.names.force(key)) for key in context.forces))
    rows = tuple(
        (
            context.names.strategy(name),
            *(
                chance(item.forces[key].collapse, _se(context, "forces", key, "collapse", strategy=name))
                for key in context.forces
            ),
        )
        for name, item in context.strategies.items()
    )
    return Table(
        "Chance that a force has fallen by the end of the run, by strategy",
        columns,
        rows,
        POINTS,
        folded=True,
    )


def order_keys(*shares: Mapping[str, float]) -> list[str]:
    """Orders that come in some of the shares, in reading order: who holds on first, chaos last."""
    seen = {key for found in shares for key, share in found.items() if share}
    place = {"holds": 0, "settlement": 1, "chaos": 3}
    return sorted(seen, key=lambda key: (place.get(key, 2), key))


def orders(context: RunView) -> Table:
    """Share of futures in each order at the end of the run, a row a strategy."""
    keys = order_keys(*(item.orders for item in context.strategies.values()))
    columns = headings("Strategy", *(f"#{context.names.order(key)}" for key in keys))
    rows = tuple(
        (
            context.names.strategy(name),
            *(percent_error(item.orders[key], _se(context, "orders", key, strategy=name)) for key in keys),
        )
        for name, item in context.strategies.items()
    )
    return Table("Who governs at the end of the run: share of the futures", columns, rows, POINTS)


def success(context: ScenarioView, found: Found) -> Table:
    """How often each strategy succeeds by the scenario's own conditions; no rows where it has none."""
    rows = tuple(
        (
            context.names.strategy(name),
            *(
                percent_error(share, found.error("strategies", name, "success", over).se)
                for over, share in (("futures", item.futures), ("states", item.states))
            ),
        )
        for name in found.ranking
        if (item := found.strategies[name].success) is not None
    )
    start, goals = context.scenario.calendar.start, context.scenario.success
    wanted = listed([wording.goal(context.names, goal, start) for goal in goals])
    columns = headings("Strategy", "#Futures", "#States of the world")
    note = f"Success: {wanted}. States: in more than half of whose futures it is had. {POINTS}"
    return Table("How often each strategy succeeds", columns, rows, note)


def events(context: RunView) -> Table:
    """Each event with its chance of happening within the run and its median date."""
    columns = headings("Event", "Happens within the run", "Median date if it does")
    rows = tuple(
        (
            context.names.event(key),
            chance(item.probability, context.run.error("events", key, "probability").se),
            f"week of {day(item.median_date)}" if item.median_date else DASH,
        )
        for key, item in context.run.events.items()
    )
    return Table("Events", columns, rows, POINTS)


def agreements(context: RunView) -> Table:
    """How likely each agreement is signed, and each term falls due and is kept."""
    columns = headings("Agreement and term", "#Signed", "#Falls due", "Kept where it falls due")
    rows: list[tuple[str, ...]] = []
    for key, found in context.run.agreements.items():
        signed = percent_error(found.signed, context.run.error("agreements", key, "signed").se)
        rows.append((context.names.event(key), signed, "", ""))
        for n, (term, judged) in enumerate(
            zip(context.scenario.agreements[key].terms, found.terms, strict=True)
        ):
            due, kept = (
                context.run.error("agreements", key, "terms", str(n), of).se for of in ("due", "kept")
            )
            rows.append((_term(context, term), "", percent_error(judged.due, due), chance(judged.kept, kept)))
    note = (
        "Falls due: it is signed, and the deadline lies within the run. Kept: what is owed has come by the deadline; "
        "the rest are breaches. " + POINTS
    )
    return Table("Agreements", columns, tuple(rows), note)


def _term(context: RunView, term: Term) -> str:
    who = sentence(listed([context.names.within(key) for key in term.who]))
    when = f"by {day(term.by)}" if term.by else f"within {counted(term.within or 0, 'week')} of signing"
    return f"   {who}: {term.does}, {when}"


def talks(context: RunView) -> Table:
    """Each talk's chance of a deal and where each issue may land."""
    columns = headings("Talk and issue", "Deal", "#Outcome", "#5 to 95 %", "#No agreement", "Scale")
    rows: list[tuple[str, ...]] = []
    for key, item in context.run.talks.items():
        deal = chance(item.deal, context.run.error("talks", key, "deal").se)
        rows.append((context.names.talk(key, item.with_power), deal, "", "", "", ""))
        for issue, found in item.issues.items():
            mean, gap = significant(found.mean), span(found.p5, found.p95)
            rows.append(
                (f"   {issue}", "", mean, gap, percent(found.no_agreement), scale_text(context, key, issue))
            )
    note = (
        "Deal: the talks take place and end in one. Outcome: mean over the states in which the bargaining model finds "
        "one (for talks that go by power, over the talks that took place); no agreement: the share in which it finds "
        "none. There is no deal then. " + POINTS
    )
    return Table("Talks", columns, tuple(rows), note)


def robustness(context: RunView) -> Table:
    """Place of each strategy under each robustness metric, a row a metric."""
    metrics = list(context.found.robustness_rank)
    columns = headings("Metric", *(f"#{context.names.strategy(name)}" for name in context.ranking))
    rows = []
    for metric in metrics:
        places = [item.robustness_rank[metric] for item in context.strategies.values()]
        cells = [DASH if at is None else Cell(str(at), "first" if at == 1 else "") for at in places]
        rows.append((metric_title(metric), *cells))
    return Table("Place of each strategy under each robustness metric", columns, tuple(rows))


def robustness_order(context: RunView) -> Table:
    """The first three strategies under each robustness metric, a row a metric."""
    metrics = list(context.found.robustness_rank)
    rows = []
    for metric in metrics:
        ranked = [(item.robustness_rank[metric], name) for name, item in context.strategies.items()]
        known_ranks = sorted((at, place, name) for place, (at, name) in enumerate(ranked) if at is not None)
        firsts = [context.names.strategy(name) for _, _, name in known_ranks[:3]]
        rows.append((metric_title(metric), *firsts, *[DASH] * (3 - len(firsts))))
    columns = headings("Metric", "First", "Second", "Third")
    return Table("The first three strategies under each robustness metric", columns, tuple(rows))


def robustness_values(context: RunView) -> Table:
    """Value of each robustness metric by strategy, with the way it is computed."""
    metrics = list(context.found.robustness)
    columns = headings(
        "Metric", "Computed as", "Better", *(f"#{context.names.strategy(name)}" for name in context.ranking)
    )
    rows = []
    for metric in metrics:
        found = _metric(metric)
        said = (found.formula, found.direction) if found else (DASH, DASH)
        cells = alike([item.robustness[metric] for item in context.strategies.values()])
        rows.append((metric_title(metric), *said, *cells))
    note = "f: mean payoff of a strategy in one state; q: quantile over states; sd: standard deviation."
    return Table("Value of each robustness metric", columns, tuple(rows), note, folded=True)


def metric_title(name: str) -> str:
    """Name of a robustness metric with its plain title: `maximin (worst state)`."""
    found = _metric(name)
    return f"{name} ({found.title})" if found else name


def _metric(name: str) -> Metric | None:
    try:
        return metric_named(name)
    except InputError:
        return None


def scale_text(context: RunView, talk: str, issue: str) -> str:
    """What the ends of an issue's scale mean: `0: the Crown alone; 100: the rebels alone`."""
    scale = scale_of(context, talk, issue)
    return "; ".join(f"{significant(at)}: {text}" for at, text in sorted(scale.items()))


def scale_of(context: RunView, talk: str, issue: str) -> Mapping[float, str]:
    """The points of an issue's scale that have a text; none where the scenario has no such issue."""
    found = context.scenario.talks.get(talk)
    return found.issues[issue].scale if found and issue in found.issues else {}


def trace(found: Mapping[str, Any]) -> Table:
    """Every number a scenario states and what it stands on, from what `evidence.trace` returns."""
    columns = headings("Place in the file", "Value", "Stands on", "Claims or reason")
    rows = []
    for row in found.get("places") or []:
        if not row.get("written", True):
            continue
        claims = ", ".join(ground["claim"] for ground in row.get("grounds") or [])
        said = "; ".join(text for text in (claims, row.get("because") or "") if text)
        basis = row.get("basis") or ""
        tone: Tone = "warn" if basis == "nothing" else "quiet" if basis == "belief" else ""
        rows.append(
            (
                str(row.get("path")),
                unbroken(str(row.get("value"))),
                Cell(BASIS.get(basis, basis), tone),
                said or DASH,
            )
        )
    note = (
        "[low, high]: anywhere between, all as likely; [low, most likely, high]: a smooth hump. Words of likelihood "
        "are those of ICD 203, anywhere in their band; a name is that of a shared quantity."
    )
    return Table("What the numbers stand on", columns, tuple(rows), note)


def trace_counts(found: Mapping[str, Any]) -> Table:
    """How many numbers stand on what."""
    counts = found.get("counts") or {}
    stated = sum(counts.get(basis) or 0 for basis in BASIS)
    rows = tuple(
        (BASIS[basis], count(counts.get(basis)), percent(counts[basis] / stated if stated else None))
        for basis in BASIS
        if counts.get(basis) is not None
    )
    columns = headings("Stands on", "#Numbers", "#Share")
    return Table("How many numbers stand on what", columns, rows)


def _marked(
    rows: Sequence[tuple[str, ...]],
    values: Mapping[int, Sequence[float | None]],
    best: Mapping[int, Callable[..., float]],
) -> tuple[tuple[str | Cell, ...], ...]:
    """Let the best cell of each named column stand out."""
    tops = {
        place: best[place](value for value in column if value is not None)
        for place, column in values.items()
        if any(value is not None for value in column)
    }
    return tuple(
        tuple(
            Cell(text, "first") if place in tops and values[place][index] == tops[place] else text
            for place, text in enumerate(row)
        )
        for index, row in enumerate(rows)
    )
