"""The ensemble's readings, worked by hand."""

import numpy as np

from equipoise.exploration import Ensemble


def test_contrasts_are_what_a_strategy_pays_beyond_the_mean_of_its_own_state():
    payoff = np.array([[1.0, 10.0, 4.0], [3.0, 20.0, 4.0]])
    found = Ensemble(inputs={}, payoff=payoff, strategies=("a", "b")).contrasts
    np.testing.assert_array_equal(found, [[-1, 1], [-5, 5], [0, 0]])
    np.testing.assert_array_equal(found.sum(axis=1), 0)
