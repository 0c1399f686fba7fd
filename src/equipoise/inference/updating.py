"""Updating a study by what has been seen since: futures weighed and played on, and what they say now.

One `Seeing` is a situation, as somebody believes it to be, and a way of engaging that has been followed; observations
up to any day can be put to it. Source: MODEL.md §5b.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from equipoise.draws.estimate import Estimate
from equipoise.futures.particles import Each, Particles, Who
from equipoise.futures.play import Plan
from equipoise.inference.facts import facts_of
from equipoise.inference.filter import Filtered, Weighed, filtered
from equipoise.inference.learnt import Learnt, learnt
from equipoise.inference.obstacles import Obstacle, in_the_way
from equipoise.inference.prospects import Averages, Chance, Prospect, chances, falls_by_week, prospects
from equipoise.inference.watching import Watch, to_watch
from equipoise.records import Record
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.names import order_names
from equipoise.scenario.observations import Measured, Observation
from equipoise.scenario.observations.model import in_words
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Played, Player

ENOUGH = 100
"""Effective futures below which the scenario is said not to explain what was seen."""
FEW = 1024
"""Futures in which it is looked at what stands in the way of what was seen."""
FAR_OUT = 1e-4
"""A measurement less likely to lie so far out is not explained, however many futures are left."""


@dataclass(frozen=True)
class FactFound(Record):
    """What one thing that was seen did.

    Attributes:
        what: in words. key: of what kind, as the file has it. on: when it was known.
        log_probability: the logarithm of its probability (of a measurement: its density) given all above it.
        kept: the share of the effective number of futures it left.
        value, error: of a measurement. expected, spread: mean and standard deviation of it before it counted.
        tail: the chance of a measurement at least as far out.
    """

    what: str
    key: str
    on: date
    log_probability: float | None
    kept: float
    value: float | None
    error: float | None
    expected: float | None
    spread: float | None
    tail: float | None


@dataclass(frozen=True)
class Hypothesis(Record):
    """How well a situation explains what was seen.

    Attributes:
        kind: `analyst`, `beliefs` or `scenario`. name: the holder, or the other scenario's title, or nothing.
        log_probability, se: of all that was seen. effective: effective number of futures.
        times: how many times as well it explains it as the study's own situation does (the Bayes factor).
    """

    kind: str
    name: str
    log_probability: float | None
    se: float | None
    effective: float
    times: float | None


@dataclass(frozen=True)
class Moment(Record):
    """What was to be expected on a day, by what had been seen until then.

    Attributes:
        on: the information date. effective, log_probability: as in `Updated`.
        falls: by force the chance that it falls by the end of the run. by_week: that it has by the end of each week,
            the start first.
        orders: the chance of each order in the last week.
    """

    on: date
    effective: float
    log_probability: float | None
    falls: dict[str, Estimate]
    by_week: dict[str, tuple[float, ...]]
    orders: dict[str, Estimate]


@dataclass(frozen=True)
class Updated(Record):
    """What a study comes to, given what has been seen since.

    Attributes:
        as_of: the day of the last observation. week, since: the week from which strategies are free, and its first day.
        futures: how many were played. effective: how many of them the posterior is worth: 1 / Σ s², s the share of the
            weight that has come to each future they began as. distinct: states of the world that are left.
        explained: whether `effective` is at least `ENOUGH`, and no measurement lies farther out than one in 10,000.
        culprit: where it is not, the measurement farthest out, or the fact that left fewest futures.
        in_the_way: where no future went that way, what of all that the culprit requires, excludes or
            follows keeps it from coming as it was seen; empty where something else does.
        log_probability: of all that was seen, null where no future went that way. se: its standard error.
        facts: what was seen, in the order in which it was weighed. hypotheses: who explains it how well.
        inputs: what was learnt, what moved most first. chances, falls: before and after, under what was followed; falls
            by force, by the end of each week, the start first.
        strategies: from now on, the best first; ranking, best, best_before: their names.
        changed: whether the advice has: `yes`, `no`, or `open` where the old best cannot be told apart from the new.
        watch: what to watch next. rolling: what was to be expected on each day on which something was seen.
    """

    as_of: date | None
    week: int
    since: date
    futures: int
    effective: float
    distinct: int
    explained: bool
    culprit: str | None
    in_the_way: tuple[Obstacle, ...]
    log_probability: float | None
    se: float | None
    facts: tuple[FactFound, ...]
    hypotheses: tuple[Hypothesis, ...]
    inputs: tuple[Learnt, ...]
    chances: tuple[Chance, ...]
    falls: dict[str, dict[str, tuple[float, ...]]]
    strategies: dict[str, Prospect]
    ranking: tuple[str, ...]
    best: str | None
    best_before: str | None
    changed: str | None
    watch: tuple[Watch, ...]
    rolling: tuple[Moment, ...]


class Seeing:
    """A situation and the futures in which it is looked at.

    Args:
        player: of a world whose first profile is what has been done so far.
        futures: at least how many; whole states of `chance` streams are played. seed: of the run.
        each, workers: plays one block after another, or several at a time.
    """

    def __init__(
        self, player: Player, futures: int, *, seed: int, chance: int = 1, each: Each = map, workers: int = 1
    ) -> None:
        self.player, self.world, self.seed, self.chance = player, player.world, seed, chance
        self.states = Plan.of(futures, chance=chance, seed=seed).states
        self.each, self.workers = each, workers
        self.prepared = player.prepare(parameters_of(self.world, 0, self.states, seed=seed))

    def update(
        self, observations: Sequence[Observation], *, patrons: frozenset[int] = frozenset()
    ) -> tuple[Filtered, Particles]:
        """Put observations to the situation; return what came of it, and the futures that are left.

        Args:
            observations: what was seen. patrons: whose standing is to be looked at later, beside the focus.
        """
        facts, known = facts_of(self.world, observations)
        known = known._replace(patrons=known.patrons | patrons)
        state, stream = np.divmod(np.arange(self.states * self.chance), self.chance)
        who = Who(state, state.astype(np.uint32), stream.astype(np.uint32))
        futures = Particles(self.player, self.prepared, who, known, each=self.each, workers=self.workers)
        return filtered(futures, facts, state=who.state, stream=who.stream, seed=self.seed), futures

    def moment(self, observations: Sequence[Observation], day: date) -> Moment:
        """Return what was to be expected on a day, by what had been seen until then."""
        found, futures = self.update(observations)
        if not len(found.origin):
            return Moment(day, 0.0, None, {}, {}, {})
        played, average = futures.go_on(), self.averages(found.origin)
        columns, of = self.player.columns, played.outcomes[0]
        weeks = falls_by_week(self.world, columns, played)
        fallen = average(np.stack([of[columns[f"fallen.{force}"]] >= 0 for force in self.world.forces]))
        orders = order_names(self.world.forces)
        likely = average(np.stack([of[columns["order"]] == code for code in range(len(orders))]))
        return Moment(
            day, found.effective, _logged(found.log_probability),
            {force: fell for force, fell in zip(self.world.forces, fallen, strict=True) if force in weeks},
            weeks, dict(zip(orders, likely, strict=True)),
        )  # fmt: skip

    def in_the_way(self, observations: Sequence[Observation], culprit: Weighed) -> tuple[Obstacle, ...]:
        """Return what keeps the culprit, with which no future is left, from coming as it was seen."""
        subject = culprit.fact.seen.subject
        if not culprit.fact.came:
            return ()
        followed = dict(self.world.profiles[0].strategies)

        def passes(scenario: Scenario) -> bool:
            player = Player(compile_world(scenario, profiles=[followed]), seed=self.seed)
            futures = min(FEW, self.states * self.chance)
            found, _ = Seeing(player, futures, seed=self.seed, chance=self.chance).update(observations)
            return all(
                math.isfinite(one.log_probability)
                for one in found.weighed
                if one.fact.seen.subject == subject
            )

        return in_the_way(self.world.scenario, subject[0], passes)

    def averages(self, origin: np.ndarray) -> Averages:
        """Return means over futures, given which first future each comes from."""
        return Averages(origin // self.chance, self.states)

    def hypothesis(self, observations: Sequence[Observation], kind: str, name: str, own: float) -> Hypothesis:
        """Return how well the situation explains observations, against the study's own, whose logarithm is `own`."""
        found, _ = self.update(observations)
        return hypothesis(found, kind, name, own)


