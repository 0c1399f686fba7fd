"""Indicators: what seen by which week foretells the outcomes that matter, how surely and how early.

An indicator is a yes-or-no reading of something observable by week w: an event has happened, a force's
power or a standing lies beyond a level, violence is above one. It is judged on futures in which the
outcome has not come yet: hit rate P(seen | outcome to come), false-alarm rate P(seen | outcome not to
come), likelihood ratio = hits / false alarms, and lead time = weeks from the reading to the outcome.
Levels are chosen on one half of the states and judged on the other; intervals allow for futures of one
state being alike.

Source: indicators validator, Heuer and Pherson 2010, ch. 6; likelihood ratio with interval on the log scale,
Simel, Samsa and Matchar 1991 (J. Clin. Epidemiol. 44:763-770); level by Youden 1950 (Cancer 3:32-35).
Assumptions: the model's futures are the world's; the reading is free of error. Do not trust a ratio whose
interval reaches 1, and never multiply the ratios of indicators that move together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.draws.estimate import student
from equipoise.errors import InputError
from equipoise.records import Record

WEEKS = (4, 8, 13, 26)
FEWEST = 20
LEVELS = 19


@dataclass(frozen=True)
class Weekly:
    """Weekly observables for some futures under one strategy.

    Attributes:
        values: name -> [futures, weeks + 1], the start first (`power.crown`, `standing.crown`, `violence`).
        state: state of each future, [futures]; futures of a state are never split between the halves.
    """

    values: Mapping[str, np.ndarray]
    state: np.ndarray


@dataclass(frozen=True)
class WeeklySample:
    """Weekly observables for some futures under every strategy.

    Attributes:
        strategies: names.
        values: name -> [strategies, futures, weeks + 1].
        state, stream: which future, [futures].
    """

    strategies: tuple[str, ...]
    values: Mapping[str, np.ndarray]
    state: np.ndarray
    stream: np.ndarray

    def under(self, strategy: str) -> Weekly:
        """Return the observables under one strategy."""
        k = self.strategies.index(strategy)
        return Weekly(
            {name: np.asarray(array)[k] for name, array in self.values.items()}, np.asarray(self.state)
        )


@dataclass(frozen=True)
class Indicator(Record):
    """One reading and what it foretells.

    Attributes:
        outcome: what is foretold.
        observable: `event.<name>`, `fallen.<force>`, `power.<force>`, `standing.<force>`, `violence`.
        week: the week it is read in.
        sign: `happened`, `below` or `above`.
        level: the level for `below` and `above`, else None.
        base_rate: P(outcome) among futures in which it has not come by that week.
        hit_rate, false_alarm_rate: P(seen | outcome), P(seen | no outcome).
        ratio, low, high: likelihood ratio of seeing it, with its 95 % interval.
        ratio_unseen: likelihood ratio of not seeing it.
        chance_seen, chance_unseen: P(outcome | seen), P(outcome | not seen).
        lead, lead_p10, lead_p90: median, 10th and 90th percentile of weeks from the reading to the outcome
            among hits; None where the outcome has no date.
        bits: information the reading carries about the outcome.
        futures: number of futures it was judged on.
    """

    outcome: str
    observable: str
    week: int
    sign: str
    level: float | None
    base_rate: float
    hit_rate: float
    false_alarm_rate: float
    ratio: float
    low: float
    high: float
    ratio_unseen: float
    chance_seen: float
    chance_unseen: float
    lead: float | None
    lead_p10: float | None
    lead_p90: float | None
    bits: float
    futures: int

    @property
    def telling(self) -> bool:
        """True where the interval of the likelihood ratio does not reach 1."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Outcome:
    """An outcome that matters, over futures.

    Attributes:
        name: `fall of <force>`, `order <name>`, `<strategy> is not best`.
        happens: [futures] booleans.
        week: [futures] week it happens in, or None where it has no date; read only where it happens.
        about: the observable that is the outcome itself, and foretells nothing.
    """

    name: str
    happens: np.ndarray
    week: np.ndarray | None = None
    about: str | None = None


