"""Log: forecasts written down before the outcome is known, in a file that is only ever added to."""

from __future__ import annotations

from pathlib import Path

from equipoise._version import __version__
from equipoise.errors import InputError
from equipoise.jobs import score
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.score import FUTURES, Asking, Given, Situation
from equipoise.jobs.study import Study, study_of


def log(
    study: Study | str | Path,
    outcomes: Given,
    to: str | Path,
    *,
    did: str | None = None,
    observations: Given | None = None,
    futures: int = FUTURES,
    workers: int | None = None,
) -> Answer:
    """Write what a study says of open questions into a log of forecasts, to be scored when they have resolved.

    Args:
        study: an open study or its folder.
        outcomes: the questions: a file, the name of a bundled case that has some, or plain data. What has resolved, or
            is about a day that has passed, is left out: it can no longer be forecast.
        to: the log; made if there is none, only ever added to.
        did: the strategy that the focus patron follows; its `default` if not given.
        observations: what has been seen since the study was made, taken in first.
        futures: how many answer, one in each state of the world. workers: threads.

    Returns:
        `log`: the file; `entries`: what was added, each as it stands there; `left_out`: by question, why; `hash`: of
        the last line, to be kept elsewhere.

    Raises:
        InputError: of what was given, or nothing is left to forecast.
    """
    from equipoise.scoring.ledger import Logged, append, asking

    put = Asking.of(Situation.of(study_of(study)), outcomes, did, observations, futures)
    made = score.now()
    left_out = {
        name: why
        for name, q in put.file.outcomes.questions.items()
        if (why := _why_not(q.state, passed=q.day <= max(made.date(), put.as_of)))
    }
    names = [name for name in put.questions if name not in left_out]
    if not names:
        raise InputError("every question has resolved, or its day has passed: nothing is left to forecast")
    answers, of = put.answered(workers), put.of_
    seen = None if put.seen is None else put.seen.sha256
    entries = [
        Logged(
            0, "", made.isoformat(timespec="seconds"), __version__, of.scenario.title, of.file.sha256, of.seed,
            of.beliefs, put.did, answers.futures, put.as_of, seen, name, put.questions[name].asks,
            put.questions[name].day, asking(put.questions[name]), answers.said[name], answers.start.get(name),
        )
        for name in names
    ]  # fmt: skip
    added = append(to, entries)
    found = {
        "log": str(to),
        "entries": [entry.to_dict() for entry in added],
        "left_out": left_out,
        "hash": added[-1].hash,
    }
    return Answer(header("log", of.file, seed=of.seed, **put.asked()), found, added)


def _why_not(state: str, *, passed: bool) -> str:
    """Return why a question cannot be forecast, or nothing."""
    if state == "open":
        return "its day has passed" if passed else ""
    return {
        "resolved": "it has resolved",
        "void": "it is void",
        "outside": "the scenario has no answer to it",
    }[state]
