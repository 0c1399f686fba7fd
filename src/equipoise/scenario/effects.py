"""Conditions on the state, and effects on it: what events, talks, breaches and strategies share.

Source: MODEL.md §3 *State-triggered events*, *Effects*.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, Tag

from equipoise.scenario.number import Finite, Name, Number
from equipoise.scenario.strict_part import Grounded, Part
from equipoise.scenario.value_types import Flag, Weeks, exactly, listed, tagged


class PowerCondition(Part):
    """`{power: f, below: x}`."""

    key: ClassVar[str] = "power"
    power: Name
    below: Finite | None = None
    above: Finite | None = None


class ControlCondition(Part):
    """`{control: f, in: g, above: x}`."""

    key: ClassVar[str] = "control"
    control: Name
    in_: Name = Field(alias="in")
    below: Finite | None = None
    above: Finite | None = None


class StandingCondition(Part):
    """`{standing: i, with: j, below: x}`."""

    key: ClassVar[str] = "standing"
    standing: Name
    with_: Name = Field(alias="with")
    below: Finite | None = None
    above: Finite | None = None


class ViolenceCondition(Part):
    """`{violence: level, above: x}`."""

    key: ClassVar[str] = "violence"
    violence: Literal["level"]
    below: Finite | None = None
    above: Finite | None = None


class CollapsedCondition(Part):
    """`{collapsed: f}`."""

    key: ClassVar[str] = "collapsed"
    collapsed: Name


CONDITIONS = {
    "power": PowerCondition,
    "control": ControlCondition,
    "standing": StandingCondition,
    "violence": ViolenceCondition,
    "collapsed": CollapsedCondition,
}
"""Kinds of condition by the key that names them."""


def _condition_kind(value: Any) -> str | None:
    if isinstance(value, Part):
        return next(f"<{key}>" for key, kind in CONDITIONS.items() if isinstance(value, kind))
    named = [key for key in CONDITIONS if isinstance(value, dict) and key in value]
    return f"<{named[0]}>" if named else None


Condition = Annotated[
    Annotated[PowerCondition, Tag("<power>")]
    | Annotated[ControlCondition, Tag("<control>")]
    | Annotated[StandingCondition, Tag("<standing>")]
    | Annotated[ViolenceCondition, Tag("<violence>")]
    | Annotated[CollapsedCondition, Tag("<collapsed>")],
    tagged(_condition_kind),
]
Conditions = Annotated[tuple[Condition, ...], listed(dict)]
NameOrConditions = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[Conditions, Tag("<conditions>")],
    tagged(lambda value: "<conditions>" if isinstance(value, list | tuple | dict) else "<name>"),
]
AllOrNames = Annotated[
    Annotated[Literal["all"], Tag("<word>")] | Annotated[tuple[Name, ...], Tag("<names>")],
    tagged(lambda value: "<word>" if isinstance(value, str) else "<names>"),
]


class ViolenceEffect(Part):
    """`add` moves the level; `set` sets level and mean."""

    add: Number | None = None
    set: Number | None = None


class TieEffect(Part):
    """Moves or sets the tie of two actors."""

    between: tuple[Name, Name]
    add: Number | None = None
    set: Number | None = None


class PartialBacking(Part):
    """Backing levels of those channels that are named; the others stay as they are."""

    troops: Number | None = None
    money: Number | None = None


class Effect(Grounded):
    """One effect: exactly one kind, with the modifiers that belong to it."""

    standing: dict[Name, dict[Name, Number]] | None = None
    backing: dict[Name, dict[Name, PartialBacking]] | None = None
    expect: dict[Name, dict[Name, PartialBacking]] | None = None
    push: dict[Name, Number] | None = None
    violence: ViolenceEffect | None = None
    tie: TieEffect | None = None
    hazard: dict[Name, Number] | None = None
    receptivity: dict[Name, Number] | None = None
    budget: dict[Name, Number] | None = None
    values: dict[Name, dict[str, Number]] | None = None
    settlement: Annotated[Literal[True], exactly(True)] | None = None
    over: Weeks | None = None  # backing only; 1 if not given
    announced: Flag | None = None  # backing only; false if not given
    weeks: Weeks | None = None  # push only; 1 if not given
    regions: AllOrNames | None = None  # push only; all if not given


EFFECT_KINDS = (
    "standing", "backing", "expect", "push", "violence", "tie",
    "hazard", "receptivity", "budget", "values", "settlement",
)  # fmt: skip
