"""Why a patron does what it does: under what it is best, what it must want and believe, which account is likeliest.

Source: MODEL.md §5c; docs/why.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.draws.values import uncertain
from equipoise.evidence import under_beliefs
from equipoise.exploration import Ensemble
from equipoise.inference.acts import Act
from equipoise.inference.believes import Believes, believed
from equipoise.inference.hypotheses import Account, Held, Likely, Seen, weigh
from equipoise.inference.playing import Stage, taste, wants_of
from equipoise.inference.rules import LIKELY, MEAN, Rule, Verdict, judged
from equipoise.inference.wants import (
    FELT,
    Alone,
    Goals,
    Nearest,
    Scaled,
    alone,
    nearest,
    scaled,
    share_inside,
    without_twins,
)
from equipoise.one_thread import one_thread
from equipoise.records import Record
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.places import places
from equipoise.search.sample import Sample

WIDER = 4
"""How many times as many states, of as many fewer streams, the search among beliefs looks at."""


@dataclass(frozen=True)
class Under(Record):
    """What is done, under one holder's beliefs.

    Attributes:
        holder: whose; None for the analyst.
        worth: mean payoff by way of engaging.
        price: what the best other way pays more in the mean, state by state; below 0 where what is done is best.
        verdicts: of every rule of choice.
        nearest: the nearest weights that make it best in the mean; None where none do.
        played: its lead over the best other way when those weights are played; None where there are none.
        stakes: the standard deviation over ways of what they are then worth, beside what it is as stated: near 0 the
            patron would have to be all but indifferent to what it does.
        share: of the doubt about the patron's weights in which it is best.
    """

    holder: str | None
    worth: Mapping[str, float]
    price: Estimate
    verdicts: tuple[Verdict, ...]
    nearest: Nearest | None
    played: float | None
    stakes: float | None
    share: Estimate


@dataclass(frozen=True)
class Reason(Record):
    """A reason that would do.

    Attributes:
        kind: `as-stated`, `rule`, `holder`, `belief`, `goal` or `other`.
        sds: how far it is from what is stated, in standard deviations; None where that cannot be said.
        within_reach: whether the scenario thinks it possible.
        rule, holder: of a rule or a holder. paths, values: of beliefs or goals that would be others.
        price: of a reason that is not in the model: what it must be worth in payoff.
    """

    kind: str
    sds: float | None
    within_reach: bool
    rule: str | None = None
    holder: str | None = None
    paths: tuple[str, ...] = ()
    values: tuple[float | str, ...] = ()
    price: float | None = None


@dataclass(frozen=True)
class Why(Record):
    """Why a patron does what it does.

    Attributes:
        patron: who. done: the way it took last. since: from when, None from the start.
        ways: what it chose among. same: ways that pay exactly as what is done does, and are the same act.
        beliefs: whose beliefs `alone`, `scaled` and `believes` start from; None for the analyst's.
        under: the analyst, then every holder.
        alone: for every weight of equation 6, whether it alone could make what is done best.
        scaled: the scaling of the stated goals that suits what is done best.
        believes: what would have to be believed.
        likely: how likely each hypothesis is.
        held: on whose beliefs the patron acts, whatever its rule: every holder with each of the usual rules, with the
            goals as stated, also where the file names hypotheses of its own.
        reasons: those found, the cheapest first. explained: whether one of them is within reach.
    """

    patron: str
    done: str
    since: str | None
    ways: tuple[str, ...]
    same: tuple[str, ...]
    beliefs: str | None
    under: tuple[Under, ...]
    alone: tuple[Alone, ...]
    scaled: Scaled
    believes: Believes
    likely: Likely
    held: tuple[Held, ...]
    reasons: tuple[Reason, ...]
    explained: bool


@dataclass(frozen=True)
class Asked:
    """What is asked, and with how many futures.

    Attributes:
        scenario: the analyst's, resolved, with the dates of the acts in it. patron: who.
        acts: what it was seen to do. accounts: hypotheses; made of holders and rules where none are given.
        beliefs: whose beliefs to start from. within: how far from the best in the mean still counts as best.
        with_: strategies of other patrons. states, chance, seed, workers: of the playing.
        played: called after each playing of all ways.
    """

    scenario: Scenario
    patron: str
    acts: tuple[Act, ...]
    accounts: tuple[Account, ...]
    beliefs: str | None
    within: float
    with_: Mapping[str, str]
    states: int
    chance: int
    seed: int
    workers: int | None = None
    played: Callable[[], None] = lambda: None

    @property
    def holders(self) -> tuple[str | None, ...]:
        """The analyst, everybody who holds beliefs, and the pools of them that are asked for or named."""
        named = (self.beliefs, *(account.holder for account in self.accounts))
        return tuple(dict.fromkeys([None, *self.scenario.beliefs, *named]))

    @property
    def margin(self) -> float:
        """How far from the best counts as best, less what rounding may hide."""
        return self.within - FELT

    def stage(
        self, holder: str | None, act: Act, ways: Sequence[str] | None = None, *, wider: int = 1
    ) -> Stage:
        """Return an act ready to be played under a holder's beliefs."""
        scenario = under_beliefs(self.scenario, holder)
        chance = max(1, self.chance // wider)
        sample = Sample(
            scenario, states=self.states * wider, chance=chance, seed=self.seed, scored=(self.patron,),
            workers=self.workers,
        )  # fmt: skip
        return Stage(sample, self.patron, act, self.with_, ways, self.played)


def explain(asked: Asked) -> Why:
    """Say why the patron does what it was seen to do last, and which account all its acts speak for."""
    scenario, act, done = asked.scenario, asked.acts[-1], asked.acts[-1].done
    first = asked.stage(None, act)
    kept = without_twins(first.ways, first.payoff(), done)
    stages = {holder: asked.stage(holder, act, kept) for holder in asked.holders}
    every = wants_of(scenario, asked.patron)
    doubted = _doubted(asked, stages, every)
    goals = {holder: stages[holder].goals(every if holder == asked.beliefs else doubted) for holder in stages}
    whole = goals[asked.beliefs]
    some = {holder: one.some(doubted) for holder, one in goals.items()}
    under = tuple(_under(asked, holder, stages[holder], some[holder], done) for holder in stages)
    singles, suited = alone(whole, done, within=asked.margin), scaled(whole, done)
    believes = _believes(asked, stages[asked.beliefs], some[asked.beliefs], done)
    earlier = [_seen(asked, one, doubted) for one in asked.acts[:-1]]
    seen, usual = [*earlier, Seen(kept, done, _day(act), some)], made(scenario)
    likely = weigh(asked.accounts or usual, seen)
    held = weigh(usual, seen).holders if asked.accounts else likely.holders
    reasons = _reasons(asked, under, singles, believes)
    return Why(
        asked.patron, done, _day(act), kept, tuple(way for way in first.ways if way not in kept), asked.beliefs,
        under, singles, suited, believes, likely, held, reasons, any(one.within_reach for one in reasons),
    )  # fmt: skip


def written(scenario: Scenario, patron: str) -> tuple[Account, ...]:
    """Return the hypotheses about a patron that stand in the file.

    Raises:
        InputError: an option that the rule does not have.
    """
    own = {name: h for name, h in scenario.hypotheses.items() if (h.patron or scenario.focus) == patron}
    return tuple(
        Account(
            name, h.what, h.beliefs, Rule(h.rule, h.options),
            {f"patrons.{patron}.values.{weight}": np.array(value) for weight, value in h.goals.items()}, h.prior,
        )
        for name, h in own.items()
    )  # fmt: skip


def made(scenario: Scenario) -> tuple[Account, ...]:
    """Return hypotheses made of holders' beliefs and rules of choice, each as likely before."""
    return tuple(
        Account(
            f"{holder or 'analyst'}:{rule.metric}",
            f"{rule.motive}, as {Names.of(scenario).holder(holder)} sees things",
            holder,
            rule,
        )
        for holder in (None, *scenario.beliefs)
        for rule in LIKELY
    )


def _day(act: Act) -> str | None:
    return None if act.since is None else act.since.isoformat()


def _doubted(asked: Asked, stages: Mapping[str | None, Stage], every: Sequence[str]) -> tuple[str, ...]:
    """Return the weights that somebody doubts, or that a hypothesis sets."""
    named = {path for account in asked.accounts for path in account.goals}
    varies = {path for stage in stages.values() for path in every if np.ndim(stage.sample.values[path])}
    return tuple(path for path in every if path in varies | named)


def _seen(asked: Asked, act: Act, paths: Sequence[str]) -> Seen:
    goals = {holder: asked.stage(holder, act).goals(paths) for holder in asked.holders}
    return Seen(tuple(act.ways), act.done, _day(act), goals)


def _under(asked: Asked, holder: str | None, stage: Stage, goals: Goals, done: str) -> Under:
    found = nearest(goals, done, within=asked.margin)
    played, stakes = None, None
    if found is not None:
        shifts = {wish.path: partial(np.add, wish.wanted - wish.stated) for wish in found.wishes}
        again = stage.payoff(overrides=shifts) if shifts else goals.payoff
        played = -(_price(again, goals.ways, done).mean or 0.0)
        spread = goals.worth.std()
        stakes = float(again.mean(axis=1).std() / spread) if spread > 0 else None
    return Under(
        holder, {way: float(worth) for way, worth in zip(goals.ways, goals.worth, strict=True)},
        _price(goals.payoff, goals.ways, done), judged(goals.payoff, goals.ways, done), found, played, stakes,
        share_inside(goals, done, within=asked.margin),
    )  # fmt: skip


def _price(payoff: np.ndarray, ways: Sequence[str], done: str) -> Estimate:
    """Return what the best other way pays more than `done`, state by state."""
    own = ways.index(done)
    if len(ways) < 2:
        return estimate(np.zeros(payoff.shape[1]))
    worth = payoff.mean(axis=1)
    ahead = int(np.argmax(np.where(np.arange(len(ways)) == own, -np.inf, worth)))
    return estimate(payoff[ahead] - payoff[own])


def _believes(asked: Asked, stage: Stage, goals: Goals, done: str) -> Believes:
    """Search among beliefs on more states than the rest, and play what is found on the others' states."""
    wide = asked.stage(asked.beliefs, asked.acts[-1], goals.ways, wider=WIDER)
    world = [p for p in uncertain(places(wide.sample.scenario)) if not taste(p, asked.patron)]
    ensemble = Ensemble(
        inputs={path: wide.sample.values[path] for path in world}, payoff=wide.payoff(), strategies=goals.ways,
        scenario=wide.sample.scenario,
    )  # fmt: skip
    with one_thread():
        return believed(
            ensemble, done, evaluate=stage.evaluate, goals=goals, within=asked.margin,
            goals_at=lambda overrides: stage.goals(goals.paths, overrides=overrides),
            rng=np.random.default_rng(asked.seed),
        )  # fmt: skip


BEYOND = 3.0
"""Standard deviations from what is stated beyond which a move of goals is further fetched than a reason left out."""


def _reasons(
    asked: Asked, under: Sequence[Under], singles: Sequence[Alone], believes: Believes
) -> tuple[Reason, ...]:
    """Return the reasons that would do: within reach before others, then the nearest, then those of its own beliefs."""
    found = [*_as_chosen(asked, under), *_as_wanted(asked, under, singles)]
    if believes.smallest:
        flip = min(believes.smallest.values(), key=lambda flip: flip.distance)
        found.append(Reason("belief", flip.distance, True, paths=flip.paths, values=flip.values))
    least = min(under, key=lambda one: one.price.mean or 0.0)
    if (least.price.mean or 0.0) > 0:
        found.append(Reason("other", None, False, holder=least.holder, price=least.price.mean))
    own = (asked.beliefs, asked.patron)
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not one.within_reach, BEYOND if one.sds is None else one.sds, one.holder not in own, one.kind == "rule",
            ),
        )
    )  # fmt: skip


