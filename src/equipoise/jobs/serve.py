"""Serve: the what-if page of a situation, on this machine unless told otherwise."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.futures.place import is_address
from equipoise.jobs.sources import Source, load
from equipoise.jobs.study import open_study
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import listed

if TYPE_CHECKING:
    from equipoise.scenario import Scenario
    from equipoise.server.session import Session

HOST, PORT = "127.0.0.1", 8421
MOST_CONNECTIONS = 100
"""At once: a page holds a handful, each may bring a request of some megabytes."""
ANY_HOST = ("0.0.0.0", "::")
APART = (sys.executable, "-P", "-m", "equipoise.jobs.apart")
"""Starts a process that does one job; -P keeps the folder one happens to be in off the module path."""


@dataclass(frozen=True)
class Serving:
    """A server that is ready to start.

    Attributes:
        url: to open, with the token where one is asked for, at the view that a study was run on.
        app: what answers. listener: the socket it is to answer on, already bound.
        note: what of a study the page does not have; empty where it has all.
    """

    url: str
    app: Any = field(repr=False)
    listener: socket.socket = field(repr=False)
    note: str = ""

    def server(self) -> Any:
        """Return the server, not yet started; where it ends, whoever listens is told first."""
        import uvicorn

        held = self.app.held

        class Server(uvicorn.Server):
            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                await held.close()
                await super().shutdown(sockets)

        config = uvicorn.Config(
            self.app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
        )
        return Server(config)

    def start(self) -> None:
        """Serve until interrupted."""
        self.server().run([self.listener])


def serve(
    source: Source = "afghanistan-2021",
    *,
    host: str = HOST,
    port: int | None = None,
    workers: int | None = None,
    folder: str | Path | None = None,
) -> Serving:
    """Make the what-if page of a scenario or a study ready to be served.

    Args:
        source: a scenario, or the folder of a study: its scenario and seed are taken, and the page opens under the
            beliefs that it was run under.
        host: to listen on; any but this machine's own asks for a token.
        port: to listen on; 8421, or any that is free, if not given.
        workers: threads that play futures; one for each processor by default.
        folder: where jobs read observations and keep studies, by name; nothing outside is read or written. Without
            one there is none.

    Raises:
        InputError: of the scenario; the port is taken; the folder is none.
    """
    from equipoise.server.app import application
    from equipoise.server.guard import LOOPBACK
    from equipoise.server.tasks import Served, Tasks
    from equipoise.server.view import View

    if folder is not None and not Path(folder).is_dir():
        raise InputError(f"{folder} is no folder: make it first")

    home = host in ("localhost", "127.0.0.1", "::1")
    listener = _listener(host, port)
    number = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    token = None if home else token_urlsafe(24)
    hosts = LOOPBACK if home else () if host in ANY_HOST else (shown.lower(), *LOOPBACK)
    session, study = session_of(source, workers=workers), None
    query, note = f"token={token}" if token else "", ""
    if _is_study(source):
        run = open_study(str(source)).findings
        opens = View(run.beliefs).address
        query = "&".join(part for part in (query, opens) if part)
        note = _not_had(run.with_, session.scenario)
        if not note and not is_address(source):  # of any other, jobs play one of their own
            study = Served(Path(str(source)).resolve(), session.file.sha256, opens)
    tasks = Tasks(APART, None if folder is None else Path(folder), study)
    app = application(session, hosts=hosts, token=token, tasks=tasks)
    url = f"http://{shown}:{number}/" + (f"?{query}" if query else "")
    return Serving(url, app, listener, note)


def _not_had(with_: Mapping[str, str], scenario: Scenario) -> str:
    """Say with which strategies of others, which the page does not have, a study was run; nothing where with none."""
    names = Names.of(scenario)
    others = listed([f"{names.within(who)} on {names.quoted(way, who)}" for who, way in with_.items()])
    if not others:
        return ""
    return (
        f"The study was run with {others}. The page has everybody else do what the scenario says, so its numbers are "
        "not those of the study."
    )


def session_of(source: Source, *, workers: int | None = None) -> Session:
    """Return a session of a scenario, or of the scenario of a study."""
    from equipoise.server.session import Session

    if _is_study(source):
        study = open_study(str(source))
        name = source if study.folder is None else study.folder.path
        return Session(study.file, name=str(name), seed=study.plan.seed, workers=workers)
    return Session(load(source), name=str(source) if isinstance(source, str | Path) else "", workers=workers)


def _is_study(source: Source) -> bool:
    return is_address(source) or (isinstance(source, str | Path) and (Path(source) / "study.json").is_file())


def _listener(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens, on the port asked for, or on the usual one, or on any that is free."""
    tried = [PORT, 0] if port is None else [port]
    reason = ""
    for number in tried:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, number))
            return listener
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
    raise InputError(f"{host}:{tried[0]} cannot be listened on: {reason}")
