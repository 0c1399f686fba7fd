"""How a sheet looks: what it is about, headers, meanings with units, rows, and lists to choose from."""

from __future__ import annotations

from typing import Any

from equipoise.scenario.names import SECTIONS
from equipoise.scenario.outline import Place, place_at, unit_of
from equipoise.scenario.reading import Path
from equipoise.scenario.rules import NAMED_BY_VALUE
from equipoise.scenario.sheets.cells import content_of, is_text
from equipoise.scenario.sheets.layout import QUESTION, REMARK, SHEETS, Sheet
from equipoise.text import set_cell

ABOUT, HEADERS, MEANINGS, FIRST, LAST = 1, 2, 3, 4, 1000
"""Rows: what the sheet is about, its headers, their meanings, the first and last with choices to pick from."""
_KEYS = {
    "of": "event or talk or agreement",
    "key": "key of the file",
    "path": "path of a number",
    "other": "other actor",
}


def lay_out(tab: Any, sheet: Sheet, headers: list[str], rows: list[dict[str, Any]]) -> None:
    """Fill an openpyxl worksheet with a sheet."""
    from openpyxl.styles import Alignment, Font

    set_cell(tab.cell(ABOUT, 1), f"{REMARK} {sheet.title}: {sheet.about}")
    shown = [*headers, f"{REMARK} what it means"] if sheet is QUESTION else headers
    for column, header in enumerate(shown, start=1):
        set_cell(tab.cell(HEADERS, column), header).font = Font(bold=True)
        meaning = set_cell(
            tab.cell(MEANINGS, column), (f"{REMARK} " if column == 1 else "") + _meaning(sheet, header)
        )
        meaning.font, meaning.alignment = (
            Font(italic=True, color="666666"),
            Alignment(wrap_text=True, vertical="top"),
        )
        _offer(tab, sheet, header, column)
    for number, row in enumerate(rows, start=FIRST):
        for column, header in enumerate(headers, start=1):
            if row.get(header) is not None:
                place = None if header in sheet.keys else _place_of(sheet, header, row)
                set_cell(
                    tab.cell(number, column),
                    row[header] if header in sheet.keys else content_of(row[header], place),
                )
        if sheet is QUESTION:
            set_cell(tab.cell(number, len(shown)), _explained(tuple(row["key"].split("."))))
    _fit(tab, shown)
    tab.freeze_panes = tab.cell(FIRST, len(sheet.keys) + 1)


def _fit(tab: Any, headers: list[str]) -> None:
    from openpyxl.utils import get_column_letter

    for column, header in enumerate(headers, start=1):
        tab.column_dimensions[get_column_letter(column)].width = max(16, min(30, len(header) + 4))
    tab.row_dimensions[MEANINGS].height = 75


def _place_of(sheet: Sheet, header: str, row: dict[str, Any]) -> Place | None:
    return place_at(tuple(row["key"].split(".")) if sheet is QUESTION else sheet.pattern(header))


def _explained(path: Path) -> str:
    place = place_at(path)
    unit = unit_of(path)
    return (place.meaning if place else "") + (f" Unit: {unit}." if unit else "")


def _meaning(sheet: Sheet, header: str) -> str:
    """Return what a header means, with the unit of a number."""
    if header in sheet.keys:
        return f"name of the {_KEYS.get(header, header)}"
    if sheet is QUESTION:
        return (
            "fill in; leave empty for the usual value" if header == "value" else "with the unit of a number"
        )
    if sheet.matrix or header in sheet.renamed:
        return _explained(sheet.pattern(header)) or _explained(sheet.pattern(header)[:-1]) or sheet.about
    path = sheet.pattern(header)
    return _explained(path) or _explained(path[:-1])


def _offer(tab: Any, sheet: Sheet, header: str, column: int) -> None:
    """Let the cells of a column be chosen from what may stand there."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = _choices(sheet, header)
    if choices:
        letter = get_column_letter(column)
        kind = "list" if choices.startswith(('"', "=")) and "COUNTIF" not in choices else "custom"
        offered = DataValidation(
            type=kind, formula1=choices.replace("{cell}", f"{letter}{FIRST}"), allow_blank=True
        )
        offered.errorTitle, offered.error = header, "This is none of what may stand here."
        offered.errorStyle = "warning"
        offered.add(f"{letter}{FIRST}:{letter}{LAST}")
        tab.add_data_validation(offered)


def _choices(sheet: Sheet, header: str) -> str:
    """Return the choices for a column as a formula of the spreadsheet, or an empty string."""
    if header in sheet.keys:
        sections = _sections_of_key(sheet, header)
    else:
        path = sheet.pattern(header)
        place = place_at(path)
        if sheet is QUESTION or place is None:
            return ""
        if place.types == {"boolean"}:
            return '"TRUE,FALSE"'
        if place.words and is_text(place):
            return f'"{",".join(place.words)}"'
        sections = SECTIONS.get(NAMED_BY_VALUE.get(path) or "", ()) if is_text(place) else ()
    homes = [home for section in sections for home in (_home(section),) if home and home != sheet.title]
    ranges = [f"{home}!$A${FIRST}:$A${LAST}" for home in homes]
    if len(ranges) > 1:
        return "=" + "+".join(f"COUNTIF({cells},{{cell}})" for cells in ranges) + ">0"
    return f"={ranges[0]}" if ranges else ""


def _home(section: str) -> str:
    """Return the sheet whose first column holds the names of a section."""
    return next((sheet.title for sheet in SHEETS if sheet.base == f"{section}.{{{sheet.keys[0]}}}"), "")


def _sections_of_key(sheet: Sheet, key: str) -> tuple[str, ...]:
    if sheet.known.get(key):
        return sheet.known[key]
    return {"actor": ("forces", "patrons"), "other": ("forces", "patrons")}.get(key) or (
        (f"{key}s",) if len(sheet.keys) > 1 and _home(f"{key}s") else ()
    )
