"""What drives each strategy's payoff and, apart from it, what drives the choice between strategies.

For an output Y and an input x, the *first-order* index is Var(E[Y|x]) / Var(Y): the share of the variance
that would go if x were known. The *total* index adds what x does together with one other input. The
choice is judged twice: by the payoff gap between the two best strategies, and by the indicator of which
strategy is best (all strategies at once, the sum of their variances: Goodman and Kruskal's tau).

One input is judged on what the others leave: those told apart from chance are fitted together, and each index is
taken from the output less the fitted parts of the others. What no input explains is what one joint fit of the
inputs and pairs that are told apart leaves, with one degree of freedom taken off for each that it spends: shares
estimated one by one add up what hundreds of inputs explain by chance.

Source: Sobol 1993 (Math. Model. Comput. Exp. 1:407-414); given-data estimation by smoothing, Ratto, Pagano
and Young 2007 (Comput. Phys. Commun. 177:863-876); additive fits, Hastie and Tibshirani 1990; delete-a-group
jackknife over the independent blocks of the sample, Kott 2001 (J. Off. Stat. 17:521-526); PAWN,
Pianosi and Wagener 2018 (Environ. Model. Softw. 108:1-11).
Assumptions: inputs independent. Chance within a state is taken out of the variance where the ensemble
carries its noise. Do not trust: totals where three or more inputs act only together (the share that no
single input and no pair explains is printed, so that this can be seen); anything below 200 states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.draws.estimate import student
from equipoise.exploration.ensemble import Ensemble, Input
from equipoise.exploration.smooth import Block, Smooth, chosen_penalty, fit, likeliest_pairs, pair, single
from equipoise.records import Record

DUMMIES = 20
"""Fewest dummy inputs; there are as many as inputs where these are more, so that as many can stand out by chance."""
ROUNDS = 4
"""Most rounds of telling inputs apart on what the others leave."""
PAIRED = 8
"""How many pairs, screened from all, are estimated."""
SURE = 3.0
"""Standard errors by which a pair's share must exceed 0."""


@dataclass(frozen=True)
class Index(Record):
    """How much one input drives one output.

    Attributes:
        path: the input.
        first: first-order index, 0-1.
        se, low, high: its standard error and 95 % interval.
        total, total_se: first-order index plus what the input does in pairs, and the standard error of the sum.
        told_apart: True where the interval lies above 0 and the index above what a dummy input reaches.
    """

    path: str
    first: float
    se: float
    low: float
    high: float
    total: float
    total_se: float
    told_apart: bool


@dataclass(frozen=True)
class Drivers(Record):
    """What drives one output.

    Attributes:
        output: `payoff.<strategy>`, `gap` (best less second best strategy by mean) or `choice`.
        constant: True where the output takes one value only: it has no drivers, and no index is given.
        variance: variance over states, chance taken out; None for a constant.
        chance_share: share of the raw variance that is chance, None where the noise is not known.
        floor: largest first-order index that any dummy input reached (as many as there are inputs, 20 at least):
            nothing below is told apart.
        indices: one a varying input, the strongest first.
        pairs: [(path, path, share)], the pairs that add most.
        alone, together: share explained by the single inputs that are told apart, in one joint fit, and by pairs
            beyond them.
        rest, rest_se: what is left (three or more inputs together, what is too weak to be told apart, and what
            smoothing cannot see), and its standard error.
        pawn: path -> median PAWN distance (0-1), a second opinion that sees any change of the distribution.
        pawn_floor: the same for the dummies.
    """

    output: str
    constant: bool
    variance: float | None
    chance_share: float | None
    floor: float | None
    indices: tuple[Index, ...]
    pairs: tuple[tuple[str, str, float], ...]
    alone: float | None
    together: float | None
    rest: float | None
    rest_se: float | None = None
    pawn: Mapping[str, float] | None = None
    pawn_floor: float | None = None


@dataclass(frozen=True)
class _Output:
    """An output over states and the chance noise in it; several columns share one variance."""

    name: str
    y: np.ndarray
    noise: float | None

    @property
    def constant(self) -> bool:
        scale = np.abs(self.y).max()
        return bool(np.all(np.ptp(self.y, axis=0) <= 1e-12 * max(scale, 1e-300)))


def drivers(
    ensemble: Ensemble,
    *,
    rng: np.random.Generator,
    pawn: bool = True,
) -> tuple[Drivers, ...]:
    """Return what drives each payoff, the gap and the choice.

    Args:
        ensemble: the sample of states.
        rng: for the dummy inputs.
        pawn: whether to add the second opinion for the gap.
    """
    items = [ensemble.inputs[name] for name in ensemble.varying]
    dummies = [_dummy(ensemble.states, rng) for _ in range(max(DUMMIES, len(items)))]
    return tuple(
        _drivers(output, items, dummies, ensemble.groups, rng if pawn and output.name == "gap" else None)
        for output in _outputs(ensemble)
    )


