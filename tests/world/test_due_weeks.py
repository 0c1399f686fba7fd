"""When what was drawn before the run comes, as the kernel is told: by week, in which lanes."""

import numpy as np

from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.kernel.noise import sort_by_week
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player
from equipoise.world.talks_in_run import Draws


def test_lanes_are_listed_by_week_and_within_a_week_in_their_order():
    rng = np.random.default_rng(4)
    due = rng.integers(-3, 14, size=(2, 3, 40)).astype(np.int32)
    lanes, first = np.full((2, 3, 40), -1), np.full((2, 11, 3), -1)
    sort_by_week(due, lanes, first)
    for g, h in np.ndindex(2, 3):
        for week in range(10):
            listed = lanes[g, h, first[g, week, h] : first[g, week + 1, h]]
            assert listed.tolist() == np.flatnonzero(due[g, h] == week).tolist()
        assert first[g, 10, h] == ((due[g, h] >= 0) & (due[g, h] < 10)).sum()


def test_profiles_that_decide_alike_draw_their_dates_once(monkeypatch):
    """In two-valleys every strategy decides alike, yet each has dates of its own, for an event is open."""
    player = Player(compile_world(load("two-valleys").scenario), seed=3)
    drawn = []
    calendar = Draws.calendar
    monkeypatch.setattr(Draws, "calendar", lambda self, *given: drawn.append(given) or calendar(self, *given))
    ready = player.prepare(parameters_of(player.world, 0, 4, seed=3))
    played = player.play(ready, np.arange(64), chance=16, first_state=0)
    assert len(drawn) == 1
    assert player.world.open
    assert len(played.weeks) == len(player.world.profiles)
    before = [k for k in range(len(player.world.drawn)) if k not in player.world.open]
    assert (played.weeks[:, before] == played.weeks[:1, before]).all()
