"""What so many years can show: expected gains in closed form, and a forecaster with nothing to show."""

import numpy as np
import pytest

from equipoise.scoring import base_rates
from equipoise.scoring.power import FALLS, YEARS, power

BASE = FALLS / YEARS


@pytest.mark.parametrize("ratio", [2, 4, 10])
def test_the_gain_of_who_knows_is_the_spread_of_the_truth(ratio):
    """By Brier the variance of the true chances; by log the mean divergence of them from the constant."""
    low = 2 * BASE / (1 + ratio)
    truth = np.array([low, ratio * low])
    assert truth.mean() == pytest.approx(BASE)
    assert power(2000, ratio, "brier").gain == pytest.approx(truth.var(), rel=0.05)
    divergence = truth * np.log(truth / BASE) + (1 - truth) * np.log((1 - truth) / (1 - BASE))
    assert power(2000, ratio, "log").gain == pytest.approx(divergence.mean(), rel=0.05)


def test_more_years_and_larger_differences_show_more():
    shown = [power(years, 6, "log").shown for years in (24, 510, 5000)]
    assert shown[0] < 0.01 < shown[1] < 0.5 < 0.95 < shown[2]
    assert power(510, 2, "log").shown < power(510, 10, "log").shown


def test_who_knows_no_more_than_the_constant_shows_nothing():
    same = power(510, 1, "brier")
    assert same.gain == 0 and same.shown == 0


def test_the_mean_chance_is_that_of_the_panel():
    rows = [
        row for row in base_rates.table("conflict_years")
        if row["stake"] == "government" and row["at_risk"] == "1" and row["supporters"] != ""
    ]  # fmt: skip
    assert (sum(row["next"] == "rebel-victory" for row in rows), len(rows)) == (FALLS, YEARS)
