"""Export: the tables of a study as a workbook, a sheet a table, or as a folder of CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from equipoise.errors import InputError
from equipoise.files import folder, writable, write_text, writing
from equipoise.futures.place import Here, is_address
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.study import Study, study_of
from equipoise.text import csv_of, set_cell

if TYPE_CHECKING:
    import pandas as pd


def export(
    study: Study | str | Path, *, to: Literal["xlsx", "csv"] = "xlsx", path: str | Path | None = None
) -> Answer:
    """Write the tables of a study for a spreadsheet.

    What is missing stays empty, dates are dates. A text that looks like a formula stays a text: in a workbook by its
    type, in CSV behind an apostrophe.

    Args:
        study: an open study or its folder.
        to: `xlsx`, a workbook with a sheet a table; `csv`, a folder with a file a table, in UTF-8.
        path: the workbook or the folder; `STUDY-tables.xlsx` or `STUDY-tables` beside the study if not given.

    Returns:
        `wrote`, every file that was written, and `tables`, the rows of each table by its name.

    Raises:
        InputError: no such format, or no place to write to. OutputError: it cannot be written.
    """
    if to not in ("xlsx", "csv"):
        raise InputError(f"tables are written to xlsx or csv; given {to!r}")
    found = study_of(study)
    place = None if found.folder is None else found.folder.place
    if is_address(path) or (path is None and not isinstance(place, Here)):
        raise InputError(
            "this run has no folder on this machine; name a file or folder here to write the tables to"
        )
    target = Path(path) if path is not None else _beside(place.path, to)  # type: ignore[union-attr]
    tables = {"about": about(found), **found.tables()}
    wrote = [_workbook(tables, writable(target))] if to == "xlsx" else _folder(tables, folder(target))
    made = {"wrote": wrote, "tables": {name: len(table) for name, table in tables.items()}}
    return Answer(header("export", found.file, seed=found.plan.seed, to=to), made)


def _beside(study: Path, to: str) -> Path:
    """Return a place beside a study's folder, which holds what the run wrote and nothing else."""
    place = study.resolve()
    return place.with_name(f"{place.name}-tables{'.xlsx' if to == 'xlsx' else ''}")


def about(study: Study) -> pd.DataFrame:
    """Return what the tables are of: the scenario, what was asked, and what was played."""
    import pandas as pd

    run = study.findings
    rows = {
        "scenario": run.scenario.title, "sha256": run.scenario.sha256, "equipoise": run.equipoise, "focus": run.focus,
        "seed": str(run.seed), "futures": str(run.futures), "states": str(run.states), "weeks": str(run.weeks),
        "beliefs": run.beliefs or "the analyst's",
        "with": ", ".join(f"{who}={plan}" for who, plan in sorted(run.with_.items())) or "as the scenario says",
    }  # fmt: skip
    return pd.DataFrame({"what": list(rows), "is": list(rows.values())})


def _workbook(tables: dict[str, pd.DataFrame], target: Path) -> str:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    book.remove(book.active)
    for name, table in tables.items():
        tab = book.create_sheet(name)
        rows = [list(table.columns), *table.astype(object).to_numpy().tolist()]
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                _write(tab, number, column, value).font = Font(bold=number == 1)
        for column, title in enumerate(table.columns, start=1):
            longest = max([len(str(title)), *(len(str(value)) for value in table[title].head(60))])
            tab.column_dimensions[get_column_letter(column)].width = min(longest + 2, 60)
        tab.freeze_panes = "A2"
    with writing(target) as file:
        book.save(file)
    return str(target)


def _write(tab: Any, row: int, column: int, value: Any) -> Any:
    """Write a cell: what is missing stays empty, a text that looks like a formula stays a text."""
    import pandas as pd

    if pd.isna(value):
        return tab.cell(row, column)
    if isinstance(value, pd.Timestamp):
        value = value.date()
    return set_cell(tab.cell(row, column), value)


def _folder(tables: dict[str, pd.DataFrame], place: Path) -> list[str]:
    wrote = []
    for name, table in tables.items():
        target = writable(place / f"{name}.csv")
        write_text(target, csv_of(list(table.columns), table.itertuples(index=False)))
        wrote.append(str(target))
    return wrote
