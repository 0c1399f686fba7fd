"""Solutions from cooperative and alternating-offers bargaining: Nash, Kalai-Smorodinsky, Rubinstein.

Sources: Nash (1950), *The bargaining problem*; Kalai (1977) for unequal powers; Kalai and Smorodinsky (1975);
Rubinstein (1982), *Perfect equilibrium in a bargaining model*; Binmore, Rubinstein and Wolinsky (1986).
On one issue with scale width L, utility is u_i(x) = 1 - |x - x_i| / L. Each party would rather walk away
than accept an outcome farther than r_i from its position, so d_i = 1 - r_i / L; r_i is its reservation, or
else its distance from the reference point (what holds if nothing is agreed), or else the farther end of the
scale. The zone of agreement is where every u_i(x) >= d_i.

    Nash                 max over the zone of sum_i w_i ln(u_i(x) - d_i), w_i = c_i s_i
    Kalai-Smorodinsky    max over the zone of min_i (u_i(x) - d_i) / (u_i* - d_i), u_i* the best in the zone
    Rubinstein           the first mover keeps (1 - delta_2) / (1 - delta_1 delta_2) of the pie

Where the zone is empty there is no agreement: the outcome is the reference point, or NaN if none is known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, by_issue

_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
_STEPS = 60


def zone_of_agreement(
    positions: np.ndarray, walk_away: np.ndarray, scale: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest outcome every party accepts; the low end above the high end if none.

    Args:
        positions: shape (n, actors), NaN where a party has none (it accepts anything).
        walk_away: the farthest each accepts, same shape.
        scale: ends of the issue's scale.
    """
    low = np.fmax.reduce(positions - walk_away, axis=-1, initial=scale[0])
    high = np.fmin.reduce(positions + walk_away, axis=-1, initial=scale[1])
    return low, high


def walk_away_distance(
    positions: np.ndarray,
    scale: tuple[float, float],
    reservation: np.ndarray | None,
    reference: np.ndarray | None,
) -> np.ndarray:
    """Return how far from its position each party accepts an outcome (reservation, reference, scale end)."""
    farthest = np.maximum(positions - scale[0], scale[1] - positions)
    if reference is not None:
        given = np.abs(positions - np.asarray(reference)[..., None])
        farthest = np.where(np.isnan(given), farthest, given)
    if reservation is not None:
        farthest = np.where(np.isnan(reservation), farthest, reservation)
    return farthest


