"""Judging forecasts against what happened, and base rates beside them."""

from equipoise.scoring.base_rates import BaseRate, Wars, counts, rate, yearly_chance
from equipoise.scoring.outside import outside_view
from equipoise.scoring.reference import ENOUGH_CASES, Reference, departures, judging, reference_classes

__all__ = [
    "ENOUGH_CASES", "BaseRate", "Reference", "Wars", "counts", "departures", "judging", "outside_view", "rate",
    "reference_classes", "yearly_chance",
]  # fmt: skip
