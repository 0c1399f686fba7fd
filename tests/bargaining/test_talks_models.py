"""One battery for every model: each declared property is attacked with random tables."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.bargaining import MODELS, outcomes
from equipoise.bargaining.cooperative import rubinstein_share
from equipoise.bargaining.models import model_named
from equipoise.bargaining.outcomes import outcomes_by_issue
from equipoise.errors import InputError

SCALE = (0.0, 100.0)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = list(MODELS.values())


def declaring(flag):
    return [pytest.param(m, id=m.name) for m in ALL if getattr(m, flag)]


@st.composite
def boards(draw, issues=2):
    """Positions, salience (issues, actors) and clout (actors,), all with some weight and no ties."""
    actors = draw(st.integers(2, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return (
        rng.uniform(0, 100, (issues, actors)),
        rng.uniform(0.1, 1, (issues, actors)),
        rng.uniform(0.1, 1, actors),
    )


def solve(model, x, s, c, **more):
    scales = more.pop("scales", [SCALE] * len(x))
    return outcomes_by_issue(model, x[None], s[None], c[None], scales=scales, **more)[0]


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL])
@QUICK
@given(board=boards())
def test_unanimity_is_the_outcome(model, board):
    x, s, c = board
    x = np.broadcast_to(x[:, :1], x.shape)
    np.testing.assert_allclose(solve(model, x, s, c), x[:, 0], atol=1e-4)


@pytest.mark.parametrize("model", declaring("within"))
@QUICK
@given(board=boards())
def test_outcomes_stay_between_the_positions(model, board):
    x, s, c = board
    y = solve(model, x, s, c)
    assert (y >= x.min(axis=1) - 0.01).all()
    assert (y <= x.max(axis=1) + 0.01).all()


@pytest.mark.parametrize("model", declaring("symmetric"))
@QUICK
@given(board=boards(), seed=st.integers(0, 999))
def test_the_order_of_actors_does_not_matter(model, board, seed):
    x, s, c = board
    order = np.random.default_rng(seed).permutation(len(c))
    np.testing.assert_allclose(
        solve(model, x[:, order], s[:, order], c[order]), solve(model, x, s, c), atol=1e-6
    )


@pytest.mark.parametrize("model", declaring("mirrors"))
@QUICK
@given(board=boards())
def test_a_turned_scale_turns_the_outcome(model, board):
    x, s, c = board
    np.testing.assert_allclose(solve(model, 100 - x, s, c), 100 - solve(model, x, s, c), atol=1e-5)


@pytest.mark.parametrize("model", declaring("scale_free"))
@QUICK
@given(board=boards())
def test_units_do_not_matter(model, board):
    x, s, c = board
    moved = solve(model, 8.0 * x - 64.0, s, c, scales=[(-64.0, 736.0)] * len(x))
    np.testing.assert_allclose((moved + 64.0) / 8.0, solve(model, x, s, c), atol=1e-5)


@pytest.mark.parametrize("model", declaring("monotone"))
@QUICK
@given(board=boards(), actor=st.integers(0, 5), up=st.floats(0, 60))
def test_moving_up_never_brings_the_outcome_down(model, board, actor, up):
    x, s, c = board
    higher = x.copy()
    higher[:, actor % len(c)] = np.minimum(higher[:, actor % len(c)] + up, 100)
    assert (solve(model, higher, s, c) >= solve(model, x, s, c) - 1e-9).all()


def _changes(model, board, **changed):
    x, s, c = board
    before = solve(model, x, s, c)
    more = {"s": s, "c": c} | changed
    return np.abs(solve(model, x, more.pop("s"), more.pop("c"), **more) - before).max()


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL])
def test_inputs_named_are_used_and_no_others(model):
    rng = np.random.default_rng(5)
    moved = dict.fromkeys(("salience", "clout", "reservation", "reference", "other issues"), 0.0)
    for _ in range(12):
        x, s, c = rng.uniform(0, 100, (2, 4)), rng.uniform(0.1, 1, (2, 4)), rng.uniform(0.1, 1, 4)
        board = x, s, c
        r = np.abs(50 - x) + 5 + 10 * rng.random((2, 4))
        tests = {
            "salience": {"s": rng.uniform(0.1, 1, (2, 4))},
            "clout": {"c": rng.uniform(0.1, 1, 4)},
            "reservation": {"reservation": r[None]},
            "reference": {"reference": np.where(x.min(1) > 10, 0.0, 100.0)[None]},
        }
        for name, changed in tests.items():
            moved[name] = max(moved[name], _changes(model, board, **changed))
        alone = np.concatenate([solve(model, x[[k]], s[[k]], c) for k in (0, 1)])
        moved["other issues"] = max(moved["other issues"], np.abs(alone - solve(model, x, s, c)).max())
    for name, most in moved.items():
        assert (most > 1e-9) == (name in model.uses), name


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL])
def test_draws_do_not_see_each_other(model):
    rng = np.random.default_rng(2)
    x, s, c = rng.uniform(0, 100, (7, 2, 4)), rng.uniform(0.1, 1, (7, 2, 4)), rng.uniform(0.1, 1, (7, 4))
    together = outcomes_by_issue(model, x, s, c, scales=[SCALE] * 2)
    for k in range(7):
        alone = outcomes_by_issue(model, x[k : k + 1], s[k : k + 1], c[k : k + 1], scales=[SCALE] * 2)
        np.testing.assert_allclose(alone[0], together[k], rtol=1e-12)


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL])
def test_an_actor_without_a_position_has_no_say(model):
    rng = np.random.default_rng(3)
    x, s, c = rng.uniform(0, 100, (1, 5)), rng.uniform(0.1, 1, (1, 5)), rng.uniform(0.1, 1, 5)
    x[0, 2] = np.nan
    rest = [0, 1, 3, 4]
    np.testing.assert_allclose(
        solve(model, x, s, c), solve(model, x[:, rest], s[:, rest], c[rest]), atol=1e-9
    )


def test_a_symmetry_that_is_not_declared_does_fail():
    """Negative control: the challenge model's published rules are not mirrored."""
    rng = np.random.default_rng(4)
    worst = 0.0
    for _ in range(20):
        x, s, c = rng.uniform(0, 100, (1, 5)), rng.uniform(0.1, 1, (1, 5)), rng.uniform(0.1, 1, 5)
        worst = max(worst, abs(solve("challenge", 100 - x, s, c) - 100 + solve("challenge", x, s, c)).max())
    assert worst > 0.1


