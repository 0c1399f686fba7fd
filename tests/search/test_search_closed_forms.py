"""The search finds what is known in closed form when it is given the payoffs (THEORY §3, H1-H8 and H24)."""

import math
from itertools import pairwise

import numpy as np
import pytest
from tests.reference_models.contests import blotto_best_response, blotto_payoff

from equipoise.errors import InputError
from equipoise.findings import metrics
from equipoise.search import search
from equipoise.search.objective import objective
from equipoise.search.space import Shares, Space

TWO = Space((Shares(("first", "second")),))
STATES = 1000


def one_period(p, rho=0.0, kappa=0.0, stakes=1.0):
    """Payoffs of the one-period model, written here from its definition and not from our calculator."""
    first_wins = np.arange(STATES) < round(p * STATES)

    def payoffs(points):
        x, y = points[:, :1], points[:, 1:2]
        courted = kappa * x * y
        return stakes * np.where(first_wins, x - rho * y - courted, y - rho * x - courted)

    return payoffs


def best(p, a, rho=0.0, kappa=0.0, stakes=1.0, seed=1):
    found = search(
        one_period(p, rho, kappa, stakes), TWO, objective("certainty-equivalent", aversion=a), seed=seed
    )
    return found


@pytest.mark.parametrize(
    ("p", "a", "rho"), [(0.5, 1, 0), (0.6, 2, 0.5), (0.4, 2, 0.5), (0.7, 4, 0), (0.65, 3, 1.0)]
)
def test_h1_the_best_split_is_that_of_the_formula(p, a, rho):
    expected = min(1, max(0, 0.5 + math.log(p / (1 - p)) / (2 * a * (1 + rho))))
    assert best(p, a, rho).point[0] == pytest.approx(expected, abs=1e-3)


def test_h1_all_in_exactly_from_the_all_in_point_on():
    # a = 1, rho = 0: p-bar = 0.731059.
    assert best(0.730, 1).point[0] < 1
    assert best(0.732, 1).point[0] == 1.0
    assert best(0.999, 1).point[0] == 1.0


def test_h2_who_is_risk_neutral_does_not_hedge():
    for p, kappa in ((0.51, 0.0), (0.49, 0.3), (0.8, 0.1)):
        found = search(one_period(p, 0.5, kappa), TWO, objective("laplace"), seed=1)
        assert found.point[0] == float(p > 0.5)


def test_h3_the_value_of_hedging_falls_with_certainty_and_ends_at_the_all_in_point():
    def worth(p):
        ends = max(objective("certainty-equivalent", aversion=2).score(one_period(p, 0.5)(np.eye(2))))
        return best(p, 2, 0.5).score - ends

    values = [worth(p) for p in (0.5, 0.6, 0.7, 0.8, 0.9, 0.96)]
    assert all(one > other for one, other in pairwise(values[:-1]))
    assert values[-1] == pytest.approx(0, abs=1e-12)  # p-bar is 0.9526


@pytest.mark.parametrize(("p", "threshold"), [(0.5, 1.711), (0.6, 1.427), (0.7, 1.212)])
def test_h4_duplicity_ends_hedging_at_its_threshold_with_a_jump(p, threshold):
    below, above = best(p, 2, 0.5, threshold - 1e-3), best(p, 2, 0.5, threshold + 1e-3)
    assert 0.4 < below.point[0] < 0.9
    assert above.point[0] in (0.0, 1.0)


@pytest.mark.parametrize(("a", "rho", "threshold"), [(1, 0, 0.48046), (1, 0.5, 1.03306), (4, 1, 3.30719)])
def test_h4_the_threshold_itself_by_halving(a, rho, threshold):
    low, high = 0.0, 5.0
    while high - low > 2e-4:
        kappa = (low + high) / 2
        hedges = 0 < best(0.5, a, rho, kappa).point[0] < 1
        low, high = (kappa, high) if hedges else (low, kappa)
    assert low == pytest.approx(threshold, abs=1e-3)


def test_h5_alienation_lowers_what_can_be_attained():
    # a = 2, p = 0.6, on 1,000 states: .510, .260, .010.
    scores = [best(0.6, 2, rho).score for rho in (0, 0.5, 1)]
    assert scores == pytest.approx([0.510, 0.260, 0.010], abs=1e-3)


def test_h6_with_exit_allowed_strong_alienation_makes_staying_out_best():
    space = Space((Shares(("first", "second", "nobody")),))
    found = search(one_period(0.5, rho=1.2), space, objective("laplace"), seed=1)
    np.testing.assert_array_equal(found.point, [0, 0, 1])
    assert found.score == 0


def survivors(p):
    """Payoffs of shares where force i survives in p_i of the states and the share with it is what counts."""
    winner = np.repeat(np.arange(len(p)), [round(share * STATES) for share in p])
    return lambda points: points[:, winner]


