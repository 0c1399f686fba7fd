"""What may stand at each path of a scenario: its keys, its words, what it means, in what unit.

Read from the JSON Schema, which is made from the model's classes, so that a new key is known here the day
it exists. Sheets take their columns from it, editors their completions and explanations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from equipoise.scenario.publishing import schema
from equipoise.scenario.reading import Path, read
from equipoise.scenario.rules import Table

Form = dict[str, Any]
"""One form a value may have: a JSON Schema without references and alternatives."""

_NUMBER = "#/$defs/Number"


@dataclass(frozen=True)
class Place:
    """What may stand at one path.

    Attributes:
        meaning: what the key says, or an empty string.
        forms: the forms its value may have.
        number: whether it may be an uncertain number.
    """

    meaning: str
    forms: tuple[Form, ...] = field(repr=False)
    number: bool

    @property
    def keys(self) -> dict[str, str]:
        """The keys that may stand below, each with its meaning; none where they are the writer's own names."""
        return {
            key: below.get("description", "")
            for form in self.forms
            for key, below in form.get("properties", {}).items()
        }

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand here, where there are only some."""
        found = (form.get("enum", [form["const"]] if "const" in form else []) for form in self.forms)
        return tuple(dict.fromkeys(str(word) for words in found for word in words))

    @property
    def types(self) -> frozenset[str]:
        """The JSON types of its forms; `date` for a day."""
        return frozenset(form.get("format") or form.get("type", "string") for form in self.forms)


@cache
def _whole() -> dict[str, Any]:
    return schema()


def place_at(path: Path) -> Place | None:
    """Return what may stand at `path`, or None where nothing may; steps of lists are numbers or digits."""
    nodes: list[Any] = [_whole()]
    for step in path:
        nodes = [below for node in nodes for form in _forms(node) for below in _below(form, step)]
    if not nodes:
        return None
    meaning = next((node["description"] for node in nodes if "description" in node), "")
    forms = tuple(form for node in nodes for form in _forms(node))
    return Place(meaning, forms, any(_is_number(node) for node in nodes))


def leaves(path: Path, *, but: tuple[str, ...] = (), whole: tuple[str, ...] = ()) -> Iterator[Path]:
    """Yield the steps from `path` to each value below it, groups of keys opened, in the order of the classes.

    Args:
        path: a place whose value is a mapping with keys of ours.
        but: keys directly below it to leave out.
        whole: keys directly below it that are not opened.
    """
    place = place_at(path)
    for key in place.keys if place is not None else ():
        below = place_at((*path, key))
        if key in but or below is None:
            continue
        if key not in whole and below.keys and not below.number and below.types == {"object"}:
            yield from ((key, *steps) for steps in leaves((*path, key)))
        else:
            yield (key,)


def unit_of(path: Path) -> str:
    """Return the unit of the number at `path`, or an empty string where none is known."""
    found = magnitudes().get(tuple(".".join(map(str, path)).split(".")))  # `order.chaos` is two steps
    return found["unit"] if found else ""


@cache
def magnitudes() -> Table[dict[str, str]]:
    """Return unit and typical magnitude of each number, by path."""
    return Table(magnitude_texts())


@cache
def magnitude_texts() -> dict[str, dict[str, str]]:
    """Return unit and typical magnitude of each number, by pattern, as `magnitudes.yaml` has them."""
    text = (resources.files("equipoise.scenario") / "magnitudes.yaml").read_text(encoding="utf-8")
    return read(text).root.plain()


def _is_number(node: Any) -> bool:
    return node.get("$ref") == _NUMBER or any(_is_number(form) for form in node.get("anyOf", ()))


def _forms(node: dict[str, Any]) -> Iterator[Form]:
    """Yield the forms of a schema with references followed; "not given" is none."""
    if "$ref" in node:
        yield from _forms(_whole()["$defs"][node["$ref"].rpartition("/")[2]])
    elif "anyOf" in node:
        for form in node["anyOf"]:
            yield from _forms(form)
    elif node.get("type") != "null":
        yield node


def _below(form: Form, step: str | int) -> Iterator[dict[str, Any]]:
    if str(step) in form.get("properties", {}):
        yield form["properties"][str(step)]
    elif isinstance(form.get("additionalProperties"), dict):
        yield form["additionalProperties"]
    elif form.get("type") == "array" and str(step).isdigit():
        first = form.get("prefixItems", [])
        if int(step) < len(first):
            yield first[int(step)]
        elif isinstance(form.get("items"), dict):
            yield form["items"]
