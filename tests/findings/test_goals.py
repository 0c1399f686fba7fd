"""Goals weighed otherwise: the same futures as a new run with the same seed, without playing any."""

from functools import cache

import pytest

from equipoise.findings.goals import is_goal
from equipoise.futures.play import Plan, Pool, StoppedError
from equipoise.jobs.serve import session_of
from equipoise.scenario import load
from equipoise.server.playing import Playing
from equipoise.server.view import Believed, View

PLAN = Plan(64, 4, seed=1)
EMPIRE, RUSSIA = "patrons.empire.values.", "patrons.russia.values."
ROUNDING = 3e-6
"""Lanes hold 7 digits, and a weight is moved by up to 5: sums over weeks may differ in the sixth digit."""


@cache
def believed(case):
    return Believed.by(None, load(case).scenario)


def situation(case, changes):
    return View(None, changes).situation(believed(case))


def flat(found, path=""):
    if isinstance(found, dict):
        return {at: one for key, value in found.items() for at, one in flat(value, f"{path}.{key}").items()}
    if isinstance(found, list | tuple):
        return {at: one for n, value in enumerate(found) for at, one in flat(value, f"{path}.{n}").items()}
    return {path: found}


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("two-valleys", {f"{EMPIRE}influence": "*3"}),
        ("two-valleys", {f"{EMPIRE}order.chaos": "-1.5"}),
        ("two-valleys", {f"{EMPIRE}power.crown": "0.3"}),  # 0 in the file, where it counts for nothing
        ("two-valleys", {f"{EMPIRE}cost": "[0.1, 0.2]", f"{EMPIRE}violence": "~-0.2"}),
        ("two-valleys", {"quantities.weariness": "*2", f"{EMPIRE}order.holds": "0.4"}),
        ("afghanistan-2021", {f"{RUSSIA}rivals.united-states": "*4"}),  # events set this weight in the run
        ("afghanistan-2021", {f"{RUSSIA}order.takeover.taliban": "~-0.5", f"{RUSSIA}influence": "*0.2"}),
    ],
)
def test_what_is_weighed_anew_is_what_a_new_run_finds(case, changes):
    playing, focus = Playing(seed=1, workers=1), believed(case).scenario.focus
    others = {path: text for path, text in changes.items() if not is_goal(path, focus)}
    before = playing.play(situation(case, others), PLAN)
    weighed = playing.play(situation(case, changes), PLAN)
    run = Playing(seed=1, workers=1).play(situation(case, changes), PLAN)
    assert weighed.found.ranking == run.found.ranking and weighed.found.groups == run.found.groups
    assert weighed.f != pytest.approx(before.f, abs=1e-3)
    found, wanted = flat(weighed.found.to_dict()), flat(run.found.to_dict())
    assert found == pytest.approx(wanted, abs=ROUNDING)


def test_no_future_is_played_once_it_is_known_what_a_goal_gains(monkeypatch):
    played = []
    play = Pool.play
    monkeypatch.setattr(Pool, "play", lambda *args: played.append(1) or play(*args))
    playing = Playing(seed=1, workers=1)

    def ask(changes):
        before = len(played)
        playing.play(situation("two-valleys", changes), PLAN)
        return len(played) - before

    assert ask({}) == 1
    assert ask({f"{EMPIRE}influence": "*2"}) == 1
    assert ask({f"{EMPIRE}influence": "*3"}) == ask({f"{EMPIRE}influence": "[0, 9]"}) == ask({}) == 0
    assert ask({f"{EMPIRE}influence": "*2", f"{EMPIRE}cost": "0.1"}) == 1
    assert ask({f"{EMPIRE}cost": "0.2"}) == 0
    assert ask({f"{EMPIRE}terminal": "0.2"}) == 1
    assert ask({f"{EMPIRE}terminal": "0.2", f"{EMPIRE}influence": "*2"}) == 1


def test_what_is_multiplied_with_other_goals_is_none():
    assert is_goal(f"{EMPIRE}order.chaos", "empire") and is_goal(f"{EMPIRE}influence", "empire")
    for path in (
        f"{EMPIRE}exposure",
        f"{EMPIRE}terminal",
        "patrons.league.values.influence",
        "dynamics.fade",
    ):
        assert not is_goal(path, "empire")


def test_beyond_compiling_a_situation_is_its_numbers():
    """A world that is compiled once and given other numbers is the world that is compiled of them."""
    from equipoise.world.compile import compile_world

    moved = situation(
        "two-valleys", {"forces.crown.collapse.yearly": "odds*3", f"{EMPIRE}power.crown": "0.3"}
    )
    player = Playing(seed=1, workers=1)
    player._player(situation("two-valleys", {}))
    kept, new = player._player(moved).world, compile_world(moved.scenario)
    for name in kept.__dataclass_fields__:
        one, other = getattr(kept, name), getattr(new, name)
        assert (one == other).all() if hasattr(one, "shape") else one == other, name


def test_a_question_that_was_ended_is_not_played():
    from threading import Event

    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        Playing(seed=1, workers=1).play(situation("two-valleys", {}), PLAN, stop=stop)


def test_a_session_answers_from_what_it_holds():
    session = session_of("two-valleys", workers=1)
    view = View(None, {f"{EMPIRE}influence": "*2"})
    answer = session.answer(view, "first")
    new = session_of("two-valleys", workers=1).played(view, "first")
    for name, strategy in new.found.strategies.items():
        assert answer.now.strategies[name].payoff.mean == pytest.approx(strategy.payoff.mean, abs=ROUNDING)
