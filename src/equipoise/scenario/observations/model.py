"""Observations as checked objects: one class for each thing that can be seen.

What happens in time has a date, and its probability follows from the model; what is measured has a date, a value
and the standard error of its measurement. Source: MODEL.md §5b.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from equipoise.scenario.model import Claim, Source
from equipoise.scenario.number import LARGEST, Name
from equipoise.scenario.statement import DatedStatement
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Day, Share, Text, exactly, one_of

Error = Annotated[float, Field(strict=True, gt=0, le=LARGEST, allow_inf_nan=False)]
Level = Annotated[float, Field(strict=True, ge=0, le=LARGEST, allow_inf_nan=False)]


class Observation(DatedStatement):
    """What all observations are.

    Attributes:
        words: what was seen, with the values by key.
    """

    words: ClassVar[str]


class Happened(Observation):
    """`{on, happened: event}`."""

    key, names, words = "happened", {"happened": "event"}, "{happened} happened on {on}"

    on: Day
    happened: Name


class NotHappened(Observation):
    """`{by, not-happened: event}`; of a talk: no deal was struck by then."""

    key, names, words = (
        "not-happened",
        {"not-happened": "event or talk"},
        "{not-happened} had not happened by {by}",
    )

    by: Day
    not_happened: Name


class Deal(Observation):
    """`{on, deal: talk}`."""

    key, names, words = "deal", {"deal": "talk"}, "{deal} ended in a deal on {on}"

    on: Day
    deal: Name


class NoDeal(Observation):
    """`{on, no-deal: talk}`: it was held, and ended without one."""

    key, names, words = "no-deal", {"no-deal": "talk"}, "{no-deal} was held on {on} and brought no deal"

    on: Day
    no_deal: Name


class Fell(Observation):
    """`{on, fell: force}`."""

    key, names, words = "fell", {"fell": "force"}, "{fell} fell on {on}"

    on: Day
    fell: Name


class Stands(Observation):
    """`{by, stands: force}`: it was in the field until then."""

    key, names, words = "stands", {"stands": "force"}, "{stands} still stood by {by}"

    by: Day
    stands: Name


class Measured(Observation):
    """A quantity as it was measured: its value, and the standard error of that."""

    on: Day
    is_: Share
    error: Error


class PowerSeen(Measured):
    """`{on, power: f, is: x, error: s}`."""

    key, names, words = "power", {"power": "force"}, "the power of {power} was {is} ± {error} on {on}"

    power: Name


class ControlSeen(Measured):
    """`{on, control: f, in: g, is: x, error: s}`."""

    key, names = "control", {"control": "force", "in": "region"}
    words = "the control of {control} in {in} was {is} ± {error} on {on}"

    control: Name
    in_: Name


class StandingSeen(Measured):
    """`{on, standing: i, with: f, is: x, error: s}`."""

    key, names = "standing", {"standing": "patron", "with": "force"}
    words = "the standing of {standing} with {with} was {is} ± {error} on {on}"

    standing: Name
    with_: Name


class ViolenceSeen(Measured):
    """`{on, violence: level, is: x, error: s}`."""

    key, words = "violence", "violence was {is} ± {error} on {on}"

    violence: Literal["level"]
    is_: Level


KINDS: dict[str, type[Observation]] = {
    kind.key: kind
    for kind in (
        Happened,
        NotHappened,
        Deal,
        NoDeal,
        Fell,
        Stands,
        PowerSeen,
        ControlSeen,
        StandingSeen,
        ViolenceSeen,
    )
}
"""Kinds of observation by the key that names them."""


if TYPE_CHECKING:
    AnyObservation: TypeAlias = Observation  # a checker cannot follow a union made of a table
else:
    AnyObservation = one_of(KINDS)
MOST = 1000
"""Observations a file may hold."""


class Observations(Part):
    """What has been seen since the scenario was written."""

    equipoise: Annotated[Literal[1], exactly(1)]
    title: Text
    note: Text | None = None
    sources: dict[Name, Source] = {}  # noqa: RUF012 - pydantic copies it
    claims: dict[Name, Claim] = {}  # noqa: RUF012
    observations: Annotated[tuple[AnyObservation, ...], Field(max_length=MOST)]


def in_words(observation: Observation, shown: dict[str, str]) -> str:
    """Return what was seen as a sentence without its full stop.

    Args:
        observation: what was seen.
        shown: how names are to be shown, where not as they stand in the file.
    """
    values = {key: observation.value_of(key) for key in observation.attributes()}
    texts = {
        key: shown.get(value, value) if isinstance(value, str) else value for key, value in values.items()
    }
    return observation.words.format(**{**texts, **_day(values)})


def _day(values: dict[str, Any]) -> dict[str, str]:
    return {key: f"{value.day} {value:%B %Y}" for key, value in values.items() if isinstance(value, date)}
