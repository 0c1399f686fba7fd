"""Cells: from what a spreadsheet holds to a value of the file, and back.

A text is taken as it stands. Everything else may be typed as the spreadsheet's own number, date or truth value,
or written as in the file, where the outer brackets may be left out: `[0.1, 0.2, 0.5]`, `words: likely`,
`crown: 1, rebels: 2`. A formula is refused: what is argued about must be there to be read.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from equipoise.errors import Problem
from equipoise.scenario.outline import Place
from equipoise.scenario.reading import Node, ReadingError, forbidden, read
from equipoise.scenario.writing import on_one_line
from equipoise.text import first_unfit, with_plain_lines

At = tuple[int, int]
"""Line and column of a cell, rows counted through all sheets."""


def is_text(place: Place | None) -> bool:
    """Tell a place for text or a name (or no place at all), which is taken as it stands, from any other."""
    return place is None or place.types == {"string"}


def node_of(value: Any, kind: str, place: Place | None, at: At) -> Node:
    """Return the value of a cell as a node of the file.

    Args:
        value: as openpyxl has it.
        kind: openpyxl's letter for it: `f` a formula, `e` an error.
        place: what may stand there.
        at: the cell.

    Raises:
        ReadingError: it cannot be taken.
    """
    if kind == "f":
        _refuse(at, "a formula stands here", "copy it and paste its value")
    if kind == "e":
        _refuse(at, f"an error of the spreadsheet stands here ({value})", "mend it, or clear the cell")
    if isinstance(value, datetime):
        if value.time() != time(0):
            _refuse(at, f"a day is needed here, not a time of day ({value})")
        value = value.date()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, str):
        value = with_plain_lines(value)
        unfit = first_unfit(value)
        if unfit:
            _refuse(at, forbidden(unfit[0]), "remove it")
        if not is_text(place):
            return _read(value.strip(), place, at)
    elif not isinstance(value, bool | int | float | date):
        _refuse(at, "text, a number, a date or a truth value is needed here")
    text = value.isoformat() if isinstance(value, date) else str(value)
    return Node(*at, text if is_text(place) else value, text=text)


def content_of(value: Any, place: Place | None) -> Any:
    """Return what a cell holds for a value of the file: the inverse of `node_of`."""
    if is_text(place) or isinstance(value, bool | int | float | date):
        return value
    text = on_one_line(value)
    bare = text[1:-1] if text[:1] in "[{" and value else text
    return bare if bare != text and _bracketed(bare, place) == text else text


def _read(text: str, place: Place | None, at: At) -> Node:
    """Read a cell written as in the file, with or without its outer brackets."""
    try:
        root = read(f"{{cell: {_bracketed(text, place)}}}").root
        if set(root.value) != {"cell"}:
            _refuse(at, "this is more than one value", "decimals have a point, lists brackets: [0.2, 0.4]")
        node = root.value["cell"]
        assert isinstance(node, Node)
    except ReadingError as error:
        _refuse(at, error.problem.message, error.problem.hint)
    return _placed(node, at)


def _bracketed(text: str, place: Place | None) -> str:
    """Return a cell's text with the outer brackets that people leave out."""
    types = place.types if place is not None else frozenset[str]()
    if text[:1] in ("[", "{", '"', "'"):
        return text
    if ": " in text and types & {"object", "array"}:
        return f"{{{text}}}" if "object" in types else f"[{text}]"
    if types == {"array"} or ("array" in types and "string" in types and "," in text):
        return f"[{text}]"
    return text


def _placed(node: Node, at: At) -> Node:
    """Return a node all of whose parts stand in one cell."""
    node.line, node.column = at
    node.keys = dict.fromkeys(node.keys, at)
    below = node.value.values() if isinstance(node.value, dict) else node.value
    for inner in below if isinstance(node.value, dict | list) else ():
        _placed(inner, at)
    return node


def _refuse(at: At, message: str, hint: str = "") -> None:
    raise ReadingError(Problem(*at, "", message, hint))
