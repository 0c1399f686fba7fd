"""The indifference equations of many games or supports at once.

The search over supports and the resampling of estimated games both solve thousands of small systems of
one shape; here they run side by side in arrays. Steps are damped least-squares (Levenberg–Marquardt), so
a singular system in the batch spoils only itself.

Source: Levenberg 1944 and Marquardt 1963 for the step; the equations as in `indifference`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_STEPS = 30
_DAMPING = 1e-10
_LETTERS = "abcdefghijklmnopqrstuvwxy"

Tables = Sequence[np.ndarray]
"""One array a player, shape (batch, strategies of player 1, ..., of player n)."""


def deviations(tables: Tables, mixtures: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return each player's payoff from each of its strategies, shape (batch, strategies) a player."""
    return [_average(table, mixtures, keep=(i,)) for i, table in enumerate(tables)]


def gains(tables: Tables, mixtures: Sequence[np.ndarray]) -> np.ndarray:
    """Return the largest gain any player has from changing alone, for each item of the batch."""
    each = [
        u.max(axis=1) - (u * p).sum(axis=1)
        for u, p in zip(deviations(tables, mixtures), mixtures, strict=True)
    ]
    return np.max(each, axis=0)


def _average(table: np.ndarray, mixtures: Sequence[np.ndarray], *, keep: tuple[int, ...]) -> np.ndarray:
    """Average over the mixtures of all players but those kept, item by item."""
    axes = list(range(len(mixtures)))
    for player in range(len(mixtures) - 1, -1, -1):
        if player not in keep:
            now = "".join(_LETTERS[a] for a in axes)
            axes.remove(player)
            left = "".join(_LETTERS[a] for a in axes)
            table = np.einsum(f"z{now},z{_LETTERS[player]}->z{left}", table, mixtures[player])
    return table


def solve_indifference(tables: Tables, start: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """Make every player of every game in the batch indifferent among all its strategies.

    Args:
        tables: payoffs of the order of 1, already restricted to the strategies in use.
        start: mixtures to start from, shape (batch, strategies) a player.

    Returns:
        Mixtures in the shape of `start`, and a mask of the items that settled on probabilities.
    """
    mixtures = [np.array(own, dtype=float) for own in start]
    values = np.stack(
        [(u * p).sum(axis=1) for u, p in zip(deviations(tables, mixtures), mixtures, strict=True)], axis=1
    )
    cuts = np.cumsum([own.shape[1] for own in mixtures])
    for _ in range(_STEPS):
        residual = _residual(tables, mixtures, values)
        if np.abs(residual).max() < 1e-13:
            break
        step = _step(_jacobian(tables, mixtures), residual)
        parts = np.split(step, cuts, axis=1)
        mixtures = [own + part for own, part in zip(mixtures, parts[:-1], strict=True)]
        values = values + parts[-1]
        lost = np.any([np.abs(own).max(axis=1) > 1e3 for own in mixtures], axis=0)
        for own in mixtures:
            own[lost] = 1 / own.shape[1]
    good = np.abs(_residual(tables, mixtures, values)).max(axis=1) < 1e-9
    good &= np.all([(own > -1e-9).all(axis=1) for own in mixtures], axis=0)
    clipped = [np.maximum(own, 0.0) for own in mixtures]
    sums = [own.sum(axis=1, keepdims=True) for own in clipped]
    return [own / np.where(total > 0, total, 1.0) for own, total in zip(clipped, sums, strict=True)], good


def _step(slopes: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the damped least-squares step of each item, no entry longer than 1."""
    squared = np.einsum("zij,zik->zjk", slopes, slopes)
    squared += _DAMPING * np.eye(squared.shape[1])
    right = -np.einsum("zij,zi->zj", slopes, residual)
    step = np.linalg.solve(squared, right[..., None])[..., 0]
    step = np.nan_to_num(step, nan=0.0, posinf=1.0, neginf=-1.0)
    return step / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1.0)


def _residual(tables: Tables, mixtures: Sequence[np.ndarray], values: np.ndarray) -> np.ndarray:
    gaps = [u - values[:, [i]] for i, u in enumerate(deviations(tables, mixtures))]
    sums = [own.sum(axis=1, keepdims=True) - 1.0 for own in mixtures]
    return np.concatenate([*gaps, *sums], axis=1)


def _jacobian(tables: Tables, mixtures: Sequence[np.ndarray]) -> np.ndarray:
    sizes = [own.shape[1] for own in mixtures]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    total, players = int(starts[-1]), len(sizes)
    result = np.zeros((len(mixtures[0]), total + players, total + players))
    for i, table in enumerate(tables):
        rows = slice(starts[i], starts[i + 1])
        for k in range(players):
            if k != i:
                pair = _average(table, mixtures, keep=tuple(sorted((i, k))))
                block = pair if i < k else pair.transpose(0, 2, 1)
                result[:, rows, starts[k] : starts[k + 1]] = block
        result[:, rows, total + i] = -1.0
        result[:, total + i, rows] = 1.0
    return result
