"""A talk's table from a CSV file, so that any model can be run without a scenario.

One row an actor and issue, with a header. Columns: `actor`, `position`, `salience`, `clout`; optionally
`issue` (one issue if absent), `reservation` (the farthest acceptable distance), `veto` (yes or no),
`reference` (what holds without agreement), `low` and `high` (ends of the issue's scale; else the lowest and
highest position). Comma, semicolon or tab, or what a first line `sep=;` of a spreadsheet names; salience as a
fraction or with a percent sign.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from equipoise.bargaining.table import Table
from equipoise.errors import InputError
from equipoise.scenario.number import LARGEST
from equipoise.text import alike, fault_of, number_in, plain_name, printable

NEEDED = ("actor", "position", "salience", "clout")
OPTIONAL = ("issue", "reservation", "veto", "reference", "low", "high")
_NUMBERS = ("position", "salience", "clout", "reservation", "reference", "low", "high")
_YES, _NO = ("yes", "y", "true", "1", "x", "veto"), ("no", "n", "false", "0")
_MOST_BYTES, _MOST_ROWS = 10_000_000, 50_000


@dataclass(frozen=True)
class _Row:
    line: int
    actor: str
    issue: str
    veto: bool | None
    numbers: dict[str, float]


def load_table_csv(path: str | Path) -> Table:
    """Read a talk's table from a CSV file.

    Args:
        path: the file; UTF-8.

    Returns:
        A table of one draw. An actor without a row (or with empty position or salience) on an issue has no
        say there.

    Raises:
        InputError: the file cannot be used; every problem with its line.
    """
    path = Path(path)
    rows, problems = _rows(_text(path), str(path))
    problems += _contradictions(rows, str(path))
    if problems:
        raise InputError("\n".join(problems))
    return _table(rows, path)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: larger than 10 MB; a table of a talk is a few kilobytes")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: a folder, not a file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start}); save it as CSV UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _rows(text: str, path: str) -> tuple[list[_Row], list[str]]:
    head, _, rest = text.partition("\n")
    named = re.fullmatch(r'"?sep=([^"])"?', head, re.IGNORECASE)
    delimiter = named[1] if named else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(rest if named else text), delimiter=delimiter)
    try:
        lines = [
            (reader.line_num + bool(named), cells) for cells in reader if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not readable as CSV: {error}") from None
    if not lines:
        raise InputError(f"{path}: the file is empty; it needs a header: {', '.join(NEEDED)}")
    columns = [cell.strip().lower() for cell in lines[0][1]]
    problems = _header_problems(columns, path)
    if problems:
        raise InputError("\n".join(problems))
    if len(lines) > _MOST_ROWS:
        raise InputError(f"{path}: more than {_MOST_ROWS} rows")
    rows = []
    for line, cells in lines[1:]:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            problems.append(f"{path}:{line}: {len(cells)} cells under {len(columns)} columns")
            continue
        if any(cell.strip() and not column for column, cell in zip(columns, cells, strict=False)):
            problems.append(f"{path}:{line}: a cell stands under a column without a name")
            continue
        padded = cells + [""] * (len(columns) - len(cells))
        row, faults = _row(line, {c: v.strip() for c, v in zip(columns, padded, strict=False)})
        problems += [f"{path}:{line}: {fault}" for fault in faults]
        rows.append(row)
    if not rows:
        problems.append(f"{path}: there is a header but no rows")
    return rows, problems


def _header_problems(columns: list[str], path: str) -> list[str]:
    problems = []
    for column in columns:
        if column and column not in NEEDED + OPTIONAL:
            near = difflib.get_close_matches(column, NEEDED + OPTIONAL, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(
                f"{path}:1: unknown column {column!r}{hint} Columns: {', '.join(NEEDED + OPTIONAL)}"
            )
    for column in {c for c in columns if c and columns.count(c) > 1}:
        problems.append(f"{path}:1: column {column!r} appears twice")
    problems += [f"{path}:1: column {column!r} is missing" for column in NEEDED if column not in columns]
    return problems


def _row(line: int, cells: dict[str, str]) -> tuple[_Row, list[str]]:
    faults: list[str] = []
    numbers = {name: _number(name, cells.get(name, ""), faults) for name in _NUMBERS}
    veto = cells.get("veto", "").lower()
    if veto not in ("", *_YES, *_NO):
        faults.append(f"veto: {cells['veto']!r} is neither yes nor no")
    actor, issue = plain_name(cells["actor"]), plain_name(cells.get("issue", "")) or "issue"
    if not actor:
        faults.append("actor: a name is needed")
    faults += [
        f"the name `{printable(name[:60])}` {fault}" for name in (actor, issue) if (fault := fault_of(name))
    ]
    if math.isnan(numbers["clout"]) and not any(f.startswith("clout") for f in faults):
        faults.append("clout: a number is needed")
    if numbers["salience"] > 1:
        faults.append(
            f"salience: {cells['salience']} is above 1; give a fraction (0.8) or a percentage (80%)"
        )
    faults += [
        f"{name}: cannot be negative" for name in ("salience", "clout", "reservation") if numbers[name] < 0
    ]
    if numbers["low"] >= numbers["high"]:
        faults.append("low: the low end of the scale must lie below the high end")
    if numbers["reference"] < numbers["low"] or numbers["reference"] > numbers["high"]:
        faults.append(f"reference: {numbers['reference']:g} lies outside the scale of {issue!r}")
    return _Row(line, actor, issue, veto in _YES if veto else None, numbers), faults


def _number(name: str, text: str, faults: list[str]) -> float:
    """Return the number in a cell, NaN where it is empty or (with a fault noted) not a number."""
    if not text:
        return math.nan
    percent = name == "salience" and text.endswith("%")
    try:
        value = number_in(text.removesuffix("%") if percent else text)
    except ValueError:
        faults.append(f"{name}: {text[:40]!r} is not a number (decimal point, no thousands separator)")
        return math.nan
    if abs(value) > LARGEST:
        faults.append(
            f"{name}: {text!r} is larger than any quantity of a talk ({LARGEST:g}); use other units"
        )
        return math.nan
    return value / 100 if percent else value


def _contradictions(rows: list[_Row], path: str) -> list[str]:
    """Return what rows say against each other: twice the same place, two clouts, two scales."""
    problems: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str, str], tuple[int, float]] = {}
    vetoes: dict[str, tuple[int, bool]] = {}
    for names in ((row.actor for row in rows), (row.issue for row in rows)):
        problems += [
            f"{path}: {one!r} and {other!r} look alike; write it one way, or tell them apart"
            for one, other in alike(names)
        ]
    for row in rows:
        key = (row.actor, row.issue)
        if key in seen:
            problems.append(
                f"{path}:{row.line}: {row.actor!r} on {row.issue!r} is already in line {seen[key]}"
            )
        seen.setdefault(key, row.line)
        if row.veto is not None:
            line, before = vetoes.setdefault(row.actor, (row.line, row.veto))
            if before != row.veto:
                said = "yes here and no" if row.veto else "no here and yes"
                problems.append(f"{path}:{row.line}: veto of {row.actor!r} is {said} in line {line}")
        shared = [("actor", row.actor, "clout")]
        shared += [("issue", row.issue, name) for name in ("low", "high", "reference")]
        for kind, who, name in shared:
            value = row.numbers[name]
            if math.isnan(value):
                continue
            line, other = first.setdefault((kind, who, name), (row.line, value))
            if other != value:
                problems.append(
                    f"{path}:{row.line}: {name} of {who!r} is {value:g} here and {other:g} in line {line}"
                )
    return problems


def _table(rows: list[_Row], path: Path) -> Table:
    actors, issues = (tuple(dict.fromkeys(getattr(r, key) for r in rows)) for key in ("actor", "issue"))
    at = {name: np.full((len(issues), len(actors)), math.nan) for name in _NUMBERS}
    veto = np.zeros(len(actors), bool)
    for row in rows:
        k, a = issues.index(row.issue), actors.index(row.actor)
        veto[a] |= bool(row.veto)
        for name in _NUMBERS:
            at[name][k, a] = row.numbers[name]
    here = ~np.isnan(at["position"] * at["salience"])
    position = np.where(here, at["position"], math.nan)
    for k, issue in enumerate(issues):
        if not (np.nan_to_num(at["salience"][k] * at["clout"][k]) * here[k]).any():
            raise InputError(f"{path}: on {issue!r} no actor with a position has salience and clout above 0")
    scales = np.stack([_ends(at, position, k, path, issue) for k, issue in enumerate(issues)])
    return Table(
        title=path.stem,
        actors=actors,
        issues=issues,
        positions=position[None],
        salience=np.where(here, at["salience"], math.nan)[None],
        clout=np.fmax.reduce(at["clout"], axis=0)[None],
        scales=scales,
        reservation=at["reservation"][None],
        veto=veto,
        reference=np.fmax.reduce(at["reference"], axis=1)[None],
        labels=tuple({} for _ in issues),
    )


def _ends(at: dict[str, np.ndarray], position: np.ndarray, k: int, path: Path, issue: str) -> np.ndarray:
    """Return the ends of issue k's scale, widened to a point's neighbourhood where all stand together."""
    low, high = np.fmin.reduce(at["low"][k]), np.fmax.reduce(at["high"][k])
    least, most = np.fmin.reduce(position[k]), np.fmax.reduce(position[k])
    if least < low or most > high:
        raise InputError(f"{path}: on {issue!r} a position lies outside the scale")
    low, high = least if math.isnan(low) else low, most if math.isnan(high) else high
    reference = np.fmax.reduce(at["reference"][k])
    if reference < low or reference > high:
        raise InputError(
            f"{path}: on {issue!r} the reference {reference:g} lies outside the scale, {low:g} to {high:g}; "
            "give `low` and `high` where the scale is wider than the positions"
        )
    return np.array([low, high if high > low else low + 1.0])
