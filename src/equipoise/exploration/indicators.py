"""Indicators: what seen by which week foretells the outcomes that matter, how surely and how early.

An indicator is a yes-or-no reading of something observable by week w: an event has happened, a force's
power or a standing lies beyond a level, violence is above one. It is judged on futures in which the
outcome has not come yet: hit rate P(seen | outcome to come), false-alarm rate P(seen | outcome not to
come), likelihood ratio = hits / false alarms, and lead time = weeks from the reading to the outcome.
Levels are chosen on one half of the states and judged on the other; intervals allow for futures of one
state being alike.

No reading is taken where the outcome has come, or can be read off: what is the outcome itself, or implies it by
definition, foretells nothing. Outcomes are therefore facts (a fall, a majority, a settlement), never the last week's
order: that is one of several, so that whatever makes one likelier lowers the others by their name alone.

Source: indicators validator, Heuer and Pherson 2010, ch. 6; likelihood ratio with interval on the log scale,
Simel, Samsa and Matchar 1991 (J. Clin. Epidemiol. 44:763-770); level by Youden 1950 (Cancer 3:32-35).
Assumptions: the model's futures are the world's; the reading is free of error. Do not trust a ratio whose
interval reaches 1, and never multiply the ratios of indicators that move together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.estimate import share_of, student
from equipoise.errors import InputError
from equipoise.findings.found import Error
from equipoise.records import Record
from equipoise.scenario.phrases import significant
from equipoise.scenario.restrictions import date_of, observable

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.scenario.model import Effect, Scenario

WEEKS = (4, 8, 13, 26)
FEWEST = 20
"""Futures with and without an outcome, on the half that judges, below which nothing is said of what foretells it."""
LEVELS = 19
MOST = 2
"""Indicators that an outcome has at most."""


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
        says: the reading in words; date: the day of the week it is taken in, or None.
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
        errors: of `chance_seen` and `chance_unseen`, over states.
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
    errors: Mapping[str, Error]
    says: str = ""
    date: str | None = None

    @property
    def telling(self) -> bool:
        """True where the interval of the likelihood ratio does not reach 1."""
        return self.low > 1 or self.high < 1

    def worded(self, scenario: Scenario | None = None) -> Indicator:
        """Return it with its words and its date: `power of the Crown below 0.42 on 16 June 2031`."""
        when, what = date_of(self.week, scenario), observable(self.observable, scenario)
        says = f"{what} by {when}"
        if self.level is not None:
            level = significant(round(self.level, 2) or self.level)
            says = f"{what} {self.sign} {level} {'in' if scenario is None else 'on'} {when}"
        dated = None if scenario is None else scenario.calendar.day_of(self.week)
        return replace(self, says=says, date=None if dated is None else dated.isoformat())


@dataclass(frozen=True)
class Watch(Record):
    """An outcome, and what to watch for.

    Attributes:
        outcome: see `Outcome`.
        chance: share of the futures in which it comes. cases, futures: in how many of how many.
        indicators: the most telling readings, of different observables, at most two.
        note: why there is none, or None.
        errors: of `chance`, over states.
    """

    outcome: str
    chance: float
    cases: int
    futures: int
    indicators: tuple[Indicator, ...]
    note: str | None
    errors: Mapping[str, Error]


@dataclass(frozen=True)
class Outcome:
    """An outcome that matters, over futures.

    Attributes:
        name: `fall of <force>`, `majority of <force>`, `settlement`, `no majority`, `<strategy> is not best`.
        happens: [futures] booleans.
        week: [futures] week it happens in, or None where it has no date; read only where it happens.
        about: observables that are the outcome itself, or its opposite by definition; they foretell nothing.
        known: [futures] week from which it has come or can be read off, -1 where in none; the `week` where None.
    """

    name: str
    happens: np.ndarray
    week: np.ndarray | None = None
    about: tuple[str, ...] = ()
    known: np.ndarray | None = None


def outcomes_of(
    futures: pd.DataFrame, *, last_week: int, scenario: Scenario | None = None, weekly: Weekly | None = None
) -> tuple[Outcome, ...]:
    """Return the outcomes that a table of futures under one strategy holds.

    Args:
        futures: a table with columns `fallen.<force>` (week or -1); outcomes that need `order` or `power.<force>` are
            there where these are.
        last_week: the last week of the run.
        scenario: says what settles and who governs; without it there are falls alone.
        weekly: power over the weeks of the same futures, which says when a majority has come.
    """
    found = []
    for column in futures.columns:
        if column.startswith("fallen."):
            week = futures[column].to_numpy()
            happens = (week >= 0) & (week <= last_week)
            found.append(Outcome(f"fall of {column.removeprefix('fallen.')}", happens, week, (column,)))
    return tuple(found) if scenario is None else (*found, *_orders(futures, scenario, weekly))


def _orders(futures: pd.DataFrame, scenario: Scenario, weekly: Weekly | None) -> Iterator[Outcome]:
    """Yield majorities, a settlement and the want of a majority at the end, as facts whatever else holds then."""
    incumbent = next((j for j, force in scenario.forces.items() if force.incumbent), None)
    rivals = [j for j in sorted(scenario.forces) if j != incumbent and f"power.{j}" in futures.columns]
    majority = {j: futures[f"power.{j}"].to_numpy() >= scenario.dynamics.majority for j in rivals}
    for j in rivals:
        known = None if weekly is None else _first(weekly.values[f"power.{j}"] >= scenario.dynamics.majority)
        yield Outcome(f"majority of {j}", majority[j], about=(f"fallen.{j}",), known=known)
    settling = [column for column in _settling(scenario) if column in futures.columns]
    if settling and "order" in futures.columns:
        weeks = np.stack([futures[column].to_numpy() for column in settling])
        first = np.where(weeks < 0, np.iinfo(weeks.dtype).max, weeks).min(axis=0)
        settled = futures["order"].astype(str).to_numpy() == "settlement"
        yield Outcome("settlement", settled, known=np.where((weeks < 0).all(axis=0), -1, first))
    if incumbent is not None and rivals:
        fallen = futures[f"fallen.{incumbent}"].to_numpy()
        nobody = (fallen >= 0) & ~np.any(list(majority.values()), axis=0)
        yield Outcome("no majority", nobody, about=(f"fallen.{incumbent}",), known=fallen)


def _first(there: np.ndarray) -> np.ndarray:
    """Return the first week in which something is so [futures], -1 where in none, from [futures, weeks + 1]."""
    return np.where(there.any(axis=1), there.argmax(axis=1), -1)


def _settling(scenario: Scenario) -> list[str]:
    """Return the columns of what brings a settlement about."""
    made = [f"event.{name}" for name, event in scenario.events.items() if _settles(event.effects)]
    return made + [f"deal.{name}" for name, talk in scenario.talks.items() if _settles(talk.effects)]


def _settles(effects: Sequence[Effect]) -> bool:
    return any(effect.settlement is True for effect in effects)


def indicators(
    events: Mapping[str, np.ndarray],
    weekly: Weekly | None,
    outcomes: Sequence[Outcome],
    *,
    state: np.ndarray,
    weeks: Sequence[int] = WEEKS,
    rng: np.random.Generator,
) -> tuple[Watch, ...]:
    """Return each outcome with its most telling indicators.

    Args:
        events: `event.<name>` or `fallen.<force>` -> week it comes, or -1, [futures].
        weekly: levels over weeks for the same futures, or None.
        outcomes: what is to be foretold, over the same futures.
        state: state of each future.
        weeks: weeks in which the readings are taken.
        rng: for the halves.

    Raises:
        InputError: where the arrays have different numbers of futures.
    """
    _check(events, weekly, outcomes, state)
    states = np.unique(state)
    trains = np.isin(state, rng.permutation(states)[: len(states) // 2])
    found = []
    for outcome in outcomes:
        own = []
        for week in weeks:
            own += _of_events(outcome, events, week, ~trains, state)
            own += _of_levels(outcome, weekly, week, trains, state)
        best: dict[str, Indicator] = {}
        for indicator in sorted((i for i in own if i.telling), key=lambda i: -i.bits):
            best.setdefault(indicator.observable, indicator)
        cases, count = int(outcome.happens.sum()), len(state)
        signs = tuple(best.values())[:MOST]
        note = None if signs else _why_none(outcome, judged=bool(own))
        errors = {"chance": _error(outcome.happens, np.ones(count, dtype=bool), state)}
        found.append(Watch(outcome.name, cases / count, cases, count, signs, note, errors))
    return tuple(found)


def _why_none(outcome: Outcome, *, judged: bool) -> str:
    """Say why nothing foretells an outcome."""
    cases, others = int(outcome.happens.sum()), int((~outcome.happens).sum())
    if min(cases, others) == 0:
        return "comes in none of the futures" if cases == 0 else "comes in all of the futures"
    if min(cases, others) < 2 * FEWEST:
        few = "comes" if cases < others else "fails to come"
        return f"{few} in only {min(cases, others)} of {cases + others} futures: too few to say what foretells it"
    if not judged:
        return "can be read off, or has come, in too many futures before anything could foretell it"
    return "nothing that was looked at foretells it beyond chance"


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
    """Return the futures in which the outcome has not come by the week, and cannot be read off."""
    if outcome.known is not None:
        return ~((outcome.known >= 0) & (outcome.known <= week))
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
        if name not in outcome.about and 0 < seen[rows].sum() < rows.sum():
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
        {key: _error(outcome.happens, rows & side, state)
         for key, side in (("chance_seen", seen), ("chance_unseen", ~seen))},
    )  # fmt: skip


def _error(comes: np.ndarray, chosen: np.ndarray, state: np.ndarray) -> Error:
    """Return how sure the share of the chosen futures is in which something comes."""
    found = share_of(comes, chosen, np.unique(state, return_inverse=True)[1])
    return Error(found.se, found.low, found.high)


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
