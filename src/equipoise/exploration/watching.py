"""What watching is worth: what a sign shows by its week, before the focus patron chooses again then.

Until that week the advised strategy is followed, and from it on each of the strategies, in the same futures; so the
payoffs compare what can still be chosen, with a past in common. What a sign, or two of the same week, is worth is the
expected value of sample information: E[max_d E(payoff_d | reading)] - max_d E[payoff_d], the conditional means by
regression on the one sample, as for inputs (`information`). And what to do: which strategy to take up where the sign is
seen, and which where it is not, where that is told to pay more than going on without looking.

Source: EVSI by regression, Strong, Oakley, Brennan and Breeze 2015, *Med. Decis. Making* 35:570-583; choosing again at
signposts, Haasnoot, Kwakkel, Walker and ter Maat 2013, *Glob. Environ. Change* 23:485-498.
Assumptions: one choice again, in that week; the reading is free of error. Do not trust a worth that is not told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.exploration.ensemble import Ensemble
from equipoise.exploration.information import Worth, evppi
from equipoise.records import Record

MOST_SIGNS = 4
"""Signs of a week of which pairs are looked at: the ones worth most alone."""
ChooseAgain = Callable[[int], np.ndarray]
"""Payoffs [strategies, futures] where the first strategy is followed until a week and each from then on."""


@dataclass(frozen=True)
class Reading:
    """A sign as it is read in some futures.

    Attributes:
        says: the sign in words. observable, week: what is read when.
        values: the reading [futures]. seen: whether the sign is there [futures].
    """

    says: str
    observable: str
    week: int
    values: np.ndarray
    seen: np.ndarray


@dataclass(frozen=True)
class Branch(Record):
    """What to take up on one side of a sign.

    Attributes:
        share: of the futures. strategy: the best from then on. gain, low, high: how much more it pays there than the
        choice without looking, with its 95 % interval. told_apart: whether that is more than chance.
    """

    share: float
    strategy: str
    gain: float
    low: float | None
    high: float | None
    told_apart: bool


@dataclass(frozen=True)
class Sight(Record):
    """What one sign, or two of the same week, is worth.

    Attributes:
        signs: in words. observables, week: what is read when. worth: in payoff, from that week on.
        without: the strategy to take up then without looking.
        seen, unseen: what to do where the sign is there, and where it is not; None for two signs.
        adds: of two signs, whether they are worth more than the better of them beyond twice the error.
    """

    signs: tuple[str, ...]
    observables: tuple[str, ...]
    week: int
    worth: Worth
    without: str
    seen: Branch | None
    unseen: Branch | None
    adds: bool = True


def worth_of_watching(
    readings: Sequence[Reading], again: ChooseAgain, strategies: Sequence[str], *, rng: np.random.Generator
) -> tuple[Sight, ...]:
    """Return what each sign and each pair of a week's signs is worth, the most first.

    Args:
        readings: the signs, over the futures that are played again.
        again: plays them. strategies: in its order.
        rng: for the errors of the regressions.
    """
    by_week: dict[int, dict[str, Reading]] = {}  # of an observable the first level that is given
    for reading in readings:
        by_week.setdefault(reading.week, {}).setdefault(reading.observable, reading)
    found: list[Sight] = []
    for week, signs in sorted(by_week.items()):
        found += _of_week(signs, again(week), strategies, rng)
    return tuple(sorted(found, key=lambda sight: -sight.worth.value))


def _of_week(
    signs: Mapping[str, Reading], payoff: np.ndarray, strategies: Sequence[str], rng: np.random.Generator
) -> list[Sight]:
    ensemble = Ensemble(
        inputs={name: sign.values for name, sign in signs.items()},
        payoff=payoff,
        strategies=tuple(strategies),
    )

    def sight(*chosen: Reading) -> Sight:
        worth = evppi(ensemble, [sign.observable for sign in chosen], rng=rng)
        sides = (_branch(ensemble, chosen[0].seen), _branch(ensemble, ~chosen[0].seen))
        return Sight(
            tuple(sign.says for sign in chosen), tuple(sign.observable for sign in chosen), chosen[0].week, worth,
            ensemble.strategies[ensemble.recommended], *(sides if len(chosen) == 1 else (None, None)),
        )  # fmt: skip

    alone = sorted(map(sight, signs.values()), key=lambda one: -one.worth.value)
    single = {one.observables[0]: one.worth.value for one in alone}
    pairs = [sight(*pair) for pair in combinations([signs[name] for name in list(single)[:MOST_SIGNS]], 2)]
    more = [pair.worth.value - max(single[name] for name in pair.observables) for pair in pairs]
    adding = [replace(pair, adds=gain > 2 * pair.worth.se) for pair, gain in zip(pairs, more, strict=True)]
    return [*alone, *adding]


def _branch(ensemble: Ensemble, there: np.ndarray) -> Branch | None:
    """Return what is best in some of the futures; None where there are too few to say."""
    if there.sum() < 2:
        return None
    payoff = ensemble.payoff[:, there]
    best = int(payoff.mean(axis=1).argmax())
    gain = estimate(payoff[best] - payoff[ensemble.recommended])
    return Branch(
        float(there.mean()), ensemble.strategies[best], gain.mean or 0.0, gain.low, gain.high,
        gain.told_apart and best != ensemble.recommended,
    )  # fmt: skip
