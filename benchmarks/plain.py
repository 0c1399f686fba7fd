"""The weekly model as a plain Python function of one future: loops over lists of numbers, no arrays.

What an analyst would hand to EMA Workbench. It reads the same world, states and random numbers as the
reference (`world/reference/`), against which it is tested future by future; the numbers come drawn, so its
time is that of the weeks alone. It reads what the cases it is timed on use, and refuses a world that uses
more (`unread`). Source: `docs/model.md` section 2, whose equation numbers are used here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from equipoise.world.calendar import breach_weeks, draw_calendar
from equipoise.world.compile import Kind, Occurrence, World
from equipoise.world.conditions import CONDITIONS
from equipoise.world.effects import EFFECTS, Operation
from equipoise.world.parameters import Parameters
from equipoise.world.policies import FOLLOWED, PolicyRow, Profile
from equipoise.world.reference.chance import chances, event_uniforms
from equipoise.world.weights import weight_names

TROOPS_AND_MONEY = range(2)


@dataclass(frozen=True)
class Drawn:
    """All that chance and ignorance decide in one future, as lists.

    Attributes:
        numbers: the state's parameters by the names of `Parameters`.
        nation, region, fall, weekly: [weeks] lists of normals and uniforms, as in `reference.chance.Chance`.
        due: by profile, the week of each occurrence that is dated, a deal or a breach, in firing order.
    """

    numbers: SimpleNamespace
    nation: list
    region: list
    fall: list
    weekly: list
    due: list[list[int]]


def unread(world: World) -> list[str]:
    """Return what a world uses that this program does not read."""
    fires = [occurrence for occurrence in world.occurrences if occurrence.kind is Kind.TRIGGERED]
    effects = {KINDS_OF_EFFECT[op.kind] for occurrence in world.occurrences for op in occurrence.operations}
    conditions = {KINDS_OF_CONDITION[test["kind"]] for test in world.tests}
    used = {
        "seasons": world.seasons.any(),
        "open events": bool(world.open),
        "ties that are looked at again": world.scenario.dynamics.realign is not None,
        "talks that go by power": any(talk.clout == "power" for talk in world.scenario.talks.values()),
        "windows of conditional events": any(one.window != (0, world.weeks - 1) for one in fires),
        "odds of conditional events": any(one.odds for one in fires),
    }
    return sorted(
        [name for name, there in used.items() if there]
        + [*(effects - ACTED)]
        + [*(conditions - set(WATCHED))]
    )


def draw(world: World, parameters: Parameters, futures: np.ndarray, *, seed: int, chance: int) -> list[Drawn]:
    """Draw everything for some futures, whose states start at 0.

    Raises:
        NotImplementedError: the world uses what this program does not read.
    """
    if missing := unread(world):
        raise NotImplementedError(f"the plain program does not read: {', '.join(missing)}")
    state, stream = futures // chance, futures % chance
    luck, uniforms = chances(world, seed, state, stream), event_uniforms(world, seed, state, stream)
    values = {path: value if value.ndim == 0 else value[state] for path, value in parameters.values.items()}
    deals = {name: deal[state] for name, deal in parameters.deals.items()}
    index = {item.name: k for k, item in enumerate(world.drawn)}
    order = [index[o.name] for o in world.occurrences if o.kind in (Kind.DATED, Kind.DEAL)]
    due = []
    for profile in world.profiles:
        dates = draw_calendar(
            world.drawn,
            values=values,
            deals=deals,
            uniforms=uniforms,
            decided=profile.decided,
        )
        due.append(
            np.concatenate(
                [dates.weeks[order], breach_weeks(world.deadlines, dates.weeks, world.weeks)]
            ).T.tolist()
        )
    return [
        Drawn(
            _numbers(world, parameters, k),
            *(part[n].tolist() for part in (luck.nation, luck.region, luck.fall, luck.weekly)),
            due=[mine[n] for mine in due],
        )
        for n, k in enumerate(state)
    ]


def _numbers(world: World, parameters: Parameters, state: int) -> SimpleNamespace:
    """Return a state's parameters, region weights and interests as lists of plain numbers."""
    lists = {name: array[state].tolist() for name, array in parameters.arrays.items()}
    return SimpleNamespace(
        **lists, region_weight=world.region_weight.tolist(), interest=world.interest.tolist()
    )


