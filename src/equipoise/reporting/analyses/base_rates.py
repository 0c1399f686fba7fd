"""Base rates: on the terminal by kind, ready to paste; beside the chances that a scenario implies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from equipoise.reporting.blocks import Block, Paragraph, Table, headings
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import DASH, THIN, count, listed, sentence
from equipoise.scoring.base_rates import claim_line, source_line

Row = Mapping[str, Any]

NO_WAR = (
    "The scenario says that there is no war; all base rates known here are of wars, so none stands beside it."
)


def blocks(found: Mapping[str, Any], scenario: Scenario | None = None) -> list[Block]:
    """Return the rates, a table for each kind of event and force."""
    if scenario is not None and scenario.war.peace:
        return [Paragraph(NO_WAR)]
    return [
        *tables(found["rates"], Names.of(scenario).force),
        Paragraph("`--paste` prints them as numbers, claims and a source to put into a scenario."),
    ]


def tables(rows: Iterable[Row], called: Callable[[str], str]) -> list[Table]:
    """Return a table for each kind of event and force; forces whose rows are the same share one.

    Args:
        rows: the rates, those of a kind and force one after another. called: from a force to its name in a table.
    """
    shared: dict[tuple[str, ...], tuple[list[str], list[Row]]] = {}
    for (force, _), group in groupby(rows, key=lambda row: (row.get("force"), row["kind"])):
        held = list(group)
        alike = tuple(str({**row, "force": None}) for row in held)
        shared.setdefault(alike, ([], held))[0].extend([called(force)] if force else [])
    return [_table(held, forces) for forces, held in shared.values()]


def _table(rows: Sequence[Row], forces: Sequence[str]) -> Table:
    """Return the rates of one kind, wide classes before narrow ones; of the fall of forces, under their names."""
    first, scenario = rows[0], "because" in rows[0]
    given = [
        (*((sentence(row["because"]),) if scenario else ()), sentence(row["cases"]), row["period"].replace("-", "–"),
         _percent(row["rate"]), f"{_percent(row['low'])} to {_percent(row['high'])}",
         f"{row['events']} of {count(row['exposure'])}", count(row["wars"]) if row["wars"] else DASH)
        for row in rows
    ]  # fmt: skip
    columns = headings(
        *(("Why such cases",) if scenario else ()),
        "Cases",
        "Years",
        "#Rate",
        "#95 % interval",
        "#Came in",
        "#Wars",
    )
    caption = f"{_each(forces)}: how often {first['says']}" if forces else sentence(first["says"])
    return Table(caption, columns, tuple(given), _note(first))


def _each(forces: Sequence[str]) -> str:
    """Return the forces that a table holds for: `HTS`, `HTS and SNA, the same for each`."""
    return listed(forces) + ", the same for each" * (len(forces) > 1)


def _note(row: Row) -> str:
    """Say what was counted, how sure it is, and whose data it is."""
    what = f"Came in: so many of so many cases, each a {row['unit']}. Intervals are Jeffreys'"
    wars = (
        "; years of one war are alike and count as if they were not, so they should be wider"
        if row["wars"]
        else ""
    )
    near = " What is recorded is that rebels took power; not every fall of a government is that." if (
        row["kind"].startswith("government-falls")
    ) else ""  # fmt: skip
    return f"{what}{wars}.{near} Source: {row['source']}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f}{THIN}%"


def pasted(found: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines of YAML that put the rates into a scenario: a source, a claim for each, and the numbers."""
    if not found["rates"]:
        yield "# No base rate to paste: none is known of such a class."
        return
    yield "# Base rates to paste into a scenario: the source, the claims, and the numbers that stand on them."
    yield "sources:"
    yield source_line(found["source"])
    rows = {row["claim"]: row for row in found["rates"] if row["paste"]}
    yield "claims:"
    for name, row in rows.items():
        yield claim_line(name, row["sentence"])
    for row in rows.values():
        yield f"# {row['says']}; {row['cases']}, {row['period']}"
        yield f"#   {_key(row)}: {row['paste']}"


def _key(row: Row) -> str:
    """Return the key of the scenario file that a rate is a value of."""
    return (
        "yearly" if row["kind"] in ("government-falls", "rebels-gone", "rebels-defeated") else "probability"
    )
