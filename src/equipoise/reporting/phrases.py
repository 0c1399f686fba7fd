"""How numbers, chances and dates are written for people: one way, everywhere in tables and report.

What is undefined (None) is a dash. A probability is a word of ICD 203 with its number, or of another yardstick
within `with yardstick(...)`; the rules for the words are those of `scenario.likelihood`. Source: DESIGN *Words*.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from equipoise.scenario import likelihood as words
from equipoise.scenario.phrases import (
    DASH as DASH,
)
from equipoise.scenario.phrases import (
    MINUS as MINUS,
)
from equipoise.scenario.phrases import (
    RAISED as RAISED,
)
from equipoise.scenario.phrases import (
    THIN as THIN,
)
from equipoise.scenario.phrases import (
    bound as bound,
)
from equipoise.scenario.phrases import (
    count as count,
)
from equipoise.scenario.phrases import (
    counted as counted,
)
from equipoise.scenario.phrases import (
    day as day,
)
from equipoise.scenario.phrases import (
    listed as listed,
)
from equipoise.scenario.phrases import (
    percent as percent,
)
from equipoise.scenario.phrases import (
    sentence as sentence,
)
from equipoise.scenario.phrases import (
    significant as significant,
)
from equipoise.scenario.phrases import (
    within as within,
)

_YARDSTICK: ContextVar[words.Yardstick] = ContextVar("yardstick", default="icd203")


@contextmanager
def yardstick(name: words.Yardstick) -> Iterator[None]:
    """Say chances in the words of another yardstick, for as long as the context lasts.

    Args:
        name: "icd203" or "phia".
    """
    before = _YARDSTICK.set(name)
    try:
        yield
    finally:
        _YARDSTICK.reset(before)


def current_yardstick() -> words.Yardstick:
    """Return the yardstick whose words are used."""
    return _YARDSTICK.get()


def number(value: float | None, *, digits: int = 3, signed: bool = False) -> str:
    """Return a number with a fixed count of decimals and a true minus sign."""
    if value is None:
        return DASH
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed else text


def multiple(value: float) -> str:
    """Return a multiple to two significant figures, as exact as a scan over a few levels can know it."""
    return f"{value:.2g}"


def percent_error(share: float | None, se: float | None) -> str:
    """Return a share with its standard error in points of 100: `34 % ± 1.2`."""
    return percent(share) + ("" if share is None or not se else f" ± {100 * se:.1f}")


def chance(probability: float | None, se: float | None = None) -> str:
    """Return a probability as word and number: `unlikely (34 %)`; of what never or always happened, so.

    Args:
        probability: the chance.
        se: its standard error, to be said in points of 100: `unlikely (34 % ± 1.2)`.
    """
    if probability is None:
        return DASH
    if probability <= 0:
        return "in no future"
    if probability >= 1:
        return "in every future"
    said = bound(words.say(probability, _YARDSTICK.get()))
    return f"{said.removesuffix(')')} ± {100 * se:.1f})" if se else said


def in_draws(probability: float | None) -> str:
    """Return a chance over draws in words with its number; what never or always came says so."""
    if probability is None or 0 < probability < 1:
        return chance(probability)
    return "in every draw" if probability >= 1 else "in no draw"


def interval(low: float | None, high: float | None, *, digits: int = 3, signed: bool = False) -> str:
    """Return `low to high`, or a dash where either is undefined."""
    if low is None or high is None:
        return DASH
    return f"{number(low, digits=digits, signed=signed)} to {number(high, digits=digits, signed=signed)}"


def plus_minus(mean: float | None, se: float | None, *, digits: int = 3) -> str:
    """Return `mean ± standard error`."""
    if mean is None:
        return DASH
    return number(mean, digits=digits) + ("" if se is None else f" ± {abs(se):.{digits}f}")


def unbroken(number: str) -> str:
    """Return a number as the file writes it, `[0.1, 0.2, 0.5]`, so that it stays on a line."""
    return number.replace(", ", f",{THIN}") if number.startswith("[") else number
