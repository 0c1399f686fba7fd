"""Judging forecasts against what happened, and base rates beside them."""

from equipoise.scoring.base_rates import BaseRate, Wars, counts, kinds, rate, yearly_chance
from equipoise.scoring.reference import Reference, departures, reference_classes

__all__ = [
    "BaseRate", "Reference", "Wars", "counts", "departures", "kinds", "rate", "reference_classes", "yearly_chance",
]  # fmt: skip
