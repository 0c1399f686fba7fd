"""How fast the engine is, as ratios in one run: beside NumPy, plain Python and C, with its folder, on two threads.

    python -m benchmarks.engine [--quick] [--rounds N] [--json]

The contenders take turns, round by round; a ratio is the median of the ratios of the rounds. `README.md`
beside this file says what each of them does and how to read the table.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import by_hand, case, contenders, whole
from equipoise.futures.play import CHANCE

FOUNDING = "afghanistan-2021"
KERNEL, KERNEL_AND_STATES = "kernel, founding case", "kernel and drawing of states, founding case"
VALLEYS, CASE = "kernel, two-valleys", "kernel, 3 forces 4 regions 5 patrons"
REFERENCE, WORKBENCH = "NumPy reference, founding case", "plain Python in EMA Workbench, founding case"
BY_HAND = "C by hand, 3 forces 4 regions 5 patrons"
ONE_BATCH, TWO_BATCH = "batches on one thread, founding case", "batches on two threads, founding case"
ONE_FREE, TWO_FREE = "the same were processors free, one thread", "the same were processors free, two threads"
FOLDER = "a batch with its folder, 3 forces 4 regions 5 patrons"
RUN = "whole run with its folder, 3 forces 4 regions 5 patrons"
ONE_PLAY, TWO_PLAY = "playing on one thread, founding case", "playing on two threads, founding case"

FRESH = 1.5
"""Seconds of a processor within which a fresh process should have played its first futures."""


@dataclass(frozen=True)
class Bar:
    """A ratio of two contenders; it must be at least `bar`, or at most where `at_most`; None: no bar."""

    name: str
    over: str
    under: str
    bar: float | None = None
    at_most: bool = False


BARS = (
    Bar("NumPy reference / kernel", REFERENCE, KERNEL, 60),
    Bar("plain Python in EMA Workbench / kernel", WORKBENCH, KERNEL, 2000),
    Bar("kernel / C by hand", CASE, BY_HAND, 1.5, at_most=True),
    Bar("a batch with its folder / C by hand", FOLDER, BY_HAND, 2.2, at_most=True),
    Bar("whole run with its folder / C by hand", RUN, BY_HAND),
    Bar("one thread / two threads, batches with their states drawn", ONE_BATCH, TWO_BATCH, 1.85),
    Bar("the same, were both processors free (at best)", ONE_FREE, TWO_FREE),
    Bar("one thread / two threads, playing alone", ONE_PLAY, TWO_PLAY),
)


@contextmanager
def prepared(
    sizes: contenders.Sizes,
) -> Iterator[tuple[list[contenders.Contender], dict[str, str], dict[str, Any] | None]]:
    """Yield the contenders, why some are left out, and how well kernel and C program agree."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        founding, small = contenders.case_player(FOUNDING), by_hand.player(seed=contenders.SEED)
        valleys = contenders.case_player("two-valleys")
        field = [
            contenders.Contender(KERNEL, contenders.kernel(founding, sizes.kernel, sampling=False)),
            contenders.Contender(KERNEL_AND_STATES, contenders.kernel(founding, sizes.kernel, sampling=True)),
            contenders.Contender(REFERENCE, contenders.numpy_reference(founding, sizes.reference)),
            contenders.Contender(VALLEYS, contenders.kernel(valleys, sizes.kernel, sampling=False)),
            contenders.Contender(CASE, contenders.kernel(small, sizes.kernel, sampling=False)),
        ]
        alone = stack.enter_context(contenders.pools(small, 1))
        added = whole.batch_with_folder(small, alone, folder / "study")
        field.append(contenders.Contender(FOLDER, added))
        field.append(contenders.Contender(RUN, whole.whole_run(case.scenario(), small, sizes.run)))
        left_out, agreement = {}, None
        if by_hand.available():
            program, data = by_hand.build(folder), folder / "input"
            by_hand.write_input(data, small, np.arange(sizes.by_hand), chance=CHANCE)
            agreement = agree(program, data, small, sizes.by_hand)
            field.append(contenders.Contender(BY_HAND, contenders.c_program(program, data)))
        else:
            left_out[BY_HAND] = "gcc is not installed"
        if contenders.have_workbench():
            field.append(contenders.Contender(WORKBENCH, contenders.workbench(founding, sizes.plain)))
        else:
            left_out[WORKBENCH] = "ema_workbench is not installed (pip install 'equipoise[bench]')"
        threads = ((1, ONE_BATCH, ONE_FREE, ONE_PLAY), (2, TWO_BATCH, TWO_FREE, TWO_PLAY))
        for workers, batch, free, play in threads:
            pool = stack.enter_context(contenders.pools(founding, workers))
            field.append(contenders.Contender(batch, contenders.batches(pool, sizes.threads), "wall"))
            field.append(contenders.Contender(free, contenders.batches_if_free(pool, sizes.threads)))
            field.append(
                contenders.Contender(play, contenders.played_by(founding, workers, sizes.threads), "wall")
            )
        yield field, left_out, agreement


