"""What a run adds to its folder by itself: what the numbers stand on, the talks, the ties, and the report.

The result is safe on disk before the first of them, and the command line has printed it. Each keeps to a time,
can be cut off with Ctrl-C, and is then left for the command that makes it alone.
"""

from __future__ import annotations

import _thread
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Timer, current_thread, main_thread
from typing import Any

from equipoise.errors import StudyError
from equipoise.free_memory import give_back
from equipoise.jobs import JOBS, job
from equipoise.jobs.options import Progress
from equipoise.jobs.study import Study

SECONDS = 60.0
"""How long each addition may take."""
REPORT_SECONDS = 300.0
"""How long drawing the report may take: it is drawn in seconds unless the texts of a scenario are very long."""


class OutOfTime(BaseException):
    """An addition has used its time up. Like Ctrl-C it is no `Exception`, so that nothing on its way takes it."""


def add(study: Study, *, seconds: float = SECONDS, progress: Progress | None = None) -> list[str]:
    """Make what every study folder holds besides its result, and draw the report.

    Args:
        study: a finished run with a folder.
        seconds: that each addition may take; outside a program's main thread nothing is cut off.
        progress: called with steps done and wanted.

    Returns:
        A sentence for each addition that was left out: why, and how to make it. Ctrl-C leaves out the one at work
        and those after it; the report is drawn of what there is, and a second Ctrl-C leaves out the report.

    Raises:
        StudyError: the run has no folder.
    """
    folder = study.folder
    if folder is None:
        raise StudyError("this run has no folder to add anything to; give `out=` one")
    each = {name: job(name, "steps")(study) for name, entry in JOBS.items() if entry.with_run}
    total, done, left_out, stopped = sum(each.values()) + 1, 0, [], False

    def step(number: int) -> None:
        if progress is not None:
            progress(done + number, total)

    def make(name: str, command: str, limit: float, addition: Callable[[], object]) -> bool:
        """Make one addition; return whether Ctrl-C cut it off."""
        step(0)
        give_back()
        try:
            with _within(limit):
                addition()
        except (OutOfTime, KeyboardInterrupt) as cut:
            interrupted = isinstance(cut, KeyboardInterrupt)
            why = "interrupted" if interrupted else f"not done within {limit:g} seconds"
            left_out.append(f"{name}: {why}; `{command}` makes it.")
            return interrupted
        return False

    def keep(name: str) -> None:
        study.keep(name, job(name, "with_run")(study, step).to_dict())

    for name, steps in each.items():
        if not steps:
            continue
        command = f"equipoise {JOBS[name].again.format(name=name, folder=folder.path)}"
        if stopped:
            left_out.append(f"{name}: interrupted; `{command}` makes it.")
        else:
            stopped = make(name, command, seconds, partial(keep, name))
        done += steps
    make("report", f"equipoise report {folder.path}", REPORT_SECONDS, study.report)
    step(1)
    return left_out


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the block when its time is up, if this is the main thread: no other can be interrupted."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT) or signal.SIG_DFL
    over = Event()

    def interrupted(*at: Any) -> None:
        if over.is_set():
            signal.signal(signal.SIGINT, before)
            raise OutOfTime
        if callable(before):
            before(*at)

    def stop() -> None:
        over.set()
        _thread.interrupt_main()

    timer = Timer(seconds, stop)
    signal.signal(signal.SIGINT, interrupted)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGINT, before)
