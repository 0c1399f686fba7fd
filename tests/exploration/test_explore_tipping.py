"""Tipping points against lines whose crossing is known."""

from dataclasses import fields

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.exploration import Ensemble
from equipoise.exploration.ensemble import classify
from equipoise.exploration.tipping import _crossings, pair_maps, resentment, tipping_points
from equipoise.findings.found import ResentmentScan


def _lines(a, b, n=1250, seed=0, **more):
    """Two strategies: 0, and a + b·x + z, with x, z standard normal."""
    rng = np.random.default_rng(seed)
    x, z, nothing = rng.normal(size=(3, n))
    return Ensemble(
        inputs={"x": x, "z": z, "nothing": nothing},
        payoff=np.array([np.zeros(n), a + b * x + z]),
        strategies=("safe", "bold"),
        **more,
    )


def _tip(tips, path):
    return next(tip for tip in tips if tip.path == path)


@pytest.mark.parametrize("seed", range(4))
def test_the_crossing_of_two_lines_is_found(seed):
    ensemble = _lines(-0.3, 0.6, seed=seed)
    tip = _tip(tipping_points(ensemble, rng=np.random.default_rng(seed)), "x")
    (crossing,) = tip.crossings
    assert crossing.established
    assert (crossing.below, crossing.above) == ("safe", "bold")
    # where a + b·x = 0; the 90 % interval, widened by half, must hold it
    half = 0.5 * (crossing.high - crossing.low)
    assert crossing.low - half <= 0.5 <= crossing.high + half
    assert crossing.chance_below == pytest.approx(norm.cdf(0.5), abs=0.12)
    assert crossing.chance_below + crossing.chance_above == pytest.approx(1)


def test_an_input_that_means_nothing_tips_nothing():
    tips = tipping_points(_lines(-0.5, 0.6), rng=np.random.default_rng(0))
    assert _tip(tips, "nothing").stays == "safe"
    assert not _tip(tips, "nothing").established
    assert tips[-1].path == "nothing"


def test_a_dominant_strategy_stays_best_everywhere():
    x = np.random.default_rng(0).normal(size=500)
    ensemble = Ensemble(inputs={"x": x}, payoff=np.array([x, x - 1]), strategies=("good", "bad"))
    (tip,) = tipping_points(ensemble, rng=np.random.default_rng(0))
    assert tip.stays == "good"
    assert tip.crossings == ()
    assert tip.swing == pytest.approx(-1, abs=1e-9)


def test_two_crossings_of_a_parabola_are_found():
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, 2000)
    gain = x**2 - 0.25 + rng.normal(scale=0.2, size=2000)
    ensemble = Ensemble(inputs={"x": x}, payoff=np.array([np.zeros(2000), gain]), strategies=("safe", "bold"))
    (tip,) = tipping_points(ensemble, rng=rng)
    assert [c.value for c in tip.crossings] == [pytest.approx(-0.5, abs=0.06), pytest.approx(0.5, abs=0.06)]
    assert [c.below for c in tip.crossings] == ["bold", "safe"]


def test_levels_are_judged_one_by_one():
    rng = np.random.default_rng(2)
    who = rng.choice(["dove", "hawk"], 1000, p=[0.7, 0.3])
    gain = np.where(who == "hawk", 1.0, -1.0) + rng.normal(size=1000)
    ensemble = Ensemble(
        inputs={"who": who}, payoff=np.array([np.zeros(1000), gain]), strategies=("safe", "bold")
    )
    (tip,) = tipping_points(ensemble, rng=rng)
    assert {level.value: level.best for level in tip.levels} == {"dove": "safe", "hawk": "bold"}
    assert tip.established and tip.stays is None
    assert sum(level.chance for level in tip.levels) == pytest.approx(1)


def test_a_pair_that_acts_only_together_is_mapped():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-1, 1, (2, 2000))
    ensemble = Ensemble(
        inputs={"x": x, "y": y}, payoff=np.array([np.zeros(2000), x * y]), strategies=("safe", "bold")
    )
    (found,) = pair_maps(ensemble, [("x", "y")], rng=rng)
    assert found.beyond_single
    assert found.chance["bold"] == pytest.approx(0.5, abs=0.04)
    corners = [found.best[0][0], found.best[0][-1], found.best[-1][0], found.best[-1][-1]]
    assert corners == ["bold", "safe", "safe", "bold"]


def test_a_pair_of_lines_needs_no_interaction():
    (found,) = pair_maps(_lines(0.0, 1.0), [("x", "z")], rng=np.random.default_rng(0))
    assert not found.beyond_single
    assert found.best[0][0] == "safe" and found.best[-1][-1] == "bold"
    assert found.sure > 0.3


def _scan(**found):
    """What a run's scan of resentment found, where it compared a hedge with a one-sided strategy."""
    sides = {"multipliers": (0.0, 1.0, 4.0), "hedges": ("h",), "one_sided": ("s",), "lead": (0.2, 0.1, 0.05)}
    return ResentmentScan(**(dict.fromkeys(field.name for field in fields(ResentmentScan)) | sides | found))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"threshold": 1.432, "low": 1.3, "high": 1.5},
         "stops paying once resentment reaches 1.4 times what the scenario says (95 % interval 1.3 to 1.5)"),
        ({"threshold": 1.02}, "stops paying once resentment reaches about what the scenario says"),
        ({"threshold": 0.4}, "would pay only if resentment stays below 0.4 times what the scenario says"),
        ({}, "pays at every level of resentment tried, up to 4 times"),
        ({"lead": (-0.1, -0.2, -0.3)}, "does not pay at any level of resentment tried"),
        ({"lead": (-0.1, 0.0, 0.3)}, "starts to pay"),
    ],
)  # fmt: skip
def test_the_resentment_at_which_the_hedge_stops_paying_is_said_as_the_run_found_it(found, said):
    told = resentment(_scan(**found))
    assert said in told.says
    assert (told.threshold, told.low, told.high) == tuple(found.get(k) for k in ("threshold", "low", "high"))


def test_where_nothing_was_compared_nothing_is_said():
    assert resentment(_scan(lead=None)) is None


def test_support_is_the_share_of_draws_that_lead_before_the_crossing_and_lose_after_it():
    """Four draws of the gap, of which the first alone is above 0 at its height and below 0 at its depth."""
    x = np.arange(4.0)
    item = classify("x", np.linspace(0, 3, 13))  # values 0, 0.25 ... 3
    ensemble = Ensemble(inputs={}, payoff=np.zeros((2, 13)), strategies=("safe", "bold"))
    gaps = np.array([[2, 1, -1, -2], [-1, 1, -1, -2], [2, 1, -1, 0.5], [2, 1, -1, 0]], dtype=float)
    draws = np.stack([gaps, np.zeros_like(gaps)], axis=2)
    (found,) = _crossings(ensemble, item, x, draws[0], draws)
    assert (found.value, found.below, found.above) == (1.5, "safe", "bold")
    assert (found.support, found.established) == (0.25, False)
    assert found.chance_below == pytest.approx(6 / 13)
    (sure,) = _crossings(ensemble, item, x, draws[0], draws[:1])
    assert (sure.support, sure.established, sure.low, sure.high) == (1.0, True, 1.5, 1.5)
