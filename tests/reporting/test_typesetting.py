"""Tables and prose in the columns of a terminal: whatever the width, nothing is lost, cut or broken."""

import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.reporting.blocks import Cell, Column, Heading, Paragraph, Table
from equipoise.reporting.terminal import console, show
from equipoise.reporting.typesetting import (
    _extents,
    _naming,
    broken,
    plain,
    set_prose,
    set_table,
    set_term,
    wide,
)
from equipoise.scenario.phrases import unbroken

WORDS = st.text("abcdefgh-.“”é国", min_size=1, max_size=14)
TEXTS = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
NUMBERS = st.floats(-1e3, 1e3).map(lambda value: f"{value:.3f} ± 0.001")


@st.composite
def tables(draw):
    kinds = ["text", *draw(st.lists(st.sampled_from(["text", "number"]), min_size=1, max_size=8))]
    cells = [NUMBERS if kind == "number" else TEXTS for kind in kinds]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=6))
    columns = tuple(Column(draw(TEXTS), kind) for kind in kinds)
    return Table(draw(TEXTS), columns, tuple(rows), draw(TEXTS))


def lines_of(table, width):
    return ["".join(text for text, _ in line) for line in set_table(table, width)]


def _titles(table):
    return tuple(column.title for column in table.columns)


def letters(text):
    return sorted(re.sub(r"[\s─]", "", text))


@given(tables(), st.sampled_from([60, 80, 100, 160]))
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(table, width):
    for line in lines_of(table, width):
        assert wide(line) <= width
        assert line == line.rstrip(" ")


@given(tables(), st.sampled_from([60, 80, 100]))
def test_every_number_stands_whole_on_one_line(table, width):
    lines = lines_of(table, width)
    for place, column in enumerate(table.columns):
        if column.kind == "number":
            assert all(any(row[place] in line for line in lines) for row in table.rows)


@given(tables(), st.sampled_from([60, 80, 100]))
def test_no_letter_is_lost(table, width):
    """In one part every letter is printed once; further parts repeat the names and their heading."""
    lines = lines_of(table, width)
    parts = sum(set(line) == {"─"} for line in lines)
    named = _naming(table, _extents(table)[0], width)
    names = "".join(text for row in (_titles(table), *table.rows) for text in map(str, row[:named]))
    rest = "".join(text for row in (_titles(table), *table.rows) for text in map(str, row[named:]))
    assert letters("".join(lines)) == letters(table.caption + table.note + rest + names * parts)


@given(tables())
def test_a_table_is_parted_only_where_it_must_be(table):
    assert sum(set(line) == {"─"} for line in lines_of(table, 2000)) == 1


def test_columns_without_room_follow_below_under_the_same_names():
    columns = (Column("Strategy"), *(Column(f"Number {n}", "number") for n in range(8)))
    table = Table("", columns, (("bandwagon", *(f"{n}.123 ± 0.001" for n in range(8))),))
    lines = lines_of(table, 80)
    assert sum(line.startswith("bandwagon") for line in lines) == 2
    shown = [int(n) for line in lines for n in re.findall(r"(\d)\.123", line)]
    assert shown == list(range(8))


def test_long_names_go_over_several_lines_set_in():
    name = "Hedge until the Americans set their date, then the north and the Taliban"
    table = Table("", (Column("Strategy"), Column("Payoff", "number")), ((name, "0.150"),))
    lines = lines_of(table, 40)
    assert lines[2].startswith("Hedge until the Americans") and lines[2].endswith("0.150")
    assert lines[3].startswith("  ") and "".join(lines[2:]).count("0.150") == 1
    assert " ".join(" ".join(lines[2:]).replace("0.150", "").split()) == name


def test_a_number_and_its_sign_stay_together():
    assert broken("65\u202f% to the lords and 35\u202f% to the rebels", 25) == [
        "65\u202f% to the lords and",
        "35\u202f% to the rebels",
    ]
    assert [plain(line) for line in broken("35\u202f%", 20)] == ["35 %"]


