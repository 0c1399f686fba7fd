"""The exact readings of events, agreements, talks and strategies (MODEL §3), hand-worked, on both engines.

Violence serves as the tape on which events write: it never moves by itself here, so each event adds its own
number and the path tells which fired, when, and in which order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playing import ENGINES, Run, run
from tiny import effort, log_odds_steps, merged, tiny

from equipoise.errors import InputError
from equipoise.world.calendar import NEVER

# ruff: noqa: E501 - tables of cases, one row a line

both_engines = pytest.mark.parametrize("engine", ENGINES)
DAYS = ["2030-01-07", "2030-01-14", "2030-01-21", "2030-01-28", "2030-02-04", "2030-02-11"]
"""The first days of weeks 0 to 5."""


def table(cases: list[tuple]):
    return pytest.mark.parametrize("case", [case[1:] for case in cases], ids=[case[0] for case in cases])


def near(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


def adds(amount: float, **more: Any) -> dict[str, Any]:
    return {"effects": [{"violence": {"add": amount}}], **more}


def tape(found: Run, profile: int = 0) -> np.ndarray:
    """Return how much was added to violence in each week of the first future [weeks]."""
    return np.diff(found.path("violence", profile)[:, 0])


def played(engine: str, **changes: Any) -> Run:
    return run(merged(tiny(calendar={"weeks": 6}), changes), engine)


# Order of firing, and effects

ORDERS = [
    ("events by name", {"b": {"on": DAYS[1], "effects": [{"violence": {"set": 3}}]}, "a": adds(1, on=DAYS[1])}, [0, 2]),
    ("the other way", {"a": {"on": DAYS[1], "effects": [{"violence": {"set": 3}}]}, "b": adds(1, on=DAYS[1])}, [0, 3]),
    (
        "effects in listed order",
        {"e": {"on": DAYS[1], "effects": [{"violence": {"add": 1}}, {"violence": {"set": 3}}, {"violence": {"add": 0.5}}]}},
        [0, 2.5],
    ),
    ("what is triggered comes last, and sees it", {
        "a": {"when": {"violence": "level", "above": 1.5}, "effects": [{"violence": {"add": 10}}]}, "z": adds(1, on=DAYS[1])
    }, [0, 11]),
    ("each sees the state the one before left", {
        "a": {"when": {"violence": "level", "below": 1.5}, "effects": [{"violence": {"add": 1}}]},
        "b": {"when": {"violence": "level", "below": 1.5}, "effects": [{"violence": {"add": 5}}]},
    }, [1, 0, 0]),
    ("a trigger fires once", {"a": {"when": {"violence": "level", "above": 0.5}, "effects": [{"violence": {"add": 1}}]}},
     [1, 0, 0]),
    ("conditions are strict", {"a": {"when": {"violence": "level", "above": 1.0}, "effects": [{"violence": {"add": 1}}]}},
     [0, 0, 0]),
    ("all conditions of a list", {"z": adds(1, on=DAYS[2]), "a": {
        "when": [{"violence": "level", "above": 1.5}, {"standing": "p", "with": "b", "above": 0.3}],
        "effects": [{"violence": {"add": 10}}]}}, [0, 0, 11]),
    ("one of them does not hold", {"z": adds(1, on=DAYS[2]), "a": {
        "when": [{"violence": "level", "above": 1.5}, {"standing": "p", "with": "b", "above": 0.5}],
        "effects": [{"violence": {"add": 10}}]}}, [0, 0, 1]),
    ("weekly 0 never", {"a": {"when": {"violence": "level", "above": 0.5}, "weekly": 0,
                              "effects": [{"violence": {"add": 1}}]}}, [0, 0, 0]),
]  # fmt: skip


@both_engines
@table(ORDERS)
def test_order_of_firing(engine: str, case) -> None:
    events, expected = case
    near(tape(played(engine, events=events))[: len(expected)], expected)


WATCHED = [
    ("power", {"power": "a", "below": 0.45}, 1),
    ("control", {"control": "a", "in": "land", "below": 0.45}, 1),
    ("standing", {"standing": "p", "with": "b", "below": 0.35}, 2),
    ("violence", {"violence": "level", "above": 1.5}, 3),
]


@both_engines
@table(WATCHED)
def test_conditions_see_the_state_at_t(engine: str, case) -> None:
    """a loses half its odds in week 0, so P_a(1) = 1/3; b's standing is 0.4, 0.36, 0.324; violence rises in week 3."""
    condition, week = case
    events = {
        "push": {"on": DAYS[0], "effects": [{"push": {"b": 0.6931}}]},
        "noise": adds(1, on=DAYS[3]),
        "turn": {"when": condition, "effects": [{"standing": {"p": {"a": 0.5}}}]},
    }
    found = played(engine, events=events, dynamics={"fade": 0.1})
    assert found.row("event.turn").tolist() == [week]


