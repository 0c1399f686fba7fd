"""What must be wanted: geometry by hand, brute force over random studies, and the one-period model's closed forms."""

import numpy as np
import pytest
from tests.reference_models.one_period import OnePeriod, influence

from equipoise.inference.wants import Goals, alone, inside, nearest, scaled, share_inside, without_twins


def goals(payoff, slopes, values, least=None):
    """Payoffs [ways] and slopes [weights][ways], the same in every state; weights' values [weights][states]."""
    values = np.array(values, float)
    states = values.shape[1]
    spread = lambda rows: np.repeat(np.array(rows, float)[..., None], states, axis=-1)  # noqa: E731
    floor = np.full(len(values), -np.inf) if least is None else np.array(least, float)
    ways = tuple("abcdefgh"[: len(payoff)])
    return Goals(
        tuple(f"w{k}" for k in range(len(values))), values, floor, ways, spread(payoff), spread(slopes)
    )


def doubt(mean, sd, states=2):
    """Values over two states with this mean and (n - 1) standard deviation."""
    return [mean - sd / np.sqrt(2), mean + sd / np.sqrt(2)]


def test_the_nearest_goals_of_two_ways_lie_on_the_line_between_them():
    # b leads by 1; a unit of w0 (sd 1) closes 3, of w1 (sd 2) closes 2: in sd the line is 3 z0 + 4 z1 = 1,
    # at a distance of 1/5 along (3, 4)/5
    found = nearest(goals([0, 1], [[3, 0], [2, 0]], [doubt(5, 1), doubt(0, 2)]), "a")
    assert found.distance == pytest.approx(0.2)
    moves = {wish.path: (wish.sds, wish.wanted) for wish in found.wishes}
    assert moves["w0"] == (pytest.approx(0.12), pytest.approx(5.12))
    assert moves["w1"] == (pytest.approx(0.16), pytest.approx(0.32))
    assert [wish.path for wish in found.wishes] == ["w1", "w0"]


def test_the_nearest_goals_of_three_ways_lie_in_the_corner():
    # a must beat b (1 ahead, closed by w0) and c (2 ahead, closed by w1)
    found = nearest(goals([0, 1, 2], [[1, 0, 1], [1, 1, 0]], [doubt(0, 1), doubt(0, 1)]), "a")
    assert found.distance == pytest.approx(np.sqrt(5))


def test_goals_that_close_nothing_or_what_may_not_be_negative_leave_none():
    assert nearest(goals([0, 1], [[1, 1]], [doubt(0, 1)]), "a") is None
    # only a negative weight would do, and it may not be
    assert nearest(goals([0, 1], [[-1, 0]], [doubt(0.5, 1)], least=[0.0]), "a") is None
    assert nearest(goals([0, 1], [[-1, 0]], [doubt(0.5, 1)]), "a").distance == pytest.approx(1)


def test_a_cost_may_fall_to_nothing_and_no_further():
    (wish,) = nearest(goals([0, 0.3], [[-1, 0]], [doubt(0.5, 1)], least=[0.0]), "a").wishes
    assert wish.wanted == pytest.approx(0.2)
    (one,) = alone(goals([0, 0.3], [[-1, 0]], [doubt(0.5, 1)], least=[0.0]), "a")
    assert (one.least, one.most) == (pytest.approx(0.0), pytest.approx(0.2))


def test_what_the_file_is_certain_of_stays():
    made = goals([0, 1], [[1, 0], [1, 0]], [[2, 2], doubt(0, 1)])
    (wish,) = nearest(made, "a").wishes
    assert (wish.path, wish.sds, wish.credible) == ("w1", pytest.approx(1), False)
    assert {one.path: one.sds for one in alone(made, "a")} == {"w1": pytest.approx(1), "w0": None}


def test_what_is_best_needs_no_move_and_a_margin_counts():
    made = goals([1, 0], [[1, 0]], [doubt(0, 1)])
    assert nearest(made, "a").distance == 0
    assert nearest(made, "b", within=1.0).distance == 0
    assert nearest(made, "b", within=0.25).distance == pytest.approx(0.75)


def random_goals(seed, states=64):
    rng = np.random.default_rng(seed)
    weights, ways = int(rng.integers(1, 5)), int(rng.integers(2, 6))
    payoff = rng.normal(size=(ways, states)) * 0.3
    terms = rng.normal(size=(weights, ways, 1)) + 0.2 * rng.normal(size=(weights, ways, states))
    values = rng.normal(size=(weights, states)) * rng.uniform(0.3, 2, (weights, 1))
    return Goals(
        tuple(f"w{k}" for k in range(weights)),
        values,
        np.full(weights, -np.inf),
        tuple("abcdef"[:ways]),
        payoff,
        terms,
    )


def best_by_hand(made, done, move):
    """Whether `done` has the highest mean payoff when every state's weights move by `move`: added up state by state."""
    worth = [
        np.mean([made.payoff[d, s] + sum(m * made.terms[k, d, s] for k, m in enumerate(move))
                 for s in range(made.payoff.shape[1])])
        for d in range(len(made.ways))
    ]  # fmt: skip
    return worth[made.ways.index(done)] >= max(worth) - 1e-9


