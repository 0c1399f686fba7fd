"""The worth of watching against the closed form of two actions and a normal reading; what to take up then."""

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.exploration.watching import Reading, worth_of_watching


def two_actions(mu: float, noise: float, n: int = 4000, seed: int = 0):
    """Act for theta ~ N(mu, 1), or do nothing for 0; the reading is theta with an error."""
    rng = np.random.default_rng(seed)
    theta = mu + rng.standard_normal(n)
    reading = theta + noise * rng.standard_normal(n)
    return np.stack([theta, np.zeros(n)]), reading


def closed_form(mu: float, noise: float) -> float:
    """E max(0, E(theta | reading)) - max(0, mu), E(theta | reading) ~ N(mu, s²) with s² = 1 / (1 + noise²)."""
    s = 1 / np.sqrt(1 + noise**2)
    return s * norm.pdf(mu / s) + mu * norm.cdf(mu / s) - max(0.0, mu)


def sights(payoff, *readings):
    rng = np.random.default_rng(1)
    given = [Reading(f"sign {k}", f"power.{k}", 8, r, r > np.median(r)) for k, r in enumerate(readings)]
    return worth_of_watching(given, lambda week: payoff, ("act", "wait"), rng=rng)


@pytest.mark.parametrize(("mu", "noise"), [(0.0, 0.0), (0.0, 1.0), (0.3, 0.5), (-0.5, 1.0), (0.3, 2.0)])
def test_it_equals_the_closed_form_within_its_error(mu, noise):
    payoff, reading = two_actions(mu, noise)
    (found,) = sights(payoff, reading)
    assert abs(found.worth.value - closed_form(mu, noise)) <= 3 * found.worth.se
    assert found.worth.se < 0.03


def test_a_reading_that_means_nothing_is_worth_nothing():
    payoff, _ = two_actions(0.0, 0.0)
    (found,) = sights(payoff, np.random.default_rng(9).standard_normal(4000))
    assert not found.worth.told_apart and found.worth.value <= 3 * found.worth.se


def test_two_readings_of_independent_error_are_worth_as_much_as_one_of_half_its_variance():
    rng = np.random.default_rng(3)
    theta = rng.standard_normal(4000)
    first, second = (theta + rng.standard_normal(4000) for _ in range(2))
    found = sights(np.stack([theta, np.zeros(4000)]), first, second)
    (pair,) = [sight for sight in found if len(sight.signs) == 2]
    assert abs(pair.worth.value - closed_form(0.0, np.sqrt(0.5))) <= 3 * pair.worth.se
    assert found[0] is pair and pair.seen is pair.unseen is None and pair.adds
    for one in found[1:]:
        assert abs(one.worth.value - closed_form(0.0, 1.0)) <= 3 * one.worth.se


def test_what_to_take_up_on_each_side_and_what_it_gains():
    """theta is 1 where the sign is seen and -2 elsewhere: act there, wait here; without looking, wait."""
    seen = np.arange(1000) % 2 == 0
    theta = np.where(seen, 1.0, -2.0) + 0.1 * np.random.default_rng(4).standard_normal(1000)
    rng = np.random.default_rng(1)
    (found,) = worth_of_watching(
        [Reading("the sign", "event.e", 4, seen.astype(float), seen)],
        lambda week: np.stack([theta, np.zeros(1000)]), ("act", "wait"), rng=rng,
    )  # fmt: skip
    assert found.without == "wait" and found.week == 4
    assert (found.seen.strategy, found.seen.told_apart, found.seen.share) == ("act", True, 0.5)
    assert found.seen.gain == pytest.approx(1.0, abs=0.02)
    assert (found.unseen.strategy, found.unseen.told_apart, found.unseen.gain) == ("wait", False, 0.0)
    assert found.worth.value == pytest.approx(0.5, abs=0.02)  # half the time 1 is gained
