"""What the server holds: the situation, and who is asking what; a newer question ends an older one of its reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import TypeVar

from equipoise.errors import InputError
from equipoise.server.watching import Held

Found = TypeVar("Found")
SECONDS = 120.0
"""Most time a question may take."""
WAITING = 16
"""Most questions at once."""


@dataclass
class State(Held):
    """The situation that is served, and the questions at work: by who asks, what ends them."""

    asking: dict[str, Event] = field(default_factory=dict)
    waiting: int = 0

    async def answer(self, client: str, job: Callable[[Event], Found]) -> Found:
        """Do a job on a thread, in the place of an older one of the same client, for as long as a question may take.

        Args:
            client: who asks; nobody in particular if empty. job: ends with `StoppedError` soon after its event is set.

        Raises:
            InputError: too many are asking.
        """
        if self.waiting >= WAITING:
            raise InputError("The server is busy with other questions; ask again in a moment.")
        stop = Event()
        if client in self.asking:
            self.asking[client].set()
        if client:
            self.asking[client] = stop
        timer = Timer(SECONDS, stop.set)
        timer.daemon = True
        timer.start()
        self.waiting += 1
        try:
            return await asyncio.to_thread(job, stop)
        finally:
            self.waiting -= 1
            timer.cancel()
            if self.asking.get(client) is stop:
                del self.asking[client]
