"""Sources, claims, whose beliefs, and which numbers stand on what."""

from equipoise.evidence.beliefs import believed_paths, under_beliefs
from equipoise.evidence.pools import Score, leave_out, pooled, scores_of, weights_of
from equipoise.evidence.tracing import BASES, Basis, Ground, Row, trace

__all__ = [
    "BASES",
    "Basis",
    "Ground",
    "Row",
    "Score",
    "believed_paths",
    "leave_out",
    "pooled",
    "scores_of",
    "trace",
    "under_beliefs",
    "weights_of",
]
