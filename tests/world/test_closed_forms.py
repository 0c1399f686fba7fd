"""K1-K6 of the model, exact or within 3 standard errors, on both engines; and the negative controls."""

from __future__ import annotations

import numpy as np
import pytest
from playing import ENGINES, Run, run
from tiny import tiny

from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of

FUTURES = 8192
both_engines = pytest.mark.parametrize("engine", ENGINES)


def shares_match(found: float, expected: float, n: int) -> bool:
    return abs(found - expected) <= 3 * np.sqrt(expected * (1 - expected) / n)


@both_engines
def test_k1_log_odds_of_control_grow_in_a_straight_line(engine: str) -> None:
    data = tiny(
        calendar={"weeks": 40},
        regions={"land": {"weight": 1}, "hills": {"weight": 3}},
        forces={
            "a": {"control": {"land": 0.2, "hills": 0.7}, "momentum": 0.03, "home": {"hills": -0.05}},
            "b": {"control": {"land": 0.8, "hills": 0.3}, "momentum": -0.01, "home": {"land": 0.02}},
        },
    )
    found = run(data, engine)
    t = np.arange(41)
    land = 1 / (1 + np.exp(-(np.log(0.2 / 0.8) + t * (0.03 - -0.01 - 0.02))))
    hills = 1 / (1 + np.exp(-(np.log(0.7 / 0.3) + t * (0.03 - 0.05 - -0.01))))
    np.testing.assert_allclose(found.path("power.a")[:, 0], land / 4 + 3 * hills / 4, rtol=0, atol=3e-6)


@both_engines
def test_k2_standing_closes_on_its_rest_point(engine: str) -> None:
    """g = 0.1, x = 0.6, d = 0.02: R* = 0.06 / 0.08, and the distance shrinks by 0.92 a week."""
    patron = {"engagement": {"budget": 0.6, "gain": 0.1}, "standing": {"a": 0.2}}
    data = tiny(
        calendar={"weeks": 60},
        dynamics={"fade": 0.02},
        patrons={"p": patron},
        strategies={"p": {"s": {"engage": {"a": 1}}}},
    )
    found = run(data, engine).path("standing.a")[:, 0]
    np.testing.assert_allclose(found, 0.75 + (0.2 - 0.75) * 0.92 ** np.arange(61), rtol=0, atol=2e-6)


@both_engines
def test_k3_survival_under_a_constant_hazard(engine: str) -> None:
    forces = {"a": {"collapse": {"rate": 0.03, "steepness": 0}}}
    fell = run(tiny(calendar={"weeks": 30}, forces=forces), engine, chance=FUTURES).row("fallen.a") >= 0
    assert shares_match(fell.mean(), 1 - np.exp(-0.03 * 30), FUTURES)


@both_engines
def test_k4_who_falls_first_goes_by_the_hazards(engine: str) -> None:
    """On the weekly grid: a first, b first or both at once, by q_a and q_b."""
    rates = {"a": 0.03, "b": 0.06}
    forces = {j: {"collapse": {"rate": rate}} for j, rate in rates.items()}
    found = run(tiny(calendar={"weeks": 120}, forces=forces), engine, chance=FUTURES)
    week = {j: np.where(found.row(f"fallen.{j}") < 0, np.inf, found.row(f"fallen.{j}")) for j in rates}
    decided = np.minimum(week["a"], week["b"]) < np.inf
    first = (week["a"] < week["b"])[decided].mean() + (week["a"] == week["b"])[decided].mean() / 2
    assert abs(first - 0.03 / 0.09) <= 3 * np.sqrt(2 / 9 / decided.sum())
    q = {j: 1 - np.exp(-rate) for j, rate in rates.items()}
    at_once = q["a"] * q["b"] / (q["a"] + q["b"] - q["a"] * q["b"])
    assert shares_match((week["a"] == week["b"])[decided].mean(), at_once, decided.sum())


@both_engines
def test_k5_a_lone_event(engine: str) -> None:
    """Six weeks to fall in, chance 0.3; its trace in the run is the week in which violence moves."""
    window = {"probability": 0.3, "effects": [{"violence": {"add": 1}}]}
    data = tiny(calendar={"weeks": 6}, events={"e": window})
    found = run(data, engine, chance=FUTURES)
    happened = found.path("violence")[-1] > 1.5
    weeks = np.diff(found.path("violence"), axis=0).argmax(axis=0)[happened]
    assert shares_match(happened.mean(), 0.3, FUTURES)
    for week in range(6):
        assert shares_match((weeks == week).mean(), 1 / 6, len(weeks))
    assert np.array_equal(weeks, found.week_of("e")[happened])


@both_engines
def test_k6_standing_fades_without_engagement(engine: str) -> None:
    found = run(tiny(calendar={"weeks": 50}, dynamics={"fade": 0.03}), engine).path("standing.b")[:, 0]
    np.testing.assert_allclose(found, 0.4 * 0.97 ** np.arange(51), rtol=0, atol=1e-6)


# As things stand: what there is at the start is in momentum and in the rate of falling

