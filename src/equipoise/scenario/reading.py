"""Read a scenario's YAML text into nodes that remember their place in the file.

The text is data from outside: it is bounded in size, depth and number of nodes before anything is built,
no tag is honoured, and every fault is a `Problem` with its line and column. Plain words follow the core
schema of YAML 1.2 (`true` and `false` are the only booleans, so `on`, `no` and `yes` stay words), plus
ISO dates. Source: YAML 1.2.2, chapter 10.3; ISO 8601 calendar dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from equipoise.errors import Problem
from equipoise.text import character, first_unfit, printable, with_plain_lines

MAX_BYTES = 4_000_000
MAX_DEPTH = 24
MAX_NODES = 200_000
MAX_KEY = 200

Path = tuple[str | int, ...]

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser: that of libyaml, where it is built in."""


class ReadingError(Exception):
    """The text cannot be read on: carries the one problem that stopped it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


@dataclass
class Node:
    """One value of the file with the place where it starts, counted from 1.

    Attributes:
        value: a scalar, a list of nodes, or a dict of key to node.
        keys: for a mapping, the place of each key.
        text: what a scalar looks like in the file.
        size: number of nodes in it, aliases expanded.
        depth: levels of nesting in it, aliases expanded.
    """

    line: int
    column: int
    value: Any = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    text: str = ""
    size: int = 1
    depth: int = 0

    def below(self, step: str | int) -> Node | None:
        """Return the node one step below, or None where there is none."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def plain(self) -> Any:
        """Return the data without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


@dataclass
class Document:
    """A whole file: its root node and the problems that did not stop the reading."""

    root: Node
    problems: list[Problem]

    def node(self, path: Path) -> Node | None:
        """Return the node at `path`, or None where the file has none."""
        node: Node | None = self.root
        for step in path:
            node = node.below(step) if node is not None else None
        return node

    def entries(self, *path: str | int) -> dict[str, Node]:
        """Return the entries of the mapping at `path`; none where there is no mapping."""
        node = self.node(path)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path` (of its key if `key`), or of the nearest parent."""
        for length in range(len(path), 0, -1):
            parent, step = self.node(path[: length - 1]), str(path[length - 1])
            if parent is None:
                continue
            if (key or length < len(path)) and step in parent.keys:
                return parent.keys[step]
            node = self.node(path[:length])
            if node is not None:
                return node.line, node.column
        return self.root.line, self.root.column


