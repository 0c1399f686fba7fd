"""Check a scenario: read, limits, names, shape, ranges, timing, relations. All problems at once.

Each look is a module of its own; this one puts them in order. What one look finds broken is set aside,
so that the next ones speak only of what is sound.
"""

from __future__ import annotations

from equipoise.errors import Problem, ScenarioError
from equipoise.scenario.inspection import Inspection
from equipoise.scenario.limits import check_limits
from equipoise.scenario.model import Scenario
from equipoise.scenario.names import check_names
from equipoise.scenario.ranges import check_ranges
from equipoise.scenario.reading import Document, ReadingError, read
from equipoise.scenario.relations import check_relations
from equipoise.scenario.shape import shaped
from equipoise.scenario.timing import check_timing


def check(text: str, *, file: str = "<scenario>") -> Scenario:
    """Return the checked scenario that `text` describes, as it is written: defaults are not filled in.

    Args:
        text: the YAML text of one scenario.
        file: what messages call it.

    Raises:
        ScenarioError: with every problem found, in file order.
    """
    try:
        document = read(text)
    except ReadingError as error:
        raise ScenarioError(file, [error.problem]) from None
    scenario, problems = examined(document)
    if scenario is None or problems:
        raise ScenarioError(file, problems)
    return scenario


def examined(document: Document) -> tuple[Scenario | None, list[Problem]]:
    """Return the sound part of a scenario that was read, None where too little is left, and all its problems."""
    inspection = Inspection(document)
    scenario = None
    if check_limits(inspection):
        check_names(inspection)
        scenario = shaped(inspection)
        if scenario is not None:
            spans = check_ranges(inspection, scenario)
            check_timing(inspection, scenario)
            check_relations(inspection, scenario, spans)
    problems = _without_echoes(inspection)
    if scenario is None and not problems:
        problems = [
            Problem(1, 1, "", "too much of this file is broken to say more", "start from a valid one")
        ]
    return scenario, problems


def _without_echoes(inspection: Inspection) -> list[Problem]:
    """Return the problems without those about a value the reading has refused already."""
    read_first = inspection.document.problems
    places = {(problem.line, problem.column) for problem in read_first}
    return [*read_first, *(p for p in inspection.problems if (p.line, p.column) not in places)]
