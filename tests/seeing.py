"""Small situations and what was seen in them, for the tests of updating."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import numpy as np

from equipoise.futures.particles import Particles, Who
from equipoise.inference.facts import facts_of
from equipoise.inference.filter import Filtered, filtered
from equipoise.inference.updating import Seeing
from equipoise.scenario import load
from equipoise.scenario.observations import Observation, load_observations
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player
from equipoise.world.reference.particles import PlainParticles

START = date(2030, 1, 7)

_STILL: dict[str, Any] = {
    "equipoise": 1,
    "title": "Nothing moves",
    "focus": "p",
    "calendar": {"start": START, "weeks": 12},
    "regions": {"land": {}},
    "forces": {"a": {"control": {"land": 0.5}}, "b": {"control": {"land": 0.5}}},
    "patrons": {"p": {"standing": {"a": 0.2, "b": 0.4}}},
    "dynamics": {"fade": 0, "violence": {"revert": 0}},
    "strategies": {"p": {"s": {"engage": {}}}},
}


def still(**changes: Any) -> dict[str, Any]:
    """Return the scenario in which nothing moves with mappings merged into it."""
    return _merged(copy.deepcopy(_STILL), changes)


def _merged(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _merged(data[key], value)
        else:
            data[key] = copy.deepcopy(value)
    return data


def week(n: int) -> date:
    """Return the first day of a week of the run."""
    return START + timedelta(weeks=n)


def over(n: int) -> date:
    """Return the day on which the first n weeks are over."""
    return START + timedelta(days=7 * n - 1)


def seen(scenario: Any, *items: dict[str, Any]) -> tuple[Observation, ...]:
    """Return observations of a scenario, as a file would hold them."""
    given = {"equipoise": 1, "title": "Seen", "observations": list(items)}
    return load_observations(given, scenario).observations.observations


def seeing(data: Any, futures: int, *, seed: int = 3, profiles: list[dict[str, str]] | None = None) -> Seeing:
    """Return a scenario (plain data or a name) ready to be looked at."""
    world = compile_world(load(data).scenario, profiles=profiles)
    return Seeing(Player(world, seed=seed), futures, seed=seed)


def put(data: Any, futures: int, *items: dict[str, Any], seed: int = 3) -> tuple[Seeing, Filtered, Particles]:
    """Put observations to a scenario."""
    made = seeing(data, futures, seed=seed)
    return made, *made.update(seen(made.world.scenario, *items))


def put_plainly(
    data: Any, futures: int, *items: dict[str, Any], seed: int = 3
) -> tuple[Filtered, PlainParticles]:
    """Put observations to a scenario on the reference."""
    world = compile_world(load(data).scenario)
    facts, known = facts_of(world, seen(world.scenario, *items))
    states = np.arange(futures)
    who = Who(states, states.astype(np.uint32), np.zeros(futures, np.uint32))
    drawn = parameters_of(world, 0, futures, seed=seed)
    plain = PlainParticles(
        world, drawn, who.column, who.state, who.stream, known.drawn, known.in_run, seed=seed
    )
    return filtered(plain, facts, state=who.state, stream=who.stream, seed=seed), plain


def value(made: Seeing, path: str) -> np.ndarray:
    """Return the values of an input in the states that are looked at."""
    return np.asarray(made.prepared.parameters.values[path])
