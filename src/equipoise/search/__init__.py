"""Searching for ways of engaging: the best one for a metric; the frontier of influence, regret and cost.

`search` finds the best candidate of any `Space` for any payoff function; `optimise` applies it to a
scenario's strategies. `Sample` plays strategies on states drawn once. What is varied and how it is judged:
`docs/optimise.md`.
"""

from equipoise.search.optimise import optimise
from equipoise.search.search import search

__all__ = ["optimise", "search"]