@both_engines
def test_a_fall_is_seen_the_week_after_and_weekly_is_a_chance_a_week(engine: str) -> None:
    events = {"e": {"when": {"collapsed": "a"}, "weekly": 0.3, "effects": [{"violence": {"add": 1}}]}}
    data = tiny(calendar={"weeks": 12}, forces={"a": {"collapse": {"rate": 0.2}}}, events=events)
    found = run(data, engine, chance=8192)
    fell, fired = found.row("fallen.a"), found.row("event.e")
    assert ((fired > fell) | (fired < 0))[fell >= 0].all() and (fired[fell < 0] == -1).all()
    early = (fell >= 0) & (fell < 6)
    for wait in range(1, 5):
        p = 0.3 * 0.7 ** (wait - 1)
        share = (fired - fell == wait)[early].mean()
        assert abs(share - p) < 3 * np.sqrt(p * (1 - p) / early.sum())


EFFECTS = [
    ("standing, then clipped", [{"standing": {"p": {"a": -0.9}}}, {"standing": {"p": {"a": 0.3}}}], "standing.a", 0.3),
    ("standing clipped above", [{"standing": {"p": {"b": 0.9}}}], "standing.b", 1.0),
    ("a push for one week", [{"push": {"a": 0.1}}], "odds", [0.1, 0, 0, 0]),
    ("a push for this week and the next two", [{"push": {"a": 0.1}, "weeks": 3}], "odds", [0.1, 0.1, 0.1, 0]),
    ("pushes add up", [{"push": {"a": 0.1}, "weeks": 3}, {"push": {"a": 0.2}, "weeks": 2}, {"push": {"b": 0.05}}],
     "odds", [0.25, 0.3, 0.1, 0]),
    ("a push beyond the run", [{"push": {"a": 0.1}, "weeks": 50}], "odds", [0.1] * 6),
    ("a push in the regions it names", [{"push": {"a": 0.1}, "regions": ["land"]}], "odds", [0.1, 0]),
    ("ties clipped: -1", [{"tie": {"between": ["b", "a"], "add": -0.8}}, {"tie": {"between": ["a", "b"], "add": -0.8}}],
     "odds", [-0.1 * (0.25 - 0.75)]),
    ("a tie set", [{"tie": {"between": ["a", "b"], "set": 0.5}}], "odds", [0.05 * (0.25 - 0.75)]),
    ("a tie with a patron moves nothing", [{"tie": {"between": ["a", "p"], "set": -1}}], "odds", [0, 0]),
    ("receptivity factors multiply", [{"receptivity": {"a": 0.5}}, {"receptivity": {"a": 0.5}}], "effort", [0.25, 0.25]),
    ("budget factor", [{"budget": {"p": 0.5}}], "effort", [0.5, 0.5]),
]  # fmt: skip


