"""Exchange against the recorded run, over all its rounds, and the compiled kernel against its slow twin."""

import json

import numpy as np
import pytest

from equipoise.bargaining._exchange_kernel import EVEN
from equipoise.bargaining.exchange import INERTIA, exchange_path
from equipoise.bargaining.exchange_decimal import REFERENCE_DIGITS, decimal_rounds
from equipoise.errors import InputError


@pytest.fixture(scope="module")
def copenhagen(shared):
    """Return the recorded run, the names of issues and actors, and the table."""
    file = shared / "data" / "bargaining_references" / "exchange_runs.json"
    data = json.loads(file.read_text())
    run = data["deterministic_runs"][0]
    rows = data["inputs"]["copenhagen.csv"]["rows"]
    issues, actors = list(run["outcome_start"]), list(dict.fromkeys(row[0] for row in rows))
    x, s, c = np.full((len(issues), len(actors)), np.nan), np.zeros((len(issues), len(actors))), {}
    for actor, issue, position, salience, clout in rows:
        at = issues.index(issue), actors.index(actor)
        x[at], s[at], c[actor] = position, salience, clout
    return run, issues, actors, (x, s, np.array([c[a] for a in actors]))


def means(path, table):
    """Return the compromise of the positions before the first and after each round."""
    x, s, c = table
    weight = np.where(np.isnan(x), 0, s * c)
    return np.nansum(weight * path.positions, axis=-1) / weight.sum(axis=-1)


def in_order(issues, recorded):
    return [recorded[name] for name in issues]


def test_all_ten_rounds_are_the_recorded_ones(copenhagen):
    run, issues, actors, table = copenhagen
    path = exchange_path(*table, rounds=10, digits=REFERENCE_DIGITS)
    assert [len(made) for made in path.trades] == run["n_exchanges_by_round"]
    assert len(run["rounds"]) == 10
    middle = means(path, table)
    for t, recorded in enumerate(run["rounds"]):
        np.testing.assert_allclose(path.outcomes[t], in_order(issues, recorded["mds_voting"]), atol=1e-9)
        before, after = (in_order(issues, recorded[f"mds_preference_{when}"]) for when in ("before", "after"))
        np.testing.assert_allclose(middle[t], before, atol=1e-9)
        np.testing.assert_allclose(middle[t + 1], after, atol=1e-9)
    end = [[run["positions_end"][issue].get(actor, np.nan) for actor in actors] for issue in issues]
    np.testing.assert_allclose(path.positions[-1], end, atol=1e-8)


@pytest.mark.parametrize("digits", [27, 29, 50])
def test_another_number_of_digits_leaves_the_recorded_run(copenhagen, digits):
    run, issues, _, table = copenhagen
    path = exchange_path(*table, rounds=10, digits=digits)
    recorded = np.array([in_order(issues, step["mds_voting"]) for step in run["rounds"]])
    assert np.abs(path.outcomes - recorded).max() > 1


@pytest.mark.parametrize("digits", [None, REFERENCE_DIGITS])
def test_the_first_round_is_recorded_trade_by_trade(copenhagen, digits):
    run, issues, actors, table = copenhagen
    path = exchange_path(*table, digits=digits)
    first = run["rounds"][0]
    assert len(path.trades[0]) == first["n_exchanges"] == 48
    np.testing.assert_allclose(path.outcomes[0], in_order(issues, first["mds_voting"]), atol=1e-9)
    np.testing.assert_allclose(
        means(path, table)[1], in_order(issues, first["mds_preference_after"]), atol=1e-9
    )
    for trade, recorded in zip(path.trades[0], first["first_exchanges"], strict=False):
        for side, key in enumerate("ij"):
            entry = recorded[key]
            assert actors[trade.actors[side]] == entry["actor"]
            assert issues[trade.gives[side]] == entry["supply"]
            assert trade.votes[side] == pytest.approx(entry["voting_position"], abs=1e-9)
        assert trade.gain == pytest.approx(recorded["gain"], abs=1e-9)


def random_table(seed, *, coarse):
    """Return a table; a coarse one has few different numbers, so that equal gains abound."""
    rng = np.random.default_rng(seed)
    shape = issues, actors = rng.integers(2, 5), rng.integers(2, 8)
    if coarse:
        x, s = 10.0 * rng.integers(0, 11, shape), rng.integers(1, 11, shape) / 10
        c = 1.0 * rng.integers(1, 4, actors)
    else:
        x, s, c = rng.uniform(0, 100, shape), rng.uniform(0.05, 1, shape), rng.uniform(0.1, 1, actors)
    x[:, 2:][rng.random((issues, actors - 2)) < 0.15] = np.nan
    return x, s, c


