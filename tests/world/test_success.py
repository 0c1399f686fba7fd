"""Success: closed forms of each condition, its horizon and its way of looking, on both engines; shares with errors."""

import numpy as np
import pytest
from playing import ENGINES, run
from tiny import tiny

import equipoise
from equipoise.errors import InputError
from equipoise.scenario import load, loads, to_yaml
from equipoise.world.success import succeeded

both_engines = pytest.mark.parametrize("engine", ENGINES)


def judged(engine, goals, chance=1, **changes):
    found = run(tiny(success=goals, **changes), engine, chance=chance)
    return found.row("success")


@both_engines
def test_survival_to_the_horizon_under_a_constant_hazard(engine):
    """P(not fallen by week w) = e^(-rate w); the horizon counts, not the end of the run."""
    forces = {"a": {"collapse": {"rate": 0.03, "steepness": 0}}}
    n = 8192
    for week in (10, 30):
        found = judged(
            engine, [{"stands": "a", "week": week}], n, calendar={"weeks": 30}, forces=forces
        ).mean()
        expected = np.exp(-0.03 * week)
        assert abs(found - expected) <= 3 * np.sqrt(expected * (1 - expected) / n)


GROWING = {
    "calendar": {"weeks": 40}, "dynamics": {"fade": 0.02},
    "patrons": {"p": {"engagement": {"budget": 0.6, "gain": 0.1}, "standing": {"a": 0.2, "b": 0.0}}},
    "strategies": {"p": {"s": {"engage": {"a": 1}}}},
}  # fmt: skip
STANDING = 0.75 + (0.2 - 0.75) * 0.92 ** np.arange(41)
"""K2: standing with a by week."""


@both_engines
@pytest.mark.parametrize(
    ("over", "week", "level"),
    [("week", 40, STANDING[40]), ("week", 13, STANDING[13]), ("mean", 20, STANDING[1:21].mean()),
     ("every-week", 20, STANDING[1])],
)  # fmt: skip
def test_a_level_is_compared_at_its_horizon_in_its_own_way(engine, over, week, level):
    """Standing follows K2; it rises, so that of every week to the horizon the first is the least; the start is out."""
    for slack, holds in ((-1e-4, 1), (1e-4, 0)):
        goal = {"standing": "a", "above": float(level + slack), "week": week, "over": over}
        assert judged(engine, [goal], **GROWING).tolist() == [holds]
    below = {"standing": "a", "below": float(level + 1e-4), "week": week, "over": over}
    assert judged(engine, [below], **GROWING).tolist() == [float(over != "every-week" or week == 1)]


@both_engines
def test_influence_power_and_a_takeover_at_any_week(engine):
    """Power of b is logistic in 0.2 a week from 1/2: it reaches the majority of 0.6 in the third week, ln 1.5 / 0.2."""
    moving = {"calendar": {"weeks": 8}, "forces": {"b": {"momentum": 0.2}, "a": {"incumbent": True}}}
    power = 1 / (1 + np.exp(-0.2 * np.arange(9)))
    for week, kept in ((2, 1), (3, 0), (8, 0)):
        assert judged(engine, [{"not-takeover": "b", "week": week}], **moving).tolist() == [kept]
    for week in (1, 8):
        for slack, holds in ((-1e-4, 1), (1e-4, 0)):
            goal = {"power": "b", "above": float(power[week] + slack), "week": week}
            assert judged(engine, [goal], **moving).tolist() == [holds]
    influence = 0.2 * (1 - power) + 0.4 * power  # standings stay; interest is the one region's
    for slack, holds in ((-1e-4, 1), (1e-4, 0)):
        goal = {"influence": "level", "above": float(influence[1:].mean() + slack), "over": "mean"}
        assert judged(engine, [goal], **moving).tolist() == [holds]