def hypothesis(found: Filtered, kind: str, name: str, own: float) -> Hypothesis:
    """Return how well a situation explains what was seen, against one of whose probability `own` is the logarithm."""
    times = None
    if math.isfinite(own):
        times = math.exp(min(found.log_probability - own, 700.0))
    log = _logged(found.log_probability)
    return Hypothesis(kind, name, log, None if log is None else found.se, found.effective, times)


def updated(
    seeing: Seeing,
    observations: Sequence[Observation],
    *,
    names: Sequence[tuple[int, str]],
    before: dict[str, float],
    hypotheses: Sequence[Hypothesis],
    rolling: Sequence[Moment],
    found: Filtered,
    futures: Particles,
    played: Played | None,
) -> Updated:
    """Put together what is to be said.

    Args:
        seeing, observations: what was put to what. found, futures: what came of it. played: how they went on; None
            where no future was left.
        names: which profiles are strategies, and their names. before: their mean payoffs as the study had them.
        hypotheses, rolling: as found apart.
    """
    world, columns = seeing.world, seeing.player.columns
    inputs: tuple[Learnt, ...] = ()
    likely: tuple[Chance, ...] = ()
    falls: dict[str, dict[str, tuple[float, ...]]] = {}
    ahead: dict[str, Prospect] = {}
    watch: tuple[Watch, ...] = ()
    if played is not None:
        now = (played, seeing.averages(found.origin))
        then = (_unseen(seeing), seeing.averages(np.arange(found.number)))
        weights = found.shares.reshape(seeing.states, seeing.chance).sum(axis=1)
        inputs = learnt(world.numbers, seeing.prepared.parameters.values, weights)
        seen = frozenset(o.subject[0] for o in observations if not isinstance(o, Measured))
        likely = chances(world, columns, then, now, seen)
        by_week = [falls_by_week(world, columns, which) for which, _ in (then, now)]
        falls = {
            force: {"before": by_week[0].get(force, ()), "after": by_week[1].get(force, ())}
            for force in sorted({*by_week[0], *by_week[1]})
        }
        ahead = prospects(world, columns, *now, names, before)
        watch = to_watch(world, columns, *now, names, futures.week)
    best = next(iter(ahead), None)
    best_before = max(before, key=lambda name: before[name]) if before else None
    week, culprit, shown = futures.week, unexplained(found), _shown(world.scenario)
    return Updated(
        max((o.day for o in observations), default=None), week, world.start + timedelta(weeks=week), found.number,
        found.effective, len(np.unique(found.origin // seeing.chance)), culprit is None,
        None if culprit is None else in_words(culprit.fact.seen, shown),
        seeing.in_the_way(observations, culprit) if culprit and not len(found.origin) else (),
        _logged(found.log_probability), found.se if math.isfinite(found.se) else None,
        tuple(_said(one, shown) for one in found.weighed), tuple(hypotheses), inputs, likely, falls,
        ahead, tuple(ahead), best, best_before, _changed(ahead, best, best_before), watch, tuple(rolling),
    )  # fmt: skip


def _unseen(seeing: Seeing) -> Played:
    """Return the same futures as they go when nothing has been seen."""
    return seeing.update(())[1].go_on(1)


def _changed(ahead: dict[str, Prospect], best: str | None, before: str | None) -> str | None:
    if best is None or before is None or before not in ahead:
        return None
    if best == before:
        return "no"
    return "yes" if ahead[before].behind.told_apart else "open"


def unexplained(found: Filtered) -> Weighed | None:
    """Return what the situation cannot explain: the measurement farthest out, or the fact that left fewest futures."""
    far = [one for one in found.weighed if one.tail is not None and one.tail < FAR_OUT]
    if far:
        return min(far, key=lambda one: one.tail or 0.0)
    return min(found.weighed, key=lambda one: one.kept) if found.effective < ENOUGH else None


def _said(one: Weighed, shown: dict[str, str]) -> FactFound:
    seen = one.fact.seen
    value, error = (seen.is_, seen.error) if isinstance(seen, Measured) else (None, None)
    log = _logged(one.log_probability)
    return FactFound(
        in_words(seen, shown),
        seen.key,
        seen.day,
        log,
        one.kept,
        value,
        error,
        one.expected,
        one.spread,
        one.tail,
    )


def _shown(scenario: Scenario) -> dict[str, str]:
    """Return how names stand in sentences: forces and patrons as they are called, events in quotation marks."""
    names = Names.of(scenario)
    actors = {key: names.within(key) for key in (*scenario.forces, *scenario.patrons)}
    events = {key: f"“{names.event(key)}”" for key in (*scenario.events, *scenario.talks)}
    return {**{key: names.inside(key) for key in scenario.regions}, **actors, **events}


def _logged(log: float) -> float | None:
    return log if math.isfinite(log) else None
