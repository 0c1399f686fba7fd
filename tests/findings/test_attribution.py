"""Shares of a difference: Shapley's axioms, a case in closed form, and what order does where there are many changes."""

from itertools import permutations

import numpy as np
import pytest

from equipoise.findings.attribution import MOST, needed, shares


def game(count, seed=0):
    """Return a value for every combination of changes: three numbers each."""
    rng = np.random.default_rng(seed)
    table = {chosen: rng.normal(size=3) for chosen in needed(count)}
    return table.__getitem__


def test_what_two_changes_do_only_together_is_shared_evenly():
    alone = {frozenset(): 0.0, frozenset({0}): 2.0, frozenset({1}): 3.0, frozenset({0, 1}): 9.0}
    assert shares(lambda chosen: np.array(alone[chosen]), 2) == pytest.approx([4.0, 5.0])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 9])
def test_shares_add_up_to_the_whole(count):
    value = game(count)
    whole = value(frozenset(range(count))) - value(frozenset())
    assert shares(value, count).sum(axis=0) == pytest.approx(whole, abs=1e-12)


def test_shares_are_the_mean_over_all_orders():
    value, count = game(4), 4
    orders = list(permutations(range(count)))
    added = np.zeros((count, 3))
    for order in orders:
        for n, change in enumerate(order):
            added[change] += value(frozenset(order[: n + 1])) - value(frozenset(order[:n]))
    assert shares(value, count) == pytest.approx(added / len(orders))


def test_a_change_that_never_matters_has_no_share_and_like_changes_have_like_ones():
    def value(chosen):
        return np.array(float(len(chosen - {2}) ** 2))

    found = shares(value, 3)
    assert found[2] == 0
    assert found[0] == found[1] == 2


def test_shares_back_are_the_shares_there_with_the_other_sign():
    value, whole = game(3), frozenset(range(3))
    assert shares(lambda chosen: value(whole - chosen), 3) == pytest.approx(-shares(value, 3))


def test_many_changes_are_made_one_after_another():
    count = MOST + 1
    value = game(count)
    assert len(list(needed(count))) == count + 1
    third = value(frozenset(range(3))) - value(frozenset(range(2)))
    assert shares(value, count)[2] == pytest.approx(third)


def test_without_changes_there_is_nothing_to_share():
    assert shares(lambda chosen: np.zeros(5), 0).shape == (0, 5)
