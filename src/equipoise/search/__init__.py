"""Searching for ways of engaging: the best one for a metric; the frontier of influence, regret and cost.

`search` finds the best candidate of any `Space` for any payoff function; `optimise` applies it to a
scenario's strategies. `Sample` plays strategies on states drawn once. What is varied and how it is judged:
`docs/optimise.md`.
"""

from equipoise.search.frontier import Archive, efficient, spread_out
from equipoise.search.objective import Objective, objective
from equipoise.search.optimise import optimise
from equipoise.search.policies import Policies, block, complexity
from equipoise.search.result import Optimised
from equipoise.search.sample import Means, Sample
from equipoise.search.search import Effort, Found, offspring, search
from equipoise.search.space import Range, Shares, Space, nearest_shares

__all__ = [
    "Archive",
    "Effort",
    "Found",
    "Means",
    "Objective",
    "Optimised",
    "Policies",
    "Range",
    "Sample",
    "Shares",
    "Space",
    "block",
    "complexity",
    "efficient",
    "nearest_shares",
    "objective",
    "offspring",
    "optimise",
    "search",
    "spread_out",
]
