"""The what-if page and its API as one Starlette application over one situation, behind its guard.

The API is `api.py`, its description `openapi.py`; here stands the page itself. What fails is a sentence; a crash of our
own is a sentence and an id, its traceback on the server's own standard error.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from threading import Event
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from equipoise._version import __version__
from equipoise.errors import InputError, Problem
from equipoise.futures.play import StoppedError
from equipoise.scenario.phrases import day
from equipoise.server import showing
from equipoise.server.api import API, answered, routes, said, view_of
from equipoise.server.asked import Answered, WhatIfAsked
from equipoise.server.guard import MOST_BYTES, MOST_SECONDS, Guard, TooLargeError, TooSlowError
from equipoise.server.openapi import document
from equipoise.server.session import Session
from equipoise.server.state import SECONDS, State
from equipoise.server.tasks import Tasks
from equipoise.server.vega import bundle
from equipoise.server.view import View
from equipoise.server.watching import noted, watched

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def application(
    session: Session, *, hosts: tuple[str, ...], token: str | None = None, tasks: Tasks | None = None
) -> Guard:
    """Return the application, behind its guard.

    Args:
        session: the situation. hosts: names it goes by; none for any name, with a token.
        token: to be shown, or None on this machine. tasks: how jobs that take long are done.
    """
    state = State(session, watched(session.file), tasks=tasks or Tasks(()))
    own = [
        Route("/", _page),
        Route("/page/vega.js", _vega),
        Route("/page/{name:str}", _asset),
        Route(f"{API}/openapi.json", _openapi),
    ]

    @asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(state.watch())
        yield
        task.cancel()

    app = Starlette(lifespan=watching, routes=[*own, *routes()], exception_handlers=HANDLERS)
    app.state.held = state
    return Guard(app, hosts=hosts, token=token, held=state)


async def _missing(request: Request, error: Exception) -> Response:
    return said(getattr(error, "status_code", 404), "There is nothing at this address.")


async def _too_large(request: Request, error: Exception) -> Response:
    return said(413, f"A request has at most {MOST_BYTES:,} bytes.")


async def _crashed(request: Request, error: Exception) -> Response:
    return said(500, noted(error))


async def _too_slow(request: Request, error: Exception) -> Response:
    answer = said(408, f"The request did not come whole within {MOST_SECONDS:g} seconds.")
    answer.headers["connection"] = "close"
    return answer


async def _gone(request: Request, error: Exception) -> Response:
    """Answer who left in the middle of asking: nobody reads it."""
    return Response(status_code=400)


HANDLERS: dict[Any, Any] = {
    Exception: _crashed, TooLargeError: _too_large, TooSlowError: _too_slow, ClientDisconnect: _gone,
    404: _missing, 405: _missing,
}  # fmt: skip


async def _openapi(request: Request) -> Response:
    return JSONResponse(document())


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
    session = state.session
    asked = WhatIfAsked(stage="pause", found=False)

    def made(stop: Event) -> str:
        try:
            view = view_of(request)
            session.situation(view)
            wrong = _other_text(request, session)
        except InputError as error:
            view, wrong = View(), str(error)
        found = answered(session, view, None, asked, stop)
        return rendered(session, state.problems, view, found, wrong)

    try:
        return HTMLResponse(await state.answer("", made))
    except StoppedError:
        return PlainTextResponse(f"Not answered within {SECONDS:g} seconds: the situation is too large.", 503)
    except InputError as error:
        return PlainTextResponse(str(error), 503)


def _other_text(request: Request, session: Session) -> str:
    """Say so if an address was made for another text of the scenario."""
    made_for = request.query_params.get("scenario", "")
    if session.file.sha256.startswith(made_for):
        return ""
    return (
        f"It was made for another text of this scenario ({made_for[:12]}); the answer is that of the text as it is "
        f"now ({session.file.sha256[:8]})."
    )


def rendered(session: Session, problems: Iterable[Problem], view: View, found: Answered, wrong: str) -> str:
    """Return the page's HTML."""
    data = {
        "scenario": session.file.sha256, "beliefs": view.beliefs, "changes": dict(view.changes), "ways": view.ways,
    }  # fmt: skip
    return _templates().get_template("index.html").render(
        session=session, scenario=session.scenario, shown=found.shown, view=view, wrong=wrong,
        holders=showing.holders(session.scenario), events=showing.events(session),
        problems=showing.checked(problems).problems, built="codemirror.js" in assets(),
        forces=showing.forces(session.scenario), hangs=showing.hangs(),
        data=json.dumps(data), version=__version__,
    )  # fmt: skip


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("equipoise.server", "page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["rich"] = lambda text: list(enumerate(text.split("**")))
    made.filters["day"] = day
    return made
