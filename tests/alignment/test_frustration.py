"""The frustration index: published values, brute force, laws, negative controls, honest bounds.

By the integer programme throughout, small blocks too; their enumeration has tests of its own.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_cases import (
    conflict,
    divisions,
    graphs,
    least_conflict,
    names,
    random_graph,
    switched,
    table,
    window,
)

from equipoise.alignment import frustration, programme, read_csv, study
from equipoise.alignment.enumeration import least_frustration
from equipoise.alignment.frustration import frustration_of
from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError


@pytest.fixture(scope="module", autouse=True)
def every_block_by_the_programme():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["equipoise.alignment.frustration"], "_ENUMERATED", 0)
        yield


EIGHT = ("46-49", "50-53", "54-57", "62-65", "70-73", "78-81", "86-89", "94-97")


def published(shared, name):
    (row,) = [
        r for r in table(shared / "data/signed_networks/computed_reference.csv") if r["network"] == name
    ]
    return int(row["n"]), int(row["m"]), int(row["m_neg"]), int(row["frustration_L"])


def shape(graph):
    return len(graph.actors), len(graph.ties), sum(t.weight < 0 for t in graph.ties)


@pytest.mark.parametrize(
    ("file", "name"), [("tribes", "tribes"), ("monastery_aref", "monastery_aref"), ("wiring", "wiring")]
)
def test_small_classics(shared, file, name):
    graph = read_csv(shared / f"data/signed_networks/{file}_edges.csv")
    best = frustration(graph)
    assert (*shape(graph), best.value) == published(shared, name)
    assert best.proved
    assert best.lower_bound == best.value


@pytest.mark.parametrize("year", [1872, 1882, 1890, 1891, 1904, 1907])
def test_six_powers_are_balanced_from_1907_only(shared, year):
    graph = read_csv(shared / "data/signed_networks/wwi_edges.csv", at=year)
    best = frustration(graph)
    assert (*shape(graph), best.value) == published(shared, f"wwi_{year}")
    if year == 1907:
        assert best.camps == (("AUH", "DEU", "ITA"), ("FRA", "GBR", "RUS"))


@pytest.mark.parametrize("which", EIGHT)
def test_war_windows_with_a_reference(shared, which):
    graph = window(shared, which)
    best = frustration(graph)
    assert (*shape(graph), best.value) == published(shared, f"cow_{which}")
    assert best.proved


@pytest.mark.long
def test_every_war_window_is_proved_and_agrees_with_a_plain_programme(shared):
    rows = table(shared / "data/signed_networks/cow_1946_1999_edges.csv")
    windows = sorted({row["window"] for row in rows})
    assert len(windows) == 51
    for which in windows:
        graph = window(shared, which)
        best = frustration(graph)
        assert best.proved, which
        assert best.value == _plain_programme(graph), which


def _plain_programme(graph: SignedGraph) -> int:
    """The XOR model as a textbook states it, without reduction or cuts, through another interface."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    n, ties = len(graph.actors), graph.ties
    rows = lil_array((2 * len(ties), n + len(ties)))
    low = np.zeros(2 * len(ties))
    for k, tie in enumerate(ties):
        a, b = graph.index(tie.first), graph.index(tie.second)
        for half, sign in enumerate((1, -1)):
            row = 2 * k + half
            rows[row, n + k] = 1
            rows[row, a] = sign if tie.weight < 0 else -sign
            rows[row, b] = sign
            low[row] = (1 if half == 0 else -1) if tie.weight < 0 else 0
    cost = np.concatenate([np.zeros(n), [abs(tie.weight) for tie in ties]])
    found = milp(
        cost,
        integrality=np.ones(n + len(ties)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows.tocsr(), low, np.inf),
    )
    assert found.status == 0
    return round(found.fun)


