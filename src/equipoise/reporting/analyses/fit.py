"""What `fit` shows: what is implied before and after, which numbers moved how far, and what cannot hold together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Heading, Paragraph, Remark, Table, headings
from equipoise.reporting.check_tables import asked, verdict
from equipoise.scenario import Scenario
from equipoise.scenario.phrases import counted, listed, percent_error, sentence, significant

LARGE = 2.0
"""Standard deviations beyond which a move says that the number's range was too narrow, or the judgement is wrong."""
WAYS = {"shift": "shift", "times": "factor", "odds": "in log-odds"}


def blocks(found: Mapping[str, Any], scenario: Scenario | None) -> list[Block]:
    """Return what the terminal shows of a fit."""
    told = [Remark("What cannot be met", "", "warning", tuple(_unmet(found)))] if found["missed"] else []
    return [Heading(f"{found['scenario']['title']}: fitted"), *_lead(found), judged(found), *told, moved(found),
            Paragraph(_written(found))]  # fmt: skip


def _lead(found: Mapping[str, Any]) -> Iterator[Block]:
    count, missed = len(found["after"]), len(found["missed"])
    held = sum(row["holds"] for row in found["before"])
    yield Paragraph(
        f"{sentence(counted(count, 'judgement'))}: {held} held before, {count - missed} hold now."
    )
    inputs = len(found["inputs"])
    if found["chosen"]:
        yield Paragraph(
            f"No input was named: what could move is {counted(inputs, 'number')}, seen to move what is judged, of "
            f"{found['considered']} uncertain ones in the file."
        )


def judged(found: Mapping[str, Any]) -> Table:
    """Return every judgement beside what is implied before and after."""
    rows = tuple(
        (
            sentence(after["says"]), asked(after), percent_error(before["implied"], before["se"]),
            percent_error(after["implied"], after["se"]), verdict(after),
        )
        for before, after in zip(found["before"], found["after"], strict=True)
    )  # fmt: skip
    columns = headings("Judgement", "#As judged", "#Before", "#After", "Holds")
    note = "Mean ± standard error; before and after on the same states, with the same luck."
    return Table("What is judged, before and after", columns, rows, note)


def moved(found: Mapping[str, Any]) -> Table:
    """Return every input that might move, the farthest first."""
    order = sorted(found["inputs"], key=lambda row: -abs(row["moves"]))
    rows = tuple(
        (
            row["path"], row["before"], row["after"] if row["moves"] else "stays",
            significant(row["moves"]) + (" (limit)" if row["at_limit"] else ""), WAYS[row["way"]],
        )
        for row in order
    )  # fmt: skip
    columns = headings("Number", "Before", "After", "#Moves, in its sd", "How")
    note = (
        "In its sd: by how many of its own standard deviations its middle moves; its spread is kept. Far beyond "
        f"{LARGE:g}, either its range was too narrow or the judgement is wrong."
    )
    return Table("What moved", columns, rows, note)


def _unmet(found: Mapping[str, Any]) -> Iterator[str]:
    """Say which judgements cannot hold, alone or together, and which merely cost too much."""
    says = {row["at"]: f"{row['says']} ({asked(row)})" for row in found["after"]}
    for group in found["conflicts"]:
        if len(group) == 1:
            yield f"out of reach by itself: {says[group[0]]}"
        else:
            yield f"cannot hold together: {listed([says[at] for at in group])}"
    held = {at for group in found["conflicts"] for at in group}
    for at in found["missed"]:
        if at not in held:
            yield f"could hold, but only by moves that weigh more than the miss: {says[at]}"


def _written(found: Mapping[str, Any]) -> str:
    if found["wrote"]:
        return f"Wrote {found['wrote']}. Next: equipoise check {found['wrote']}"
    return "Nothing was written; --out FILE writes the scenario with these numbers, comments and order kept."
