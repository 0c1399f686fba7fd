"""The part of the API that starts jobs, says how far they are, ends them and hands out what they found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from equipoise.errors import InputError
from equipoise.findings.metrics import METRICS
from equipoise.scenario.display_names import Names
from equipoise.scenario.mistaken import kind_of
from equipoise.scenario.observations.loading import KIND as OBSERVATIONS
from equipoise.scenario.observations.model import KINDS
from equipoise.server import showing
from equipoise.server.asked_jobs import (
    LONGEST_TEXT,
    CompareAsked,
    JobAsked,
    JobShown,
    JobsShown,
    OfStudyAsked,
    PatronShown,
    SeenShown,
    Situation,
    UpdateAsked,
)
from equipoise.server.session import Session
from equipoise.server.state import State
from equipoise.server.tasks import Of, Task, Tasks, inside, room_for_a_study
from equipoise.server.view import View
from equipoise.server.watching import watched

MOST_LISTED = 100
"""Files, and studies, of the folder that are listed."""
EVERY = 0.2
BEAT = 15.0
"""Seconds between two looks at a job that is watched, and between signs of life."""


class NotThereError(InputError):
    """There is no such job, or it has nothing to give: with the status that says so."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status


async def situation(state: State, request: Request) -> Situation:
    """Return what is served, by the keys that can be asked for, and what lies in the folder that is served."""
    return await asyncio.to_thread(_situation, state.session, state.tasks)


def _situation(session: Session, tasks: Tasks) -> Situation:
    scenario, names = session.scenario, Names.of(session.scenario)
    calendar = scenario.calendar
    patrons = {
        key: PatronShown(
            names.patron(key), {way: names.strategy(way, key) for way in scenario.strategies.get(key, ())},
            patron.default,
        )
        for key, patron in scenario.patrons.items()
    }  # fmt: skip
    lying = sorted(tasks.folder.iterdir()) if tasks.folder is not None else []
    files = [item for item in lying if item.suffix in (".yaml", ".yml") and item.is_file()][:MOST_LISTED]
    kinds = {item.name: kind_of(item.read_bytes()) for item in files if item.stat().st_size <= LONGEST_TEXT}
    return Situation(
        session.file.sha256, scenario.title, scenario.question or "", scenario.focus,
        calendar.start.isoformat(), calendar.weeks, calendar.last.isoformat(),
        {key: names.force(key) for key in scenario.forces}, {key: names.region(key) for key in scenario.regions},
        {key: names.event(key) for key in scenario.events}, patrons,
        {key: names.event(key) for key in scenario.talks},
        {key: names.holder(key) for key in (*scenario.beliefs, *scenario.pools)}, tuple(METRICS),
        tuple(SeenShown(key, kind.words, dict(kind.names)) for key, kind in KINDS.items()), _observed(session),
        tasks.folder is not None,
        tuple(name for name, kind in kinds.items() if kind in ("scenario", "")),
        tuple(name for name, kind in kinds.items() if kind in ("observations", "")),
        tuple(item.name for item in lying if (item / "study.json").is_file())[:MOST_LISTED],
        tasks.study is not None,
    )  # fmt: skip


def _observed(session: Session) -> str:
    """Return the text of the observations that come with a bundled case; empty where there are none."""
    path = session.file.path
    if path is None or watched(session.file) is not None:
        return ""
    beside = path.with_name(OBSERVATIONS.file)
    return beside.read_text(encoding="utf-8") if beside.is_file() else ""


async def start(state: State, asked: JobAsked) -> JobShown:
    """Start a job on the situation as a view has it; it is done when its turn comes."""
    session, tasks = state.session, state.tasks
    one = asked.root
    told = await asyncio.to_thread(_told, session, tasks, one)
    view = one.view.view()
    beside = f", held against {one.other}" if isinstance(one, CompareAsked) else ""
    of = Of(session.file.sha256, view.address, showing.situation(session, view) + beside)
    return tasks.start(one.job, of, told).shown()


