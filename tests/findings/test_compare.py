"""Comparison of strategies: standard errors from scrambles, ties, and luck apart from what is not known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.findings.compare import (
    chance_best,
    differences,
    estimate,
    ranking,
    scramble_means,
    spread,
    standard_error,
)


def test_standard_error_by_hand():
    # four states in two scrambles: means of (1, 5) and (2, 4) are 3 and 3; of (1, 5), (4, 8) 3 and 6
    assert standard_error(np.array([1, 2, 5, 4]), scrambles=2) == pytest.approx(0)
    # 3 and 6: sd = 3/sqrt 2, over sqrt 2
    assert standard_error(np.array([1, 4, 5, 8]), scrambles=2) == pytest.approx(1.5)


def test_state_k_is_in_scramble_k_mod_16():
    values = np.tile(np.arange(16.0), 5)
    means, shares = scramble_means(values)
    assert means.tolist() == list(range(16))
    assert shares == pytest.approx(np.full(16, 1 / 16))
    # sd of 0..15 with n - 1 is sqrt(340/15); over sqrt 16
    assert standard_error(values) == pytest.approx(math.sqrt(340 / 15) / 4)


def test_fewer_than_two_scrambles_have_no_error():
    assert standard_error(np.array([3.0])) is None
    assert estimate(np.array([3.0])) == estimate(np.array([3.0, 9.0]), np.array([2.0, 0.0]))
    assert estimate(np.array([3.0])).low is None
    assert estimate(np.array([3.0]), np.array([0.0])).mean is None


def test_no_chance_and_no_uncertainty_give_an_interval_of_width_zero():
    found = estimate(np.full(1250, 0.1))
    assert (found.mean, found.se, found.low, found.high) == (0.1, 0.0, 0.1, 0.1)


def test_student_interval_by_table():
    # two scrambles, one degree of freedom: t at 97.5 % is 12.706
    found = estimate(np.array([1, 4, 5, 8]), scrambles=2)
    assert found.mean == 4.5
    assert found.high - found.mean == pytest.approx(12.706 * 1.5, abs=1e-3)
    # sixteen scrambles: 15 degrees of freedom, 2.131
    values = np.tile(np.arange(16.0), 5)
    found = estimate(values)
    assert (found.high - found.mean) / found.se == pytest.approx(2.131, abs=5e-4)
    assert found.scrambles == 16


def test_weights_give_the_mean_over_futures():
    # the incumbent fell in 3 futures of state 0 and 1 of state 1; nothing is known of state 2
    values, weights = np.array([0.2, 0.6, np.nan]), np.array([3.0, 1.0, 0.0])
    found = estimate(values, weights)
    assert found.mean == pytest.approx(0.3)
    # shares 3/4 and 1/4: sum W^2 d^2 = (9/16)(.01) + (1/16)(.09) = .01125; 1 - sum W^2 = 6/16
    assert found.se == pytest.approx(math.sqrt(0.01125 / 0.375))


def test_the_weighted_error_is_honest_over_repetitions():
    rng = np.random.default_rng(4)
    weights = rng.integers(0, 17, 200).astype(float)
    draws = [rng.normal(size=200) / np.sqrt(np.maximum(weights, 1)) for _ in range(3000)]
    found = [estimate(values, weights) for values in draws]
    true = np.std([x.mean for x in found])
    assert math.sqrt(np.mean([x.se**2 for x in found])) == pytest.approx(true, rel=0.05)
    covered = np.mean([x.low <= 0 <= x.high for x in found])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_unequal_scrambles_are_unbiased_too():
    # 20 states in 16 scrambles: four scrambles hold two states, the others one
    rng = np.random.default_rng(6)
    found = np.mean([standard_error(rng.normal(size=20)) ** 2 for _ in range(4000)])
    assert found == pytest.approx(1 / 20, rel=0.05)


def test_within_net_dependence_is_not_mistaken_for_information():
    # one number a scramble: the naive error over 1600 states would be ten times too small
    values = np.tile(np.random.default_rng(1).normal(size=16), 100)
    naive = values.std(ddof=1) / 40
    assert standard_error(values) > 9 * naive


def test_differences_are_paired():
    rng = np.random.default_rng(0)
    common = rng.normal(0, 100, 160)
    f = np.vstack([common, common + 1, common + 3 + rng.normal(0, 0.01, 160)])
    rows = differences(f, ["low", "mid", "high"])
    assert [(row.better, row.worse) for row in rows] == [("high", "mid"), ("high", "low"), ("mid", "low")]
    assert rows[0].mean == pytest.approx(2, abs=0.01)
    assert rows[2].mean == pytest.approx(1)
    assert rows[2].se == pytest.approx(0, abs=1e-12)
    assert all(row.low > 0 for row in rows)
    assert set(rows[0].to_dict()) == {"better", "worse", "mean", "se", "low", "high"}


def test_chance_best_shares_ties():
    f = np.array([[1, 2, 3, 0], [1, 1, 3, 0], [0, 0, 3, 5]])
    # states: a and b tie; a; all tie; c
    assert chance_best(f) == pytest.approx([(1 / 2 + 1 + 1 / 3) / 4, (1 / 2 + 1 / 3) / 4, (1 / 3 + 1) / 4])


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 999))
def test_chance_best_adds_up_to_one(strategies, states, seed):
    f = np.random.default_rng(seed).integers(0, 3, (strategies, states))
    assert chance_best(f).sum() == pytest.approx(1)


def test_spread_by_hand():
    # state means 1 and 5: variance 8; within each state (0, 2), (4, 6): variance 2; 8 - 2/2 = 7
    found = spread(np.array([[[0.0, 2.0], [4.0, 6.0]]]))
    assert found.luck == pytest.approx((math.sqrt(2),))
    assert found.unknown == pytest.approx((math.sqrt(7),))


def test_spread_recovers_what_was_put_in():
    rng = np.random.default_rng(9)
    states = rng.normal(0, 0.3, (1, 20_000, 1))
    found = spread(np.concatenate([states, 0 * states]) + rng.normal(0, 1.0, (2, 20_000, 16)))
    assert found.unknown[0] == pytest.approx(0.3, rel=0.03)
    assert found.luck == pytest.approx((1, 1), rel=0.01)
    # states all alike: without the correction the means alone would show 1/sqrt 16 = 0.25
    assert found.unknown[1] < 0.06


def test_spread_is_none_where_it_cannot_be_told():
    assert spread(np.zeros((2, 5, 1))).luck == (None, None)
    assert spread(np.zeros((2, 5, 1))).unknown == (None, None)
    assert spread(np.zeros((1, 1, 4))).unknown == (None,)
    assert spread(np.zeros((1, 3, 4))).unknown == (0.0,)
    with pytest.raises(InputError, match="chance streams"):
        spread(np.zeros((3, 4)))


def test_ranking_groups_what_cannot_be_told_apart():
    rng = np.random.default_rng(12)
    base = rng.normal(size=1600)
    f = np.vstack([base, base + rng.normal(0, 1, 1600) * 0.5, base + 3.0 + rng.normal(0, 0.1, 1600)])
    found = ranking(f, ["a", "b", "c"])
    assert found.order[0] == "c"
    assert found.groups[0] == ("c",)
    assert set(found.groups[1]) == {"a", "b"}
    assert found.close == (found.groups[1],)
    assert found.to_dict()["groups"] == [["c"], list(found.groups[1])]


def test_two_standard_errors_part_neighbours():
    # scramble means 3 and 6 differ by 3 about their mean: standard error 1.5, so 3 is the limit
    wide = np.array([1.0, 4.0, 5.0, 8.0])
    for mean, apart in ((3.1, True), (2.9, False), (1.0, False)):
        gap = wide - wide.mean() + mean
        found = ranking(np.vstack([gap, np.zeros(4)]), ["more", "less"], scrambles=2)
        assert (len(found.groups) == 2) == apart


def test_ranking_rules_at_the_edges():
    same = np.tile(np.arange(32.0), (2, 1))
    found = ranking(same, ["zeta", "alpha"])
    assert found.order == ("alpha", "zeta")
    assert found.groups == (("alpha", "zeta"),)
    sure = ranking(np.array([[1.0] * 16, [2.0] * 16]), ["a", "b"])
    assert sure.groups == (("b",), ("a",))
    # a single state has no standard error, so nothing can be told apart
    assert ranking(np.array([[1.0], [2.0]]), ["a", "b"]).groups == (("b", "a"),)


@pytest.mark.parametrize(
    ("values", "weights"),
    [
        (np.zeros((2, 2)), None),
        (np.zeros(3), np.zeros(2)),
        (np.zeros(2), np.array([1.0, -1.0])),
        (np.array([np.nan, 1.0]), None),
    ],
)
def test_values_that_cannot_be_used_are_refused(values, weights):
    with pytest.raises(InputError):
        standard_error(values, weights)
