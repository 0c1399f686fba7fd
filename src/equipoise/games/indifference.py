"""Solving the indifference equations of a mixed equilibrium on given supports.

In a mixed equilibrium every strategy a player uses pays the same. On given supports that is a square
system: payoffs of the used strategies equal one unknown value a player, probabilities sum to 1. A
Newton step in the least-squares sense solves it and stays near where it started when the game is
degenerate and the solutions form a continuum.

Source: the equations are those of support enumeration, e.g. Porter, Nudelman and Shoham 2008, Games
and Economic Behavior 63.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.games.normal_form import Mixtures, NormalForm, deviation_payoffs, pair_payoffs

_STEPS = 20
_RESIDUAL = 1e-12  # of payoffs scaled to 0..1


def supports_of(mixtures: Sequence[np.ndarray], *, threshold: float) -> tuple[np.ndarray, ...]:
    """Return for each player the indices of the strategies used with more than `threshold`."""
    return tuple(np.flatnonzero(np.asarray(p) > threshold) for p in mixtures)


def solve_on_supports(
    game: NormalForm,
    supports: Sequence[np.ndarray],
    start: Sequence[np.ndarray],
    *,
    equal: Sequence[np.ndarray] | None = None,
) -> Mixtures | None:
    """Find mixtures on the given supports that leave each player indifferent among what it uses.

    Args:
        game: the game, payoffs of the order of 1 (see `normal_form.scaled`).
        supports: indices of the strategies each player uses.
        start: where to begin, one probability vector a player over all its strategies.
        equal: indices of the strategies that must pay each player the same; those it uses by default.

    Returns:
        The mixtures, or None when the search does not settle or a probability would be negative.
        Whether an unused strategy pays more is not looked at here: verify by regret.
    """
    equal = supports if equal is None else equal
    mixtures = [_on_support(p, support) for p, support in zip(start, supports, strict=True)]
    values = np.array([(u @ p) for u, p in zip(deviation_payoffs(game, mixtures), mixtures, strict=True)])
    for _ in range(_STEPS):
        residual = _residual(game, equal, mixtures, values)
        if np.abs(residual).max() < _RESIDUAL:
            return _probabilities(mixtures)
        step = np.linalg.lstsq(slopes(game, equal, supports, mixtures), -residual, rcond=1e-12)[0]
        largest = np.abs(step).max()
        if not np.isfinite(largest):
            return None
        step *= min(1.0, 1.0 / max(largest, 1e-300))
        offset = 0
        for player, support in enumerate(supports):
            mixtures[player][support] += step[offset : offset + len(support)]
            offset += len(support)
        values = values + step[offset:]
        if any(np.abs(p).max() > 10 for p in mixtures):
            return None
    return None


def _on_support(mixture: np.ndarray, support: np.ndarray) -> np.ndarray:
    result = np.zeros(len(mixture))
    own = np.asarray(mixture, dtype=float)[support]
    result[support] = own / own.sum() if own.sum() > 0 else 1 / len(support)
    return result


def _residual(
    game: NormalForm, equal: Sequence[np.ndarray], mixtures: Sequence[np.ndarray], values: np.ndarray
) -> np.ndarray:
    payoffs = deviation_payoffs(game, mixtures)
    gaps = [payoffs[i][own] - values[i] for i, own in enumerate(equal)]
    sums = [[p.sum() - 1.0] for p in mixtures]
    return np.concatenate([*gaps, *sums])


def slopes(
    game: NormalForm,
    equal: Sequence[np.ndarray],
    supports: Sequence[np.ndarray],
    mixtures: Sequence[np.ndarray],
) -> np.ndarray:
    """Return the derivatives of the indifference equations.

    Rows: for each strategy in `equal` its payoff less the player's value, then the sums of probabilities.
    Columns: the probabilities on `supports`, then the players' values.
    """
    rows = np.cumsum([0, *map(len, equal)])
    columns = np.cumsum([0, *map(len, supports)])
    players = len(supports)
    result = np.zeros((rows[-1] + players, columns[-1] + players))
    for i, own in enumerate(equal):
        part = slice(rows[i], rows[i + 1])
        for k, other in enumerate(supports):
            if k != i:
                table = pair_payoffs(game, mixtures, i, k)
                result[part, columns[k] : columns[k + 1]] = table[np.ix_(own, other)]
        result[part, columns[-1] + i] = -1.0
        result[rows[-1] + i, columns[i] : columns[i + 1]] = 1.0
    return result


def _probabilities(mixtures: Sequence[np.ndarray]) -> Mixtures | None:
    if any((p < -1e-10).any() for p in mixtures):
        return None
    clipped = [np.maximum(p, 0.0) for p in mixtures]
    return tuple(p / p.sum() for p in clipped)


def polish(game: NormalForm, mixtures: Sequence[np.ndarray], *, threshold: float) -> Mixtures:
    """Sharpen an approximate equilibrium on its own support, or return it as it is if that fails.

    Args:
        game: the game, payoffs of the order of 1.
        mixtures: an approximate equilibrium.
        threshold: probabilities at or below it count as unused.

    Returns:
        Mixtures on the same support, at the nearest solution of the indifference equations.
    """
    supports = supports_of(mixtures, threshold=threshold)
    if all(len(support) == 1 for support in supports):
        return tuple(_on_support(p, support) for p, support in zip(mixtures, supports, strict=True))
    solved = solve_on_supports(game, supports, mixtures)
    return solved if solved is not None else tuple(np.asarray(p, dtype=float) for p in mixtures)
