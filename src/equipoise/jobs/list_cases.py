"""List cases: the situations that come with the package, what each asks, and what lies beside it."""

from __future__ import annotations

from hashlib import sha256
from importlib import resources

from equipoise.cases import cases
from equipoise.jobs.answer import Answer, headed
from equipoise.jobs.sources import load

BESIDE = {"observations": "observations.yaml", "outcomes": "outcomes.yaml", "notes": "notes.md"}
"""What a case may have beside its scenario."""


def list_cases() -> Answer:
    """List the bundled cases.

    Returns:
        `cases`: for each its `name`, `title`, `question`, `focus` (who is advised, by name), `start` and `as_of` (day
        of the first week, and day up to which anything is known), `weeks`, `strategies` (how many ways of engaging
        are compared) and `beside` (which of observations, outcomes and notes it has).
    """
    found, texts = [], sha256()
    for name in cases():
        file = load(name)
        scenario = file.scenario
        texts.update(file.sha256.encode())
        found.append({
            "name": name, "title": scenario.title, "question": scenario.question,
            "focus": scenario.patrons[scenario.focus].name or scenario.focus,
            "start": str(scenario.calendar.start), "as_of": str(scenario.calendar.as_of or scenario.calendar.start),
            "weeks": scenario.calendar.weeks, "strategies": len(scenario.strategies[scenario.focus]),
            "beside": [what for what in BESIDE if has(name, what)],
        })  # fmt: skip
    title = "Bundled cases"
    asked = headed("list_cases", title=title, sha256=texts.hexdigest(), focus=None, seed=None)
    return Answer(asked, {"cases": found})


def has(case: str, what: str) -> bool:
    """Return whether a bundled case has something beside its scenario: observations, outcomes or notes."""
    return (resources.files("equipoise.cases") / case / BESIDE[what]).is_file()


def with_beside(what: str) -> list[str]:
    """Return the names of the bundled cases that have something beside their scenario, in order."""
    return [name for name in cases() if has(name, what)]
