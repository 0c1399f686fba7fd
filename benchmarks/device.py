"""How fast a graphics processor plays beside this machine's processors, and how well the two agree, in one run.

    python -m benchmarks.device [--futures N] [--rounds N] [--json]

Whole batches of states already drawn, on one thread, on all threads and on the device, which take turns. Compiling for
the device is timed by itself. Refuses where there is no device: a simulated one measures nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from benchmarks import by_hand, contenders, engine
from equipoise.errors import InputError
from equipoise.futures.play import BATCH, CHANCE, Batch, Plan, Pool
from equipoise.world.device import GPU, available
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player

ONE, ALL = "one thread", "all threads"
LEAST = 1.0
"""Below this size of an outcome a difference is taken as it is; above it, against the outcome."""


def players() -> dict[str, Player]:
    """Return the cases that are played, as the engine's benchmark has them."""
    return {
        "founding case": contenders.case_player(engine.FOUNDING),
        "3 forces 4 regions 5 patrons": by_hand.player(seed=contenders.SEED),
    }


def measure(player: Player, futures: int, rounds: int, device: str = GPU) -> dict[str, Any]:
    """Return ns per future, week and strategy of each contender, and how well they agree."""
    plan = Plan(futures // CHANCE, CHANCE, contenders.SEED)
    given = parameters_of(player.world, 0, plan.batch(0)[1], seed=plan.seed)
    count = plan.batch(0)[1] * CHANCE
    with ExitStack() as stack:
        pools = {
            ONE: stack.enter_context(Pool(player, 1)),
            ALL: stack.enter_context(Pool(player)),
            device: stack.enter_context(Pool(player, device=device)),
        }
        jobs = {name: partial(pool.play, plan, 0, given) for name, pool in pools.items()}
        jobs[ONE]()
        first = contenders.timed(jobs[device], time.perf_counter)
        times: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                seconds = contenders.timed(job, time.perf_counter)
                times[name].append(contenders.nanoseconds(player.world, count, seconds))
        agreement = agree(player, jobs[ONE](), jobs[device]())
    spread = {name: {"median": median(t), "low": min(t), "high": max(t)} for name, t in times.items()}
    return {"futures": count, "first_go_seconds": first, "nanoseconds": spread, "agreement": agreement}


def agree(player: Player, here: Batch, there: Batch) -> dict[str, float]:
    """Hold outcomes and weekly sums of the device against the processor's.

    Where a decision of a future hangs on less than single precision tells, the two may part; such a future is counted
    and not compared.
    """
    dated = [
        k for k, name in enumerate(player.columns.names) if name.startswith(("fallen.", "event.", "order"))
    ]
    same = (here.outcomes[:, dated] == there.outcomes[:, dated]).all(axis=(0, 1))
    gaps = np.abs(there.outcomes - here.outcomes) / np.maximum(np.abs(here.outcomes), LEAST)
    sums = np.abs(there.sums - here.sums) / np.maximum(np.abs(here.sums), LEAST)
    return {
        "share_with_the_same_course": float(same.mean()),
        "largest_difference_there": float(np.nanmax(gaps[..., same], initial=0.0)),
        "largest_difference_of_weekly_sums": float(sums.max()),
    }


def table(found: dict[str, Any]) -> str:
    """Return what was found as text."""
    lines = [f"{found['device']}, beside {found['machine']['processor']} ({os.cpu_count()} processors)"]
    for case, one in found["cases"].items():
        lines += [
            "",
            f"{case}, {one['futures']:,} futures; medians (least to most), ns per future, week and strategy",
        ]
        for name, t in one["nanoseconds"].items():
            lines.append(f"  {name:<14}{t['median']:>10,.1f}   ({t['low']:,.1f} to {t['high']:,.1f})")
        a = one["agreement"]
        lines += [
            f"  first go, with compiling unless it is kept from before: {one['first_go_seconds']:,.1f} s",
            f"  the same course in {a['share_with_the_same_course']:.4%} of futures; there the largest difference of "
            f"an outcome is {a['largest_difference_there']:.1e};",
            f"  of the weekly sums over all futures, {a['largest_difference_of_weekly_sums']:.1e}",
        ]
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--futures", type=int, default=BATCH, help="how many, at most a batch of 16,384")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    asked = parser.parse_args()
    try:
        available(GPU)
    except InputError as error:
        print(f"nothing to measure: {error}", file=sys.stderr)
        return 2
    from numba import cuda

    from equipoise.world.device.forms import SIMULATED

    if SIMULATED:
        print(
            "nothing to measure: NUMBA_ENABLE_CUDASIM puts a simulator in the device's place", file=sys.stderr
        )
        return 2
    name = cuda.get_current_device().name
    found = {
        "device": name.decode() if isinstance(name, bytes) else name,
        "machine": engine.machine(),
        "cases": {case: measure(player, asked.futures, asked.rounds) for case, player in players().items()},
    }
    print(json.dumps(found, indent=1) if asked.json else table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
