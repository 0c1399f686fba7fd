"""How likely each account is: against enumeration, in the limits of λ, and in the one-period model."""

import math
from itertools import product

import numpy as np
import pytest
from tests.reference_models.one_period import OnePeriod, payoff_table

from equipoise.inference.hypotheses import (
    AT,
    LOOSENESS,
    Account,
    Seen,
    choice_chances,
    drawn_weights,
    weigh,
    worths,
)
from equipoise.inference.rules import MEAN, Rule
from equipoise.inference.wants import Goals

WAYS = ("a", "b", "c")


def goals(seed, weights=2, states=6):
    rng = np.random.default_rng(seed)
    return Goals(
        tuple(f"w{k}" for k in range(weights)), rng.normal(size=(weights, states)), np.full(weights, -np.inf), WAYS,
        rng.normal(size=(3, states)), rng.normal(size=(weights, 3, states)),
    )  # fmt: skip


def accounts():
    return [
        Account("one", "One", None, MEAN, prior=2.0),
        Account("two", "Two", "other", Rule("maximin"), prior=1.0),
        Account("three", "Three", "other", MEAN, {"w1": np.array(0.7)}, prior=3.0),
    ]


def acts():
    return [
        Seen(WAYS, "b", None, {None: goals(1), "other": goals(2)}),
        Seen(WAYS, "c", "2031-05-01", {None: goals(3), "other": goals(4)}),
    ]


def by_hand(accounts, acts, looseness):
    """Enumerate accounts and draws of weights; every payoff added up state by state."""
    draws = acts[0].goals[None].payoff.shape[1]
    table = {}
    for h, m in product(range(len(accounts)), range(draws)):
        account, chance = accounts[h], 1.0
        for act in acts:
            of = act.goals[account.holder]
            own = [float(account.goals.get(p, of.values[k][m])) for k, p in enumerate(of.paths)]
            f = [
                [of.payoff[d, s] + sum((own[k] - of.values[k, s]) * of.terms[k, d, s] for k in range(len(of.paths)))
                 for s in range(draws)]
                for d in range(3)
            ]  # fmt: skip
            worth = [min(row) if account.rule.metric == "maximin" else sum(row) / draws for row in f]
            middle = sum(worth) / 3
            spread = math.sqrt(sum((w - middle) ** 2 for w in worth) / 3)
            odds = [math.exp((w - max(worth)) / (looseness * spread)) for w in worth]
            chance *= odds[WAYS.index(act.done)] / sum(odds)
        table[h, m] = account.prior / sum(a.prior for a in accounts) * chance / draws
    total = sum(table.values())
    return {key: value / total for key, value in table.items()}, total


def test_the_posterior_is_that_of_enumeration():
    found = weigh(accounts(), acts())
    names = [account.name for account in accounts()]
    for k in (0, 10, len(LOOSENESS) - 1):
        cells, evidence = by_hand(accounts(), acts(), LOOSENESS[k])
        assert found.evidence[k] == pytest.approx(evidence, rel=1e-9)
        for one in found.hypotheses:
            h = names.index(one.name)
            assert one.posterior[k] == pytest.approx(
                sum(v for (a, _), v in cells.items() if a == h), rel=1e-9
            )


def test_what_is_learnt_of_the_weights_is_that_of_enumeration():
    found = weigh(accounts(), acts())
    cells, _ = by_hand(accounts(), acts(), AT)
    values = goals(1).values  # the first act's; weights are the same for all
    same = [goals(n).values for n in (1, 2)]
    expected = sum(v * (same[0 if h == 0 else 1][0][m]) for (h, m), v in cells.items())
    assert {one.path: one.posterior for one in found.weights}["w0"] == pytest.approx(expected)
    assert values.shape == (2, 6)


def test_holders_are_their_hypotheses_together():
    found = weigh(accounts(), acts())
    by_name = {one.name: one for one in found.hypotheses}
    own, other = found.holders
    assert (own.holder, other.holder) == (None, "other")
    assert own.posterior == pytest.approx(by_name["one"].posterior)
    assert other.prior == pytest.approx(4 / 6)
    assert other.posterior[3] == pytest.approx(by_name["two"].posterior[3] + by_name["three"].posterior[3])


