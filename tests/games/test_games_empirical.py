"""Estimated games: bounds, resampling, dominance, selection, contests, files, other solvers, tables."""

import io
import json
import math

import numpy as np
import pytest
from player_arrays import from_player_arrays

from equipoise.errors import InputError
from equipoise.games import analyse, to_nfg
from equipoise.games.dominance import dominated, eliminate
from equipoise.games.empirical import EmpiricalGame, hoeffding_samples
from equipoise.games.equilibria import pure_equilibria, solve
from equipoise.games.nfg import from_nfg
from equipoise.games.normal_form import NormalForm, regret
from equipoise.games.quantal import quantal_response
from equipoise.games.selection import select
from equipoise.reporting.analyses.game import blocks
from equipoise.reporting.terminal import renderables

PENNIES = from_player_arrays([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
DILEMMA = from_player_arrays([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
STAG = from_player_arrays([[[5, 0], [3, 3]], [[5, 3], [0, 3]]])
SEXES = from_player_arrays([[[3, 0], [0, 2]], [[2, 0], [0, 3]]])


def noisy(game, sd, *, seed=0, replicates=16):
    noise = np.random.default_rng(seed).normal(size=(replicates, *game.payoffs.shape))
    return game.payoffs + sd * noise


def run(game, sd=0.0, **options):
    return analyse(noisy(game, sd), game.players, game.strategies, **options).to_dict()


# Bounds


def test_hoeffding_sample_size_by_hand():
    # c = 1, δ = 0.1, K = 8, α = 0.05: 50 · ln 320 = 288.4
    assert hoeffding_samples(1.0, 0.1, 8) == math.ceil(50 * math.log(320)) == 289
    assert hoeffding_samples(2.0, 0.1, 8) == math.ceil(200 * math.log(320))
    with pytest.raises(InputError, match="delta"):
        hoeffding_samples(1.0, 0.0, 8)


def test_delta_covers_the_largest_error_as_often_as_it_says():
    truth = np.random.default_rng(1).normal(size=(3, 3, 2))
    names = (("a", "b", "c"),) * 2
    held = 0
    for seed in range(300):
        game = EmpiricalGame(("x", "y"), names, noisy(NormalForm(("x", "y"), names, truth), 1.0, seed=seed))
        held += np.abs(game.mean.payoffs - truth).max() <= game.deltas.max()
    assert held / 300 >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 300)


def test_epsilon_plus_two_delta_bounds_the_true_regret():
    rng = np.random.default_rng(2)
    for _ in range(40):
        truth = from_player_arrays(list(rng.normal(size=(2, 3, 3))))
        wrong = 0.2 * (2 * rng.random(truth.payoffs.shape) - 1)
        delta = np.abs(wrong).max()
        estimate = NormalForm(truth.players, truth.strategies, truth.payoffs + wrong)
        for one in solve(estimate).equilibria:
            assert regret(truth, one.mixtures).max() <= regret(estimate, one.mixtures).max() + 2 * delta


def test_standard_errors_and_resamples_have_the_right_spread():
    game = EmpiricalGame(PENNIES.players, PENNIES.strategies, noisy(PENNIES, 2.0, seed=4), resamples=20_000)
    expected = np.asarray(game.replicates).std(axis=0, ddof=1) / 4
    assert game.standard_errors == pytest.approx(expected)
    spread = np.tensordot(game.weights, game.replicates, axes=1).std(axis=0)
    assert spread == pytest.approx(expected, rel=0.05)


def test_without_noise_every_width_is_zero_and_every_equilibrium_certain():
    result = run(DILEMMA)
    (one,) = result["equilibria"]
    assert one["probability"] == one["probability_same_support"] == 1.0
    assert one["regret_interval"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert one["bound"] == 0.0
    for row in result["profiles"]:
        assert row["regret"]["low"] == pytest.approx(row["regret"]["value"])
        assert row["regret"]["high"] == pytest.approx(row["regret"]["value"])


def test_probability_of_a_pure_equilibrium_matches_the_normal_distribution():
    # Player 1 gains d by staying; only d is noisy. P(d̄* > 0) = Φ(d̄ / se), from the data's own d̄ and se.
    payoffs = np.zeros((16, 2, 1, 2))
    payoffs[:, 0, 0, 0] = 0.1 + 0.3 * np.random.default_rng(7).normal(size=16)
    game = EmpiricalGame(("a", "b"), (("stay", "go"), ("x",)), payoffs, resamples=20_000)
    gaps = payoffs[:, 0, 0, 0]
    z = gaps.mean() / (gaps.std(ddof=1) / 4)
    expected = 0.5 * math.erfc(-z / math.sqrt(2))
    trust = game.trust((np.array([1.0, 0.0]), np.array([1.0])), epsilon=0.0)
    assert trust.probability == pytest.approx(expected, abs=0.03)
    assert trust.exact == pytest.approx(trust.probability, abs=0.001)


def test_a_single_replicate_leaves_what_it_cannot_know_empty():
    result = analyse(PENNIES.payoffs[None], PENNIES.players, PENNIES.strategies).to_dict()
    assert result["equilibria"][0]["probability"] is None
    assert result["profiles"][0]["payoffs"]["1"]["se"] is None
    assert result["error"]["delta"] is None
    json.dumps(result, allow_nan=False)


def test_same_seed_same_result():
    assert json.dumps(run(STAG, 0.5, seed=3)) == json.dumps(run(STAG, 0.5, seed=3))


# Dominance and selection


def test_a_strategy_dominated_only_by_a_mixture_is_found():
    row = [[4, 0], [0, 4], [1, 1]]
    game = from_player_arrays([row, np.zeros((3, 2))])
    (one,) = [d for d in dominated(game) if d.player == 0]
    assert one.strategy == 2 and one.kind == "strict"
    assert one.by == pytest.approx({0: 0.5, 1: 0.5})
    assert not [d for d in dominated(game, mixtures=False) if d.player == 0]


def test_iterated_elimination_in_order():
    # Right goes (dominated by middle), then down, then left.
    game = from_player_arrays([[[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]]])
    found = eliminate(game)
    assert [(one.player, one.strategy, one.round) for one in found.removed] == [
        (1, 2, 1),
        (0, 1, 2),
        (1, 0, 3),
    ]
    assert found.left == ((0,), (1,)) and found.solved
    assert pure_equilibria(game) == [(0, 1)]


def test_weak_dominance_is_not_called_strict():
    game = from_player_arrays([[[1, 1], [1, 0]], [[0, 0], [0, 0]]])
    assert not dominated(game)
    (one,) = dominated(game, kind="weak")
    assert (one.player, one.strategy, one.kind) == (0, 1, "weak")


def test_selection_names_its_rule():
    assert run(DILEMMA)["selection"]["rule"] == "unique"
    assert "no other can exist" in run(DILEMMA)["selection"]["reason"]
    stag = run(STAG)["selection"]
    assert stag["rule"] == "payoff-dominance" and stag["mixtures"]["1"]["1"] == 1.0
    assert "risk dominance" in stag["dissent"] and "logit" in stag["dissent"]
    # 2 × 2 coordination on a conflict of interest, what leaving costs: 3 · 2 at one, 1 · 4 at the other.
    risky = from_player_arrays([[[3, 0], [0, 1]], [[2, 0], [0, 4]]])
    verdict = run(risky)["selection"]
    assert verdict["rule"] == "risk-dominance" and verdict["mixtures"]["1"]["1"] == 1.0
    weak = from_player_arrays([[[1, 1], [1, 0]], [[1, 0], [0, 0]]])
    assert run(weak)["selection"]["rule"] == "dominance"


def test_exactly_even_choice_is_called_arbitrary():
    even = run(SEXES)["selection"]
    assert even["rule"] in {"stability", "last-resort"}
    assert len(even["passed_over"]) >= 4


def test_nothing_to_select_is_said():
    assert select(PENNIES, []).rule == "none"


def test_payoff_dominance_within_noise_does_not_decide():
    game = from_player_arrays([[[2.01, 0], [0, 2]], [[2.01, 0], [0, 2]]])
    verdict = analyse(noisy(game, 0.3, seed=5), game.players, game.strategies).to_dict()["selection"]
    assert verdict["rule"] != "payoff-dominance"


def test_quantal_response_refuses_negative_precision():
    with pytest.raises(InputError, match="precision"):
        quantal_response(PENNIES, -1.0)


# Contests: golden values of THEORY §2(a), H24 and H25


def contest(values, efforts):
    """The ratio contest with exponent 1 on given effort levels, as a game."""
    grids = np.meshgrid(*efforts, indexing="ij")
    total = sum(grids)
    chances = [np.where(total > 0, own / np.where(total > 0, total, 1), 1 / len(values)) for own in grids]
    return from_player_arrays([v * p - own for v, p, own in zip(values, chances, grids, strict=True)])


def test_tullock_golden_values_on_a_grid():
    levels = np.arange(0, 17) / 16
    assert pure_equilibria(contest((3, 1), (levels, levels))) == [(9, 3)]  # 0.5625 and 0.1875


def test_tullock_on_a_grid_that_misses_the_values_comes_near():
    levels = np.arange(1, 90) * 0.0107
    solution = solve(contest((3, 1), (levels, levels)))
    assert solution.equilibria
    for one in solution.equilibria:
        assert one.mixtures[0] @ levels == pytest.approx(0.5625, abs=0.02)
        assert one.mixtures[1] @ levels == pytest.approx(0.1875, abs=0.02)


def test_stein_golden_values_are_the_equilibrium_among_many_levels():
    golden = (1.24943, 0.92349, 0.38026, 0.0)
    efforts = [np.unique([*np.arange(0, 2.2, 0.25), x]) for x in golden]
    game = contest((5, 4, 3, 1), efforts)
    at = tuple(int(np.argmin(np.abs(own - x))) for own, x in zip(efforts, golden, strict=True))
    assert at in pure_equilibria(game, tolerance=1e-6)
    assert all(
        max(abs(own[s] - x) for own, s, x in zip(efforts, found, golden, strict=True)) < 0.5
        for found in pure_equilibria(game, tolerance=1e-6)
    )


def test_higher_stake_of_the_favourite_discourages_the_underdog():
    levels = np.arange(0, 1.6, 0.005)
    weak = [pure_equilibria(contest((v, 1), (levels, levels)), tolerance=1e-4)[0][1] for v in (1, 1.5, 2, 4)]
    assert weak == sorted(weak, reverse=True) and len(set(weak)) == 4


def test_lottery_blotto_is_answered_in_proportion_to_value():
    values, sixths = np.array([3, 2, 1]) / 6, 6
    plans = np.array([(a, b, sixths - a - b) for a in range(7) for b in range(7 - a)]) / sixths
    first, second, third = (plans[:, None, None], plans[None, :, None], plans[None, None, :])
    total = first + second + third
    shares = [
        np.where(total > 0, own / np.where(total > 0, total, 1), 1 / 3) @ values
        for own in (first, second, third)
    ]
    game = from_player_arrays(shares)
    proportional = int(np.flatnonzero((plans == [0.5, 2 / 6, 1 / 6]).all(axis=1))[0])
    assert (proportional,) * 3 in pure_equilibria(game)
    even = int(np.flatnonzero((plans == [2 / 6, 2 / 6, 2 / 6]).all(axis=1))[0])
    assert (even,) * 3 not in pure_equilibria(game)


# Files


def test_nfg_of_a_three_player_game_survives_odd_numbers_and_names():
    rng = np.random.default_rng(8)
    payoffs = rng.normal(size=(2, 3, 2, 3)) * 10.0 ** rng.integers(-12, 12, size=(2, 3, 2, 3))
    game = NormalForm(('a "b"', "c\\d", "é"), (("x y", "{"), ("1", "2", "3"), ("}", '"')), payoffs)
    again = from_nfg(to_nfg(game))
    assert again.players == game.players and again.strategies == game.strategies
    assert np.array_equal(again.payoffs, payoffs)


def test_nfg_outcome_version_and_numbered_strategies_are_read():
    text = 'NFG 1 R "t" { "a" "b" } { 2 2 } { {"" 3, 1/2} {"" -1e1 0} } 1 2 0 1'
    game = from_nfg(text)
    assert game.payoffs[..., 0].tolist() == [[3, 0], [-10, 3]]  # the first player's strategy runs fastest
    assert game.payoffs[0, 0, 1] == 0.5


def test_players_and_strategies_without_a_name_are_named_by_their_place():
    game = from_nfg('NFG 1 R "" { "" "" } { 2 2 }\n\n3 3 0 5 5 0 1 1')
    assert game.players == ("1", "2") and game.strategies == (("1", "2"), ("1", "2"))
    assert game.payoffs[1, 0].tolist() == [0, 5]  # the first player's strategy runs fastest
    game = from_nfg('NFG 1 R "" { "" "1" } { { "" " " "go" } { "2" "" } } 1 2 3 4 5 6 7 8 9 10 11 12')
    assert game.players == ("1'", "1") and game.strategies == (("1", "2", "go"), ("2", "2'"))
    assert from_nfg(to_nfg(game)).players == game.players


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its end"),
        ("EFG 2 R", "must begin"),
        ('NFG 1 R "t" { "a" "b" } { 2 2 } 1 2 3', "needs 8 payoffs and has 3"),
        ('NFG 1 R "t" { "a" "b" } { 2 } 1 2', "2 players but strategies for 1"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } 1 x', "`x`"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } { {"" 1 2} } -1', "not listed"),
    ],
)
def test_damaged_nfg_files_are_refused_with_the_reason(text, message):
    with pytest.raises(InputError, match=message):
        from_nfg(text)


# Tables


def test_tables_are_made_from_the_json_alone():
    from rich.console import Console

    game = NormalForm(("em[b]pire", "crown"), (("all-in", "hedge"), ("join", "watch")), STAG.payoffs)
    result = json.loads(json.dumps(run(game, 0.2), allow_nan=False))
    console = Console(width=200, record=True, file=io.StringIO())
    for table in renderables(blocks(result)):
        console.print(table)
    text = console.export_text()
    for words in ("em[b]pire", "The selected answer", "Profiles by regret", "limit", "±", "payoff dominance"):
        assert words in text