def _outputs(ensemble: Ensemble) -> list[_Output]:
    covariance = ensemble.noise_covariance()
    mean_noise = None if covariance is None else covariance.mean(axis=0)
    found = []
    for k, name in enumerate(ensemble.strategies):
        noise = None if mean_noise is None else float(mean_noise[k, k])
        found.append(_Output(f"payoff.{name}", ensemble.payoff[k][:, None], noise))
    if len(ensemble.strategies) > 1:
        a, b = ensemble.ranking[:2]
        noise = (
            None if mean_noise is None else float(mean_noise[a, a] + mean_noise[b, b] - 2 * mean_noise[a, b])
        )
        found.append(_Output("gap", (ensemble.payoff[a] - ensemble.payoff[b])[:, None], noise))
        found.append(_Output("choice", ensemble.best, None))
    return found


def _dummy(states: int, rng: np.random.Generator) -> Input:
    return Input("dummy", "continuous", rng.random(states))


@dataclass(frozen=True)
class _Share:
    """A share of the variance: of the whole sample first, then of it less each group of states."""

    values: np.ndarray

    @property
    def value(self) -> float:
        return float(min(1.0, max(0.0, self.values[0])))

    @property
    def se(self) -> float:
        """Return the standard error by the delete-a-group jackknife."""
        left_out = self.values[1:]
        return float(np.sqrt((len(left_out) - 1) * left_out.var()))

    @property
    def apart(self) -> bool:
        """Return whether the 95 % interval lies above 0."""
        return self.value > self.half

    @property
    def half(self) -> float:
        return student(len(self.values) - 2) * self.se

    def __add__(self, other: _Share) -> _Share:
        return _Share(self.values + other.values)


