"""Why an answer moved: shares by hand, a split by hand, and laws on a real scenario."""

import numpy as np
import pytest

from equipoise.findings.why_moved import Futures, combinations_of, futures_of, why_moved
from equipoise.futures.play import Plan, batches
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

STATES, CHANCE = 64, 2


def futures(lead, fallen, other=0.0):
    """Return futures in which the first way pays `lead` (by state) more than `other`."""
    first = np.repeat(np.asarray(lead, float), CHANCE) + other
    happened = {"falls.crown": np.asarray(fallen), "events.news": np.zeros(STATES * CHANCE, bool)}
    return Futures(np.stack([first, np.full(STATES * CHANCE, other)]), happened, CHANCE)


def fall(share):
    return np.arange(STATES * CHANCE) < share * STATES * CHANCE


def test_two_changes_that_work_together_share_what_they_do_together():
    # alone they add 1 and 2, together 7: the 4 they do together go half and half
    base = np.linspace(0, 1, STATES)
    leads = {(): 0.0, (0,): 1.0, (1,): 2.0, (0, 1): 7.0}
    played = {frozenset(made): futures(base + lead, fall(0.25)) for made, lead in leads.items()}
    found = why_moved(played, ("a", "b"), ("new", "old"), incumbent="crown")
    assert [part.key for part in found.parts] == ["a", "b"]
    assert [part.share.mean for part in found.parts] == pytest.approx([3.0, 4.0])
    assert sum(part.share.mean for part in found.parts) == pytest.approx(found.end.mean - found.start.mean)
    assert [part.alone.mean for part in found.parts] == pytest.approx([1.5, 2.5])
    assert [part.without.mean for part in found.parts] == pytest.approx([2.5, 1.5])
    assert found.shapley and found.split is None  # nothing became likelier


def test_the_split_says_what_newly_happens_and_who_gained_there():
    before, after = futures(np.zeros(STATES), fall(0.25)), futures(np.zeros(STATES), fall(0.75))
    newly = fall(0.75) & ~fall(0.25)
    after.payoff[0][newly] += 0.1
    after.payoff[1][newly] -= 0.3
    after.payoff[1][~newly] -= 0.05
    found = why_moved({frozenset(): before, frozenset({0}): after}, ("a",), ("new", "old"), incumbent="crown")
    split = found.split
    assert (split.what, split.now, split.was, split.newly) == ("falls.crown", 0.75, 0.25, 0.5)
    assert split.there == pytest.approx({"new": 0.1, "old": -0.3})
    assert split.elsewhere == pytest.approx({"new": 0.0, "old": -0.05})


def test_a_fall_of_the_government_is_named_before_news_that_moved_a_little_more():
    before, after = futures(np.zeros(STATES), fall(0.25)), futures(np.zeros(STATES), fall(0.5))
    after.happened["events.news"][: int(0.4 * STATES * CHANCE)] = True
    played = {frozenset(): before, frozenset({0}): after}
    assert why_moved(played, ("a",), ("n", "o"), incumbent="crown").split.what == "falls.crown"
    assert why_moved(played, ("a",), ("n", "o"), incumbent=None).split.what == "events.news"


def test_what_no_longer_happens_is_told_from_where_it_did():
    before, after = futures(np.zeros(STATES), fall(0.75)), futures(np.zeros(STATES), fall(0.25))
    found = why_moved({frozenset(): before, frozenset({0}): after}, ("a",), ("n", "o"), incumbent="crown")
    assert (found.split.now, found.split.was, found.split.newly) == (0.25, 0.75, 0.5)


@pytest.mark.parametrize(("count", "runs"), [(1, 2), (2, 4), (5, 32), (6, 7 + 5 + 5)])
def test_each_change_is_also_played_alone_and_taken_back(count, runs):
    made = combinations_of(count)
    assert len(made) == len(set(made)) == runs
    for n in range(count):
        assert frozenset({n}) in made and frozenset(range(count)) - {n} in made


def test_futures_are_parted_by_what_happens_under_the_first_way():
    scenario = load("two-valleys").scenario
    profiles = [{"empire": name} for name in ("stay-out", "even-hedge", "back-crown")]
    player = Player(compile_world(scenario, profiles=profiles), seed=1)
    (batch,) = batches(player, Plan(64, chance=2, seed=1))
    found = futures_of(player, batch, [2, 0])
    payoff = player.columns.values(batch.outcomes, "payoff")
    assert np.array_equal(found.payoff, payoff[[2, 0]]) and found.chance == 2
    assert np.allclose(found.lead, (payoff[2] - payoff[0]).reshape(64, 2).mean(axis=1))
    own = {name: batch.outcomes[2, n] for n, name in enumerate(player.columns.names)}
    for force in scenario.forces:
        assert np.array_equal(found.happened[f"falls.{force}"], own[f"fallen.{force}"] >= 0)
    orders = [found.happened[f"orders.{order}"] for order in ("holds", "settlement", "chaos")]
    orders += [found.happened[f"orders.takeover:{force}"] for force in player.world.forces]
    assert np.array_equal(np.argmax(orders, axis=0), own["order"]) and (np.sum(orders, axis=0) == 1).all()
    events = {what for what in found.happened if what.startswith("events.")}
    assert events == {f"events.{name}" for name in (*scenario.events, *scenario.talks)}
    for n, item in enumerate(player.world.drawn):
        week = batch.weeks[player.groups.of[2], n]
        came = found.happened[f"events.{item.name}"]
        assert np.array_equal(came, (week >= 0) & (week < player.world.weeks))
    assert np.array_equal(found.happened["events.crown-cracks"], own["event.crown-cracks"] >= 0)
