"""States as Latin hypercubes in blocks of 32: strata, independence, names, and what that gives a mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from equipoise.draws.estimate import BLOCK, estimate
from equipoise.draws.sampling import uniforms

STATES = 1_250
"""States of 20,000 futures."""


def inputs(count, states=STATES, seed=1):
    """Draws of some inputs, [count, states]."""
    return uniforms([f"input.{k}" for k in range(count)], 0, states, seed=seed)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 50))
def test_any_stretch_is_that_of_one_long_list(first, count, seed):
    whole = uniforms(["forces.crown.momentum"], 0, first + count, seed=seed)[0]
    assert (uniforms(["forces.crown.momentum"], first, count, seed=seed)[0] == whole[first:]).all()


def test_every_block_has_every_stratum_once():
    for row in inputs(40, states=50 * BLOCK):
        strata = np.sort((row.reshape(50, BLOCK) * 32).astype(int), axis=1)
        assert (strata == np.arange(32)).all()


def test_places_within_strata_are_uniform_and_know_nothing_of_the_stratum():
    row = inputs(1, states=32_000)[0] * 32
    stratum, place = row.astype(int), row % 1
    assert stats.kstest(place, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(stratum, place)[0, 1]) < 4 / np.sqrt(32_000)


def test_the_order_of_strata_is_any_order():
    """Each state of a block is as likely in each stratum: 32 x 32 counts over 4,000 blocks."""
    strata = (inputs(1, states=4_000 * BLOCK)[0].reshape(-1, BLOCK) * 32).astype(int)
    counts = np.stack([np.bincount(column, minlength=32) for column in strata.T])
    # 31 x 31 degrees of freedom, as both margins are fixed
    assert stats.chi2(31 * 31).sf(((counts - 125) ** 2 / 125).sum() * 31 / 32) > 1e-3


def test_draws_lie_strictly_inside():
    found = inputs(4, states=100_000)
    assert found.min() > 0 and found.max() < 1
    assert len(np.unique(found[0])) == 100_000


@pytest.mark.parametrize(("count", "bound"), [(40, 4.5), (300, 5.5)])
def test_inputs_are_as_independent_as_plain_draws(count, bound):
    """Correlations of independent draws have an sd of 1/sqrt(n): of 780 the largest lies near 3.4 of these, of
    44,850 near 4.4. Short Sobol sets gave 0.36 and 0.5 here, 13 and 18 of them."""
    correlations = np.corrcoef(inputs(count))[np.triu_indices(count, 1)]
    assert np.abs(correlations).max() < bound / np.sqrt(STATES)
    # within a block of m the ranks of two inputs correlate with a variance of 1/(m - 1), not 1/m (Kendall 1970)
    assert correlations.std() == pytest.approx(1 / np.sqrt(STATES), rel=0.1)


def test_seeds_blocks_and_names_are_independent():
    one, other = inputs(1, seed=0)[0], inputs(1, seed=1)[0]
    again = inputs(1, seed=0)[0]
    assert (one == again).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(STATES)
    blocks = one[: 39 * BLOCK].reshape(39, BLOCK)
    assert np.abs(np.corrcoef(blocks)[np.triu_indices(39, 1)]).max() < 5 / np.sqrt(BLOCK)


@pytest.mark.parametrize("first", [1 << 20, 2**32 - 40])
def test_far_states_can_be_drawn_alone(first):
    found = uniforms(["a"], first, 40, seed=4)[0]
    assert found.shape == (40,) and ((found > 0) & (found < 1)).all()
    assert uniforms(["a"], first + 8, 32, seed=4)[0].tolist() == found[8:].tolist()


def means(function, seeds, states=256, count=5):
    return [estimate(function(inputs(count, states, seed))) for seed in range(seeds)]


def test_a_sum_of_functions_of_single_inputs_is_nearly_exact():
    """What single inputs explain leaves at most the variance within strata: 1/32^2 of a linear function's."""
    found = means(lambda u: u.sum(axis=0), 40)
    sd = np.std([e.mean for e in found], ddof=1)
    # each input adds (1/32)^2/12 a state
    assert sd == pytest.approx(np.sqrt(5 / 12 / 256) / 32, rel=0.35)
    assert all(abs(e.mean - 2.5) < 6 * np.sqrt(5 / 12 / 256) / 32 for e in found)


def test_what_inputs_explain_only_together_scatters_as_under_plain_draws():
    """A product of centred inputs has no part of its own for any single one (Stein 1987)."""
    found = means(lambda u: (u[0] - 0.5) * (u[1] - 0.5), 300, count=2)
    plain = np.sqrt(1 / 144 / 256)
    assert np.std([e.mean for e in found], ddof=1) == pytest.approx(plain, rel=0.13)


@pytest.mark.parametrize(
    ("function", "mean"),
    [
        (lambda u: np.exp(u[0] + u[1]), (np.e - 1) ** 2),
        (lambda u: (u[0] - 0.5) * (u[1] - 0.5), 0.0),
        (lambda u: (u[0] + u[1] > 1.5).astype(float), 1 / 8),
        (lambda u: stats.norm.ppf(u[0]) * u[1] + u[2], 0.5),
    ],
)
def test_intervals_cover_as_often_as_they_say(function, mean):
    """95 % of 400 intervals: the share that covers has an sd of 0.011."""
    found = means(function, 400, states=512, count=3)
    assert np.mean([e.low <= mean <= e.high for e in found]) == pytest.approx(0.95, abs=0.033)
    # and the errors are not merely wide
    sd = np.std([e.mean for e in found], ddof=1)
    assert np.sqrt(np.mean([e.se**2 for e in found])) == pytest.approx(sd, rel=0.12)


def test_single_states_err_on_the_safe_side():
    """With few blocks the error is that of plain draws, which is never too small for a block."""
    found = means(lambda u: np.exp(u[0] + u[1]), 200, states=128, count=2)
    assert np.mean([e.low <= (np.e - 1) ** 2 <= e.high for e in found]) > 0.99
