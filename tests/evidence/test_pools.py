"""Pools of holders: what a state draws, mixtures in closed form, Cooke's scores by hand."""

import math

import numpy as np
import pytest

from equipoise.draws.values import changed, draw, medians
from equipoise.errors import InputError
from equipoise.evidence import believed_paths, scores_of, trace, under_beliefs, weights_of
from equipoise.evidence.pools import calibration, information
from equipoise.scenario import loads, places
from equipoise.scenario.model import SeedQuestion
from equipoise.search.sample import Sample

MOMENTUM, FADE, STANDING = "forces.crown.momentum", "dynamics.fade", "patrons.north.standing.crown"
TEXT = """equipoise: 1
title: A small case
focus: north
calendar: {start: 2030-01-07, weeks: 8}
regions: {coast: {}}
quantities: {trust: [0.2, 0.4]}
forces:
  crown: {incumbent: true, control: {coast: 3}, volatility: {national: 0.1}, collapse: {yearly: 0.3}}
  rebels: {control: {coast: 2}}
patrons: {north: {standing: {crown: {is: trust}}}, south: {}}
strategies: {north: {hedge: {engage: {crown: 1, rebels: 1}}, wait: {engage: {}}}}
beliefs:
  ann: {forces.crown.momentum: [0, 1], dynamics.fade: 0.01}
  ben: {forces.crown.momentum: [2, 3], dynamics.fade: 0.02, patrons.north.standing.crown: {is: trust, times: 2}}
  cat: {quantities.trust: 0.9}
pools:
  two: {ann: 1, ben: 3}
  all: {holders: [ann, ben, cat]}
"""
SCENARIO = loads(TEXT).scenario
STATES = 3200


def drawn(pool, states=STATES):
    return draw(places(under_beliefs(SCENARIO, pool)), 0, states, seed=5)


def test_a_pool_draws_the_mixture_of_its_holders():
    """A quarter of the states from [0, 1], three quarters from [2, 3]: quantile p is 4p, then 2 + (4p - 1)/3."""
    values = np.sort(drawn("two")[MOMENTUM])
    assert (values < 1.5).mean() == 0.25  # exactly: every block of 32 has 8
    for p in (0.05, 0.125, 0.2, 0.4, 0.625, 0.9):
        expected = 4 * p if p < 0.25 else 2 + (4 * p - 1) / 3
        assert np.quantile(values, p) == pytest.approx(expected, abs=0.03)


def test_what_one_holder_thinks_stays_together_and_is_what_it_draws_alone():
    values, alone = drawn("two"), {holder: drawn(holder) for holder in ("ann", "ben")}
    ann = values["quantities.pool-two"] == 0
    for path in (MOMENTUM, FADE, STANDING):
        for holder, chosen in (("ann", ann), ("ben", ~ann)):
            there = np.broadcast_to(alone[holder][path], STATES)
            assert np.array_equal(np.broadcast_to(values[path], STATES)[chosen], there[chosen])


def test_where_a_holder_says_nothing_the_analyst_holds_and_shared_quantities_follow():
    values, own = drawn("all"), draw(places(SCENARIO), 0, STATES, seed=5)
    which = values["quantities.pool-all"]
    assert np.bincount(which.astype(int)).tolist() == pytest.approx([STATES / 3] * 3, rel=0.05)
    assert np.array_equal(values["quantities.trust"][which < 2], own["quantities.trust"][which < 2])
    assert (values["quantities.trust"][which == 2] == 0.9).all()
    assert np.array_equal(values[STANDING][which == 0], own["quantities.trust"][which == 0])
    assert np.array_equal(values[STANDING][which == 1], 2 * own["quantities.trust"][which == 1])
    assert (values[STANDING][which == 2] == 0.9).all()
    assert (np.broadcast_to(values[FADE], STATES)[which == 2] == 0.01).all()  # the default


def test_a_state_pays_under_a_pool_what_it_pays_under_its_holder():
    sizes = {"states": 96, "chance": 4, "seed": 3}
    profiles = [{"north": "hedge"}]
    f = {
        who: Sample(under_beliefs(SCENARIO, who), **sizes).means(profiles)["payoff"][0]
        for who in ("two", "ann", "ben")
    }
    which = draw(places(under_beliefs(SCENARIO, "two")), 0, 96, seed=3)["quantities.pool-two"]
    assert np.array_equal(f["two"], np.where(which == 0, f["ann"], f["ben"]))
    assert not np.allclose(f["ann"], f["ben"])


def test_whose_view_holds_can_be_changed_like_any_number():
    numbers = places(under_beliefs(SCENARIO, "two"))
    values = draw(numbers, 0, 64, seed=5)
    as_ben = changed(values, numbers, {"quantities.pool-two": np.ones_like})
    assert np.array_equal(
        as_ben[MOMENTUM], draw(places(under_beliefs(SCENARIO, "ben")), 0, 64, seed=5)[MOMENTUM]
    )
    assert not np.array_equal(as_ben[MOMENTUM], values[MOMENTUM])
    doubled = changed(values, numbers, {"quantities.trust": lambda trust: 2 * trust})
    assert np.allclose(doubled[STANDING], 2 * values[STANDING])


