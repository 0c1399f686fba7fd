"""Moving an uncertain number as a whole: its range goes with it, and stays where such a number may lie.

Three ways, by what may stand at the number's place: what cannot be negative is multiplied, a chance or share has its
odds multiplied (so that it stays between 0 and 1), and what may have either sign is shifted. All three keep the order
of values. The points of a form move; a normal, lognormal or beta number has its middle moved and its spread kept on
that scale, to first order. Where its form cannot say it, it becomes a PERT over its moved 1 %, 50 % and 99 % points.
Source: MODEL.md §5a.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.number import ICD_203, LARGEST, SMALLEST, Number, quantile, support
from equipoise.scenario.ranges import span_of
from equipoise.scenario.rules import range_of
from equipoise.scenario.value_types import SHARE, Range
from equipoise.text import number_in

Way = Literal["times", "odds", "shift"]
_MOVE = re.compile(r"(odds\*|\*|~)(.+)", re.DOTALL)
_SIGNS: dict[str, Way] = {"*": "times", "odds*": "odds", "~": "shift"}
EDGES = (0.01, 0.5, 0.99)
POINTS = ("uniform", "triangular", "pert")
GRID = 2048
"""Quantiles from which a number's own standard deviation is taken."""
DIGITS = 4
"""Significant figures of a number that was moved and is to be written down."""


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

    def back(self, part: float) -> Move:
        """Return the move taken back by some part: 0 leaves it, 1 takes it back whole."""
        return Move(self.way, self.by * (1 - part) if self.way == "shift" else self.by ** (1 - part))


def way_of(path: str, number: Number) -> Way:
    """Return how the number at a path is moved by a slider: by what may stand there, then by what it can be."""
    low, high = range_of(path)
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
    if number.mix is not None:
        raise InputError(
            f"several people's numbers are taken together at {path}; type a number in their place"
        )
    if number.is_ is not None and move.way != "times":
        raise InputError(f"{path} refers to a shared quantity; it is moved like this: *2; given {move.text}")
    if number.is_ is not None:
        factor = 1.0 if number.times is None else number.times
        return Number.model_validate({"is": number.is_, "times": factor * move.by})
    low, high = support(number)
    if move.way == "odds" and not 0 <= low <= high <= 1:
        raise InputError(f"{path} is no chance and has no odds; write *2 or ~0.1; given {move.text}")
    return moved_middle(number, move, range_of(path)).model_copy(
        update={"claims": (), "because": None, "label": None}
    )


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


def moved_middle(number: Number, move: Move, may_be: Range) -> Number:
    """Return a number moved as a whole, in the form it has (words become a range), its grounds kept.

    Every value, or every parameter of place, is mapped; the spread goes with it.

    Args:
        number: neither several people's nor a reference to a shared quantity. move: odds only of what lies in 0 to 1.
        may_be: what may stand at its place; an end of `within` that is an end of it stays.
    """
    to = _mapping(move)
    update: dict[str, Any] = {}
    if number.within is not None:
        update["within"] = tuple(end if end in may_be else to(end) for end in number.within)
    if number.value is not None:
        update["value"] = to(number.value)
    elif number.words is not None:
        update |= {"words": None, "uniform": tuple(map(to, ICD_203[number.words]))}
    elif number.choice is not None:
        update["choice"] = {to(value): weight for value, weight in number.choice.items()}
    elif number.form in POINTS:
        update[number.form] = tuple(map(to, getattr(number, number.form)))
    else:
        update |= _SPREAD[number.form](number, move, to)
    return number.model_copy(update=update)


def _normal(number: Number, move: Move, to: Callable[[float], float]) -> dict[str, Any]:
    mean, sd = number.normal or (0.0, 0.0)
    if move.way != "odds":
        return {"normal": (to(mean), sd * (move.by if move.way == "times" else 1.0))}
    if not 0 < mean < 1:
        return _over_points(number, to)
    return {"normal": (to(mean), sd * to(mean) * (1 - to(mean)) / (mean * (1 - mean)))}


