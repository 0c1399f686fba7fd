"""Exploring the ensemble: drivers, tipping points, boxes of failure, value of information, indicators.

Everything here is a function of tables and arrays; nothing is simulated, except through a callable that
the caller gives. See docs/explore.md.
"""

from equipoise.exploration.differences import between_strategies
from equipoise.exploration.ensemble import Ensemble, Evaluate, Override
from equipoise.exploration.flip import Flip, smallest_flips
from equipoise.exploration.indicators import WeeklySample
from equipoise.exploration.overview import explore

__all__ = [
    "Ensemble",
    "Evaluate",
    "Flip",
    "Override",
    "WeeklySample",
    "between_strategies",
    "explore",
    "smallest_flips",
]
