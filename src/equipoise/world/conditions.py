"""What each condition looks at: one entry a condition, in one table. Source: MODEL.md §3 (conditional events).

An entry says how a condition of the file becomes indices, in which row of the kernel's state the quantity stands, and
where it is in plain NumPy. What the file may say of it, and its words, stand in `scenario/conditions.py` under the same
key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from equipoise.scenario.value_types import CHANNELS, ORDERS
from equipoise.world.kernel.arithmetic import add, fill
from equipoise.world.kernel.compiling import inlined
from equipoise.world.kernel.lanes import LANES, ONE, ZERO, f32


class Names(NamedTuple):
    """Sorted names, whose places are indices; `happening` gives the index of an event or deal that is looked at."""

    forces: tuple[str, ...]
    regions: tuple[str, ...]
    patrons: tuple[str, ...]
    happening: Callable[[str], int]


Bounds = list[tuple[float, float]]
"""Sign and level of each test of a quantity."""


LEVEL_SLACK = 1e-6
"""What still counts as on a level, in shares of a level above 1: 0.6 + 0.3 is not above 0.9 however it rounds."""


def levels(condition: Any, indices: tuple[int, ...] = ()) -> Bounds:
    """Return the bounds that a condition itself names, moved so that what is beyond is strictly so; 0 is exact."""
    given = ((1.0, condition.above), (-1.0, condition.below))
    named = [(sign, level) for sign, level in given if level is not None]
    return [(sign, level + sign * LEVEL_SLACK * max(1.0, abs(level)) * (level != 0)) for sign, level in named]


@dataclass(frozen=True)
class Entry:
    """One kind of condition.

    Attributes:
        indices: from names and the condition its indices, at most three.
        row: compiled; from the profile's state, the tables of the world, the week and the test (a row of `CONDITION`)
            the row of the quantity; what must be made first is made into the row `seen`.
        plain: from the situation of many futures, the test and the week the quantity [n].
        bounds: from the condition and its indices, between what the quantity must lie.
        of_standing: whether the first index is a patron whose standing is looked at.
    """

    indices: Callable[[Names, Any], tuple[int, ...]]
    row: Callable[..., int]
    plain: Callable[..., np.ndarray]
    bounds: Callable[[Any, tuple[int, ...]], Bounds] = levels
    of_standing: bool = False


@inlined
def _power_row(s, world, week, test):
    return s.power + test.a


@inlined
def _control_row(s, world, week, test):
    return s.control + test.a * world.sizes.forces + test.b


@inlined
def _standing_row(s, world, week, test):
    return s.standing + test.a * world.sizes.forces + test.b


@inlined
def _violence_row(s, world, week, test):
    return s.violence


@inlined
def _backing_row(s, world, week, test):
    backings, seen = world.backings, s.seen
    fill(s.rows[seen], ZERO)
    for k in range(backings.shape[0]):
        of = backings[k]
        if (
            of.force == test.a
            and (test.b < 0 or of.patron == test.b)
            and (test.c < 0 or of.channel == test.c)
        ):
            add(s.rows[seen], s.rows[s.backing + k])
    return seen


def _backing(s: Any, test: Any, week: int) -> np.ndarray:
    by = slice(None) if test["b"] < 0 else [test["b"]]
    through = slice(None) if test["c"] < 0 else [test["c"]]
    return s.alive[:, test["a"]] * s.backing[:, by, test["a"]][..., through].sum((1, 2))


def _backing_indices(names: Names, c: Any) -> tuple[int, ...]:
    by = -1 if c.by is None else names.patrons.index(c.by)
    return names.forces.index(c.backing), by, -1 if c.channel is None else CHANNELS.index(c.channel)


@inlined
def _effort_row(s, world, week, test):
    return s.effort + test.a * world.sizes.forces + test.b


@inlined
def _order_row(s, world, week, test):
    return s.order


def _order_bounds(condition: Any, indices: tuple[int, ...]) -> Bounds:
    """Return the bounds around a code of the order; `takeover` by any force has all codes from the last on."""
    code = ORDERS.index(condition.order) + max(indices[0], 0)
    anybody = condition.order == "takeover" and condition.of is None
    return [(1.0, code - 0.5)] + ([] if anybody else [(-1.0, code + 0.5)])


@inlined
def _alive_row(s, world, week, test):
    return s.alive + test.a


@inlined
def _age_row(s, world, week, test):
    """How many weeks ago something happened; -1 where it has not."""
    seen, fired, now = s.seen, s.fired + test.a, f32(week)
    for l in range(LANES):
        s.rows[seen, l] = now - s.rows[fired, l] if s.rows[fired, l] >= ZERO else -ONE
    return seen


def _age(s: Any, test: Any, week: int) -> np.ndarray:
    return np.where(s.fired[:, test["a"]] >= 0, week - s.fired[:, test["a"]], -1)


def _happened_bounds(condition: Any, indices: tuple[int, ...]) -> Bounds:
    latest, earliest = condition.since or 0, condition.within
    return [(1.0, latest - 0.5)] + ([] if earliest is None else [(-1.0, earliest + 0.5)])


CONDITIONS: dict[str, Entry] = {
    "power": Entry(
        lambda names, c: (names.forces.index(c.power),),
        _power_row,
        lambda s, test, week: s.power[:, test["a"]],
    ),
    "control": Entry(
        lambda names, c: (names.regions.index(c.in_), names.forces.index(c.control)),
        _control_row,
        lambda s, test, week: s.control[:, test["a"], test["b"]],
    ),
    "standing": Entry(
        lambda names, c: (names.patrons.index(c.standing), names.forces.index(c.with_)),
        _standing_row,
        lambda s, test, week: s.standing[:, test["a"], test["b"]],
        of_standing=True,
    ),
    "violence": Entry(lambda names, c: (), _violence_row, lambda s, test, week: s.violence),
    "backing": Entry(_backing_indices, _backing_row, _backing),
    "engaged": Entry(
        lambda names, c: (names.patrons.index(c.engaged), names.forces.index(c.with_)),
        _effort_row,
        lambda s, test, week: s.effort[:, test["a"], test["b"]],
    ),
    "order": Entry(
        lambda names, c: (-1 if c.of is None else names.forces.index(c.of),),
        _order_row,
        lambda s, test, week: s.order,
        bounds=_order_bounds,
    ),
    "collapsed": Entry(
        lambda names, c: (names.forces.index(c.collapsed),),
        _alive_row,
        lambda s, test, week: s.alive[:, test["a"]],
        bounds=lambda c, indices: [(-1.0, 0.5)],
    ),
    "happened": Entry(
        lambda names, c: (names.happening(c.happened),), _age_row, _age, bounds=_happened_bounds
    ),
    "not-happened": Entry(
        lambda names, c: (names.happening(c.not_happened),),
        _age_row,
        _age,
        bounds=lambda c, indices: [(-1.0, -0.5)],
    ),
}
"""Every kind of condition by the key that names it in the file."""
ENTRIES = tuple(CONDITIONS.values())
KINDS = {key: kind for kind, key in enumerate(CONDITIONS)}

CONDITION = np.dtype([("kind", "i4"), ("a", "i4"), ("b", "i4"), ("c", "i4"), ("sign", "f4"), ("level", "f4")])
"""One test: `sign · (quantity - level) > 0`, strict; sign is +1 for above, -1 for below."""


class Tests:
    """Collects the tests that anything in the run waits for, and the events and deals that they look at.

    Attributes:
        rows: of `CONDITION`. happenings: index by name, conditional events first.
    """

    def __init__(
        self,
        forces: tuple[str, ...],
        regions: tuple[str, ...],
        patrons: tuple[str, ...],
        conditional: Iterable[str],
    ) -> None:
        self.rows: list[tuple] = []
        self.happenings = {name: n for n, name in enumerate(sorted(conditional))}
        self._names = Names(forces, regions, patrons, self.happening)

    def happening(self, name: str) -> int:
        """Return the index of an event or deal whose week is to be kept."""
        return self.happenings.setdefault(name, len(self.happenings))

    def of(self, conditions: Iterable[Any]) -> tuple[int, int]:
        """Return the range of rows that must all hold where all conditions do."""
        begin = len(self.rows)
        for condition in conditions:
            entry = CONDITIONS[condition.key]
            indices = (*entry.indices(self._names, condition), 0, 0, 0)[:3]
            watched = (KINDS[condition.key], *indices)
            self.rows += [(*watched, sign, level) for sign, level in entry.bounds(condition, indices)]
        return begin, len(self.rows)

    def table(self) -> np.ndarray:
        """Return all tests, rows of `CONDITION`."""
        return np.array(self.rows, CONDITION)
