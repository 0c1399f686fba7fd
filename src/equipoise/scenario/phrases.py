"""Numbers, dates, lists and names inside sentences: the small phrases that everything said is made of.

What is undefined (None) is a dash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from equipoise.scenario import likelihood

DASH = "–"
MINUS = "−"
THIN = "\u202f"
"""A narrow space that does not break, set between a number and its sign of unit."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits of an exponent."""


def significant(value: float | None) -> str:
    """Return a number to three significant figures, without exponent where that is readable."""
    if value is None:
        return DASH
    text = f"{value:.3g}"
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


COMMON = frozenset({
    "army", "government", "insurgency", "insurgents", "junta", "militias", "monarchy", "opposition", "rebels", "regime",
    "republic", "separatists", "state", "tribes", "warlords",
})  # fmt: skip
"""Names that are common nouns: inside a sentence they take an article and no capital."""


def within(name: str) -> str:
    """Return a name as it stands inside a sentence: `The Crown` becomes `the Crown`, `Government` `the government`."""
    if name.casefold() in COMMON:
        return f"the {name.casefold()}"
    return "the " + name[4:] if name.startswith("The ") else name


def spoken(key: str, *, force: bool) -> str:
    """Return an actor that has no name as it stands inside a sentence: `the hill lords`, `Saudi Arabia`."""
    words = key.replace("-", " ")
    return f"the {words}" if force else " ".join(word[:1].upper() + word[1:] for word in words.split(" "))


def sentence(text: str) -> str:
    """Return a text with its first letter raised."""
    return text[:1].upper() + text[1:]