def agree(program: Path, data: Path, player, futures: int) -> dict[str, Any]:
    """Hold the kernel and the C program against each other on the same futures."""
    c = by_hand.outcomes(program, data, player.world, futures)
    ours = by_hand.kernel_outcomes(player, np.arange(futures), chance=CHANCE)
    same = (c.fallen == ours.fallen).all(axis=(0, 1))
    return {
        "futures": futures,
        "mean_payoff": {"kernel": float(ours.payoff.mean()), "c": float(c.payoff.mean())},
        "largest_difference_of_payoff": float(np.abs(c.payoff - ours.payoff)[:, same].max()),
        "share_with_the_same_falls": float(same.mean()),
        "share_of_futures_with_a_fall": float((ours.fallen >= 0).any(axis=1).mean()),
    }


def measure(sizes: contenders.Sizes) -> dict[str, Any]:
    """Run all rounds; return machine, times, ratios and agreement."""
    with prepared(sizes) as (field, left_out, agreement):
        load = os.getloadavg()[0]
        times: dict[str, list[float]] = {contender.name: [] for contender in field}
        for _ in range(sizes.rounds):
            for contender in field:
                times[contender.name].append(contender.go())
    return {
        "machine": machine() | {"load_average": {"before": load, "after": os.getloadavg()[0]}},
        "rounds": sizes.rounds,
        "futures_in_a_go": {name: n for name, n in asdict(sizes).items() if name != "rounds"},
        "nanoseconds": {c.name: _spread(times[c.name]) | {"clock": c.clock} for c in field},
        "ratios": {bar.name: judged(bar, times) for bar in BARS},
        "left_out": left_out,
        "agreement": agreement,
        "fresh_process_seconds": whole.fresh_process(FOUNDING, sizes.rounds),
        "growth": whole.growth(sizes.rounds),
    }


def judged(bar: Bar, times: dict[str, list[float]]) -> dict[str, Any]:
    """Return a ratio with its bar and whether it is met; null where a contender was left out."""
    if not (bar.over in times and bar.under in times):
        return {"median": None, "bar": bar.bar, "met": None}
    found = _spread([a / b for a, b in zip(times[bar.over], times[bar.under], strict=True)])
    met = (
        None
        if bar.bar is None
        else (found["median"] <= bar.bar if bar.at_most else found["median"] >= bar.bar)
    )
    return found | {"bar": bar.bar, "at_most": bar.at_most, "met": met}


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "low": min(values), "high": max(values)}


