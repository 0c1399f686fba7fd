"""What the order of the table leaves open, against every order written out; where exchange parts from its program."""

from itertools import permutations

import numpy as np
import pytest

from equipoise.bargaining import MODELS, study_table
from equipoise.bargaining.exchange import exchange_path
from equipoise.bargaining.order import SOLVED, order_spread
from equipoise.bargaining.table import Table


def table(x, s, c):
    issues, actors = x.shape
    blank = np.full((1, issues, actors), np.nan)
    return Table(
        title="tied",
        actors=tuple("abcdef"[:actors]),
        issues=tuple("pqr"[:issues]),
        positions=x[None],
        salience=s[None],
        clout=c[None],
        scales=np.array([[0.0, 100.0]] * issues),
        reservation=blank,
        veto=np.zeros(actors, bool),
        reference=np.full((1, issues), np.nan),
        labels=({},) * issues,
    )


def tied(seed):
    """Return a table of few different numbers, so that equal gains abound."""
    rng = np.random.default_rng(seed)
    return 10.0 * rng.integers(0, 11, (3, 4)), rng.integers(1, 5, (3, 4)) / 4, 1.0 * rng.integers(1, 3, 4)


def every_order(model, x, s, c):
    """Return the outcomes under every order of actors and issues."""
    found = []
    for a in map(list, permutations(range(x.shape[1]))):
        for k in map(list, permutations(range(x.shape[0]))):
            y = table(x[k][:, a], s[k][:, a], c[a]).outcomes(model)[0]
            found.append(y[np.argsort(k)])
    return np.array(found)


EVEN = {
    "ktab": [[75, 50, 25, 50], [75, 25, 50, 50]],
    "ktab-blend": [[0, 25, 50, 0], [75, 25, 50, 75]],
    "ktab-blend-mended": [[75, 25, 50, 25], [100, 75, 50, 50]],
}
"""Positions of four actors alike in all else, at which two steps are equally good."""


@pytest.mark.parametrize("name", EVEN)
def test_the_spread_of_the_spatial_models_is_that_over_every_order(name):
    board = np.array(EVEN[name], float), np.full((2, 4), 0.5), np.ones(4)
    true = every_order(MODELS[name], *board).std(axis=0)
    assert (true > 0.5).all()
    np.testing.assert_allclose(order_spread(table(*board), MODELS[name]), true, rtol=0.3)


def test_the_spread_of_exchange_is_that_over_every_order():
    """A sample of 64 orders has the sd of all 144 within a third."""
    matters = 0
    for seed in range(40):
        board = tied(seed)
        true = every_order(MODELS["exchange"], *board).std(axis=0)
        told = order_spread(table(*board), MODELS["exchange"])
        assert (told[true < 1e-9] < 1e-6).all()
        if true.max() > 0.1:
            np.testing.assert_allclose(told[true > 0.1], true[true > 0.1], rtol=0.35)
            matters += 1
        if matters == 3:
            return
    assert matters


@pytest.mark.parametrize("model", [m for m in MODELS.values() if m.symmetric], ids=lambda m: m.name)
def test_models_that_no_order_changes_have_none(model):
    assert order_spread(table(*tied(0)), model) is None


def test_without_ties_exchange_has_no_spread():
    rng = np.random.default_rng(3)
    board = rng.uniform(0, 100, (2, 4)), rng.uniform(0.1, 1, (2, 4)), rng.uniform(0.1, 1, 4)
    np.testing.assert_allclose(order_spread(table(*board), MODELS["exchange"]), 0, atol=1e-9)


@pytest.mark.parametrize("name", ["ktab-blend", "ktab-blend-mended", "exchange"])
def test_rounding_is_no_spread(name):
    """Sums taken in another order differ in their last digit: no other outcome, and so exactly 0."""
    rng = np.random.default_rng(5)
    board = 100 * rng.random((3, 5)), 0.1 + 0.9 * rng.random((3, 5)), 0.1 + rng.random(5)
    found = np.array([table(*_turned(board, order)).outcomes(MODELS[name])[0] for order in _orders(5)])
    assert 0 < found.std(axis=0).max() < 1e-12
    assert (order_spread(table(*board), MODELS[name]) == 0).all()


def _orders(actors):
    return [np.roll(np.arange(actors), n) for n in range(actors)]


def _turned(board, order):
    return board[0][:, order], board[1][:, order], board[2][order]


def test_a_study_tells_the_spread_of_each_issue():
    board = tied(1)
    found = study_table(table(*board), models=["compromise", "exchange"]).to_dict()["models"]
    spread = order_spread(table(*board), MODELS["exchange"])
    told = [found["exchange"]["issues"][issue]["order_sd"] for issue in "pqr"]
    np.testing.assert_allclose(told, spread)
    assert found["compromise"]["issues"]["p"]["order_sd"] is None
    assert SOLVED == 64


def test_where_gains_tie_exchange_may_part_from_its_program_in_the_first_round():
    """The program lets the 28th digit decide between equal gains. The difference lies within what the ties leave."""
    parted = 0
    for seed in range(120):
        x, s, c = tied(seed)
        ours, program = exchange_path(x, s, c), exchange_path(x, s, c, digits=28)
        gap = np.abs(ours.outcomes[0] - program.outcomes[0])
        if gap.max() > 0.1:
            parted += 1
            orders = every_order(MODELS["exchange"], x, s, c)
            inside = (program.outcomes[0] >= orders.min(0) - 1e-6) & (
                program.outcomes[0] <= orders.max(0) + 1e-6
            )
            assert inside.all(), seed
        if parted == 3:
            return
    assert parted
