"""Uncertain numbers: every form the file allows, and its quantile function.

A number is written as a plain value, `[a, b]`, `[a, m, b]` or a mapping that names its form; a mapping
may also carry the grounds the number stands on. Source: MODEL.md §3 *Uncertain*; PERT with weight 4:
Malcolm, Roseboom, Clark and Fazar 1959; ICD 203 bands: US Office of the DNI 2015.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from equipoise.text import LONGEST_LABEL, LONGEST_TEXT, number_in

ICD_203 = {
    "almost no chance": (0.01, 0.05),
    "remote": (0.01, 0.05),
    "very unlikely": (0.05, 0.20),
    "highly improbable": (0.05, 0.20),
    "unlikely": (0.20, 0.45),
    "improbable": (0.20, 0.45),
    "roughly even chance": (0.45, 0.55),
    "roughly even odds": (0.45, 0.55),
    "likely": (0.55, 0.80),
    "probable": (0.55, 0.80),
    "very likely": (0.80, 0.95),
    "highly probable": (0.80, 0.95),
    "almost certain": (0.95, 0.99),
    "nearly certain": (0.95, 0.99),
}
"""ICD 203's two columns of words, each with its band of probability."""

ONE_FORM = "exactly one of these is needed: {forms}"
FORMS = ("value", "uniform", "triangular", "pert", "normal", "lognormal", "beta", "choice", "words", "is")
ATTRIBUTES = {form: "is_" if form == "is" else form for form in FORMS}
"""By form, the attribute that holds it."""

MAX_CHOICES = 256
LARGEST = 1e12
"""No quantity of this model needs a larger number, and none smaller can overflow on the way."""

NUMBER_KEYS = (*FORMS, "times", "within", "certain", "label", "claims", "because")

SMALLEST = 1e-100
BETA_RANGE = (1e-3, 1e6)
"""Beyond these a beta distribution is a point or two, which `value` and `choice` say plainly."""


def not_tiny(number: float) -> float:
    """Refuse a number so close to 0 that dividing by it overflows; write 0 instead."""
    if 0 < abs(number) < SMALLEST:
        raise PydanticCustomError("number", "this is closer to 0 than any quantity can be; write 0")
    return number


def as_number(key: Any) -> Any:
    """Read a key, which is a text in a file, as the number it looks like."""
    if not isinstance(key, str):
        return key
    try:
        return number_in(key)
    except ValueError:
        raise PydanticCustomError("not_a_number", "a number is needed here") from None


Finite = Annotated[
    float, Field(strict=True, ge=-LARGEST, le=LARGEST, allow_inf_nan=False), AfterValidator(not_tiny)
]
FiniteKey = Annotated[
    float,
    Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False),
    AfterValidator(not_tiny),
    BeforeValidator(as_number),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Pair = tuple[Finite, Finite]
Triple = tuple[Finite, Finite, Finite]


def from_a_file(info: ValidationInfo) -> bool:
    """True while a file is being checked: then only the file's own spelling of keys is accepted."""
    return bool(info.context and info.context.get("file"))


def refuse_unknown(data: dict[str, Any], allowed: Collection[str]) -> None:
    """Raise the error that names every key of `data` that is not among `allowed`."""
    unknown = [key for key in data if key not in allowed]
    if unknown:
        raise PydanticCustomError("unknown_keys", "unknown keys", {"keys": unknown, "allowed": list(allowed)})


def refuse_twins(points: Any) -> None:
    """Refuse two keys of a choice or scale that are the same number (`0.1` and `0.10`)."""
    seen: dict[float, str] = {}
    for key in points if isinstance(points, dict) else ():
        try:
            first = seen.setdefault(float(key), key)
        except (TypeError, ValueError):
            continue
        if first is not key:
            raise PydanticCustomError("number", f"`{first}` and `{key}` are the same value")


