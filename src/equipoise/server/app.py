"""The what-if page and its API: one Starlette application over one situation.

What is asked is checked by pydantic (`asked.py`), played by the session, put into words by `showing.py`. Work runs on
threads; a newer question of the same reader ends the older one. What fails is a sentence; a crash of our own is a
sentence and an id, its traceback on the server's own standard error.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from secrets import token_hex
from threading import Event, Timer
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from equipoise._version import __version__
from equipoise.errors import EquipoiseError, InputError, ScenarioError
from equipoise.records import Record
from equipoise.server import showing
from equipoise.server.asked import (
    Answered,
    Checked,
    Levers,
    TextAsked,
    TextGiven,
    TextHeld,
    Version,
    ViewAsked,
    WhatIfAsked,
    WhyAnswered,
    WhyAsked,
)
from equipoise.server.guard import MOST_BYTES, Guard, TooLargeError
from equipoise.server.language_server import problems_of
from equipoise.server.session import Session, StoppedError
from equipoise.server.vega import bundle
from equipoise.server.view import View
from equipoise.server.watching import Held, watched

Found = TypeVar("Found")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
SECONDS = 120.0
"""Most time a question may take."""
WAITING = 16
"""Most questions at once."""
API = "/api/v1"
SHOWN_LEVERS = 8


@dataclass
class State(Held):
    """What the server holds: the situation, and who is asking what."""

    asking: dict[str, Event] = field(default_factory=dict)
    waiting: int = 0


def application(session: Session, *, hosts: tuple[str, ...], token: str | None = None) -> Guard:
    """Return the application, behind its guard.

    Args:
        session: the situation. hosts: names it goes by; none for any name, with a token.
        token: to be shown, or None on this machine.
    """
    state = State(session, watched(session.file))
    routes = [
        Route("/", _page),
        Route("/page/vega.js", _vega),
        Route("/page/{name:str}", _asset),
        Route(f"{API}/what-if", _posted(WhatIfAsked, _what_if), methods=["POST"]),
        Route(f"{API}/why", _posted(WhyAsked, _why), methods=["POST"]),
        Route(f"{API}/levers", _levers),
        Route(f"{API}/beliefs", _beliefs),
        Route(f"{API}/numbers", _numbers),
        Route(f"{API}/figures/{{name:str}}.{{ending:str}}", _figure),
        Route(f"{API}/text", _text, methods=["GET"]),
        Route(f"{API}/text", _posted(TextGiven, _take), methods=["PUT"]),
        Route(f"{API}/changes", _changes),
        Route(f"{API}/check", _posted(TextAsked, _check), methods=["POST"]),
    ]

    @asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(state.watch())
        yield
        task.cancel()

    app = Starlette(lifespan=watching, routes=routes, exception_handlers=HANDLERS)
    app.state.held = state
    return Guard(app, hosts=hosts, token=token, held=state)


def _posted(kind: type[BaseModel], job: Callable[[State, Any], Awaitable[Record]]) -> Any:
    """Return the endpoint of a job that is asked with a body of JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            asked = kind.model_validate_json(await request.body())
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            at = ".".join(str(step) for step in first["loc"]) or "the request"
            return _said(422, f"{at}: {first['msg']}")
        return await _answered(lambda: job(request.app.state.held, asked))

    return endpoint


async def _answered(job: Callable[[], Awaitable[Record]]) -> Response:
    """Return what a job gives, or the sentence of what stands against it."""
    try:
        return JSONResponse((await job()).to_dict())
    except StoppedError:
        return _said(409, "A newer question took the place of this one, or it took too long.")
    except ScenarioError as error:
        return JSONResponse({"error": str(error)}, status_code=422)
    except InputError as error:
        return _said(422, str(error))


def _said(status: int, says: str) -> JSONResponse:
    return JSONResponse({"error": says}, status_code=status)


async def _missing(request: Request, error: Exception) -> Response:
    return _said(getattr(error, "status_code", 404), "There is nothing at this address.")


