"""Boxes of inputs, and PRIM: peeling off what fails least, pasting back what helps.

PRIM takes a small share of the cases off the box, each time where the share of failures rises most for
what is lost, then adds back what raises it again. A peel cuts half-way between two neighbouring values; an
input without order loses one level at a time.

Two things go wrong where PRIM is let loose on many inputs at once. Among hundreds of inputs that mean nothing
there is always a slice without failures, and peeling it off wastes the box's cases; and where the strategy
fails at both ends of an input, no peel raises the density. So `densest` first picks the few inputs to peel,
one at a time, each the one whose best single cut sets failures apart most clearly inside the cuts made so far,
and peels twice: from all cases, and from the box that those cuts make.

Source: Friedman and Fisher 1999 (Stat. Comput. 9:123-143); quasi-p, Bryant and Lempert 2010 (Technol.
Forecast. Soc. Change 77:34-49); peeling criteria compared by Kwakkel and Jaxa-Rozen 2016 (Environ. Model.
Softw. 79:311-321): here the gain in density for each case lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.exploration.ensemble import Input
from equipoise.records import Record

ALPHA = 0.05
"""Share of a box's cases that one peel takes off, and one paste adds back."""
LEAST_MASS = 0.05
"""Smallest share of all cases that a box may hold."""
SIGNIFICANT = 0.05
"""Largest quasi-p of a restriction that is kept, among all inputs that were looked at."""
FIRSTS = 3
"""Inputs that are each tried as the first to be cut."""


@dataclass(frozen=True)
class Limit(Record):
    """One restriction of a box.

    Attributes:
        path: the input.
        low, high: inclusive bounds, None where that side is free.
        levels: allowed levels of an input without order, else None.
        quasi_p: on the searched half; held_out_p: on the held-out half; None where not judged.
        says: in the scenario's own words.
    """

    path: str
    low: float | None = None
    high: float | None = None
    levels: tuple[str, ...] | None = None
    quasi_p: float | None = None
    held_out_p: float | None = None
    says: str = ""

    def holds(self, item: Input) -> np.ndarray:
        """Return which cases lie inside."""
        if self.levels is not None:
            return np.isin(item.values, self.levels)
        inside = np.ones(len(item.values), dtype=bool)
        if self.low is not None:
            inside &= item.values >= self.low
        if self.high is not None:
            inside &= item.values <= self.high
        return inside


Limits = Mapping[str, Limit]


@dataclass(frozen=True)
class Step(Record):
    """One box of PRIM's trajectory.

    Attributes:
        cases, failures: how many lie inside.
        coverage, density, mass: of all failures; of the cases inside; of all cases.
        restricted: number of restricted inputs.
        limits: its restrictions.
    """

    cases: int
    failures: int
    coverage: float
    density: float
    mass: float
    restricted: int
    limits: tuple[Limit, ...]


def peel(
    inputs: Mapping[str, Input],
    fails: np.ndarray,
    *,
    alpha: float = ALPHA,
    least_mass: float = LEAST_MASS,
    start: Limits | None = None,
) -> tuple[Step, ...]:
    """Return PRIM's peeling and pasting trajectory, from all cases to the densest box.

    Args:
        inputs: inputs over cases.
        fails: [cases] booleans.
        alpha: share of the box's cases that one peel takes off.
        least_mass: smallest share of all cases that a box may hold.
        start: the box to begin with; all cases if not given.
    """
    limits = dict(start or {})
    steps = [step(inputs, fails, limits)]
    while (found := _best_peel(inputs, fails, limits, alpha, least_mass)) is not None:
        limits = found
        steps.append(step(inputs, fails, limits))
    while (found := _best_paste(inputs, fails, limits)) is not None:
        limits = found
        steps.append(step(inputs, fails, limits))
    return tuple(steps)


def inside(inputs: Mapping[str, Input], limits: Limits, cases: int) -> np.ndarray:
    """Return which cases lie in a box."""
    found = np.ones(cases, dtype=bool)
    for path, limit in limits.items():
        found &= limit.holds(inputs[path])
    return found


def step(inputs: Mapping[str, Input], fails: np.ndarray, limits: Limits) -> Step:
    """Return how many cases and failures a box holds."""
    box = inside(inputs, limits, len(fails))
    cases, hits = int(box.sum()), int(fails[box].sum())
    return Step(
        cases, hits, hits / max(int(fails.sum()), 1), hits / max(cases, 1), cases / len(fails), len(limits),
        tuple(limits.values()),
    )  # fmt: skip