class Number(BaseModel):
    """A number of the file, certain or not, with its grounds; exactly one form is set."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    value: Finite | None = None
    uniform: Pair | None = None
    triangular: Triple | None = None
    pert: Triple | None = None
    normal: Pair | None = None
    lognormal: Pair | None = None
    beta: Pair | None = None
    choice: Annotated[dict[FiniteKey, Finite], Field(max_length=MAX_CHOICES)] | None = None
    words: str | None = None
    is_: Name | None = Field(None, alias="is")
    mix: tuple[Number, ...] | None = None  # not of the file: what each holder of a pool says, picked by `is`
    times: Finite | None = None
    within: Pair | None = None
    certain: Annotated[bool, Field(strict=True)] = False
    label: Annotated[str, StringConstraints(max_length=LONGEST_LABEL)] | None = None
    claims: tuple[Name, ...] = ()
    because: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, data: Any, info: ValidationInfo) -> Any:
        """Turn the short forms into the mapping that names them."""
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": data}
        if isinstance(data, list | tuple):
            if len(data) == 2:
                return {"uniform": data}
            if len(data) == 3:
                return {"pert": data}
            raise PydanticCustomError(
                "number", "a list needs two numbers (low, high) or three (low, most likely, high)"
            )
        if not isinstance(data, dict | Number):
            raise PydanticCustomError("not_a_number", "a number is needed here")
        if isinstance(data, dict) and from_a_file(info):
            refuse_unknown(data, NUMBER_KEYS)
            if sum(data.get(form) is not None for form in FORMS) != 1:
                raise PydanticCustomError("number", ONE_FORM, {"forms": ", ".join(FORMS)})
            refuse_twins(data.get("choice"))
        return data

    @field_validator("words")
    @classmethod
    def _known_words(cls, words: str | None) -> str | None:
        if words is not None and words not in ICD_203:
            raise PydanticCustomError(
                "words", "not an ICD 203 term; the terms are: {terms}", {"terms": ", ".join(ICD_203)}
            )
        return words

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(list(self._given())) != 1:
            raise PydanticCustomError("number", ONE_FORM, {"forms": ", ".join(FORMS)})
        fault = _fault_of(self)
        if fault:
            raise PydanticCustomError("number", fault)
        return self

    @property
    def refers(self) -> tuple[str, ...]:
        """The shared quantities it refers to, through the holders of a pool too."""
        own = () if self.is_ is None else (self.is_,)
        return own + tuple(name for part in self.mix or () for name in part.refers)

    @model_serializer
    def _shortest(self) -> Any:
        given = self.form
        content = getattr(self, ATTRIBUTES[given])
        extras: dict[str, Any] = {}
        for key in ("times", "within", "label", "because"):
            if getattr(self, key) is not None:
                extras[key] = list(getattr(self, key)) if key == "within" else getattr(self, key)
        if self.certain:
            extras["certain"] = True
        if self.claims:
            extras["claims"] = list(self.claims)
        if given == "value" and not extras:
            return content
        if given in ("uniform", "pert") and not extras:
            return list(content)
        return {given: list(content) if isinstance(content, tuple) else content, **extras}

    def _given(self) -> Iterator[str]:
        given = vars(self)
        return (form for form, attribute in ATTRIBUTES.items() if given[attribute] is not None)

    def __repr__(self) -> str:
        return f"Number({self.text})"

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The number without its grounds: `[0.1, 0.3]`, `normal [0.3, 0.05]`, `0.5 times weariness`, `likely (…)`."""
        return self.written(12)

    def written(self, digits: int) -> str:
        """Return the number as `text`, its values to so many significant digits."""
        if self.mix is not None:
            return " or ".join(dict.fromkeys(part.written(digits) for part in self.mix))
        form = self.form
        content = getattr(self, ATTRIBUTES[form])
        if isinstance(content, tuple):
            written = "[" + ", ".join(f"{x:.{digits}g}" for x in content) + "]"
        elif isinstance(content, dict):
            written = (
                "{" + ", ".join(f"{v:.{digits}g}: {w:.{digits}g}" for v, w in sorted(content.items())) + "}"
            )
        else:
            written = f"{content:.{digits}g}" if isinstance(content, float) else content
        if form == "words":
            low, high = ICD_203[content]
            written += f" ({100 * low:.0f}\u202f% to {100 * high:.0f}\u202f%)"
        elif form == "is":
            written = written if self.times is None else f"{self.times:.{digits}g} times {written}"
        elif form not in ("value", "uniform", "pert") or (form != "value" and self.within):
            written = f"{form} {written}"
        return written + (
            f" within [{self.within[0]:.{digits}g}, {self.within[1]:.{digits}g}]" if self.within else ""
        )

    @property
    def form(self) -> str:
        """Name of the form this number is written in."""
        return next(self._given())

    @property
    def fixed(self) -> bool:
        """True where the number can take one value only (a reference is never fixed by itself)."""
        return self.form == "value"


