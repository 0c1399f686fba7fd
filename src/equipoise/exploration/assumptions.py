"""The key-assumptions check: inputs that stand on no claim, ordered by how much the choice depends on them.

An assumption is a number nobody's claim supports. Each is shown with what knowing it is worth (EVPPI), how
much of the choice it drives, where along it the best strategy changes, and how small a change of it flips
the recommendation.

Source: key assumptions check, US Government, Tradecraft Primer 2009, pp. 7-9; ordering by value of
information and choice index, THEORY.md §4.
Assumptions: having a claim is not being right; an input with one weak claim is not listed here. Numbers that
are certain in the file cannot be ordered, because nothing varies: they are counted, and should be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.exploration.ensemble import Ensemble
from equipoise.exploration.flip import Flips
from equipoise.exploration.information import Information
from equipoise.exploration.sensitivity import Drivers
from equipoise.exploration.tipping import Tip
from equipoise.records import Record
from equipoise.scenario import wording
from equipoise.scenario.phrases import count

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario


@dataclass(frozen=True)
class Assumption(Record):
    """An uncertain input that stands on no claim.

    Attributes:
        path: the input.
        worth, worth_se: EVPPI and its standard error, in payoff.
        choice: first-order index on which strategy is best; None where the choice never changes.
        tips: True where the best strategy changes along it, told apart from chance.
        flips_at: distance in standard deviations of the smallest change of it alone that flips the
            recommendation; None where none does.
        matters: True where any of these tells it apart from an input that means nothing.
    """

    path: str
    worth: float
    worth_se: float
    choice: float | None
    tips: bool
    flips_at: float | None
    matters: bool


@dataclass(frozen=True)
class Assumptions(Record):
    """The key-assumptions check.

    Attributes:
        assumptions: inputs on no claim, those the choice depends on most first.
        grounded: number of uncertain inputs that stand on a claim.
        certain: inputs on no claim that take one value only, so that nothing here tests them.
        says: the result in one sentence.
    """

    assumptions: tuple[Assumption, ...]
    grounded: int
    certain: tuple[str, ...]
    says: str


def key_assumptions(
    ensemble: Ensemble,
    *,
    information: Information,
    drivers: Sequence[Drivers],
    tips: Sequence[Tip],
    flips: Flips,
) -> Assumptions:
    """Return the inputs that stand on no claim, ordered by how much the choice depends on them.

    Args:
        ensemble: with `grounds`; an input it does not name stands on no claim.
        information, drivers, tips, flips: the other analyses of the same ensemble.
    """
    worth = {w.what: w for w in information.inputs}
    choice = next((d for d in drivers if d.output == "choice"), None)
    index = {i.path: i for i in choice.indices} if choice is not None else {}
    tipping = {tip.path: tip.established for tip in tips}
    distance = {flip.paths[0]: flip.distance for flip in flips.singles}
    bare = [name for name in ensemble.inputs if not ensemble.grounds.get(name)]
    found = []
    for path in (name for name in bare if name in ensemble.varying):
        w, i = worth[path], index.get(path)
        matters = w.told_apart or tipping.get(path, False) or bool(i and i.told_apart)
        found.append(
            Assumption(path, w.value, w.se, None if i is None else i.first, tipping.get(path, False),
                       distance.get(path), matters)
        )  # fmt: skip
    found.sort(key=lambda a: (-a.worth, -(a.choice or 0.0), a.path))
    certain = tuple(name for name in bare if name not in ensemble.varying)
    grounded = sum(bool(ensemble.grounds.get(name)) for name in ensemble.varying)
    return Assumptions(tuple(found), grounded, certain, _sentence(found, grounded, ensemble.scenario))


def _sentence(found: Sequence[Assumption], grounded: int, scenario: Scenario | None) -> str:
    total = len(found) + grounded
    carrying = [a.path for a in found if a.matters]
    start = f"{len(found)} of {total} uncertain inputs stand on no claim"
    if not found:
        return f"every one of {total} uncertain inputs stands on a claim"
    if not carrying:
        return f"{start}; for none of them can it be shown that the choice depends on it"
    most = wording.place(carrying[0], scenario)
    how = f"one of them: {most}" if len(carrying) == 1 else f"{count(len(carrying))} of them, most on {most}"
    return f"{start}; the choice depends on {how}"
