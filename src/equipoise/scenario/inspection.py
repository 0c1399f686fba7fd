"""The inspection of a scenario: the file under check and what is wrong with it, each problem with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from equipoise.errors import Problem
from equipoise.scenario.reading import Document, Node, Path
from equipoise.text import printable

LONGEST_QUOTE = 60
MAX_COMPARISONS = 60_000
"""How many names are compared for hints in one file: a file full of unknown names is answered quickly."""


@dataclass
class Inspection:
    """The file under check and what was found so far.

    Attributes:
        document: the file.
        problems: what is wrong, as found.
        broken: parts that were set aside, so that the rest can be checked.
        meant: keys that an unknown key beside them probably means.
        comparisons: how many names may still be compared for hints.
    """

    document: Document
    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    meant: set[Path] = field(default_factory=set)
    comparisons: int = MAX_COMPARISONS

    def add(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> None:
        """Note a problem at `path`: at its value, or at its key."""
        actual = self.actual(path)
        line, column = self.document.place(actual, key=at_key)
        problem = Problem(line, column, dotted(actual), message, hint)
        self.problems.append(problem)

    def nearest(self, name: str, allowed: Iterable[str]) -> str:
        """Return a hint with the valid name nearest to `name`, as long as looking costs little."""
        names = sorted(set(allowed))
        self.comparisons -= len(names) + 20
        return nearest(name, names) if self.comparisons > 0 else ""

    def actual(self, path: Path) -> Path:
        """Return the steps of `path` that the file has: short forms leave some of the model's steps out."""
        node = self.document.root
        steps: list[str | int] = []
        for step in path:
            below = node.below(step)
            if below is not None:
                node = below
                steps.append(step)
        return tuple(steps)

    def whole(self, *path: str | int) -> bool:
        """True where nothing in, above or below `path` was set aside."""
        return not any(broken[: len(path)] == path or path[: len(broken)] == broken for broken in self.broken)


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as the file's keys joined by dots."""
    return printable(".".join(str(step) for step in path))


def quoted(value: Any) -> str:
    """Return a value as the file shows it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = printable(str(value)[: 4 * LONGEST_QUOTE])
    return f"`{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + '...'}`"


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return a hint with the valid name nearest to `name`, or with the valid names where they are few."""
    names = sorted({printable(name) for name in allowed})
    if len(name) <= 200:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        near = near or difflib.get_close_matches(slug(name), names, n=1, cutoff=0.6)
        if near:
            return f"did you mean `{near[0]}`?"
    if not names:
        return "the scenario has none"
    if len(names) <= 12:
        return "known here: " + ", ".join(names)
    return f"{len(names)} are known, such as {', '.join(names[:5])}"


def slug(text: str) -> str:
    """Return a text in the spelling of names."""
    return text.lower().replace("_", "-").replace(" ", "-")


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node of a file with its path, parents first."""
    yield path, node
    if isinstance(node.value, dict):
        for key, below in node.value.items():
            yield from walk(below, (*path, key))
    elif isinstance(node.value, list):
        for index, below in enumerate(node.value):
            yield from walk(below, (*path, index))