@both_engines
@table(EFFECTS)
def test_effects(engine: str, case) -> None:
    """Control 3 : 1, hostility 0.1 without any tie until an effect makes one; p engages a alone, gain 0.1."""
    effects, what, expected = case
    engaged = {"strategies": {"p": {"s": {"engage": {"a": 1}}}}} if what == "effort" else {}
    found = played(
        engine,
        forces={"a": {"control": {"land": 3}}, "b": {"control": {"land": 1}}},
        dynamics={"hostility": 0.1 if any("tie" in e for e in effects) else 0},
        events={"e": {"on": DAYS[0], "effects": effects}},
        **engaged,
    )
    if what == "odds":
        near(log_odds_steps(found)[: len(expected)], expected)
    elif what == "effort":
        near(effort(found, "a")[: len(expected)], expected)
    else:
        near(found.path(what)[1, 0], expected)


@both_engines
def test_standing_with_a_fallen_force_stays_0(engine: str) -> None:
    events = {"e": {"on": DAYS[3], "effects": [{"standing": {"p": {"a": 0.5}}}]}}
    found = run(
        tiny(calendar={"weeks": 5}, forces={"a": {"collapse": {"rate": 5}}}, events=events), engine, chance=64
    )
    assert (found.path("standing.a")[4:, found.row("fallen.a") == 0] == 0).all()


# Agreements

PACT = {"parties": ["a", "b"], "breach": [{"violence": {"add": 1}}]}


def term(event: str, **due: Any) -> dict[str, Any]:
    return {"who": "a", "does": "keep it", "event": event, **due}


NEVER_HAPPENS = {"probability": 0}
BREACHES = [
    ("too late", {"signed": "2029-01-01", "terms": [term("e", by=DAYS[2])]}, {"e": {"on": DAYS[3]}}, [0, 0, 1, 0]),
    ("in the week of the deadline is in time", {"signed": "2029-01-01", "terms": [term("e", by=DAYS[2])]},
     {"e": {"on": DAYS[2]}}, [0] * 6),
    ("never happened", {"signed": "2029-01-01", "terms": [term("e", by=DAYS[2])]}, {"e": NEVER_HAPPENS}, [0, 0, 1, 0]),
    ("once for each term", {"signed": "2029-01-01", "terms": [term("e", by=DAYS[2]), term("e", by=DAYS[2]), term("e", by=DAYS[4])]},
     {"e": NEVER_HAPPENS}, [0, 0, 2, 0, 1, 0]),
    ("within weeks of signing", {"signed": DAYS[1], "terms": [term("e", within=3)]}, {"e": NEVER_HAPPENS}, [0, 0, 0, 0, 1]),
    ("signed by an event", {"signed": "f", "terms": [term("e", within=1)]}, {"e": NEVER_HAPPENS, "f": {"on": DAYS[2]}},
     [0, 0, 0, 1]),
    ("never signed, never breached", {"signed": "f", "terms": [term("e", within=1)]}, {"e": NEVER_HAPPENS, "f": NEVER_HAPPENS},
     [0] * 6),
    ("a deadline before the start", {"signed": "2029-01-01", "terms": [term("e", within=4)]}, {"e": NEVER_HAPPENS}, [0] * 6),
    ("a deadline after the run", {"signed": "2029-01-01", "terms": [term("e", by="2030-02-18")]}, {"e": NEVER_HAPPENS}, [0] * 6),
    ("a deadline before signing", {"signed": "f", "terms": [term("e", by=DAYS[1])]}, {"e": NEVER_HAPPENS, "f": {"on": DAYS[2]}},
     [0] * 6),
    ("kept before signing", {"signed": DAYS[2], "terms": [term("e", within=1)]}, {"e": {"on": DAYS[0]}}, [0] * 6),
]  # fmt: skip


@both_engines
@table(BREACHES)
def test_breaches(engine: str, case) -> None:
    pact, events, expected = case
    near(tape(played(engine, agreements={"pact": PACT | pact}, events=events))[: len(expected)], expected)