def test_near_zero_only_accounts_under_which_it_is_best_remain():
    best = Goals(
        (),
        np.zeros((0, 4)),
        np.zeros(0),
        WAYS,
        np.array([[0.0] * 4, [1] * 4, [0.5] * 4]),
        np.zeros((0, 3, 4)),
    )
    worse = Goals(
        (),
        np.zeros((0, 4)),
        np.zeros(0),
        WAYS,
        np.array([[1.0] * 4, [0.3] * 4, [0] * 4]),
        np.zeros((0, 3, 4)),
    )
    chosen = [Account("yes", "Yes", None, prior=1), Account("no", "No", "x", prior=9)]
    found = weigh(chosen, [Seen(WAYS, "b", None, {None: best, "x": worse})])
    posterior = {one.name: one.posterior for one in found.hypotheses}
    assert posterior["yes"][0] == pytest.approx(1.0)
    # the other limit: at λ = 10 next to nothing is learnt
    assert posterior["yes"][-1] == pytest.approx(0.1, abs=0.02)


def test_the_limits_of_looseness():
    worth = np.array([[0.0, 1.0, 0.9]])
    tight, loose = choice_chances(worth, (1e-4, 1e6))
    assert tight[0] == pytest.approx([0, 1, 0])
    assert loose[0] == pytest.approx([1 / 3] * 3, abs=1e-5)


def test_chances_do_not_hang_on_the_unit_of_payoff_and_ties_are_shared():
    worth = np.array([0.0, 1.0, 0.9])
    assert choice_chances(7 * worth + 3, (0.3,)) == pytest.approx(choice_chances(worth, (0.3,)))
    assert choice_chances(np.ones(4), (0.3,))[0] == pytest.approx([0.25] * 4)
    assert choice_chances(np.array([np.nan, 1.0, 1.0]), (0.3,))[0] == pytest.approx([0, 0.5, 0.5])


def test_a_patron_knows_its_own_weights():
    made = goals(5)
    account = Account("x", "X", None, Rule("maximax"))
    (first, *_) = worths(account, made, 6)
    f = made.payoff + np.einsum(
        "ks,kds->ds", drawn_weights(account, made, 6)[:, [0]] - made.values, made.terms
    )
    assert first == pytest.approx(f.max(axis=1))


def test_in_the_one_period_model_a_split_speaks_for_risk_aversion():
    """At even odds an even split is worse than nothing to the risk-neutral (duplicity), best to the very averse."""
    payoff, _ = payoff_table(OnePeriod(p=0.5, duplicity=0.2), [0.0, 0.5, 1.0], states=100)
    made = Goals(
        (), np.zeros((0, 100)), np.zeros(0), ("second", "even", "first"), payoff, np.zeros((0, 3, 100))
    )
    neutral = Account("neutral", "Neutral", None)
    averse = Account("averse", "Averse", None, Rule("certainty-equivalent", {"aversion": 4.0}))
    split = weigh([neutral, averse], [Seen(made.ways, "even", None, {None: made})])
    assert split.hypotheses[0].name == "averse"
    assert split.hypotheses[0].posterior[0] == pytest.approx(1.0)
    alone = weigh([neutral, averse], [Seen(made.ways, "first", None, {None: made})])
    assert alone.hypotheses[0].name == "neutral"
    # one bet is half as likely as both together under the neutral, whichever it is
    assert alone.acts[0].chance[0] == pytest.approx(0.5, abs=1e-3)


def test_an_act_that_all_expect_alike_tells_nothing():
    made = goals(7)
    same = [Account("x", "X", None), Account("y", "Y", None)]
    found = weigh(same, [Seen(WAYS, "a", None, {None: made})])
    assert found.acts[0].ratio == pytest.approx(1)
    assert [one.posterior[0] for one in found.hypotheses] == pytest.approx([0.5, 0.5])
    assert all(one.bits == pytest.approx(0, abs=1e-12) for one in found.next)


def test_what_is_telling_averages_to_what_the_next_act_is_expected_to_teach():
    found = weigh(accounts(), acts())
    assert sum(one.chance for one in found.next) == pytest.approx(1)
    assert found.expected_bits == pytest.approx(sum(one.chance * one.bits for one in found.next))
    assert found.expected_bits <= math.log2(3)
