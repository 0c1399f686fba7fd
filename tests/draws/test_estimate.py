"""Means, standard errors, Student intervals and "told apart": by hand, by table and by law."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.draws.estimate import (
    BLOCK,
    Estimate,
    Sums,
    estimate,
    filled,
    freedom,
    interval,
    of_independent,
    of_known,
    student,
    unit_means,
    units,
)
from equipoise.errors import InputError


def blocks_of(means, rest=()):
    """States in whole blocks whose means are given: half of each block lies 1 above, half 1 below."""
    half = np.repeat([1.0, -1.0], BLOCK // 2)
    return np.concatenate([*(mean + half for mean in means), np.array(rest, float)])


def test_whole_blocks_by_hand():
    # means 0 .. 8: mean 4, variance with n - 1: 60/8 = 7.5; over 9 blocks
    found = estimate(blocks_of(range(9)))
    assert found.mean == pytest.approx(4)
    assert found.se == pytest.approx(math.sqrt(7.5 / 9))
    assert found.df == 8
    # Student's t with 8 degrees of freedom at 97.5 %: 2.306 (any table)
    assert (found.high - found.mean) / found.se == pytest.approx(2.306, abs=5e-4)
    assert (found.mean - found.low) / found.se == pytest.approx(2.306, abs=5e-4)


def test_states_after_the_last_whole_block_count_in_the_mean_alone():
    found = estimate(blocks_of(range(9), rest=[100.0] * 3))
    assert found.mean == pytest.approx((4 * 9 * 32 + 300) / (9 * 32 + 3))
    assert found.se == pytest.approx(math.sqrt(7.5 / 9))


def test_fewer_than_eight_whole_blocks_are_taken_state_by_state():
    # 255 states are 7 whole blocks and 31 states; half at 1, half at -1 around each mean of 0
    values = blocks_of([0] * 7, rest=[1.0, -1.0] * 15 + [1.0])
    found = estimate(values)
    assert found.df == 254
    assert found.se == pytest.approx(values.std(ddof=1) / math.sqrt(255))
    # one more state makes eight blocks
    found = estimate(np.append(values, -1.0))
    assert found.df == 7
    assert found.se == 0.0


def test_student_by_table():
    # Pearson and Hartley 1966, table 12: two-sided 95 %
    for df, reach in {1: 12.706, 2: 4.303, 7: 2.365, 15: 2.131, 38: 2.024, 120: 1.980}.items():
        assert student(df) == pytest.approx(reach, abs=5e-4)
    assert student(10, 0.9) == pytest.approx(1.812, abs=5e-4)
    assert student(math.inf) == pytest.approx(1.959964, abs=1e-6)
    with pytest.raises(InputError, match="level"):
        student(3, 1.0)


def test_a_known_error_takes_the_same_interval():
    found = interval(2.0, 0.5, 15)
    assert (found.low, found.high) == pytest.approx((2 - 2.1314 * 0.5, 2 + 2.1314 * 0.5), abs=1e-4)
    assert interval(2.0, 0.5, 0) == Estimate(2.0, None, None, None, 0)
    assert interval(None, 0.5, 3) == Estimate(None, None, None, None, 3)
    assert interval(2.0, None, 3) == Estimate(2.0, None, None, None, 3)
    # one degree of freedom at 90 %: 6.314 (any table)
    found = interval(2.0, 0.5, 1, 0.9)
    assert (found.mean, found.se, found.df) == (2, 0.5, 1)
    assert (found.low, found.high) == pytest.approx((2 - 3.157, 2 + 3.157), abs=5e-4)


def test_no_error_without_two_units():
    assert estimate(np.array([3.0])) == Estimate(3.0, None, None, None, 0)
    assert estimate(np.array([3.0, 9.0]), np.array([2.0, 0.0])) == Estimate(3.0, None, None, None, 0)
    assert estimate(np.array([3.0]), np.array([0.0])) == Estimate(None, None, None, None, 0)
    assert estimate(np.zeros(0)) == Estimate(None, None, None, None, 0)


def test_before_any_state_there_is_no_mean():
    sums = Sums(2)
    assert sums.estimates() == [Estimate(None, None, None, None, 0)] * 2
    sums.add(np.zeros((2, 0)))
    assert sums.estimates() == [Estimate(None, None, None, None, 0)] * 2
    sums.add(np.array([[1.0, 3.0], [4.0, 4.0]]))
    assert [found.mean for found in sums.estimates()] == [2, 4]


def test_what_cannot_vary_has_an_interval_of_no_width():
    found = estimate(np.full(1250, 0.1))
    assert (found.mean, found.se, found.low, found.high, found.df) == (0.1, 0.0, 0.1, 0.1, 38)


@pytest.mark.parametrize(("gap", "apart"), [(2.31, True), (2.30, False), (-2.31, True)])
def test_told_apart_is_an_interval_that_leaves_out_0(gap, apart):
    # nine blocks, a standard error of 1: Student's t is 2.306, not 2 and not 1.96
    means = np.arange(9) - 4.0
    assert estimate(blocks_of(gap + means / math.sqrt(7.5 / 9))).told_apart is apart


def test_two_that_are_the_same_are_not_told_apart():
    assert not estimate(np.zeros(512)).told_apart
    assert not estimate(np.array([3.0])).told_apart


def test_large_common_parts_do_not_drown_a_spread():
    values = blocks_of(range(9))
    assert estimate(values * 1e-3 + 1e9).se == pytest.approx(estimate(values).se * 1e-3, rel=1e-3)


def ratio_error(x, w):
    """The error of sum x / sum w over independent units, linearised (Cochran 1977, eq. 6.9), with equal weights."""
    ratio, n = x.sum() / w.sum(), len(x)
    return math.sqrt(((x - ratio * w) ** 2).sum() / (n * (n - 1))) / w.mean()


def test_weighted_means_have_the_error_of_a_ratio():
    rng = np.random.default_rng(2)
    weights = rng.integers(0, 17, 40 * BLOCK).astype(float)
    values = rng.normal(3, 1, 40 * BLOCK)
    found = estimate(values, weights)
    x, w = ((a.reshape(40, BLOCK)).sum(axis=1) for a in (values * weights, weights))
    assert found.mean == pytest.approx(x.sum() / w.sum())
    assert found.se == pytest.approx(ratio_error(x, w), rel=0.01)
    assert found.df == 39


def test_blocks_without_weight_are_not_counted():
    weights = np.repeat(np.arange(10.0) > 3, BLOCK)
    found = estimate(blocks_of(range(10)), weights)
    # means 4 .. 9: mean 6.5, variance 3.5 over 6 blocks
    assert (found.mean, found.df) == (pytest.approx(6.5), 5)
    assert found.se == pytest.approx(math.sqrt(3.5 / 6))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 700), st.lists(st.integers(1, 300), max_size=8), st.integers(0, 99))
def test_however_states_come_in_the_sums_are_the_same_to_the_last_byte(states, cuts, seed):
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(1e6, 3, (2, states)), rng.integers(0, 3, (2, states)).astype(float)
    whole, parts = Sums(2), Sums(2)
    whole.add(values, weights)
    ends = [0, *(int(e) for e in np.minimum(np.cumsum(cuts), states)), states]
    for begin, end in pairwise(ends):
        parts.add(values[:, begin:end], weights[:, begin:end])
    assert whole.estimates() == parts.estimates()


def test_rows_are_estimated_apart():
    sums = Sums(3)
    sums.add(np.stack([blocks_of(range(9)), blocks_of([5] * 9), blocks_of(range(9, 18))]))
    assert sums.estimates() == [
        estimate(blocks_of(means)) for means in (range(9), [5] * 9, range(9, 18))
    ]  # fmt: skip


def test_units_are_whole_blocks_or_single_states():
    assert units(255).tolist() == list(range(255))
    assert units(290).tolist() == [b for b in range(9) for _ in range(32)] + [-1, -1]
    assert unit_means(blocks_of(range(9), rest=[7.0])) == pytest.approx(np.arange(9))
    assert unit_means(np.arange(6.0).reshape(2, 3)).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert unit_means(np.arange(6)).dtype == float


def test_states_are_filled_up_to_whole_blocks_where_blocks_count():
    assert [filled(n) for n in (1, 255, 256, 257, 1_250)] == [1, 255, 256, 288, 1_280]


def test_degrees_of_freedom_are_those_of_an_estimate():
    for states in (2, 255, 256, 1_250):
        assert freedom(states) == estimate(np.arange(float(states))).df


def test_states_without_a_value_do_not_count():
    known = of_known(np.array([1.0, math.nan, 3.0, 5.0]))
    assert known.mean == 3.0
    assert known == of_known(np.array([math.nan, 1.0, 3.0, 5.0]))
    assert of_known(np.array([1.0, 3.0])) == estimate(np.array([1.0, 3.0]))


def test_independent_numbers_are_taken_one_by_one():
    values = np.arange(400.0)
    found = of_independent(values)
    assert (found.df, found.se) == (399, pytest.approx(values.std(ddof=1) / 20))


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
        estimate(values, weights)
