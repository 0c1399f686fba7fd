"""The exact readings of orders, levers, the hedge index and payoffs (MODEL §2 step 9), on both engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playing import ENGINES, run
from tiny import merged, tiny

# ruff: noqa: E501 - tables of cases, one row a line

both_engines = pytest.mark.parametrize("engine", ENGINES)
HOLDS, SETTLEMENT, CHAOS, BY_A, BY_B, BY_C = range(6)
FALLS = {"collapse": {"rate": 5}}
SETTLED, ENDED = ({"effects": [{"settlement": begins}]} for begins in (True, False))


def table(cases: list[tuple]):
    return pytest.mark.parametrize("case", [case[1:] for case in cases], ids=[case[0] for case in cases])


def near(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


def forces(a: Any, b: Any, c: Any) -> dict[str, Any]:
    """Return three forces with 0.5, 0.3 and 0.2 of the land, changed as given."""
    held = {"a": 0.5, "b": 0.3, "c": 0.2}
    return {
        "forces": {
            j: {"control": {"land": held[j]}, **more} for j, more in zip("abc", (a, b, c), strict=True)
        }
    }


INCUMBENT = {"incumbent": True}
ORDERS = [
    ("holds while the incumbent stands", forces(INCUMBENT, {}, {}), [], HOLDS),
    ("not against the majority of another", forces({}, {}, INCUMBENT | {"momentum": -9}), [], BY_A),
    ("not at 1 % of the country beside 99 %", {"forces": {
        "a": {"control": {"land": 99}}, "b": {"control": {"land": 1}} | INCUMBENT, "c": {"control": {"land": 0}}}},
     [], BY_A),
    ("the incumbent takes nothing over", forces(INCUMBENT | {"momentum": 9}, {}, {}), [], HOLDS),
    ("a majority takes over", forces({}, INCUMBENT | FALLS, {}), ["b"], BY_A),
    ("at the majority is enough", forces({}, INCUMBENT | FALLS, {}) | {"dynamics": {"majority": 0.7142}}, ["b"], BY_A),
    ("chaos without a majority", forces({}, INCUMBENT | FALLS, {}) | {"dynamics": {"majority": 0.7144}}, ["b"], CHAOS),
    ("chaos when none is left", forces(INCUMBENT | FALLS, FALLS, FALLS), ["a", "b", "c"], CHAOS),
    ("no incumbent: holds while none has a majority", forces({}, {}, {}), [], HOLDS),
    ("no incumbent: a majority takes over", forces({}, {"momentum": 9}, {}), [], BY_B),
    ("no incumbent: chaos when none is left", forces(FALLS, FALLS, FALLS), ["a", "b", "c"], CHAOS),
    ("a settlement stands above all", forces({}, {"momentum": 9}, {}) | {"events": {"e": SETTLED}}, [], SETTLEMENT),
    ("until any force falls, in the same week too", forces(INCUMBENT, {}, FALLS) | {"events": {"e": SETTLED | {"on": "2030-01-07"}}},
     ["c"], HOLDS),
    ("a later settlement restores it", forces(INCUMBENT, {}, FALLS) | {"events": {
        "e": SETTLED | {"on": "2030-01-07"}, "f": SETTLED | {"on": "2030-01-21"}}}, ["c"], SETTLEMENT),
    ("until an event ends it", forces(INCUMBENT, {}, {}) | {"events": {
        "e": SETTLED | {"on": "2030-01-07"}, "f": ENDED | {"on": "2030-01-14"}}}, [], HOLDS),
    ("of two in one week the later acts", forces(INCUMBENT, {}, {}) | {"events": {
        "e": SETTLED | {"on": "2030-01-07"}, "f": ENDED | {"on": "2030-01-07"}}}, [], HOLDS),
    ("whichever that is", forces(INCUMBENT, {}, {}) | {"events": {
        "e": ENDED | {"on": "2030-01-07"}, "f": SETTLED | {"on": "2030-01-07"}}}, [], SETTLEMENT),
    ("what was ended can be restored", forces(INCUMBENT, {}, {}) | {"events": {
        "d": SETTLED | {"on": "2030-01-07"}, "e": ENDED | {"on": "2030-01-14"}, "f": SETTLED | {"on": "2030-01-21"}}},
     [], SETTLEMENT),
]  # fmt: skip


@both_engines
@table(ORDERS)
def test_orders(engine: str, case) -> None:
    """The order at the end, in the futures in which just the named forces fell, all in week 0."""
    changes, fallen, order = case
    found = run(merged(tiny(), changes), engine, chance=256)
    those = np.all([(found.row(f"fallen.{j}") == 0) == (j in fallen) for j in "abc"], axis=0)
    assert those.any() and set(found.row("order")[those]) == {order}


WEIGHTS = [
    ("influence", {"influence": 2}, "influence", 2 * 0.3),
    ("rivals", {"rivals": {"q": 0.5}}, "rivals", -0.5 * 0.25),
    ("power", {"power": {"a": 0.5, "b": -0.2}}, "power", 0.15),
    ("control", {"control": {"b": {"land": 0.4}}}, "control", 0.2),
    ("order", {"order": {"holds": 0.7, "chaos": -9}}, "order", 0.7),
    ("violence", {"violence": -0.2, "exposure": 1.5}, "violence", -0.3),
    ("cost", {"cost": 0.1}, "cost", 0.0),
    (
        "backing cost",
        {"backing-cost": {"troops": 0.1, "money": 0.5}},
        "backing-cost",
        -(0.1 * 0.8 + 0.5 * 0.2),
    ),
]


@both_engines
@table(WEIGHTS)
def test_terms_of_the_payoff(engine: str, case) -> None:
    """Nothing moves: I_p = (0.2 + 0.4) / 2, I_q = 0.5 · 0.5, and every week is alike."""
    values, name, expected = case
    backing = {"a": {"troops": 0.8}, "b": {"money": 0.2}}
    patrons = {
        "p": {"values": {"influence": 0, **values}, "backing": backing},
        "q": {"standing": {"a": 0.5}, "engagement": {"engage": {}}},
    }
    found = run(tiny(patrons=patrons), engine)
    near(found.row(f"terms.{name}"), expected)
    near(found.row("payoff"), expected)


@both_engines
def test_influence_weighs_regions_by_interest(engine: str) -> None:
    """I = 0.25 (0.9·0.2 + 0.1·0.4) + 0.75 (0.5·0.2 + 0.5·0.4): interest is relative."""
    data = tiny(
        regions={"land": {"weight": 5}, "hills": {"weight": 1}},
        forces={"a": {"control": {"land": 9, "hills": 1}}, "b": {"control": {"land": 1, "hills": 1}}},
        patrons={"p": {"interest": {"land": 1, "hills": 3}}},
    )
    near(run(data, engine).path("influence")[:, 0], [0.25 * 0.22 + 0.75 * 0.3] * 5)


@both_engines
def test_payoff_blends_the_mean_of_weeks_1_to_t_with_the_last(engine: str) -> None:
    """Standing halves each week: I = 0.15, 0.075, … of starting 0.3; terminal 0.25."""
    data = tiny(calendar={"weeks": 3}, dynamics={"fade": 0.5}, patrons={"p": {"values": {"terminal": 0.25}}})
    found = run(data, engine)
    near(found.row("influence"), (0.15 + 0.075 + 0.0375) / 3)
    near(found.row("influence_end"), 0.0375)
    near(found.row("payoff"), 0.75 * (0.15 + 0.075 + 0.0375) / 3 + 0.25 * 0.0375)


VALUES = [
    ("from that week on", "2030-01-14", {"influence": 0.5}, [0.3, 0.15, 0.15, 0.15]),
    ("of an order", "2030-01-21", {"order.holds": 1.0}, [0.3, 0.3, 1.3, 1.3]),
    ("sets, not adds", "2030-01-07", {"influence": 0, "power.a": 2}, [1, 1, 1, 1]),
]


@both_engines
@table(VALUES)
def test_events_change_what_is_wanted(engine: str, case) -> None:
    day, weights, weekly = case
    events = {"e": {"on": day, "effects": [{"values": {"p": weights}}]}}
    near(run(tiny(events=events), engine).row("payoff"), np.mean(weekly))


@both_engines
def test_score_takes_this_weeks_effort_and_next_weeks_standing(engine: str) -> None:
    patrons = {"p": {"values": {"cost": 0.3}, "engagement": {"budget": 0.5}}}
    data = tiny(calendar={"weeks": 1}, patrons=patrons, strategies={"p": {"s": {"engage": {"a": 1}}}})
    found = run(data, engine)
    near(found.row("terms.cost"), -0.15)
    near(found.row("terms.influence"), 0.5 * (0.2 + 0.1 * 0.5 * 0.8) + 0.5 * 0.4)


@both_engines
def test_levers_are_forces_in_the_field_with_standing_of_03(engine: str) -> None:
    patrons = {"p": {"standing": {"a": 0.31, "b": 0.29, "c": 0.9}}}
    data = merged(tiny(patrons=patrons), forces({}, {}, FALLS))
    found = run(data, engine, chance=64)
    stands = found.row("fallen.c") < 0
    assert set(found.row("levers")[~stands]) == {1} and set(found.row("levers")[stands]) <= {2}


@both_engines
def test_a_settlement_ends_in_the_week_of_the_event_that_ends_it(engine: str) -> None:
    """In force in weeks 0 and 1 of four."""
    events = {"e": SETTLED | {"on": "2030-01-07"}, "f": ENDED | {"on": "2030-01-21"}}
    patrons = {"p": {"values": {"influence": 0, "order": {"settlement": 1}}}}
    near(run(tiny(events=events, patrons=patrons), engine).row("terms.order"), 0.5)


def tied(sign: float) -> dict[str, Any]:
    return {"ties": [{"between": ["a", "b"], "sign": sign}]}


SOUR = {"events": {"e": {"on": "2030-01-28", "effects": [{"tie": {"between": ["a", "b"], "set": -1}}]}}}
HEDGES = [
    ("one side", {"a": 1}, tied(-0.6), 0.0, 0.0),
    ("even", {"a": 1, "b": 1}, tied(-0.6), 0.5, 2 * 0.25 * 0.6),
    ("3 to 1", {"a": 3, "b": 1}, tied(-0.6), 1 - 10 / 16, 2 * 3 / 16 * 0.6),
    ("over friends", {"a": 1, "b": 1}, tied(0.6), 0.5, 0.0),
    ("over strangers", {"a": 1, "b": 1}, {}, 0.5, 0.0),
    ("nobody", {}, tied(-0.6), 0.0, 0.0),
    ("ties of the week, after its events", {"a": 1, "b": 1}, tied(-0.6) | SOUR, 0.5, 0.5 * (3 * 0.6 + 1) / 4),
]


@both_engines
@table(HEDGES)
def test_spread_and_hedge_index(engine: str, case) -> None:
    engage, changes, spread, index = case
    found = run(tiny(strategies={"p": {"s": {"engage": engage}}}, **changes), engine)
    near(found.row("spread"), spread)
    near(found.row("hedge_index"), index)


@both_engines
def test_weeks_without_engagement_count_nothing_in_both(engine: str) -> None:
    """Even over two rivals until week 2 of 4, then nobody."""
    policy = {"engage": {"a": 1, "b": 1}, "then": {"when": "e", "engage": {}}}
    found = run(
        tiny(strategies={"p": {"s": policy}}, events={"e": {"on": "2030-01-21"}}, **tied(-0.6)), engine
    )
    near(found.row("spread"), 0.25)
    near(found.row("hedge_index"), 0.15)


@both_engines
def test_a_hedge_over_three_counts_every_pair(engine: str) -> None:
    ties = [{"between": ["a", "b"], "sign": -0.5}, {"between": ["b", "c"], "sign": -0.8}]
    ways = {"p": {"s": {"engage": {"a": 2, "b": 1, "c": 1}}}}
    data = merged(tiny(strategies=ways, ties=ties), forces({}, {}, {}))
    near(run(data, engine).row("hedge_index"), 2 * (0.5 * 0.25 * 0.5 + 0.25 * 0.25 * 0.8))


@both_engines
def test_rows_of_other_patrons_are_theirs(engine: str) -> None:
    """Both patrons scored: q's influence is 0.25, its payoff has its own weights."""
    patrons = {
        "q": {
            "standing": {"a": 0.5},
            "engagement": {"engage": {}},
            "values": {"influence": 4, "rivals": {"p": 1}},
        }
    }
    data = tiny(patrons=patrons, strategies={"q": {"any": {"engage": {}}}})
    found = run(data, engine, scored=("p", "q"), profiles=[{"p": "s", "q": "any"}])
    near([found.row("payoff")[0], found.row("q.influence")[0], found.row("q.payoff")[0]], [0.3, 0.25, 0.7])
