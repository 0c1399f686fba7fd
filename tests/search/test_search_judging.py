"""Honest values and the frontier: independent blocks, the optimiser's curse, dominance by brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.draws.estimate import BLOCK
from equipoise.search.frontier import Archive, efficient, spread_out, unbeaten, without_twins
from equipoise.search.judging import block_members, by_block, choose, mean_of_blocks
from equipoise.search.objective import objective
from equipoise.search.result import frontier_points
from equipoise.search.sample import Means


def test_parts_are_whole_hypercubes_and_cover_every_state_once():
    members = block_members(8 * 64, 8)
    assert [len(m) for m in members] == [64] * 8
    assert sorted(np.concatenate(members)) == list(range(512))
    for m in members:
        assert np.bincount(m // BLOCK, minlength=16).tolist().count(BLOCK) == 2


def test_the_error_of_blocks_is_right_for_a_worst_case_too():
    """Over many repetitions the interval holds the mean of the metric in 95 % of them."""
    rng = np.random.default_rng(5)
    aim, hits, repeats = objective("maximin"), 0, 400
    truth = rng.normal(size=(20_000, 16)).min(axis=1).mean()
    for _ in range(repeats):
        f = rng.normal(size=(1, 8 * 16))
        found = mean_of_blocks(by_block(aim, f, f, 8)[0])
        hits += found.low <= truth <= found.high
    assert 0.91 < hits / repeats < 0.98


def test_among_equally_good_finalists_the_simplest_is_taken():
    rng = np.random.default_rng(1)
    base = rng.normal(size=4)
    noise = 1e-3 * rng.normal(size=(3, 4))
    values = np.stack([base - 1, base + noise[0], base + noise[1], base - 0.5])
    assert choose(objective("laplace"), values, [1, 9, 4, 2], 1) == 2
    assert choose(objective("laplace"), values, [1, 4, 9, 2], 1) == 1
    # A lower-is-better metric turns the choice round.
    assert choose(objective("undesirable-deviations"), values, [1, 9, 4, 2], 1) == 0


def test_a_named_strategy_that_is_as_good_is_taken_when_it_is_simpler():
    values = np.tile(np.array([0.3, 0.31, 0.29, 0.3]), (2, 1))
    assert choose(objective("laplace"), values, [3, 7], 1) == 0


def test_of_two_that_are_the_same_the_simpler_is_taken():
    assert choose(objective("laplace"), np.ones((2, 4)), [3, 1], 1) == 1
    assert choose(objective("laplace"), np.ones((2, 4)), [1, 3], 2) == 0


def test_among_equally_simple_ones_the_better_is_taken():
    """The second leads by 0.1 with a standard error of 0.16: as good, and the better."""
    values = np.array([[0.0, 1.0, 0.0, 1.0], [0.1, 1.5, -0.3, 1.1]])
    assert choose(objective("laplace"), values, [4, 4], 1) == 1
    assert choose(objective("laplace"), values, [4, 5], 1) == 0


def test_a_fiftieth_of_the_gain_is_given_up_for_a_simpler_one():
    """Without any scatter: the best gains 1; one that gains 0.985 is close, one that gains 0.975 is not."""
    for gains, taken in ((0.985, 1), (0.975, 2)):
        values = np.repeat([[0.0], [gains], [1.0]], 4, axis=1)
        assert choose(objective("laplace"), values, [9, 1, 5], 1) == taken


def test_an_undefined_finalist_is_never_taken():
    values = np.array([[1.0, 1.0, 1.0, 1.0], [np.nan, 9.0, 9.0, 9.0]])
    assert choose(objective("laplace"), values, [5, 1], 1) == 0


goals = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=40).map(
    lambda g: np.array(g, float)
)


@given(goals)
def test_the_frontier_is_what_brute_force_finds(points):
    """On a coarse lattice no difference is below the grain, so plain dominance must agree."""
    front = efficient(points)
    values = {tuple(points[n]) for n in front}
    assert len(values) == len(front)

    def dominated(p):
        return any((q >= p).all() and (q > p).any() for q in points)

    assert values == {tuple(p) for p in points if not dominated(p)}


@given(goals)
def test_the_points_shown_hold_the_best_of_each_goal(points):
    front = efficient(points)
    chosen = spread_out(points, front, 5)
    assert set(chosen) <= set(front)
    assert len(chosen) == min(5, len(front))
    for k in range(3):
        assert points[chosen, k].max() == points[:, k].max()
    assert (np.diff(points[chosen, 0]) <= 0).all()


def test_differences_nobody_would_act_on_make_no_frontier():
    line = np.linspace(0, 1, 5001)
    points = np.stack([line, 1 - line], axis=1)
    assert len(efficient(points)) <= 202


def test_a_row_is_beaten_only_by_one_better_by_more_than_the_grain():
    # By hand: the grain is half a per cent of the range of 1; the second lags by less, the third by more.
    goals = np.array([[1.0, 0.5], [0.998, 0.5], [0.99, 0.5], [0.0, 1.0], [0.5, 0.0]])
    assert unbeaten(goals) == [True, True, False, True, False]


def test_of_twins_one_is_shown_and_those_that_must_be_come_first():
    goals = np.array([[1.0, 0.0], [0.999, 0.0], [0.5, 0.5], [0.501, 0.5], [0.0, 1.0], [0.2, 0.2]])
    shown, kept = [True] * 5 + [False], [False, True, False, False, False, False]
    assert without_twins(goals, shown, kept) == [False, True, True, False, True, False]


def test_goals_are_each_measured_by_their_own_range():
    goals = np.array([[1.0, 0.0], [0.9, 0.0], [0.0, 1000.0]])
    assert without_twins(goals, [True] * 3, [True, False, False]) == [True] * 3
    assert unbeaten(goals) == [True, False, True]
    assert efficient(np.array([[1.0, 0.0], [0.9, 1.0], [0.0, 1000.0]])) == [0, 2]


def test_parents_are_the_frontier_and_then_whoever_lags_least():
    goals = np.array([[1, 0, 0], [0.2, 0, 0], [0.5, 10, 0], [0.9, 0, 0], [0.45, 9, 0], [0, 0, 1]], float)
    points = [np.array([float(n)]) for n in range(5)] + [None]
    archive = Archive()
    archive.add(["a", "b"], goals[:2], points[:2])
    archive.add(["c", "d", "e", "f"], goals[2:], points[2:])
    assert archive.front() == [0, 2, 5] and archive.strategies == list("abcdef")
    # Of a range each (1, 10 and 1) rows 1, 3 and 4 lag behind the best of every goal by 2.8, 2.1 and 1.65.
    assert archive.parents(9).ravel().tolist() == [0, 2, 4, 3, 1]
    assert archive.parents(3).ravel().tolist() == [0, 2, 4]


def test_a_point_like_the_one_found_is_left_out_for_it():
    """Influence, payoff and cost of 64 states each, in 8 blocks; the point and what was found play alike."""
    influence = np.array([[0.5], [0.8], [0.8]]) * np.ones(64)
    payoff, cost = influence - 0.3, -0.1 * influence
    held_out = Means(
        ("payoff", "influence", "terms.cost", "terms.backing-cost"),
        np.stack([payoff, influence, cost, 0 * cost]),
    )
    rows = {row["name"]: row for row in frontier_points(["a", "point 0", "found"], 1, held_out)}
    assert {name: row["on_frontier"] for name, row in rows.items()} == {
        "a": True,
        "point 0": False,
        "found": True,
    }
    assert (
        rows["a"]["cost"]["mean"] == pytest.approx(0.05) and rows["a"]["named"] and not rows["found"]["named"]
    )
    assert rows["a"]["regret_p90"]["mean"] == 0
