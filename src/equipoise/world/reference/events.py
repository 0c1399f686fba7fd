"""Step 1 of a week and step 3 in plain NumPy: what fires, what it does, and how backing moves.

The companion of `reference.py`: the situation of n futures, the events that change it in place, the
decisions of strategies. Source: MODEL.md §2 steps 1 and 3, §3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from equipoise.world.compile import Happening, Kind, PolicyRow, Profile, World
from equipoise.world.conditions import Watch
from equipoise.world.effects import Act, Op

NEVER_FELL = NEVER_FIRED = -1


@dataclass(frozen=True)
class Calendar:
    """Weeks drawn before the run: of dated events and deals [drawn, n], of breaches [terms, n]."""

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
        control [n, G, F], power [n, F], alive [n, F] (S), standing [n, P, F], violence [n] (V): MODEL §1.
        backing, expected: B and B^e [n, P, F, C]. goal, step, left: where backing moves, by how much a week,
            for how many weeks more. follows: whether B^e = B.
        violence_mean [n], tie [n, F, F], hazard [n, F], receptivity [n, F], budget [n, P], weights [n, P, W]:
            what effects may change. push [n, weeks, G, F]: fitness of each week to come.
        settled [n]: whether a settlement stands. policy [n, P]: row of the policy each patron follows.
        fell [n, F], fired [n, triggered]: week, or -1.
    """

    control: np.ndarray
    power: np.ndarray
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
    settled: np.ndarray
    policy: np.ndarray
    switched: np.ndarray
    fell: np.ndarray
    fired: np.ndarray
    margin: Margin = field(repr=False)

    @classmethod
    def start(cls, world: World, p, profile: Profile) -> State:
        """Return the situation before any event of week 0."""
        n, forces, regions = len(p.fade), len(world.forces), len(world.regions)
        triggered = sum(h.kind is Kind.TRIGGERED for h in world.happenings)
        return cls(
            control=p.control, power=world.region_weight @ p.control, alive=np.ones((n, forces)),
            standing=p.standing.copy(), violence=p.violence.copy(), violence_mean=p.violence_mean.copy(),
            backing=p.backing.copy(), expected=p.backing.copy(), goal=p.backing.copy(),
            step=np.zeros_like(p.backing), left=np.zeros(p.backing.shape, int),
            follows=np.zeros(p.backing.shape, bool), tie=p.tie.copy(),
            hazard=np.ones((n, forces)), receptivity=np.ones((n, forces)), budget=p.budget.copy(),
            weights=p.weights.copy(), push=np.zeros((n, world.weeks, regions, forces)),
            settled=np.zeros(n, bool), policy=np.tile(profile.policy, (n, 1)),
            switched=np.zeros((n, len(world.patrons)), bool),
            fell=np.full((n, forces), NEVER_FELL), fired=np.full((n, triggered), NEVER_FIRED),
            margin=Margin(np.full(n, np.inf)),
        )  # fmt: skip


def fire_events(world: World, s: State, p, calendar: Calendar, draws: np.ndarray, week: int) -> None:
    """Fire what falls in this week, in order: dated events, deals, breaches, what the state triggers.

    Args:
        draws: the week's uniform for each state-triggered event [n, triggered].
    """
    drawn = {item.name: n for n, item in enumerate(world.drawn)}
    operation = breach = triggered = 0
    for happening in world.happenings:
        if happening.kind is Kind.BREACH:
            fires = calendar.breaches[breach] == week
            breach += 1
        elif happening.kind is Kind.TRIGGERED:
            fires = _triggered(world, s, p, happening, triggered, draws)
            s.fired[fires, triggered] = week
            triggered += 1
        else:
            fires = calendar.weeks[drawn[happening.name]] == week
        acts = np.flatnonzero(fires & (s.alive[:, list(happening.needs)] > 0).all(1))
        for op in happening.operations:
            ACTS[op.act](s, acts, op, p.acts[acts, operation], week)
            operation += 1


def _triggered(world: World, s: State, p, happening: Happening, index: int, draws: np.ndarray) -> np.ndarray:
    """Return where a state-triggered event fires now: once, when it holds and its draw succeeds."""
    pending = s.fired[:, index] == NEVER_FIRED
    succeeds = draws[:, index] < p.weekly[:, index]
    holds = conditions_hold(world, s, happening.conditions, pending & succeeds)
    on_edge = np.abs(draws[:, index] - p.weekly[:, index]) < 2.0**-23
    s.margin.note(np.zeros(len(pending)), pending & holds & on_edge)
    return pending & succeeds & holds


