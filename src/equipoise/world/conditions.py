"""What each condition looks at: one entry a condition, in one table. Source: MODEL.md §3 (state-triggered events).

An entry says how a condition of the file becomes indices, in which row of the kernel's state the quantity stands, and
where it is in plain NumPy. What the file may say of it, and its words, stand in `scenario/conditions.py` under the same
key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from equipoise.scenario.model import Condition, Scenario, Strategy
from equipoise.world.kernel.lanes import ROW


@dataclass(frozen=True)
class Entry:
    """One kind of condition.

    Attributes:
        indices: from forces, regions, patrons and the condition its two indices.
        row: compiled; from the profile's state, the number of forces and the indices the row of the quantity.
        plain: from the situation of many futures and the indices the quantity [n].
        of_standing: whether the first index is a patron whose standing is looked at.
        below: the level that the quantity must be below where the condition itself names no level.
    """

    indices: Callable[..., tuple[int, int]]
    row: Callable[..., int]
    plain: Callable[..., np.ndarray]
    of_standing: bool = False
    below: float | None = None


@njit(**ROW)
def _power_row(s, forces, a, b):
    return s.power + a


@njit(**ROW)
def _control_row(s, forces, a, b):
    return s.control + a * forces + b


@njit(**ROW)
def _standing_row(s, forces, a, b):
    return s.standing + a * forces + b


@njit(**ROW)
def _violence_row(s, forces, a, b):
    return s.violence


@njit(**ROW)
def _alive_row(s, forces, a, b):
    return s.alive + a


CONDITIONS: dict[str, Entry] = {
    "power": Entry(
        lambda forces, regions, patrons, c: (forces.index(c.power), 0),
        _power_row,
        lambda s, a, b: s.power[:, a],
    ),
    "control": Entry(
        lambda forces, regions, patrons, c: (regions.index(c.in_), forces.index(c.control)),
        _control_row,
        lambda s, a, b: s.control[:, a, b],
    ),
    "standing": Entry(
        lambda forces, regions, patrons, c: (patrons.index(c.standing), forces.index(c.with_)),
        _standing_row,
        lambda s, a, b: s.standing[:, a, b],
        of_standing=True,
    ),
    "violence": Entry(lambda forces, regions, patrons, c: (0, 0), _violence_row, lambda s, a, b: s.violence),
    "collapsed": Entry(
        lambda forces, regions, patrons, c: (forces.index(c.collapsed), 0),
        _alive_row,
        lambda s, a, b: s.alive[:, a],
        below=0.5,
    ),
}
"""Every kind of condition by the key that names it in the file."""
ENTRIES = tuple(CONDITIONS.values())

CONDITION = np.dtype([("kind", "i4"), ("a", "i4"), ("b", "i4"), ("sign", "f4"), ("level", "f4")])
"""One test: `sign · (quantity - level) > 0`, strict; sign is +1 for above, -1 for below."""


def compile_conditions(
    scenario: Scenario,
    forces: tuple[str, ...],
    regions: tuple[str, ...],
    patrons: tuple[str, ...],
    extra: dict[str, dict[str, Strategy]],
) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    """Return all conditions, rows of `CONDITION`, and for each owner (event or strategy's `then`) its range of rows."""
    rows: list[tuple] = []
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
    return np.array(rows, CONDITION), owners


def _rows(condition: Any, *names: tuple[str, ...]) -> list[tuple]:
    key = condition.key
    entry = CONDITIONS[key]
    watched = (list(CONDITIONS).index(key), *entry.indices(*names, condition))
    if entry.below is not None:
        return [(*watched, -1.0, entry.below)]
    bounds = [(1.0, condition.above), (-1.0, condition.below)]
    return [(*watched, sign, level) for sign, level in bounds if level is not None]