STANDS = {
    "calendar": {"weeks": 30},
    "forces": {
        "a": {
            "momentum": 0.01, "home": {"land": 0.02}, "backing-effect": {"troops": 0.05, "money": 0.3},
            "bandwagon": 0.7,
        },
        "b": {"momentum": 0.03},
    },
    "patrons": {"q": {"engagement": {"engage": {}}, "backing": {"a": {"troops": 0.8, "money": 0.1}}}},
}  # fmt: skip


@both_engines
def test_as_things_stand_fitness_is_momentum_and_home_whatever_the_backing(engine: str) -> None:
    """0.01 + 0.02 against 0.03: the odds stay even, to the last week, exactly."""
    found = run(tiny(**STANDS), engine).path("power.a")[:, 0]
    np.testing.assert_allclose(found, 0.5, rtol=0, atol=1e-6)


@both_engines
def test_a_backing_that_ends_takes_its_effect_a_week_and_power_lost_takes_more(engine: str) -> None:
    """From week 10 on 0.05 · 0.8 a week less, and 0.7 for every unit of power below a half."""
    leaves = {"on": "2030-03-18", "effects": [{"backing": {"q": {"a": {"troops": 0}}}}]}
    power = run(tiny(**STANDS, events={"leaves": leaves}), engine).path("power.a")[:, 0]
    odds = np.log(power / (1 - power))
    np.testing.assert_allclose(odds[:11], 0, atol=3e-6)
    np.testing.assert_allclose(
        np.diff(odds)[10:], -0.05 * 0.8 + 0.7 * (power[10:-1] - 0.5), rtol=0, atol=3e-6
    )


@both_engines
def test_a_yearly_chance_is_the_chance_of_falling_within_52_weeks(engine: str) -> None:
    forces = {"a": {"collapse": {"yearly": 0.3}}}
    fell = run(tiny(calendar={"weeks": 60}, forces=forces), engine, chance=FUTURES).row("fallen.a")
    assert shares_match(((fell >= 0) & (fell < 52)).mean(), 0.3, FUTURES)


def test_the_threshold_is_the_starting_power_of_the_state_unless_given() -> None:
    """One region of weight 1/4, one of 3/4: 0.5 or 0.8 of the first, by the state, and 0.4 of the second."""
    data = tiny(
        regions={"land": {"weight": 1}, "hills": {"weight": 3}},
        forces={
            "a": {"control": {"land": {"choice": {1: 1, 4: 1}}, "hills": 2}, "collapse": {}},
            "b": {"control": {"land": 1, "hills": 3}, "collapse": {"threshold": 0.11}},
        },
    )
    world = compile_world(load(data).scenario)
    found = parameters_of(world, 0, 16, seed=5).threshold
    given = [0.25 * 0.5 + 0.75 * 0.4, 0.25 * 0.8 + 0.75 * 0.4]
    np.testing.assert_allclose(np.unique(found[:, 0].round(9)), given, atol=1e-9)
    assert set(found[:, 1]) == {0.11}


# Negative controls


def certain_winner() -> Run:
    """Force a cannot fall and holds nearly all; b is weak and doomed. Both resent company."""
    resent = {"resentment": {"alienation": 0.01, "duplicity": 0.05}}
    data = tiny(
        calendar={"weeks": 30},
        forces={
            "a": {"control": {"land": 0.9}, **resent},
            "b": {"control": {"land": 0.1}, "collapse": {"rate": 0.2}, **resent},
        },
        patrons={"p": {"standing": {"a": 0.3, "b": 0.3}}},
        ties=[{"between": ["a", "b"], "sign": -0.8}],
        strategies={"p": {"s": {"engage": {"a": 1}}, "hedge": {"engage": {"a": 1, "b": 1}}}},
    )
    return run(data, "kernel", chance=2048)


def test_where_one_force_is_certain_to_survive_the_hedge_loses_to_it() -> None:
    found = certain_winner()
    names = [profile.name for profile in found.world.profiles]
    side, hedge = (found.row("payoff", names.index(name)) for name in ("s", "hedge"))
    assert (side > hedge).all()


@both_engines
def test_without_chance_and_uncertainty_all_futures_are_one(engine: str) -> None:
    data = tiny(
        forces={"a": {"momentum": 0.02, "bandwagon": 0.1}},
        dynamics={"hostility": 0.1, "fade": 0.01},
        ties=[{"between": ["a", "b"], "sign": -0.5}],
        events={"e": {"on": "2030-01-15", "effects": [{"push": {"b": 0.2}, "weeks": 2}]}},
        strategies={"p": {"s": {"engage": {"a": 1, "b": 2}}}},
    )
    found = run(data, engine, states=40, chance=16)
    assert np.ptp(found.outcomes, axis=2).max() == 0
    assert np.ptp(found.traces, axis=3).max() == 0


def test_with_chance_the_same_futures_differ() -> None:
    forces = {"a": {"volatility": {"national": 0.05}}}
    assert np.ptp(run(tiny(forces=forces), "kernel", chance=16).row("payoff")) > 0
