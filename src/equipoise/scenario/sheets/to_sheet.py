"""Write a scenario as a workbook that people fill in: instructions, meanings and units, lists to choose from.

The workbook is read back before it is given out: what it would lose is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from io import BytesIO
from typing import Any

from equipoise.errors import InputError
from equipoise.scenario.checks import check
from equipoise.scenario.model import Part, Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.reading import Path
from equipoise.scenario.sheets.format import lay_out
from equipoise.scenario.sheets.from_sheet import read_workbook
from equipoise.scenario.sheets.layout import QUESTION, READ_ME, SHEETS, Sheet, question_keys

MOST_NAMED = 12
"""How many things that a sheet cannot say are named."""

Row = dict[str, Any]


def to_sheet(text: str, *, file: str = "<scenario>") -> bytes:
    """Return the workbook (`.xlsx`) of a scenario; `from_sheet` of it gives an equal scenario.

    Args:
        text: the YAML text of the scenario.
        file: what messages call it.

    Raises:
        ScenarioError: the scenario has problems.
        InputError: the workbook cannot say everything that the scenario says; what it cannot is named.
    """
    scenario = check(text, file=file)
    book = _workbook(given(scenario))
    written = BytesIO()
    book.save(written)
    lost = _lost(scenario, written.getvalue())
    if lost:
        named = ", ".join(lost[:MOST_NAMED]) + (" and more" if len(lost) > MOST_NAMED else "")
        raise InputError(f"a sheet cannot say these parts of {file}: {named}. Write the scenario as YAML")
    return written.getvalue()


def given(item: Any) -> Any:
    """Return what a file writes down of a part, as plain data; defaults that it does not write are left out."""
    if isinstance(item, Number):
        return item.model_dump()
    if isinstance(item, Part):
        written = [key for key, name in item.attributes().items() if name in item.model_fields_set]
        return {key: given(value) for key in written if (value := item.value_of(key)) is not None}
    if isinstance(item, Mapping):
        return {key: given(value) for key, value in item.items()}
    return [given(value) for value in item] if isinstance(item, tuple) else item


def _lost(scenario: Scenario, raw: bytes) -> list[str]:
    """Return the paths at which the workbook says something else than the scenario, or nothing."""
    from openpyxl import load_workbook

    reader = read_workbook(load_workbook(BytesIO(raw)))
    unread = [problem.path or reader.in_cells(problem).cell for problem in reader.problems]
    return unread or list(_differences(given(scenario), _as_given(reader.root.plain()), ""))


def _as_given(data: Mapping[str, Any]) -> Any:
    """Return plain data as `given` returns it: numbers in their shortest form, single names as lists."""
    from pydantic import ValidationError

    try:
        return given(Scenario.model_validate(data, context={"file": True}))
    except ValidationError as error:  # something required is missing: compare as it stands
        del error
        return data


def _differences(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            below = f"{path}.{key}" if path else str(key)
            if key in one and key in other:
                yield from _differences(one[key], other[key], below)
            elif key in one and isinstance(one[key], dict) and not path:
                yield from (f"{below}.{name}" for name in one[key])
            elif key in other or one[key] not in ({}, []):
                yield below
    elif one != other:
        yield path


def _workbook(data: dict[str, Any]) -> Any:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = READ_ME
    instructions = resources.files("equipoise.scenario.sheets") / "read-me.txt"
    for line in instructions.read_text(encoding="utf-8").splitlines():
        book.active.append([line])
    book.active.column_dimensions["A"].width = 120
    for sheet in SHEETS:
        rows = _rows(sheet, data)
        tab = book.create_sheet(sheet.title)
        lay_out(tab, sheet, _headers(sheet, rows, data), rows)
    return book


def _headers(sheet: Sheet, rows: list[Row], data: dict[str, Any]) -> list[str]:
    """Return the headers of a sheet: its keys, its columns, and what its rows say besides."""
    key, section = sheet.spread or ("", "")
    spread = [f"{key}.{name}" for name in data.get(section, ())]
    names = list(data["forces"]) if sheet.matrix else []
    used = [header for row in rows for header in row]
    return list(dict.fromkeys([*sheet.keys, *spread, *names, *sheet.columns(), *used]))


def _rows(sheet: Sheet, data: dict[str, Any]) -> list[Row]:
    """Return the rows of a sheet: what each says, by header."""
    if sheet is QUESTION:
        return [{"key": key, "value": _at(data, key.split("."))} for key in question_keys()]
    rows: dict[Any, Row] = {}
    for number, (keys, entry) in enumerate(_entries(sheet.base.split("."), data, {})):
        if sheet.matrix:
            (key,) = sheet.keys
            row = rows.setdefault(keys[key], {key: keys[key]})
            row[keys["header"]] = entry
        elif "actor" in sheet.keys and not sheet.pair:
            rows |= {(number, row["actor"]): row for row in _by_actor(sheet, keys, entry)}
        else:
            rows[number] = dict(_cells(sheet, keys, entry))
    return list(rows.values())


def _entries(steps: list[str], item: Any, keys: dict[str, str]) -> Iterator[tuple[dict[str, str], Any]]:
    """Yield everything that a sheet has a row for, with what stands in its key columns."""
    if not steps:
        yield keys, item
    elif steps[0] == "{of}":
        for section, below in (("events", "effects"), ("talks", "effects"), ("agreements", "breach")):
            for name, happening in item.get(section, {}).items():
                yield from _entries(steps[1:], happening.get(below, []), {"of": name})
    elif steps[0] == "#":
        for entry in item:
            yield from _entries(steps[1:], entry, keys)
    elif steps[0].startswith("{"):
        for name, entry in item.items():
            yield from _entries(steps[1:], entry, {**keys, steps[0][1:-1]: name})
    elif steps[0] in item:
        yield from _entries(steps[1:], item[steps[0]], keys)


def _by_actor(sheet: Sheet, keys: dict[str, str], issue: dict[str, Any]) -> Iterator[Row]:
    """Yield a row for each actor that an issue has numbers for."""
    lists = {header: issue.get(path.split(".")[0], {}) for header, path in sheet.renamed.items()}
    for actor in dict.fromkeys(name for numbers in lists.values() for name in numbers):
        said = {header: numbers[actor] for header, numbers in lists.items() if actor in numbers}
        yield {**keys, "actor": actor, **said}


def _cells(sheet: Sheet, keys: dict[str, str], entry: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a row says, by header: its keys, its columns, and under headers of their own what is left."""
    yield from zip(sheet.keys, entry[sheet.pair], strict=True) if sheet.pair else keys.items()
    if sheet.renamed:
        yield next(iter(sheet.renamed)), entry
        return
    columns: set[Path] = {tuple(header.split(".")) for header in sheet.columns()}
    yield from _flat(
        {key: value for key, value in entry.items() if key not in {*sheet.but, sheet.pair}}, columns, ()
    )
    if sheet.spread:
        yield from (
            (f"{sheet.spread[0]}.{name}", value) for name, value in entry.get(sheet.spread[0], {}).items()
        )


def _flat(item: Any, columns: set[Path], steps: Path) -> Iterator[tuple[str, Any]]:
    """Yield values by header; a mapping that has no column is opened."""
    if steps in columns or not isinstance(item, dict) or (not item and steps):
        yield ".".join(map(str, steps)), item
    else:
        for key, value in item.items():
            yield from _flat(value, columns, (*steps, key))


def _at(data: Any, steps: list[str]) -> Any:
    for step in steps:
        data = data.get(step) if isinstance(data, dict) else None
    return data
