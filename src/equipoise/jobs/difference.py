"""Difference: what makes two strategies of a study differ."""

from __future__ import annotations

from pathlib import Path

from equipoise.jobs.answer import Answer, header
from equipoise.jobs.sources import known
from equipoise.jobs.states import MOST_STATES, first_states, names_of, rows_of, weekly_of
from equipoise.jobs.study import Study, study_of


def difference(study: Study | str | Path, first: str, second: str, *, states: int = MOST_STATES) -> Answer:
    """Say what makes two strategies of a study differ, as parts that add up.

    Args:
        study: an open study or its folder.
        first: a strategy of the study.
        second: another one.
        states: most states to look at, the first ones of the study.

    Returns:
        What `exploration.Difference.to_dict` gives.

    Raises:
        InputError: a strategy is not in the study.
    """
    from equipoise.exploration import between_strategies

    found = study_of(study)
    used = first_states(found, states)
    for name in (first, second):
        known("strategy of the study", name, names_of(found))
    weekly = weekly_of(found, (first, second), used)
    # the weekly sample holds one future a state, in the order of the states
    levels = {name: (rows[0], rows[1]) for name, rows in weekly.values.items()}
    futures = rows_of(found, "outcomes", used)
    result = between_strategies(futures, first, second, weekly=levels, scenario=found.scenario)
    asked = {"strategies": [first, second], "states": states}
    return Answer(header("difference", found.file, seed=found.plan.seed, **asked), result.to_dict(), result)
