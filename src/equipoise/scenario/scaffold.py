"""Start a scenario: a file that checks clean, and its JSON Schema beside it, so that editors complete and check it."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

from equipoise.errors import InputError, OutputError
from equipoise.files import said, write_text
from equipoise.scenario.outlines import Outlined
from equipoise.scenario.publishing import schema as scenario_schema
from equipoise.scenario.publishing import schema_text

SCHEMA_FILE = "scenario.schema.json"


def template() -> str:
    """Return the text of the commented scenario to start from."""
    return (resources.files("equipoise.scenario") / "template.yaml").read_text(encoding="utf-8")


def scaffold(folder: str | Path, text: str | None = None, outlines: Outlined | None = None) -> Path:
    """Write a scenario into `folder` as `scenario.yaml`, its schema beside it, and return its path.

    Args:
        folder: made if it does not exist.
        text: the YAML text; that of the commented scenario to start from if not given.
        outlines: that the text names, and that lie beside it.

    Raises:
        InputError: there is a scenario already. OutputError: the folder cannot be made or written.
    """
    path = write_scenario(Path(folder) / "scenario.yaml", template() if text is None else text)
    lay_outlines(path, outlines)
    return path


def lay_outlines(scenario: Path, outlines: Outlined | None) -> None:
    """Write the outlines that a scenario names, if any, beside its file, unless they lie there.

    Raises:
        InputError: another file of that name lies there. OutputError: they cannot be written.
    """
    if outlines is None:
        return
    target = scenario.with_name(outlines.file)
    with said(target):
        there = target.read_bytes() if target.exists() else None
    if there is None:
        write_new(target, outlines.content)
    elif there != outlines.content:
        raise InputError(f"{target} is another file than the outlines of this scenario; name another folder")


def write_scenario(target: Path, text: str, *, replace: bool = False) -> Path:
    """Write a scenario's file with the editor's line at its top, and the schema beside it; return its path.

    A schema of ours that stands there already, perhaps of another version, is replaced.

    Args:
        target: the file.
        text: its YAML text.
        replace: whether a file that is there may be replaced.

    Raises:
        InputError: there is a file already. OutputError: it cannot be written.
    """
    schema = target.with_name(SCHEMA_FILE)
    with said(schema):
        if schema.exists() and not _is_ours(schema):
            raise InputError(f"{schema} is no schema of Equipoise's; nothing was written. Move it away")
    text = with_editors_line(text, SCHEMA_FILE)
    write_new(target, text.encode()) if not replace else write_text(target, text)
    write_text(schema, schema_text(scenario_schema()))
    return target


def with_editors_line(text: str, schema: str) -> str:
    """Return a text with the line at its top that tells editors where its schema is, in the same folder."""
    line = f"# yaml-language-server: $schema=./{schema}\n"
    return text if text.startswith(line) else line + text


def write_new(target: Path, content: bytes) -> Path:
    """Write a file where there is none, its folder made if need be, and return its path.

    Raises:
        InputError: there is one already. OutputError: it cannot be written.
    """
    try:
        with said(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            # Created only if absent, in one step: nothing is ever overwritten, not even in a race.
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OutputError as error:
        if not isinstance(error.__cause__, FileExistsError):
            raise
        what = target if target.exists() else target.parent
        raise InputError(f"{what} exists already; nothing was written. Name another place") from None
    with said(target), os.fdopen(handle, "wb") as file:
        file.write(content)
    return target


def _is_ours(schema: Path) -> bool:
    try:
        return str(json.loads(schema.read_text(encoding="utf-8"))["title"]).startswith("Equipoise scenario")
    except (ValueError, KeyError, TypeError):
        return False
