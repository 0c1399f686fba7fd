"""Two processes or threads in one study folder at once: the same bytes as one alone, or the second refused by name.

Processes are forked from this one and let go at one instant, each after a short time drawn at random, so that they meet
at every stage. Pages and some writes take a while, as they do where much is drawn and disks are slow: one draws while
another keeps what is to be shown, and writes while another looks at what is there.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import situation
from forks import ended, forked
from test_kills import answers, ask, serve, until
from whole import contents

import equipoise
import equipoise.reporting
from equipoise import files
from equipoise.futures import play

WHOLE_BATCH = play.BATCH
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork and its locks are of Unix")

MEETINGS = {
    ("run", "run"): 40,
    ("run", "report"): 30,
    ("run", "explore"): 30,
    ("report", "report"): 30,
    ("report", "explore"): 40,
    ("explore", "explore"): 30,
    ("explore", "optimise"): 30,
    ("update", "update"): 20,
}
REFUSED, THREADED, SERVED = 40, 40, 10
"""How often two processes do the jobs of a pair at once; runs that ask for something else; threads; a server and a run.
Held to the page `docs/attacks.md`."""
WRITE, PAGE = 0.05, 0.5
"""Seconds that one write in ten takes, and one page in three."""


DO: dict[str, Callable[[Path], object]] = {
    "run": situation.run,
    "explore": situation.explore,
    "optimise": situation.optimise,
    "update": situation.update,
    "report": lambda place: equipoise.report(place / "study"),
}
"""The tiny jobs, of which none draws the whole page."""


@dataclass
class Alone:
    """What jobs leave when one process does them, one after the other, by their names, and how long each takes."""

    place: Path
    known: dict[tuple[str, ...], Path] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def at(self, *names: str) -> Path:
        """Return the folder in which some jobs were done."""
        if names not in self.known:
            at = self.place / "-".join(["done", *names])
            if names[:-1]:
                shutil.copytree(self.at(*names[:-1]), at)
            else:
                at.mkdir()
            started = time.monotonic()
            assert ended(forked(lambda: DO[names[-1]](at), self.place / "told.txt")) == 0
            self.seconds[names[-1]] = time.monotonic() - started
            self.known[names] = at
        return self.known[names]

    def wanted(self, *names: str) -> dict[str, bytes]:
        """Return what they leave."""
        return contents(self.at(*names))


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Iterator[Alone]:
    with pytest.MonkeyPatch.context() as patch:
        situation.small(patch)
        quick, whole, slow = equipoise.reporting.render, files.writing, random.SystemRandom()

        def page(*given, **options):
            time.sleep(PAGE if slow.random() < 0.33 else 0)
            return quick(*given, **options)

        @contextmanager
        def writing(target):
            time.sleep(WRITE if slow.random() < 0.1 else 0)
            with whole(target) as file:
                yield file

        patch.setattr(equipoise.reporting, "render", page)
        patch.setattr(files, "writing", writing)
        place = tmp_path_factory.mktemp("alone")
        for name in DO:  # compiled and imported before children are forked
            DO[name](place / "warm")
        yield Alone(place)


def together(jobs: list[Callable[[], object]], told: Path, waits: list[float]) -> list[int]:
    """Do jobs in processes of their own that begin at one instant, each after its wait; return how each ends."""
    go = time.monotonic() + 0.03

    def do(job: Callable[[], object], wait: float) -> None:
        time.sleep(max(0.0, go + wait - time.monotonic()))
        job()

    children = [forked(partial(do, *both), told) for both in zip(jobs, waits, strict=True)]
    return [ended(child) for child in children]


def vouched(study: Path) -> None:
    """Hold a study to what it vouches for, with nothing half written left in it."""
    assert equipoise.verify(study)["faults"] == []
    assert not list(study.rglob("*.partial"))


def meet(pair: tuple[str, str], alone: Alone, place: Path, waits: list[float]) -> bool:
    """Do two jobs in one folder at once; return whether one came before there was anything to look at."""
    first, second = pair
    told, at = place / "told.txt", place / "at"
    before = () if first == "run" else ("run",)
    shutil.copytree(alone.at(*before), at) if before else at.mkdir()
    status = together([partial(DO[name], at) for name in pair], told, waits)
    said = told.read_text(encoding="utf-8") if told.exists() else ""
    early = status[1] != 0
    if early:
        assert first == "run" != second, said
        assert re.search(rf"StudyError: {at / 'study'} (has no|holds no study)|no folder", said), said
    assert status[0] == 0, said
    done = [*before, first, *([second] if second != first and not early else [])]
    left, wanted = contents(at), alone.wanted(*done)
    assert left == wanted, sorted(
        name for name in left.keys() | wanted.keys() if left.get(name) != wanted.get(name)
    )
    vouched(at / "study")
    shutil.rmtree(at)
    told.unlink(missing_ok=True)
    return early


def waits(pair: tuple[str, str], alone: Alone, draw: random.Random) -> list[float]:
    """Return how long each of two waits before it begins: they begin at one instant, end about then, or at random."""
    longest = max(alone.seconds[name] for name in pair)
    if pair[0] == "run" != pair[1]:  # mostly when there is something to look at, and more to come
        return [0.0, draw.uniform(0.6, 1.8) * longest]
    if draw.random() < 0.6:
        return [longest - alone.seconds[name] + draw.uniform(-0.4, 0.1) * longest for name in pair]
    return [draw.choice([0.0, draw.uniform(0, 1.2 * longest)]) for _ in pair]


def attack(pair: tuple[str, str], meetings: int, alone: Alone, place: Path) -> int:
    """Let a pair meet so often, at instants drawn at random; return how often one came too early."""
    draw = random.Random(" and ".join(pair))
    alone.at(*(pair if pair[0] == "run" else ("run", *pair)))
    return sum(meet(pair, alone, place, waits(pair, alone, draw)) for _ in range(meetings))


@pytest.mark.parametrize("pair", [("run", "run"), ("report", "explore")], ids=" and ".join)
def test_two_processes_in_one_study_leave_what_one_leaves(alone, pair, tmp_path):
    attack(pair, 1, alone, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("pair", MEETINGS, ids=" and ".join)
def test_many_meetings_leave_what_one_process_leaves(alone, pair, tmp_path):
    early = attack(pair, MEETINGS[pair], alone, tmp_path)
    print(f"{' and '.join(pair)}: {MEETINGS[pair]} meetings, {early} too early")
    assert early < MEETINGS[pair]


def seeded(seed: int, place: Path) -> None:
    equipoise.run(situation.TINY, seed=seed, out=place / "study", **situation.ASKED)


def refuse(meetings: int, alone: Alone, place: Path) -> None:
    """Let runs meet that ask for different futures: one of them is refused with the folder's name."""
    draw, told, wanted = random.Random(7), place / "told.txt", {}
    for seed in (1, 2):
        (place / f"{seed}").mkdir()
        assert ended(forked(lambda seed=seed: seeded(seed, place / f"{seed}"), told)) == 0
        wanted[seed] = contents(place / f"{seed}")
    for _ in range(meetings):
        at = place / "at"
        at.mkdir()
        status = together(
            [partial(seeded, seed, at) for seed in (1, 2)], told, [draw.uniform(0, 0.02) for _ in range(2)]
        )
        said = told.read_text(encoding="utf-8")
        assert sorted(status) == [0, 1], said
        won = 1 + status.index(0)
        assert (
            f"StudyError: {at / 'study'} holds a study with seed = {won}, not {3 - won}; name another" in said
        )
        assert contents(at) == wanted[won]
        vouched(at / "study")
        shutil.rmtree(at)
        told.unlink()