def one(model, x, s, c, **more):
    return outcomes(model, np.array(x, float), np.array(s, float), np.array(c, float), scale=SCALE, **more)[0]


def test_compromise_by_hand():
    assert one("compromise", [0, 100], [0.5, 1], [3, 1]) == pytest.approx(100 * 1 / 2.5)


def test_weighted_median_by_hand_and_midway_on_a_tie():
    assert one("weighted-median", [0, 40, 100], [1, 1, 1], [1, 1, 3]) == 100
    assert one("weighted-median", [0, 40, 100], [1, 1, 1], [2, 1, 2]) == 40
    assert one("weighted-median", [0, 100], [1, 1], [1, 1]) == 50


def test_nash_of_two_is_the_split_of_the_zone_by_power():
    """Two at the ends with a zone of agreement: x1 = d1 + a (1 - d1 - d2), the linear pie."""
    for clout in ([1, 1], [3, 1], [1, 4]):
        r = np.array([[70.0, 60.0]])
        share = clout[0] / sum(clout)
        d1, d2 = 0.3, 0.4
        kept_by_first = d1 + share * (1 - d1 - d2)
        y = one("nash", [0, 100], [1, 1], clout, reservation=r)
        assert 1 - y / 100 == pytest.approx(kept_by_first, abs=1e-6)


def test_kalai_smorodinsky_of_two_gives_equal_shares_of_the_best():
    y = one("kalai-smorodinsky", [0, 100], [1, 1], [1, 9], reservation=np.array([[80.0, 100.0]]))
    first = (80 - y) / 80
    second = y / 80
    assert first == pytest.approx(second, abs=1e-6)


def test_no_zone_means_no_outcome_or_the_reference():
    short = np.array([[10.0, 10.0]])
    assert np.isnan(one("nash", [0, 100], [1, 1], [1, 1], reservation=short))
    assert one("nash", [0, 100], [1, 1], [1, 1], reference=np.array([30.0])) == pytest.approx(30)


def test_reference_beside_the_table_is_left_as_far_as_the_nearest_gains():
    """All on one side of the status quo: the zone ends at the mirror of the status quo in the nearest."""
    y = one("nash", [20, 90], [1, 1], [1, 1000], reference=np.array([0.0]))
    assert 39 < y <= 40


@pytest.mark.parametrize("delta", [0.5, 0.9, 0.99])
def test_rubinstein_equal_patience(delta):
    assert rubinstein_share(delta, delta) == pytest.approx(1 / (1 + delta))


def test_rubinstein_solves_the_alternating_offers_equations():
    d1, d2 = 0.8, 0.95
    x = rubinstein_share(d1, d2)
    y = 1 - rubinstein_share(d2, d1)
    assert 1 - x == pytest.approx(d2 * (1 - y))
    assert y == pytest.approx(d1 * x)


def test_rubinstein_outcome_nears_the_two_party_compromise_as_both_grow_patient():
    from equipoise.bargaining.cooperative import rubinstein_outcome

    x, s, c = (np.array([a], float) for a in ([10, 90, 50], [1, 1, 0.1], [3, 1, 1]))
    assert rubinstein_outcome(x, s, c, patience=1 - 1e-7)[0] == pytest.approx(0.75 * 10 + 0.25 * 90, abs=1e-4)


