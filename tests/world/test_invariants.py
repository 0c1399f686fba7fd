"""Laws that hold in any valid scenario, on random ones with every feature."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playing import Run, run, run_world
from random_scenarios import random_scenario, scenarios, shuffled

from equipoise.scenario import load
from equipoise.world.compile import World, compile_world
from equipoise.world.parameters import Parameters, parameters_of
from equipoise.world.reference import weeks as reference
from equipoise.world.reference.events import State

SEEDS = range(40, 46)
quick = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def world_of(data) -> tuple[World, Parameters]:
    world = compile_world(load(data).scenario)
    return world, parameters_of(world, 0, 12, seed=5)


def same(one: Run, other: Run, futures=slice(None)) -> bool:
    """Return whether `other` gives, byte for byte, those futures of `one`."""
    return (
        one.outcomes[..., futures].tobytes() == other.outcomes.tobytes()
        and one.traces[..., futures].tobytes() == other.traces.tobytes()
    )


@quick
@given(scenarios())
def test_shares_and_ranges_hold_every_week(data) -> None:
    found = run(data, "kernel", states=12, chance=4)
    forces = found.world.forces
    power, standing, alive = (
        np.stack([found.traces[:, found.series.index(f"{kind}.{j}")] for j in forces], axis=1)
        for kind in ("power", "standing", "alive")
    )
    assert (power >= 0).all() and (power.sum(axis=1) <= 1 + 1e-5).all()
    assert (standing >= 0).all() and (standing <= 1).all()
    assert (found.traces[:, found.series.index("violence")] >= 0).all()
    assert set(np.unique(alive)) <= {0.0, 1.0} and (np.diff(alive, axis=2) <= 0).all()
    assert (power[alive == 0] == 0).all() and (standing[alive == 0] == 0).all()
    assert np.isfinite(found.outcomes).all()
    fell = np.stack([found.row(f"fallen.{j}", 0) for j in forces])
    weeks = np.where(fell < 0, found.world.weeks, fell)
    assert (alive[0].sum(axis=1) == weeks + 1).all()  # in the field through the week of its fall


@pytest.mark.parametrize("seed", SEEDS)
def test_control_backing_and_engagement_hold_inside_every_week(seed: int, monkeypatch) -> None:
    """Looks at the whole situation of the reference, after step 3 and at the end of each week."""
    seen = []
    week = reference._week

    def watched(world, p, s: State, past, luck, number, sight):
        fallen = s.alive == 0
        x, backing = week(world, p, s, past, luck, number, sight)
        total = s.control.sum(axis=2)
        assert (np.isclose(total, 1) | (total == 0)).all()
        assert (total == 0)[(s.control * s.alive[:, None]).sum(axis=2) == 0].all()
        for level in (s.backing, s.expected, s.standing):
            assert (level >= 0).all() and (level <= 1).all()
        assert (x.sum(axis=2) <= s.budget + 1e-12).all() and (x >= 0).all()
        everywhere = np.broadcast_to(fallen[:, None], x.shape)
        assert (x[everywhere] == 0).all() and (backing[everywhere] == 0).all()
        gone = np.broadcast_to((s.alive == 0)[:, None], s.control.shape)
        assert (s.control[gone] == 0).all() and (s.violence >= 0).all()
        seen.append(number)
        return x, backing

    monkeypatch.setattr(reference, "_week", watched)
    found = run(random_scenario(seed), "reference", states=8, chance=4)
    assert len(seen) == found.world.weeks * len(found.world.profiles)


@quick
@given(scenarios(), st.integers(0, 2**31))
def test_reordering_the_file_changes_no_byte(data, seed) -> None:
    order = [{data["focus"]: name} for name in data["strategies"][data["focus"]]]
    one = run(data, "kernel", states=6, chance=3, profiles=order)
    other = run(shuffled(data, np.random.default_rng(seed)), "kernel", states=6, chance=3, profiles=order)
    assert one.columns == other.columns and same(one, other)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_future_depends_on_its_company(seed: int) -> None:
    """Neither on how futures are split into calls, nor on their order."""
    world, states = world_of(random_scenario(seed))
    together = run_world(world, states, "kernel", np.arange(12 * 50), chance=50, seed=seed)
    cuts = [0, 1, 255, 256, 257, 600]
    for begin, end in pairwise(cuts):
        part = run_world(world, states, "kernel", np.arange(begin, end), chance=50, seed=seed)
        assert same(together, part, slice(begin, end))
    mixed = np.random.default_rng(seed).permutation(600)[:300]
    assert same(together, run_world(world, states, "kernel", mixed, chance=50, seed=seed), mixed)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_profile_depends_on_the_others(seed: int) -> None:
    data = random_scenario(seed)
    focus, second = list(data["strategies"])[:2]
    pairs = [{focus: a, second: b} for a in data["strategies"][focus] for b in data["strategies"][second]]
    together = run(data, "kernel", states=6, chance=3, profiles=pairs)
    for n, pair in enumerate(pairs):
        alone = run(data, "kernel", states=6, chance=3, profiles=[pair])
        np.testing.assert_array_equal(alone.outcomes[0], together.outcomes[n])
        np.testing.assert_array_equal(alone.weeks[0], together.weeks[n])


def test_threads_change_nothing() -> None:
    world, states = world_of(random_scenario(41))
    parts = [np.arange(k * 60, (k + 1) * 60) for k in range(10)]

    def one(part: np.ndarray) -> Run:
        return run_world(world, states, "kernel", part, chance=50, seed=1)

    with ThreadPoolExecutor(2) as pool:
        threaded = list(pool.map(one, parts))
    assert all(same(one(part), found) for part, found in zip(parts, threaded, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_states_of_a_longer_run_are_those_of_the_shorter(seed: int) -> None:
    data = random_scenario(seed)
    longer, shorter = (run(data, "kernel", states=n, chance=4) for n in (20, 7))
    assert same(longer, shorter, slice(0, 28))


def test_a_later_state_may_be_played_alone() -> None:
    world, states = world_of(random_scenario(44))
    together = run_world(world, states, "reference", np.arange(48), chance=4, seed=2)
    last = Parameters(
        {name: array[9:] for name, array in states.arrays.items()},
        {path: value if value.ndim == 0 else value[9:] for path, value in states.values.items()},
        states.outcomes,
        {name: deal[9:] for name, deal in states.deals.items()},
    )
    alone = reference.play(world, last, seed=2, futures=np.arange(36, 48), chance=4, first_state=9)
    np.testing.assert_array_equal(alone.outcomes, together.outcomes[..., 36:])


def test_another_seed_gives_other_luck_and_0_is_a_seed() -> None:
    data = random_scenario(42)
    runs = [run(data, "kernel", states=4, chance=4, seed=seed).row("payoff").tobytes() for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]
