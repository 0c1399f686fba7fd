"""Values read from tables beside the exact inverse of a beta distribution."""

import numpy as np
import pytest
from scipy.special import betainccinv, betaincinv

from equipoise.draws.inverting import ERROR, value
from equipoise.draws.sampling import uniforms
from equipoise.scenario.number import Number, quantile

U = np.sort(
    np.concatenate(
        [
            uniforms(["any"], 0, 3200, seed=1)[0],
            2.0 ** -np.arange(2, 47),  # down to the least draw there is
            1 - 2.0 ** -np.arange(2, 47),
            np.random.default_rng(1).random(2000),
        ]
    )
)


def log_odds_between(place, u, a, b):
    """Return how far a place lies from the exact inverse, in log-odds; from below and above, so that no end is lost."""
    below = np.abs(np.log(place) - np.log(betaincinv(a, b, u)))
    above = np.abs(np.log1p(-place) - np.log(betainccinv(b, a, u)))
    return np.where(place < 0.5, below / (1 - place), above / place)


@pytest.mark.parametrize(("a", "b"), [(x, 6 - x) for x in np.linspace(1, 5, 33)])
def test_pert_shapes_are_inverted_to_the_stated_error(a, b):
    number = Number(pert=(0.0, (a - 1) / 4, 1.0))
    inner = U[U < 1 - 2**-20]  # above, 1 - x of the value itself has too few digits to say
    assert log_odds_between(value(number, inner), inner, a, b).max() < ERROR
    assert np.abs(value(number, U) - betaincinv(a, b, U)).max() < ERROR
    assert (np.diff(value(number, U)) >= 0).all()


@pytest.mark.parametrize("a", [1.0, 1.7, 6.0, 100.0])
@pytest.mark.parametrize("b", [1.0, 2.2, 30.0, 100.0])
def test_betas_are_inverted_to_the_stated_error(a, b):
    found = value(Number(beta=(a, b)), U[U < 0.999])
    assert log_odds_between(found, U[U < 0.999], a, b).max() < ERROR


def test_shapes_with_a_closed_form():
    rising, falling = Number(pert=(2.0, 6.0, 6.0)), Number(pert=(2.0, 2.0, 6.0))
    assert value(rising, U) == pytest.approx(2 + 4 * U**0.2, rel=0, abs=4 * ERROR)
    assert value(falling, U) == pytest.approx(6 - 4 * (1 - U) ** 0.2, rel=0, abs=4 * ERROR)
    assert value(Number(beta=(1.0, 1.0)), U) == pytest.approx(U, rel=ERROR, abs=0)


def test_the_ends_keep_their_digits():
    """A chance that is most likely 0 is drawn near 0 to as many digits as elsewhere: x = 1 - (1 - u)^(1/5)."""
    tiny = 2.0 ** -np.arange(20, 47)
    found = value(Number(pert=(0.0, 0.0, 1.0)), tiny)
    assert found == pytest.approx(-np.expm1(np.log1p(-tiny) / 5), rel=ERROR, abs=0)


@pytest.mark.parametrize(
    "data",
    [
        {"uniform": [1, 3]},
        {"beta": [0.5, 0.5]},
        {"beta": [2, 5000]},
        {"pert": [0, 1, 4], "within": [1, 2]},
        {"pert": [2, 2, 2]},
        {"normal": [0, 1]},
    ],
)
def test_all_else_is_inverted_exactly(data):
    number = Number.model_validate(data)
    assert np.array_equal(value(number, U), quantile(number, U))


@pytest.mark.parametrize("data", [{"pert": [0, 1, 4]}, {"beta": [1, 100]}, {"beta": [100, 1]}])
def test_usual_shapes_are_read_from_a_table_not_inverted_draw_by_draw(data, monkeypatch):
    import equipoise.draws.inverting as inverting

    monkeypatch.setattr(inverting, "quantile", None)
    found = value(Number.model_validate(data), U)
    assert (np.diff(found) >= 0).all() and found[0] < found[-1]
