"""Load outcomes: find the text, read it, and check it against the scenario they are about, all problems at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from equipoise.scenario import beside
from equipoise.scenario.inspection import Inspection, quoted
from equipoise.scenario.model import Scenario
from equipoise.scenario.names import order_names
from equipoise.scenario.outcomes.model import KINDS, Kept, Measured, Order, Outcomes, Question
from equipoise.scenario.phrases import counted


@dataclass(frozen=True)
class OutcomesFile:
    """Outcomes that were read and checked.

    Attributes:
        outcomes: the questions in the order of the file.
        text: the text they were read from, lines ended by line feeds.
        sha256: of that text in UTF-8, hexadecimal.
        path: the file, or None where there was none.
    """

    outcomes: Outcomes
    text: str = field(repr=False)
    sha256: str
    path: Path | None = None


def load_outcomes(source: str | Path | Mapping[str, Any], scenario: Scenario) -> OutcomesFile:
    """Load outcomes from a file, the name of a bundled case that has some, or plain data.

    Args:
        source: a path, the name of a bundled case, or a mapping with the file's keys.
        scenario: what they are about.

    Raises:
        InputError: there is no such file or case, or it cannot be read.
        ScenarioError: the outcomes have problems; all of them are listed.
    """
    raw, file, path = beside.given(source, KIND)
    return loads(raw, scenario, file=file, path=path)


def loads(
    raw: bytes, scenario: Scenario, *, file: str = "<outcomes>", path: Path | None = None
) -> OutcomesFile:
    """Load outcomes from the bytes of their text; `file` is what messages call it."""

    def check(inspection: Inspection, found: Outcomes) -> None:
        for name, question in found.questions.items():
            for key, message, hint in _faults(question, scenario, [*found.claims, *scenario.claims]):
                inspection.add(("questions", name, *key), message, hint)

    found, text = beside.loaded(raw, scenario, KIND, check, file=file)
    return OutcomesFile(found, text, hashlib.sha256(text.encode()).hexdigest(), path)


KIND = beside.Beside(
    "outcomes.yaml", "outcomes", "`equipoise: 1`, `title: ...`, `questions:`", Outcomes,
    "questions", dict, ("a question", KINDS),
)  # fmt: skip
Fault = tuple[tuple[str, ...], str, str]


def _faults(question: Question, scenario: Scenario, claims: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with a question beyond its shape: at which key, what, and what to do."""
    yield from _days(question, scenario)
    if question.void is not None and question.answer is not None:
        yield ("void",), "a question that resolved is not void", "remove one"
    if question.void is not None and question.key == "outside":
        yield (
            ("void",),
            "a question outside the scenario is never scored, void or not",
            "say it under `outside`",
        )
    if isinstance(question, Order):
        orders = order_names(scenario.forces)
        if question.order not in orders:
            yield (
                ("order",),
                f"{quoted(question.order)} is not an order of the scenario",
                f"known here: {', '.join(orders)}",
            )
    if isinstance(question, Measured):
        yield from _measured(question)
    if isinstance(question, Kept) and question.kept in scenario.agreements:
        yield from _term(question, scenario)
    for name, crowd in getattr(question, "crowd", {}).items():
        for claim in crowd.claims:
            if claim not in claims:
                yield (
                    ("crowd", name, "claims"),
                    f"{quoted(claim)} is not a claim of this file or of the scenario",
                    "",
                )
    if getattr(question, "base", None) is not None and not (question.claims or question.because):
        yield ("base",), "a base rate needs its grounds", "say them under `claims` or `because`"


def _days(question: Question, scenario: Scenario) -> Iterator[Fault]:
    start, last = scenario.calendar.start, scenario.calendar.last
    over = f"; {last + timedelta(days=1)}, the day it is over, counts no more" if question.day > last else ""
    key = question.day_key()
    if isinstance(question, Order):
        first = last - timedelta(days=6)
        if not first <= question.day <= last:
            yield (
                (key,),
                "who governs is known of the last week of the run alone",
                f"that goes from {first} to {last}{over}",
            )
    elif question.key != "outside" and not _first(question, start) <= question.day <= last:
        yield (key,), f"{question.day} lies outside the run, which goes from {start} to {last}{over}", ""


def _term(question: Kept, scenario: Scenario) -> Iterator[Fault]:
    """A term that there is not, or that is sure not to fall due by the day that is asked about."""
    agreement, calendar = scenario.agreements[question.kept], scenario.calendar
    if question.term >= len(agreement.terms):
        there = counted(len(agreement.terms), "term")
        yield ("term",), f"`{question.kept}` has {there}, counted from 0", ""
        return
    term, due = agreement.terms[question.term], agreement.terms[question.term].by
    if due is None and isinstance(agreement.signed, date):
        due = agreement.signed + timedelta(weeks=term.within or 0)
    if due is None:
        return
    if not calendar.start <= due <= calendar.last:
        yield ("kept",), f"the term falls due on {due}, outside the run, which says nothing of it", ""
        return
    over = calendar.day_of(calendar.week_of(due) + 1) - timedelta(days=1)
    if over > question.day:
        message = f"the term falls due on {due}, in a week that is over on {over}"
        yield ("by",), message, "ask about that day or a later one"


def _first(question: Question, start: date) -> date:
    """Return the first day that can be asked about: of what is to come by a day, the end of the first week."""
    return start if isinstance(question, Measured) else start + timedelta(days=6)


def _measured(question: Measured) -> Iterator[Fault]:
    if len(question.bounds) > 1:
        yield (), "a question has one bound", "keep one of below, above, below-start, above-start"
    if question.yes_no and question.is_ is not None:
        yield (
            ("is",),
            "the side of a bound is asked, so the answer is yes or no",
            "write `resolved: true` or `false`",
        )
    if not question.yes_no:
        for key in ("resolved", "base", "crowd"):
            if getattr(question, key) not in (None, {}):
                yield (
                    (key,),
                    f"a number is asked, which has no `{key}`",
                    "give a bound (below, above), or write `is`",
                )