def _best_peel(
    inputs: Mapping[str, Input], fails: np.ndarray, limits: dict[str, Limit], alpha: float, least_mass: float
) -> dict[str, Limit] | None:
    """Return the box after the best peel, or None where no peel helps.

    The best raises the density most for each case taken off; equal ones leave fewer inputs restricted.
    """
    box = inside(inputs, limits, len(fails))
    cases, density = int(box.sum()), float(fails[box].mean())
    best, best_score = None, (0.0, 0)
    for path, item in inputs.items():
        for limit in _peels(item, item.values[box], limits.get(path, Limit(path)), alpha):
            kept = box & limit.holds(item)
            left = int(kept.sum())
            if left == 0 or left == cases or left < least_mass * len(fails):
                continue
            changed = {**limits, path: limit}
            score = ((float(fails[kept].mean()) - density) / (cases - left), -len(changed))
            if score[0] > 0 and score > best_score:
                best, best_score = changed, score
    return best


def _peels(item: Input, values: np.ndarray, limit: Limit, alpha: float) -> list[Limit]:
    if not item.numeric:
        present = sorted({str(v) for v in values})
        return [
            replace(limit, levels=tuple(v for v in present if v != out))
            for out in present
            if len(present) > 1
        ]
    ordered = np.sort(values)
    found = []
    low = ordered[int(np.floor((len(ordered) - 1) * alpha))]
    above = ordered[np.searchsorted(ordered, low, side="right") :]
    if len(above):
        found.append(replace(limit, low=float((low + above[0]) / 2)))
    high = ordered[int(np.ceil((len(ordered) - 1) * (1 - alpha)))]
    below = ordered[: np.searchsorted(ordered, high, side="left")]
    if len(below):
        found.append(replace(limit, high=float((high + below[-1]) / 2)))
    return found


def _best_paste(
    inputs: Mapping[str, Input], fails: np.ndarray, limits: dict[str, Limit]
) -> dict[str, Limit] | None:
    """Return the box after the best paste, or None where none raises the density."""
    box = inside(inputs, limits, len(fails))
    density, best, best_density = float(fails[box].mean()), None, float(fails[box].mean())
    for path, limit in limits.items():
        item = inputs[path]
        others = inside(inputs, {k: v for k, v in limits.items() if k != path}, len(fails))
        for wider in _pastes(item, others & ~limit.holds(item), limit, max(1, round(ALPHA * box.sum()))):
            changed = _without_free({**limits, path: wider})
            value = float(fails[inside(inputs, changed, len(fails))].mean())
            if value > best_density and value > density:
                best, best_density = changed, value
    return best


def _pastes(item: Input, outside: np.ndarray, limit: Limit, count: int) -> list[Limit]:
    """Return the limit widened on each side by `count` of the cases just outside."""
    if limit.levels is not None:
        return [replace(limit, levels=(*limit.levels, str(v))) for v in np.unique(item.values[outside])]
    found = []
    if limit.low is not None:
        under = np.sort(item.values[outside & (item.values < limit.low)])[::-1]
        if len(under):
            found.append(replace(limit, low=float(under[count - 1]) if count < len(under) else None))
    if limit.high is not None:
        over = np.sort(item.values[outside & (item.values > limit.high)])
        if len(over):
            found.append(replace(limit, high=float(over[count - 1]) if count < len(over) else None))
    return found


def _without_free(limits: dict[str, Limit]) -> dict[str, Limit]:
    return {p: v for p, v in limits.items() if (v.low, v.high, v.levels) != (None, None, None)}


def quasi_p(inputs: Mapping[str, Input], fails: np.ndarray, limits: Limits, path: str) -> float:
    """Return the chance of at least the box's failures if the restriction on `path` did nothing.

    Binomial with the box's cases and the density of the box without that restriction.
    Source: Bryant and Lempert 2010, §4.
    """
    from scipy.special import bdtrc

    box = inside(inputs, limits, len(fails))
    without = inside(inputs, {k: v for k, v in limits.items() if k != path}, len(fails))
    if not box.any():
        return 1.0
    hits = int(fails[box].sum())
    if hits == 0:
        return 1.0
    return float(bdtrc(hits - 1, int(box.sum()), float(fails[without].mean())))


def densest(
    inputs: Mapping[str, Input],
    fails: np.ndarray,
    *,
    most: int,
    alpha: float = ALPHA,
    least_mass: float = LEAST_MASS,
) -> tuple[dict[str, Limit], tuple[Step, ...]]:
    """Return the box to report, empty where none means anything, and the trajectory it was taken from.

    Restrictions that mean nothing are taken out of every box of every trajectory before boxes are compared, so
    that they use up none of the restrictions allowed. The box with which failing correlates most is returned: it
    favours neither a large box in which few fail nor a tiny one in which all do.

    Args:
        inputs: inputs over cases.
        fails: [cases] booleans.
        most: most inputs that a box may restrict.
        alpha, least_mass: see `peel`.
    """
    best: tuple[float, dict[str, Limit], tuple[Step, ...]] = (0.0, {}, ())
    level = SIGNIFICANT / max(1, 2 * len(inputs))  # an input may be cut at either end
    for first in _clearest(inputs, fails, {}, least_mass)[:FIRSTS]:
        cuts = _cuts(inputs, fails, first, most, least_mass)
        few = {path: inputs[path] for path in cuts}
        for start in ({}, cuts):
            steps = peel(few, fails, alpha=alpha, least_mass=least_mass, start=start)
            for limits in _pruned_boxes(few, fails, steps, level):
                merit = _correlation(step(few, fails, limits))
                if limits and merit > best[0]:
                    best = merit, limits, steps
    return best[1], best[2]