@both_engines
def test_each_breach_pushes_for_itself(engine: str) -> None:
    """Two terms, two weeks apart, each 0.1 for three weeks: they overlap in one."""
    pact = {"parties": ["a"], "signed": "2029-01-01", "terms": [term("e", by=DAYS[1]), term("e", by=DAYS[3])],
            "breach": [{"push": {"a": 0.1}, "weeks": 3}]}  # fmt: skip
    found = played(engine, agreements={"pact": pact}, events={"e": NEVER_HAPPENS})
    near(log_odds_steps(found), [0, 0.1, 0.1, 0.2, 0.1, 0.1])


# Talks: a's position 10, b's 40 and p's 90; outcome (1·1·10 + 2·0.5·40 + 1·1·90) / 3 = 140/3 = 46.67

TABLE = {
    "on": DAYS[1],
    "veto": ["a"],
    "clout": {"a": 1, "b": 2, "p": 1, "q": 5},
    "issues": {
        "share": {"positions": {"a": 10, "b": 40, "p": 90}, "salience": {"a": 1, "b": 0.5, "p": 1, "q": 1}}
    },
    "effects": [{"violence": {"add": 1}}],
}
TALKS = [
    ("a veto party without reservation accepts", {}, True),
    ("within its reservation", {"issues": {"share": {"reservation": {"a": 36.67}}}}, True),
    ("just outside", {"issues": {"share": {"reservation": {"a": 36.66}}}}, False),
    ("who has no veto does not block", {"issues": {"share": {"reservation": {"b": 0}}}}, True),
    ("every veto party has to be within", {"veto": ["a", "b"], "issues": {"share": {"reservation": {"a": 40, "b": 6}}}}, False),
    ("on every issue", {"issues": {"seat": {"positions": {"a": 0, "b": 1}, "salience": {"b": 1}, "reservation": {"a": 0.5}}}}, False),
    ("0 where salience is missing", {"issues": {"seat": {"positions": {"a": 0, "b": 1}, "salience": {"a": 1}, "reservation": {"a": 0}}}}, True),
    ("it may not take place", {"probability": 0}, False),
]  # fmt: skip


@both_engines
@table(TALKS)
def test_deals(engine: str, case) -> None:
    changes, deal = case
    found = played(engine, patrons={"q": {}}, talks={"talk": merged(merged({}, TABLE), changes)})
    near(tape(found)[:3], [0, float(deal), 0])
    assert found.week_of("talk")[0] == (1 if deal else NEVER)


@both_engines
def test_a_talk_means_its_deal_wherever_events_are_named(engine: str) -> None:
    for reservation, happens in ((40, True), (30, False)):
        talk = merged(merged({}, TABLE), {"issues": {"share": {"reservation": {"a": reservation}}}})
        events = {"e": adds(10, on=DAYS[2], requires=["talk"]), "f": adds(100, on=DAYS[2], unless=["talk"])}
        found = played(engine, patrons={"q": {}}, talks={"talk": talk}, events=events)
        near(tape(found)[:4], [0, 1, 10, 0] if happens else [0, 0, 100, 0])


@both_engines
def test_a_deal_acts_only_while_its_veto_forces_stand_but_is_struck(engine: str) -> None:
    ways = {"p": {"s": {"engage": {}, "then": {"when": "talk", "engage": {"b": 1}}}}}
    forces = {"a": {"collapse": {"rate": 5}}}
    data = tiny(forces=forces, patrons={"q": {}}, talks={"talk": TABLE}, strategies=ways)
    found = run(data, engine, chance=64)
    fallen = found.row("fallen.a") == 0
    assert (found.path("violence")[-1, fallen] == 1).all() and fallen.any()
    assert (found.path("standing.b")[2, fallen] > 0.44).all()  # the switch: b is engaged from week 1 on


def test_nobody_with_weight_is_an_error() -> None:
    talk = merged(merged({}, TABLE), {"clout": {"a": {"choice": {0: 1, 1: 1}}, "b": 0.0, "p": 0.0}})
    with pytest.raises(InputError, match="clout and salience"):
        run(tiny(patrons={"q": {}}, talks={"talk": talk}), "reference", states=20)


