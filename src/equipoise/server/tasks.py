"""Jobs that take long, each in a process of its own: at most so many at once, for so long, with so much memory.

A process can be ended at any moment, whatever it is at, and what goes wrong in it leaves the server as it was. It ends
by itself when the server does, however that ends; a study it was writing holds whole batches and can be taken up.
It is asked with a line of JSON, tells how far it is in lines, and the last line holds what it found.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from shutil import disk_usage
from typing import Any, NamedTuple

from equipoise.errors import InputError
from equipoise.server.asked_jobs import JobShown, State

AT_ONCE, WAITING, KEPT = 1, 8, 12
"""Jobs at work at once (each plays on all processors), that may wait for their turn, and ended ones that are kept."""
MOST_SECONDS = 3600.0
MOST_FOUND = 16_000_000
"""Bytes that one job may give."""
LEAST_FREE = 1_000_000_000
"""Bytes that must be free where a study is to be written."""
GRACE = 2.0
"""Seconds that a process has to end before it is killed."""


class BusyError(InputError):
    """Too many jobs are waiting already."""


def memory_of_one() -> int:
    """Return how many bytes a job may take: half of what the machine has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return 4 << 30


def inside(folder: Path | None, name: str) -> Path:
    """Return the path of a name within the folder that is served, links followed.

    Raises:
        InputError: no folder is served, or the name leads out of it.
    """
    if folder is None:
        raise InputError(
            "no folder is served; start the server with --folder DIR to read or keep files in it"
        )
    root = folder.resolve()
    try:
        found = (root / name).resolve()
        found.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError, RuntimeError):
        raise InputError(f"{name!r} is no name of a file") from None
    if found == root or not found.is_relative_to(root):
        raise InputError(f"{name!r} is not within the folder that is served")
    return found


def room_for_a_study(folder: Path) -> None:
    """Refuse to begin a study where the disk is nearly full."""
    if disk_usage(folder).free < LEAST_FREE:
        raise InputError(f"less than {LEAST_FREE // 10**9} GB is free in the folder that is served")


class Of(NamedTuple):
    """What a job is of: the hash of the scenario's text, the address of the view, and that view in words."""

    scenario: str
    address: str
    situation: str


class Served(NamedTuple):
    """The study that is served: where it lies, the hash of its scenario's text, the address of the view it is of."""

    path: Path
    scenario: str
    address: str


