"""The structural price of a hedge: how much frustration a patron's portfolio adds to the forces' own network.

A patron that engages force j with share w_j of its effort is an actor tied to j with w_j > 0. Its price is
L(forces and patron) − L(forces), exact, the forces being free to regroup. With two rival forces it is
min(w_j, w_k, h_jk), 0 if either is dropped. *Across* is the share the patron keeps with the camp it does
not join when the forces stay in the camps that suit them best; the price is never more than that.
Source: THEORY.md §2(c) and H23; Harary 1959; Aref and Wilson 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.alignment.frustration import frustration
from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError

MOST_FORCES = 16
"""Up to so many forces, all their divisions are looked at for every draw."""


@dataclass(frozen=True)
class Triad:
    """Two rivals a patron keeps both of, and the frustration of the three alone."""

    between: tuple[str, str]
    frustration: float


def triads(forces: SignedGraph, portfolio: Mapping[str, float]) -> tuple[Triad, ...]:
    """Return the pairs of rivals that a portfolio holds both of, each with min(w_j, w_k, h_jk).

    Args:
        forces: the forces' own network.
        portfolio: engagement by force, not negative.
    """
    found = [
        Triad(
            (tie.first, tie.second),
            min(portfolio.get(tie.first, 0), portfolio.get(tie.second, 0), -tie.weight),
        )
        for tie in forces.ties
        if tie.weight < 0
    ]
    return tuple(sorted((t for t in found if t.frustration > 0), key=lambda t: (-t.frustration, t.between)))


def hedge_price(forces: SignedGraph, portfolio: Mapping[str, float], *, time_limit: float = 60.0) -> float:
    """Return the frustration a portfolio adds to the forces' network, by the exact solver.

    Args:
        forces: the forces' own network, of any size.
        portfolio: engagement by force, not negative.
        time_limit: seconds for each of the two solutions.

    Raises:
        InputError: a negative engagement, a force that is not there, or no proof in the time allowed.
    """
    if any(not weight >= 0 for weight in portfolio.values()):
        raise InputError("a portfolio holds engagements of at least 0")
    for name in portfolio:
        forces.index(name)
    patron = "patron"
    while patron in forces.actors:
        patron += "-"
    with_patron = frustration(forces.with_actor(patron, portfolio), time_limit=time_limit)
    alone = frustration(forces, time_limit=time_limit)
    if not (with_patron.proved and alone.proved):
        raise InputError("the price could not be proved in the time allowed; give a longer time limit")
    return max(0.0, with_patron.value - alone.value)


def hedge_prices(ties: np.ndarray, portfolios: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the price of portfolios for many draws at once, by looking at every division of the forces.

    Args:
        ties: between the forces [S, F, F], F ≤ `MOST_FORCES`.
        portfolios: engagement [S or 1, R, F] of R portfolios.

    Returns:
        The price and the share kept across the camps, each [S, R].
    """
    draws, forces = ties.shape[:2]
    codes = np.arange(1 << max(forces - 1, 0))
    sides = 1.0 - 2.0 * ((codes[:, None] >> np.arange(forces)) & 1)
    first, second = np.triu_indices(forces, 1)
    agree = sides[:, first] * sides[:, second]
    price, across = np.empty((2, draws, portfolios.shape[1]))
    inside = (sides > 0).astype(float)
    for s in range(draws):
        weights = ties[s, first, second]
        cost = (np.abs(weights).sum() - agree @ weights) / 2
        held = portfolios[s if len(portfolios) > 1 else 0]
        minority = inside @ held.T
        minority = np.minimum(minority, held.sum(axis=1) - minority)
        least = cost.min()
        price[s] = (cost[:, None] + minority).min(axis=0) - least
        across[s] = minority[cost <= least + 1e-9 * max(1.0, np.abs(weights).sum())].min(axis=0)
    return np.maximum(price, 0.0), np.maximum(across, 0.0)
