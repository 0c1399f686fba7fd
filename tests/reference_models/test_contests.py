"""Contests and cascades: published golden values and independent numerical equilibria."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference_models.contests import (
    blotto_best_response,
    blotto_payoff,
    cascade_outcome,
    critical_spread,
    difference_chances,
    many_player_contest,
    proportional_allocation,
    ratio_chances,
    symmetric_contest,
    two_player_contest,
)

from equipoise.errors import InputError


def best_reply(prize, others, exponent):
    """Return the best effort against the others' by brute force."""
    x = np.linspace(1e-9, 2 * prize, 400_001)
    return x[np.argmax(prize * x**exponent / (x**exponent + others) - x)]


def test_two_player_golden_value():
    found = two_player_contest(3, 1)
    assert found.efforts == pytest.approx([0.5625, 0.1875])
    assert found.chances == pytest.approx([0.75, 0.25])
    assert found.payoffs == pytest.approx([3 * 0.75 - 0.5625, 0.25 - 0.1875])


@pytest.mark.parametrize(("v1", "v2", "m"), [(3, 1, 1), (2, 1.5, 1.2), (1, 4, 0.6), (1, 1, 1.9)])
def test_two_player_efforts_are_best_replies(v1, v2, m):
    x = two_player_contest(v1, v2, exponent=m).efforts
    assert best_reply(v1, x[1] ** m, m) == pytest.approx(x[0], abs=2e-5 * v1)
    assert best_reply(v2, x[0] ** m, m) == pytest.approx(x[1], abs=2e-5 * v2)


def test_no_pure_equilibrium_where_the_weaker_would_lose():
    # 3^2 + 1 = 10 is not above 2 * 9
    with pytest.raises(InputError, match="no equilibrium"):
        two_player_contest(3, 1, exponent=2)
    with pytest.raises(InputError, match="no equilibrium"):
        two_player_contest(1, 1, exponent=2.1)
    # just inside: m = 1.2 at (3, 1): 3^1.2 + 1 = 4.74, 1.2 * 3.737 = 4.48
    assert two_player_contest(3, 1, exponent=1.2).payoffs[1] > 0


def test_h25_the_favourites_higher_stake_discourages_the_underdog():
    efforts = [two_player_contest(v, 1).efforts for v in (1, 2, 3, 5, 9)]
    assert (np.diff([x[1] for x in efforts]) < 0).all()
    assert (np.diff([x[0] for x in efforts]) > 0).all()


def test_many_player_golden_value():
    found = many_player_contest([5, 4, 3, 1])
    assert found.efforts == pytest.approx([1.24943, 0.92349, 0.38026, 0], abs=5e-6)
    assert found.chances == pytest.approx([0.48936, 0.36170, 0.14894, 0], abs=5e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.2, 10), min_size=2, max_size=6))
def test_many_player_efforts_meet_the_conditions_of_an_equilibrium(prizes):
    found = many_player_contest(prizes)
    total = found.efforts.sum()
    assert found.chances.sum() == pytest.approx(1)
    # marginal value V (X - x)/X^2 is 1 for those who take part and at most 1 for the others
    marginal = np.array(prizes) * (total - found.efforts) / total**2
    assert marginal[found.efforts > 0] == pytest.approx(1)
    assert (marginal <= 1 + 1e-9).all()


def test_the_three_contests_agree_where_they_meet():
    assert many_player_contest([3, 1]).efforts == pytest.approx(two_player_contest(3, 1).efforts)
    assert many_player_contest([2] * 5).efforts == pytest.approx(symmetric_contest(5, 2).efforts)
    assert two_player_contest(2, 2, exponent=1.5).efforts == pytest.approx(
        symmetric_contest(2, 2, exponent=1.5).efforts
    )


def test_symmetric_dissipation():
    # n = 4, m = 1.2, V = 10: 1.2 * 3 * 10 / 16 = 2.25 each, 9 in all: m (n - 1)/n = .9 of the prize
    found = symmetric_contest(4, 10, exponent=1.2)
    assert found.efforts == pytest.approx([2.25] * 4)
    assert found.efforts.sum() / 10 == pytest.approx(0.9)
    with pytest.raises(InputError, match="symmetric"):
        symmetric_contest(4, 10, exponent=1.4)


