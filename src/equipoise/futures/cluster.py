"""Many machines: a function asked of one thing after another by the workers of a Dask cluster, read here in order.

What a future gives depends on nothing but the world, the seed and its own number, so whoever plays a batch gives the
same bytes. A worker that dies costs what it was at, which another does again. A scheduler that is lost ends the asking
with an error; what was written by then is whole.

Source: Rocklin 2015, *Proceedings of the 14th Python in Science Conference* (Dask).
"""

from __future__ import annotations

import re
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TypeVar

from equipoise._version import __version__
from equipoise.errors import ClusterError, InputError, StudyError
from equipoise.futures.folder import Folder
from equipoise.futures.play import Batch, Plan, Pool
from equipoise.world.player import Player

if TYPE_CHECKING:
    from distributed import Client, Future

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Result = TypeVar("Result")

AHEAD = 3
"""Things asked of each thread of a worker at once, so that none waits for the next while one is read."""
SECONDS = 20
"""In which a scheduler must answer."""
MOST_LOCAL = 256
LOCAL = re.compile(r"local:(\d+)")


class Cluster:
    """The workers of a Dask cluster.

    Args:
        address: of its scheduler (`tcp://HOST:PORT`), or `local:N` for N processes of this machine.

    Raises:
        InputError: it is no address, or the package `distributed` is missing.
        ClusterError: no scheduler answers there.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client, self._own = _connected(address)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close(timeout=SECONDS)
        if self._own is not None:
            self._own.close(timeout=SECONDS)

    def map(
        self, function: Callable[[Shared, Item], Result], shared: Shared, items: Iterable[Item]
    ) -> Iterator[Result]:
        """Yield what a function gives of something shared and each of some items, in the order of the items.

        Args:
            function: of a module that the workers can import.
            shared: sent once, and kept by the workers.
            items: asked a few ahead of what is read.

        Raises:
            ClusterError: the scheduler was lost, or one item ended worker after worker.
            EquipoiseError: what the function raises.
        """
        held = self._client.submit(_itself, shared, __version__, pure=False)
        waiting: deque[Future] = deque()
        rest, asked = iter(items), True
        try:
            while asked or waiting:
                while asked and len(waiting) < self._ahead():
                    for item in rest:
                        waiting.append(self._client.submit(function, held, item, pure=False))
                        break
                    else:
                        asked = False
                if waiting:
                    yield self._result(waiting.popleft())
        finally:
            self._client.cancel([*waiting, held], force=True)

    def _ahead(self) -> int:
        """Return how many things to ask for at once: workers come and go."""
        try:
            return AHEAD * max(1, sum(self._client.nthreads().values()))
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"the cluster at {self.address} was lost; what was written is whole, and the same command goes on where it "
            "stopped"
        )

    def _result(self, future: Future) -> Any:
        from asyncio import CancelledError as Cancelled
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            return future.result()
        except KilledWorker as error:
            raise ClusterError(
                f"a part of the work ended {error.allowed_failures + 1} workers of the cluster at {self.address}, one "
                "after another; they may lack memory"
            ) from error
        except (Cancelled, CancelledError, CommClosedError) as error:
            raise self._lost() from error


def _connected(address: str) -> tuple[Client, Any]:
    """Return a client of the cluster, and the cluster where it is our own."""
    try:
        import distributed
    except ImportError:
        raise InputError(
            "a cluster needs the package `distributed`: pip install 'equipoise[cluster]'"
        ) from None
    if local := LOCAL.fullmatch(address):
        workers = int(local[1])
        if not 1 <= workers <= MOST_LOCAL:
            raise InputError(f"from 1 to {MOST_LOCAL} processes can be started; given {address}")
        with _deaf_to_interrupts():
            own = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
        return distributed.Client(own, set_as_default=False), own
    if not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://\S+", address):
        raise InputError(
            f"a cluster is named by its scheduler's address, tcp://HOST:PORT, or local:N; given {address!r}"
        )
    try:
        return distributed.Client(address, timeout=SECONDS, set_as_default=False), None
    except (OSError, ValueError) as error:
        raise ClusterError(f"no scheduler of a cluster answers at {address}: {error}") from error


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that a Ctrl-C on the terminal does not reach: who started them ends them."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _itself(shared: Shared, version: str) -> Shared:
    """Return what is shared, on a worker that runs the same Equipoise as the one who asks."""
    if version != __version__:
        raise InputError(
            f"the workers of the cluster run Equipoise {__version__}, and this is {version}; install the same on all"
        )
    return shared


@dataclass(frozen=True)
class Playing:
    """What a worker needs to play any batch of a run.

    Attributes:
        player: whose futures. plan: the whole run.
        made: of a batch, what is sent back.
        folder: the study folder, where there is one; all machines see it.
    """

    player: Player
    plan: Plan
    made: Callable[[Player, Batch], Any]
    folder: Folder | None


def played(playing: Playing, number: int) -> Any:
    """Play a batch on the machine that this runs on, keep its tables in the study, and return what is made of it."""
    folder = playing.folder
    if folder is not None and folder.manifest() is None:
        raise StudyError(
            f"a worker of the cluster does not see {folder.path}: put the study where all its machines can write"
        )
    with Pool(playing.player, 1) as pool:
        plan = playing.plan
        one = pool.batches(plan, [number]) if folder is None else folder.batches(pool, plan, [number])
        batch = next(one)
    return playing.made(playing.player, batch)
