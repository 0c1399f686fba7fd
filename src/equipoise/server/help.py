"""What an editor offers and explains while a scenario is written: keys, names, words, paths; meaning, unit, claims.

Everything is read from the scenario's classes and rules, so that a key that is added there is known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.errors import ScenarioError
from equipoise.evidence import trace
from equipoise.scenario.display_names import Names
from equipoise.scenario.inspection import Inspection
from equipoise.scenario.loading import loads
from equipoise.scenario.names import known_names, weights
from equipoise.scenario.number import ICD_203
from equipoise.scenario.outline import magnitudes, place_at
from equipoise.scenario.places import tie_key
from equipoise.scenario.reading import Document, Node, Path, ReadingError, read
from equipoise.scenario.rules import NAMED_BY_KEY, NAMED_BY_VALUE, RANGES, Table
from equipoise.scenario.value_types import is_number
from equipoise.scenario.writing import GROUNDS
from equipoise.server.cursor import Typed, pointed_at, typed_at

_PATHS: Table[bool] = Table({"events.*.reveals.*": True, "talks.*.reveals.*": True})


@dataclass(frozen=True)
class Offer:
    """One thing that may stand at the cursor: its text, whether it is a key, and what it means."""

    text: str
    key: bool
    meaning: str = ""


def offers(text: str, line: int, column: int) -> list[Offer]:
    """Return what may be typed at a cursor (counted from 0), keys in the order of the format, names by name."""
    typed = typed_at(text, line, column)
    if typed is None:
        return []
    document = _whole_or_before(text, line)
    found = [] if typed.as_key else list(_values(typed, document))
    if typed.as_key or typed.alone:
        found += _keys(typed, document)
    return list({offer.text: offer for offer in reversed(found)}.values())[::-1]


def _keys(typed: Typed, document: Document | None) -> Iterable[Offer]:
    place = place_at(typed.path)
    for key, meaning in (place.keys if place else {}).items():
        if key not in typed.beside:
            below = place_at((*typed.path, key))
            yield Offer(key, True, meaning or (below.meaning if below else ""))
    kind = NAMED_BY_KEY.get(typed.path)
    wanted = _names(document, kind) if kind else ()
    if kind == "weight":
        wanted = weights(*(_names(document, kind) for kind in ("force", "patron", "region")))
    elif typed.path == ("set",) or (len(typed.path) == 2 and typed.path[0] == "beliefs"):
        wanted = _paths(document)
    yield from (Offer(name, True, _meaning_of(document, name)) for name in wanted if name not in typed.beside)


def _values(typed: Typed, document: Document | None) -> Iterable[Offer]:
    path = typed.path
    place = place_at(path)
    for word in place.words if place is not None else ():
        yield Offer(word, False)
    if path and path[-1] == "words":
        yield from (Offer(term, False, f"{low:.0%} to {high:.0%}") for term, (low, high) in ICD_203.items())
    if place is not None and place.types == {"boolean"}:
        yield from (Offer("true", False), Offer("false", False))
    kind = NAMED_BY_VALUE.get(path)
    if len(path) > 2 and path[-2] == "claims":
        kind = "claim"
    elif path and path[-1] == "is":
        kind = "quantity"
    names = _paths(document) if _PATHS.get(path) else _names(document, kind) if kind else ()
    yield from (Offer(name, False, _meaning_of(document, name)) for name in names)


def _names(document: Document | None, kind: str) -> list[str]:
    return known_names(Inspection(document)).get(kind, []) if document is not None else []


def _paths(document: Document | None) -> list[str]:
    """Return the paths of the numbers that the file writes down, in the order of the file."""
    sections = document.root.value if document is not None else {}
    return [
        ".".join(path)
        for section, below in sections.items()
        if section not in ("beliefs", "strategies", "set")
        for path in _numbers(below, (section,), (section,))
    ]


def _numbers(node: Node, path: Path, shown: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the numbers below a node; a tie goes by its actors."""
    place, inside = place_at(path), node.value
    if place is not None and place.number and is_number(node.plain()):
        yield shown
    elif isinstance(inside, dict | list):
        for step, below in inside.items() if isinstance(inside, dict) else enumerate(inside):
            name = _tie_name(step, below) if path == ("ties",) else str(step)
            yield from _numbers(below, (*path, step), (*shown, name))


