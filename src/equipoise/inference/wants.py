"""What a patron must want: the weights of its payoff under which what it does is best.

Payoff is linear in the weights of equation 6, so what each way of engaging is worth moves in a straight line with every
weight, and those under which one way is best make up a polyhedron. The nearest of them to the stated weights, every
move in its own standard deviation, is the shortest vector that meets linear inequalities: least distance programming,
solved exactly by non-negative least squares.

A weight moves by the same amount in every state, so that its doubt, and whatever it shares with other numbers, stay.

Source: MODEL.md §5c; inverse optimisation, Ahuja and Orlin 2001, Operations Research 49:771-783; least distance
programming, Lawson and Hanson 1974, *Solving Least Squares Problems*, ch. 23.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.records import Record

FELT = 1e-6
"""Payoff that is rounding: below it a weight does not tell two ways of engaging apart, and a lead is a tie."""


@dataclass(frozen=True, eq=False)
class Goals:
    """A patron's payoff as it depends on its weights.

    Attributes:
        paths: of the weights. values: what each is in every state [weights, states]; its spread is its doubt.
        least: the least value each may have [weights], minus infinity where any.
        ways: names of the ways of engaging.
        payoff: with the weights as stated [ways, states].
        terms: what one more unit of a weight adds [weights, ways, states].
    """

    paths: tuple[str, ...]
    values: np.ndarray
    least: np.ndarray
    ways: tuple[str, ...]
    payoff: np.ndarray
    terms: np.ndarray

    @cached_property
    def stated(self) -> np.ndarray:
        """The weights' means [weights]."""
        return self.values.mean(axis=1)

    @cached_property
    def sd(self) -> np.ndarray:
        """The weights' standard deviations [weights], 0 where one is certain."""
        varies = np.ptp(self.values, axis=1) > 0  # the deviation of equal numbers is a rounding above 0
        return np.where(varies, self.values.std(axis=1, ddof=1), 0.0)

    @cached_property
    def worth(self) -> np.ndarray:
        """Mean payoff with the weights as stated [ways]."""
        return self.payoff.mean(axis=1)

    @cached_property
    def slopes(self) -> np.ndarray:
        """Mean of what one more unit of each weight adds [weights, ways]."""
        return self.terms.mean(axis=2)

    def some(self, paths: Sequence[str]) -> Goals:
        """Return the same payoff as it depends on some of the weights; the others stay as stated."""
        at = [self.paths.index(path) for path in paths]
        return Goals(tuple(paths), self.values[at], self.least[at], self.ways, self.payoff, self.terms[at])

    def ahead(self, done: str) -> tuple[np.ndarray, np.ndarray]:
        """Return how far each other way is ahead of `done` [others], and how much of it a unit of each weight closes.

        Returns:
            `behind` [others] and `closes` [others, weights]: `done` is best where closes · move >= behind.
        """
        own = self.ways.index(done)
        others = [k for k in range(len(self.ways)) if k != own]
        behind = self.worth[others] - self.worth[own]
        return behind, (self.slopes[:, [own]] - self.slopes[:, others]).T


@dataclass(frozen=True)
class Wish(Record):
    """A weight that has to be another for what is done to be best.

    Attributes:
        path: of the weight. stated: its mean in the file. wanted: what it would have to be.
        sds: by how many of its standard deviations it moves, with its sign; None where it is certain.
        credible: whether `wanted` lies where the file thinks it can be.
    """

    path: str
    stated: float
    wanted: float
    sds: float | None
    credible: bool


@dataclass(frozen=True)
class Nearest(Record):
    """The nearest weights under which what is done is best.

    Attributes:
        distance: of all moves together, in standard deviations; 0 where the stated weights do.
        wishes: what moves, the largest move first.
    """

    distance: float
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Alone(Record):
    """Whether one weight alone could make what is done best, whatever the others are as stated.

    Attributes:
        path: of the weight. stated: its mean.
        least, most: the values under which it does, None where there is no end; both None where it never does.
        wanted: the one of them nearest to the stated weight; None where it never does.
        sds: how far that is in its standard deviations; None where it is certain or never does.
    """

    path: str
    stated: float
    least: float | None
    most: float | None
    wanted: float | None
    sds: float | None