def test_of_two_that_ask_for_something_else_one_is_refused(alone, tmp_path):
    refuse(1, alone, tmp_path)


@pytest.mark.long
def test_of_many_that_ask_for_something_else_one_is_refused(alone, tmp_path):
    refuse(REFUSED, alone, tmp_path)


def threads(meetings: int, alone: Alone, place: Path) -> None:
    """Do jobs in threads of one process: in one folder, and in folders of their own."""
    draw = random.Random(3)
    for meeting in range(meetings):
        at, names = (
            place / f"{meeting}",
            draw.choice([("run", "run"), ("report", "explore"), ("explore", "explore")]),
        )
        if names[0] == "run":
            at.mkdir()
        else:
            shutil.copytree(alone.at("run"), at)
        (place / "beside").mkdir()
        with ThreadPoolExecutor(3) as pool:
            each = [*(pool.submit(DO[name], at) for name in names), pool.submit(DO["run"], place / "beside")]
        for one in each:
            one.result()
        done = dict.fromkeys(("run", *names))
        assert contents(at) == alone.wanted(*done), names
        assert contents(place / "beside") == alone.wanted("run")
        vouched(at / "study")
        shutil.rmtree(at)
        shutil.rmtree(place / "beside")


def test_threads_of_one_process_leave_what_one_leaves(alone, tmp_path):
    threads(1, alone, tmp_path)


@pytest.mark.long
def test_many_threads_of_one_process_leave_what_one_leaves(alone, tmp_path):
    threads(THREADED, alone, tmp_path)


def beside_a_server(place: Path, wait: float) -> None:
    """Run what the server runs, as it does: in whole batches, with the whole page."""
    play.BATCH, equipoise.reporting.render = WHOLE_BATCH, situation.WHOLE_PAGE
    time.sleep(wait)
    situation.run(place)


@pytest.mark.long
def test_a_server_and_a_run_in_one_study_leave_what_one_leaves(alone, tmp_path):
    draw, told, address = random.Random(5), tmp_path / "told.txt", tmp_path / "address.txt"
    (tmp_path / "one").mkdir()
    assert ended(forked(lambda: beside_a_server(tmp_path / "one", 0), told)) == 0, told.read_text()
    wanted = contents(tmp_path / "one")
    for _ in range(SERVED):
        at = tmp_path / "at"
        at.mkdir()
        server = forked(partial(serve, at, address), told)
        try:
            until(lambda: address.is_file() and answers(address.read_text()))
            url = address.read_text()
            name = ask(url, "jobs", {"job": "run", "futures": situation.FUTURES, "out": "study"})["id"]
            run = forked(partial(beside_a_server, at, draw.uniform(0, 3)), told)
            assert ended(run) == 0, told.read_text(encoding="utf-8")
            until(lambda url=url, name=name: ask(url, f"jobs/{name}")["state"] not in ("waiting", "running"))
            assert ask(url, f"jobs/{name}")["state"] == "done", str(ask(url, f"jobs/{name}"))
        finally:
            os.kill(server, signal.SIGKILL)
            ended(server)
            address.unlink(missing_ok=True)
        vouched(at / "study")
        assert contents(at) == wanted
        shutil.rmtree(at)
