"""Numbers, chances, dates, lists and names inside sentences: the small phrases that everything said is made of.

One way everywhere: in the words of a scenario, in tables and in the report. What is undefined (None) is a dash. A
chance is a word of ICD 203 with its number, or of another yardstick within `with yardstick(...)`; the rules for the
words are those of `likelihood`. Source: DESIGN *Words*.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from equipoise.scenario import likelihood

DASH = "–"
MINUS = "−"
THIN = "\u202f"
"""A narrow space that does not break, set between a number and its sign of unit."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits of an exponent."""
PLAIN_POWERS = 4
"""Powers of ten, upwards and downwards, that an interval shows without an exponent."""
LEAST_POWER = -300
"""The least power of ten by which a float can be divided."""


def significant(value: float | None, *, digits: int = 3) -> str:
    """Return a number to three significant figures or fewer, without exponent where that is readable."""
    if value is None:
        return DASH
    text = f"{float(f'{value:.{digits}g}'):.3g}"
    if "e" not in text:
        return text.replace("-", MINUS)
    mantissa, exponent = text.split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(RAISED)}".replace("-", MINUS)


def count(value: float | None) -> str:
    """Return a whole number with its thousands set apart."""
    return DASH if value is None else f"{int(value):,}"


def percent(share: float | None) -> str:
    """Return a share as whole per cent; what is neither 0 nor 1 never reads as if it were."""
    return DASH if share is None else bound(likelihood.percent(min(max(share, 0.0), 1.0)))


def percents(low: float | None, high: float | None) -> str:
    """Return two shares as whole per cent, `3 % to 8 %`; once where both read alike, a dash where one is unknown."""
    ends = dict.fromkeys((percent(low), percent(high)))
    return DASH if DASH in ends else " to ".join(ends)


def small_percent(share: float) -> str:
    """Return a share as per cent, below a tenth with a decimal, where small shares have to be told apart."""
    return percent(share) if share >= 0.1 or share == 0 else bound(f"{100 * share:.1f} %")


def bound(text: str) -> str:
    """Return a text in which a number and its sign of unit stay on a line."""
    return text.replace(" %", f"{THIN}%")


def day(value: str | date | None, *, year: bool = True) -> str:
    """Return a date as people write it: `1 July 2031`."""
    if value is None:
        return DASH
    moment = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{moment.day} {moment:%B}" + (f" {moment.year}" if year else "")


def listed(items: Sequence[str], *, last: str = "and") -> str:
    """Return `a, b and c`."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(amount: int, one: str, many: str | None = None) -> str:
    """Return an amount with its noun: small amounts in words, `nine strategies`, `1 strategy`."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    noun = one if amount == 1 else (many or one + "s")
    return f"{words[amount] if amount < len(words) else count(amount)} {noun}"


def counted_over(amount: int, what: str = "states of the world") -> str:
    """Say over how many a share is counted: a run, the page and each analysis count their own, some fewer."""
    return f"Counted over {count(amount)} {what}; other views count others, and their shares may differ."


COMMON = frozenset({
    "army", "government", "insurgency", "insurgents", "junta", "militias", "monarchy", "opposition", "rebels", "regime",
    "republic", "separatists", "state", "tribes", "warlords",
})  # fmt: skip
"""Names that are common nouns: inside a sentence they take an article and no capital."""


def within(name: str) -> str:
    """Return a name as it stands inside a sentence: `The Crown` becomes `the Crown`, `Government` `the government`."""
    if name.casefold() in COMMON:
        return f"the {name.casefold()}"
    first, _, rest = name.partition(" ")
    return f"{first.casefold()} {rest}" if rest and first in ("The", "A", "An") else name


def spoken(key: str, *, force: bool) -> str:
    """Return an actor that has no name as it stands inside a sentence: `the hill lords`, `Saudi Arabia`."""
    words = key.replace("-", " ")
    return f"the {words}" if force else " ".join(word[:1].upper() + word[1:] for word in words.split(" "))


