"""Judging forecasts: words for probabilities, base rates beside them."""

from equipoise.judge.base_rates import BaseRate, base_rates, kinds, wilson, yearly_chance
from equipoise.judge.words import CONFIDENCE, YARDSTICKS, confidence, judgement, percent, say, word

__all__ = [
    "CONFIDENCE",
    "YARDSTICKS",
    "BaseRate",
    "base_rates",
    "confidence",
    "judgement",
    "kinds",
    "percent",
    "say",
    "wilson",
    "word",
    "yearly_chance",
]