async def _crashed(request: Request, error: Exception) -> Response:
    """Say that something failed of our own, with an id under which the server wrote down what."""
    name = token_hex(4)
    print(f"[{name}]", "".join(traceback.format_exception(error)), file=sys.stderr)
    known = isinstance(error, EquipoiseError)
    return _said(
        500, f"Equipoise failed{'' if known else ', and should not have'}; the server noted it as {name}."
    )


async def _too_large(request: Request, error: Exception) -> Response:
    return _said(413, f"A request has at most {MOST_BYTES:,} bytes.")


HANDLERS: dict[Any, Any] = {Exception: _crashed, TooLargeError: _too_large, 404: _missing, 405: _missing}


async def _what_if(state: State, asked: WhatIfAsked) -> Answered:
    against = None if asked.against is None else asked.against.view()
    session, view = state.session, asked.view.view()
    return await _turn(state, asked.client, lambda stop: _found(session, view, against, asked, stop))


async def _why(state: State, asked: WhyAsked) -> WhyAnswered:
    against = None if asked.against is None else asked.against.view()
    session, view = state.session, asked.view.view()
    return await _turn(
        state, f"{asked.client} why", lambda stop: showing.why(session, view, against, asked, stop)
    )


async def _turn(state: State, client: str, job: Callable[[Event], Found]) -> Found:
    """Do a job on a thread, in the place of an older one of the same client, for as long as a question may take."""
    if state.waiting >= WAITING:
        raise InputError("The server is busy with other questions; ask again in a moment.")
    stop = Event()
    if client in state.asking:
        state.asking[client].set()
    if client:
        state.asking[client] = stop
    timer = Timer(SECONDS, stop.set)
    timer.daemon = True
    timer.start()
    state.waiting += 1
    try:
        return await asyncio.to_thread(job, stop)
    finally:
        state.waiting -= 1
        timer.cancel()
        if state.asking.get(client) is stop:
            del state.asking[client]


def _found(session: Session, view: View, against: View | None, asked: WhatIfAsked, stop: Event) -> Answered:
    found = session.answer(view, asked.stage, against=against, stop=stop)
    base = against or view.as_written
    what = showing.seen(session, view, found, named=asked.named, changed=view.address != base.address)
    made = () if asked.width is None else showing.drawings(what).values()
    figures = tuple(showing.drawn(one, width=asked.width or "wide", theme=asked.theme) for one in made)
    return Answered(
        session.file.sha256, session.seed, asked.stage, found.futures, view.address, found.now, found.was,
        dict(found.changes), showing.shown(session, view, what), figures,
    )  # fmt: skip


async def _levers(request: Request) -> Response:
    """Return the numbers to be moved first, those on which the choice hangs most before others."""
    session: Session = request.app.state.held.session

    def found() -> Levers:
        levers = (showing.lever(session, path) for path in session.levers(SHOWN_LEVERS))
        return Levers(tuple(levers), len(session.numbers))

    return await _answered(lambda: asyncio.to_thread(found))


async def _beliefs(request: Request) -> Response:
    """Return which way does best under each holder's beliefs."""
    session: Session = request.app.state.held.session
    return await _answered(lambda: asyncio.to_thread(showing.beliefs, session))


async def _numbers(request: Request) -> Response:
    """Return the numbers that some words find."""
    session: Session = request.app.state.held.session
    words, paths = request.query_params.get("find", "")[:200], request.query_params.getlist("path")[:60]

    async def job() -> Levers:
        found = showing.found_by(session, words, 12) if words.strip() else []
        asked = [path for path in paths if path in session.numbers]
        levers = tuple(showing.lever(session, path) for path in dict.fromkeys([*asked, *found]))
        return Levers(levers, len(session.numbers))

    return await _answered(job)


async def _figure(request: Request) -> Response:
    """Return a figure of a view as SVG or PNG, or the numbers behind it as CSV."""
    session: Session = request.app.state.held.session
    name, ending = request.path_params["name"], request.path_params["ending"]
    if ending not in showing.KEPT_AS:
        return _said(404, f"A figure is kept as {', '.join(showing.KEPT_AS)}.")
    try:
        view = _view_of(request)
        found = await asyncio.to_thread(session.answer, view, "full")
        what = showing.seen(
            session, view, found, named="as written", changed=view.address != view.as_written.address
        )
        drawing = showing.drawings(what).get(name)
        if drawing is None:
            return _said(404, f"There is no figure called {name!r}.")
        return Response(
            await asyncio.to_thread(showing.kept, drawing, ending), media_type=showing.KEPT_AS[ending]
        )
    except InputError as error:
        return _said(422, str(error))


