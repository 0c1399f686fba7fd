"""Brief: what a minister reads, in two pages: the advice, what it risks, what would change it, what to watch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Step
from equipoise.jobs.states import MOST_STATES, first_states, rows_of
from equipoise.jobs.study import Study, study_of


def brief(study: Study | str | Path) -> Answer:
    """Return the brief of a study: the few numbers a reader needs to decide and to disagree.

    Args:
        study: an open study or its folder.

    Returns:
        What `briefing.Brief.to_dict` gives; `result` is the object. Signs rest on the first 2,048 states; a run that
        kept no tables has none. `why` is there once `why` was asked of the study.

    Raises:
        StudyError: of the study.
    """
    from equipoise.briefing import brief as briefed
    from equipoise.briefing import reasons

    found = study_of(study)
    why = found.analyses.get("why")
    made = briefed(found.findings, found.scenario, _signs(found), None if why is None else reasons(why))
    return Answer(header("brief", found.file, seed=found.plan.seed), made.to_dict(), made)


def _signs(study: Study) -> tuple[Any, ...]:
    from equipoise.exploration.signs import needed, signs

    if not study.keeps_tables:
        return ()
    futures = rows_of(study, "outcomes", first_states(study, MOST_STATES), needed)
    incumbent = next((key for key, force in study.scenario.forces.items() if force.incumbent), None)
    weeks = study.scenario.calendar.weeks
    return signs(futures, study.findings.best, incumbent=incumbent, weeks=weeks)


def steps(_study: Study) -> int:
    """Return in how many steps the brief of a study is made."""
    return 1


def with_run(study: Study, _step: Step) -> Answer:
    """Return the brief of a run that has just ended, to be added to its folder."""
    return brief(study)