def payoffs(world: World, drawn: Drawn) -> list[float]:
    """Play one future under every profile; return the focus patron's payoffs (eq. 6)."""
    return [_year(world, drawn, n, profile) for n, profile in enumerate(world.profiles)]


def _year(world: World, drawn: Drawn, n: int, profile: Profile) -> float:
    p = drawn.numbers
    s = _start(world, p, profile)
    past = [s.power] * 5
    scores = []
    for week in range(world.weeks):
        _fire(world, s, p, drawn, n, week)
        if week == 0:
            for stages in profile.stages:
                _decide(s, world.policies[stages[0].policy])
        _switch(world, s, profile, week)
        _move_backing(s)
        scores.append(_week(world, p, s, past, drawn, week))
        past = [*past[1:], s.power]
    terminal = p.terminal[world.focus]
    return (1 - terminal) * sum(scores) / world.weeks + terminal * scores[-1]


def _start(world: World, p: SimpleNamespace, profile: Profile) -> SimpleNamespace:
    forces, regions = len(world.forces), len(world.regions)
    names = weight_names(world.forces, world.regions, world.patrons)
    weights = [dict(zip(names, row, strict=True)) for row in p.weights]
    s = SimpleNamespace(
        control=p.control, alive=[1] * forces, standing=[list(row) for row in p.standing],
        violence=p.violence, violence_mean=p.violence_mean, tie=[list(row) for row in p.tie],
        hazard=[1.0] * forces, receptivity=list(p.receptivity), budget=list(p.budget), weights=weights,
        settled=False, policy=[stages[0].policy for stages in profile.stages], stage=[0] * len(world.patrons),
        fired=[-1] * len(world.happenings), moves={}, fixed=set(),
        backing={
            (i, j, c): p.backing[i][j][c]
            for i in range(len(world.patrons)) for j in range(forces) for c in TROOPS_AND_MONEY
        },
        push=[[[0.0] * forces for _ in range(regions)] for _ in range(world.weeks)],
    )  # fmt: skip
    s.expected = dict(s.backing)
    s.power = s.power_at_start = _power(p, s.control)
    return s


def _power(p: SimpleNamespace, control: list) -> list[float]:
    return [
        sum(w * row[j] for w, row in zip(p.region_weight, control, strict=True))
        for j in range(len(control[0]))
    ]


# Step 1: events


def _fire(world: World, s: SimpleNamespace, p: SimpleNamespace, drawn: Drawn, n: int, week: int) -> None:
    first = triggered = 0
    kept = {name: k for k, name in enumerate(world.happenings)}
    for place, occurrence in enumerate(world.occurrences):
        if occurrence.kind is Kind.TRIGGERED:
            fires = _triggers(world, s, p, occurrence, triggered, drawn.weekly[week], week)
            triggered += 1
        else:
            fires = drawn.due[n][place] == week
        if fires and occurrence.name in kept:
            s.fired[kept[occurrence.name]] = week
        if fires and all(s.alive[j] for j in occurrence.needs):
            for k, op in enumerate(occurrence.operations, first):
                _act(s, op, p.amounts[k], week)
        first += len(occurrence.operations)


def _triggers(
    world: World,
    s: SimpleNamespace,
    p: SimpleNamespace,
    occurrence: Occurrence,
    n: int,
    draws: list,
    week: int,
) -> bool:
    if s.fired[n] >= 0 or draws[n] >= p.weekly[n]:
        return False
    return _holds(world, s, occurrence.tests, week)


def _holds(world: World, s: SimpleNamespace, rows: tuple[int, int], week: int) -> bool:
    for test in world.tests[slice(*rows)]:
        seen = WATCHED[KINDS_OF_CONDITION[test["kind"]]](s, test["a"], test["b"], week)
        if not test["sign"] * (seen - float(test["level"])) > 0:
            return False
    return True


