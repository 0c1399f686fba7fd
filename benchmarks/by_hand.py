"""The C program `c/weeks.c`: built here, fed with the very states and keys that the kernel plays, and timed.

Futures have their state's and stream's numbers, so both programs draw the same words and must find the same
futures, but for the few in which rounding decides a fall.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import case
from equipoise.world.compile import World
from equipoise.world.outcomes import column_names
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player
from equipoise.world.policies import FOLLOWED

SOURCE = Path(__file__).parent / "c" / "weeks.c"
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fno-finite-math-only")
EVENTS = ("withdrawal", "offensive", "cracks")
NUMBERS = (
    "control", "home", "momentum", "effect", "bandwagon", "legitimacy", "undermine", "national", "regional",
    "rate", "threshold", "steepness", "shield", "panic", "slide", "receptivity", "shopping", "alienation",
    "duplicity", "parity", "hostility", "fade", "warmth", "inherit", "violence", "violence_mean", "revert",
    "contest", "after_fall", "budget", "gain", "standing", "backing", "tie", "base",
)  # fmt: skip
"""Parameters in the order of `struct state` in C; the focus patron's weights and the effects follow."""


@dataclass(frozen=True)
class Outcomes:
    """What either program found: [strategies, futures], and by force [strategies, forces, futures]."""

    payoff: np.ndarray
    influence: np.ndarray
    hedge_index: np.ndarray
    levers: np.ndarray
    power: np.ndarray
    fallen: np.ndarray


def available() -> bool:
    """Return whether there is a compiler."""
    return shutil.which("gcc") is not None


def build(folder: Path) -> Path:
    """Compile the program into a folder."""
    program = folder / "weeks"
    subprocess.run(["gcc", *FLAGS, str(SOURCE), "-o", str(program), "-lm"], check=True)
    return program


def write_input(path: Path, player: Player, futures: np.ndarray, *, chance: int) -> None:
    """Write what the program reads: sizes and keys, who the futures are, when events come, the states."""
    world = player.world
    state, stream = (futures // chance).astype(np.uint32), (futures % chance).astype(np.uint32)
    parameters = parameters_of(world, 0, int(state.max()) + 1, seed=player.seed)
    played = player.play(player.prepare(parameters), futures, chance=chance, first_state=0)
    order = [[item.name for item in world.drawn].index(name) for name in EVENTS]
    table = [parameters.arrays[name].reshape(parameters.states, -1) for name in NUMBERS]
    table += [parameters.weights[:, world.focus], parameters.terminal[:, [world.focus]]]
    paths = [op.path.split(".")[1] for op in world.operations]
    table += [parameters.amounts[:, [paths.index(name)]] for name in EVENTS]
    with path.open("wb") as file:
        for part in _head(player, len(futures), parameters.states):
            file.write(np.ascontiguousarray(part).tobytes())
        file.write(state.tobytes() + stream.tobytes())
        file.write(np.minimum(played.weeks[0][order], 1 << 30).astype(np.int32).tobytes())
        file.write(np.ascontiguousarray(np.concatenate(table, axis=1).T, np.float32).tobytes())


def _head(player: Player, futures: int, states: int) -> list[np.ndarray]:
    """Return the members of the C program's `struct head`, in order."""
    world, program = player.world, player.program
    by_event = {o.name: o.operations for o in world.occurrences}
    leaves, attacks, cracks = (by_event[name][0] for name in EVENTS)
    backings = np.stack([program.world.backings[key] for key in ("patron", "force", "channel")], axis=1)
    moved = [tuple(row) for row in backings].index((leaves.a, leaves.b, leaves.c))
    followed = [list(FOLLOWED).index(key) for key in ("follow-power", "follow-standing")]
    form = [(*(row.follow[n] for n in followed), row.floor) for row in world.policies]
    return [
        np.array([futures, states, world.weeks, world.focus, world.incumbent], np.int32),
        backings,
        np.array([moved, leaves.span, attacks.a, attacks.span, cracks.a], np.int32),
        np.array([[stages[0].policy for stages in profile.stages] for profile in world.profiles], np.int32),
        np.array(form, np.float32),
        world.region_weight.astype(np.float32),
        world.interest.astype(np.float32),
        np.array([world.majority], np.float32),
        program.keys,
    ]


def run(program: Path, data: Path, *, rounds: int) -> list[float]:
    """Run the program; return processor ns per future, week and strategy of each round."""
    said = subprocess.run([program, data, str(rounds)], check=True, capture_output=True, text=True).stdout
    return [float(line.split()[1]) for line in said.splitlines() if line.startswith("ns")]


def outcomes(program: Path, data: Path, world: World, futures: int) -> Outcomes:
    """Run the program once and read what each future came to."""
    found = data.with_suffix(".out")
    subprocess.run([program, data, "1", found], check=True, capture_output=True)
    forces = len(world.forces)
    rows = np.fromfile(found, np.float32).reshape(len(world.profiles), 4 + 2 * forces, futures)
    return Outcomes(*(rows[:, n] for n in range(4)), rows[:, 4 : 4 + forces], rows[:, 4 + forces :])


def kernel_outcomes(player: Player, futures: np.ndarray, *, chance: int) -> Outcomes:
    """Return the same of the kernel."""
    parameters = parameters_of(player.world, 0, int(futures.max()) // chance + 1, seed=player.seed)
    rows = player.play(player.prepare(parameters), futures, chance=chance, first_state=0).outcomes
    names = column_names(player.world, (player.world.patrons[player.world.focus],))

    def by_force(kind: str) -> np.ndarray:
        return rows[:, [names.index(f"{kind}.{j}") for j in player.world.forces]]

    one = (rows[:, names.index(name)] for name in ("payoff", "influence", "hedge_index", "levers"))
    return Outcomes(*one, by_force("power"), by_force("fallen"))


def player(*, seed: int = 1) -> Player:
    """Return the kernel's player of the benchmark's scenario."""
    return Player(case.world(), seed=seed)