# Strategies

THEN = [
    ("a dated event, in its week", {"when": "e"}, [0, 0, 1, 1, 1, 1]),
    ("a condition, for good", {"when": {"violence": "level", "above": 1.5}}, [0, 0, 1, 1, 1, 1]),
    ("what the state triggers, in its week", {"when": "turn"}, [0, 0, 0, 1, 1, 1]),
    ("a fresh policy: unset keys take their defaults", {"when": "e", "engage": {"a": 1}}, [0, 0, 0, 0, 0, 0]),
    ("never", {"when": {"violence": "level", "above": 9}}, [0] * 6),
]


@both_engines
@table(THEN)
def test_then(engine: str, case) -> None:
    """The first policy engages nobody; `then` engages b, which is what is seen."""
    then, expected = case
    events = {
        "e": adds(1, on=DAYS[2]),
        "f": adds(-1, on=DAYS[4]),
        "turn": {
            "when": [{"violence": "level", "above": 1.5}, {"standing": "p", "with": "a", "above": 0.5}],
            "effects": [],
        },
        "warm": {"on": DAYS[3], "effects": [{"standing": {"p": {"a": 0.5}}}]},
    }
    policy = {"engage": {}, "then": {"engage": {"b": 1}, **then}}
    found = played(engine, events=events, strategies={"p": {"s": policy}})
    near(effort(found, "b"), expected)


@both_engines
def test_then_drops_the_floor_of_the_first_policy(engine: str) -> None:
    policy = {"engage": {"a": 1}, "floor": 1, "then": {"when": "e", "engage": {"a": 1}}}
    found = played(engine, events={"e": {"on": DAYS[2]}}, strategies={"p": {"s": policy}})
    near(effort(found, "b"), [0.5, 0.5, 0, 0, 0, 0])


@both_engines
def test_backing_decisions_of_a_strategy_and_of_its_then(engine: str) -> None:
    """Four weeks by default to 0.8; from week 2 two weeks to 0, replacing what was left."""
    policy = {
        "back": {"a": {"troops": 0.8}},
        "then": {"when": "e", "back": {"a": {"troops": 0}}, "back-over": 2},
    }
    found = played(
        engine,
        forces={"a": {"backing-effect": {"troops": 0.1}}},
        events={"e": {"on": DAYS[2]}},
        strategies={"p": {"s": policy}},
    )
    near(log_odds_steps(found) / 0.1, [0.2, 0.4, 0.2, 0, 0, 0])


@both_engines
def test_a_strategys_backing_is_announced(engine: str) -> None:
    """Another's 1.0 is there; p announces 1.0 more at once: expected support doubles before it comes, no loss."""
    policy = {"engage": {"a": 1}, "back": {"a": {"money": 0}}, "back-over": 6}
    found = played(
        engine,
        forces={"a": {"receptivity": {"shopping": 1}}},
        patrons={"p": {"backing": {"a": {"money": 0.5}}}, "q": {"engagement": {"engage": {}}, "backing": {"a": {"money": 0.5}}}},
        strategies={"p": {"s": policy, "still": {"engage": {"a": 1}}}},
    )  # fmt: skip
    near(effort(found, "a"), [1] * 6)  # p is leaving at once: plain receptivity, not 1.5


@both_engines
def test_decisions_are_played_and_others_follow(engine: str) -> None:
    events = {"e": adds(1, on=DAYS[1], **{"decided-by": "q"}), "f": adds(10, on=DAYS[4], requires=["e"])}
    ways = {"q": {"go": {"decide": {"e": DAYS[3]}}, "stay": {"decide": {"e": "never"}}}}
    data = merged(tiny(calendar={"weeks": 6}, patrons={"q": {}}, events=events), {"strategies": ways})
    profiles = [{"p": "s", "q": "go"}, {"p": "s", "q": "stay"}, {"p": "s"}]
    found = run(data, engine, profiles=profiles)
    near(tape(found, 0), [0, 0, 0, 1, 10, 0])
    near(tape(found, 1), [0] * 6)
    near(tape(found, 2), [0, 1, 0, 0, 10, 0])


