"""What must be believed, on planes whose answer is known by geometry."""

import math

import numpy as np
import pytest

from equipoise.exploration import Ensemble
from equipoise.inference.believes import STEPS, believed
from equipoise.inference.wants import Goals

STATES = 2000


def inputs(count):
    x = np.random.default_rng(0).normal(size=(count, STATES))
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True)


def asked(behind, slopes, short=0.0):
    """`done` trails `other` by `behind` less slopes · x; one goal w (sd 1) closes one a unit, wherever x is.

    Played again it trails by `short` more than the states say.
    """
    x = inputs(len(slopes))

    def lead(overrides):
        means = [overrides[f"x{k}"].set if f"x{k}" in overrides else 0.0 for k in range(len(slopes))]
        return -behind + float(np.dot(slopes, means))

    def evaluate(overrides):
        return {"other": np.zeros(64), "done": lead(overrides) - short + np.linspace(-0.01, 0.01, 64)}

    def goals_at(overrides):
        values = np.array([[-1.0, 1.0]]) / np.sqrt(2)
        payoff = np.array([[0.0, 0.0], [lead(overrides)] * 2])
        terms = np.array([[[0.0, 0.0], [1.0, 1.0]]])
        return Goals(("w",), values, np.array([-np.inf]), ("other", "done"), payoff, terms)

    noise = 0.02 * np.random.default_rng(1).normal(size=STATES)
    ensemble = Ensemble(
        inputs={f"x{k}": row for k, row in enumerate(x)},
        payoff=np.array([np.zeros(STATES), -behind + np.dot(slopes, x) + noise]),
        strategies=("other", "done"),
    )
    return believed(
        ensemble,
        "done",
        evaluate=evaluate,
        goals=goals_at({}),
        goals_at=goals_at,
        rng=np.random.default_rng(2),
    )


def test_less_must_be_wanted_the_more_is_believed():
    found = asked(1.0, [0.8, 0.1])
    flip = found.smallest[1]
    assert flip.paths == ("x0",) and flip.distance == pytest.approx(1.25, abs=0.05)
    assert found.closest is None
    # a standard normal lies beyond 1.25 in one state of ten, by its distribution
    assert found.doubted["1"] == pytest.approx(0.5 * math.erfc(flip.distance / math.sqrt(2)), abs=0.015)
    # on the way the lead closes in a straight line, and with it what must be wanted
    assert [step.part for step in found.frontier] == [0.0, *STEPS]
    for step in found.frontier:
        assert step.wants == pytest.approx(max(0.0, 1 - 0.8 * step.believes), abs=1e-9)
        assert step.paths == (() if step.wants == 0 else ("w",))


def test_where_nothing_credible_gets_there_the_closest_is_said_with_what_is_left():
    found = asked(6.0, [1.0, -0.9, 0.8, 0.05, 0.02])
    assert found.smallest == {}
    assert set(found.closest.paths) == {"x0", "x1", "x2"}
    assert found.doubted == {"closest": pytest.approx(0.05**3, rel=0.2)}
    ends = dict(zip(found.closest.paths, found.closest.values, strict=True))
    assert ends["x0"] == pytest.approx(1.645, abs=0.08) and ends["x1"] == pytest.approx(-1.645, abs=0.08)
    left = 6 - (ends["x0"] - 0.9 * ends["x1"] + 0.8 * ends["x2"])
    assert found.closest.price == pytest.approx(left, abs=1e-9)
    assert found.closest.distance == pytest.approx(np.linalg.norm(list(ends.values())), abs=1e-9)
    assert found.frontier[-1].wants == pytest.approx(left, abs=1e-9)


def test_what_is_best_already_needs_no_other_belief():
    found = asked(-1.0, [0.8])
    assert (found.smallest, found.closest, found.frontier) == ({}, None, ())


def test_what_is_best_by_the_states_but_not_when_played_again_is_not_claimed():
    found = asked(1.0, [0.8, 0.1], short=3.0)
    assert found.smallest == {}
    assert found.closest.price > 0
