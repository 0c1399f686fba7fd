"""The adaptation map: from the advised strategy, at each sign, to what is told to pay more on its side."""

import json

import pytest

from equipoise.reporting.analyses.explore_map import adaptation
from equipoise.reporting.analyses.explore_tables import gain
from equipoise.reporting.drawing import NARROW, WIDE, draw


def branch(strategy, gain=0.02, *, told=True):
    return {"share": 0.5, "strategy": strategy, "gain": gain, "low": 0.01, "high": 0.03, "told_apart": told}


def sight(says, week, *, seen, unseen, told=True, without="back-crown"):
    worth = {"value": 0.01, "se": 0.001, "told_apart": told}
    return {"signs": [says], "observables": [says], "week": week, "worth": worth, "without": without, "seen": seen,
            "unseen": unseen, "adds": True}  # fmt: skip


def found(*sights):
    return {"recommended": "back-crown", "watching": list(sights)}


FALLING = sight(
    "power of the Crown below 0.4", 10, seen=branch("back-rebels"), unseen=branch("back-crown", told=False)
)


def rows_of(drawing):
    """The rows that the chart's layers share."""
    return json.loads(drawing.chart(WIDE).to_dict(validate=False)["data"]["values"])


def test_a_station_stands_on_the_row_of_the_strategy_to_take_up(golden):
    context = golden.context
    drawing = adaptation(context, found(FALLING))
    rows = rows_of(drawing)
    day = str(context.day_of(10))
    stations = [row for row in rows if row["kind"] == "station"]
    assert [(row["label"], row["side"], row["text"]) for row in stations] == [
        ("back-rebels", "where the sign is seen", "1 (+0.02)"),
        ("back-crown", "where it is not seen", "1"),
    ]
    assert {row["date"][:10] for row in stations} == {day}
    ways = [(row["label"], row["from"][:10]) for row in rows if row["kind"] == "way"]
    assert ways[:2] == [("back-crown", str(context.day_of(0))), ("back-rebels", day)]
    assert "1: Power of the Crown below 0.4: if so, back-rebels; if not, back-crown." in drawing.caption


@pytest.mark.parametrize(
    ("mean", "low", "high", "said"),
    [
        (0.02468, 0.0146, 0.0346, "0.02"), (0.02468, 0.0236, 0.0256, "0.025"), (2.468, 1.4, 3.5, "2"),
        (0.02468, None, None, "0.0247"), (0.02468, 0.02467, 0.02469, "0.0247"),
    ],
)  # fmt: skip
def test_a_gain_shows_no_figure_that_its_interval_leaves_open(mean, low, high, said):
    assert gain({"gain": mean, "low": low, "high": high}) == said


def test_what_is_best_unread_is_taken_up_where_nothing_is_told_to_pay_more(golden):
    turned = sight(
        "a leak", 4, seen=branch("stay-out", told=False), unseen=branch("back-crown"), without="back-rebels"
    )
    assert "if so, back-rebels; if not, back-crown." in adaptation(golden.context, found(turned)).caption


def test_nothing_is_drawn_where_no_sign_is_worth_reading(golden):
    chance = sight("a leak", 4, seen=branch("stay-out"), unseen=branch("back-crown"), told=False)
    pair = {**FALLING, "signs": ["a", "b"]}
    assert adaptation(golden.context, found(chance, pair)) is None
    assert adaptation(golden.context, {"recommended": "back-crown", "watching": None}) is None


def test_it_is_drawn_for_the_page_and_for_a_phone(golden):
    drawing = adaptation(golden.context, found(FALLING))
    figure = draw(drawing)
    assert "Crown below" in figure.caption and NARROW.width < WIDE.width
    assert "1 (+0.02)" in figure.wide and "1 (+0.02)" in figure.narrow
    assert figure.table.caption == "What watching is worth, and what to turn to"
