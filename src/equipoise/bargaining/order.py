"""What the order of the table decides: how far a forecast spreads over other orders of actors and issues.

Where two steps of a model are equally good, which is taken first may change the outcome, and nothing but the order
of the table says which. A model that declares itself `symmetric` has no such steps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from equipoise.bargaining.model import Model
from equipoise.bargaining.table import Table

MOST_DRAWS = 4
SOLVED = 64
"""How often a table is solved anew: 64 orders of a table of one draw, 16 orders of four draws."""
ROUNDING = 1e-9
"""Spreads below this share of an issue's scale are sums taken in another order, not other outcomes."""


def order_spread(table: Table, model: Model) -> np.ndarray | None:
    """Return the standard deviation of each issue's outcome over random orders of the table, shape (issues,).

    Over several draws it is the root of the mean variance within a draw; NaN where there is no agreement, 0 where
    outcomes differ by rounding alone. None for a model that no order can change.
    """
    if model.symmetric:
        return None
    part, rng = table.first(MOST_DRAWS), np.random.default_rng(0)
    found = np.stack([_in_other_order(part, model, rng) for _ in range(SOLVED // part.draws)])
    spread = np.sqrt(found.var(axis=0, ddof=1).mean(axis=0))
    return np.where(spread < ROUNDING * np.ptp(table.scales, axis=1), 0.0, spread)


def _in_other_order(table: Table, model: Model, rng: np.random.Generator) -> np.ndarray:
    """Return the outcomes (n, issues), in the table's own order of issues, of the table written in another order."""
    a, k = rng.permutation(len(table.actors)), rng.permutation(len(table.issues))
    cubes = {key: getattr(table, key)[:, k][:, :, a] for key in ("positions", "salience", "reservation")}
    other = replace(
        table, **cubes, clout=table.clout[:, a], scales=table.scales[k], reference=table.reference[:, k]
    )
    outcome = np.empty((table.draws, len(k)))
    outcome[:, k] = other.outcomes(model)
    return outcome
