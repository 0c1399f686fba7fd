"""Tables of whose beliefs decide what, from the JSON of `beliefs`, for terminal and report.

With the scenario, strategies go by their names and a belief by what it is about; without, by their keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Cell, Column, Paragraph, Points, Section, Table, headings
from equipoise.reporting.estimates import difference, with_error
from equipoise.reporting.run_view import RunView
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    DASH,
    count,
    counted,
    counted_over,
    percent,
    quoted,
    sentence,
    significant,
    unbroken,
    within,
)

Result = Mapping[str, Any]


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return the answer in a sentence, the choices, and the beliefs behind those that differ."""
    names = Names.of(scenario)
    out: list[Block] = [Paragraph(verdict(result)), choices(result, names)]
    if any(row["beliefs"] for row in result["holders"]):
        out += [
            stakes(result, names),
            deciding(result, scenario),
            Points(tuple(said(row) for row in result["holders"] if row["beliefs"])),
        ]
    for pool in result["pools"]:
        out += [Paragraph(pool_said(pool)), pool_table(pool, names)]
    return out


def pool_said(pool: Result) -> str:
    """Say what a pool would choose, and what knowing who is right would be worth."""
    start = f"Under the pool {pool['pool']} the best strategy is {quoted(pool['best_title'])}"
    if all(row["best"] == pool["best"] for row in pool["holders"]):
        return f"{start}, as under each of its holders: their disagreement does not matter for the choice."
    value = f"Knowing which of them is right would be worth {difference(pool['value_of_knowing'])}"
    if not pool["told_apart"]:
        return f"{start}. {value}: not told apart from nothing."
    most = max(pool["holders"], key=lambda row: row["weight"] * (row["gives_up"]["mean"] or 0.0))
    return f"{start}. {value}; most of it hangs on whether {within(most['title'])} is."


def pool_table(pool: Result, names: Names) -> Table:
    """Each holder of a pool: weight, choice, what the pool's choice gives up where it is right, and without it."""
    scored = bool(pool["questions"])
    scores = (Column("Calibration", "number"), Column("Information", "number")) if scored else ()
    columns = (
        Column("Holder"), Column("Weight", "number"), *scores, Column("Its best"),
        Column("The pool's gives up", "number"), Column("Best without it"),
    )  # fmt: skip
    rows = []
    for row in pool["holders"]:
        marks = (significant(row["calibration"]), significant(row["information"])) if scored else ()
        other = Cell(row["best_title"], "first") if row["best"] != pool["best"] else row["best_title"]
        without = names.strategy(row["without"] or "") or DASH
        rows.append(
            (
                names.holding(row["holder"]),
                percent(row["weight"]),
                *marks,
                other,
                difference(row["gives_up"]),
                without,
            )
        )
    how = {
        "weights": "Weights as the scenario gives them.",
        "equal": "Every holder weighs the same.",
        "calibration": f"Weights: calibration · information on {counted(pool['questions'], 'seed question')} (Cooke).",
    }[pool["by"]]
    note = (
        f"{how} Each state takes one holder's numbers. Gives up: what the holder's best pays more than the pool's "
        "where the holder is right, with its 95 % interval."
    )
    return Table(f"Whose disagreement matters in the pool {pool['pool']}", columns, tuple(rows), note)


def verdict(result: Result) -> str:
    """Say in how many eyes the choice is another one."""
    analyst, others = result["analyst"], result["holders"]
    differ = [row for row in others if row["best"] != analyst["best"]]
    if not differ:
        return f"Whoever's beliefs are taken, the best strategy is the same: {quoted(analyst['best_title'])}."
    start = f"Under the analyst's inputs the best strategy is {quoted(analyst['best_title'])}"
    if len(differ) == 1:
        return f"{start}; under the beliefs of {within(differ[0]['title'])} it is {quoted(differ[0]['best_title'])}."
    return f"{start}; under the beliefs of {counted(len(differ), 'holder')} of {len(others)} it is another."


def choices(result: Result, names: Names) -> Table:
    """The best strategy under each holder's beliefs, and its worth there and under the analyst's inputs."""
    columns = headings(
        "Under the beliefs of", "The best strategy is", "#Worth there", "#Worth to the analyst",
        "#Pays most in",
    )  # fmt: skip
    rows = []
    for row in (result["analyst"], *result["holders"]):
        other = row["best"] != result["analyst"]["best"]
        best = Cell(row["best_title"], "first") if other else row["best_title"]
        worths = (with_error(row["worth_there"]), with_error(row["worth_to_analyst"]))
        rows.append((names.holding(row["holder"]), best, *worths, percent(row["chance_best"])))
    note = (
        f"Mean payoff ± standard error on {count(result['futures'])} futures, the same draws under all beliefs. "
        "Worth to the analyst: the same strategy under the analyst's inputs. Pays most in: share of the states of "
        "the world, as the holder sees them, in which it has the highest mean payoff. "
        f"{counted_over(result['futures'] // result['asked']['chance'])}"
    )
    return Table("The best strategy, by whose beliefs", columns, tuple(rows), note)


def stakes(result: Result, names: Names) -> Table:
    """What another choice gains if its holder is right, and costs if the analyst is."""
    columns = headings("Choice of", "#Gains if the holder is right", "#Costs if the analyst is")
    differ = [row for row in result["holders"] if row["best"] != result["analyst"]["best"]]
    rows = tuple(
        (names.holding(row["holder"]), difference(row["gain_there"]), difference(row["loss"]))
        for row in differ
    )
    note = (
        f"Payoff against {quoted(result['analyst']['best_title'])}, state by state, with its 95 % interval."
    )
    return Table("What hangs on who is right", columns, rows, note)


def deciding(result: Result, scenario: Scenario | None) -> Table:
    """Every belief of those who would choose otherwise: the best strategy with it alone, and without it."""
    names = Names.of(scenario)
    columns = headings(
        "Belief", "Of", "Believed", "The analyst", "Best with it alone", "Best without it",
        "Makes the difference",
    )  # fmt: skip
    rows = tuple(
        (
            sentence(wording.place(belief["path"], scenario)), names.holding(row["holder"]),
            unbroken(belief["believed"]), unbroken(belief["analyst"]),
            names.strategy(belief["alone"]), names.strategy(belief["without"] or "") or DASH,
            Cell("yes", "first") if belief["makes_the_difference"] else "no",
        )
        for row in result["holders"]
        for belief in row["beliefs"]
    )  # fmt: skip
    note = (
        "Makes the difference: it alone leads to the holder's choice, or without it the choice is another. Numbers "
        "as the scenario writes them: [low, most likely, high], [low, high], or a distribution by its name."
    )
    return Table("Which belief makes the difference", columns, rows, note)


def said(row: Result) -> str:
    """Say a holder's choice, which belief leads to it, and whether it is more than chance."""
    doubt = "" if row["told_apart"] else " The two choices cannot be told apart there with this many futures."
    return row["says"] + doubt


def section(context: RunView) -> Section:
    """The best strategy under each holder's beliefs, and which belief makes the difference."""
    made = blocks(context.analyses["beliefs"], context.scenario)
    return Section(
        "analysis-beliefs", "Whose beliefs would change the choice",
        "The same strategies on the same draws, with each holder's beliefs laid over the analyst's inputs.",
        tuple(made),
    )  # fmt: skip
