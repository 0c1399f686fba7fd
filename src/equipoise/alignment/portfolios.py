"""Every way of engaging a scenario knows, as a portfolio, with its structural price under uncertain ties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.hedge import MOST_FORCES, hedge_price, hedge_prices, triads
from equipoise.alignment.situation import Situation
from equipoise.draws.estimate import of_known
from equipoise.draws.values import shares
from equipoise.scenario.model import Policy, Scenario

OWN = "(its own way)"
"""Name of the portfolio of a patron that no strategy speaks for."""


def portfolios_of(scenario: Scenario, situation: Situation) -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Yield each portfolio: whose, under which strategy, before or after its switches, and shares [S or 1, F].

    Base weights only, divided by their sum: what follows power and standing moves them later.
    """
    for i, patron in enumerate(situation.patrons):
        strategies = scenario.strategies.get(patron, {})
        if not strategies:
            yield {"patron": patron, "strategy": OWN, "stage": "start"}, situation.engage[:, i]
        for name, strategy in sorted(strategies.items()):
            label = {"patron": patron, "strategy": name}
            yield {**label, "stage": "start"}, _shares(strategy, situation)
            for n, then in enumerate(strategy.thens):
                yield {**label, "stage": f"then {n + 1}" if n else "then"}, _shares(then, situation)


def hedge_table(
    scenario: Scenario, median: Situation, drawn: Situation | None, *, time_limit: float
) -> list[dict[str, Any]]:
    """Return a row for each portfolio: its shares, its price, the share across the camps, its triads.

    Args:
        scenario: the situation's scenario.
        median: read at the medians.
        drawn: the same, drawn; None where nothing is uncertain.
        time_limit: seconds for each solution where the forces are too many to enumerate.
    """
    forces = SignedGraph(median.forces, median.among(median.forces)[0])
    labelled = list(portfolios_of(scenario, median))
    held = np.stack([shares[0] for _, shares in labelled]) if labelled else np.zeros((0, len(median.forces)))
    if len(median.forces) <= MOST_FORCES:
        price, across = (values[0] for values in hedge_prices(forces.weights[None], held[None]))
        spread = None if drawn is None else _spread(scenario, drawn)
    else:
        price = [hedge_price(forces, _named(median, row), time_limit=time_limit) for row in held]
        across, spread = [None] * len(held), None
    return [
        {
            **label,
            "shares": {name: float(share) for name, share in _named(median, held[r]).items() if share},
            "price": float(price[r]),
            "across": None if across[r] is None else float(across[r]),
            "triads": [
                {"between": list(triad.between), "frustration": triad.frustration}
                for triad in triads(forces, _named(median, held[r]))
            ],
            "drawn": None if spread is None else spread[r],
        }
        for r, (label, _) in enumerate(labelled)
    ]


def summary(values: np.ndarray) -> dict[str, float | None]:
    """Return the mean of draws, how sure it is, and the 5th, 50th and 95th percentile of those that are not NaN."""
    p5, p50, p95 = np.nanpercentile(values, [5, 50, 95])
    return {
        **of_known(values).plain(),
        "p5": float(p5),
        "p50": float(p50),
        "p95": float(p95),
    }


def _spread(scenario: Scenario, drawn: Situation) -> list[dict[str, float | None]]:
    """Return the price of each portfolio over the draws."""
    draws = len(drawn.ties)
    held = np.stack(
        [np.broadcast_to(shares, (draws, len(drawn.forces))) for _, shares in portfolios_of(scenario, drawn)],
        axis=1,
    )
    price, _ = hedge_prices(drawn.among(drawn.forces), held)
    return [summary(price[:, r]) for r in range(price.shape[1])]


def _shares(policy: Policy, situation: Situation) -> np.ndarray:
    base = np.array([float(policy.engage.get(force, 0.0)) for force in situation.forces])
    return shares(base)[None]


def _named(situation: Situation, shares: np.ndarray) -> dict[str, float]:
    return {force: float(share) for force, share in zip(situation.forces, shares, strict=True)}
