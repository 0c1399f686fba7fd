"""Playing on a cluster: the same bytes as one machine, workers and schedulers that are killed, what it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import equipoise
from equipoise import _version
from equipoise.errors import ClusterError, InputError, OutputError, StudyError
from equipoise.findings.digest import digest
from equipoise.futures import cluster as clusters
from equipoise.futures.cluster import AHEAD, Cluster, Playing, played
from equipoise.futures.folder import Folder
from equipoise.futures.play import Plan
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from situations import duel

distributed = pytest.importorskip("distributed", reason="a cluster needs the package distributed")
cloudpickle = pytest.importorskip("cloudpickle")
cloudpickle.register_pickle_by_value(sys.modules[__name__])

SCENARIO = duel({"patrons.north.values.cost": [0.0, 0.1]})
FUTURES = 49_152  # three whole batches: a longer run begins with the same


@pytest.fixture(scope="module")
def address():
    """The scheduler of a cluster of two processes; what they compile is compiled already."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as own:
        yield own.scheduler_address


def held(folder):
    """Return the bytes of every file of a study but its report."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.endswith(".html")}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What one machine writes."""
    folder = tmp_path_factory.mktemp("alone") / "s"
    equipoise.run(SCENARIO, futures=FUTURES, workers=1, out=folder, additions=False)
    return held(folder)


def test_a_cluster_writes_the_same_bytes_as_one_machine(address, alone, tmp_path):
    steps = []
    equipoise.run(
        SCENARIO, futures=FUTURES, cluster=address, out=tmp_path / "s", additions=False,
        progress=lambda *done: steps.append(done),
    )  # fmt: skip
    assert held(tmp_path / "s") == alone and len(alone) == 3 * 3 + 3 + 4
    assert steps == [(16_384, FUTURES), (32_768, FUTURES), (FUTURES, FUTURES)]


def test_a_study_that_was_cut_off_is_taken_up_by_a_cluster(address, alone, tmp_path):
    folder = tmp_path / "s"
    for name, content in alone.items():
        if name not in ("batches/part-00001.json", "outcomes/part-00001.parquet", "summary.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    before = (folder / "outcomes/part-00000.parquet").stat().st_mtime_ns
    equipoise.run(SCENARIO, futures=FUTURES, cluster=address, out=folder, additions=False)
    assert held(folder) == alone
    assert (folder / "outcomes/part-00000.parquet").stat().st_mtime_ns == before


def test_without_a_folder_the_tables_stay_where_they_were_played(address):
    study = equipoise.run(SCENARIO, futures=FUTURES, cluster=address)
    assert study.summary == equipoise.run(SCENARIO, futures=FUTURES, workers=2).summary
    with pytest.raises(StudyError, match="kept no tables"):
        _ = study.outcomes


def dies_at_first(place, number):
    """Kill the worker that is asked for the fourth thing, the first time."""
    if number == 3 and not (place / "died").exists():
        (place / "died").write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    with (place / f"{number}-{os.getpid()}-{time.monotonic_ns()}").open("x"):
        return number, os.getpid()


def test_a_worker_that_is_killed_costs_what_it_was_at(address, tmp_path):
    with Cluster(address) as cluster:
        found = list(cluster.map(dies_at_first, tmp_path, range(40)))
    assert [number for number, _ in found] == list(range(40))
    died = int((tmp_path / "died").read_text())
    assert dict(found)[3] != died
    done = [int(path.name.split("-")[0]) for path in tmp_path.glob("*-*")]
    assert set(done) == set(range(40)) and len(done) <= 40 + clusters.AHEAD * 2  # not all again


def always_dies(_, number):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.long
def test_what_ends_worker_after_worker_is_given_up(address):
    with Cluster(address) as cluster, pytest.raises(ClusterError, match="ended 4 workers"):
        list(cluster.map(always_dies, None, [0]))


def slow(_, number):
    time.sleep(0.2)
    return number


def refuses(_, number):
    if number == 2:
        raise OutputError("no room left")
    return number


def test_what_a_worker_refuses_is_refused_here(address):
    with Cluster(address) as cluster:
        found = cluster.map(refuses, None, range(9))
        assert [next(found), next(found)] == [0, 1]
        with pytest.raises(OutputError, match="no room left"):
            next(found)


def test_items_are_asked_a_few_ahead_and_no_more(address):
    """Not all at once: a run of 61,000 batches must not lie in the scheduler's memory."""
    taken = []

    def items():
        for number in range(1_000):
            taken.append(number)
            yield number

    with Cluster(address) as cluster:
        found = cluster.map(slow, None, items())
        assert next(found) == 0
        assert len(taken) <= clusters.AHEAD * 2 + 1
        found.close()  # what was asked ahead is dropped


def test_a_worker_must_see_the_study(tmp_path):
    player = Player(compile_world(load(SCENARIO).scenario), seed=1)
    unseen = Playing(player, Plan.of(64), digest, Folder(tmp_path / "elsewhere"))
    with pytest.raises(StudyError, match="does not see"):
        played(unseen, 0)


def test_workers_of_another_version_are_refused():
    with pytest.raises(InputError, match="install the same on all"):
        clusters._itself(None, _version.__version__ + "x")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"cluster": "local:0"}, "from 1 to 256 processes"),
        ({"cluster": "host:8786"}, "tcp://HOST:PORT, or local:N; given 'host:8786'"),
        ({"cluster": "local:2", "workers": 2}, "not on both"),
    ],
)
def test_what_is_no_cluster_is_refused(asked, says):
    with pytest.raises(InputError, match=says):
        equipoise.run(SCENARIO, futures=64, **asked)


