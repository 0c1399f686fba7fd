"""Value of information against entropy, mutual information, closed forms and inputs that mean nothing."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.errors import InputError
from equipoise.exploration import Ensemble, evpi, evppi, information, reveals
from equipoise.scenario.model import Scenario

P = np.array([0.5, 0.3, 0.2])


def _rng():
    return np.random.default_rng(0)


def _log(x):
    return np.log(np.maximum(x, 1e-300))


def test_evpi_of_the_log_utility_race_is_the_entropy():
    winner = np.repeat([0, 1, 2], [500, 300, 200])
    bets = np.vstack([P, np.eye(3)])
    ensemble = Ensemble(
        inputs={"winner": np.array(["x", "y", "z"])[winner]},
        payoff=_log(bets)[:, winner],
        strategies=("kelly", "x", "y", "z"),
    )
    entropy = -(P * np.log(P)).sum()
    assert entropy == pytest.approx(1.02965, abs=1e-5)
    assert evpi(ensemble, rng=_rng()).value == pytest.approx(entropy, abs=1e-9)
    assert evppi(ensemble, ["winner"], rng=_rng()).raw == pytest.approx(entropy, abs=1e-6)


@pytest.mark.parametrize(
    "likelihood",
    [
        [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]],
        [[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]],
        [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]],
    ],
)
def test_the_value_of_a_signal_is_its_mutual_information(likelihood):
    joint = P[:, None] * np.array(likelihood)
    signal_chance = joint.sum(axis=0)
    independent = np.outer(P, signal_chance)
    filled = joint > 0
    mutual = float((joint[filled] * np.log(joint[filled] / independent[filled])).sum())
    counts = np.rint(joint * 1000).astype(int)
    assert np.allclose(counts / 1000, joint)
    winner = np.repeat(np.repeat(np.arange(3), 3), counts.ravel())
    signal = np.repeat(np.tile(np.arange(3), 3), counts.ravel())
    # a small floor keeps a ruled-out winner's log finite without moving the value at this tolerance
    posterior = np.maximum((joint / signal_chance).T, 1e-12)
    bets = np.vstack([P, posterior])
    ensemble = Ensemble(
        inputs={"signal": np.array(["low", "mid", "high"])[signal]},
        payoff=_log(bets)[:, winner],
        strategies=("prior", "low", "mid", "high"),
    )
    found = evppi(ensemble, ["signal"], rng=_rng())
    assert found.raw == pytest.approx(mutual, abs=1e-3)


def _gaussian(a, b, c, n, seed):
    rng = np.random.default_rng(seed)
    x, z, nothing = rng.normal(size=(3, n))
    payoff = np.array([np.zeros(n), a + b * x + c * z])
    return Ensemble(inputs={"x": x, "z": z, "nothing": nothing}, payoff=payoff, strategies=("safe", "bold"))


def _gain(a, s):
    """E max(0, N(a, s²)) - max(0, a)."""
    return a * norm.cdf(a / s) + s * norm.pdf(a / s) - max(a, 0.0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("a", [-0.3, 0.2])
def test_gaussian_lines_have_the_closed_form(seed, a):
    b, c = 0.5, 1.0
    found = information(_gaussian(a, b, c, 1250, seed), groups={"both": ["x", "z"]}, rng=_rng())
    by_name = {w.what: w for w in (*found.inputs, *found.groups)}
    for name, s in (("x", b), ("z", c), ("both", np.hypot(b, c))):
        assert by_name[name].value == pytest.approx(_gain(a, s), abs=3 * by_name[name].se)
        assert by_name[name].told_apart
    assert found.evpi.value == pytest.approx(_gain(a, np.hypot(b, c)), abs=3 * found.evpi.se)
    assert found.everything.value == pytest.approx(found.evpi.value, abs=0.01)
    assert by_name["nothing"].value <= 2 * by_name["nothing"].se + 1e-3
    assert not by_name["nothing"].told_apart
    assert found.inputs[0].what == "z"


def test_the_standard_error_matches_the_scatter_of_repetitions():
    runs = [evppi(_gaussian(-0.3, 0.5, 1.0, 600, seed), ["x"], rng=_rng()) for seed in range(40)]
    values = np.array([run.value for run in runs])
    claimed = np.mean([run.se for run in runs])
    assert values.mean() == pytest.approx(_gain(-0.3, 0.5), abs=0.01)
    assert 0.6 < values.std(ddof=1) / claimed < 1.4


def test_dummies_are_worth_nothing():
    told = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        ensemble = Ensemble(
            inputs={f"x{k}": rng.random(400) for k in range(4)},
            payoff=rng.normal(size=(3, 400)) * [[1], [1], [1]],
            strategies=("a", "b", "c"),
        )
        found = information(ensemble, groups={}, rng=rng)
        told += sum(w.told_apart for w in found.inputs)
    assert told <= 4


def test_noise_makes_evpi_too_large_and_is_taken_out():
    rng = np.random.default_rng(5)
    n, sd = 4000, 0.7
    x = rng.normal(size=n)
    truth = _gain(-0.5, 1.0)
    payoff = np.array([np.zeros(n), -0.5 + x]) + rng.normal(scale=sd, size=(2, n))
    plain = Ensemble(inputs={"x": x}, payoff=payoff, strategies=("a", "b"))
    known = Ensemble(inputs={"x": x}, payoff=payoff, strategies=("a", "b"), noise=np.full((2, n), sd**2))
    high, corrected = evpi(plain, rng=rng), evpi(known, rng=rng)
    assert high.value > truth + 4 * high.se
    assert abs(corrected.value - truth) < 0.25 * (high.value - truth)
    assert corrected.raw == high.raw and corrected.bias > 0


def test_luck_shared_by_all_strategies_is_not_taken_for_noise_in_their_difference():
    rng = np.random.default_rng(6)
    n = 2000
    x, shared = rng.normal(size=(2, n))
    payoff = np.array([shared, shared + x - 0.2])
    together = Ensemble(inputs={"x": x}, payoff=payoff, strategies=("a", "b"), noise=np.ones((2, 2, n)))
    assert evpi(together, rng=rng).bias == pytest.approx(0, abs=1e-9)


def test_what_is_certain_is_worth_nothing():
    ensemble = Ensemble(
        inputs={"k": np.ones(50)}, payoff=np.array([np.arange(50.0), np.zeros(50)]), strategies=("a", "b")
    )
    assert evppi(ensemble, ["k"], rng=_rng()).value == 0
    assert information(ensemble, rng=_rng()).everything is None


def test_an_unknown_path_is_refused():
    with pytest.raises(InputError, match="nowhere"):
        evppi(_gaussian(0, 1, 1, 50, 0), ["nowhere"], rng=_rng())


def _scenario():
    return Scenario.model_validate(
        {
            "equipoise": 1, "title": "t", "focus": "i", "calendar": {"start": "2031-03-17", "weeks": 52},
            "regions": {"g": {}}, "forces": {"f": {"control": {"g": 1}}}, "patrons": {"i": {}},
            "strategies": {"i": {"safe": {}, "bold": {}}},
            "events": {
                "late": {"on": "2031-09-01", "reveals": ["x"]},
                "early": {"between": ["2031-04-01", "2031-05-01"], "reveals": ["z"], "what": "The vote"},
                "idle": {"on": "2031-10-01", "reveals": ["k"]},
            },
        }
    )  # fmt: skip


def test_what_to_find_out_by_when_follows_the_dates():
    ensemble = _gaussian(-0.3, 0.5, 1.0, 1250, 1)
    early, late, idle = reveals(ensemble, _scenario(), rng=_rng())
    assert (early.event, late.event, idle.event) == ("early", "late", "idle")
    assert early.first == date(2031, 4, 1) and early.last == date(2031, 5, 1)
    assert early.worth.value == pytest.approx(_gain(-0.3, 1.0), abs=3 * early.worth.se)
    assert late.with_earlier.value == pytest.approx(
        _gain(-0.3, np.hypot(1, 0.5)), abs=3 * late.with_earlier.se
    )
    assert idle.worth is None
    assert "The vote" in early.says and "1 April 2031" in early.says
