"""How long the exact parts of `alignment` take: `python benchmarks/alignment.py [folder of reference data]`.

Frustration of the 51 Correlates-of-War windows and of random networks, landscapes of 16 to 24 actors, and
enumeration against the integer programme. Times are wall clock, after a first run that compiles and imports.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from equipoise.alignment import frustration, landscape, read_csv
from equipoise.alignment.enumeration import least_frustration
from equipoise.alignment.graph import SignedGraph


def timed(job: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = job()
    return result, time.perf_counter() - started


def random_graph(count: int, density: float, *, signs: bool, seed: int = 1) -> SignedGraph:
    rng = np.random.default_rng(seed)
    weights = rng.choice([-1.0, 1.0], (count, count)) if signs else rng.normal(size=(count, count))
    upper = np.triu(weights * (rng.random((count, count)) < density), 1)
    return SignedGraph(tuple(f"a{i:04d}" for i in range(count)), upper + upper.T)


def windows(folder: Path) -> None:
    path = folder / "signed_networks/cow_1946_1999_edges.csv"
    names = sorted({line.split(",", 1)[0] for line in path.read_text().splitlines()[1:]})
    times, proved = [], 0
    for name in names:
        best = frustration(read_csv(path, where={"window": name}))
        times.append(best.seconds)
        proved += best.proved
    print(
        f"Correlates of War: {proved} of {len(names)} windows proved, {sum(times):.2f} s in all, "
        f"median {1e3 * np.median(times):.0f} ms, longest {1e3 * max(times):.0f} ms"
    )


def main() -> None:
    frustration(random_graph(20, 0.5, signs=True))
    landscape(random_graph(5, 1, signs=False))
    least_frustration(random_graph(5, 1, signs=False).weights)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared/data"
    if folder.is_dir():
        windows(folder)
    for count, density, signs in [
        (20, 1, True),
        (30, 0.5, True),
        (40, 0.2, True),
        (100, 0.05, True),
        (200, 0.02, False),
    ]:
        best = frustration(random_graph(count, density, signs=signs), time_limit=30)
        state = "proved" if best.proved else f"open, at least {best.lower_bound:.2f}"
        kind = "±1" if signs else "real"
        print(
            f"frustration, {count} actors, density {density}, {kind} weights: {best.value:.2f} {state}, "
            f"{best.seconds:.2f} s"
        )
    for count in (16, 20, 22, 24):
        graph = random_graph(count, 1, signs=False)
        found, seconds = timed(lambda graph=graph: landscape(graph))
        print(
            f"landscape, {count} actors: {found.found} minima of {found.configurations:,} alignments, "
            f"{seconds:.2f} s"
        )
    for count in (8, 12, 16):
        graph = random_graph(count, 1, signs=False)
        _, walk = timed(lambda graph=graph: least_frustration(graph.weights))
        _, programme = timed(lambda graph=graph: frustration(graph))
        print(
            f"index of {count} actors: enumeration {1e3 * walk:.2f} ms, "
            f"integer programme {1e3 * programme:.1f} ms"
        )


if __name__ == "__main__":
    main()
