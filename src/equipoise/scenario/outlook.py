"""Judgements about what can be seen: a yearly chance, a share a year from now; one class for each kind.

People judge such things better than rates and fitnesses (predictive elicitation: Kadane and Wolfson 1998). A judgement
changes nothing in a run: `check` says beside it what the scenario implies, and `fit` moves numbers until it holds.
How each is measured stands in `findings/outlook.py` under the same key. Source: MODEL.md §5a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Tag

from equipoise.scenario.number import Name
from equipoise.scenario.statement import Statement
from equipoise.scenario.value_types import Order, Share, SomeWeeks, Weeks, one_of, tagged

AS_THINGS_STAND = "as-things-stand"

Level = Annotated[
    Annotated[Share, Tag("<value>")] | Annotated[tuple[Share, Share], Tag("<range>")],
    tagged(lambda value: "<range>" if isinstance(value, list | tuple) else "<value>"),
]
"""What is judged to come out: one value, or low and high end."""


class Judgement(Statement):
    """What all judgements are.

    Attributes:
        words: what is judged, in words; the values by key.
        chance: whether it is a chance; else a share or a level from 0 to 1.
    """

    words: ClassVar[str]
    chance: ClassVar[bool] = False

    is_: Level
    given: Literal["everything", "as-things-stand"] = "everything"

    @property
    def at(self) -> int:
        """The week in which it is looked at: `week`, or `within` after so many weeks."""
        week, within = getattr(self, "week", None), getattr(self, "within", 0)
        return int(week or within)

    @property
    def middle(self) -> float:
        """What is wanted: the value, or the middle of the range."""
        return self.is_ if isinstance(self.is_, float) else sum(self.is_) / 2


class FallsJudgement(Judgement):
    """`{falls: f, within: n}`."""

    key = "falls"
    names: ClassVar = {"falls": "force"}
    words = "a fall of {falls} within {within}"
    chance = True

    falls: Name
    within: Weeks


class PowerJudgement(Judgement):
    """`{power: f, week: w}`."""

    key = "power"
    names: ClassVar = {"power": "force"}
    words = "the power of {power} {week}"

    power: Name
    week: SomeWeeks


class ControlJudgement(Judgement):
    """`{control: f, in: g, week: w}`."""

    key = "control"
    names: ClassVar = {"control": "force", "in": "region"}
    words = "the control of {control} in {in} {week}"

    control: Name
    in_: Name
    week: SomeWeeks


class StandingJudgement(Judgement):
    """`{standing: i, with: f, week: w}`."""

    key = "standing"
    names: ClassVar = {"standing": "patron", "with": "force"}
    words = "the standing of {standing} with {with} {week}"

    standing: Name
    with_: Name
    week: SomeWeeks


class OrderJudgement(Judgement):
    """`{order: o, week: w}`."""

    key = "order"
    words = "{order} {week}"
    chance = True

    order: Order
    week: SomeWeeks


ORDERS = {
    "holds": "the government holds",
    "settlement": "a settlement is in force",
    "chaos": "nobody governs",
    "takeover": "another force has taken over",
}
"""What a judgement says of each order."""


class HappensJudgement(Judgement):
    """`{happens: event or talk, within: n}`; of a talk, that a deal is struck."""

    key = "happens"
    names: ClassVar = {"happens": "event or talk"}
    words = "{happens} happens within {within}"
    chance = True

    happens: Name
    within: Weeks


JUDGEMENTS: dict[str, type[Judgement]] = {
    kind.key: kind
    for kind in (
        FallsJudgement,
        PowerJudgement,
        ControlJudgement,
        StandingJudgement,
        OrderJudgement,
        HappensJudgement,
    )
}
"""Kinds of judgement by the key that names them."""


if TYPE_CHECKING:
    AnyJudgement: TypeAlias = Judgement  # a checker cannot follow a union made of a table
else:
    AnyJudgement = one_of(JUDGEMENTS)
