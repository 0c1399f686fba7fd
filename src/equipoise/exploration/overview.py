"""Exploring a study: every analysis of this room, in one result.

What drives the answer, where it tips, in which states and futures a strategy fails, what to find out first
and by when, what to watch, which assumptions carry it, the smallest change that flips it, and what makes
the two best strategies differ. Each part stands alone and states its source in its own module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.exploration.assumptions import Assumptions, key_assumptions
from equipoise.exploration.differences import Difference, between_strategies
from equipoise.exploration.discovery import Discovery, discover, failing
from equipoise.exploration.ensemble import Ensemble, Evaluate
from equipoise.exploration.flip import Flips, smallest_flips
from equipoise.exploration.indicators import (
    WEEKS,
    Indicator,
    Outcome,
    Watch,
    Weekly,
    WeeklySample,
    indicators,
    outcomes_of,
)
from equipoise.exploration.information import Information, Reveal, information, reveals
from equipoise.exploration.sensitivity import Drivers, drivers
from equipoise.exploration.smooth import regression_on_all
from equipoise.exploration.tipping import (
    PairMap,
    Resentment,
    Tip,
    candidate_pairs,
    pair_maps,
    played_again,
    resentment,
    tipping_points,
)
from equipoise.exploration.watching import Reading, Sight, worth_of_watching
from equipoise.findings.found import ResentmentScan
from equipoise.records import Record
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import interval, number, percent
from equipoise.scenario.restrictions import observable, part, restriction
from equipoise.world.success import COLUMN

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.scenario.model import Scenario

TakenUp = Callable[[str, int], Mapping[str, np.ndarray]]
"""A strategy followed until a week in; payoff of each strategy taken up from then on, by future of the sample, out."""
PAIRED_INPUTS = 5
MOSTLY = 0.5
"""From this share of the choice on that no input explains, it is said beside the inputs that it hangs on."""
MOST_FUTURES = 4000
"""Futures searched for boxes: enough for boxes of 5 %, and quick."""


@dataclass(frozen=True)
class ExploreResult(Record):
    """Everything that exploring a study says; None where what it needs was not given.

    Attributes:
        strategies: names; `recommended` has the highest mean payoff; `examined` is the one whose failures
            are sought.
        states: number of states.
        drivers: what drives each payoff, the gap and the choice.
        tips, pairs, resentment: where the best strategy changes.
        failures: boxes of inputs over states; `failures_in_futures` adds the weeks of events.
        information, reveals: what to find out first, and by when.
        indicators: what to watch, an entry an outcome. watching: what each sign, and each pair of a week, is worth.
        assumptions, flips: which assumptions carry the answer, and the smallest change that flips it.
        difference: what makes the two best strategies differ.
        words: what each path, group and observable is called in the scenario.
        headlines: the main findings in a few sentences.
    """

    strategies: tuple[str, ...]
    recommended: str
    examined: str
    states: int
    drivers: tuple[Drivers, ...]
    tips: tuple[Tip, ...]
    pairs: tuple[PairMap, ...]
    resentment: Resentment | None
    failures: Discovery
    failures_in_futures: Discovery | None
    information: Information
    reveals: tuple[Reveal, ...] | None
    indicators: tuple[Watch, ...] | None
    watching: tuple[Sight, ...] | None
    assumptions: Assumptions
    flips: Flips
    difference: Difference | None
    words: Mapping[str, str]
    headlines: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<ExploreResult: {self.states} states; {'; '.join(self.headlines)}>"


def explore(
    ensemble: Ensemble,
    *,
    futures: pd.DataFrame | None = None,
    weekly: WeeklySample | None = None,
    evaluate: Evaluate | None = None,
    taken_up: TakenUp | None = None,
    scan: ResentmentScan | None = None,
    strategy: str | None = None,
    seed: int = 0,
) -> ExploreResult:
    """Explore a study.

    Args:
        ensemble: inputs and payoffs over states.
        futures: a row per future and strategy (see `differences`); adds indicators, failures in futures and
            the difference of the two best strategies.
        weekly: weekly observables of some of these futures; adds levels to the indicators.
        evaluate: a rerun under overrides, of the ensemble's strategies; plays tipping points again and confirms flips.
        taken_up: plays the futures of `weekly` again with another choice from a week on; adds what watching is worth.
        scan: what the run found of resentment (`resentment` of its summary); adds where the hedge stops paying.
        strategy: whose failures are sought; the recommended one if not given.
        seed: for dummies, halves and draws.

    Raises:
        InputError: where `strategy` is not in the study.
    """
    rng = np.random.default_rng(seed)
    scenario = ensemble.scenario
    examined = ensemble.strategies[ensemble.index(strategy)]
    found_drivers = drivers(ensemble, rng=rng)
    tips = tipping_points(ensemble, rng=rng)
    if evaluate is not None:
        tips = played_again(tips, ensemble, evaluate)
    on_all = regression_on_all(ensemble)
    info = information(ensemble, on_all=on_all, rng=rng)
    flips = smallest_flips(ensemble, evaluate=evaluate, on_all=on_all, rng=rng)
    assumptions = key_assumptions(ensemble, information=info, drivers=found_drivers, tips=tips, flips=flips)
    fails, where = _failing(ensemble, futures, examined)
    features = {name: item.values for name, item in ensemble.inputs.items()}
    failures = discover(features, fails, strategy=examined, fails_where=where, rng=rng)
    result = ExploreResult(
        ensemble.strategies, ensemble.strategies[ensemble.recommended], examined, ensemble.states,
        found_drivers, tips, _pairs(ensemble, info, tips, rng), None if scan is None else resentment(scan),
        worded(failures, scenario), _future_failures(ensemble, futures, examined, rng), info,
        None if scenario is None else reveals(ensemble, scenario, floor=info.floor, rng=rng),
        *_watched(futures, weekly, ensemble, taken_up, rng), assumptions, flips,
        _difference(futures, weekly, ensemble), _words(ensemble, info, futures, weekly), (),
    )  # fmt: skip
    return replace(result, headlines=_headlines(result, ensemble))


def _failing(ensemble: Ensemble, futures: pd.DataFrame | None, strategy: str) -> tuple[np.ndarray, str]:
    """Return in which states a strategy fails: by the scenario's own success where it has one, else by regret."""
    if futures is None or COLUMN not in futures.columns:
        return failing(ensemble, strategy)
    own = futures[futures["strategy"].astype(str) == strategy]
    succeeds = own.groupby("state")[COLUMN].mean().sort_index().to_numpy()
    return succeeds <= 0.5, "it succeeds in no more than half of the futures, as the scenario defines success"