def labelled(key: str) -> str:
    """Return a key that is nobody's name as it is shown: in quotation marks, `“delhi office”`."""
    return f"“{key.replace('-', ' ')}”"


def quoted(name: str) -> str:
    """Return a name as it stands inside a sentence: in quotation marks where it is more than one word."""
    return f"“{name}”" if " " in name else name


def sentence(text: str) -> str:
    """Return a text with its first letter raised."""
    return text[:1].upper() + text[1:]


_YARDSTICK: ContextVar[likelihood.Yardstick] = ContextVar("yardstick", default="icd203")


@contextmanager
def yardstick(name: likelihood.Yardstick) -> Iterator[None]:
    """Say chances in the words of another yardstick, for as long as the context lasts.

    Args:
        name: "icd203" or "phia".
    """
    before = _YARDSTICK.set(name)
    try:
        yield
    finally:
        _YARDSTICK.reset(before)


def current_yardstick() -> likelihood.Yardstick:
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
    return f"{float(f'{value:.2g}'):,.10g}"


def times_the_scenario(value: float) -> str:
    """Return a multiple of what the scenario says: `2.6 times what the scenario says`."""
    times = multiple(value)
    return "about what the scenario says" if times == "1" else f"{times} times what the scenario says"


def percent_error(share: float | None, se: float | None) -> str:
    """Return a share with its standard error in points of 100: `34 % ± 1.2`."""
    return percent(share) + ("" if share is None or not se else f" ± {_in_points(se)}")


def _in_points(se: float) -> str:
    """Return a standard error in points of 100; one that is not 0 never reads as if it were."""
    return f"{100 * se:.1f}" if se >= 0.0005 else "under 0.1"


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
    said = bound(likelihood.say(probability, _YARDSTICK.get()))
    return f"{said.removesuffix(')')} ± {_in_points(se)})" if se else said


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


def span(low: float | None, high: float | None, *, digits: int = 3) -> str:
    """Return `low to high`, both ends with the same number of decimals, or a dash where either is undefined.

    Args:
        low, high: the ends.
        digits: significant figures of the end that is farther from 0; up to two more where it takes them to tell the
            ends apart.
    """
    if low is None or high is None:
        return DASH
    far = max(abs(low), abs(high))
    power = max(math.floor(math.log10(far)), LEAST_POWER) if far else 0
    unit = 0 if -PLAIN_POWERS <= power <= PLAIN_POWERS else power
    ends = low / 10.0**unit, high / 10.0**unit
    own, apart = _decimals(far / 10.0**unit, digits), _decimals(ends[1] - ends[0], 1)
    places = max(own, min(apart, own + 2), 0)
    while places and all(f"{end:.{places}f}".endswith("0") for end in ends):
        places -= 1
    behind = f" × 10{str(unit).translate(RAISED)}" if unit else ""
    return " to ".join(number(end, digits=places) + behind for end in ends)


def alike(values: Sequence[float | None]) -> list[str]:
    """Return numbers to be compared, all with the decimals that show three figures of the one farthest from 0."""
    far = max((abs(value) for value in values if value is not None), default=0.0)
    return [number(value, digits=max(_decimals(far, 3), 0)) for value in values]


def _decimals(value: float, digits: int) -> int:
    """Return how many decimals show so many significant figures of a number; below 0 where it has more in front."""
    return digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}")))) if value else 0


def plus_minus(mean: float | None, se: float | None, *, digits: int = 3) -> str:
    """Return `mean ± standard error`; an error that is not 0 never reads as if it were."""
    if mean is None or se is None:
        return number(mean, digits=digits)
    least = 10**-digits
    error = f"under {least:.{digits}f}" if 0 < abs(se) < least / 2 else f"{abs(se):.{digits}f}"
    return f"{number(mean, digits=digits)} ± {error}"


def unbroken(number: str) -> str:
    """Return a number as the file writes it, `[0.1, 0.2, 0.5]`, so that it stays on a line."""
    return number.replace(", ", f",{THIN}") if number.startswith("[") else number
