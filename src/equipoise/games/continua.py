"""From any point of a continuum of equilibria to the ends of it.

Ties leave equilibria in one piece: segments, curves, faces. Any point of one is as good as another, so what
is shown are its ends: points where so many strategies are unused, and so many unused ones as good as those
used, that nothing is left to move. From a point that is no end one goes along a direction in which all
equations of the equilibrium keep holding until a probability comes down to 0 or another strategy comes up
to the best; there one equation more holds, and so on.

Source: the structure of equilibria as in Jansen 1981 (two players) and Kohlberg and Mertens 1986.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.games.indifference import slopes, solve_on_supports
from equipoise.games.normal_form import Mixtures, NormalForm, deviation_payoffs, pair_payoffs

_USED = 1e-9  # probabilities below it are 0
_TIED = 1e-8  # strategies that pay this much less than the best are as good
_RANK = 1e-7
_STEPS = 60
_PROBE = 1e-3

_Active = tuple[list[np.ndarray], list[np.ndarray]]


def ends(game: NormalForm, mixtures: Sequence[np.ndarray]) -> list[Mixtures]:
    """Return the ends of the continuum of equilibria that a point lies on, or the point if it stands alone.

    Args:
        game: the game, payoffs of the order of 1.
        mixtures: an equilibrium, exact but for rounding.

    Returns:
        Both ends of a segment or curve; of a face some corners.
    """
    return _walk(game, tuple(np.asarray(p, dtype=float) for p in mixtures), first=True)


def _walk(game: NormalForm, point: Mixtures, *, first: bool) -> list[Mixtures]:
    free = _free(game, point)
    if not len(free):
        return [point]
    ways = (sign * direction for direction in free for sign in (1.0, -1.0))
    found: list[Mixtures] = []
    for end in filter(None, (_slide(game, point, way) for way in ways)):
        found += _walk(game, end, first=False)
        if not first and len(free) > 1:
            break  # one corner is enough: other points of the continuum lead to the others
    return found or [point]


def stands_alone(game: NormalForm, mixtures: Sequence[np.ndarray]) -> bool:
    """Return whether the equations of an equilibrium leave no direction to go to others."""
    return not len(_free(game, tuple(mixtures)))


def _active(game: NormalForm, point: Mixtures) -> _Active:
    """Return the strategies each player uses, and those that pay it as much as the best."""
    payoffs = deviation_payoffs(game, point)
    return [np.flatnonzero(p > _USED) for p in point], [np.flatnonzero(u > u.max() - _TIED) for u in payoffs]


def _free(game: NormalForm, point: Mixtures) -> np.ndarray:
    """Return directions in which all equations keep holding, over all strategies, shape (directions, strategies)."""
    used, best = _active(game, point)
    matrix = slopes(game, best, used, point)
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > _RANK * sizes.max()).sum())
    starts = np.cumsum([0, *game.shape])
    columns = np.concatenate([starts[i] + own for i, own in enumerate(used)])
    result = np.zeros((len(right) - rank, starts[-1]))
    result[:, columns] = right[rank:, : len(columns)]
    return result[np.abs(result).max(axis=1, initial=0.0) > _RANK]


def _slide(game: NormalForm, point: Mixtures, direction: np.ndarray) -> Mixtures | None:
    """Go along a direction until one equation more holds; None where there is nothing but the point."""
    for step in range(_STEPS):
        used, best = _active(game, point)
        length, ahead = _limit(game, point, direction, used, best)
        if step == 0 and not _moves(game, point, direction, min(1.0, length) * _PROBE, used, best):
            return None
        end = _at(game, _moved(point, direction, length), *ahead)
        if end is not None:
            return end
        onward = _at(game, _moved(point, direction, length / 2), used, best)
        if onward is None:
            return None
        free = _free(game, onward)
        if not len(free):
            return onward
        gone = np.concatenate(onward) - np.concatenate(point)
        direction, point = free.T @ (free @ gone), onward
    return None


def _moves(
    game: NormalForm,
    point: Mixtures,
    direction: np.ndarray,
    length: float,
    used: Sequence[np.ndarray],
    best: Sequence[np.ndarray],
) -> bool:
    """Return whether there are equilibria beside the point, and not only a direction that promises some."""
    near = _at(game, _moved(point, direction, length), used, best)
    if near is None:
        return False
    gone = np.abs(np.concatenate(near) - np.concatenate(point)).max()
    return bool(gone > length * np.abs(direction).max() / 2)


def _moved(point: Mixtures, direction: np.ndarray, length: float) -> list[np.ndarray]:
    cuts = np.cumsum([len(p) for p in point])[:-1]
    return [np.maximum(p + length * d, 0.0) for p, d in zip(point, np.split(direction, cuts), strict=True)]


def _at(
    game: NormalForm, near: Sequence[np.ndarray], used: Sequence[np.ndarray], best: Sequence[np.ndarray]
) -> Mixtures | None:
    """Return the equilibrium next to a point with these strategies in use and as good as the best, if there is one."""
    if any(not len(own) for own in used):
        return None
    found = solve_on_supports(game, used, near, equal=best)
    if found is None:
        return None
    payoffs = deviation_payoffs(game, found)
    holds = all(u.max() - u[own].min() < _TIED for u, own in zip(payoffs, best, strict=True))
    return found if holds else None


def _limit(
    game: NormalForm, point: Mixtures, direction: np.ndarray, used: list[np.ndarray], best: list[np.ndarray]
) -> tuple[float, _Active]:
    """Return how far a straight way leads, and which strategies are in use and as good as the best there."""
    parts = np.split(direction, np.cumsum(game.shape)[:-1])
    payoffs = deviation_payoffs(game, point)
    length, ahead = np.inf, (used, best)
    for i, (own, part) in enumerate(zip(point, parts, strict=True)):
        rates = sum(pair_payoffs(game, point, i, k) @ other for k, other in enumerate(parts) if k != i)
        gap, closing = payoffs[i].max() - payoffs[i], rates - rates[best[i][0]]
        for s in used[i]:
            if part[s] < 0 and -own[s] / part[s] < length:
                length = -own[s] / part[s]
                ahead = ([np.setdiff1d(u, s) if k == i else u for k, u in enumerate(used)], best)
        for s in np.setdiff1d(np.arange(len(own)), best[i]):
            if closing[s] > 0 and gap[s] / closing[s] < length:
                length = gap[s] / closing[s]
                ahead = (used, [np.union1d(b, [s]) if k == i else b for k, b in enumerate(best)])
    return float(length), ahead
