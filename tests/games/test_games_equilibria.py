"""Equilibria: games with known answers, laws, degenerate games, and what must be refused."""

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.games import (
    NormalForm,
    from_player_arrays,
    pure_equilibria,
    regret,
    solve,
    verify,
)
from equipoise.games.two_player import lemke_howson


def vector(mixtures):
    return np.concatenate(mixtures)


def found_in(equilibria, *expected):
    flat = np.concatenate([np.asarray(p, dtype=float) for p in expected])
    return any(np.abs(vector(e.mixtures) - flat).max() < 1e-8 for e in equilibria)


def test_matching_pennies_mixes_evenly():
    solution = solve(from_player_arrays([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]))
    assert len(solution.equilibria) == 1
    assert found_in(solution.equilibria, [0.5, 0.5], [0.5, 0.5])
    assert solution.complete


def test_battle_of_the_sexes_has_three():
    game = from_player_arrays([[[3, 0], [0, 2]], [[2, 0], [0, 3]]])
    solution = solve(game)
    assert len(solution.equilibria) == 3
    assert found_in(solution.equilibria, [0.6, 0.4], [0.4, 0.6])


def test_zero_sum_value_by_hand():
    # A 2 × 3 game: columns 1 and 3 matter; the row player equalises 1p + 6(1 − p) = 5p + 2(1 − p): p = 1/2.
    row = np.array([[1.0, 4.0, 5.0], [6.0, 5.0, 2.0]])
    solution = solve(from_player_arrays([row, -row]))
    assert len(solution.equilibria) == 1
    assert found_in(solution.equilibria, [0.5, 0.5], [3 / 8, 0, 5 / 8])
    assert solution.equilibria[0].payoffs == pytest.approx([3.5, -3.5])


def test_three_player_mixed_equilibrium_by_hand():
    # Three players each want to differ from both others: 1 if alone in its choice. The even mixture and
    # every profile of two against one... in which the pair is indifferent: only the even one is isolated.
    payoffs = np.zeros((2, 2, 2, 3))
    for profile in product(range(2), repeat=3):
        for i in range(3):
            payoffs[(*profile, i)] = float(profile.count(profile[i]) == 1)
    game = NormalForm(("a", "b", "c"), (("0", "1"),) * 3, payoffs)
    solution = solve(game)
    assert found_in(solution.equilibria, [0.5, 0.5], [0.5, 0.5], [0.5, 0.5])
    assert len([e for e in solution.equilibria if e.kind == "pure"]) == 6
    assert any(e.component is not None for e in solution.equilibria)


