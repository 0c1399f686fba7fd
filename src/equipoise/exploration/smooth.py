"""Regression of payoffs on inputs: penalised splines, alone, in pairs and together.

E(f | x) is estimated from the one sample of states. A numeric input enters through cubic B-splines on its
ranks with a penalty on second differences; an input with a few levels through the mean of each level; a
pair through the products of two such bases. Each part is rotated so that its penalty is
diagonal, its smoothness is chosen by generalised cross-validation, and a part that predicts nothing is
shrunk away entirely.

Source: P-splines, Eilers and Marx 1996 (Statist. Sci. 11:89-121); diagonal form, Demmler and Reinsch 1975
(Numer. Math. 24:375-382); cross-validation with 1.4 times the degrees of freedom, Kim and Gu 2004 (JRSS B
66:337-356); intervals from the posterior covariance, Nychka 1988 (JASA 83:1134-1143).
Assumptions: inputs independent of each other; the rest of the payoff's variation about equally large
everywhere. Do not trust it across a cliff narrower than about a tenth of the states, nor below 100 states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from equipoise.exploration.ensemble import Ensemble, Input

SEGMENTS = 12
PAIR_SEGMENTS = 5
PENALTIES = np.concatenate([[0.0], 10.0 ** np.linspace(-7, 4, 45), [np.inf]])
INFLATION = 1.4
SCREENED = 4
"""Columns of each part that are multiplied to look for pairs."""
FEW = 40
"""Columns up to which a pseudo-inverse costs no more than an inverse."""
WELL_CONDITIONED = 1e-10
"""Reciprocal of the condition number above which a matrix is inverted as it is."""
LINEAR_PENALTY = 0.05
"""Penalty of the straight line relative to the first curved part: small, so that only noise is shrunk."""


@dataclass(frozen=True)
class _Ranks:
    """Maps values of an input to (0, 1) by its empirical distribution."""

    values: np.ndarray
    ranks: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> _Ranks:
        levels, counts = np.unique(values, return_counts=True)
        return cls(levels, (np.cumsum(counts) - 0.5 * counts) / len(values))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return np.interp(x, self.values, self.ranks)


@dataclass(frozen=True)
class _Margin:
    """The raw basis of one input: B-splines of its ranks, or one column a level."""

    levels: tuple[Any, ...]
    ranks: _Ranks | None
    segments: int

    def columns(self, values: np.ndarray) -> np.ndarray:
        if self.ranks is None:
            return (np.asarray(values)[:, None] == np.array(self.levels)[None, :]).astype(float)
        from scipy.interpolate import BSpline

        step = 1 / self.segments
        knots = np.linspace(-3 * step, 1 + 3 * step, self.segments + 7)
        u = np.clip(self.ranks(np.asarray(values, dtype=float)), 0, 1)
        return BSpline.design_matrix(u, knots, 3).toarray()

    def penalty(self) -> np.ndarray:
        if self.ranks is None:
            return np.eye(len(self.levels))
        differences = np.diff(np.eye(self.segments + 3), n=2, axis=0)
        return differences.T @ differences


@dataclass(frozen=True, eq=False)
class Block:
    """One part of a regression: orthonormal columns on the sample, and the penalty of each; equal only to itself.

    Attributes:
        names: the input, or the two inputs, it depends on.
        q: [states, columns], orthonormal, each of mean 0.
        d: penalty of each column, the first curved one 1.
        free: True for an input with few levels: its level means are taken as they are, or not at all.
    """

    names: tuple[str, ...]
    q: np.ndarray
    d: np.ndarray
    free: bool
    _margins: tuple[_Margin, ...]
    _parents: tuple[Block, ...]
    _centre: np.ndarray
    _rotation: np.ndarray

    @cached_property
    def penalties(self) -> np.ndarray:
        """The penalties to choose from; infinity drops the part."""
        return PENALTIES[[0, -1]] if self.free else PENALTIES

    @cached_property
    def shrinkage(self) -> np.ndarray:
        """What each penalty leaves of each column, [penalties, columns]."""
        return _shrinkage(self.penalties, self.d)

    @cached_property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """By each penalty: the share of each column's square that a fit explains, and the room INFLATION leaves."""
        shrink = self.shrinkage
        return 2 * shrink - shrink**2, len(self.q) - INFLATION * (1 + shrink.sum(axis=1))

    def at(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the columns at new values of the inputs, [points, columns]."""
        if self._parents:
            left, right = (parent.at(values) for parent in self._parents)
            raw = _products(left, right)
        else:
            raw = self._margins[0].columns(values[self.names[0]])
        return (raw - self._centre) @ self._rotation


_SINGLES: WeakKeyDictionary[Input, dict[int, Block]] = WeakKeyDictionary()


def single(item: Input, *, segments: int = SEGMENTS) -> Block:
    """Return the part of a regression that depends on one input; kept for as long as the input lives."""
    kept = _SINGLES.setdefault(item, {})
    if segments not in kept:
        ranks = _Ranks.of(item.values) if item.kind == "continuous" else None
        margin = _Margin(item.levels, ranks, max(2, min(segments, len(item.values) // 15)))
        kept[segments] = _rotated(
            (item.name,), margin.columns(item.values), margin.penalty(), margins=(margin,)
        )
    return kept[segments]


def pair(first: Input, second: Input) -> Block:
    """Return the part that depends on two inputs beyond what each does alone."""
    left, right = single(first, segments=PAIR_SEGMENTS), single(second, segments=PAIR_SEGMENTS)
    penalty = np.diag(np.add.outer(left.d, right.d).ravel())
    raw = _products(left.q, right.q)
    return _rotated((first.name, second.name), raw, penalty, parents=(left, right))


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1) * len(left) ** 0.5


def _rotated(
    names: tuple[str, ...],
    raw: np.ndarray,
    penalty: np.ndarray,
    *,
    margins: tuple[_Margin, ...] = (),
    parents: tuple[Block, ...] = (),
) -> Block:
    """Bring a basis to orthonormal columns under which its penalty is diagonal."""
    centre = raw.mean(axis=0)
    raw = raw - centre
    # through the small Gram matrix rather than a decomposition of the tall one: far quicker, and bases of
    # splines and levels are well conditioned once the directions without variance are dropped
    size, v = np.linalg.eigh(raw.T @ raw)
    keep = size > 1e-10 * size[-1]
    whitening = v[:, keep] / np.sqrt(size[keep])
    d, w = np.linalg.eigh(whitening.T @ penalty @ whitening)
    curved = d > 1e-6 * d[-1]
    d = np.maximum(d / d[curved][0], LINEAR_PENALTY)
    rotation = whitening @ w
    free = bool(margins) and margins[0].ranks is None
    return Block(names, raw @ rotation, d, free, margins, parents, centre, rotation)


def chosen_penalty(block: Block, y: np.ndarray) -> float:
    """Return the penalty that generalised cross-validation prefers for one part; infinity drops it.

    Args:
        block: the part.
        y: [states, outputs], each of mean 0; one penalty serves all outputs.
    """
    return float(block.penalties[_chosen(block, block.q.T @ y, float((y**2).sum()))])


def _chosen(block: Block, z: np.ndarray, square: float) -> int:
    """Return which of a part's penalties cross-validation prefers.

    Args:
        block: the part.
        z: what its columns find in the outputs, [columns, outputs]. square: sum of the outputs' squares.
    """
    explained, room = block.weights
    residual = square - explained @ (z**2).sum(axis=1)
    scores = np.where(room > 0, residual / np.maximum(room, 1e-9) ** 2, np.inf)
    # the last of equal scores: the smoothest, so that an exact tie drops the part
    return len(scores) - 1 - int(np.argmin(scores[::-1]))


def _shrinkage(penalties: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + penalty·d), [penalties, columns]; 0 under an infinite penalty."""
    return 1 / (1 + np.multiply.outer(penalties, d))


@dataclass(frozen=True)
class Smooth:
    """A fitted regression of several outputs on the same parts.

    Attributes:
        blocks: the parts that were kept.
        mean: [outputs].
        beta: coefficients, [columns, outputs].
        spread: posterior covariance of the coefficients per unit of residual variance, [columns, columns].
        ridge: penalty of each column.
        residual: residual covariance between outputs, [outputs, outputs].
        edf: effective degrees of freedom, the mean included.
        fitted: [states, outputs].
    """

    blocks: tuple[Block, ...]
    mean: np.ndarray
    beta: np.ndarray
    spread: np.ndarray
    ridge: np.ndarray
    residual: np.ndarray
    edf: float
    fitted: np.ndarray

    @cached_property
    def columns(self) -> np.ndarray:
        """The columns of all parts, [states, columns]."""
        return np.hstack([block.q for block in self.blocks])

    def by_part(self) -> list[tuple[Block, np.ndarray]]:
        """Return each part with its coefficients, [columns of the part, outputs]."""
        ends = np.cumsum([len(block.d) for block in self.blocks])[:-1]
        return list(zip(self.blocks, np.split(self.beta, ends), strict=True)) if self.blocks else []

    def predict(self, values: Mapping[str, np.ndarray], points: int) -> np.ndarray:
        """Return E(outputs | values), [points, outputs]; an input not given is averaged over."""
        return self.mean + self._design(values, points) @ self.beta

    def draws(
        self, values: Mapping[str, np.ndarray], points: int, *, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Return `count` plausible versions of `predict`, [count, points, outputs].

        The overall means vary too, with the residual covariance divided by the number of states.
        """
        x = self._design(values, points)
        return self.mean + self._mean_noise(count, rng) + x @ self._betas(count, rng)

    def fitted_draws(
        self, *, count: int, rng: np.random.Generator, mean_error: np.ndarray | None = None
    ) -> np.ndarray:
        """Return `count` plausible versions of `fitted`, [count, states, outputs].

        Args:
            count: how many.
            rng: for the draws.
            mean_error: covariance of the overall means, [outputs, outputs]; None keeps them as they are.
        """
        mean = self.mean
        if mean_error is not None:
            noise = rng.standard_normal((count, len(self.mean))) @ root(mean_error).T
            mean = self.mean + noise[:, None, :]
        if not self.blocks:
            return np.broadcast_to(mean, (count, *self.fitted.shape))
        # one product for all draws, the states innermost, which is how a maximum over outputs runs quickest
        betas = np.moveaxis(self._betas(count, rng), 1, 2).reshape(-1, len(self.beta))
        drawn = (betas @ self.columns.T).reshape(count, -1, len(self.fitted))
        return np.moveaxis(drawn, 1, 2) + mean

    def restricted(self, names: Sequence[str]) -> Smooth:
        """Return the regression with the parts of some inputs only; the others are averaged over."""
        keep = [set(block.names) <= set(names) for block in self.blocks]
        sizes = [len(block.d) for block in self.blocks]
        rows = np.flatnonzero(np.repeat(keep, sizes)) if sizes else np.zeros(0, dtype=int)
        blocks = tuple(block for block, kept in zip(self.blocks, keep, strict=True) if kept)
        spread = self.spread[np.ix_(rows, rows)]
        return Smooth(
            blocks, self.mean, self.beta[rows], spread, self.ridge[rows], self.residual, self.edf, self.fitted
        )

    def _design(self, values: Mapping[str, np.ndarray], points: int) -> np.ndarray:
        parts = [
            block.at(values)
            if all(name in values for name in block.names)
            else np.zeros((points, len(block.d)))
            for block in self.blocks
        ]
        return np.hstack(parts) if parts else np.zeros((points, 0))

    @cached_property
    def _roots(self) -> tuple[np.ndarray, np.ndarray]:
        return root(self.spread), root(self.residual)

    def _betas(self, count: int, rng: np.random.Generator) -> np.ndarray:
        noise = rng.standard_normal((count, *self.beta.shape))
        left, right = self._roots
        return self.beta + left @ noise @ right.T

    def _mean_noise(self, count: int, rng: np.random.Generator) -> np.ndarray:
        noise = rng.standard_normal((count, len(self.mean))) @ self._roots[1].T
        return noise[:, None, :] / len(self.fitted) ** 0.5


def root(matrix: np.ndarray) -> np.ndarray:
    """Return a square root of a covariance that may be singular."""
    if matrix.size == 0:
        return matrix
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0))


def fit(blocks: Sequence[Block], y: np.ndarray) -> Smooth:
    """Fit all parts together, each with its own smoothness.

    Smoothness is chosen part by part on what the others leave (backfitting, Hastie and Tibshirani 1990);
    the coefficients are then solved for jointly.

    Args:
        blocks: parts to try.
        y: [states, outputs].
    """
    mean = y.mean(axis=0)
    centred = y - mean
    penalties = _penalties(blocks, centred, sweeps=4 if len(blocks) > 1 else 1)
    kept = tuple(b for b, penalty in zip(blocks, penalties, strict=True) if np.isfinite(penalty))
    finite = penalties[np.isfinite(penalties)]
    q = np.hstack([b.q for b in kept]) if kept else np.zeros((len(y), 0))
    ridge = np.concatenate([p * b.d for p, b in zip(finite, kept, strict=True)]) if kept else np.zeros(0)
    gram = q.T @ q
    spread = _inverse(gram + np.diag(ridge))
    beta = spread @ (q.T @ centred)
    fitted = mean + q @ beta
    edf = 1 + float(np.trace(spread @ gram))
    left = y - fitted
    residual = left.T @ left / max(len(y) - edf, 1.0)
    return Smooth(kept, mean, beta, spread, ridge, residual, edf, fitted)


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a symmetric matrix; its pseudo-inverse where some columns say what others say."""
    from scipy.linalg import lapack

    if len(matrix) > FEW:
        factor, failed = lapack.dpotrf(matrix, lower=1, clean=0)
        if (
            not failed
            and lapack.dpocon(factor, np.abs(matrix).sum(axis=0).max(), uplo="L")[0] > WELL_CONDITIONED
        ):
            lower = np.tril(lapack.dpotri(factor, lower=1)[0])
            return lower + np.tril(lower, -1).T
    return np.linalg.pinv(matrix, hermitian=True)


def _penalties(blocks: Sequence[Block], y: np.ndarray, *, sweeps: int) -> np.ndarray:
    parts: list[np.ndarray | None] = [None] * len(blocks)
    left, square = y.copy(), float((y**2).sum())
    penalties = np.full(len(blocks), np.inf)
    for _ in range(sweeps):
        before = penalties.copy()
        for k, block in enumerate(blocks):
            part = parts[k]
            if part is not None:
                left += part
                square = float((left**2).sum())
            z = block.q.T @ left
            which = _chosen(block, z, square)
            penalties[k], parts[k] = block.penalties[which], None
            if np.isfinite(penalties[k]):
                parts[k] = block.q @ (block.shrinkage[which][:, None] * z)
                left -= parts[k]
                square = float((left**2).sum())
        if np.array_equal(before, penalties):
            break
    return penalties


def surface(items: Sequence[Input], y: np.ndarray) -> Smooth:
    """Regress on several inputs: each alone, then the pairs that still explain something.

    Args:
        items: the inputs.
        y: [states, outputs].
    """
    blocks = [single(item) for item in items]
    alone = fit(blocks, y)
    pairs = likeliest_pairs(blocks, y - alone.fitted)
    if not pairs:
        return alone
    return fit([*blocks, *(pair(items[i], items[j]) for i, j in pairs)], y)


def regression_on_all(ensemble: Ensemble) -> Smooth:
    """Return the regression of the contrasts of an ensemble on all its inputs that vary."""
    return surface([ensemble.inputs[name] for name in ensemble.varying], ensemble.contrasts)


def likeliest_pairs(blocks: Sequence[Block], y: np.ndarray, *, limit: int = 6) -> tuple[tuple[int, int], ...]:
    """Return the pairs of parts whose products correlate most with what single inputs leave.

    Every pair is screened by the products of its smoothest columns, which costs one matrix product an
    input; only pairs whose correlation chance would reach in fewer than one screening in twenty are named.

    Args:
        blocks: one part an input.
        y: what single inputs leave, [states, outputs].
        limit: how many pairs at most.

    Returns:
        Pairs of indices into `blocks`, the strongest first.
    """
    from scipy.special import chdtri

    if len(blocks) < 2:
        return ()
    owner = np.repeat(np.arange(len(blocks)), [min(SCREENED, len(block.d)) for block in blocks])
    q = np.hstack([block.q[:, :SCREENED] for block in blocks])
    # the columns' products have mean square 1/n², so n² makes each squared sum a chi-square of one freedom
    squares = np.zeros((len(owner), len(owner)))
    for column in y.T:
        squares += _weighted(q, column) ** 2
    squares *= len(y) ** 2 / max(float((y**2).sum()), 1e-300)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    strength = np.add.reduceat(np.add.reduceat(squares, starts, axis=0), starts, axis=1)
    width = np.bincount(owner)
    level = 0.05 / max(1, len(blocks) * (len(blocks) - 1) // 2)
    # outputs that move together count as one: the chi-square is for a single output
    bar = chdtri(np.outer(width, width).astype(float), level)
    i, j = np.nonzero(np.triu(strength > bar, k=1))
    order = np.argsort(-strength[i, j], kind="stable")[:limit]
    return tuple(zip(i[order].tolist(), j[order].tolist(), strict=True))


def _weighted(q: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Σ weight·q q' over states, [columns, columns].

    As what is above 0 less what is below: both are squares, of which half needs working out.
    """
    scaled = q * np.sqrt(np.abs(weights))[:, None]
    above, below = scaled[weights > 0], scaled[weights < 0]
    return above.T @ above - below.T @ below