KINDS_OF_CONDITION, KINDS_OF_EFFECT = tuple(CONDITIONS), tuple(EFFECTS)
WATCHED = {
    "power": lambda s, a, b, week: s.power[a],
    "control": lambda s, a, b, week: s.control[a][b],
    "standing": lambda s, a, b, week: s.standing[a][b],
    "violence": lambda s, a, b, week: s.violence,
    "happened": lambda s, a, b, week: week - s.fired[a] if s.fired[a] >= 0 else -1,
    "collapsed": lambda s, a, b, week: s.alive[a],
}
"""The conditions that this program knows."""
ACTED = {
    "standing",
    "backing",
    "expect",
    "push",
    "violence",
    "tie",
    "hazard",
    "receptivity",
    "budget",
    "values",
    "settlement",
}
"""The effects that this program knows."""


def _act(s: SimpleNamespace, op: Operation, value: float, week: int) -> None:
    """Let an operation act."""
    kind, a, b = KINDS_OF_EFFECT[op.kind], op.a, op.b
    if kind == "standing":
        s.standing[a][b] = s.alive[b] * _clip(s.standing[a][b] + value)
    elif kind == "backing":
        _move(s, (a, b, op.c), value, op.span, op.flag)
    elif kind == "expect":
        s.expected[a, b, op.c] = value
        s.fixed.add((a, b, op.c))
    elif kind == "push":
        for later in s.push[week : week + op.span]:
            later[b][a] += value
    elif kind == "violence":
        s.violence = max(0.0, value if op.flag else s.violence + value)
        s.violence_mean = s.violence if op.flag else s.violence_mean
    elif kind == "tie":
        s.tie[a][b] = s.tie[b][a] = min(1.0, max(-1.0, value + (0 if op.flag else s.tie[a][b])))
    elif kind in ("hazard", "receptivity", "budget"):
        getattr(s, kind)[a] *= value
    elif kind == "values":
        row = s.weights[a]
        row[list(row)[b]] = value
    elif kind == "settlement":
        s.settled = op.flag


# Steps 2 and 3: policy and backing


def _decide(s: SimpleNamespace, policy: PolicyRow) -> None:
    for taken in policy.decisions:
        _move(s, (policy.patron, taken.force, taken.channel), taken.target, taken.weeks, True)


def _switch(world: World, s: SimpleNamespace, profile: Profile, week: int) -> None:
    for i, stages in enumerate(profile.stages):
        while s.stage[i] + 1 < len(stages) and _holds(world, s, stages[s.stage[i] + 1].tests, week):
            s.stage[i] += 1
            s.policy[i] = stages[s.stage[i]].policy
            _decide(s, world.policies[s.policy[i]])


def _move(s: SimpleNamespace, at: tuple[int, int, int], target: float, span: int, announced: bool) -> None:
    s.moves[at] = ((target - s.backing[at]) / span, span, target)
    s.expected[at] = target if announced else s.backing[at]
    s.fixed.add(at) if announced else s.fixed.discard(at)


def _move_backing(s: SimpleNamespace) -> None:
    for at, (step, left, target) in list(s.moves.items()):
        s.backing[at] = target if left == 1 else _clip(s.backing[at] + step)
        if left == 1:
            del s.moves[at]
        else:
            s.moves[at] = step, left - 1, target
        if at not in s.fixed:
            s.expected[at] = s.backing[at]


def _clip(x: float) -> float:
    return min(1.0, max(0.0, x))


def _engagement(world: World, s: SimpleNamespace, p: SimpleNamespace, i: int) -> list[float]:
    """x_ij of eq. 1."""
    row, base = world.policies[s.policy[i]], p.base[s.policy[i]]
    exponents = dict(zip(FOLLOWED, row.follow, strict=True))
    u = [
        alive * b * _raised(power, exponents["follow-power"]) * _raised(r, exponents["follow-standing"])
        for alive, b, power, r in zip(s.alive, base, s.power, s.standing[i], strict=True)
    ]
    total, fair = sum(u), row.floor / max(1, sum(s.alive))
    share = (1 - row.floor) / total if total > 0 else 0.0
    return [s.budget[i] * alive * (fair + share * part) for alive, part in zip(s.alive, u, strict=True)]


