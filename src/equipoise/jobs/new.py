"""New: a scenario to start from, as a YAML file or as a workbook, or what has been seen since."""

from __future__ import annotations

from pathlib import Path

from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, header
from equipoise.scenario import ScenarioFile, cases, load, loads
from equipoise.scenario.observations import skeleton, start_observations
from equipoise.scenario.scaffold import scaffold, template, write_new


def new(
    folder: str | Path,
    *,
    from_: str | Path | None = None,
    from_panel: tuple[int, int] | None = None,
    sheet: bool = False,
    observations: bool = False,
) -> Answer:
    """Write a scenario to start from into a folder; nothing is overwritten.

    Args:
        folder: made if it does not exist.
        from_: a bundled case, or a file, to start from a copy of; a commented example if not given.
        from_panel: a conflict of UCDP's by its number, and a year of 1975-2017 in which it went on: a plain scenario
            of the year after, written from the panel of wars alone (docs/unchosen-cases.md).
        sheet: write a workbook, `scenario.xlsx`, to fill in, in place of `scenario.yaml` with its schema.
        observations: write `observations.yaml` about that scenario, to fill in for `update`, in its place; a copy of
            those that a bundled case has.

    Returns:
        `wrote`: the path that was written.

    Raises:
        InputError: two things to start from; a workbook of observations was asked for; or there is no such case, or
            no such year in the panel, or the war was over at its end; or the workbook cannot say
            all of it, what it cannot is named; or there is such a file already. OutputError: the folder cannot be
            made or written.
    """
    if from_ is not None and from_panel is not None:
        raise InputError("start from a case or from the panel, not from both; leave one out")
    file = _from_panel(*from_panel) if from_panel else loads(template()) if from_ is None else load(from_)
    if observations:
        if sheet:
            raise InputError("observations are written as a YAML file only; leave --sheet out")
        path = start_observations(folder, _observed(from_, file))
    elif sheet:
        from equipoise.scenario.sheets import to_sheet

        start = "the panel" if from_panel else "the commented example" if from_ is None else str(from_)
        book = to_sheet(file.text, file=start)
        path = write_new(Path(folder) / "scenario.xlsx", book)
    else:
        path = scaffold(folder, file.text)
    asked = {"from_": None if from_ is None else str(from_), "from_panel": from_panel and list(from_panel),
             "sheet": sheet, "observations": observations}  # fmt: skip
    return Answer(header("new", file, seed=None, **asked), {"wrote": str(path)})


def _from_panel(conflict: int, year: int) -> ScenarioFile:
    """Return the scenario of an unchosen case."""
    from equipoise.scoring.panel import panel_year
    from equipoise.scoring.unchosen import unchosen

    return loads(unchosen(panel_year(conflict, year)))


def _observed(from_: str | Path | None, file: ScenarioFile) -> str:
    """Return the text of observations to start from: those of a bundled case, or commented ones about the scenario."""
    beside = None if file.path is None or from_ not in cases() else file.path.with_name("observations.yaml")
    return beside.read_text(encoding="utf-8") if beside and beside.is_file() else skeleton(file.scenario)
