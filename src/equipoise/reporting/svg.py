"""From a chart's specification to SVG, in whichever process asks.

The renderer runs threads of its own. A process that was forked after they had started has the renderer without
the threads, and would wait for them for ever; it asks a fresh process instead (`renderer.py`), one for all its
figures. Forking is what `multiprocessing` does by default on Linux before Python 3.14.

Drawing is two thirds of the work of a report. So figures that were drawn before are taken from `remembering`, by the
hash of what they were drawn from.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from equipoise.errors import InternalError

VEGA_LITE = "6.4"
"""Version of the grammar in which charts are specified."""
_CHILD = Path(__file__).with_name("renderer.py")
_started_in: list[int] = []
"""The process in which the renderer's threads were started, once they were; a fork inherits it."""


_remembered: ContextVar[tuple[Mapping[str, str], dict[str, str]] | None] = ContextVar(
    "_remembered", default=None
)


@contextmanager
def remembering(known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Take figures of the block from those drawn before where they are among them.

    Args:
        known: what an earlier block has yielded.

    Yields:
        Every figure that the block asks for, by the hash of its specification and of who draws it.
    """
    used: dict[str, str] = {}
    token = _remembered.set((known, used))
    try:
        yield used
    finally:
        _remembered.reset(token)


def svg_of(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite chart as SVG, unless it is remembered."""
    if (memory := _remembered.get()) is None:
        return _drawn(spec)
    known, used = memory
    name = sha256(json.dumps([_drawn_by(), spec]).encode()).hexdigest()
    used[name] = known[name] if name in known else _drawn(spec)
    return used[name]


@lru_cache(maxsize=1)
def _drawn_by() -> list[str]:
    """Return the versions of the grammar and of the renderer."""
    from importlib.metadata import version

    return [VEGA_LITE, version("vl-convert-python")]


def _drawn(spec: dict[str, Any]) -> str:
    if not _started_in:
        _started_in.append(os.getpid())
    if _started_in[0] != os.getpid():
        return _renderer(os.getpid()).svg_of(spec)
    from equipoise.reporting import renderer

    return renderer.to_svg(spec, VEGA_LITE)


def png_of(spec: dict[str, Any]) -> bytes:
    """Draw a Vega-Lite chart as a picture, twice as fine as a screen; in this process."""
    from equipoise.reporting import renderer

    return renderer.to_png(spec, VEGA_LITE)


class _Renderer:
    """A fresh process that draws what it is asked, one chart after the other, until the asking one ends."""

    def __init__(self) -> None:
        # -P keeps the child's own folder off the module path, where our file names could hide others.
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD), VEGA_LITE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip
        self.turn = Lock()

    def svg_of(self, spec: dict[str, Any]) -> str:
        asks, answers = self.process.stdin, self.process.stdout
        with self.turn:
            print(json.dumps(spec), file=asks, flush=True)
            answer = answers.readline()  # type: ignore[union-attr]
        if not answer:
            raise InternalError("the process that draws figures ended without drawing one")
        return json.loads(answer)


@lru_cache(maxsize=1)
def _renderer(_process: int) -> _Renderer:
    return _Renderer()
