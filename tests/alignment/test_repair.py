"""The tie whose change restores most balance, against taking and turning every tie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from signed_cases import conflict, divisions, graphs, least_conflict, random_graph

from equipoise.alignment import frustration, read_csv, repair, repairs
from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.spread import _worth


def changed(graph: SignedGraph, tie, factor: float) -> SignedGraph:
    return SignedGraph.from_edges(
        [(a, b, w * factor if (a, b) == (tie.first, tie.second) else w) for a, b, w in graph.ties],
        actors=graph.actors,
    )


@settings(max_examples=60, deadline=None)
@given(graphs(most=6))
def test_every_drop_is_that_of_ending_and_of_turning_the_tie(graph):
    found = {item.tie: item.drop for item in repairs(graph).ties}
    before = least_conflict(graph)
    for tie in graph.ties:
        ended, turned = (before - least_conflict(changed(graph, tie, factor)) for factor in (0, -1))
        assert found.get(tie, 0) == pytest.approx(max(0, ended), abs=1e-9)
        assert max(0, turned) == pytest.approx(max(0, ended), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_solving_tie_by_tie_finds_the_same_best_as_enumeration(seed, monkeypatch):
    graph = random_graph(np.random.default_rng(seed), 12, density=0.6, weights="real")
    whole = repairs(graph)
    monkeypatch.setattr(repair, "_ENUMERATED", 0)
    some = repairs(graph)
    assert whole.complete
    assert not some.complete
    assert some.proved
    assert some.ties[0].tie == whole.ties[0].tie
    assert some.ties[0].drop == pytest.approx(whole.ties[0].drop)


def test_an_unfrustrated_tie_can_be_worth_most():
    """A heavy friendship at odds with three light pairs of ties: ending it frees all three."""
    graph = SignedGraph.from_edges(
        [("a", "b", 2.5), *((x, c, s) for c in "cde" for x, s in (("a", 1), ("b", -1)))]
    )
    best = repairs(graph).ties[0]
    assert (best.tie[:2], best.drop, best.frustrated) == (("a", "b"), 2.5, True)
    heavier = changed(graph, best.tie, 2)
    best = repairs(heavier).ties[0]
    assert (best.tie[:2], best.drop, best.frustrated) == (("a", "b"), 3, False)


@settings(max_examples=40, deadline=None)
@given(graphs(most=6))
def test_least_frustration_with_a_tie_frustrated(graph):
    for tie in graph.ties:
        wanted = min(
            conflict(graph, side)
            for side in divisions(graph.actors)
            if side[tie.first] * side[tie.second] * tie.weight < 0
        )
        value, proved = repair.frustration_when_frustrated(graph, tie)
        assert (value, proved) == (pytest.approx(wanted), True)


def test_in_a_balanced_network_there_is_nothing_to_repair():
    assert repairs(SignedGraph.from_edges([("a", "b", 1), ("b", "c", -1), ("a", "c", -1)])).ties == ()


def test_the_tribes_have_seven_ties_each_worth_one(shared):
    graph = read_csv(shared / "data/signed_networks/tribes_edges.csv")
    found = repairs(graph)
    assert {item.drop for item in found.ties} == {1}
    assert set(frustration(graph).frustrated) <= {item.tie for item in found.ties}


def test_ties_that_are_equally_worth_changing_share_the_worth_of_one():
    """A triangle of two friendships and a rivalry, all of weight 1: ending any of the three ends the contradiction."""
    graph = SignedGraph.from_edges([("a", "b", 1.0), ("a", "c", 1.0), ("b", "c", -1.0)])
    best = frustration(graph)
    for enumerated in (True, False):
        frustrated = np.ones((3, 3)) - np.eye(3)
        shares = _worth(graph, best.value, frustrated, enumerated)
        assert shares[np.triu_indices(3, 1)] == pytest.approx([1 / 3] * 3)
