"""Why an answer moved: shares by hand, a split by hand, and laws on a real scenario."""

import numpy as np
import pytest

from equipoise.findings.why_moved import Futures, combinations_of, why_moved

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
