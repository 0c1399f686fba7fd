"""Many futures: batches of states, each played in blocks by a pool of threads.

Batches come one after another and are summed up by whoever reads them, so memory does not grow with the
number of futures. What a future gives depends on nothing but the world, the seed and its own number.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from equipoise.draws.estimate import BLOCK
from equipoise.errors import InputError
from equipoise.world.device import CPU, memory_on
from equipoise.world.kernel.lanes import LANES
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Look, Memory, Played, Player, Prepared

BATCH = 16_384
"""About how many futures a batch holds; a whole number of states."""
CHUNK = 8 * LANES
"""Futures a thread takes at a time."""
CHANCE = 16
"""Chance streams a state, unless said otherwise."""
MOST_STATES = 2**32
"""States that the random numbers tell apart: one 32-bit word of their counter."""
MOST_CHANCE = 16_384
"""Chance streams of a state at most: a batch holds whole states, and memory must not grow with the run."""


@dataclass(frozen=True)
class Batch:
    """A run of consecutive states, played.

    Attributes:
        number: 0, 1, ... first_state, states: which states. chance: streams a state.
        parameters: of those states; None for a batch read back from a study folder.
        outcomes: float32 [profiles, rows, futures]; future = (state - first_state) * chance + stream.
        weeks: int32 [groups, drawn, futures].
        sums: float64 [profiles, series, weeks + 1], over the batch's futures, added block by block.
        seen: float32 [looks, profiles, futures], what was looked at on the way; None where nothing was.
    """

    number: int
    first_state: int
    states: int
    chance: int
    parameters: Parameters
    outcomes: np.ndarray
    weeks: np.ndarray
    sums: np.ndarray
    seen: np.ndarray | None = None

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        drawn = (*self.parameters.arrays.values(), *self.parameters.values.values())
        return sum(item.nbytes for item in (self.outcomes, self.weeks, self.sums, *drawn))


@dataclass(frozen=True)
class Plan:
    """What is to be played: sizes, seed, and how states are cut into batches."""

    states: int
    chance: int = CHANCE
    seed: int = 1

    def __post_init__(self) -> None:
        if self.states < 1 or self.chance < 1:
            raise InputError(
                f"at least one state and one chance stream are needed; given {self.states} and {self.chance}"
            )
        if self.states > MOST_STATES or self.chance > MOST_CHANCE:
            raise InputError(
                f"at most {MOST_STATES:,} states of {MOST_CHANCE:,} chance streams can be played; "
                f"given {self.states:,} of {self.chance:,}"
            )
        check_seed(self.seed)

    @classmethod
    def of(cls, futures: int, *, chance: int = CHANCE, seed: int = 1) -> Plan:
        """Plan at least `futures` futures: whole states of `chance` streams each."""
        if futures < 1:
            raise InputError(f"at least one future is needed; given {futures}")
        return cls(-(-futures // max(chance, 1)), chance, seed)

    @property
    def futures(self) -> int:
        """How many futures that makes."""
        return self.states * self.chance

    @cached_property
    def states_per_batch(self) -> int:
        """States in every batch but the last: whole blocks, where a block is not too many futures."""
        states = BATCH // self.chance
        return max(1, states - states % BLOCK if states >= BLOCK else states)

    @property
    def batches(self) -> int:
        """How many batches there are."""
        return -(-self.states // self.states_per_batch)

    def batch(self, number: int) -> tuple[int, int]:
        """Return the first state of a batch and how many it has."""
        first = number * self.states_per_batch
        return first, min(self.states_per_batch, self.states - first)


def check_seed(seed: int) -> None:
    """Refuse what is no seed of random numbers."""
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"a seed is 0 or a positive whole number; given {seed}")


def workers_of(workers: int | None) -> int:
    """Return how many threads to use: as asked, or one for each processor."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise InputError(f"at least one worker is needed; given {workers}")
    return workers


class StoppedError(Exception):
    """Playing was stopped on request; what was played of the batch is dropped."""


