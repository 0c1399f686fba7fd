"""Runs that are cut off: a kill or Ctrl-C at any instant, and what taking a study up again gives."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import StudyError
from equipoise.files import ENDING
from equipoise.findings.tally import Distribution
from equipoise.futures import play
from equipoise.futures.folder import TABLES, Folder
from equipoise.jobs import run as jobs
from situations import certain, duel

BATCH = 256
CHILD = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a background shell has its children ignore
from equipoise.futures import play
play.BATCH = {BATCH}
from equipoise.cli import main
main(sys.argv[1:])
"""
FUTURES, BATCHES = 3000, 12
ASKED = ["run", "two-valleys", "--futures", str(FUTURES), "--workers", "1", "--seed", "0", "--json"]

pytestmark = pytest.mark.usefixtures("undrawn")
"""Runs of this process draw no page; those of the children do."""


def child(folder, *more):
    command = [sys.executable, "-c", CHILD, *ASKED, "--out", str(folder), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def here(folder):
    """Give the command of the child in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play, "BATCH", BATCH)
        found = CliRunner().invoke(main, [*ASKED, "--out", str(folder)])
    assert found.exit_code == 0, found.output


def written(folder):
    return [f for table in TABLES for f in sorted((folder / table).glob("*.parquet"))]


def contents(folder):
    files = [*written(folder), folder / "summary.json"]
    return {str(f.relative_to(folder)): f.read_bytes() for f in files}


def kill(process):
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_kill_while_it_writes_and_the_same_command_again_give_the_same_bytes(tmp_path):
    whole, folder = tmp_path / "whole", tmp_path / "study"
    here(whole)
    wanted = contents(whole)
    assert len(wanted) == BATCHES * len(TABLES) + 1
    for files in (2, 17):
        process, deadline = child(folder), time.monotonic() + 300
        while len(written(folder)) < files:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.002)
        kill(process)
        assert files <= len(written(folder)) < BATCHES * len(TABLES)
        for file in written(folder):
            assert file.read_bytes() == wanted[str(file.relative_to(folder))]
    here(folder)
    assert contents(folder) == wanted


@pytest.mark.long
def test_kills_at_any_instant_and_the_same_command_again_give_the_same_bytes(tmp_path):
    """From the first import to the drawing of the report; every fourth anew, and soon after its first file."""
    whole, folder = tmp_path / "whole", tmp_path / "study"
    started = time.monotonic()
    child(whole).communicate(timeout=300)
    seconds, wanted = time.monotonic() - started, contents(whole)
    page, draw, some = (whole / "report.html").read_bytes(), random.Random(7), 0
    for n in range(12):
        fresh = n % 4 == 0
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        process = child(folder)
        while fresh and process.poll() is None and not written(folder):
            time.sleep(0.002)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=(0.01 * draw.random() if fresh else draw.uniform(0.05, 0.95)) * seconds)
        process.kill()
        process.communicate()
        some += 0 < len(written(folder)) < BATCHES * len(TABLES)
        for file in written(folder):
            assert file.read_bytes() == wanted[str(file.relative_to(folder))]
    assert some
    process = child(folder)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert contents(folder) == wanted and (folder / "report.html").read_bytes() == page


@pytest.mark.parametrize("writes", [0, 1, 2, 3, 5, 7, 11])
def test_stopped_before_any_move_into_place_it_is_taken_up_again(tmp_path, monkeypatch, writes):
    """Stop before the n-th file is moved into place, as a kill would: its partial copy stays behind."""
    monkeypatch.setattr(play, "BATCH", 64)
    whole, folder = tmp_path / "whole", tmp_path / "study"
    jobs.run(certain(), futures=192, workers=1, out=whole)
    plain, moved = type(folder).replace, []

    class Killed(BaseException):
        pass

    def replace(self, target):
        if len(moved) == writes:
            raise Killed
        moved.append(target)
        return plain(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(type(folder), "replace", replace)
        with pytest.raises(Killed):
            jobs.run(certain(), futures=192, workers=1, out=folder)
    jobs.run(certain(), futures=192, workers=1, out=folder)
    assert contents(folder) == contents(whole)


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_an_analysis_made_anew_and_stopped_before_any_move_leaves_a_sound_study(
    tmp_path, monkeypatch, writes
):
    """The entry of the one before goes first, so that no file is ever held to the hash of another content."""
    study = jobs.run(certain(), futures=64, workers=1, out=tmp_path / "study")
    wanted = study.analyses
    plain, moved = type(tmp_path).replace, []

    class Killed(BaseException):
        pass

    def replace(self, target):
        if len(moved) == writes:
            raise Killed
        moved.append(target.name)
        return plain(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(type(tmp_path), "replace", replace)
        with pytest.raises(Killed):
            study.keep("trace", {"other": 1})
    assert moved == ["hashes.json", "trace.json"][:writes]
    again = equipoise.open_study(tmp_path / "study")
    assert again.analyses == (wanted if writes == 0 else {k: v for k, v in wanted.items() if k != "trace"})
    faults = equipoise.verify(tmp_path / "study")["faults"]
    assert [fault for fault in faults if "trace.json is not entered as written" not in fault] == []
    again.keep("trace", {"other": 1})
    assert again.analyses == {**wanted, "trace": {"other": 1}}
    assert equipoise.verify(tmp_path / "study")["sound"]


def test_who_reads_while_another_writes_waits_and_sees_no_damage(tmp_path):
    """The entry and its file change one after the other; a reader in between would take it for damage."""
    folder = jobs.run(certain(), futures=64, workers=1, out=tmp_path / "study").folder
    wrong, done = [], threading.Event()

    def read():
        while not done.is_set():
            try:
                folder.json("analyses/trace.json")
            except StudyError as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(60):
        folder.write_json("analyses/trace.json", {"n": n})
    done.set()
    reader.join()
    assert not wrong


def test_what_a_killed_writer_of_a_report_left_is_no_fault_and_goes_with_the_next(tmp_path):
    study = jobs.run(certain(), futures=64, workers=1, out=tmp_path / "study")
    left = tmp_path / "study" / f".1-2-00000000{ENDING}"
    left.write_bytes(b"half")
    assert equipoise.verify(tmp_path / "study")["sound"]
    study.report()
    assert not left.exists()


def test_partial_files_are_no_part_of_a_study(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "BATCH", 64)
    study = jobs.run(certain(), futures=128, workers=1, out=tmp_path / "study")
    wanted = contents(tmp_path / "study")
    (tmp_path / "study" / "outcomes" / ".part-00000.parquet.1.partial").write_bytes(b"half")
    (tmp_path / "study" / "outcomes" / "part-00001.parquet").unlink()
    assert not Folder(tmp_path / "study").has(1)
    jobs.run(certain(), futures=128, workers=1, out=tmp_path / "study")
    assert contents(tmp_path / "study") == wanted
    assert not list((tmp_path / "study").rglob("*.partial"))
    assert len(equipoise.open_study(tmp_path / "study").outcomes) == len(study.outcomes)


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path, tmp_path / "file"):
        with pytest.raises(StudyError):
            jobs.run(certain(), futures=16, out=out)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "letters.txt"]


@pytest.mark.parametrize(
    "other", [{"seed": 0}, {"futures": 160}, {"chance": 8}, {"strategies": ["even"]}, {"precision": 0.1}]
)
def test_a_study_that_was_asked_something_else_is_refused(tmp_path, other):
    jobs.run(certain(), futures=128, workers=1, out=tmp_path / "study")
    before = contents(tmp_path / "study")
    (key,) = other
    with pytest.raises(StudyError, match=key):
        jobs.run(certain(), **{"futures": 128, "out": tmp_path / "study"} | other)
    with pytest.raises(StudyError, match="scenario"):
        jobs.run(duel(), futures=128, out=tmp_path / "study")
    assert contents(tmp_path / "study") == before


def test_damaged_tables_are_refused(tmp_path):
    folder = tmp_path / "study"
    jobs.run(duel(), futures=256, workers=1, out=folder)
    file = folder / "outcomes" / "part-00000.parquet"
    whole, draw = file.read_bytes(), random.Random(3)
    damaged = [b"", whole[: len(whole) // 2], b"PAR1" + b"x" * 100]
    for _ in range(25):
        at = draw.randrange(len(whole))
        damaged.append(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
    wanted = (folder / "summary.json").read_bytes()
    for content in damaged:
        file.write_bytes(content)
        with pytest.raises(StudyError, match=r"outcomes/part-00000\.parquet is damaged"):
            jobs.run(duel(), futures=256, workers=1, out=folder)
        assert (folder / "summary.json").read_bytes() == wanted
    file.write_bytes((folder / "inputs" / "part-00000.parquet").read_bytes())
    with pytest.raises(StudyError, match="damaged"):
        jobs.run(duel(), futures=256, workers=1, out=folder)


@pytest.mark.parametrize("name", ["study.json", "summary.json"])
def test_damaged_json_is_refused(tmp_path, name):
    jobs.run(certain(), futures=32, workers=1, out=tmp_path / "study")
    for content in ("", "{", "[1]"):
        (tmp_path / "study" / name).write_text(content)
        with pytest.raises(StudyError):
            equipoise.open_study(tmp_path / "study")


def test_an_opened_study_is_the_one_that_was_run(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "BATCH", 128)
    run = jobs.run(duel(), futures=300, seed=0, workers=2, out=tmp_path / "study")
    found = equipoise.open_study(tmp_path / "study")
    assert found.summary == json.loads(json.dumps(run.summary))
    memory = jobs.run(duel(), futures=300, seed=0, workers=1)
    plain = {"strategy": str, "order": str}
    for table in ("outcomes", "inputs", "states"):
        tables = [getattr(s, table) for s in (found, run, memory)]
        tables = [t.astype({k: v for k, v in plain.items() if k in t}) for t in tables]
        keys = [k for k in ("strategy", "future", "state") if k in tables[0]]
        one, *others = [t.sort_values(keys, ignore_index=True) for t in tables]
        assert all(one.equals(other) for other in others)
    assert found.weekly.equals(memory.weekly)


def test_ctrl_c_gives_what_was_finished(tmp_path):
    process = child(tmp_path / "study", "--futures", "2000000")
    deadline = time.monotonic() + 120
    while len(list((tmp_path / "study").glob("batches/*.json"))) < 2:  # the first has been added up by then
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0 and b"Traceback" not in err
    summary = json.loads(out)
    assert 0 < summary["futures"] < 2_000_000
    assert "interrupted" in summary["warnings"][0]
    assert not (tmp_path / "study" / "summary.json").exists()


def test_ctrl_c_while_a_batch_is_added_adds_it_whole(monkeypatch):
    """The signal comes in the middle of the adding up; the batch counts whole, or the sums would not fit."""
    monkeypatch.setattr(play, "BATCH", 64)
    plain, calls = Distribution.add, []

    def add(self, values):
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return plain(self, values)

    monkeypatch.setattr(Distribution, "add", add)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        study = jobs.run(duel(), futures=640, workers=1)
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.undo()
    assert "interrupted" in study.summary["warnings"][0]
    whole = jobs.run(duel(), futures=192, workers=1)
    assert study.summary["futures"] == 192
    for name, found in whole.summary["strategies"].items():
        assert study.summary["strategies"][name]["payoff"] == pytest.approx(found["payoff"], rel=1e-12)
        assert study.summary["strategies"][name]["orders"] == found["orders"]


def test_ctrl_c_before_anything_is_finished(monkeypatch):
    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(play.Pool, "_begin", pressed)
    found = CliRunner().invoke(main, ["run", "two-valleys", "--futures", "64"])
    assert found.exit_code == 130 and "Interrupted" in found.stderr and not found.stdout


def test_precision_is_reached_or_said_not_to_be():
    easy = jobs.run(duel(), futures=160, precision=0.5, workers=1).summary
    assert easy["warnings"] == [] and easy["futures"] <= play.BATCH
    twins = {"one": {"engage": {"court": 1}}, "two": {"engage": {"court": 1, "clans": 0.05}}}
    hard = jobs.run(
        duel({"strategies.north": twins}), futures=160, precision=1e-9, limit=20_000, workers=1
    ).summary
    told_apart = all(len(group) == 1 for group in hard["groups"])
    assert told_apart != any("was not reached" in warning for warning in hard["warnings"])


PRESSED = """
import os, signal, uvicorn
signal.signal(signal.SIGINT, signal.default_int_handler)
plain = uvicorn.Server.startup

async def pressed(self, sockets=None):
    await plain(self, sockets)
    os.kill(os.getpid(), signal.SIGINT)

uvicorn.Server.startup = pressed
from equipoise.cli import main
main(["serve", "two-valleys", "--no-browser", "--port", "0"])
"""


def test_ctrl_c_ends_the_page_as_its_address_says():
    done = subprocess.run([sys.executable, "-c", PRESSED], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "") and "(Ctrl-C ends it)" in done.stdout
