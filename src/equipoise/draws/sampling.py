"""States of the world in blocks of 32, each block a random Latin hypercube of its own.

Within a block every input falls once into each of 32 equal strata, in an order and at a place in the stratum keyed by
the seed, the input's name and the block's number. So inputs are independent of one another, adding one changes no
other's draws, the order of the file does not matter, and the first n states of a longer run are the n states of the
shorter. A mean over states then scatters less than under plain draws, by what single inputs explain of it.

Source: MODEL.md §5 *Sampling*; McKay, Beckman and Conover 1979; Owen 1992 (Latin hypercubes); Salmon et al. 2011
(counter-based streams: NumPy's Philox4x64-10, whose counter is the block).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.draws.estimate import BLOCK
from equipoise.draws.keys import key_of

_CALLS = 2 * BLOCK // 4
"""Counts of the counter a block takes: two words a state, of which a call gives four."""


def uniforms(names: Sequence[str], first: int, count: int, *, seed: int) -> np.ndarray:
    """Return the draws of some inputs in states `first` .. `first + count - 1`, float64 [names, count], in (0, 1).

    Args:
        names: what is drawn; paths of the scenario.
        first, count: which states.
        seed: of the run.
    """
    begin, end = first // BLOCK, -(-(first + count) // BLOCK)
    words = np.empty((len(names), end - begin, 2, BLOCK), np.uint64)
    for name, row in zip(names, words, strict=True):
        low, high = key_of(seed, "states", name)
        stream = np.random.Philox(key=[int(low) | int(high) << 32, 0], counter=[_CALLS * begin, 0, 0, 0])
        row[:] = stream.random_raw(row.size).reshape(row.shape)
    order, place = words[:, :, 0], words[:, :, 1]
    stratum = np.argsort(order)
    within = (
        (place >> np.uint64(24)) + 0.5
    ) * 2.0**-40  # the middle of one of 2^40 steps: the sum below is exact
    found = ((stratum + within) / BLOCK).reshape(len(names), -1)
    return found[:, first - begin * BLOCK :][:, :count]