# Transfers of control

SPLIT = {
    "regions": {"land": {"weight": 1}, "hills": {"weight": 3}},
    "forces": {
        "a": {"control": {"land": 0.6, "hills": 0.2}},
        "b": {"control": {"land": 0.3, "hills": 0.4}},
        "c": {"control": {"land": 0.1, "hills": 0.4}},
    },
}  # power: a 0.3, b 0.375, c 0.325


def hands(**effect: Any) -> dict[str, Any]:
    regions = {"regions": effect.pop("regions")} if "regions" in effect else {}
    return {"on": DAYS[1], "effects": [{"transfer": effect, **regions}]}


TRANSFERS = [
    ("in every region", hands(**{"from": "a"}, to="b", share=0.5), (0.15, 0.525, 0.325)),
    ("in one", hands(**{"from": "a"}, to="b", share=0.5, regions=["hills"]), (0.225, 0.45, 0.325)),
    ("in several, named", hands(**{"from": "a"}, to="b", share=1, regions=["land", "hills"]), (0, 0.675, 0.325)),
    ("from all others", hands(**{"from": "others"}, to="c", share=0.2), (0.24, 0.3, 0.46)),
    ("nothing", hands(**{"from": "a"}, to="b", share=0), (0.3, 0.375, 0.325)),
]  # fmt: skip


@both_engines
@table(TRANSFERS)
def test_control_goes_over_in_the_week_of_the_effect(engine: str, case) -> None:
    event, power = case
    found = played(engine, **SPLIT, events={"e": event})
    for j, after in zip("abc", power, strict=True):
        start = {"a": 0.3, "b": 0.375, "c": 0.325}[j]
        near(found.path(f"power.{j}")[:, 0], [start] * 2 + [after] * 5)


@both_engines
def test_later_events_and_policies_of_the_week_see_the_power_that_went_over(engine: str) -> None:
    """b has 0.525 from week 1 on: the event that waits for it fires in that week, and effort follows."""
    events = {
        "e": hands(**{"from": "a"}, to="b", share=0.5),
        "late": {"when": {"power": "b", "above": 0.5}, "effects": [{"violence": {"add": 1}}]},
    }
    policy = {"engage": {"a": 1, "b": 1}, "follow-power": 1}
    found = played(engine, **SPLIT, events=events, strategies={"p": {"s": policy}})
    near(found.path("violence")[:3, 0], [1, 1, 2])
    near(effort(found, "b")[:2], [0.375 / 0.675, 0.525 / 0.675])


@both_engines
def test_nothing_goes_to_a_fallen_force_and_a_share_of_nothing_is_nothing(engine: str) -> None:
    forces = merged(merged({}, SPLIT), {"forces": {"b": {"collapse": {"rate": 5}}}})
    events = {
        "e": hands(**{"from": "a"}, to="b", share=0.5),
        "f": hands(**{"from": "b"}, to="c", share=1),
    }
    found = run(tiny(calendar={"weeks": 3}, **forces, events=events), engine, chance=64)
    lane = int(np.argmax(found.row("fallen.b") == 0))
    for j in "abc":
        near(np.diff(found.path(f"power.{j}")[1:, lane]), 0)


@both_engines
def test_one_that_held_nothing_enters(engine: str) -> None:
    """c has no control anywhere until it is given a tenth of everybody's; from then on it grows."""
    forces = {"c": {"control": {"land": 0}, "momentum": 0.1}}
    found = played(engine, forces=forces, events={"e": hands(**{"from": "others"}, to="c", share=0.1)})
    power = found.path("power.c")[:, 0]
    near(power[:2], 0)
    near(np.log(power[2:] / (1 - power[2:])), np.log(0.1 / 0.9) + 0.1 * np.arange(1, 6))