def nearest(goals: Goals, done: str, *, within: float = 0.0) -> Nearest | None:
    """Return the nearest weights under which `done` is within `within` of the best; None where there are none.

    Weights that the file is certain of stay as they are.
    """
    from scipy.optimize import nnls

    moving = np.flatnonzero(goals.sd > 0)
    behind, closes = goals.ahead(done)
    behind = behind - within
    if (behind <= 0).all():
        return Nearest(0.0, ())
    floor = np.isfinite(goals.least[moving])
    bounds = np.diag(goals.sd[moving])[floor]
    rows = np.vstack([closes[:, moving] * goals.sd[moving], bounds])
    least = np.concatenate([behind, (goals.least - goals.stated)[moving][floor]])
    size = np.maximum(np.abs(rows).max(axis=1, initial=0.0), FELT)
    rows, least = rows / size[:, None], least / size
    scale = np.abs(least).max()
    stacked = np.vstack([rows.T, least / scale])
    aim = np.zeros(len(stacked))
    aim[-1] = 1.0
    solution, left = nnls(stacked, aim)
    gap = stacked @ solution - aim
    if left < 1e-9 or gap[-1] >= -1e-12:
        return None
    moves = -gap[:-1] / gap[-1] * scale
    wishes = [_wish(goals, int(k), move) for k, move in zip(moving, moves, strict=True) if abs(move) > 1e-9]
    wishes.sort(key=lambda wish: -abs(wish.sds or 0.0))
    return Nearest(float(np.linalg.norm(moves)), tuple(wishes))


def _wish(goals: Goals, k: int, sds: float) -> Wish:
    wanted = float(goals.stated[k] + goals.sd[k] * sds)
    credible = bool(goals.values[k].min() <= wanted <= goals.values[k].max())
    return Wish(goals.paths[k], float(goals.stated[k]), wanted, float(sds), credible)


def share_inside(goals: Goals, done: str, *, within: float = 0.0) -> Estimate:
    """Return the share of the doubt about the weights in which `done` is within `within` of the best in the mean."""
    return estimate(inside(goals, done, goals.values - goals.stated[:, None], within=within).astype(float))


def inside(goals: Goals, done: str, moves: np.ndarray, *, within: float = 0.0) -> np.ndarray:
    """Return whether `done` is within `within` of the best under weights moved by [weights, cases]: bool [cases]."""
    behind, closes = goals.ahead(done)
    return (closes @ moves >= behind[:, None] - within).all(axis=0)


def alone(goals: Goals, done: str, *, within: float = 0.0) -> tuple[Alone, ...]:
    """Return for every weight whether it alone could make `done` best: those that can first, the nearest first."""
    behind, closes = goals.ahead(done)
    found = [_alone(goals, k, behind - within, closes[:, k]) for k in range(len(goals.paths))]
    far = np.inf
    found.sort(key=lambda one: (one.wanted is None, far if one.sds is None else abs(one.sds)))
    return tuple(found)


def _alone(goals: Goals, k: int, behind: np.ndarray, closes: np.ndarray) -> Alone:
    stated, sd = float(goals.stated[k]), float(goals.sd[k])
    up, down = closes > FELT, closes < -FELT
    low = max((behind[up] / closes[up]).max(initial=-np.inf), goals.least[k] - stated)
    high = (behind[down] / closes[down]).min(initial=np.inf)
    if low > high or (behind[~(up | down)] > 0).any():
        return Alone(goals.paths[k], stated, None, None, None, None)
    move = float(np.clip(0.0, low, high))
    least, most = (float(stated + end) if np.isfinite(end) else None for end in (low, high))
    return Alone(goals.paths[k], stated, least, most, stated + move, move / sd if sd > 0 else None)


@dataclass(frozen=True)
class Scaled(Record):
    """The scaling of the stated goals that suits an act best, their signs kept and scales 0 or more.

    Attributes:
        lead: of the act under it, in standard deviations of what the ways are then worth: at 0 or below no scaling
            makes the act best, just above 0 one does by a hair.
        paths: of the goals that it keeps, those that tell the ways apart most first; all others count for nothing.
    """

    lead: float
    paths: tuple[str, ...]


def scaled(goals: Goals, done: str) -> Scaled:
    """Return the scaling of the stated goals that suits `done` best."""
    from scipy.optimize import linprog

    parts = (goals.values[:, None, :] * goals.terms).mean(axis=2)
    own = goals.ways.index(done)
    leads = np.delete(parts[:, [own]] - parts, own, axis=1)
    count, others = leads.shape
    if not others:
        return Scaled(0.0, ())
    found = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.hstack([-leads.T, np.ones((others, 1))]), b_ub=np.zeros(others),
        A_eq=np.append(np.ones(count), 0.0)[None], b_eq=[1.0],
        bounds=[(0, None)] * count + [(None, None)], method="highs",
    )  # fmt: skip
    scales = found.x[:count]
    spread, felt = float((scales @ parts).std()), (scales[:, None] * parts).std(axis=1)
    kept = [goals.paths[k] for k in np.argsort(-felt, kind="stable") if felt[k] > FELT]
    return Scaled(float(-found.fun) / spread if spread > 0 else 0.0, tuple(kept))


def without_twins(ways: Sequence[str], payoff: np.ndarray, done: str) -> tuple[str, ...]:
    """Return the ways of engaging but those that pay in every state exactly what `done` pays: they are the same act."""
    own = payoff[list(ways).index(done)]
    return tuple(
        name
        for name, row in zip(ways, payoff, strict=True)
        if name == done or np.abs(row - own).max() > FELT * 1e-3
    )
