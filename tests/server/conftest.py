"""The what-if page of a small situation, served on this machine, and a browser to look at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from equipoise.scenario import load

CASE = Path(__file__).with_name("case.yaml")


@contextmanager
def running(source, **options) -> Iterator[str]:
    """Serve on a free port for as long as the block lasts; gives the address."""
    from equipoise.jobs.serve import serve

    serving = serve(source, port=0, **options)
    server = serving.server()
    thread = threading.Thread(target=server.run, args=([serving.listener],), daemon=True)
    thread.start()
    try:
        yield serving.url
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def serving():
    """Return what serves a scenario on a free port for as long as a block lasts."""
    return running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a file of one's own; gives it and its address."""
    file = tmp_path / "own.yaml"
    file.write_text(load("two-valleys").text, encoding="utf-8")
    with running(file) as url:
        yield file, url


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    with running("two-valleys") as url:
        yield url