def conditions_hold(world: World, s: State, rows: tuple[int, int], matters: np.ndarray) -> np.ndarray:
    """Return where every condition of the table's rows holds [n], strictly."""
    table = world.conditions
    excess = [
        table.sign[row]
        * (_watched(s, table.watch[row], table.first[row], table.second[row]) - float(table.level[row]))
        for row in range(*rows)
    ]
    least = np.min(excess, axis=0)
    s.margin.note(np.abs(least), matters)
    return least > 0


def _watched(s: State, watch: int, first: int, second: int) -> np.ndarray:
    match Watch(watch):
        case Watch.POWER:
            return s.power[:, first]
        case Watch.CONTROL:
            return s.control[:, first, second]
        case Watch.STANDING:
            return s.standing[:, first, second]
        case Watch.VIOLENCE:
            return s.violence
        case Watch.COLLAPSED:
            return 1 - s.alive[:, first]


# What each kind of effect does, in the futures `n` (indices) with the numbers `value` (one for each).


def _standing(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.standing[n, op.a, op.b] = s.alive[n, op.b] * np.clip(s.standing[n, op.a, op.b] + value, 0, 1)


def _backing(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    at = (n, op.a, op.b, op.c)
    s.goal[at], s.left[at] = value, op.span
    s.step[at] = (value - s.backing[at]) / op.span
    s.follows[at] = not op.announced
    s.expected[at] = value if op.announced else s.backing[at]


def _expect(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    at = (n, op.a, op.b, op.c)
    s.expected[at], s.follows[at] = value, False


def _push(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.push[n, week : week + op.span, op.b, op.a] += value[:, None]


def _violence_add(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.violence[n] = np.maximum(0, s.violence[n] + value)


def _violence_set(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.violence[n] = s.violence_mean[n] = np.maximum(0, value)


def _tie_add(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    _tie_set(s, n, op, s.tie[n, op.a, op.b] + value, week)


def _tie_set(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.tie[n, op.a, op.b] = s.tie[n, op.b, op.a] = np.clip(value, -1, 1)


def _hazard(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.hazard[n, op.a] *= value


def _receptivity(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.receptivity[n, op.a] *= value


def _budget(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.budget[n, op.a] *= value


def _value(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.weights[n, op.a, op.b] = value


def _settlement(s: State, n: np.ndarray, op: Op, value: np.ndarray, week: int) -> None:
    s.settled[n] = True


ACTS: dict[Act, Callable[[State, np.ndarray, Op, np.ndarray, int], None]] = {
    Act.STANDING: _standing,
    Act.BACKING: _backing,
    Act.EXPECT: _expect,
    Act.PUSH: _push,
    Act.VIOLENCE_ADD: _violence_add,
    Act.VIOLENCE_SET: _violence_set,
    Act.TIE_ADD: _tie_add,
    Act.TIE_SET: _tie_set,
    Act.HAZARD: _hazard,
    Act.RECEPTIVITY: _receptivity,
    Act.BUDGET: _budget,
    Act.VALUE: _value,
    Act.SETTLEMENT: _settlement,
}
"""What every kind of operation does."""


def decide(s: State, n: np.ndarray, policy: PolicyRow) -> None:
    """Take the backing decisions of a policy in the futures `n`: announced, over its weeks."""
    for force, channel, target, span in policy.decisions:
        op = Op(Act.BACKING, a=policy.patron, b=force, c=channel, span=span, announced=True)
        _backing(s, n, op, np.full(len(n), target), 0)


def switch_policies(world: World, s: State, profile: Profile, calendar: Calendar, week: int) -> None:
    """Let strategies go over to their `then`, for good, where what they wait for has come."""
    names = [h.name for h in world.happenings if h.kind is Kind.TRIGGERED]
    for i, switch in enumerate(profile.switch):
        if switch is None:
            continue
        pending = ~s.switched[:, i]
        if switch.drawn >= 0:
            due = calendar.weeks[switch.drawn] <= week
        elif switch.triggered >= 0:
            due = s.fired[:, names.index(world.happenings[switch.triggered].name)] != NEVER_FIRED
        else:
            due = conditions_hold(world, s, switch.conditions, pending)
        now = np.flatnonzero(pending & due)
        s.switched[now, i] = True
        s.policy[now, i] = switch.policy
        decide(s, now, world.policies[switch.policy])


def move_backing(s: State) -> None:
    """Step 3: move backing by equal steps to its target; B^e follows B after what was not announced."""
    arrives = s.left == 1
    stepped = np.clip(s.backing + s.step, 0, 1)
    s.backing = np.where(arrives, s.goal, np.where(s.left > 1, stepped, s.backing))
    s.left = np.maximum(s.left - 1, 0)
    s.expected = np.where(s.follows, s.backing, s.expected)
