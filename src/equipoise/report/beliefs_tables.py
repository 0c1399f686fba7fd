"""Tables of whose beliefs decide what, from the JSON of `beliefs` alone: for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.report.blocks import Block, Cell, Column, Paragraph, Points, Table
from equipoise.report.phrases import chance, interval, number, plus_minus, sentence

if TYPE_CHECKING:
    from rich.console import Console

Result = Mapping[str, Any]


def print_beliefs(result: Result, *, to: Console | None = None) -> None:
    """Print the choice under each holder's beliefs, what it is worth, and which belief makes the difference."""
    from equipoise.report.terminal import console, rendered

    target = console() if to is None else to
    for made in blocks(result):
        for item in rendered(made):
            target.print(item)


def blocks(result: Result) -> list[Block]:
    """Return the answer in a sentence, the choices, and the beliefs behind those that differ."""
    out: list[Block] = [Paragraph(verdict(result)), choices(result)]
    if any(row["beliefs"] for row in result["holders"]):
        out += [deciding(result), Points(tuple(said(row) for row in result["holders"]))]
    return out


def verdict(result: Result) -> str:
    """Say in how many eyes the choice is another one."""
    analyst, others = result["analyst"], result["holders"]
    differ = [row for row in others if row["best"] != analyst["best"]]
    if not differ:
        return f"Whoever's beliefs are taken, the best strategy is the same: {analyst['best_title']}."
    many = f"{len(differ)} of the {len(others)} holders of beliefs" if len(others) > 1 else differ[0]["title"]
    return (
        f"Under the analyst's inputs the best strategy is {analyst['best_title']}; "
        f"under the beliefs of {many} it is another."
    )


def choices(result: Result) -> Table:
    """The best strategy under each holder's beliefs, and what it is worth there and under the analyst's inputs."""
    columns = (
        Column("Under the beliefs of"), Column("best is"), Column("worth there", "number"),
        Column("worth to the analyst", "number"), Column("gains there", "number"), Column("costs here", "number"),
        Column("best of all there"),
    )  # fmt: skip
    rows = []
    for row in (result["analyst"], *result["holders"]):
        other = row["best"] != result["analyst"]["best"]
        rows.append(
            (
                row["title"], Cell(row["best_title"], "first") if other else row["best_title"],
                _worth(row["worth_there"]), _worth(row["worth_to_analyst"]),
                _gap(row["gain_there"]) if other else "", _gap(row["loss"]) if other else "",
                chance(row["chance_best"]),
            )
        )  # fmt: skip
    note = (
        f"Mean payoff ± standard error on {result['futures']:,} futures, the same draws under all beliefs. Gains there: "
        "what the choice pays more than the analyst's choice if the holder is right. Costs here: what it pays less "
        "if the analyst is right. Both with 95 % interval, state by state. Best of all there: chance that a state of "
        "the world is one in which the choice pays most."
    )
    return Table("The best strategy, by whose beliefs", columns, tuple(rows), note)


def deciding(result: Result) -> Table:
    """Every belief of those who would choose otherwise: what it does alone, and what the others do without it."""
    columns = (
        Column("Belief"), Column("analyst"), Column("believed"), Column("best with it alone"),
        Column("best without it"), Column("makes the difference?"),
    )  # fmt: skip
    rows = []
    for row in result["holders"]:
        for belief in row["beliefs"]:
            decides = Cell("yes", "first") if belief["makes_the_difference"] else "no"
            rows.append(
                (
                    f"{row['title']}: {belief['path']}", belief["analyst"], belief["believed"], belief["alone"],
                    belief["without"] or "", decides,
                )
            )  # fmt: skip
    note = "Numbers as the file writes them. A belief makes the difference if it alone leads to the holder's choice, or if without it the choice is another."
    return Table("Which belief makes the difference", columns, tuple(rows), note)


def said(row: Result) -> str:
    """Say a holder's choice in a sentence, and whether it is more than simulation error."""
    text = sentence(row["says"]) + "."
    if row["beliefs"] and not row["told_apart"]:
        text += " The two choices cannot be told apart there with this many futures."
    return text


def _worth(found: Mapping[str, float | None]) -> str:
    return plus_minus(found["mean"], found["se"])


def _gap(found: Mapping[str, float | None]) -> str:
    return f"{number(found['mean'], signed=True)} ({interval(found['low'], found['high'], signed=True)})"
