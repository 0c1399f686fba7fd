"""What stands before every request: which names the server goes by, who may ask, how much, and what a page may do.

A page of another site must not reach a server on this machine: a name that is none of the server's (DNS rebinding) is
refused, and so is a request that another site's page makes. Off this machine a token is asked for.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
OWN_SITES = ("none", "same-origin")
"""Where a browser may say that a request comes from: typed in, or this page. Another port of this machine is the same
site, and not the same origin."""
MOST_BYTES = 4_000_000
"""Of a request: a scenario is smaller."""
MOST_SECONDS = 20.0
"""In which a request must have come."""
COOKIE = "equipoise"
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""What the page may do: run and show what this server sends, and nothing written into the page itself."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


@dataclass(frozen=True)
class RefusedError(Exception):
    """A request that is refused: its status and a sentence."""

    status: int
    says: str


class TooSlowError(Exception):
    """A request did not come whole in time."""


class TooLargeError(Exception):
    """A request is larger than any that makes sense."""


class Guard:
    """Refuses what must not reach the app, and marks what leaves it.

    Args:
        app: behind it. hosts: names the server goes by, without port; none where it listens to the outside under any
            name (a token is asked for then).
        token: to be shown, or None on this machine.
        held: what the app holds, for whoever ends it.
    """

    def __init__(self, app: App, *, hosts: tuple[str, ...], token: str | None, held: Any = None) -> None:
        self.app, self.hosts, self.token, self.held = app, hosts, token, held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        try:
            self._check(scope, headers)
        except RefusedError as refusal:
            await _answer(send, refusal.status, refusal.says, as_json=scope["path"].startswith("/api/"))
            return
        moved = self._shown(scope)
        if moved is not None:
            cookie = f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", (b"location", moved.encode()), (b"set-cookie", cookie.encode()))
            return
        await self.app(scope, _limited(receive), _marked(send))

    def _check(self, scope: Scope, headers: dict[str, str]) -> None:
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self.hosts and name.lower() not in self.hosts:
            raise RefusedError(421, "This server does not go by that name; open the address it printed.")
        own = f"{scope.get('scheme', 'http')}://{host}"
        if headers.get("origin", own) != own or headers.get("sec-fetch-site", "none") not in OWN_SITES:
            raise RefusedError(403, "A page of another site asked; only this server's own page may.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            raise RefusedError(413, f"A request has at most {MOST_BYTES:,} bytes.")
        if self.token is not None and not self._knows(scope, headers):
            raise RefusedError(401, "A token is needed; open the whole address that the server printed.")

    def _knows(self, scope: Scope, headers: dict[str, str]) -> bool:
        """Whether the token comes with the request: in its address, in a cookie, or as a bearer."""
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        shown = [headers.get("authorization", "").removeprefix("Bearer "), cookie.value if cookie else ""]
        if scope["path"] == "/":
            shown += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return any(secrets.compare_digest(one.encode(), str(self.token).encode()) for one in shown)

    def _shown(self, scope: Scope) -> str | None:
        """Return where to go on without the token in the address, or None where it is not there."""
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if self.token is None or scope["path"] != "/" or "token" not in asked:
            return None
        del asked["token"]
        return f"/?{urlencode(asked, doseq=True)}" if asked else "/"


def _limited(receive: Receive) -> Receive:
    """Count what comes in, also where its length was not said, and wait no longer for it than is worth waiting."""
    got, whole, until = 0, False, asyncio.get_running_loop().time() + MOST_SECONDS

    async def counted() -> MutableMapping[str, Any]:
        nonlocal got, whole
        try:
            async with asyncio.timeout_at(None if whole else until):
                message = await receive()
        except TimeoutError:
            raise TooSlowError from None
        got += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if got > MOST_BYTES:
            raise TooLargeError
        return message

    return counted


def _marked(send: Send) -> Send:
    """Send every answer with what a page may do."""

    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = {key for key, _ in message.get("headers", [])}
            kept = () if b"cache-control" in given else ((b"cache-control", b"no-store"),)
            message = {**message, "headers": [*message.get("headers", []), *HEADERS, *kept]}
        await send(message)

    return marked


async def _answer(
    send: Send, status: int, says: str, *more: tuple[bytes, bytes], as_json: bool = False
) -> None:
    body = (json.dumps({"error": says}) if as_json else says).encode()
    headers = [
        (b"content-type", b"application/json" if as_json else b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    marked = _marked(send)
    await marked({"type": "http.response.start", "status": status, "headers": headers})
    await marked({"type": "http.response.body", "body": body})
