"""What a run adds to its folder by itself: what the numbers stand on, the talks, the ties, and the report.

The result is safe on disk before the first of them, and the command line has printed it. Each keeps to a time,
can be cut off with Ctrl-C, and is then left for the command that makes it alone.
"""

from __future__ import annotations

import _thread
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer, current_thread, main_thread
from typing import Any

from equipoise import evidence
from equipoise.errors import StudyError
from equipoise.jobs.analyses import QUICK_MODELS, talks_of, timeless
from equipoise.jobs.study import Study

SECONDS = 60.0
"""How long each addition may take."""
TALK_DRAWS, TIE_DRAWS, FEW_TIE_DRAWS = 256, 64, 16
"""Draws of the additions; asked for alone they take more. Ties of many actors take the fewest."""
FEW_ACTORS = 14
"""Up to so many actors all alignments are looked at, in no time."""

Progress = Callable[[int, int], None]
Step = Callable[[int], None]


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
        and those after it; the report is drawn of what there is.

    Raises:
        StudyError: the run has no folder.
    """
    folder = study.folder
    if folder is None:
        raise StudyError("this run has no folder to add anything to; give `out=` one")
    wanted = {name: (make, steps) for name, (make, steps) in _additions(study).items() if steps}
    total, done, left_out, stopped = sum(steps for _, steps in wanted.values()) + 1, 0, [], False

    def step(number: int) -> None:
        if progress is not None:
            progress(done + number, total)

    for name, (make, steps) in wanted.items():
        step(0)
        try:
            if stopped:
                raise KeyboardInterrupt
            with _within(seconds):
                study.keep(name, make(study, step))
        except (OutOfTime, KeyboardInterrupt) as cut:
            stopped = stopped or isinstance(cut, KeyboardInterrupt)
            why = "interrupted" if stopped else f"not done within {seconds:g} seconds"
            left_out.append(f"{name}: {why}; `equipoise {name} SCENARIO --study {folder.path}` makes it.")
        done += steps
    step(0)
    study.report()
    step(1)
    return left_out


def _additions(study: Study) -> dict[str, tuple[Callable[[Study, Step], dict[str, Any]], int]]:
    """Return each addition and in how many steps it is made; none where the scenario has nothing for it."""
    of = study.scenario
    return {
        "trace": (_trace, 1),
        "talks": (_talks, len(of.talks)),
        "balance": (_ties, 2 * _tie_draws(study) if of.ties else 0),
    }


def _trace(study: Study, step: Step) -> dict[str, Any]:
    believed = study.scenario.beliefs.get(study.summary["beliefs"] or "", {})
    return evidence.trace(study.scenario, written=set(study.file.written) | set(believed))


def _talks(study: Study, step: Step) -> dict[str, Any]:
    """Return every talk by its own model and by those that need no compiling."""
    found: dict[str, Any] = {}
    for name, talk in study.scenario.talks.items():
        models = list(dict.fromkeys([talk.model, *QUICK_MODELS]))
        seed = study.plan.seed
        found |= talks_of(study.scenario, [name], model=models, draws=TALK_DRAWS, seed=seed)["talks"]
        step(len(found))
    return {"scenario": {"title": study.scenario.title}, "talks": found}


def _ties(study: Study, step: Step) -> dict[str, Any]:
    from equipoise.alignment import study_balance

    found = study_balance(
        study.scenario,
        draws=_tie_draws(study),
        seed=study.plan.seed,
        time_limit=5.0,
        progress=lambda done, _: step(done),
    )
    return timeless(found.to_dict())


def _tie_draws(study: Study) -> int:
    actors = len(study.scenario.forces) + len(study.scenario.patrons)
    return TIE_DRAWS if actors <= FEW_ACTORS else FEW_TIE_DRAWS


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
