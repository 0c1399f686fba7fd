"""The random numbers of a future, one word at a time, as the reference reads them.

Every number belongs to a name, not to a place in a sequence: the counter says which future and which call,
the key says which seed and what the number is for. Source: MODEL.md §5 *Sampling*; Salmon, Moraes, Dror and
Shaw 2011 for Philox4x32-10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsInt

import numpy as np
from numpy.typing import ArrayLike

from equipoise.draws.keys import key_of
from equipoise.world.calendar import Uniforms
from equipoise.world.compile import Kind, World

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Chance:
    """The luck of n futures: standard normals for eq. 2, uniforms for falls, weekly draws and looks at ties.

    Attributes:
        nation: [n, weeks, F]. region: [n, weeks, G, F]. fall: [n, weeks, F]. weekly: [n, weeks, triggered].
        look: [n, weeks, F], whether forces look again at their ties.
    """

    nation: np.ndarray
    region: np.ndarray
    fall: np.ndarray
    weekly: np.ndarray
    look: np.ndarray


def philox(counter: tuple[ArrayLike, ...], key: tuple[SupportsInt, SupportsInt]) -> np.ndarray:
    """Return the four 32-bit words [..., 4] of Philox4x32-10 at a counter of four equal-shaped arrays."""
    c0, c1, c2, c3 = (np.asarray(c, dtype=np.uint64) for c in np.broadcast_arrays(*counter))
    k0, k1 = int(key[0]), int(key[1])
    for _ in range(10):
        p0, p1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1 = (p1 >> np.uint64(32)) ^ c1 ^ np.uint64(k0), p1 & _LOW
        c2, c3 = (p0 >> np.uint64(32)) ^ c3 ^ np.uint64(k1), p0 & _LOW
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def uniform(word: np.ndarray) -> np.ndarray:
    """Return the number in (0, 1) of a random word: the middle of one of 2²³ equal steps."""
    return ((word >> np.uint32(9)) + 0.5) * 2.0**-23


def weekly_uniforms(
    seed: int, names: tuple[str, ...], state: np.ndarray, stream: np.ndarray, weeks: int
) -> np.ndarray:
    """Return the uniform of every week [n, weeks] for what `names` says: four weeks a call."""
    calls = np.arange(-(-weeks // 4))
    words = philox((state[:, None], stream[:, None], calls[None, :], np.uint64(0)), key_of(seed, *names))
    return uniform(words.reshape(len(state), -1)[:, :weeks])


def chances(world: World, seed: int, state: np.ndarray, stream: np.ndarray) -> Chance:
    """Return the luck of the futures given by their state and stream of chance [n]."""
    from scipy.special import ndtri

    def drawn(*names: tuple[str, ...]) -> np.ndarray:
        rows = [weekly_uniforms(seed, name, state, stream, world.weeks) for name in names]
        return np.stack(rows, axis=2) if rows else np.zeros((len(state), world.weeks, 0))

    regional = drawn(*(("shock", g, j) for g in world.regions for j in world.forces))
    return Chance(
        nation=ndtri(drawn(*(("shock", j) for j in world.forces))),
        region=ndtri(regional).reshape(*regional.shape[:2], len(world.regions), len(world.forces)),
        fall=drawn(*(("fall", j) for j in world.forces)),
        weekly=drawn(*(("weekly", o.name) for o in world.occurrences if o.kind is Kind.TRIGGERED)),
        look=drawn(*(("realign", j) for j in world.forces)),
    )


def event_uniforms(world: World, seed: int, state: np.ndarray, stream: np.ndarray) -> Uniforms:
    """Return the draws of each dated event and talk in 2³² equal steps [drawn, n] each."""
    at = (state, stream, np.uint64(0), np.uint64(0))
    words = [philox(at, key_of(seed, "event", item.name)) for item in world.drawn]
    drawn = (np.stack(words) + 0.5) * 2.0**-32 if words else np.zeros((0, len(state), 4))
    return Uniforms(drawn[..., 0], drawn[..., 1], drawn[..., 2])
