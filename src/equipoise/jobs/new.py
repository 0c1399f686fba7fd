"""New: a scenario to start from, as a YAML file or as a workbook, or what has been seen since."""

from __future__ import annotations

from pathlib import Path

from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, header
from equipoise.scenario import ScenarioFile, cases, load, loads
from equipoise.scenario.observations import skeleton, start_observations
from equipoise.scenario.scaffold import scaffold, template, write_new


def new(
    folder: str | Path, *, from_: str | Path | None = None, sheet: bool = False, observations: bool = False
) -> Answer:
    """Write a scenario to start from into a folder; nothing is overwritten.

    Args:
        folder: made if it does not exist.
        from_: a bundled case, or a file, to start from a copy of; a commented example if not given.
        sheet: write a workbook, `scenario.xlsx`, to fill in, in place of `scenario.yaml` with its schema.
        observations: write `observations.yaml` about that scenario, to fill in for `update`, in its place; a copy of
            those that a bundled case has.

    Returns:
        `wrote`: the path that was written.

    Raises:
        InputError: a workbook of observations was asked for; or there is no such case; or the workbook cannot say
            all of it, what it cannot is named; or there is such a file already. OutputError: the folder cannot be
            made or written.
    """
    file = loads(template()) if from_ is None else load(from_)
    if observations:
        if sheet:
            raise InputError("observations are written as a YAML file only; leave --sheet out")
        path = start_observations(folder, _observed(from_, file))
    elif sheet:
        from equipoise.scenario.sheets import to_sheet

        book = to_sheet(file.text, file="the commented example" if from_ is None else str(from_))
        path = write_new(Path(folder) / "scenario.xlsx", book)
    else:
        path = scaffold(folder, file.text)
    asked = {"from_": None if from_ is None else str(from_), "sheet": sheet, "observations": observations}
    return Answer(header("new", file, seed=None, **asked), {"wrote": str(path)})


def _observed(from_: str | Path | None, file: ScenarioFile) -> str:
    """Return the text of observations to start from: those of a bundled case, or commented ones about the scenario."""
    beside = None if file.path is None or from_ not in cases() else file.path.with_name("observations.yaml")
    return beside.read_text(encoding="utf-8") if beside and beside.is_file() else skeleton(file.scenario)
