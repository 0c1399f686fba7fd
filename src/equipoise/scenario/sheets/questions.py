"""Questions for an expert as a workbook to send round, and the answers that come back in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from equipoise.errors import Problem, ScenarioError
from equipoise.scenario.loading import bytes_of
from equipoise.scenario.sheets.from_sheet import opened
from equipoise.text import set_cell

TAB, NAME_AT, HEADERS, FIRST = "Questions", "B4", 6, 7
"""The sheet, the cell for the expert's name, the row of headings, and the first question's."""
COLUMNS = ("path", "what is asked", "unit", "lowest", "highest", "best guess", "how sure, %", "why")
ASKED = COLUMNS[3:7]
HOW = (
    "Please answer in this order, each question from left to right; leave a line empty where you cannot say.",
    "Lowest and highest: what it could plausibly be. Best guess: between them. How sure: the chance, 50 to 100, that "
    "the truth lies between your lowest and highest. Shares and chances are numbers from 0 to 1.",
)


@dataclass(frozen=True)
class Reply:
    """What came back in one workbook: by path the four numbers (how sure in per cent) and why, None if not said."""

    name: str
    answers: Mapping[str, tuple[tuple[float, float, float, float], str | None]]


def questions_book(title: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a workbook with a line for each question.

    Args:
        title: of the scenario.
        rows: `path`, `asks` and `unit` of each question.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    tab = book.active
    tab.title = TAB
    for row, text in enumerate((title, *HOW), start=1):
        set_cell(tab.cell(row, 1), text)
    tab["A4"], tab["A1"].font, tab["A4"].font = "Your name", Font(bold=True, size=14), Font(bold=True)
    fill = PatternFill("solid", fgColor="FFF6DD")
    tab[NAME_AT].fill = fill
    for column, header in enumerate(COLUMNS, start=1):
        tab.cell(HEADERS, column, header).font = Font(bold=True)
    for number, asked in enumerate(rows, start=FIRST):
        for column, key in enumerate(("path", "asks", "unit"), start=1):
            set_cell(tab.cell(number, column), asked[key]).alignment = Alignment(
                wrap_text=True, vertical="top"
            )
        for column in range(4, len(COLUMNS) + 1):
            tab.cell(number, column).fill = fill
    for letter, width in zip("ABCDEFGH", (34, 60, 24, 10, 10, 12, 14, 40), strict=True):
        tab.column_dimensions[letter].width = width
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def reply_of(path: str | Path) -> Reply:
    """Read the answers of one workbook.

    Raises:
        InputError: it is no workbook.
        ScenarioError: everything that is wrong with its answers, each by its cell.
    """
    book = opened(bytes_of(Path(path)), str(path))
    if TAB not in book.sheetnames:
        raise ScenarioError(str(path), [Problem(0, 0, "", f"there is no sheet `{TAB}`", cell=TAB)])
    tab, problems, answers = book[TAB], [], {}
    name = str(tab[NAME_AT].value or "").strip()
    if not name:
        problems.append(Problem(4, 2, "", "the name of the expert is missing", cell=f"{TAB}!{NAME_AT}"))
    for row in tab.iter_rows(min_row=FIRST, max_col=len(COLUMNS)):
        place, given, why = row[0].value, [cell.value for cell in row[3:7]], row[7].value
        if place is None or all(value is None for value in given):
            continue
        for header, cell in zip(ASKED, row[3:7], strict=True):
            if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
                said = "is missing" if cell.value is None else "is no number"
                at = f"{TAB}!{cell.coordinate}"
                problems.append(Problem(cell.row, cell.column, str(place), f"`{header}` {said}", cell=at))
        answers[str(place)] = (tuple(given), None if why is None else str(why))
    if problems:
        raise ScenarioError(str(path), problems)
    return Reply(name, answers)
