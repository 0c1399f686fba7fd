"""Small blocks are enumerated: right, proved whatever the clock says, and added up alike on every Python."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from signed_cases import graphs, least_conflict, random_graph

from equipoise.alignment import frustration
from equipoise.alignment.graph import SignedGraph

MODULE = sys.modules["equipoise.alignment.frustration"]


@given(graphs(most=8))
@settings(max_examples=150, deadline=None)
def test_equals_brute_force(graph):
    best = frustration(graph)
    assert best.proved
    assert best.value == pytest.approx(least_conflict(graph), abs=1e-9)
    assert best.lower_bound == best.value == pytest.approx(sum(abs(tie.weight) for tie in best.frustrated))


@pytest.mark.parametrize(("size", "asked"), [(16, False), (19, True)])
def test_no_clock_is_asked_where_a_block_is_small(size, asked, monkeypatch):
    calls, solve = [], MODULE.solve_block
    monkeypatch.setattr(MODULE, "solve_block", lambda *a, **k: (calls.append(1), solve(*a, **k))[1])
    graph = random_graph(np.random.default_rng(5), size, density=1.0)
    assert frustration(graph, time_limit=1e-9).proved is not asked
    assert bool(calls) is asked


def test_what_is_frustrated_is_added_up_exactly():
    """`sum` adds 0.1 ten times to 0.9999999999999999 up to Python 3.11, and to 1 from 3.12 on."""
    names = [f"{chr(97 + k)}{i}" for k in range(10) for i in range(3)]
    rings = [names[i : i + 3] for i in range(0, 30, 3)]
    ties = [(a, b, -0.1) for ring in rings for a, b in pairwise([*ring, ring[0]])]
    assert frustration(SignedGraph.from_edges(ties)).value == 1.0
