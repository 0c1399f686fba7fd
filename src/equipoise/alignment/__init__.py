"""Alignment: signed networks of actors, how balanced they are, and which camps they point to.

A tie is signed, weighted and may be uncertain. This room measures balance, finds the exact frustration
index, the tie whose change would restore most balance, the structural price of a hedge, the stable
alignments of landscape theory, and coalitions under the power and the patronage account.
"""

from equipoise.alignment.balance import (
    actor_balance,
    frustration_index,
    triangle_index,
    triangles,
    unbalanced_triangles,
    walk_balance,
)
from equipoise.alignment.coalitions import ACCOUNTS, Choice, Coalition, Contenders, choices, minimal_winning
from equipoise.alignment.frustration import Frustration, frustration, frustration_of
from equipoise.alignment.graph import SignedGraph, SignedTie
from equipoise.alignment.graphml import read_graphml
from equipoise.alignment.hedge import Triad, hedge_price, hedge_prices, triads
from equipoise.alignment.landscape import Descent, Landscape, Minimum, descent, energy, landscape
from equipoise.alignment.reading import from_networkx, read_csv
from equipoise.alignment.repair import Repair, Repairs, repairs
from equipoise.alignment.situation import Situation, median_graph, situation_of
from equipoise.alignment.study import BalanceResult, study_balance

__all__ = [
    "ACCOUNTS",
    "BalanceResult",
    "Choice",
    "Coalition",
    "Contenders",
    "Descent",
    "Frustration",
    "Landscape",
    "Minimum",
    "Repair",
    "Repairs",
    "SignedGraph",
    "SignedTie",
    "Situation",
    "Triad",
    "actor_balance",
    "choices",
    "descent",
    "energy",
    "from_networkx",
    "frustration",
    "frustration_index",
    "frustration_of",
    "hedge_price",
    "hedge_prices",
    "landscape",
    "median_graph",
    "minimal_winning",
    "read_csv",
    "read_graphml",
    "repairs",
    "situation_of",
    "study_balance",
    "triads",
    "triangle_index",
    "triangles",
    "unbalanced_triangles",
    "walk_balance",
]
