"""Play scenarios given as plain data, on the kernel or on the reference, for the tests of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.scenario import load
from equipoise.world.compile import World, compile_world
from equipoise.world.outcomes import column_names
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Memory, Player
from equipoise.world.reference.weeks import play

ENGINES = ("kernel", "reference")


@dataclass(frozen=True)
class Run:
    """What a run gave, whichever engine ran it.

    Attributes:
        outcomes: [profiles, rows, futures]. traces: [profiles, series, weeks + 1, futures].
        weeks: [profiles, drawn, futures]. margin: [profiles, futures], of the reference only.
    """

    world: World
    columns: tuple[str, ...]
    series: tuple[str, ...]
    outcomes: np.ndarray
    traces: np.ndarray
    weeks: np.ndarray
    margin: np.ndarray | None

    def row(self, name: str, profile: int = 0) -> np.ndarray:
        """Return an outcome [futures]."""
        return self.outcomes[profile, self.columns.index(name)]

    def path(self, name: str, profile: int = 0) -> np.ndarray:
        """Return a weekly series [weeks + 1, futures]."""
        return self.traces[profile, self.series.index(name)]

    def week_of(self, name: str, profile: int = 0) -> np.ndarray:
        """Return when a dated event or deal fell [futures]."""
        return self.weeks[profile, [item.name for item in self.world.drawn].index(name)]


def run(
    data: Any,
    engine: str,
    *,
    states: int = 1,
    chance: int = 1,
    seed: int = 11,
    profiles: list[dict[str, str]] | None = None,
    scored: tuple[str, ...] | None = None,
    futures: np.ndarray | None = None,
) -> Run:
    """Play a scenario (plain data, a path or a case's name) on one engine."""
    world = compile_world(load(data).scenario, profiles=profiles)
    given = parameters_of(world, 0, states, seed=5)
    numbers = np.arange(states * chance) if futures is None else futures
    return run_world(world, given, engine, numbers, chance=chance, seed=seed, scored=scored)


def run_world(
    world: World,
    given: Parameters,
    engine: str,
    futures: np.ndarray,
    *,
    chance: int,
    seed: int,
    scored: tuple[str, ...] | None = None,
) -> Run:
    """Play compiled futures on one engine."""
    player = Player(world, seed=seed, scored=scored)
    columns = column_names(world, scored or (world.patrons[world.focus],))
    if engine == "reference":
        found = play(world, given, seed=seed, futures=futures, chance=chance, scored=scored)
        return Run(world, columns, player.series, found.outcomes, found.traces, found.weeks, found.margin)
    memory = Memory(player, keep=True)
    played = player.play(player.prepare(given), futures, chance=chance, first_state=0, memory=memory)
    weeks = played.weeks[player.groups.of]
    return Run(world, columns, player.series, played.outcomes, played.traces, weeks, None)
