"""Where a cursor stands in a scenario: the path of what it points at, and of what is being typed there.

What is being typed is seldom valid YAML yet. What lies behind the cursor is therefore cut off, a mark is set in
its place, and the parser is followed until it meets the mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from equipoise.scenario.reading import LOADER, MAX_DEPTH, Node, Path

MARK = "equipoise-cursor-mark"
_TYPED = re.compile(r"[^\s:,\[\]{}#]*$")


@dataclass(frozen=True)
class Typed:
    """What is being typed.

    Attributes:
        path: of the mapping or list item in which it stands as a key, or of the value that it is.
        as_key: whether it is certain to be a key.
        alone: whether nothing but blanks or a dash stands before it on its line, so that it may become a key.
        word: what is there of it so far.
        beside: the keys that stand beside it already.
    """

    path: Path
    as_key: bool
    alone: bool
    word: str
    beside: frozenset[str]


def typed_at(text: str, line: int, column: int) -> Typed | None:
    """Return what is being typed at a cursor, or None in a remark or where the file cannot be followed.

    Args:
        text: the file.
        line, column: of the cursor, counted from 0.
    """
    lines = text.split("\n")
    before = "\n".join([*lines[:line], lines[line][:column] if line < len(lines) else ""])
    word = _TYPED.search(before)[0]  # type: ignore[index]
    start = before[: len(before) - len(word)]
    for written in (f"{start}{MARK}", f"{start}{MARK}: "):
        found = _find_mark(written)
        if found is not None:
            path, as_key, beside = found
            alone = not start.rpartition("\n")[2].strip(" -")
            return Typed(path, as_key, alone, word, beside)
    return None


@dataclass
class _Level:
    """A collection that is open: its path, its keys so far, and the key whose value comes next."""

    path: Path
    mapping: bool
    keys: list[str]
    waiting: str | None = None

    def next_step(self) -> str | int:
        return self.waiting if self.mapping and self.waiting is not None else len(self.keys)


def _find_mark(text: str) -> tuple[Path, bool, frozenset[str]] | None:
    stack: list[_Level] = []
    for event in _events(text):
        if isinstance(event, yaml.ScalarEvent):
            as_key = bool(stack) and stack[-1].mapping and stack[-1].waiting is None
            if event.value == MARK:
                keys = frozenset(stack[-1].keys) if as_key else frozenset[str]()
                return _path_of_next(stack, as_key), as_key, keys
            _take(stack, event.value, as_key)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:  # no scenario is so deep; paths of paths would fill the memory
                return None
            path = _path_of_next(stack, False)
            stack.append(_Level(path, isinstance(event, yaml.MappingStartEvent), []))
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            _take(stack, "", False)
        elif isinstance(event, yaml.AliasEvent):
            _take(stack, "", False)
    return None


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=LOADER)
    except yaml.YAMLError:
        return


def _path_of_next(stack: list[_Level], as_key: bool) -> Path:
    if not stack:
        return ()
    return stack[-1].path if as_key else (*stack[-1].path, stack[-1].next_step())


def _take(stack: list[_Level], value: str, as_key: bool) -> None:
    """Take note of a key, or that a value is complete."""
    if not stack:
        return
    level = stack[-1]
    if as_key:
        level.keys.append(value)
        level.waiting = value
    elif level.mapping:
        level.waiting = None
    else:
        level.keys.append(value)


def pointed_at(root: Node, line: int, column: int) -> Path:
    """Return the path of the key or value under a cursor (counted from 0) in a file that was read.

    Nothing under it: the path of what begins last before it.
    """
    best: tuple[tuple[int, int], Path] = ((0, 0), ())
    for place, path in _places(root, ()):
        if best[0] < place <= (line + 1, column + 1):
            best = (place, path)
    return best[1]


def _places(node: Node, path: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    inside = node.value
    below: Node
    for step, below in (
        inside.items() if isinstance(inside, dict) else enumerate(inside if isinstance(inside, list) else ())
    ):
        if isinstance(step, str):
            yield node.keys[step], (*path, step)
        if not isinstance(below.value, dict | list):
            yield (below.line, below.column), (*path, step)
        yield from _places(below, (*path, step))
