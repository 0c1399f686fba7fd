"""Write a scenario as YAML that a person can read and that loads to an equal scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import yaml

from equipoise.scenario.model import Part, Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.reading import plain_value

WIDTH = 110
GROUNDS = ("claims", "because")
ROOM = 84
"""Longest collection that is written on one line."""


def to_yaml(scenario: Part | Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Return the YAML text of a scenario or of plain data with the file's keys.

    Short collections stand on one line; sections are set apart by empty lines. Loading the text gives an
    equal scenario.

    Args:
        scenario: what to write.
        ascii_only: write every other character as an escape, for where UTF-8 cannot be written.

    Raises:
        yaml.YAMLError: data that is not plain (mappings, lists, text, numbers, dates, null).
    """
    data = dumped(scenario) if isinstance(scenario, Part) else _plain(dict(scenario))
    if not isinstance(scenario, Part):
        return _dump(data, ascii_only)
    blocks = [(key, _dump({key: value}, ascii_only)) for key, value in data.items() if value not in ({}, [])]
    text, before = "", 0
    for _, block in blocks:
        lines = block.count("\n")
        text += ("\n" if text and max(lines, before) > 1 else "") + block
        before = lines
    return text


def dumped(item: Any) -> Any:
    """Return a part as plain data with the file's own keys, numbers in their shortest exact form.

    What is empty by default is left out; grounds come last. Checking the data gives an equal part.
    """
    if isinstance(item, Number):
        return item.model_dump()
    if isinstance(item, Part):
        grounds_last = not isinstance(item, Scenario)
        keys = sorted(item.attributes().items(), key=lambda one: grounds_last and one[0] in GROUNDS)
        fields = type(item).model_fields
        given = [(key, getattr(item, name), fields[name].default) for key, name in keys]
        return {
            key: dumped(value)
            for key, value, default in given
            if value is not None and not (value in ((), {}) and value == default)
        }
    if isinstance(item, dict):
        return {key: dumped(value) for key, value in item.items()}
    if isinstance(item, tuple | list):
        return [dumped(value) for value in item]
    return item


def on_one_line(value: Any) -> str:
    """Return a value of the file as YAML on one line, as it may stand inside a list or mapping in brackets."""
    dumper = {"Dumper": _Dumper, "width": math.inf, "allow_unicode": True, "sort_keys": False}
    return yaml.dump([_plain(value)], default_flow_style=True, **dumper).strip()[1:-1]


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper with the plain words of the reader, no anchors, and inner lists set in."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Say which type our reader takes an unquoted word for, so that other words need no quotes."""
        if kind is yaml.ScalarNode and implicit[0]:
            return _tag(value)
        return super().resolve(kind, value, (False, True))


_TAGS = {type(None): "null", bool: "bool", int: "int", float: "float", date: "timestamp"}


def _tag(word: str) -> str:
    try:
        kind = _TAGS.get(type(plain_value(word)), "str")
    except ValueError:
        kind = "refused"
    return f"tag:yaml.org,2002:{kind}"


def _represent_float(dumper: _Dumper, number: float) -> yaml.Node:
    whole = number.is_integer() and abs(number) < 1e15
    written = str(int(number)) if whole else repr(number)
    return dumper.represent_scalar(_tag(written), written)


_Dumper.add_representer(float, _represent_float)


def _plain(item: Any) -> Any:
    """Return data with tuples as lists, and NumPy's numbers and arrays as plain ones."""
    if isinstance(item, np.generic | np.ndarray):
        return item.tolist()
    if isinstance(item, Mapping):
        return {key: _plain(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(value) for value in item]
    return item


def _dump(data: dict[str, Any], ascii_only: bool) -> str:
    parts: list[str] = []
    dumper = _Dumper(_Lines(parts), width=WIDTH, allow_unicode=not ascii_only, sort_keys=False)
    dumper.open()
    node = dumper.represent_data(data)
    _set_styles(node, top=True)
    dumper.serialize(node)
    dumper.close()
    return "".join(parts)


class _Lines:
    """The little of a text stream that the dumper needs."""

    def __init__(self, parts: list[str]) -> None:
        self.write = parts.append


def _set_styles(node: yaml.Node, *, top: bool = False) -> int:
    """Write short collections on one line; return the length a node would have on one line."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + (2 if node.style else 0)
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(item,) for item in node.value]
    length = 2 + sum(2 + sum(_set_styles(part) for part in pair) for pair in pairs)
    node.flow_style = not top and length <= ROOM
    return length if node.flow_style or top else WIDTH
