"""Value of information against entropy, mutual information, closed forms and inputs that mean nothing."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.errors import InputError
from equipoise.exploration import Ensemble
from equipoise.exploration.information import evpi, evppi, information, reveals
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


def _latin(rng, states, inputs):
    """Standard normal inputs in blocks of 32 states, each a Latin hypercube."""
    order = np.argsort(rng.random((-(-states // 32), 32, inputs)), axis=1).reshape(-1, inputs)
    return norm.ppf(((order + rng.random(order.shape)) / 32)[:states])


def _plain(rng, states, inputs):
    return rng.normal(size=(states, inputs))


@pytest.mark.parametrize("draw", [_latin, _plain])
@pytest.mark.parametrize(
    ("a", "b", "c"), [(-0.3, 0.5, 1.0), (0.2, 0.5, 1.0), (0.2, 0.5, 0.0), (-1.0, 0.7, 0.3)]
)
def test_errors_are_the_scatter_of_replications_and_hold_the_closed_form(a, b, c, draw):
    """A safe and a bold strategy worth a + b x + c z: what knowing x is worth, over 40 samples of 640 states."""
    runs = []
    for seed in range(40):
        x, z = draw(np.random.default_rng(seed), 640, 2).T
        payoff = np.array([np.zeros(640), a + b * x + c * z])
        ensemble = Ensemble(inputs={"x": x, "z": z}, payoff=payoff, strategies=("safe", "bold"))
        runs.append(evppi(ensemble, ["x"], rng=_rng()))
    values, claimed = np.array([(run.value, run.se) for run in runs]).T
    scatter, truth = values.std(ddof=1), _gain(a, b)
    assert values.mean() == pytest.approx(truth, abs=3 * scatter / 40**0.5 + 0.002)
    assert 0.75 < claimed.mean() / scatter < 1.35  # the scatter of 40 has a relative error of 11 %
    assert np.mean(np.abs(values - truth) <= 2 * claimed) >= 0.825  # fewer: 1 in 100 at 95 % each


EVERY = pytest.param([f"x{k}" for k in range(12)], marks=pytest.mark.long)  # three quarters of a minute


@pytest.mark.parametrize("paths", [["x0"], ["x1", "x2", "x3"], EVERY])
def test_errors_of_groups_are_the_scatter_of_replications(paths):
    """Six strategies whose worth depends on twelve inputs, one by one and two together."""
    weights = np.random.default_rng(99).normal(size=(6, 13)) * np.linspace(1, 0.1, 13)
    runs = []
    for seed in range(30):
        x = _latin(np.random.default_rng(seed), 640, 12)
        payoff = weights @ np.column_stack([x, x[:, 0] * x[:, 1]]).T
        inputs = {f"x{k}": x[:, k] for k in range(12)}
        runs.append(
            evppi(Ensemble(inputs=inputs, payoff=payoff, strategies=tuple("abcdef")), paths, rng=_rng())
        )
    values, claimed = np.array([(run.value, run.se) for run in runs]).T
    assert 0.7 < claimed.mean() / values.std(ddof=1) < 1.5


def test_an_effect_too_weak_to_be_seen_is_not_certain_to_be_worth_nothing():
    """Where the regression sees nothing, the error is what a straight line within its error would be worth."""
    n = 500
    # along x the gap goes up and down from one state to the next: no smooth effect at all
    gap = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    payoff = np.array([np.zeros(n), gap])
    found = evppi(
        Ensemble(inputs={"x": np.arange(n)}, payoff=payoff, strategies=("a", "b")), ["x"], rng=_rng()
    )
    mean, slope = np.random.default_rng(1).normal(scale=n**-0.5, size=(2, 20000))
    gain = [_gain(m, abs(s)) for m, s in zip(mean, slope, strict=True)]
    assert found.value == 0
    assert found.se == pytest.approx(np.sqrt(np.mean(np.square(gain))), rel=0.4)


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
    assert (early.worth.what, late.worth.what) == ("early", "late")
    assert late.with_earlier.what == "all known by 2031-09-01"
    assert "The vote" in early.says and "1 April 2031" in early.says
