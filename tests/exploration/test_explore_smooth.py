"""The regression underneath: its algebra against plain products and inverses."""

import numpy as np
import pytest

from equipoise.exploration.ensemble import classify
from equipoise.exploration.smooth import FEW, _inverse, _weighted, fit, likeliest_pairs, single


@pytest.mark.parametrize("size", [3, FEW + 1, 150])
def test_a_matrix_of_independent_columns_is_inverted(size):
    x = np.random.default_rng(size).normal(size=(400, size))
    np.testing.assert_allclose(_inverse(x.T @ x) @ (x.T @ x), np.eye(size), atol=1e-10)


def test_columns_that_say_the_same_share_what_they_explain():
    x = np.random.default_rng(1).normal(size=(400, 50))
    y = x[:, 0] + 2 * x[:, 1]
    twice = np.column_stack([x, x[:, 0]])
    beta = _inverse(twice.T @ twice) @ (twice.T @ y)
    np.testing.assert_allclose(beta[[0, 1, 50]], [0.5, 2, 0.5], atol=1e-8)


def test_products_of_columns_are_weighted_by_outputs_of_both_signs():
    rng = np.random.default_rng(2)
    q, weights = rng.normal(size=(300, 20)), rng.normal(size=300)
    weights[:5] = 0
    np.testing.assert_allclose(_weighted(q, weights), q.T @ np.diag(weights) @ q, atol=1e-12)
    np.testing.assert_allclose(_weighted(q, np.abs(weights)), q.T @ np.diag(np.abs(weights)) @ q, atol=1e-12)


def test_the_pair_that_acts_together_is_named_among_many_and_alone_there_is_none():
    rng = np.random.default_rng(3)
    blocks = [single(classify(f"x{k}", rng.random(800))) for k in range(30)]
    y = rng.normal(size=(800, 2)) * 0.1 + (blocks[4].q[:, :1] * blocks[21].q[:, :1]) * 800
    assert likeliest_pairs(blocks, y - y.mean(axis=0)) == ((4, 21),)
    assert likeliest_pairs(blocks[4:5], y - y.mean(axis=0)) == ()


def test_draws_of_a_fit_scatter_about_it_as_its_covariance_says():
    rng = np.random.default_rng(5)
    item = classify("x", rng.random(400))
    noise = rng.normal(size=(400, 3)) @ np.diag([1.0, 0.5, 2.0])
    smooth = fit([single(item)], np.sin(6 * item.values)[:, None] + noise)
    drawn = smooth.fitted_draws(count=4000, rng=rng)
    assert drawn.shape == (4000, 400, 3)
    np.testing.assert_allclose(drawn.mean(axis=0), smooth.fitted, atol=0.05)
    spread = np.einsum("sk,kl,sl->s", smooth.columns, smooth.spread, smooth.columns)
    expected = np.sqrt(spread[:, None] * np.diag(smooth.residual))
    np.testing.assert_allclose(drawn.std(axis=0), expected, rtol=0.1)
