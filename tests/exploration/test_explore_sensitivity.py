"""Drivers against closed forms, published figures, an independent package, and inputs that mean nothing."""

import json

import numpy as np
import pytest

from equipoise.exploration import Ensemble, classify, drivers, first_order

STRATEGIES = ("one", "other")


def _ensemble(inputs, payoff, **more):
    payoff = np.atleast_2d(payoff)
    return Ensemble(inputs=inputs, payoff=payoff, strategies=STRATEGIES[: len(payoff)], **more)


def _of(found, output):
    return next(d for d in found if d.output == output)


def _index(found, output, path):
    return next(i for i in _of(found, output).indices if i.path == path)


@pytest.fixture(scope="module")
def ishigami():
    x = np.random.default_rng(2024).uniform(-np.pi, np.pi, (4096, 3))
    f = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    inputs = {f"x{k + 1}": x[:, k] for k in range(3)}
    return inputs, f, drivers(_ensemble(inputs, f), rng=np.random.default_rng(0))


def test_ishigami_first_and_total_match_the_analytic_indices(ishigami, shared):
    _, _, found = ishigami
    analytic = json.loads((shared / "data/analysis_references/ishigami.json").read_text())["analytic"]
    for k, (first, total) in enumerate(zip(analytic["S1"], analytic["ST"], strict=True)):
        index = _index(found, "payoff.one", f"x{k + 1}")
        assert index.first == pytest.approx(first, abs=0.02)
        assert index.total == pytest.approx(total, abs=0.03)
        assert abs(index.first - first) <= 3 * index.se + 1e-3
    (pair,) = _of(found, "payoff.one").pairs
    assert set(pair[:2]) == {"x1", "x3"}
    assert pair[2] == pytest.approx(analytic["S2_13"], abs=0.02)


def test_ishigami_first_order_agrees_with_an_independent_estimator(ishigami):
    from SALib.analyze import rbd_fast

    inputs, f, found = ishigami
    problem = {"num_vars": 3, "names": list(inputs), "bounds": [[-np.pi, np.pi]] * 3}
    other = rbd_fast.analyze(problem, np.column_stack(list(inputs.values())), f, seed=1)["S1"]
    own = [_index(found, "payoff.one", name).first for name in inputs]
    np.testing.assert_allclose(own, other, atol=0.025)


def test_a_constant_output_is_said_to_be_constant_and_has_no_index():
    x = np.random.default_rng(1).random(300)
    found = drivers(_ensemble({"x": x}, [np.full(300, 0.7), x]), rng=np.random.default_rng(0))
    constant = _of(found, "payoff.one")
    assert constant.constant
    assert constant.indices == ()
    written = constant.to_dict()
    assert written["variance"] is None and written["rest"] is None and written["floor"] is None
    assert not _of(found, "payoff.other").constant


def test_a_constant_input_has_no_index():
    x = np.random.default_rng(1).random(300)
    found = drivers(_ensemble({"x": x, "k": np.ones(300)}, x), rng=np.random.default_rng(0))
    assert [i.path for i in _of(found, "payoff.one").indices] == ["x"]


def test_pure_noise_has_no_driver():
    told, largest = 0, 0.0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        inputs = {f"x{k}": rng.random(300) for k in range(5)}
        found = drivers(_ensemble(inputs, rng.normal(size=(2, 300))), rng=rng, pawn=False)
        told += sum(i.told_apart for d in found for i in d.indices)
        largest = max(largest, *(i.first for d in found for i in d.indices))
    assert largest < 0.15
    # 12 samples × 4 outputs × 5 inputs = 240 chances; a tenth of the usual 5 % is allowed
    assert told <= 4


def test_named_levels_carry_their_share_of_the_variance():
    rng = np.random.default_rng(3)
    kind = rng.choice(["calm", "tense", "war"], 4000, p=[0.5, 0.3, 0.2])
    level = {"calm": 0.0, "tense": 1.0, "war": 3.0}
    mean = 0.3 * 1 + 0.2 * 3
    between = 0.5 * mean**2 + 0.3 * (1 - mean) ** 2 + 0.2 * (3 - mean) ** 2
    y = np.array([level[k] for k in kind]) + rng.normal(size=4000)
    share, se = first_order(y, classify("kind", kind), np.arange(4000) % 16)
    assert share == pytest.approx(between / (between + 1), abs=4 * se)
    assert 0 < se < 0.03


def test_chance_noise_is_taken_out_of_the_variance():
    rng = np.random.default_rng(4)
    x, noise_sd = rng.normal(size=3000), 1.5
    y = x + rng.normal(scale=noise_sd, size=3000)
    raw = drivers(_ensemble({"x": x}, y), rng=rng, pawn=False)
    cleaned = drivers(_ensemble({"x": x}, y, noise=np.full((1, 3000), noise_sd**2)), rng=rng, pawn=False)
    assert _index(raw, "payoff.one", "x").first == pytest.approx(1 / (1 + noise_sd**2), abs=0.04)
    assert _index(cleaned, "payoff.one", "x").first == pytest.approx(1.0, abs=0.08)
    assert _of(cleaned, "payoff.one").chance_share == pytest.approx(noise_sd**2 / (1 + noise_sd**2), abs=0.03)


def test_the_choice_may_hang_on_another_input_than_the_payoffs():
    rng = np.random.default_rng(5)
    big, small = rng.normal(size=(2, 2000))
    found = drivers(
        _ensemble({"big": big, "small": small}, [10 * big, 10 * big + small]), rng=rng, pawn=False
    )
    assert _index(found, "payoff.one", "big").first > 0.95
    assert _index(found, "choice", "big").first < 0.02
    # which is best is the sign of `small`: knowing it settles the choice
    assert _index(found, "choice", "small").first > 0.9
    assert _index(found, "gap", "small").first > 0.99


def test_intervals_hold_the_truth():
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x, z = rng.normal(size=(2, 400))
        found = drivers(_ensemble({"x": x}, x + z), rng=rng, pawn=False)
        index = _index(found, "payoff.one", "x")
        held += index.low <= 0.5 <= index.high
    assert held >= 51  # 95 % of 60 is 57; below 51 has probability under 1 in 100


def test_the_order_of_inputs_changes_nothing():
    rng = np.random.default_rng(6)
    x, z = rng.normal(size=(2, 400))
    y = x + 0.5 * z
    one = drivers(_ensemble({"x": x, "z": z}, y), rng=np.random.default_rng(0), pawn=False)
    two = drivers(_ensemble({"z": z, "x": x}, y), rng=np.random.default_rng(0), pawn=False)
    for path in "xz":
        assert _index(one, "payoff.one", path).first == pytest.approx(_index(two, "payoff.one", path).first)
