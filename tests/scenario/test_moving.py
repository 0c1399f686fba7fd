"""Numbers moved as a whole: closed forms, limits, and what does not move that way."""

import math

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.scenario.moving import (
    Move,
    asked_for,
    fixed_by,
    move_of,
    moved,
    moved_middle,
    own_deviation,
    refuse_beyond,
    room,
    rounded,
    way_for,
    way_of,
)
from equipoise.scenario.number import Number, quantile
from equipoise.scenario.value_types import ANY, NOT_NEGATIVE, SHARE, SIGN

U = np.array([0.05, 0.3, 0.5, 0.8, 0.99])


def number(plain):
    return Number.model_validate(plain)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("*2", Move("times", 2.0)), ("odds*0.5", Move("odds", 0.5)), ("~-0.1", Move("shift", -0.1)), ("0.3", number(0.3)),
     ("[0.1, 0.2, 0.4]", number([0.1, 0.2, 0.4])), ("[0.1, 0.2]", number([0.1, 0.2]))],
)  # fmt: skip
def test_reads_a_move_or_a_number(text, asks):
    assert asked_for(text) == asks


@pytest.mark.parametrize(
    "text", ["", "*", "*0", "*-1", "odds*nan", "x", "[1", "[1,2,3,4]", "[3, 2]", "~1e999", "__import__"]
)
def test_refuses_what_is_neither(text):
    with pytest.raises(InputError, match="number"):
        asked_for(text)


@pytest.mark.parametrize(
    ("path", "plain", "way"),
    [("events.e.probability", 0.2, "odds"), ("forces.f.collapse.rate", [0.1, 0.2], "times"),
     ("forces.f.momentum", [-0.1, 0.1], "shift"), ("quantities.q", [0.5, 1, 2], "times"),
     ("quantities.q", [-1, 1], "shift"), ("forces.f.momentum", {"is": "q"}, "times")],
)  # fmt: skip
def test_how_a_number_moves_follows_from_where_it_stands(path, plain, way):
    assert way_of(path, number(plain)) == way


@pytest.mark.parametrize(
    "plain", [[0.1, 0.4], {"triangular": [0.1, 0.2, 0.5]}, {"lognormal": [0.3, 1.5]}, {"normal": [0.3, 0.1]}]
)
def test_twice_a_number_has_twice_its_values(plain):
    twice = moved("x.y", number(plain), Move("times", 2.0))
    assert quantile(twice, U) == pytest.approx(2 * quantile(number(plain), U), rel=1e-9)


def test_a_shifted_number_keeps_its_width():
    there = moved("x.y", number([-0.1, 0.0, 0.2]), Move("shift", 0.05))
    assert quantile(there, U) == pytest.approx(quantile(number([-0.1, 0.0, 0.2]), U) + 0.05)


def test_odds_move_the_ends_of_a_chance_and_keep_it_one():
    there = moved("events.e.probability", number([0.25, 0.5, 0.8]), Move("odds", 3.0))
    # odds 1/3, 1 and 4 become 1, 3 and 12
    assert there.pert == pytest.approx((0.5, 0.75, 12 / 13))
    far = moved("events.e.probability", number([0.0, 0.5, 1.0]), Move("odds", 1e6))
    assert far.pert is not None and far.pert[0] == 0 and far.pert[2] == 1


def test_words_and_choices_move_too():
    likely = moved("events.e.probability", number({"words": "likely"}), Move("odds", 1.0))
    assert likely.uniform == pytest.approx((0.55, 0.80))
    pick = moved("x.y", number({"choice": {"1": 0.3, "2": 0.7}}), Move("times", 3.0))
    assert pick.choice == {3.0: 0.3, 6.0: 0.7}


def test_what_its_form_cannot_say_becomes_a_pert_over_its_moved_points():
    beta = number({"beta": [2, 5]})
    there = moved("quantities.q", beta, Move("times", 2.0))
    assert there.pert == pytest.approx(tuple(2 * quantile(beta, np.array([0.01, 0.5, 0.99]))))


def test_what_refers_to_a_quantity_takes_a_factor_alone():
    assert moved("x.y", number({"is": "q", "times": 0.5}), Move("times", 4.0)).times == 2.0
    with pytest.raises(InputError, match="shared quantity"):
        moved("x.y", number({"is": "q"}), Move("shift", 1.0))
    with pytest.raises(InputError, match="no odds"):
        moved("x.y", number([2, 3]), Move("odds", 2.0))


