"""Exploring the ensemble: drivers, tipping points, boxes of failure, value of information, indicators.

Everything here is a function of tables and arrays; nothing is simulated, except through a callable that
the caller gives. See docs/explore.md.
"""

from equipoise.explore.assumptions import Assumption, Assumptions, key_assumptions
from equipoise.explore.beliefs import Belief, UnderHolder, under_each
from equipoise.explore.differences import Cell, Difference, between_strategies, between_studies
from equipoise.explore.discovery import Box, Discovery, discover, failing, tree
from equipoise.explore.ensemble import Ensemble, Evaluate, Input, Override, classify
from equipoise.explore.flip import Flip, Flips, smallest_flips
from equipoise.explore.indicators import (
    Indicator,
    Outcome,
    Weekly,
    WeeklySample,
    indicators,
    likelihood_ratio,
    outcomes_of,
)
from equipoise.explore.information import Information, Reveal, Worth, evpi, evppi, information, reveals
from equipoise.explore.overview import ExploreResult, explore, sides, worded
from equipoise.explore.prim import Limit, Step, inside, peel, quasi_p
from equipoise.explore.result import Result, jsonable
from equipoise.explore.sensitivity import Drivers, Index, drivers, first_order
from equipoise.explore.smooth import Smooth
from equipoise.explore.tipping import (
    Crossing,
    Level,
    PairMap,
    Resentment,
    Tip,
    pair_maps,
    resentment,
    tipping_points,
)

__all__ = [
    "Assumption",
    "Assumptions",
    "Belief",
    "Box",
    "Cell",
    "Crossing",
    "Difference",
    "Discovery",
    "Drivers",
    "Ensemble",
    "Evaluate",
    "ExploreResult",
    "Flip",
    "Flips",
    "Index",
    "Indicator",
    "Information",
    "Input",
    "Level",
    "Limit",
    "Outcome",
    "Override",
    "PairMap",
    "Resentment",
    "Result",
    "Reveal",
    "Smooth",
    "Step",
    "Tip",
    "UnderHolder",
    "Weekly",
    "WeeklySample",
    "Worth",
    "between_strategies",
    "between_studies",
    "classify",
    "discover",
    "drivers",
    "evpi",
    "evppi",
    "explore",
    "failing",
    "first_order",
    "indicators",
    "information",
    "inside",
    "jsonable",
    "key_assumptions",
    "likelihood_ratio",
    "outcomes_of",
    "pair_maps",
    "peel",
    "quasi_p",
    "resentment",
    "reveals",
    "sides",
    "smallest_flips",
    "tipping_points",
    "tree",
    "under_each",
    "worded",
]
