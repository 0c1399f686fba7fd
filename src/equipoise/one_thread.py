"""Linear algebra on one thread, in however many jobs of a process at once.

Small matrices wait longer than they compute on more threads, and may be rounded otherwise on another number of them.

The number belongs to the whole process. If each job put it back to what it found, the first to end would give threads
to one that is still at work, and the last would leave the process on one for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import threadpool_limits

_turn = Lock()
_within: list[threadpool_limits] = []
_ended: list[threadpool_limits] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra on one thread until the last job that asks for it ends."""
    from threadpoolctl import threadpool_limits

    with _turn:
        limits = threadpool_limits(limits=1)
        _within.append(limits)
    try:
        yield
    finally:
        with _turn:
            _ended.append(limits)
            if len(_ended) == len(_within):
                for each in reversed(_within):
                    each.restore_original_limits()
                _within.clear()
                _ended.clear()
