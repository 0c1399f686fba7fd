"""Whose beliefs: the best strategy under each holder's, and which belief makes the difference.

A holder's beliefs replace some inputs. For each holder the strategies are played under those beliefs; what the best one
there is worth, and what it costs if the analyst is right, stands in `findings.beliefs`. Which belief makes the
difference is found by laying them on one at a time, and all but one at a time.

Source: one-at-a-time and leave-one-out attribution; beliefs as overlays, MODEL.md §4.
Assumptions: the same states and streams in every run, so that differences are paired. A belief may matter
only together with another: then `alone` shows none and `without` shows both, which is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from equipoise.records import Record
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import listed, sentence

Played = Mapping[str, float]
"""Mean payoff by strategy."""
UnderBeliefs = Callable[[str | None, Sequence[str] | None], Played]
"""A run under a holder's beliefs (None: the analyst's), laid over only these paths (None: all of them)."""


@dataclass(frozen=True)
class Belief(Record):
    """What one belief of a holder does to the choice.

    Attributes:
        path: the input it is about.
        alone: best strategy with this belief only.
        without: best strategy with all the holder's beliefs but this one; None where it is the only one.
        makes_the_difference: True where the holder's choice differs from the analyst's and either this belief
            alone leads to it, or without this belief the choice is another.
    """

    path: str
    alone: str
    without: str | None
    makes_the_difference: bool


@dataclass(frozen=True)
class UnderHolder(Record):
    """The choice under one holder's beliefs.

    Attributes:
        holder: whose; None is the analyst.
        best: the best strategy there.
        beliefs: one a belief, in the order given; empty where the choice is the analyst's.
        says: the same in a sentence or two, with names as people read them.
    """

    holder: str | None
    best: str
    beliefs: tuple[Belief, ...]
    says: str


def under_each(
    evaluate: UnderBeliefs, beliefs: Mapping[str, Sequence[str]], scenario: Scenario | None = None
) -> tuple[UnderHolder, ...]:
    """Return the choice under the analyst's inputs and under each holder's beliefs.

    Args:
        evaluate: plays the strategies under a holder's beliefs about some paths.
        beliefs: holder -> paths of its beliefs.
        scenario: gives names to holders, strategies and paths; without it they go by their keys.

    Returns:
        The analyst first, then the holders in the order given.
    """
    analyst = evaluate(None, None)
    own = _best(analyst)
    says = f"Under the analyst's own inputs, {Names.of(scenario).quoted(own)} is best."
    others = (_under(evaluate, holder, paths, analyst, scenario) for holder, paths in beliefs.items())
    return (UnderHolder(None, own, (), says), *others)


def _best(played: Played) -> str:
    return max(played, key=lambda strategy: played[strategy])


def _under(
    evaluate: UnderBeliefs, holder: str, paths: Sequence[str], analyst: Played, scenario: Scenario | None
) -> UnderHolder:
    played = evaluate(holder, None)
    own, best = _best(analyst), _best(played)
    found = tuple(_belief(evaluate, holder, path, paths, own, best) for path in paths) if best != own else ()
    names = Names.of(scenario)
    start = f"Under the beliefs of {names.holder(holder)}, {names.quoted(best)} is best"
    if best == own:
        return UnderHolder(holder, best, found, f"{start} too.")
    return UnderHolder(holder, best, found, f"{start}. {_because(best, found, scenario)}")


def _belief(
    evaluate: UnderBeliefs, holder: str, path: str, paths: Sequence[str], own: str, best: str
) -> Belief:
    alone = _best(evaluate(holder, [path])) if len(paths) > 1 else best
    others = [other for other in paths if other != path]
    without = _best(evaluate(holder, others)) if others else None
    differs = best != own and (alone == best or (without if without is not None else own) != best)
    return Belief(path, alone, without, differs)


def _because(best: str, beliefs: Sequence[Belief], scenario: Scenario | None) -> str:
    """Say which belief leads to another choice."""
    alone = [wording.place(b.path, scenario) for b in beliefs if b.alone == best]
    if alone:
        return f"{sentence(listed(alone, last='or'))} makes the difference on its own."
    needed = [wording.place(b.path, scenario) for b in beliefs if b.makes_the_difference]
    if needed:
        return f"Only together do these make the difference: {listed(needed)}."
    return "No single belief makes the difference."
