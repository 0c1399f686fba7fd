"""The one rule for text that comes in and text that goes out."""

import io
import unicodedata

import pytest

from equipoise.errors import InputError, Problem, ScenarioError, StudyError
from equipoise.text import (
    alike,
    check_incoming,
    fault_of,
    legible,
    number_in,
    plain_name,
    printable,
    with_plain_lines,
)

REFUSED = {
    "NUL": "\x00",
    "escape of a terminal": "\x1b",
    "one-byte escape of a terminal": "\x9b",
    "bell": "\x07",
    "backspace": "\b",
    "delete": "\x7f",
    "next line": "\x85",
    "soft hyphen": "\xad",
    "carriage return": "\r",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "arabic letter mark": "\u061c",
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "hangul filler": "\u3164",
    "variation selector": "\ufe0f",
    "tag letter": "\U000e0041",
    "unpaired surrogate": "\ud83d",
    "private use": "\ue000",
    "no character": "\uffff",
}


@pytest.mark.parametrize("mark", REFUSED.values(), ids=REFUSED)
def test_what_a_terminal_obeys_or_nobody_sees_is_refused_and_goes_out_as_an_escape(mark):
    assert f"U+{ord(mark):04X}" in fault_of(f"a{mark}b", lines=True)
    shown = printable(f"a{mark}b")
    assert shown.isascii()
    assert shown.isprintable()
    assert shown.startswith("a\\")
    assert shown.endswith("b")


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "Ελλάδα",
        "Война или мир",
        "戰爭",
        "صلح یا جنگ؟",
        "«\xa0oui\xa0»",
        "naïve — 5 °C",
        "🕊",
        "a\u0301",
    ],
)
def test_the_writing_of_any_people_comes_in_and_goes_out_unchanged(text):
    assert not fault_of(text)
    assert printable(text) == text


def test_joiners_stand_only_where_they_join():
    persian, hindi = "می\u200cخواهد", "क्\u200dष"
    assert not fault_of(persian)
    assert not fault_of(hindi)
    assert printable(persian) == persian
    for text in ("north\u200cbank", "\u200cسلام", "سلام\u200c", "سلام\u200cx"):
        assert "U+200C ZERO WIDTH NON-JOINER" in fault_of(text)


def test_every_format_and_control_character_of_unicode_is_refused_but_visible_ones():
    visible = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    hieroglyphs = set(range(0x13430, 0x13440))
    for code in range(0x110000):
        mark = chr(code)
        if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and mark not in "\t\n":
            refused = bool(fault_of(f"a{mark}b", lines=True))
            assert refused != (code in visible | hieroglyphs), hex(code)


def test_names_have_no_lines_and_a_length():
    assert "U+000A" in fault_of("a\nb")
    assert not fault_of("a\nb", lines=True)
    assert not fault_of("x" * 200)
    assert fault_of("x" * 201) == "is 201 characters long; at most 200 are allowed"
    with pytest.raises(ValueError, match=r"the name `a\\tb` holds .*U\+0009"):
        check_incoming("a\tb", "the name")


def test_pasted_lines_become_plain_ones():
    assert with_plain_lines("a\r\nb\rc\u2028d\u2029e\n") == "a\nb\nc d e\n"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-1.5", -1.5), ("+2.", 2), (".5", 0.5), (" 1e3 ", 1000), ("2E-2", 0.02), ("1000", 1000)],
)
def test_numbers_are_read_as_they_look(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1_000",
        "1,000",
        "1 000",
        "nan",
        "inf",
        "-infinity",
        "٣",
        "１",
        "0x10",
        "1e",
        "1e999",
        "--1",
        "1\x1b",
    ],
)
def test_what_does_not_look_like_a_number_is_none(text):
    with pytest.raises(ValueError, match="is not a number, written as 1000"):
        number_in(text)


def test_a_name_has_one_spelling():
    assert plain_name(" Ka\u0302bul \xa0 city\t") == "Kâbul city"


@pytest.mark.parametrize(
    "other",
    [
        "North bank",
        "north  bank",
        "Nоrth Bank",
        "North\xa0Bank",
        "North\u200bBank",
        "Ｎorth Bank",
        "NORTH BANK",
    ],
)
def test_names_that_a_reader_takes_for_one_are_found(other):
    assert alike(["South", "North Bank", other]) == [("North Bank", other)]


def test_different_names_are_not_alike():
    assert alike(["north", "north-2", "nörth", "south", "mouth", "север", "سلام"]) == []
    assert alike(["north", "north"]) == []


@pytest.mark.parametrize("kind", [InputError, StudyError])
def test_no_error_holds_what_a_terminal_would_obey(kind):
    assert (
        str(kind("no file \x1b]0;owned\x07\u202e.csv\nsecond"))
        == "no file \\x1b]0;owned\\x07\\u202e.csv\nsecond"
    )
    problem = Problem(1, 2, "forces.\x1b[2J", "bad\n\u2066", "do")
    said = str(ScenarioError("\x9b.yaml", [problem]))
    assert said == "\\x9b.yaml:1:2: forces.\\x1b[2J: bad\\n\\u2066 (do)"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "0.1 +- 0.2 - \\u041c -0.3 ... 5 % \\udcff \\U0001f54a"),
        ("cp1252", "0.1 ± 0.2 – \\u041c -0.3 … 5 % \\udcff \\U0001f54a"),
        ("utf-8", "0.1 ± 0.2 – М −0.3 … 5\u202f% \\udcff 🕊"),
    ],
)
def test_any_encoding_is_written_to(encoding, shown):
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    legible(stream, io.StringIO(), None)
    stream.write("0.1 ± 0.2 – М −0.3 … 5\u202f% \udcff 🕊")
    stream.flush()
    assert written.getvalue().decode(encoding) == shown