def _fault_of(number: Number) -> str | None:
    """Say what is wrong with a number's arguments, or None."""
    if number.times is not None and number.is_ is None:
        return "`times` belongs to `is`: it scales a shared quantity"
    if number.certain and number.value is None:
        return "`certain` belongs to one value; this number is uncertain"
    if number.uniform and number.uniform[0] > number.uniform[1]:
        return "the low end lies above the high end"
    triple = number.triangular or number.pert
    if triple and not triple[0] <= triple[1] <= triple[2]:
        return "the three numbers must rise: low, most likely, high"
    if number.normal and number.normal[1] < 0:
        return "a standard deviation cannot be negative"
    if number.lognormal and (number.lognormal[0] <= 0 or number.lognormal[1] < 1):
        return "a lognormal needs a median above 0 and a geometric standard deviation of at least 1"
    if number.beta and not BETA_RANGE[0] <= min(number.beta) <= max(number.beta) <= BETA_RANGE[1]:
        return f"both parameters of a beta must lie from {BETA_RANGE[0]:g} to {BETA_RANGE[1]:,.0f}"
    if number.choice is not None and (
        not number.choice or min(number.choice.values()) < 0 or sum(number.choice.values()) <= 0
    ):
        return "a choice needs weights that are not negative, and one above 0"
    if number.within is not None:
        return _fault_of_within(number)
    return None


def _fault_of_within(number: Number) -> str | None:
    low, high = number.within  # type: ignore[misc]
    if number.is_ is not None:
        return "`within` cannot condition a shared quantity; put it on the quantity itself"
    if low > high:
        return "`within` has its low end above its high end"
    if number.choice is not None:
        weight = math.fsum(w for v, w in number.choice.items() if low <= v <= high)
    elif spread(number) == 0:
        weight = float(
            low <= float(quantile(number.model_copy(update={"within": None}), np.array(0.5))) <= high
        )
    else:
        weight = float(np.diff(_cdf(number, np.array([low, high])))[0])
    return None if weight > 1e-12 else "nothing of the number lies inside `within`"


def support(number: Number) -> tuple[float, float]:
    """Return the least and greatest value a number can take (infinite where unbounded)."""
    if number.choice is not None:
        values = [v for v, w in number.choice.items() if w > 0]
        low, high = min(values), max(values)
        if number.within:
            inside = [v for v in values if number.within[0] <= v <= number.within[1]]
            low, high = min(inside), max(inside)
        return low, high
    low, high = _bounds(number)
    if number.within:
        low, high = max(low, number.within[0]), min(high, number.within[1])
    return low, high


def _bounds(number: Number) -> tuple[float, float]:
    if number.value is not None:
        return number.value, number.value
    if number.words is not None:
        return ICD_203[number.words]
    if number.uniform:
        return number.uniform
    triple = number.triangular or number.pert
    if triple:
        return triple[0], triple[2]
    if number.normal:
        mean, sd = number.normal
        return (-math.inf, math.inf) if sd > 0 else (mean, mean)
    if number.lognormal:
        return (0.0, math.inf) if number.lognormal[1] > 1 else (number.lognormal[0],) * 2
    if number.beta:
        return 0.0, 1.0
    raise ValueError("a shared quantity's support is that of the quantity, times its factor")