def test_a_number_of_the_file_stands_on_one_line():
    number = unbroken("[-0.15, -0.08, -0.02]")
    columns = (Column("Place"), Column("Value"), Column("Reason"))
    lines = lines_of(Table("", columns, (("a.b", number, "word " * 40),)), 60)
    assert any("[-0.15, -0.08, -0.02]" in line for line in lines)


def test_a_path_is_broken_at_its_joints():
    assert broken("talks.doha-talks.issues.agenda.reservation.government", 30) == [
        "talks.doha-talks.issues.",
        "agenda.reservation.government",
    ]


@pytest.mark.parametrize("letter", ["x", "戰", "word "])
def test_a_text_of_thousands_of_letters_is_set_in_no_time_and_whole(letter):
    long = (letter * 4000)[:4000].strip()
    table = Table("", (Column("Event"), Column("What"), Column("Why")), ((long, long, "because"),) * 100)
    started = time.thread_time()
    lines = lines_of(table, 100)
    assert time.thread_time() - started < 10
    assert "".join(lines).count(letter.strip()) == 200 * long.count(letter.strip())


@pytest.mark.parametrize(
    ("word", "width", "lines"),
    [
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("戰爭與和平", 4, ["戰爭", "與和", "平"]),
        ("戰爭", 1, ["戰", "爭"]),
        ("a戰b", 2, ["a", "戰", "b"]),
    ],
)
def test_a_word_too_wide_is_cut_by_columns(word, width, lines):
    assert broken(word, width) == lines


@given(TEXTS, st.integers(20, 90), st.integers(0, 4))
def test_prose_keeps_its_words_in_order(text, width, hang):
    lines = [line[0][0] for line in set_prose(text, width, hang=hang)]
    assert all(wide(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_terms_stand_beside_what_they_mean():
    lines = [
        "".join(text for text, _ in line)
        for line in set_term("Payoff", "What a future is worth to it", 24, column=8)
    ]
    assert lines == ["Payoff  What a future is", "        worth to it"]


def test_what_stands_out_keeps_its_tone():
    table = Table("", (Column("A"), Column("B", "number")), (("x", Cell("1.0", "first")),))
    assert ("1.0", "first") in set_table(table, 80)[2]


@pytest.mark.parametrize("width", [1, 5, 12])
def test_a_hopeless_width_still_prints_everything(width):
    table = Table("", (Column("Strategy"), Column("Payoff", "number")), (("even-hedge", "0.150 ± 0.001"),))
    assert letters("".join(lines_of(table, width)).replace("─", "")) == letters(
        "StrategyPayoffeven-hedge0.150±0.001"
    )


def test_nothing_that_a_terminal_would_obey_reaches_it():
    hostile = "a\x1b[31m\u202e\x9b\u2028b"
    blocks = [
        Heading(hostile),
        Paragraph(hostile),
        Table(hostile, (Column(hostile),), ((hostile,),), hostile),
    ]
    written = io.StringIO()
    show(blocks, to=console(written))
    assert written.getvalue().count("a\\x1b[31m\\u202e\\x9b\\u2028b") == 6
    assert all(mark.isprintable() or mark == "\n" for mark in written.getvalue())


def test_a_parted_table_names_its_rows_by_as_many_columns_as_tell_them_apart():
    columns = (Column("Against"), Column("Horizon"), *(Column(f"Number {n}", "number") for n in range(5)))
    rows = tuple(
        (who, when, *("123456789012",) * 5) for who in ("base rate", "crowd") for when in ("26", "52")
    )
    lines = lines_of(Table("", columns, rows), 60)
    shown = [line for line in lines if "123456789012" in line]
    assert len(shown) > len(rows)
    assert {tuple(re.split(r"\s{2,}", line)[:2]) for line in shown} == {row[:2] for row in rows}
