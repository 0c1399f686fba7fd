"""Outcomes and deals of many draws: known numbers, missing values, refusals."""

import numpy as np
import pytest

from equipoise.bargaining import outcomes
from equipoise.bargaining.outcomes import acceptance, deal, outcomes_by_issue
from equipoise.errors import InputError

SCALE = (0.0, 100.0)


def test_compromise_of_many_draws_against_a_plain_loop():
    rng = np.random.default_rng(0)
    x, s, c = rng.uniform(0, 100, (200, 5)), rng.random((200, 5)), rng.random((200, 5))
    x[rng.random(x.shape) < 0.2] = np.nan
    s[rng.random(s.shape) < 0.2] = np.nan
    x[:, 0], s[:, 0] = 50, 0.5
    expected = []
    for row in range(200):
        above = below = 0.0
        for a in range(5):
            if not np.isnan(x[row, a]) and not np.isnan(s[row, a]):
                above += c[row, a] * s[row, a] * x[row, a]
                below += c[row, a] * s[row, a]
        expected.append(above / below)
    np.testing.assert_allclose(outcomes("compromise", x, s, c, scale=SCALE), expected, rtol=1e-12)


def test_clout_may_be_the_same_for_all_draws():
    x = np.array([[0.0, 100.0], [100.0, 0.0]])
    np.testing.assert_allclose(outcomes("compromise", x, np.ones(2), np.array([3, 1]), scale=SCALE), [25, 75])


@pytest.mark.parametrize(
    ("salience", "clout"), [([0, 0], [1, 1]), ([1, 1], [0, 0]), ([np.nan, np.nan], [1, 1]), ([1, 0], [0, 1])]
)
def test_nobody_with_weight_is_an_error(salience, clout):
    with pytest.raises(InputError, match="no actor with a position has clout and salience"):
        outcomes("compromise", np.array([0, 100.0]), np.array(salience), np.array(clout), scale=SCALE)


def test_negative_weights_and_upside_down_scales_are_errors():
    with pytest.raises(InputError, match="cannot be negative"):
        outcomes("compromise", np.array([0, 100.0]), np.array([1, -1.0]), np.ones(2), scale=SCALE)
    with pytest.raises(InputError, match="low end"):
        outcomes("compromise", np.array([0, 100.0]), np.ones(2), np.ones(2), scale=(1, 0))
    with pytest.raises(InputError, match="do not fit"):
        outcomes("compromise", np.zeros((3, 2)), np.ones((2, 2)), np.ones(2), scale=SCALE)


def test_a_deal_needs_every_party_on_every_issue_and_the_edge_counts():
    x, r = np.array([[0.0, 100.0]] * 4), np.array([[40.0, 60.0]] * 4)
    np.testing.assert_array_equal(deal(np.array([40.0, 41.0, 39.0, 40.0]), x, r), [True, False, False, True])
    two = np.stack([x, x], axis=1), np.stack([r, r], axis=1)
    y = np.array([[40.0, 40], [40, 41], [39, 40], [40, 40]])
    np.testing.assert_array_equal(deal(y, *two), [True, False, False, True])


def test_a_party_without_position_or_reservation_accepts_but_no_outcome_is_no_deal():
    x, r = np.array([[0.0, np.nan]]), np.array([[np.nan, 5.0]])
    assert deal(np.array([99.0]), x, r)[0]
    assert not deal(np.array([np.nan]), x, r)[0]
    assert not deal(np.array([np.nan]), np.empty((1, 0)), np.empty((1, 0)))[0]
    assert acceptance(np.array([[99.0]]), x[:, None], r[:, None]).tolist() == [[[True, True]]]


def test_issues_keep_their_order():
    x = np.array([[[0.0, 100.0], [20.0, 20.0]]])
    y = outcomes_by_issue("compromise", x, np.ones((1, 2, 2)), np.ones(2), scales=[SCALE, SCALE])
    np.testing.assert_allclose(y, [[50, 20]])
