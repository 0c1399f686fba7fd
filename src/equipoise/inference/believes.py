"""What a patron must believe: the smallest moves of inputs about the world at which what it does is best.

As a flip of the recommendation (`exploration.flip`), but towards what is done. Where no credible move of up to three
inputs gets there, the three that bring it closest are named. Along the way from the stated beliefs to those, what the
patron would still have to want (`wants`) shrinks: that is the frontier between the two.

Source: MODEL.md §5c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.exploration import Ensemble, Evaluate, Flip, Override, smallest_flips
from equipoise.exploration.flip import BAND
from equipoise.inference.wants import Goals, nearest
from equipoise.records import Record

STRONGEST = 4
"""Inputs that are tried in threes, where none of all gets there."""
TOGETHER = 3
STEPS = (1 / 3, 2 / 3, 1.0)
"""Parts of the way from the stated beliefs at which the frontier is looked at, beside its beginning."""


@dataclass(frozen=True)
class Closest(Record):
    """The credible beliefs that bring what is done closest to being best, where none makes it so.

    Attributes:
        paths, values, typical: inputs, where they would have to be (an end of their 5-95 % band), their means.
        distance: in standard deviations, all together.
        price, price_se: what the best of the others still pays more, played again there, and its standard error.
    """

    paths: tuple[str, ...]
    values: tuple[float, ...]
    typical: tuple[float, ...]
    distance: float
    price: float
    price_se: float | None


@dataclass(frozen=True)
class Step(Record):
    """A point of the frontier between what is believed and what is wanted.

    Attributes:
        part: of the way from the stated beliefs to the others, 0 to 1. believes: that far, in standard deviations.
        wants: how far the nearest weights are that then make what is done best; None where no weights do.
        paths: of those weights.
    """

    part: float
    believes: float
    wants: float | None
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Believes(Record):
    """What would have to be believed of the world.

    Attributes:
        smallest: the smallest move of one, two and three inputs, by number; absent where that many do not get there,
            or no sooner than fewer do.
        closest: where none does, what comes closest; else None.
        doubted: of each of these changes, by number of inputs (`closest` of that), the chance by the scenario's own
            doubt that every one of its inputs is at least so far out; they are drawn independently.
        frontier: from the stated beliefs to the smallest move (or the closest).
    """

    smallest: Mapping[int, Flip]
    closest: Closest | None
    doubted: Mapping[str, float]
    frontier: tuple[Step, ...]


def believed(
    ensemble: Ensemble,
    done: str,
    *,
    evaluate: Evaluate,
    goals: Goals,
    goals_at: Callable[[Mapping[str, Override]], Goals],
    within: float = 0.0,
    rng: np.random.Generator,
) -> Believes:
    """Return what would have to be believed for `done` to be best in the mean.

    Args:
        ensemble: inputs about the world and payoffs over states.
        done: the way of engaging that is seen.
        evaluate: plays states again under changed inputs.
        goals: payoff as it depends on the weights, as stated. goals_at: the same under changed inputs.
        within: how far from the best still counts as best, in the frontier.
        rng: for the chance that a move is real.
    """
    flips = smallest_flips(ensemble, towards=done, evaluate=evaluate, rng=rng).smallest
    smallest = {size: flip for size, flip in flips.items() if flip.confirmed}
    if not ensemble.varying or ensemble.strategies[ensemble.recommended] == done:
        return Believes({}, None, {}, ())
    if smallest:
        least = min(smallest.values(), key=lambda flip: flip.distance)
        doubted = {str(size): as_far_out(ensemble, flip) for size, flip in smallest.items()}
        return Believes(smallest, None, doubted, frontier(least, goals, goals_at, done, within=within))
    closest = _closest(ensemble, done, evaluate)
    if closest is None:
        return Believes({}, None, {}, ())
    doubted = {"closest": as_far_out(ensemble, closest)}
    return Believes({}, closest, doubted, frontier(closest, goals, goals_at, done, within=within))


def as_far_out(ensemble: Ensemble, change: Flip | Closest) -> float:
    """Return the chance that every input of a change is at least as far from its mean, on its side, as it would be.

    Of an input without an order it is the share of the states in which it has that value.
    """
    chance = 1.0
    for path, value, typical in zip(change.paths, change.values, change.typical, strict=True):
        values = ensemble.inputs[path].values
        if isinstance(value, str):
            so = values.astype(str) == value
        else:
            so = values >= value if value > float(typical) else values <= value
        chance *= float(so.mean())
    return chance


def _closest(ensemble: Ensemble, done: str, evaluate: Evaluate) -> Closest | None:
    """Return the ends of the bands of up to three inputs that bring `done` closest, tried by playing them."""
    own = ensemble.index(done)
    lead = ensemble.payoff[own] - np.delete(ensemble.payoff, own, axis=0)
    rival = int(np.argmin(lead.mean(axis=1)))
    items = [ensemble.inputs[name] for name in ensemble.varying if ensemble.inputs[name].kind == "continuous"]
    slopes = {
        item.name: float(np.corrcoef(item.values, lead[rival])[0, 1])
        for item in items
        if lead[rival].std() > 0
    }
    strongest = sorted(slopes, key=lambda name: -abs(slopes[name]))[:STRONGEST]
    ends = {
        name: float(np.quantile(ensemble.inputs[name].values, BAND[1] if slopes[name] > 0 else BAND[0]))
        for name in strongest
    }
    best: Closest | None = None
    for paths in combinations(strongest, min(TOGETHER, len(strongest))):
        if not paths:
            return None
        payoff = evaluate({path: Override(set=ends[path]) for path in paths})
        others = {name: float(np.mean(row)) for name, row in payoff.items() if name != done}
        ahead = max(others, key=lambda name: others[name])
        found = estimate(np.asarray(payoff[ahead]) - np.asarray(payoff[done]))
        if best is None or (found.mean or 0.0) < best.price:
            best = _ends(ensemble, paths, [ends[p] for p in paths], found.mean or 0.0, found.se)
    return best


def _ends(
    ensemble: Ensemble, paths: Sequence[str], values: Sequence[float], price: float, se: float | None
) -> Closest:
    drawn = [ensemble.inputs[path].values for path in paths]
    steps = [(v - x.mean()) / x.std(ddof=1) for v, x in zip(values, drawn, strict=True)]
    typical = tuple(float(x.mean()) for x in drawn)
    return Closest(tuple(paths), tuple(values), typical, float(np.linalg.norm(steps)), price, se)


def frontier(
    change: Flip | Closest,
    goals: Goals,
    goals_at: Callable[[Mapping[str, Override]], Goals],
    done: str,
    *,
    within: float = 0.0,
) -> tuple[Step, ...]:
    """Return what must be wanted on the way from the stated beliefs to a change of them.

    On the way inputs are fixed between their means and the change; one without an order stays as it is until the end.

    Args:
        change: of beliefs.
        goals: payoff as it depends on the weights under the stated beliefs. goals_at: under others.
        done: the way of engaging that is seen. within: how far from the best still counts as best.
    """
    out = [_step(0.0, change, goals, done, within)]
    return (*out, *(_step(part, change, goals_at(_on_the_way(change, part)), done, within) for part in STEPS))


def _step(part: float, change: Flip | Closest, goals: Goals, done: str, within: float) -> Step:
    found = nearest(goals, done, within=within)
    wishes = () if found is None else tuple(wish.path for wish in found.wishes)
    return Step(part, part * change.distance, None if found is None else found.distance, wishes)


def _on_the_way(change: Flip | Closest, part: float) -> dict[str, Override]:
    """Return the overrides at a part of the way: at 1 the change itself."""
    if part == 1:
        return {p: Override(set=v) for p, v in zip(change.paths, change.values, strict=True)}
    rows = zip(change.paths, change.values, change.typical, strict=True)
    return {path: Override(set=t + part * (v - t)) for path, v, t in rows if not isinstance(v, str)}