def test_h24_proportional_allocation_is_a_best_response():
    budgets, values = [2.0, 1.0, 3.0], [1.0, 2.0, 5.0]
    split = proportional_allocation(budgets, values)
    assert split[0] == pytest.approx([0.25, 0.5, 1.25])
    for patron, budget in enumerate(budgets):
        rivals = split.sum(axis=0) - split[patron]
        assert blotto_best_response(budget, rivals, values) == pytest.approx(split[patron])
        # brute force over the simplex finds nothing better
        steps = [(i, j, 100 - i - j) for i in range(101) for j in range(101 - i)]
        worth = [blotto_payoff(budget * np.array(x) / 100, rivals, values) for x in steps]
        assert max(worth) <= blotto_payoff(split[patron], rivals, values) + 1e-12
    # each wins value in proportion to its budget: 2/6 of 8
    assert blotto_payoff(split[0], split[1] + split[2], values) == pytest.approx(8 * 2 / 6)


def test_h24_negative_control_an_uneven_rival_draws_an_uneven_reply():
    reply = blotto_best_response(1.0, [0.01, 0.01, 2.0], [1.0, 1.0, 1.0])
    assert np.abs(reply - 1 / 3).max() > 0.1


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.05, 5),
    st.lists(st.tuples(st.floats(0.05, 5), st.floats(0.1, 5)), min_size=1, max_size=6),
)
def test_best_responses_equalise_marginal_value(budget, fronts):
    y, v = np.array(fronts).T
    x = blotto_best_response(budget, y, v)
    assert x.sum() == pytest.approx(budget)
    marginal = v * y / (x + y) ** 2
    assert marginal[x > 1e-9] == pytest.approx(marginal.max(), rel=1e-6)


def test_success_functions_by_hand():
    assert ratio_chances([3, 1], 2) == pytest.approx([0.9, 0.1])
    assert ratio_chances([0, 2]).tolist() == [0, 1]
    assert difference_chances([1, 0], np.log(3)) == pytest.approx([0.75, 0.25])
    assert difference_chances([1000, 0]).tolist() == [1, 0]
    # the difference form leaves a side that spends nothing a chance, the ratio form none
    assert difference_chances([0, 1])[0] > 0


def test_first_clock_to_ring_follows_the_ratio_form():
    strengths, m, n = np.array([2.0, 1.0, 0.5]), 1.3, 200_000
    times = np.random.default_rng(3).exponential(1 / strengths**m, (n, 3))
    first = np.bincount(times.argmin(axis=1), minlength=3) / n
    expected = ratio_chances(strengths, m)
    assert np.abs(first - expected).max() < 3.5 * np.sqrt(0.25 / n)


def test_h17_a_small_change_in_thresholds_brings_everybody_out():
    spread, just_before = critical_spread(0.25)
    assert spread == pytest.approx(0.12222, abs=5e-6)
    # Granovetter's own figure is about .12; below, a few per cent; above, everybody
    assert cascade_outcome(0.25, spread - 1e-5) < 0.0625
    assert cascade_outcome(0.25, spread + 1e-5) > 0.999
    # the curve touches the diagonal there: F(r) = r and F'(r) = 1
    from scipy.stats import norm

    law = norm(0.25, spread)
    assert law.cdf(just_before) == pytest.approx(just_before, abs=1e-12)
    assert law.pdf(just_before) == pytest.approx(1, abs=1e-10)
    # the quoted .0571 is the outcome of a spread a little below the critical one
    assert cascade_outcome(0.25, 0.1221) < 0.0571 < cascade_outcome(0.25, 0.1222)


@pytest.mark.parametrize("sd", [0.05, 0.1, 0.12, 0.2, 0.5])
def test_the_outcome_is_the_smallest_fixed_point(sd):
    from scipy.stats import norm

    r = np.linspace(0, 1, 200_001)
    above = norm(0.25, sd).cdf(r) <= r
    assert cascade_outcome(0.25, sd) == pytest.approx(r[np.argmax(above)], abs=2e-5)


def test_a_crowd_of_people_reaches_the_fixed_point():
    thresholds = np.random.default_rng(7).normal(0.25, 0.11, 2_000_000)
    share = 0.0
    for _ in range(300):
        share = (thresholds <= share).mean()
    assert share == pytest.approx(cascade_outcome(0.25, 0.11), abs=1e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: two_player_contest(0, 1),
        lambda: two_player_contest(1, 1, exponent=0),
        lambda: many_player_contest([1]),
        lambda: symmetric_contest(1, 1),
        lambda: blotto_best_response(1, [0, 1], [1, 1]),
        lambda: blotto_best_response(1, [1, 1], [1]),
        lambda: proportional_allocation([1], [0, 1]),
        lambda: ratio_chances([0, 0]),
        lambda: difference_chances([1], -1),
        lambda: cascade_outcome(0.25, 0),
        lambda: critical_spread(0.6),
    ],
)
def test_arguments_that_cannot_be_are_refused(call):
    with pytest.raises(InputError):
        call()
