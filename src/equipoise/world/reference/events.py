"""Step 1 of a week and step 3 in plain NumPy: what fires, what it does, and how backing moves.

The companion of `weeks.py`: the situation of n futures, the events that change it in place, the
decisions of strategies. Source: MODEL.md §2 steps 1 and 3, §3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from equipoise.world.calendar import with_odds
from equipoise.world.compile import Kind, Occurrence, World
from equipoise.world.conditions import ENTRIES as CONDITIONS
from equipoise.world.effects import ENTRIES as EFFECTS
from equipoise.world.effects import Operation, move_backing_to
from equipoise.world.kernel.rows import SO, UNSEEN
from equipoise.world.policies import PolicyRow, Profile

NEVER_FELL = NEVER_FIRED = -1


@dataclass
class Sight:
    """What was seen of falls and conditional events, and how likely that was.

    Attributes:
        seen: int8 [weeks, forces and then conditional events]: `rows.UNSEEN`, `NOT_SO` or `SO`.
        likely: [n, the same], the logarithm of the probability of what was seen, added up week by week.
    """

    seen: np.ndarray
    likely: np.ndarray


@dataclass(frozen=True)
class Calendar:
    """Weeks drawn before the run: of dated events and deals [drawn, n], of breaches [terms, n].

    What only the run can tell is left out of account: it decides in the week.
    """

    weeks: np.ndarray
    breaches: np.ndarray


@dataclass
class Margin:
    """How far the closest decision of each future lay from going the other way [n]."""

    least: np.ndarray

    def note(self, distance: np.ndarray, matters: np.ndarray) -> None:
        """Take the least distance over all but the first axis, of those that matter."""
        counted = np.where(matters, distance, np.inf)
        self.least = np.minimum(self.least, counted.reshape(len(self.least), -1).min(1, initial=np.inf))


@dataclass
class State:
    """The situation of n futures. Events change it in place; the week replaces its arrays.

    Attributes:
        control [n, G, F], power and power_at_start [n, F], alive [n, F] (S), standing [n, P, F], violence [n] (V):
            MODEL §1.
        backing, expected: B and B^e [n, P, F, C]. goal, step, left: where backing moves, by how much a week,
            for how many weeks more. follows: whether B^e = B.
        violence_mean [n], tie [n, F, F], hazard [n, F], receptivity [n, F], budget [n, P], weights [n, P, W]:
            what effects may change. push [n, weeks, G, F]: fitness of each week to come.
        region_weight [G]: omega. settled [n]: whether a settlement stands. effort [n, P, F], order [n]: x and the order
            of the week before.
        policy [n, P]: row of the policy each patron follows; stage [n, P]: which of its ways of engaging that is.
        fell [n, F], fired [n, happenings]: week, or -1.
    """

    control: np.ndarray
    power: np.ndarray
    power_at_start: np.ndarray
    alive: np.ndarray
    standing: np.ndarray
    backing: np.ndarray
    expected: np.ndarray
    goal: np.ndarray
    step: np.ndarray
    left: np.ndarray
    follows: np.ndarray
    violence: np.ndarray
    violence_mean: np.ndarray
    tie: np.ndarray
    hazard: np.ndarray
    receptivity: np.ndarray
    budget: np.ndarray
    weights: np.ndarray
    push: np.ndarray
    region_weight: np.ndarray
    settled: np.ndarray
    effort: np.ndarray
    order: np.ndarray
    policy: np.ndarray
    stage: np.ndarray
    fell: np.ndarray
    fired: np.ndarray
    margin: Margin = field(repr=False)

    @classmethod
    def start(cls, world: World, p: SimpleNamespace, profile: Profile) -> State:
        """Return the situation before any event of week 0."""
        n, forces, regions = len(p.fade), len(world.forces), len(world.regions)
        power = world.region_weight @ p.control
        return cls(
            control=p.control, power=power, power_at_start=power, alive=np.ones((n, forces)),
            standing=p.standing.copy(), violence=p.violence.copy(), violence_mean=p.violence_mean.copy(),
            backing=p.backing.copy(), expected=p.backing.copy(), goal=p.backing.copy(),
            step=np.zeros_like(p.backing), left=np.zeros(p.backing.shape, int),
            follows=np.zeros(p.backing.shape, bool), tie=p.tie.copy(),
            hazard=np.ones((n, forces)), receptivity=np.ones((n, forces)), budget=p.budget.copy(),
            weights=p.weights.copy(), push=np.zeros((n, world.weeks, regions, forces)),
            region_weight=world.region_weight, settled=np.zeros(n, bool),
            effort=np.zeros((n, len(world.patrons), forces)), order=np.zeros(n),
            policy=np.tile([stages[0].policy for stages in profile.stages], (n, 1)),
            stage=np.zeros((n, len(world.patrons)), int), fell=np.full((n, forces), NEVER_FELL),
            fired=np.full((n, len(world.happenings)), NEVER_FIRED),
            margin=Margin(np.full(n, np.inf)),
        )  # fmt: skip


def fire_events(
    world: World,
    s: State,
    p: SimpleNamespace,
    profile: Profile,
    calendar: Calendar,
    draws: np.ndarray,
    week: int,
    sight: Sight | None = None,
) -> None:
    """Fire what falls in this week, in order: dated events, deals, breaches, conditional events.

    Args:
        draws: the week's uniform for each conditional event [n, triggered].
        sight: what was seen is made to come so.
    """
    drawn = {item.name: n for n, item in enumerate(world.drawn)}
    kept = {name: k for k, name in enumerate(world.happenings)}
    operation = breach = triggered = factor = 0
    for occurrence in world.occurrences:
        if occurrence.kind is Kind.TRIGGERED:
            factors = p.factors[:, factor : factor + len(occurrence.odds)]
            known = UNSEEN if sight is None else sight.seen[week, len(world.forces) + triggered]
            if sight is not None and known != UNSEEN:
                likely = sight.likely[:, len(world.forces) + triggered]
                fires = _as_seen(
                    world, s, p, profile, occurrence, triggered, factors, week, known == SO, likely
                )
            else:
                fires = _conditional(world, s, p, profile, occurrence, triggered, factors, draws, week)
            triggered, factor = triggered + 1, factor + len(occurrence.odds)
        else:
            if occurrence.kind is Kind.BREACH:
                due = calendar.breaches[breach] == week
                breach += 1
            else:
                due = calendar.weeks[drawn[occurrence.name]] == week
            fires = due | occurrence.every_week
            fires &= conditions_hold(world, s, occurrence.tests, fires, week)
        if occurrence.name in kept:
            s.fired[fires, kept[occurrence.name]] = week
        here = np.flatnonzero(fires & (s.alive[:, list(occurrence.needs)] > 0).all(1))
        for op in occurrence.operations:
            EFFECTS[op.kind].plain(s, here, op, p.amounts[here, operation], week)
            operation += 1


def _as_seen(
    world: World, s: State, p: SimpleNamespace, profile: Profile, occurrence: Occurrence, index: int,
    factors: np.ndarray, week: int, so: bool, likely: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return where a conditional event fires that was seen to, or not to; add how likely that was."""
    pending = s.fired[:, index] == NEVER_FIRED
    if index in profile.turns:
        may, chance = pending & (profile.turns[index] == week), np.ones(len(pending))
    else:
        first, last = occurrence.window
        may, chance = pending & (first <= week <= last), _weekly_chance(s, p, occurrence, index, factors)
    may &= conditions_hold(world, s, occurrence.tests, may, week)
    with np.errstate(divide="ignore"):
        likely += np.where(may, np.log(chance if so else 1 - chance), -np.inf if so else 0.0)
    return may & so


