"""A situation in which every text of the format stands, and everything that shows it, as text to be held to it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from hostile_texts import Data, Schema, Slot, spelled_out

from equipoise.cli import main
from equipoise.scenario import load
from equipoise.scenario.observations.starting import schema as observations_schema
from equipoise.scenario.outcomes.model import schema as outcomes_schema
from equipoise.scenario.publishing import schema
from equipoise.scenario.reading import read
from equipoise.text import first_unfit
from situations import with_changes

SCENARIO, OBSERVATIONS, OUTCOMES = Schema(schema()), Schema(observations_schema()), Schema(outcomes_schema())
LAND = {"valley": ["lower", "upper"], "hills": ["hills"]}
"""Features that outline each region."""
CLAIMED = {"claims": ["c1"], "sources": {"s": {"title": "t"}}}


def situation() -> Data:
    """Return Two valleys with a part of every kind, its numbers written as mappings."""
    data = with_changes(
        read(load("two-valleys").text).root.plain(),
        {
            "war": {"over": "government"},
            "outlines": {"file": "land.geojson", "property": "district", "regions": LAND},
            "hypotheses": {"insures": {"what": "x", "beliefs": "empire", "rule": "cvar5"}},
            "beliefs.crown": {"dynamics.fade": [0.005, 0.02]},
            "seed-questions": {"fell": {"is": 4, "answers": {"empire": [1, 3, 8], "crown": [5, 10, 20]}}},
            "pools.all": {"holders": ["empire", "crown"], "by": "calibration"},
        },
    )
    data["outlook"] += [
        {"control": "rebels", "in": "valley", "week": 0, "is": 0.25},
        {"standing": "empire", "with": "rebels", "week": 13, "is": [0, 0.5]},
        {"order": "takeover", "week": 26, "is": 0.1},
        {"happens": "leave-hinted", "within": 10, "is": 0.5},
    ]
    return spelled_out(data, {"properties": SCENARIO.schema["properties"]}, SCENARIO)


def seen() -> Data:
    """Return observations of every kind, with every text."""
    claims = {"c": {"source": "s", "says": "x"}}
    each = [
        {"by": "2031-04-01", "stands": "crown"},
        {"on": "2031-04-01", "fell": "hill-lords"},
        {"on": "2031-04-07", "happened": "envoys-received"},
        {"by": "2031-04-01", "not-happened": "crown-cracks"},
        {"on": "2031-04-01", "power": "rebels", "is": 0.33, "error": 0.2},
        {"on": "2031-04-01", "control": "rebels", "in": "valley", "is": 0.25, "error": 0.3},
        {"on": "2031-04-01", "standing": "empire", "with": "crown", "is": 0.3, "error": 0.3},
        {"on": "2031-04-01", "violence": "level", "is": 1.0, "error": 0.9},
        {"on": "2031-06-02", "deal": "lake-conference"},
    ]
    return {
        "equipoise": 1,
        "title": "x",
        "sources": {"s": {"title": "x"}},
        "claims": claims,
        "observations": each,
    }


def asked() -> Data:
    """Return questions, with every text."""
    day, claims = {"asks": "x", "on": "2031-09-01"}, {"c": {"source": "s", "says": "x"}}
    by = {"asks": "x", "by": "2031-12-01"}
    questions = {
        "q0": {**by, "fell": "rebels"},
        "q1": {**by, "fell": "crown", "resolved": False, "base": 0.1, "because": "x"},
        "q2": {**by, "happened": "republic-leaves", "resolved": True, "crowd": {"market": {"chance": 0.3}}},
        "q3": {**by, "outside": "x", "resolved": True},
        "q4": {**by, "deal": "lake-conference", "resolved": False},
        "q5": {**day, "order": "holds", "on": "2032-03-14", "resolved": True},
        "q6": {**day, "power": "rebels", "is": 0.4},
        "q7": {**day, "control": "rebels", "in": "valley", "is": 0.4},
        "q8": {**day, "standing": "empire", "with": "crown", "is": 0.4},
        "kept": {**by, "kept": "lake-treaty", "resolved": False},
        "open": {**by, "fell": "hill-lords"},
        "q9": {**day, "violence": "level", "is": 1.1},
    }
    return {
        "equipoise": 1,
        "title": "x",
        "sources": {"s": {"title": "x"}},
        "claims": claims,
        "questions": questions,
    }


def write(data: Data, place: Path, name: str = "scenario.yaml") -> None:
    """Write data as a file of JSON, which is YAML too."""
    (place / name).write_text(json.dumps(data, default=str, ensure_ascii=False), encoding="utf-8")
    if "outlines" in data:
        land = [
            (value, n) for n, values in enumerate(data["outlines"]["regions"].values()) for value in values
        ]
        features = [
            {"type": "Feature", "properties": {data["outlines"]["property"]: value},
             "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 1, 0], [n + 1, k + 1], [n, 0]]]}}
            for k, (value, n) in enumerate(land)
        ]  # fmt: skip
        (place / "land.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))


@dataclass
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str


def given(command: list[str], place: Path) -> Said:
    """Give a command in this process, in a folder."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
    status: Any = 0
    with chdir(place), redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        try:
            main(command, prog_name="equipoise")
        except SystemExit as stop:
            status = stop.code or 0
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("utf-8") for stream in streams)  # type: ignore[attr-defined]
    return Said(status, out, err)


