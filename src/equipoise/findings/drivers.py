"""What the choice hangs on, found by playing the scenario again with doubt about what is written without any.

Numbers written bare say nothing of how well they are known. Here each is taken to be off by up to half, as `--widen
50%` does it, whatever it stands on, so that claims change no draw and silence about doubt buys nothing. A number that
is marked `certain` and stands on something stays, as does a 0, and a probability of 1. What drives the choice is what
goes with the advised strategy's lead over the best other, state by state, by rank, beyond what chance reaches among so
many. Holders of beliefs are asked too: whose would choose another.

Source: Spearman 1904 (rank correlation, whose square is the share of spread that goes with an input); Bonferroni.
Do not read small weights closely: they rest on 512 states.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.evidence import Basis, trace, under_beliefs
from equipoise.findings import metrics
from equipoise.findings.compare import best_in_state
from equipoise.findings.confidence import ConfidenceFound, Driver, Judged, OutsideView, confidence_of
from equipoise.findings.found import Found
from equipoise.futures.play import Plan, batches
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number, quantile, spread
from equipoise.scenario.overlay import widened
from equipoise.scenario.places import places, with_numbers
from equipoise.scenario.rules import range_of
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

OFF_BY = 0.5
"""How far off a number that is written without doubt may be, as a share of it (`overlay.widened`)."""
STATES, HOLDER_STATES, CHANCE = 512, 128, 4
CHANCE_OF_A_FALSE_DRIVER = 0.05

Profiles = Sequence[Mapping[str, str]]


def confidence(
    scenario: Scenario,
    believed: Scenario,
    beliefs: str | None,
    *,
    written: Collection[str],
    profiles: Profiles,
    found: Found,
    plan: Plan,
    options: Mapping[str, float] | None = None,
    outside: OutsideView | None = None,
) -> ConfidenceFound:
    """Return how sure the advice of a run is.

    Args:
        scenario: as the file has it, resolved. believed: as it was run, under `beliefs`.
        written: paths of the numbers the file itself states. profiles: as played, one a strategy.
        found: what the run found. plan: its sizes and seed. options: of the robustness metrics.
        outside: the government's fall beside its base rate.
    """
    stated = _stated(believed, written)
    doubted = _doubted(believed, stated)
    f, values = _played(with_numbers(believed, doubted), profiles, _plan(plan, STATES))
    names = [profile[believed.focus] for profile in profiles]
    best = names.index(found.best)
    drivers = driving(f, best, values)
    told = tuple(replace(stated[path], weight=weight) for path, weight in drivers.items() if path in stated)
    defined, firsts = _metrics(f, best, options or {})
    holders, dissent = _holders(scenario, beliefs, found.best, profiles, plan)
    judged = Judged(
        drivers=told or tuple(stated.values()),
        measured=bool(told),
        told_apart=found.difference(*found.ranking[:2]).told_apart if len(names) > 1 else None,
        strategies=len(names),
        states=float(best_in_state(f)[best].mean()),
        metrics=defined,
        firsts=firsts,
        holders=holders,
        dissent=dissent,
        stressed=len(doubted),
        over=f.shape[1],
        outside=outside,
    )
    said = [Names.of(believed).quoted(name) for name in found.ranking[:2]]
    return confidence_of(judged, said[0], said[1] if len(said) > 1 else None)


def _plan(plan: Plan, states: int) -> Plan:
    return Plan(min(states, plan.states), min(CHANCE, plan.chance), plan.seed)


def _bare(number: Number, basis: Basis) -> bool:
    """Return whether a number is written without doubt; a range without width is none, `certain` alone no ground."""
    vouched = number.certain and basis != "nothing"
    return number.is_ is None and spread(number) == 0 and not vouched


def _doubted(scenario: Scenario, stated: Mapping[str, Driver]) -> dict[str, Number]:
    """Return what is written without doubt as numbers that may be off by half."""
    numbers = places(scenario)
    found = {}
    for path in (path for path, driver in stated.items() if driver.bare):
        plain = Number(value=float(quantile(numbers[path], np.array(0.5))))
        made = widened(plain, OFF_BY, range_of(path))
        if made is not plain:
            found[path] = made
    return found


def _played(scenario: Scenario, profiles: Profiles, plan: Plan) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return f(d, s) [strategies, states], and the values of what was drawn, by path [states]."""
    player = Player(compile_world(scenario, profiles=[dict(profile) for profile in profiles]), seed=plan.seed)
    f: list[np.ndarray] = []
    values: dict[str, list[np.ndarray]] = {}
    for batch in batches(player, plan):
        payoff = player.columns.values(batch.outcomes, "payoff")
        f.append(payoff.reshape(len(payoff), batch.states, plan.chance).mean(axis=2))
        for path, drawn in batch.parameters.values.items():
            if drawn.ndim and player.world.numbers[path].is_ is None:
                values.setdefault(path, []).append(drawn)
    return np.concatenate(f, axis=1), {path: np.concatenate(parts) for path, parts in values.items()}


