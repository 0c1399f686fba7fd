"""What a way of engaging is: out, one force, one camp or a hedge. One definition, for all that speaks of hedges.

A hedge keeps a hand in rival camps: what counts is not over how many forces effort is spread but how hostile to each
other those are. Effort spread over friends is no hedge. Source: MODEL.md §2 *Spread*, *Hedge index*.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.findings.found import StrategyFound

LEAST = 0.02
"""Spread and hedge index below which effort counts as kept on one force, and in one camp."""


class Kind(StrEnum):
    """Where effort goes: nowhere, to one force, to forces of one camp, or to rivals."""

    OUT = "out"
    ONE_FORCE = "one-force"
    ONE_CAMP = "one-camp"
    HEDGE = "hedge"


SAID = {
    Kind.OUT: "engages nobody",
    Kind.ONE_FORCE: "one force",
    Kind.ONE_CAMP: "one camp",
    Kind.HEDGE: "hedge between rivals",
}
"""The kinds in words."""


def kind(spread: float, hedge_index: float, engaged: float) -> Kind:
    """Return what a way of engaging is.

    Args:
        spread: mean over futures and weeks with engagement of 1 - Σ_j s_j². hedge_index: likewise of
            Σ_j Σ_{k≠j} s_j s_k h_jk.
        engaged: share of futures and weeks in which it engages somebody.
    """
    if engaged == 0:
        return Kind.OUT
    if spread < LEAST:
        return Kind.ONE_FORCE
    return Kind.ONE_CAMP if hedge_index < LEAST else Kind.HEDGE


def sides(strategies: Mapping[str, StrategyFound]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hedges and the one-sided strategies (one force, one camp) among those of a run."""

    def of(*kinds: Kind) -> tuple[str, ...]:
        return tuple(name for name, found in strategies.items() if found.kind in kinds)

    return of(Kind.HEDGE), of(Kind.ONE_FORCE, Kind.ONE_CAMP)
