"""A gain beside a benchmark, and its interval over whole groups: closed forms, and what must not give an interval."""

import math

import numpy as np
import pytest

from equipoise.scoring.panel_forecasts import PanelForecast, beside_the_constant
from equipoise.scoring.rules import brier
from equipoise.scoring.skill import LEAST, compared


def test_means_gain_and_skill_by_hand():
    found = compared([0.1, 0.2, 0.3], [0.4, 0.4, 0.1], ["a", "a", "b"])
    assert (found.questions, found.groups) == (3, 2)
    assert (found.own, found.benchmark) == (pytest.approx(0.2), pytest.approx(0.3))
    assert found.gain == pytest.approx(0.1) and found.skill == pytest.approx(1 / 3)
    assert (found.low, found.high, found.skill_low, found.skill_high) == (None,) * 4 and found.shown == "open"


def test_an_interval_is_that_of_whole_groups():
    """One war of six with many equal years: resampling wars knows that it is one case."""
    found = [
        PanelForecast(war, "", year, "government", 0.2, 0.5, war == 1)
        for war in range(1, 7)
        for year in range(50)
    ]
    seen = beside_the_constant(found, brier)
    better, worse = 0.25 - 0.04, 0.25 - 0.64
    assert (seen.questions, seen.groups) == (300, 6)
    assert seen.gain == pytest.approx((5 * better + worse) / 6, rel=1e-12)
    # The war that fell is drawn k times of 6, binomially with 1/6: never with chance 0.33, more than three times with
    # 0.009, three times or more with 0.062. So the upper end is that of none, the lower that of three.
    assert seen.high == pytest.approx(better, rel=1e-12)
    assert seen.low == pytest.approx((better + worse) / 2, abs=1e-12)


def test_groups_that_differ_in_size_weigh_by_their_questions():
    """A group of nine and four of one: the mean of a draw is over its questions, not over its groups."""
    groups = ["big"] * 9 + ["a", "b", "c", "d"]
    found = compared(np.r_[np.zeros(9), np.ones(4)], np.ones(13), groups)
    assert found.gain == pytest.approx(9 / 13)
    # Drawn k times of 5 with 1/5 each: not at all 0.33, three times or more 0.058, four 0.0067.
    assert found.low == 0.0 and found.high == pytest.approx(27 / 29)


def test_few_groups_give_no_interval_however_many_questions():
    random = np.random.default_rng(2)
    own, other = random.random((2, 400))
    few = compared(own, other, [n % (LEAST - 1) for n in range(400)])
    enough = compared(own, other, [n % LEAST for n in range(400)])
    assert few.low is None and enough.low is not None and enough.low < enough.gain < enough.high


def test_the_interval_covers_as_it_says():
    """Of thirty groups with an effect of their own, nineteen intervals of twenty hold the mean they were drawn from."""
    random, hits = np.random.default_rng(3), 0
    groups = np.repeat(np.arange(30), 6)
    for sample in range(200):
        own = 0.3 + random.normal(0, 0.1, 30)[groups] + random.normal(0, 0.05, 180)
        found = compared(own, np.full(180, 0.35), list(groups), seed=sample)
        hits += found.low <= 0.05 <= found.high
    assert 0.88 <= hits / 200 <= 0.99


@pytest.mark.parametrize(("own", "shown"), [(0.1, "better"), (0.5, "worse"), (0.3, "open")])
def test_what_an_interval_shows(own, shown):
    scores = own + np.tile([-0.01, 0.01], 10)
    assert compared(scores, np.full(20, 0.3), list(range(20))).shown == shown


def test_a_perfect_benchmark_leaves_no_skill():
    found = compared(np.full(6, 0.1), np.zeros(6), list(range(6)))
    assert found.skill is None and found.skill_low is None and found.gain == pytest.approx(-0.1)
    some = compared(np.full(6, 0.1), np.r_[np.zeros(5), 0.5], list(range(6)))
    assert (
        some.skill is not None and some.skill_low is None
    )  # a draw without the sixth has nothing to divide by
    assert math.isfinite(some.low)
