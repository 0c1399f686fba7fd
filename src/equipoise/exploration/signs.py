"""Signs: what each event says of a fall to come, and of the advice.

Of every event, deal and fall: in how many futures it comes, and when. On a day to look, while the government still
stands: how often it falls later where the event has been seen by then, and where it has not. And which strategy is
better where it comes. From that follows the chance of the event from which on the advice turns: with gains g1 where
it comes and g0 where it does not, another strategy overtakes at the chance q for which q·g1 + (1 - q)·g0 = 0. A
reader who holds the event for likelier than that should choose the other.

Looking on one day in all futures keeps two errors out: what comes with or after a fall foretells nothing, and an
event that takes time to come is not taken for a guard against falls that were quicker.

Source: landmarks, Anderson, Cain and Gelber 1983; threshold analysis on one probability, Pauker and Kassirer 1980.
Assumption: the event grows likelier or less likely by itself, and all else stays as it is where it comes and where it
does not. Errors are of states (MODEL.md §5), their level shared out over all that is compared (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.estimate import LEVEL, Estimate, over_futures, share_of, student
from equipoise.records import Record

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 50
"""Futures with and without an event below which nothing is said of it."""
MOSTLY = 0.5
"""Share of the falls with an event above which it is one that the fall brings."""
LOOKS = (0.25, 0.5, 0.75)
"""Parts of the run after which somebody looks."""
SEEN = ("event.", "deal.", "fallen.")
"""What is looked at: columns of outcomes that hold the week in which something comes, -1 where it does not."""
BESIDES = ("state", "stream", "strategy", "payoff")


@dataclass(frozen=True)
class Share(Record):
    """A share of futures with its 95 % interval; all None where there are no such futures."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Look(Record):
    """What an event says of the incumbent's fall, looking on one day while the incumbent stands.

    Attributes:
        week: when.
        seen: share of those futures in which the event has come by then.
        falls_if_seen, falls_if_not: share in which the incumbent falls later.
    """

    week: int
    seen: float
    falls_if_seen: Share
    falls_if_not: Share

    @property
    def telling(self) -> float:
        """How far what is seen moves the chance of a fall, on average over futures."""
        gap = (self.falls_if_seen.mean or 0.0) - (self.falls_if_not.mean or 0.0)
        return abs(gap) * float(np.sqrt(self.seen * (1 - self.seen)))


@dataclass(frozen=True)
class Sign(Record):
    """What one event says, under the recommended strategy.

    Attributes:
        event: its column: `event.us-exit`, `deal.doha`, `fallen.crown`.
        share: of the futures in which it comes within the run.
        first, median, last: weeks by which 5, 50 and 95 in 100 of those have seen it.
        look: the most telling look for the incumbent's fall; None where none can be told from chance.
        turns_to: the strategy that overtakes first as the event grows likelier (or less likely), None where none
            can be told to.
        turns_at: the chance of the event at which it does. turns_low, turns_high: its 95 % interval.
        gain_with, gain_without: how much more that strategy pays than the recommended one, where it comes, and not.
        futures: how many were looked at.
    """

    event: str
    share: float
    first: int
    median: int
    last: int
    look: Look | None
    turns_to: str | None
    turns_at: float | None
    turns_low: float | None
    turns_high: float | None
    gain_with: float | None
    gain_without: float | None
    futures: int


def needed(column: str) -> bool:
    """Return whether signs are read from a column of outcomes."""
    return column in BESIDES or column.startswith(SEEN)


def signs(futures: pd.DataFrame, recommended: str, *, incumbent: str | None, weeks: int) -> tuple[Sign, ...]:
    """Return what every event says, in the order of the columns.

    Args:
        futures: a row per future and strategy: `state`, `stream`, `strategy`, `payoff`, and for each event the week
            it comes in, -1 where it does not.
        recommended: the strategy under which events and falls are counted.
        incumbent: the force whose fall is foretold, or None.
        weeks: length of the run; what comes later has not come.
    """
    by_strategy = futures.sort_values(["state", "stream"], kind="stable").groupby(
        "strategy", sort=False, observed=True
    )
    own = by_strategy.get_group(recommended)
    base = own["payoff"].to_numpy(float)
    others = {str(name): each for name, each in by_strategy["payoff"] if name != recommended}
    gains = {name: each.to_numpy(float) - base for name, each in others.items()}
    columns = [c for c in own.columns if c.startswith(SEEN)]
    place = np.unique(own["state"].to_numpy(), return_inverse=True)[1]
    level = 1 - (1 - LEVEL) / max(1, len(columns) * (len(others) + len(LOOKS)))
    fall = None if incumbent is None else _week(own, f"fallen.{incumbent}", weeks)
    found = []
    for column in columns:
        week = _week(own, column, weeks)
        about = None if column == f"fallen.{incumbent}" else fall
        sign = _sign(column, week, about, gains, _ByState(place, level), weeks)
        if sign is not None:
            found.append(sign)
    return tuple(found)


@dataclass(frozen=True)
class _ByState:
    """Means over chosen futures, with the errors of states; `place` as `over_futures` has it."""

    place: np.ndarray
    level: float

    def mean(self, values: np.ndarray, chosen: np.ndarray, *, level: float = LEVEL) -> Estimate:
        """Return the mean of values over the chosen futures."""
        return over_futures(values, chosen, self.place, level=level)

    def apart(self, comes: np.ndarray, one: np.ndarray, other: np.ndarray) -> bool:
        """Return whether something (1 where it comes, else 0) comes in one set of futures more often than in another.

        The error of each share is at least that of so many draws at the share of both together: where it never comes
        in one of them, states do not scatter at all, and still say little.
        """
        pooled, found = float(comes[one | other].mean()), []
        for rows in (one, other):
            share = self.mean(comes, rows, level=self.level)
            if share.mean is None or share.se is None:
                return False
            error = max(share.se, float(np.sqrt(pooled * (1 - pooled) / rows.sum())))
            found.append((share.mean, student(share.df, self.level) * error))
        (a, reach_a), (b, reach_b) = found
        return abs(a - b) > float(np.hypot(reach_a, reach_b))


