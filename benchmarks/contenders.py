"""What is timed: the kernel, the NumPy reference, plain Python under EMA Workbench, the C program, threads.

Each contender is prepared once and then gives the seconds and the number of future-weeks-strategies of one
go at a time, so that the contenders can take turns on a machine that others use too.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import by_hand, plain
from equipoise import scenario
from equipoise.futures.play import CHANCE, CHUNK, Plan, Pool
from equipoise.world.compile import World, compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Memory, Player
from equipoise.world.reference import weeks as reference

SEED = 1
Go = Callable[[], float]
"""One go: returns ns per future, week and strategy."""


@dataclass(frozen=True)
class Sizes:
    """How much each contender does in one go: numbers of futures; and how many rounds there are."""

    kernel: int
    reference: int
    plain: int
    by_hand: int
    threads: int
    run: int
    rounds: int


FULL = Sizes(
    kernel=2 * CHUNK, reference=512, plain=6, by_hand=16_384, threads=12 * CHUNK, run=20_000, rounds=5
)
QUICK = Sizes(kernel=CHUNK, reference=64, plain=1, by_hand=4096, threads=4 * CHUNK, run=20_000, rounds=2)


@dataclass(frozen=True)
class Contender:
    """Something timed. `clock` says by which clock: `processor` (of the process) or `wall`."""

    name: str
    go: Go
    clock: str = "processor"


def case_player(case: str) -> Player:
    """Return the player of a bundled case, all strategies of its focus."""
    return Player(compile_world(scenario.load(case).scenario), seed=SEED)


def nanoseconds(world: World, futures: int, seconds: float) -> float:
    return 1e9 * seconds / (futures * world.weeks * len(world.profiles))


def timed(job: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    began = clock()
    job()
    return clock() - began


# One thread


def kernel(player: Player, futures: int, *, sampling: bool) -> Go:
    """Prepare the kernel: chunks as threads take them, memory reused; `sampling` draws the states too."""
    states, memory = futures // CHANCE, Memory(player, keep=False)
    ready = player.prepare(parameters_of(player.world, 0, states, seed=SEED))

    def play() -> None:
        prepared = player.prepare(parameters_of(player.world, 0, states, seed=SEED)) if sampling else ready
        for first in range(0, futures, CHUNK):
            numbers = np.arange(first, min(first + CHUNK, futures))
            player.play(prepared, numbers, chance=CHANCE, first_state=0, memory=memory)

    play()  # compiles or loads the kernel
    return lambda: nanoseconds(player.world, futures, timed(play))


def numpy_reference(player: Player, futures: int) -> Go:
    """Prepare the vectorised reference, states already drawn."""
    parameters = parameters_of(player.world, 0, -(-futures // CHANCE), seed=SEED)
    play = partial(
        reference.play, player.world, parameters, seed=SEED, futures=np.arange(futures), chance=CHANCE
    )
    return lambda: nanoseconds(player.world, futures, timed(play))


def have_workbench() -> bool:
    """Return whether EMA Workbench is installed (the `bench` extra)."""
    from importlib.util import find_spec

    return find_spec("ema_workbench") is not None


def workbench(player: Player, futures: int) -> Go:
    """Prepare plain Python, one future an experiment, under EMA Workbench's sequential evaluator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import IntegerParameter, Model, ScalarOutcome, SequentialEvaluator

    world = player.world
    parameters = parameters_of(world, 0, 1, seed=SEED)
    drawn = plain.draw(world, parameters, np.arange(CHANCE), seed=SEED, chance=CHANCE)
    names = [f"payoff_{n}" for n in range(len(world.profiles))]
    model = Model(
        "weeks", function=lambda future: dict(zip(names, plain.payoffs(world, drawn[future]), strict=True))
    )
    model.uncertainties = [IntegerParameter("future", 0, CHANCE - 1)]
    model.outcomes = [ScalarOutcome(name) for name in names]

    def experiments() -> None:
        with SequentialEvaluator(model) as evaluator:
            evaluator.perform_experiments(scenarios=futures, log_progress=True)

    return lambda: nanoseconds(world, futures, timed(experiments))


def c_program(program: Path, data: Path) -> Go:
    """Prepare the C program on futures already written for it; it reads its own processor clock."""
    return lambda: by_hand.run(program, data, rounds=1)[0]


# Threads


@contextmanager
def pools(player: Player, workers: int) -> Iterator[Pool]:
    """Open a pool and warm it."""
    with Pool(player, workers) as pool:
        pool.play(Plan(workers * CHUNK // CHANCE, CHANCE, SEED), 0)
        yield pool


def batches(pool: Pool, futures: int) -> Go:
    """Prepare batches as `run` plays them: states drawn, then chunks on threads. By the wall clock."""
    return lambda: nanoseconds(pool.player.world, futures, timed(_all_of(pool, futures), time.perf_counter))


def batches_if_free(pool: Pool, futures: int) -> Go:
    """Prepare the same batches, timed as if no thread ever waited for a processor.

    That is what all threads used, evenly divided by those that play, or what the one that draws used, if it is more.
    """
    job = _all_of(pool, futures)

    def seconds() -> float:
        alone, together = time.thread_time(), time.process_time()
        job()
        alone, together = time.thread_time() - alone, time.process_time() - together
        return max(alone, together / pool.workers)

    return lambda: nanoseconds(pool.player.world, futures, seconds())


def _all_of(pool: Pool, futures: int) -> Callable[[], object]:
    plan = Plan(futures // CHANCE, CHANCE, SEED)
    return lambda: [batch.number for batch in pool.batches(plan, range(plan.batches))]


def played_by(player: Player, workers: int, futures: int) -> Go:
    """Prepare the same chunks of states already drawn, on threads of our own. By the wall clock."""
    prepared = player.prepare(parameters_of(player.world, 0, futures // CHANCE, seed=SEED))
    memories = [Memory(player, keep=False) for _ in range(workers)]

    def share(worker: int) -> None:
        for first in range(worker * CHUNK, futures, workers * CHUNK):
            numbers = np.arange(first, min(first + CHUNK, futures))
            player.play(prepared, numbers, chance=CHANCE, first_state=0, memory=memories[worker])

    def play() -> None:
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(share, range(workers)))

    return lambda: nanoseconds(player.world, futures, timed(play, time.perf_counter))
