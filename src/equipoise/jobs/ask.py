"""Ask: the numbers that the choice hangs on, asked of experts, each of whom becomes a holder of beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from equipoise.errors import InputError
from equipoise.evidence.elicitation import Said, number_of
from equipoise.files import writable, write_text
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress
from equipoise.jobs.run import run
from equipoise.jobs.sources import Source, load
from equipoise.scenario import Number, ScenarioFile, cases, loads, places, wording
from equipoise.scenario.inspection import nearest, slug
from equipoise.scenario.outline import unit_of
from equipoise.scenario.rewriting import with_holder
from equipoise.scenario.rules import range_of
from equipoise.scenario.scaffold import lay_outlines, write_new

FUTURES, MOST = 8192, 8
"""Futures on which it is found what the choice hangs on, and how many numbers are asked at most."""
Four = tuple[float, float, float, float]


def ask(
    source: Source,
    *,
    holder: str | None = None,
    answers: Mapping[str, Four] | None = None,
    from_: Sequence[str | Path] = (),
    sheet: str | Path | None = None,
    to: str | Path | None = None,
    numbers: int = MOST,
    futures: int = FUTURES,
    seed: int = 1,
    with_: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Find the numbers that the choice hangs on, and take in what experts say of them.

    Without answers it only finds what to ask. With them, each expert becomes a holder under `beliefs` in the file.

    Args:
        source: the scenario.
        holder: who gave the answers.
        answers: by path: lowest, highest, best guess, and how sure in per cent (50 to 100).
        from_: workbooks that came back, each the answers of one expert.
        sheet: a workbook to write with the questions; none is written where there are none.
        to: the file to write with the new holders; the scenario's own if not given.
        numbers: how many to ask at most. futures, seed, with_: of the run that finds what the choice hangs on.
        progress: called with futures done and wanted.

    Returns:
        `questions` (`path`, what it `asks`, its `unit` and its `weight`: the share of the spread of the lead that goes
        with it, in so many `states` of the world; none where answers are given), `wrote` (a path or None), and the new
        `holders` with their numbers.

    Raises:
        InputError: of the scenario, or an answer that cannot be used. OutputError: a file cannot be written.
    """
    file = load(source)
    given = _given(file, holder, answers, from_)
    asked = {"holder": holder, "from_": [str(path) for path in from_], "numbers": numbers, "futures": futures}
    if given:
        target = _target(file, to)
        text = file.text
        for name, held in given.items():
            text = with_holder(text, name, held)
        made = loads(text)
        lay_outlines(target, file.outlines)
        if to is None:
            write_text(target, text)
        else:
            write_new(target, text.encode())
        found: dict[str, Any] = {
            "questions": [],
            "states": None,
            "wrote": str(target),
            "holders": _plain(given),
        }
        return Answer(header("ask", made, seed=None, **asked, with_=dict(with_ or {})), found)
    place = None if sheet is None else writable(sheet)
    rows, states = _questions(file, numbers, futures, seed, with_, progress)
    if place is not None and rows:
        from equipoise.scenario.sheets.questions import questions_book

        write_new(place, questions_book(file.scenario.title, rows))
    found = {
        "questions": rows,
        "states": states,
        "wrote": str(place) if place is not None and rows else None,
        "holders": {},
    }
    return Answer(header("ask", file, seed=seed, **asked, with_=dict(with_ or {})), found)


def _questions(
    file: ScenarioFile,
    numbers: int,
    futures: int,
    seed: int,
    with_: Mapping[str, str] | None,
    progress: Progress | None,
) -> tuple[list[dict[str, Any]], int]:
    """Return what to ask, what the choice hangs on most first, and in how many states that was found."""
    if numbers < 1:
        raise InputError(f"at least one number is asked; given {numbers}")
    study = run(file, futures=futures, seed=seed, with_=with_, progress=progress, additions=False)
    judged = study.findings.confidence.judged
    drivers = judged.drivers[:numbers] if judged.measured else ()
    rows = [
        {
            "path": driver.path,
            "asks": wording.place(driver.path, file.scenario),
            "unit": unit_of(tuple(driver.path.split("."))),
            "weight": driver.weight,
        }
        for driver in drivers
    ]
    return rows, judged.over


def _given(
    file: ScenarioFile, holder: str | None, answers: Mapping[str, Four] | None, from_: Sequence[str | Path]
) -> dict[str, dict[str, Number]]:
    """Return what each expert said, as numbers by path."""
    if answers and from_:
        raise InputError("answers are given, or read from workbooks; not both")
    if answers:
        if holder is None:
            raise InputError("say who gave the answers: a holder's name")
        return {
            _name(file, holder, {}): _numbers(file, {path: (four, None) for path, four in answers.items()})
        }
    found: dict[str, dict[str, Number]] = {}
    for path in from_:
        from equipoise.scenario.sheets.questions import reply_of

        reply = reply_of(path)
        try:
            found[_name(file, reply.name, found)] = _numbers(file, reply.answers)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    return found


def _name(file: ScenarioFile, said: str, taken: Mapping[str, Any]) -> str:
    """Return a holder's name as the file spells names; refuse one that is there already."""
    name = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in slug(said)).split())
    if not name:
        raise InputError(f"{said!r} cannot be a name: write letters, digits and hyphens")
    if name in file.scenario.beliefs or name in taken or name in file.scenario.pools:
        raise InputError(f"`{name}` holds beliefs already; give another name")
    return name


def _numbers(file: ScenarioFile, answers: Mapping[str, tuple[Four, str | None]]) -> dict[str, Number]:
    known = places(file.scenario)
    found = {}
    for path, ((low, high, best, sure), why) in answers.items():
        if path not in known:
            raise InputError(
                f"`{path}` is not the path of a number of this scenario ({nearest(path, known)})"
            )
        try:
            found[path] = number_of(Said(low, high, best, sure / 100), range_of(path), because=why)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    if not found:
        raise InputError("there are no answers to take in")
    return found


def _target(file: ScenarioFile, to: str | Path | None) -> Path:
    """Return the file to write: that of the scenario, unless it is one of ours or none."""
    if to is not None:
        return writable(to)
    if file.path is None or (file.path.name == "scenario.yaml" and _bundled(file.path)):
        raise InputError("name the file to write, with --to: the scenario is no file of yours")
    return writable(file.path)


def _bundled(path: Path) -> bool:
    return path.parent.name in cases() and path.parent.parent == Path(__file__).parents[1] / "cases"


def _plain(given: Mapping[str, Mapping[str, Number]]) -> dict[str, dict[str, Any]]:
    return {name: {path: n.model_dump() for path, n in held.items()} for name, held in given.items()}
