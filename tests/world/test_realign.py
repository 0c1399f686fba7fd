"""Forces that look again at their ties: the two accounts against the alignment room, by hand, and H22.

H22 (Christia 2012, with Seymour 2014 as the rival account): after a strength shock the least winning coalition
changes and ties follow; affinity alone changes nothing. Under patronage the shock changes nothing and a change of
shared patrons does.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from playing import run
from random_scenarios import random_scenario
from test_reference_kernel import EDGE, compared, games, off
from tiny import START, tiny

from equipoise.alignment.coalitions import Contenders, choices, patronage_scores
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.kernel import realignment as realigning
from equipoise.world.kernel import rows
from equipoise.world.kernel.lanes import LANES
from equipoise.world.kernel.rows import STATE_AXES
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Memory, Player
from equipoise.world.reference.realignment import ends_of_patronage, ends_of_power

NAMES = ("a", "b", "c", "d", "e", "f")
DRAWS = 40


def ties_after(data: dict[str, Any], *, states: int = 1, chance: int = 1) -> np.ndarray:
    """Return the ties at the end of a run under its first strategy [futures, F, F], at most a block of futures."""
    world = compile_world(load(data).scenario)
    player = Player(world, seed=3)
    memory, count = Memory(player, keep=False), states * chance
    prepared = player.prepare(parameters_of(world, 0, states, seed=5))
    player.play(prepared, np.arange(count), chance=chance, first_state=0, memory=memory)
    first, forces = player.layout.state[list(STATE_AXES).index("tie")], len(world.forces)
    return memory.space.states[0, first : first + forces**2, :count].T.reshape(count, forces, forces)


def state_rows(memory: np.ndarray, **first: int) -> rows.StateRows:
    """Return a profile's state with these first rows, all others 0."""
    return rows.StateRows(rows=memory, **(dict.fromkeys(STATE_AXES, 0) | first))


def contenders(power, tie, support=None, patron_tie=None) -> Contenders:
    draws, forces = power.shape
    support = np.zeros((draws, 1, forces)) if support is None else support
    patron_tie = np.zeros((draws, 1, 1)) if patron_tie is None else patron_tie
    return Contenders(NAMES[:forces], power, tie, support, patron_tie)


def told_apart(power: np.ndarray) -> bool:
    """Return whether any two coalitions differ in power, and from half, by more than counts as equal."""
    totals = [
        power[list(group)].sum()
        for n in range(len(power) + 1)
        for group in itertools.combinations(range(len(power)), n)
    ]
    return np.diff(np.sort([*totals, 0.5])).min() > 2 * realigning.SLACK


def symmetric(values: np.ndarray) -> np.ndarray:
    """Return [n, k, k] matrices made symmetric, with a diagonal of 0."""
    upper = np.triu(values, 1)
    return upper + np.swapaxes(upper, 1, 2)


# Against the alignment room


@pytest.mark.parametrize("forces", range(1, 7))
@pytest.mark.parametrize("coarse", [False, True], ids=["all apart", "many equal"])
def test_both_engines_want_the_coalition_that_the_alignment_room_says(forces: int, coarse: bool) -> None:
    rng = np.random.default_rng([forces, coarse])
    power = rng.dirichlet(np.ones(forces), LANES)
    tie = symmetric(rng.uniform(-1, 1, (LANES, forces, forces)))
    if coarse:
        power = rng.integers(0, 4, (LANES, forces)) / 8 + np.eye(forces)[0] / 8
        tie = np.round(2 * tie) / 2
    wanted = choices(contenders(power, tie), account="power")
    s = np.zeros((forces * (forces + 2), LANES), np.float32)
    named = state_rows(s, alive=0, power=forces, tie=2 * forces)
    s[:forces], s[forces : 2 * forces] = 1, power.T
    s[2 * forces :] = tie.reshape(LANES, -1).T
    shares = np.zeros(2**forces)
    lanes = [lane for lane in range(LANES) if coarse or told_apart(power[lane])]
    assert len(lanes) > 0.9 * LANES
    for lane, j in itertools.product(lanes, range(forces)):
        members = {NAMES.index(name) for name in wanted[lane][NAMES[j]].members}
        found = realigning.coalition(j, lane, named, forces, shares)
        assert {k for k in range(forces) if found >> k & 1} == members
        others = [k for k in range(forces) if k != j]
        ends, _ = ends_of_power(j, others, power[lane], tie[lane])
        assert ends == [1.0 if k in members else -1.0 for k in others]


