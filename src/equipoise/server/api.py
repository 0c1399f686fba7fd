"""The API of the what-if page, version 1: what may be asked at which address, and what is given.

Each operation is a function and a row of `OPERATIONS`; from the rows come the routes, the checks of what is asked, and
the description in OpenAPI (`openapi.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from equipoise.errors import InputError, ScenarioError
from equipoise.futures.play import StoppedError
from equipoise.records import Record
from equipoise.reporting.drawing import Drawing
from equipoise.server import running, showing
from equipoise.server.asked import (
    Answered,
    Checked,
    Completions,
    CursorAsked,
    Figures,
    FiguresAsked,
    HeldGoals,
    HoldAsked,
    HoldersBest,
    Levers,
    TextAsked,
    TextGiven,
    TextHeld,
    Version,
    WhatIfAsked,
    WhyAnswered,
    WhyMovedAsked,
)
from equipoise.server.asked_jobs import JobAsked, JobShown, JobsShown, Situation
from equipoise.server.language_server import problems_of
from equipoise.server.session import Session
from equipoise.server.state import State
from equipoise.server.tasks import BusyError
from equipoise.server.view import View

API = "/api/v1"
SHOWN_LEVERS, SHOWN_FOUND = 8, 12
COURSES = ("power", "regions")
"""Figures that take futures of their own."""
OTHER_KEYS = ("scenario", "token")
"""Keys of an address that are no part of a view: the hash it was made for."""


async def what_if(state: State, asked: WhatIfAsked) -> Answered:
    """Play a view and set it beside another: what was found of each, how far each payoff moved, and it in words."""
    session, (view, against) = state.session, asked.views()
    return await state.answer(asked.client, lambda stop: answered(session, view, against, asked, stop))


def answered(session: Session, view: View, against: View | None, asked: WhatIfAsked, stop: Event) -> Answered:
    """Return the answer to a what-if; see `what_if`."""
    found = session.answer(view, asked.stage, against=against, stop=stop)
    base = against or view.as_written
    what = showing.seen(session, view, found, named=asked.named, changed=view.address != base.address)
    made = () if asked.width is None else showing.drawings(what, asked.stage).values()
    figures = tuple(showing.drawn(one, width=asked.width or "wide", theme=asked.theme) for one in made)
    now, was, changes = (found.now, found.was, dict(found.changes)) if asked.found else (None, None, None)
    return Answered(
        session.file.sha256, session.seed, session.rests_on(view, base, asked.stage), found.futures, view.address,
        now, was, changes, showing.shown(session, view, what), figures,
    )  # fmt: skip


async def figures(state: State, asked: FiguresAsked) -> Figures:
    """Draw what takes futures of its own: how power may go and who holds which region, under the best way now."""
    session, (view, against) = state.session, asked.views()

    def made(stop: Event) -> Figures:
        found = session.answer(view, "full", against=against, stop=stop)
        what = showing.seen(session, view, found, named=asked.named, changed=True)
        drawn = showing.courses(session, view, what, stop=stop).values()
        return Figures(
            view.address, tuple(showing.drawn(one, width=asked.width, theme=asked.theme) for one in drawn)
        )

    return await state.answer(f"{asked.client} figures" if asked.client else "", made)


async def hold(state: State, asked: HoldAsked) -> HeldGoals:
    """Play what moves of some goals rest on, so that the first of them is answered at once too."""
    session, (view, _) = state.session, asked.views()
    return await state.answer(
        f"{asked.client} hold" if asked.client else "",
        lambda stop: HeldGoals(session.hold(view, asked.paths, stop=stop)),
    )


async def why(state: State, asked: WhyMovedAsked) -> WhyAnswered:
    """Say why the answer moved: each change's share in it, what newly happens, and what would turn it back."""
    session, (view, against) = state.session, asked.views()
    return await state.answer(
        f"{asked.client} why" if asked.client else "",
        lambda stop: showing.why(session, view, against, asked, stop),
    )


