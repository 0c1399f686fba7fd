"""Simulation-based calibration of updating: where the truth is drawn from the scenario, its ranks are uniform.

A true future is drawn, what can be seen of it is put to the scenario, and the true value of an input, or of what is
still to come, is ranked among those of the futures that are left. If and only if the futures are drawn from the
posterior, that rank is as likely to be any as any other. What is asked of a future is settled before it is played, so
that the choice of what is reported says nothing.

Sources: Talts, Betancourt, Simpson, Vehtari and Gelman 2018; Modrak and others 2023, on ranks of what is to come.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from equipoise.draws.values import uncertain
from equipoise.inference.facts import facts_of
from equipoise.inference.updating import Seeing
from equipoise.scenario import load
from equipoise.world.compile import World, compile_world
from equipoise.world.player import Player
from seeing import over, put, seeing, seen, still, week

sys.path.insert(0, str(Path(__file__).parents[1] / "world"))
from random_scenarios import random_scenario, restless_scenario

UNTIL = 6
"""The week up to which things are seen."""


def uniform(ranks: np.ndarray) -> bool:
    """Kolmogorov and Smirnov: the greatest distance from the uniform, at a level of one in a thousand."""
    n, upto = len(ranks), np.sort(ranks)
    distance = max((np.arange(1, n + 1) / n - upto).max(), (upto - np.arange(n) / n).max())
    return bool(distance < 1.95 / math.sqrt(n))


def rank(true: float, values: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> float:
    """Return the share of the weight below the true value, and a drawn part of what ties with it."""
    return float(shares @ (values < true) + rng.random() * (shares @ (values == true)))


class Ranks(NamedTuple):
    """Ranks of an input, of the payoff and of a force's power at the end; how many futures were left."""

    drawn: float
    payoff: float
    power: float
    effective: float


def ranked(world: World, seed: int, futures: int) -> Ranks | None:
    """Return where the truth lies among what is left; None where it would be measured outside its scale.

    That is left out by what is seen alone, so that the others stay calibrated.
    """
    rng = np.random.default_rng(seed)
    truth = Seeing(Player(world, seed=10_000 + seed), 32, seed=10_000 + seed)
    items = _items(world, truth, rng)
    if items is None:
        return None
    made = Seeing(Player(world, seed=seed), futures, seed=seed)
    found, left = made.update(seen(world.scenario, *items))
    ends, columns = left.go_on().outcomes[0], made.player.columns
    real = truth.player.play(truth.prepared, np.arange(32), chance=1, first_state=0).outcomes[0]
    inputs = {path: np.asarray(made.prepared.parameters.values[path]) for path in uncertain(world.numbers)}
    path = str(
        rng.choice(sorted(path for path, values in inputs.items() if values.ndim and np.ptp(values) > 0))
    )
    true = float(np.asarray(truth.prepared.parameters.values[path])[0])
    even = np.full(ends.shape[1], 1 / ends.shape[1])
    rows = [columns["payoff"], columns[f"power.{world.forces[0]}"]]
    return Ranks(
        rank(true, inputs[path], found.shares, rng), *(rank(real[row][0], ends[row], even, rng) for row in rows),
        found.effective,
    )  # fmt: skip


def _items(world: World, truth: Seeing, rng: np.random.Generator) -> list[dict[str, Any]] | None:
    """Return what is seen of the first true future: five things that happen in time or not, two that are measured."""
    plain = truth.player.play(truth.prepared, np.arange(32), chance=1, first_state=0)
    came = {
        item.name: int(plain.weeks[truth.player.groups.of][0, k, 0]) for k, item in enumerate(world.drawn)
    }
    triggered = [world.occurrences[n].name for n in world.triggered]
    rows = {name: f"event.{name}" for name in triggered} | {name: f"fallen.{name}" for name in world.forces}
    for name, row in rows.items():
        at = int(plain.outcomes[0, truth.player.columns[row], 0])
        came[name] = at if at >= 0 else world.weeks
    deals = {item.name for item in world.drawn if item.talk}
    items: list[dict[str, Any]] = []
    for name in rng.choice(sorted(came), min(5, len(came)), replace=False):
        force, deal = name in world.forces, name in deals
        if came[name] < UNTIL:
            items.append(
                {"on": week(came[name]), "fell" if force else "deal" if deal else "happened": str(name)}
            )
        else:
            items.append({"by": over(UNTIL), "stands" if force else "not-happened": str(name)})
    levels = [
        (3, {"power": world.forces[0]}, 0.1), (5, {"violence": "level"}, 0.3),
    ]  # fmt: skip
    _, start = truth.update(())
    for at, what, error in levels:
        start.advance(at)
        item = {"on": week(at), **what, "is": 0.5, "error": error}
        (fact,), _ = facts_of(world, seen(world.scenario, item))
        measured = float(fact.value(start)[0]) + error * rng.standard_normal()
        if not 0 <= measured <= (1 if "power" in what else math.inf):
            return None
        items.append(item | {"is": measured})
    return items


