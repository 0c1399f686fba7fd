"""The plain values of a scenario: texts, dates, shares, spans, and how each is refused when it is none.

Pydantic reads generously by default (`"0.3"` as a number, 1 as true, a number as a date); a file that
people argue about is read strictly instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from equipoise.scenario.number import FORMS, LARGEST, NUMBER_KEYS, Name, Number
from equipoise.text import LONGEST_LABEL, LONGEST_NAME, LONGEST_TEXT

Label = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
ShortLabel = Annotated[str, StringConstraints(max_length=LONGEST_LABEL)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Relative = Annotated[float, Field(strict=True, ge=0, le=LARGEST, allow_inf_nan=False)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Weeks = Annotated[int, Field(ge=1, le=5200, strict=True)]
SomeWeeks = Annotated[int, Field(ge=0, le=5200, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Timing = Literal["even", "early", "late"]
"""How dates lie over what is left of a window: evenly, or falling or rising in a straight line."""

Range = tuple[float, float]
ANY: Range = (-math.inf, math.inf)
NOT_NEGATIVE: Range = (0.0, math.inf)
SHARE: Range = (0.0, 1.0)
SIGN: Range = (-1.0, 1.0)

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_day(value: Any) -> Any:
    """Read a date that stands in quotes, as JSON writes it; refuse what is no date."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", f"there is no day {value}") from None
    if type(value) is not date:
        raise PydanticCustomError("day", "a date is needed here, written year-month-day, such as 2031-05-01")
    return value


def _as_month_day(value: Any) -> Any:
    """Read a day of any year, month-day; refuse what no year has."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{2}-[0-9]{2}", value):
        try:
            date.fromisoformat(f"2000-{value}")
        except ValueError:
            raise PydanticCustomError("day", f"no year has a day {value}") from None
        return value
    raise PydanticCustomError(
        "day", 'a day of the year is needed here, written month-day in quotes, such as "04-15"'
    )


def exactly(allowed: Any) -> BeforeValidator:
    """Accept this value only, and not another that Python takes for the same (1 for true)."""

    def check(value: Any) -> Any:
        if value is not allowed and (value != allowed or isinstance(value, bool | float)):
            raise PydanticCustomError("exactly", f"only `{str(allowed).lower()}` can stand here")
        return value

    return BeforeValidator(check)


def listed(kind: type) -> BeforeValidator:
    """Let a single item stand for a list of one."""
    return BeforeValidator(lambda value: [value] if isinstance(value, kind) else value)


def tagged(choose: Callable[[Any], str | None]) -> Discriminator:
    """Choose between the forms of a value by looking at it, so that errors speak of one form only."""
    return Discriminator(choose)


def kind_of(value: Any, kinds: Mapping[str, type[BaseModel]]) -> str | None:
    """Return which of several kinds a part is: by its class, or by the key of a mapping that names one; else None."""
    if isinstance(value, BaseModel):
        return next((key for key, kind in kinds.items() if isinstance(value, kind)), None)
    return next((key for key in kinds if isinstance(value, dict) and key in value), None)


def one_of(kinds: Mapping[str, type[BaseModel]]) -> Any:
    """Return the type of a part of several kinds, each named by a key of its own."""

    def tag(value: Any) -> str | None:
        kind = kind_of(value, kinds)
        return None if kind is None else f"<{kind}>"

    return Annotated[
        reduce(or_, (Annotated[kind, Tag(f"<{key}>")] for key, kind in kinds.items())), tagged(tag)
    ]


def is_day(value: Any) -> bool:
    """Tell a date, or a text written like one, from a name."""
    return isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value) is not None)


_WRITTEN_AS = {"value": int | float, "choice": dict, "words": str, "is": str}


def is_number(value: Any) -> bool:
    """Tell one number written as a mapping from a mapping of numbers, whose keys may be called `beta`."""
    if isinstance(value, Number) or not isinstance(value, dict | BaseModel):
        return True
    if isinstance(value, BaseModel) or any(key not in NUMBER_KEYS for key in value):
        return False
    return any(key in FORMS and isinstance(value[key], _WRITTEN_AS.get(key, list | tuple)) for key in value)


Day = Annotated[date, BeforeValidator(_as_day)]
MonthDay = Annotated[str, BeforeValidator(_as_month_day)]
DayOrName = Annotated[
    Annotated[Day, Tag("<day>")] | Annotated[Name, Tag("<name>")],
    tagged(lambda value: "<day>" if is_day(value) else "<name>"),
]
Decision = Annotated[
    Annotated[Day, Tag("<day>")] | Annotated[Literal["never"], Tag("<word>")],
    tagged(lambda value: "<word>" if isinstance(value, str) and not is_day(value) else "<day>"),
]
WeeksAfter = Annotated[
    Annotated[SomeWeeks, Tag("<weeks>")] | Annotated[tuple[SomeWeeks, SomeWeeks], Tag("<span>")],
    tagged(lambda value: "<span>" if isinstance(value, list | tuple) else "<weeks>"),
]
"""How many weeks after at least, or at least and at most."""
Names = Annotated[tuple[Name, ...], listed(str)]
POWER = "power"
"""Stands for a number: a force's power in the week of a talk."""
NumberOrPower = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[Literal["power"], Tag("<word>")],
    tagged(lambda value: "<word>" if value == POWER else "<number>"),
]
Clout = Annotated[
    Annotated[Literal["power"], Tag("<word>")] | Annotated[dict[Name, NumberOrPower], Tag("<each>")],
    tagged(lambda value: "<word>" if isinstance(value, str) else "<each>"),
]
WEEKS_A_YEAR = 52
"""Weeks over which chances and rates a year are meant."""
OTHERS = "others"
"""Stands for the names of all other forces."""
START: Literal["start"] = "start"
"""Stands for a number: a force's power at the start."""
NumberOrStart = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[Literal["start"], Tag("<word>")],
    tagged(lambda value: "<word>" if value == START else "<number>"),
]
Channel = Literal["troops", "money"]
Order = Literal["holds", "settlement", "chaos", "takeover"]
"""What the country may be in, in any week."""
ORDERS: tuple[Order, ...] = get_args(Order)
"""The orders by their code; a takeover by force j has the code of `takeover` + j."""
ChoiceRule = Literal[
    "maximin", "maximax", "hurwicz", "laplace", "minimax-regret", "regret-p90", "mean-variance",
    "undesirable-deviations", "percentile-skewness", "percentile-peakedness", "starr", "cvar5", "certainty-equivalent",
]  # fmt: skip
"""By what somebody may choose: the robustness metrics (`findings.metrics`), of which `laplace` is the mean payoff."""
TALK_MODELS = (
    "compromise",
    "weighted-median",
    "median",
    "challenge",
    "challenge-mended",
    "pce-conditional",
    "pce-uniform",
    "pce-incentive",
    "ktab",
    "ktab-blend",
    "ktab-blend-mended",
    "nash",
    "kalai-smorodinsky",
    "rubinstein",
    "exchange",
)
"""Names of the bargaining models a talk may use; the models themselves are in the room `talks`."""
CHANNELS: tuple[Channel, ...] = get_args(Channel)
ZERO = Number(value=0.0)
ONE = Number(value=1.0)