def test_the_median_is_that_of_the_mixture():
    assert medians(places(under_beliefs(SCENARIO, "two")))[MOMENTUM] == pytest.approx(2 + 1 / 3, abs=0.01)


def test_weights_are_shares_of_those_who_have_any():
    assert weights_of(SCENARIO, "two") == {"ann": 0.25, "ben": 0.75}
    assert weights_of(SCENARIO, "all") == pytest.approx(dict.fromkeys(("ann", "ben", "cat"), 1 / 3))
    nobody = loads(TEXT.replace("{ann: 1, ben: 3}", "{ann: 0, ben: 3}")).scenario
    assert weights_of(nobody, "two") == {"ben": 1.0}
    assert believed_paths(nobody, "two") == {MOMENTUM, FADE, STANDING}
    assert believed_paths(SCENARIO, "cat") == {"quantities.trust"} and believed_paths(SCENARIO, None) == set()


def test_a_pool_that_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `two`"):
        under_beliefs(SCENARIO, "twos")
    with pytest.raises(InputError, match="the pools are: all, two"):
        under_beliefs(SCENARIO, "nobody-at-all")


def test_what_is_set_holds_for_every_expert_of_a_pool():
    numbers = places(under_beliefs(loads(TEXT + f"set: {{{MOMENTUM}: 0.5}}\n").scenario, "two"))
    assert numbers[MOMENTUM].value == 0.5


def test_a_pool_is_said_as_what_its_holders_say():
    rows = {row["path"]: row["value"] for row in trace(under_beliefs(SCENARIO, "two"))["places"]}
    assert rows[MOMENTUM] == "[0, 1] or [2, 3]"


def test_calibration_by_hand():
    """2N·I(s, p) against the χ² distribution with three degrees, whose tail is erfc(√(x/2)) + √(2x/π)·e^(-x/2)."""
    answers = [(1, 2, 3)] * 10
    half = calibration(answers, [1.5] * 5 + [2.5] * 5)
    x = 20 * math.log(0.5 / 0.45)
    assert half == pytest.approx(math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2))
    assert calibration([(1, 2, 3)] * 20, [0] + [1.5] * 9 + [2.5] * 9 + [4]) == pytest.approx(1)
    assert calibration(answers, [9] * 10) < 1e-10
    at, below, above = (calibration([(1, 2, 3)], [truth]) for truth in (1, 0, 1.5))
    assert at == below != above  # on a quantile counts below it


def test_information_by_hand():
    """Answers 10, 50, 90 and the truth 50: a range of 2 to 98, bins of 8, 40, 40 and 8 of it."""
    seed = SeedQuestion(is_=50, answers={"ann": (10, 50, 90), "ben": (40, 50, 60)})
    assert information(seed, "ann", ["ann"]) == pytest.approx(0.1 * math.log(0.6) + 0.9 * math.log(1.08))
    even = 0.1 * math.log(0.05 / (38 / 96)) + 0.9 * math.log(0.45 / (10 / 96))
    assert information(seed, "ben", ["ann", "ben"]) == pytest.approx(even)
    ratio = SeedQuestion(is_=math.e**5, scale="ratio", answers={"ann": (math.e, math.e**5, math.e**9)})
    assert information(ratio, "ann", ["ann"]) == pytest.approx(information(seed, "ann", ["ann"]))


def test_weights_by_calibration_are_the_products_of_the_scores():
    asks = {f"q{n}": SeedQuestion(is_=truth, answers={"ann": (1, 2, 3), "ben": (1.4, 1.5, 1.6)}) for n, truth in
            enumerate([1.2, 1.7, 1.9, 2.2, 2.4, 2.8])}  # fmt: skip
    seeds = ", ".join(
        f"{name}: {{is: {seed.is_}, answers: {{ann: [1, 2, 3], ben: [1.4, 1.5, 1.6]}}}}"
        for name, seed in asks.items()
    )
    text = (
        TEXT.replace("{ann: 1, ben: 3}", "{holders: [ann, ben], by: calibration}")
        + f"seed-questions: {{{seeds}}}\n"
    )
    scores = scores_of(asks, ["ann", "ben"])
    assert scores["ann"].calibration > 100 * scores["ben"].calibration
    assert scores["ann"].information < scores["ben"].information
    product = {holder: score.calibration * score.information for holder, score in scores.items()}
    whole = sum(product.values())
    assert weights_of(loads(text).scenario, "two") == pytest.approx(
        {h: p / whole for h, p in product.items()}
    )
