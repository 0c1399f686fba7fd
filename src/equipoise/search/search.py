"""Direct search for the best candidate: spread out, evolve, then close in.

Payoffs may have several peaks and jumps (the duplicity threshold is one), and each evaluation plays a batch
of futures, in which many candidates at once cost least. So: all named and one-sided candidates and a
space-filling set first; differential evolution, whose differences of shares add up to 0 and so stay in the
plane of shares; last a pattern search that moves shares from one to another in ever smaller steps, from the
best few places. It is a loop of our own because SciPy's optimisers ask for one candidate at a time or know no
simplex, and pymoo would bring in much for little. The same seed gives the same answer.

Source: Storn and Price 1997, J. Global Optimization 11 (differential evolution); Zhang and Sanderson 2009,
IEEE Trans. Evol. Comput. 13 (current-to-pbest); Kolda, Lewis and Torczon 2003, SIAM Review 45 (pattern
search).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError
from equipoise.search.objective import Objective
from equipoise.search.space import Shares, Space

Evaluate = Callable[[np.ndarray], np.ndarray]
"""Payoffs of candidates: [n, dimension] -> [n, states], every candidate on the same states."""
Stop = Callable[[], bool]

_APART = 0.1
"""Places to close in from differ by at least this in some coordinate (of a range: this share of it)."""
_FLAT = 1e-12


@dataclass(frozen=True)
class Effort:
    """How hard to search.

    Attributes:
        scattered: space-filling candidates to begin with.
        population: candidates that evolve.
        generations: at most so many.
        places: how many places to close in from.
        first, finest: largest and smallest step of closing in, as shares.
    """

    scattered: int = 64
    population: int = 32
    generations: int = 30
    places: int = 3
    first: float = 0.25
    finest: float = 1e-5


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        point: the best candidate. score: its score, higher is better.
        places: the best candidates of places apart from each other, best first [n, dimension].
        evaluations: how many candidates were evaluated.
        stopped: True where time ran out first.
    """

    point: np.ndarray
    score: float
    places: np.ndarray
    evaluations: int
    stopped: bool


def search(
    evaluate: Evaluate,
    space: Space,
    objective: Objective,
    *,
    seed: int,
    starts: Iterable[np.ndarray] = (),
    effort: Effort | None = None,
    stop: Stop = lambda: False,
) -> Found:
    """Return the best candidate of a space.

    Args:
        evaluate: payoffs of candidates.
        space: the candidates.
        objective: the metric, with the alternatives on the same states.
        seed: of the space-filling set and the evolution.
        starts: candidates to begin with, besides all corners.
        effort: how hard to search.
        stop: asked between batches; True ends the search with what was found so far.

    Raises:
        InputError: the objective is undefined for every candidate.
    """
    effort = effort or Effort()
    run = _Run(evaluate, objective, stop)
    evolved, scores = _evolve(run, space, seed, list(starts), effort)
    if not np.isfinite(scores).any():
        raise InputError(
            f"{objective.metric.name} is undefined for every candidate: the payoffs have no spread"
        )
    places = _places(space, evolved, scores, effort.places)
    closed = sorted((_close_in(run, space, point, effort) for point in places), key=lambda item: -item[1])
    points = np.array([point for point, _ in closed])
    return Found(points[0], closed[0][1], points, run.evaluations, run.stopped)


class _Run:
    """Evaluates and counts."""

    def __init__(self, evaluate: Evaluate, objective: Objective, stop: Stop) -> None:
        self.evaluate, self.objective, self.stop = evaluate, objective, stop
        self.evaluations, self.stopped = 0, False

    def scores(self, points: np.ndarray) -> np.ndarray:
        self.evaluations += len(points)
        return self.objective.score(self.evaluate(points))

    def over(self) -> bool:
        self.stopped = self.stopped or self.stop()
        return self.stopped


def _evolve(
    run: _Run, space: Space, seed: int, starts: list[np.ndarray], effort: Effort
) -> tuple[np.ndarray, np.ndarray]:
    """Return the evolved population and its scores, best first."""
    rng = np.random.default_rng(seed)
    given = np.array(starts, dtype=float).reshape(-1, space.dimension)
    points = np.unique(
        np.vstack([given, space.corners(), space.scattered(effort.scattered, seed=seed)]), axis=0
    )
    scores = run.scores(points)
    order = np.argsort(-scores, kind="stable")[: max(4, effort.population)]
    points, scores = points[order], scores[order]
    for _ in range(effort.generations):
        if run.over() or _settled(points, scores):
            break
        tried = offspring(space, points, rng)
        reached = run.scores(tried)
        better = reached > scores
        points[better], scores[better] = tried[better], reached[better]
        order = np.argsort(-scores, kind="stable")
        points, scores = points[order], scores[order]
    return points, scores


def _settled(points: np.ndarray, scores: np.ndarray) -> bool:
    finite = scores[np.isfinite(scores)]
    if len(finite) < len(scores):
        return False
    return bool(
        np.ptp(finite) <= _FLAT * max(1.0, np.abs(finite).max()) and np.ptp(points, axis=0).max() < 1e-6
    )


def offspring(space: Space, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return one child a candidate [n, dimension]: towards one of the best, plus a difference of two others.

    Args:
        space: the candidates.
        points: parents, best first.
        rng: of the choice of partners and factors.
    """
    n = len(points)
    best = points[rng.integers(0, max(2, n // 6), n)]
    one, other = points[rng.integers(0, n, n)], points[rng.integers(0, n, n)]
    factor = rng.uniform(0.3, 0.95, (n, 1))
    moved = points + factor * (best - points) + factor * (one - other)
    out = points.copy()
    parts = list(space.places())
    certain = rng.integers(0, len(parts), n)
    for k, (_, at) in enumerate(parts):
        taken = (rng.random(n) < 0.85) | (certain == k)
        out[taken, at] = moved[taken, at]
    return space.project(out)


def _places(space: Space, points: np.ndarray, scores: np.ndarray, most: int) -> list[np.ndarray]:
    """Return the best candidates that lie apart from each other."""
    scale = np.concatenate(
        [np.ones(part.width) if isinstance(part, Shares) else [part.high - part.low] for part in space.parts]
    )
    chosen: list[np.ndarray] = []
    for point, score in zip(points, scores, strict=True):
        if np.isfinite(score) and all((np.abs(point - other) / scale).max() > _APART for other in chosen):
            chosen.append(point)
        if len(chosen) == most:
            break
    return chosen


def _close_in(run: _Run, space: Space, point: np.ndarray, effort: Effort) -> tuple[np.ndarray, float]:
    """Move to better candidates nearby in ever smaller steps; return the last and its score."""
    score = float(run.scores(point[None])[0])
    step = effort.first
    while step >= effort.finest and not run.over():
        moves = space.moves(point, step)
        scores = run.scores(moves) if len(moves) else np.array([-np.inf])
        best = int(np.argmax(scores))
        if scores[best] > score:
            point, score = moves[best], float(scores[best])
        else:
            step /= 2
    return point, score
