"""The one-period hedging model: H1 to H11, golden values, and independent brute-force derivations."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference_models.one_period import (
    OnePeriod,
    all_in_point,
    best_share,
    best_with_exit,
    cara_shares,
    certainty_equivalent,
    crra_shares,
    duplicity_threshold,
    entropy,
    influence,
    informed_value_of_hedging,
    late_switching_gain,
    mutual_information,
    payoff_table,
    value_of_hedging,
)

from equipoise.errors import InputError
from equipoise.findings.metrics import evaluate

GRID = np.linspace(0, 1, 100_001)


def plain_ce(x, p, a, rho, kappa, stakes=1.0):
    """Write CE(x) out once more from its definition, with no care for overflow."""
    g1 = x - rho * (1 - x) - kappa * x * (1 - x)
    g2 = (1 - x) - rho * x - kappa * x * (1 - x)
    return -np.log(p * np.exp(-a * stakes * g1) + (1 - p) * np.exp(-a * stakes * g2)) / a


def brute(p, a, rho, kappa, stakes=1.0):
    worth = plain_ce(GRID, p, a, rho, kappa, stakes)
    return GRID[np.argmax(worth)], worth.max(), worth.max() - max(worth[0], worth[-1])


models = st.builds(
    OnePeriod,
    p=st.floats(0.02, 0.98),
    aversion=st.floats(0.1, 6),
    resentment=st.floats(0, 1.5),
    duplicity=st.floats(0, 3),
    stakes=st.floats(0.5, 2),
)


def test_payoffs_by_hand():
    # x = .75, rho = .5, kappa = 1: both = .1875; g1 = .75 - .125 - .1875, g2 = .25 - .375 - .1875
    g1, g2 = influence(OnePeriod(resentment=0.5, duplicity=1), 0.75)
    assert (float(g1), float(g2)) == (0.4375, -0.3125)
    # p = 1/2, a = 1, all on force 1, rho 0: -ln((e^-1 + 1)/2)
    found = certainty_equivalent(OnePeriod(), 1.0)
    assert float(found) == pytest.approx(-math.log((math.exp(-1) + 1) / 2))


@settings(max_examples=60, deadline=None)
@given(models)
def test_best_share_agrees_with_brute_force(model):
    _, worth, gain = brute(model.p, model.aversion, model.resentment, model.duplicity, model.stakes)
    found = best_share(model)
    assert found.certainty_equivalent == pytest.approx(worth, abs=1e-8)
    assert float(certainty_equivalent(model, found.share)) == pytest.approx(worth, abs=1e-8)
    assert value_of_hedging(model) == pytest.approx(gain, abs=1e-8)


def test_certainty_equivalent_agrees_with_monte_carlo():
    model = OnePeriod(p=0.3, aversion=2, resentment=0.4, duplicity=0.6)
    survives = np.random.default_rng(5).random(400_000) < 0.3
    g1, g2 = influence(model, 0.6)
    utility = np.exp(-2 * np.where(survives, g1, g2))
    error = utility.std() / math.sqrt(len(utility)) / utility.mean() / 2
    assert float(certainty_equivalent(model, 0.6)) == pytest.approx(
        -math.log(utility.mean()) / 2, abs=3.5 * error
    )


def test_extremes_do_not_overflow():
    assert certainty_equivalent(OnePeriod(p=0.0, aversion=800), [0, 1]).tolist() == [1, 0]
    assert certainty_equivalent(OnePeriod(p=1.0, aversion=800), [0, 1]).tolist() == [0, 1]
    # a very risk-averse patron looks at the worse payoff only
    assert best_share(OnePeriod(p=0.9, aversion=5000)).share == pytest.approx(0.5, abs=1e-3)


# H1 -------------------------------------------------------------------------------------------------------


def test_h1_certainty_ends_hedging_exactly_at_the_all_in_point():
    assert all_in_point(OnePeriod()) == pytest.approx(0.731059, abs=1e-6)
    edge = all_in_point(OnePeriod(aversion=2, resentment=0.5))
    for p, hedges in ((edge - 1e-4, True), (edge, False), (edge + 1e-4, False), (1.0, False)):
        model = OnePeriod(p=p, aversion=2, resentment=0.5)
        assert (best_share(model).share < 1) == hedges
        assert (value_of_hedging(model) > 0) == hedges
    shares = [best_share(OnePeriod(p=p)).share for p in (0.5, 0.6, 0.7, 0.73, 0.74, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0.5 and shares[-1] == 1
    # brute force finds the same corner
    assert brute(edge - 1e-3, 2, 0.5, 0)[0] < 1
    assert brute(edge, 2, 0.5, 0)[0] == 1


# H2 -------------------------------------------------------------------------------------------------------


def test_h2_risk_neutral_patrons_do_not_hedge():
    for p in (0.3, 0.5, 0.9):
        for kappa in (0.0, 0.5):
            model = OnePeriod(p=p, aversion=0, resentment=0.3, duplicity=kappa)
            assert best_share(model).share == (1 if p >= 0.5 else 0)
            assert value_of_hedging(model) == 0
    assert duplicity_threshold(OnePeriod(aversion=0)) == 0
    # kappa* = (4/a) ln cosh(a/2), about a/2 for small a
    for a in (0.1, 0.01, 0.001):
        assert duplicity_threshold(OnePeriod(aversion=a)) == pytest.approx(a / 2, rel=a)


# H3 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "rho", "kappa"), [(1, 0, 0), (2, 0.5, 0), (2, 0.5, 0.8), (4, 1, 2.0)])
def test_h3_value_of_hedging_does_not_rise_as_the_outcome_gets_clearer(a, rho, kappa):
    p = np.linspace(0.5, 1, 101)
    up = [value_of_hedging(OnePeriod(p=q, aversion=a, resentment=rho, duplicity=kappa)) for q in p]
    down = [value_of_hedging(OnePeriod(p=1 - q, aversion=a, resentment=rho, duplicity=kappa)) for q in p]
    assert (np.diff(up) <= 1e-10).all()
    assert up == pytest.approx(down, abs=1e-9)
    assert up[0] > 0 and up[-1] == 0


def test_h3_value_of_hedging_in_closed_form():
    for p, a, rho in ((0.5, 1, 0), (0.6, 2, 0.5), (0.3, 1.5, 0.2)):
        q = max(p, 1 - p)
        closed = (
            (1 - rho) / 2
            - math.log(2 * math.sqrt(p * (1 - p))) / a
            + math.log(q * math.exp(-a) + (1 - q) * math.exp(a * rho)) / a
        )
        assert value_of_hedging(OnePeriod(p=p, aversion=a, resentment=rho)) == pytest.approx(closed)


# H4 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "a", "rho", "golden"),
    [
        (0.5, 1, 0, 0.48046),
        (0.5, 1, 0.5, 1.03306),
        (0.5, 2, 0.5, 1.71088),
        (0.5, 4, 1, 3.30719),
        (0.6, 2, 0.5, 1.427),
        (0.7, 2, 0.5, 1.212),
    ],
)
def test_h4_duplicity_threshold_and_jump(p, a, rho, golden):
    found = duplicity_threshold(OnePeriod(p=p, aversion=a, resentment=rho))
    assert found == pytest.approx(golden, abs=5e-4 if p > 0.5 else 1e-5)
    # brute force on both sides: a split wins below and a single bet above, with a jump between
    below, _, gain_below = brute(p, a, rho, found - 2e-3)
    above, _, gain_above = brute(p, a, rho, found + 2e-3)
    assert gain_below > 0 and 0.1 < below < 0.9
    assert gain_above == 0 and above in (0, 1)


def test_h4_one_formula_on_both_sides_of_even_odds():
    near = [duplicity_threshold(OnePeriod(p=p, aversion=2, resentment=0.5)) for p in (0.4999, 0.5001)]
    assert near == pytest.approx([1.71088, 1.71088], abs=2e-3)
    assert duplicity_threshold(OnePeriod(p=0.3, aversion=2, resentment=0.5)) == pytest.approx(1.212, abs=5e-4)
    assert duplicity_threshold(OnePeriod(p=0.99)) == 0


@settings(max_examples=40, deadline=None)
@given(models)
def test_h4_the_threshold_is_where_the_value_of_hedging_ends(model):
    edge = duplicity_threshold(model)
    assert value_of_hedging(replace(model, duplicity=edge + 1e-3)) <= 1e-7
    if edge > 1e-2:
        assert value_of_hedging(replace(model, duplicity=edge * 0.98)) > 0


# H5, H6 ---------------------------------------------------------------------------------------------------


def test_h5_resentment_lowers_the_level_but_raises_the_value_of_hedging():
    found = [best_share(OnePeriod(p=0.6, aversion=2, resentment=rho)) for rho in (0, 0.5, 1)]
    assert [best.certainty_equivalent for best in found] == pytest.approx([0.510, 0.260, 0.010], abs=5e-4)
    gains = [value_of_hedging(OnePeriod(p=0.6, aversion=2, resentment=rho)) for rho in (0, 0.5, 1)]
    assert gains == sorted(gains) and gains[0] < gains[2]


@pytest.mark.parametrize("a", [0.0, 0.5, 3.0])
def test_h6_strong_resentment_makes_staying_out_best(a):
    first, second, worth = best_with_exit(OnePeriod(aversion=a, resentment=1.2))
    assert (first, second, worth) == (0, 0, 0)
    # at even odds the mean of any split is (1 - rho)/2 of what is spent: -0.1
    g1, g2 = influence(OnePeriod(resentment=1.2), np.array([0.0, 0.5, 1.0]))
    assert (g1 + g2) / 2 == pytest.approx([-0.1, -0.1, -0.1])


def test_h6_without_it_the_budget_is_spent():
    model = OnePeriod(p=0.6, aversion=2)
    first, second, worth = best_with_exit(model)
    assert (first, first + second) == (pytest.approx(best_share(model).share, abs=1e-5), pytest.approx(1))
    assert worth == pytest.approx(best_share(model).certainty_equivalent, abs=1e-9)


def test_h6_agrees_with_an_optimiser_on_the_triangle():
    from scipy.optimize import minimize

    rng = np.random.default_rng(8)
    for _ in range(10):
        p, a, rho, kappa = rng.uniform(0.2, 0.8), rng.uniform(0.5, 4), rng.uniform(0, 1.5), rng.uniform(0, 1)

        def loss(z, p=p, a=a, rho=rho, kappa=kappa):
            g1 = z[0] - rho * z[1] - kappa * z[0] * z[1]
            g2 = z[1] - rho * z[0] - kappa * z[0] * z[1]
            return np.log(p * np.exp(-a * g1) + (1 - p) * np.exp(-a * g2)) / a

        starts = [(0, 0), (1, 0), (0, 1), (0.5, 0.5), (0.2, 0.1), (0.1, 0.3)]
        limit = {"type": "ineq", "fun": lambda z: 1 - z[0] - z[1]}
        tries = [
            minimize(loss, start, bounds=[(0, 1)] * 2, constraints=[limit], method="SLSQP", tol=1e-12)
            for start in starts
        ]
        model = OnePeriod(p=p, aversion=a, resentment=rho, duplicity=kappa)
        assert best_with_exit(model)[2] == pytest.approx(-min(t.fun for t in tries), abs=1e-6)


# H7, H8 ---------------------------------------------------------------------------------------------------


def test_h7_relative_risk_aversion_evens_the_portfolio():
    p = [0.5, 0.3, 0.2]
    assert crra_shares(p, 1) == pytest.approx(p)
    assert crra_shares(p, 0) == pytest.approx([1, 0, 0])
    assert crra_shares(p, 1e-3) == pytest.approx([1, 0, 0])
    assert crra_shares(p, 1e9) == pytest.approx([1 / 3] * 3)
    # gamma = 2: square roots .70711, .54772, .44721 over their sum 1.70204
    assert crra_shares(p, 2) == pytest.approx([0.41545, 0.32180, 0.26275], abs=1e-5)
    concentration = [(crra_shares(p, g) ** 2).sum() for g in (0.2, 0.5, 1, 2, 5)]
    assert concentration == sorted(concentration, reverse=True)
    assert crra_shares([0.4, 0.4, 0.2], 0).tolist() == [0.5, 0.5, 0]


@pytest.mark.parametrize("gamma", [0.5, 1.0, 3.0])
def test_h7_agrees_with_an_optimiser(gamma):
    from scipy.optimize import minimize

    p = np.array([0.5, 0.3, 0.2])

    def loss(z):
        x = np.exp(z) / np.exp(z).sum()
        utility = np.log(x) if gamma == 1 else x ** (1 - gamma) / (1 - gamma)
        return -(p * utility).sum()

    z = minimize(loss, np.zeros(3), tol=1e-14).x
    assert crra_shares(p, gamma) == pytest.approx(np.exp(z) / np.exp(z).sum(), abs=1e-4)


def test_h8_weak_forces_drop_out():
    assert cara_shares([0.5, 0.3, 0.2], 3) == pytest.approx([0.4919, 0.3216, 0.1865], abs=5e-5)
    # a = 1: the first two alone: ln(.5/.3) = .5108 apart, (1 + .5108)/2 = .7554; the third's p .2 is below
    # the level .5 e^-.7554 = .2349
    assert cara_shares([0.3, 0.2, 0.5], 1) == pytest.approx([0.24459, 0, 0.75541], abs=1e-5)
    assert cara_shares([0.9, 0.1], 0.5).tolist() == [1, 0]
    assert cara_shares([0.5, 0.5, 0.0], 4) == pytest.approx([0.5, 0.5, 0])
    # two forces: the same as x* of the model without resentment
    for p in (0.5, 0.6, 0.7, 0.9):
        assert cara_shares([p, 1 - p], 1)[0] == pytest.approx(best_share(OnePeriod(p=p)).share)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=7), st.floats(0.05, 20))
def test_h8_meets_the_conditions_of_an_optimum(weights, aversion):
    p = np.array(weights) / np.sum(weights)
    x = cara_shares(p, aversion)
    assert x.sum() == pytest.approx(1)
    marginal = p * np.exp(-aversion * x)
    assert marginal[x > 0] == pytest.approx(marginal.max())
    assert (marginal[x == 0] <= marginal.max() * (1 + 1e-9)).all()


# H9, H10, H11 ---------------------------------------------------------------------------------------------


def test_h9_higher_stakes_act_as_higher_risk_aversion():
    model = OnePeriod(p=0.6, aversion=1, resentment=0.3, duplicity=0.2)
    for stakes in (0.5, 2.0, 3.0):
        near = replace(model, stakes=stakes)
        bolder = replace(model, aversion=stakes)
        x = np.linspace(0, 1, 11)
        assert certainty_equivalent(near, x) == pytest.approx(stakes * certainty_equivalent(bolder, x))
        assert all_in_point(near) == all_in_point(bolder)
        assert duplicity_threshold(near) == pytest.approx(duplicity_threshold(bolder))
    points = [all_in_point(replace(model, stakes=s)) for s in (1, 2, 4)]
    per_stake = [value_of_hedging(replace(model, stakes=s)) / s for s in (1, 2, 4)]
    assert points == sorted(points) and points[0] < points[-1]
    assert per_stake == sorted(per_stake) and per_stake[0] < per_stake[-1]


@pytest.mark.parametrize("cost", [0.0, 0.01, 0.3, 1.0])
@pytest.mark.parametrize("a", [0.5, 2.0])
def test_h10_cheap_late_switching_removes_the_value_of_early_hedging(a, cost):
    found = late_switching_gain(OnePeriod(aversion=a), cost)
    assert found == pytest.approx(math.log(math.cosh(a * cost / 2)) / a, abs=1e-12)
    # outright: half the time the bet is right (1), half the time all must move (1 - c)
    bet = -math.log((math.exp(-a) + math.exp(-a * (1 - cost))) / 2) / a
    assert found == pytest.approx(1 - cost / 2 - bet, abs=1e-12)


def test_h10_no_one_moves_at_more_than_it_brings():
    assert late_switching_gain(OnePeriod(), 5.0) == pytest.approx(value_of_hedging(OnePeriod()))


def test_h11_information_is_worth_entropy_and_mutual_information_to_a_log_bettor():
    p = np.array([0.5, 0.3, 0.2])
    assert entropy(p) == pytest.approx(1.02965, abs=1e-5)
    # outright: best utility knowing the survivor is ln 1, not knowing it sum p ln x maximised over x
    grid = np.array([[i, j, 200 - i - j] for i in range(1, 199) for j in range(1, 200 - i)]) / 200
    assert entropy(p) == pytest.approx(-(np.log(grid) @ p).max(), abs=1e-9)
    likelihood = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])
    worth = 0.0
    for signal in range(3):
        joint = p * likelihood[:, signal]
        worth += (np.log(grid) @ joint).max()
    gain = worth - (np.log(grid) @ p).max()
    assert mutual_information(p, likelihood) == pytest.approx(gain, abs=1e-4)
    assert mutual_information(p, np.eye(3)) == pytest.approx(entropy(p))
    assert mutual_information(p, np.full((3, 2), 0.5)) == pytest.approx(0)


def test_h11_early_information_replaces_hedging_at_even_odds():
    accuracy = np.linspace(0.5, 1, 26)
    left = [informed_value_of_hedging(OnePeriod(aversion=2, resentment=0.3), q) for q in accuracy]
    assert (np.diff(left) <= 1e-12).all()
    assert left[0] == pytest.approx(value_of_hedging(OnePeriod(aversion=2, resentment=0.3)))
    assert left[-1] == 0


def test_h11_a_signal_can_bring_a_sure_thing_into_doubt():
    sure = OnePeriod(aversion=2, p=0.9)
    assert value_of_hedging(sure) == 0
    # a signal against, right 8 times in 10: p falls to .9*.2/(.9*.2 + .1*.8) = .692; seen with chance .26
    doubt = value_of_hedging(replace(sure, p=0.18 / 0.26))
    assert informed_value_of_hedging(sure, 0.8) == pytest.approx(0.26 * doubt)


# Fed to the judging code ----------------------------------------------------------------------------------


def test_the_metrics_reproduce_the_model_when_fed_its_payoffs():
    model = OnePeriod(p=0.6, aversion=2, resentment=0.5)
    shares = np.linspace(0, 1, 1001)
    f, survivor = payoff_table(model, shares, states=1000)
    assert survivor.sum() == 600
    names = [f"{x:.3f}" for x in shares]
    found = evaluate(f, names, metrics=["certainty-equivalent", "laplace", "maximin"], aversion=2)
    by_ce = found["certainty-equivalent"]
    best = max(by_ce, key=by_ce.get)
    assert float(best) == pytest.approx(best_share(model).share, abs=5e-4)
    assert by_ce[best] == pytest.approx(best_share(model).certainty_equivalent, abs=1e-6)
    assert max(found["laplace"], key=found["laplace"].get) == "1.000"
    assert max(found["maximin"], key=found["maximin"].get) == "0.500"


def test_the_table_is_spread_evenly_and_refuses_what_it_cannot_show():
    _, survivor = payoff_table(OnePeriod(p=0.25), [0.5], states=64)
    assert survivor.reshape(4, 16).sum(axis=1).tolist() == [4, 4, 4, 4]
    with pytest.raises(InputError, match="whole number"):
        payoff_table(OnePeriod(p=1 / 3), [0.5], states=100)


@pytest.mark.parametrize(
    "wrong",
    [{"p": 1.2}, {"aversion": -1}, {"resentment": math.inf}, {"duplicity": -0.1}, {"stakes": 0}],
)
def test_a_model_that_cannot_be_is_refused(wrong):
    with pytest.raises(InputError):
        OnePeriod(**wrong)


@pytest.mark.parametrize(
    "call",
    [
        lambda: influence(OnePeriod(), 1.5),
        lambda: crra_shares([0.5, 0.6], 1),
        lambda: crra_shares([0.5, 0.5], -1),
        lambda: cara_shares([0.5, 0.5], 0),
        lambda: late_switching_gain(OnePeriod(), -1),
        lambda: informed_value_of_hedging(OnePeriod(), 0.4),
        lambda: mutual_information([0.5, 0.5], np.ones((2, 2))),
    ],
)
def test_arguments_that_cannot_be_are_refused(call):
    with pytest.raises(InputError):
        call()