class _Variance:
    """The variance of an output, in the whole sample and less each group, and shares of it.

    Args:
        y: [states, columns], each of mean 0, judged as one.
        groups: group of each state, -1 for states that are never left out.
        noise: variance of `y` that is chance.
    """

    def __init__(self, y: np.ndarray, groups: np.ndarray, noise: float) -> None:
        self.y, self.groups = y, groups
        self.count = len(y) - np.concatenate([[0], np.bincount(groups[groups >= 0])])
        variance = self._variance(y)
        # a part of the sample that varies by no more than its noise is held against a hundredth of the whole
        self.size = np.maximum(variance - noise, max(0.01 * variance[0], 1e-300))

    def of(self, block: Block, left: np.ndarray | None = None) -> _Share:
        """Return the share that one part explains of the output, or of what others leave of it."""
        left = self.y if left is None else left
        penalty = chosen_penalty(block, left)
        if not np.isfinite(penalty):
            return _Share(np.zeros(len(self.count)))
        freedom = 1 + float((1 / (1 + penalty * block.d)).sum())
        return self._explained(block.q, penalty * block.d, freedom, left)

    def whole(self, block: Block, left: np.ndarray) -> float:
        """Return the same share of the whole sample alone, on which a part's columns are orthonormal."""
        penalty = chosen_penalty(block, left)
        if not np.isfinite(penalty):
            return 0.0
        shrink = 1 / (1 + penalty * block.d)
        states, freedom = len(left), 1 + float(shrink.sum())
        square = float((left**2).sum() - (left.sum(axis=0) ** 2).sum() / states)
        residual = square - float((2 * shrink - shrink**2) @ ((block.q.T @ left) ** 2).sum(axis=1))
        share = (square / (states - 1) - residual / max(states - freedom, 1)) / self.size[0]
        return _Share(np.array([share])).value

    def joint(self, smooth: Smooth) -> _Share:
        """Return the share that the parts of a joint fit of the output explain together."""
        if not smooth.blocks:
            return _Share(np.zeros(len(self.count)))
        return self._explained(smooth.columns, smooth.ridge, smooth.edf, self.y)

    def _explained(self, q: np.ndarray, ridge: np.ndarray, freedom: float, left: np.ndarray) -> _Share:
        x, ridge = np.column_stack([np.ones(len(q)), q]), np.concatenate([[0.0], ridge])
        refitted = self._solved if x.shape[1] < self._rows.shape[1] else self._updated
        residual = refitted(x, ridge, left)
        return _Share((self._variance(left) - residual / np.maximum(self.count - freedom, 1)) / self.size)

    def _solved(self, x: np.ndarray, ridge: np.ndarray, left: np.ndarray) -> np.ndarray:
        """Return the squares that a fit leaves of the whole sample and of it less each group, each solved anew."""
        cross = self._less(x, left)
        beta = np.linalg.solve(self._less(x, x) + np.diag(ridge), cross)
        return self._squares(left) - (beta * (cross + ridge[:, None] * beta)).sum(axis=(1, 2))

    def _updated(self, x: np.ndarray, ridge: np.ndarray, left: np.ndarray) -> np.ndarray:
        """Return the same from one factorisation: less a group, a fit misses the group by (I - H)⁻¹ of its residuals.

        H is the group's part of the hat matrix (Sherman, Morrison and Woodbury): quick where columns are many.
        """
        hat = np.linalg.solve(x.T @ x + np.diag(ridge), x.T)  # columns × states
        rest = left - x @ (hat @ left)
        mine, own, rest_own = self._of_groups(x), self._of_groups(hat.T), self._of_groups(rest)
        missed = np.linalg.solve(np.eye(mine.shape[1]) - mine @ np.moveaxis(own, 1, 2), rest_own)
        moved = np.moveaxis(own, 1, 2) @ missed  # by how much leaving out a group moves the coefficients
        gram = x.T @ x
        both = 2 * np.einsum("gko,ko->g", moved, x.T @ rest) + np.einsum(
            "gko,kl,glo->g", moved, gram, moved, optimize=True
        )
        return (rest**2).sum() + np.concatenate([[0.0], both - (missed**2).sum(axis=(1, 2))])

    def _variance(self, y: np.ndarray) -> np.ndarray:
        total = self._less(np.ones((len(y), 1)), y)[:, 0]
        return (self._squares(y) - (total**2).sum(axis=1) / self.count) / (self.count - 1)

    def _squares(self, y: np.ndarray) -> np.ndarray:
        return self._less((y**2).sum(axis=1)[:, None], np.ones((len(y), 1)))[:, 0, 0]

    def _less(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return x'y of the whole sample and of it less each group, [1 + groups, columns of x, columns of y]."""
        parts = np.moveaxis(self._of_groups(x), 1, 2) @ self._of_groups(y)
        return x.T @ y - np.concatenate([np.zeros((1, *parts.shape[1:])), parts])

    def _of_groups(self, x: np.ndarray) -> np.ndarray:
        """Return the rows of each group, [groups, states of the largest, columns], 0 past its own."""
        return np.vstack([x, np.zeros((1, x.shape[1]))])[self._rows]

    @cached_property
    def _rows(self) -> np.ndarray:
        """The states of each group, int [groups, states of the largest]; past its own, one after the last state."""
        sizes = np.bincount(self.groups[self.groups >= 0])
        rows = np.full((len(sizes), sizes.max(initial=0)), len(self.groups))
        own = np.argsort(self.groups, kind="stable")[len(self.groups) - sizes.sum() :]
        rows[np.arange(rows.shape[1]) < sizes[:, None]] = own
        return rows


def _drivers(
    output: _Output,
    items: Sequence[Input],
    dummies: Sequence[Input],
    groups: np.ndarray,
    rng: np.random.Generator | None,
) -> Drivers:
    if output.constant:
        return Drivers(output.name, True, None, None, None, (), (), None, None, None)
    y = output.y - output.y.mean(axis=0)
    raw = float((y**2).sum() / (len(y) - 1))
    # noise can never be the whole variance of an output that is looked at: keep a hundredth
    noise = min(output.noise or 0.0, 0.99 * raw)
    variance = _Variance(y, groups, noise)
    found, strong, floor = _told_apart(variance, items, dummies)
    blocks = [single(items[k]) for k in strong]
    smooth = fit(blocks, y)
    alone = variance.joint(smooth)
    shares, both = _pair_shares(variance, items, dummies, blocks, y - smooth.fitted)
    explained = variance.joint(fit([*blocks, *both], y)) if both else alone
    order = sorted(range(len(items)), key=lambda k: -found[k].value)
    opinion, opinion_floor = _pawn(items, y[:, 0], rng) if rng is not None and items else (None, None)
    return Drivers(
        output.name, False, raw - noise, None if output.noise is None else noise / raw, floor,
        tuple(_entry(items[k].name, found[k], k in strong, shares) for k in order),
        tuple((a, b, s.value) for (a, b), s in sorted(shares.items(), key=lambda p: -p[1].value)),
        alone.value, max(0.0, explained.value - alone.value), 1 - explained.value, explained.se,
        opinion, opinion_floor,
    )  # fmt: skip


def _told_apart(
    variance: _Variance, items: Sequence[Input], dummies: Sequence[Input]
) -> tuple[list[_Share], list[int], float]:
    """Return the share of each input, which are told apart from chance, and the largest share of a dummy.

    Each round judges every input on what the others that are told apart leave of the output, so that strong
    inputs do not hide weak ones, and what one explains by chance together with a strong one is not counted twice.
    """
    blocks, strong = [single(item) for item in items], list[int]()
    for _ in range(ROUNDS):
        smooth = fit([blocks[k] for k in strong], variance.y)
        left = variance.y - smooth.fitted
        own = {part: part.q @ beta for part, beta in smooth.by_part()}
        lefts = [left + own[block] if block in own else left for block in blocks]
        floor = max((variance.whole(single(item), left) for item in dummies), default=0.0)
        above = [variance.whole(block, rest) > floor for block, rest in zip(blocks, lefts, strict=True)]
        before = strong
        strong = [k for k, high in enumerate(above) if high and variance.of(blocks[k], lefts[k]).apart]
        if strong == before:
            break
    return [variance.of(block, rest) for block, rest in zip(blocks, lefts, strict=True)], strong, floor


def _entry(name: str, found: _Share, told_apart: bool, shares: Mapping[tuple[str, str], _Share]) -> Index:
    total = sum((share for names, share in shares.items() if name in names), start=found)
    low, high = max(0.0, found.value - found.half), min(1.0, found.value + found.half)
    return Index(name, found.value, found.se, low, high, total.value, total.se, told_apart)


def _pair_shares(
    variance: _Variance,
    items: Sequence[Input],
    dummies: Sequence[Input],
    blocks: Sequence[Block],
    left: np.ndarray,
) -> tuple[dict[tuple[str, str], _Share], list[Block]]:
    """Return the share that each of the likeliest pairs explains beyond single inputs, and its part of a fit.

    Dummies go through the same screening: a pair no stronger than the strongest with a dummy is dropped. Each pair
    is judged on what single inputs and the other pairs leave.

    Args:
        variance: of the output.
        items, dummies: inputs, and inputs that mean nothing.
        blocks: parts of the single inputs that are told apart.
        left: what these leave of the output.
    """
    everyone = [*items, *dummies[:DUMMIES]]
    likely = likeliest_pairs([single(item) for item in everyone], left, limit=PAIRED)
    pairs = [pair(everyone[i], everyone[j]) for i, j in likely]
    first = [variance.of(block, left) for block in pairs]
    meant = [j < len(items) for _, j in likely]
    floor = max((s.value for s, real in zip(first, meant, strict=True) if not real), default=0.0)
    kept = [
        block for block, share, real in zip(pairs, first, meant, strict=True)
        if real and share.value > max(floor, SURE * share.se)
    ]  # fmt: skip
    if not kept:
        return {}, []
    smooth = fit([*blocks, *kept], variance.y)
    rest = variance.y - smooth.fitted
    own = {part.names: part.q @ beta for part, beta in smooth.by_part()}
    shares = {block.names: variance.of(block, rest + own.get(block.names, 0.0)) for block in kept}
    return {(names[0], names[1]): share for names, share in shares.items()}, kept


def _pawn(items: Sequence[Input], y: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, float], float]:
    """Return the median PAWN distance of each input and the largest of three dummies."""
    columns = [(item.values if item.codes is None else item.codes).astype(float) for item in items]
    slices = 10 if len(y) >= 500 else 4
    medians = [pawn_distance(x, y, slices) for x in (*columns, *(rng.random(len(y)) for _ in range(3)))]
    return {item.name: medians[k] for k, item in enumerate(items)}, max(medians[len(items) :])


def pawn_distance(x: np.ndarray, y: np.ndarray, slices: int) -> float:
    """Return how far the distribution of an output moves as one input is held within a slice of its values.

    Args:
        x, y: the input and the output over states, [states].
        slices: how many, cut at the input's quantiles; its largest value is in none of them.

    Returns:
        The median over slices of the largest distance between the distribution within and that of all states, 0-1.
    """
    edges = np.quantile(x, np.linspace(0, 1, slices + 1))
    order = np.argsort(y, kind="stable")
    last = np.flatnonzero(np.diff(y[order], append=np.inf))  # of equal outputs
    within = (x[order] >= edges[:-1, None]) & (x[order] < edges[1:, None])
    within = within[within.any(axis=1)].cumsum(axis=1)
    distance = within[:, last] / within[:, -1:] - (last + 1) / len(y)
    return float(np.median(np.abs(distance).max(axis=1)))