def test_who_has_fallen_is_in_no_coalition() -> None:
    s = np.zeros((15, LANES), np.float32)
    named = state_rows(s, alive=0, power=3, tie=6)
    s[:3, 0], s[3:6, 0] = (1, 0, 1), (0.5, 0, 0.5)
    assert realigning.coalition(0, 0, named, 3, np.zeros(8)) == 0b101
    s[3:6, 0] = 0
    assert realigning.coalition(0, 0, named, 3, np.zeros(8)) == 0  # nobody has power: nothing moves


def test_both_engines_score_shared_patrons_as_the_alignment_room_does() -> None:
    rng = np.random.default_rng(8)
    draws, forces, patrons = 64, 4, 3
    tie, patron_tie = (
        symmetric(rng.uniform(-1, 1, (draws, forces, forces))),
        symmetric(rng.uniform(-1, 1, (draws, 3, 3))),
    )
    support = rng.uniform(0, 2, (draws, patrons, forces)) * (rng.random((draws, patrons, forces)) < 0.5)
    expected = patronage_scores(contenders(rng.dirichlet(np.ones(forces), draws), tie, support, patron_tie))
    first = dict.fromkeys(rows.PARAMETER_AXES, 0)
    for n in range(draws):
        p = np.repeat(patron_tie[n].reshape(-1, 1), LANES, axis=1).astype(np.float32)
        named = rows.ParameterRows(rows=p, live=p[:, 0] != 0, **first)
        for j, k in itertools.permutations(range(forces), 2):
            kernel = realigning.patronage_score(j, k, 0, named, patrons, support[n]) - max(0, -tie[n, j, k])
            assert kernel == pytest.approx(expected[n, j, k], abs=1e-6)
            ends, _ = ends_of_patronage(j, [k], support[n], tie[n], patron_tie[n])
            assert ends == [np.sign(expected[n, j, k])]


@pytest.mark.parametrize("account", ["power", "patronage"])
def test_kernel_is_the_reference_where_forces_look_again(account: str) -> None:
    moved = []
    for seed in range(30, 33):
        plain = random_scenario(seed)
        plain["dynamics"].pop("realign", None)
        data = random_scenario(seed)
        data["dynamics"] |= {
            "realign": account,
            "realign-rate": [2, 30],
            "realign-step": [0.1, 0.9],
            "hostility": 0.2,
        }
        kernel, reference = compared(data, states=12, chance=4, seed=seed, profiles=games(data))
        assert off(kernel, reference) == {}
        assert (reference.margin <= EDGE).mean() < 0.02
        without = run(plain, "kernel", states=12, chance=4, seed=seed, profiles=games(data))
        moved.append(np.nanmax(np.abs(without.traces - kernel.traces)))
    assert min(moved) > 0.01, "negative control: looking again must show"


# By hand


def test_two_forces_pull_their_tie_both_ways() -> None:
    """a wins alone and moves away, b can only win with a and moves closer: 0 → -1/2 → 1/4 → -3/8 → 5/16."""
    data = tiny(
        forces={"a": {"control": {"land": 0.6}}, "b": {"control": {"land": 0.4}}},
        dynamics={"realign": "power", "realign-rate": 1e6, "realign-step": 0.5},
        calendar={"start": START, "weeks": 2},
    )
    assert ties_after(data)[0].tolist() == [[0, 0.3125], [0.3125, 0]]


def test_looks_come_at_the_yearly_rate() -> None:
    """Both want each other at half and half; the tie is still 0 where neither looked in 26 weeks: e^(-2·rate/2)."""
    data = tiny(dynamics={"realign": "power", "realign-rate": 1.2}, calendar={"start": START, "weeks": 26})
    untouched = (ties_after(data, chance=LANES)[:, 0, 1] == 0).mean()
    expected = np.exp(-1.2)
    assert abs(untouched - expected) < 3 * np.sqrt(expected * (1 - expected) / LANES)


