"""States as points of the unit cube: laws of scrambled Sobol in 16 scrambles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from equipoise.draws.sampling import SCRAMBLES, points


def test_sixteen_scrambles():
    assert SCRAMBLES == 16


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 300), st.integers(1, 300), st.integers(0, 50))
def test_any_stretch_is_that_of_one_long_list(dimensions, first, count, seed):
    whole = points(dimensions, 0, first + count, seed=seed)
    assert (points(dimensions, first, count, seed=seed) == whole[first:]).all()


def test_the_first_of_a_longer_run_are_those_of_a_shorter():
    whole = points(7, 0, 5_000, seed=3)
    for n in (1, 15, 16, 17, 1_250, 4_999):
        assert (points(7, 0, n, seed=3) == whole[:n]).all()


def test_every_dimension_is_spread_more_evenly_than_by_chance():
    """1,024 points of a scrambled net put exactly one into each interval of length 1/1,024."""
    net = points(20, 0, 1_024 * 16, seed=9)[5::16]
    for column in net.T:
        assert (np.sort((column * 1_024).astype(int)) == np.arange(1_024)).all()
    # and the whole is far closer to uniform than 16,384 independent draws, whose distance is about 0.007
    whole = points(20, 0, 1_024 * 16, seed=9)
    assert max(stats.kstest(column, "uniform").statistic for column in whole.T) < 0.001


def test_first_points_of_the_scrambles_are_independent_draws():
    """Across seeds and scrambles the first point must look like independent uniform draws."""
    first = np.concatenate([points(2, 0, 16, seed=seed) for seed in range(60)])
    for column in first.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(first.T)[0, 1]) < 4 / np.sqrt(len(first))
    # neighbours in the list come from different scrambles and know nothing of each other
    assert abs(np.corrcoef(first[:-1, 0], first[1:, 0])[0, 1]) < 4 / np.sqrt(len(first))


def test_points_lie_strictly_inside():
    found = points(3, 0, 4_096, seed=1)
    assert found.min() > 0 and found.max() < 1
    assert len(np.unique(found[:, 0])) == 4_096


def test_zero_is_a_seed_of_its_own():
    zero, one, again = (points(4, 0, 64, seed=seed) for seed in (0, 1, 0))
    assert (zero == again).all()
    assert not np.isclose(zero, one).any(axis=1).all()
    assert (zero != one).mean() > 0.99


def test_scrambles_differ():
    found = points(4, 0, 16 * 8, seed=2)
    nets = [found[k::16] for k in range(16)]
    assert all((nets[0] != net).all() for net in nets[1:])


def test_nothing_uncertain_gives_empty_rows():
    assert points(0, 5, 7, seed=1).shape == (7, 0)


def test_an_average_over_states_converges_faster_than_by_chance():
    """The mean of a smooth function: the spread over seeds at 1,024 states, against 1/sqrt(n)."""
    means = [np.cos(points(5, 0, 1_024, seed=seed) @ [0.3, 0.2, 0.5, 0.1, 0.4]).mean() for seed in range(30)]
    one = np.cos(points(5, 0, 1_024, seed=0) @ [0.3, 0.2, 0.5, 0.1, 0.4]).std()
    assert np.std(means, ddof=1) < 0.2 * one / np.sqrt(1_024)


@pytest.mark.parametrize("first", [1, 1 << 20])
def test_far_states_can_be_drawn_alone(first):
    found = points(3, first * 16, 16, seed=4)
    assert found.shape == (16, 3) and ((found > 0) & (found < 1)).all()
