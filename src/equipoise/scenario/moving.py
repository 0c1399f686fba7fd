"""Moving an uncertain number as a whole: its range goes with it, and stays where such a number may lie.

Three ways, by what may stand at the number's place: what cannot be negative is multiplied, a chance or share has its
odds multiplied (so that it stays between 0 and 1), and what may have either sign is shifted. All three keep the order
of values, so a moved number has the form it had, or, where its form has no such parameters (a normal share, a beta),
a PERT over its moved 1 %, 50 % and 99 % points.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.number import ICD_203, LARGEST, SMALLEST, Number, quantile, support
from equipoise.scenario.ranges import span_of
from equipoise.scenario.rules import RANGES
from equipoise.scenario.value_types import ANY, Range
from equipoise.text import number_in

Way = Literal["times", "odds", "shift"]
_MOVE = re.compile(r"(odds\*|\*|~)(.+)", re.DOTALL)
_SIGNS: dict[str, Way] = {"*": "times", "odds*": "odds", "~": "shift"}
EDGES = (0.01, 0.5, 0.99)


@dataclass(frozen=True)
class Move:
    """How far a number is moved: `*2` twice as much, `odds*2` twice the odds, `~0.1` so much more."""

    way: Way
    by: float

    @property
    def text(self) -> str:
        """As it is written in an address."""
        sign = next(sign for sign, way in _SIGNS.items() if way == self.way)
        return f"{sign}{self.by:.6g}"


def allowed(path: str) -> Range:
    """Return the least and the greatest value that may stand at a path."""
    return RANGES.get(tuple(path.split("."))) or ANY


def way_of(path: str, number: Number) -> Way:
    """Return how the number at a path is moved by a slider: by what may stand there, then by what it can be."""
    low, high = allowed(path)
    if number.is_ is not None:
        return "times"
    if low == 0 and high == 1:
        return "odds"
    return "times" if low >= 0 or (low == -np.inf and support(number)[0] >= 0) else "shift"


def asked_for(text: str) -> Move | Number:
    """Return what a text asks for: a move (`*2`, `odds*0.5`, `~-0.1`), or a number as the file writes it.

    Raises:
        InputError: it is neither.
    """
    found = _MOVE.fullmatch(text.strip())
    try:
        if found and found[1] in _SIGNS:
            way, by = _SIGNS[found[1]], number_in(found[2].strip())
            if way != "shift" and not 0 < by <= LARGEST:
                raise InputError(f"a number is multiplied by something above 0; given {text!r}")
            return Move(way, by)
        return Number.model_validate(_written(text.strip()))
    except ValueError:
        raise InputError(
            f"{text!r} is no number: write 0.3, [low, high], [low, most likely, high], or *2 for twice as much"
        ) from None


def _written(text: str) -> float | list[float]:
    """Return a number as the file writes its short forms."""
    if text.startswith("[") and text.endswith("]"):
        return [number_in(part.strip()) for part in text[1:-1].split(",")]
    return number_in(text)


def moved(path: str, number: Number, move: Move) -> Number:
    """Return a number moved as a whole, its grounds left behind.

    Raises:
        InputError: numbers at this path do not move that way.
    """
    if number.is_ is not None and move.way != "times":
        raise InputError(f"{path} refers to a shared quantity; it is moved like this: *2; given {move.text}")
    if number.is_ is not None:
        factor = 1.0 if number.times is None else number.times
        return Number.model_validate({"is": number.is_, "times": factor * move.by})
    low, high = support(number)
    if move.way == "odds" and not 0 <= low <= high <= 1:
        raise InputError(f"{path} is no chance and has no odds; write *2 or ~0.1; given {move.text}")
    return _mapped(number, _mapping(move), move)


def _mapping(move: Move) -> Callable[[float], float]:
    def mapped(value: float) -> float:
        if move.way == "times":
            out = value * move.by
        elif move.way == "shift":
            out = value + move.by
        else:
            out = value * move.by / (1 - value + value * move.by)
        return 0.0 if abs(out) < SMALLEST else float(f"{min(max(out, -LARGEST), LARGEST):.12g}")

    return mapped


def _mapped(number: Number, of: Callable[[float], float], move: Move) -> Number:
    """Return a number whose values are those of `number`, mapped by a rising function."""
    extra = {"within": [of(end) for end in number.within]} if number.within else {}
    if number.value is not None:
        return Number(value=of(number.value))
    if number.words is not None:
        return Number(uniform=tuple(of(end) for end in ICD_203[number.words]))
    for form in ("uniform", "triangular", "pert"):
        if getattr(number, form) is not None:
            return Number.model_validate({form: [of(value) for value in getattr(number, form)], **extra})
    if number.choice is not None:
        return Number.model_validate({"choice": {of(v): w for v, w in number.choice.items()}, **extra})
    if number.lognormal is not None and move.way == "times":
        return Number.model_validate({"lognormal": [of(number.lognormal[0]), number.lognormal[1]], **extra})
    if number.normal is not None and move.way != "odds":
        wide = move.by if move.way == "times" else 1.0
        return Number.model_validate({"normal": [of(number.normal[0]), number.normal[1] * wide], **extra})
    return Number.model_validate([of(float(value)) for value in quantile(number, np.array(EDGES))])


def refuse_beyond(path: str, number: Number) -> None:
    """Refuse a number that can take a value which may not stand at its path."""
    low, high = allowed(path)
    span = span_of(number, {})
    if span is not None and not (low <= span[0] and span[1] <= high):
        limits = "not be negative" if high == np.inf else f"lie from {low:g} to {high:g}"
        raise InputError(f"{path} must {limits}; given {number}")
