"""Conditions on the state of the world, as rows of numbers. Source: MODEL.md §3 (state-triggered events)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from equipoise.scenario.model import (
    CollapsedCondition,
    Condition,
    ControlCondition,
    PowerCondition,
    Scenario,
    StandingCondition,
    Strategy,
)


class Watch(IntEnum):
    """What a condition looks at."""

    POWER = 0
    CONTROL = 1
    STANDING = 2
    VIOLENCE = 3
    COLLAPSED = 4


@dataclass(frozen=True)
class ConditionTable:
    """One row a test: `sign · (quantity - level) > 0`, strict.

    Attributes:
        watch, first, second: int32 [rows]: what is looked at and its indices (force; region and force;
            patron and force).
        sign: +1 for above, -1 for below. level: the threshold.
    """

    watch: np.ndarray
    first: np.ndarray
    second: np.ndarray
    sign: np.ndarray
    level: np.ndarray


def compile_conditions(
    scenario: Scenario,
    forces: tuple[str, ...],
    regions: tuple[str, ...],
    patrons: tuple[str, ...],
    extra: dict[str, dict[str, Strategy]],
) -> tuple[ConditionTable, dict[str, tuple[int, int]]]:
    """Return all conditions and, for each owner (event or strategy's `then`), its range of rows."""
    rows: list[tuple[int, int, int, float, float]] = []
    owners: dict[str, tuple[int, int]] = {}

    def add(owner: str, conditions: tuple[Condition, ...]) -> None:
        begin = len(rows)
        for condition in conditions:
            rows.extend(_rows(condition, forces, regions, patrons))
        owners[owner] = (begin, len(rows))

    for name, event in sorted(scenario.events.items()):
        if event.when is not None:
            add(f"events.{name}", event.when)
    for strategies in (scenario.strategies, extra):
        for patron, named in strategies.items():
            for name, strategy in named.items():
                if strategy.then is not None and not isinstance(strategy.then.when, str):
                    add(f"strategies.{patron}.{name}.then", strategy.then.when)
    columns = np.array(rows, dtype=float).reshape(-1, 5).T
    integers = [np.ascontiguousarray(column, dtype=np.int32) for column in columns[:3]]
    return ConditionTable(
        *integers, *(np.ascontiguousarray(c, dtype=np.float32) for c in columns[3:])
    ), owners


def _rows(condition: Condition, forces, regions, patrons) -> list[tuple[int, int, int, float, float]]:
    if isinstance(condition, CollapsedCondition):
        return [(Watch.COLLAPSED, forces.index(condition.collapsed), 0, 1.0, 0.5)]
    if isinstance(condition, PowerCondition):
        watched = (Watch.POWER, forces.index(condition.power), 0)
    elif isinstance(condition, ControlCondition):
        watched = (Watch.CONTROL, regions.index(condition.in_), forces.index(condition.control))
    elif isinstance(condition, StandingCondition):
        watched = (Watch.STANDING, patrons.index(condition.standing), forces.index(condition.with_))
    else:
        watched = (Watch.VIOLENCE, 0, 0)
    bounds = [(1.0, condition.above), (-1.0, condition.below)]
    return [(*watched, sign, level) for sign, level in bounds if level is not None]
