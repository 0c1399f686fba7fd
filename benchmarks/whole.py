"""What is timed beyond the kernel: whole runs with their folders, a fresh process, and growth with the sizes.

Used by `engine.py`; README.md beside this file says how to read the table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import contenders
from equipoise import scenario
from equipoise.findings.tally import Tally
from equipoise.futures.folder import FORMAT, Folder
from equipoise.futures.play import CHANCE, CHUNK, MOST_STATES, Plan, Pool
from equipoise.jobs.run import run
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

FIRST = (
    """
from equipoise.jobs.run import run
run("{case}", futures=256, additions=False)
""",
    """
from equipoise import scenario
from equipoise.futures.play import Plan, batches
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
player = Player(compile_world(scenario.load("{case}").scenario), seed=1)
next(batches(player, Plan.of(256)))
""",
)
"""What a fresh process is asked: a whole run of few futures, and the first futures alone."""
DONE = """
import time
print(time.process_time(), flush=True)
"""
"""Said as soon as it has them: seconds of a processor since it was started. Ending comes after."""
DEVELOPERS = ("cffi", "coverage")
"""What Numba loads where it finds it, and our tools bring: an installation (`requirements/run.txt`) has neither."""
SIZES = {"forces": 3, "regions": 4, "patrons": 3, "strategies": 4, "weeks": 52}
"""The scenario from which each size is doubled, and doubled again."""


def batch_with_folder(player: Player, pool: Pool, folder: Path) -> contenders.Go:
    """Prepare one more batch of a run with its folder: states drawn, played, written, added up."""
    place, numbers, tally = Folder(folder), count(), Tally(player, CHANCE)
    place.open({"format": FORMAT}, {"scenario.yaml": b""})
    plan = Plan(MOST_STATES, CHANCE, contenders.SEED)

    def job() -> None:
        batch = pool.play(plan, next(numbers))
        place.write(player, batch)
        tally.add(batch)

    futures = plan.states_per_batch * CHANCE
    job()
    return lambda: contenders.nanoseconds(player.world, futures, contenders.timed(job))


def whole_run(source: Mapping[str, Any], player: Player, futures: int) -> contenders.Go:
    """Prepare a whole run with its folder: what is asked read, played, written, and all that a run finds found."""

    def job() -> None:
        with tempfile.TemporaryDirectory() as folder:
            run(source, futures=futures, out=Path(folder) / "study", workers=1, additions=False)

    return lambda: contenders.nanoseconds(player.world, futures, contenders.timed(job))


def fresh_process(case: str, rounds: int) -> dict[str, dict[str, float]]:
    """Return the least seconds in which a fresh process runs 256 futures, and has its first: by the clock from the
    moment it is asked for, and of a processor."""
    without = f"import sys; sys.modules.update(dict.fromkeys({DEVELOPERS}))"
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    found = {}
    with tempfile.TemporaryDirectory() as compiled:  # byte code of all modules, as an installation has it
        settings |= {"PYTHONPYCACHEPREFIX": compiled}
        for name, text in zip(("run_of_256", "first_futures"), FIRST, strict=True):
            asked = [sys.executable, "-c", without + text.format(case=case) + DONE]
            goes = [_seconds(asked, settings) for _ in range(rounds + 1)][1:]
            found[name] = dict(zip(("clock", "processor"), map(min, zip(*goes, strict=True)), strict=True))
    return found


def _seconds(asked: list[str], settings: Mapping[str, str]) -> tuple[float, float]:
    """Return the seconds until a process has done what it is asked, by the clock and of a processor."""
    began = perf_counter()
    with subprocess.Popen(asked, env=settings, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()  # type: ignore[union-attr]
        ended = perf_counter()
    return ended - began, float(said)


def growth(rounds: int) -> dict[str, dict[str, Any]]:
    """Return how processor time grows with each size, the others staying: seconds at 1, 2 and 4 times it.

    `ratio` is what the second doubling adds over twice what the first adds: 1 is linear, 2 quadratic.
    """
    asked = {
        name: [_sized(**SIZES | {name: times * size}) for times in (1, 2, 4)] for name, size in SIZES.items()
    }
    jobs = {name: [(player, CHUNK) for player in players] for name, players in asked.items()}
    jobs["futures"] = [(_sized(**SIZES), times * CHUNK) for times in (1, 2, 4)]
    found = {}
    for name, row in jobs.items():
        goes = [contenders.kernel(player, futures, sampling=True) for player, futures in row]
        per = [1e-9 * futures * p.world.weeks * len(p.world.profiles) for p, futures in row]
        times = [[go() * each for go, each in zip(goes, per, strict=True)] for _ in range(rounds)]
        once, twice, four = (min(column) for column in zip(*times, strict=True))
        found[name] = {
            "from": SIZES.get(name, CHUNK), "seconds": [once, twice, four],
            "ratio": (four - twice) / (2 * (twice - once)),
        }  # fmt: skip
    return found


@cache
def _sized(*, forces: int, regions: int, patrons: int, strategies: int, weeks: int) -> Player:
    """Return the player of a scenario of such sizes, whose numbers are all alike."""
    data = _scenario([f"f{n}" for n in range(forces)], [f"g{n}" for n in range(regions)],
                     [f"p{n}" for n in range(patrons)], strategies, weeks)  # fmt: skip
    return Player(compile_world(scenario.load(data).scenario), seed=contenders.SEED)


def _scenario(
    forces: list[str], regions: list[str], patrons: list[str], strategies: int, weeks: int
) -> Mapping[str, Any]:
    force = {
        "control": {region: [0.2, 0.3, 0.4] for region in regions},
        "momentum": [-0.01, 0.01],
        "volatility": {"national": 0.03, "regional": 0.03},
        "bandwagon": 0.015,
        "collapse": {"rate": [0.001, 0.002, 0.003], "steepness": 2},
        "resentment": {"alienation": 0.006, "duplicity": [0.0, 0.05]},
    }
    patron = {"standing": dict.fromkeys(forces, 0.5), "values": {"influence": 1.0}}
    ways = {f"way-{n}": {"engage": dict.fromkeys(forces, 1), "floor": n / 100} for n in range(strategies)}
    return {
        "equipoise": 1, "title": "Sizes", "focus": patrons[0], "calendar": {"start": "2031-01-06", "weeks": weeks},
        "regions": {g: {} for g in regions},
        "forces": {f: force | ({"incumbent": True} if f == forces[0] else {}) for f in forces},
        "patrons": dict.fromkeys(patrons, patron), "strategies": {patrons[0]: ways},
    }  # fmt: skip