def spread(number: Number) -> float:
    """Return the width of a number's support, 0 where it is certain."""
    if number.value is not None:
        return 0.0
    low, high = support(number) if number.within is None or number.choice is not None else _bounds(number)
    return high - low


def quantile(number: Number, u: np.ndarray) -> np.ndarray:
    """Return the value of `number` at probability `u`, elementwise: inverse transform sampling.

    `within` conditions the number: the quantile of the truncated distribution, which has the law of
    drawing again until inside.

    Args:
        number: any form but `is`.
        u: probabilities strictly between 0 and 1, any shape.
    """
    u = np.asarray(u, dtype=float)
    if number.choice is not None:
        return _choice_quantile(number, u)
    if spread(number) == 0:
        return np.full(u.shape, _bounds(number)[0])
    if number.within is None:
        return _quantile(number, u)
    at_low, at_high = _cdf(number, np.array(number.within))
    return np.clip(_quantile(number, at_low + u * (at_high - at_low)), *number.within)


def _choice_quantile(number: Number, u: np.ndarray) -> np.ndarray:
    low, high = number.within or (-math.inf, math.inf)
    items = sorted((v, w) for v, w in number.choice.items() if w > 0 and low <= v <= high)  # type: ignore[union-attr]
    edges = np.cumsum([w for _, w in items])
    index = np.searchsorted(edges / edges[-1], u, side="right")
    return np.array([v for v, _ in items])[np.minimum(index, len(items) - 1)]


def beta_of(number: Number) -> tuple[float, float, float, float]:
    """Return (alpha, beta, low, high) of a beta or PERT."""
    if number.beta:
        return (*number.beta, 0.0, 1.0)
    low, mode, high = number.pert  # type: ignore[misc]
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low), low, high


def _quantile(number: Number, u: np.ndarray) -> np.ndarray:
    from scipy import special

    if number.normal:
        return number.normal[0] + number.normal[1] * special.ndtri(u)
    if number.lognormal:
        return number.lognormal[0] * np.exp(math.log(number.lognormal[1]) * special.ndtri(u))
    if number.triangular:
        low, mode, high = number.triangular
        cut = (mode - low) / (high - low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        return np.where(u < cut, rising, high - np.sqrt((1 - u) * (high - low) * (high - mode)))
    if number.pert or number.beta:
        alpha, beta, low, high = beta_of(number)
        return low + (high - low) * special.betaincinv(alpha, beta, u)
    low, high = _bounds(number)
    return low + u * (high - low)


def _cdf(number: Number, x: np.ndarray) -> np.ndarray:
    from scipy import special

    if number.normal:
        return special.ndtr((x - number.normal[0]) / number.normal[1])
    if number.lognormal:
        median, gsd = number.lognormal
        with np.errstate(divide="ignore"):
            return special.ndtr(np.log(np.maximum(x, 0) / median) / math.log(gsd))
    if number.triangular:
        low, mode, high = number.triangular
        x = np.clip(x, low, high)
        rising = (x - low) ** 2 / max((high - low) * (mode - low), 1e-300)
        falling = 1 - (high - x) ** 2 / max((high - low) * (high - mode), 1e-300)
        return np.where(x < mode, rising, np.where(high > mode, falling, 1.0))
    if number.pert or number.beta:
        alpha, beta, low, high = beta_of(number)
        return special.betainc(alpha, beta, np.clip((x - low) / (high - low), 0, 1))
    low, high = _bounds(number)
    return np.clip((x - low) / (high - low), 0, 1)


Form = Literal[
    "value", "uniform", "triangular", "pert", "normal", "lognormal", "beta", "choice", "words", "is"
]
