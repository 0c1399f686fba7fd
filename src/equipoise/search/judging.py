"""What a found strategy is worth on futures that had no part in finding it.

The best of many candidates on one sample looks better than it is: it was chosen for its luck there too (the
optimiser's curse). So three samples that share nothing are used. One to search on; a second, four times as
large, to choose among the few finalists and the named strategies; a third, eight times as large, to say
what the chosen one is worth. Among finalists as good as the best the simplest is taken.

Many metrics depend on how many states they look at (a worst case falls as the sample grows). The larger
samples are therefore cut into parts of as many states as were searched on, each made of Latin hypercubes of
its own, so that parts are independent; the metric is taken in each, and its mean over parts has a standard
error whatever the metric.

Source: Smith and Winkler 2006, Management Science 52 (the optimiser's curse); Breiman, Friedman, Olshen and
Stone 1984 (the rule of one standard error).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.draws.estimate import Estimate, of_independent
from equipoise.search.objective import Objective

CHOICE_BLOCKS = 4
HELD_OUT_BLOCKS = 8
"""How many times as large as the sample searched on."""
PRACTICAL = 0.02
"""Share of the gain over the best named strategy that is given up for a simpler one."""


def block_members(states: int, blocks: int) -> list[np.ndarray]:
    """Return the states of each block: as many in each, one after another, whole hypercubes where they fit."""
    return np.array_split(np.arange(states), blocks)


def by_block(objective: Objective, f: np.ndarray, named: np.ndarray, blocks: int) -> np.ndarray:
    """Return the metric's value in each block [strategies, blocks].

    Args:
        objective: the metric; its alternatives are replaced by `named` block by block.
        f: payoffs [strategies, states]. named: of the named strategies [named, states].
        blocks: how many.
    """
    members = block_members(f.shape[1], blocks)
    return np.stack([objective.on(named[:, at]).value(f[:, at]) for at in members], axis=1)


def mean_of_blocks(values: np.ndarray) -> Estimate:
    """Return the mean over blocks with standard error and 95 % interval, undefined blocks left out."""
    known = values[np.isfinite(values)]
    return of_independent(known)


def choose(objective: Objective, values: np.ndarray, complexities: Sequence[int], named: int) -> int:
    """Return which finalist to take: the simplest of those that are as good as the best for any purpose.

    As good is within one standard error of the best, or within a fiftieth of what the best gains over the
    best named strategy: nobody would explain an exponent for that.

    Args:
        objective: says which way is better.
        values: the metric by block [finalists, blocks], the named strategies first.
        complexities: how much each finalist has to say; among equally simple ones the better.
        named: how many are named strategies.
    """
    scores = objective.signed(values)
    means = scores.mean(axis=1)
    best = int(np.argmax(means))
    gain = means[best] - means[:named].max()
    slack = PRACTICAL * gain if np.isfinite(gain) else 0.0
    close = []
    for n, row in enumerate(scores):
        if np.isfinite(row).all():
            behind = mean_of_blocks(scores[best] - row)
            if n == best or (behind.mean or 0.0) <= max(behind.se or 0.0, slack):
                close.append(n)
    return min(close or [best], key=lambda n: (complexities[n], -means[n], n))