def test_h7_more_risk_aversion_more_even_shares():
    p = np.array([0.5, 0.3, 0.2])
    space = Space((Shares(("a", "b", "c")),))
    for gamma in (0.5, 1.0, 4.0):

        def utility(points, gamma=gamma):
            x = np.maximum(survivors(p)(points), 1e-9)
            return np.log(x) if gamma == 1 else x ** (1 - gamma) / (1 - gamma)

        expected = p ** (1 / gamma) / (p ** (1 / gamma)).sum()
        found = search(utility, space, objective("laplace"), seed=1).point
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_h8_weak_forces_drop_out():
    space = Space((Shares(("a", "b", "c")),))
    aim = objective("certainty-equivalent", aversion=3)
    found = search(survivors([0.5, 0.3, 0.2]), space, aim, seed=1).point
    np.testing.assert_allclose(found, [0.4919, 0.3216, 0.1865], atol=1e-3)
    dropped = search(survivors([0.8, 0.18, 0.02]), space, aim, seed=1).point
    assert dropped[2] == 0.0
    # Two are left: x1 - x2 = ln(0.8/0.18)/3.
    assert dropped[0] - dropped[1] == pytest.approx(math.log(0.8 / 0.18) / 3, abs=1e-3)


def test_h9_larger_stakes_act_as_more_risk_aversion():
    assert best(0.6, 2, stakes=1.5).point[0] == pytest.approx(best(0.6, 3).point[0], abs=1e-3)


def test_h24_patrons_divide_in_proportion_to_value():
    values, budget, rivals = np.array([3.0, 2.0, 1.0]), 1.0, 2.0 * np.array([3.0, 2.0, 1.0]) / 6
    space = Space((Shares(("a", "b", "c")),))

    def won(points):
        return np.array([[blotto_payoff(budget * row, rivals, values)] for row in points])

    found = search(won, space, objective("laplace"), seed=1).point
    np.testing.assert_allclose(found, values / values.sum(), atol=1e-3)


def test_h24_the_best_answer_to_other_divisions_too_and_an_empty_front():
    values, rivals = np.array([1.0, 1.0, 1.0]), np.array([0.2, 0.9, 6.0])
    space = Space((Shares(("a", "b", "c")),))

    def won(points):
        return np.array([[blotto_payoff(row, rivals, values)] for row in points])

    found = search(won, space, objective("laplace"), seed=2).point
    np.testing.assert_allclose(found, blotto_best_response(1.0, rivals, values), atol=1e-3)
    assert found[2] == 0.0


@pytest.mark.parametrize("metric", list(metrics.METRICS))
def test_no_metric_is_made_worse_than_by_the_best_alternative(metric):
    """On the sample itself the search, which starts from the alternatives, can never do worse."""
    payoffs = one_period(0.6, 0.3, 0.2)
    named = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.7, 0.3]])
    aim = objective(metric, payoffs(named))
    scores = aim.score(payoffs(named))
    found = search(payoffs, TWO, aim, seed=3, starts=list(named))
    assert found.score >= scores.max()
    assert found.score == pytest.approx(float(aim.score(payoffs(found.point[None]))[0]))


def test_the_same_seed_gives_the_same_answer_and_time_can_run_out():
    assert np.array_equal(best(0.6, 2, 0.5, 0.4).point, best(0.6, 2, 0.5, 0.4).point)
    asked = []
    found = search(
        one_period(0.6, 0.5),
        TWO,
        objective("laplace"),
        seed=1,
        stop=lambda: bool(asked.append(1)) or len(asked) > 2,
    )
    assert found.stopped
    assert found.evaluations < 300


def test_a_metric_that_says_nothing_is_refused():
    flat = lambda points: np.ones((len(points), 20))  # noqa: E731 - the payoff is the point
    with pytest.raises(InputError, match="undefined for every candidate"):
        search(flat, TWO, objective("percentile-skewness"), seed=1)
    with pytest.raises(InputError, match="compares with the named strategies"):
        search(one_period(0.6), TWO, objective("minimax-regret"), seed=1)
    with pytest.raises(InputError, match="no option 'alpha'; its options are: none"):
        objective("laplace", alpha=0.5)


def test_regret_of_a_candidate_is_against_the_alternatives_alone():
    alternatives = np.array([[1.0, 0.0], [0.0, 1.0]])
    aim = objective("minimax-regret", alternatives)
    # By hand: best alternative 1 in both states; (0.4, 0.7) forgoes 0.6 and 0.3; (2, 2) forgoes nothing.
    np.testing.assert_allclose(aim.value([[0.4, 0.7], [2.0, 2.0]]), [0.6, 0.0])
    starr = objective("starr", alternatives)
    np.testing.assert_allclose(starr.value([[0.4, 0.7], [0.5, 0.5]]), [0.5, 1.0])
    stricter = objective("starr", alternatives, threshold=0.6)
    np.testing.assert_allclose(stricter.value([[0.4, 0.7], [0.5, 0.5]]), [0.5, 0.0])
