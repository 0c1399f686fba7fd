"""Small situations played on the device, in a process of its own: what stands for it is settled when Numba is imported.

python on_device.py FILE    # keeps what each situation gave, as a NumPy archive
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from random_scenarios import random_scenario, restless_scenario
from test_reference_kernel import crowded

from equipoise.scenario import load
from equipoise.world.compile import World, compile_world
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.player import Look, Memory, Played, Player

CHANCE, SEED = 2, 7
FUTURES = np.array([0, 1, 3])
"""Played two at a time on the device, so that a block is full and the next is not."""


def _judged() -> dict[str, Any]:
    data = random_scenario(6)
    return data | {"success": [{"stands": next(iter(data["forces"])), "week": 9}]}


SITUATIONS: dict[str, Callable[[], Any]] = {
    "two-valleys": lambda: "two-valleys",
    "open events, conditions on the order": lambda: random_scenario(3),
    "four forces": lambda: random_scenario(4),
    "success": _judged,
    "talks settled by power, ties that follow it": lambda: restless_scenario(60),
    "ties that follow patrons": lambda: restless_scenario(61),
    "six forces, five regions": lambda: crowded(6, 5),
}


def world_of(name: str) -> tuple[World, Parameters]:
    """Return a situation ready to be played: two states, three profiles at most."""
    scenario = load(SITUATIONS[name]()).scenario
    few = [{scenario.focus: way} for way in list(scenario.strategies[scenario.focus])[:3]]
    world = compile_world(scenario, profiles=few)
    return world, parameters_of(world, 0, 2, seed=5)


def played(name: str, memory: Callable[[Player], Memory]) -> tuple[Played, np.ndarray]:
    """Play a situation; return with it four random words."""
    world, given = world_of(name)
    player = Player(world, seed=SEED)
    room = memory(player)
    late, order = world.weeks * 2 // 3, player.row("order")
    looks = (Look(0, order), Look(5, player.row("power", 1)), Look(late, order))
    found = player.play(
        player.prepare(given), FUTURES, chance=CHANCE, first_state=0, memory=room, looks=looks
    )
    return found, _words(room)


def _words(room: Memory) -> np.ndarray:
    """Return the words of the last future that were drawn last; it is alone in the device's second block."""
    work = room.space if hasattr(room, "space") else room._room.work
    return np.asarray(work.words).reshape(4, -1)[:, (len(FUTURES) - 1) % room.lanes]


def main(file: str) -> None:
    """Play every situation on the device and keep what it gave."""
    from equipoise.world.device.memory import DeviceMemory

    def memory(player: Player) -> DeviceMemory:
        room = DeviceMemory(player, keep=True)
        room.lanes = 2
        return room

    kept = {}
    for name in SITUATIONS:
        found, words = played(name, memory)
        kept |= {f"{name}/{key}": value for key, value in vars(found).items()} | {f"{name}/words": words}
    np.savez(file, **kept)


if __name__ == "__main__":
    main(sys.argv[1])
