"""Equilibria: games with known answers, laws, degenerate games, and what must be refused."""

import time
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player_arrays import from_player_arrays
from scipy.linalg import block_diag

from equipoise.errors import InputError
from equipoise.games.equilibria import pure_equilibria, solve, verify
from equipoise.games.normal_form import NormalForm, regret
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


def test_two_players_up_to_14_strategies_each_are_listed_whole_and_more_are_said_not_to_be():
    rng = np.random.default_rng(5)
    whole = solve(from_player_arrays(list(rng.normal(size=(2, 10, 9)))))
    assert (
        whole.complete and len(whole.equilibria) % 2 == 1
    )  # a game without ties has an odd number (Wilson 1971)
    large = solve(from_player_arrays(list(rng.normal(size=(2, 18, 18)))))
    assert not large.complete
    assert any("may be further mixed" in note for note in large.notes)
    assert large.equilibria


SIX = [
    [-81, 36, -126, 126, -36, 90],
    [-180, 72, -333, 297, -153, 270],
    [20, -3, 42, -33, 17, -30],
    [-30, 17, -33, 42, -3, 20],
    [270, -153, 297, -333, 72, -180],
    [90, -36, 126, -126, 36, -81],
]
"""The 6 × 6 game of von Stengel 1999 in the numbers of Savani and von Stengel 2006; 75 equilibria."""


TURNED = [1, 0, 3, 2, 5, 4]


def six():
    first = np.array(SIX, dtype=float)
    return first, first.T[np.ix_(TURNED, TURNED)]


def blocks(*games):
    """Games in which both players choose a block first: off the same block both get 0, in it at least 1."""
    both = []
    for player in (0, 1):
        parts = [game[player] - game[player].min() + 1 for game in games]
        both.append(block_diag(*parts))
    return from_player_arrays(both)


def test_published_numbers_of_equilibria():
    solution = solve(from_player_arrays(six()))
    assert len(solution.equilibria) == 75 and solution.complete
    for size in (3, 8):  # coordination on the same of n: every set of strategies, 2^n - 1
        solution = solve(from_player_arrays([np.eye(size)] * 2))
        assert len(solution.equilibria) == 2**size - 1 and solution.complete


def test_equilibria_of_blocks_multiply():
    """With n and m equilibria in two blocks there are (n + 1)(m + 1) - 1: those of one, and every pair mixed."""
    one = (np.array([[2, 1], [1, 2], [1.4, 1.4]]), np.array([[1, 2], [2, 1], [1.5, 1.5]]))
    assert len(solve(blocks(one)).equilibria) == 1
    solution = solve(blocks(six(), one))  # 9 × 8
    assert len(solution.equilibria) == 76 * 2 - 1 and solution.complete


