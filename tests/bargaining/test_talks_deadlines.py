"""Deadlines and power shifts: the stylised facts H26 and H27, and the equations behind them."""

import numpy as np
import pytest

from equipoise.bargaining.deadlines import (
    DeadlineRules,
    deadline_analysis,
    deals_under_shift,
    firm_deadline,
    random_deadline,
    shift_blocks,
)
from equipoise.errors import InputError


def test_firm_deadlines_bunch_agreements_and_leave_failures_random_ones_do_not():
    """H26 over random parameters: the sign holds in every draw where optimism outlasts impatience."""
    rng = np.random.default_rng(0)
    held = []
    for _ in range(40):
        rules = DeadlineRules(
            periods=int(rng.integers(20, 120)),
            optimism=rng.uniform(0.3, 1),
            patience=rng.uniform(0.85, 0.99),
            slip=rng.uniform(0.05, 0.4),
        )
        firm, loose = firm_deadline(rules), random_deadline(rules)
        held.append(
            firm.last_tenth > 0.3 and loose.last_tenth < 0.05 and 1 - firm.agreed > 2 * (1 - loose.agreed)
        )
    assert np.mean(held) == 1


def test_without_optimism_nobody_waits():
    timing = firm_deadline(DeadlineRules(optimism=0, slip=0))
    assert timing.by_period[0] == pytest.approx(1)
    assert timing.agreed == pytest.approx(1)


@pytest.mark.parametrize(("patience", "optimism"), [(0.9, 0.5), (0.8, 1.0), (0.95, 0.4)])
def test_who_waits_is_who_hopes_for_more_than_waiting_costs(patience, optimism):
    """Without slips a pair waits to the last period exactly if patience (1 + y) > 1 at the first."""
    rules = DeadlineRules(periods=40, patience=patience, optimism=optimism, slip=0.0)
    delta = patience ** (1 / 40)
    waiting = 1 - (1 / delta**39 - 1) / optimism
    assert firm_deadline(rules).by_period[-1] == pytest.approx(waiting, abs=0.005)
    assert firm_deadline(rules).agreed == pytest.approx(1)


def test_slips_at_a_firm_deadline_are_lost():
    rules = DeadlineRules(patience=1.0, optimism=1.0, slip=0.25, periods=30)
    timing = firm_deadline(rules)
    assert timing.last_tenth == pytest.approx(1, abs=0.01)
    assert timing.agreed == pytest.approx(0.75, abs=0.01)


def test_analysis_multiplies_the_chance_of_a_deal():
    found = deadline_analysis(0.5)
    assert found["firm"]["deal"] == pytest.approx(0.5 * found["firm"]["agreed"])
    assert found["firm"]["deal"] < found["random"]["deal"]


def test_numbers_out_of_range_are_refused():
    with pytest.raises(InputError, match="slip"):
        DeadlineRules(slip=1.5)
    with pytest.raises(InputError, match="periods"):
        DeadlineRules(periods=0)


def test_a_shift_blocks_exactly_beyond_the_surplus():
    """H27: dp V > surplus; at equality the deal stands."""
    blocked = shift_blocks(np.array([0.1, 0.2, 0.3]), 0.4, stakes=2.0)
    np.testing.assert_array_equal(blocked, [False, False, True])


def test_deal_rate_falls_with_the_announced_speed():
    rng = np.random.default_rng(1)
    for _ in range(30):
        surplus = rng.uniform(0, 1, 500)
        deals = rng.random(500) < rng.uniform(0.3, 1)
        found = deals_under_shift(deals, surplus)
        assert found["deal"][0] == pytest.approx(deals.mean())
        assert (np.diff(found["deal"]) <= 0).all()
        assert found["deal"][-1] < found["deal"][0]


def test_largest_shift_survived_is_where_the_chance_crosses_one_half():
    surplus = np.linspace(0.005, 0.995, 100)
    largest = deals_under_shift(np.ones(100, bool), surplus)["largest_survived"]
    assert np.mean(surplus >= largest) > 0.5
    assert np.mean(surplus >= largest + 0.011) <= 0.5
    assert deals_under_shift(np.zeros(100, bool), surplus)["largest_survived"] is None
