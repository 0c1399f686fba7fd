"""How sure the advice is, apart from how likely anything is: a level, and a sentence for each reason.

Confidence starts high and loses a level, or two, for each of seven weaknesses. Two are of the evidence: how much of
what the choice hangs on stands on nothing, and how much of it is written without doubt. Four are of the judgement: a
lead within the simulation error, states of the world in which another strategy is best, robustness metrics and
holders of beliefs that would choose another. It cannot be had by writing less doubt: what is written without doubt is
judged as if it might be off by half (`findings.drivers`), and counts against it. A seventh is of the outside view: a
chance of the government's fall that lies off its base rate, and would without any of the scenario's own events too.

Source: ICD 203 (2015), D.6.e(2): confidence in the basis of a judgement, apart from likelihood; Friedman and
Zeckhauser 2012, *Intelligence and National Security* 27: reliability of evidence and range of reasonable opinion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.evidence import Basis
from equipoise.records import Record
from equipoise.scenario.likelihood import CONFIDENCE, Confidence
from equipoise.scenario.phrases import count, listed, percent, sentence, span

SOME, MOST = 0.2, 0.5
"""Shares of what the choice hangs on above which a weakness of the evidence costs one level, and two."""
AGREEMENT = 0.75
"""Share of robustness metrics that must put the advised strategy first."""
NAMED = 3
"""Numbers that the sentence on what would raise confidence names at most."""

EVIDENCE = {"grounds": "a claim of a source", "doubt": "a range in place of a bare number"}
"""What would mend each weakness of the evidence."""
Lies = Literal["inside", "above", "below"]
About = Literal["outside", "grounds", "doubt", "simulation", "states", "metrics", "holders"]


@dataclass(frozen=True)
class Driver(Record):
    """A number on which the choice hangs.

    Attributes:
        path, words: its place and what it is called.
        weight: share of the spread of the advised strategy's lead over the best other that goes with it.
        basis: what it stands on. bare: whether it is written without doubt.
    """

    path: str
    words: str
    weight: float
    basis: Basis
    bare: bool


@dataclass(frozen=True)
class OutsideView(Record):
    """The government's fall beside how often governments like it fell; all are chances a year.

    Attributes:
        force: the government, inside a sentence. chance: under the advice.
        low, high: ends of the 95 % interval of the base rate.
        by_itself: the chance were no event, talk or decision to come; what lies between the two is the doing of the
            scenario's own events.
    """

    force: str
    chance: float
    low: float
    high: float
    by_itself: float

    def lies(self, chance: float) -> Lies:
        """Return whether a chance a year lies inside the interval of the base rate, above or below it."""
        return "above" if chance > self.high else "below" if chance < self.low else "inside"

    @property
    def explained(self) -> bool:
        """Whether the scenario's own events account for the distance, if any: without them the chance would agree."""
        return "inside" in (self.lies(self.chance), self.lies(self.by_itself))

    @property
    def says_alone(self) -> str:
        """Where the chance would lie without the scenario's events, as the rest of a sentence."""
        side, alone = self.lies(self.by_itself), f"{percent(self.by_itself)} a year"
        if side == "inside":
            return f"without the scenario's own events it would be {alone}, inside it: they account for the distance"
        still = "still " if side == self.lies(self.chance) else ""
        return f"without the scenario's own events it would be {alone}, {still}{side} it"


@dataclass(frozen=True)
class Judged(Record):
    """What the level is judged by.

    Attributes:
        drivers: the numbers that can be told to drive the choice, the heaviest first; where there are none, every
            number that is written, each counted alike.
        measured: whether these were told apart from chance.
        told_apart: whether the lead over the second is larger than the simulation error; None with one strategy, or
            where the error is unknown.
        strategies: how many were compared.
        states: share of states of the world in which the advised strategy is best.
        metrics, firsts: robustness metrics that are defined, and those that put it first.
        holders, dissent: holders of beliefs, and those under whose beliefs another is told to be better.
        stressed: how many numbers written without doubt were taken as possibly off by half.
        over: states of the world in which all this was judged; no more than the run has.
        outside: the government's fall beside its base rate; None where there is none.
    """

    drivers: tuple[Driver, ...]
    measured: bool
    told_apart: bool | None
    strategies: int
    states: float
    metrics: int
    firsts: int
    holders: tuple[str, ...]
    dissent: tuple[str, ...]
    stressed: int
    over: int
    outside: OutsideView | None = None

    def share(self, weak: Callable[[Driver], bool]) -> float:
        """Return the share by weight of the drivers that are weak in some way; 1 where there are none."""
        total = math.fsum(driver.weight for driver in self.drivers)
        return math.fsum(d.weight for d in self.drivers if weak(d)) / total if total > 0 else 1.0


@dataclass(frozen=True)
class Reason(Record):
    """One reason for the level: what it is about, a sentence, and how many levels it costs (0: it supports)."""

    about: About
    says: str
    costs: int


@dataclass(frozen=True)
class ConfidenceFound(Record):
    """How sure the advice is: the level, why, what would raise it, and what that was judged by."""

    level: Confidence
    reasons: tuple[Reason, ...]
    raised_by: str
    judged: Judged

    @property
    def supports(self) -> tuple[str, ...]:
        """The sentences that speak for the advice."""
        return tuple(reason.says for reason in self.reasons if not reason.costs)

    @property
    def weakens(self) -> tuple[str, ...]:
        """The sentences that speak against it."""
        return tuple(reason.says for reason in self.reasons if reason.costs)


