"""Tipping points: where along an input, or a pair of inputs, the best strategy changes.

For each strategy E[f_d | x] is smoothed over the sample; where two curves cross on top, the best strategy
changes. The chance of each side is the share of states there. Smoothing pulls curves towards straight lines, and
with them where they cross; so where states can be played again, a crossing is looked for once more with the input
held at one value in every state, and that value, with its own interval, takes the place of the first.

The resentment at which the hedge stops paying needs reruns in any case, because it is a level that no draw may
reach: it is the run's own (`findings.resentment`).

Source: one-way and two-way threshold analysis, Briggs, Sculpher and Claxton 2006, ch. 4; curves by
`smooth`; the threshold of resentment, THEORY.md §3 H4.
Assumptions: the other inputs keep their distribution while one is fixed. Do not trust a crossing whose
`support` is low, or one inside the outer 2 % of an input: few states lie there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from equipoise.exploration.ensemble import Ensemble, Evaluate, Input, Override
from equipoise.exploration.smooth import Smooth, fit, likeliest_pairs, pair, single
from equipoise.findings.found import ResentmentScan
from equipoise.findings.turning import turning
from equipoise.records import Record
from equipoise.scenario.phrases import span, times_the_scenario

EDGE = 0.02
POINTS = 97
DRAWS = 200
SURE = 0.95
CELLS = 15
LEVEL = 0.9
"""Confidence of a crossing's interval."""
REPLAYED = 10
"""Inputs, those of the largest swing, whose crossings are played again."""
REACH = 0.15
"""Share of the input's range, to each side of a crossing, in which it is looked for when played again."""


@dataclass(frozen=True)
class Crossing(Record):
    """A value of an input at which the best strategy changes.

    Attributes:
        value: where; `low` and `high` its 90 % interval (None where it cannot be told).
        below, above: the best strategy on each side.
        chance_below, chance_above: share of states on each side of the value.
        support: chance that `below` beats `above` somewhere before the value and loses to it after.
        established: True where that chance is at least 95 %.
        played_again: True where `value` and its interval come from playing states again with the input held there;
            False where the two strategies do not swap when played again; None where it was not tried.
    """

    value: float
    low: float | None
    high: float | None
    below: str
    above: str
    chance_below: float
    chance_above: float
    support: float
    established: bool
    played_again: bool | None = None


@dataclass(frozen=True)
class Level(Record):
    """The best strategy at one level of an input that takes few values.

    Attributes:
        value: the level.
        chance: share of states at it.
        best: the best strategy there.
        support: chance that it beats the recommended strategy there (1 for the recommended one).
    """

    value: Any
    chance: float
    best: str
    support: float


@dataclass(frozen=True)
class Tip(Record):
    """Where the best strategy changes along one input.

    Attributes:
        path: the input.
        stays: the strategy that is best everywhere, or None where it changes.
        crossings: for a continuous input, in rising order.
        levels: for an input with few values.
        swing: the most that another strategy gains on the recommended one anywhere (negative: none does).
        curve: {"x": values, "<strategy>": E[f|x], ...} for a figure.
    """

    path: str
    stays: str | None
    crossings: tuple[Crossing, ...]
    levels: tuple[Level, ...]
    swing: float
    curve: Mapping[str, Any]

    @property
    def established(self) -> bool:
        """True where at least one change is told apart from chance."""
        return (
            any(c.established for c in self.crossings)
            or len({level.best for level in self.levels if level.support >= SURE}) > 1
        )


@dataclass(frozen=True)
class PairMap(Record):
    """The best strategy over a grid of two inputs.

    Attributes:
        paths: the two inputs.
        x, y: values of the first and the second at the grid's points.
        best: names of the best strategy, [y][x].
        chance: strategy -> share of states in which the map says it is best.
        sure: share of states in which another than the recommended strategy is best with at least 95 %.
        beyond_single: True where the pair acts together beyond what each does alone.
    """

    paths: tuple[str, str]
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    best: tuple[tuple[str, ...], ...]
    chance: Mapping[str, float]
    sure: float
    beyond_single: bool


def tipping_points(ensemble: Ensemble, *, rng: np.random.Generator) -> tuple[Tip, ...]:
    """Return where the best strategy changes along each varying input, the largest swing first."""
    tips = [_tip(ensemble, ensemble.inputs[name], rng) for name in ensemble.varying]
    return tuple(sorted(tips, key=lambda tip: -tip.swing))


