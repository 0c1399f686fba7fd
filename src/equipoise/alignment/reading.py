"""Reading signed networks from files and from NetworkX, with every fault named by line.

A list of ties is a table with the columns `from`, `to`, `sign` and, where wanted, `weight`, `begin` and
`end`. Without `weight`, `sign` may be any number but 0 and is the signed weight itself. A pair may be
listed in both directions if the two agree.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError

if TYPE_CHECKING:
    import networkx

Moment = int | str | date
"""A year (1907, "1907") or a day (a date, "1907-08-31"); a year means its first of January."""

NEEDED = ("from", "to", "sign")
OPTIONAL = ("weight", "begin", "end")
_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0}
_LARGEST_FILE = 50_000_000
_MOST_ACTORS = 5_000
_SHOWN = 20


@dataclass(frozen=True)
class _Line:
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
    header = next(rows)[1]
    _check_header(path, header, at=day, where=where)
    lines: list[_Line] = []
    problems: list[str] = []
    actors: set[str] = set()
    for number, cells in rows:
        row = dict(zip(header, cells, strict=False))
        try:
            if all(row.get(column, "") == wanted for column, wanted in where.items()):
                line = _line(f"{path}:{number}", row)
                actors |= {line.first, line.second}
                lines += [line] if _holds(row, day) else []
        except ValueError as fault:
            problems.append(f"{path}:{number}: {fault}")
    _refuse(problems)
    if where and not actors:
        wanted = ", ".join(f"{column} = {value}" for column, value in where.items())
        raise InputError(f"{path}: no tie has {wanted}")
    hint = "say `--at` which year is meant" if day is None and "begin" in header else "keep one of them"
    return _graph(lines, actors=actors, hint=hint)


def read_graphml(path: str | Path) -> SignedGraph:
    """Read a GraphML file whose edges carry `sign`, `weight` or both; see `from_networkx`."""
    import networkx as nx

    path = Path(path)
    _check_file(path)
    try:
        graph = nx.read_graphml(path)
    except Exception as fault:  # the parser raises many kinds
        raise InputError(f"{path}: not a GraphML file that can be read ({fault})") from fault
    return from_networkx(graph, source=f"{path}: ")


def from_networkx(graph: networkx.Graph, *, source: str = "") -> SignedGraph:
    """Take over a NetworkX graph whose edges carry `sign`, `weight` or both.

    With both, `sign` is -1 or 1 and `weight` the size; with one, it is the signed weight itself. A directed graph
    is taken if the two directions of a pair agree. `source` stands before messages.
    """
    lines: list[_Line] = []
    problems: list[str] = []
    for a, b, data in graph.edges(data=True):
        place = f"{source}the tie between {str(a)!r} and {str(b)!r}"
        try:
            lines.append(_line(place, {**data, "from": str(a), "to": str(b)}))
        except ValueError as fault:
            problems.append(f"{place}: {fault}")
    _refuse(problems)
    return _graph(lines, actors=map(str, graph.nodes), hint="keep one of them")


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(
            f"{path}: larger than {_LARGEST_FILE // 1_000_000} MB, the most a network file may be"
        )


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a table with their numbers, the header in lower case first; skip blank ones."""
    _check_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=head.count)
            reader = csv.reader(file, delimiter=delimiter)
            first = True
            for cells in reader:
                cells = [cell.strip() for cell in cells]
                if any(cells):
                    yield reader.line_num, [cell.lower() for cell in cells] if first else cells
                    first = False
    except (UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"{path}: not a table of text in UTF-8 ({fault})") from fault
    if first:
        raise InputError(
            f"{path}: the file is empty; its first line must name the columns {', '.join(NEEDED)}"
        )


def _check_header(path: Path, header: list[str], *, at: date | None, where: Mapping[str, str]) -> None:
    problems = []
    dates = ("begin", "end") if at is not None and not {"begin", "end"} & set(header) else ()
    for column in (*NEEDED, *dates, *where):
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(
                f"{path}:1: the column {column!r} is missing; there are: {', '.join(header)}{hint}"
            )
    _refuse(problems)


def _holds(row: Mapping[str, str], at: date | None) -> bool:
    """Say whether a tie holds at a day: from its begin up to, not including, its end."""
    if at is None:
        return True
    try:
        begins = not row.get("begin") or moment(row["begin"]) <= at
        ends = bool(row.get("end")) and moment(row["end"]) <= at
    except InputError as fault:
        raise ValueError(str(fault)) from None
    return begins and not ends


def _line(place: str, row: Mapping[str, Any]) -> _Line:
    first, second = str(row.get("from", "")), str(row.get("to", ""))
    if not first or not second:
        raise ValueError("a tie needs a name under `from` and one under `to`")
    if first == second:
        raise ValueError(f"{first!r} is tied to itself; a tie needs two actors")
    return _Line(place, first, second, _weight(row))


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
    try:
        number = _SIGNS[value] if value in _SIGNS else float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{key} {value!r} is not a number") from None
    if not np.isfinite(number) or number == 0:
        raise ValueError(
            f"{key} {value!r} must be a finite number other than 0; leave out a tie that is not there"
        )
    return number


def _graph(lines: Iterable[_Line], *, hint: str, actors: Iterable[str] = ()) -> SignedGraph:
    """Build the network, refusing pairs that are listed twice with different weights."""
    known: dict[tuple[str, str], _Line] = {}
    problems = []
    for line in lines:
        pair = (min(line.first, line.second), max(line.first, line.second))
        earlier = known.setdefault(pair, line)
        if earlier.weight != line.weight:
            problems.append(
                f"{line.place}: the tie between {pair[0]!r} and {pair[1]!r} is {line.weight:g} here "
                f"and {earlier.weight:g} at {earlier.place}; {hint}"
            )
    _refuse(problems)
    names = {name for pair in known for name in pair} | set(actors)
    if not names:
        raise InputError("there is no tie to read")
    if len(names) > _MOST_ACTORS:
        raise InputError(f"{len(names)} actors are too many; the most is {_MOST_ACTORS}")
    return SignedGraph.from_edges(((a, b, line.weight) for (a, b), line in known.items()), actors=names)


def _refuse(problems: list[str]) -> None:
    if problems:
        more = [f"… and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise InputError("\n".join([*problems[:_SHOWN], *more]))