def _words(
    ensemble: Ensemble, info: Information, futures: pd.DataFrame | None, weekly: WeeklySample | None
) -> dict[str, str]:
    """Return what every path, group and observable of the result is called."""
    scenario = ensemble.scenario
    seen = (
        []
        if futures is None
        else [c for c in futures.columns if c.startswith(("event.", "deal.", "fallen."))]
    )
    seen += [] if weekly is None else list(weekly.values)
    found = {name: wording.place(name, scenario) for name in ensemble.inputs}
    found |= {name: observable(name, scenario) for name in seen}
    return found | {group.what: part(group.what, scenario) for group in info.groups}


def worded(found: Discovery, scenario: Scenario | None) -> Discovery:
    """Return a discovery with every box and restriction in the scenario's own words and dates."""

    def said(boxes: Sequence) -> tuple:
        made = []
        for box in boxes:
            limits = tuple(replace(limit, says=restriction(limit, scenario)) for limit in box.limits)
            made.append(replace(box, limits=limits, says=box.sentence(found.strategy, scenario)))
        return tuple(made)

    return replace(found, prim=said(found.prim), cart=said(found.cart))


def _pairs(
    ensemble: Ensemble, info: Information, tips: Sequence[Tip], rng: np.random.Generator
) -> tuple[PairMap, ...]:
    """Return maps of the pairs that matter: those on which more than one strategy is best."""
    by_worth = [w.what for w in info.inputs if w.value > 0]
    by_swing = [tip.path for tip in tips]
    candidates = list(dict.fromkeys([*by_worth[:PAIRED_INPUTS], *by_swing]))
    maps = pair_maps(ensemble, candidate_pairs(candidates, limit=PAIRED_INPUTS), rng=rng)
    return tuple(sorted((m for m in maps if len(m.chance) > 1), key=lambda m: -m.sure))


