"""Conditions on the state of the world, one class each: what the file may say of one, and how it is said in words.

Where the quantity stands in the weekly model is in `world/conditions.py` under the same key.
Source: MODEL.md §3 *State-triggered events*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Protocol, TypeAlias, TypeGuard

from pydantic import Tag

from equipoise.scenario.number import Finite, Name
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Channel, Order, SomeWeeks, listed, one_of, tagged


class StateCondition(Part):
    """What all conditions are.

    Attributes:
        key: names the condition in the file.
        names: what its values name, by key.
        words: what it looks at, or all that it says where it compares nothing; the values by key.
        more: what each further key adds to the words where it is given.
    """

    key: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}
    words: ClassVar[str]
    more: ClassVar[Mapping[str, str]] = {}


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
    in_: Name
    below: Finite | None = None
    above: Finite | None = None


class StandingCondition(StateCondition):
    """`{standing: i, with: j, below: x}`."""

    key = "standing"
    names: ClassVar = {"standing": "patron", "with": "force"}
    words = "the standing of {standing} with {with}"

    standing: Name
    with_: Name
    below: Finite | None = None
    above: Finite | None = None


class ViolenceCondition(StateCondition):
    """`{violence: level, above: x}`."""

    key = "violence"
    words = "violence"

    violence: Literal["level"]
    below: Finite | None = None
    above: Finite | None = None


class BackingCondition(StateCondition):
    """`{backing: f, above: x}`, by one patron or in one channel if it says so."""

    key = "backing"
    names: ClassVar = {"backing": "force", "by": "patron"}
    words = "the backing of {backing}"
    more: ClassVar = {"by": " by {by}", "channel": " with {channel}"}

    backing: Name
    by: Name | None = None
    channel: Channel | None = None
    below: Finite | None = None
    above: Finite | None = None


class EngagedCondition(StateCondition):
    """`{engaged: i, with: j, above: x}`: the effort of the week before."""

    key = "engaged"
    names: ClassVar = {"engaged": "patron", "with": "force"}
    words = "the effort of {engaged} on {with}"

    engaged: Name
    with_: Name
    below: Finite | None = None
    above: Finite | None = None


class OrderCondition(StateCondition):
    """`{order: takeover, of: f}`: as the week before ended."""

    key = "order"
    names: ClassVar = {"of": "force"}
    words = "the order of the country is {order}"
    more: ClassVar = {"of": " by {of}"}

    order: Order
    of: Name | None = None


class HappenedCondition(StateCondition):
    """`{happened: a, within: n, since: n}`: an event or deal, so many weeks ago at most, at least."""

    key = "happened"
    names: ClassVar = {"happened": "event or talk"}
    words = "{happened} has happened"
    more: ClassVar = {"within": ", {within} weeks ago at most", "since": ", {since} weeks ago at least"}

    happened: Name
    within: SomeWeeks | None = None
    since: SomeWeeks | None = None


class NotHappenedCondition(StateCondition):
    """`{not-happened: a}`."""

    key = "not-happened"
    names: ClassVar = {"not-happened": "event or talk"}
    words = "{not-happened} has not happened"

    not_happened: Name


class CollapsedCondition(StateCondition):
    """`{collapsed: f}`."""

    key = "collapsed"
    names: ClassVar = {"collapsed": "force"}
    words = "there has been a fall of {collapsed}"

    collapsed: Name


CONDITIONS: dict[str, type[StateCondition]] = {
    kind.key: kind
    for kind in (
        PowerCondition,
        ControlCondition,
        StandingCondition,
        ViolenceCondition,
        BackingCondition,
        EngagedCondition,
        OrderCondition,
        CollapsedCondition,
        HappenedCondition,
        NotHappenedCondition,
    )
}
"""Kinds of condition by the key that names them."""


class Comparing(Protocol):
    """A condition that compares a quantity with a level: either end."""

    @property
    def below(self) -> float | None:
        """Return the level it is below."""

    @property
    def above(self) -> float | None:
        """Return the level it is above."""


def compares(kind: type[StateCondition] | StateCondition) -> TypeGuard[Comparing]:
    """Return whether a condition compares a quantity with a level."""
    return "below" in kind.attributes()


if TYPE_CHECKING:
    Condition: TypeAlias = StateCondition  # a checker cannot follow a union made of a table
else:
    Condition = one_of(CONDITIONS)
Conditions = Annotated[tuple[Condition, ...], listed(dict)]
NameOrConditions = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[Conditions, Tag("<conditions>")],
    tagged(lambda value: "<conditions>" if isinstance(value, list | tuple | dict) else "<name>"),
]
