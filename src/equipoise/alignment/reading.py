"""Reading signed networks from lists of ties and from NetworkX, with every fault named by line.

A list of ties is a table with the columns `from`, `to`, `sign` and, where wanted, `weight`, `begin` and
`end`. Without `weight`, `sign` may be any number but 0 and is the signed weight itself. A pair may be
listed in both directions if the two agree. Files in GraphML: `graphml.py`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError
from equipoise.text import alike, check_incoming, number_in, plain_name, printable

if TYPE_CHECKING:
    import networkx

Moment = int | str | date
"""A year (1907, "1907") or a day (a date, "1907-08-31"); a year means its first of January."""

NEEDED = ("from", "to", "sign")
OPTIONAL = ("weight", "begin", "end")
_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0}
_LARGEST_FILE = 50_000_000
_MOST_ACTORS = 5_000
_WEIGHTS = (1e-9, 1e9)
"""Least and greatest size of a tie: products of three stay far from what a number can hold."""
_SHOWN = 20


@dataclass(frozen=True)
class Listed:
    """One tie as listed: where, between whom, how much."""

    place: str
    first: str
    second: str
    weight: float


def moment(value: Moment) -> date:
    """Return the day a year or date names.

    Raises:
        InputError: it is neither.
    """
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        return date(int(text), 1, 1) if text.isdigit() else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is neither a year (1907) nor a date (1907-08-31)") from None


def read_csv(
    path: str | Path, *, at: Moment | None = None, where: Mapping[str, str] | None = None
) -> SignedGraph:
    """Read a list of ties: columns `from`, `to`, `sign` and, if wanted, `weight`, `begin`, `end`.

    Args:
        path: a CSV file with a header.
        at: keep the ties with begin ≤ at < end: a year or a date. Actors without a tie then stay.
        where: keep the lines whose column has this value, for files that hold several networks.

    Raises:
        InputError: what is wrong, with the line.
    """
    path, where = Path(path), where or {}
    day = None if at is None else moment(at)
    rows = _rows(path)
    first, header = next(rows)
    _check_header(f"{path}:{first}", header, at=day, where=where)
    lines: list[Listed] = []
    problems: list[str] = []
    actors: set[str] = set()
    for number, cells in rows:
        try:
            row = _row(header, cells)
            if all(row.get(column.lower(), "") == wanted for column, wanted in where.items()):
                line, held = tie_of(f"{path}:{number}", row), _holds(row, day)
                actors |= {line.first, line.second}
                lines += [line] if held else []
        except ValueError as fault:
            problems.append(f"{path}:{number}: {fault}")
    refuse(problems)
    if where and not actors:
        wanted = ", ".join(f"{column} = {value}" for column, value in where.items())
        raise InputError(f"{path}: no tie has {wanted}")
    hint = "say `--at` which year is meant" if day is None and "begin" in header else "keep one of them"
    return network_of(lines, actors=actors, hint=hint, source=str(path))


def from_networkx(graph: networkx.Graph) -> SignedGraph:
    """Take over a NetworkX graph whose edges carry `sign`, `weight` or both.

    With both, `sign` is -1 or 1 and `weight` the size; with one, it is the signed weight itself. A directed graph
    is taken if the two directions of a pair agree.
    """
    lines: list[Listed] = []
    problems: list[str] = []
    for a, b, data in graph.edges(data=True):
        place = f"the tie between {str(a)!r} and {str(b)!r}"
        try:
            lines.append(tie_of(place, {**data, "from": str(a), "to": str(b)}))
        except ValueError as fault:
            problems.append(f"{place}: {fault}")
    refuse(problems)
    return network_of(lines, actors=map(str, graph.nodes), hint="keep one of them")


def check_file(path: Path) -> None:
    """Refuse a file that is not there or too large to be a network."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(
            f"{path}: larger than {_LARGEST_FILE // 1_000_000} MB, the most a network file may be"
        )


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a table with their numbers, the header in lower case first; skip blank ones.

    A first line `sep=;`, which spreadsheets write and obey, names the separator and is no line of the table.
    """
    check_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            named = re.fullmatch(r'"?sep=([^"])"?', head.strip("\r\n"), re.IGNORECASE)
            if not named:
                file.seek(0)
            delimiter = named[1] if named else max(",;\t", key=head.count)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            first = True
            for cells in reader:
                cells = [cell.strip() for cell in cells]
                if any(cells):
                    yield reader.line_num + bool(named), [cell.lower() for cell in cells] if first else cells
                    first = False
    except (UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"{path}: not a table of text in UTF-8 ({fault})") from fault
    if first:
        raise InputError(
            f"{path}: the file is empty; its first line must name the columns {', '.join(NEEDED)}"
        )


def _check_header(place: str, header: list[str], *, at: date | None, where: Mapping[str, str]) -> None:
    """Refuse a header that lacks a column, names one twice or may have one misspelt."""
    dates = ("begin", "end") if at is not None and not {"begin", "end"} & set(header) else ()
    problems = []
    for column in (*NEEDED, *dates, *(column.lower() for column in where)):
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(
                f"the column {column!r} is missing; there are: {printable(', '.join(header))}{hint}"
            )
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            problems.append(f"the column {column!r} is there {header.count(column)} times; keep one")
        if column not in where and (miss := near_miss(column, OPTIONAL, header)):
            problems.append(miss)
    refuse([f"{place}: {problem}" for problem in problems])


def near_miss(name: str, known: Iterable[str], there: Iterable[str]) -> str:
    """Return what is wrong with a name that is probably a misspelt one, or an empty string.

    Args:
        name: of a column or of an attribute.
        known: names that are read.
        there: names that the file has; one that is there by its right name is not meant twice.
    """
    near = difflib.get_close_matches(name, set(known) - set(there), n=1, cutoff=0.75)
    if not near or name in known:
        return ""
    return f"{name!r} is not read; if {near[0]!r} is meant, name it so, else choose another name"


def _row(header: list[str], cells: list[str]) -> dict[str, str]:
    """Return a line's cells by column, lines that end early filled up with empty cells."""
    filled = cells + [""] * (len(header) - len(cells))
    for place, cell in enumerate(filled):
        if cell and (place >= len(header) or not header[place]):
            raise ValueError(f"the cell {cell!r} stands under no column; is there a separator too many?")
    return dict(zip(header, filled, strict=False))


