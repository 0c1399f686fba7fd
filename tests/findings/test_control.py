"""Who controls which region: closed forms, hand counts, and the same futures read in other ways."""

import numpy as np
import pytest

from equipoise.findings.control import control, looks
from equipoise.findings.outlook import measured
from equipoise.futures.play import Plan, Traced, traces
from equipoise.scenario import load, loads
from equipoise.scenario.outlook import ControlJudgement
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

DRIFT = """\
equipoise: 1
title: A drift in one region
focus: p
calendar: {start: 2030-01-07, weeks: WEEKS}
regions: {sea: {weight: 3}, land: {weight: 1}}
forces:
  a: {incumbent: true, control: {sea: 1, land: 3}}
  b: {control: {sea: 1, land: 1}, home: {sea: 0.02}}
patrons: {p: {}}
strategies: {p: {none: {engage: {}}, more: {engage: {a: 1}}}}
"""


def found(text: str, *, states: int = 64):
    player = Player(compile_world(loads(text).scenario), seed=1)
    return player, control(player, traces(player, Plan(states, chance=1), looks=looks(player)))


@pytest.mark.parametrize(("weeks", "later"), [(40, 40), (52, 52), (60, 52)])
def test_odds_grow_by_the_drift_and_the_year_ends_with_the_run(weeks, later):
    """The odds of b against a grow by e^0.02 a week at sea; on land nothing moves (MODEL.md, eq. 1 and 2)."""
    _, said = found(DRIFT.replace("WEEKS", str(weeks)))
    assert said.week == later and said.futures == 64
    assert said.start["sea"]["b"].mean == pytest.approx(0.5, abs=1e-6)
    assert said.start["land"]["b"].mean == pytest.approx(0.25, abs=1e-6)
    sea = np.exp(0.02 * later) / (1 + np.exp(0.02 * later))
    for way in said.later.values():
        assert way["sea"]["b"].mean == pytest.approx(sea, abs=1e-5)
        assert way["sea"]["a"].mean == pytest.approx(1 - sea, abs=1e-5)
        assert way["land"]["b"].mean == pytest.approx(0.25, abs=1e-6)
        assert (way["sea"]["b"].most, way["sea"]["a"].most, way["land"]["a"].most) == (1, 0, 1)
        assert way["sea"]["b"].se == pytest.approx(0, abs=1e-9)


def test_means_quantiles_and_who_holds_most_are_counted_by_hand():
    """Four futures of two regions; who is level with another does not hold most."""
    player, _ = found(DRIFT.replace("WEEKS", "4"), states=4)
    land_a = np.array([0.5, 0.6, 0.2, 0.7])
    start = [np.full(4, 0.75), np.full(4, 0.25), np.full(4, 0.5), np.full(4, 0.5)]
    one = [*start, land_a, 1 - land_a, np.zeros(4), np.ones(4)]  # land a, land b, sea a, sea b
    other = [*start, 1 - land_a, land_a, np.ones(4), np.zeros(4)]
    seen = np.stack([one, other], axis=1).astype(np.float32)
    said = control(player, Traced(np.empty(0), np.arange(4), seen))
    held = said.later["none"]["land"]["a"]
    assert held.mean == pytest.approx(0.5) and held.most == 0.5
    assert said.later["none"]["land"]["b"].most == 0.25
    assert held.p50 == pytest.approx(0.55)
    assert held.p5 == pytest.approx(0.2 + 0.15 * 0.3) and held.p95 == pytest.approx(0.6 + 0.85 * 0.1)
    assert held.se == pytest.approx(np.std(land_a, ddof=1) / 2)
    assert held.most_se == pytest.approx(np.std([0, 1, 0, 1], ddof=1) / 2)
    assert said.later["more"]["land"]["a"].most == 0.25
    assert said.later["none"]["sea"]["b"].mean == 1 and said.later["more"]["sea"]["b"].mean == 0
    assert said.start["land"]["a"].mean == 0.75 and said.start["sea"]["b"].mean == 0.5


def test_control_adds_up_to_power_and_agrees_with_the_outlook():
    """In a busy case: shares of regions, weighed, are a force's power; the outlook measures the same futures alike."""
    of, plan = load("two-valleys").scenario, Plan(64, chance=1, seed=5)
    player = Player(compile_world(of, profiles=[{}]), seed=5)
    traced = traces(player, plan, looks=looks(player))
    said = control(player, traced)
    (later,) = said.later.values()
    for force in of.forces:
        power = traced.series[0, player.series.index(f"power.{force}"), said.week].astype(float)
        shares = sum(of.regions[g].weight * later[g][force].mean for g in of.regions)
        assert shares == pytest.approx(power.mean(), abs=1e-6)
        for region in of.regions:
            judged = ControlJudgement(control=force, in_=region, week=said.week, is_=0.5)
            (seen,) = measured(of, [judged], plan)
            assert later[region][force].mean == pytest.approx(seen.mean(), abs=1e-9)
    for at in (said.start, later):
        for held in at.values():
            assert sum(one.mean for one in held.values()) == pytest.approx(1, abs=1e-6)
            assert sum(one.most for one in held.values()) <= 1 + 1e-12


def test_looking_changes_no_future():
    player = Player(compile_world(load("two-valleys").scenario), seed=3)
    plan = Plan(32, chance=1, seed=3)
    assert (traces(player, plan, looks=looks(player)).series == traces(player, plan).series).all()
