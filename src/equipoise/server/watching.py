"""Watching the scenario's file: when it is saved it is read again; what is wrong stands beside the last answer.

The file is looked at twice a second; only a file that somebody edits is (a bundled case is not).
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from equipoise.errors import EquipoiseError, InputError, Problem, ScenarioError
from equipoise.files import write_text
from equipoise.scenario import ScenarioFile, load, loads
from equipoise.server.session import Session

EVERY = 0.5
BEAT = 15.0
"""Seconds between signs of life to whoever listens."""


@dataclass
class Held:
    """The situation as it was last right, and what is wrong with its newest text.

    Attributes:
        session: of the last text that was right. problems: of the newest. version: how often it changed.
        path: of the file that is watched and may be saved; None where there is none.
    """

    session: Session
    path: Path | None = None
    problems: tuple[Problem, ...] = ()
    version: int = 0
    closed: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    async def watch(self) -> None:
        """Read the file again whenever it was saved, for ever."""
        seen = _stamp(self.path)
        while self.path is not None:
            await asyncio.sleep(EVERY)
            now = _stamp(self.path)
            if now != seen:
                seen = now
                await self.read()

    async def read(self) -> None:
        """Read the file again and take what it says, or what is wrong with it."""
        assert self.path is not None
        try:
            await self._take(await asyncio.to_thread(load, self.path))
        except ScenarioError as error:
            await self._wrong(error.problems)
        except InputError as error:
            await self._wrong((Problem(0, 0, "", str(error)),))
        except Exception as error:  # a failure of our own must not end the watching
            await self._wrong((Problem(0, 0, "", noted(error)),))

    async def take(self, text: str, *, save: bool) -> None:
        """Take a text for the situation, and save it in its file if asked to.

        Raises:
            ScenarioError: the text has problems. InputError: there is no file to save in.
        """
        file = await asyncio.to_thread(loads, text)
        if save:
            if self.path is None:
                raise InputError(
                    "there is no file to save in: serve a file of your own to save what you write"
                )
            await asyncio.to_thread(write_text, self.path, text)
        await self._take(file)

    async def _take(self, file: ScenarioFile) -> None:
        self.problems = ()
        if file.sha256 != self.session.file.sha256:
            self.session = self.session.over(file)
        await self._tell()

    async def _wrong(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        await self._tell()

    async def _tell(self) -> None:
        self.version += 1
        async with self.changed:
            self.changed.notify_all()

    async def close(self) -> None:
        """Let go of whoever listens: the server ends."""
        self.closed = True
        await self._tell()

    async def versions(self) -> AsyncIterator[int]:
        """Yield the version now, and whenever it changes; the same again from time to time, as a sign of life."""
        while not self.closed:
            yield self.version
            async with self.changed:
                try:
                    await asyncio.wait_for(self.changed.wait(), BEAT)
                except TimeoutError:
                    continue


def noted(error: Exception) -> str:
    """Write down on standard error what failed of our own; return a sentence with the id it stands under."""
    name = token_hex(4)
    print(f"[{name}]", "".join(traceback.format_exception(error)), file=sys.stderr)
    known = isinstance(error, EquipoiseError)
    return f"Equipoise failed{'' if known else ', and should not have'}; the server noted it as {name}."


def watched(file: ScenarioFile) -> Path | None:
    """Return the path of a file that somebody may edit: none where it is a case that comes with Equipoise."""
    import equipoise

    path = None if file.path is None else file.path.resolve()
    bundled = Path(equipoise.__file__).resolve().parent
    return None if path is None or path.is_relative_to(bundled) else path


def _stamp(path: Path | None) -> tuple[int, int] | None:
    try:
        info = path.stat() if path is not None else None
    except OSError:
        return None
    return None if info is None else (info.st_mtime_ns, info.st_size)
