"""Read a workbook as a scenario: every cell gets its path in the file, and the checks are those of the file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path as FilePath
from typing import Any

from equipoise.errors import InputError, Problem, ScenarioError
from equipoise.scenario.checks import examined
from equipoise.scenario.inspection import nearest, quoted
from equipoise.scenario.loading import bytes_of
from equipoise.scenario.mistaken import not_a_workbook
from equipoise.scenario.model import Scenario
from equipoise.scenario.outline import Place, place_at
from equipoise.scenario.reading import Document, Node, Path, ReadingError
from equipoise.scenario.sheets.cells import At, node_of
from equipoise.scenario.sheets.layout import BY_TITLE, CONTROL, READ_ME, REMARK, SHEETS, Sheet
from equipoise.scenario.writing import to_yaml

MAX_UNPACKED = 50_000_000
MAX_CELLS = 400_000
"""Most bytes a workbook may unpack to, and most cells of one sheet, empty ones counted."""


Steps = tuple[tuple[str | int, At], ...]
"""A path with the cell that each step comes from."""
Keys = dict[str, tuple[str, At]]
"""What stands in the key columns of a row."""


@dataclass
class Cell:
    """One cell that is not empty."""

    value: Any
    kind: str
    at: At


def from_sheet(path: str | FilePath) -> str:
    """Return the YAML text of the scenario that a workbook describes; it checks.

    Args:
        path: an `.xlsx` file laid out as `to_sheet` lays it out; sheets and columns may be left out.

    Raises:
        InputError: there is no such file, or it is no workbook.
        ScenarioError: everything wrong with it, each problem with its sheet and cell.
    """
    book = opened(bytes_of(FilePath(path)), str(path))
    reader = read_workbook(book)
    scenario, problems = examined(Document(reader.root, reader.problems))
    if scenario is None or problems:
        raise ScenarioError(str(path), [reader.in_cells(problem) for problem in problems])
    return text_of(scenario, reader.root.plain())


def text_of(scenario: Scenario, data: dict[str, Any]) -> str:
    """Return the YAML text of a scenario's plain data, its sections in the order of the format."""
    keys = [key for key in scenario.attributes() if key in data]
    return "\n".join(to_yaml({key: data[key]}) for key in keys)