@pytest.mark.parametrize("seed", range(12))
def test_all_equilibria_by_brute_force(seed):
    """Every pair of supports, in exact fractions, for games whose small whole numbers make ties."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 4, (2, *rng.integers(2, 5, 2)))
    ours = {
        tuple(np.round(vector(one.mixtures), 9) + 0.0)
        for one in solve(from_player_arrays([first, second])).equilibria
    }
    theirs = {
        tuple(np.round([float(p) for p in (*x, *y)], 9))
        for x in corners(second.T.tolist())
        for y in corners(first.tolist())
        if fits(x, y, first.tolist()) and fits(y, x, second.T.tolist())
    }
    assert ours == theirs


def corners(payoffs):
    """Mixtures over the columns that are settled by which rows are best and which columns are out (fractions)."""
    rows, columns = len(payoffs), len(payoffs[0])
    found = set()
    for used in subsets(columns):
        for best in subsets(rows):
            if len(best) >= len(used):
                equations = [
                    [*(Fraction(payoffs[r][c]) for c in used), Fraction(-1), Fraction(0)] for r in best
                ]
                equations.append([*([Fraction(1)] * len(used)), Fraction(0), Fraction(1)])
                solved = unique(equations)
                if solved and all(p > 0 for p in solved[:-1]):
                    mixture = [Fraction(0)] * columns
                    for c, p in zip(used, solved[:-1], strict=True):
                        mixture[c] = p
                    if (
                        max(sum(a * p for a, p in zip(row, mixture, strict=True)) for row in payoffs)
                        == solved[-1]
                    ):
                        found.add(tuple(mixture))
    return found


def subsets(count):
    return [s for size in range(1, count + 1) for s in combinations(range(count), size)]


def unique(rows):
    """The only solution of equations in fractions (last column the right side), or None."""
    rows, width = [list(row) for row in rows], len(rows[0]) - 1
    for column in range(width):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for r in range(len(rows)):
            if r != column:
                rows[r] = [a - rows[r][column] * b for a, b in zip(rows[r], rows[column], strict=True)]
    consistent = all(row[-1] == 0 for row in rows[width:])
    return [row[-1] for row in rows[:width]] if consistent else None


def fits(own, other, payoffs):
    """Whether every strategy in use is a best reply."""
    values = [sum(a * p for a, p in zip(row, other, strict=True)) for row in payoffs]
    return all(p == 0 or value == max(values) for p, value in zip(own, values, strict=True))


def test_one_strategy_against_several_is_complete_and_quiet():
    solution = solve(from_player_arrays([[[1, 2, 3]], [[5, 7, 7]]]))
    assert solution.complete and [one.profile for one in solution.equilibria] == [(0, 1), (0, 2)]
    assert {one.component for one in solution.equilibria} == {1}
    # Down is dominated, which leaves one row.
    solution = solve(from_player_arrays([[[1, 2], [0, 1]], [[4, 4], [0, 9]]]))
    assert solution.complete and [one.profile for one in solution.equilibria] == [(0, 0), (0, 1)]
    assert len(solution.notes) == 1 and "degenerate" in solution.notes[0]


def line_game():
    """Up and left while the third goes far less than 0.4 of the time; there the third does not care."""
    payoffs = np.zeros((2, 2, 2, 3))
    for a, b, c in np.ndindex(2, 2, 2):
        payoffs[a, b, c] = (
            (2 - 5 * c if b == 0 else 1) * (a == 0),
            float(b == 0) if a == 0 else 2.0 * (b == 1),
            0.0 if (a, b) == (0, 0) else float(c) + a - 2 * a * c * b,
        )
    return NormalForm(("a", "b", "c"), (("up", "down"), ("left", "right"), ("near", "far")), payoffs)


def test_three_player_ties_list_the_ends_of_the_line():
    solution = solve(line_game())
    line = [one for one in solution.equilibria if one.mixtures[0][0] == one.mixtures[1][0] == 1]
    assert sorted(one.mixtures[2][1] for one in line) == pytest.approx([0.0, 0.4])
    assert len({one.component for one in line}) == 1 and line[0].component is not None


def test_a_player_who_changes_nothing_has_the_ends_of_its_continuum_only():
    sexes = from_player_arrays([[[3, 0], [0, 2]], [[2, 0], [0, 3]]])
    payoffs = np.zeros((2, 2, 4, 3))
    payoffs[..., :2] = sexes.payoffs[:, :, None]
    solution = solve(NormalForm(("a", "b", "idle"), (("x", "y"), ("x", "y"), tuple("1234")), payoffs))
    assert len(solution.equilibria) == 3 * 4 and solution.complete
    assert all((one.mixtures[2] == 1).any() for one in solution.equilibria)
    assert {one.component for one in solution.equilibria} == {1, 2, 3}
    # The same where the idle one is one of two.
    solution = solve(from_player_arrays([[[1, 1, 1], [0, 0, 0]], np.zeros((2, 3))]))
    assert [one.profile for one in solution.equilibria] == [(0, 0), (0, 1), (0, 2)] and solution.complete


def test_one_ruinous_payoff_hides_no_difference():
    first = [[0.43, 0.43], [0.42, 0.42], [-1e9, -1e9]]
    solution = solve(from_player_arrays([first, [[0.2, 0.4], [0.2, 0.4], [0.5, 0.2]]]))
    assert [one.profile for one in solution.equilibria] == [(0, 1)] and solution.complete
    # Chicken: each dares with the chance p that makes 2 (1 - p) - 1e9 p = p.
    chicken = from_player_arrays([[[0.0, 1.0], [2.0, -1e9]], [[0.0, 2.0], [1.0, -1e9]]])
    solution = solve(chicken)
    mixed = [one for one in solution.equilibria if one.kind == "mixed"]
    assert [one.profile for one in solution.equilibria if one.kind == "pure"] == [(0, 1), (1, 0)]
    assert len(mixed) == 1 and mixed[0].mixtures[0][1] == pytest.approx(2 / (3 + 1e9), rel=1e-9)
    assert not verify(chicken, (np.array([1.0, 0.0]), np.array([1.0, 0.0])))


def test_a_large_common_part_hides_no_difference():
    sexes = np.array([[[3, 0], [0, 2]], [[2, 0], [0, 3]]]) / 1000
    common = np.array([[1e7, -3e8], [2e7, 5e8]])  # by what the other one does
    game = from_player_arrays([sexes[0] + common[0], sexes[1] + common[1][:, None]])
    solution = solve(game)
    assert len(solution.equilibria) == 3 and solution.complete
    mixed = solution.equilibria[-1].mixtures
    assert mixed[0][0] == pytest.approx(0.6, abs=1e-3) and mixed[1][0] == pytest.approx(0.4, abs=1e-3)


def test_three_players_of_mckelvey_and_mclennan_have_nine():
    payoffs = np.zeros((2, 2, 2, 3))
    payoffs[0, 0, 0], payoffs[1, 1, 0] = (9, 8, 12), (9, 8, 2)
    payoffs[1, 0, 1], payoffs[0, 1, 1] = (3, 4, 6), (3, 4, 6)
    solution = solve(NormalForm(("a", "b", "c"), (("1", "2"),) * 3, payoffs))
    assert len(solution.equilibria) == 9
    assert sum(all((p > 0).all() for p in one.mixtures) for one in solution.equilibria) == 2


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
