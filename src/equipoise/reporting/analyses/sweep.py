"""The advice at many points: from the JSON of `sweep`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Cell, Column, Paragraph, Table
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import count, interval, listed, number, percent, sentence

MOST_ROWS = 40

Found = Mapping[str, Any]


def blocks(found: Found, scenario: Scenario | None = None) -> list[Block]:
    """Return in how many points each way of engaging is best, and the points."""
    if "years" in found:
        return [Paragraph(_gained(found["gain"], found["falls"]))]
    return [Paragraph(_verdict(found["points"])), _points(found["points"], found["titles"])]


def _verdict(points: list[Found]) -> str:
    if len(points) == 1:
        return _alone(points[0])
    best = Counter(row["best_title"] for row in points).most_common()
    told = sum(bool(row["lead"] and row["lead"]["told_apart"]) for row in points)
    hedges = sum(row["hedge"] == row["best"] for row in points)
    ways = listed([f"“{name}” in {count(times)}" for name, times in best])
    return (
        f"Of {count(len(points))} points, best is {ways}. A hedge between rivals is best in {count(hedges)}. The best "
        f"is told apart from the second in {count(told)}."
    )


def _alone(point: Found) -> str:
    best = f"Best is “{point['best_title']}”"
    if point["lead"] is None:
        return f"{best}, the only way of engaging."
    told = "is" if point["lead"]["told_apart"] else "cannot be"
    return f"{best}; it {told} told apart from the second, “{point['second_title']}”."


def _points(points: list[Found], called: Mapping[str, Mapping[str, str]]) -> Table:
    held, paths = any(row["beliefs"] for row in points), list(points[0]["set"])
    titles = len({row["scenario"] for row in points}) > 1 or not (held or paths)
    columns = [
        *[Column("Scenario")] * titles, *[Column("Beliefs of")] * held,
        *(Column(sentence(called["set"][path])) for path in paths), Column("Best"),
        Column("Leads by", "number"), Column("95 % interval", "number"), Column("Second"),
        Column("Best hedge behind by", "number"), Column("Likeliest end"),
    ]  # fmt: skip
    rows = []
    for row in points:
        lead, behind, end = row["lead"] or {}, row["behind"] or {}, row["likeliest"]
        where = [
            *[row["scenario"]] * titles,
            *[sentence(called["beliefs"].get(row["beliefs"], "the analyst"))] * held,
        ]
        ends = interval(lead.get("low"), lead.get("high"))
        hedge = "is best" if row["hedge"] == row["best"] else number(behind.get("mean"))
        rows.append((
            *where, *(row["set"][path] for path in paths), Cell(row["best_title"], "first"), number(lead.get("mean")),
            Cell(ends, "" if lead.get("told_apart") else "quiet"), row["second_title"] or "", hedge,
            f"{end['title']} ({percent(end['chance'])})",
        ))  # fmt: skip
    made = Table("What is best where", tuple(columns), tuple(rows))
    return made.first(MOST_ROWS, all_in="the JSON and in what --to writes as CSV")


def _gained(gain: Found, falls: int) -> str:
    over = (
        f"Over {count(gain['questions'])} years of {count(gain['groups'])} wars, {count(falls)} of which ended in a "
        f"fall of the government, the Brier score is {number(gain['own'], digits=4)} where the base rate has "
        f"{number(gain['benchmark'], digits=4)}"
    )
    if gain["low"] is None:
        return f"{over}: too few wars to tell them apart."
    better = "better than" if gain["low"] > 0 else "worse than" if gain["high"] < 0 else "not told apart from"
    ends = interval(gain["low"], gain["high"], digits=5, signed=True)
    gained = number(gain["gain"], digits=5, signed=True)
    return f"{over}: {better} the base rate (gain {gained}, 95 % {ends}, whole wars drawn again)."