def outcomes_of(futures: Any, *, last_week: int) -> tuple[Outcome, ...]:
    """Return the outcomes that a table of futures under one strategy holds: falls and orders.

    Args:
        futures: a table with columns `fallen.<force>` (week or -1) and `order`.
        last_week: the last week of the run.
    """
    found = []
    for column in futures.columns:
        if column.startswith("fallen."):
            week = futures[column].to_numpy()
            happens = (week >= 0) & (week <= last_week)
            found.append(Outcome(f"fall of {column.removeprefix('fallen.')}", happens, week, column))
    if "order" in futures.columns:
        order = futures["order"].astype(str).to_numpy()
        found += [Outcome(f"order {name}", order == name) for name in np.unique(order)]
    return tuple(found)


def indicators(
    events: Mapping[str, np.ndarray],
    weekly: Weekly | None,
    outcomes: Sequence[Outcome],
    *,
    state: np.ndarray,
    weeks: Sequence[int] = WEEKS,
    rng: np.random.Generator,
    most: int = 5,
) -> tuple[Indicator, ...]:
    """Return the most telling indicators of each outcome.

    Args:
        events: `event.<name>` or `fallen.<force>` -> week it comes, or -1, [futures].
        weekly: levels over weeks for the same futures, or None.
        outcomes: what is to be foretold, over the same futures.
        state: state of each future.
        weeks: weeks in which the readings are taken.
        rng: for the halves.
        most: how many indicators an outcome may have.

    Raises:
        InputError: where the arrays have different numbers of futures.
    """
    _check(events, weekly, outcomes, state)
    states = np.unique(state)
    trains = np.isin(state, rng.permutation(states)[: len(states) // 2])
    found: list[Indicator] = []
    for outcome in outcomes:
        own = []
        for week in weeks:
            own += _of_events(outcome, events, week, ~trains, state)
            own += _of_levels(outcome, weekly, week, trains, state)
        telling = [indicator for indicator in own if indicator.telling]
        found += sorted(telling, key=lambda i: -i.bits)[:most]
    return tuple(found)


def _check(
    events: Mapping[str, np.ndarray], weekly: Weekly | None, outcomes: Sequence[Outcome], state: np.ndarray
) -> None:
    count = len(state)
    lengths = {name: len(values) for name, values in events.items()}
    lengths |= {outcome.name: len(outcome.happens) for outcome in outcomes}
    if weekly is not None:
        lengths |= {name: len(values) for name, values in weekly.values.items()}
    for name, length in lengths.items():
        if length != count:
            raise InputError(f"`{name}` has {length} futures where {count} are needed")


def _open(outcome: Outcome, week: int) -> np.ndarray:
    """Return the futures in which the outcome has not come by the week."""
    if outcome.week is None:
        return np.ones(len(outcome.happens), dtype=bool)
    return ~(outcome.happens & (outcome.week <= week))


def _of_events(
    outcome: Outcome, events: Mapping[str, np.ndarray], week: int, judged: np.ndarray, state: np.ndarray
) -> list[Indicator]:
    rows = judged & _open(outcome, week)
    found = []
    for name, when in events.items():
        seen = (when >= 0) & (when <= week)
        if name != outcome.about and 0 < seen[rows].sum() < rows.sum():
            found.append(_judge(outcome, name, week, "happened", None, seen, rows, state))
    return [indicator for indicator in found if indicator is not None]


def _of_levels(
    outcome: Outcome, weekly: Weekly | None, week: int, trains: np.ndarray, state: np.ndarray
) -> list[Indicator]:
    if weekly is None:
        return []
    searched, judged = trains & _open(outcome, week), ~trains & _open(outcome, week)
    found = []
    for name, values in weekly.values.items():
        if week >= values.shape[1]:
            continue
        now = np.asarray(values[:, week], dtype=float)
        level, sign = _youden(now[searched], outcome.happens[searched])
        if level is not None:
            seen = now > level if sign == "above" else now < level
            found.append(_judge(outcome, name, week, sign, level, seen, judged, state))
    return [indicator for indicator in found if indicator is not None]


def _youden(values: np.ndarray, happens: np.ndarray) -> tuple[float | None, str]:
    """Return the level and side with the largest hit rate less false-alarm rate."""
    if happens.sum() < FEWEST or (~happens).sum() < FEWEST or np.ptp(values) == 0:
        return None, "above"
    levels = np.unique(np.quantile(values, np.linspace(0.05, 0.95, LEVELS)))
    above = (values[:, None] > levels).astype(float)
    below = (values[:, None] < levels).astype(float)
    gain_above = above[happens].mean(axis=0) - above[~happens].mean(axis=0)
    gain_below = below[happens].mean(axis=0) - below[~happens].mean(axis=0)
    if gain_above.max() >= gain_below.max():
        return float(levels[gain_above.argmax()]), "above"
    return float(levels[gain_below.argmax()]), "below"


def _judge(
    outcome: Outcome,
    name: str,
    week: int,
    sign: str,
    level: float | None,
    seen: np.ndarray,
    rows: np.ndarray,
    state: np.ndarray,
) -> Indicator | None:
    happens, shown = outcome.happens[rows], seen[rows]
    hits, misses = int((happens & shown).sum()), int((happens & ~shown).sum())
    alarms, quiet = int((~happens & shown).sum()), int((~happens & ~shown).sum())
    if hits + misses < FEWEST or alarms + quiet < FEWEST:
        return None
    ratio, low, high = likelihood_ratio(hits, misses, alarms, quiet)
    clustered = np.exp(_clustered_reach(happens, shown, state[rows]))
    low, high = min(low, ratio / clustered), max(high, ratio * clustered)
    lead = _lead(outcome, week, rows & seen & outcome.happens)
    return Indicator(
        outcome.name, name, week, sign, level, (hits + misses) / len(happens), hits / (hits + misses),
        alarms / (alarms + quiet), ratio, low, high, likelihood_ratio(misses, hits, quiet, alarms)[0],
        hits / max(hits + alarms, 1), misses / max(misses + quiet, 1), *lead,
        _bits(np.array([[hits, misses], [alarms, quiet]], dtype=float)), len(happens),
    )  # fmt: skip


def likelihood_ratio(hits: int, misses: int, alarms: int, quiet: int) -> tuple[float, float, float]:
    """Return the likelihood ratio of a reading and its 95 % interval.

    A half is added to each count where one of them is 0, so that ratio and interval stay finite.

    Args:
        hits, misses: futures with the outcome in which it was seen, and was not.
        alarms, quiet: futures without it in which it was seen, and was not.
    """
    a, b, c, d = (float(v) for v in (hits, misses, alarms, quiet))
    if min(a, b, c, d) == 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    ratio = (a / (a + b)) / (c / (c + d))
    se = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    reach = student(np.inf) * se
    return ratio, float(ratio * np.exp(-reach)), float(ratio * np.exp(reach))


def _clustered_reach(happens: np.ndarray, shown: np.ndarray, state: np.ndarray) -> float:
    """Return how far the 95 % interval of a log likelihood ratio reaches whose futures come in states.

    Sums each state's part of the ratio's first-order change: futures of a state share their inputs, so they
    are worth fewer than they count. 0 where a rate is 0, where the interval of counts is wide already.
    """
    hit, alarm = shown[happens].mean(), shown[~happens].mean()
    if hit == 0 or alarm == 0:
        return 0.0
    part = np.where(
        happens, (shown - hit) / (hit * happens.sum()), -(shown - alarm) / (alarm * (~happens).sum())
    )
    sums = np.bincount(np.unique(state, return_inverse=True)[1], weights=part)
    if len(sums) < 2:
        return 0.0
    return student(len(sums) - 1) * float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))


def _lead(outcome: Outcome, week: int, rows: np.ndarray) -> tuple[float | None, float | None, float | None]:
    if outcome.week is None or not rows.any():
        return None, None, None
    weeks = outcome.week[rows] - week
    return tuple(float(v) for v in np.quantile(weeks, [0.5, 0.1, 0.9]))  # type: ignore[return-value]


def _bits(table: np.ndarray) -> float:
    """Return the mutual information of a table of counts, in bits."""
    p = table / table.sum()
    independent = np.outer(p.sum(axis=1), p.sum(axis=0))
    filled = p > 0
    return float((p[filled] * np.log2(p[filled] / independent[filled])).sum())
