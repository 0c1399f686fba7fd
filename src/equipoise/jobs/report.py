"""Report: the page of a study, written again."""

from __future__ import annotations

from pathlib import Path

from equipoise.jobs.answer import Answer, header
from equipoise.jobs.study import Study, study_of


def report(study: Study | str | Path, path: str | Path | None = None) -> Answer:
    """Write the report of a study again.

    Args:
        study: an open study or its folder.
        path: the file to write; `report.html` in the study's folder if not given.

    Returns:
        `report`: the path that was written.

    Raises:
        StudyError: of the study. OutputError: the file cannot be written.
    """
    found = study_of(study)
    return Answer(header("report", found.file, seed=found.plan.seed), {"report": str(found.report(path))})