def _tip(ensemble: Ensemble, item: Input, rng: np.random.Generator) -> Tip:
    smooth = fit([single(item)], ensemble.contrasts)
    x = _grid(item, POINTS, EDGE)
    at = {item.name: x}
    contrast = smooth.predict(at, len(x))
    draws = smooth.draws(at, len(x), count=DRAWS, rng=rng)
    common = fit([single(item)], ensemble.payoff.mean(axis=0)[:, None]).predict(at, len(x))
    best = contrast.argmax(axis=1)
    recommended = ensemble.recommended
    others = np.delete(contrast - contrast[:, [recommended]], recommended, axis=1)
    swing = float(others.max()) if others.size else float("nan")
    curve = {"x": x, **{d: common[:, 0] + contrast[:, k] for k, d in enumerate(ensemble.strategies)}}
    stays = ensemble.strategies[best[0]] if len(set(best.tolist())) == 1 else None
    if item.kind == "continuous":
        found = _crossings(ensemble, item, x, contrast, draws)
        return Tip(item.name, stays, found, (), swing, curve)
    levels = tuple(
        Level(value, float(item.shares[k]), ensemble.strategies[best[k]],
              1.0 if best[k] == recommended else _beats(draws[:, k], int(best[k]), recommended))
        for k, value in enumerate(item.levels)
    )  # fmt: skip
    return Tip(item.name, stays, (), levels, swing, curve)


def _beats(draws: np.ndarray, strategy: int, other: int) -> float:
    """Return the share of draws in which one strategy beats another."""
    return float(np.mean(draws[:, strategy] > draws[:, other]))


def _grid(item: Input, points: int, edge: float) -> np.ndarray:
    if item.kind == "continuous":
        return np.quantile(item.values, np.linspace(edge, 1 - edge, points))
    return np.array(item.levels)


def _crossings(
    ensemble: Ensemble, item: Input, x: np.ndarray, contrast: np.ndarray, draws: np.ndarray
) -> tuple[Crossing, ...]:
    best = contrast.argmax(axis=1)
    found = []
    for k in np.flatnonzero(np.diff(best)):
        a, b = int(best[k]), int(best[k + 1])
        value = _zero(x[k : k + 2], contrast[k : k + 2, a] - contrast[k : k + 2, b])
        gaps = draws[:, :, a] - draws[:, :, b]
        places = np.array([_nearest_zero(x, gap, value) for gap in gaps])
        low, high = np.nanquantile(places, [0.05, 0.95]) if np.isfinite(places).any() else (None, None)
        mean_gap = contrast[:, a] - contrast[:, b]
        before, after = int(np.argmax(mean_gap[: k + 1])), k + 1 + int(np.argmin(mean_gap[k + 1 :]))
        support = float(np.mean((gaps[:, before] > 0) & (gaps[:, after] < 0)))
        share = float(np.mean(item.values < value))
        found.append(
            Crossing(value, low, high, ensemble.strategies[a], ensemble.strategies[b], share, 1 - share,
                     support, support >= SURE)
        )  # fmt: skip
    return tuple(found)


def played_again(tips: Sequence[Tip], ensemble: Ensemble, evaluate: Evaluate) -> tuple[Tip, ...]:
    """Return the tips with the established crossings of the first ones played again.

    Args:
        tips: the largest swing first.
        ensemble: the sample of states.
        evaluate: a rerun under overrides.
    """
    return tuple(
        replace(tip, crossings=tuple(_replayed(c, tip, ensemble, evaluate) for c in tip.crossings))
        if place < REPLAYED else tip
        for place, tip in enumerate(tips)
    )  # fmt: skip


def _replayed(crossing: Crossing, tip: Tip, ensemble: Ensemble, evaluate: Evaluate) -> Crossing:
    if not crossing.established:
        return crossing

    def gap(value: float) -> np.ndarray:
        payoff = evaluate({tip.path: Override(set=value)})
        return np.asarray(payoff[crossing.below]) - np.asarray(payoff[crossing.above])

    x = np.asarray(tip.curve["x"])
    around = REACH * (x[-1] - x[0])
    least, most = crossing.value - around, crossing.value + around
    least = min(least, crossing.value if crossing.low is None else crossing.low)
    most = max(most, crossing.value if crossing.high is None else crossing.high)
    between = [c.value for c in tip.crossings if c is not crossing]
    least = max([x[0], least, *((v + crossing.value) / 2 for v in between if v < crossing.value)])
    most = min([x[-1], most, *((v + crossing.value) / 2 for v in between if v > crossing.value)])
    found = turning(gap, float(least), float(most), level=LEVEL)
    if found is None:
        return replace(crossing, played_again=False)
    share = float(np.mean(ensemble.inputs[tip.path].values < found.value))
    return replace(
        crossing, value=found.value, low=found.low, high=found.high, chance_below=share,
        chance_above=1 - share, played_again=True,
    )  # fmt: skip


def _zero(x: np.ndarray, gap: np.ndarray) -> float:
    """Return where the line through two points of a gap is 0."""
    if gap[0] == gap[1]:
        return float(x.mean())
    return float(x[0] + (x[1] - x[0]) * gap[0] / (gap[0] - gap[1]))


