"""What a search may vary: the simplex is kept, corners are reached, steps reach every direction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.search import search
from equipoise.search.objective import objective
from equipoise.search.search import Effort, _places, _settled, offspring
from equipoise.search.space import Range, Shares, Space, nearest_shares

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
    assert Space((Shares(("all",)), Range("power", -1.0, 1.0))).corners().tolist() == [[1.0, 0.0]]


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
    assert len(directions) == 6 + 2 + 2
    np.testing.assert_allclose(np.unique(np.abs(directions[:, 3]).round(9)), [0, 0.04])
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


def test_a_population_is_settled_when_neither_scores_nor_candidates_differ():
    point = np.array([0.2, 0.8, 5.0])
    same, far = np.tile(point, (3, 1)), np.array([point, point, [0.8, 0.2, 5.0]])
    assert _settled(same, np.full(3, 7.0))
    assert not _settled(far, np.full(3, 7.0))
    assert not _settled(same, np.array([7.0, 7.0, 7.1]))
    assert not _settled(same, np.array([7.0, 7.0, -np.inf]))


def test_places_to_close_in_from_lie_apart_the_best_first():
    space = Space((Range("power", 0.0, 10.0), Shares(("a", "b"))))
    points = np.array([[5, 1, 0], [5.9, 1, 0], [6.1, 1, 0], [5, 0.95, 0.05], [5, 0.8, 0.2], [9, 0, 1]], float)
    scores = np.array([9.0, 8, 7, 6, 5, -np.inf])
    # A tenth of a range of 10, a tenth of a whole; who has no score is no place.
    assert [p.tolist() for p in _places(space, points, scores, 9)] == [[5, 1, 0], [6.1, 1, 0], [5, 0.8, 0.2]]
    assert len(_places(space, points, scores, 2)) == 2


def test_children_of_parents_who_are_alike_are_like_them():
    point = np.array([0.7, 0.3, 0.0, 2.0, 0.4, 0.6])
    children = offspring(SPACE, np.tile(point, (12, 1)), np.random.default_rng(1))
    np.testing.assert_allclose(children, np.tile(point, (12, 1)), atol=1e-12)


def test_children_of_two_differ_along_the_line_between_them():
    space = Space((Range("power", 0.0, 10.0),))
    parents = np.array([[6.0], [4.0]])
    rng = np.random.default_rng(2)
    children = np.concatenate([offspring(space, parents, rng) for _ in range(500)]).ravel()
    assert children.min() < 3 and children.max() > 7
    # to one of the best by 0.3 to 0.95 of the way, and on by as much of the difference of two
    assert (np.abs(children - 5) <= 1 + 0.95 * 2 + 1e-9).all()


def test_children_move_in_most_parts_and_in_one_at_least():
    """Of two parts one is drawn that moves for certain, and the other moves in 85 of 100."""
    space = Space((Range("power", -9.0, 9.0), Range("floor", -9.0, 9.0)))
    rng = np.random.default_rng(3)
    parents = rng.uniform(-1, 1, (2000, 2))
    moved = offspring(space, parents, rng) != parents
    assert moved.any(axis=1).all()
    assert moved.mean() == pytest.approx((1 + 0.85) / 2, abs=0.02)


def test_closing_in_alone_finds_the_top():
    """The payoff of a candidate falls with its distance from a place known; no generation is bred."""
    space, top = Space((Range("power", -4.0, 4.0), Shares(("a", "b", "c")))), np.array([1.3, 0.2, 0.5, 0.3])
    asked = []

    def evaluate(points):
        asked.append(len(points))
        return -((points - top) ** 2).sum(axis=1, keepdims=True)

    effort = Effort(scattered=8, population=4, generations=0, places=2, first=0.25, finest=1e-4)
    found = search(evaluate, space, objective("laplace"), seed=1, effort=effort)
    np.testing.assert_allclose(found.point, top, atol=1e-3)
    np.testing.assert_allclose(found.places[0], found.point)
    assert len(found.places) == 2 and found.score == pytest.approx(0, abs=1e-5)
    assert found.evaluations == sum(asked) and not found.stopped


def test_no_step_is_taken_once_time_is_over():
    space = Space((Shares(("a", "b")),))
    found = search(lambda p: p[:, :1], space, objective("laplace"), seed=1, stop=lambda: True)
    assert found.stopped and found.point.tolist() == [1.0, 0.0] and found.places.shape[1] == 2
