"""Logit quantal responses: equilibrium among players who err, and the path from noise to reason.

At precision λ each player uses a strategy with probability proportional to exp(λ × its payoff against
the others). λ = 0 is pure noise, every strategy equally likely; as λ grows players respond ever more
exactly. The fixed points that connect to λ = 0 form the principal branch, and its limit, the limiting
logit equilibrium, singles out one Nash equilibrium in almost every game.

The branch is followed in log-probabilities by predictor and corrector along its length, not along λ,
because it may turn back. Where an eigenvalue of the response map passes 1 without a turn the branch
divides (games with exact symmetries), and beyond such a point the limit is not unique.

Source: McKelvey and Palfrey 1995, Games and Economic Behavior 10; the method of tracing: Turocy 2005,
Games and Economic Behavior 51.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.errors import InputError
from equipoise.games.indifference import polish
from equipoise.games.normal_form import (
    Mixtures,
    NormalForm,
    deviation_payoffs,
    named_mixtures,
    pair_payoffs,
    relative_regret,
)

_FIRST_STEP = 0.03
_SMALLEST_STEP = 1e-9
_MOST_STEPS = 20_000
_CORRECTIONS = 10
_TURN = 0.97  # cosine of the largest turn of direction accepted in one step
_NEAR = 0.02  # how far the last point of the branch may be from its limit, in probability


@dataclass(frozen=True)
class QuantalResponse:
    """One logit quantal response equilibrium.

    Attributes:
        precision: λ, in 1 / payoff units.
        mixtures: one probability vector a player.
        residual: largest difference between a probability and its own logit response.
    """

    precision: float
    mixtures: Mixtures
    residual: float

    def to_dict(self, game: NormalForm) -> dict[str, Any]:
        """Return the response with names, ready for JSON."""
        return {
            "precision": self.precision,
            "mixtures": named_mixtures(game, self.mixtures),
            "residual": self.residual,
        }


@dataclass(frozen=True, eq=False)
class LogitPath:
    """The principal branch of logit quantal responses.

    Attributes:
        game: the game it belongs to.
        precisions: λ at each point followed, in 1 / payoff units; it may turn back.
        logs: log-probabilities at each point, shape (points, all strategies of all players).
        divides_at: values of λ where the branch divides; past the first the limit is not unique.
        turns_at: values of λ where the branch turns back.
        limit: the limiting logit equilibrium (sharpened), or None where it was not reached.
        notes: what a reader must know.
    """

    game: NormalForm
    precisions: np.ndarray
    logs: np.ndarray
    divides_at: tuple[float, ...]
    turns_at: tuple[float, ...]
    limit: Mixtures | None
    notes: tuple[str, ...]

    def at(self, precision: float) -> QuantalResponse:
        """Return the response at λ: the first point where the branch reaches it.

        Raises:
            InputError: λ is negative or beyond what was traced.
        """
        if not 0 <= precision <= self.precisions.max():
            raise InputError(
                f"precision must be 0 to {self.precisions.max():g}, as far as was traced; got {precision:g}"
            )
        after = int(np.argmax(self.precisions >= precision))
        before = max(after - 1, 0)
        low, high = self.precisions[before], self.precisions[after]
        share = 0.0 if high == low else (precision - low) / (high - low)
        start = self.logs[before] + share * (self.logs[after] - self.logs[before])
        return _fixed_precision(self.game, precision, start)


def logit_response(game: NormalForm, mixtures: Sequence[np.ndarray], precision: float) -> Mixtures:
    """Return each player's logit response at precision λ to the others' mixtures."""
    result = []
    for payoff in deviation_payoffs(game, mixtures):
        weight = np.exp(precision * (payoff - payoff.max()))
        result.append(weight / weight.sum())
    return tuple(result)


def quantal_response(
    game: NormalForm, precision: float, *, start: Sequence[np.ndarray] | None = None
) -> QuantalResponse:
    """Find a logit quantal response equilibrium.

    Args:
        game: the game.
        precision: λ ≥ 0, in 1 / payoff units.
        start: mixtures to start from; without them the principal branch is followed from λ = 0.

    Returns:
        The equilibrium; `residual` says how exactly it reproduces itself.

    Raises:
        InputError: λ is negative, or the branch could not be followed that far.
    """
    if not precision >= 0:
        raise InputError(f"precision must be 0 or more; got {precision:g}")
    if start is not None:
        return _fixed_precision(game, precision, np.log(np.maximum(np.concatenate(list(start)), 1e-300)))
    return trace(game, most=precision).at(precision)


def trace(game: NormalForm, *, most: float | None = None) -> LogitPath:
    """Follow the principal branch of logit quantal responses from λ = 0.

    Args:
        game: the game, in any payoff units.
        most: λ to stop at; None follows the branch until λ times the largest payoff range is 10⁶ and
            finds the limit.

    Returns:
        The path, where it divides or turns, and its limit.
    """
    unit = float(game.ranges.max())
    scaled_game = NormalForm(game.players, game.strategies, game.payoffs / unit)
    end = 1e6 if most is None else most * unit
    points, divides, turns, notes = _follow(scaled_game, end)
    logs, precisions = points[:, :-1], points[:, -1] / unit
    limit = None
    if most is None:
        limit, note = _limit(scaled_game, points[-1], end)
        notes += note
    if divides:
        listed = ", ".join(f"{value / unit:.4g}" for value in divides[:3])
        notes.append(f"The logit path divides at precision {listed}: exact symmetry leaves its limit open.")
    return LogitPath(
        game,
        precisions,
        logs,
        tuple(value / unit for value in divides),
        tuple(value / unit for value in turns),
        limit,
        tuple(notes),
    )


def _split(game: NormalForm, flat: np.ndarray) -> Mixtures:
    return tuple(np.split(flat, np.cumsum(game.shape)[:-1]))


def _system(game: NormalForm, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residual of the logit equations and its derivatives.

    Rows of a player: probabilities sum to 1, then log-odds against its first strategy equal λ times
    the payoff differences. Columns: log-probabilities, then λ.
    """
    precision, total = point[-1], len(point) - 1
    probabilities = np.exp(np.minimum(point[:-1], 50.0))
    mixtures = _split(game, probabilities)
    payoffs = deviation_payoffs(game, mixtures)
    starts = np.concatenate([[0], np.cumsum(game.shape)])
    residual, slopes = np.empty(total), np.zeros((total, total + 1))
    for i, payoff in enumerate(payoffs):
        first, last = starts[i], starts[i + 1]
        logs, gaps = point[first:last], payoff[1:] - payoff[0]
        residual[first] = mixtures[i].sum() - 1.0
        residual[first + 1 : last] = logs[1:] - logs[0] - precision * gaps
        slopes[first, first:last] = mixtures[i]
        slopes[first + 1 : last, first] = -1.0
        slopes[np.arange(first + 1, last), np.arange(first + 1, last)] = 1.0
        slopes[first + 1 : last, total] = -gaps
        for k, other in enumerate(mixtures):
            if k != i:
                table = pair_payoffs(game, mixtures, i, k)
                slopes[first + 1 : last, starts[k] : starts[k + 1]] = (
                    -precision * (table[1:] - table[0]) * other
                )
    return residual, slopes


