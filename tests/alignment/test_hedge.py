"""The structural price of a hedge: H23, its laws, brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_cases import graphs, least_conflict, random_graph

from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.hedge import hedge_price, hedge_prices, triads
from equipoise.errors import InputError

SHARES = st.floats(0, 1).map(lambda x: round(x, 3))


@settings(max_examples=100, deadline=None)
@given(SHARES, SHARES, st.floats(0, 1))
def test_two_rivals_cost_the_least_of_the_three_ties(first, second, rivalry):
    forces = SignedGraph.from_edges([("j", "k", -rivalry)])
    price = hedge_price(forces, {"j": first, "k": second})
    assert price == pytest.approx(min(first, second, rivalry), abs=1e-9)
    assert sum(t.frustration for t in triads(forces, {"j": first, "k": second})) == pytest.approx(
        price, abs=1e-9
    )


@pytest.mark.parametrize("dropped", ["j", "k"])
def test_dropping_one_tie_costs_nothing(dropped):
    forces = SignedGraph.from_edges([("j", "k", -0.9)])
    assert hedge_price(forces, {"j": 0.5, "k": 0.5} | {dropped: 0.0}) == 0


def test_friends_can_be_held_together_for_nothing():
    assert hedge_price(SignedGraph.from_edges([("j", "k", 0.9)]), {"j": 0.5, "k": 0.5}) == 0


@settings(max_examples=80, deadline=None)
@given(graphs(most=6), st.data())
def test_equals_brute_force_and_never_exceeds_what_is_kept_across(graph, data):
    shares = np.array([data.draw(SHARES) for _ in graph.actors])
    portfolio = dict(zip(graph.actors, shares, strict=True))
    wanted = least_conflict(graph.with_actor("patron", portfolio)) - least_conflict(graph)
    price, across = (values[0, 0] for values in hedge_prices(graph.weights[None], shares[None, None]))
    assert price == pytest.approx(wanted, abs=1e-9)
    assert hedge_price(graph, portfolio) == pytest.approx(wanted, abs=1e-9)
    assert price <= across + 1e-9
    assert across <= shares.sum() / 2 + 1e-9


@settings(max_examples=60, deadline=None)
@given(graphs(most=6), st.data())
def test_holding_more_of_everything_never_costs_less(graph, data):
    less = np.array([data.draw(SHARES) for _ in graph.actors])
    more = less + np.array([data.draw(SHARES) for _ in graph.actors])
    price, _ = hedge_prices(graph.weights[None], np.stack([less, more])[None])
    assert price[0, 0] <= price[0, 1] + 1e-9


def test_draws_are_priced_one_by_one():
    rng = np.random.default_rng(6)
    ties = np.stack([random_graph(rng, 5, density=1, weights="real").weights for _ in range(4)])
    held = rng.random((4, 3, 5))
    price, across = hedge_prices(ties, held)
    for s in range(4):
        one, other = hedge_prices(ties[s : s + 1], held[s : s + 1])
        assert price[s] == pytest.approx(one[0])
        assert across[s] == pytest.approx(other[0])


def test_a_patron_may_bear_any_name():
    assert hedge_price(SignedGraph.from_edges([("patron", "k", -1)]), {"patron": 0.4, "k": 0.6}) == 0.4


@pytest.mark.parametrize("portfolio", [{"j": -0.1}, {"nobody": 0.1}, {"j": float("nan")}])
def test_bad_portfolios_are_refused(portfolio):
    with pytest.raises(InputError):
        hedge_price(SignedGraph.from_edges([("j", "k", -1)]), portfolio)
