"""How power and standing spread over the weeks: quantiles over futures, one of each state."""

from __future__ import annotations

import numpy as np

from equipoise.findings.found import Fan, Fans
from equipoise.futures.play import Traced
from equipoise.world.player import Player

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def fans_of(player: Player, traced: Traced) -> dict[str, Fans]:
    """Return how power and standing spread over the weeks by strategy."""

    def fans(d: int, kind: str) -> dict[str, Fan]:
        rows = {j: traced.series[d, player.series.index(f"{kind}.{j}")] for j in player.world.scenario.forces}
        return {
            j: Fan(*(tuple(level.tolist()) for level in np.quantile(row.astype(float), LEVELS, axis=1)))
            for j, row in rows.items()
        }

    profiles = enumerate(player.world.profiles)
    return {profile.name: Fans(fans(d, "power"), fans(d, "standing")) for d, profile in profiles}
