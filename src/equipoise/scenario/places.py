"""Places: every number of a scenario under the path that names it.

A path is the file's keys joined by dots; a tie is `ties.a|b.sign` with its names sorted, a tie changed
by an effect likewise keeps its place in the list of effects: `events.e.effects.0.tie.add`.
Source: MODEL.md §3 *Paths*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.scenario.model import Part, Scenario, Strategy, Tie
from equipoise.scenario.number import Number

SKIPPED = ("beliefs", "set_")
HOLDING = (Number, Part, dict, tuple, list)
"""What may hold a number."""


def places(scenario: Scenario) -> dict[str, Number]:
    """Return every number of `scenario` that may be uncertain, by its path, in code-point order.

    Numbers that cannot be uncertain (calendar, region weights, interests, strategies, thresholds in
    conditions, majority, spans in weeks, scales) are not places. On a resolved scenario the defaults are
    places too. Beliefs and what is set are not walked: their keys *are* paths.
    """
    found: dict[str, Number] = {}
    _collect(scenario, "", found)
    return dict(sorted(found.items()))


def tie_key(tie: Tie) -> str:
    """Return the name of a tie in paths: its two actors, sorted, joined by a bar."""
    return "|".join(sorted(tie.between))


def with_numbers(scenario: Scenario, numbers: Mapping[str, Number]) -> Scenario:
    """Return `scenario` with other numbers at some of its places.

    Raises:
        KeyError: a path that is not a place of the scenario.
    """
    if not numbers:
        return scenario
    steps = {path[:end] for path in numbers for end in range(len(path) + 1)}
    left = dict(numbers)
    changed = _rebuilt(scenario, "", left, steps)
    for path in left:
        raise KeyError(path)
    return changed


def _rebuilt(item: Any, path: str, numbers: dict[str, Number], steps: set[str]) -> Any:
    """Return `item` with the numbers below it taken from `numbers`; what lies beside the way is kept as it is."""
    if path not in steps:
        return item
    if isinstance(item, Number):
        number = numbers.pop(path, item)
        return number if item.label is None else number.model_copy(update={"label": item.label})
    if isinstance(item, Part) and not isinstance(item, Strategy):
        update = {
            field: _rebuilt(getattr(item, field), _join(path, key), numbers, steps)
            for key, field in item.attributes().items()
            if field not in SKIPPED
        }
        return item.model_copy(update=update)
    if isinstance(item, dict):
        return {key: _rebuilt(value, _join(path, str(key)), numbers, steps) for key, value in item.items()}
    if isinstance(item, tuple):
        return tuple(_rebuilt(value, _join(path, key), numbers, steps) for key, value in below(item))
    return item


def below(item: Any) -> Iterator[tuple[str, Any]]:
    """Yield what stands one step below a part of a scenario, by the step in a path: a tie goes by its actors."""
    if isinstance(item, Part):
        for key, field in item.attributes().items():
            if field not in SKIPPED:
                yield key, getattr(item, field)
    elif isinstance(item, dict):
        for key, value in item.items():
            yield str(key), value
    elif isinstance(item, tuple):
        for index, value in enumerate(item):
            yield tie_key(value) if isinstance(value, Tie) else str(index), value


def _collect(item: Any, path: str, found: dict[str, Number]) -> None:
    if isinstance(item, Number):
        found[path] = item
    elif not isinstance(item, Strategy):
        for key, value in below(item):
            if isinstance(value, HOLDING):
                _collect(value, _join(path, key), found)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