def _weekly_chance(
    s: State, p: SimpleNamespace, occurrence: Occurrence, index: int, factors: np.ndarray
) -> np.ndarray:
    """Return a conditional event's chance this week [n], its odds changed by what has happened."""
    happened = [s.fired[:, k] != NEVER_FIRED for k, _ in occurrence.odds]
    factor = np.prod([np.where(h, f, 1.0) for h, f in zip(happened, factors.T, strict=True)], axis=0)
    return with_odds(p.weekly[:, index], factor) if happened else p.weekly[:, index]


def _conditional(
    world: World,
    s: State,
    p: SimpleNamespace,
    profile: Profile,
    occurrence: Occurrence,
    index: int,
    factors: np.ndarray,
    draws: np.ndarray,
    week: int,
) -> np.ndarray:
    """Return where a conditional event fires now: once, in its window, when it holds and its draw succeeds."""
    pending = s.fired[:, index] == NEVER_FIRED
    if index in profile.turns:
        pending &= profile.turns[index] == week
        return pending & conditions_hold(world, s, occurrence.tests, pending, week)
    first, last = occurrence.window
    pending &= first <= week <= last
    chance = _weekly_chance(s, p, occurrence, index, factors)
    succeeds = draws[:, index] < chance
    holds = conditions_hold(world, s, occurrence.tests, pending & succeeds, week)
    on_edge = np.abs(draws[:, index] - chance) < 2.0**-21
    s.margin.note(np.zeros(len(pending)), pending & holds & on_edge)
    return pending & succeeds & holds


def conditions_hold(
    world: World, s: State, rows: tuple[int, int], matters: np.ndarray, week: int
) -> np.ndarray:
    """Return where every condition of the table's rows holds [n], strictly."""
    least = np.full(len(matters), np.inf)
    for test in world.tests[slice(*rows)]:
        quantity = CONDITIONS[test["kind"]].plain(s, test, week)
        least = np.minimum(least, test["sign"] * (quantity - float(test["level"])))
    s.margin.note(np.abs(least), matters)
    return least > 0


def decide(s: State, n: np.ndarray, policy: PolicyRow) -> None:
    """Take the backing decisions of a policy in the futures `n`: announced, over its weeks."""
    for taken in policy.decisions:
        op = Operation(a=policy.patron, b=taken.force, c=taken.channel, span=taken.weeks, flag=True)
        move_backing_to(s, n, op, np.full(len(n), taken.target), 0)


def switch_policies(world: World, s: State, profile: Profile, week: int) -> None:
    """Let strategies go over to their `then`, for good, where what they wait for has come; several in one week."""
    for i, stages in enumerate(profile.stages):
        for k, stage in enumerate(stages[1:], 1):
            pending = s.stage[:, i] == k - 1
            holds = conditions_hold(world, s, stage.tests, pending, week)
            now = np.flatnonzero(pending & holds)
            s.stage[now, i] = k
            s.policy[now, i] = stage.policy
            decide(s, now, world.policies[stage.policy])


def move_backing(s: State) -> None:
    """Step 3: move backing by equal steps to its target; B^e follows B after what was not announced."""
    arrives = s.left == 1
    stepped = np.clip(s.backing + s.step, 0, 1)
    s.backing = np.where(arrives, s.goal, np.where(s.left > 1, stepped, s.backing))
    s.left = np.maximum(s.left - 1, 0)
    s.expected = np.where(s.follows, s.backing, s.expected)
