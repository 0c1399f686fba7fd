"""What `check` prints of a good scenario: a few lines on what it holds, and each force's yearly chance of falling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.judge import say
from equipoise.report.blocks import Column, Table
from equipoise.report.phrases import counted, current_yardstick, day, listed, percent

CASES = {
    "over-government": "wars over government",
    "over-government-at-war": "the same, years of war (1,000 deaths)",
    "over-government-with-foreign-troops": "the same, with foreign troops",
}
"""UCDP's cases shown beside the incumbent's chance, in words."""

LOSERS = {"rebel-victory": "the government", "government-victory": "the rebels"}
"""Who falls, by the kind of base rate."""


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines above the table: what the scenario contains and what it takes as given."""
    counts, numbers = found["counts"], found["numbers"]
    if found.get("question"):
        yield found["question"]
    known = f"; known up to {day(found['as_of'])}" if found.get("as_of") else ""
    strategies = counted(len(found["strategies"][found["focus"]]), "strategy", "strategies")
    yield f"{found['weeks']} weeks from {day(found['start'])}{known}. Advised: {found['focus']}, with {strategies}."
    kinds = ("force", "region", "patron", "tie", "event", "agreement", "talk")
    held = [counted(counts[f"{k}s"], k) for k in kinds if counts[f"{k}s"]]
    yield f"It contains {listed(held)}."
    stand = numbers.get("standing_on") or {}
    grounds = listed([f"{n} on {what}" for what, n in stand.items()]) if stand else ""
    yield (
        f"It takes {numbers['written']} numbers as given, {numbers['uncertain']} of them uncertain"
        + (f"; they stand: {grounds}." if grounds else ".")
    )
    others = [f"{patron} ({len(names)})" for patron, names in found["strategies"].items() if patron != found["focus"]]
    if others:
        yield f"Strategies for others: {listed(others)}."
    if found["beliefs"]:
        held_by = [f"{holder} ({counted(n, 'number')})" for holder, n in found["beliefs"].items()]
        yield f"Beliefs that differ from the analyst's: {listed(held_by)}."


def forces(found: Mapping[str, Any]) -> Table:
    """Return each force's starting power and yearly chance of falling, in words too."""
    rows = []
    for force in found["forces"]:
        low, middle, high = (force["power"][key] for key in ("low", "middle", "high"))
        power = percent(middle) if high - low < 0.005 else f"{percent(low)} to {percent(high)}"
        chance = found["yearly_chance_of_falling"][force["name"]]
        word = say(chance, current_yardstick()) if force["can_fall"] else "cannot fall"
        rows.append((force["label"] + (" (governs)" if force["incumbent"] else ""), power, word))
    columns = (Column("Force"), Column("Power at the start", "number"), Column("Falls within a year"))
    note = "With every patron following its default, over 4,096 futures; an even rate where the run is not a year."
    return Table("The yearly chance of falling that the numbers imply", columns, tuple(rows), note)


def base_rates(found: Mapping[str, Any]) -> Table | None:
    """Return how often governments and rebels lost, beside the chances of the forces: UCDP's yearly rates."""
    rows = [
        (LOSERS[row["kind"]], CASES[row["cases"]], row["period"], f"{100 * row['rate']:.1f} %",
         f"{100 * row['low']:.1f} to {100 * row['high']:.1f} %", f"{row['events']} of {row['exposure']:,}")
        for row in found["base_rates"] if row["cases"] in CASES
    ]  # fmt: skip
    if not rows:
        return None
    columns = (Column("Falls"), Column("Cases"), Column("Years"), Column("Rate", "number"), Column("95 %", "number"),
               Column("Count", "number"))  # fmt: skip
    return Table("Base rates a year", columns, tuple(rows), f"Source: {found['base_rates'][0]['source']}.")