def calibrated(scenarios: range, truths: int, futures: int) -> tuple[np.ndarray, float]:
    """Return the ranks [cases, 3] of some truths in each of some random scenarios of both kinds; the share left out."""
    drawn = (random_scenario, restless_scenario)
    found = []
    for seed in scenarios:
        world = compile_world(load(drawn[seed % 2](seed)).scenario)
        found += [ranked(world, truths * seed + n, futures) for n in range(truths)]
    kept = np.array([one[:3] for one in found if one is not None])
    return kept, 1 - len(kept) / len(found)


def ranks(seed: int, futures: int) -> list[float]:
    """Return where the true inputs lie in their posterior, for observations drawn from the scenario itself."""
    data = still(
        forces={
            "a": {"collapse": {"rate": {"uniform": [0.005, 0.06]}}, "momentum": {"uniform": [-0.03, 0.03]},
                  "volatility": {"national": 0.02}},
        },
        events={
            "e": {"between": [week(0), week(9)], "probability": {"uniform": [0.1, 0.9]}, "timing": "late"},
            "f": {"when": [{"power": "a", "above": 0.5}], "weekly": {"uniform": [0.02, 0.3]}},
        },
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    true = seeing(data, 32, seed=1000 + seed)
    plain = true.player.play(true.prepared, np.arange(32), chance=1, first_state=0)
    outcomes, weeks = plain.outcomes, plain.weeks[true.player.groups.of]
    traced = true.player.columns
    fell, fired, came = (
        int(outcomes[0, traced["fallen.a"], 0]),
        int(outcomes[0, traced["event.f"], 0]),
        int(weeks[0, 0, 0]),
    )
    items: list[dict[str, Any]] = [
        {"on": week(fell), "fell": "a"} if 0 <= fell < 6 else {"by": over(6), "stands": "a"},
        {"on": week(fired), "happened": "f"} if 0 <= fired < 6 else {"by": over(6), "not-happened": "f"},
        {"on": week(came), "happened": "e"} if came < 6 else {"by": over(6), "not-happened": "e"},
    ]
    _, _, alone = put(data, 32, seed=1000 + seed)
    alone.advance(4)
    measured = float(alone.power(0)[0]) + 0.02 * rng.standard_normal()
    items.append({"on": week(4), "power": "a", "is": min(max(measured, 0.0), 1.0), "error": 0.02})
    made, found, _ = put(data, futures, *items, seed=seed)
    paths = ("forces.a.collapse.rate", "forces.a.momentum", "events.e.probability", "events.f.weekly")
    truth = {path: float(np.asarray(true.prepared.parameters.values[path])[0]) for path in paths}
    drawn = {path: np.asarray(made.prepared.parameters.values[path]) for path in paths}
    return [float(found.shares @ (drawn[path] < truth[path])) for path in paths]


def test_true_inputs_lie_anywhere_in_their_posteriors() -> None:
    """Simulation-based calibration (Talts and others 2018): ranks are uniform."""
    found = np.array([ranks(seed, 1024) for seed in range(60)])
    assert all(uniform(column) for column in found.T)


@pytest.mark.long
def test_the_truth_lies_anywhere_among_what_is_left_many_times():
    ranks, left_out = calibrated(range(100), 10, 1024)
    assert left_out < 0.25
    assert all(uniform(column) for column in ranks.T)
