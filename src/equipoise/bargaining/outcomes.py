"""Outcomes and deals of many draws at once: what the futures call for every state of the world.

Source: MODEL.md §3 *Talks*: the outcome of each issue comes from positions, salience and clout through the
talk's model; a deal is struck when on every issue every veto party is within its reservation of the outcome.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.bargaining.model import Model
from equipoise.bargaining.models import model_named
from equipoise.errors import InputError

LEAST_SALIENCE = 1e-9
"""Less counts as none."""
LEAST_WEIGHT = 1e-12
"""Clout x salience below this share of the heaviest on the issue counts as none."""


def outcomes(
    model: str | Model,
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    scale: tuple[float, float],
    reservation: np.ndarray | None = None,
    reference: np.ndarray | None = None,
) -> np.ndarray:
    """Return the outcome of one issue for each draw, shape (n,).

    Args:
        model: a model or its name.
        positions, salience, clout: shape (n, actors), or (actors,) where all draws agree; NaN where an actor
            has none, and then it has no say.
        scale: the ends of the issue's scale.
        reservation: the farthest each accepts from its position, NaN where not given; bargaining solutions
            use it as the point where a party walks away.
        reference: shape (n,), what holds without agreement; NaN where not known.

    Raises:
        InputError: unknown model, shapes that do not fit, or a draw in which nobody has any weight.
    """
    lift = [
        None if a is None else np.atleast_2d(np.asarray(a, float)) for a in (positions, salience, reservation)
    ]
    x, s, r = (None if a is None else a[:, None, :] for a in lift)
    assert x is not None and s is not None  # a reservation alone may be left out
    ref = None if reference is None else np.atleast_1d(np.asarray(reference, float))[:, None]
    return outcomes_by_issue(model, x, s, clout, scales=[scale], reservation=r, reference=ref)[:, 0]


def outcomes_by_issue(
    model: str | Model,
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    scales: np.ndarray | list[tuple[float, float]],
    reservation: np.ndarray | None = None,
    reference: np.ndarray | None = None,
) -> np.ndarray:
    """Return the outcome of every issue for each draw, shape (n, issues).

    Models in which issues bear on each other (`Model.joint`) see all of them; the others take each alone.

    Args:
        model: a model or its name.
        positions, salience: shape (n, issues, actors); NaN where an actor has none.
        clout: shape (n, actors) or (actors,).
        scales: shape (issues, 2), the ends of each scale.
        reservation: as positions; reference: shape (n, issues). Both optional, NaN where not given.

    Raises:
        InputError: unknown model, shapes that do not fit, or a draw in which nobody has any weight.
    """
    chosen = model if isinstance(model, Model) else model_named(model)
    x, s, c, ends = _checked(positions, salience, clout, scales)
    limits = {"reservation": _like(reservation, x.shape), "reference": _like(reference, x.shape[:2])}
    return chosen.solve(x, s, c, scales=ends, **limits)


def _checked(
    positions: ArrayLike, salience: ArrayLike, clout: ArrayLike, scales: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs of full shape, actors that miss a position or salience set to no say."""
    x, s = np.asarray(positions, float), np.asarray(salience, float)
    c, ends = np.atleast_2d(np.asarray(clout, float)), np.asarray(scales, float)
    if x.ndim != 3 or ends.shape != (x.shape[1], 2):
        raise InputError(
            f"positions {x.shape} and scales {ends.shape} do not fit: (n, issues, actors), (issues, 2)"
        )
    if not (ends[:, 0] < ends[:, 1]).all():
        raise InputError("the low end of every issue's scale must lie below its high end")
    n = max(len(x), len(s), len(c))
    try:
        x, s = np.broadcast_to(x, (n, *x.shape[1:])), np.broadcast_to(s, (n, *x.shape[1:]))
        c = np.broadcast_to(c, (n, x.shape[2]))
    except ValueError as error:
        raise InputError(f"positions, salience and clout do not fit each other: {error}") from None
    if any(np.isinf(a).any() for a in (x, s, c)):
        raise InputError("positions, salience and clout must be finite")
    missing = np.isnan(x) | np.isnan(s) | np.isnan(c)[:, None, :]
    if missing.any():
        x, s, c = np.where(missing, np.nan, x), np.where(missing, 0.0, s), np.where(np.isnan(c), 0.0, c)
    if s.min(initial=0) < 0 or c.min(initial=0) < 0:
        raise InputError("salience and clout cannot be negative")
    s, c = _counted(s, c)
    silent = ~(s * c[:, None, :]).any(axis=2)
    if silent.any():
        draw, issue = np.argwhere(silent)[0]
        raise InputError(
            f"on issue {issue + 1} (draw {draw + 1}) no actor with a position has clout and salience above 0"
        )
    return np.ascontiguousarray(x), np.ascontiguousarray(s), np.ascontiguousarray(c), ends


def _counted(s: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return salience and clout without what is too little to count, clout in units that no product leaves range in.

    Only ratios of clout matter: it is divided by the power of two above the greatest, which loses no digit. A
    salience below 1e-9, and a weight below 1e-12 of the heaviest on its issue, count as none.
    """
    _, exponent = np.frexp(c.max(axis=1, keepdims=True, initial=0.0))
    c = np.ldexp(c, -exponent)
    weight = np.where(s < LEAST_SALIENCE, 0.0, s) * c[:, None, :]
    return np.where(weight > LEAST_WEIGHT * weight.max(axis=2, keepdims=True, initial=0.0), s, 0.0), c


def heard(positions: np.ndarray, salience: np.ndarray, clout: np.ndarray) -> np.ndarray:
    """Say on which issues of which draws somebody with a position has weight, shape (n, issues).

    Args:
        positions, salience: shape (n, issues, actors), NaN where an actor has none. clout: shape (n, actors).
    """
    s, c = _counted(np.where(np.isnan(positions), 0.0, np.nan_to_num(salience)), np.nan_to_num(clout))
    return (s * c[:, None, :]).any(axis=2)


def _like(values: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray | None:
    return None if values is None else np.broadcast_to(np.asarray(values, float), shape)


def acceptance(outcome: np.ndarray, positions: np.ndarray, reservations: np.ndarray) -> np.ndarray:
    """Say who accepts what: within reservation of the outcome (<=), shape (n, issues, actors).

    A party without a position or reservation on an issue accepts anything there, but not the absence of an
    outcome.

    Args:
        outcome: shape (n, issues).
        positions, reservations: shape (n, issues, actors), NaN where not given.
    """
    x, r = np.asarray(positions, float), np.asarray(reservations, float)
    y = np.asarray(outcome, float)[..., None]
    free = np.isnan(x) | np.isnan(r)
    return np.where(free, ~np.isnan(y), np.abs(y - x) <= r)


def deal(outcome: np.ndarray, positions: np.ndarray, reservations: np.ndarray) -> np.ndarray:
    """Say in which draws a deal is struck, shape (n,): every party given accepts every issue.

    Args:
        outcome: shape (n,) for one issue or (n, issues).
        positions, reservations: of the veto parties alone, shape (n, parties) or (n, issues, parties).
    """
    y = np.asarray(outcome, float)
    if y.ndim == 1:
        y, positions = y[:, None], np.asarray(positions, float)[:, None, :]
        reservations = np.asarray(reservations, float)[:, None, :]
    return acceptance(y, positions, reservations).all(axis=(1, 2)) & ~np.isnan(y).any(axis=1)
