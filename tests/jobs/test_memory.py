"""Memory that does not grow with the futures: of a run, with its folder and without, and of a study read by parts."""

import subprocess
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from equipoise.findings.tally import Distribution
from equipoise.futures.play import Plan, Pool
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from situations import duel

SMALL, LARGE = 65_536, 393_216
"""Futures: four batches, and twenty more."""
PEAK = "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
RUN = "import sys, equipoise\nequipoise.run('two-valleys', futures=int(sys.argv[1]), workers=1, additions=False{})"
READ = """
import sys, equipoise
study = equipoise.open_study(sys.argv[1])
means = [part["payoff"].mean() for part in study.parts("outcomes")]
assert len(means) == study.plan.batches
"""
COMMAND = "import sys\nfrom equipoise.cli import main\nmain(sys.argv[1:], standalone_mode=False)"
FREED = """
import os
from equipoise.free_memory import give_back

def held():
    with open("/proc/self/statm") as sizes:
        return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

small, last = [b"x" * 60_000 for _ in range(2_000)], b"x" * 60_000
del small
before = held()
give_back()
print((before - held()) // 1_000_000)
"""
WHOLE = "import sys, equipoise\nequipoise.open_study(sys.argv[1]).outcomes"


def peak(code, *asked):
    """Return the megabytes that a process of its own has held at most."""
    done = subprocess.run(
        [sys.executable, "-c", code + PEAK, *map(str, asked)], check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1])


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Linux says in kilobytes what a process has held")
def test_twenty_batches_more_take_no_more_memory(tmp_path):
    """Those of one batch under nine strategies are 20 MB; besides, the payoff of each future is held: 11 MB in all."""
    run = RUN.format(", out=sys.argv[2]")
    small, large = (peak(run, futures, tmp_path / str(futures)) for futures in (SMALL, LARGE))
    assert large - small < 40
    small, large = (peak(READ, tmp_path / str(futures)) for futures in (SMALL, LARGE))
    assert large - small < 40
    assert peak(WHOLE, tmp_path / str(LARGE)) - large > 300


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Linux says in kilobytes what a process has held")
def test_a_run_without_a_folder_holds_what_it_may_and_no_more():
    """Kept in memory are 160 MB of batches at most, which the smaller run keeps whole."""
    small, large = (peak(RUN.format(""), futures) for futures in (SMALL, LARGE))
    assert large - small < 160


@pytest.mark.skipif(sys.platform != "linux", reason="another C library keeps other memory")
def test_what_is_free_is_given_back():
    """120 MB below a block that is still in use, which the C library alone would keep."""
    done = subprocess.run([sys.executable, "-c", FREED], check=True, capture_output=True, text=True)
    assert 100 < int(done.stdout) < 130


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Linux says in kilobytes what a process has held")
def test_a_run_with_its_report_holds_what_it_may(tmp_path):
    """Ten million futures hold some 40 MB more (docs/dev/speed.md); 600 MB are what they may."""
    asked = ("run", "two-valleys", "--futures", LARGE, "--out", tmp_path / "study")
    assert peak(COMMAND, *asked) < 580


def test_what_a_batch_takes_is_counted_whole():
    """All of its arrays, of which the outcomes are most."""
    player = Player(compile_world(load(duel({"patrons.north.values.cost": [0.0, 0.1]})).scenario), seed=1)
    with Pool(player, 1) as pool:
        batch = pool.play(Plan.of(512), 0)
    drawn = [*batch.parameters.arrays.values(), *batch.parameters.values.values()]
    most = 4 * batch.outcomes.size + 4 * batch.weeks.size + 8 * batch.sums.size
    assert batch.nbytes == most + sum(array.size * array.itemsize for array in drawn)
    assert batch.nbytes - replace(batch, outcomes=batch.outcomes[:1]).nbytes == 4 * batch.outcomes[1:].size


def test_going_over_to_a_histogram_takes_little_more_than_what_was_held():
    """Counting it all at once took five times as much, which is what a run of a million futures held at most."""
    rows, part, parts = 14, 4_096, 50
    rng = np.random.default_rng(1)
    values = rng.normal(size=(parts, rows, part)).astype(np.float32)
    tracemalloc.start()
    try:
        found = Distribution(limit=part * (parts - 1))
        for one in values:
            found.add(one)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    bins = 8 * rows * (1 << 16)
    assert found.error > 0 and most < 1.1 * values.nbytes + 2 * bins
    exact, said = np.quantile(np.swapaxes(values, 0, 1).reshape(rows, -1), 0.05, axis=1), found.samples()
    np.testing.assert_allclose(np.quantile(said, 0.05, axis=1), exact, atol=2 * found.error)
