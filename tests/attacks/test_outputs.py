"""Closed, full and ASCII outputs under every command: said and exit 2, or the same in plain signs.

Commands are given in children of this process, which has everything loaded; `tests/test_cli.py` gives some in a shell.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from datetime import date
from pathlib import Path

import pytest
import situation
from forks import said

import equipoise.reporting
from equipoise.cli import main
from equipoise.scenario import load, to_yaml
from situations import with_changes

pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is of Unix")]

NAMED = with_changes(
    situation.TINY,
    {
        "title": "Größe, Война, جنگ, 戰爭 – ein Duell",
        "forces.court.name": "Der Höfische Rat – «Совет»",
        "patrons.south.name": "南方",
        "strategies.south": {"court": {"engage": {"court": 1}}, "league": {"engage": {"league": 1}}},
        "beliefs.southern": {"forces.court.collapse.rate": [0.02, 0.08]},
    },
)
TABLE = "actor,position,salience,clout\nä,10,1,1\nб,90,1,1\n"
ASKS = {"asks": "Fällt der Hof?", "fell": "court", "by": date(2030, 2, 4)}
OPEN = {"equipoise": 1, "title": "Später", "questions": {"q": ASKS}}
RESOLVED = {"equipoise": 1, "title": "Später", "questions": {"q": {**ASKS, "resolved": False}}}
FEW = ["--futures", "256", "--workers", "1"]
COMMANDS = {
    "new": ["new", "new"],
    "from-sheet": ["from-sheet", "sheet/scenario.xlsx"],
    "check": ["check", "named.yaml"],
    "cases": ["cases"],
    "fit": ["fit", "two-valleys", "--futures", "256", "--inputs", "forces.crown.momentum"],
    "run": ["run", "named.yaml", *FEW, "--out", "again"],
    "report": ["report", "study"],
    "export": ["export", "study", "--to", "csv"],
    "verify": ["verify", "study"],
    "trace": ["trace", "named.yaml"],
    "base-rates": ["base-rates"],
    "optimise": ["optimise", "named.yaml", *FEW, "--no-trigger", "--no-frontier"],
    "game": ["game", "named.yaml", *FEW, "--players", "north,south"],
    "beliefs": ["beliefs", "named.yaml", *FEW],
    "ask": ["ask", "two-valleys", "--futures", "256"],
    "compare": ["compare", "named.yaml", "--set", "dynamics.fade=0.02", *FEW],
    "sweep": ["sweep", "named.yaml", "--futures", "256", "--set", "dynamics.fade=0.01|0.02"],
    "why": ["why", "named.yaml", *FEW, "--does", "even"],
    "explore": ["explore", "study", "--no-reruns"],
    "update": ["update", "study", "seen.yaml", "--futures", "512", "--workers", "1"],
    "log": ["log", "study", "open.yaml", "--to", "log.jsonl", "--futures", "256"],
    "score": ["score", "study", "resolved.yaml"],
    "backtest": ["backtest", "--futures", "256"],
    "talks": ["talks", "--csv", "table.csv"],
    "balance": ["balance", "named.yaml", "--draws", "16"],
    "serve": ["serve", "named.yaml", "--port", "0", "--no-browser"],
    "lsp": ["lsp"],
}
"""Every command, in a folder that holds what it needs."""


def test_every_command_is_here():
    assert set(COMMANDS) == set(main.commands)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        situation.small(patch)
        at = tmp_path_factory.mktemp("outputs")
        (at / "named.yaml").write_text(load(NAMED).text, encoding="utf-8")
        (at / "seen.yaml").write_text(to_yaml(situation.SEEN), encoding="utf-8")
        (at / "open.yaml").write_text(to_yaml(OPEN), encoding="utf-8")
        (at / "resolved.yaml").write_text(to_yaml(RESOLVED), encoding="utf-8")
        (at / "table.csv").write_text(TABLE, encoding="utf-8")
        patch.chdir(at)
        equipoise.run("named.yaml", out="study", **situation.ASKED)
        equipoise.new("sheet", from_="named.yaml", sheet=True)
        yield at


def given(command: list[str], place: Path, at: Path, output) -> tuple[int, str]:
    """Give a command in a copy of the folder, its output as `output` makes it; what it says on the other stream."""
    shutil.copytree(place, at)

    def do():
        os.chdir(at)
        signal.alarm(300)
        output()
        sys.argv = ["equipoise"]
        main(command, prog_name="equipoise")

    return said(do)


def closed():
    os.close(1)
    sys.stdout = None


def full():
    sys.stdout = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115


def ascii_only():
    sys.stdout = sys.stderr = open(2, "w", encoding="ascii", closefd=False)  # noqa: SIM115


@pytest.mark.parametrize("name", COMMANDS)
def test_an_output_that_takes_nothing_is_said(place, name, tmp_path):
    status, text = given(COMMANDS[name], place, tmp_path / "closed", closed)
    assert (status, text.startswith("standard output is closed")) == (2, True), text
    if name == "lsp":
        return
    status, text = given(COMMANDS[name], place, tmp_path / "full", full)
    assert (status, "standard output cannot be written: No space left on device" in text) == (2, True), text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("serve", "lsp")])
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
def test_every_command_speaks_ascii(place, name, more, tmp_path):
    status, text = given([*COMMANDS[name], *more], place, tmp_path / "ascii", ascii_only)
    assert status == 0, text
    assert text.isascii() and text.strip() and "\x1b" not in text