def _tie_name(number: int, node: Node) -> str:
    between = node.value.get("between") if isinstance(node.value, dict) else None
    actors = between.plain() if between is not None else None
    return "|".join(sorted(map(str, actors))) if isinstance(actors, list) else str(number)


def _meaning_of(document: Document | None, name: str) -> str:
    """Return what a named thing is called or says in the file."""
    root = document.root.value if document is not None else {}
    for section in root.values():
        entry = section.value.get(name) if isinstance(section.value, dict) else None
        if entry is None or not isinstance(entry.value, dict):
            continue
        for key in ("says", "name", "what", "title"):
            if key in entry.value and isinstance(entry.value[key].value, str):
                return str(entry.value[key].value)
    return ""


def _whole_or_before(text: str, line: int) -> Document | None:
    """Read a file; where it is broken, as often while it is typed, the file without the cursor's line, or up to it."""
    lines = text.split("\n")
    for attempt in (text, "\n".join([*lines[:line], "", *lines[line + 1 :]]), "\n".join(lines[:line])):
        try:
            return read(attempt)
        except ReadingError:
            continue
    return None


def explained(text: str, line: int, column: int) -> str:
    """Return what stands under a cursor in Markdown: meaning, unit, range, and the claims of a number."""
    try:
        document = read(text)
    except ReadingError:
        return ""
    path = pointed_at(document.root, line, column)
    while path and (place_at(path) is None or (_is_inside_number(path) and path[-1] not in GROUNDS)):
        path = path[:-1]
    if not path:
        return ""
    return "\n\n".join(part for part in (_headline(path, document), *_about(path, text)) if part)


def _is_inside_number(path: Path) -> bool:
    return any((place := place_at(path[:end])) is not None and place.number for end in range(1, len(path)))


def _headline(path: Path, document: Document) -> str:
    """Return the path with what it is called and what it means; a name's meaning is that of the key around it."""
    about = _subject(path)
    places = (place_at(about[:end]) for end in range(len(about), 0, -1))
    meaning = next((place.meaning for place in places if place is not None and place.meaning), "")
    name = _meaning_of(document, str(path[-1]))
    called = f"**{'.'.join(map(str, path))}**" + (f" ({name})" if name else "")
    return f"{called}  \n{meaning}" if meaning else called


def _subject(path: Path) -> Path:
    """Return the path of the number that a belief or what is set is about, and any other path as it is."""
    by_path = len(path) == {"beliefs": 3, "set": 2}.get(str(path[0]), 0)
    return tuple(str(path[-1]).split(".")) if by_path else path


def _about(path: Path, text: str) -> Iterator[str]:
    subject = tuple(".".join(map(str, _subject(path))).split("."))  # `order.chaos` in an effect is two steps
    known = magnitudes().get(subject)
    if known:
        yield f"Unit: {known['unit']}. Typical: {known['typical']}."
    limits = RANGES.get(subject)
    if limits is not None:
        low, high = limits
        yield f"At least {low:g}." if high == math.inf else f"From {low:g} to {high:g}."
    yield from _grounds(path, text)


def _grounds(path: Path, text: str) -> Iterator[str]:
    """Yield what the number at `path` stands on, where the file checks."""
    try:
        scenario = loads(text).scenario
    except ScenarioError:
        return
    steps = path
    if path[0] == "ties" and len(path) > 1:
        steps = ("ties", tie_key(scenario.ties[int(path[1])]), *path[2:])
    wanted = ".".join(map(str, steps))
    row = next((row for row in trace(scenario)["places"] if row["path"] == wanted), None)
    if row is None:
        return
    names = Names.of(scenario)
    for ground in row["grounds"]:
        holder = f", held by {names.within(ground['holder'])}" if ground["holder"] else ""
        place = ", ".join(part for part in (ground["title"] or ground["source"], ground["at"]) if part)
        yield f"- {ground['claim']}: {ground['says']} ({place}{holder})"
    if row["because"]:
        yield f"Because {row['because']}"
    if not row["grounds"] and not row["because"]:
        yield "It stands on no claim."
