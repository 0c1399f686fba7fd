"""Regret and the agreement of rankings, by hand and against SciPy."""

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.findings.compare import regret, regret_summary

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


def test_payoffs_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="finite"):
        regret(np.array([[np.inf, 1.0]]))
