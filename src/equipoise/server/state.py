"""What the server holds: the situation, and who is asking what; a newer question ends an older one of its reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import TypeVar

from equipoise.errors import InputError
from equipoise.server.tasks import Tasks
from equipoise.server.watching import Held

Found = TypeVar("Found")
SECONDS = 120.0
"""Most time a question may take."""
WAITING = 16
"""Most questions at once."""


@dataclass
class State(Held):
    """The situation that is served, and the questions at work: what ends each, and by who asks, the newest.

    `tasks` are the jobs that take long.
    """

    tasks: Tasks = field(default_factory=lambda: Tasks(()))
    working: set[Event] = field(default_factory=set)
    asking: dict[str, Event] = field(default_factory=dict)

    async def answer(self, client: str, job: Callable[[Event], Found]) -> Found:
        """Do a job on a thread, in the place of an older one of the same client, for as long as a question may take.

        Args:
            client: who asks, and, after a space, of what beside the answer itself; a newer question of what comes first
                ends older ones of both. Nobody in particular if empty.
            job: ends with `StoppedError` soon after its event is set.

        Raises:
            InputError: too many are asking.
        """
        if len(self.working) >= WAITING:
            raise InputError("The server is busy with other questions; ask again in a moment.")
        stop = Event()
        if client:
            for name, older in self.asking.items():
                if name == client or name.startswith(f"{client} "):
                    older.set()
            self.asking[client] = stop
        timer = Timer(SECONDS, stop.set)
        timer.daemon = True
        timer.start()
        self.working.add(stop)
        try:
            return await asyncio.to_thread(job, stop)
        finally:
            self.working.discard(stop)
            timer.cancel()
            if self.asking.get(client) is stop:
                del self.asking[client]

    async def close(self) -> None:
        """End the questions at work and let go of whoever listens: the server ends."""
        for stop in self.working:
            stop.set()
        self.tasks.close()
        await super().close()