async def levers(state: State, request: Request) -> Levers:
    """Return the numbers to be moved first: those on which the choice hangs, then those that somebody disputes."""
    session = state.session

    def found(stop: Event) -> Levers:
        first = (showing.lever(session, path, stop=stop) for path in session.levers(SHOWN_LEVERS, stop=stop))
        return Levers(tuple(first), len(session.numbers))

    return await state.answer("", found)


async def numbers(state: State, request: Request) -> Levers:
    """Return the numbers that some words find (`find`), and those at some paths (`path`)."""
    session = state.session
    words, paths = request.query_params.get("find", "")[:200], request.query_params.getlist("path")[:60]

    def shown(stop: Event) -> Levers:
        found = showing.found_by(session, words, SHOWN_FOUND) if words.strip() else []
        asked = [path for path in paths if path in session.numbers]
        shown = (showing.lever(session, path, stop=stop) for path in dict.fromkeys([*asked, *found]))
        return Levers(tuple(shown), len(session.numbers))

    return await state.answer("", shown)


async def beliefs(state: State, request: Request) -> HoldersBest:
    """Return which way does best under each holder's beliefs."""
    session = state.session
    return await state.answer("", lambda stop: showing.beliefs(session, stop))


async def figure(state: State, request: Request) -> Response:
    """Return a figure of the view that the query asks for, as SVG or PNG, or the numbers behind it as CSV."""
    session, view = state.session, view_of(request)
    name, ending = request.path_params["name"], request.path_params["ending"]
    if ending not in showing.KEPT_AS:
        return said(404, f"A figure is kept as {', '.join(showing.KEPT_AS)}.")
    changed = view.address != view.as_written.address

    def made(stop: Event) -> Drawing | None:
        found = session.answer(view, "full", stop=stop)
        what = showing.seen(session, view, found, named="as written", changed=changed)
        if name in COURSES:
            return showing.courses(session, view, what, stop=stop).get(name)
        return showing.drawings(what).get(name)

    drawing = await state.answer("", made)
    if drawing is None:
        return said(404, f"There is no figure called {name!r}.")
    content = await asyncio.to_thread(showing.kept, drawing, ending)
    return Response(content, media_type=showing.KEPT_AS[ending])


async def text(state: State, request: Request) -> TextHeld:
    """Return the text of the scenario that is explored."""
    name = None if state.path is None else state.path.name
    return TextHeld(state.session.file.text, state.session.file.sha256, name)


async def scenario(state: State, request: Request) -> Response:
    """Return the text of the scenario with the dates, ways and numbers of the view that the query asks for."""
    session, view = state.session, view_of(request)
    made = await asyncio.to_thread(session.text_of, view)
    kept = {"content-disposition": 'attachment; filename="scenario.yaml"'}
    return Response(made, media_type="application/yaml; charset=utf-8", headers=kept)


async def take(state: State, asked: TextGiven) -> Version:
    """Take a text for the situation that is explored, and save it in its file if asked to; a wrong one is not taken."""
    try:
        await state.take(asked.text, save=asked.save)
    except ScenarioError as error:
        return Version(state.version, state.session.file.sha256, showing.checked(error.problems).problems)
    return _version(state)


async def check(state: State, asked: TextAsked) -> Checked:
    """Say all that is wrong with a text, and which lines of the situation it changes."""
    old = state.session.file.text
    return await asyncio.to_thread(lambda: showing.checked(problems_of(asked.text), asked.text, old))


async def complete(state: State, asked: CursorAsked) -> Completions:
    """Return what may stand at a cursor: keys, names and paths, as the language server offers them."""
    return await state.answer("", lambda _: showing.completions(asked))


async def changes(state: State, request: Request) -> Response:
    """Tell, while somebody listens, when the file was saved and what is wrong with it (server-sent events)."""

    async def told() -> AsyncIterator[str]:
        async for _ in state.versions():
            yield f"data: {json.dumps(_version(state).to_dict())}\n\n"

    return StreamingResponse(told(), media_type="text/event-stream")


