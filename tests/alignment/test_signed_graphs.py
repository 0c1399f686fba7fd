"""Networks in and out: CSV, GraphML, NetworkX; faults named by line, all at once."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from signed_cases import graphs

from equipoise.alignment import frustration, read_csv, read_graphml
from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.reading import from_networkx
from equipoise.alignment.situation import situation_of
from equipoise.errors import InputError
from equipoise.scenario import load
from equipoise.scenario.number import quantile


@pytest.fixture
def csv_of(tmp_path):
    def write(text: str, encoding: str = "utf-8"):
        path = tmp_path / "ties.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_networkx_and_back(graph):
    assert from_networkx(graph.to_networkx()) == graph
    assert SignedGraph.from_edges(graph.ties, actors=graph.actors) == graph


def test_graphml_and_back(tmp_path):
    graph = SignedGraph.from_edges([("a", "b", 0.5), ("b", "c", -2)], actors=["d"])
    nx.write_graphml(graph.to_networkx(), tmp_path / "ties.graphml")
    assert read_graphml(tmp_path / "ties.graphml") == graph


def test_columns_in_any_order_with_weights_and_extras(csv_of):
    path = csv_of("Note,weight,to,sign,from\nx,0.5,b,-1,a\n\ny,2,c,1,b\n", encoding="utf-8-sig")
    assert read_csv(path).ties == (("a", "b", -0.5), ("b", "c", 2.0))


@pytest.mark.parametrize("text", ["from;to;sign\na;b;-0.5\n", "from\tto\tsign\na\tb\t-0.5\n"])
def test_semicolons_and_tabs(csv_of, text):
    assert read_csv(csv_of(text)).ties == (("a", "b", -0.5),)


@pytest.mark.parametrize(("sign", "weight"), [("+", 1), ("-", -1), ("−", -1), ("1", 1), ("-0.25", -0.25)])
def test_ways_to_write_a_sign(csv_of, sign, weight):
    assert read_csv(csv_of(f"from,to,sign\na,b,{sign}\n")).ties[0].weight == weight


DATED = "from,to,sign,begin,end\na,b,1,1900,1905\na,b,-1,1905,\nb,c,1,,1903-06-01\n"


@pytest.mark.parametrize(
    ("at", "ties"),
    [
        (1899, {("b", "c", 1)}),
        ("1902", {("a", "b", 1), ("b", "c", 1)}),
        ("1903-05-31", {("a", "b", 1), ("b", "c", 1)}),
        ("1903-06-01", {("a", "b", 1)}),
        (1905, {("a", "b", -1)}),
    ],
)
def test_ties_hold_from_their_begin_up_to_their_end(csv_of, at, ties):
    graph = read_csv(csv_of(DATED), at=at)
    assert set(graph.ties) == ties
    assert graph.actors == ("a", "b", "c")


def test_a_pair_that_changes_needs_a_date(csv_of):
    with pytest.raises(InputError, match=r"ties\.csv:3: .*'a' and 'b'.*ties\.csv:2; say `--at`"):
        read_csv(csv_of(DATED))


def test_both_directions_may_be_listed_if_they_agree(csv_of):
    assert len(read_csv(csv_of("from,to,sign\na,b,1\nb,a,1\n")).ties) == 1
    with pytest.raises(InputError, match=r":3: .*keep one"):
        read_csv(csv_of("from,to,sign\na,b,1\nb,a,-1\n"))


def test_every_fault_is_named_with_its_line(csv_of):
    path = csv_of(
        "from,to,sign,weight\na,b,x,1\na,a,1,1\nb,,1,1\nb,c,2,1\nb,d,1,-3\nc,d,0,\nd,e,1,1\nd,f,nan,\n"
    )
    with pytest.raises(InputError) as caught:
        read_csv(path)
    lines = str(caught.value).splitlines()
    assert [int(line.split(":")[1]) for line in lines] == [2, 3, 4, 5, 6, 7, 9]
    for line, word in zip(
        lines, ["`x`", "itself", "name", "1 or -1", "negative", "other than 0", "`nan`"], strict=True
    ):
        assert word in line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("from,too,sign\na,b,1\n", "did you mean 'too'"),
        ("a,b,1\n", "'from' is missing"),
        ("from,to,sign\n", "no tie"),
    ],
)
def test_files_that_are_not_lists_of_ties(csv_of, text, message):
    with pytest.raises(InputError, match=message):
        read_csv(csv_of(text))


def test_other_bad_input(csv_of, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="neither a year"):
        read_csv(csv_of(DATED), at="spring")
    with pytest.raises(InputError, match="'begin' is missing"):
        read_csv(csv_of("from,to,sign\na,b,1\n"), at=1900)
    with pytest.raises(InputError, match="no tie has window"):
        read_csv(csv_of("from,to,sign,window\na,b,1,x\n"), where={"window": "y"})
    with pytest.raises(InputError, match="UTF-8"):
        read_csv(csv_of("from,to,sign\né,b,1\n", encoding="latin-1"))
    with pytest.raises(InputError, match="GraphML"):
        read_graphml(csv_of("from,to,sign\na,b,1\n"))


def test_networkx_graphs_without_signs_are_refused():
    with pytest.raises(InputError, match=r"tie between 'a' and 'b'.*no sign"):
        from_networkx(nx.Graph([("a", "b")]))
    directed = nx.DiGraph()
    directed.add_edge("a", "b", sign=1)
    directed.add_edge("b", "a", sign=-1)
    with pytest.raises(InputError, match="keep one"):
        from_networkx(directed)


@pytest.mark.parametrize("matrix", [[[0, 1], [2, 0]], [[1, 0], [0, 0]], [[0, np.inf], [np.inf, 0]], [[0.0]]])
def test_matrices_that_are_no_network(matrix):
    with pytest.raises(InputError):
        SignedGraph(("a", "b"), np.array(matrix, dtype=float))


def test_a_network_cannot_be_changed_in_place():
    matrix = np.array([[0, 1.0], [1, 0]])
    graph = SignedGraph(("a", "b"), matrix)
    matrix[0, 1] = 5
    assert graph.ties == (("a", "b", 1.0),)
    with pytest.raises(ValueError, match="read-only"):
        graph.weights[0, 1] = 2


def test_it_prints_well():
    graph = SignedGraph.from_edges([("a", "b", 1), ("b", "c", -1)])
    assert repr(graph) == "<SignedGraph: 3 actors, 2 ties, 1 of them hostile>"
    assert frustration(graph).value == 0


def test_the_graph_of_a_scenario_has_its_ties_at_their_medians():
    scenario = load("two-valleys").scenario
    situation = situation_of(scenario)
    graph = SignedGraph(situation.actors, situation.ties[0])
    assert graph.actors == tuple(sorted([*scenario.forces, *scenario.patrons]))
    for tie in scenario.ties:
        a, b = (graph.index(actor) for actor in tie.between)
        assert graph.weights[a, b] == pytest.approx(float(quantile(tie.sign, np.array(0.5))), abs=1e-12)
    assert len(graph.ties) == len(scenario.ties)