def _direction(slopes: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return the unit direction along the branch, in the sense of the previous one."""
    null = np.linalg.qr(slopes.T, mode="complete")[0][:, -1]
    return null if null @ previous >= 0 else -null


def _correct(game: NormalForm, point: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the nearest point of the branch and the derivatives there, or None if none is near."""
    size = np.inf
    for _ in range(_CORRECTIONS):
        residual, slopes = _system(game, point)
        error = np.abs(residual).max()
        if error < 1e-12 * (1.0 + np.abs(point).max()):
            return point, slopes
        step = np.linalg.lstsq(slopes, -residual, rcond=None)[0]
        now = float(np.linalg.norm(step))
        if not np.isfinite(now) or now > 2 * size + 1e-9:
            return None
        size, point = now, point + step
    return None


def _follow(game: NormalForm, end: float) -> tuple[np.ndarray, list[float], list[float], list[str]]:
    """Follow the branch to λ = end; returns points, where it divides and turns, and notes."""
    point = np.append(np.concatenate([np.full(size, -np.log(size)) for size in game.shape]), 0.0)
    forward = np.append(np.zeros(len(point) - 1), 1.0)
    slopes = _system(game, point)[1]
    direction, step = _direction(slopes, forward), _FIRST_STEP
    points = [point]
    divides: list[float] = []
    turns: list[float] = []
    unstable = _passed(game, point)
    for _ in range(_MOST_STEPS):
        if point[-1] >= end or end == 0:
            return np.array(points), divides, turns, []
        found = _correct(game, point + step * direction)
        if found is not None:
            ahead = _direction(found[1], direction)
            moved = np.linalg.norm(found[0] - point)
            straight = ahead @ direction >= _TURN and moved <= 2 * step
        if found is None or not (straight or step < 1e-5):
            step /= 2
            if step < _SMALLEST_STEP:
                break
            continue
        now_unstable = _passed(game, found[0])
        if ahead[-1] * direction[-1] < 0:
            turns.append(float(max(point[-1], found[0][-1])))
        elif now_unstable != unstable:
            divides += _crossing(game, point, found[0], unstable)
        point, direction, unstable = found[0], ahead, now_unstable
        points.append(point)
        step *= 1.5
    note = f"The logit path could not be followed beyond precision {point[-1]:.4g} (largest payoff range 1)."
    return np.array(points), divides, turns, [note]


def _response_eigenvalues(game: NormalForm, point: np.ndarray) -> np.ndarray:
    """Return the eigenvalues of the logit response map's derivative at a point of the branch."""
    mixtures = _split(game, np.exp(np.minimum(point[:-1], 0.0)))
    rows = []
    for i, own in enumerate(mixtures):
        spread = point[-1] * (np.diag(own) - np.outer(own, own))
        rows.append(
            [
                np.zeros((len(own), len(other))) if k == i else spread @ pair_payoffs(game, mixtures, i, k)
                for k, other in enumerate(mixtures)
            ]
        )
    return np.linalg.eigvals(np.block(rows))


def _passed(game: NormalForm, point: np.ndarray) -> int:
    """Count the eigenvalues of the response map beyond 1 (real part)."""
    return int((_response_eigenvalues(game, point).real > 1).sum())


def _crossing(game: NormalForm, low: np.ndarray, high: np.ndarray, before: int) -> list[float]:
    """Locate where an eigenvalue passes 1 between two points; empty if it passes with a rotation.

    A complex pair passing real part 1 makes iterated responses spiral but leaves the branch single.
    """
    for _ in range(40):
        middle = (low + high) / 2
        middle[:-1] = _newton(game, middle[-1], middle[:-1])
        if _passed(game, middle) == before:
            low = middle
        else:
            high = middle
    nearest = np.abs(_response_eigenvalues(game, high) - 1).min()
    return [float(high[-1])] if nearest < 1e-3 else []


def _limit(game: NormalForm, point: np.ndarray, end: float) -> tuple[Mixtures | None, list[str]]:
    if point[-1] < end:
        return None, []
    last = _split(game, np.exp(point[:-1]))
    last = tuple(p / p.sum() for p in last)
    for threshold in (1e-3, 1e-5, 1e-7):
        sharp = polish(game, last, threshold=threshold)
        near = max(np.abs(a - b).max() for a, b in zip(sharp, last, strict=True)) < _NEAR
        if near and relative_regret(game, sharp) < 1e-8:
            return sharp, []
    return None, ["The end of the logit path could not be sharpened to an equilibrium."]


def _fixed_precision(game: NormalForm, precision: float, logs: np.ndarray) -> QuantalResponse:
    logs = _newton(game, precision, logs)
    mixtures = tuple(p / p.sum() for p in _split(game, np.exp(logs)))
    again = logit_response(game, mixtures, precision)
    gap = max(float(np.abs(a - b).max()) for a, b in zip(mixtures, again, strict=True))
    return QuantalResponse(float(precision), mixtures, gap)


def _newton(game: NormalForm, precision: float, logs: np.ndarray) -> np.ndarray:
    """Return log-probabilities that solve the logit equations at one λ, by Newton's method."""
    logs = np.array(logs, dtype=float)
    for _ in range(60):
        residual, slopes = _system(game, np.append(logs, precision))
        if np.abs(residual).max() < 1e-13 * (1.0 + np.abs(logs).max()):
            break
        step = np.linalg.lstsq(slopes[:, :-1], -residual, rcond=None)[0]
        logs = logs + step * min(1.0, 5.0 / max(np.abs(step).max(), 1e-300))
    return logs
