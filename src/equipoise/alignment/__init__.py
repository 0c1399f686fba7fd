"""Alignment: signed networks of actors, how balanced they are, and which camps they point to.

A tie is signed, weighted and may be uncertain. This room measures balance, finds the exact frustration
index, the tie whose change would restore most balance, the structural price of a hedge, the stable
alignments of landscape theory, and coalitions under the power and the patronage account.
"""

from equipoise.alignment.frustration import frustration
from equipoise.alignment.graphml import read_graphml
from equipoise.alignment.landscape import landscape
from equipoise.alignment.reading import from_networkx, read_csv
from equipoise.alignment.repair import repairs
from equipoise.alignment.study import study_balance

__all__ = [
    "from_networkx",
    "frustration",
    "landscape",
    "read_csv",
    "read_graphml",
    "repairs",
    "study_balance",
]
