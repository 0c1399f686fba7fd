"""Replay: one future again, alone, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from equipoise import evidence
from equipoise.errors import InputError
from equipoise.futures.play import CHANCE, Batch, Plan
from equipoise.futures.tables import outcome_table
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import profiles_of
from equipoise.jobs.sources import Set, Source, load
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Memory, Player


def replay(
    source: Source,
    future: int,
    *,
    seed: int = 1,
    chance: int = CHANCE,
    strategies: Sequence[str] | None = None,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
) -> Answer:
    """Play one future again, alone, by its number: what was drawn, what happened when, and the weekly course.

    Everything else is asked for as in `run`.

    Returns:
        `future`, `state`, `stream`; `inputs` by path; by strategy `outcomes` (as in the outcomes table),
        `happened` (date by event or deal) and `weekly` (lists of weeks + 1).
    """
    if future < 0:
        raise InputError(f"futures are numbered from 0; given {future}")
    file = load(source, set_, widen)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    chosen = profiles_of(believed, strategies, with_ or {})
    world = compile_world(believed, profiles=chosen)
    state, stream = divmod(future, max(chance, 1))
    Plan(state + 1, chance, seed)
    player = Player(world, seed=seed)
    parameters = parameters_of(world, state, 1, seed=seed)
    memory = Memory(player, keep=True)
    played = player.play(
        player.prepare(parameters), np.array([future]), chance=chance, first_state=state, memory=memory
    )
    weekly_of = played.traces
    assert weekly_of is not None  # the memory keeps them
    batch = Batch(0, state, 1, 1, parameters, played.outcomes, played.weeks, played.sums.sum(axis=0))
    rows = outcome_table(player, batch).to_pylist()
    found = {}
    for d, row in enumerate(rows):
        weeks = {
            name.partition(".")[2]: row.pop(name)
            for name in list(row)
            if name.startswith(("event.", "deal."))
        }
        happened = {
            name: (world.start + timedelta(weeks=week)).isoformat()
            for name, week in weeks.items()
            if week >= 0
        }
        weekly = {name: weekly_of[d, n, :, 0].tolist() for n, name in enumerate(player.series)}
        outcomes = {
            key: value for key, value in row.items() if key not in ("future", "state", "stream", "strategy")
        }
        found[row["strategy"]] = {"outcomes": outcomes, "happened": happened, "weekly": weekly}
    inputs = {path: float(value[0]) for path, value in sorted(parameters.values.items()) if value.ndim}
    asked = header(
        "replay", file, seed=seed, future=future, chance=chance, with_=dict(with_ or {}), beliefs=beliefs,
        strategies=[profile[believed.focus] for profile in chosen],
    )  # fmt: skip
    place = {"future": future, "state": state, "stream": stream}
    return Answer(asked, {**place, "inputs": inputs, "strategies": found})
