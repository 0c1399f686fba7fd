"""A disk that is full at each write: said with path and reason, exit 2, and taken up once there is room.

The system itself refuses: before one write after the other the limit of a file's size is set to a few bytes (the writer
is a child, in which it stays so), and where this may be mounted, a small file system in memory fills up.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager

import pytest
import situation
from forks import said
from whole import contents, held_whole

from equipoise import files

resource = pytest.importorskip("resource", reason="limits of files are of Unix")

JOBS = ("run", "explore", "optimise", "report", "update")
ROOM = 16
"""Bytes that a file may still have when the disk is full."""
DISKS = 12
"""Sizes of the small file system on which a run is begun."""
REASONS = (os.strerror(27), os.strerror(28))  # File too large; No space left on device
pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is of Unix")]


def full_from(number: int) -> None:
    """Let no file grow from a write on, the first being 0."""
    plain, begun = files.writing, []

    @contextmanager
    def writing(target):
        if len(begun) == number:
            resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
        begun.append(target)
        with plain(target) as file:
            yield file

    files.writing = writing


def refused(status: int, text: str) -> None:
    """Hold what a command says to a sentence with the file and the reason, and its exit status to 2."""
    assert status == 2, text
    assert "Traceback" not in text and "should not have" not in text
    assert re.search(rf"^\S+ cannot be written: ({'|'.join(REASONS)})$", text, re.MULTILINE), text


@pytest.mark.parametrize("name", JOBS)
def test_full_at_each_write_it_is_said_and_taken_up(jobs, name, tmp_path):
    job, number = jobs[name], 0
    before = contents(job.before)
    while True:
        at = tmp_path / f"{number}"
        shutil.copytree(job.before, at)

        def written(at=at, number=number):
            full_from(number)
            situation.command(name, at)

        status, text = said(written)
        if status == 0:
            break
        refused(status, text)
        left = contents(at)
        for file in ("tiny.yaml", "seen.yaml"):
            left.pop(file)
            (at / file).unlink()
        held_whole(at, before, job.wanted)
        assert not list(at.rglob(f"*{files.ENDING}"))
        status, text = said(lambda at=at: situation.command(name, at))
        assert status == 0, text
        assert {**job.wanted, **commanded(at)} == contents(at)
        shutil.rmtree(at)
        number += 1
    print(f"{name}: {number} writes")
    assert number >= {"run": 40}.get(name, 2)


def commanded(at):
    """Return the files that the commands are given."""
    return {name: (at / name).read_bytes() for name in ("tiny.yaml", "seen.yaml")}


@pytest.fixture
def disk(tmp_path):
    """Return what makes a small file system of so many bytes, or makes it larger; skip where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()

    def of(size, *more):
        options = ",".join([f"size={size}", *more])
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no file system may be mounted here")
        return place

    yield of
    while subprocess.run(["umount", str(place)], capture_output=True).returncode == 0:
        pass


def test_a_small_disk_that_fills_up_is_said_and_the_run_goes_on_when_there_is_room(jobs, disk):
    job = jobs["run"]
    size = sum(-(-len(content) // 4096) * 4096 for content in job.wanted.values())
    failed = 0
    for n in range(1, DISKS + 1):
        place = disk(size * n // DISKS // 4096 * 4096 + 3 * 4096)
        status, text = said(lambda place=place: situation.command("run", place))
        if status:
            refused(status, text)
            failed += 1
        held = contents(place)
        assert all(
            held[name] == job.wanted[name] for name in held.keys() & job.wanted.keys() - {"study/hashes.json"}
        )
        disk(size + (1 << 20), "remount")
        status, text = said(lambda place=place: situation.command("run", place))
        assert status == 0, text
        assert {**job.wanted, **commanded(place)} == contents(place)
        subprocess.run(["umount", str(place)], check=True)
    assert failed > DISKS / 2