def _version(state: State) -> Version:
    return Version(state.version, state.session.file.sha256, showing.checked(state.problems).problems)


@dataclass(frozen=True)
class Operation:
    """One thing that may be asked.

    Attributes:
        method, path: its address, below `API`. job: what does it; its docstring describes it.
        asks: the type of the body; None where there is none. gives: the type of the answer, or the media it may be.
        query: keys of the query, each with what it means. status: of the answer.
    """

    method: str
    path: str
    job: Callable[[State, Any], Awaitable[Record | Response]]
    asks: type[BaseModel] | None
    gives: type[Record] | str | tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    status: int = 200


OPERATIONS = (
    Operation("POST", "/what-if", what_if, WhatIfAsked, Answered),
    Operation("POST", "/figures", figures, FiguresAsked, Figures),
    Operation("POST", "/hold", hold, HoldAsked, HeldGoals),
    Operation("POST", "/why", why, WhyMovedAsked, WhyAnswered),
    Operation("GET", "/levers", levers, None, Levers),
    Operation(
        "GET", "/numbers", numbers, None, Levers,
        (("find", "words that the number's name or path holds"), ("path", "a path; may be repeated")),
    ),
    Operation("GET", "/beliefs", beliefs, None, HoldersBest),
    Operation("GET", "/figures/{name}.{ending}", figure, None, ("image/svg+xml", "image/png", "text/csv")),
    Operation("GET", "/scenario.yaml", scenario, None, "application/yaml"),
    Operation("POST", "/check", check, TextAsked, Checked),
    Operation("POST", "/complete", complete, CursorAsked, Completions),
    Operation("GET", "/text", text, None, TextHeld),
    Operation("PUT", "/text", take, TextGiven, Version),
    Operation("GET", "/changes", changes, None, "text/event-stream"),
    Operation("GET", "/situation", running.situation, None, Situation),
    Operation("POST", "/jobs", running.start, JobAsked, JobShown, status=202),
    Operation("GET", "/jobs", running.listed, None, JobsShown),
    Operation("GET", "/jobs/{id}", running.job, None, JobShown),
    Operation("DELETE", "/jobs/{id}", running.cancel, None, JobShown),
    Operation("GET", "/jobs/{id}/progress", running.progress, None, "text/event-stream"),
    Operation("GET", "/jobs/{id}/result", running.result, None, "application/json"),
    Operation("GET", "/jobs/{id}/result.html", running.page, None, "text/html"),
    Operation("GET", "/jobs/{id}/brief.html", running.whole, None, "text/html"),
    Operation("GET", "/jobs/{id}/tables/{name}.csv", running.table, None, "text/csv"),
)  # fmt: skip


def routes() -> list[Route]:
    """Return the routes of the API."""
    return [Route(f"{API}{one.path}", _endpoint(one), methods=[one.method]) for one in OPERATIONS]


def _endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        state: State = request.app.state.held
        try:
            asked: Any = request
            if operation.asks is not None:
                asked = operation.asks.model_validate_json(await request.body())
            given = await operation.job(state, asked)
            return given if isinstance(given, Response) else JSONResponse(given.to_dict(), operation.status)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            at = ".".join(str(step) for step in first["loc"]) or "the request"
            return said(422, f"{at}: {first['msg']}")
        except StoppedError:
            return said(409, "A newer question took the place of this one, or it took too long.")
        except BusyError as error:
            return said(429, str(error))
        except running.NotThereError as error:
            return said(error.status, str(error))
        except InputError as error:
            return said(422, str(error))

    return endpoint


def said(status: int, says: str) -> JSONResponse:
    """Return a refusal: a sentence."""
    return JSONResponse({"error": says}, status_code=status)


def view_of(request: Request) -> View:
    """Return the view that the query of a request asks for."""
    return View.read(
        (key, value) for key, value in request.query_params.multi_items() if key not in OTHER_KEYS
    )
