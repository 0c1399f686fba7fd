"""From sheet: the scenario that a workbook describes, as a YAML file."""

from __future__ import annotations

from pathlib import Path

from equipoise.jobs.answer import Answer, header
from equipoise.scenario import loads
from equipoise.scenario.scaffold import write_scenario


def from_sheet(sheet: str | Path, to: str | Path | None = None, *, replace: bool = False) -> Answer:
    """Write the scenario that a workbook describes as a YAML file that checks, its schema beside it.

    Args:
        sheet: the workbook (`.xlsx`), laid out as `new(..., sheet=True)` lays it out.
        to: the file to write; the workbook's name with `.yaml` if not given.
        replace: whether a file that is there may be replaced.

    Returns:
        `wrote`: the path that was written.

    Raises:
        ScenarioError: everything that is wrong with the workbook, by sheet and cell; nothing is written.
        InputError: there is no such workbook, or the file is there already. OutputError: it cannot be written.
    """
    from equipoise.scenario.sheets import from_sheet as read

    text = read(sheet)
    path = write_scenario(
        Path(to) if to is not None else Path(sheet).with_suffix(".yaml"), text, replace=replace
    )
    return Answer(header("from_sheet", loads(text), seed=None), {"wrote": str(path)})
