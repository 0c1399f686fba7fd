"""Words for probabilities, and confidence said apart.

Analysts write a likelihood as a word of a published yardstick beside its number. How sure they are of the
judgement is another matter, said in another sentence: mixing the two in one is what both standards warn of.

Rules of reading, where the standards leave it open:

- The word is that of the number printed (a whole percentage), so that text never shows one number with two
  words.
- ICD 203's bands share their ends. An end takes the more cautious word, the one nearer to even: 20 % is
  "unlikely", 80 % "likely", 95 % "very likely".
- ICD 203 has no word below 1 % or above 99 %; the outermost words are used. What is above 0 and below 1 %
  is printed "under 1 %", what is above 99 % and below 1 "over 99 %".
- PHIA's bands leave gaps on purpose. In a gap the nearest word is printed with the number.
- ICD 203 has two columns of words, not to be mixed: the first is used.

Source: US Office of the Director of National Intelligence, ICD 203, 2015; UK Professional Head of
Intelligence Assessment, probability yardstick.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from equipoise.errors import InputError
from equipoise.scenario.number import ICD_203

Yardstick = Literal["icd203", "phia"]
Confidence = Literal["low", "moderate", "high"]


def _first_column() -> dict[str, tuple[float, float]]:
    """Return ICD 203's first column: the first word listed for each band."""
    by_band: dict[tuple[float, float], str] = {}
    for name, band in ICD_203.items():
        by_band.setdefault(band, name)
    return {name: band for band, name in by_band.items()}


YARDSTICKS: MappingProxyType[str, MappingProxyType[str, tuple[float, float]]] = MappingProxyType(
    {
        "icd203": MappingProxyType(_first_column()),
        "phia": MappingProxyType(
            {
                "remote chance": (0.0, 0.05),
                "highly unlikely": (0.10, 0.20),
                "unlikely": (0.25, 0.35),
                "realistic possibility": (0.40, 0.50),
                "likely": (0.55, 0.75),
                "highly likely": (0.80, 0.90),
                "almost certain": (0.95, 1.0),
            }
        ),
    }
)
"""Words of each yardstick with their bands of probability, rising."""

CONFIDENCE: tuple[Confidence, ...] = ("low", "moderate", "high")
"""Levels of confidence in a judgement, apart from its likelihood."""


def percent(probability: float) -> str:
    """Return a probability as a percentage without false precision: "63 %", "under 1 %", "over 99 %".

    Only what is exactly 0 or 1 is printed as 0 % or 100 %.

    Raises:
        InputError: not a probability.
    """
    _check(probability)
    if 0 < probability < 0.01:
        return "under 1 %"
    if 0.99 < probability < 1:
        return "over 99 %"
    return f"{_whole(probability)} %"


def word(probability: float, yardstick: Yardstick = "icd203") -> str:
    """Return the yardstick's word for a probability, by the rules at the head of this module.

    Args:
        probability: 0 to 1.
        yardstick: "icd203" or "phia".

    Raises:
        InputError: not a probability, or no such yardstick.
    """
    _check(probability)
    if yardstick not in YARDSTICKS:
        raise InputError(f"there is no yardstick {yardstick!r}; there are: {', '.join(YARDSTICKS)}")
    printed = _whole(probability)
    bands = {name: (round(100 * a), round(100 * b)) for name, (a, b) in YARDSTICKS[yardstick].items()}

    def strangeness(name: str) -> tuple[float, float]:
        low, high = bands[name]
        outside = max(low - printed, printed - high, 0)
        return outside, abs((low + high) / 2 - 50)

    return min(bands, key=strangeness)


def say(probability: float, yardstick: Yardstick = "icd203") -> str:
    """Return the word and the number: "likely (63 %)".

    Args:
        probability: 0 to 1.
        yardstick: "icd203" or "phia".

    Raises:
        InputError: not a probability, or no such yardstick.
    """
    return f"{word(probability, yardstick)} ({percent(probability)})"


def confidence(level: Confidence, grounds: str) -> str:
    """Return the sentence that says how sure the judgement is and why, apart from its likelihood.

    Args:
        level: "low", "moderate" or "high".
        grounds: what it rests on, a clause: "three sources, of which two repeat the third".

    Raises:
        InputError: another level, or no grounds given.
    """
    if level not in CONFIDENCE:
        raise InputError(f"confidence is one of {', '.join(CONFIDENCE)}; it is {level!r}")
    grounds = grounds.strip().rstrip(".")
    if not grounds:
        raise InputError("confidence needs its grounds: what the judgement rests on")
    return f"Confidence in this judgement is {level}: {grounds}."


def _whole(probability: float) -> int:
    return round(100 * probability)


def _check(probability: float) -> None:
    if not 0 <= probability <= 1:
        raise InputError(f"a probability lies between 0 and 1; it is {probability}")