def machine() -> dict[str, Any]:
    """Return the processor's name, how many processors there are, and whether it has AVX-512."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "avx512": "avx512f" in info.split(),
        "python": platform.python_version(),
    }


def table(found: dict[str, Any]) -> str:
    """Return what was found as text."""
    m = found["machine"]
    avx = "with" if m["avx512"] else "without"
    lines = [
        f"{m['processor']}, {m['processors']} processors, {avx} AVX-512; Python {m['python']}; load average "
        f"{m['load_average']['before']:.1f} before, {m['load_average']['after']:.1f} after",
        f"medians of {found['rounds']} rounds (least to most)",
        "",
        f"{'ns per future, week and strategy':<58}{'median':>12}   {'least to most':<24}clock",
    ]
    for name, t in found["nanoseconds"].items():
        spread = f"{t['low']:,.1f} to {t['high']:,.1f}"
        lines.append(f"{name:<58}{t['median']:>12,.1f}   {spread:<24}{t['clock']}")
    lines += [f"{name:<58}{'left out':>12}   {why}" for name, why in found["left_out"].items()]
    lines += ["", f"{'ratio':<58}{'median':>12}   {'least to most':<24}{'bar':<14}"]
    lines += [_ratio_line(name, r) for name, r in found["ratios"].items()]
    return "\n".join(
        [*lines, "", *_fresh_lines(found), "", *_growth_lines(found), "", *_agreement_lines(found)]
    )


def _fresh_lines(found: dict[str, Any]) -> list[str]:
    first, run = (found["fresh_process_seconds"][name] for name in ("first_futures", "run_of_256"))
    verdict = "met" if first["processor"] <= FRESH else "NOT MET"
    return [
        f"A fresh process has its first futures of the founding case after {first['processor']:.2f} s of a processor "
        f"(bar: {FRESH} s, {verdict}) and {first['clock']:.2f} s by the clock, and has run 256 of them after "
        f"{run['processor']:.2f} s and {run['clock']:.2f} s.",
    ]


def _growth_lines(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{'growth with':<14}{'from':>6}{'once':>10}{'twice':>10}{'4 times':>10}   (ms)   1 linear, 2 quadratic"
    ]
    for name, row in found["growth"].items():
        times = "".join(f"{1e3 * seconds:>10.1f}" for seconds in row["seconds"])
        lines.append(f"{name:<14}{row['from']:>6}{times}{row['ratio']:>22.2f}")
    return lines


def _ratio_line(name: str, r: dict[str, Any]) -> str:
    if r["median"] is None:
        return f"{name:<58}{'-':>12}"
    bar = "" if r["bar"] is None else f"{'at most' if r['at_most'] else 'at least'} {r['bar']:,g}"
    verdict = {True: "met", False: "NOT MET", None: ""}[r["met"]]
    spread = f"{r['low']:,.2f} to {r['high']:,.2f}"
    return f"{name:<58}{r['median']:>12,.2f}   {spread:<24}{bar:<16}{verdict}".rstrip()


def _agreement_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    if found["agreement"]:
        a = found["agreement"]
        means = a["mean_payoff"]
        lines += [
            f"The same work: on the same {a['futures']:,} futures, kernel and C program find mean payoffs of "
            f"{means['kernel']:.6f} and {means['c']:.6f};",
            f"some force falls in {a['share_of_futures_with_a_fall']:.1%} of them; "
            f"{a['share_with_the_same_falls']:.2%} have the same falls under every strategy,",
            f"and there no payoff differs by more than {a['largest_difference_of_payoff']:.1e}.",
        ]
    busy = max(found["machine"]["load_average"].values()) > 0.5
    if busy and (os.cpu_count() or 1) < 4:
        lines.append(
            "Others use this machine: ratios by the wall clock (threads) are lower than on a free one."
        )
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer futures and rounds: seconds, and rougher")
    parser.add_argument("--rounds", type=int, help="how many rounds (5, or 2 with --quick)")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    sizes = contenders.QUICK if asked.quick else contenders.FULL
    found = measure(sizes if asked.rounds is None else replace(sizes, rounds=asked.rounds))
    print(json.dumps(found, indent=1) if asked.json else table(found))


if __name__ == "__main__":
    main()
