"""The sections that judge: the answer, the ranking, stands or falls, regret and robustness, luck.

Each reads the run's JSON through a `RunView`.
"""

from __future__ import annotations

from dataclasses import replace

from equipoise.reporting import figures, tables
from equipoise.reporting.answer import answer, how_sure
from equipoise.reporting.blocks import Block, Heading, Paragraph, Points, Remark, Section, Terms
from equipoise.reporting.drawing import drawn
from equipoise.reporting.run_view import RunView
from equipoise.scenario.likelihood import YARDSTICKS
from equipoise.scenario.phrases import (
    count,
    counted,
    current_yardstick,
    listed,
    number,
    percent,
    sentence,
    span,
    times_the_scenario,
)

MOST_ACROSS = 9
"""Most strategies side by side in a table that a page can hold."""


def the_answer(context: RunView) -> Section:
    """The question, the answer in two sentences, how sure it is, and what a reader must be warned of."""
    first, *more = answer(context)
    body: list[Block] = [Remark("", "\n".join(more), "answer"), how_sure(context)]
    warnings = context.run.warnings
    if warnings:
        body.append(Remark("What a reader must know", "", "warning", warnings))
    body.append(Heading("How to read the numbers"))
    body.append(_terms(context))
    return Section("answer", "The answer in figures", first, tuple(body))


def _terms(context: RunView) -> Terms:
    focus = context.advised
    weeks = context.scenario.calendar.weeks
    amounts = [count(amount) for amount in (context.run.futures, context.run.states, context.run.chance)]
    pairs = {
        "Payoff": f"What a future is worth to {focus} by its own weights, averaged over the run. Only "
        "differences between strategies have a meaning, not the level.",
        "Influence": f"From 0 to 1: the standing of {focus} with whoever controls each region, weighted by "
        "its interest in the region.",
        "Standing": "From 0 to 1: the stock of relationship with one force, built by engagement and worn "
        "away by neglect, by courting its rivals, and by its fall.",
        "Future": f"One way the {weeks} weeks may go: a state of the world (one draw of all that is not "
        f"known) and one course of chance. {amounts[0]} futures were played: {amounts[1]} states, "
        f"{amounts[2]} courses of chance in each. All strategies met the same futures.",
        "Interval": "A 95 % interval says what the size of the simulation leaves open. It says nothing about "
        "whether the model or its numbers are right.",
        "Words of likelihood": f"Those of {YARDSTICK_NAMES[current_yardstick()]}: {_bands()}.",
    }
    return Terms(tuple(pairs.items()))


YARDSTICK_NAMES = {"icd203": "ICD 203", "phia": "the PHIA yardstick"}
"""What each yardstick is called."""


def _bands() -> str:
    """Return the words of likelihood, each with the upper end of its band."""
    bands = YARDSTICKS[current_yardstick()].items()
    return ", ".join(f"{name} (to {percent(high)})" for name, (_, high) in bands)


def ranking(context: RunView) -> Section:
    """The strategies in order of mean payoff, and which of them can be told apart."""
    apart = [name for name in context.ranking[1:] if context.run.difference(context.best, name).told_apart]
    others, best = len(context.ranking) - 1, context.names.quoted(context.best)
    behind = f"All {others}" if len(apart) == others else f"{len(apart)} of the {others}"
    lead = (
        f"{sentence(best)} comes first on average. {behind} other strategies lie behind it by more than the "
        "simulation error."
        if others
        else f"Only {best} was run, so there is nothing to rank."
    )
    success = [tables.success(context, context.run)] if context.scenario.success else []
    body = [tables.ranking(context), *success, *drawn(figures.payoffs(context), figures.behind(context))]
    return Section("ranking", "The ranking", lead, tuple(body))


def hedging(context: RunView) -> Section | None:
    """What each strategy keeps if the government stands and if it falls; when the hedge stops paying."""
    shown = drawn(figures.stands_or_falls(context), figures.resentment(context))
    if not shown:
        return None
    threshold = context.run.resentment.threshold
    lead = (
        "Who courts several sides keeps some influence whoever wins; the price is that each force resents a patron "
        "who courts its rivals too."
    )  # fmt: skip
    if threshold is not None:
        verb = "stops paying when" if threshold >= 1 else "would pay only while"
        relation = "reaches" if threshold >= 1 else "stays below"
        times = times_the_scenario(threshold)
        low, high = context.run.resentment.low, context.run.resentment.high
        within = "" if low is None or high is None else f" (95 % interval {span(low, high, digits=2)})"
        lead += f" Here the best hedge {verb} that resentment {relation} {times}{within}."
    return Section("hedging", "If the government stands, and if it falls", lead, tuple(shown))


def regret(context: RunView) -> Section | None:
    """Regret of each strategy, and its place under each robustness metric."""
    shown = drawn(figures.regret(context))
    if tables.robustness(context).rows:
        shown += [
            Heading("Other ways of judging"),
            Paragraph(
                "There is no single right way to judge a strategy when it is not known which state of the world one "
                "is in. Each metric below reads the same results with another attitude: what one gets at worst, at "
                "best, on average, in the poorest twentieth of states. Where they agree, the choice does not hang on "
                "the attitude."
            ),
            *_places(context),
            tables.robustness_values(context),
        ]
    if not shown:
        return None
    firsts = _firsts(context)
    lead = (
        f"First place is shared out so: {firsts}."
        if firsts
        else "How much each strategy can cost against the best."
    )
    return Section("regret", "Regret and robustness", lead, tuple(shown))


def _places(context: RunView) -> list[Block]:
    """Places under each metric; with many strategies the first three, and the whole table folded."""
    whole = tables.robustness(context)
    if len(context.ranking) <= MOST_ACROSS:
        return [whole]
    return [tables.robustness_order(context), replace(whole, folded=True)]


def _firsts(context: RunView) -> str:
    amounts = {
        name: sum(rank == 1 for rank in item.robustness_rank.values())
        for name, item in context.strategies.items()
    }
    named = [
        f"{context.names.quoted(name)} under {counted(many, 'metric')}"
        for name, many in amounts.items()
        if many > 1
    ]
    named += [f"{context.names.quoted(name)} under one" for name, many in amounts.items() if many == 1]
    return listed(named)


def luck(context: RunView) -> Section | None:
    """How much of the spread could be narrowed by finding out, and how much is chance."""
    shown = drawn(figures.luck_and_ignorance(context))
    if not shown:
        return None
    unknown, chance = context.found.payoff.unknown, context.found.payoff.luck
    lead = "The futures differ for two reasons: what is not known today, and luck."
    items = []
    if unknown is not None and chance is not None and unknown**2 + chance**2 > 0:
        share = unknown**2 / (unknown**2 + chance**2)
        lead += (
            f" Under {context.names.quoted(context.best)} what is not known makes up {percent(share)} of the variance "
            "of payoffs; no study can narrow the rest."
        )
        items = [
            f"Standard deviation from what is not known: {number(unknown)}; from luck: {number(chance)}.",
            "The variances add up: what is not known squared, plus luck squared, is the variance over all "
            "futures.",
        ]
    return Section(
        "luck",
        "What is not known and what is luck",
        lead,
        (*shown, *([Points(tuple(items))] if items else [])),
    )
