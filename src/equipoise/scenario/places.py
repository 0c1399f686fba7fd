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


def places(scenario: Scenario) -> dict[str, Number]:
    """Return every number of `scenario` that may be uncertain, by its path, in code-point order.

    Numbers that cannot be uncertain (calendar, region weights, interests, strategies, thresholds in
    conditions, majority, spans in weeks, scales) are not places. On a resolved scenario the defaults are
    places too. Beliefs and what is set are not walked: their keys *are* paths.
    """
    return dict(sorted(_walk(scenario, ""), key=lambda place: place[0]))


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
            field: _rebuilt(getattr(item, field), _join(path, info.alias or field), numbers, steps)
            for field, info in type(item).model_fields.items()
            if field not in SKIPPED
        }
        return item.model_copy(update=update)
    if isinstance(item, dict):
        return {key: _rebuilt(value, _join(path, str(key)), numbers, steps) for key, value in item.items()}
    if isinstance(item, tuple):
        return tuple(
            _rebuilt(value, _join(path, _index_key(index, value)), numbers, steps)
            for index, value in enumerate(item)
        )
    return item


def _index_key(index: int, value: Any) -> str:
    return tie_key(value) if isinstance(value, Tie) else str(index)


def _walk(item: Any, path: str) -> Iterator[tuple[str, Number]]:
    if isinstance(item, Number):
        yield path, item
    elif isinstance(item, Strategy):
        return
    elif isinstance(item, Part):
        for field, info in type(item).model_fields.items():
            if field not in SKIPPED:
                yield from _walk(getattr(item, field), _join(path, info.alias or field))
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from _walk(value, _join(path, str(key)))
    elif isinstance(item, tuple | list):
        for index, value in enumerate(item):
            yield from _walk(value, _join(path, _index_key(index, value)))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
