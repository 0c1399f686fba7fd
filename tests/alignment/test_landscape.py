"""Landscape theory: what Axelrod and Bennett printed, brute force, descent, sampling."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_cases import divisions, graphs, names, random_graph, table

from equipoise.alignment import frustration, landscape
from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError


def all_foes(actors) -> SignedGraph:
    return SignedGraph.from_edges([(a, b, -1) for a, b in combinations(sorted(actors), 2)])


def energy_by_definition(graph, side, sizes):
    """E = Σ_i s_i Σ_j s_j p_ij d_ij over ordered pairs."""
    total = 0.0
    for i, a in enumerate(graph.actors):
        for j, b in enumerate(graph.actors):
            total += sizes[a] * sizes[b] * graph.weights[i, j] * (side[a] != side[b])
    return total


def energy(graph, camp, sizes=None):
    """The same of the alignment in which `camp` stands against everyone else, in one step."""
    own = np.array([(sizes or {}).get(actor, 1.0) for actor in graph.actors])
    side = np.array([actor in camp for actor in graph.actors])
    return float((graph.weights * np.outer(own, own) * (side[:, None] != side)).sum())


def bottom(graph, camp, sizes=None):
    """The camp that steepest descent ends in; of equally good moves the first actor by name makes it."""
    camp = frozenset(camp)
    while True:
        now, after = energy(graph, camp, sizes), [energy(graph, camp ^ {a}, sizes) for a in graph.actors]
        if min(after, default=now) >= now - 1e-9:
            return camp
        camp ^= {next(a for a, e in zip(graph.actors, after, strict=True) if e <= min(after) + 1e-9)}


@pytest.fixture
def unix(shared):
    rows = table(shared / "data/landscape_unix/actors.csv")
    ties = [(a["firm"], b["firm"], -1 if a["type"] == b["type"] else 0) for a, b in combinations(rows, 2)]
    return SignedGraph.from_edges(ties), {row["firm"]: float(row["size"]) for row in rows}, rows


@pytest.fixture
def europe(shared):
    rows = table(shared / "data/landscape_ww2/actors.csv")
    return {row["nation"]: float(row["size_1936_ab1993_pct"]) for row in rows}


def test_unix_has_the_two_printed_minima_with_equal_basins(unix):
    graph, sizes, rows = unix
    found = landscape(graph, sizes=sizes)
    printed = {
        frozenset(frozenset(r["firm"] for r in rows if r[column] == side) for side in "12")
        for column in ("config1_side", "config2_side")
    }
    assert {frozenset(map(frozenset, minimum.camps)) for minimum in found.minima} == printed
    assert (found.found, found.configurations, found.exact) == (2, 256, True)
    assert [minimum.basin for minimum in found.minima] == [128, 128]
    assert [minimum.energy for minimum in found.minima] == pytest.approx([-3828.9, -3828.9], abs=0.05)


def test_five_powers_have_four_minima_none_of_them_the_wartime_one(europe):
    five = ("Britain", "France", "Germany", "Italy", "Soviet Union")
    found = landscape(all_foes(five), sizes={name: europe[name] for name in five})
    assert (found.found, found.strict) == (4, 4)
    wartime = {frozenset({"Britain", "France", "Soviet Union"}), frozenset({"Germany", "Italy"})}
    assert all(set(map(frozenset, minimum.camps)) != wartime for minimum in found.minima)
    assert sum(minimum.basin for minimum in found.minima) == 16


def test_seventeen_rivals_have_about_the_printed_number_of_minima(europe):
    """The paper counts 209 with sizes it does not print in full; see the source notes for the band."""
    found = landscape(all_foes(europe), sizes=europe)
    assert found.configurations == 65536
    assert 190 <= found.strict <= found.found <= 230


@settings(max_examples=60, deadline=None)
@given(graphs(most=7), st.data())
def test_minima_basins_and_energies_by_brute_force(graph, data):
    sizes = {actor: data.draw(st.sampled_from([0.5, 1, 1, 2, 3.5])) for actor in graph.actors}
    found = landscape(graph, sizes=sizes, keep=1000)
    tied = [actor for actor in graph.actors if actor not in found.free]
    small, sizes = graph.subgraph(tied), {actor: sizes[actor] for actor in tied}
    stable, strict, ends = set(), set(), {}
    for side in divisions(small.actors):
        before = energy_by_definition(small, side, sizes)
        after = [energy_by_definition(small, {**side, a: -side[a]}, sizes) for a in small.actors]
        key = frozenset(frozenset(a for a in tied if side[a] == s) for s in (1, -1))
        if tied and min(after) >= before - 1e-9:
            stable.add(key)
            if min(after) > before + 1e-9:
                strict.add(key)
        camp = bottom(small, [a for a in tied if side[a] < 0], sizes)
        end = frozenset({camp, frozenset(tied) - camp})
        ends[end] = ends.get(end, 0) + 1
    assert {frozenset(map(frozenset, m.camps)) for m in found.minima} == stable
    assert {frozenset(map(frozenset, m.camps)) for m in found.minima if m.strict} == strict
    for minimum in found.minima:
        side = {a: 1 if a in minimum.camps[0] else -1 for a in tied}
        assert minimum.energy == pytest.approx(energy_by_definition(small, side, sizes), abs=1e-9)
        assert minimum.energy == pytest.approx(energy(graph, minimum.camps[0], sizes), abs=1e-9)
        assert minimum.basin == ends[frozenset(map(frozenset, minimum.camps))]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_the_deepest_minimum_is_the_least_frustrated_alignment(graph):
    found = landscape(graph)
    hostility = sum(-tie.weight for tie in graph.ties if tie.weight < 0)
    deepest = found.minima[0].energy if found.minima else 0
    assert deepest == pytest.approx(2 * (frustration(graph).value - hostility), abs=1e-9)


def test_sampling_finds_what_enumeration_finds():
    graph = random_graph(np.random.default_rng(4), 12, density=1, weights="real")
    exact, sampled = landscape(graph), landscape(graph, exact_up_to=0, samples=20_000, seed=2)
    assert not sampled.exact
    assert sampled.found == exact.found
    shares = {minimum.camps: minimum.share for minimum in exact.minima}
    for minimum in sampled.minima:
        assert abs(minimum.share - shares[minimum.camps]) < 4 * minimum.share_error


def test_more_actors_than_are_enumerated_are_sampled_and_said_so():
    graph = random_graph(np.random.default_rng(4), 40, density=0.3)
    found = landscape(graph, samples=200)
    assert (found.exact, found.configurations) == (False, 200)
    assert all(minimum.share_error > 0 for minimum in found.minima)


def test_actors_without_ties_are_left_out_and_named():
    found = landscape(SignedGraph.from_edges([("a", "b", -1)], actors=["c"]))
    assert (found.free, found.configurations, found.found) == (("c",), 2, 1)


def test_twenty_actors_are_enumerated():
    found = landscape(random_graph(np.random.default_rng(1), 20, density=1, weights="real"))
    assert (found.exact, found.configurations) == (True, 2**19)
    assert sum(minimum.basin for minimum in found.minima) == 2**19


def test_bad_sizes_are_refused():
    graph = SignedGraph(names(2), np.array([[0, -1.0], [-1, 0]]))
    with pytest.raises(InputError, match="sizes"):
        landscape(graph, sizes={"a000": -1})
    with pytest.raises(InputError, match="no actor"):
        landscape(graph, sizes={"nobody": 1})
    with pytest.raises(InputError, match="enumerated"):
        landscape(graph, exact_up_to=25)


def test_sampled_minima_are_minima_and_their_energies_are_right():
    graph = random_graph(np.random.default_rng(6), 40, density=0.3, weights="real")
    found = landscape(graph, samples=50)
    assert sum(minimum.basin for minimum in found.minima) <= 50
    for minimum in found.minima:
        assert bottom(graph, minimum.camps[0]) == frozenset(minimum.camps[0])
        assert minimum.energy == pytest.approx(energy(graph, minimum.camps[0]))


def test_what_sampling_leaves_unseen_is_estimated_without_bias():
    """Good 1953: starts that alone found their minimum estimate the share of the basins that none found."""
    graph = random_graph(np.random.default_rng(4), 14, density=1, weights="real")
    exact = landscape(graph, keep=10_000)
    assert exact.unseen == 0
    estimated, true = [], []
    for seed in range(300):
        found = landscape(graph, exact_up_to=0, samples=12, seed=seed, keep=10_000)
        seen = {minimum.camps for minimum in found.minima}
        estimated.append(found.unseen)
        true.append(sum(minimum.share for minimum in exact.minima if minimum.camps not in seen))
    assert 0.1 < np.mean(true) < 0.9
    assert np.mean(estimated) == pytest.approx(np.mean(true), abs=0.04)


def test_starts_that_all_end_apart_are_said_to_say_nothing():
    from equipoise.reporting.analyses.balance import minima
    from equipoise.scenario.display_names import Names

    graph = random_graph(np.random.default_rng(9), 300, density=0.03)
    found = landscape(graph, samples=256)
    assert (found.found, found.configurations, found.unseen) == (256, 256, 1.0)
    shown = minima({"landscape": found.to_dict()}, Names.of(None))
    assert "says nothing of how many there are" in shown.note
    assert {row[2] for row in shown.rows} == {"–"}
    known = minima({"landscape": landscape(all_foes("abcde")).to_dict()}, Names.of(None))
    assert "says nothing" not in known.note
    assert "–" not in {row[2] for row in known.rows}


def test_a_sampled_search_keeps_to_its_time():
    graph = random_graph(np.random.default_rng(9), 300, density=0.03)
    landscape(graph, samples=1)  # compiled
    began = time.monotonic()
    found = landscape(graph, samples=10**9, time_limit=0.3)
    assert time.monotonic() - began < 10
    assert 0 < found.configurations < 10**9
