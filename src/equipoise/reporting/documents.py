"""Any JSON document as readable blocks: scalars as a list of terms, records as tables, the rest by headings.

Used for results that have no page or table of their own, so that nothing a job says is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.reporting.blocks import Block, Column, Heading, Paragraph, Table, Terms
from equipoise.scenario.phrases import DASH, sentence, significant

MOST_ITEMS = 12
"""Longest list of plain values written out in a line."""
MOST_ROWS = 200
"""Longest table shown; the JSON has all rows."""


def spelled(key: str) -> str:
    """Return a key as words: `first_key` becomes `First key`; names with dots or hyphens stay as they are."""
    return key if "." in key or "-" in key else sentence(key.replace("_", " "))


def blocks_of(data: Any) -> list[Block]:
    """Return blocks that show every value of a JSON document."""
    if isinstance(data, Mapping):
        return _mapping(data)
    if _records(data):
        return [_table("", data)]
    return [Paragraph(_inline(data))]


def _mapping(data: Mapping[str, Any]) -> list[Block]:
    plain = {key: value for key, value in data.items() if _plain(value)}
    blocks: list[Block] = []
    if plain:
        blocks.append(Terms(tuple((spelled(str(key)), _inline(value)) for key, value in plain.items())))
    for key, value in data.items():
        if key in plain:
            continue
        if _records(value):
            blocks.append(_table(spelled(str(key)), value))
        elif _keyed_records(value):
            rows = [{"": name, **row} for name, row in value.items()]
            blocks.append(_table(spelled(str(key)), rows))
        else:
            blocks += [Heading(spelled(str(key))), *blocks_of(value)]
    return blocks


def _plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not value
    return not isinstance(value, Sequence) or isinstance(value, str) or all(_scalar(item) for item in value)


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _flat(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_plain(item) for item in value.values())


def _records(value: Any) -> bool:
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    return listed and len(value) > 0 and all(_flat(item) for item in value)


def _keyed_records(value: Any) -> bool:
    if not isinstance(value, Mapping) or not value or not all(_flat(item) for item in value.values()):
        return False
    keys = [set(item) for item in value.values()]
    return len(keys) > 1 and len(set.union(*keys)) <= 10 and len(set.intersection(*keys)) > 0


def _table(caption: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    keys = list(dict.fromkeys(str(key) for row in rows for key in row))
    columns = tuple(
        Column(spelled(key) if key else "Name", "number" if _numeric(rows, key) else "text") for key in keys
    )
    cells = tuple(tuple(_inline(row.get(key)) for key in keys) for row in rows)
    return Table(caption, columns, cells).first(MOST_ROWS)


def _numeric(rows: Sequence[Mapping[str, Any]], key: str) -> bool:
    values = [row.get(key) for row in rows if row.get(key) is not None]
    return bool(values) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _inline(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_inline(item)}" for key, item in value.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        shown = ", ".join(_inline(item) for item in value[:MOST_ITEMS])
        return (f"{shown}, … ({len(value)} in all)" if len(value) > MOST_ITEMS else shown) or "none"
    return str(value)
