"""A situation with changes beside the same situation as written: the same futures, so that what is common cancels.

Both are played on the same states and the same chance; a number that was not changed has the same value in both. So
how far a payoff moved is known far better than either payoff. Source: common random numbers, MODEL.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.draws.estimate import estimate
from equipoise.errors import InternalError
from equipoise.findings.beliefs import PlayedThere
from equipoise.findings.found import Found
from equipoise.records import Record


@dataclass(frozen=True, eq=False)
class Played(PlayedThere):
    """Futures of one situation: what they say, and each strategy's payoff state by state."""

    found: Found


@dataclass(frozen=True)
class Change(Record):
    """How far a strategy's mean payoff moved, paired by state, with its standard error and 95 % interval."""

    mean: float
    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class WhatIf(Record):
    """A situation with changes beside another: what was found of each, and how far each payoff moved.

    Attributes:
        now, was: with the changes, and what it is held against (as written, unless asked otherwise).
        changes: by strategy, payoff now less payoff then, in the same futures.
        futures, states: that were played of each.
    """

    now: Found
    was: Found
    changes: Mapping[str, Change]
    futures: int
    states: int


def what_if(now: Played, was: Played, *, futures: int) -> WhatIf:
    """Set a changed situation beside another, strategy by strategy.

    Args:
        now, was: of the same strategies, states and chance. futures: how many each rests on.
    """
    if now.names != was.names or now.f.shape != was.f.shape:
        raise InternalError("the two situations were not played with the same strategies and states")
    moved = {name: estimate(there - here) for name, there, here in zip(now.names, now.f, was.f, strict=True)}
    changes = {name: Change(float(one.mean or 0.0), one.se, one.low, one.high) for name, one in moved.items()}
    return WhatIf(now.found, was.found, changes, futures, now.f.shape[1])
