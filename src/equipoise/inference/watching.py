"""What to watch next: which of the things that may come soon would change the advice, or the odds, most.

For each event, deal and fall that may come in the next weeks: how likely it is, what would be best if it came and if
it did not, and what knowing it is worth: the best mean payoff where the choice may follow it, less the best where it
may not. The choice is made on one half of the states and judged on the other, so that chance earns nothing. What may
have come unseen in some futures is no less to be watched for in the others; what comes in none before the present
government has fallen is left out.
Source: MODEL.md §5 (value of information), §5b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.inference.prospects import Averages
from equipoise.records import Record
from equipoise.world.compile import World
from equipoise.world.player import Columns, Played

AHEAD = 8
"""Weeks in which what is watched for may come."""
LEAST = 0.02
"""What is less likely than this to come, or to stay away, is not worth watching for."""


@dataclass(frozen=True)
class Watch(Record):
    """Something to watch for.

    Attributes:
        kind: `event`, `deal` or `fall`. name: of what.
        chance: that it comes within `weeks` weeks from now.
        if_so, if_not: the strategy best in the mean then.
        worth: what knowing it is worth, in payoff; 0 or below where it would change nothing for the better.
        falls_if_so, falls_if_not: the chance that the present government falls by the end of the run; None without one.
    """

    kind: str
    name: str
    weeks: int
    chance: float
    if_so: str
    if_not: str
    worth: float
    falls_if_so: float | None
    falls_if_not: float | None

    @property
    def changes(self) -> bool:
        """Whether the best strategy depends on it."""
        return self.if_so != self.if_not


def to_watch(
    world: World,
    columns: Columns,
    played: Played,
    average: Averages,
    names: Sequence[tuple[int, str]],
    now: int,
) -> tuple[Watch, ...]:
    """Return what to watch for under the first profile, what is worth most first.

    Args:
        names: which profiles are strategies to choose from, and what they are called. now: the week that has come.
    """
    payoff = columns.values(played.outcomes, "payoff")[[d for d, _ in names]]
    half = average.column % 2 == 0
    fell = gone = None
    if world.incumbent >= 0:
        fell = played.outcomes[0, columns[f"fallen.{world.forces[world.incumbent]}"]]
        gone = fell >= 0
    found = []
    for (kind, name), week in weeks_of(world, columns, played).items():
        so = (week >= now) & (week < now + AHEAD)
        if not LEAST <= so.mean() <= 1 - LEAST:
            continue
        if kind != "fall" and fell is not None and ((fell >= 0) & (fell <= week))[so].all():
            continue  # what comes with the fall or after it tells nothing that the fall does not
        if min((so & half).sum(), (so & ~half).sum(), (~so & half).sum(), (~so & ~half).sum()) < 2:
            continue
        if_so, if_not = (names[int(payoff[:, part].mean(axis=1).argmax())][1] for part in (so, ~so))
        own = kind == "fall" and world.incumbent >= 0 and name == world.forces[world.incumbent]
        falls = (None, None) if gone is None or own else (float(gone[so].mean()), float(gone[~so].mean()))
        found.append(
            Watch(kind, name, AHEAD, float(so.mean()), if_so, if_not, _worth(payoff, so, half), *falls)
        )
    return tuple(
        sorted(found, key=lambda one: (-max(one.worth, 0.0) if one.changes else 0.0, -_shift(one), one.name))
    )


def _shift(one: Watch) -> float:
    return 0.0 if one.falls_if_so is None else abs(one.falls_if_so - (one.falls_if_not or 0.0))


def _worth(payoff: np.ndarray, so: np.ndarray, half: np.ndarray) -> float:
    """Return what knowing is worth: chosen on one half, judged on the other, and the other way round."""
    gains = []
    for choosing, judging in ((half, ~half), (~half, half)):
        plain = payoff[:, judging].mean(axis=1)[payoff[:, choosing].mean(axis=1).argmax()]
        knowing = 0.0
        for part in (so, ~so):
            pick = payoff[:, choosing & part].mean(axis=1).argmax()
            knowing += payoff[pick, judging & part].sum() / judging.sum()
        gains.append(knowing - plain)
    return float(np.mean(gains))


def weeks_of(world: World, columns: Columns, played: Played) -> dict[tuple[str, str], np.ndarray]:
    """Return by kind and name the week in which each may come, under the first profile, -1 where it does not [n]."""
    of = played.outcomes[0]
    weeks = {("fall", j): of[columns[f"fallen.{j}"]] for j in world.forces}
    for k, item in enumerate(world.drawn):
        when = played.weeks[0, k]
        weeks["deal" if item.talk else "event", item.name] = np.where(when < world.weeks, when, -1)
    names = [world.occurrences[n].name for n in world.triggered]
    return weeks | {("event", name): of[columns[f"event.{name}"]] for name in names}