@both_engines
def test_violence_and_all_conditions_together(engine):
    calm = {"violence": "level", "below": 1.01, "over": "every-week"}
    weak = {"power": "a", "above": 0.6}
    assert judged(engine, [calm]).tolist() == [1]
    assert judged(engine, [calm, weak]).tolist() == [0]
    assert judged(engine, [calm | {"below": 0.99}]).tolist() == [0]


def test_success_changes_nothing_else_and_any_future_has_it_alone():
    plain = equipoise.run("two-valleys", futures=256, strategies=["even-hedge", "back-crown"])
    goals = [{"influence": "level", "above": 0.45}, {"stands": "crown"}]
    case = with_success(goals)
    found = equipoise.run(case, futures=256, strategies=["even-hedge", "back-crown"])
    both = found.outcomes.drop(columns="success")
    assert both.equals(plain.outcomes)
    row = found.outcomes.query("future == 77 and strategy == 'even-hedge'").iloc[0]
    again = equipoise.replay(case, 77).to_dict()["strategies"]["even-hedge"]["outcomes"]
    assert again["success"] == row["success"]
    by_hand = (found.outcomes["influence_end"] > 0.45) & (found.outcomes["fallen.crown"] < 0)
    np.testing.assert_array_equal(found.outcomes["success"] > 0, by_hand)


def test_the_shares_of_futures_and_of_states_are_those_of_the_table(tmp_path):
    case = with_success([{"influence": "level", "above": 0.5}])
    study = equipoise.run(
        case, futures=1024, strategies=["even-hedge", "back-crown"], out=tmp_path / "s", additions=False
    )
    table = study.outcomes
    for name, group in table.groupby(table["strategy"].astype(str)):
        found = study.summary["strategies"][name]["success"]
        by_state = group.groupby("state")["success"].mean()
        assert found["futures"] == pytest.approx(group["success"].mean())
        assert found["states"] == pytest.approx((by_state > 0.5).mean())
        error = study.summary["errors"][f"strategies.{name}.success.futures"]
        assert error["low"] < found["futures"] < error["high"]
    again = equipoise.open_study(tmp_path / "s")
    assert again.summary["strategies"] == study.summary["strategies"]


def with_success(goals):
    """Return two-valleys with conditions of success at its end."""
    return loads(f"{load('two-valleys').text}\n{to_yaml({'success': goals})}")


def test_the_search_makes_success_likely_and_refuses_where_there_is_none():
    """The more standing with the Crown the better: everything to it."""
    case = with_success([{"standing": "crown", "above": 0.75, "week": 30}])
    found = equipoise.optimise(
        case, metric="success", futures=256, frontier=False, trigger=False, chance=4
    ).to_dict()
    best = found["best_named"]
    assert best["name"] == "back-crown" and found["found"]["named"] == "back-crown"
    assert found["metric"]["name"] == "success" and 0 < best["held_out"]["mean"] <= 1
    with pytest.raises(InputError, match="does not say what success is"):
        equipoise.optimise("two-valleys", metric="success", futures=256)


def test_what_fails_to_succeed_is_what_is_explored():
    case = with_success([{"stands": "crown", "week": 52}])
    study = equipoise.run(case, futures=2048, strategies=["even-hedge", "back-crown"])
    found = equipoise.explore(study, strategy="even-hedge", reruns=False).to_dict()
    for part in ("failures", "failures_in_futures"):
        assert "as the scenario defines success" in found[part]["fails_where"]
    fell = study.outcomes.query("strategy == 'even-hedge'")["fallen.crown"] >= 0
    assert found["failures_in_futures"]["failures"] == pytest.approx(fell.mean())


def test_nothing_is_judged_before_the_first_week():
    """A control: the start fails the condition, every week after it holds it."""
    scenario = load(tiny(success=[{"power": "a", "above": 0.55, "over": "every-week"}])).scenario
    traces = np.array([0.5, 0.6, 0.6, 0.6, 0.6]).reshape(1, 1, 5, 1)
    assert succeeded(scenario, traces, ("power.a",)).tolist() == [[True]]
