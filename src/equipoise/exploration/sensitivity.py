"""What drives each strategy's payoff and, apart from it, what drives the choice between strategies.

For an output Y and an input x, the *first-order* index is Var(E[Y|x]) / Var(Y): the share of the variance
that would go if x were known. The *total* index adds what x does together with one other input. The
choice is judged twice: by the payoff gap between the two best strategies, and by the indicator of which
strategy is best (all strategies at once, the sum of their variances: Goodman and Kruskal's tau).

Source: Sobol 1993 (Math. Model. Comput. Exp. 1:407-414); given-data estimation by smoothing, Ratto, Pagano
and Young 2007 (Comput. Phys. Commun. 177:863-876); delete-a-group jackknife over the independent scrambles
of the sample, Kott 2001 (J. Off. Stat. 17:521-526); PAWN through SALib, Pianosi and Wagener 2018 (Environ.
Model. Softw. 108:1-11).
Assumptions: inputs independent. Chance within a state is taken out of the variance where the ensemble
carries its noise. Do not trust: totals where three or more inputs act only together (the share that no
single input and no pair explains is printed, so that this can be seen); anything below 200 states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.exploration.ensemble import Ensemble, Input
from equipoise.exploration.smooth import Block, _shrinkage, chosen_penalty, fit, likeliest_pairs, pair, single
from equipoise.records import Record

DUMMIES = 20
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
        total, total_se: first-order index plus what the input does in pairs, and its standard error.
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
        floor: largest first-order index that any of 20 dummy inputs reached: nothing below is told apart.
        indices: one a varying input, the strongest first.
        pairs: [(path, path, share)], the pairs that add most.
        alone, together: share explained by single inputs, and by pairs beyond them.
        rest: what is left: three or more inputs together, and what smoothing cannot see.
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
    outputs: Literal["all", "choice"] = "all",
    rng: np.random.Generator,
    pawn: bool = True,
) -> tuple[Drivers, ...]:
    """Return what drives each payoff, the gap and the choice.

    Args:
        ensemble: the sample of states.
        outputs: `all`, or only the gap and the choice.
        rng: for the dummy inputs.
        pawn: whether to add the second opinion for the gap.
    """
    wanted = _outputs(ensemble, outputs)
    items = [ensemble.inputs[name] for name in ensemble.varying]
    blocks = [single(item) for item in items]
    dummies = {item: single(item) for item in (_dummy(ensemble.states, rng) for _ in range(DUMMIES))}
    return tuple(
        _drivers(
            output, items, blocks, dummies, ensemble.groups, rng if pawn and output.name == "gap" else None
        )
        for output in wanted
    )


def first_order(y: np.ndarray, item: Input, groups: np.ndarray, *, noise: float = 0.0) -> tuple[float, float]:
    """Return the first-order index of one input and its standard error.

    Args:
        y: output over states, [states] or [states, columns] that are judged as one.
        item: the input.
        groups: group of each state for the jackknife.
        noise: variance of `y` that is chance.
    """
    y = y.reshape(len(y), -1)
    return _index(single(item), y - y.mean(axis=0), groups, noise)


def _outputs(ensemble: Ensemble, which: str) -> list[_Output]:
    covariance = ensemble.noise_covariance()
    mean_noise = None if covariance is None else covariance.mean(axis=0)
    found = []
    if which == "all":
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


def _drivers(
    output: _Output,
    items: Sequence[Input],
    blocks: Sequence[Block],
    dummies: Mapping[Input, Block],
    groups: np.ndarray,
    rng: np.random.Generator | None,
) -> Drivers:
    if output.constant:
        return Drivers(output.name, True, None, None, None, (), (), None, None, None)
    y = output.y - output.y.mean(axis=0)
    raw = float((y**2).sum() / (len(y) - 1))
    # noise can never be the whole variance of an output that is looked at: keep a hundredth
    noise = min(output.noise or 0.0, 0.99 * raw)
    found = [_index(block, y, groups, noise) for block in blocks]
    floor = max((_index(block, y, groups, noise)[0] for block in dummies.values()), default=0.0)
    order = sorted(range(len(items)), key=lambda k: -found[k][0])
    strong = [k for k in order if found[k][0] > floor]
    left = y - (fit([blocks[k] for k in strong], y).fitted if strong else 0.0)
    shares = _pair_shares(items, blocks, dummies, left, y, groups, noise)
    indices = tuple(_entry(items[k].name, found[k], floor, shares, groups) for k in order)
    alone = float(sum(found[k][0] for k in strong))
    together = float(sum(share for share, _ in shares.values()))
    opinion, opinion_floor = _pawn(items, y[:, 0], rng) if rng is not None and items else (None, None)
    return Drivers(
        output.name, False, raw - noise, None if output.noise is None else noise / raw, floor, indices,
        tuple((a, b, s) for (a, b), (s, _) in sorted(shares.items(), key=lambda p: -p[1][0])),
        alone, together, max(0.0, 1 - alone - together), opinion, opinion_floor,
    )  # fmt: skip


def _entry(
    name: str,
    found: tuple[float, float],
    floor: float,
    shares: Mapping[tuple[str, str], tuple[float, float]],
    groups: np.ndarray,
) -> Index:
    from scipy.special import stdtrit

    first, se = found
    half = float(stdtrit(groups.max(), 0.975)) * se
    own = [value for names, value in shares.items() if name in names]
    total = first + sum(share for share, _ in own)
    total_se = float(np.hypot(se, np.sqrt(sum(e**2 for _, e in own))))
    low, high = max(0.0, first - half), min(1.0, first + half)
    return Index(name, first, se, low, high, total, total_se, bool(first > floor and first > half))


def _index(block: Block, y: np.ndarray, groups: np.ndarray, noise: float) -> tuple[float, float]:
    """Return the adjusted share of variance one part explains, and its jackknife standard error."""
    penalty = chosen_penalty(block, y)
    if not np.isfinite(penalty):
        return 0.0, 0.0
    ridge = np.concatenate([[0.0], penalty * block.d])
    freedom = 1 + float(_shrinkage(np.array([penalty]), block.d).sum())
    x = np.column_stack([np.ones(len(y)), block.q])
    whole, left_out = _with_and_without_each_group(x, y, groups)
    shares = [_share(*sums, ridge=ridge, freedom=freedom, noise=noise) for sums in (whole, *left_out)]
    count = len(left_out)
    se = np.sqrt((count - 1) / count * np.sum((np.array(shares[1:]) - np.mean(shares[1:])) ** 2))
    return max(0.0, min(1.0, shares[0])), float(se)


_Sums = tuple[np.ndarray, np.ndarray, np.ndarray, float, int]


def _with_and_without_each_group(
    x: np.ndarray, y: np.ndarray, groups: np.ndarray
) -> tuple[_Sums, list[_Sums]]:
    """Return x'x, x'y, sums, squares and size of the whole sample, and of it less each group."""
    per_group = []
    for g in range(int(groups.max()) + 1):
        xg, yg = x[groups == g], y[groups == g]
        per_group.append((xg.T @ xg, xg.T @ yg, yg.sum(axis=0), float((yg**2).sum()), len(yg)))
    whole = tuple(sum(parts[1:], parts[0]) for parts in zip(*per_group, strict=True))
    return whole, [tuple(w - p for w, p in zip(whole, part, strict=True)) for part in per_group]  # type: ignore[return-value,misc]


def _share(
    gram: np.ndarray,
    cross: np.ndarray,
    total: np.ndarray,
    square: float,
    n: int,
    *,
    ridge: np.ndarray,
    freedom: float,
    noise: float,
) -> float:
    """Return 1 - residual variance / variance from sums of products, both adjusted for freedom."""
    beta = np.linalg.solve(gram + np.diag(ridge), cross)
    residual = square - 2 * (beta * cross).sum() + (beta * (gram @ beta)).sum()
    variance = (square - (total**2).sum() / n) / (n - 1)
    return float((variance - residual / max(n - freedom, 1)) / max(variance - noise, 1e-300))


def _pair_shares(
    items: Sequence[Input],
    blocks: Sequence[Block],
    dummies: Mapping[Input, Block],
    left: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    noise: float,
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the share of the variance of `y` that the likeliest pairs explain beyond single inputs.

    Dummies go through the same screening: a pair no stronger than the strongest with a dummy is dropped.
    """
    total = (y**2).sum() / (len(y) - 1) - noise
    left = left - left.mean(axis=0)
    scale = (left**2).sum() / (len(y) - 1) / total
    everyone = [*items, *dummies]
    floor, found = 0.0, {}
    for i, j in likeliest_pairs([*blocks, *dummies.values()], left, limit=PAIRED):
        share, se = _index(pair(everyone[i], everyone[j]), left, groups, 0.0)
        if j >= len(items):
            floor = max(floor, share)
        elif share > SURE * se:
            found[items[i].name, items[j].name] = (share, se)
    return {names: (share * scale, se * scale) for names, (share, se) in found.items() if share > floor}


def _pawn(items: Sequence[Input], y: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, float], float]:
    """Return SALib's median PAWN distance of each input and the largest of three dummies."""
    from SALib.analyze import pawn

    columns = [(item.values if item.codes is None else item.codes).astype(float) for item in items]
    dummies = [rng.random(len(y)) for _ in range(3)]
    x = np.column_stack(columns + dummies)
    names = [item.name for item in items] + [f"dummy {k}" for k in range(len(dummies))]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    slices = 10 if len(y) >= 500 else 4  # slice edges that floating point keeps within 0 and 1
    medians = pawn.analyze(problem, x, y, S=slices)["median"]
    found = {item.name: float(value) for item, value in zip(items, medians, strict=False)}
    return found, float(np.max(medians[len(items) :]))