def nash_bargain(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    scale: tuple[float, float],
    reservation: np.ndarray | None = None,
    reference: np.ndarray | None = None,
) -> np.ndarray:
    """Return the asymmetric Nash solution of each draw; bargaining power is clout x salience.

    Args:
        positions, salience, clout: shape (n, actors); NaN or 0 weight where an actor has no say.
        reservation: farthest acceptable distance, same shape, NaN where not given.
        reference: shape (n,), the outcome without agreement, NaN where not known.
    """
    x = np.where(clout * salience > 0, positions, np.nan)
    away = walk_away_distance(x, scale, reservation, reference)
    weight = np.where(np.isnan(x), 0.0, clout * salience)

    def slope(y: np.ndarray) -> np.ndarray:
        toward = np.sign(x - y[:, None])
        room = np.maximum(away - np.abs(y[:, None] - x), 1e-12)
        return np.where(np.isnan(x), 0.0, weight * toward / room).sum(-1)

    def highest(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        for _ in range(_STEPS):
            middle = 0.5 * (left + right)
            rising = slope(middle) > 0
            left, right = np.where(rising, middle, left), np.where(rising, right, middle)
        return 0.5 * (left + right)

    return _in_zone(highest, x, away, scale, reference)


def kalai_smorodinsky(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    scale: tuple[float, float],
    reservation: np.ndarray | None = None,
    reference: np.ndarray | None = None,
) -> np.ndarray:
    """Return the Kalai-Smorodinsky solution of each draw; who sits there counts, not how strong it is."""
    x = np.where(clout * salience > 0, positions, np.nan)
    away = walk_away_distance(x, scale, reservation, reference)
    low, high = zone_of_agreement(x, away, scale)
    nearest = np.clip(x, low[:, None], np.maximum(low, high)[:, None])
    best = np.maximum(away - np.abs(nearest - x), 1e-300)

    def least(y: np.ndarray) -> np.ndarray:
        return np.fmin.reduce((away - np.abs(y[:, None] - x)) / best, axis=-1)

    return _in_zone(partial(_peak, least), x, away, scale, reference)


def _in_zone(
    find: Callable[[np.ndarray, np.ndarray], np.ndarray],
    x: np.ndarray,
    away: np.ndarray,
    scale: tuple[float, float],
    reference: np.ndarray | None,
) -> np.ndarray:
    """Return what `find` finds between the ends of the zone; the reference (or NaN) where it is empty."""
    low, high = zone_of_agreement(x, away, scale)
    slack = 1e-9 * (scale[1] - scale[0])
    empty = (low > high + slack) | np.isnan(x).all(-1)
    found = find(np.minimum(low, high), np.maximum(low, high))
    return np.where(empty, np.nan if reference is None else np.asarray(reference, float), found)


def _peak(worth: Callable[[np.ndarray], np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return where a function with one peak is highest, by golden section, all draws at once."""
    a, b = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
    at_a, at_b = worth(a), worth(b)
    for _ in range(_STEPS):
        up = at_b > at_a
        left, right = np.where(up, a, left), np.where(up, right, b)
        fresh = np.where(up, left + _GOLDEN * (right - left), right - _GOLDEN * (right - left))
        at_fresh = worth(fresh)
        a, b = np.where(up, b, fresh), np.where(up, fresh, a)
        at_a, at_b = np.where(up, at_b, at_fresh), np.where(up, at_fresh, at_a)
    return 0.5 * (left + right)


def rubinstein_share(patience_first: np.ndarray, patience_second: np.ndarray) -> np.ndarray:
    """Return the first mover's share of the pie under alternating offers.

    Args:
        patience_first, patience_second: discount factors between offers, 0 to 1 and not both 1.

    Source: Rubinstein (1982): (1 - delta_2) / (1 - delta_1 delta_2); 1 / (1 + delta) when equal.
    """
    first, second = np.asarray(patience_first, float), np.asarray(patience_second, float)
    return (1.0 - second) / (1.0 - first * second)


def rubinstein_outcome(
    positions: np.ndarray, salience: np.ndarray, clout: np.ndarray, *, patience: float = 0.9
) -> np.ndarray:
    """Return where the two heaviest camps split the distance between them, a coin naming who opens.

    Those at one position are one camp and weigh together. The heaviest by clout x salience meets the heaviest of
    the others. The weaker one is the more hurt by waiting: delta_i = 1 - 2 (1 - patience) w_j / (w_i + w_j).

    Args:
        positions, salience, clout: shape (n, actors).
        patience: discount factor between offers of two equals.
    """
    shape = np.broadcast_shapes(positions.shape, salience.shape, clout.shape)
    x = np.broadcast_to(positions, shape)
    weight = np.where(np.isnan(x * salience * clout), 0.0, clout * salience)
    weight = np.einsum("nj,nij->ni", weight, x[:, None, :] == x[:, :, None])
    rows = np.arange(len(x))
    first = _heaviest(x, weight)
    apart = np.where(np.abs(x - x[rows, first][:, None]) > 0, weight, 0.0)
    second = np.where(apart.max(-1) > 0, _heaviest(x, apart), first)
    w1, w2 = weight[rows, first], weight[rows, second]
    total = np.where(w1 + w2 > 0, w1 + w2, 1.0)
    d1 = 1.0 - 2.0 * (1.0 - patience) * w2 / total
    d2 = 1.0 - 2.0 * (1.0 - patience) * w1 / total
    share = 0.5 * (rubinstein_share(d1, d2) + 1.0 - rubinstein_share(d2, d1))
    x1, x2 = x[rows, first], x[rows, second]
    return np.where(w1 > 0, share * x1 + (1.0 - share) * x2, np.nan)


def _heaviest(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the index of the greatest weight in each row; of equals, the one lowest on the scale."""
    top = weight >= weight.max(-1, keepdims=True) * (1.0 - 1e-12)
    return np.argmin(np.where(top & ~np.isnan(x), x, np.inf), axis=-1)


MODELS = (
    Model(
        name="nash",
        title="Asymmetric Nash bargaining solution",
        says="The outcome that makes the weighted product of gains over walking away greatest.",
        source="Nash (1950); Kalai (1977)",
        caution="Needs to know when each walks away; where any two cannot agree it forecasts no agreement.",
        uses=WEIGHTS | {"scale", "reservation", "reference"},
        within=False,
        solve=by_issue(nash_bargain, scale=True, limits=True),
    ),
    Model(
        name="kalai-smorodinsky",
        title="Kalai-Smorodinsky solution",
        says="The outcome that gives every party the same share of its best hope, or comes nearest to that.",
        source="Kalai and Smorodinsky (1975)",
        caution="Every party at the table counts alike, so a marginal one can pull the outcome.",
        uses=frozenset({"scale", "reservation", "reference"}),
        within=False,
        solve=by_issue(kalai_smorodinsky, scale=True, limits=True),
    ),
    Model(
        name="rubinstein",
        title="Rubinstein shares between the two heaviest camps",
        says="The two heaviest camps split the distance by how well each can wait.",
        source="Rubinstein (1982); Binmore, Rubinstein and Wolinsky (1986)",
        caution="Two camps only: use it where the others follow.",
        uses=WEIGHTS,
        mirrors=False,
        solve=by_issue(rubinstein_outcome),
    ),
)
