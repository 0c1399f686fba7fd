"""Tipping points against lines whose crossing is known, and the duplicity threshold of THEORY.md §3 H4."""

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.exploration import Ensemble, pair_maps, resentment, tipping_points


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


def _one_period(kappa, rho, a, p=0.5, states=400):
    """Expected utilities of THEORY.md §3: the even split and the two one-sided bets, half the states each."""
    first = np.arange(states) < p * states

    def utility(x):
        g1 = x - rho * (1 - x) - kappa * x * (1 - x)
        g2 = (1 - x) - rho * x - kappa * x * (1 - x)
        return -np.exp(-a * np.where(first, g1, g2))

    return {"split": utility(0.5), "first": utility(1.0), "second": utility(0.0)}


@pytest.mark.parametrize(
    ("a", "rho", "kappa"), [(1, 0, 0.48046), (1, 0.5, 1.03306), (2, 0.5, 1.71088), (4, 1, 3.30719)]
)
def test_the_duplicity_at_which_the_hedge_stops_paying(a, rho, kappa):
    written = 0.4
    asked = []

    def evaluate(overrides):
        asked.append(overrides)
        factor = next(o.times for path, o in overrides.items() if path.endswith("duplicity"))
        return _one_period(written * factor, rho, a)

    (found,) = resentment(
        evaluate, ["forces.one.resentment.duplicity"], hedges=["split"], one_sided=["first", "second"],
        multipliers=(0, 1, 2, 4, 8, 16),
    )  # fmt: skip
    # found to a thousandth of the step between two multipliers, 8 at most
    assert found.threshold * written == pytest.approx(kappa, abs=4e-3)
    assert found.low <= found.threshold <= found.high
    assert len(asked) <= 20


def test_resentment_is_scaled_together_and_one_by_one():
    paths = [f"forces.{f}.resentment.{k}" for f in "ab" for k in ("alienation", "duplicity", "parity")]
    seen = set()

    def evaluate(overrides):
        seen.add(frozenset(path.rsplit(".", 1)[1] for path in overrides))
        return {"h": np.array([1.0, 1.1]), "s": np.zeros(2)}

    found = resentment(evaluate, paths, hedges=["h"], one_sided=["s"], multipliers=(0, 1))
    assert set(found[0].scaled) == {"alienation", "duplicity", "parity"}
    assert len(found) == len(seen) == 4
    assert all(f.threshold is None and f.to_dict()["low"] is None for f in found)
    assert "pays at every" in found[0].says
