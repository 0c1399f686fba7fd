"""A force that holds regions of exactly the majority has taken over, however the sum of their weights rounds.

The power of a force is a sum of region weights: where it holds some regions wholly and the others not at all,
that sum may be just the majority, and its last digit must not decide who rules.
"""

from __future__ import annotations

import numpy as np
import pytest
from playing import ENGINES, run
from tiny import tiny

TIES = [
    ([0.6, 0.4], 1, 0.6),
    ([0.4, 0.2, 0.4], 2, 0.6),
    ([2, 1, 1, 1], 2, 0.6),
    ([1, 1, 1], 2, 0.666666667),
    *(([1] * n, held, held / n) for n in (3, 5, 6, 7, 9, 10, 11, 13) for held in range(n // 2 + 1, n + 1)),
    *(([0.1] * n, n, 1.0) for n in (3, 6, 7, 9, 11, 14)),
    *(([0.7, 0.1, 0.1, 0.05, 0.05], held, sum([0.7, 0.1, 0.1, 0.05, 0.05][:held])) for held in range(1, 6)),
]
"""Weights of regions, how many of them force a holds, and the majority that makes."""


def order(engine: str, weights: list[float], held: float, majority: float) -> tuple[int, float]:
    """Return the order at the end where force a holds the first regions, one of them in part, and b the rest."""
    names = [f"r{n}" for n in range(len(weights))]
    share = np.clip(held - np.arange(len(weights)), 0, 1)
    data = tiny(dynamics={"majority": majority})
    data["regions"] = {name: {"weight": weight} for name, weight in zip(names, weights, strict=True)}
    for force, part in (("a", share), ("b", 1 - share)):
        data["forces"][force]["control"] = {g: float(c) for g, c in zip(names, part, strict=True)}
    data["patrons"]["p"]["values"] = {"influence": 0, "order": {"takeover": {"a": 1.0}}, "terminal": 0.5}
    found = run(data, engine)
    return int(found.row("order")[0]), float(found.row("payoff")[0])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("weights", "held", "majority"), TIES)
def test_exactly_the_majority_is_a_takeover(engine: str, weights, held: int, majority: float) -> None:
    assert order(engine, weights, held, majority) == (3, 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_little_less_than_the_majority_is_none(engine: str) -> None:
    """One part in a hundred thousand of the country less: nobody has a majority."""
    assert order(engine, [0.6, 0.4], 1 - 1e-5 / 0.6, 0.6) == (0, 0.0)
    assert order(engine, [1] * 10, 6 - 1e-4, 0.6) == (0, 0.0)
