"""The same situation as it would go on by itself: no event, talk, breach or decision on backing."""

from __future__ import annotations

from typing import Any, TypeVar

from equipoise.scenario.model import Scenario, Strategy, Then
from equipoise.scenario.value_types import ZERO

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
