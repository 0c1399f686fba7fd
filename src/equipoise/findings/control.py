"""Who controls which region: at the start, and a year later under each strategy.

A run keeps power by force for the whole country only. The futures that are played again for the fans, one in each of
the first states, are therefore stopped in the two weeks and looked at, so no future is played for the map alone.
"""

from __future__ import annotations

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.findings.found import Control, Held
from equipoise.futures.play import Traced
from equipoise.world.player import Look, Player

YEAR = 52
"""Weeks after which the regions are looked at again; a shorter run is looked at when it ends."""


def looks(player: Player) -> tuple[Look, ...]:
    """Return what is to be looked at: each force's share of each region at the start, then in the later week."""
    cells = len(player.world.regions) * len(player.world.forces)
    return tuple(Look(week, player.row("control", at)) for week in (0, _later(player)) for at in range(cells))


def control(player: Player, traced: Traced) -> Control:
    """Return who controls what in the futures that were looked at by `looks`."""
    world = player.world
    shape = (2, len(world.regions), len(world.forces), len(world.profiles), len(traced.futures))
    start, later = traced.seen.reshape(shape).astype(float)
    return Control(
        week=_later(player),
        futures=len(traced.futures),
        start=_by_region(player, start[:, :, 0]),  # alike under every strategy: nothing has happened yet
        later={profile.name: _by_region(player, later[:, :, d]) for d, profile in enumerate(world.profiles)},
    )


def _later(player: Player) -> int:
    return min(YEAR, player.world.weeks)


def _by_region(player: Player, shares: np.ndarray) -> dict[str, dict[str, Held]]:
    """Return how much of each region each force holds, from shares [regions, forces, futures]."""
    return {
        region: {force: _held(here, k) for k, force in enumerate(player.world.forces)}
        for region, here in zip(player.world.regions, shares, strict=True)
    }


def _held(here: np.ndarray, force: int) -> Held:
    """Return what one force holds of a region, from the shares of all there [forces, futures]."""
    share, others = here[force], np.delete(here, force, axis=0)
    ahead = estimate((share > others.max(axis=0, initial=0.0)).astype(float))
    mean = estimate(share)
    assert mean.mean is not None and ahead.mean is not None  # every state has weight
    p5, p50, p95 = (float(value) for value in np.quantile(share, [0.05, 0.5, 0.95]))
    return Held(mean.mean, mean.se, mean.low, mean.high, p5, p50, p95, ahead.mean, ahead.se)
