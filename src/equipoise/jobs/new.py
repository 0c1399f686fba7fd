"""New: a scenario to start from, as a YAML file or as a workbook; what has been seen since; questions about it."""

from __future__ import annotations

from pathlib import Path

from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, header
from equipoise.scenario import ScenarioFile, beside, cases, load, loads
from equipoise.scenario import observations as seen
from equipoise.scenario import outcomes as came
from equipoise.scenario.scaffold import scaffold, template, write_new


def new(
    folder: str | Path,
    *,
    from_: str | Path | None = None,
    from_panel: tuple[int, int] | None = None,
    sheet: bool = False,
    observations: bool = False,
    outcomes: bool = False,
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
        outcomes: write `outcomes.yaml` likewise: questions, for `log` and `score`.

    Returns:
        `wrote`: the path that was written.

    Raises:
        InputError: two things to start from; more than one file was asked for; or there is no such case, or no such
            year in the panel, or the war was over at its end; or the workbook cannot say all of it, what it cannot
            is named; or there is such a file already. OutputError: the folder cannot be made or written.
    """
    if from_ is not None and from_panel is not None:
        raise InputError("start from a case or from the panel, not from both; leave one out")
    file = _from_panel(*from_panel) if from_panel else loads(template()) if from_ is None else load(from_)
    if sheet + observations + outcomes > 1:
        raise InputError("one file is written at a time: a workbook, observations or outcomes")
    if observations or outcomes:
        kind, room = (seen.KIND, seen) if observations else (came.KIND, came)
        text = _beside(from_, file, kind.file) or room.skeleton(file.scenario)
        path = beside.start(folder, kind, text, room.schema())
    elif sheet:
        from equipoise.scenario.sheets import to_sheet

        start = "the panel" if from_panel else "the commented example" if from_ is None else str(from_)
        book = to_sheet(file.text, file=start)
        path = write_new(Path(folder) / "scenario.xlsx", book)
    else:
        path = scaffold(folder, file.text, file.outlines)
    asked = {"from_": None if from_ is None else str(from_), "from_panel": from_panel and list(from_panel),
             "sheet": sheet, "observations": observations, "outcomes": outcomes}  # fmt: skip
    return Answer(header("new", file, seed=None, **asked), {"wrote": str(path)})


def _from_panel(conflict: int, year: int) -> ScenarioFile:
    """Return the scenario of an unchosen case."""
    from equipoise.scoring.panel import panel_year
    from equipoise.scoring.unchosen import unchosen

    return loads(unchosen(panel_year(conflict, year)))


def _beside(from_: str | Path | None, file: ScenarioFile, name: str) -> str | None:
    """Return the text of a file that a bundled case has beside its scenario, None where it has none."""
    path = None if file.path is None or from_ not in cases() else file.path.with_name(name)
    return path.read_text(encoding="utf-8") if path and path.is_file() else None