def confidence_of(judged: Judged, advised: str, second: str | None) -> ConfidenceFound:
    """Return how sure the advice is.

    Args:
        judged: what it is judged by.
        advised, second: names of the best strategy and of the one behind it, as they stand in a sentence.
    """
    reasons = (
        *_outside(judged.outside),
        _grounds(judged),
        _doubt(judged),
        *_simulation(judged, second),
        *_states(judged, advised),
        *_metrics(judged, advised),
        *_holders(judged, advised),
    )
    level = CONFIDENCE[max(0, len(CONFIDENCE) - 1 - sum(reason.costs for reason in reasons))]
    return ConfidenceFound(level, reasons, _raised_by(judged, reasons), judged)


def ungrounded(driver: Driver) -> bool:
    """Return whether a number stands on nothing: no claim, no belief, no reason."""
    return driver.basis == "nothing"


def bare(driver: Driver) -> bool:
    """Return whether a number is written without doubt."""
    return driver.bare


def _cost(share: float) -> int:
    return (share > SOME) + (share > MOST)


def _outside(view: OutsideView | None) -> tuple[Reason, ...]:
    if view is None:
        return ()
    says = f"The chance that {view.force} falls, {percent(view.chance)} a year,"
    rate = f"its base rate, {span(100 * view.low, 100 * view.high, digits=2)}\u202f% a year"
    side = view.lies(view.chance)
    if side == "inside":
        return (Reason("outside", f"{says} agrees with {rate}.", 0),)
    return (Reason("outside", f"{says} is {side} {rate}; {view.says_alone}.", 0 if view.explained else 1),)


def _grounds(judged: Judged) -> Reason:
    share, claimed = judged.share(ungrounded), judged.share(lambda driver: driver.basis == "claim")
    of = _moving(judged)
    whole = {
        0: f"All of {of} has grounds: {percent(claimed)} on a claim of a source.",
        1: f"Nothing of {of} has grounds: neither a claim of a source nor a reason.",
        None: f"{percent(share)} of {of} has no grounds; {percent(claimed)} stands on a claim of a source.",
    }
    says = whole[_end(share)]
    return Reason("grounds", says, _cost(share))


def _doubt(judged: Judged) -> Reason:
    share = judged.share(bare)
    of = _moving(judged)
    part = "All" if _end(share) == 1 else percent(share)
    says = f"{part} of {of} is written as bare numbers, without any doubt."
    if _end(share) == 0:
        says = f"All of {of} is written with its doubt."
    return Reason("doubt", says, _cost(share))


def _end(share: float) -> int | None:
    """Return 0 or 1 where a share is none or all."""
    nearest = round(share, 9)
    return int(nearest) if nearest in (0, 1) else None


def _moving(judged: Judged) -> str:
    if judged.measured:
        return "what moves the choice"
    return "what the scenario states (in these futures no single number can be shown to move the lead)"


def _simulation(judged: Judged, second: str | None) -> tuple[Reason, ...]:
    if judged.strategies < 2:
        return ()
    if judged.told_apart is None:
        says = "The run does not say how large the simulation error of the comparison is."
    elif judged.told_apart:
        says = f"The lead over the second, {second}, is larger than the simulation error."
    else:
        says = f"The lead over the second, {second}, is within the simulation error."
    return (Reason("simulation", says, 0 if judged.told_apart else 1),)


def _states(judged: Judged, advised: str) -> tuple[Reason, ...]:
    if judged.strategies < 2:
        return ()
    less = ", even where what is written without doubt may be off by half" if judged.stressed else ""
    share = f"{percent(judged.states)} of {count(judged.over)} states of the world"
    return (
        Reason(
            "states", f"{sentence(advised)} is the best in {share}{less}.", 0 if judged.states > 0.5 else 1
        ),
    )


def _metrics(judged: Judged, advised: str) -> tuple[Reason, ...]:
    if judged.strategies < 2 or not judged.metrics:
        return ()
    ways = f"Of {judged.metrics} ways of judging, from the most cautious to the boldest,"
    says = f"{ways} {judged.firsts} put{'s' if judged.firsts == 1 else ''} {advised} first."
    return (Reason("metrics", says, 0 if judged.firsts >= AGREEMENT * judged.metrics else 1),)


def _holders(judged: Judged, advised: str) -> tuple[Reason, ...]:
    if judged.strategies < 2 or not judged.holders:
        return ()
    if judged.dissent:
        says = f"Under the beliefs of {listed(judged.dissent, last='or')} another way than {advised} would be better."
        return (Reason("holders", says, 1),)
    says = (
        f"Under the beliefs of {listed(judged.holders)} no strategy can be shown to be better than {advised}."
    )
    return (Reason("holders", says, 0),)


def _raised_by(judged: Judged, reasons: Sequence[Reason]) -> str:
    """Say what would raise confidence: first the evidence, then more futures, then settling whose beliefs are right."""
    costly = {reason.about for reason in reasons if reason.costs}
    wanted = [words for about, words in EVIDENCE.items() if about in costly]
    if wanted:
        said = f"{listed(wanted)} for {_names(judged, lambda driver: ungrounded(driver) or driver.bare)}"
    elif "outside" in costly and judged.outside is not None:
        said = f"finding out why the fall of {judged.outside.force} should be so unlike that of others"
    elif "holders" in costly:
        said = f"settling whether the beliefs of {listed(judged.dissent, last='or')} are right"
    elif costly & {"states", "metrics"}:
        said = f"finding out more about {_names(judged, lambda _: True)}"
    elif costly:
        said = "playing more futures"
    else:
        return "Nothing that is judged here would raise it."
    return f"What would raise it: {said}."


def _names(judged: Judged, weak: Callable[[Driver], bool]) -> str:
    named = [driver.words for driver in judged.drivers if weak(driver)][:NAMED]
    return "; ".join(named) if judged.measured and named else "the numbers the scenario states"
