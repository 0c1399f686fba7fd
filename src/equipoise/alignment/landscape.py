"""Landscape theory: which two-camp alignments are stable, how deep they lie and what leads to them.

With sizes s and propensities p (the ties), the energy of a configuration X is
E(X) = Σ_i s_i Σ_j s_j p_ij d_ij(X), d_ij = 0 in the same camp and 1 in different ones. From each
configuration the actor whose change of camp lowers the energy most moves, until no move lowers it: a local
minimum. Its basin is the number of configurations that end there. Since E = 2(frustration − hostility) for
the ties s_i s_j p_ij, the deepest minimum is the alignment of least frustration.

A minimum is *strict* if every single move raises the energy; otherwise some move leaves it level. Of
several equally good moves the first actor by name makes it. Source: Axelrod and Bennett 1993, *A landscape
theory of aggregation*; criticism: Galam 1998. What sampled starts leave unseen: Good 1953, *The population
frequencies of species and the estimation of population parameters*.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.alignment.enumeration import MOST_ACTORS, code_of, colours_of
from equipoise.alignment.frustration import Camps, camps_of
from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError
from equipoise.records import Record


@dataclass(frozen=True)
class Minimum(Record):
    """A stable alignment: its camps, energy, share of all configurations that lead to it, strictness.

    `basin` counts configurations where all were enumerated, and starts where they were sampled;
    `share_error` is the standard error of `share`, 0 where enumerated.
    """

    camps: Camps
    energy: float
    basin: int
    share: float
    share_error: float
    strict: bool


@dataclass(frozen=True)
class Landscape(Record):
    """The local minima of a landscape, deepest first.

    Attributes:
        minima: the deepest of them, at most as many as asked for.
        found: how many minima there are (exact) or were found (sampled).
        strict: how many of them are strict.
        configurations: how many alignments were looked at.
        exact: whether those are all there are.
        unseen: estimated share of all alignments that lead to minima which were not found: the share of starts
            that alone led to the minimum they ended in. 0 where exact. Near 1, every start found another
            minimum, and neither `found` nor the shares say anything of the landscape.
        free: actors left out because no tie of theirs counts.
    """

    minima: tuple[Minimum, ...]
    found: int
    strict: int
    configurations: int
    exact: bool
    unseen: float
    free: tuple[str, ...]


def landscape(
    graph: SignedGraph,
    *,
    sizes: Mapping[str, float] | None = None,
    keep: int = 32,
    exact_up_to: int = MOST_ACTORS,
    samples: int = 4096,
    time_limit: float = 60.0,
    seed: int = 1,
) -> Landscape:
    """Return the local minima of a network's landscape with their energies and basins.

    Args:
        graph: ties are the propensities to work together.
        sizes: how much each actor counts; 1 for all where not given.
        keep: how many of the deepest minima to list.
        exact_up_to: enumerate networks of at most so many tied actors (24 at the most), sample others.
        samples: most starting alignments of the sampled search.
        time_limit: seconds after which the sampled search starts no more.
        seed: of the sampled search.

    Raises:
        InputError: sizes that are negative or name nobody, or a limit out of range.
    """
    if not 0 <= exact_up_to <= MOST_ACTORS:
        raise InputError(f"at most {MOST_ACTORS} actors can be enumerated; {exact_up_to} was asked for")
    sized = _sized(graph, sizes)
    tied = sized.subgraph(name for name, row in zip(sized.actors, sized.weights, strict=True) if np.any(row))
    free = tuple(name for name in graph.actors if name not in tied.actors)
    if not tied.actors:
        return Landscape((), 0, 0, 0, True, 0.0, free)
    if len(tied.actors) <= exact_up_to:
        return _enumerated(tied, keep, free)
    deadline = time.monotonic() + time_limit
    return _sampled(tied, keep, free, _ends(tied, samples, deadline, np.random.default_rng(seed)))


def _sized(graph: SignedGraph, sizes: Mapping[str, float] | None) -> SignedGraph:
    """Return the network of s_i s_j p_ij."""
    if sizes is None:
        return graph
    for name in sizes:
        graph.index(name)
    s = np.array([sizes.get(name, 1.0) for name in graph.actors], dtype=float)
    if not np.isfinite(s).all() or np.any(s < 0):
        raise InputError("sizes must be finite numbers of at least 0")
    return SignedGraph(graph.actors, graph.weights * np.outer(s, s))


def _energies(weights: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return E for each row of sides: Σ_ij w_ij (1 − c_i c_j) / 2."""
    return (weights.sum() - ((sides @ weights) * sides).sum(axis=1)) / 2


def _tolerance(weights: np.ndarray) -> float:
    return 1e-9 * float(np.abs(weights).sum(axis=1).max(initial=0.0))


def _enumerated(graph: SignedGraph, keep: int, free: tuple[str, ...]) -> Landscape:
    from equipoise.alignment import kernels

    n = len(graph.actors)
    matrix = np.ascontiguousarray(graph.weights)
    following, strict = kernels.descend(matrix, _tolerance(matrix))
    codes = np.flatnonzero(following == np.arange(len(following), dtype=np.int32))
    sizes = kernels.basins(following)[codes]
    sides = np.stack([colours_of(int(code), n) for code in codes]).astype(float)
    listed = _listed(graph, sides, sizes, strict[codes], len(following), keep, sampled=False)
    return Landscape(listed, len(codes), int(strict[codes].sum()), len(following), True, 0.0, free)


def _ends(
    graph: SignedGraph, samples: int, deadline: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return where descents from random alignments end [starts, actors], and which ends are strict [starts]."""
    from equipoise.alignment import kernels

    adjacent, tolerance = kernels.adjacent(graph.weights), _tolerance(graph.weights)
    ends: list[np.ndarray] = []
    strict: list[bool] = []
    while len(ends) < samples and not (ends and time.monotonic() > deadline):
        side = rng.choice([-1.0, 1.0], len(graph.actors))
        strict.append(kernels.settle(*adjacent, side, tolerance) > tolerance)
        ends.append((side * side[-1]).astype(np.int8))
    return np.array(ends), np.array(strict)


def _sampled(
    graph: SignedGraph, keep: int, free: tuple[str, ...], found: tuple[np.ndarray, np.ndarray]
) -> Landscape:
    starts = len(found[0])
    ends, first, counts = np.unique(found[0], axis=0, return_index=True, return_counts=True)
    strict, unseen = found[1][first], float((counts == 1).sum() / starts)
    listed = _listed(graph, ends.astype(float), counts, strict, starts, keep, sampled=True)
    return Landscape(listed, len(ends), int(strict.sum()), starts, False, unseen, free)


def _listed(
    graph: SignedGraph,
    sides: np.ndarray,
    basins: np.ndarray,
    strict: np.ndarray,
    count: int,
    keep: int,
    *,
    sampled: bool,
) -> tuple[Minimum, ...]:
    """Return the deepest minima; equally deep ones with the larger basin first, then by their camps."""
    energies = _energies(graph.weights, sides)
    rounded = np.round(energies, 9)
    codes = [code_of(row) if len(row) <= MOST_ACTORS else place for place, row in enumerate(sides)]
    order = sorted(range(len(sides)), key=lambda k: (rounded[k], -basins[k], codes[k]))[:keep]
    return tuple(
        Minimum(
            camps=camps_of(graph.actors, sides[k]),
            energy=float(energies[k]),
            basin=int(basins[k]),
            share=float(basins[k] / count),
            share_error=float(np.sqrt(basins[k] / count * (1 - basins[k] / count) / count))
            if sampled
            else 0.0,
            strict=bool(strict[k]),
        )
        for k in order
    )