class Pool:
    """Threads that play chunks of futures, each with memory of its own.

    Args:
        player: whose futures. workers: how many threads.
        looks: what is looked at in some weeks.
        stop: where it is set, playing ends with `StoppedError` after the chunks at work.
        device: what plays (`world.device.DEVICES`); on another than this processor the threads only draw states.
    """

    def __init__(
        self,
        player: Player,
        workers: int | None = None,
        looks: Sequence[Look] = (),
        stop: Event | None = None,
        device: str = CPU,
    ) -> None:
        self.player, self.looks, self.stop = player, looks, stop
        self.workers = workers_of(workers)
        self._memory: SimpleQueue[Memory] = SimpleQueue()
        self._chunk_size: int | None = None
        if device == CPU:
            for _ in range(self.workers):
                self._memory.put(Memory(player, keep=False))
        else:
            memory = memory_on(device, player)
            self._chunk_size = memory.lanes
            self._memory.put(memory)
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="futures")

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    def play(self, plan: Plan, number: int, parameters: Parameters | None = None) -> Batch:
        """Play one batch of a plan; by parameters of its states other than those that its seed draws, where given."""
        return self._begin(plan, number, parameters).whole()

    def payoffs(self, parameters: Parameters, chance: int) -> np.ndarray:
        """Return f(d, s), the mean payoff over so many chance streams [profiles, states], of the first states.

        Args:
            parameters: of those states. chance: streams a state.
        """
        outcomes = self._handed_out(0, 0, chance, parameters).whole().outcomes
        payoff = self.player.columns.values(outcomes, "payoff")
        return payoff.reshape(len(payoff), parameters.states, chance).mean(axis=2)

    def batches(self, plan: Plan, numbers: Iterable[int]) -> Generator[Batch, None, None]:
        """Play batches of a plan, in the order of their numbers given.

        Where there are several threads, they play a batch while the one before is used by whoever asked for it, and
        while the states of the next are drawn.
        """
        ahead = 1 if self.workers > 1 and self._chunk_size is None else 0
        begun: deque[_Begun] = deque()
        try:
            for number in numbers:
                begun.append(self._begin(plan, number))
                if len(begun) > ahead:
                    yield begun.popleft().whole()
            while begun:
                yield begun.popleft().whole()
        finally:
            for batch in begun:
                batch.drop()

    def _begin(self, plan: Plan, number: int, parameters: Parameters | None = None) -> _Begun:
        """Draw the states of a batch, and hand its chunks to the threads."""
        first, states = plan.batch(number)
        if parameters is None:
            parameters = parameters_of(self.player.world, first, states, seed=plan.seed)
        return self._handed_out(number, first, plan.chance, parameters)

    def _handed_out(self, number: int, first: int, chance: int, parameters: Parameters) -> _Begun:
        """Hand the futures of some states from the first on to the threads, a chunk at a time."""
        prepared = self.player.prepare(parameters)
        futures = np.arange(first * chance, (first + parameters.states) * chance)
        size = self._chunk_size or self._shared_out(len(futures))
        chunks = [
            self._submit(prepared, futures[begin : begin + size], chance, first)
            for begin in range(0, len(futures), size)
        ]
        return _Begun(number, first, chance, prepared.parameters, chunks, looked=bool(self.looks))

    def _submit(self, *chunk: Any) -> Future[Played]:
        """Hand a chunk to the threads; what another device plays is waited for."""
        if self._chunk_size is None:
            return self._threads.submit(self._chunk, *chunk)
        played: Future[Played] = Future()
        played.set_result(self._chunk(*chunk))
        return played

    def _shared_out(self, futures: int) -> int:
        """Return how many futures a thread takes at a time: whole blocks, so that few are shared out too."""
        return min(CHUNK, -(-futures // (LANES * self.workers)) * LANES)

    def _chunk(self, prepared: Prepared, chunk: np.ndarray, chance: int, first: int) -> Played:
        if self.stop is not None and self.stop.is_set():
            raise StoppedError
        memory = self._memory.get()
        try:
            return self.player.play(
                prepared, chunk, chance=chance, first_state=first, memory=memory, looks=self.looks
            )
        finally:
            self._memory.put(memory)


@dataclass(frozen=True)
class _Begun:
    """A batch whose chunks are being played."""

    number: int
    first_state: int
    chance: int
    parameters: Parameters
    chunks: list[Future[Played]]
    looked: bool

    def whole(self) -> Batch:
        """Wait for the chunks and put them together; where one fails, those not yet begun are dropped."""
        try:
            played = [chunk.result() for chunk in self.chunks]
        finally:
            self.drop()
        sums = np.zeros(played[0].sums.shape[1:])
        for part in played:
            for block in part.sums:
                sums += block
        return Batch(
            self.number, self.first_state, self.parameters.states, self.chance, self.parameters,
            np.concatenate([part.outcomes for part in played], axis=2),
            np.concatenate([part.weeks for part in played], axis=2),
            sums,
            np.concatenate([part.seen for part in played], axis=2) if self.looked else None,
        )  # fmt: skip

    def drop(self) -> None:
        """Play none of the chunks that no thread has begun."""
        for chunk in self.chunks:
            chunk.cancel()


def batches(
    player: Player, plan: Plan, *, workers: int | None = None, looks: Sequence[Look] = ()
) -> Iterator[Batch]:
    """Play a plan, batch by batch, in order; look at some of the state on the way."""
    with Pool(player, workers, looks) as pool:
        yield from pool.batches(plan, range(plan.batches))


class Traced(NamedTuple):
    """Weekly series of some futures.

    Attributes:
        series: float32 [profiles, series, weeks + 1, futures], named by `player.series`.
        futures: their numbers [n].
        seen: float32 [looks, profiles, futures], what was looked at on the way.
    """

    series: np.ndarray
    futures: np.ndarray
    seen: np.ndarray


def traces(
    player: Player,
    plan: Plan,
    *,
    looks: Sequence[Look] = (),
    limit: int = 1024,
    parameters: Parameters | None = None,
) -> Traced:
    """Return the weekly series of one future in each of the first states, and what was looked at in them.

    Args:
        player: whose futures. plan: which states, and the seed. looks: what to look at. limit: states at most.
        parameters: of those states, where they are known; drawn if not given.
    """
    states = min(limit, plan.states)
    if parameters is None:
        parameters = parameters_of(player.world, 0, states, seed=plan.seed)
    prepared = player.prepare(parameters)
    futures = np.arange(states) * plan.chance
    played = player.play(
        prepared, futures, chance=plan.chance, first_state=0, memory=Memory(player, keep=True), looks=looks
    )
    assert played.traces is not None  # they were asked for
    return Traced(played.traces, futures, played.seen)
