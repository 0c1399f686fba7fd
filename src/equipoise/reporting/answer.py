"""The answer in two sentences, and how sure it is, said apart.

The first sentence names the strategy with the best mean payoff of those written down and those that cannot be told
apart from it; the second says whether courting several sides beats backing one among them, what each keeps if the
government falls, and the resentment at which that turns. Where a search was made (`optimise`), a third says whether
a better way was found. How sure that is, which the run itself finds (`findings.confidence`), is never mixed with
likelihood in a sentence (ICD 203).
"""

from __future__ import annotations

from equipoise.evidence import BASES
from equipoise.findings.found import DifferenceFound, Found, StrategyFound
from equipoise.findings.hedges import Kind
from equipoise.reporting.blocks import Remark
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.likelihood import confidence
from equipoise.scenario.phrases import (
    count,
    counted,
    counted_over,
    interval,
    listed,
    multiple,
    number,
    percent,
    sentence,
    significant,
)


def answer(context: RunView) -> tuple[str, ...]:
    """Return the answer of a run, two sentences to five."""
    return (
        first_sentence(context),
        second_sentence(context),
        *_within_one_camp(context),
        *succeeds_most(context.run, context.names),
        *_searched(context),
    )


def how_sure(context: RunView) -> Remark:
    """Return how sure the answer is: the level, each reason for it, and what would raise it."""
    found = context.run.confidence
    kept = f"{len(found.supports)} of {len(found.supports) + len(found.weakens)} supports hold"
    reasons = [f"Holds: {text}" for text in found.supports] + [f"Missing: {text}" for text in found.weakens]
    shares = [counted_over(found.judged.over)] if any(r.about == "states" for r in found.reasons) else []
    return Remark(
        "How sure this is", confidence(found.level, kept), "confidence", (*reasons, *shares, found.raised_by)
    )


def first_sentence(context: RunView) -> str:
    """Say which strategy pays best and which cannot be told apart from it."""
    best, payoff = context.best, context.found.payoff
    amount = len(context.ranking)
    of = (
        f"Of the {counted(amount, 'way')} of engaging written down for {context.advised}"
        if amount > 1
        else "The only way written down"
    )
    said = (
        f"{of}, {context.names.quoted(best)} pays best on average: {number(payoff.mean)} (95 % interval "
        f"{interval(payoff.low, payoff.high)}) over {count(context.run.futures)} futures"
    )
    equals = [name for name in context.ranking[1:] if context.run.difference(best, name).told_apart is False]
    if equals:
        return (
            f"{said}, and it cannot be told apart from {listed([context.names.quoted(n) for n in equals])}."
        )
    if amount == 1:
        return said + "."
    second = context.ranking[1]
    return f"{said}, {number(context.run.difference(best, second).mean)} ahead of {context.names.quoted(second)}."


def second_sentence(context: RunView) -> str:
    """Say whether hedging pays, what is kept after a collapse, and where that turns."""
    hedge, single = (next(iter(group), None) for group in (context.hedges, context.one_sided))
    if hedge is None or single is None:
        kept = _kept(context, context.found)
        return (
            f"With it {context.advised} keeps {kept}."
            if kept
            else "No hedge was compared with a one-sided strategy."
        )
    return f"{_verdict(context, hedge, single)}; {_collapse(context, hedge, single)}{_turning(context)}."


def _within_one_camp(context: RunView) -> tuple[str, ...]:
    """Say where the best way that spreads effort keeps to one camp, and so hedges against no rival."""
    spread = [
        name for name in context.ranking if context.run.strategies[name].kind in (Kind.ONE_CAMP, Kind.HEDGE)
    ]
    if not spread or context.run.strategies[spread[0]].kind is Kind.HEDGE:
        return ()
    best = sentence(context.names.quoted(spread[0]))
    return (f"{best}, the best way that spreads effort, keeps to one camp: it is no hedge between rivals.",)


def succeeds_most(found: Found, names: Names) -> tuple[str, ...]:
    """Say which way succeeds most often by the scenario's own measure where that is not the one that pays best."""
    most = found.succeeds_most
    if most is None:
        return ()
    often, own = (found.strategies[name].success for name in (most, found.best))
    assert often is not None and own is not None
    return (
        f"By what the scenario calls success, {names.quoted(most)} does best: it succeeds in "
        f"{percent(often.futures)} of futures, {names.quoted(found.best)} in {percent(own.futures)}; the "
        "advice goes by payoff.",
    )


