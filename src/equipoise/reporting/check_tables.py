"""What `check` prints of a good scenario: a few lines on what it holds, and each force's yearly chance of falling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from equipoise.reporting.analyses.base_rates import NO_WAR
from equipoise.reporting.analyses.base_rates import tables as rate_tables
from equipoise.reporting.blocks import Paragraph, Remark, Table, headings
from equipoise.scenario.likelihood import say
from equipoise.scenario.phrases import (
    bound,
    count,
    counted,
    current_yardstick,
    day,
    listed,
    percent,
    percent_error,
    percents,
    sentence,
    within,
)

WEEKS_A_YEAR = 52


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines above the table: what the scenario contains and what it takes as given."""
    counts, labels = found["counts"], _labels(found)
    if found.get("question"):
        yield found["question"]
    known = f", on what was known by {day(found['as_of'])}" if found.get("as_of") else ""
    strategies = counted(len(found["strategies"][found["focus"]]), "strategy", "strategies")
    period = f"{counted(found['weeks'], 'week')} from {day(found['start'])}{known}"
    yield f"{sentence(period)}. Advised: {labels[found['focus']]}, with {strategies}."
    kinds = ("force", "region", "patron", "tie", "event", "agreement", "talk")
    held = [counted(counts[f"{k}s"], k) for k in kinds if counts[f"{k}s"]]
    yield f"It contains {listed(held)}."
    yield _numbers(found)
    others = [
        f"{within(labels[patron])} ({len(names)})"
        for patron, names in found["strategies"].items()
        if patron != found["focus"]
    ]
    if others:
        yield f"Others with strategies to choose from: {listed(others)}."
    if found["beliefs"]:
        held_by = [
            f"{found['holders'][holder]} ({counted(n, 'number')})" for holder, n in found["beliefs"].items()
        ]
        yield f"Who believes otherwise than the analyst: {listed(held_by)}."


def remarks(found: Mapping[str, Any]) -> list[Remark]:
    """Return what the scenario says in vain, and the positions off their scale, each with its place."""
    titles = {"never": "What can never happen", "off_scale": "Positions off the scale of their issue"}
    return [
        Remark(title, "", "warning", tuple(f"line {r['line']}, {r['path']}: {r['says']}" for r in found[key]))
        for key, title in titles.items()
        if found[key]
    ]


def _labels(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of patrons and forces by their keys."""
    return {row["name"]: row["label"] for row in (*found["patrons"], *found["forces"])}


def _numbers(found: Mapping[str, Any]) -> str:
    """Say how many numbers are given and what they stand on, beliefs included."""
    numbers, believed = found["numbers"], sum(found["beliefs"].values())
    doubted = numbers["uncertain"] or "none"
    text = f"It states {numbers['written']} numbers, {doubted} of them with doubt"
    if believed:
        text += f", and {counted(believed, 'other')} that somebody in the situation believes instead"
    stand = numbers.get("standing_on") or {}
    if not stand:
        return f"{text}."
    if len(stand) == 1:
        return f"{text}. All {count(sum(stand.values()))} numbers stand on {next(iter(stand))}."
    parts = [f"{n} on {what}" for what, n in stand.items()]
    parts[0] = parts[0].replace(" on ", " stands on " if next(iter(stand.values())) == 1 else " stand on ", 1)
    return f"{text}. Of these {count(sum(stand.values()))} numbers {listed(parts)}."


def forces(found: Mapping[str, Any]) -> Table:
    """Return each force's starting power and yearly chance of falling, in words too."""
    rows, ranged = [], False
    for force in found["forces"]:
        low, middle, high = (force["power"][key] for key in ("low", "middle", "high"))
        power = percent(middle)
        if high - low >= 0.005 and percent(low) != percent(high):
            power, ranged = f"{power} ({percents(low, high)})", True
        chance = found["yearly_chance_of_falling"][force["name"]]
        word = bound(say(chance, current_yardstick())) if force["can_fall"] else "cannot fall"
        later = found["power_a_year_on"][force["name"]]
        name = force["label"] + (" (governs)" if force["incumbent"] else "")
        rows.append((name, power, percent_error(later["mean"], later["se"]), word))
    week = found["power_a_year_on"]["week"]
    when = "a year on" if week == WEEKS_A_YEAR else f"after {counted(week, 'week')}"
    columns = headings("Force", "#Power at the start", f"#Power {when}", "Falls within a year")
    between = (
        "Power at the start: the mean, and between which values it lies in nine of ten states of the world (a state is "
        "one way in which what is not known may turn out). "
    )
    note = (
        f"{between if ranged else ''}{sentence(when)}: mean ± standard error, in points of 100. "
        "Falls: over 4,096 futures in which every patron does what its default says; where the run is not a year, "
        "its chance spread evenly over the weeks. `equipoise run` gives the chance under each strategy."
    )
    return Table("The yearly chance of falling that the numbers imply", columns, tuple(rows), note)


def outlook(judged: Sequence[Mapping[str, Any]]) -> Table | None:
    """Return what is judged of the outlook beside what the scenario implies; None where nothing is."""
    rows = [
        (sentence(row["says"]), asked(row), percent_error(row["implied"], row["se"]), verdict(row))
        for row in judged
    ]
    columns = headings("Judgement", "#As judged", "#As implied", "Holds")
    note = (
        "As implied: mean ± standard error, in points of 100, where every patron does what its default says. A "
        "judgement of one value, not of a range, holds within two points of it."
    )
    title = "What the file judges likely, beside what its numbers imply"
    return Table(title, columns, tuple(rows), note) if rows else None


def asked(row: Mapping[str, Any]) -> str:
    """Return what a judgement wants: `15 to 35 %`."""
    low, high = row["wanted"]
    return percents(low, high)


def verdict(row: Mapping[str, Any]) -> str:
    """Say whether a judgement holds, and where more futures might say otherwise."""
    return ("yes" if row["holds"] else "no") + ("" if row["told_apart"] else ", but closely")


def base_rates(found: Mapping[str, Any]) -> list[Table] | list[Paragraph]:
    """Return how often governments and rebels fell in the widest and the narrowest class of wars such as this one.

    Forces of the same classes share a table. Where there is no war, that is said instead.
    """
    if found["peace"]:
        return [Paragraph(NO_WAR)]
    labels = _labels(found)
    can_fall = {force["name"] for force in found["forces"] if force["can_fall"]}
    falls = [row for row in found["base_rates"] if row["force"] in can_fall and row["width"] != "part"]
    return rate_tables(falls, labels.__getitem__)