def test_no_scheduler_answers(monkeypatch):
    monkeypatch.setattr(clusters, "SECONDS", 0.2)
    with pytest.raises(ClusterError, match=r"no scheduler of a cluster answers at tcp://127.0.0.1:1"):
        Cluster("tcp://127.0.0.1:1")


@pytest.mark.skipif(sys.platform == "win32", reason="process groups and their signals are of Unix")
def test_ctrl_c_on_the_terminal_ends_a_local_cluster_quietly(tmp_path):
    """All processes of the terminal get the signal: what was played is shown, and no worker prints a traceback.

    A worker is asked for three batches ahead, so that a fourth says that the first has been taken by who asked.
    """
    code = (
        "import signal\nfrom equipoise.cli import main\nif __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which a background shell has ignored
        "    main(['run', 'two-valleys', '--futures', '3000000', '--cluster', 'local:1', "
        f"'--out', {str(tmp_path / 's')!r}])"
    )
    (tmp_path / "run.py").write_text(code)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("s/batches/*.json"))) <= AHEAD:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0 and b"Traceback" not in err
    assert b"Not finished; the same command goes on where it stopped." in out


STARTED = """
import asyncio, sys
from distributed import Scheduler, Worker
async def main():
    async with Scheduler(port=0, host="127.0.0.1", dashboard=False) as scheduler:
        async with Worker(scheduler.address, nthreads=1, dashboard=False):
            print(scheduler.address, flush=True)
            await scheduler.finished()
asyncio.run(main())
"""


def test_a_scheduler_that_is_lost_leaves_a_study_to_take_up(alone, tmp_path, monkeypatch):
    """It is killed after the first batch; what was written is whole, and one machine brings it to the same end."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        where = process.stdout.readline().decode().strip()
        folder = tmp_path / "s"

        def progress(done, _):
            if done < 30_000:
                process.kill()
                process.wait()

        monkeypatch.setattr(clusters, "SECONDS", 2)  # after which it is given up
        with pytest.raises(ClusterError, match="was lost; what was written is whole"):
            equipoise.run(
                SCENARIO, futures=400_000, cluster=where, out=folder, additions=False, progress=progress
            )
    finally:
        process.kill()
    entered = sorted(path.name for path in (folder / "batches").iterdir() if path.suffix == ".json")
    assert entered[0] == "part-00000.json" and len(entered) < 24
    part = Path("outcomes/part-00000.parquet")
    assert (folder / part).read_bytes() == alone[str(part)]
    manifest = json.loads((folder / "study.json").read_text())
    manifest["futures"] = FUTURES  # the short run, so that the test need not play them all
    (folder / "study.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    equipoise.run(SCENARIO, futures=FUTURES, workers=1, out=folder, additions=False)
    assert {name: content for name, content in held(folder).items() if name in alone} == alone
