"""The scoring rules: closed forms, another library's values, and what makes a rule proper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import norm

from equipoise.scoring import rules

CHANCE = some.floats(0.0, 1.0)


def test_brier_and_log_by_hand():
    assert rules.brier(0.7, 1) == pytest.approx(0.09)
    assert rules.brier([0.25, 0.25], [0, 1]) == pytest.approx([0.0625, 0.5625])
    assert rules.log_score(0.065, 1, 20_000) == pytest.approx(2.7333680)
    assert rules.log_score([0.2, 0.8], [0, 1], 1000) == pytest.approx([0.2231436, 0.2231436])


def test_what_no_future_did_costs_what_half_a_future_does():
    assert rules.log_score(0.0, 1, 500) == pytest.approx(np.log(1000))
    assert rules.log_score(1.0, 0, 500) == pytest.approx(np.log(1000))
    assert rules.log_score(0.0, 0, 500) == pytest.approx(-np.log(0.999))


@given(CHANCE, CHANCE)
def test_nobody_gains_by_saying_what_they_do_not_think(truth, said):
    def expected(score, chance):
        return truth * score(chance, 1) + (1 - truth) * score(chance, 0)

    for score in (rules.brier, lambda p, o: rules.log_score(p, o, 10**6)):
        assert expected(score, truth) <= expected(score, said) + 1e-9


def test_crps_of_one_value_is_the_distance_and_of_two_by_hand():
    assert rules.crps([3.0], 1.0) == pytest.approx(2.0)
    assert rules.crps([0.0, 1.0], [0.5, 2.0]) == pytest.approx([0.25, 1.25])


def test_crps_of_a_normal_sample_is_that_of_the_normal():
    """Gneiting and Raftery 2007, eq. 21, with equally likely quantiles of the standard normal for the sample."""
    sample, y = norm.ppf((np.arange(20_000) + 0.5) / 20_000), np.array([-1.0, 0.0, 2.5])
    closed = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert rules.crps(sample, y) == pytest.approx(closed, abs=2e-4)


def test_the_scores_are_those_of_another_library():
    other = pytest.importorskip("scoringrules")
    random = np.random.default_rng(5)
    for _ in range(20):
        sample, y = random.gamma(2, size=37), random.gamma(2, size=5)
        low, high = np.quantile(sample, [0.05, 0.95])
        theirs = [other.crps_ensemble(one, sample, estimator="nrg") for one in y]
        assert rules.crps(sample, y) == pytest.approx(theirs)
        theirs = [other.interval_score(one, low, high, 0.1) for one in y]
        assert rules.interval_score(low, high, y) == pytest.approx(theirs)
        p, o = random.uniform(size=5), random.integers(0, 2, 5)
        assert rules.brier(p, o) == pytest.approx(other.brier_score(o, p))
        assert rules.log_score(p, o, 10**9) == pytest.approx(other.log_score(o, p))


def test_the_central_interval_scores_best_in_the_mean():
    """The interval score's minimum lies at the quantiles it is asked for."""
    y = norm.ppf((np.arange(4000) + 0.5) / 4000)
    best = rules.interval_score(*norm.ppf([0.05, 0.95]), y).mean()
    for low, high in ((0.1, 0.9), (0.01, 0.99), (0.05, 0.8), (0.2, 0.95)):
        assert best < rules.interval_score(*norm.ppf([low, high]), y).mean()
