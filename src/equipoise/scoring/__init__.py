"""Judging forecasts against what happened, and base rates beside them."""

from equipoise.scoring.base_rates import BaseRate, Wars, counts, kinds, rate, yearly_chance
from equipoise.scoring.reference import Reference, reference_classes

__all__ = ["BaseRate", "Reference", "Wars", "counts", "kinds", "rate", "reference_classes", "yearly_chance"]
