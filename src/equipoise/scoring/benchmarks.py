"""What a forecast must beat: the constant base rate, what was the case carried on, and what others said.

Base rates are those of the scenario's reference classes (`scoring.reference`): the widest class, and the narrowest one
with all that the scenario says of itself. Each is the mean of the distribution as which it is pasted (events + 1/2
among cases + 1), so that a class without a single event holds none impossible; a constant hazard is read into the
yearly rate. Nothing in them lies after what the scenario knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.scenario.model import Scenario
from equipoise.scenario.outcomes.model import Measured, Question, YesNo
from equipoise.scenario.value_types import WEEKS_A_YEAR
from equipoise.scoring.reference import Reference, reference_classes

BASE, NARROW, WRITTEN, UNCHANGED = "base-rate", "narrow-base-rate", "written-base-rate", "unchanged"
CROWD = "crowd:"
"""Before the name of a crowd, so that none is taken for another benchmark."""
_FALLS = ("government-falls", "rebels-gone")


def chance_within(rate: float, weeks: float) -> float:
    """Return the chance within some weeks that a yearly rate amounts to, the hazard being constant."""
    return 1 - (1 - rate) ** (weeks / WEEKS_A_YEAR)


def falling(scenario: Scenario) -> dict[str, dict[str, Reference]]:
    """Return by force the widest and the narrowest reference class of its fall, by the name of the benchmark."""
    found: dict[str, dict[str, Reference]] = {}
    named = {"wide": BASE, "narrow": NARROW}
    for row in reference_classes(scenario):
        if row.force is not None and row.rate.kind in _FALLS and row.width in named:
            found.setdefault(row.force, {})[named[row.width]] = row
    return found


def benchmarks(
    question: Question, weeks: int, start: float | None, classes: Mapping[str, Mapping[str, Reference]]
) -> Iterator[tuple[str, float]]:
    """Yield the name of each benchmark of a question, and its chance of yes or its number.

    Args:
        weeks: from what was known until the day asked about. start: the mean of the quantity asked about, then.
        classes: what `falling` gives.
    """
    if question.key == "fell":
        for name, row in classes.get(question.subject[0], {}).items():
            yield name, chance_within((row.rate.events + 0.5) / (row.rate.exposure + 1), weeks)
    if isinstance(question, YesNo) and question.base is not None:
        yield WRITTEN, question.base
    yield UNCHANGED, _unchanged(question, start)
    if isinstance(question, YesNo):
        for name, crowd in question.crowd.items():
            yield f"{CROWD}{name}", crowd.chance


def _unchanged(question: Question, start: float | None) -> float:
    """Return what it comes to if nothing changes: nothing comes, the order holds, quantities stay as they are."""
    if not isinstance(question, Measured):
        return float(getattr(question, "order", None) == "holds")
    assert start is not None
    if not question.yes_no:
        return start
    (key,) = question.bounds
    if key.endswith("start"):
        return 0.0
    bound = getattr(question, key)
    return float(start < bound if key == "below" else start > bound)
