"""Degrees of balance: published values of the tribes, counting by hand, laws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_cases import graphs, switched, table

from equipoise.alignment import read_csv
from equipoise.alignment.balance import (
    actor_balance,
    frustration_index,
    triangle_index,
    triangles,
    unbalanced_triangles,
    walk_balance,
)
from equipoise.alignment.graph import SignedGraph


@pytest.fixture
def tribes(shared):
    return read_csv(shared / "data/signed_networks/tribes_edges.csv")


def test_the_tribes_as_published(tribes):
    assert triangle_index(tribes) == pytest.approx(0.8676471, abs=5e-8)
    assert walk_balance(tribes) == pytest.approx(0.3575761, abs=5e-8)
    assert frustration_index(7, len(tribes.ties)) == pytest.approx(0.7586207, abs=5e-8)
    assert triangles(tribes) == (68, 59)


@pytest.mark.parametrize("name", ["monastery_aref", "wiring"])
def test_triangles_of_the_other_classics(shared, name):
    graph = read_csv(shared / f"data/signed_networks/{name}_edges.csv")
    (row,) = [
        r for r in table(shared / "data/signed_networks/computed_reference.csv") if r["network"] == name
    ]
    assert triangles(graph) == (int(row["n_triangles"]), int(row["n_balanced_triangles"]))


def test_walks_agree_with_the_matrix_exponential(tribes):
    from scipy.linalg import expm

    signs = np.sign(tribes.weights)
    signed, every = expm(signs), expm(np.abs(signs))
    assert walk_balance(tribes) == pytest.approx(np.trace(signed) / np.trace(every), rel=1e-12)
    by_actor = list(actor_balance(tribes).values())
    assert by_actor == pytest.approx(np.diag(signed) / np.diag(every), rel=1e-10)


def test_a_hostile_triangle_in_closed_form():
    """Eigenvalues −2, 1, 1 against 2, −1, −1."""
    triangle = SignedGraph.from_edges([("a", "b", -1), ("b", "c", -1), ("a", "c", -1)])
    assert walk_balance(triangle) == pytest.approx((np.exp(-2) + 2 * np.e) / (np.exp(2) + 2 / np.e))
    assert triangle_index(triangle) == 0


def test_heavy_ties_do_not_overflow():
    graph = SignedGraph.from_edges([("a", "b", 1000), ("b", "c", -1000), ("a", "c", -1000)])
    assert walk_balance(graph, weighted=True) == pytest.approx(1)


@settings(max_examples=80, deadline=None)
@given(graphs())
def test_triangles_counted_one_by_one(graph):
    signs, found = np.sign(graph.weights), []
    for i, j, k in combinations(range(len(graph.actors)), 3):
        if signs[i, j] * signs[j, k] * signs[i, k]:
            found.append((signs[i, j] * signs[j, k] * signs[i, k] > 0, (i, j, k)))
    assert triangles(graph) == (len(found), sum(good for good, _ in found))
    strained = unbalanced_triangles(graph)
    assert sum(strained.values()) == 3 * sum(not good for good, _ in found)
    if not found:
        assert triangle_index(graph) is None


@settings(max_examples=80, deadline=None)
@given(graphs(), st.data())
def test_no_measure_changes_when_a_camp_is_switched(graph, data):
    other = switched(graph, data.draw(st.sets(st.sampled_from(graph.actors))))
    for weighted in (False, True):
        assert walk_balance(other, weighted=weighted) == pytest.approx(walk_balance(graph, weighted=weighted))
        assert triangle_index(other, weighted=weighted) == pytest.approx(
            triangle_index(graph, weighted=weighted)
        )


@settings(max_examples=80, deadline=None)
@given(graphs())
def test_balanced_networks_score_one(graph):
    friendly = SignedGraph(graph.actors, np.abs(graph.weights))
    assert walk_balance(friendly) == pytest.approx(1)
    assert walk_balance(friendly, weighted=True) == pytest.approx(1)
    assert triangle_index(friendly) in (None, 1)


def test_without_ties_there_is_no_index():
    assert frustration_index(0, 0) is None
    assert walk_balance(SignedGraph((), np.zeros((0, 0)))) is None
