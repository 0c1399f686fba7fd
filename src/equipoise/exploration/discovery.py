"""Scenario discovery: boxes of the inputs in which a chosen strategy fails.

PRIM peels a small share of the cases off the box, each time where the share of failures rises most for
what is lost, then pastes back what helps; CART splits the cases into leaves. A box is chosen on one half of
the states and judged on the other half, which no search has seen.

*Coverage*: failures in the box of all failures. *Density*: failures in the box of all cases in it.
*Quasi-p* of a restriction: the chance of at least so many failures among the box's cases if the
restriction did nothing, that is under the density of the box without it.

Source: Friedman and Fisher 1999 (Stat. Comput. 9:123-143); coverage, density and quasi-p, Bryant and
Lempert 2010 (Technol. Forecast. Soc. Change 77:34-49); trees, Breiman et al. 1984, by scikit-learn.
Assumptions: cases independent. Quasi-p on the half that was searched are too small, because the search
looked for small ones: read those of the held-out half. Do not trust a box under 20 held-out cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from equipoise.exploration.ensemble import Ensemble, Input, classify
from equipoise.exploration.prim import (
    LEAST_MASS,
    SIGNIFICANT,
    Limit,
    Step,
    densest,
    inside,
    pruned,
    quasi_p,
    step,
)
from equipoise.records import Record
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.restrictions import restriction

FEWEST = 20
BOXES, MOST_LIMITS = 3, 4
"""How many boxes may be found, each among the cases that the earlier ones leave, and most restrictions of one."""


@dataclass(frozen=True)
class Box(Record):
    """A box in which the strategy fails, chosen on one half and judged on the other.

    Attributes:
        limits: its restrictions, each with both quasi-p.
        coverage, density, mass, cases: on the searched half.
        held_out_coverage, held_out_density, held_out_mass, held_out_cases: on the other half.
        base_rate: share of failures among all held-out cases.
        confirmed: True where every held-out quasi-p is at most 0.05, over at least 20 held-out cases.
        says: the box in one sentence.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    cases: int
    held_out_coverage: float | None
    held_out_density: float | None
    held_out_mass: float
    held_out_cases: int
    base_rate: float
    confirmed: bool
    says: str = ""

    def sentence(self, strategy: str, scenario: Scenario | None = None) -> str:
        """Return it in one sentence, judged on the held-out half, in the scenario's own words."""
        conditions = ", and ".join(restriction(limit, scenario) for limit in self.limits)
        density, coverage, base = (
            "an unknown share" if share is None else f"{100 * share:.0f} %"
            for share in (self.held_out_density, self.held_out_coverage, self.base_rate)
        )
        unsure = "; this does not show again in the half of the states kept for checking"
        return (
            f"Where {conditions}: {Names.of(scenario).quoted(strategy)} fails in {density} of the cases, against "
            f"{base} of all; {coverage} of its failures lie there{'' if self.confirmed else unsure}."
        )


@dataclass(frozen=True)
class Discovery(Record):
    """Where a strategy fails.

    Attributes:
        strategy: the strategy.
        fails_where: what counts as failing, in words.
        failures: share of the cases in which it fails.
        cases: number of cases.
        prim, cart: boxes found by each method, largest coverage first.
        trajectory: PRIM's first trajectory on the searched half.
        note: why there are no boxes, or an empty string.
    """

    strategy: str
    fails_where: str
    failures: float
    cases: int
    prim: tuple[Box, ...]
    cart: tuple[Box, ...]
    trajectory: tuple[Step, ...]
    note: str = ""


def failing(
    ensemble: Ensemble, strategy: str | None = None, *, worst: float = 0.25, threshold: float | None = None
) -> tuple[np.ndarray, str]:
    """Return in which states a strategy fails, and what that means in words.

    A strategy fails where its regret (what the best strategy of that state would have gained on it) lies
    above a threshold: the given one, or the level that the worst quarter of its states exceeds.

    Args:
        ensemble: the sample of states.
        strategy: its name; the recommended one if not given.
        worst: share of states taken as failures where no threshold is given.
        threshold: regret in units of payoff.
    """
    regret = ensemble.regret[ensemble.index(strategy)]
    if threshold is None:
        threshold = float(np.quantile(regret, 1 - worst))
    words = f"another strategy would have gained more than {threshold:.3g} in payoff"
    if threshold == 0:
        words = "another strategy would have gained more"
    return regret > threshold, words


def discover(
    features: Mapping[str, Any],
    fails: np.ndarray,
    *,
    strategy: str,
    fails_where: str,
    rng: np.random.Generator,
    units: np.ndarray | None = None,
) -> Discovery:
    """Return the boxes in which a strategy fails, found on one half of the cases and judged on the other.

    Args:
        features: path -> values over cases (inputs of states, or weeks of events of futures).
        fails: [cases] booleans.
        strategy, fails_where: for the result.
        rng: for the halves.
        units: what may not be torn between the halves (the state of each future); each case by itself if
            not given.
    """
    inputs = {path: classify(path, values) for path, values in features.items()}
    inputs = {path: item for path, item in inputs.items() if item.kind != "constant"}
    rate = float(np.mean(fails))
    bare = Discovery(strategy, fails_where, rate, len(fails), (), (), ())
    if not inputs or fails.sum() < FEWEST or (~fails).sum() < FEWEST:
        return replace(
            bare, note="it fails in too few cases, or in nearly all, to say what they have in common"
        )
    first = _half(len(fails), rng, units)
    train = {path: item.take(first) for path, item in inputs.items()}
    test = {path: item.take(~first) for path, item in inputs.items()}
    found, trajectory = _covering(train, fails[first])
    leaves = _leaves(train, fails[first])

    def judged(many: Sequence[dict[str, Limit]]) -> tuple[Box, ...]:
        kept = [_judge(train, fails[first], test, fails[~first], limits) for limits in many if limits]
        return tuple(sorted(kept, key=lambda box: -box.coverage))

    prim, cart = judged(found), judged(leaves)
    note = (
        ""
        if any(b.confirmed for b in prim + cart)
        else "nothing that its failures have in common shows again in the half of the states kept for checking"
    )
    return replace(bare, prim=prim, cart=cart, trajectory=trajectory, note=note)


