"""Conditions on the state of the world, one class each: what the file may say of one, and how it is said in words.

Where the quantity stands in the weekly model is in `world/conditions.py` under the same key.
Source: MODEL.md §3 *State-triggered events*.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, Tag

from equipoise.scenario.number import Finite, Name
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import listed, tagged


class StateCondition(Part):
    """What all conditions are.

    Attributes:
        key: names the condition in the file.
        names: what its values name, by key.
        words: what it looks at, or all that it says where it compares nothing; the values by key.
    """

    key: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}
    words: ClassVar[str]


class PowerCondition(StateCondition):
    """`{power: f, below: x}`."""

    key = "power"
    names: ClassVar = {"power": "force"}
    words = "the power of {power}"

    power: Name
    below: Finite | None = None
    above: Finite | None = None


class ControlCondition(StateCondition):
    """`{control: f, in: g, above: x}`."""

    key = "control"
    names: ClassVar = {"control": "force", "in": "region"}
    words = "the control of {control} in {in}"

    control: Name
    in_: Name = Field(alias="in")
    below: Finite | None = None
    above: Finite | None = None


class StandingCondition(StateCondition):
    """`{standing: i, with: j, below: x}`."""

    key = "standing"
    names: ClassVar = {"standing": "patron", "with": "force"}
    words = "the standing of {standing} with {with}"

    standing: Name
    with_: Name = Field(alias="with")
    below: Finite | None = None
    above: Finite | None = None


class ViolenceCondition(StateCondition):
    """`{violence: level, above: x}`."""

    key = "violence"
    words = "violence"

    violence: Literal["level"]
    below: Finite | None = None
    above: Finite | None = None


class CollapsedCondition(StateCondition):
    """`{collapsed: f}`."""

    key = "collapsed"
    names: ClassVar = {"collapsed": "force"}
    words = "{collapsed} has fallen"

    collapsed: Name


CONDITIONS: dict[str, type[StateCondition]] = {
    kind.key: kind
    for kind in (PowerCondition, ControlCondition, StandingCondition, ViolenceCondition, CollapsedCondition)
}
"""Kinds of condition by the key that names them."""


def compares(kind: type[StateCondition] | StateCondition) -> bool:
    """Return whether a condition compares a quantity with a level."""
    return "below" in kind.keys()  # noqa: SIM118 (of a class, not of a mapping)


def _kind(value: Any) -> str | None:
    if isinstance(value, StateCondition):
        return f"<{value.key}>"
    named = [key for key in CONDITIONS if isinstance(value, dict) and key in value]
    return f"<{named[0]}>" if named else None


Condition = Annotated[
    reduce(or_, (Annotated[kind, Tag(f"<{key}>")] for key, kind in CONDITIONS.items())), tagged(_kind)
]
Conditions = Annotated[tuple[Condition, ...], listed(dict)]
NameOrConditions = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[Conditions, Tag("<conditions>")],
    tagged(lambda value: "<conditions>" if isinstance(value, list | tuple | dict) else "<name>"),
]