def _verdict(context: RunView, hedge: str, single: str) -> str:
    h, s = context.names.quoted(hedge), context.names.quoted(single)
    gap = context.run.difference(hedge, single)
    size = f"{number(abs(gap.mean))} (95 % interval {_positive(gap)})"
    if not gap.told_apart:
        pair = f"the best hedge between rivals, {h}, and the best one-sided strategy, {s}"
        return f"Whether to hedge stays open: {pair}, cannot be told apart"
    if gap.mean > 0:
        won = f"hedging pays: the best hedge between rivals, {h}, gains {size} on the best one-sided way, {s}"
    else:
        won = f"no hedge between rivals pays: the best one, {h}, loses {size} to the best one-sided way, {s}"
    return f"Of those written down, {won}"


def _searched(context: RunView) -> tuple[str, ...]:
    """Say whether a search found a way that pays more than all that were written down, where one was made for that."""
    search = context.analyses.get("optimise")
    if (
        search is None
        or search["metric"]["name"] != "laplace"
        or search["asked"]["beliefs"] != context.run.beliefs
    ):
        return ()
    gain, best = search["gain"], context.names.quoted(search["best_named"]["name"])
    if search["found"]["named"] is not None or not gain["told_apart"] or gain["held_out"]["mean"] <= 0:
        return (
            f"A search over mixtures, rules and triggers found nothing that can be shown to pay more than {best}.",
        )
    held = gain["held_out"]
    return (
        f"A search found a way that pays {number(held['mean'])} more than {best} on futures kept aside for judging "
        f"(95 % interval {interval(held['low'], held['high'])}): {search['found']['title']}.",
    )


def _positive(gap: DifferenceFound) -> str:
    ends = sorted(abs(end) for end in (gap.low, gap.high) if end is not None)
    return interval(ends[0], ends[1]) if len(ends) == 2 else "unknown"


def _collapse(context: RunView, hedge: str, single: str) -> str:
    pair = [context.run.strategies[name] for name in (hedge, single)]
    fallen = [item.influence_after_collapse for item in pair]
    stood = [item.influence_if_stands for item in pair]
    if context.names.incumbent is None or None in fallen:
        return "the end of a government plays no part in it"
    government = context.names.government()
    said = f"if {government} falls the hedge ends with influence of {number(fallen[0])} against {number(fallen[1])}"
    return said if None in stood else f"{said}, if it stands {number(stood[0])} against {number(stood[1])}"


def _turning(context: RunView) -> str:
    """Say at what resentment of it the hedge stops paying, or that none was found."""
    threshold, multipliers = context.run.resentment.threshold, context.run.resentment.multipliers
    if threshold is not None and threshold < 1:
        less = f"less than {times(threshold)} as assumed"
        return f"; the hedge would pay only if forces resented it {less}"
    if threshold is not None:
        return f"; the hedge stops paying once forces resent it {times(threshold)} as assumed"
    pays = [_hedge_leads(context, place) for place in range(len(multipliers))]
    if pays and all(lead is True for lead in pays):
        most = significant(max(multipliers))
        return f"; resentment of it up to {most} times what is assumed does not change that"
    if pays and all(lead is False for lead in pays):
        return "; even without any resentment the hedge would not pay"
    return ""


def times(multiplier: float) -> str:
    """Say a multiple: `1.67 times as much`."""
    return f"{multiple(multiplier)} times as much"


def _hedge_leads(context: RunView, place: int) -> bool | None:
    found = context.run.resentment
    best = [[found.payoff[name][place] for name in members] for members in (found.hedges, found.one_sided)]
    return max(best[0]) > max(best[1]) if all(best) else None


def _kept(context: RunView, item: StrategyFound) -> str:
    fallen, stood = item.influence_after_collapse, item.influence_if_stands
    if fallen is None:
        return "" if stood is None else f"influence of {number(stood)} at the end"
    government = context.names.government()
    rest = "" if stood is None else f", and {number(stood)} if it stands"
    return f"influence of {number(fallen)} at the end if {government} falls{rest}"


def grounds_of(context: RunView) -> dict[str, int]:
    """Return how many numbers the scenario states, by what they stand on (`evidence.BASES`).

    Counts are those of the trace that came with the run. Where a trace does not know which numbers the
    file wrote (none is a default), or none came, a bare 0 without grounds counts as a default.
    """
    given = context.analyses.get("trace", {}).get("counts")
    if given and given.get("default") != 0:
        return {basis: given.get(basis) or 0 for basis in BASES}
    rows = context.trace["places"]
    stated = [row for row in rows if row["basis"] != "nothing" or row["value"] not in ("0", "0.0")]
    return {basis: sum(row["basis"] == basis for row in stated) for basis in BASES}