def opened(raw: bytes, file: str) -> Any:
    """Return an openpyxl workbook of bounded size."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > MAX_UNPACKED:
            raise InputError(f"{file} unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED:,} are read")
        return load_workbook(BytesIO(raw), keep_links=False)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged or hostile archive brings about in its reader
        why = not_a_workbook(raw) or type(error).__name__
        raise InputError(f"{file} cannot be read as a workbook (.xlsx): {why}") from None


def read_workbook(book: Any) -> WorkbookReader:
    """Read every sheet of an openpyxl workbook."""
    reader = WorkbookReader()
    tabs = {tab.title: tab for tab in book.worksheets}
    for title, tab in tabs.items():
        if title not in BY_TITLE and title != READ_ME and not title.startswith(REMARK):
            hint = nearest(title, BY_TITLE)
            reader.note(reader.start(tab), f"there is no sheet {quoted(title)} in a scenario", hint)
    for sheet in sorted(SHEETS, key=lambda sheet: bool(sheet.known)):  # those that name things come first
        if sheet.title in tabs:
            reader.read(sheet, tabs[sheet.title])
    return reader


@dataclass
class WorkbookReader:
    """Builds a document from cells.

    Attributes:
        root: the scenario so far; lines are rows, counted through all sheets one below the other.
        problems: what could not be taken, as found.
        tops: first line of each sheet, with its title.
    """

    root: Node = field(default_factory=lambda: Node(1, 1, {}))
    problems: list[Problem] = field(default_factory=list)
    tops: list[tuple[int, str]] = field(default_factory=list)
    _next: int = 1

    def note(self, at: At, message: str, hint: str = "", path: Path = ()) -> None:
        """Note a problem at a cell."""
        self.problems.append(Problem(*at, ".".join(map(str, path)), message, hint))

    def in_cells(self, problem: Problem) -> Problem:
        """Return a problem with the name of its cell."""
        from openpyxl.utils import get_column_letter

        top, title = next(
            entry for entry in reversed(self.tops or [(1, SHEETS[0].title)]) if entry[0] <= problem.line
        )
        return replace(problem, cell=f"{title}!{get_column_letter(problem.column)}{problem.line - top + 1}")

    def start(self, tab: Any) -> At:
        """Enter a sheet; return its first cell."""
        self.tops.append((self._next, tab.title))
        self._next += max(tab.max_row, 1) + 1
        return self.tops[-1][0], 1

    def read(self, sheet: Sheet, tab: Any) -> None:
        """Read one sheet."""
        first = self.start(tab)
        if tab.max_row * tab.max_column > MAX_CELLS:
            size = f"{tab.max_row:,} rows of {tab.max_column:,} columns"
            self.note(first, f"{size}; at most {MAX_CELLS:,} cells are read")
            return
        rows = self._rows(tab, first[0])
        heading = next(rows, None)
        if heading is None:
            return
        headers = self._headers(sheet, heading, first)
        if headers is not None:
            for row in rows:
                self._row(sheet, headers, row, first)
            if sheet is CONTROL:
                unknown = [cell.at for column, cell in heading.items() if column not in headers]
                self._hold_nothing(dict(headers.values()), unknown)

    def _hold_nothing(self, headers: dict[str, At], unknown: list[At]) -> None:
        """Give forces with an empty column control of nothing; one without a column may be behind an unknown header."""
        for force, node in self.root.value["forces"].value.items() if "forces" in self.root.value else ():
            at = headers.get(force, next(iter(unknown), None))
            if isinstance(node.value, dict) and "control" not in node.value and at is not None:
                below = Node(*at, {} if force in headers else None)
                self._put((("forces", at), (force, at), ("control", at)), below)

    def _rows(self, tab: Any, top: int) -> Iterator[dict[int, Cell]]:
        """Yield the rows that hold anything, remarks left out, as cells by column."""
        for number, row in enumerate(tab.iter_rows(), start=top):
            cells = {
                column: Cell(cell.value, cell.data_type, (number, column))
                for column, cell in enumerate(row, start=1)
                if cell.value is not None and cell.value != ""
            }
            first = cells.get(min(cells, default=0))
            if first is not None and (first.kind == "e" or not str(first.value).startswith(REMARK)):
                yield cells

    def _headers(self, sheet: Sheet, row: dict[int, Cell], first: At) -> dict[int, tuple[str, At]] | None:
        """Return the headers by column, or None where the sheet cannot be read by them."""
        headers: dict[int, tuple[str, At]] = {}
        for column, cell in row.items():
            name = self._name(cell)
            if name is None or name.startswith(REMARK):
                continue
            if name in [other for other, _ in headers.values()]:
                self.note(cell.at, f"the column `{name}` stands here twice", "remove or rename one")
            elif name in sheet.keys or self._fits(sheet, name, cell.at):
                headers[column] = (name, cell.at)
        missing = [key for key in sheet.keys if key not in [name for name, _ in headers.values()]]
        section = sheet.base.split(".")[0]
        if missing and section not in self.root.value and not section.startswith("{"):
            self._put(((section, first),), Node(*first))  # its names are unknown, not wrong
        for key in missing:
            self.note(
                first, f"the sheet {sheet.title} has no column `{key}`", "its headers stand in its first row"
            )
        return None if missing else headers

    def _fits(self, sheet: Sheet, header: str, at: At) -> bool:
        """Note a header that names nothing."""
        if sheet.matrix:
            return self._known(header, sheet.known["header"], at)
        known = header in sheet.renamed if sheet.renamed else place_at(sheet.pattern(header)) is not None
        if not known:
            self.note(at, f"there is no column `{header}` in {sheet.title}", nearest(header, sheet.columns()))
        return known

    def _known(self, name: str, sections: tuple[str, ...], at: At) -> bool:
        """Note a name that the sheets of these sections do not have."""
        names = [known for section in sections for known in self._names_of(section)]
        if name not in names:
            homes = " or ".join(section.capitalize() for section in sections)
            self.note(at, f"{quoted(name)} stands in no row of {homes}", nearest(name, names))
        return name in names

    def _names_of(self, section: str) -> list[str]:
        return list(self.root.value[section].value) if section in self.root.value else []

    def _name(self, cell: Cell) -> str | None:
        """Return a name or header as text, or None where it is none; what is wrong is noted."""
        node = self._node(cell, None)
        return None if node.value is None else str(node.value).strip()

    def _node(self, cell: Cell, place: Place | None) -> Node:
        """Return the value of a cell; where it cannot be taken that is noted, and nothing stands in its place."""
        try:
            return node_of(cell.value, cell.kind, place, cell.at)
        except ReadingError as error:
            self.problems.append(error.problem)
            return Node(*cell.at)

    def _row(self, sheet: Sheet, headers: dict[int, tuple[str, At]], row: dict[int, Cell], first: At) -> None:
        """Read one row: which thing it is about, and what its cells say about it."""
        keys: Keys = {}
        for column, (header, _) in headers.items():
            if header in sheet.keys and column in row:
                name = self._name(row[column])
                if name:
                    keys[header] = (name, row[column].at)
        if len(keys) < len(sheet.keys):
            at = (next(iter(row.values())).at[0], next(iter(headers)))
            for key in sheet.keys:
                if key not in keys:
                    self.note(at, f"this row says nothing under `{key}`", "fill it in, or clear the row")
            return
        named = [(keys[key], sections) for key, sections in sheet.known.items() if key in keys]
        known = [
            self._known(name, sections, at) for (name, at), sections in named
        ]  # all of them, to note each
        if not all(known):
            return
        steps = () if sheet.matrix else self.opened(sheet, keys, first)
        if steps is None:
            return
        for column, cell in row.items():
            header, at = headers.get(column, ("", cell.at))
            if header and header not in sheet.keys:
                inner = (*steps, *_below(sheet, keys, header, at))
                if sheet.matrix:
                    inner = self._steps(sheet, keys, first, header, at)
                self._put(inner, self._node(cell, place_at(tuple(step for step, _ in inner))))

    def opened(self, sheet: Sheet, keys: Keys, first: At) -> Steps | None:
        """Make the thing a row is about, where it can stand without a cell; return its steps, None if it is there."""
        steps = self._steps(sheet, keys, first)
        at = steps[-1][1]
        if sheet.pair:
            pair = [Node(*at, name, text=name) for name, at in keys.values()]
            self._put((*steps, (sheet.pair, at)), Node(*at, pair))
        elif not sheet.renamed:
            there = self._there(steps)
            if there is None:
                self._put(steps, Node(*at, {}))
            elif there.line >= first[0]:
                before = self.in_cells(Problem(there.line, there.column, "", "")).cell
                self.note(
                    at, f"`{steps[-1][0]}` stands here twice (first in {before})", "remove or rename one"
                )
                return None
        return steps

    def _there(self, steps: Iterable[tuple[str | int, At]]) -> Node | None:
        return Document(self.root, []).node(tuple(step for step, _ in steps))

    def _steps(self, sheet: Sheet, keys: Keys, first: At, header: str = "", at: At = (0, 0)) -> Steps:
        """Return the steps to the thing a row (or a cell of a matrix) is about, each with its place."""
        steps: list[tuple[str | int, At]] = []
        here = first
        for step in sheet.base.split("."):
            if step == "{header}":
                steps.append((header, at))
            elif step == "{of}":
                steps += self._happening(*keys["of"])
            elif step == "{key}":
                steps += [(part, keys["key"][1]) for part in keys["key"][0].split(".")]
            elif step.startswith("{"):
                steps.append(keys[step[1:-1]])
            elif step == "#":
                listed = self._there(steps)
                here = next(iter(keys.values()))[1]
                steps.append((len(listed.value) if listed is not None else 0, here))
            else:
                steps.append((step, here))
        return tuple(steps)

    def _happening(self, name: str, at: At) -> list[tuple[str, At]]:
        section = next(
            section for section in ("events", "talks", "agreements") if name in self._names_of(section)
        )
        return [(section, at), (name, at), ("breach" if section == "agreements" else "effects", at)]

    def _put(self, steps: Steps, node: Node) -> None:
        """Put a value at its path, making what lies above it."""
        parent = self.root
        for (step, at), (after, _) in zip(steps, (*steps[1:], (None, (0, 0))), strict=True):
            last = after is None
            new = node if last else Node(*at, [] if isinstance(after, int) else {})
            inside = parent.value
            if isinstance(inside, list) and isinstance(step, int):
                if step == len(inside):
                    inside.append(new)
                parent = inside[step]
            elif isinstance(inside, dict):
                if str(step) not in inside:
                    inside[str(step)] = new
                    parent.keys[str(step)] = at
                elif last:
                    self._note_twice(steps, node, inside[str(step)])
                parent = inside[str(step)]
            else:
                self._note_twice(steps, node, parent)
                return

    def _note_twice(self, steps: Steps, node: Node, there: Node) -> None:
        before = self.in_cells(Problem(there.line, there.column, "", "")).cell
        path = tuple(step for step, _ in steps)
        self.note((node.line, node.column), f"this is said already in {before}", "clear one of the two", path)


def _below(sheet: Sheet, keys: Keys, header: str, at: At) -> list[tuple[str, At]]:
    """Return the steps from the thing a row is about to the cell under a header."""
    written = sheet.renamed.get(header, header)
    steps: list[tuple[str, At]] = []
    for step in written.split(".") if written else ():
        steps.append(keys[step[1:-1]] if step.startswith("{") else (step, at))
    return steps