def test_exchange_on_one_issue_is_the_compromise():
    rng = np.random.default_rng(8)
    x, s, c = rng.uniform(0, 100, (50, 4)), rng.uniform(0.1, 1, (50, 4)), rng.uniform(0.1, 1, (50, 4))
    np.testing.assert_allclose(
        outcomes("exchange", x, s, c, scale=SCALE), outcomes("compromise", x, s, c, scale=SCALE)
    )


def test_exchange_of_two_opponents_helps_both():
    x, s, c = np.array([[0.0, 100], [0, 100]]), np.array([[1.0, 0.2], [0.2, 1]]), np.ones(2)
    before, after = solve("compromise", x, s, c), solve("exchange", x, s, c)
    for actor in (0, 1):
        loss = [(s[:, actor] * np.abs(x[:, actor] - y)).sum() for y in (before, after)]
        assert loss[1] < loss[0] - 1


def test_unknown_model_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'compromise'"):
        model_named("compromize")


def test_everything_declared_is_told():
    for model in ALL:
        told = model.to_dict()
        assert all(told[key] for key in ("title", "says", "source", "caution"))


def split(board, actor, parts):
    """Return the board with one actor in so many equal parts, at the same place with the same salience."""
    x, s, c = board
    of = np.concatenate([np.arange(len(c)), np.full(parts - 1, actor)])
    return x[:, of], s[:, of], np.where(of == actor, c[of] / parts, c[of])


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL if not m.counts_actors])
@QUICK
@given(board=boards(), actor=st.integers(0, 5), parts=st.integers(2, 5), reserved=st.booleans())
def test_an_actor_in_equal_parts_is_the_actor_whole(model, board, actor, parts, reserved):
    actor %= len(board[2])
    pieces = split(board, actor, parts)
    more, cut = {}, {}
    if reserved:
        r = np.abs(50 - board[0]) + 5
        more, cut = {"reservation": r[None]}, {"reservation": split((r, r, board[2]), actor, parts)[0][None]}
    np.testing.assert_allclose(solve(model, *pieces, **cut), solve(model, *board, **more), atol=1e-4)


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in ALL if m.counts_actors])
def test_a_model_said_to_count_actors_does(model):
    """Negative control: the law fails for each model whose own definition counts heads, and for no other."""
    rng = np.random.default_rng(11)
    worst = 0.0
    for _ in range(20):
        board = rng.uniform(0, 100, (2, 4)), rng.uniform(0.1, 1, (2, 4)), rng.uniform(0.1, 1, 4)
        worst = max(worst, np.abs(solve(model, *split(board, 1, 3)) - solve(model, *board)).max())
    assert worst > 0.1
    assert "(" in model.counts_actors, "names its source"


@pytest.mark.parametrize("name", ["pce-conditional", "pce-uniform", "pce-incentive"])
def test_four_at_one_position_table_it_once(name):
    """Two positions of strength 0.6 and 0.4 share as 3 : 2 (V = 0.6), so the outcome is 40, however many hold them."""
    assert one(name, [0, 100], [1, 1], [0.6, 0.4]) == pytest.approx(40, abs=1e-3)
    assert one(name, [0, 100, 100, 100, 100], [1] * 5, [0.6, *[0.1] * 4]) == pytest.approx(40, abs=1e-3)
    assert one(name, [0, 100, 100 - 1e-8], [1] * 3, [0.6, 0.2, 0.2]) == pytest.approx(40, abs=1e-3)


def test_the_spatial_models_forecast_is_an_election_over_different_positions():
    """Settled positions 0 (weight 0.6) and 100 (0.4 in four parts): without any bargain the forecast is 40."""
    from equipoise.bargaining import _ktab_kernel as kernel
    from equipoise.bargaining.ktab import KtabRules, _codes

    theta = np.array([[0.0], [1], [1], [1], [1]])
    weights = np.array([0.6, 0.1, 0.1, 0.1, 0.1])
    forecast = kernel.forecast(theta, np.ones((5, 1)), weights, _codes(KtabRules()))
    np.testing.assert_allclose(forecast, [0.4], atol=1e-6)


def test_rubinstein_sets_the_heaviest_camps_against_each_other():
    """Three of weight 0.2 at 0 are a camp of 0.6; the single heaviest actor, 0.4 at 100, is the other side."""
    whole = one("rubinstein", [0, 100], [1, 1], [0.6, 0.4])
    assert one("rubinstein", [0, 0, 0, 100], [1] * 4, [0.2, 0.2, 0.2, 0.4]) == pytest.approx(whole)
    assert whole < 50
