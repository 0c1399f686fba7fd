"""Outcomes as checked objects: one class for each kind of question that a scenario's futures can answer.

A question says in words what is asked, so that somebody else could resolve it; by which of the model's quantities it
is answered; and how it resolved. Without a resolution it is open, and the same file serves to lock forecasts first
(`equipoise log`) and score them later. Source: the rules of scoring in docs/score.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from equipoise.scenario import publishing
from equipoise.scenario.model import Claim, Source
from equipoise.scenario.number import Name
from equipoise.scenario.statement import DatedStatement
from equipoise.scenario.strict_part import Grounded, Part
from equipoise.scenario.value_types import Day, Flag, Relative, Share, Text, exactly, one_of

State = Literal["resolved", "open", "void", "outside"]
"""What became of a question: it resolved; it has not yet; it cannot be resolved; the scenario has no answer to it."""


class Crowd(Grounded):
    """What others said of a question: a market, a tournament, an estimate."""

    chance: Share
    on: Day | None = None


class Question(DatedStatement):
    """What all questions are: in words, and void where it cannot be resolved, with the reason."""

    asks: Text
    void: Text | None = None

    @property
    def yes_no(self) -> bool:
        """Whether the answer is yes or no; a number otherwise."""
        return True

    @property
    def answer(self) -> float | None:
        """How it resolved, 1 for yes and 0 for no; None where it has not."""
        said = getattr(self, "resolved", None)
        return None if said is None else float(said)

    @property
    def state(self) -> State:
        """What became of it."""
        if self.void is not None:
            return "void"
        return "open" if self.answer is None else "resolved"


class YesNo(Question):
    """A question answered by yes or no.

    Attributes:
        resolved: how. base: its chance at large, a constant to be beaten. crowd: what others said, by name.
    """

    resolved: Flag | None = None
    base: Share | None = None
    crowd: dict[Name, Crowd] = {}  # noqa: RUF012 - pydantic copies it


class Fell(YesNo):
    """`{fell: force, by}`: it has fallen by the end of that day."""

    key, names = "fell", {"fell": "force"}

    fell: Name
    by: Day


class Happened(YesNo):
    """`{happened: event, by}`."""

    key, names = "happened", {"happened": "event"}

    happened: Name
    by: Day


class Deal(YesNo):
    """`{deal: talk, by}`: it was held, and ended in one."""

    key, names = "deal", {"deal": "talk"}

    deal: Name
    by: Day


class Kept(YesNo):
    """`{kept: agreement, term, by}`: the term fell due by the end of that day, and what is owed had come in time."""

    key, names = "kept", {"kept": "agreement"}

    kept: Name
    term: Annotated[int, Field(strict=True, ge=0)] = 0
    by: Day


class Order(YesNo):
    """`{order: name, on}`: who governs in the last week of the run; `takeover:force`, or an order of the model."""

    key = "order"

    order: Text
    on: Day


BOUNDS = ("below", "above", "below_start", "above_start")


class Measured(YesNo):
    """A quantity on a day: a number that was measured, or whether it lies below or above another.

    Attributes:
        is_: the number, where that is asked. below, above: the bound, where yes or no is asked; below_start,
            above_start: the bound is what it was at the start.
    """

    is_: Share | None = None
    below: Share | None = None
    above: Share | None = None
    below_start: Literal[True] | None = None
    above_start: Literal[True] | None = None
    on: Day

    @property
    def yes_no(self) -> bool:
        """Whether it is asked on which side of a bound the quantity lies."""
        return bool(self.bounds)

    @property
    def bounds(self) -> tuple[str, ...]:
        """The keys that give a bound; a question has one at most."""
        return tuple(key for key in BOUNDS if getattr(self, key) is not None)

    @property
    def answer(self) -> float | None:
        """How it resolved."""
        return super().answer if self.yes_no else self.is_


class Power(Measured):
    """`{power: f, on}`."""

    key, names = "power", {"power": "force"}

    power: Name


class Control(Measured):
    """`{control: f, in: g, on}`."""

    key, names = "control", {"control": "force", "in": "region"}

    control: Name
    in_: Name


class Standing(Measured):
    """`{standing: i, with: f, on}`."""

    key, names = "standing", {"standing": "patron", "with": "force"}

    standing: Name
    with_: Name


class Violence(Measured):
    """`{violence: level, on}`."""

    key = "violence"

    violence: Literal["level"]
    is_: Relative | None = None
    below: Relative | None = None
    above: Relative | None = None


class Outside(Question):
    """`{outside: why, by}`: a question that the scenario's quantities do not answer; kept, never scored."""

    key = "outside"

    outside: Text
    by: Day
    resolved: Flag | None = None

    @property
    def state(self) -> State:
        """What became of it."""
        return "outside"


KINDS: dict[str, type[Question]] = {
    kind.key: kind
    for kind in (Fell, Happened, Deal, Kept, Order, Power, Control, Standing, Violence, Outside)
}
"""Kinds of question by the key that names them."""


if TYPE_CHECKING:
    AnyQuestion: TypeAlias = Question  # a checker cannot follow a union made of a table
else:
    AnyQuestion = one_of(KINDS)
MOST = 1000
"""Questions a file may hold."""


class Outcomes(Part):
    """Questions about a scenario, and how they resolved."""

    equipoise: Annotated[Literal[1], exactly(1)]
    title: Text
    note: Text | None = None
    sources: dict[Name, Source] = {}  # noqa: RUF012 - pydantic copies it
    claims: dict[Name, Claim] = {}  # noqa: RUF012
    questions: Annotated[dict[Name, AnyQuestion], Field(max_length=MOST)]


def key_texts() -> dict[str, dict[str, str]]:
    """Return what each key means, by part and key."""
    texts = publishing.key_texts(__package__)
    shared = texts.pop("Question")
    for kind in KINDS.values():
        own = shared | texts.get(kind.__name__, {})
        texts[kind.__name__] = {key: own[key] for key in kind.attributes() if key in own}
    return texts


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an outcomes file."""
    return publishing.schema_of(Outcomes, key_texts(), "Equipoise outcomes, format version 1")