def test_each_look_moves_a_step_of_the_way() -> None:
    data = tiny(
        dynamics={"realign": "power", "realign-rate": 3, "realign-step": 0.25},
        calendar={"start": START, "weeks": 8},
    )
    looks = np.log(1 - ties_after(data, chance=LANES)[:, 0, 1]) / np.log(0.75)
    assert np.abs(looks - np.round(looks)).max() < 1e-4
    assert looks.max() > 1.5


def test_patrons_draw_together_and_apart() -> None:
    """a and b share p, c belongs to its rival q: a-b up, a-c and b-c down; nobody's friend d stays."""
    data = tiny(
        forces={j: {"control": {"land": 0.25}} for j in "abcd"},
        patrons={"p": {"standing": {"a": 0.5, "b": 0.5}}, "q": {"standing": {"c": 0.5}}},
        ties=[{"between": ["p", "q"], "sign": -1}],
        dynamics={"realign": "patronage", "realign-rate": 1e6, "realign-step": 1},
        calendar={"start": START, "weeks": 1},
    )
    assert ties_after(data)[0].tolist() == [[0, 1, -1, 0], [1, 0, -1, 0], [-1, -1, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("seed", range(3))
def test_off_and_never_looking_are_the_same_to_the_last_bit(seed: int) -> None:
    data, never = random_scenario(seed), random_scenario(seed)
    for each in (data, never):
        each["dynamics"].pop("realign", None)
    never["dynamics"] |= {"realign": "power", "realign-rate": 0}
    one, other = (run(each, "kernel", states=8, chance=4) for each in (data, never))
    assert np.array_equal(one.outcomes, other.outcomes, equal_nan=True)
    assert np.array_equal(one.traces, other.traces)


# H22


def situation(seed: int) -> dict[str, Any]:
    """Return a still situation of four forces and three patrons drawn at random; a look a week, ties go all the way."""
    rng = np.random.default_rng([22, seed])
    power = rng.dirichlet(np.full(4, 2.0))
    return tiny(
        forces={j: {"control": {"land": float(power[n])}} for n, j in enumerate("abcd")},
        patrons={
            i: {"standing": {j: float(rng.uniform(0, 1) * (rng.random() < 0.6)) for j in "abcd"}}
            for i in ("p", "q", "r")
        },
        ties=[
            {"between": list(pair), "sign": float(rng.uniform(-0.3, 1))}
            for pair in itertools.combinations("abcdpqr", 2)
            if (pair[0] in "abcd") == (pair[1] in "abcd")
        ],
        calendar={"start": START, "weeks": 8},
    )  # fmt: skip


def looking(data: dict[str, Any], account: str, **events: Any) -> dict[str, Any]:
    """Return a situation in which forces look again every week, and something happens at the start."""
    happening = {"shock": {"on": START, "effects": [events]}} if events else {}
    dynamics = data["dynamics"] | {"realign": account, "realign-rate": 1e6, "realign-step": 1}
    return data | {"dynamics": dynamics, "events": happening}


def shock(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng([23, seed])
    return {"push": {"abcd"[rng.integers(4)]: float(rng.choice([-1.5, 1.5]))}}


def wants(data: dict[str, Any], pushed: dict[str, float]) -> set[int]:
    """Return the coalition that d, who looks last, wants once a push has acted (eq. 3 by hand)."""
    power = np.array([data["forces"][j]["control"]["land"] * np.exp(pushed.get(j, 0)) for j in "abcd"])
    found = choices(contenders(power[None], np.zeros((1, 4, 4))), account="power")
    return {NAMES.index(name) for name in found[0]["d"].members} - {3}


def test_under_power_ties_follow_a_strength_shock() -> None:
    followed = changed = 0
    for seed in range(3 * DRAWS):
        data, push = situation(seed), shock(seed)
        before, after = wants(data, {}), wants(data, push["push"])
        if before == after:
            continue
        changed += 1
        calm, shaken = ties_after(looking(data, "power"))[0], ties_after(looking(data, "power", **push))[0]
        ends = [{k for k in range(3) if found[3, k] == 1} for found in (calm, shaken)]
        followed += ends == [before, after]
    assert changed >= 30, "the shock must change the least winning coalition often enough to say anything"
    assert followed / changed == 1.0


def test_under_power_affinity_alone_changes_nothing() -> None:
    for seed in range(DRAWS):
        data, rng = situation(seed), np.random.default_rng([24, seed])
        turned = {"tie": {"between": ["d", "abc"[rng.integers(3)]], "set": float(rng.choice([-1, 1]))}}
        assert np.array_equal(
            ties_after(looking(data, "power")), ties_after(looking(data, "power", **turned))
        )


def test_under_patronage_a_strength_shock_changes_nothing() -> None:
    for seed in range(DRAWS):
        data = situation(seed)
        calm, shaken = looking(data, "patronage"), looking(data, "patronage", **shock(seed))
        assert np.array_equal(ties_after(calm), ties_after(shaken))


def test_under_patronage_ties_follow_shared_patrons() -> None:
    """p takes up d as it has a, and stays with it: where a patron in common turns their score, the tie turns."""
    turned = moved = 0
    for seed in range(8 * DRAWS):
        data = situation(seed)
        data["ties"] = [
            tie for tie in data["ties"] if tie["between"][0] not in "abcd"
        ]  # no rivalry of their own
        data["patrons"]["p"]["standing"] |= {"a": 1.0, "d": 0.0}
        support = np.array(
            [[[data["patrons"][i]["standing"].get(j, 0) for j in "abcd"] for i in ("p", "q", "r")]]
        )
        patron_tie = np.zeros((1, 3, 3))
        for tie in data["ties"]:
            i, m = ("pqr".index(name) for name in tie["between"])
            patron_tie[0, i, m] = patron_tie[0, m, i] = tie["sign"]
        shared = support.copy()
        shared[0, 0, 3] = 1.0
        scores = [
            patronage_scores(contenders(np.full((1, 4), 0.25), np.zeros((1, 4, 4)), given, patron_tie))[
                0, 0, 3
            ]
            for given in (support, shared)
        ]
        if scores[0] >= 0 or scores[1] <= 0:
            continue
        turned += 1
        found = [
            ties_after(looking(data, "patronage", **event))[0][0, 3]
            for event in ({}, {"standing": {"p": {"d": 1}}})
        ]
        moved += found == [-1, 1]
    assert turned >= 30
    assert moved == turned


def test_with_chance_ties_lean_the_way_the_coalitions_moved() -> None:
    """Looks four times a year, small steps, noise in the fighting: the mean tie of a pair moves as its wants did.

    A pair counts where a shock changes whether one wants the other and the other does not change the other way.
    """
    right = counted = 0
    for seed in range(DRAWS):
        data, push = situation(seed), shock(seed)
        data["calendar"]["weeks"] = 40
        for force in data["forces"].values():
            force["volatility"] = {"national": 0.02}
        slow = {"realign-rate": 4, "realign-step": 0.25}
        calm, shaken = looking(data, "power"), looking(data, "power", **push)
        calm["dynamics"] |= slow
        shaken["dynamics"] |= slow
        change = ties_after(shaken, chance=64).mean(axis=0) - ties_after(calm, chance=64).mean(axis=0)
        held = [
            {j: data["forces"][j]["control"]["land"] * np.exp(pushed.get(j, 0)) for j in "abcd"}
            for pushed in ({}, push["push"])
        ]
        wanted = [
            choices(contenders(np.array([list(power.values())]), np.zeros((1, 4, 4))), account="power")[0]
            for power in held
        ]
        for j, k in itertools.combinations("abcd", 2):
            steps = [
                int(b in wanted[1][a].members) - int(b in wanted[0][a].members) for a, b in ((j, k), (k, j))
            ]
            if sum(steps) != 0 and min(steps) * max(steps) >= 0:
                counted += 1
                right += np.sign(change["abcd".index(j), "abcd".index(k)]) == np.sign(sum(steps))
    assert counted >= 30
    assert right / counted >= 0.9
