"""The smallest credible change that flips the recommendation: one input, or two or three together.

Inputs are fixed at other values, each inside its 5-95 % band, while the rest keep their distribution; the
recommendation flips where another strategy's expected payoff is at least the recommended one's. A flip may also be
looked for towards one strategy: where its expected payoff is at least every other's. The smallest change has the
least distance √Σ((value - mean)/sd)². A level of an input without order lies √(-2 ln(p/p_mode)) away from the
commonest level: the standard deviations at which a normal density has fallen as much.

Source: robustness to credible change, after Rosenbaum and Rubin's sensitivity bounds in spirit and
info-gap in form (Ben-Haim 2006); regression `smooth`.
Assumptions: inputs independent; the regression sees single inputs and pairs. A flip found on the
regression should be rerun: give `evaluate`, and trust the rerun where the two differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.exploration.ensemble import Ensemble, Evaluate, Input, Override
from equipoise.exploration.smooth import Smooth, regression_on_all
from equipoise.records import Record
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario

BAND = (0.05, 0.95)
POINTS = {1: 91, 2: 31, 3: 15}
CONSIDERED = {1: 10_000, 2: 14, 3: 9}
REFINEMENTS = 3
FURTHER = (0.0, 0.03, 0.1, 0.25, 0.5, 1.0)
"""Standard deviations by which a flip that a rerun does not confirm is moved outwards."""
DRAWS = 400
WORTH_ADDING = 0.9
"""A change of more inputs is shown only where it is at least a tenth smaller."""


@dataclass(frozen=True)
class Flip(Record):
    """A change of one to three inputs that flips the recommendation.

    Attributes:
        paths: the inputs that change.
        values: their values at the flip.
        typical: their means (the commonest level where there is no order).
        distance: in standard deviations, all together.
        from_strategy, to_strategy: the recommendation before and after.
        support: chance that some change of these inputs inside their bands flips it.
        rerun_gap, rerun_se: expected payoff of `to` less that of `from` (towards a strategy: of the best other)
            in a rerun at the values, and its standard error; None where it was not rerun.
        confirmed: True where the rerun's gap is not told apart from 0, or is above it; of a flip towards a strategy,
            where the gap to the best of the others is 0 or more. None where it was not rerun.
    """

    paths: tuple[str, ...]
    values: tuple[Any, ...]
    typical: tuple[Any, ...]
    distance: float
    from_strategy: str
    to_strategy: str
    support: float
    rerun_gap: float | None = None
    rerun_se: float | None = None
    confirmed: bool | None = None


@dataclass(frozen=True)
class Flips(Record):
    """The smallest changes that flip the recommendation.

    Attributes:
        recommended: the strategy with the highest mean payoff.
        singles: every input that flips it alone, the smallest change first.
        smallest: the smallest change of one, of two and of three inputs, by number; a number is absent
            where that many do not flip it, or not sooner than fewer do.
        says: in one sentence the smallest of all that reruns bear out; where they bear out none, that they do not.
    """

    recommended: str
    singles: tuple[Flip, ...]
    smallest: Mapping[int, Flip]
    says: str


@dataclass(frozen=True)
class _Range:
    """Credible values of one input and how far each lies from the typical one."""

    item: Input
    low: float
    high: float
    mean: float
    sd: float

    @classmethod
    def of(cls, item: Input) -> _Range:
        if not item.numeric:
            return cls(item, 0, 0, 0, 1)
        low, high = np.quantile(item.values, BAND)
        return cls(item, float(low), float(high), float(item.values.mean()), float(item.values.std(ddof=1)))

    @property
    def typical(self) -> Any:
        return self.mean if self.item.numeric else self.item.levels[int(self.item.shares.argmax())]

    def points(self, count: int) -> np.ndarray:
        if self.item.kind == "continuous":
            return np.linspace(self.low, self.high, count)
        levels = np.array(self.item.levels)
        return levels[(self.item.shares >= BAND[0]) & self._inside(levels)]

    def near(self, value: Any, step: float) -> np.ndarray:
        if self.item.kind != "continuous":
            return np.array([value])
        return np.clip(np.linspace(value - step, value + step, 9), self.low, self.high)

    def step(self, count: int) -> float:
        return (self.high - self.low) / max(count - 1, 1)

    def squared_distance(self, values: np.ndarray) -> np.ndarray:
        if self.item.numeric:
            return ((values - self.mean) / self.sd) ** 2
        share = self.item.shares
        ratio = {level: p / share.max() for level, p in zip(self.item.levels, share, strict=True)}
        return np.array([-2 * np.log(ratio[str(value)]) for value in values])

    def _inside(self, levels: np.ndarray) -> np.ndarray:
        return (
            (levels >= self.low) & (levels <= self.high) if self.item.numeric else np.ones(len(levels), bool)
        )


@dataclass(frozen=True)
class _Aim:
    """What a change is to bring about: any other strategy ahead of the `recommended`, or `towards` ahead of all.

    Attributes:
        recommended, towards: indices of strategies; `towards` None for any other.
    """

    recommended: int
    towards: int | None = None

    def gaps(self, outputs: np.ndarray) -> np.ndarray:
        """Return by how much each strategy that may come first leads what it must beat; -inf for the others.

        Args:
            outputs: expected payoffs [..., strategies].
        """
        if self.towards is None:
            gaps = outputs - outputs[..., [self.recommended]]
            gaps[..., self.recommended] = -np.inf
            return gaps
        others = np.delete(outputs, self.towards, axis=-1).max(axis=-1)
        gaps = np.full_like(outputs, -np.inf)
        gaps[..., self.towards] = outputs[..., self.towards] - others
        return gaps

    def rival(self, means: np.ndarray) -> int:
        """Return whom the strategy that comes first must beat, given the expected payoffs [strategies]."""
        if self.towards is None:
            return self.recommended
        return int(np.argmax(np.where(np.arange(len(means)) == self.towards, -np.inf, means)))


def smallest_flips(
    ensemble: Ensemble,
    *,
    towards: str | None = None,
    evaluate: Evaluate | None = None,
    on_all: Smooth | None = None,
    rng: np.random.Generator,
) -> Flips:
    """Return the smallest credible changes that flip the recommendation.

    Args:
        ensemble: the sample of states.
        towards: the strategy that is to become the best; any other than the recommended one if not given.
        evaluate: reruns the smallest change of each size; one that the rerun does not confirm is moved
            outwards, up to a standard deviation, until it is. None reruns nothing.
        on_all: `regression_on_all` of the ensemble, where it is at hand.
        rng: for the chance that the flip is real.
    """
    items = [ensemble.inputs[name] for name in ensemble.varying]
    recommended = ensemble.strategies[ensemble.recommended]
    aim = _Aim(ensemble.recommended, None if towards is None else ensemble.index(towards))
    if not items or len(ensemble.strategies) < 2:
        return Flips(recommended, (), {}, "nothing can flip the recommendation: nothing is uncertain")
    if aim.towards == aim.recommended:
        return Flips(recommended, (), {}, "it is the best already")
    smooth = regression_on_all(ensemble) if on_all is None else on_all
    moving = {name for block in smooth.blocks for name in block.names}
    ranges = {item.name: _Range.of(item) for item in items if item.name in moving}
    singles = _found(ensemble, aim, smooth, ranges, 1, rng)
    smallest = {1: singles[0]} if singles else {}
    for size in list(POINTS)[1:]:
        found = _found(ensemble, aim, smooth, ranges, size, rng)
        if found and all(found[0].distance < WORTH_ADDING * flip.distance for flip in smallest.values()):
            smallest[size] = found[0]
    if evaluate is not None:
        smallest = {
            size: _rerun(ensemble, aim, flip, [ranges[path] for path in flip.paths], evaluate)
            for size, flip in smallest.items()
        }
    return Flips(recommended, tuple(singles), smallest, _sentence(recommended, smallest, ensemble.scenario))


def _found(
    ensemble: Ensemble,
    aim: _Aim,
    smooth: Smooth,
    ranges: Mapping[str, _Range],
    size: int,
    rng: np.random.Generator,
) -> list[Flip]:
    """Return every flip of `size` inputs, the smallest first; of several inputs only the smallest."""
    order = sorted(ranges, key=lambda name: -_swing(smooth, ranges[name], aim))
    flips = []
    for names in combinations(order[: CONSIDERED[size]], size):
        point = _nearest(smooth.restricted(names), [ranges[n] for n in names], aim, POINTS[size])
        if point is not None:
            flips.append((point[0], names, point[1], point[2]))
    flips.sort(key=lambda flip: flip[0])
    kept = flips if size == 1 else flips[:1]
    return [_described(ensemble, aim, smooth, [ranges[n] for n in f[1]], f[0], f[2], f[3], rng) for f in kept]


def _swing(smooth: Smooth, range_: _Range, aim: _Aim) -> float:
    name = range_.item.name
    values = range_.points(15)
    outputs = smooth.restricted([name]).predict({name: values}, len(values))
    return float(aim.gaps(outputs).max(initial=-np.inf))


def _nearest(
    smooth: Smooth, ranges: Sequence[_Range], aim: _Aim, count: int
) -> tuple[float, list[Any], int] | None:
    """Return (distance, values, strategy) of the nearest flip inside the bands, or None."""
    axes = [r.points(count) for r in ranges]
    found = _nearest_on(smooth, ranges, axes, aim)
    step = np.array([r.step(count) for r in ranges])
    for _ in range(REFINEMENTS):
        if found is None:
            break
        axes = [r.near(v, s) for r, v, s in zip(ranges, found[1], step, strict=True)]
        better = _nearest_on(smooth, ranges, axes, aim)
        found = better if better is not None and better[0] <= found[0] else found
        step = step / 4
    return found


def _nearest_on(
    smooth: Smooth, ranges: Sequence[_Range], axes: Sequence[np.ndarray], aim: _Aim
) -> tuple[float, list[Any], int] | None:
    if any(len(axis) == 0 for axis in axes):
        return None
    grid = [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]
    values = {r.item.name: axis for r, axis in zip(ranges, grid, strict=True)}
    gaps = aim.gaps(smooth.predict(values, len(grid[0])))
    flips = gaps.max(axis=1) >= 0
    if not flips.any():
        return None
    squared = np.sum([r.squared_distance(axis) for r, axis in zip(ranges, grid, strict=True)], axis=0)
    k = int(np.argmin(np.where(flips, squared, np.inf)))
    return float(np.sqrt(squared[k])), [axis[k].item() for axis in grid], int(gaps[k].argmax())


def _described(
    ensemble: Ensemble,
    aim: _Aim,
    smooth: Smooth,
    ranges: Sequence[_Range],
    distance: float,
    values: Sequence[Any],
    to: int,
    rng: np.random.Generator,
) -> Flip:
    names = tuple(r.item.name for r in ranges)
    part = smooth.restricted(names)
    grid = [axis.ravel() for axis in np.meshgrid(*(r.points(9) for r in ranges), indexing="ij")]
    at = dict(zip(names, grid, strict=True))
    strongest = int(aim.gaps(part.predict(at, len(grid[0])))[:, to].argmax())
    place = {name: axis[[strongest]] for name, axis in at.items()}
    draws = part.draws(place, 1, count=DRAWS, rng=rng)[:, 0, :]
    support = float(np.mean(aim.gaps(draws)[:, to] > 0))
    return Flip(
        names, tuple(values), tuple(r.typical for r in ranges), distance,
        ensemble.strategies[ensemble.recommended], ensemble.strategies[to], support,
    )  # fmt: skip


def _rerun(ensemble: Ensemble, aim: _Aim, flip: Flip, ranges: Sequence[_Range], evaluate: Evaluate) -> Flip:
    """Return a flip rerun, moved outwards along its own direction until a rerun confirms it.

    Where none does inside the bands, the first rerun stands, not confirmed.
    """
    first = None
    for further in FURTHER:
        moved = _moved(flip, ranges, further)
        if moved is None:
            break
        payoff = evaluate({path: Override(set=v) for path, v in zip(moved.paths, moved.values, strict=True)})
        rival = ensemble.strategies[aim.rival(np.array([np.mean(payoff[n]) for n in ensemble.strategies]))]
        found = estimate(np.asarray(payoff[moved.to_strategy]) - np.asarray(payoff[rival]))
        behind = found.value < 0 and (found.told_apart or aim.towards is not None)
        moved = replace(moved, rerun_gap=found.value, rerun_se=found.se or 0.0, confirmed=not behind)
        if moved.confirmed:
            return moved
        first = first or moved
    return first or flip


def _moved(flip: Flip, ranges: Sequence[_Range], further: float) -> Flip | None:
    """Return a flip moved outwards by so many standard deviations, or None where a band ends before."""
    numeric = [r.item.kind == "continuous" for r in ranges]
    if further == 0 or not any(numeric):
        return flip if further == 0 else None
    steps = np.array(
        [(v - r.mean) / r.sd if n else 0.0 for v, r, n in zip(flip.values, ranges, numeric, strict=True)]
    )
    length = float(np.linalg.norm(steps))
    if length == 0:
        return None
    steps = steps * (length + further) / length
    values = tuple(
        r.mean + r.sd * s if n else v for v, r, s, n in zip(flip.values, ranges, steps, numeric, strict=True)
    )
    inside = all(r.low <= v <= r.high for v, r, n in zip(values, ranges, numeric, strict=True) if n)
    distance = float(np.sqrt(flip.distance**2 - length**2 + (length + further) ** 2))
    return replace(flip, values=values, distance=distance) if inside else None


def _told(path: str, value: Any, typical: Any, verb: str) -> str:
    """Say what an input would be, or that it would be as it typically is where the two read alike."""
    new, old = wording.value(path, value), wording.value(path, typical)
    return f"{verb} {new} (typically {old})" if new != old else f"{verb} {new} (as it typically is)"


def _sentence(recommended: str, smallest: Mapping[int, Flip], scenario: Scenario | None) -> str:
    recommended = Names.of(scenario).quoted(recommended)
    if not smallest:
        inside = "no change of up to three inputs, each inside its 5–95 % band"
        return f"{inside}, makes another strategy better than {recommended}"
    borne_out = [flip for flip in smallest.values() if flip.confirmed is not False]
    flip = min(borne_out or smallest.values(), key=lambda f: f.distance)
    other, verb = Names.of(scenario).quoted(flip.to_strategy), "were" if borne_out else "at"
    changes = " and ".join(
        f"{wording.place(path, scenario)} {_told(path, value, typical, verb)}"
        for path, value, typical in zip(flip.paths, flip.values, flip.typical, strict=True)
    )
    far = f"a change of {flip.distance:.2g} standard deviations"
    if borne_out:
        return f"if {changes}, {other} would be as good as {recommended}: {far}"
    return (
        f"no change that was found makes another strategy as good as {recommended}: played again, the nearest "
        f"({changes}; {far}) leaves {other} behind"
    )
