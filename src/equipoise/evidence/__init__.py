"""Sources, claims, whose beliefs, and which numbers stand on what."""

from equipoise.evidence.beliefs import beliefs_table, under_beliefs
from equipoise.evidence.tracing import BASES, Basis, Ground, Row, trace

__all__ = ["BASES", "Basis", "Ground", "Row", "beliefs_table", "trace", "under_beliefs"]
