"""Network files that others write: read whole and right, or refused with the place and the reason."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.alignment import read_csv, read_graphml
from equipoise.alignment.balance import actor_balance, walk_balance
from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError

SIGN = '<key id="s" for="edge" attr.name="sign" attr.type="double"/>'
AB = '<node id="a"/><node id="b"/>'


@pytest.fixture
def graphml(tmp_path):
    def read(keys: str, *graphs: str, before: str = "") -> SignedGraph:
        path = tmp_path / "ties.graphml"
        inside = "".join(f'<graph edgedefault="undirected">{graph}</graph>' for graph in graphs)
        start = f'<?xml version="1.0"?>{before}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        path.write_text(f"{start}{keys}{inside}</graphml>", encoding="utf-8")
        return read_graphml(path)

    return read


@pytest.fixture
def table(tmp_path):
    def read(text: str, **options) -> SignedGraph:
        path = tmp_path / "ties.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return read_csv(path, **options)

    return read


def edge(a: str, b: str, sign: str | None = None, more: str = "") -> str:
    data = "" if sign is None else f'<data key="s">{sign}</data>'
    return f'<edge source="{a}" target="{b}" {more}>{data}</edge>'


@pytest.mark.parametrize("kind", ['for="edge"', 'for="all"', ""])
def test_an_edge_without_a_sign_has_the_default_of_its_key(graphml, kind):
    key = f'<key id="s" {kind} attr.name="sign"><default>-1</default></key>'
    graph = graphml(key, AB + '<node id="c"/>' + edge("a", "b") + edge("b", "c", "0.5"))
    assert graph.ties == (("a", "b", -1.0), ("b", "c", 0.5))


def test_a_default_of_nodes_is_none_of_edges(graphml):
    key = '<key id="s" for="node" attr.name="sign"><default>-1</default></key>'
    with pytest.raises(InputError, match="no sign"):
        graphml(key, AB + edge("a", "b"))


@pytest.mark.parametrize("called", ["name", "label", "Name"])
def test_actors_go_by_the_names_in_the_data(graphml, called):
    key = f'{SIGN}<key id="n" for="node" attr.name="{called}"/>'
    nodes = '<node id="n0"><data key="n">Hill clans</data></node><node id="n1"/>'
    assert graphml(key, nodes + edge("n0", "n1", "-1")).ties == (("Hill clans", "n1", -1.0),)


@pytest.mark.parametrize(
    ("keys", "graphs", "said"),
    [
        (SIGN, [AB + edge("a", "b", "1"), AB], "holds 2 graphs"),
        (SIGN, [], "holds no graphs"),
        (SIGN, [f'<node id="n"><graph edgedefault="undirected">{AB}</graph></node>'], "inside a node"),
        (SIGN, [f"{AB}<hyperedge/>"], "hyperedges"),
        (SIGN, [AB + edge("a", "b", "1", 'id="e"') + edge("b", "a", "1", 'id="e"')], "2 edges have the id 'e'"),
        (SIGN, [AB + AB + edge("a", "b", "1")], "2 nodes have the id 'a'"),
        (SIGN + SIGN, [AB + edge("a", "b", "1")], "2 keys have the id 's'"),
        (SIGN + SIGN.replace('"s"', '"t"'), [AB + edge("a", "b", "1")], "two keys called 'sign'"),
        (SIGN.replace("sign", "sgin") , [AB + edge("a", "b", "1")], "'sgin' is not read; if 'sign' is meant"),
        ("", [AB + edge("a", "b", "1")], "key 's', which the file does not declare"),
        (SIGN, [AB + edge("a", "c", "1")], "'c', which is the id of no node"),
        (SIGN, [AB + edge("a", "b", "1e308")], "between 1e-09 and 1e\\+09"),
        (SIGN, [AB + edge("a", "b", "1_000")], "`1_000` is not a number"),
        (SIGN, [AB + '<node id="B"/>' + edge("a", "b", "1")], "'B' and 'b' look alike"),
        (SIGN, [AB + edge("a", "b", '1</data><data key="s">-1')], "its sign is given twice"),
    ],
)  # fmt: skip
def test_a_graphml_file_is_refused(graphml, keys, graphs, said):
    with pytest.raises(InputError, match=said):
        graphml(keys, *graphs)


def test_two_nodes_of_one_name_are_refused(graphml):
    key = f'{SIGN}<key id="n" for="node" attr.name="name"><default>x</default></key>'
    with pytest.raises(InputError, match="2 nodes are called 'x'"):
        graphml(key, AB + edge("a", "b", "1"))


def test_entities_are_not_followed(graphml):
    declared = '<!DOCTYPE graphml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(InputError, match="not a GraphML file"):
        graphml(SIGN, '<node id="&b;"/>', before=declared)


def test_every_fault_of_a_graphml_file_is_named_at_once(graphml):
    with pytest.raises(InputError) as caught:
        graphml(SIGN, AB + edge("a", "b", "x") + edge("a", "a", "1") + edge("b", "q", "1"))
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from,to,sign\na,b,-1,5\n", ":2: the cell '5' stands under no column"),
        ("from,to,sign,\na,b,-1,5\n", ":2: the cell '5' stands under no column"),
        ("from,to,sign,sign\na,b,-1,1\n", ":1: the column 'sign' is there 2 times"),
        ("from,to,sign,wieght\na,b,-1,1\n", ":1: 'wieght' is not read; if 'weight' is meant"),
        ("from,to,sign,begins\na,b,-1,1900\n", ":1: 'begins' is not read; if 'begin' is meant"),
        ("from,to,sign,begin,end\na,b,-1,1907,1900\n", r":2: the tie ends \(1900\) before it begins"),
        ("from,to,sign,begin,end\na,b,-1,1907,1907\n", ":2: the tie ends"),
        ("from,to,sign,begin\na,b,-1,spring\n", ":2: 'spring' is neither"),
        ("from,to,sign\na,b,1_000\n", ":2: sign: `1_000` is not a number"),
        ("from,to,sign\na,b,1e120\n", r":2: sign '1e120' must lie between"),
        ("from,to,sign\na,b,1e-120\n", r":2: sign '1e-120' must lie between"),
        ("from,to,sign\nKabul,b,1\nkabul,c,1\n", "'Kabul' and 'kabul' look alike"),
        ("from,to,sign\nKabul,b,1\nKаbul,c,1\n", "look alike"),  # a Cyrillic letter
        ("from,to,sign\nKabul,b,1\nKa\u200bbul,c,1\n", ":3: .*U\\+200B"),
        ("from,to,sign\n\x1b[31mKabul,b,1\n", ":2: .*U\\+001B"),
        ("sep=;\nfrom;to;sign\na;b;x\n", ":3: sign: `x`"),
    ],
)
def test_a_list_of_ties_is_refused_with_its_line(table, text, said):
    with pytest.raises(InputError, match=said):
        table(text)


def test_what_spreadsheets_write_is_read(table):
    for text in ("sep=;\r\nfrom;to;sign\r\na;b;-1\r\n", '"sep=,"\nfrom,to,sign,,\na,b,-1,,\n'):
        assert table(text).ties == (("a", "b", -1.0),)
    assert table("sep=|\nfrom|to|sign\na|b|-1\n").ties == (("a", "b", -1.0),)


def test_one_name_coded_in_two_ways_is_one_actor(table):
    assert table("from,to,sign\nK\u00e2bul,b,1\nKa\u0302bul,c,1\n").actors == ("K\u00e2bul", "b", "c")


def test_weakly_tied_actors_are_measured_beside_strongly_tied_ones():
    """A group's own walks count for its actors: 1 where balanced, by the eigenvalues of a triangle where not."""
    ties = [("a", "b", 1e6), ("c", "d", 1), ("d", "e", 1), ("c", "e", -1)]
    found = actor_balance(SignedGraph.from_edges(ties, actors=["lonely"]), weighted=True)
    alone = actor_balance(SignedGraph.from_edges(ties[1:]), weighted=True)
    assert {name: found[name] for name in "cde"} == pytest.approx(alone)
    assert found["a"] == found["b"] == found["lonely"] == 1
    assert alone["c"] == pytest.approx((2 * np.e + np.exp(-2)) / (np.exp(2) + 2 * np.exp(-1)))
    assert walk_balance(SignedGraph.from_edges(ties), weighted=True) == pytest.approx(1)
