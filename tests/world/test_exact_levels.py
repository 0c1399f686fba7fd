"""A level is strict however sums round: on it is neither above nor below, and standing of 0.3 is a lever.

In binary 1 - 0.8 is less than 0.2, and in single precision 0.6 + 0.3 is more than 0.9; neither may decide what happens.
"""

from __future__ import annotations

from typing import Any

import pytest
from playing import ENGINES, run
from tiny import START, tiny

both_engines = pytest.mark.parametrize("engine", ENGINES)

LESS = {"standing": {"p": {"a": -0.4}}}
TIES = [
    ({"violence": "level"}, {"dynamics": {"violence": {"start": 1}}}, {"violence": {"add": -0.8}}, 0.2),
    ({"violence": "level"}, {"dynamics": {"violence": {"start": 0.6}}}, {"violence": {"add": 0.3}}, 0.9),
    ({"violence": "level"}, {"dynamics": {"violence": {"start": 7}}}, {"violence": {"add": 0.7}}, 7.7),
    ({"standing": "p", "with": "a"}, {"patrons": {"p": {"standing": {"a": 0.7}}}}, LESS, 0.3),
    ({"power": "a"}, {}, {"transfer": {"from": "b", "to": "a", "share": 0.46}}, 0.73),
]  # fmt: skip
"""What is looked at, what differs from the still scenario, an effect, and the level on which that brings it."""


@both_engines
@pytest.mark.parametrize(("what", "changes", "effect", "level"), TIES)
def test_on_the_level_is_neither_above_nor_below(engine: str, what, changes, effect, level: float) -> None:
    def fires(**bound: float) -> bool:
        watch = {"when": {**what, **bound}, "effects": []}
        data = tiny(**changes, events={"first": {"on": START, "effects": [effect]}, "watch": watch})
        return run(data, engine).row("event.watch")[0] == 0

    assert not fires(above=level) and not fires(below=level)
    assert fires(above=level - 1e-5 * max(1, level)) and fires(below=level + 1e-5 * max(1, level))


@both_engines
@pytest.mark.parametrize(("bound", "expected"), [({"above": 0}, True), ({"below": 0}, False)])
def test_nothing_is_nothing(engine: str, bound: dict[str, float], expected: bool) -> None:
    """A level of 0 is exact: the least control there may be is above it."""
    held = {"a": {"control": {"land": 1e-9}}, "b": {"control": {"land": 1}}}
    data = tiny(forces=held, events={"watch": {"when": {"power": "a", **bound}, "effects": []}})
    assert (run(data, engine).row("event.watch")[0] == 0) == expected


@both_engines
@pytest.mark.parametrize(("drop", "levers"), [(0.4, 2), (0.40001, 1)])
def test_three_tenths_of_standing_is_a_lever(engine: str, drop: float, levers: int) -> None:
    effect = {"standing": {"p": {"a": -drop}}}
    data = tiny(patrons={"p": {"standing": {"a": 0.7}}}, events={"first": {"on": START, "effects": [effect]}})
    assert run(data, engine).row("levers")[0] == levers


GOALS: list[tuple[dict[str, Any], float]] = [
    ({"violence": "level", "over": "mean"}, 0.7),
    ({"violence": "level"}, 0.7),
    ({"influence": "level"}, 0.27),
]


@both_engines
@pytest.mark.parametrize(("goal", "level"), GOALS)
def test_success_on_the_level_is_none(engine: str, goal: dict[str, Any], level: float) -> None:
    """Violence stays at 0.7; influence is 0.65 · 0.2 + 0.35 · 0.4 = 0.27 throughout."""
    held = {"a": {"control": {"land": 0.65}}, "b": {"control": {"land": 0.35}}}

    def succeeds(**bound: float) -> bool:
        data = tiny(forces=held, dynamics={"violence": {"start": 0.7}}, success=[{**goal, **bound}])
        return bool(run(data, engine).row("success")[0])

    assert not succeeds(above=level) and not succeeds(below=level)
    assert succeeds(above=level - 1e-5) and succeeds(below=level + 1e-5)