def _lognormal(number: Number, move: Move, to: Callable[[float], float]) -> dict[str, Any]:
    median, gsd = number.lognormal or (1.0, 1.0)
    if move.way == "times":
        return {"lognormal": (to(median), gsd)}
    if move.way == "shift" or median >= 1:
        return _over_points(number, to)
    return {"lognormal": (to(median), gsd ** ((1 - to(median)) / (1 - median)))}


def _beta(number: Number, move: Move, to: Callable[[float], float]) -> dict[str, Any]:
    """Move the odds of the mean; the sum of the two parameters, how much the distribution knows, stays."""
    if move.way != "odds":
        return _over_points(number, to)
    known = sum(number.beta or ())
    mean = to((number.beta or (0.0, 1.0))[0] / known)
    return {"beta": (mean * known, (1 - mean) * known)}


def _over_points(number: Number, to: Callable[[float], float]) -> dict[str, Any]:
    """Return a PERT over a number's moved points, where its own form cannot say it."""
    points = tuple(to(float(value)) for value in quantile(number, np.array(EDGES)))
    return {number.form: None, "within": None, "pert": points}


_SPREAD: dict[str, Callable[..., dict[str, Any]]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "beta": _beta,
}


def refuse_beyond(path: str, number: Number) -> None:
    """Refuse a number that can take a value which may not stand at its path."""
    low, high = range_of(path)
    span = span_of(number, {})
    if span is not None and not (low <= span[0] and span[1] <= high):
        limits = "not be negative" if high == np.inf else f"lie from {low:g} to {high:g}"
        raise InputError(f"{path} must {limits}; given {number}")


# What a number's own spread measures


def way_for(number: Number, may_be: Range) -> Way:
    """Return how a number keeps its spread when it moves: by its form, and by what may stand where it stands."""
    if may_be == SHARE or number.form in ("beta", "words"):
        return "odds"
    return "times" if may_be[0] >= 0 or number.form == "lognormal" else "shift"


def fixed_by(number: Number, way: Way) -> bool:
    """Return whether a number cannot move that way: 0 times anything is 0, and odds of 0 or 1 cannot be changed."""
    pair = number.normal or number.lognormal
    middle = pair[0] if pair else float(quantile(number, np.array(0.5)))
    return {"shift": False, "times": middle <= 0, "odds": not 0 < middle < 1}[way]


def own_deviation(number: Number, way: Way) -> float:
    """Return a number's standard deviation on the scale on which it moves (itself, its logarithm, its log-odds).

    Values of exactly 0, and of 1 in log-odds, do not move and are left out; 0 where nothing is left.
    """
    values = quantile(number, (np.arange(GRID) + 0.5) / GRID)
    if way == "times":
        values = np.log(values[values > 0])
    elif way == "odds":
        values = values[(values > 0) & (values < 1)]
        values = np.log(values) - np.log1p(-values)
    return float(values.std()) if len(values) else 0.0


def move_of(way: Way, far: float) -> Move:
    """Return the move by so much on the scale of a way."""
    return Move(way, far if way == "shift" else float(np.exp(far)))


def room(number: Number, way: Way, may_be: Range) -> Range:
    """Return how far a number may move down and up on its scale before a point of it leaves what may stand there."""
    if way == "odds" or number.form in _SPREAD:
        return -np.inf, np.inf
    low, high = support(number.model_copy(update={"within": None}))
    if way == "times":
        return -np.inf, float(np.log(may_be[1] / high))
    return may_be[0] - low, may_be[1] - high


def rounded(number: Number) -> Number:
    """Return a number in four significant figures, as it is written down after it has moved."""
    update: dict[str, Any] = {}
    for field in ("value", "within", "choice", *POINTS, *_SPREAD):
        given = getattr(number, field)
        if isinstance(given, tuple):
            update[field] = tuple(map(_short, given))
        elif isinstance(given, dict):
            update[field] = {_short(value): weight for value, weight in given.items()}
        elif given is not None:
            update[field] = _short(given)
    return number.model_copy(update=update)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
