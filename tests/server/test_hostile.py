"""Attacks on the what-if page's server: what is slow, what leaves, what comes from beside, what takes long."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from socket import create_server
from threading import Event

import httpx
import pytest

from equipoise.futures.play import StoppedError
from equipoise.jobs import serve as serving
from equipoise.scenario import load
from equipoise.server import guard, showing, watching
from equipoise.server.session import Session
from equipoise.server.showing import MOST_COMPARED
from equipoise.server.view import View

pytest.importorskip("starlette")
HOST = (b"host", b"127.0.0.1")


def done(coroutine):
    """Do it to its end on a thread of its own: a browser of other tests may have a loop running on this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="module")
def app():
    made = serving.serve("two-valleys", port=0)
    made.listener.close()
    return made.app


def told(app, receive, *headers, path="/api/v1/check", method="POST"):
    """Return the status and the body that one request gets, whatever its body does."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
        "query_string": b"", "headers": [HOST, *headers], "http_version": "1.1", "client": None, "server": None,
    }  # fmt: skip
    done(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def _nothing():
    return {"type": "http.request", "body": b"", "more_body": False}


@pytest.mark.parametrize("site", [b"cross-site", b"same-site"])
def test_a_page_of_another_port_of_this_machine_is_another_site(app, site):
    at = {"path": "/page/style.css", "method": "GET"}
    assert told(app, _nothing, (b"sec-fetch-site", site), **at)[0] == 403
    for own in (b"same-origin", b"none"):
        assert told(app, _nothing, (b"sec-fetch-site", own), **at)[0] == 200


def test_a_body_that_never_ends_is_given_up(app, monkeypatch):
    monkeypatch.setattr(guard, "MOST_SECONDS", 0.05)

    async def drip():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def silence():
        await asyncio.Event().wait()

    for receive in (drip, silence):
        status, says = told(app, receive)
        assert status == 408 and b"did not come whole" in says


def test_who_leaves_while_asking_is_no_failure_of_our_own(app, capsys):
    async def leave():
        return {"type": "http.disconnect"}

    told(app, leave)
    assert capsys.readouterr().err == ""


def test_connections_are_bounded(app):
    made = serving.Serving("", app, None)
    assert made.server().config.limit_concurrency == serving.MOST_CONNECTIONS


def test_finding_a_number_waits_for_no_futures_on_the_servers_own_thread(own, monkeypatch):
    _, url = own
    begun, go = Event(), Event()

    def drivers(self, *, stop=None):
        begun.set()
        assert go.wait(30)
        return {}

    monkeypatch.setattr(Session, "drivers", drivers)
    asking = threading.Thread(
        target=httpx.get, args=(f"{url}api/v1/numbers?find=momentum",), kwargs={"timeout": 60}
    )
    asking.start()
    try:
        assert begun.wait(30)
        assert httpx.get(f"{url}page/style.css", timeout=5).status_code == 200
    finally:
        go.set()
        asking.join()


def test_texts_that_take_minutes_to_compare_are_not_compared():
    count = 4 * MOST_COMPARED
    old, new = ("\n".join(f"# {place * step % 150}" for place in range(count)) for step in (1, 7))
    (says,) = showing.checked((), new, old).changes
    assert says == "Texts of more than 5,000 lines are not compared."
    assert showing.checked((), "a\nb", "a\nc").changes == ("@@ -1,2 +1,2 @@", " a", "-c", "+b")


def test_the_fan_of_power_ends_like_every_other_question():
    session, stop = Session(load("two-valleys")), Event()
    view = View()
    what = showing.seen(session, view, session.answer(view, "first"), named="", changed=False)
    stop.set()
    with pytest.raises(StoppedError):
        showing.courses(session, view, what, stop=stop)


def test_a_failure_of_our_own_does_not_end_the_watching(tmp_path, monkeypatch, capsys):
    def fails(path):
        raise RuntimeError("a fault")

    monkeypatch.setattr(watching, "load", fails)
    held = watching.Held(Session(load("two-valleys")), tmp_path / "own.yaml")
    done(held.read())
    (problem,) = held.problems
    assert problem.message.startswith("Equipoise failed, and should not have; the server noted it as ")
    written = capsys.readouterr().err
    assert problem.message[-9:-1] in written and "RuntimeError: a fault" in written


def test_an_address_of_the_next_internet_protocol_is_a_name_of_the_server(monkeypatch):
    monkeypatch.setattr(serving, "_listener", lambda host, port: create_server(("127.0.0.1", 0)))
    made = serving.serve("two-valleys", host="fe80::1", port=0)
    made.listener.close()
    assert made.url.startswith("http://[fe80::1]:") and "[fe80::1]" in made.app.hosts
