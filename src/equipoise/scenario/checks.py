"""Check a scenario: its shape first, then the relations between its parts."""

from __future__ import annotations

from pydantic import ValidationError

from equipoise.errors import Problem, ScenarioError
from equipoise.scenario.model import Scenario
from equipoise.scenario.reading import ReadingError, read


def check(text: str, *, file: str = "<scenario>") -> Scenario:
    """Return the checked scenario that `text` describes.

    Raises:
        ScenarioError: with every problem found.
    """
    try:
        document = read(text)
    except ReadingError as error:
        raise ScenarioError(file, [error.problem]) from None
    if document.problems:
        raise ScenarioError(file, document.problems)
    try:
        return Scenario.model_validate(document.root.plain())
    except ValidationError as error:
        problems = [
            Problem(*document.place(item["loc"]), ".".join(map(str, item["loc"])), item["msg"])
            for item in error.errors()
        ]
        raise ScenarioError(file, problems) from None