def good(command: list[str], place: Path) -> str:
    """Give a command that must do its job; hold what it prints to what a terminal may get."""
    answer = given(command, place)
    assert answer.status == 0, (command, answer.err)
    unfit = first_unfit(answer.out + answer.err)
    assert unfit is None, (command, unfit)
    assert "Traceback" not in answer.out + answer.err
    return answer.out


FEW = ["--futures", "512", "--workers", "1"]
SMALL = ["--futures", "64", "--workers", "1"]
SHOW: dict[str, list[str]] = {
    "check": ["check", "scenario.yaml"],
    "trace": ["trace", "scenario.yaml"],
    "run": ["run", "scenario.yaml", *FEW, "--full", "--out", "study"],
    "brief": ["report", "study", "--brief"],
    "brief text": ["report", "study", "--text"],
    "export csv": ["export", "study", "--to", "csv"],
    "export xlsx": ["export", "study"],
    "sheet": ["new", "sheet", "--from", "scenario.yaml", "--sheet"],
    "from sheet": ["from-sheet", "sheet/scenario.xlsx"],
    "sheet again": ["check", "sheet/scenario.yaml"],
    "verify": ["verify", "study"],
}
"""Commands given for every filling, in this order."""
ANALYSE: dict[str, list[str]] = {
    "new": ["new", "new", "--from", "scenario.yaml"],
    "explore": ["explore", "study", "--no-reruns"],
    "update": ["update", "study", "seen.yaml", *FEW, "--out", "update"],
    "log": ["log", "study", "asked.yaml", "--to", "log.jsonl", "--futures", "256"],
    "score": ["score", "study", "asked.yaml"],
    "optimise": ["optimise", "scenario.yaml", *FEW, "--no-trigger", "--no-frontier", "--study", "study"],
    "game": ["game", "scenario.yaml", *FEW, "--players", "empire,republic", "--study", "study"],
    "talks": ["talks", "scenario.yaml"],
    "balance": ["balance", "scenario.yaml", "--draws", "16"],
    "beliefs": ["beliefs", "scenario.yaml", *SMALL],
    "why": ["why", "scenario.yaml", *FEW, "--does", "even-hedge"],
    "compare": ["compare", "scenario.yaml", "--set", "dynamics.fade=0.02", *SMALL],
    "sweep": ["sweep", "scenario.yaml", "--futures", "64", "--set", "dynamics.fade=0.01|0.02", "--to", "sweep.csv"],
    "ask": ["ask", "scenario.yaml", "--futures", "64"],
    "report": ["report", "study", "--unfolded"],
}  # fmt: skip
"""Commands that take longer, given for some."""
JSON = ("check", "trace", "talks", "beliefs", "compare", "why", "brief")
"""Of these the JSON is asked for, too."""


def documents(place: Path, commands: dict[str, list[str]]) -> dict[str, str]:
    """Give commands, and return the JSON of each that keeps or prints one."""
    found = {}
    for name, command in commands.items():
        if name in JSON:
            found[f"{name} --json"] = good([*command, "--json"], place)
    for file in [
        *place.glob("study/analyses/*.json"),
        place / "study/summary.json",
        *place.glob("update/*.json"),
    ]:
        found[file.relative_to(place).as_posix()] = file.read_text(encoding="utf-8")
    return found


def strings(data: Any) -> Iterator[str]:
    """Yield every string of a JSON document, keys too."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


def workbook(path: Path) -> list[str]:
    """Return the texts of a workbook, in which no cell is a formula, a link or an error."""
    texts = []
    for tab in openpyxl.load_workbook(path):
        assert not tab._hyperlinks
        for row in tab.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d", "b"), (path, cell.coordinate, cell.value)
                texts += [cell.value] if isinstance(cell.value, str) else []
    return texts


STARTS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell begins that a spreadsheet may take for a formula (OWASP, *CSV Injection*)."""
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


def table(text: str) -> list[str]:
    """Return the cells of a table in CSV, of which none begins like a formula."""
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    for cell in cells:
        assert not STARTS.match(cell) or NUMBER.fullmatch(cell), cell
    return cells


def squashed(texts: str | list[str]) -> str:
    """Return text without what lies between words, in one case: as it can be found however it was set."""
    return "".join("".join(texts).split()).casefold()


def slots_of(data: Data) -> list[Slot]:
    """Return every place of a file for a text that nothing else the file says keeps out.

    Of numbers the shared ones alone have a label; a question is void that has no answer; an order is a word.
    """
    kind = OUTCOMES if "questions" in data else OBSERVATIONS if "observations" in data else SCENARIO
    return [slot for slot in kind.slots(data) if not _kept_out(slot)]


def _kept_out(slot: Slot) -> bool:
    if slot.path[-1] == "void":
        return "q0" not in slot.path
    return slot.field == "Order.order" or (slot.field == "Number.label" and slot.path[0] != "quantities")