def _holds(row: Mapping[str, str], at: date | None) -> bool:
    """Say whether a tie holds at a day: from its begin up to, not including, its end."""
    try:
        begin, end = (moment(row[key]) if row.get(key) else None for key in ("begin", "end"))
    except InputError as fault:
        raise ValueError(str(fault)) from None
    if begin is not None and end is not None and end <= begin:
        raise ValueError(f"the tie ends ({row['end']}) before it begins ({row['begin']}), or on that day")
    return at is None or ((begin is None or begin <= at) and (end is None or end > at))


def tie_of(place: str, row: Mapping[str, Any]) -> Listed:
    """Return a tie from what a line, an edge or a NetworkX edge says: `from`, `to`, `sign` and `weight`.

    Raises:
        ValueError: what is wrong with it.
    """
    first, second = (plain_name(str(row.get(key, ""))) for key in ("from", "to"))
    if not first or not second:
        raise ValueError("a tie needs a name under `from` and one under `to`")
    for name in (first, second):
        check_incoming(name, "the name")
    if first == second:
        raise ValueError(f"{first!r} is tied to itself; a tie needs two actors")
    return Listed(place, first, second, _weight(row))


def _weight(row: Mapping[str, Any]) -> float:
    """Return the signed weight a line states, or say what is wrong with it."""
    given = {key: row[key] for key in ("sign", "weight") if row.get(key) not in (None, "")}
    if not given:
        raise ValueError("no sign and no weight is given; give `sign` as 1 or -1")
    values = {key: _number(key, value) for key, value in given.items()}
    if len(values) == 1:
        (signed,) = values.values()
        return signed
    if values["sign"] not in (1.0, -1.0):
        raise ValueError(f"sign {row['sign']!r} must be 1 or -1 where there is a weight too")
    if values["weight"] < 0:
        raise ValueError(f"weight {row['weight']!r} is negative; let `sign` say that the tie is hostile")
    return values["sign"] * values["weight"]


def _number(key: str, value: Any) -> float:
    least, most = _WEIGHTS
    try:
        number = _SIGNS[str(value)] if str(value) in _SIGNS else number_in(str(value))
    except ValueError as fault:
        raise ValueError(f"{key}: {fault}") from None
    if number == 0:
        raise ValueError(f"{key} {value!r} must be other than 0; leave out a tie that is not there")
    if not least <= abs(number) <= most:
        raise ValueError(f"{key} {value!r} must lie between {least:g} and {most:g} in size; use other units")
    return number


def network_of(
    lines: Iterable[Listed], *, hint: str, actors: Iterable[str] = (), source: str = "the network"
) -> SignedGraph:
    """Build a network from ties as listed.

    Raises:
        InputError: a pair that is listed twice with different weights, names that a reader takes for one, no
            tie at all, or too many actors.
    """
    known: dict[tuple[str, str], Listed] = {}
    problems = []
    for line in lines:
        pair = (min(line.first, line.second), max(line.first, line.second))
        earlier = known.setdefault(pair, line)
        if earlier.weight != line.weight:
            problems.append(
                f"{line.place}: the tie between {pair[0]!r} and {pair[1]!r} is {line.weight:g} here "
                f"and {earlier.weight:g} at {earlier.place}; {hint}"
            )
    names = {name for pair in known for name in pair} | {plain_name(name) for name in actors}
    problems += [
        f"{source}: {one!r} and {other!r} look alike; are they one actor? Write it one way, or tell them apart"
        for one, other in alike(sorted(names))
    ]
    refuse(problems)
    if not names:
        raise InputError(f"{source}: there is no tie to read")
    if len(names) > _MOST_ACTORS:
        raise InputError(f"{len(names)} actors are too many; the most is {_MOST_ACTORS}")
    return SignedGraph.from_edges(((a, b, line.weight) for (a, b), line in known.items()), actors=names)


def refuse(problems: list[str]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        more = [f"… and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise InputError("\n".join([*problems[:_SHOWN], *more]))
