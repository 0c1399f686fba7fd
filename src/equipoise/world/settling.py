"""Talks inside the futures: the forecast of each issue in each state, and whether a deal is struck.

Source: MODEL.md §3 *Talks*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError
from equipoise.scenario.model import Talk


@dataclass(frozen=True)
class Settled:
    """By issue the forecast outcome [states], and whether every veto party accepts it all [states]."""

    outcomes: dict[str, np.ndarray]
    deal: np.ndarray


def settle(talk: Talk, path: str, values: dict[str, np.ndarray], n: int) -> Settled:
    """Settle a talk in `n` states from the values of its numbers (by path, below `path`).

    Raises:
        InputError: on some issue, in some state, no actor has both clout and salience.
    """
    outcomes: dict[str, np.ndarray] = {}
    deal = np.ones(n, dtype=bool)
    for name, issue in sorted(talk.issues.items()):
        actors = sorted(set(issue.positions) & set(issue.salience) & set(talk.clout))
        at = f"{path}.issues.{name}"
        position, salience = (_columns(values, f"{at}.{key}", actors, n) for key in ("positions", "salience"))
        weight = _columns(values, f"{path}.clout", actors, n) * salience
        if not (weight.sum(axis=1) > 0).all():
            raise InputError(f"{at}: in some states nobody has both clout and salience, so no outcome can be forecast")
        outcomes[name] = (weight * position).sum(axis=1) / weight.sum(axis=1)
        for veto in sorted(set(talk.veto) & set(issue.positions) & set(issue.reservation)):
            distance = np.abs(outcomes[name] - values[f"{at}.positions.{veto}"])
            deal &= distance <= values[f"{at}.reservation.{veto}"]
    return Settled(outcomes, deal)


def _columns(values: dict[str, np.ndarray], path: str, actors: list[str], n: int) -> np.ndarray:
    return np.stack([np.broadcast_to(values[f"{path}.{a}"], (n,)) for a in actors], axis=1) if actors else np.zeros((n, 0))
