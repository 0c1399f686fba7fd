"""What makes two strategies differ, in parts that add up: on the terminal, and within an exploration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Table, headings
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import DASH, number, percent, sentence

Found = Mapping[str, Any]
TOP = 10
"""Parts of a table within an exploration, at most; the JSON has them all."""


def blocks(found: Found, scenario: Scenario | None = None) -> list[Block]:
    """Return every part of the difference between two strategies."""
    made = table(found, Names.of(scenario), len(found["cells"]))
    return [made] if made is not None else []


def table(item: Found | None, names: Names, top: int = TOP) -> Table | None:
    """What makes two strategies differ, in parts that add up."""
    if not item:
        return None
    rows = []
    for cell in item["cells"]:
        parts = sorted(
            ((name, value) for name, value in cell["terms"].items() if abs(value) >= 5e-4),
            key=lambda part: -abs(part[1]),
        )
        through = ", ".join(
            f"{name.replace('-', ' ')} {number(value, signed=True)}" for name, value in parts[:2]
        )
        rows.append((
            sentence(" and ".join(where(text) for text in cell["where"])) or "All", percent(cell["share"]),
            number(cell["difference"], signed=True), number(cell["contribution"], signed=True), through or DASH,
        ))  # fmt: skip
    columns = headings("Futures in which", "#Share", "#Difference there", "#Adds", "Chiefly through")
    first, second = (names.quoted(item[key]) for key in ("first", "second"))
    error = "" if item.get("se") is None else f" ± {number(item['se'])} (standard error)"
    note = (
        f"Payoff of the first less the second; the parts add up to {number(item['total'], signed=True)}{error}. "
        "Both, at most one: under the two strategies, in the same future."
    )
    return Table(f"What makes {first} and {second} differ", columns, tuple(rows), note).first(top)


def where(text: str) -> str:
    """Return a condition on futures as people say it."""
    if text.startswith("not: ") and text.endswith(" under both"):
        return text.removeprefix("not: ").removesuffix(" under both") + " under at most one of the two"
    return text