def _view_of(request: Request) -> View:
    """Return the view that the address of a request asks for."""
    return View.read(
        (key, value) for key, value in request.query_params.multi_items() if key not in OTHER_KEYS
    )


async def _check(state: State, asked: TextAsked) -> Checked:
    found = await asyncio.to_thread(problems_of, asked.text)
    return showing.checked(found, asked.text, state.session.file.text)


async def _take(state: State, asked: TextGiven) -> Version:
    try:
        await state.take(asked.text, save=asked.save)
    except ScenarioError as error:
        return Version(state.version, state.session.file.sha256, showing.checked(error.problems).problems)
    return _version(state)


async def _text(request: Request) -> Response:
    """Return the text that is explored."""
    state: State = request.app.state.held
    name = None if state.path is None else state.path.name
    return JSONResponse(TextHeld(state.session.file.text, state.session.file.sha256, name).to_dict())


def _version(state: State) -> Version:
    return Version(state.version, state.session.file.sha256, showing.checked(state.problems).problems)


async def _changes(request: Request) -> Response:
    """Tell, while somebody listens, when the file was saved and what is wrong with it (server-sent events)."""
    state: State = request.app.state.held

    async def told() -> AsyncIterator[str]:
        async for _ in state.versions():
            yield f"data: {json.dumps(_version(state).to_dict())}\n\n"

    return StreamingResponse(told(), media_type="text/event-stream")


async def _vega(request: Request) -> Response:
    script = await asyncio.to_thread(bundle)
    return Response(script, media_type=TYPES[".js"], headers={"cache-control": "private, max-age=86400"})


async def _asset(request: Request) -> Response:
    """Return one of the page's own files; nothing else has an address here."""
    found = assets().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is nothing at this address.", status_code=404)
    kind, content = found
    return Response(content, media_type=kind, headers={"cache-control": "no-cache"})


@cache
def assets() -> dict[str, tuple[str, bytes]]:
    """Return the page's own files by name, each with its type."""
    folder = resources.files("equipoise.server") / "page"
    return {
        item.name: (TYPES[ending], item.read_bytes())
        for item in folder.iterdir()
        for ending in TYPES
        if item.name.endswith(ending)
    }


async def _page(request: Request) -> Response:
    """Return the page with the answer in it, as the address asks; it reads without scripts."""
    state: State = request.app.state.held
    session, wrong = state.session, ""
    try:
        view = _view_of(request)
        view.scenario(session.scenario)
    except InputError as error:
        view, wrong = View(), str(error)
    own = ViewAsked(beliefs=view.beliefs, changes=dict(view.changes), ways=view.ways)
    asked = WhatIfAsked(view=own, stage="pause")
    found = await asyncio.to_thread(_found, session, view, None, asked, Event())
    return HTMLResponse(await asyncio.to_thread(rendered, state, view, found, wrong))


OTHER_KEYS = ("scenario", "token")
"""Keys of an address that are no part of a view: the hash it was made for."""


def rendered(state: State, view: View, found: Answered, wrong: str) -> str:
    """Return the page's HTML."""
    session = state.session
    data = {
        "scenario": session.file.sha256, "seed": session.seed, "beliefs": view.beliefs,
        "changes": dict(view.changes), "ways": view.ways, "version": state.version,
    }  # fmt: skip
    return _templates().get_template("index.html").render(
        session=session, scenario=session.scenario, shown=found.shown, view=view, wrong=wrong,
        holders=showing.names_of(session.scenario), events=showing.events(session),
        problems=showing.checked(state.problems).problems,
        forces=showing.forces(session.scenario), data=json.dumps(data), version=__version__,
    )  # fmt: skip


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("equipoise.server", "page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["rich"] = lambda text: list(enumerate(text.split("**")))
    return made