def _pruned_boxes(
    inputs: Mapping[str, Input], fails: np.ndarray, steps: Sequence[Step], level: float
) -> list[dict[str, Limit]]:
    return [pruned(inputs, fails, {v.path: v for v in taken.limits}, level=level) for taken in steps]


def _correlation(found: Step) -> float:
    """Return the correlation over cases between lying in the box and failing (phi)."""
    rate = found.mass * found.density / found.coverage if found.coverage else 0.0
    spread = found.mass * (1 - found.mass) * rate * (1 - rate)
    return (found.density - rate) * found.mass / spread**0.5 if spread > 0 else 0.0


def _cuts(
    inputs: Mapping[str, Input], fails: np.ndarray, first: Limit, most: int, least_mass: float
) -> dict[str, Limit]:
    """Return a box of at most `most` inputs, the clearest cut inside the box so far added each time."""
    cuts = {first.path: first}
    while len(cuts) < most:
        more = [cut for cut in _clearest(inputs, fails, cuts, least_mass) if cut.path not in cuts]
        if not more:
            break
        cuts[more[0].path] = more[0]
    return cuts


def _clearest(
    inputs: Mapping[str, Input], fails: np.ndarray, limits: Limits, least_mass: float
) -> list[Limit]:
    """Return the best single cut of each input inside a box, the clearest first."""
    box = inside(inputs, limits, len(fails))
    least = max(1, int(np.ceil(least_mass * len(fails))))
    found = [_best_cut(item, box, fails, least) for item in inputs.values()]
    return [cut for _, cut in sorted((f for f in found if f is not None), key=lambda f: -f[0])]


def _best_cut(item: Input, box: np.ndarray, fails: np.ndarray, least: int) -> tuple[float, Limit] | None:
    """Return the cut of one input within a box that keeps the densest part, and how far from chance its failures are.

    Far from chance: the failures kept less those expected of as many cases drawn from the box without
    replacement, in standard deviations.
    """
    if not item.numeric:
        return _best_levels(item, item.values[box], fails[box], least)
    order = item.order[box[item.order]]
    ordered = item.values[order]
    ends = np.flatnonzero(np.diff(ordered)) + 1  # cut before these
    low, high = _clarity(np.cumsum(fails[order]), ends, least)
    if not len(ends) or max(low.max(), high.max()) <= 0:
        return None
    k = int(np.argmax(np.maximum(low, high)))
    edge = float((ordered[ends[k] - 1] + ordered[ends[k]]) / 2)
    if low[k] >= high[k]:
        return float(low[k]), Limit(item.name, high=edge)
    return float(high[k]), Limit(item.name, low=edge)


def _best_levels(
    item: Input, values: np.ndarray, fails: np.ndarray, least: int
) -> tuple[float, Limit] | None:
    names, codes = np.unique(values, return_inverse=True)
    order = np.argsort(-np.bincount(codes, weights=fails) / np.bincount(codes), kind="stable")
    place = np.argsort(order)[codes]
    ends = np.cumsum(np.bincount(place))[:-1]
    clear, _ = _clarity(np.cumsum(fails[np.argsort(place, kind="stable")]), ends, least)
    if not len(ends) or clear.max() <= 0:
        return None
    kept = names[order[: int(np.argmax(clear)) + 1]]
    return float(clear.max()), Limit(item.name, levels=tuple(sorted(str(v) for v in kept)))


def _clarity(hits: np.ndarray, ends: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how clearly the cases before each end, and those after it, fail more than chance would have it.

    Args:
        hits: failures among the first cases, running.
        ends: how many cases lie before each cut.
        least: a part with fewer cases than this is not kept.
    """
    cases, failures = len(hits), int(hits[-1])
    rate, kept = failures / cases, ends
    spread = np.sqrt(np.maximum(rate * (1 - rate) * kept * (1 - kept / cases), 1e-300))
    score = (hits[ends - 1] - rate * kept) / spread
    return np.where(kept >= least, score, -np.inf), np.where(cases - kept >= least, -score, -np.inf)


def pruned(
    inputs: Mapping[str, Input], fails: np.ndarray, limits: dict[str, Limit], *, level: float = SIGNIFICANT
) -> dict[str, Limit]:
    """Return a box without the restrictions that mean nothing, the least significant dropped first.

    Args:
        inputs, fails: the cases.
        limits: the box.
        level: largest quasi-p that is kept; the search looked for small ones among all inputs, so divide by
            their number.
    """
    while limits:
        worth = {path: quasi_p(inputs, fails, limits, path) for path in limits}
        worst = max(worth, key=worth.__getitem__)
        if worth[worst] <= level:
            break
        limits = {path: limit for path, limit in limits.items() if path != worst}
    return limits
