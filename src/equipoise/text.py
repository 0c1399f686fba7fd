"""What text may come in and how text goes out: one rule for scenarios, tables, networks, options and messages.

A text that comes in is shown later: on a terminal, in a page, in a table. So characters that a terminal obeys,
that turn the direction of writing or that nobody sees are refused at the door, with their number and name; what
goes out all the same (the name of a file, a stranger's message) shows them as escapes. The classes are those
of Unicode 16: controls (Cc), surrogates, private use, non-characters and Default_Ignorable_Code_Point. The two
joiners of Persian, Urdu and Indian writing are letters there, and stay where they join (RFC 5892, A.1 and A.2).
In a table for a spreadsheet no text is taken for a formula.
"""

from __future__ import annotations

import codecs
import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from io import StringIO, TextIOWrapper
from typing import Any

LONGEST_NAME = 200
"""Most characters of a name, a label or a title."""
LONGEST_LABEL = 24
"""Most characters of a short name for tables and figures."""
LONGEST_TEXT = 4_000
"""Most characters of a text that says or explains something."""

_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell begins that some spreadsheet takes for a formula: OWASP, *CSV Injection*, and the same behind blanks."""
_LINE_ENDS = re.compile("\r\n|\r")
_SEPARATORS = re.compile("[\u2028\u2029]")
_ERRORS = "equipoise.plainly"
_PLAIN = {
    "─": "-", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "→": ">", "←": "<", "×": "x", "·": ".", "…": "...",
    "±": "+-", "≈": "~", "≤": "<=", "≥": ">=", "“": '"', "”": '"', "‘": "'", "’": "'", "«": '"', "»": '"',
    "\xa0": " ", "\u2009": " ", "\u202f": " ", "λ": "lambda", "δ": "delta", "ε": "epsilon", "√": "sqrt ", "✕": "x",
}  # fmt: skip
"""What says the same where an encoding lacks a sign of ours."""
_JOINERS = "\u200c\u200d"
_VIRAMA = 9
_TWINS = str.maketrans(
    "асеіјорѕухһԁԛԝɡıαινορυχӏ" + "АВСЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aceijopsyxhdqwgiaivopuxl" + "ABCEHIJKMOPSTXYABEZHIKMNOPTYX",
)
"""Letters of other scripts that look like a Latin one (Unicode Technical Standard 39, the single letters)."""


def with_plain_lines(text: str) -> str:
    """Return text with every line end written as a line feed, and U+2028 and U+2029 of pasted text as a blank."""
    return _SEPARATORS.sub(" ", _LINE_ENDS.sub("\n", text))


def plain_name(text: str) -> str:
    """Return a name in one spelling: accents composed (NFC), one blank between words, none around them."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fault_of(text: str, *, most: int = LONGEST_NAME, lines: bool = False) -> str:
    """Return why a text cannot come in, as a sentence without its subject, or an empty string where it can.

    Args:
        text: as it was given.
        most: most characters.
        lines: whether line breaks and tabs may stand in it; in a name they may not.
    """
    if len(text) > most:
        return f"is {len(text):,} characters long; at most {most:,} are allowed"
    unfit = first_unfit(text) or (None if lines else re.search(r"[\t\n]", text))
    if unfit is None:
        return ""
    return f"holds a character that cannot stand in a text ({character(unfit[0])})"


def check_incoming(text: str, what: str) -> str:
    """Return a name where it may come in.

    Args:
        text: as it was given.
        what: what the message calls it: `the name in column from`.

    Raises:
        ValueError: it may not; the message says what it is and why.
    """
    fault = fault_of(text)
    if fault:
        raise ValueError(f"{what} `{printable(text[:60])}` {fault}")
    return text


def number_in(text: str) -> float:
    """Return the finite number that a text is: digits with a point, perhaps an exponent, blanks around it.

    Python's own reading also takes `1_000`, `nan`, `infinity` and the digits of any script; a file that people
    argue about is read as it looks.

    Raises:
        ValueError: it is none; the message says so.
    """
    number = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"`{printable(text[:40])}` is not a number, written as 1000 or 0.25 or 1e3")
    return number


def first_unfit(text: str) -> re.Match[str] | None:
    """Return the first character that cannot come in, with its place; line breaks and tabs can."""
    return next(_unfit(text), None)


def character(mark: str) -> str:
    """Return number and name of a character: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(mark, "") or ("a control character" if ord(mark) < 160 else "")
    return f"U+{ord(mark):04X} {name}".rstrip()


def printable(text: str, *, lines: bool = False) -> str:
    """Return `text` as it may go out: what may not come in is written as an escape.

    Args:
        text: any string, unpaired surrogates included.
        lines: whether line breaks and tabs stay as they are.
    """
    marks = list(text)
    for unfit in _unfit(text):
        marks[unfit.start()] = ascii(unfit[0])[1:-1]
    shown = "".join(marks)
    return shown if lines else shown.replace("\n", "\\n").replace("\t", "\\t")


def harmless(cell: str) -> str:
    """Return the text of a cell that no spreadsheet takes for a formula: behind an apostrophe where one might."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def set_cell(cell: Any, value: Any) -> Any:
    """Write a value into a cell of a workbook and return the cell; a text stays one, even where it is edited there."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type, cell.quotePrefix = "s", harmless(value) != value
    return cell


def csv_of(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV that a spreadsheet reads: what is missing is empty, a minus plain, no text a formula."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([harmless(head) for head in heads])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(cell: object) -> object:
    """Return what stands in a cell for a text, a number, a day, a truth value, or for what is missing."""
    if isinstance(cell, bool | int | float):
        return "" if cell != cell else cell
    if cell is None or (not isinstance(cell, str) and str(cell) in ("<NA>", "NaT")):
        return ""
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date()
    text = str(cell)
    number = text.replace("\N{MINUS SIGN}", "-")
    return number if _NUMBER.fullmatch(number) else harmless(text)


def legible(*streams: Any) -> None:
    """Let text streams write every text, whatever their encoding: signs it lacks by plain ones, the rest as escapes.

    A stream that is closed or does not encode is left as it is.
    """
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Return what stands in for signs that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(mark) or ascii(mark)[1:-1] for mark in lacking), error.end


codecs.register_error(_ERRORS, _plainly)


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of different names that a reader takes for one, each name beside the first of its kind.

    They differ only in capitals, in how accents and wide letters are coded (NFKC), in blanks, in characters
    that nobody sees, or in a letter of another script that looks the same.
    """
    first: dict[str, str] = {}
    pairs = []
    for name in dict.fromkeys(names):
        seen = _UNFIT.sub("", unicodedata.normalize("NFKC", name)).translate(_TWINS)
        kept = first.setdefault("".join(seen.split()).casefold().translate(_TWINS), name)
        if kept != name:
            pairs.append((kept, name))
    return pairs


def _unfit(text: str) -> Iterator[re.Match[str]]:
    """Yield what cannot stand in a text; a joiner can between letters that it joins."""
    return (found for found in _UNFIT.finditer(text) if not _joins(text, found.start()))


def _joins(text: str, place: int) -> bool:
    if text[place] not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    arabic = unicodedata.bidirectional(before) in ("AL", "NSM") and unicodedata.bidirectional(after) == "AL"
    return arabic or unicodedata.combining(before) == _VIRAMA
