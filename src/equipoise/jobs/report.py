"""Report: the page of a study, written again, or the brief alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.brief import brief as brief_of
from equipoise.jobs.study import Study, study_of


def report(
    study: Study | str | Path, path: str | Path | None = None, *, brief: bool = False, unfolded: bool = False
) -> Answer:
    """Write the report of a study again, or its brief alone.

    Args:
        study: an open study, its folder or its address.
        path: the file to write; `report.html` (`brief.html`) where the study lies if not given.
        brief: write the two pages of the brief alone.
        unfolded: show every section of the full report open, for paper.

    Returns:
        `report`: the path or address that was written; with `brief` also `brief`, every number on it.

    Raises:
        StudyError: of the study. OutputError: the file cannot be written. InputError: the brief has no sections to
            unfold.
    """
    if brief and unfolded:
        raise InputError("the brief has no sections to unfold; ask for one of the two")
    found = study_of(study)
    written: dict[str, Any] = {"report": str(found.report(path, brief=brief, unfolded=unfolded))}
    if brief:
        written |= {"brief": dict(brief_of(found).found)}
    asked = header("report", found.file, seed=found.plan.seed, brief=brief, unfolded=unfolded)
    return Answer(asked, written)
