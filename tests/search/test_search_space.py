"""What a search may vary: the simplex is kept, corners are reached, steps reach every direction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.search import Range, Shares, Space, nearest_shares

SPACE = Space((Shares(("a", "b", "c")), Range("exponent", -1.0, 3.0), Shares(("a", "b"))))
rows = st.lists(
    st.lists(st.floats(-5, 5, allow_nan=False), min_size=3, max_size=3), min_size=1, max_size=5
).map(np.array)


@given(rows)
def test_the_nearest_shares_are_shares_and_none_is_nearer(given_rows):
    found = nearest_shares(given_rows)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    rng = np.random.default_rng(0)
    others = rng.dirichlet(np.ones(3), 200)
    for row, near in zip(given_rows, found, strict=True):
        least = ((others - row) ** 2).sum(axis=1).min()
        assert ((near - row) ** 2).sum() <= least + 1e-9


def test_shares_that_are_shares_stay_and_far_rows_end_in_corners():
    inside = np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(nearest_shares(inside), inside, atol=1e-15)
    # By hand: from (2, 0, 0) the nearest is the corner; from (0.6, 0.6, -1) the middle of the edge.
    np.testing.assert_array_equal(
        nearest_shares([[2.0, 0.0, 0.0], [0.6, 0.6, -1.0]]), [[1, 0, 0], [0.5, 0.5, 0]]
    )


def test_every_combination_of_corners_and_even_splits_is_a_start():
    corners = SPACE.corners()
    assert SPACE.dimension == 6
    assert len(corners) == 4 * 3
    assert any(np.array_equal(row, [0, 1, 0, 0, 0, 1]) for row in corners)
    assert (corners[:, 3] == 0).all()


def test_scattered_candidates_fill_the_space_alike_for_the_same_seed():
    points = SPACE.scattered(512, seed=4)
    np.testing.assert_array_equal(points, SPACE.scattered(512, seed=4))
    np.testing.assert_allclose(points[:, :3].sum(axis=1), 1)
    # Uniform on the simplex: each share has mean 1/3 and a chance of (1 - x)^2 to exceed x.
    np.testing.assert_allclose(points[:, :3].mean(axis=0), 1 / 3, atol=0.02)
    np.testing.assert_allclose((points[:, :3] > 0.5).mean(axis=0), 0.25, atol=0.03)
    assert points[:, 3].min() < -0.98
    assert points[:, 3].max() > 2.98


@given(st.integers(0, 2**20), st.floats(1e-4, 1.0))
def test_moves_stay_candidates_and_go_no_farther_than_a_step(seed, step):
    point = SPACE.scattered(8, seed=seed)[3]
    moves = SPACE.moves(point, step)
    np.testing.assert_allclose(moves, SPACE.project(moves), atol=1e-12)
    np.testing.assert_allclose(moves[:, :3].sum(axis=1), 1)
    assert (np.abs(moves - point)[:, [0, 1, 2, 4, 5]].max(axis=1) <= step + 1e-12).all()
    assert not (moves == point).all(axis=1).any()


def test_moves_span_the_space_around_a_point():
    """Whatever direction improves, some move has a positive part in it."""
    point = np.array([0.4, 0.3, 0.3, 1.0, 0.5, 0.5])
    directions = SPACE.moves(point, 0.01) - point
    rng = np.random.default_rng(1)
    for _ in range(200):
        uphill = rng.normal(size=6)
        uphill[:3] -= uphill[:3].mean()
        uphill[4:] -= uphill[4:].mean()
        assert (directions @ uphill).max() > 0


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="something to vary"):
        Space(())
    with pytest.raises(InputError, match="floor"):
        Range("floor", 0.1, 0.5)
