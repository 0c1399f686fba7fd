"""Exploring the ensemble: drivers, tipping points, boxes of failure, value of information, indicators.

Everything here is a function of tables and arrays; nothing is simulated, except through a callable that
the caller gives. See docs/explore.md.
"""

from equipoise.exploration.assumptions import Assumption, Assumptions, key_assumptions
from equipoise.exploration.beliefs import Belief, UnderHolder, under_each
from equipoise.exploration.differences import Cell, Difference, between_strategies, between_studies
from equipoise.exploration.discovery import Box, Discovery, discover, failing, tree
from equipoise.exploration.ensemble import Ensemble, Evaluate, Input, Override, classify
from equipoise.exploration.flip import Flip, Flips, smallest_flips
from equipoise.exploration.indicators import (
    Indicator,
    Outcome,
    Watch,
    Weekly,
    WeeklySample,
    indicators,
    likelihood_ratio,
    outcomes_of,
)
from equipoise.exploration.information import Information, Reveal, Worth, evpi, evppi, information, reveals
from equipoise.exploration.overview import ExploreResult, explore, worded
from equipoise.exploration.prim import Limit, Step, inside, peel, quasi_p
from equipoise.exploration.sensitivity import Drivers, Index, drivers, first_order
from equipoise.exploration.signs import Look, Share, Sign, foretelling, signs, turning_signs
from equipoise.exploration.smooth import Smooth
from equipoise.exploration.tipping import (
    Crossing,
    Level,
    PairMap,
    Resentment,
    Tip,
    pair_maps,
    played_again,
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
    "Look",
    "Outcome",
    "Override",
    "PairMap",
    "Resentment",
    "Reveal",
    "Share",
    "Sign",
    "Smooth",
    "Step",
    "Tip",
    "UnderHolder",
    "Watch",
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
    "foretelling",
    "indicators",
    "information",
    "inside",
    "key_assumptions",
    "likelihood_ratio",
    "outcomes_of",
    "pair_maps",
    "peel",
    "played_again",
    "quasi_p",
    "resentment",
    "reveals",
    "signs",
    "smallest_flips",
    "tipping_points",
    "tree",
    "turning_signs",
    "under_each",
    "worded",
]
