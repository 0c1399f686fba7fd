"""Setting tables and prose in the columns of a terminal: nothing is cut and no number is broken.

A table too wide for the terminal is first set closer: names and texts go over several lines, numbers never
do. Where that is not enough it is parted: the columns without room follow below, under the same names.
Lines carry no blanks at their ends, so that output can be kept in a file and compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from equipoise.reporting.blocks import Cell, Table
from equipoise.scenario.phrases import THIN

Line = tuple[tuple[str, str], ...]
"""A line as pieces of text, each with its tone: that of a cell, `head`, `rule`, `note` or none."""
GAP = 2
"""Blanks between two columns."""
NAME, TEXT, WORD = 18, 13, 24
"""Columns kept for the names of rows and for other text, and the longest word that a column is widened for."""
HEADING = 14
"""A heading of so many letters over numbers stands on one line where there is room."""
SAMPLE = 40
"""About so many rows of a long table decide how wide its columns are,"""
LETTERS = 400
"""and so many letters of a long text."""
HANG = 2
"""How far the second line of a row's name is set in."""
_JOINTS = re.compile(r"[^-./_|]*[-./_|]+|[^-./_|]+")


def set_prose(text: str, width: int, *, hang: int = 0, tone: str = "") -> list[Line]:
    """Return running text in lines.

    Args:
        text: paragraphs, parted by line breaks.
        width: columns.
        hang: how far lines after the first of a paragraph are set in.
        tone: of every line.
    """
    return [((plain(line), tone),) for line in broken(text, width, hang=hang)]


def set_term(term: str, meaning: str, width: int, *, column: int) -> list[Line]:
    """Return a term with what it means beside it, from a given column on."""
    lines = broken(meaning, max(width - column, TEXT))
    first, *rest = (((plain(line), ""),) for line in lines)
    gap = " " * max(1, column - wide(term))
    return [((term, ""), (gap, ""), *first), *(((" " * column, ""), *line) for line in rest)]


def set_table(table: Table, width: int) -> list[Line]:
    """Return a table in lines: caption, headings, rows and note, in as many parts as its width needs."""
    lines = set_prose(table.caption, width, tone="head") if table.caption else []
    least, wanted = _extents(table)
    for number, places in enumerate(_parts(least, width, _naming(table, least, width))):
        lines += [()] if number else []
        lines += _part(table, places, _widths(table, places, least, wanted, width))
    return lines + (set_prose(table.note, width, tone="note") if table.note else [])


def plain(text: str) -> str:
    """Return text with ordinary blanks where it was kept from breaking."""
    return text.replace(THIN, " ")


def broken(text: str, width: int, *, hang: int = 0) -> list[str]:
    """Return text in lines of at most `width` columns, broken between words and, if need be, at their joints.

    Blanks at the start of a paragraph set the whole paragraph in.
    """
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, width, hang)]


def _paragraph(text: str, width: int, hang: int) -> list[str]:
    start = " " * (len(text) - len(text.lstrip(" ")))
    lines, line = [], start
    for glue, piece in _pieces(text, max(1, width - len(start) - hang)):
        if line.strip(" ") and wide(line + glue + piece) > width:
            lines.append(line)
            line = start + " " * hang + piece
        else:
            line += piece if not line.strip(" ") else glue + piece
    return [*lines, line]


def _pieces(text: str, width: int) -> Iterator[tuple[str, str]]:
    """Yield what may stand on a line of its own, with what goes before it where it does not."""
    for word in text.split(" "):
        if not word:
            continue
        parts = (
            [word]
            if wide(word) <= width
            else [p for joint in _JOINTS.findall(word) for p in _cut(joint, width)]
        )
        yield from ((" " if place == 0 else "", part) for place, part in enumerate(parts))


def _cut(word: str, width: int) -> list[str]:
    from rich.cells import chop_cells

    return [word] if wide(word) <= width else [part for part in chop_cells(word, width) if part]


