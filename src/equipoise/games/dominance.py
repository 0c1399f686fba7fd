"""Dominated strategies and what is left when they are removed in turn.

A strategy is strictly dominated when some mixture of the player's other strategies pays more whatever
the others do; weakly, when it never pays less and sometimes more. A player who compares payoffs never
uses a strictly dominated strategy, so removing such strategies loses no equilibrium and the order of
removal does not matter. Removing weakly dominated ones can lose equilibria; here each round removes
all that are weakly dominated at that stage, which is the usual convention and makes the result unique.

Source: Luce and Raiffa 1957; order independence of strict dominance: Gilboa, Kalai and Zemel 1990,
Operations Research Letters 9. Dominance by a mixture is a linear programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from equipoise.games.normal_form import ROUNDING, NormalForm, restrict

_MARGIN = 1e-9  # of the differences a mixture averages: what it gains below it counts as none
_MIXED_LIMIT = 40  # strategies up to which domination by mixtures is looked for
_CELL_LIMIT = 200_000  # payoff cells up to which domination by mixtures is looked for

Kind = Literal["strict", "weak"]


@dataclass(frozen=True)
class Dominated:
    """One dominated strategy.

    Attributes:
        player, strategy: indices in the full game.
        kind: `strict` or `weak`.
        by: {strategy index: probability}, the mixture that dominates it (one entry if a pure one does).
        round: round of iterated elimination in which it goes, from 1.
    """

    player: int
    strategy: int
    kind: Kind
    by: dict[int, float]
    round: int = 1

    def to_dict(self, game: NormalForm) -> dict[str, Any]:
        """Return the finding with names, ready for JSON."""
        names = game.strategies[self.player]
        return {
            "player": game.players[self.player],
            "strategy": names[self.strategy],
            "kind": self.kind,
            "by": {names[s]: p for s, p in self.by.items()},
            "round": self.round,
        }


@dataclass(frozen=True)
class Elimination:
    """Iterated elimination: what went, in order, and what each player has left.

    Attributes:
        kind: `strict` or `weak` (weak elimination also removes what is strictly dominated).
        removed: dominated strategies in the order of their removal.
        left: for each player the indices of its remaining strategies.
    """

    kind: Kind
    removed: tuple[Dominated, ...]
    left: tuple[tuple[int, ...], ...]

    @property
    def solved(self) -> bool:
        """Return whether one strategy is left to each player."""
        return all(len(own) == 1 for own in self.left)

    def to_dict(self, game: NormalForm) -> dict[str, Any]:
        """Return the elimination with names, ready for JSON."""
        return {
            "kind": self.kind,
            "removed": [one.to_dict(game) for one in self.removed],
            "left": {
                player: [names[s] for s in own]
                for player, names, own in zip(game.players, game.strategies, self.left, strict=True)
            },
            "solved": self.solved,
        }


def dominated(game: NormalForm, *, kind: Kind = "strict", mixtures: bool = True) -> tuple[Dominated, ...]:
    """Find the dominated strategies of each player.

    Args:
        game: the game.
        kind: `strict`, or `weak` to count weakly dominated strategies as well (strict ones included).
        mixtures: look for domination by mixtures too, not by pure strategies alone.

    Returns:
        One entry a dominated strategy, in the game's order.
    """
    found = []
    for player in range(len(game.players)):
        rows = np.moveaxis(game.payoffs[..., player], player, 0).reshape(game.shape[player], -1)
        by_mixture = mixtures and rows.shape[0] <= _MIXED_LIMIT and rows.size <= _CELL_LIMIT
        for strategy in range(rows.shape[0]):
            by = _by_pure(rows, strategy, kind)
            if by is None and by_mixture and rows.shape[0] > 2:
                by = _by_mixture(rows, strategy, kind)
            if by is not None:
                gains = _gains(rows, strategy, by)
                found.append(Dominated(player, strategy, "strict" if (gains > 0).all() else "weak", by))
    return tuple(found)


def _gains(rows: np.ndarray, strategy: int, by: dict[int, float]) -> np.ndarray:
    """Return what a mixture pays more than a strategy in each column; what only rounding makes is 0."""
    others, weights = list(by), np.array(list(by.values()))
    apart = rows[others] - rows[strategy]
    gain = weights @ apart
    rounding = ROUNDING * (weights @ (np.abs(rows[others]) + np.abs(rows[strategy])))
    rounding += _MARGIN * (weights @ np.abs(apart)) * (len(by) > 1)
    return np.where(np.abs(gain) > rounding, gain, 0.0)


def _holds(gains: np.ndarray, kind: Kind) -> bool:
    """Return whether gains in each column make a strategy dominated."""
    return bool((gains > 0).all() if kind == "strict" else (gains >= 0).all() and (gains > 0).any())


def _by_pure(rows: np.ndarray, strategy: int, kind: Kind) -> dict[int, float] | None:
    better = rows - rows[strategy]
    better[np.abs(better) <= ROUNDING * (np.abs(rows) + np.abs(rows[strategy]))] = 0.0
    holds = [s for s, gains in enumerate(better) if _holds(gains, kind)]
    return {max(holds, key=lambda s: better[s].sum()): 1.0} if holds else None


def _by_mixture(rows: np.ndarray, strategy: int, kind: Kind) -> dict[int, float] | None:
    from scipy.optimize import linprog

    others = [s for s in range(len(rows)) if s != strategy]
    gain = (rows[others] - rows[strategy]).T
    gain = gain / np.maximum(np.abs(gain).max(axis=1, keepdims=True), np.finfo(float).tiny)
    columns, count = gain.shape
    if kind == "strict":
        cost = np.append(np.zeros(count), -1.0)
        limits, bound = np.column_stack([-gain, np.ones(columns)]), np.zeros(columns)
        ranges = [(0, 1)] * count + [(None, None)]
    else:
        cost, limits, bound = -gain.sum(axis=0), -gain, np.zeros(columns)
        ranges = [(0, 1)] * count
    total = np.append(np.ones(count), [0.0] if kind == "strict" else [])
    answer = linprog(cost, limits, bound, total[None, :], [1.0], ranges, method="highs")
    if answer.status != 0:
        return None
    by = {s: float(p) for s, p in zip(others, answer.x, strict=False) if p > 1e-9}
    return by if _holds(_gains(rows, strategy, by), kind) else None


def eliminate(game: NormalForm, *, kind: Kind = "strict", mixtures: bool = True) -> Elimination:
    """Remove dominated strategies round by round until none is left.

    Args:
        game: the game.
        kind: `strict`, or `weak` to remove weakly dominated strategies as well.
        mixtures: look for domination by mixtures too.

    Returns:
        What was removed, in order, and what is left.
    """
    left = [tuple(range(size)) for size in game.shape]
    removed: list[Dominated] = []
    for number in range(1, sum(game.shape) + 1):
        found = dominated(restrict(game, left), kind=kind, mixtures=mixtures)
        if not found:
            break
        gone = {(one.player, one.strategy) for one in found}
        removed += [_renumber(one, left[one.player], number) for one in found]
        left = [tuple(s for k, s in enumerate(own) if (i, k) not in gone) for i, own in enumerate(left)]
    return Elimination(kind, tuple(removed), tuple(left))


def _renumber(one: Dominated, own: tuple[int, ...], number: int) -> Dominated:
    by = {own[s]: p for s, p in one.by.items()}
    return Dominated(one.player, own[one.strategy], one.kind, by, number)
