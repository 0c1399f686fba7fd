"""Keys of random numbers: one for each seed and each name of what is drawn.

A number keyed by the *name* of what it is for does not change when something else is added, taken out or put in
another order. Source: MODEL.md §5 *Sampling*.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def key_of(seed: int, *names: str) -> tuple[np.uint32, np.uint32]:
    """Return the Philox key of what is drawn: a 64-bit hash of the seed and the name of its purpose."""
    text = "\x1f".join((str(int(seed)), *names)).encode()
    words = np.frombuffer(blake2b(text, digest_size=8).digest(), dtype="<u4")
    return words[0], words[1]
