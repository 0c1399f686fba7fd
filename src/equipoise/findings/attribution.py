"""What part of a difference is due to which change: shares that add up to the whole.

With few changes each share is the Shapley value: what the change adds, averaged over all orders in which the changes
can be made. It is the only rule that shares everything out, treats like changes alike, gives nothing to a change that
never matters, and adds up over metrics. With more, the changes are made one after another, and each share is what its
change adds then; the order decides who has the credit for what changes do only together.

Source: Shapley 1953, A value for n-person games; Owen and Prieur 2017, On Shapley value for measuring importance of
dependent inputs; Das Gupta 1993 on decomposing differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from math import comb

import numpy as np

Chosen = frozenset[int]
MOST = 5
"""Changes up to which every combination is played: 32 of them."""


def needed(count: int) -> Iterator[Chosen]:
    """Yield the combinations of changes whose value must be known, nothing changed first and everything last."""
    if count > MOST:
        yield from (frozenset(range(made)) for made in range(count + 1))
        return
    for size in range(count + 1):
        yield from (frozenset(chosen) for chosen in combinations(range(count), size))


def shares(value: Callable[[Chosen], np.ndarray], count: int) -> np.ndarray:
    """Return the share of each change in the whole difference, [changes, ...].

    Args:
        value: what there is when some changes are made, an array of any one shape (a number a state, say).
        count: of changes.
    """
    if count > MOST:
        steps = [value(frozenset(range(made))) for made in range(count + 1)]
        return np.diff(np.stack(steps), axis=0)
    rows = []
    for change in range(count):
        others = [other for other in range(count) if other != change]
        rows.append(
            sum(
                (value(frozenset(made) | {change}) - value(frozenset(made))) / (count * comb(count - 1, size))
                for size in range(count)
                for made in combinations(others, size)
            )
        )
    return np.stack(rows) if rows else np.zeros((0, *value(frozenset()).shape))
