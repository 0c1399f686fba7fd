"""Altering what is no number of a scenario, in memory: dates, ways of engaging, and whether anything happens at all.

With a date or a way added the result is a scenario file like any other, checked, with a text and a hash of its own;
comments are left out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario.loading import ScenarioFile, loads
from equipoise.scenario.model import Scenario, Strategy, Then
from equipoise.scenario.reading import read
from equipoise.scenario.value_types import ZERO
from equipoise.scenario.writing import to_yaml

WHEN = ("between", "timing", "after", "slips")
"""What says when something comes, and no longer does once it has a date."""


def dated_item(path: str) -> str | None:
    """Return the event or talk whose date stands at a path (`events.a.on`), as a path; None for any other path."""
    keys = path.split(".")
    return (
        ".".join(keys[:2]) if len(keys) == 3 and keys[0] in ("events", "talks") and keys[2] == "on" else None
    )


def dated(file: ScenarioFile, dates: Mapping[str, str]) -> ScenarioFile:
    """Return a scenario file in which some events and talks come, if they come, on a day.

    Args:
        file: stays as it is. dates: by path (`events.a.on`), as 2031-07-01.

    Raises:
        InputError: there is no such event or talk, or it cannot have a date, or not this one.
    """
    if not dates:
        return file
    data: Any = read(file.text).root.plain()
    for path, text in dates.items():
        kind, name, _ = path.split(".")
        item = data.get(kind, {}).get(name)
        if item is None:
            raise InputError(f"the scenario has nothing at {kind}.{name}")
        if "when" in item:
            raise InputError(f"{name} waits for what happens in the run: it cannot be given a date")
        data[kind][name] = {
            **{key: value for key, value in item.items() if key not in WHEN}, "on": _day(file, path, text)
        }  # fmt: skip
    return _loaded(data, "that date cannot be")


def with_ways(file: ScenarioFile, ways: Mapping[str, Mapping[str, Any]]) -> ScenarioFile:
    """Return a scenario file with ways of engaging added to those of its focus patron.

    Args:
        file: stays as it is. ways: by name, as plain data with the file's keys.

    Raises:
        InputError: one cannot be.
    """
    if not ways:
        return file
    data: Any = read(file.text).root.plain()
    data["strategies"][file.scenario.focus] |= ways
    return _loaded(data, "that way of engaging cannot be")


def _loaded(data: Any, refused: str) -> ScenarioFile:
    try:
        return loads(to_yaml(data))
    except ScenarioError as error:
        said = dict.fromkeys(problem.message for problem in error.problems)
        raise InputError(f"{refused}: {'; '.join(said)}") from None


def _day(file: ScenarioFile, path: str, text: str) -> date:
    """Return a date within the run."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{path}: a date is written 2031-07-01; given {text!r}") from None
    calendar = file.scenario.calendar
    if not calendar.start <= day <= calendar.last:
        raise InputError(
            f"{path}: {text} is not within the run of {calendar.weeks} weeks from {calendar.start}"
        )
    return day


Way = TypeVar("Way", Strategy, Then)


def as_things_stand(scenario: Scenario) -> Scenario:
    """Return a resolved scenario in which nothing happens: what moves is drift, luck, engagement and falls.

    Events and talks keep their names, with a chance of 0, so that conditions which look at them can still be read;
    strategies keep how they engage. Whatever is drawn is drawn as in the scenario itself. Source: MODEL.md §5a.
    """
    never: dict[str, Any] = {"weekly": ZERO, "chance": None}
    events = {
        name: event.model_copy(update={"probability": ZERO} if event.when is None else never)
        for name, event in scenario.events.items()
    }
    talks = {name: talk.model_copy(update={"probability": ZERO}) for name, talk in scenario.talks.items()}
    strategies = {
        patron: {name: _still(way).model_copy(update={"decide": {}}) for name, way in group.items()}
        for patron, group in scenario.strategies.items()
    }
    return scenario.model_copy(
        update={"events": events, "talks": talks, "agreements": {}, "strategies": strategies}
    )


def _still(way: Way) -> Way:
    """Return a way of engaging, and those it switches to, without decisions on backing."""
    return way.model_copy(update={"back": {}, "then": None if way.then is None else _still(way.then)})