def _as_chosen(asked: Asked, under: Sequence[Under]) -> list[Reason]:
    """Return the beliefs and rules of choice under which what is done is best."""
    found = []
    for one in under:
        for verdict in (v for v in one.verdicts if v.best and v.motive):
            mean = verdict.rule == MEAN.metric
            kind = "as-stated" if mean and one.holder == asked.beliefs else "holder" if mean else "rule"
            near = 0.0 if kind == "as-stated" else None
            found.append(Reason(kind, near, True, verdict.title, one.holder))
    return found


def _as_wanted(asked: Asked, under: Sequence[Under], singles: Sequence[Alone]) -> list[Reason]:
    """Return the nearest weights that would do; where doubted ones never do, the one weight that would."""
    here = next(one for one in under if one.holder == asked.beliefs)
    if here.nearest is None:
        able = [one for one in singles if one.wanted is not None][:1]
        return [
            Reason("goal", one.sds, False, paths=(one.path,), values=(one.wanted or 0.0,)) for one in able
        ]
    wishes = here.nearest.wishes
    if not wishes:
        return []
    credible = all(wish.credible for wish in wishes)
    paths, values = tuple(wish.path for wish in wishes), tuple(wish.wanted for wish in wishes)
    return [Reason("goal", here.nearest.distance, credible, paths=paths, values=values)]
