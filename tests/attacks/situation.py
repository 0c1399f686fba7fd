"""A tiny situation that every job can play, and its jobs: short, so that a thousand of them can be killed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import equipoise
import equipoise.reporting
import equipoise.reporting.svg
from equipoise.cli import main
from equipoise.futures import play
from equipoise.scenario import load, to_yaml
from situations import duel

TINY = {
    **duel(
        {
            "patrons.north.values.cost": [0.0, 0.1],
            "forces.court.collapse": {"rate": [0.01, 0.06]},
            "calendar.weeks": 8,
        }
    ),
    "title": "A tiny duel",
}
SEEN = {
    "equipoise": 1,
    "title": "January",
    "observations": [{"by": date(2030, 2, 1), "stands": "court"}],
}
FUTURES, BATCH = 512, 64
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200"></svg>'
ASKED: dict[str, Any] = {"futures": FUTURES, "workers": 1}


WHOLE_PAGE = equipoise.reporting.render


def small(patch: Any) -> None:
    """Play in small batches, write what a page is made of for the page, and draw every figure blank.

    `report` makes the page itself, which takes longer than all the rest of a tiny job.
    """
    patch.setattr(play, "BATCH", BATCH)
    patch.setattr(equipoise.reporting.svg, "_drawn", lambda _spec: BLANK)
    patch.setattr(equipoise.reporting, "render", _page)


def _page(_run: object, _scenario: object, *, analyses: Mapping[str, Any], **_: Any) -> str:
    shown = json.dumps(analyses, sort_keys=True)
    return equipoise.reporting.svg.svg_of({"of": shown}) + shown


def run(place: Path) -> None:
    equipoise.run(TINY, out=place / "study", **ASKED)


def explore(place: Path) -> None:
    equipoise.explore(place / "study", reruns=False)


def optimise(place: Path) -> None:
    equipoise.optimise(
        TINY, futures=256, trigger=False, frontier=False, workers=1, study=place / "study",
        yaml=place / "best.yaml",
    )  # fmt: skip


def report(place: Path) -> None:
    equipoise.reporting.render = WHOLE_PAGE  # in a child, or until the patch is taken back
    equipoise.report(place / "study")


def update(place: Path) -> None:
    with chdir(place):  # the folder of an update names its study as it was asked
        equipoise.update("study", SEEN, futures=512, workers=1, out="update")


COMMANDS = {
    "run": ["run", "tiny.yaml", "--futures", str(FUTURES), "--workers", "1", "--out", "study"],
    "explore": ["explore", "study", "--no-reruns"],
    "optimise": [
        "optimise", "tiny.yaml", "--futures", "256", "--no-trigger", "--no-frontier", "--workers", "1",
        "--study", "study", "--yaml", "best.yaml",
    ],
    "report": ["report", "study"],
    "update": [
        "update", "study", "seen.yaml", "--futures", "512", "--workers", "1", "--out", "update",
    ],
}  # fmt: skip
"""The same jobs as commands, given in the folder that holds their study."""


def command(name: str, place: Path) -> None:
    """Give a command in a folder, and end as it ends."""
    (place / "tiny.yaml").write_text(load(TINY).text, encoding="utf-8")
    (place / "seen.yaml").write_text(to_yaml(SEEN), encoding="utf-8")
    if name == "report":
        equipoise.reporting.render = WHOLE_PAGE
    with chdir(place):
        main(COMMANDS[name])
