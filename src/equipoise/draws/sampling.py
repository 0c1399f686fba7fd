"""States of the world in blocks of 32, each block a random Latin hypercube of its own.

Within a block every input falls once into each of 32 equal strata, in an order and at a place in the stratum keyed by
the seed, the input's name and the block's number. So inputs are independent of one another, adding one changes no
other's draws, the order of the file does not matter, and the first n states of a longer run are the n states of the
shorter. A mean over states then scatters less than under plain draws, by what single inputs explain of it.

Source: MODEL.md §5 *Sampling*; McKay, Beckman and Conover 1979; Owen 1992 (Latin hypercubes); Salmon et al. 2011
(counter-based streams: NumPy's Philox4x64-10, whose counter is the block).
"""

from __future__ import annotations

import numpy as np

from equipoise.draws.estimate import BLOCK
from equipoise.draws.keys import key_of

_CALLS = 2 * BLOCK // 4
"""Counts of the counter a block takes: two words a state, of which a call gives four."""


def uniforms(name: str, first: int, count: int, *, seed: int) -> np.ndarray:
    """Return the draws of one input in states `first` .. `first + count - 1`, float64 [count], in (0, 1).

    Args:
        name: what is drawn; a path of the scenario.
        first, count: which states.
        seed: of the run.
    """
    low, high = key_of(seed, "states", name)
    begin, end = first // BLOCK, -(-(first + count) // BLOCK)
    stream = np.random.Philox(key=[int(low) | int(high) << 32, 0], counter=[_CALLS * begin, 0, 0, 0])
    order, place = stream.random_raw(2 * BLOCK * (end - begin)).reshape(-1, 2, BLOCK).swapaxes(0, 1)
    stratum = np.argsort(order, axis=1)
    within = (
        (place >> np.uint64(24)) + 0.5
    ) * 2.0**-40  # the middle of one of 2^40 steps: the sum below is exact
    return ((stratum + within) / BLOCK).ravel()[first - begin * BLOCK :][:count]
