"""New: a scenario to start from, as a YAML file or as a workbook."""

from __future__ import annotations

from pathlib import Path

from equipoise.jobs.answer import Answer, header
from equipoise.scenario import load, loads
from equipoise.scenario.scaffold import scaffold, template, write_new


def new(folder: str | Path, *, from_: str | Path | None = None, sheet: bool = False) -> Answer:
    """Write a scenario to start from into a folder; nothing is overwritten.

    Args:
        folder: made if it does not exist.
        from_: a bundled case, or a file, to start from a copy of; a commented example if not given.
        sheet: write a workbook, `scenario.xlsx`, to fill in, in place of `scenario.yaml` with its schema.

    Returns:
        `wrote`: the path that was written.

    Raises:
        InputError: there is no such case; or the workbook cannot say all of it, what it cannot is named; or
            there is such a file already. OutputError: the folder cannot be made or written.
    """
    file = loads(template()) if from_ is None else load(from_)
    if sheet:
        from equipoise.scenario.sheets import to_sheet

        book = to_sheet(file.text, file="the commented example" if from_ is None else str(from_))
        path = write_new(Path(folder) / "scenario.xlsx", book)
    else:
        path = scaffold(folder, file.text)
    asked = {"from_": None if from_ is None else str(from_), "sheet": sheet}
    return Answer(header("new", file, seed=None, **asked), {"wrote": str(path)})