@dataclass(eq=False)
class Task:
    """One job: what it was asked, how far it is, and what it found."""

    id: str
    job: str
    of: Of
    asked: Mapping[str, Any] = field(repr=False)
    after: tuple[str, ...] = ()
    state: State = "waiting"
    step: str = "waiting for its turn"
    done: int | None = None
    steps: int | None = None
    says: str = ""
    began: float | None = None
    ended: float | None = None
    version: int = 0
    found: Mapping[str, Any] = field(default_factory=dict, repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.state not in ("waiting", "running")

    def shown(self) -> JobShown:
        """Return what is said of it."""
        end = time.monotonic() if self.ended is None else self.ended
        seconds = 0.0 if self.began is None else end - self.began
        return JobShown(
            self.id, self.job, *self.of, self.after, self.state, self.step, self.done, self.steps, self.says,
            round(seconds, 1), tuple(self.found.get("tables", ())),
        )  # fmt: skip


class Tasks:
    """The jobs of one server.

    Args:
        command: starts a process that does one job; see this file's first lines for how the two talk.
        folder: in which files may be read and studies kept; None for none.
        study: the one that is served, for jobs on what it was run on; None where there is none.
    """

    def __init__(
        self, command: Sequence[str], folder: Path | None = None, study: Served | None = None
    ) -> None:
        self.command, self.folder, self.study = tuple(command), folder, study
        self._known: OrderedDict[str, Task] = OrderedDict()
        self._lock = threading.RLock()
        self._closed = False

    @property
    def root(self) -> Path:
        """The folder that is served, links followed; processes start in it, so that messages name files as asked."""
        return (self.folder or Path()).resolve()

    def start(self, job: str, of: Of, asked: Mapping[str, Any]) -> Task:
        """Take a job on; it begins when its turn comes.

        Raises:
            BusyError: too many wait already.
        """
        with self._lock:
            waiting = sum(task.state == "waiting" for task in self._known.values())
            if self._closed or waiting >= WAITING:
                raise BusyError(
                    f"{WAITING} jobs wait for their turn already; cancel one, or ask again later."
                )
            task = Task(token_hex(8), job, of, {**asked, "job": job, "memory": memory_of_one()})
            self._known[task.id] = task
            self._forget()
            self._begin_next()
        return task

    def _forget(self) -> None:
        """Forget the oldest that have ended, but never what was found last by jobs of a name: a page may show it."""
        ended = [one for one in self._known.values() if one.over]
        last = {one.job: one for one in ended if one.state == "done"}.values()
        for old in [one for one in ended if one not in last][: max(0, len(ended) - KEPT)]:
            del self._known[old.id]

    def get(self, name: str) -> Task | None:
        """Return a job by its id; None where there is none, or it ended long ago."""
        return self._known.get(name)

    def all(self) -> list[Task]:
        """Return the jobs that are known, the newest first."""
        with self._lock:
            return list(self._known.values())[::-1]

    def cancel(self, task: Task, says: str = "", state: State = "cancelled") -> None:
        """End a job, wherever it is; one that has ended stays as it is."""
        with self._lock:
            if not task.over:
                self._end(task, state, says)
        process = task.process
        if process is not None and process.poll() is None:
            process.terminate()
            killing = threading.Timer(GRACE, process.kill)
            killing.daemon = True
            killing.start()

    def close(self) -> None:
        """End all jobs: the server ends."""
        self._closed = True
        for task in self.all():
            self.cancel(task)

    def _begin_next(self) -> None:
        running = sum(task.state == "running" for task in self._known.values())
        for task in self._known.values():
            if task.state == "waiting" and running < AT_ONCE and not self._closed:
                running += 1
                self._set(task, state="running", step="starting", began=time.monotonic())
                threading.Thread(target=self._follow, args=(task,), daemon=True).start()
        before: tuple[str, ...] = ()
        for task in self._known.values():
            after = before if task.state == "waiting" else ()
            if task.after != after:
                self._set(task, after=after)
            if not task.over:
                before = (*before, task.job)

    def _set(self, task: Task, **given: Any) -> None:
        with self._lock:
            for name, value in given.items():
                setattr(task, name, value)
            task.version += 1

    def _end(self, task: Task, state: State, says: str = "", found: Mapping[str, Any] | None = None) -> None:
        with self._lock:
            if not task.over:
                self._set(task, state=state, says=says, step="", found=found or {}, ended=time.monotonic())
            self._begin_next()

    def _follow(self, task: Task) -> None:
        """Start the process of a job and take in what it tells until it ends."""
        try:
            process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.root
            )
        except OSError as error:
            self._end(task, "failed", f"No process could be started for it: {error.strerror}.")
            return
        with self._lock:
            task.process = process
            gone = task.over
        late = threading.Timer(
            MOST_SECONDS,
            self.cancel,
            (task, f"It was not done within {MOST_SECONDS:,.0f} seconds.", "failed"),
        )
        late.daemon = True
        late.start()
        try:
            if gone:
                process.kill()
            self._talk(task, process)
        finally:
            late.cancel()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            if process.poll() is None:
                process.kill()
            code = process.wait()
            self._end(task, "failed", _died(code))

    def _talk(self, task: Task, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(task.asked).encode() + b"\n")
            process.stdin.flush()
        while line := process.stdout.readline(MOST_FOUND):
            if not line.endswith(b"\n"):
                if len(line) >= MOST_FOUND:
                    self._end(task, "failed", f"It found more than {MOST_FOUND:,} bytes; ask for less.")
                return
            try:
                self._hear(task, json.loads(line))
            except (ValueError, KeyError, TypeError):
                self._end(task, "failed", "Its process told what cannot be understood.")
            if task.over:
                return

    def _hear(self, task: Task, told: Mapping[str, Any]) -> None:
        if "refused" in told:
            self._end(task, "failed", told["refused"])
        elif "document" in told:
            self._end(task, "done", found=told)
        elif not task.over:
            self._set(task, step=told["step"], done=told.get("done"), steps=told.get("of"))


def _died(code: int) -> str:
    how = f"by signal {-code}" if code < 0 else f"with status {code}"
    return f"Its process ended {how} before it was done; it may have needed more memory than a job may take."
