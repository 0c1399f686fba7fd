"""Networks and slow, independent readings for the tests of this room; written from the definitions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from equipoise.alignment import read_csv
from equipoise.alignment.graph import SignedGraph


def names(count: int) -> tuple[str, ...]:
    return tuple(f"a{i:03d}" for i in range(count))


def random_graph(
    rng: np.random.Generator, count: int, *, density: float, weights: str = "signs"
) -> SignedGraph:
    """Draw a network: `signs` ±1, `whole` ±1..3, `real` normal."""
    matrix = {
        "signs": rng.choice([-1.0, 1.0], (count, count)),
        "whole": rng.choice([-1.0, 1.0], (count, count)) * rng.integers(1, 4, (count, count)),
        "real": rng.normal(size=(count, count)),
    }[weights]
    upper = np.triu(matrix * (rng.random((count, count)) < density), 1)
    return SignedGraph(names(count), upper + upper.T)


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 8, whole: bool = False) -> SignedGraph:
    """Networks of up to `most` actors, with repeated weights and zeros likely."""
    count = draw(st.integers(1, most))
    values = st.integers(-3, 3) if whole else st.sampled_from([-1.5, -1, -0.5, -0.3, 0, 0, 0.2, 0.5, 1, 1.25])
    matrix = np.zeros((count, count))
    for i, j in combinations(range(count), 2):
        matrix[i, j] = matrix[j, i] = draw(values)
    return SignedGraph(names(count), matrix)


def divisions(actors: tuple[str, ...]) -> Iterator[dict[str, int]]:
    """Every division into two camps, each once."""
    for rest in product((1, -1), repeat=max(len(actors) - 1, 0)):
        yield dict(zip(actors, (1, *rest), strict=False))


def conflict(graph: SignedGraph, side: dict[str, int]) -> float:
    """The weight a division frustrates, tie by tie."""
    return sum(abs(t.weight) for t in graph.ties if np.sign(t.weight) != side[t.first] * side[t.second])


def least_conflict(graph: SignedGraph) -> float:
    return min(conflict(graph, side) for side in divisions(graph.actors))


def switched(graph: SignedGraph, camp: set[str]) -> SignedGraph:
    """Turn every tie between a camp and the others into its opposite."""
    sign = np.array([-1.0 if actor in camp else 1.0 for actor in graph.actors])
    return SignedGraph(graph.actors, graph.weights * np.outer(sign, sign))


def window(shared: Path, which: str) -> SignedGraph:
    """One of the Correlates-of-War windows of Doreian and Mrvar 2015."""
    return read_csv(shared / "data/signed_networks/cow_1946_1999_edges.csv", where={"window": which})


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