def _future_failures(
    ensemble: Ensemble, futures: pd.DataFrame | None, strategy: str, rng: np.random.Generator
) -> Discovery | None:
    """Return boxes over futures, in the inputs and in the weeks of events (past the end: it never came)."""
    if futures is None or len(ensemble.strategies) < 2:
        return None
    per_state = max(1, len(futures) // (len(ensemble.strategies) * ensemble.states))
    table = futures[futures["state"] < max(100, MOST_FUTURES // per_state)]
    payoff = table.pivot_table(index=["state", "stream"], columns="strategy", values="payoff", observed=True)
    regret = (payoff.max(axis=1) - payoff[strategy]).to_numpy()
    own = table[table["strategy"].astype(str) == strategy].sort_values(["state", "stream"], kind="stable")
    state = own["state"].to_numpy()
    never = _last_week(futures, ensemble.scenario)
    features = {name: item.values[state] for name, item in ensemble.inputs.items()}
    fell = _fall_of_the_incumbent(own, ensemble.scenario)
    for column in (c for c in own.columns if c.startswith(("event.", "deal."))):
        week = own[column].to_numpy()
        if fell is not None and ((fell >= 0) & (fell <= week))[week >= 0].all():
            continue  # it only follows the government's fall, and would stand for it
        features[column] = np.where((week < 0) | (week > never), never, week).astype(float)
    if COLUMN in own.columns:
        missed = own[COLUMN].to_numpy() == 0
        where = "it does not succeed, as the scenario defines success"
        found = discover(features, missed, strategy=strategy, fails_where=where, rng=rng, units=state)
        return worded(found, ensemble.scenario)
    threshold = float(np.quantile(regret, 0.75))
    where = f"in the single future another strategy would have gained more than {threshold:.3g} in payoff"
    found = discover(features, regret > threshold, strategy=strategy, fails_where=where, rng=rng, units=state)
    return worded(found, ensemble.scenario)


def _fall_of_the_incumbent(own: pd.DataFrame, scenario: Scenario | None) -> np.ndarray | None:
    """Return the week of the present government's fall in each future, -1 where it stands; None without one."""
    governs = (
        next((key for key, force in scenario.forces.items() if force.incumbent), None) if scenario else None
    )
    column = f"fallen.{governs}"
    return own[column].to_numpy() if column in own.columns else None


def _last_week(futures: pd.DataFrame, scenario: Scenario | None) -> int:
    """Return the number of weeks of the run, or one past the last week anything happened in."""
    if scenario is not None:
        return scenario.calendar.weeks
    columns = [c for c in futures.columns if c.startswith(("event.", "deal.", "fallen."))]
    return int(futures[columns].to_numpy().max()) + 1 if columns else 1


def _watched(
    futures: pd.DataFrame | None,
    weekly: WeeklySample | None,
    ensemble: Ensemble,
    taken_up: TakenUp | None,
    rng: np.random.Generator,
) -> tuple[tuple[Watch, ...] | None, tuple[Sight, ...] | None]:
    """Return what to watch under the recommended strategy, by what it is worth, and what watching is worth."""
    if futures is None:
        return None, None
    name, scenario = ensemble.strategies[ensemble.recommended], ensemble.scenario
    own = futures[futures["strategy"].astype(str) == name]
    keys = ["state", "stream"]
    if weekly is None:
        own = own.sort_values(keys, kind="stable").reset_index(drop=True)
        levels = None
    else:
        own = own.set_index(keys).loc[list(zip(weekly.state, weekly.stream, strict=True))].reset_index()
        levels = weekly.under(name)
    last = _last_week(futures, scenario)
    state = own["state"].to_numpy()
    losing = ensemble.best[state, ensemble.recommended] == 0
    outcomes = outcomes_of(own, last_week=last, scenario=scenario, weekly=levels)
    found = [*outcomes, Outcome(f"{name} is not best", losing)]
    seen = {c: own[c].to_numpy() for c in own.columns if c.startswith(("event.", "deal.", "fallen."))}
    weeks = [week for week in WEEKS if week < last]
    watched = tuple(
        replace(one, indicators=tuple(sign.worded(scenario) for sign in one.indicators))
        for one in indicators(seen, levels, found, state=state, weeks=weeks, rng=rng)
    )
    if taken_up is None or levels is None or len(ensemble.strategies) < 2:
        return watched, None
    order = (name, *(other for other in ensemble.strategies if other != name))
    readings = [_reading(sign, seen, levels) for one in watched for sign in one.indicators]

    def again(week: int) -> np.ndarray:
        played = taken_up(name, week)
        return np.stack([played[other] for other in order])

    sights = worth_of_watching(readings, again, order, rng=rng)
    worth = {(one.observables[0], one.week): one.worth.value for one in sights if len(one.signs) == 1}
    best = {
        one.outcome: max((worth[sign.observable, sign.week] for sign in one.indicators), default=-1.0)
        for one in watched
    }
    return tuple(sorted(watched, key=lambda one: -best[one.outcome])), sights


def _reading(sign: Indicator, events: Mapping[str, np.ndarray], levels: Weekly) -> Reading:
    """Return a sign as it is read in each future."""
    if sign.level is None:
        there = (events[sign.observable] >= 0) & (events[sign.observable] <= sign.week)
        return Reading(sign.says, sign.observable, sign.week, there.astype(float), there)
    values = levels.values[sign.observable][:, sign.week].astype(float)
    there = values > sign.level if sign.sign == "above" else values < sign.level
    return Reading(sign.says, sign.observable, sign.week, values, there)


def _difference(
    futures: pd.DataFrame | None, weekly: WeeklySample | None, ensemble: Ensemble
) -> Difference | None:
    if futures is None or len(ensemble.strategies) < 2:
        return None
    first, second = (ensemble.strategies[k] for k in ensemble.ranking[:2])
    levels = None
    if weekly is not None:
        a, b = weekly.under(first).values, weekly.under(second).values
        levels = {name: (a[name], b[name]) for name in a}
    return between_strategies(futures, first, second, weekly=levels, scenario=ensemble.scenario)


def _lead(ensemble: Ensemble) -> str:
    """Say which strategy has the highest mean payoff, and how far ahead of the second it is, if that can be told."""
    names, ranking = Names.of(ensemble.scenario), ensemble.ranking[:2]
    best, *second = (names.quoted(ensemble.strategies[one]) for one in ranking)
    says = f"{best} has the highest mean payoff of {len(ensemble.strategies)} strategies"
    if not second:
        return says
    lead = estimate(ensemble.payoff[ranking[0]] - ensemble.payoff[ranking[1]])
    within = "" if lead.low is None else f" (95 % interval {interval(lead.low, lead.high, signed=True)})"
    if lead.told_apart:
        return f"{says}, {number(lead.mean)} ahead of {second[0]}{within}"
    return f"{says}, but cannot be told apart from {second[0]}: {number(lead.mean)} lies between them{within}"


def _headlines(result: ExploreResult, ensemble: Ensemble) -> tuple[str, ...]:
    scenario, lines = ensemble.scenario, [_lead(ensemble)]
    choice = next((d for d in result.drivers if d.output == "choice"), None)
    if choice is None or choice.constant:
        lines.append("the same strategy is best in every state: nothing uncertain bears on the choice")
        return tuple(lines)
    leading = [wording.place(i.path, scenario) for i in choice.indices if i.told_apart][:3]
    lines.append(
        f"the choice hangs most on {'; '.join(leading)}" if leading else "no single input drives the choice"
    )
    if leading and choice.rest is not None and choice.rest > MOSTLY:
        lines[-1] += (
            f", and little on that: no input, alone or with one other, explains {percent(choice.rest)} of it"
        )
    lines.append(result.flips.says)
    first = next((w for w in result.information.inputs if w.told_apart), None)
    if first is not None:
        lines.append(
            f"find out first: {wording.place(first.what, scenario)} (worth {first.value:.3g} in payoff, "
            f"standard error {first.se:.2g})"
        )
    boxes = [b for b in (*result.failures.prim, *result.failures.cart) if b.confirmed]
    if boxes:
        lines.append(max(boxes, key=lambda b: (b.held_out_coverage or 0) * (b.held_out_density or 0)).says)
    if result.resentment:
        lines.append(result.resentment.says)
    lines.append(result.assumptions.says)
    return tuple(lines)
