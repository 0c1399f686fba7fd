"""Reading signed networks from GraphML: one flat graph, its names, its defaults, every fault at once.

NetworkX reads GraphML too, but takes the first of several graphs, drops defaults of edges into a side table
and lets edges that share an id overwrite each other.
Source: Brandes, Eiglsperger, Herman, Himsolt and Marshall 2002, *GraphML progress report*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.reading import Listed, check_file, near_miss, network_of, refuse, tie_of
from equipoise.errors import InputError
from equipoise.text import printable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMES = ("name", "label")
"""What a node's data may call its name, first choice first."""


def read_graphml(path: str | Path) -> SignedGraph:
    """Read a GraphML file whose edges carry `sign`, `weight` or both, or take them from a key's default.

    With both, `sign` is -1 or 1 and `weight` the size; with one, it is the signed weight itself. A node is called
    by its `name`, else its `label`, else its id. A directed graph is taken if the two directions of a pair agree.

    Raises:
        InputError: what is wrong: no GraphML, several or nested graphs, ids given twice, edges without a sign.
    """
    path = Path(path)
    graph, keys = _graph_of(_root(path), path)
    nodes, edges = _all(graph, "node"), _all(graph, "edge")
    problems = [*_twice("node", nodes), *_twice("edge", edges)]
    names = {node.get("id", ""): _name(node, keys) for node in nodes}
    problems += [
        f"{count} nodes are called {name!r}; give each a name of its own"
        for name, count in Counter(names.values()).items()
        if count > 1
    ]
    lines: list[Listed] = []
    for edge in edges:
        ends = [edge.get("source", ""), edge.get("target", "")]
        missing = [end for end in ends if end not in names]
        if missing:
            problems.append(f"an edge ends at {missing[0]!r}, which is the id of no node")
            continue
        first, second = (names[end] for end in ends)
        place = f"the tie between {first!r} and {second!r}"
        try:
            data = _data(edge, keys, "edge")
            lines.append(tie_of(f"{path}: {place}", {**data, "from": first, "to": second}))
        except ValueError as fault:
            problems.append(f"{place}: {fault}")
    refuse([f"{path}: {problem}" for problem in problems])
    return network_of(lines, actors=names.values(), hint="keep one of them", source=str(path))


def _root(path: Path) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    check_file(path)
    try:
        root = parse(path).getroot()
    except (ParseError, DefusedXmlException, UnicodeError, ValueError, LookupError) as fault:
        raise InputError(f"{path}: not a GraphML file that can be read ({printable(str(fault))})") from fault
    if _tag(root) != "graphml":
        raise InputError(f"{path}: not a GraphML file: its root is {_tag(root)!r}")
    return root


def _graph_of(root: Element, path: Path) -> tuple[Element, dict[str, Element]]:
    """Return the file's one graph and its keys by id."""
    graphs, keys = _all(root, "graph"), _all(root, "key")
    problems = []
    if len(graphs) != 1:
        problems.append(f"it holds {len(graphs) or 'no'} graphs; one network a file is read")
    nested = sum(_tag(item) == "graph" for item in root.iter()) - len(graphs)
    if nested:
        problems.append(
            "a graph stands inside a node or an edge; write its nodes and edges into the graph around it"
        )
    if any(_tag(item) == "hyperedge" for item in root.iter()):
        problems.append("it has hyperedges; a tie has two ends")
    problems += _twice("key", keys)
    wanted = [_called(key) for key in keys if key.get("for", "all") in ("edge", "all")]
    problems += [
        f"edges have two keys called {name!r}" for name in ("sign", "weight") if wanted.count(name) > 1
    ]
    problems += [miss for name in wanted if (miss := near_miss(name, ("sign", "weight"), wanted))]
    refuse([f"{path}: {problem}" for problem in problems])
    return graphs[0], {key.get("id", ""): key for key in keys}


def _name(node: Element, keys: dict[str, Element]) -> str:
    data = _data(node, keys, "node")
    return next((data[key] for key in _NAMES if data.get(key)), node.get("id", ""))


def _data(item: Element, keys: dict[str, Element], kind: str) -> dict[str, str]:
    """Return what a node or edge carries by name, the defaults of its kind where it says nothing.

    Raises:
        ValueError: a key that the file does not declare, or one given twice.
    """
    own: dict[str, Any] = {}
    for data in _all(item, "data"):
        key = data.get("key", "")
        if key not in keys:
            raise ValueError(f"its data has the key {key!r}, which the file does not declare")
        if key in own:
            raise ValueError(f"its {printable(_called(keys[key]))} is given twice")
        own[key] = "".join(data.itertext()).strip()
    for key, declared in keys.items():
        default = next(iter(_all(declared, "default")), None)
        if default is not None and declared.get("for", "all") in (kind, "all"):
            own.setdefault(key, "".join(default.itertext()).strip())
    return {_called(keys[key]): value for key, value in own.items()}


def _called(key: Element) -> str:
    return (key.get("attr.name") or key.get("id") or "").strip().lower()


def _twice(kind: str, items: Iterable[Element]) -> Iterator[str]:
    """Yield a message for each id that several elements of a kind share."""
    ids = Counter(item.get("id") for item in items if item.get("id") is not None)
    return (
        f"{count} {kind}s have the id {key!r}; an id names one" for key, count in ids.items() if count > 1
    )


def _all(item: Element, tag: str) -> list[Element]:
    return [child for child in item if _tag(child) == tag]


def _tag(item: Element) -> str:
    return str(item.tag).rpartition("}")[2]