@pytest.mark.parametrize("seed", range(30))
def test_being_inside_the_polyhedron_is_being_best(seed):
    made = random_goals(seed)
    moves = np.random.default_rng(seed + 100).normal(size=(len(made.paths), 25)) * 2
    for done in made.ways:
        told = inside(made, done, moves)
        assert told.tolist() == [best_by_hand(made, done, move) for move in moves.T]


@pytest.mark.parametrize("seed", range(30))
def test_the_nearest_goals_are_best_and_nothing_nearer_is(seed):
    made = random_goals(seed)
    rng = np.random.default_rng(seed)
    for done in made.ways:
        found = nearest(made, done)
        if found is None:
            far = rng.normal(size=(len(made.paths), 4000)) * made.sd[:, None] * 50
            assert not inside(made, done, far).any()
            continue
        move = np.zeros(len(made.paths))
        for wish in found.wishes:
            move[made.paths.index(wish.path)] = wish.wanted - wish.stated
        assert best_by_hand(made, done, move)
        direction = rng.normal(size=(len(made.paths), 4000))
        nearer = direction / np.linalg.norm(direction, axis=0) * found.distance * 0.99 * made.sd[:, None]
        assert found.distance == 0 or not inside(made, done, nearer).any()


@pytest.mark.parametrize("seed", range(20))
def test_a_goal_alone_makes_it_best_between_its_ends_and_nowhere_else(seed):
    made = random_goals(seed)
    for done in made.ways:
        for one in alone(made, done):
            k = made.paths.index(one.path)
            line = np.zeros((len(made.paths), 2001))
            line[k] = np.linspace(-20, 20, 2001)
            told = inside(made, done, line)
            if one.wanted is None:
                assert not told.any()
                continue
            at = np.zeros((len(made.paths), 1))
            at[k] = one.wanted - one.stated + 1e-9 * np.sign(one.wanted - one.stated)
            assert inside(made, done, at, within=1e-7).all()
            low = -np.inf if one.least is None else one.least - one.stated
            high = np.inf if one.most is None else one.most - one.stated
            assert told.tolist() == ((line[k] >= low) & (line[k] <= high)).tolist()


def test_the_share_of_doubt_inside_is_counted():
    # a leads where w0 > 1 of the values -1, 0, ..., 8 whose mean is 3.5: moves above 1 - 3.5 from the mean
    values = np.arange(-1, 9, dtype=float)
    made = goals([3.5, 1], [[1, 0]], [values])
    made = Goals(made.paths, made.values, made.least, made.ways, made.payoff, made.terms)
    assert share_inside(made, "a").mean == pytest.approx(np.mean(values >= 1))


def test_a_scaling_helps_only_where_some_mixture_of_goals_puts_it_first():
    # three ways; two goals, each with another favourite, and c in between on both
    between = goals([0, 0, 0], [[1, 0, 0.6], [0, 1, 0.6]], [doubt(1, 0.1), doubt(1, 0.1)])
    behind = goals([0, 0, 0], [[1, 0, 0.4], [0, 1, 0.4]], [doubt(1, 0.1), doubt(1, 0.1)])
    assert scaled(between, "c").lead > 0.5
    # under scales s and 1 - s, c has 0.4 and the better of the others at least 0.5
    assert scaled(behind, "c").lead < 0
    assert scaled(behind, "a").lead > 0
    assert scaled(behind, "a").paths == ("w0",)


def test_a_twin_is_the_same_act():
    payoff = np.array([[1.0, 2], [1, 2], [1, 2.1]])
    assert without_twins(("a", "b", "c"), payoff, "b") == ("b", "c")


@pytest.mark.parametrize(("p", "rho", "kappa"), [(0.3, 0.4, 0.5), (0.5, 0.2, 0.1), (0.8, 1.2, 0.0)])
def test_the_wish_that_makes_a_split_best_in_the_one_period_model(p, rho, kappa):
    """A patron that also wants quiet: a weight v on evenness 4x(1 - x) makes the even split best from v* on.

    Without risk aversion payoff is linear in x but for duplicity, so the even split loses by
    max(p, q) - rho min(p, q) - [(1 - rho)/2 - kappa/4] to the better single bet, and v* is that loss.
    """
    model = OnePeriod(p=p, aversion=0.0, resentment=rho, duplicity=kappa)
    share = np.array([0.0, 0.5, 1.0])
    if_first, if_second = influence(model, share)
    count = round(1000 * p)
    payoff = np.concatenate(
        [np.repeat(if_first[:, None], count, 1), np.repeat(if_second[:, None], 1000 - count, 1)], axis=1
    )
    evenness = np.repeat((4 * share * (1 - share))[None, :, None], 1000, axis=2)
    values = np.random.default_rng(0).normal(0, 0.05, (1, 1000))
    values -= values.mean()
    made = Goals(("quiet",), values, np.array([-np.inf]), ("second", "even", "first"), payoff, evenness)
    high, low = max(p, 1 - p), min(p, 1 - p)
    threshold = high - rho * low - ((1 - rho) / 2 - kappa / 4)
    (one,) = alone(made, "even")
    assert one.least == pytest.approx(threshold)
    assert one.most is None
    assert nearest(made, "even").wishes[0].wanted == pytest.approx(threshold)