def decode(raw: bytes) -> str:
    """Return the text of a file's bytes: UTF-8, lines ended by line feeds, nothing that cannot stand in a text."""
    if len(raw) > MAX_BYTES:
        raise ReadingError(
            Problem(0, 0, "", f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
        )
    try:
        text = with_plain_lines(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        message = f"the file is not UTF-8 text (byte 0x{raw[error.start]:02x} here)"
        raise ReadingError(_at(before, message, "save it as UTF-8")) from None
    unfit = first_unfit(text)
    if unfit:
        raise ReadingError(_at(text[: unfit.start()], forbidden(unfit[0]), "remove it"))
    return text


def forbidden(mark: str) -> str:
    """Say that a character cannot stand in a text."""
    return f"a character that cannot stand in a text ({character(mark)})"


def _at(before: str, message: str, hint: str) -> Problem:
    lines = before.split("\n")
    return Problem(len(lines), len(lines[-1]) + 1, "", message, hint)


def read(
    text: str, *, what: str = "a scenario", example: str = "`equipoise: 1`, `title: ...` and so on"
) -> Document:
    """Read `text`, one YAML document whose root is a mapping.

    Args:
        text: the YAML text. what: what messages call the file. example: what stands in one.

    Raises:
        ReadingError: the text is no such document, or is larger than the limits allow.
    """
    return _Reader(text, what, example).document()


class _Reader:
    """Builds nodes from the parser's events with a stack of its own, so depth is bounded by us."""

    def __init__(self, text: str, what: str, example: str) -> None:
        self.text, self.what, self.example = text, what, example
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node | None] = {}
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    def document(self) -> Document:
        documents = 0
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _stop(event, "a second document starts here; a file holds one")
            else:
                self._take(event)
        if self.root is None or self.root.value is None:
            raise ReadingError(Problem(1, 1, "", f"the file is empty; {self.what} is needed"))
        if not isinstance(self.root.value, dict):
            place = self.root
            message = f"{self.what} is a mapping: {self.example}"
            raise ReadingError(Problem(place.line, place.column, "", message))
        return Document(self.root, self.problems)

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            context = f" ({error.context})" if error.context else ""
            message = f"this is not valid YAML: {error.problem or 'it cannot be parsed'}{context}"
            raise ReadingError(
                Problem(line, column, "", message, "check indentation, colons and quotes here")
            ) from None
        except yaml.YAMLError as error:
            raise ReadingError(Problem(0, 0, "", f"this is not valid YAML: {error}")) from None

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.stack.pop()
            if done.anchor:
                self.anchors[done.anchor] = done.node
            self._place(done.node, event)

    def _begin(self, event: Any) -> None:
        if event.tag is not None:
            _stop(event, f"the tag `{event.tag}` is not part of a scenario", "write the plain value")
        node = Node(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(node, event)
            if event.anchor:
                self.anchors[event.anchor] = node
            self._place(node, event)
            return
        if len(self.stack) >= MAX_DEPTH:
            _stop(event, f"nested more than {MAX_DEPTH} levels deep")
        node.value = {} if isinstance(event, yaml.MappingStartEvent) else []
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    def _scalar(self, node: Node, event: Any) -> None:
        node.value = node.text = with_plain_lines(event.value)
        unfit = first_unfit(node.text)  # the raw text has none, but an escape in quotes may
        if unfit:
            self._note(node, forbidden(unfit[0]))
        if not event.implicit[0] or event.style not in (None, ""):
            return
        try:
            node.value = plain_value(event.value)
        except ValueError as error:
            self._note(node, str(error))

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            _stop(event, f"`*{event.anchor}` refers to nothing above it")
        node = self.anchors[event.anchor]
        if node is None:
            _stop(event, f"`*{event.anchor}` refers to itself")
        self._place(node, event)

    def _place(self, node: Node | None, event: Any) -> None:
        """Put a finished node into the collection that is open, or make it the root."""
        assert node is not None
        self.nodes += 1
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.node.size += node.size
        parent.node.depth = max(parent.node.depth, node.depth + 1)
        if len(self.stack) + node.depth > MAX_DEPTH:
            _stop(event, f"nested more than {MAX_DEPTH} levels deep")
        if max(parent.node.size, self.nodes) > MAX_NODES:
            _stop(event, f"more than {MAX_NODES:,} values, with what `*` repeats counted each time")
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif parent.key is None:
            self._key(parent, node)
        else:
            parent.node.value[parent.key] = node
            parent.key = None

    def _key(self, parent: _Open, node: Node) -> None:
        if isinstance(node.value, dict | list):
            _refuse(node, "a list or mapping cannot be a key")
        key = node.text
        if key == "<<":
            _refuse(node, "merge keys (`<<`) are not part of a scenario", "write the keys out")
        if len(key) > MAX_KEY:
            _refuse(node, f"a key of {len(key):,} characters; at most {MAX_KEY} are allowed")
        parent.key = key
        if not key.strip():
            self._note(node, "a key without a name stands here", "name it, or remove it with what it holds")
        if key in parent.node.keys:
            first = parent.node.keys[key][0]
            message = f"the key `{printable(key)}` stands here twice (first on line {first})"
            self._note(node, message, "remove or rename one")
        else:
            parent.node.keys[key] = (node.line, node.column)

    def _note(self, node: Node, message: str, hint: str = "") -> None:
        self.problems.append(Problem(node.line, node.column, printable(self._path()), message, hint))

    def _path(self) -> str:
        steps = []
        for level in self.stack:
            inside = level.node.value
            steps.append(str(len(inside)) if isinstance(inside, list) else level.key or "")
        return ".".join(step for step in steps if step)


@dataclass
class _Open:
    """A collection being filled, and the key whose value comes next."""

    node: Node
    anchor: str | None
    key: str | None = None


def plain_value(text: str) -> Any:
    """Return what an unquoted word means: null, a boolean, a number, a date, or the word itself.

    Raises:
        ValueError: it looks like a number or date and is none.
    """
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"`{text}` is not a finite number")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"`{text[:40]}` is not a finite number")
        return number
    if _DATE.fullmatch(text):
        return _day(text)
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def _stop(event: Any, message: str, hint: str = "") -> None:
    mark = event.start_mark
    raise ReadingError(Problem(mark.line + 1, mark.column + 1, "", message, hint))


def _refuse(node: Node, message: str, hint: str = "") -> None:
    raise ReadingError(Problem(node.line, node.column, "", message, hint))
