"""Judging forecasts against what happened, and base rates beside them."""

from equipoise.scoring.base_rates import BaseRate, base_rates, kinds, yearly_chance

__all__ = ["BaseRate", "base_rates", "kinds", "yearly_chance"]
