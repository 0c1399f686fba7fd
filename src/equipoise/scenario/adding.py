"""A holder of beliefs added to the text of a scenario: comments, order and everything else stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from equipoise.scenario.number import Number
from equipoise.scenario.reading import read
from equipoise.scenario.writing import on_one_line, to_yaml


def with_holder(text: str, holder: str, numbers: Mapping[str, Number]) -> str:
    """Return the text of a scenario with one more holder of beliefs.

    Only a file in one pair of braces, or one whose `beliefs` are an alias or nothing, is written anew.

    Args:
        text: of a scenario that is sound, in which `holder` holds no beliefs.
        holder: its name. numbers: what it believes, by path.
    """
    root: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    at = next(((key, value) for key, value in root.value if key.value == "beliefs"), None)
    lines = [f"{path}: {on_one_line(number.model_dump())}" for path, number in numbers.items()]
    if root.flow_style or (at is not None and not _follows(*at)):
        data = read(text).root.plain()
        held = {path: number.model_dump() for path, number in numbers.items()}
        return to_yaml({**data, "beliefs": {**(data.get("beliefs") or {}), holder: held}})
    if at is not None and at[1].flow_style:
        place = at[1].start_mark.index + 1
        return f"{text[:place]}{holder}: {{{', '.join(lines)}}}{', ' if at[1].value else ''}{text[place:]}"
    if at is None:
        margin = " " * root.start_mark.column
        indent, head, place = margin + "  ", f"{margin}beliefs:\n", _line_of(text, root, "strategies")
    else:
        indent, head = " " * at[1].start_mark.column, ""
        place = text.index("\n", at[0].end_mark.index) + 1
    block = f"{indent}{holder}:\n" + "".join(f"{indent}  {line}\n" for line in lines)
    return f"{text[:place]}{head}{block}{text[place:]}"


def _follows(key: Any, value: Any) -> bool:
    """Whether a mapping stands where its key says, and not where an alias points."""
    return isinstance(value, yaml.MappingNode) and value.start_mark.index > key.end_mark.index


def _line_of(text: str, root: Any, name: str) -> int:
    """Return where the line of a section begins."""
    key = next(key for key, _ in root.value if key.value == name)
    return text.rfind("\n", 0, key.start_mark.index) + 1
