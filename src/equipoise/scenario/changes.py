"""Changing a scenario's numbers by path, in memory: `--set PATH=NUMBER` and `--widen 30%`.

The result is a scenario file like any other, checked, with a text and a hash of its own: the file's own text, comments
and all, and at its end what was changed, under `widen` and `set`. So a study of it stands by itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from equipoise.errors import InputError
from equipoise.scenario.inspection import Inspection
from equipoise.scenario.loading import ScenarioFile, text_of
from equipoise.scenario.model import Changes
from equipoise.scenario.number import Number
from equipoise.scenario.overlay import laid_over
from equipoise.scenario.reading import ReadingError, read
from equipoise.scenario.relations import check_changes, check_worlds
from equipoise.scenario.shape import shaped
from equipoise.scenario.writing import to_yaml

KEYS = tuple(Changes.attributes())
_NOTE = "# Laid over all that stands above.\n"


def changed(
    file: ScenarioFile, set_: Mapping[str, Any] | None = None, *, widen: float | str | None = None
) -> ScenarioFile:
    """Return a scenario file with other numbers at some of its places, checked, under a hash of its own.

    Args:
        file: stays as it is.
        set_: by path, as `places` names it: anything a number of the file may be, as plain data (0.2, [0.1, 0.3],
            {"words": "likely"}), as text ("[0.1, 0.3]"), or a `Number`. What is set is set under anybody's beliefs.
        widen: the share by which bare numbers may be off, such as 0.3 or "30%"; see `overlay.widened`.

    Raises:
        InputError: a path is no place, a value no number or none that can stand there, or the file is widened already.
    """
    if not set_ and widen is None:
        return file
    if widen is not None and file.widen is not None:
        raise InputError(f"the scenario is widened by {file.widen:.0%} already; it can be widened once")
    asked = {"set": {path: _plain(path, given) for path, given in (set_ or {}).items()}}
    given = _checked(file, asked | ({} if widen is None else {"widen": share_of(widen)}))
    made = laid_over(
        file.scenario, set_=given.set_, widen=given.widen, written=file.written - file.set_.keys()
    )
    faults = Inspection(read(to_yaml({"set": asked["set"]})))
    check_worlds(faults, ("set",), made)
    _refuse(faults)
    whole, share = {**file.set_, **given.set_}, file.widen if given.widen is None else given.widen
    text = _text(file.text, whole, share)
    return replace(
        file,
        scenario=made,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        written=file.written | given.set_.keys(),
        set_=whole,
        widen=share,
    )


def share_of(given: float | str) -> float | str:
    """Return a share written as a number or as a percentage; what is neither is returned as it is."""
    text = str(given).strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return given


def _plain(path: str, given: Any) -> Any:
    """Return a number as plain data; text is read as the file would read it."""
    if isinstance(given, Number):
        return given.model_dump()
    if not isinstance(given, str):
        return given
    try:
        document = read(f"value: {given}")
    except ReadingError as error:
        raise InputError(f"set {path}: {given!r} is no number: {error.problem.message}") from None
    if document.problems or list(document.root.value) != ["value"]:
        raise InputError(f"set {path}: {given!r} is no number")
    return document.root.value["value"].plain()


def _checked(file: ScenarioFile, data: Mapping[str, Any]) -> Changes:
    """Return what is to be changed, each path and number looked at as if it stood in the file."""
    inspection = Inspection(read(text_of(data)))
    given = shaped(inspection, Changes)
    if given is not None:
        check_changes(inspection, given.set_, file.scenario)
    _refuse(inspection)
    assert given is not None  # else there were problems
    return given


def _refuse(inspection: Inspection) -> None:
    problems = [*inspection.document.problems, *inspection.problems]
    if problems:
        said = (f"{problem.path.replace('.', ' ', 1)}: {problem.says}" for problem in problems)
        raise InputError("\n".join(dict.fromkeys(said)))


def _text(text: str, set_: Mapping[str, Number], widen: float | None) -> str:
    """Return the text of a file with these changes at its end, in place of any that it has."""
    told = {"widen": widen, "set": {path: number.model_dump() for path, number in set_.items()}}
    section = to_yaml({key: value for key, value in told.items() if value not in (None, {})})
    return f"{_unchanged(text)}\n{_NOTE}{section}"


@lru_cache(maxsize=16)
def _unchanged(text: str) -> str:
    """Return the text of a file without its `widen` and `set`, such that they can be written at its end.

    Comments stay where the keys stand one below another; a file written in one pair of braces is written anew.
    """
    root = read(text).root
    lines, starts = text.splitlines(keepends=True), sorted(root.keys.values())
    below = (root.line, root.column) == starts[0] and all(column == 1 for _, column in starts)
    if not below or re.search(r"^\.\.\.", text, re.MULTILINE):
        return to_yaml({key: value for key, value in root.plain().items() if key not in KEYS})
    for line, _ in sorted((root.keys[key] for key in KEYS if key in root.keys), reverse=True):
        end = next((start for start, _ in starts if start > line), len(lines) + 1) - 1
        while end > line and re.fullmatch(r"\s*(#.*)?\s*", lines[end - 1]):
            end -= 1
        del lines[line - 1 : end]
    return "".join(line for line in lines if line != _NOTE).rstrip("\n") + "\n"
