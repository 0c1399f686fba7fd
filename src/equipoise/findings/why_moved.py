"""Why the answer moved: each change's share in it, what newly happens, and what each way of engaging loses by that.

The lead of the best way now over the best way before is played for every combination of the changes, on the same
futures, and shared out (`attribution`). Beside it stands the happening whose chance moved most under the best way now
(a fall, an order, an event): in the futures in which it newly happens, and in the others, how much each of the two
ways gained or lost. Such a split says what goes with a move, not what causes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.findings import attribution
from equipoise.findings.attribution import Chosen
from equipoise.findings.what_if import Change
from equipoise.futures.play import Batch
from equipoise.records import Record
from equipoise.scenario.names import order_names
from equipoise.world.player import Player

LEAST = 0.02
"""A happening whose chance moved by less is not named."""
TELLING = 0.5
"""The fall of the government is named before a happening that moved more, from this share of its move on."""


@dataclass(frozen=True, eq=False)
class Futures:
    """Futures of two ways of engaging under some of the changes.

    Attributes:
        payoff: [2, futures]: of the best way now and of the best way before.
        happened: by happening (`falls.FORCE`, `orders.ORDER`, `events.EVENT`), whether it happened under the best way
            now [futures].
        chance: streams a state.
    """

    payoff: np.ndarray
    happened: Mapping[str, np.ndarray]
    chance: int

    @property
    def lead(self) -> np.ndarray:
        """How much the first pays more than the second, in each state."""
        return self.by_state(self.payoff[0] - self.payoff[1])

    def by_state(self, values: np.ndarray) -> np.ndarray:
        """Return the means over chance."""
        return values.reshape(-1, self.chance).mean(axis=1)


def futures_of(player: Player, batch: Batch, ways: Sequence[int]) -> Futures:
    """Return the futures of two ways from a batch that was played; `ways` are their places among the profiles."""
    columns, world, first = player.columns, player.world, ways[0]
    own = batch.outcomes[first]
    happened = {f"falls.{force}": own[columns[f"fallen.{force}"]] >= 0 for force in world.forces}
    orders = order_names(world.forces)
    happened |= {f"orders.{order}": own[columns["order"]] == code for code, order in enumerate(orders)}
    weeks = batch.weeks[player.groups.of[first]]
    for item, week in zip(world.drawn, weeks, strict=True):
        happened[f"events.{item.name}"] = (week >= 0) & (week < world.weeks)
    fired = [name for name in columns.names if name.startswith("event.")]
    happened |= {f"events.{name.removeprefix('event.')}": own[columns[name]] >= 0 for name in fired}
    payoff = columns.values(batch.outcomes, "payoff")[list(ways)]
    return Futures(payoff, happened, batch.chance)


@dataclass(frozen=True)
class Split(Record):
    """Futures parted by whether something newly happens (or no longer does), and what the two ways gained in each.

    Attributes:
        what: the happening. now, was: its chances under the best way now. newly: share of futures in which it happens
            on one side alone: now, or, where its chance fell, before.
        there, elsewhere: by way, the mean change of its payoff in those futures and in the others.
    """

    what: str
    now: float
    was: float
    newly: float
    there: Mapping[str, float]
    elsewhere: Mapping[str, float]


@dataclass(frozen=True)
class Part(Record):
    """A change: its share in the whole move of the lead, and the lead if it alone is made or it alone taken back."""

    key: str
    share: Change
    alone: Change
    without: Change


@dataclass(frozen=True)
class WhyMoved(Record):
    """What moved the lead of the best way now over the best way before.

    Attributes:
        best, before: the two ways; the best of the others where the best way is the same as before.
        start, end: the lead before and now. parts: each change. shapley: whether shares are over all orders of the
            changes; else in the order made. split: the happening that moved most; None where none moved.
        futures: played of each combination.
    """

    best: str
    before: str
    start: Change
    end: Change
    parts: tuple[Part, ...]
    shapley: bool
    split: Split | None
    futures: int

    @property
    def ways(self) -> tuple[str, str]:
        """The best way now, and the one it is held against."""
        return self.best, self.before


def combinations_of(count: int) -> tuple[Chosen, ...]:
    """Return the combinations of changes that must be played: for their shares, each alone, and each taken back."""
    everything = frozenset(range(count))
    singles = (chosen for n in range(count) for chosen in (frozenset({n}), everything - {n}))
    return tuple(dict.fromkeys((*attribution.needed(count), *singles)))


def why_moved(
    played: Mapping[Chosen, Futures], keys: Sequence[str], ways: tuple[str, str], *, incumbent: str | None
) -> WhyMoved:
    """Return why a lead moved.

    Args:
        played: futures by the changes made, those of `combinations_of`.
        keys: of the changes, in the order made. ways: the best way now, and the one it is held against.
        incumbent: the force that governs, whose fall is named before others.
    """
    count = len(keys)
    start, end = played[frozenset()], played[frozenset(range(count))]
    shares = attribution.shares(lambda chosen: played[chosen].lead, count)
    everything = frozenset(range(count))

    def lead(chosen: Chosen) -> Change:
        return _change(estimate(played[chosen].lead))

    parts = tuple(
        Part(key, _change(estimate(share)), lead(frozenset({n})), lead(everything - {n}))
        for n, (key, share) in enumerate(zip(keys, shares, strict=True))
    )
    return WhyMoved(
        *ways, lead(frozenset()), lead(everything), parts, count <= attribution.MOST,
        _split(start, end, ways, incumbent), start.payoff.shape[1],
    )  # fmt: skip


def _split(start: Futures, end: Futures, ways: tuple[str, str], incumbent: str | None) -> Split | None:
    moved = {what: float(now.mean() - start.happened[what].mean()) for what, now in end.happened.items()}
    if not moved or max(map(abs, moved.values())) < LEAST:
        return None
    most = max(moved, key=lambda what: abs(moved[what]))
    fall = f"falls.{incumbent}"
    if fall in moved and abs(moved[fall]) >= TELLING * abs(moved[most]):
        most = fall
    now, was = end.happened[most], start.happened[most]
    newly = now & ~was if moved[most] > 0 else was & ~now
    gained = end.payoff - start.payoff
    return Split(
        most, float(now.mean()), float(was.mean()), float(newly.mean()),
        _means(ways, gained[:, newly]), _means(ways, gained[:, ~newly]),
    )  # fmt: skip


def _means(ways: tuple[str, str], gained: np.ndarray) -> dict[str, float]:
    return {way: float(row.mean()) if row.size else 0.0 for way, row in zip(ways, gained, strict=True)}


def _change(found: Estimate) -> Change:
    return Change(float(found.mean or 0.0), found.se, found.low, found.high)
