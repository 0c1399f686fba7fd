"""The efficient frontier between expected influence, regret and cost.

A way of engaging is on the frontier when no other one tried has at least as much influence, at most as much
regret and at most as much cost, and is better in one of them. Everything the search evaluates is kept; a few
generations more are bred from the frontier itself, so that it fills up between the best of each kind.

Source: Pareto dominance; epsilon-dominance, Laumanns, Thiele, Deb and Zitzler 2002, Evolutionary
Computation 10, so that differences nobody would act on do not make a frontier of hundreds of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from equipoise.scenario.model import Strategy

MOST_POINTS = 8
"""Points of the frontier that are shown."""
GRAIN = 1 / 200
"""Differences below this share of the range count as none on the frontier."""


@dataclass
class Archive:
    """Everything evaluated on one sample: strategies and their goals, all to be as high as possible.

    Attributes:
        strategies: in the order of evaluation.
        goals: mean influence, minus 90th-percentile regret, minus mean cost, by strategy.
        points: where each stands in the space without a trigger, None with one.
    """

    strategies: list[Strategy] = field(default_factory=list)
    goals: list[tuple[float, float, float]] = field(default_factory=list)
    points: list[np.ndarray | None] = field(default_factory=list)

    def add(
        self, strategies: Sequence[Strategy], goals: np.ndarray, points: Sequence[np.ndarray | None]
    ) -> None:
        """Add strategies with their goals [n, 3]."""
        self.strategies += strategies
        self.goals += [tuple(row) for row in goals.tolist()]
        self.points += points

    def front(self) -> list[int]:
        """Return which are not dominated, the most influence first."""
        return efficient(np.array(self.goals))

    def parents(self, count: int) -> np.ndarray:
        """Return candidates without a trigger to breed from, those on the frontier first [n, dimension]."""
        goals = np.array(self.goals)
        front = [n for n in self.front() if self.points[n] is not None]
        shortfall = _scaled(goals.max(axis=0) - goals, goals).sum(axis=1)
        others = [int(n) for n in np.argsort(shortfall, kind="stable") if self.points[n] is not None]
        chosen = list(dict.fromkeys([*front, *others]))[:count]
        return np.array([self.points[n] for n in chosen])


def efficient(goals: np.ndarray) -> list[int]:
    """Return the rows that no other dominates, up to differences that count as none; the first goal falling.

    Args:
        goals: [n, goals], each to be as high as possible.
    """
    span = np.maximum(np.ptp(goals, axis=0), 1e-9)
    cells = np.floor((goals - goals.min(axis=0)) / (span * GRAIN) + 1e-9)
    order = np.lexsort((*(-goals.T[::-1]),))
    kept: list[int] = []
    for n in order:
        if not (cells[kept] >= cells[n]).all(axis=1).any():
            kept = [k for k in kept if not (cells[n] >= cells[k]).all()] + [int(n)]
    return sorted(kept, key=lambda n: tuple(-goals[n]))


def unbeaten(goals: np.ndarray) -> list[bool]:
    """Say of each row whether no other is as good in all goals and better in one by more than the grain.

    Args:
        goals: [n, goals], each to be as high as possible.
    """
    grain = np.maximum(np.ptp(goals, axis=0), 1e-9) * GRAIN
    return [not ((goals >= row).all(axis=1) & (goals > row + grain).any(axis=1)).any() for row in goals]


def without_twins(goals: np.ndarray, shown: list[bool], kept: list[bool]) -> list[bool]:
    """Say which rows to show when of those that are nearly the same only one is wanted.

    Args:
        goals: [n, goals]. shown: which may be shown.
        kept: which are shown in any case; they are preferred to their twins.
    """
    span = np.maximum(np.ptp(goals, axis=0), 1e-9)
    chosen = [n for n in range(len(goals)) if shown[n] and kept[n]]
    for n in range(len(goals)):
        gaps = np.abs((goals[chosen] - goals[n]) / span).max(axis=1)
        if shown[n] and not kept[n] and not (gaps <= 2 * GRAIN).any():
            chosen.append(n)
    return [n in chosen for n in range(len(goals))]


def spread_out(goals: np.ndarray, front: Sequence[int], most: int = MOST_POINTS) -> list[int]:
    """Return at most `most` points of a frontier that lie far apart, its best of each goal among them."""
    front = list(front)
    scaled = _scaled(goals, goals)[front]
    chosen = list(dict.fromkeys(int(n) for n in scaled.argmax(axis=0)))[:most]
    while len(chosen) < min(most, len(front)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[chosen][None], axis=2).min(axis=1)
        if gaps.max() <= 0:
            break
        chosen.append(int(gaps.argmax()))
    return sorted((front[n] for n in chosen), key=lambda n: tuple(-goals[n]))


def _scaled(values: np.ndarray, goals: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.ptp(goals, axis=0), 1e-9)
