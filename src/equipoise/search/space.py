"""What a search may vary: shares of a whole, and numbers within bounds, as one row of numbers.

Shares live on the simplex itself, not behind a softmax or stick-breaking map: a step off an edge is brought
back to the nearest point of the simplex, so that giving everything to one side, or nothing to another, is
reached exactly and not only in a limit.

Source: projection on the simplex by sorting, Held, Wolfe and Crowder 1974, Mathematical Programming 6;
uniform points on the simplex from exponential spacings, Devroye 1986, *Non-Uniform Random Variate
Generation*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from equipoise.draws.sampling import uniforms
from equipoise.errors import InputError

_DUST = 1e-12
"""Shares no larger than this are rounding, and are none."""


@dataclass(frozen=True)
class Shares:
    """Shares of a whole: 0 or more each, adding up to 1.

    Attributes:
        names: what the whole is divided among.
    """

    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many numbers it takes."""
        return len(self.names)


@dataclass(frozen=True)
class Range:
    """A number within bounds.

    Attributes:
        name: what it is.
        low, high: its bounds, both allowed.
        neutral: the value that means "not used".
    """

    name: str
    low: float
    high: float
    neutral: float = 0.0

    def __post_init__(self) -> None:
        if not self.low <= self.neutral <= self.high or not self.low < self.high:
            raise InputError(
                f"{self.name}: {self.neutral} must lie between {self.low} and {self.high}, which differ"
            )

    @property
    def width(self) -> int:
        """How many numbers it takes."""
        return 1


@dataclass(frozen=True)
class Space:
    """All candidates of a search; a candidate is a row of `dimension` numbers, part after part.

    Attributes:
        parts: shares and ranges, in order.
    """

    parts: tuple[Shares | Range, ...]

    def __post_init__(self) -> None:
        if not self.parts or any(part.width < 1 for part in self.parts):
            raise InputError("a search needs something to vary")

    @property
    def dimension(self) -> int:
        """How many numbers make a candidate."""
        return sum(part.width for part in self.parts)

    def places(self) -> Iterator[tuple[Shares | Range, slice]]:
        """Yield each part with its place in a row."""
        begin = 0
        for part in self.parts:
            yield part, slice(begin, begin + part.width)
            begin += part.width

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return the nearest candidates to any rows of numbers [n, dimension], part by part."""
        out = np.array(points, dtype=float)
        for part, at in self.places():
            if isinstance(part, Shares):
                out[:, at] = nearest_shares(out[:, at])
            else:
                out[:, at] = np.clip(out[:, at], part.low, part.high)
        return out

    def corners(self) -> np.ndarray:
        """Return every one-sided candidate and the even one, all numbers neutral [n, dimension].

        With several parts of shares, every combination of their corners and even splits.
        """
        choices = [_corners(part) for part in self.parts]
        return np.array([np.concatenate(chosen) for chosen in product(*choices)])

    def scattered(self, count: int, *, seed: int) -> np.ndarray:
        """Return candidates spread evenly over the space [count, dimension], the same for the same seed.

        They are Latin hypercubes, as states of the world are.
        """
        cube = uniforms([f"candidate {n}" for n in range(self.dimension)], 0, count, seed=seed).T
        out = np.empty_like(cube)
        for part, at in self.places():
            if isinstance(part, Shares):
                spacings = -np.log1p(-np.minimum(cube[:, at], 1 - 1e-12)) + 1e-12
                out[:, at] = spacings / spacings.sum(axis=1, keepdims=True)
            else:
                out[:, at] = part.low + (part.high - part.low) * cube[:, at]
        return out

    def moves(self, point: np.ndarray, step: float) -> np.ndarray:
        """Return the candidates one step away from a candidate [n, dimension], without the point itself.

        Of shares, up to `step` is moved from each to each other; a number goes up or down by `step` of its
        range. These directions reach every better candidate nearby of a smooth payoff (they positively span
        the space around any point), so that where none is better at any small step, none is near.
        """
        out = []
        for part, at in self.places():
            if isinstance(part, Shares):
                out += _exchanges(point, at, step)
            else:
                for sign in (1, -1):
                    moved = point.copy()
                    moved[at] = np.clip(point[at] + sign * step * (part.high - part.low), part.low, part.high)
                    out.append(moved)
        return np.array([moved for moved in out if not np.array_equal(moved, point)]).reshape(
            -1, self.dimension
        )


def _corners(part: Shares | Range) -> list[np.ndarray]:
    if isinstance(part, Range):
        return [np.array([part.neutral])]
    even = [np.full(part.width, 1 / part.width)] if part.width > 1 else []
    return [*np.eye(part.width), *even]


def _exchanges(point: np.ndarray, at: slice, step: float) -> list[np.ndarray]:
    out = []
    for taker, giver in permutations(range(at.start, at.stop), 2):
        amount = step if point[giver] > step + _DUST else point[giver]
        if amount > 0:
            moved = point.copy()
            moved[giver] -= amount
            moved[taker] += amount
            out.append(moved)
    return out


def nearest_shares(rows: np.ndarray) -> np.ndarray:
    """Return the nearest point of the simplex to each row [n, k]: shares of 0 or more that add up to 1."""
    rows = np.asarray(rows, dtype=float)
    falling = -np.sort(-rows, axis=1)
    levels = (np.cumsum(falling, axis=1) - 1) / np.arange(1, rows.shape[1] + 1)
    kept = (falling > levels).sum(axis=1)
    level = levels[np.arange(len(rows)), kept - 1]
    out = rows - level[:, None]
    out = np.where(out > _DUST, out, 0.0)
    return out / out.sum(axis=1, keepdims=True)
