"""Other numbers, or another holder of beliefs, written into the text of a scenario: everything else stays as it is.

Comments, order, quotes, blanks and line lengths are the writer's own, so nothing is written anew: the places of the
digits are taken from the parser, and only they are replaced; a holder is a block of lines more.

Source: YAML 1.2.2 (marks of scalars).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from equipoise.errors import InputError
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.places import tie_key
from equipoise.scenario.reading import LOADER, plain_value, read
from equipoise.scenario.writing import on_one_line, to_yaml

Edit = tuple[int, int, str]
"""From which character to which, and what stands there instead; an empty text where that is as it was."""


def rewritten(text: str, scenario: Scenario, numbers: Mapping[str, Number]) -> str:
    """Return the text of a scenario with other numbers at some of its places; what is set at its end goes first.

    Args:
        text: of a scenario that is sound. scenario: the same.
        numbers: by path, in the form in which they stand there; a word of likelihood may become a `uniform`.

    Raises:
        InputError: a number that the file does not write down, or writes once for several places.
    """
    root = yaml.compose(text, Loader=LOADER)
    nodes: dict[str, yaml.Node] = {}
    seen: dict[int, list[str]] = {}
    for path, node in _walk(root, "", scenario):
        nodes[path] = node
        seen.setdefault(id(node), []).append(path)
    edits: list[Edit] = []
    for path, number in numbers.items():
        node = nodes.get(f"set.{path}", nodes.get(path))
        if node is None:
            raise InputError(
                f"{path} is not written in the file, it has its usual value; write it down first"
            )
        if len(seen[id(node)]) > 1:
            others = ", ".join(other for other in seen[id(node)] if other != path)
            raise InputError(f"{path} is written once for several places ({others}); write each out first")
        edits += _edits(node, number)
    for begin, end, written in sorted((edit for edit in edits if edit[2]), reverse=True):
        text = text[:begin] + written + text[end:]
    return text


def _walk(node: Any, path: str, scenario: Scenario) -> Iterator[tuple[str, yaml.Node]]:
    """Yield every node under its path, ties by their actors, as `places` has them."""
    yield path, node
    below: list[tuple[str, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        below = [(key.value, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        below = [
            (tie_key(scenario.ties[index]) if path == "ties" else str(index), value)
            for index, value in enumerate(node.value)
        ]
    for step, inner in below:
        yield from _walk(inner, f"{path}.{step}" if path else step, scenario)


def _edits(node: Any, number: Number) -> Iterator[Edit]:
    """Yield what has to change where a number is written, whichever way it is."""
    if isinstance(node, yaml.ScalarNode):
        yield _edit(node, number.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from _each(node, number.uniform or number.pert or ())
    else:
        for key, value in node.value:
            if key.value == "words":
                yield _edit(key, "uniform")
                yield _edit(value, list(number.uniform or ()))
            elif key.value == "value":
                yield _edit(value, number.value)
            elif key.value == "choice":
                points = sorted((float(point.value), point) for point, _ in value.value)
                after = sorted(number.choice or {})
                yield from (_edit(point, to) for (_, point), to in zip(points, after, strict=True))
            elif isinstance(getattr(number, key.value, None), tuple) and key.value != "claims":
                yield from _each(value, getattr(number, key.value))


def _each(node: Any, values: tuple[float, ...]) -> Iterator[Edit]:
    yield from (_edit(item, value) for item, value in zip(node.value, values, strict=True))


def _edit(node: Any, value: Any) -> Edit:
    same = not isinstance(value, list) and plain_value(node.value) == value
    return node.start_mark.index, node.end_mark.index, "" if same else on_one_line(value)


def with_holder(text: str, holder: str, numbers: Mapping[str, Number]) -> str:
    """Return the text of a scenario with one more holder of beliefs.

    Only a file in one pair of braces, or one whose `beliefs` are an alias or nothing, is written anew.

    Args:
        text: of a scenario that is sound, in which `holder` holds no beliefs.
        holder: its name. numbers: what it believes, by path.
    """
    root: Any = yaml.compose(text, Loader=LOADER)
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


def _line_of(text: str, root: Any, section: str) -> int:
    """Return where the line of a section begins."""
    key = next(key for key, _ in root.value if key.value == section)
    return text.rfind("\n", 0, key.start_mark.index) + 1