def test_a_profile_that_is_no_equilibrium_is_refused():
    game = from_player_arrays([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    cooperate = (np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    assert not verify(game, cooperate)
    assert regret(game, cooperate) == pytest.approx([2.0, 2.0])
    planted = solve(game, extra=[(cooperate, "planted")])
    assert all("planted" not in e.methods for e in planted.equilibria)
    assert planted.refused == 1


def test_a_nearly_right_mixture_is_refused_by_the_tolerance():
    game = from_player_arrays([[[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]])
    near = (np.array([0.34, 0.33, 0.33]), np.full(3, 1 / 3))
    assert not verify(game, near)
    assert verify(game, near, tolerance=0.02)


def test_vectors_that_are_no_probabilities_are_refused():
    game = from_player_arrays([np.zeros((2, 2)), np.zeros((2, 2))])
    assert not verify(game, (np.array([1.5, -0.5]), np.array([0.5, 0.5])))
    assert not verify(game, (np.array([0.5, 0.4]), np.array([0.5, 0.5])))
    with pytest.raises(InputError, match="do not fit"):
        verify(game, (np.ones(3) / 3, np.ones(2) / 2))


def all_zero(shape):
    return NormalForm(
        tuple(map(str, range(len(shape)))),
        tuple(tuple(map(str, range(s))) for s in shape),
        np.zeros((*shape, len(shape))),
    )


@pytest.mark.parametrize("shape", [(2, 2), (6, 6), (1, 3), (3, 3, 3), (2, 2, 2, 2)])
def test_games_without_any_difference_end_and_say_so(shape):
    started = time.monotonic()
    solution = solve(all_zero(shape))
    assert time.monotonic() - started < 60
    assert len([e for e in solution.equilibria if e.kind == "pure"]) == np.prod(shape)
    assert len({e.component for e in solution.equilibria}) == 1
    assert any("degenerate" in note for note in solution.notes)


def test_duplicate_strategies_end_and_form_a_continuum():
    row = np.array([[1, -1], [1, -1], [-1, 1]], dtype=float)
    solution = solve(from_player_arrays([row, -row]))
    assert {e.component for e in solution.equilibria} == {1}
    assert found_in(solution.equilibria, [0.5, 0, 0.5], [0.5, 0.5])
    assert found_in(solution.equilibria, [0, 0.5, 0.5], [0.5, 0.5])


def test_an_even_count_becomes_a_note_not_a_warning(recwarn):
    game = from_player_arrays([[[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]]])
    solution = solve(game)
    assert any("even number" in note for note in solution.notes)
    assert not [w for w in recwarn if "equilibria" in str(w.message)]


def test_large_game_says_what_was_not_enumerated():
    rng = np.random.default_rng(5)
    solution = solve(from_player_arrays(list(rng.normal(size=(2, 12, 12)))))
    assert not solution.complete
    assert any("not enumerated" in note for note in solution.notes)
    assert solution.equilibria


@pytest.mark.parametrize("label", range(6))
def test_lemke_howson_agrees_with_nashpy_on_whole_numbers(label):
    import nashpy

    first = np.array([[3, 1, 4], [2, 5, 1], [1, 2, 6]])
    second = np.array([[2, 4, 1], [5, 1, 3], [3, 2, 7]])
    own = lemke_howson(first.astype(float), second.astype(float), label)
    theirs = nashpy.Game(first, second).lemke_howson(initial_dropped_label=label)
    assert vector(own) == pytest.approx(vector(theirs), abs=1e-9)


payoff = st.integers(-9, 9)


@settings(max_examples=15, deadline=None)
@given(st.lists(payoff, min_size=18, max_size=18), st.floats(0.01, 1000), st.floats(-50, 50))
def test_positive_affine_changes_of_one_player_change_nothing(numbers, factor, shift):
    payoffs = np.array(numbers, dtype=float).reshape(3, 3, 2)
    game = NormalForm(("a", "b"), (("x", "y", "z"),) * 2, payoffs)
    changed = NormalForm(("a", "b"), (("x", "y", "z"),) * 2, payoffs * [factor, 1] + [shift, 0])
    same_equilibria(solve(game).equilibria, solve(changed).equilibria)


@settings(max_examples=15, deadline=None)
@given(st.lists(payoff, min_size=18, max_size=18), st.permutations(range(3)), st.permutations(range(3)))
def test_relabelling_strategies_relabels_the_answer(numbers, rows, columns):
    payoffs = np.array(numbers, dtype=float).reshape(3, 3, 2)
    game = NormalForm(("a", "b"), (("x", "y", "z"),) * 2, payoffs)
    changed = NormalForm(("a", "b"), (("x", "y", "z"),) * 2, payoffs[np.ix_(rows, columns)])
    moved = [(a[list(rows)], b[list(columns)]) for a, b in extreme(solve(game).equilibria)]
    again = extreme(solve(changed).equilibria)
    same_sets(moved, again)


def same_equilibria(first, second):
    same_sets(extreme(first), extreme(second))


def extreme(equilibria):
    """The ends of continua; points found inside one depend on the path that led there."""
    return [e.mixtures for e in equilibria if {"vertex enumeration", "enumeration"} & set(e.methods)]


def same_sets(first, second):
    assert len(first) == len(second)
    for mixtures in first:
        assert min(np.abs(vector(mixtures) - vector(other)).max() for other in second) < 1e-6


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=32, max_size=32))
def test_every_two_player_game_has_an_equilibrium_and_all_shown_are(numbers):
    payoffs = np.array(numbers).reshape(4, 4, 2)
    game = NormalForm(("a", "b"), (("1", "2", "3", "4"),) * 2, payoffs)
    equilibria = solve(game).equilibria
    assert equilibria
    for one in equilibria:
        for i, range_ in enumerate(game.ranges):
            own = payoffs[..., i] if i == 0 else payoffs[..., i].T
            against = own @ one.mixtures[1 - i]
            assert against.max() - against @ one.mixtures[i] <= 1e-8 * range_


@settings(max_examples=10, deadline=None)
@given(st.lists(payoff, min_size=24, max_size=24))
def test_pure_equilibria_of_three_players_by_brute_force(numbers):
    payoffs = np.array(numbers, dtype=float).reshape(2, 2, 2, 3)
    game = NormalForm(("a", "b", "c"), (("0", "1"),) * 3, payoffs)
    expected = set()
    for profile in product(range(2), repeat=3):
        stays = True
        for i in range(3):
            other = list(profile)
            other[i] = 1 - other[i]
            stays &= payoffs[(*profile, i)] >= payoffs[(*other, i)]
        if stays:
            expected.add(profile)
    assert set(pure_equilibria(game)) == expected


@pytest.mark.parametrize(
    ("players", "strategies", "payoffs", "message"),
    [
        (("a",), (("x",),), np.zeros((1, 1)), "two players"),
        (("a", "a"), (("x",), ("y",)), np.zeros((1, 1, 2)), "named twice"),
        (("a", "b"), (("x", "x"), ("y",)), np.zeros((2, 1, 2)), "named twice"),
        (("a", "b"), (("x",), ("y",)), np.zeros((2, 1, 2)), "shape"),
        (("a", "b"), (("x",), ("y",)), np.full((1, 1, 2), np.nan), "finite"),
        (("a", "b"), (("x",), ()), np.zeros((1, 0, 2)), "no strategy"),
    ],
)
def test_games_that_make_no_sense_are_refused(players, strategies, payoffs, message):
    with pytest.raises(InputError, match=message):
        NormalForm(players, strategies, payoffs)
