"""Effects, one entry each: what the file may say of one, how that is checked and filled in, what its numbers mean.

An event, a deal or a breach has a list of effects, each of one kind. What an effect does in the weekly model stands in
`world/effects.py` under the same key. Source: MODEL.md §3 *Effects*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, Tag, create_model

from equipoise.scenario.number import Name, Number
from equipoise.scenario.strict_part import Grounded, Part
from equipoise.scenario.value_types import NOT_NEGATIVE, SHARE, SIGN, Flag, Range, Weeks, tagged

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


class TransferEffect(Part):
    """The share of what one force, or each other force, controls that goes to another at once."""

    from_: Name = Field(alias="from")
    to: Name
    share: Number


class PartialBacking(Part):
    """Backing levels of those channels that are named; the others stay as they are."""

    troops: Number | None = None
    money: Number | None = None


Fault = tuple[tuple[str, ...], str]
"""What is wrong: keys below the effect's own, and the message."""


def _add_or_set(key: str) -> Callable[[Any], Iterator[Fault]]:
    def faults(value: Any) -> Iterator[Fault]:
        if (value.add is None) == (value.set is None):
            yield (), f"`{key}` needs either `add` or `set`"

    return faults


def _tie_faults(value: TieEffect) -> Iterator[Fault]:
    yield from _add_or_set("tie")(value)
    if value.between[0] == value.between[1]:
        yield ("between",), f"`{value.between[0]}` is tied to itself; a tie needs two actors"


def _transfer_faults(value: TransferEffect) -> Iterator[Fault]:
    if value.from_ == value.to:
        yield ("to",), f"nothing goes from `{value.to}` to itself"


@dataclass(frozen=True)
class Entry:
    """What the file may say of one effect.

    Attributes:
        value: the type of what stands under its key.
        keys: what the keys of its mappings name, from the outermost in.
        names: what its values name, by pattern below its key.
        ranges: the values its numbers may take, by pattern below its key; any where none is given.
        words: what a number of it means, by pattern below its key; {cause} is what has the effect, {tie} two actors.
        modifiers: keys beside its own that belong to it.
        faults: what is wrong with a value that each of its parts does not show.
    """

    value: Any
    keys: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    modifiers: tuple[str, ...] = ()
    faults: Callable[[Any], Iterator[Fault]] = lambda value: iter(())


@dataclass(frozen=True)
class Modifier:
    """A key beside an effect's own: type, what stands for it if it is not given, what its values name."""

    value: Any
    default: Any
    names: Mapping[str, str] = field(default_factory=dict)


EFFECTS: dict[str, Entry] = {
    "standing": Entry(
        dict[Name, dict[Name, Number]],
        keys=("patron", "force"),
        words={"{patron}.{force}": "what {cause} changes in {patron}'s standing with {force}"},
    ),
    "backing": Entry(
        dict[Name, dict[Name, PartialBacking]],
        keys=("patron", "force"),
        ranges={"*.*.*": SHARE},
        words={"{patron}.{force}.{channel}": "{patron}'s {channel} behind {force} after {cause}"},
        modifiers=("over", "announced"),
    ),
    "expect": Entry(
        dict[Name, dict[Name, PartialBacking]],
        keys=("patron", "force"),
        ranges={"*.*.*": SHARE},
        words={"{patron}.{force}.{channel}": "{patron}'s {channel} expected behind {force} after {cause}"},
    ),
    "push": Entry(
        dict[Name, Number],
        keys=("force",),
        words={"{force}": "the push that {cause} gives {force}"},
        modifiers=("weeks", "regions"),
    ),
    "violence": Entry(
        ViolenceEffect,
        ranges={"set": NOT_NEGATIVE},
        words={"add": "what {cause} adds to violence", "set": "the level of violence after {cause}"},
        faults=_add_or_set("violence"),
    ),
    "tie": Entry(
        TieEffect,
        names={"between.*": "actor"},
        ranges={"set": SIGN},
        words={
            "add": "what {cause} changes in the tie between {tie}",
            "set": "the tie between {tie} after {cause}",
        },
        faults=_tie_faults,
    ),
    "hazard": Entry(
        dict[Name, Number],
        keys=("force",),
        ranges={"*": NOT_NEGATIVE},
        words={"{force}": "the factor by which {cause} multiplies the danger of a fall of {force}"},
    ),
    "receptivity": Entry(
        dict[Name, Number],
        keys=("force",),
        ranges={"*": NOT_NEGATIVE},
        words={"{force}": "the factor by which {cause} multiplies the openness of {force} to engagement"},
    ),
    "budget": Entry(
        dict[Name, Number],
        keys=("patron",),
        ranges={"*": NOT_NEGATIVE},
        words={"{patron}": "the factor by which {cause} multiplies {patron}'s diplomatic effort"},
    ),
    "values": Entry(
        dict[Name, dict[str, Number]],
        keys=("patron", "weight"),
        ranges={
            f"*.{weight}": NOT_NEGATIVE
            for weight in ("exposure", "cost", "backing-cost.troops", "backing-cost.money")
        },
    ),
    "transfer": Entry(
        TransferEffect,
        names={"from": "force", "to": "force"},
        ranges={"share": SHARE},
        words={"share": "the share of control that goes over with {cause}"},
        modifiers=("regions",),
        faults=_transfer_faults,
    ),
    "settlement": Entry(Flag),
}
"""Every effect by its key. The words of a weight that an effect sets are those of the weight."""
MODIFIERS: dict[str, Modifier] = {
    "over": Modifier(Weeks, 1),
    "announced": Modifier(Flag, False),
    "weeks": Modifier(Weeks, 1),
    "regions": Modifier(AllOrNames, "all", {"*": "region"}),
}
"""What modifies effects, by its key."""

if TYPE_CHECKING:

    class Effect(Grounded):
        """What the model made below is to a checker, which cannot follow fields made of a table."""

        def __getattr__(self, key: str) -> Any:
            """Return what is given for an effect or a modifier."""

else:
    Effect = create_model(
        "Effect",
        __base__=Grounded,
        __doc__="One effect: exactly one kind, with the modifiers that belong to it.",
        __module__=__name__,
        **{key: (part.value | None, None) for key, part in (EFFECTS | MODIFIERS).items()},
    )


def kinds_of(effect: Any) -> list[str]:
    """Return the keys of the effects that stand in one; exactly one in a sound scenario."""
    return [key for key in EFFECTS if getattr(effect, key) is not None]


def resolved(effect: Any) -> Any:
    """Return an effect with what modifies it written out."""
    keys = [key for kind in kinds_of(effect) for key in EFFECTS[kind].modifiers]
    return effect.model_copy(
        update={key: MODIFIERS[key].default for key in keys if getattr(effect, key) is None}
    )
