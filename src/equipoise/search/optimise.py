"""The best way of engaging for a metric, what it is honestly worth, and the frontier around it.

Searched on common random numbers: every candidate meets the same futures, so that small differences show
with few of them. The way: without a trigger first; then every trigger with a few plain alternatives to
switch to; the two best triggers are searched in full; finalists and named strategies meet on a second
sample, and the choice is valued on a third (see `judging`).

Source: MODEL.md §5; direct policy search, Giuliani et al. 2016, J. Water Resour. Plann. Manage. 142.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

from equipoise.draws.keys import key_of
from equipoise.errors import InputError
from equipoise.scenario.model import Scenario, Strategy
from equipoise.search import judging
from equipoise.search.frontier import Archive, spread_out
from equipoise.search.objective import Objective, objective
from equipoise.search.policies import Policies, When, block, complexity
from equipoise.search.result import Optimised, frontier_points, numbered, valued, worth_it
from equipoise.search.sample import GROUP, Means, Sample
from equipoise.search.search import Effort, Found, offspring, search
from equipoise.world.success import COLUMN

OUTCOMES = ("payoff", "influence", "terms.cost", "terms.backing-cost")
COARSE = 4
"""Chance streams a state that a search needs to tell candidates apart; the judging uses all of them."""
PLAIN = Effort(scattered=64, population=32, generations=8, places=1, first=0.1, finest=0.02)
SWITCHED = Effort(scattered=16, population=32, generations=5, places=1, first=0.1, finest=0.03)
TRIGGERS = 2
"""Triggers that are searched in full."""
BRED = 4
"""Generations bred from the frontier."""
Progress = Callable[[int, int], None]


def optimise(
    scenario: Scenario,
    *,
    metric: str = "laplace",
    options: Mapping[str, float] | None = None,
    states: int = 128,
    chance: int = 16,
    seed: int = 1,
    with_: Mapping[str, str] | None = None,
    trigger: bool = True,
    frontier: bool = True,
    time_limit: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Optimised:
    """Search for the focus patron's best way of engaging.

    Args:
        scenario: checked, resolved, under the beliefs that are asked for.
        metric: a robustness metric by name, or `success`. options: of the metric.
        states: states of the world to search on; four and eight times as many judge. chance: streams a state.
        seed: of every random number.
        with_: strategies of other patrons.
        trigger: also look for one switch. frontier: also trace the frontier.
        time_limit: seconds after which the search ends with what it has; the judging comes on top. With
            a limit the answer depends on the machine.
        workers: threads. progress: called with steps done and in all.

    Raises:
        InputError: no such metric or option, the focus has no strategy to compare with, or too few states.
    """
    if states < 16:
        raise InputError(f"a search needs at least 16 states of the world; asked for {states}")
    if time_limit is not None and not time_limit > 0:
        raise InputError(f"a time limit is above 0 seconds; given {time_limit}")
    aim = objective(metric, **dict[str, Any](options or {}))
    if aim.outcome == COLUMN and not scenario.success:
        raise InputError(
            "the scenario does not say what success is; write conditions under `success`, or name a metric"
        )
    end = None if time_limit is None else monotonic() + time_limit
    run = _Optimiser(
        scenario, aim, states, chance, seed, dict(with_ or {}), workers,
        stop=lambda: end is not None and monotonic() > end,
    )  # fmt: skip
    steps = _Steps(progress, 4 + trigger + frontier)
    finalists = run.finalists(trigger, steps)
    if frontier:
        run.breed()
        steps.next()
    chosen = run.choose(finalists)
    steps.next()
    found = run.judge(chosen, run.front() if frontier else [])
    steps.next()
    return found


class _Steps:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def next(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total)


@dataclass(frozen=True)
class _Candidate:
    name: str
    strategy: Strategy


class _Optimiser:
    """One search: its samples, what it has evaluated, and its stages."""

    def __init__(
        self, scenario: Scenario, aim: Objective, states: int, chance: int, seed: int, with_: dict[str, str],
        workers: int | None, *, stop: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.scenario, self.aim, self.seed, self.with_, self.stop = scenario, aim, seed, with_, stop
        self.policies = Policies(scenario)
        self.states, self.chance, self.workers = states, chance, workers
        self.training = Sample(scenario, seed=seed, states=states, chance=chance, workers=workers)
        self.archive = Archive()
        self.evaluations, self.stopped = 0, False
        self.known: dict[str, np.ndarray] = {}
        self.screened: list[tuple[When, float]] = []
        names = list(self.policies.named)
        played = self._played(self.training, names, {}, chance=self.coarse)
        self.named, self.payoffs = played[self.aim.outcome], played["payoff"]
        self._keep([self.policies.named[n] for n in names], played, [None] * len(names))

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*OUTCOMES, self.aim.outcome)))

    @property
    def coarse(self) -> int:
        return min(COARSE, self.chance)

    def _played(
        self, sample: Sample, names: list[str], extra: Mapping[str, Strategy], *, chance: int | None = None
    ) -> Means:
        focus = self.scenario.focus
        profiles = [{**self.with_, focus: name} for name in names]
        return sample.means(profiles, self.outcomes, extra={focus: extra}, chance=chance)

    def _evaluate(self, strategies: list[Strategy], points: list[np.ndarray | None]) -> np.ndarray:
        """Return payoffs [n, states] of candidates on the sample searched on; keep them for the frontier.

        What was played before is not played again: candidates that differ only in numbers that mean nothing for them
        are the same strategy.
        """
        keys = [strategy.model_dump_json() for strategy in strategies]
        new = {key: s for key, s in zip(keys, strategies, strict=True) if key not in self.known}
        if new:
            played = self._played(self.training, list(new), new, chance=self.coarse)
            self.known |= {key: played.values[:, n] for n, key in enumerate(new)}
            self.evaluations += len(new)
        means = Means(self.outcomes, np.stack([self.known[key] for key in keys], axis=1))
        self._keep(strategies, means, points)
        return means[self.aim.outcome]

    def _keep(self, strategies: list[Strategy], means: Means, points: list[np.ndarray | None]) -> None:
        forgone = np.maximum(self.payoffs.max(axis=0) - means["payoff"], 0.0)
        cost = (means["terms.cost"] + means["terms.backing-cost"]).mean(axis=1)
        goals = np.stack([means["influence"].mean(axis=1), -np.quantile(forgone, 0.9, axis=1), cost], axis=1)
        self.archive.add(strategies, goals, points)

    def _search(self, when: When | None, starts: list[np.ndarray], effort: Effort) -> Found:
        space = self.policies.space if when is None else self.policies.space_with_trigger

        def evaluate(points: np.ndarray) -> np.ndarray:
            strategies = [self.policies.strategy(point, when) for point in points]
            return self._evaluate(strategies, [None if when else point for point in points])

        found = search(
            evaluate,
            space,
            self.aim.on(self.named),
            seed=self.seed,
            starts=starts,
            effort=effort,
            stop=self.stop,
        )
        self.stopped = self.stopped or found.stopped
        return found

    def finalists(self, trigger: bool, steps: _Steps) -> list[Strategy]:
        """Search without and with a trigger; return the best, rounded, and plainer versions of them."""
        plain = self._search(None, self.policies.starts(), PLAIN)
        steps.next()
        found: list[tuple[np.ndarray, When | None]] = [(plain.point, None)]
        if trigger:
            found += self._switched(plain)
            steps.next()
        strategies = [Strategy()]
        for whole, when in found:
            point = self.policies.in_the_field(whole, when)
            versions = [self.policies.rounded(point), *self.policies.simpler(point)]
            strategies += [self.policies.strategy(version, when) for version in versions]
        steps.next()
        return _different([s for s in strategies if _settles(s)])

    def _switched(self, plain: Found) -> list[tuple[np.ndarray, When]]:
        """Try every trigger with plain alternatives, then search the best few in full."""
        base = self.policies.rounded(plain.point)
        n = len(self.policies.forces)
        options = [*np.eye(n), np.full(n, 1 / n), np.zeros(n)]
        starts = np.array([np.concatenate([base, option]) for option in options])
        ranked: list[tuple[float, int, When]] = []
        triggers, at_once = self.policies.triggers(), max(1, self.training.workers * GROUP // len(starts))
        for begin in range(0, len(triggers), at_once):
            if self.stop():
                self.stopped = True
                break
            some = triggers[begin : begin + at_once]
            strategies = [self.policies.strategy(point, when) for when in some for point in starts]
            f = self._evaluate(strategies, [None] * len(strategies))
            for when, own in zip(some, np.split(f, len(some)), strict=True):
                ranked.append((float(self.aim.on(self.named).score(own).max()), len(ranked), when))
        ranked.sort(key=lambda item: (-item[0], item[1]))
        self.screened = [(when, float(self.aim.signed(np.array(score)))) for score, _, when in ranked]
        out = []
        for _, _, when in ranked[:TRIGGERS]:
            if not self.stop():
                same = np.concatenate([base, base[:n]])
                out.append((self._search(when, [*starts, same], SWITCHED).point, when))
        return out

    def breed(self) -> None:
        """Evaluate more candidates between those on the frontier."""
        rng = np.random.default_rng([self.seed, 1])
        for _ in range(BRED):
            parents = self.archive.parents(32)
            if self.stop() or len(parents) < 2:
                return
            children = offspring(self.policies.space, parents, rng)
            strategies = [self.policies.strategy(point) for point in children]
            self._evaluate(strategies, list(children))

    def front(self) -> list[Strategy]:
        """Return strategies spread over the frontier as a person would write them, without the named ones."""
        chosen = spread_out(np.array(self.archive.goals), self.archive.front())
        out = []
        for n in chosen:
            point, strategy = self.archive.points[n], self.archive.strategies[n]
            if point is not None:
                strategy = self.policies.strategy(self.policies.rounded(point, grain=0.05))
            elif n >= len(self.policies.named):
                strategy = self._written(strategy)
            else:
                continue
            out.append(strategy)
        return _different(out)

    def _written(self, strategy: Strategy) -> Strategy:
        """Return a candidate with a trigger with its numbers rounded."""
        before = self.policies.point(strategy)
        if before is None or strategy.then is None:
            return strategy
        after = np.array([strategy.then.engage.get(j, 0.0) for j in self.policies.forces])
        point = self.policies.rounded(np.concatenate([before, after]), grain=0.05)
        return self.policies.strategy(point, strategy.then.when)

    def _sample(self, purpose: str, blocks: int) -> Sample:
        seed = int(key_of(self.seed, "search", purpose)[0])
        return Sample(
            self.scenario, seed=seed, states=blocks * self.states, chance=self.chance, workers=self.workers
        )

    def choose(self, finalists: list[Strategy]) -> _Candidate:
        """Return the simplest of the best, named strategies included, on the sample kept for choosing."""
        named = self.policies.named
        extra = {f"found {n}": strategy for n, strategy in enumerate(finalists)}
        names = [*named, *extra]
        means = self._played(self._sample("choice", judging.CHOICE_BLOCKS), names, extra)
        f = means[self.aim.outcome]
        values = judging.by_block(self.aim, f, f[: len(named)], judging.CHOICE_BLOCKS)
        strategies = [*named.values(), *finalists]
        at = judging.choose(self.aim, values, [complexity(s) for s in strategies], len(named))
        return _Candidate(names[at] if at < len(named) else "found", strategies[at])

    def judge(self, chosen: _Candidate, front: list[Strategy]) -> Optimised:
        """Value the choice, the named strategies and the frontier on futures that decided nothing."""
        named = dict(self.policies.named)
        others = [strategy for strategy in front if block(strategy) != block(chosen.strategy)]
        extra = {f"point {n}": strategy for n, strategy in enumerate(others)} | {"found": chosen.strategy}
        extra = {name: replace_title(strategy) for name, strategy in extra.items()}
        names = [*named, *extra]
        held_out = self._played(self._sample("held-out", judging.HELD_OUT_BLOCKS), names, extra)
        training = self._played(self.training, names, extra)[self.aim.outcome]
        judged = valued(self.aim, names, len(named), training, held_out)
        best, strategies = judged.best_named(self.aim), {**named, **extra}
        beyond = chosen.name != "found" or worth_it(judged.gain(self.aim, "found", best))
        rows = None
        if front:
            rows, strategies = numbered(frontier_points(names, len(named), held_out), strategies)
        return Optimised(
            policies=self.policies,
            aim=self.aim,
            chosen=chosen.name if beyond else best,
            searched="found" if chosen.name == "found" else None,
            strategies=strategies,
            judged=judged,
            frontier=rows,
            screened=tuple(self.screened),
            sizes={
                "states": self.states,
                "chance": self.chance,
                "searched_on": self.training.futures,
                "chosen_on": judging.CHOICE_BLOCKS * self.training.futures,
                "held_out": judging.HELD_OUT_BLOCKS * self.training.futures,
            },
            seed=self.seed,
            with_=self.with_,
            evaluations=self.evaluations,
            stopped=self.stopped,
        )


def replace_title(strategy: Strategy) -> Strategy:
    """Return a strategy without title and grounds: they belong to the one that was written down."""
    return strategy.model_copy(update={"name": None, "because": None, "claims": ()})


def _different(strategies: list[Strategy]) -> list[Strategy]:
    """Return strategies without those that say the same as an earlier one."""
    out: dict[str, Strategy] = {}
    for strategy in strategies:
        out.setdefault(repr(block(replace_title(strategy))), strategy)
    return list(out.values())


def _settles(strategy: Strategy) -> bool:
    """True unless a strategy switches to exactly what it does before."""
    then = strategy.then
    return then is None or then.engage != strategy.engage