def _raised(quantity: float, exponent: float) -> float:
    return (max(quantity, 1e-6) if exponent < 0 else quantity) ** exponent


# Steps 4 to 9


def _week(world: World, p: SimpleNamespace, s: SimpleNamespace, past: list, drawn: Drawn, week: int) -> float:
    """Play steps 2 and 4 to 9; return u (eq. 6)."""
    forces = range(len(world.forces))
    x = [_engagement(world, s, p, i) for i in range(len(world.patrons))]
    backing, expected = (
        {at: s.alive[at[1]] * b for at, b in part.items()} for part in (s.backing, s.expected)
    )
    grown = _grown(world, p, s, x, backing, drawn, week)
    power = _power(p, grown)
    hazards = [_hazard(p, s, j, power, past[0], backing, expected) for j in forces]
    fell = {j for j in forces if s.alive[j] and drawn.fall[week][j] < -math.expm1(-hazards[j])}
    stays = [s.alive[j] * (j not in fell) for j in forces]
    control = [_inherited(p, s, stays, row, fell) for row in grown] if fell else grown
    s.standing = _standing(world, p, s, x, stays, backing, expected)
    contested = sum(
        w * (1 - sum(c * c for c in row)) for w, row in zip(p.region_weight, control, strict=True)
    )
    drawn_to = s.violence_mean * (1 + p.contest * contested)
    s.violence = max(0.0, s.violence + p.revert * (drawn_to - s.violence) + p.after_fall * len(fell))
    s.control, s.alive, s.power = control, stays, _power(p, control)
    s.settled = s.settled and not fell
    return _score(world, p, s, x[world.focus], backing)


def _grown(
    world: World, p: SimpleNamespace, s: SimpleNamespace, x: list, backing: dict, drawn: Drawn, week: int
) -> list:
    """C(t+1) of eq. 2-3, before any fall."""
    forces = range(len(world.forces))
    engaged = [sum(row[j] for row in x) for j in forces]
    alike = [
        p.momentum[j]
        + p.bandwagon[j] * (s.power[j] - s.power_at_start[j])
        + p.legitimacy[j] * engaged[j]
        + p.national[j] * drawn.nation[week][j]
        for j in forces
    ]
    for (i, j, c), level in backing.items():
        alike[j] += p.effect[j][c] * (level - p.backing[i][j][c])
    if world.incumbent >= 0:
        alike[world.incumbent] -= sum(p.undermine[k] * engaged[k] for k in forces if k != world.incumbent)
    out = []
    for g, row in enumerate(s.control):
        fitness = [
            alike[j] + p.home[g][j] + s.push[week][g][j] + p.regional[j] * drawn.region[week][g][j]
            + s.violence * p.hostility * sum(s.tie[j][k] * row[k] for k in forces)
            for j in forces
        ]  # fmt: skip
        top = max(
            (f for f, c, alive in zip(fitness, row, s.alive, strict=True) if alive and c > 0), default=0.0
        )
        grown = [
            alive * c * math.exp(f - top) if alive and c > 0 else 0.0
            for f, c, alive in zip(fitness, row, s.alive, strict=True)
        ]
        total = sum(grown)
        out.append([c / total if total > 0 else 0.0 for c in grown])
    return out


def _hazard(
    p, s: SimpleNamespace, j: int, power: list, earlier: list, backing: dict, expected: dict
) -> float:
    """λ_j of eq. 4."""
    if p.rate[j] == 0:
        return 0.0
    shield = gap = 0.0
    for (i, k, c), level in backing.items():
        if k == j:
            shield += p.shield[j][c] * (level - p.backing[i][j][c])
            gap += level
    gap -= sum(level for (_, k, _), level in expected.items() if k == j)
    pressure = p.panic[j] * max(0.0, gap) + p.slide[j] * max(0.0, earlier[j] - power[j]) - shield
    weakness = (p.threshold[j] / max(power[j], 1e-6)) ** p.steepness[j]
    return min(5.0, p.rate[j] * weakness * math.exp(min(pressure, 690.0)) * s.hazard[j])


