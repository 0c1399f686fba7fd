"""Whether chances came as often as was said, and the parts of the Brier score: only over many forecasts.

Murphy's decomposition over bins k of n_k forecasts: reliability is the mean of (said - came)², resolution that of
(came - came overall)², uncertainty came overall × (1 - it); the Brier score is reliability - resolution + uncertainty,
and what the chances of one bin differ among themselves (`within`), which is 0 where each bin holds one chance.

Source: Murphy 1973, *Journal of Applied Meteorology* 12:595-600; Stephenson, Coelho and Jolliffe 2008, *Weather and
Forecasting* 23:752-757 (the part within bins).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.records import Record
from equipoise.scoring.base_rates import jeffreys

BINS = 5
MANY = 100
"""Forecasts below which bins and parts of the score are not shown: they would tell luck, not forecasting."""


@dataclass(frozen=True)
class Bin(Record):
    """Forecasts of about the same chance.

    Attributes:
        least, most: the smallest and the largest chance among them. forecasts, came: how many; of how many it came.
        said: mean chance. share: came / forecasts. low, high: its 95 % interval (Jeffreys), years taken as independent.
    """

    least: float
    most: float
    forecasts: int
    came: int
    said: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Reliability(Record):
    """Whether chances came as often as said.

    Attributes:
        bins: as many forecasts in each as can be, the smallest chances first; equal chances are never parted.
        brier: the mean score; reliability - resolution + uncertainty + within.
        reliability, resolution, uncertainty, within: its parts.
        sharpness: the standard deviation of the chances.
    """

    bins: tuple[Bin, ...]
    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    sharpness: float


def reliability(chance: np.ndarray, came: np.ndarray, bins: int = BINS) -> Reliability | None:
    """Return how chances [n] and what came of them, 1 or 0 [n], fit; None for fewer than `MANY`."""
    said, fell = np.asarray(chance, float), np.asarray(came, float)
    if len(said) < MANY:
        return None
    edges = np.unique(np.quantile(said, np.arange(1, bins) / bins))
    _, of = np.unique(np.searchsorted(edges, said, side="left"), return_inverse=True)
    sizes, mean = np.bincount(of), fell.mean()
    p, o = np.bincount(of, said) / sizes, np.bincount(of, fell) / sizes
    weights, brier = sizes / len(said), float(((said - fell) ** 2).mean())
    unlike, told = float(weights @ (p - o) ** 2), float(weights @ (o - mean) ** 2)
    unsure = float(mean * (1 - mean))
    rows = []
    for k, n in enumerate(sizes):
        here, count = said[of == k], int(fell[of == k].sum())
        ends = jeffreys(count, int(n))
        rows.append(Bin(float(here.min()), float(here.max()), int(n), count, float(p[k]), float(o[k]), *ends))
    return Reliability(
        tuple(rows), brier, unlike, told, unsure, brier - (unlike - told + unsure), float(said.std())
    )
