"""Comparison of strategies: ties, and luck apart from what is not known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.findings.compare import best_in_state, spread


def parted(payoff):
    """Spread of payoffs [strategies, states, chance]."""
    within = payoff.var(axis=2, ddof=1).mean(axis=1) if payoff.shape[2] > 1 else np.zeros(len(payoff))
    return spread(payoff.mean(axis=2), within, payoff.shape[2])


def test_chance_best_shares_ties():
    f = np.array([[1, 2, 3, 0], [1, 1, 3, 0], [0, 0, 3, 5]])
    # states: a and b tie; a; all tie; c
    assert best_in_state(f).mean(axis=1) == pytest.approx(
        [(1 / 2 + 1 + 1 / 3) / 4, (1 / 2 + 1 / 3) / 4, (1 / 3 + 1) / 4]
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 999))
def test_shares_of_being_best_add_up_to_one(strategies, states, seed):
    f = np.random.default_rng(seed).integers(0, 3, (strategies, states))
    assert best_in_state(f).sum(axis=0) == pytest.approx(np.ones(states))


def test_spread_by_hand():
    # state means 1 and 5: variance 8; within each state (0, 2), (4, 6): variance 2; 8 - 2/2 = 7
    found = parted(np.array([[[0.0, 2.0], [4.0, 6.0]]]))
    assert found.luck == pytest.approx((math.sqrt(2),))
    assert found.unknown == pytest.approx((math.sqrt(7),))


def test_spread_recovers_what_was_put_in():
    rng = np.random.default_rng(9)
    states = rng.normal(0, 0.3, (1, 20_000, 1))
    found = parted(np.concatenate([states, 0 * states]) + rng.normal(0, 1.0, (2, 20_000, 16)))
    assert found.unknown[0] == pytest.approx(0.3, rel=0.03)
    assert found.luck == pytest.approx((1, 1), rel=0.01)
    # states all alike: without the correction the means alone would show 1/sqrt 16 = 0.25
    assert found.unknown[1] < 0.06


def test_spread_is_none_where_it_cannot_be_told():
    assert parted(np.zeros((2, 5, 1))).luck == (None, None)
    assert parted(np.zeros((2, 5, 1))).unknown == (None, None)
    assert parted(np.zeros((1, 1, 4))).unknown == (None,)
    assert parted(np.zeros((1, 3, 4))).unknown == (0.0,)