def _nearest_zero(x: np.ndarray, gap: np.ndarray, target: float) -> float:
    """Return the fall through 0 of a gap that lies nearest to `target`, NaN where it never falls."""
    falls = np.flatnonzero((gap[:-1] > 0) & (gap[1:] <= 0))
    places = [_zero(x[k : k + 2], gap[k : k + 2]) for k in falls]
    return min(places, key=lambda place: abs(place - target)) if places else float("nan")


def pair_maps(
    ensemble: Ensemble, pairs: Sequence[tuple[str, str]], *, rng: np.random.Generator
) -> tuple[PairMap, ...]:
    """Return the map of the best strategy for each pair of inputs.

    Args:
        ensemble: the sample of states.
        pairs: paths, two by two.
        rng: for the chance that a cell's best strategy is truly best.
    """
    return tuple(_pair_map(ensemble, ensemble.inputs[a], ensemble.inputs[b], rng) for a, b in pairs)


def _pair_map(ensemble: Ensemble, first: Input, second: Input, rng: np.random.Generator) -> PairMap:
    blocks = [single(first), single(second)]
    smooth = fit(blocks, ensemble.contrasts)
    together = likeliest_pairs(blocks, ensemble.contrasts - smooth.fitted)
    if together:
        smooth = fit([*blocks, pair(first, second)], ensemble.contrasts)
    x, y = _grid(first, CELLS, EDGE), _grid(second, CELLS, EDGE)
    xs, ys = np.tile(x, len(y)), np.repeat(y, len(x))
    cells = smooth.predict({first.name: xs, second.name: ys}, len(xs)).argmax(axis=1)
    names = np.array(ensemble.strategies)
    where = smooth.fitted.argmax(axis=1)
    share = np.bincount(where, minlength=len(names)) / ensemble.states
    order = np.argsort(-share, kind="stable")
    return PairMap(
        (first.name, second.name), tuple(x.tolist()), tuple(y.tolist()),
        tuple(tuple(str(n) for n in row) for row in names[cells].reshape(len(y), len(x))),
        {str(names[k]): float(share[k]) for k in order if share[k] > 0},
        _surely_other(smooth, where, ensemble.recommended, rng),
        bool(together),
    )  # fmt: skip


def _surely_other(smooth: Smooth, where: np.ndarray, recommended: int, rng: np.random.Generator) -> float:
    """Return the share of states whose best strategy beats the recommended one with at least 95 %."""
    rows = np.arange(len(where))
    beats = np.zeros(len(where))
    # a hundred draws in small batches: the table of draws × states × strategies may be large
    for _ in range(10):
        draws = smooth.fitted_draws(count=10, rng=rng)
        beats += (draws[:, rows, where] > draws[:, rows, recommended]).sum(axis=0)
    return float(np.mean((where != recommended) & (beats >= 100 * SURE)))


@dataclass(frozen=True)
class Resentment(Record):
    """The resentment at which the hedge stops paying, as the run found it.

    Attributes:
        threshold: how many times as much as the scenario says the focus is resented where the best hedge is worth no
            more than the best one-sided strategy; None where that does not happen.
        low, high: its 95 % interval, None where undefined.
        says: the result in one sentence.
    """

    threshold: float | None
    low: float | None
    high: float | None
    says: str


def resentment(scan: ResentmentScan) -> Resentment | None:
    """Return what a run's scan of resentment says (`resentment` of its summary); None where it compared nothing."""
    if scan.lead is None:
        return None
    ends = scan.threshold, scan.low, scan.high
    return Resentment(*ends, _resentment_sentence(*ends, scan.lead, max(scan.multipliers)))


def _resentment_sentence(
    threshold: float | None, low: float | None, high: float | None, lead: Sequence[float], most: float
) -> str:
    within = "" if low is None or high is None else f" (95 % interval {span(low, high, digits=2)})"
    if threshold is not None:
        verb = (
            "would pay only if resentment stays below"
            if threshold < 1
            else "stops paying once resentment reaches"
        )
        return f"the hedge {verb} {times_the_scenario(threshold)}{within}"
    if all(gap > 0 for gap in lead):
        return f"the hedge pays at every level of resentment tried, up to {most:g} times the scenario's"
    if all(gap <= 0 for gap in lead):
        return "the hedge does not pay at any level of resentment tried, not even at none at all"
    return "the hedge starts to pay, and does not stop, with more resentment: see the levels tried"


def candidate_pairs(paths: Sequence[str], *, limit: int) -> tuple[tuple[str, str], ...]:
    """Return all pairs of the first `limit` paths."""
    return tuple(combinations(paths[:limit], 2))
