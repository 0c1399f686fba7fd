"""Check that every number can only take values that make sense where it stands, shared quantities too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from equipoise.scenario.inspection import Inspection, dotted
from equipoise.scenario.model import Part, Scenario, Strategy
from equipoise.scenario.number import Number, support
from equipoise.scenario.places import tie_key
from equipoise.scenario.reading import Path
from equipoise.scenario.rules import RANGES
from equipoise.scenario.value_types import ANY, Range

BY_PATH = ("beliefs", "set")
"""Sections whose keys are paths of numbers."""


def numbers(item: Any, path: Path = ()) -> Iterator[tuple[Path, Number]]:
    """Yield every number of a scenario with its path in the file (a tie by its index in the list)."""
    if isinstance(item, Number):
        yield path, item
    elif isinstance(item, Part) and not isinstance(item, Strategy):
        for key, name in item.attributes().items():
            if name in item.model_fields_set:
                yield from numbers(getattr(item, name), (*path, key))
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from numbers(value, (*path, key))
    elif isinstance(item, tuple):
        for index, value in enumerate(item):
            yield from numbers(value, (*path, index))


def written(scenario: Scenario) -> frozenset[str]:
    """Return the paths of the numbers that an unresolved scenario writes down, defaults left out."""
    own = {_place(path, scenario) for path, _ in numbers(scenario) if path[0] not in BY_PATH}
    return frozenset(own | scenario.set_.keys())


def _place(path: Path, scenario: Scenario) -> str:
    if path[0] == "ties" and isinstance(path[1], int):
        path = ("ties", tie_key(scenario.ties[path[1]]), *path[2:])
    return dotted(path)


def check_ranges(inspection: Inspection, scenario: Scenario) -> dict[str, Range]:
    """Note numbers that can leave their range, and quantities that refer to each other in a circle.

    Returns:
        The values each shared quantity can take.
    """
    _check_circles(inspection, scenario)
    spans = quantity_spans(scenario)
    for path, number in numbers(scenario):
        if number.label is not None and path[0] not in ("quantities", *BY_PATH):
            inspection.add((*path, "label"), "only a shared quantity has a label", "remove it", at_key=True)
        if path[0] not in BY_PATH:
            # A weight in an effect is one key with dots in it (`backing-cost.troops`): count by dots.
            steps = tuple(dotted(path).split("."))
            check_range(inspection, path, number, RANGES.get(steps) or ANY, spans)
    return spans


def check_range(
    inspection: Inspection, path: Path, number: Number, allowed: Range, spans: dict[str, Range]
) -> None:
    """Note it if `number` can take a value outside `allowed`."""
    fault = fault_of_range(number, allowed, spans)
    if fault is not None:
        inspection.add(path, *fault)


def fault_of_range(number: Number, allowed: Range, spans: dict[str, Range]) -> tuple[str, str] | None:
    """Say how a number can leave what is allowed, and what to do; None where it cannot."""
    span = span_of(number, spans)
    if span is None:
        return None
    low, high = span
    if low >= allowed[0] and high <= allowed[1]:
        return None
    limits = "not be negative" if allowed[1] == math.inf else f"lie from {allowed[0]:g} to {allowed[1]:g}"
    if low == high:
        return f"`{number}` must {limits}", ""
    beyond = low if low < allowed[0] else high
    reach = f"the value {beyond:.12g}" if math.isfinite(beyond) else "any value, however far out"
    return f"`{number}` can take {reach}; it must {limits}", _hint(number, allowed)


def _hint(number: Number, allowed: Range) -> str:
    if number.form in ("value", "is", "choice", "words"):
        return ""
    top = f"{allowed[1]:g}" if allowed[1] < math.inf else "..."
    return f"give it bounds, such as `within: [{allowed[0]:g}, {top}]`"


def span_of(number: Number, spans: dict[str, Range]) -> Range | None:
    """Return least and greatest value of a number, through the shared quantity it may refer to."""
    if number.mix is not None:
        ends = [span_of(part, spans) for part in number.mix]
        known = [end for end in ends if end is not None]
        return (
            (min(low for low, _ in known), max(high for _, high in known))
            if len(known) == len(ends)
            else None
        )
    if number.is_ is None:
        return support(number)
    span = spans.get(number.is_)
    if span is None:
        return None
    factor = 1.0 if number.times is None else number.times
    low, high = sorted(0.0 if factor == 0 else end * factor for end in span)
    return low, high


def may_be_zero(number: Number, scenario: Scenario) -> bool:
    """True where a number takes the value 0 with a probability above 0."""
    if number.mix is not None:
        return any(may_be_zero(part, scenario) for part in number.mix)
    seen: set[str] = set()
    while number.is_ is not None:
        if number.times == 0 or number.is_ in seen:
            return True
        seen.add(number.is_)
        if number.is_ not in scenario.quantities:
            return False
        number = scenario.quantities[number.is_]
    if number.choice is not None:
        low, high = number.within or ANY
        return any(value == 0 and weight > 0 and low <= 0 <= high for value, weight in number.choice.items())
    return support(number) == (0.0, 0.0)


def quantity_spans(scenario: Scenario) -> dict[str, Range]:
    """Return the values each shared quantity can take; those that refer in a circle are left out."""
    spans: dict[str, Range] = {}
    left = dict(scenario.quantities)
    while left:
        known = {name: span for name, number in left.items() if (span := span_of(number, spans)) is not None}
        if not known:
            break
        spans |= known
        left = {name: number for name, number in left.items() if name not in known}
    return spans


def _check_circles(inspection: Inspection, scenario: Scenario) -> None:
    """Note quantities that refer to each other in a circle."""
    circle = circle_of(scenario)
    if circle:
        message = f"shared quantities refer to each other in a circle: {' → '.join(circle)}"
        inspection.add(
            ("quantities", min(circle)), message, "give one of them a form of its own", at_key=True
        )


def circle_of(scenario: Scenario) -> list[str]:
    """Return shared quantities that refer to each other in a circle, in turn; none where there is no circle."""
    graph = {
        name: set(number.refers) & scenario.quantities.keys() for name, number in scenario.quantities.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