def test_the_plain_programme_reads_the_tribes_alike(shared):
    assert _plain_programme(read_csv(shared / "data/signed_networks/tribes_edges.csv")) == 7


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_equals_brute_force(graph):
    best = frustration(graph)
    assert best.proved
    assert best.value == pytest.approx(least_conflict(graph), abs=1e-9)
    assert least_frustration(graph.weights)[0] == pytest.approx(best.value, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_switching_a_camp_changes_nothing(graph, data):
    camp = data.draw(st.sets(st.sampled_from(graph.actors)))
    assert frustration(switched(graph, camp)).value == pytest.approx(frustration(graph).value, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_switching_friendship_gives_balance(graph, data):
    camp = data.draw(st.sets(st.sampled_from(graph.actors)))
    balanced = switched(SignedGraph(graph.actors, np.abs(graph.weights)), camp)
    best = frustration(balanced)
    assert best.value == 0
    assert not best.frustrated


@settings(max_examples=60, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_renaming_changes_nothing(graph, random):
    new = list(graph.actors)
    random.shuffle(new)
    to = dict(zip(graph.actors, new, strict=True))
    renamed = SignedGraph.from_edges([(to[a], to[b], w) for a, b, w in graph.ties], actors=graph.actors)
    assert frustration(renamed).value == pytest.approx(frustration(graph).value, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_negating_a_bipartite_network_changes_nothing(left, right, data):
    weights = st.sampled_from([-2, -1, 0, 1, 1.5])
    edges = [(f"l{i}", f"r{j}", data.draw(weights)) for i in range(left) for j in range(right)]
    graph = SignedGraph.from_edges(edges)
    opposite = SignedGraph(graph.actors, -graph.weights)
    assert frustration(opposite).value == pytest.approx(frustration(graph).value, abs=1e-9)


def test_negating_a_friendly_triangle_does_change_it():
    triangle = SignedGraph.from_edges([("a", "b", 1), ("b", "c", 1), ("a", "c", 1)])
    assert frustration(triangle).value == 0
    assert frustration(SignedGraph(triangle.actors, -triangle.weights)).value == 1


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_the_alignment_returned_has_the_value_returned(graph):
    best = frustration(graph)
    side = {actor: 1 if actor in best.camps[0] else -1 for actor in graph.actors}
    assert conflict(graph, side) == pytest.approx(best.value, abs=1e-9)
    assert sorted([*best.camps[0], *best.camps[1]]) == list(graph.actors)
    value, ties = frustration_of(graph, np.array([side[actor] for actor in graph.actors]))
    assert value == pytest.approx(best.value, abs=1e-9)
    assert ties == best.frustrated


@pytest.mark.parametrize("count", [4, 7, 10, 13])
def test_all_foes_have_a_closed_form(count):
    """Max-cut of a complete network is ⌊n/2⌋·⌈n/2⌉, so L = n(n − 1)/2 − ⌊n²/4⌋."""
    graph = SignedGraph(names(count), np.eye(count) - 1)
    assert frustration(graph).value == count * (count - 1) // 2 - count * count // 4


def test_a_cycle_pays_its_lightest_tie_if_and_only_if_its_signs_multiply_to_minus():
    ties = [("a", "b", 2.0), ("b", "c", -0.7), ("c", "d", 0.25), ("d", "a", -3.0)]
    assert frustration(SignedGraph.from_edges(ties)).value == 0
    ties[2] = ("c", "d", -0.25)
    assert frustration(SignedGraph.from_edges(ties)).value == 0.25


@pytest.mark.parametrize("weights", ["signs", "whole", "real"])
@pytest.mark.parametrize("density", [0.5, 1.0])
def test_dense_networks_that_need_branching_agree_with_enumeration(density, weights):
    rng = np.random.default_rng([3, int(10 * density), len(weights)])
    for _ in range(3):
        graph = random_graph(rng, 17, density=density, weights=weights)
        assert frustration(graph).value == pytest.approx(least_frustration(graph.weights)[0], rel=1e-9)


def test_branch_and_bound_is_reached_and_right(monkeypatch):
    reached = []
    branch = programme._branch
    monkeypatch.setattr(programme, "_branch", lambda *a: (reached.append(1), branch(*a))[1])
    graph = random_graph(np.random.default_rng(5), 19, density=1.0)
    assert frustration(graph).value == least_frustration(graph.weights)[0]
    assert reached


def test_when_time_is_up_the_bounds_hold_and_nothing_is_claimed():
    graph = random_graph(np.random.default_rng(8), 60, density=1.0)
    best = frustration(graph, time_limit=0.5)
    assert not best.proved
    assert 0 < best.lower_bound < best.value
    assert sum(abs(tie.weight) for tie in best.frustrated) == best.value
    assert best.seconds < 10


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_scale_of_the_weights_does_not_matter(scale):
    graph = random_graph(np.random.default_rng(2), 14, density=0.7, weights="real")
    scaled = SignedGraph(graph.actors, graph.weights * scale)
    best = frustration(scaled)
    assert best.value == pytest.approx(least_conflict_fast(graph) * scale, rel=1e-9)
    assert best.proved


def least_conflict_fast(graph):
    return least_frustration(graph.weights)[0]


def test_groups_without_ties_between_them_are_told_apart():
    graph = SignedGraph.from_edges([("a", "b", -1), ("x", "y", 1), ("y", "z", -1)], actors=["lonely"])
    best = frustration(graph)
    assert best.groups == ((("a",), ("b",)), (("x", "y"), ("z",)))


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_time_limit_must_be_above_zero(limit):
    with pytest.raises(InputError, match="time limit"):
        frustration(SignedGraph.from_edges([("a", "b", 1)]), time_limit=limit)


def test_networks_without_ties_are_balanced():
    assert frustration(SignedGraph((), np.zeros((0, 0)))).value == 0
    lonely = frustration(SignedGraph(("a",), np.zeros((1, 1))))
    assert (lonely.value, lonely.camps) == (0, (("a",), ()))


def test_annealing_reaches_the_ground_state_energy_of_the_mean_field_glass():
    """Boettcher 2005: −0.7632 + 0.70 N^(−2/3) an actor for normal ties of variance 1/N, scattering by 0.005.

    Sixteen descents from random alignments, which came before, reach about −0.71 here.
    """
    size, reached = 200, []
    for seed in range(6):
        graph = random_graph(np.random.default_rng(seed), size, density=1, weights="real")
        first, second = np.nonzero(np.triu(graph.weights))
        block = programme.Block(size, first, second, graph.weights[first, second])
        best = programme.Solution(np.ones(size), block.frustration(np.ones(size)), 0.0)
        programme._anneal(block, best, programme._THOROUGH, np.inf, np.random.default_rng(seed))
        assert best.value == pytest.approx(block.frustration(best.colours))
        reached.append((2 * best.value - graph.total) / size**1.5)
    assert np.mean(reached) == pytest.approx(-0.7632 + 0.70 * size ** (-2 / 3), abs=0.006)


def test_an_alignment_that_is_not_proved_is_about_as_good_as_any():
    """The best known of this network leaves 606 ties; before annealing, ten seconds left 714."""
    rng = np.random.default_rng(0)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < 3000:
        a, b = sorted(rng.integers(0, 1000, 2))
        if a != b:
            pairs.add((a, b))
    ties = [(f"a{a:04d}", f"a{b:04d}", float(rng.choice([-1, 1]))) for a, b in sorted(pairs)]
    best = frustration(SignedGraph.from_edges(ties), time_limit=3)
    assert not best.proved
    assert best.value < 625


@settings(max_examples=60, deadline=None)
@given(graphs(most=6))
def test_best_alignments_are_all_listed_where_they_are_few(graph):
    best = frustration(graph)
    told = study._alignments(graph, best)
    tied = {name for tie in graph.ties for name in (tie.first, tie.second)}
    small, least = graph.subgraph(tied), least_conflict(graph)
    ways = {
        frozenset(
            frozenset(frozenset(name for name in sum(group, ()) if side[name] == s) for s in (1, -1))
            for group in best.groups
        )
        for side in divisions(small.actors)
        if conflict(small, side) <= least + 1e-9
    }
    assert told["alignments"] == len(ways)
    if len(ways) > 12:
        assert told["equally_good"] is None
    else:
        listed = [frozenset(frozenset(map(frozenset, g)) for g in way) for way in told["equally_good"]]
        assert len(listed) == len(ways)
        assert set(listed) == ways
        assert tuple(tuple(map(tuple, g)) for g in told["equally_good"][0]) == best.groups
