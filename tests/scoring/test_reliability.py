"""Whether chances came as often as said: Murphy's parts by hand, and what they are for known forecasters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.special import betainc

from equipoise.scoring.reliability import MANY, reliability


def test_the_parts_by_hand():
    """A hundred and twenty forecasts: 60 of 0.1 of which 12 came, 60 of 0.5 of which 24 came."""
    chance = np.repeat([0.1, 0.5], 60)
    came = np.r_[np.repeat([1, 0], [12, 48]), np.repeat([1, 0], [24, 36])]
    found = reliability(chance, came, bins=2)
    assert [(one.forecasts, one.came) for one in found.bins] == [(60, 12), (60, 24)]
    assert found.reliability == pytest.approx((0.1**2 + 0.1**2) / 2)
    assert found.resolution == pytest.approx(0.1**2)  # 0.2 and 0.4 around 0.3
    assert found.uncertainty == pytest.approx(0.3 * 0.7)
    assert found.within == pytest.approx(0, abs=1e-15)
    assert found.brier == pytest.approx(0.01 - 0.01 + 0.21)
    assert found.sharpness == pytest.approx(0.2)
    ends = betainc(12.5, 48.5, [found.bins[0].low, found.bins[0].high])
    assert ends == pytest.approx([0.025, 0.975])  # Jeffreys


@given(some.lists(some.tuples(some.floats(0, 1), some.booleans()), min_size=MANY, max_size=3 * MANY))
def test_the_parts_make_the_score(rows):
    chance, came = np.array(rows, float).T
    found = reliability(chance, came)
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert parts == pytest.approx(float(((chance - came) ** 2).mean()), abs=1e-12)
    assert sum(one.forecasts for one in found.bins) == len(rows)
    assert sum(one.came for one in found.bins) == int(came.sum())
    for before, after in zip(found.bins, found.bins[1:], strict=False):
        assert before.most < after.least  # equal chances are never parted


def test_what_is_within_is_spread_less_twice_what_it_follows():
    """Stephenson and others 2008: in a bin, the variance of the chances less twice their covariance with what came."""
    random = np.random.default_rng(4)
    chance = random.random(500)
    came = (random.random(500) < chance).astype(float)
    found, total = reliability(chance, came), 0.0
    for one in found.bins:
        here = (chance >= one.least) & (chance <= one.most)
        p, o = chance[here], came[here]
        total += len(p) / 500 * (p.var() - 2 * np.cov(p, o, bias=True)[0, 1])
    assert found.within == pytest.approx(total, abs=1e-12)


def test_a_truthful_forecaster_is_reliable_and_a_constant_resolves_nothing():
    random = np.random.default_rng(5)
    truth = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 20_000)
    came = (random.random(100_000) < truth).astype(float)
    honest, constant = reliability(truth, came), reliability(np.full(100_000, 0.5), came)
    assert honest.reliability < 1e-4 and honest.resolution == pytest.approx(0.08, abs=2e-3)
    assert constant.resolution == 0 and len(constant.bins) == 1
    shy = reliability(0.5 + (truth - 0.5) / 2, came)
    assert shy.resolution == pytest.approx(honest.resolution) and shy.reliability == pytest.approx(
        0.02, abs=2e-3
    )


def test_few_forecasts_are_not_judged_so():
    assert reliability(np.full(MANY - 1, 0.5), np.zeros(MANY - 1)) is None