def told_slowly(table, *, rounds, digits=REFERENCE_DIGITS):
    """Return the positions after each round and who gave what, by the twin with the kernel's `EVEN`."""
    played = decimal_rounds(*table, rounds=rounds, follow=tuple(INERTIA), digits=digits, even=EVEN)
    positions = np.full((rounds, *table[0].shape), np.nan)
    for t, left in enumerate(played):
        for issue, row in enumerate(left.positions):
            for actor, place in row.items():
                positions[t, issue, actor] = float(place)
    return positions, [[[(s.actor, s.gives) for s in e.sides] for e in left.made] for left in played]


def who_gave(path):
    return [[list(zip(t.actors, t.gives, strict=True)) for t in made] for made in path.trades]


@pytest.mark.parametrize("coarse", [False, True])
def test_the_kernel_trades_as_its_twin_does(coarse):
    trades = 0
    for seed in range(80):
        table = random_table(seed, coarse=coarse)
        path = exchange_path(*table, rounds=4)
        positions, made = told_slowly(table, rounds=4)
        assert who_gave(path) == made, seed
        np.testing.assert_allclose(path.positions[1:], positions, atol=1e-9, err_msg=str(seed))
        trades += sum(map(len, made))
    assert trades > 1000


def test_the_kernel_trades_as_its_twin_does_at_the_recorded_table(copenhagen):
    table = copenhagen[3]
    path = exchange_path(*table, rounds=10)
    positions, made = told_slowly(table, rounds=10)
    assert who_gave(path) == made
    np.testing.assert_allclose(path.positions[1:], positions, atol=1e-9)


def test_rounding_decides_nothing_once_what_is_nearly_equal_counts_as_equal(copenhagen):
    table = copenhagen[3]
    positions, made = told_slowly(table, rounds=10)
    for digits in (20, 50):
        other, same = told_slowly(table, rounds=10, digits=digits)
        assert made == same
        np.testing.assert_allclose(positions, other, atol=1e-9)


def test_rounding_decides_some_runs_of_the_reference_program():
    changed = 0
    for seed in range(80):
        table = random_table(seed, coarse=False)
        few, many = (exchange_path(*table, rounds=4, digits=d).positions for d in (28, 40))
        changed += bool(np.nanmax(np.abs(few - many)) > 1e-6)
    assert 0 < changed < 20


def test_a_generator_draws_only_between_equals(copenhagen):
    table = copenhagen[3]
    drawn = [exchange_path(*table, rng=np.random.default_rng(seed)).outcomes[0] for seed in range(12)]
    assert len({tuple(np.round(row, 6)) for row in drawn}) > 1
    np.testing.assert_array_equal(drawn[3], exchange_path(*table, rng=np.random.default_rng(3)).outcomes[0])
    pair = np.array([[0.0, 100], [0, 100]]), np.array([[1.0, 0.2], [0.3, 1]]), np.ones(2)
    np.testing.assert_array_equal(
        exchange_path(*pair).votes, exchange_path(*pair, rng=np.random.default_rng(1)).votes
    )


def test_every_first_trade_gives_both_sides_the_same_gain(copenhagen):
    x, s, c = copenhagen[3]
    trade = exchange_path(x, s, c).trades[0][0]
    total = np.where(np.isnan(x), 0, s * c).sum(axis=1)
    i, j = trade.actors
    q, p = trade.gives
    dq = abs(trade.votes[0] - x[q, i]) * s[q, i] * c[i] / total[q]
    dp = abs(trade.votes[1] - x[p, j]) * s[p, j] * c[j] / total[p]
    assert dp * s[p, i] - dq * s[q, i] == pytest.approx(trade.gain, abs=1e-9)
    assert dq * s[q, j] - dp * s[p, j] == pytest.approx(trade.gain, abs=1e-9)


@pytest.mark.parametrize("options", [{"digits": 15}, {"digits": 28, "rng": np.random.default_rng(0)}])
def test_too_few_digits_or_digits_beside_a_generator_are_refused(options):
    with pytest.raises(InputError, match="last digit decides"):
        exchange_path(*random_table(0, coarse=True), **options)