def driving(f: np.ndarray, best: int, values: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the inputs that can be told to drive the choice, with their weights, the heaviest first.

    Args:
        f: payoffs [strategies, states]. best: the advised strategy.
        values: of each input [states].
    """
    from scipy.special import chdtri

    lead = f[best] - np.delete(f, best, axis=0).max(axis=0) if len(f) > 1 else f[best]
    if not values or np.ptp(lead) == 0:
        return {}
    inputs = np.stack([_ranks(drawn) for drawn in values.values()])
    inputs = inputs - inputs.mean(axis=1, keepdims=True)
    output = _ranks(lead) - (len(lead) + 1) / 2
    size = (inputs**2).sum(axis=1) * (output @ output)
    weights = np.divide((inputs @ output) ** 2, size, out=np.zeros(len(inputs)), where=size > 0)
    # n r² of an input that means nothing is chi-square with one degree of freedom
    bar = chdtri(1, CHANCE_OF_A_FALSE_DRIVER / len(values)) / len(lead)
    told = sorted(
        ((w, path) for w, path in zip(weights.tolist(), values, strict=True) if w > bar), reverse=True
    )
    return {path: weight for weight, path in told}


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of values [n] from 1 on; those that are the same share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _stated(scenario: Scenario, written: Collection[str]) -> dict[str, Driver]:
    """Return every number that is written, each counted alike; a bare 0 on nothing says nothing."""
    numbers = places(scenario)
    return {
        row["path"]: Driver(
            row["path"],
            wording.place(row["path"], scenario),
            1.0,
            row["basis"],
            _bare(numbers[row["path"]], row["basis"]),
        )
        for row in trace(scenario, written=written)["places"]
        if row["written"] and row["path"] in numbers and (row["basis"] != "nothing" or row["value"] != "0")
    }


def _metrics(f: np.ndarray, best: int, options: Mapping[str, float]) -> tuple[int, int]:
    """Return how many robustness metrics are defined, and how many put the advised strategy first."""
    ranks = [
        metrics.ranks(values, name)[str(best)]
        for name, values in metrics.evaluate(f, **dict[str, Any](options)).items()
    ]
    return sum(rank is not None for rank in ranks), ranks.count(1)


def _holders(
    scenario: Scenario, asked: str | None, advised: str, profiles: Profiles, plan: Plan
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return whose beliefs there are besides those asked for, and under which another strategy is told to be better."""
    others = [holder for holder in sorted(scenario.beliefs) if holder != asked]
    dissent, names = [], [profile[scenario.focus] for profile in profiles]
    for holder in others if len(names) > 1 else ():
        f, _ = _played(under_beliefs(scenario, holder), profiles, _plan(plan, HOLDER_STATES))
        best = int(f.mean(axis=1).argmax())
        if names[best] != advised and estimate(f[best] - f[names.index(advised)]).told_apart:
            dissent.append(holder)
    called = [Names.of(scenario).holder(holder) for holder in others]
    return tuple(called), tuple(
        name for name, holder in zip(called, others, strict=True) if holder in dissent
    )
