"""Numbers moved as a whole: closed forms, limits, and what does not move that way."""

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.scenario.moving import Move, asked_for, moved, refuse_beyond, way_of
from equipoise.scenario.number import Number, quantile

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


def test_a_beta_becomes_a_pert_over_its_moved_points():
    beta = number({"beta": [2, 5]})
    there = moved("events.e.probability", beta, Move("odds", 2.0))
    points = quantile(beta, np.array([0.01, 0.5, 0.99]))
    assert there.pert == pytest.approx(tuple(2 * points / (1 - points + 2 * points)))


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