def wide(text: str) -> int:
    """Return the columns a text takes on a terminal; some letters take two, some none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _extents(table: Table) -> tuple[list[int], list[int]]:
    """Return the fewest columns each column of a table can be read in, and those it would fill."""
    least, wanted = [], []
    for place, column in enumerate(table.columns):
        cells = [str(row[place]) for row in table.rows]
        heading = max((wide(word) for word in column.title.split(" ")), default=0)
        longest = max((wide(part) for cell in cells for part in cell.split("\n")), default=0)
        if column.kind == "number":
            least.append(max(longest, heading))
            wanted.append(max(least[-1], min(wide(column.title), HEADING)))
            continue
        words = max((wide(word) for cell in cells for word in cell.replace("\n", " ").split(" ")), default=0)
        wanted.append(max(longest, wide(column.title)))
        least.append(min(wanted[-1], max(heading, NAME if place == 0 else max(TEXT, min(words, WORD)))))
    return least, wanted


def _naming(table: Table, least: Sequence[int], width: int) -> int:
    """Return how many of the first columns tell the rows apart; one where more would take half of the room."""
    for many in range(1, len(table.columns)):
        if sum(least[:many]) + GAP * (many - 1) > width / 2:
            break
        if len({tuple(str(cell) for cell in row[:many]) for row in table.rows}) == len(table.rows):
            return many
    return 1


def _parts(least: Sequence[int], width: int, naming: int) -> list[list[int]]:
    """Return which columns stand beside each other: the first, which name a row, in every part, the others once."""
    named = sum(least[:naming]) + GAP * (naming - 1)
    parts: list[list[int]] = [[]]
    for place in range(naming, len(least)):
        used = named + sum(GAP + least[other] for other in parts[-1])
        if parts[-1] and used + GAP + least[place] > width:
            parts.append([])
        parts[-1].append(place)
    return [[*range(naming), *part] for part in parts]


def _widths(
    table: Table, places: Sequence[int], least: Sequence[int], wanted: Sequence[int], width: int
) -> list[int]:
    """Return the width of each column of a part: the least, and what room is left where it saves most lines."""
    found = [least[place] for place in places]
    room = width - sum(found) - GAP * (len(places) - 1)
    if room < 0:
        found[-1] = max(8, found[-1] + room)
        return found
    limits = [wanted[place] for place in places]
    lines = _counter(table, places)
    while room > 0:
        best = _most_saved(lines, found, limits, room)
        if best is None:
            break
        found[best[0]] += best[1]
        room -= best[1]
    for place, column in enumerate(places):
        if table.columns[column].kind == "number" and limits[place] - found[place] <= room:
            room -= limits[place] - found[place]
            found[place] = limits[place]
    return found


def _counter(table: Table, places: Sequence[int]) -> Callable[[int, int], np.ndarray]:
    """Return how many lines the headings and a sample of the rows take in a column, by place and width."""
    step = 1 + len(table.rows) // SAMPLE
    shown = [[column.title for column in table.columns], *table.rows[::step]]

    @cache
    def lines(place: int, width: int) -> np.ndarray:
        if table.columns[places[place]].kind == "number":
            return np.ones(len(shown), dtype=int)
        hang = HANG if place == 0 else 0
        return np.array([len(broken(str(row[places[place]])[:LETTERS], width, hang=hang)) for row in shown])

    return lines


def _most_saved(
    lines: Callable[[int, int], np.ndarray], widths: Sequence[int], limits: Sequence[int], room: int
) -> tuple[int, int] | None:
    """Return the column and the widening that saves most lines for its size, or None where none saves any."""
    heights = np.array([lines(place, width) for place, width in enumerate(widths)])
    now = heights.max(axis=0).sum()
    best, rate = None, 0.0
    for place, (own, limit) in enumerate(zip(widths, limits, strict=True)):
        others = np.delete(heights, place, axis=0).max(axis=0, initial=1)
        for more in range(1, min(room, limit - own) + 1):
            saved = now - np.maximum(others, lines(place, own + more)).sum()
            if saved / more > rate:
                best, rate = (place, more), saved / more
    return best


def _part(table: Table, places: Sequence[int], widths: Sequence[int]) -> list[Line]:
    columns = [table.columns[place] for place in places]
    right = [column.kind == "number" for column in columns]
    titles = [broken(column.title, size) for column, size in zip(columns, widths, strict=True)]
    height = max(len(title) for title in titles)
    lowered = [[""] * (height - len(title)) + title for title in titles]
    lines = list(_beside(lowered, ["head"] * len(places), widths, right))
    lines.append((("─" * (sum(widths) + GAP * (len(widths) - 1)), "rule"),))
    for row in table.rows:
        cells = [row[place] for place in places]
        tones = [cell.tone if isinstance(cell, Cell) else "" for cell in cells]
        texts = [
            broken(str(cell), size, hang=HANG if place == 0 else 0)
            for place, (cell, size) in enumerate(zip(cells, widths, strict=True))
        ]
        lines += _beside(texts, tones, widths, right)
    return lines


def _beside(
    texts: Sequence[Sequence[str]], tones: Sequence[str], widths: Sequence[int], right: Sequence[bool]
) -> Iterator[Line]:
    """Yield the lines of cells that stand beside each other."""
    for level in range(max(len(lines) for lines in texts)):
        pieces: list[tuple[str, str]] = []
        owed = 0
        for lines, tone, size, to_right in zip(texts, tones, widths, right, strict=True):
            text = plain(lines[level]) if level < len(lines) else ""
            blank = size - wide(text)
            if text:
                pieces += [(" " * (owed + blank * to_right), ""), (text, tone)]
                owed = GAP + blank * (not to_right)
            else:
                owed += size + GAP
        yield tuple(piece for piece in pieces if piece[0])
