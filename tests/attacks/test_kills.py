"""A thousand kills at random instants: what a study calls whole is whole; the same command ends as if never killed.

Each child is forked from this process, in which everything is imported and compiled, so that a kill finds it at work
on the study and not at its imports. Figures are drawn blank, and pages made whole by `report` alone.

Several kills in a row hit one folder before the command is let through, so that what is killed is also a command that
takes up what others left.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import situation
from forks import ended, forked, killed_after
from whole import contents, held_whole

import equipoise

KILLS = {"run": 350, "explore": 170, "optimise": 140, "report": 140, "update": 150, "serve": 50}
"""How many; held to the page `docs/attacks.md`."""
ROW = 6
"""Most kills that hit one folder before the command is let through."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 and fork are of Unix")


def attack(job, kills: int, place: Path, draw: random.Random) -> int:
    """Kill a job so often, at instants drawn at random; return how often one was killed that took up what was left."""
    told, before = place / "told.txt", contents(job.before)
    done = in_a_row = taken_up = 0
    at = place / "at"
    while done < kills:
        if not in_a_row:
            shutil.rmtree(at, ignore_errors=True)
            shutil.copytree(job.before, at)
            row = draw.randint(1, ROW)
        hit = killed_after(forked(lambda: job.do(at), told), draw.uniform(0, job.seconds))
        done, taken_up, in_a_row = done + hit, taken_up + (hit and in_a_row > 0), in_a_row + hit
        held_whole(at, before, job.wanted)
        if in_a_row >= row or not hit:
            if hit:
                assert ended(forked(lambda: job.do(at), told)) == 0, told.read_text()[-3000:]
            assert contents(at) == job.wanted
            assert not list(at.rglob("*.partial"))
            in_a_row = 0
    return taken_up


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in KILLS if name != "serve"])
def test_kills_at_random_instants_change_no_byte(jobs, name, tmp_path):
    assert attack(jobs[name], KILLS[name], tmp_path, random.Random(f"many of {name}")) > KILLS[name] / 10


def serve(place: Path, address: Path) -> None:
    """Serve a folder, and write down where; what its jobs draw is blank."""
    from equipoise.jobs import serve as serving

    child = (
        "import equipoise.reporting.svg as svg\n"
        f"svg._drawn = lambda spec: {situation.BLANK!r}\n"
        "from equipoise.jobs.apart import main\nmain()"
    )
    serving.APART = (*serving.APART[:2], "-c", child)
    made = equipoise.serve(situation.TINY, port=0, folder=place, workers=1)
    address.write_text(made.url)
    made.start()


def ask(url: str, path: str, asked: dict | None = None) -> dict:
    body = None if asked is None else json.dumps(asked).encode()
    headers = {"content-type": "application/json"}
    with urlopen(Request(f"{url}api/v1/{path}", body, headers), timeout=60) as answer:
        return json.load(answer)


def until(found: Callable[[], object], seconds: float = 120) -> None:
    late = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < late
        time.sleep(0.005)


def served(place: Path, told: Path, kill_after: float | None) -> bool:
    """Have a server run a study, and kill it after a time; return whether the job was still at work.

    A process that plays for a server ends with it, whatever it is at; that is waited for.
    """
    address = told.with_name("address.txt")
    address.unlink(missing_ok=True)
    server = forked(lambda: serve(place, address), told)
    try:
        until(lambda: address.is_file() and answers(address.read_text()))
        url = address.read_text()
        asked = {"job": "run", "futures": situation.FUTURES, "out": "study"}
        name = ask(url, "jobs", asked)["id"]
        if kill_after is None:
            until(lambda: ask(url, f"jobs/{name}")["state"] == "done")
        else:
            time.sleep(kill_after)
        at_work = ask(url, f"jobs/{name}")["state"] == "running"
    finally:
        os.kill(server, signal.SIGKILL)
        ended(server)
    until(lambda: not _group(server), 10)
    return at_work


def answers(url: str) -> bool:
    try:
        return bool(url) and ask(url, "jobs") is not None
    except OSError:
        return False


def _group(server: int) -> bool:
    """Return whether any process of a server's group is left."""
    try:
        os.killpg(server, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.long
def test_servers_killed_at_random_instants_leave_studies_that_are_taken_up(jobs, tmp_path):
    draw, whole, at, told = random.Random(11), tmp_path / "whole", tmp_path / "at", tmp_path / "told.txt"
    whole.mkdir()
    at.mkdir()
    started = time.monotonic()
    served(whole, told, None)
    seconds, wanted, done = time.monotonic() - started, contents(whole), 0
    assert wanted["study/summary.json"]
    while done < KILLS["serve"]:
        done += served(at, told, draw.uniform(0.2, 0.9) * seconds)
        held_whole(at, {}, wanted)
        if done % 5 == 0:
            served(at, told, None)
            assert contents(at) == wanted
            shutil.rmtree(at)
            at.mkdir()
