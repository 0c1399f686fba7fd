"""Boxes of inputs, and PRIM: peeling off what fails least, pasting back what helps.

PRIM takes a small share of the cases off the box, each time where the share of failures rises most for
what is lost, then adds back what raises it again. A peel cuts half-way between two neighbouring values; an
input without order loses one level at a time.

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

SIGNIFICANT = 0.05
"""Largest quasi-p of a restriction that is kept."""


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
    alpha: float = 0.05,
    paste_alpha: float = 0.05,
    least_mass: float = 0.05,
) -> tuple[Step, ...]:
    """Return PRIM's peeling and pasting trajectory, from all cases to the densest box.

    Args:
        inputs: inputs over cases.
        fails: [cases] booleans.
        alpha: share of the box's cases that one peel takes off.
        paste_alpha: share of the box's cases that one paste adds back.
        least_mass: smallest share of all cases that a box may hold.
    """
    steps = [step(inputs, fails, {})]
    limits: dict[str, Limit] = {}
    while (found := _best_peel(inputs, fails, limits, alpha, least_mass)) is not None:
        limits = found
        steps.append(step(inputs, fails, limits))
    while (found := _best_paste(inputs, fails, limits, paste_alpha)) is not None:
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
    inputs: Mapping[str, Input], fails: np.ndarray, limits: dict[str, Limit], alpha: float
) -> dict[str, Limit] | None:
    """Return the box after the best paste, or None where none raises the density."""
    box = inside(inputs, limits, len(fails))
    density, best, best_density = float(fails[box].mean()), None, float(fails[box].mean())
    for path, limit in limits.items():
        item = inputs[path]
        others = inside(inputs, {k: v for k, v in limits.items() if k != path}, len(fails))
        for wider in _pastes(item, others & ~limit.holds(item), limit, max(1, round(alpha * box.sum()))):
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


def chosen(
    inputs: Mapping[str, Input], fails: np.ndarray, steps: Sequence[Step], *, most: int
) -> dict[str, Limit]:
    """Return the box of a trajectory to report, restrictions that do nothing dropped.

    The box has the largest harmonic mean of coverage and density among those with at most `most`
    restrictions; then, one after the other, the least significant restriction goes while its quasi-p is
    above 0.05.
    """

    def merit(step: Step) -> float:
        both = step.coverage + step.density
        return 2 * step.coverage * step.density / both if both else 0.0

    allowed = [step for step in steps if step.restricted <= most]
    return pruned(inputs, fails, {limit.path: limit for limit in max(allowed, key=merit).limits})


def pruned(inputs: Mapping[str, Input], fails: np.ndarray, limits: dict[str, Limit]) -> dict[str, Limit]:
    """Return a box without the restrictions that do nothing, the least significant dropped first."""
    while limits:
        worst = max(limits, key=lambda path: quasi_p(inputs, fails, limits, path))
        if quasi_p(inputs, fails, limits, worst) <= SIGNIFICANT:
            break
        limits = {path: limit for path, limit in limits.items() if path != worst}
    return limits
