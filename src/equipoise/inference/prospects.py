"""What is to be expected now: chances and strategies, before and after what was seen. Source: MODEL.md §5b."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.draws.estimate import Estimate, Sums
from equipoise.records import Record
from equipoise.scenario.names import order_names
from equipoise.world.compile import World
from equipoise.world.player import Columns, Played


@dataclass(frozen=True)
class Chance(Record):
    """The chance of something, or a share to be expected, before and after.

    Attributes:
        kind: `fall` (by the end of the run), `order` (in its last week), `event`, `deal`, or `power` (at its end).
        name: of the force, order, event or talk.
        before, after: as the scenario had it, and given what was seen.
        seen: whether it was itself seen, to come or not to.
    """

    kind: str
    name: str
    before: Estimate
    after: Estimate
    seen: bool


@dataclass(frozen=True)
class Prospect(Record):
    """How a strategy does from now on.

    Attributes:
        payoff: of the whole run, the weeks that are over as they were. p5, p95: among futures.
        behind: how far it is behind the best in the mean, over the same futures; 0 for the best.
        before: its mean payoff as the study had it. rank, rank_before: from 1.
        holds: the chance that the order in the last week is that of the present government; None without one.
    """

    payoff: Estimate
    p5: float
    p95: float
    behind: Estimate
    before: float | None
    rank: int
    rank_before: int | None
    holds: Estimate | None


class Averages:
    """Means over futures that come from some states, with their errors.

    Args:
        column: the state of each future [n]. states: how many states there are.
    """

    def __init__(self, column: np.ndarray, states: int) -> None:
        self.column, self.states = column, states
        self.counts = np.bincount(column, minlength=states).astype(float)

    def __call__(self, values: np.ndarray) -> list[Estimate]:
        """Return the mean of each row of values [rows, n]."""
        sums = Sums(len(values))
        totals = np.stack([np.bincount(self.column, row, self.states) for row in np.asarray(values, float)])
        means = np.divide(totals, self.counts, out=np.zeros_like(totals), where=self.counts > 0)
        sums.add(means, np.broadcast_to(self.counts, means.shape))
        return sums.estimates()


def chances(
    world: World,
    columns: Columns,
    before: tuple[Played, Averages],
    after: tuple[Played, Averages],
    seen: frozenset[str],
) -> tuple[Chance, ...]:
    """Return the chances under the first profile, before and after.

    Args:
        seen: the names of what was seen.
    """
    rows = _rows(world, columns, before[0]), _rows(world, columns, after[0])
    means = [
        average(np.stack(list(row.values()))) for row, (_, average) in zip(rows, (before, after), strict=True)
    ]
    return tuple(
        Chance(kind, name, old, new, kind in ("fall", "event", "deal") and name in seen)
        for (kind, name), old, new in zip(rows[0], *means, strict=True)
    )


def _rows(world: World, columns: Columns, played: Played) -> dict[tuple[str, str], np.ndarray]:
    """Return by kind and name whether each future has it, or its share, under the first profile [n]."""
    of = played.outcomes[0]
    order = of[columns["order"]]
    orders = order_names(world.forces)
    rows = {("fall", j): of[columns[f"fallen.{j}"]] >= 0 for j in world.forces}
    rows |= {("order", name): order == code for code, name in enumerate(orders)}
    rows |= {("power", j): of[columns[f"power.{j}"]] for j in world.forces}
    for k, item in enumerate(world.drawn):
        rows["deal" if item.talk else "event", item.name] = played.weeks[0, k] < world.weeks
    rows |= {
        ("event", world.occurrences[n].name): of[columns[f"event.{world.occurrences[n].name}"]] >= 0
        for n in world.triggered
    }
    return rows


def falls_by_week(world: World, columns: Columns, played: Played) -> dict[str, tuple[float, ...]]:
    """Return the chance that each force has fallen by the end of each week, under the first profile, from the start."""
    out = {}
    for j in world.forces:
        week = played.outcomes[0, columns[f"fallen.{j}"]].astype(int)
        if (week >= 0).any():
            fell = np.bincount(week[week >= 0], minlength=world.weeks).cumsum() / len(week)
            out[j] = (0.0, *fell.tolist())
    return out


def prospects(
    world: World,
    columns: Columns,
    played: Played,
    average: Averages,
    names: Sequence[tuple[int, str]],
    before: dict[str, float],
) -> dict[str, Prospect]:
    """Return how each strategy does from now on, the best first.

    Args:
        names: which profiles, and what they are called. before: mean payoffs as the study had them.
    """
    which = [d for d, _ in names]
    payoff = columns.values(played.outcomes, "payoff")[which]
    means = average(payoff)
    best = int(np.argmax([one.value for one in means]))
    behind = average(payoff - payoff[best])
    holds = (
        average(played.outcomes[which, columns["order"]] == 0)
        if world.incumbent >= 0
        else [None] * len(which)
    )
    old = sorted(before, key=lambda name: (-before[name], name))
    order = sorted(range(len(which)), key=lambda k: (-(means[k].mean or 0.0), names[k][1]))
    found = {}
    for rank, k in enumerate(order, 1):
        name = names[k][1]
        low, high = np.quantile(payoff[k], (0.05, 0.95))
        was = old.index(name) + 1 if name in before else None
        found[name] = Prospect(
            means[k], float(low), float(high), behind[k], before.get(name), rank, was, holds[k]
        )
    return found
