"""Tables of whose beliefs decide what, from the JSON of `beliefs` alone, for terminal and report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.report.blocks import Block, Cell, Column, Paragraph, Points, Table
from equipoise.report.phrases import counted, interval, number, percent, plus_minus, sentence

if TYPE_CHECKING:
    from rich.console import Console

Result = Mapping[str, Any]


def print_beliefs(result: Result, *, to: Console | None = None) -> None:
    """Print the choice under each holder's beliefs, its worth, and which belief makes the difference."""
    from equipoise.report.terminal import console, rendered

    target = console() if to is None else to
    for made in blocks(result):
        for item in rendered(made):
            target.print(item)


def blocks(result: Result) -> list[Block]:
    """Return the answer in a sentence, the choices, and the beliefs behind those that differ."""
    out: list[Block] = [Paragraph(verdict(result)), choices(result)]
    if any(row["beliefs"] for row in result["holders"]):
        out += [
            stakes(result),
            deciding(result),
            Points(tuple(said(row) for row in result["holders"] if row["beliefs"])),
        ]
    return out


def verdict(result: Result) -> str:
    """Say in how many eyes the choice is another one."""
    analyst, others = result["analyst"], result["holders"]
    differ = [row for row in others if row["best"] != analyst["best"]]
    if not differ:
        return f"Whoever's beliefs are taken, the best strategy is the same: {analyst['best_title']}."
    many = differ[0]["title"] if len(differ) == 1 else f"{counted(len(differ), 'holder')} of {len(others)}"
    return (
        f"Under the analyst's inputs the best strategy is {analyst['best_title']}; "
        f"under the beliefs of {many} it is another."
    )


def choices(result: Result) -> Table:
    """The best strategy under each holder's beliefs, and its worth there and under the analyst's inputs."""
    columns = (
        Column("Under the beliefs of"), Column("the best strategy is"), Column("worth there", "number"),
        Column("worth to the analyst", "number"), Column("pays most there in", "number"),
    )  # fmt: skip
    rows = []
    for row in (result["analyst"], *result["holders"]):
        other = row["best"] != result["analyst"]["best"]
        best = Cell(row["best_title"], "first") if other else row["best_title"]
        worths = (_worth(row["worth_there"]), _worth(row["worth_to_analyst"]))
        rows.append((sentence(row["title"]), best, *worths, percent(row["chance_best"])))
    note = (
        f"Mean payoff ± standard error on {result['futures']:,} futures, the same draws under all beliefs. "
        "Worth to the analyst: the same strategy under the analyst's inputs. Pays most: share of the states "
        "of the world in which it has the highest mean payoff."
    )
    return Table("The best strategy, by whose beliefs", columns, tuple(rows), note)


def stakes(result: Result) -> Table:
    """What another choice gains if its holder is right, and costs if the analyst is."""
    columns = (
        Column("Choice of"),
        Column("gains if the holder is right", "number"),
        Column("costs if the analyst is", "number"),
    )
    differ = [row for row in result["holders"] if row["best"] != result["analyst"]["best"]]
    rows = tuple((sentence(row["title"]), _gap(row["gain_there"]), _gap(row["loss"])) for row in differ)
    note = f"Payoff against {result['analyst']['best_title']}, state by state, with its 95 % interval."
    return Table("What hangs on who is right", columns, rows, note)


def deciding(result: Result) -> Table:
    """Every belief of those who would choose otherwise: the best strategy with it alone, and without it."""
    columns = (
        Column("Belief"), Column("best with it alone"), Column("best without it"),
        Column("makes the difference?"),
    )  # fmt: skip
    rows = []
    for row in result["holders"]:
        for belief in row["beliefs"]:
            decides = Cell("yes", "first") if belief["makes_the_difference"] else "no"
            name = f"{row['title']}: {belief['path']}"
            rows.append((name, belief["alone"], belief["without"] or "", decides))
    note = (
        "Makes the difference: it alone leads to the holder's choice, or without it the choice is another. "
        "The numbers themselves stand with the scenario's beliefs."
    )
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