def _half(cases: int, rng: np.random.Generator, units: np.ndarray | None) -> np.ndarray:
    codes = np.arange(cases) if units is None else np.unique(units, return_inverse=True)[1]
    count = int(codes.max()) + 1
    return (rng.permutation(count) < count // 2)[codes]


def _covering(
    inputs: Mapping[str, Input], fails: np.ndarray
) -> tuple[list[dict[str, Limit]], tuple[Step, ...]]:
    """Find boxes one after the other, each among the cases that are left."""
    found: list[dict[str, Limit]] = []
    first: tuple[Step, ...] = ()
    rest = np.ones(len(fails), dtype=bool)
    for _ in range(BOXES):
        left = {path: item.take(rest) for path, item in inputs.items()}
        if fails[rest].sum() < FEWEST or rest.sum() < 2 * FEWEST:
            break
        share = LEAST_MASS * len(fails) / rest.sum()
        limits, steps = densest(left, fails[rest], most=MOST_LIMITS, least_mass=share)
        first = first or steps
        if not limits:
            break
        found.append(limits)
        rest = rest & ~inside(inputs, limits, len(fails))
    return found, first


def _judge(
    train: Mapping[str, Input],
    y: np.ndarray,
    test: Mapping[str, Input],
    z: np.ndarray,
    limits: dict[str, Limit],
) -> Box:
    here, there = step(train, y, limits), step(test, z, limits)
    marked = tuple(
        replace(v, quasi_p=quasi_p(train, y, limits, p), held_out_p=quasi_p(test, z, limits, p))
        for p, v in limits.items()
    )
    worst = max(quasi_p(test, z, limits, p) for p in limits)
    confirmed = there.cases >= FEWEST and worst <= SIGNIFICANT
    return Box(
        marked, here.coverage, here.density, here.mass, here.cases, there.coverage if z.any() else None,
        there.density if there.cases else None, there.mass, there.cases, float(z.mean()), confirmed,
    )  # fmt: skip


def _leaves(inputs: Mapping[str, Input], fails: np.ndarray) -> list[dict[str, Limit]]:
    """Return the leaves of a tree with at most `MOST_LIMITS` splits above them and twice the base rate, or 50 %."""
    rate = fails.mean()
    leaves = tree(inputs, fails, depth=MOST_LIMITS)
    dense = [
        limits for limits in leaves if step(inputs, fails, limits).density >= min(2 * rate, max(0.5, rate))
    ]
    found: list[dict[str, Limit]] = []
    for limits in dense:
        box = pruned(inputs, fails, limits)
        if box not in found:
            found.append(box)
    return found


def tree(
    inputs: Mapping[str, Input],
    fails: np.ndarray,
    *,
    depth: int | None = None,
    least_mass: float = LEAST_MASS,
) -> list[dict[str, Limit]]:
    """Return the leaves of a classification tree as boxes, in the tree's order.

    Args:
        inputs: inputs over cases; one without order enters as one column a level.
        fails: [cases] booleans.
        depth: most splits above a leaf; None for no limit.
        least_mass: smallest share of the cases in a leaf.
    """
    from sklearn.tree import DecisionTreeClassifier

    columns: list[tuple[Input, str | None]] = []
    for item in inputs.values():
        columns += [(item, None)] if item.numeric else [(item, level) for level in item.levels]
    x = np.column_stack([i.values if level is None else i.values == level for i, level in columns]).astype(
        float
    )
    model = DecisionTreeClassifier(
        min_samples_leaf=max(1, round(least_mass * len(fails))), max_depth=depth, random_state=0
    )
    grown = model.fit(x, fails).tree_
    found: list[dict[str, Limit]] = []

    def walk(node: int, limits: dict[str, Limit]) -> None:
        if grown.children_left[node] < 0:
            found.append(limits)
            return
        item, level = columns[grown.feature[node]]
        low, high = _split(item, level, float(grown.threshold[node]), limits.get(item.name, Limit(item.name)))
        walk(int(grown.children_left[node]), {**limits, item.name: low})
        walk(int(grown.children_right[node]), {**limits, item.name: high})

    walk(0, {})
    return found


def _split(item: Input, level: str | None, threshold: float, limit: Limit) -> tuple[Limit, Limit]:
    if level is None:
        # a tree sends x <= threshold left; the right side starts at the next number above it
        return replace(limit, high=threshold), replace(limit, low=float(np.nextafter(threshold, np.inf)))
    allowed = limit.levels or tuple(item.levels)
    return replace(limit, levels=tuple(v for v in allowed if v != level)), replace(limit, levels=(level,))