def _week(table: pd.DataFrame, column: str, weeks: int) -> np.ndarray:
    """Return the week something comes in, -1 where it does not come within the run."""
    week = table[column].to_numpy()
    return np.where((week >= 0) & (week < weeks + column.startswith("fallen.")), week, -1)


def _sign(
    column: str,
    week: np.ndarray,
    fall: np.ndarray | None,
    gains: dict[str, np.ndarray],
    by: _ByState,
    weeks: int,
) -> Sign | None:
    comes = week >= 0
    if _few(comes):
        return None
    early, middle, late = (
        np.quantile(week[comes], [0.05, 0.5, 0.95], method="inverted_cdf").astype(int).tolist()
    )
    days = sorted({round(part * weeks) for part in LOOKS})
    looks = [] if fall is None else [_look(week, fall, day, by) for day in days]
    best = max((look for look in looks if look is not None), key=lambda look: look.telling, default=None)
    turn = NO_TURN if _follows(week, fall) else _turn(gains, comes, by)
    return Sign(column, float(comes.mean()), early, middle, late, best, *turn, len(week))


def _follows(week: np.ndarray, fall: np.ndarray | None) -> bool:
    """Return whether something comes after the fall, mostly: it says again what the fall says.

    An event of the week of the fall came before it: events are step 1 of a week, falls a later one.
    """
    if fall is None:
        return False
    both = (week >= 0) & (fall >= 0)
    return bool(both.any() and (week[both] > fall[both]).mean() > MOSTLY)


def _few(chosen: np.ndarray) -> bool:
    return min(chosen.sum(), (~chosen).sum()) < FEWEST


def _look(week: np.ndarray, fall: np.ndarray, day: int, by: _ByState) -> Look | None:
    """Return what is seen on a day says of falls after it; None where that cannot be told from chance."""
    stands, later = (fall < 0) | (fall > day), (fall > day).astype(float)
    seen = (week >= 0) & (week <= day)
    rows = stands & seen, stands & ~seen
    if min(chosen.sum() for chosen in rows) < FEWEST or not by.apart(later, *rows):
        return None
    falls = (_share(share_of(later, chosen, by.place)) for chosen in rows)
    return Look(day, float(seen[stands].mean()), *falls)


def _share(found: Estimate) -> Share:
    return Share(found.mean, found.low, found.high)


Turn = tuple[str | None, float | None, float | None, float | None, float | None, float | None]
"""Which strategy overtakes, at which chance, the two ends of its interval, and its gains with and without the event."""
NO_TURN: Turn = (None,) * 6


def _turn(gains: dict[str, np.ndarray], comes: np.ndarray, by: _ByState) -> Turn:
    """Return the strategy that overtakes at the chance nearest to that of the event."""
    share, nearest = float(comes.mean()), None
    for name, gain in gains.items():
        sides = [by.mean(gain, rows, level=by.level) for rows in (comes, ~comes)]
        with_, without = (side.mean or 0.0 for side in sides)
        if share * with_ + (1 - share) * without >= 0 or max(with_, without) <= 0:
            continue
        if not sides[0 if with_ > without else 1].told_apart:
            continue
        at = without / (without - with_)
        if nearest is None or abs(at - share) < abs(nearest[1] - share):
            nearest = (name, at, with_, without)
    if nearest is None:
        return NO_TURN
    name, at, with_, without = nearest
    return name, at, *_ends(gains[name], comes, at, with_, without, by), with_, without


def _ends(
    gain: np.ndarray, comes: np.ndarray, at: float, with_: float, without: float, by: _ByState
) -> tuple[float | None, float | None]:
    """Return the 95 % interval of the chance at which two strategies are worth the same, within 0 to 1.

    Fieller's argument to first order, as where hedging stops paying (`findings.turning`): the error of
    at * with_ + (1 - at) * without over its slope, with_ - without. Both means come of the same states, so each state's
    part in both is taken together.
    """
    share = comes.mean()
    part = np.where(comes, at * (gain - with_) / share, (1 - at) * (gain - without) / (1 - share))
    gap = by.mean(part, np.ones(len(comes), dtype=bool))
    if gap.high is None or gap.mean is None:
        return None, None
    half = (gap.high - gap.mean) / abs(with_ - without)
    return max(at - half, 0.0), min(at + half, 1.0)


def foretelling(found: Sequence[Sign], most: int) -> tuple[Sign, ...]:
    """Return the signs that tell most of the incumbent's fall, the most telling first."""
    telling = [sign for sign in found if sign.look is not None and not sign.event.startswith("fallen.")]
    return tuple(sorted(telling, key=lambda sign: -sign.look.telling)[:most])  # type: ignore[union-attr]


def turning_signs(found: Sequence[Sign], most: int) -> tuple[Sign, ...]:
    """Return the signs at whose chance the advice turns, those nearest to turning first."""
    turning = [sign for sign in found if sign.turns_at is not None]
    return tuple(sorted(turning, key=lambda sign: abs((sign.turns_at or 0.0) - sign.share))[:most])
