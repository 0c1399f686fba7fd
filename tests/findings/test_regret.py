"""Regret and the agreement of rankings, by hand and against SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.findings.regret import kendall, rank_correlation, regret, regret_summary

F = np.array([[5.0, 1.0, 3.0], [2.0, 4.0, 3.0], [4.0, 3.0, 0.0]])


def test_regret_is_measured_from_the_best_of_each_state():
    # best of each state: 5, 4, 3
    assert regret(F).tolist() == [[0, 3, 0], [3, 0, 0], [1, 1, 3]]


def test_summary_by_hand():
    found = regret_summary(F)
    assert found["mean"] == pytest.approx([1, 1, 5 / 3])
    assert found["max"] == pytest.approx([3, 3, 3])
    # of three values the 0.9-quantile lies at place 1.8 from 0: 0 + .8 * 3; 0 + .8 * 3; 1 + .8 * 2
    assert found["p90"] == pytest.approx([2.4, 2.4, 2.6])


def test_a_further_strategy_never_lowers_regret():
    rng = np.random.default_rng(2)
    f, more = rng.normal(size=(3, 50)), rng.normal(size=(1, 50))
    assert (regret(np.vstack([f, more]))[:3] >= regret(f)).all()


def test_an_improvement_is_not_counted_as_regret():
    # the second does better than the first in state 0; that is the first's regret, not its own
    f = np.array([[1.0, 1.0], [1.5, 0.0]])
    assert regret_summary(f)["max"].tolist() == [0.5, 1.0]


def test_greatest_regret_agrees_with_the_reference_table(shared):
    import json

    text = (shared / "data" / "analysis_references" / "regret_satisficing_toy.json").read_text()
    toy = json.loads(text)
    u, w = np.array(toy["sow"]).T
    p = np.array(toy["policies"])[:, None]
    benefit = 10 - np.abs(u - p) + 0.3 * w
    cost = (u - p) ** 2 + 0.5 * p + 0.2 * w + 1
    reference = toy["plain_numpy"]
    assert regret_summary(benefit)["max"] == pytest.approx(reference["max_absolute_regret_benefit"])
    assert regret_summary(-cost)["max"] == pytest.approx(reference["max_absolute_regret_cost"])


def test_kendall_by_hand():
    # pairs of (1,2,3) against (1,3,2): concordant, concordant, discordant: (2 - 1)/3
    assert kendall([1, 2, 3], [1, 3, 2]) == pytest.approx(1 / 3)
    assert kendall([1, 2, 3], [3, 2, 1]) == -1
    assert kendall([1, 1, 1], [1, 2, 3]) is None
    assert kendall([1], [1]) is None
    # the undefined middle is left out
    assert kendall([1, np.nan, 3], [1, 9, 2]) == 1


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12))
def test_kendall_agrees_with_scipy(pairs):
    from scipy.stats import kendalltau

    x, y = np.array(pairs).T
    expected = kendalltau(x, y).statistic
    found = kendall(x, y)
    assert (found is None) == bool(np.isnan(expected))
    if found is not None:
        assert found == pytest.approx(expected, abs=1e-12)


def test_rank_correlation_is_by_strategy_not_by_order_of_writing():
    found = rank_correlation(
        {
            "laplace": {"a": 1, "b": 2, "c": 3},
            "maximin": {"c": 3, "b": 2, "a": 1},
            "maximax": {"a": 3, "b": 2, "c": 1},
            "flat": {"a": None, "b": None, "c": None},
        }
    )
    assert found["laplace"]["maximin"] == 1
    assert found["laplace"]["maximax"] == -1
    assert found["flat"]["laplace"] is None
    assert found["laplace"]["laplace"] == 1


def test_payoffs_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="finite"):
        regret(np.array([[np.inf, 1.0]]))
