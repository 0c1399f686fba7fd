"""Why a patron does what it does, in the words of the brief: two or three sentences, next to what it should do."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.briefing import Reasons
from equipoise.reporting.analyses.why import TELLS
from equipoise.reporting.analyses.why_tables import rough
from equipoise.reporting.blocks import Block, Heading, Paragraph
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import chance, counted, listed, percent, sentence

MOVED = 2
"""Goals or beliefs that the brief names at most."""


def blocks(context: RunView, why: Reasons) -> list[Block]:
    """Return the question and its answer."""
    return [Heading(asked(context, why)), Paragraph(" ".join(said(context, why)))]


def asked(context: RunView, why: Reasons) -> str:
    """Ask why a patron does what it was seen to do, the advised one next to what it is advised."""
    patron, own = context.names.within(why.patron), why.patron == context.scenario.focus
    other = own and why.way != context.names.strategy(context.run.best)
    return f"Why {patron} does otherwise" if other else f"Why {patron} does what it does"


def said(context: RunView, why: Reasons) -> Iterator[str]:
    """Say what a patron was seen to do, whether anything within reach makes that its best, and what it speaks for."""
    patron, way, whose = context.names.within(why.patron), f"“{why.way}”", context.names.holder(why.beliefs)
    if why.kind is None:
        own = "" if why.forgone_own is None or why.beliefs == why.patron else (
            f", by its own beliefs {percent(why.forgone_own)}"
        )  # fmt: skip
        yield (
            f"What {patron} does, {way}, is its best by nobody's beliefs, under no rule of choice and for no goals "
            f"within reach: by the numbers of {whose} it gives up {percent(why.forgone)} of what lies between its best "
            f"and its worst way{own}. It has a reason that is not in the scenario, or does not choose by what its acts "
            "are worth."
        )
    else:
        yield f"What {patron} does, {way}, is its best {_nearest(context, why, whose)}."
    yield from _accounts(context, why)


def _nearest(context: RunView, why: Reasons, whose: str) -> str:
    """Say by which reason within reach what is done is best."""
    held = context.names.holder(why.holder)
    moved = listed(why.moved[:MOVED]) + (" and other things" if len(why.moved) > MOVED else "")
    far = "" if why.sds is None else f", {rough(why.sds)} standard deviations away"
    if why.kind == "as-stated":
        return f"on average, by the numbers of {whose}"
    return {
        "holder": f"on average, as {held} sees things",
        "rule": f"for one who chooses by the {why.rule}, as {held} sees things",
        "goal": f"if {moved} were otherwise{far}",
        "belief": f"if it holds that {moved} is otherwise{far}",
    }[
        why.kind or ""
    ] + f"; as stated it gives up {percent(why.forgone)} of what lies between its best and its worst way"


def _accounts(context: RunView, why: Reasons) -> Iterator[str]:
    """Say on whose beliefs a patron is likeliest to act, and which account its acts speak for."""
    if why.holder_after is not None:
        own = why.holder_likely == why.patron
        held = "its own" if own else f"those of {context.names.holder(why.holder_likely)}"
        yield (
            f"How likely it is that it acts on beliefs like {held}: {chance(why.holder_after)}, from "
            f"{percent(why.holder_before)} before its act was seen."
        )
    if why.accounts > 1 and why.times is not None and why.times < TELLS:
        yield f"Which of {counted(why.accounts, 'account')} of its reasons is so, the act hardly tells."
    elif why.accounts > 1:
        yield (
            f"Of {counted(why.accounts, 'account')} of its reasons the act speaks most for this: "
            f"“{sentence(why.account)}”, {chance(why.after)}, from {percent(why.before)} before."
        )
