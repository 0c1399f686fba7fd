"""Two situations on the same draws: what moved is paired by state, by hand and against plain reading of outcomes."""

import numpy as np
import pytest

from equipoise.draws.estimate import estimate
from equipoise.errors import InternalError
from equipoise.findings.beliefs import PlayedThere, choice, of_pool
from equipoise.findings.paired import played
from equipoise.findings.what_if import Change, Played, what_if
from equipoise.futures.play import Plan, batches
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

F = np.array([[1.0, 2.0, 3.0, 6.0], [2.0, 2.0, 2.0, 2.0]])


def test_what_moved_is_now_less_then_state_by_state():
    moved = np.array([[0.5, 0.5, 0.5, 0.5], [1.0, 2.0, 3.0, 4.0]])
    now, was = Played(("a", "b"), F + moved, found="now"), Played(("a", "b"), F, found="was")
    said = what_if(now, was, futures=64)
    assert (said.now, said.was, said.futures) == ("now", "was", 64)
    assert said.changes["a"] == Change(0.5, 0.0, 0.5, 0.5)
    # 1 .. 4: mean 2.5, standard error sqrt(5/3)/2; Student's t with 3 degrees of freedom is 3.182 (any table)
    b = said.changes["b"]
    assert (b.mean, b.se) == (2.5, pytest.approx(np.sqrt(5 / 3) / 2))
    assert (b.low, b.high) == pytest.approx((2.5 - 3.182 * b.se, 2.5 + 3.182 * b.se), abs=1e-3)


@pytest.mark.parametrize("other", [Played(("a", "c"), F, found=""), Played(("a", "b"), F[:, :3], found="")])
def test_situations_that_do_not_match_are_refused(other):
    with pytest.raises(InternalError, match="same strategies and states"):
        what_if(Played(("a", "b"), F, found=""), other, futures=4)


def test_a_holders_choice_where_the_holder_is_right_and_where_the_analyst_is():
    there = PlayedThere(("a", "b"), F)
    analyst = PlayedThere(("a", "b"), F[::-1] + 1)
    assert there.worths() == {"a": 3.0, "b": 2.0}
    assert there.worth("a") == estimate(F[0]) and there.worth("a").se == pytest.approx(np.sqrt(14 / 3) / 2)
    assert there.worth("b").se == 0
    assert there.lead("b", "a") == estimate(F[1] - F[0])
    # b is best in the first state, and shares the second
    assert there.chance_best("a") == pytest.approx(2.5 / 4) and there.chance_best("b") == pytest.approx(
        1.5 / 4
    )
    said = choice(there, analyst, "a", "b")
    assert said["worth_there"]["mean"] == 3 and said["worth_to_analyst"]["mean"] == 3
    assert said["gain_there"]["mean"] == 1 and said["loss"]["mean"] == 1
    assert said["chance_best"] == pytest.approx(2.5 / 4) and said["told_apart"] is False
    sure = PlayedThere(("a", "b"), np.array([[2.0, 2.1, 2.0, 2.1], [1.0, 1.0, 1.0, 1.0]]))
    assert choice(sure, analyst, "a", "b")["told_apart"] is True
    assert choice(sure, analyst, "b", "a")["told_apart"] is False
    assert choice(sure, analyst, "a", "a")["told_apart"] is False


def test_a_pool_weighs_its_holders_and_says_who_matters():
    right = {
        "x": PlayedThere(("a", "b"), np.array([[4.0, 4.0, 4.0], [0.0, 0.0, 0.0]])),
        "y": PlayedThere(("a", "b"), np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])),
        "z": PlayedThere(("a", "b"), np.array([[0.0, 0.0, 0.0], [2.0, 2.0, 2.0]])),
    }
    weights = {"x": 0.5, "y": 0.25, "z": 0.25}
    without = {"x": {"y": 0.5, "z": 0.5}, "y": {}, "z": {"x": 2 / 3, "y": 1 / 3}}
    said = of_pool(weights, without, right)
    # a is worth 0.5 x 4 = 2 under the pool, b 0.25 x 2 + 0.25 x 2 = 1
    assert said["best"] == "a" and said["worth"]["mean"] == 2 and said["worth"]["se"] == 0
    assert said["value_of_knowing"]["mean"] == pytest.approx(0.25 * 2 + 0.25 * 2)
    assert said["told_apart"] is True
    rows = {row["holder"]: row for row in said["holders"]}
    assert {name: row["weight"] for name, row in rows.items()} == weights
    assert {name: row["best"] for name, row in rows.items()} == {"x": "a", "y": "b", "z": "b"}
    assert {name: row["gives_up"]["mean"] for name, row in rows.items()} == {"x": 0, "y": 2, "z": 2}
    assert {name: row["without"] for name, row in rows.items()} == {"x": "b", "y": None, "z": "a"}


def test_a_situation_played_is_what_its_outcomes_say():
    scenario = load("two-valleys").scenario
    names, plan = ["back-crown", "even-hedge", "stay-out"], Plan(40, chance=2, seed=3)
    found = played(scenario, names, {"republic": "wait"}, plan, workers=1)
    profiles = [{"empire": name, "republic": "wait"} for name in names]
    player = Player(compile_world(scenario, profiles=profiles), seed=3)
    (batch,) = batches(player, plan, workers=1)
    payoff = player.columns.values(batch.outcomes, "payoff").reshape(3, 40, 2).mean(axis=2)
    order = np.argsort(-payoff.mean(axis=1))
    assert found.ranking == tuple(names[d] for d in order)
    best = order[0]
    np.testing.assert_allclose(found.rows["best"], payoff[best])
    np.testing.assert_allclose(found.rows["gap"], payoff[best] - payoff[order[1]])
    for d, name in enumerate(names):
        np.testing.assert_allclose(found.rows[f"payoff.{name}"], payoff[d])
    for force in scenario.forces:
        fell = (batch.outcomes[best, player.columns[f"fallen.{force}"]] >= 0).reshape(40, 2).mean(axis=1)
        np.testing.assert_allclose(found.rows[f"falls.{force}"], fell)
    orders = [row for name, row in found.rows.items() if name.startswith("orders.")]
    assert len(orders) == 3 + len(scenario.forces)
    np.testing.assert_allclose(sum(orders), 1)
    code = batch.outcomes[best, player.columns["order"]].reshape(40, 2)
    np.testing.assert_allclose(found.rows["orders.holds"], (code == 0).mean(axis=1))
    alone = played(scenario, names[:1], {}, plan, workers=1)
    assert "gap" not in alone.rows and alone.ranking == ("back-crown",)