def _inherited(
    p: SimpleNamespace, s: SimpleNamespace, stays: list[int], row: list[float], fell: set[int]
) -> list[float]:
    """One region's control once what the fallen held there has gone to those still in the field."""
    out = [stays[k] * row[k] for k in range(len(row))]
    heirs = list(out)
    for j in fell:
        claims = [c * (1 + s.tie[j][k]) ** p.inherit if c > 0 else 0.0 for k, c in enumerate(heirs)]
        claims = claims if sum(claims) > 0 else heirs
        if sum(claims) > 0:
            out = [c + row[j] * claim / sum(claims) for c, claim in zip(out, claims, strict=True)]
    return out


def _standing(
    world: World, p, s: SimpleNamespace, x: list, stays: list[int], backing: dict, expected: dict
) -> list:
    """R(t+1) of eq. 5, with ρ of step 6."""
    forces = range(len(world.forces))
    now, start = [0.0] * len(stays), [0.0] * len(stays)
    own: dict[tuple[int, int], float] = {}
    before: dict[tuple[int, int], float] = {}
    for (i, j, c), level in expected.items():
        now[j] += level
        start[j] += p.backing[i][j][c]
        own[i, j] = own.get((i, j), 0.0) + level
        before[i, j] = before.get((i, j), 0.0) + p.backing[i][j][c]
    loss = [max(0.0, 1 - now[j] / start[j]) if start[j] > 0 else 0.0 for j in forces]
    out = []
    for i, old in enumerate(s.standing):
        row = []
        for j in forces:
            mine, r, room = x[i][j], old[j], 1 - old[j]
            rivals = sum(max(0.0, -s.tie[j][k]) * x[i][k] for k in forces)
            friends = sum(max(0.0, s.tie[j][k]) * x[i][k] for k in forces)
            slighted = mine > 0 and any(s.tie[j][k] < 0 and x[i][k] - mine >= -1e-6 for k in forces)
            rho = s.receptivity[j] * (1 + p.shopping[j] * loss[j] if own[i, j] >= before[i, j] else 1)
            r += (p.gain[i][j] * rho * mine + p.warmth * friends) * room - p.fade * r
            resented = (p.alienation[j] + p.duplicity[j] * mine) * rivals + (p.parity[j] if slighted else 0.0)
            r -= p.resented[i][j] * resented
            row.append(stays[j] * _clip(r))
        out.append(row)
    return out


def _score(world: World, p: SimpleNamespace, s: SimpleNamespace, x: list[float], backing: dict) -> float:
    """u of the focus patron (eq. 6)."""
    w = s.weights[world.focus]
    held = [
        [sum(near * row[j] for near, row in zip(interest, s.control, strict=True)) for j in range(len(x))]
        for interest in p.interest
    ]
    reach = [sum(c * r for c, r in zip(*pair, strict=True)) for pair in zip(held, s.standing, strict=True)]
    u = w["influence"] * reach[world.focus] - sum(
        w[f"rivals.{k}"] * reach[n] for n, k in enumerate(world.patrons)
    )
    u += sum(w[f"power.{j}"] * s.power[n] for n, j in enumerate(world.forces))
    u += sum(
        w[f"control.{j}.{g}"] * s.control[m][n]
        for m, g in enumerate(world.regions)
        for n, j in enumerate(world.forces)
    )
    u += w[f"order.{_order(world, s)}"] + w["violence"] * s.violence * w["exposure"] - w["cost"] * sum(x)
    for c in TROOPS_AND_MONEY:
        given = sum(backing[world.focus, j, c] for j in range(len(x)))
        u -= w[("backing-cost.troops", "backing-cost.money")[c]] * given
    return u


def _order(world: World, s: SimpleNamespace) -> str:
    if s.settled:
        return "settlement"
    for j, name in enumerate(world.forces):
        if j != world.incumbent and s.power[j] >= world.majority:
            return f"takeover.{name}"
    return "holds" if (s.alive[world.incumbent] if world.incumbent >= 0 else any(s.alive)) else "chaos"
