"""The compromise and the medians: forecasts with no strategy in them, and hard to beat.

Sources: compromise, Achen in Thomson, Stokman, Achen and König (eds, 2006), *The European Union Decides*,
and Van den Bos (1991); median voter, Black (1948), *On the rationale of group decision-making*.

    compromise  x* = sum_i c_i s_i x_i / sum_i c_i s_i
    median      the occupied position with the least sum_i c_i s_i |x_i - x*|
"""

from __future__ import annotations

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, by_issue


def compromise(positions: np.ndarray, salience: np.ndarray, clout: np.ndarray) -> np.ndarray:
    """Return the power- and salience-weighted mean position of each draw.

    Args:
        positions, salience, clout: shape (n, actors), or what broadcasts to it; an actor counts where none
            of the three is NaN.

    Returns:
        Shape (n,); NaN where no weight is left.
    """
    x, s, c = np.broadcast_arrays(positions, salience, clout)
    total = np.einsum("...a,...a->...", c, s)
    above = np.einsum("...a,...a,...a->...", c, s, x)
    if np.isnan(above).any():
        here = ~np.isnan(x * s * c)
        c, x = np.where(here, c, 0.0), np.where(here, x, 0.0)
        s = np.where(here, s, 0.0)
        total, above = (c * s).sum(-1), (c * s * x).sum(-1)
    return np.divide(above, total, out=np.full(total.shape, np.nan), where=total > 0)


def weighted_median(positions: np.ndarray, salience: np.ndarray, clout: np.ndarray) -> np.ndarray:
    """Return the clout- and salience-weighted median position of each draw; midway on an exact tie."""
    from equipoise.bargaining import _challenge_kernel as kernel

    x, weight = _stacked(positions, clout * salience)
    out = np.empty(len(x))
    kernel.median_batch(x, weight, out)
    return out


def plain_median(positions: np.ndarray, salience: np.ndarray, clout: np.ndarray) -> np.ndarray:
    """Return the median position of the actors at the table, each counted once; midway between two."""
    here = ~np.isnan(positions * salience * clout)
    return np.nanmedian(np.where(here, positions, np.nan), axis=-1)


def _stacked(*arrays: np.ndarray) -> list[np.ndarray]:
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    return [np.ascontiguousarray(np.broadcast_to(a, shape), dtype=float) for a in arrays]


MODELS = (
    Model(
        name="compromise",
        title="Compromise",
        says="The mean position, each weighted by clout and salience.",
        source="Achen in Thomson et al. (2006); Van den Bos (1991)",
        caution="Knows no veto and no status quo: a party that can walk away counts no more than its clout.",
        uses=WEIGHTS,
        monotone=True,
        solve=by_issue(compromise),
    ),
    Model(
        name="weighted-median",
        title="Weighted median voter",
        says="The position that beats every other when each votes, by clout and salience, for the nearer.",
        source="Black (1948); Bueno de Mesquita (1985) for the weights",
        caution="Jumps from camp to camp as weights shift; a minority never shows in it.",
        uses=WEIGHTS,
        monotone=True,
        solve=by_issue(weighted_median),
    ),
    Model(
        name="median",
        title="Plain median",
        says="The middle position, each actor counted once.",
        source="Black (1948)",
        caution="Blind to clout and salience; a baseline, not a forecast.",
        uses=frozenset(),
        monotone=True,
        counts_actors="Every actor has one vote, whatever its weight (Black 1948).",
        solve=by_issue(plain_median),
    ),
)