def _told(session: Session, tasks: Tasks, one: Any) -> dict[str, Any]:
    """Return what the process of a job is told; refuses what the situation does not have."""
    view = one.view.view()
    situation = session.situation(view)
    if one.job == "beliefs" and view.beliefs:
        raise InputError(
            "beliefs sets everybody's beliefs side by side; ask for it without a holder of your own"
        )
    own = situation.scenario.strategies[session.scenario.focus]
    told: dict[str, Any] = {
        "text": session.dated(view).text, "beliefs": view.beliefs, "seed": session.seed, "workers": session.workers,
        "set_": {path: number.model_dump() for path, number in situation.numbers.items()},
        "ways": {name: own[name].model_dump(include={"name", "engage"}) for name in view.ways},
        "options": one.chosen(),
    }  # fmt: skip
    if isinstance(one, OfStudyAsked):
        told |= {"study": _study(tasks, one, view, session), "played": one.played}
    if isinstance(one, UpdateAsked):
        file = None if one.file is None else _file(tasks, one.file)
        told |= {"observations": one.observations, "file": file}
    if isinstance(one, CompareAsked):
        told |= {"other": _file(tasks, one.other)}
    if one.job == "run" and one.out is not None:
        out = inside(tasks.folder, one.out)
        room_for_a_study(tasks.root)
        told |= {"out": str(out.relative_to(tasks.root))}
    return told


def _study(tasks: Tasks, one: OfStudyAsked, view: View, session: Session) -> str | None:
    """Return the path of the study that a job is on: the one named, or the one served where the view is the study's.

    None where one is to be played for it.
    """
    if one.study is None:
        served = tasks.study
        own = (session.file.sha256, view.address)
        return str(served.path) if served is not None and own == (served.scenario, served.address) else None
    if view.address:
        raise InputError(
            "a study is of what it was run on; ask without changes, beliefs and ways of your own"
        )
    found = inside(tasks.folder, one.study)
    if not (found / "study.json").is_file():
        raise InputError(f"there is no study called {one.study!r} in the folder that is served")
    return str(found.relative_to(tasks.root))


def _file(tasks: Tasks, name: str) -> str:
    found = inside(tasks.folder, name)
    if not found.is_file():
        raise InputError(f"there is no file called {name!r} in the folder that is served")
    return str(found.relative_to(tasks.root))


def _task(state: State, request: Request) -> Task:
    found = state.tasks.get(request.path_params["id"])
    if found is None:
        raise NotThereError(404, "There is no job of this name; one that ended long ago is forgotten.")
    return found


def _done(state: State, request: Request) -> Task:
    task = _task(state, request)
    if task.state != "done":
        raise NotThereError(409, f"The job has nothing to give: it is {task.state}. {task.says}".strip())
    return task


async def listed(state: State, request: Request) -> JobsShown:
    """Return the jobs that are known, the newest first."""
    return JobsShown(tuple(task.shown() for task in state.tasks.all()))


async def job(state: State, request: Request) -> JobShown:
    """Return how far a job is."""
    return _task(state, request).shown()


async def cancel(state: State, request: Request) -> JobShown:
    """End a job, wherever it is; a study it was writing can be taken up by a run with the same options."""
    task = _task(state, request)
    await asyncio.to_thread(state.tasks.cancel, task)
    return task.shown()


async def progress(state: State, request: Request) -> Response:
    """Tell how far a job is, whenever it gets on, until it has ended (server-sent events)."""
    task = _task(state, request)

    async def told() -> AsyncIterator[str]:
        seen, waited = -1, 0.0
        while True:
            if task.version != seen or waited >= BEAT:
                seen, waited = task.version, 0.0
                yield f"data: {json.dumps(task.shown().to_dict())}\n\n"
            if task.over and task.version == seen:
                return
            await asyncio.sleep(EVERY)
            waited += EVERY

    return StreamingResponse(told(), media_type="text/event-stream")


async def result(state: State, request: Request) -> Response:
    """Return what a job found: the document that `--json` prints of it."""
    return Response(_done(state, request).found["document"], media_type="application/json")


async def page(state: State, request: Request) -> Response:
    """Return what a job found as a piece of HTML, as the report shows it."""
    return Response(_done(state, request).found["html"], media_type="text/html")


async def whole(state: State, request: Request) -> Response:
    """Return the brief of a run as a page that stands by itself, to be kept."""
    page = _done(state, request).found.get("whole")
    if page is None:
        raise NotThereError(404, "Only a run and a brief have a page that stands by itself.")
    kept = {"content-disposition": 'attachment; filename="brief.html"'}
    return Response(page, media_type="text/html", headers=kept)


async def table(state: State, request: Request) -> Response:
    """Return one table of what a job found as CSV, for a spreadsheet; the job names its tables."""
    tables, name = _done(state, request).found["tables"], request.path_params["name"]
    if name not in tables:
        raise NotThereError(
            404, f"The job has no table called {name!r}; it has: {', '.join(tables) or 'none'}."
        )
    return Response(tables[name].encode("utf-8-sig"), media_type="text/csv")