def test_refuses_what_may_not_stand_there():
    with pytest.raises(InputError, match="lie from 0 to 1"):
        refuse_beyond("events.e.probability", number([0.5, 1.5]))
    with pytest.raises(InputError, match="not be negative"):
        refuse_beyond("forces.f.collapse.rate", number(-1))
    refuse_beyond("forces.f.momentum", number(-1))


NARROW = [{"normal": [0.3, 0.01], "within": [0, 1]}, {"lognormal": [0.3, 1.03], "within": [0, 1]},
          {"beta": [600, 1400]}]  # fmt: skip


@pytest.mark.parametrize("plain", NARROW, ids=str)
def test_a_narrow_share_keeps_its_form_and_its_spread_in_log_odds(plain):
    """Where the spread is small, a shift in log-odds of every quantile is what its parameters give."""
    one = number(plain)
    after = moved_middle(one, move_of("odds", 0.4), SHARE)
    assert after.form == one.form
    odds = [np.log(q / (1 - q)) for q in (quantile(one, U), quantile(after, U))]
    assert odds[1] - odds[0] == pytest.approx(np.full(len(U), 0.4), abs=0.03 if one.beta else 0.003)


def test_a_beta_keeps_how_much_it_knows_and_doubles_the_odds_of_its_mean():
    """Mean 2/7, odds 2:5; doubled 4:5, mean 4/9 of seven."""
    after = moved("events.e.probability", number({"beta": [2, 5]}), Move("odds", 2.0))
    assert after.beta == pytest.approx((28 / 9, 35 / 9))


@pytest.mark.parametrize("way", ["shift", "times", "odds"])
@pytest.mark.parametrize(
    "plain", [0.2, [0.1, 0.3], [0.1, 0.2, 0.4], *NARROW, {"choice": {"0.1": 1}}], ids=str
)
def test_a_move_of_nothing_changes_nothing(way, plain):
    one = number(plain)
    if not (one.beta and way != "odds") and not (one.lognormal and way == "shift"):
        assert quantile(moved_middle(one, move_of(way, 0.0), SHARE), U) == pytest.approx(quantile(one, U))


def test_its_own_standard_deviation_is_that_of_the_scale():
    """Uniform: width / √12. Lognormal: ln of the geometric sd. The logit of a uniform number is logistic: π / √3."""
    assert own_deviation(number([-1, 2]), "shift") == pytest.approx(3 / math.sqrt(12), rel=1e-4)
    assert own_deviation(number({"lognormal": [2, 1.5]}), "times") == pytest.approx(math.log(1.5), rel=5e-3)
    assert own_deviation(number([0, 1]), "odds") == pytest.approx(math.pi / math.sqrt(3), rel=5e-3)
    assert own_deviation(number(2.0), "shift") == 0
    assert own_deviation(number({"choice": {"0": 1, "2": 1}}), "times") == 0


def test_what_may_stand_there_says_which_way_keeps_the_spread():
    assert way_for(number([0.1, 0.2]), SHARE) == "odds"
    assert way_for(number([0.1, 0.2]), NOT_NEGATIVE) == "times"
    assert way_for(number([0.1, 0.2]), SIGN) == "shift"
    assert way_for(number({"lognormal": [0.1, 2]}), ANY) == "times"
    assert fixed_by(number(0), "times")
    assert fixed_by(number(1), "odds")
    assert not fixed_by(number(0), "shift")


def test_there_is_room_until_a_point_leaves_what_may_stand_there():
    assert room(number([-0.9, -0.3]), "shift", SIGN) == pytest.approx((-0.1, 1.3))
    assert room(number([0.1, 0.5]), "times", (0.0, 2.0))[1] == pytest.approx(math.log(4))
    assert room(number([0.1, 0.5]), "times", NOT_NEGATIVE)[1] == math.inf
    after = moved_middle(number({"normal": [0, 0.2], "within": [-1, 1]}), Move("shift", 0.5), SIGN)
    assert (after.normal, after.within) == ((0.5, 0.2), (-1, 1))


def test_a_middle_that_moves_keeps_its_grounds_and_is_written_in_four_figures():
    one = number({"pert": [0.1, 0.2, 0.5], "because": "so it is", "claims": ["c1"]})
    after = rounded(moved_middle(one, move_of("times", 0.123456), NOT_NEGATIVE))
    assert (after.because, after.claims) == ("so it is", ("c1",))
    assert after.pert == (0.1131, 0.2263, 0.5657)
    assert moved("forces.f.collapse.rate", one, Move("times", 2.0)).because is None
