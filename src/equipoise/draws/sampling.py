"""States of the world as points of the unit cube: scrambled Sobol in 16 independent scrambles.

State k is point k div 16 of scramble k mod 16, so the first n states of a longer run are the n states of the
shorter, and the 16 means give standard errors. Source: MODEL.md §5; Owen 1998; scipy.stats.qmc.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.keys import key_of

if TYPE_CHECKING:
    from scipy.stats.qmc import Sobol

SCRAMBLES = 16
_BITS = 30


def points(dimensions: int, first: int, count: int, *, seed: int) -> np.ndarray:
    """Return the points of states `first` .. `first + count - 1`, float64 [count, dimensions], in (0, 1).

    Args:
        dimensions: how many numbers are drawn in a state; 0 gives an empty row for each state.
        first, count: which states.
        seed: keys the scrambles.
    """
    out = np.empty((count, dimensions))
    if dimensions == 0:
        return out
    states = np.arange(first, first + count)
    for scramble in range(SCRAMBLES):
        mine = states % SCRAMBLES == scramble
        if mine.any():
            at = states[mine] // SCRAMBLES
            out[mine] = _scrambled(dimensions, scramble, int(at[0]), len(at), seed)
    return out


def _scrambled(dimensions: int, scramble: int, first: int, count: int, seed: int) -> np.ndarray:
    with _ENGINES_LOCK:
        engine = _engine(dimensions, scramble, seed)
        if engine.num_generated != first:
            engine.reset()
            if first:
                engine.fast_forward(first)
        if first:
            drawn = engine.random(count)
        else:  # a first draw has to be a power of two; what it draws too much is drawn again
            drawn = engine.random_base2((count - 1).bit_length())[:count]
    return drawn + 2.0 ** -(_BITS + 1)


_ENGINES_LOCK = Lock()


@lru_cache(maxsize=4 * SCRAMBLES)
def _engine(dimensions: int, scramble: int, seed: int) -> Sobol:
    """Return the engine of a scramble, kept because scrambling hundreds of dimensions takes long."""
    from scipy.stats import qmc

    rng = np.random.default_rng([int(word) for word in key_of(seed, "states", str(scramble))])
    return qmc.Sobol(dimensions, scramble=True, bits=_BITS, rng=rng)
