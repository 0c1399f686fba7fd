"""Conditional and open events, breaches that only the run can tell, and conditions (MODEL §3), on both engines.

Violence serves as the tape on which events write, as in `test_readings_events.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playing import ENGINES, run
from test_readings_events import DAYS, adds, both_engines, near, played, table, tape
from tiny import merged, tiny

from equipoise.world.calendar import NEVER

CALM = {"violence": "level", "above": 0.5}
"""A condition that holds in every week."""
MANY = 4000


def within_error(found: np.ndarray, expected: float) -> None:
    """The share of true values within four standard errors of its probability."""
    assert abs(found.mean() - expected) <= 4 * np.sqrt(expected * (1 - expected) / len(found)) + 1e-12


def often(engine: str, events: dict[str, Any], weeks: int = 6, **more: Any):
    return run(merged(tiny(calendar={"weeks": weeks}, events=events), more), engine, chance=MANY)


# ruff: noqa: E501 - tables of cases, one row a line

# Windows, chances, odds


@both_engines
def test_a_chance_over_a_window_comes_true_with_exactly_that_chance(engine: str) -> None:
    """Conditions hold throughout: p in all, the same chance in each week not yet fired (a geometric law)."""
    event = {"when": CALM, "chance": 0.6, "between": [DAYS[1], DAYS[4]], "effects": []}
    week = often(engine, {"e": event}).row("event.e")
    within_error(week >= 0, 0.6)
    assert set(np.unique(week)) == {-1, 1, 2, 3, 4}
    weekly = 1 - 0.4 ** (1 / 4)
    for n in range(4):
        within_error(week == 1 + n, weekly * (1 - weekly) ** n)


@both_engines
def test_a_window_counts_its_weeks_inside_the_run(engine: str) -> None:
    """It opened three weeks before the start and closes with week 1; without a window it is the whole run."""
    opened = {"when": CALM, "chance": 0.5, "between": ["2029-12-17", DAYS[1]], "effects": []}
    week = often(engine, {"e": opened, "f": {"when": CALM, "chance": 0.5, "effects": []}})
    within_error(week.row("event.e") == 0, 1 - 0.5**0.5)
    within_error(week.row("event.e") == 1, 0.5**0.5 * (1 - 0.5**0.5))
    within_error(week.row("event.f") == 5, 0.5 ** (5 / 6) * (1 - 0.5 ** (1 / 6)))


@both_engines
def test_certain_and_impossible_chances(engine: str) -> None:
    events = {
        "one": {"when": CALM, "chance": 1, "effects": []},
        "nought": {"when": CALM, "chance": 0, "effects": []},
        "by-day": {"when": CALM, "on": DAYS[3], "effects": []},
        "missed": {"when": {"power": "a", "above": 0.9}, "on": DAYS[3], "effects": []},
    }
    found = played(engine, events=events)
    fired = [int(found.row(f"event.{name}")[0]) for name in events]
    assert fired == [0, -1, 3, -1]


@both_engines
def test_odds_count_in_weeks_in_which_the_other_has_happened(engine: str) -> None:
    """Weekly 0.2 is odds 1/4: with a (from week 2) times 2 it is 1/3, with b too (from week 3) times 6, 3/5."""
    events = {
        "a": {"on": DAYS[2]},
        "b": {"when": {"happened": "a", "since": 1}, "effects": []},
        "e": {"when": CALM, "weekly": 0.2, "odds": {"a": 2, "b": 3}, "effects": []},
        "sure": {"when": CALM, "on": DAYS[4], "odds": {"a": 0}, "effects": []},
    }
    found = often(engine, events)
    assert (found.row("event.b") == 3).all() and (found.row("event.sure") == 4).all()
    week = found.row("event.e")
    for n, chance in enumerate((0.2, 0.2, 1 / 3, 3 / 5)):
        within_error(week[(week < 0) | (week >= n)] == n, chance)


# Conditions

TESTED = [
    ("happened in this week", {"happened": "z"}, 2),
    ("so many weeks ago at least", {"happened": "z", "since": 2}, 4),
    ("at most, with a calm that comes late", [{"happened": "z", "within": 1}, {"happened": "y"}], 3),
    ("at most, too late", [{"happened": "z", "within": 1}, {"happened": "x"}], -1),
    ("not happened", [{"not-happened": "z"}], 0),
    ("not happened, but it has", [{"not-happened": "z"}, {"happened": "y"}], -1),
    ("a conditional event earlier in this week", {"happened": "d"}, 2),
    ("one that comes after it by name", {"happened": "q"}, 3),
    ("backing in both channels", {"backing": "a", "above": 0.75}, 2),
    ("backing in one", {"backing": "a", "channel": "money", "above": 0.45}, 2),
    ("in the other", {"backing": "a", "channel": "troops", "above": 0.4}, -1),
    ("by another patron", {"backing": "a", "by": "q", "above": 0.1}, -1),
    ("by this one", {"backing": "a", "by": "p", "channel": "money", "above": 0.45}, 2),
    ("order at the start", {"order": "holds"}, 0),
    ("a settlement is seen in the week after", {"order": "settlement"}, 3),
    ("no takeover", {"order": "takeover"}, -1),
    ("effort of the week before", {"engaged": "p", "with": "a", "above": 0.5}, 1),
    ("no effort in the first week", {"engaged": "p", "with": "a", "below": 0.5}, 0),
    ("none on the other", {"engaged": "p", "with": "b", "above": 0.01}, -1),
]  # fmt: skip


@both_engines
@table(TESTED)
def test_conditions(engine: str, case) -> None:
    """z in week 2 settles, y in 3, x in 4; d with z; p's money for a goes from 0.2 in steps of 0.2 beside 0.3 troops."""
    when, week = case
    events = {
        "z": {"on": DAYS[2], "effects": [{"settlement": True}]},
        "y": {"on": DAYS[3]},
        "x": {"on": DAYS[4]},
        "d": {"when": {"happened": "z"}, "effects": []},
        "e": {"when": when, "effects": []},
        "q": {"when": {"happened": "z"}, "effects": []},
        "aid": {"on": DAYS[0], "effects": [{"backing": {"p": {"a": {"money": 0.8}}}, "over": 3}]},
    }
    patrons = {"p": {"backing": {"a": {"money": 0.2, "troops": 0.3}}}, "q": {}}
    way = {"p": {"s": {"engage": {"a": 1}}}}
    found = played(engine, events=events, patrons=patrons, strategies=way)
    assert found.row("event.e").tolist() == [week]


@both_engines
def test_the_order_of_a_takeover_names_the_force(engine: str) -> None:
    """The incumbent a falls in week 0 and b has all: b takes over, as week 0 ended."""
    events = {
        "any": {"when": {"order": "takeover"}, "effects": []},
        "b": {"when": {"order": "takeover", "of": "b"}, "effects": []},
        "c": {"when": {"order": "takeover", "of": "c"}, "effects": []},
        "chaos": {"when": {"order": "chaos"}, "effects": []},
    }
    forces = {
        "a": {"incumbent": True, "collapse": {"rate": 1e9}},
        "c": {"control": {"land": 0.0}},
    }
    found = played(engine, events=events, forces=forces)
    assert [int(found.row(f"event.{name}")[0]) for name in events] == [1, 1, -1, -1]


@both_engines
def test_backing_of_the_fallen_and_engagement_of_the_week_of_the_fall(engine: str) -> None:
    """a falls in week 0: its backing counts as 0 from week 1, the effort on it of week 0 still shows in week 1."""
    events = {
        "none": {"when": {"backing": "a", "below": 0.1}, "effects": []},
        "spent": {"when": [{"engaged": "p", "with": "a", "above": 0.9}, {"collapsed": "a"}], "effects": []},
        "late": {"when": [{"engaged": "p", "with": "a", "above": 0.9}, {"collapsed": "a"}], "on": DAYS[2], "effects": []},
    }  # fmt: skip
    found = played(
        engine, events=events, forces={"a": {"collapse": {"rate": 1e9}}},
        patrons={"p": {"backing": {"a": {"money": 0.6}}}}, strategies={"p": {"s": {"engage": {"a": 1}}}},
    )  # fmt: skip
    assert [int(found.row(f"event.{name}")[0]) for name in events] == [1, 1, -1]


# What strategies decide


@both_engines
def test_a_strategy_decides_a_conditional_event(engine: str) -> None:
    """Its window, chance and odds do not count; its conditions do."""
    event = {
        "when": {"happened": "a"},
        "chance": 0,
        "on": DAYS[5],
        "odds": {"a": 0},
        "decided-by": "p",
        **adds(1),
    }
    ways = {
        "s": {"decide": {"e": DAYS[3]}},
        "early": {"decide": {"e": DAYS[1]}},
        "never": {"decide": {"e": "never"}},
    }
    found = played(engine, events={"a": {"on": DAYS[2]}, "e": event}, strategies={"p": ways})
    order = [profile.name for profile in found.world.profiles]
    near(tape(found, order.index("s")), [0, 0, 0, 1, 0, 0])
    for name in ("early", "never"):
        near(tape(found, order.index(name)), [0] * 6)
        assert found.row("event.e", order.index(name)).tolist() == [-1]


# Open events and talks

OPEN = [
    ("required and there", {"requires": ["c2"]}, 3),
    ("required in its own week comes after it", {"requires": ["c3"]}, -1),
    ("required and not there", {"requires": ["c9"]}, -1),
    ("excluded and there", {"unless": ["c2"]}, -1),
    ("excluded in its own week comes after it", {"unless": ["c3"]}, 3),
    ("excluded and not there", {"unless": ["c9"]}, 3),
    ("names an open one that happened", {"requires": ["b2"]}, 3),
    ("names an open one that did not", {"requires": ["b1"]}, -1),
    ("names an open one before it in the week", {"requires": ["b3"]}, 3),
    ("names an open one after it in the week", {"requires": ["z3"]}, -1),
    ("excludes an open one after it in the week", {"unless": ["z3"]}, 3),
    ("a dated one too", {"requires": ["c2", "d2"]}, 3),
    ("a dated one that is not", {"requires": ["c2"], "unless": ["d2"]}, -1),
]  # fmt: skip


@both_engines
@table(OPEN)
def test_open_events_are_judged_in_their_week(engine: str, case) -> None:
    """Conditional events fire after the dated of a week, and open events see those of earlier weeks."""
    depends, week = case
    events = {f"c{n}": {"when": {"happened": "d2", "since": n - 2}, "effects": []} for n in (2, 3, 9)}
    events |= {
        "d2": {"on": DAYS[2]}, "e": {"on": DAYS[3], **depends, **adds(1)},
        "b1": {"on": DAYS[1], "requires": ["c2"]}, "b2": {"on": DAYS[2], "unless": ["c2"]},
        "b3": {"on": DAYS[3], "requires": ["c2"]}, "z3": {"on": DAYS[3], "requires": ["c2"]},
    }  # fmt: skip
    found = played(engine, events=events)
    assert found.week_of("e").tolist() == [NEVER if week < 0 else week]
    near(tape(found), [float(t == week) for t in range(6)])


@both_engines
def test_an_open_event_has_the_law_of_the_conditional_one(engine: str) -> None:
    """c comes with 0.3 a week; e, in week 3, requires it: 1 - 0.7³, whatever names e has the same week or later."""
    events = {
        "c": {"when": CALM, "weekly": 0.3, "effects": []},
        "e": {"on": DAYS[3], "requires": ["c"], "probability": 0.8},
        "f": {"on": DAYS[5], "unless": ["e"]},
    }
    found = often(engine, events)
    within_error(found.week_of("e") == 3, 0.8 * (1 - 0.7**3))
    assert np.array_equal(found.week_of("f") == 5, found.week_of("e") == NEVER)


TALK = {
    "veto": ["a"], "clout": {"a": 1}, "effects": [{"violence": {"add": 1}}],
    "issues": {"k": {"positions": {"a": 1}, "salience": {"a": 1}, "reservation": {"a": 9}}},
}  # fmt: skip


@both_engines
@pytest.mark.parametrize("clout", [{"a": 1}, {"a": "power"}], ids=["numbers", "power"])
def test_open_talks_and_what_a_deal_brings(engine: str, clout) -> None:
    """The talk needs c, which comes in week 1; its deal is `happened` in its week, after dated events."""
    events = {
        "c": {"when": CALM, "on": DAYS[1], "effects": []},
        "d": {"on": DAYS[3], "requires": ["talk"], **adds(10)},
        "e": {"on": DAYS[4], "requires": ["talk"], **adds(10)},
        "f": {"when": {"happened": "talk"}, **adds(100)},
    }
    talk = TALK | {"on": DAYS[3], "requires": ["c"], "clout": clout}
    found = played(engine, events=events, talks={"talk": talk})
    near(tape(found), [0, 0, 0, 101, 10, 0])
    assert (found.week_of("talk"), found.week_of("d"), found.week_of("e")) == (3, NEVER, 4)
    found = played(engine, events=events, talks={"talk": talk | {"requires": [], "unless": ["c"]}})
    near(tape(found), [0, 0, 0, 0, 0, 0])
    assert found.week_of("talk").tolist() == [NEVER]


# Breaches that only the run can tell

TERMS = [
    ("kept by a conditional event of an earlier week", {"event": "c1", "by": DAYS[2]}, DAYS[0], -1),
    ("one of the very week is late", {"event": "c2", "by": DAYS[2]}, DAYS[0], 2),
    ("an open one of the very week is in time", {"event": "o2", "by": DAYS[2]}, DAYS[0], -1),
    ("an open one that does not happen", {"event": "o1", "by": DAYS[2]}, DAYS[0], 2),
    ("within weeks of signing", {"event": "c4", "within": 3}, DAYS[0], 3),
    ("signed before the start", {"event": "c4", "within": 3}, "2029-12-31", 2),
    ("deadline before the start", {"event": "c4", "within": 0}, "2029-12-31", -1),
    ("signed by a conditional event", {"event": "d4", "within": 2}, "c1", 3),
    ("signed by one, kept", {"event": "d2", "within": 2}, "c1", -1),
    ("signed by one, kept before it", {"event": "d0", "within": 2}, "c1", -1),
    ("signed by one that never comes", {"event": "d4", "within": 0}, "c9", -1),
    ("signed by one after the deadline", {"event": "d4", "by": DAYS[1]}, "c2", -1),
    ("signed by one in the week of the deadline", {"event": "d4", "by": DAYS[2]}, "c2", -1),
    ("signed by one before the deadline", {"event": "d4", "by": DAYS[3]}, "c2", 3),
    ("within none of it is never judged", {"event": "d4", "within": 0}, "c2", -1),
    ("signed by an open one, in its week", {"event": "d4", "within": 0}, "o2", 2),
    ("signed by an open one that does not happen", {"event": "d4", "within": 0}, "o1", -1),
    ("a deadline beyond the run", {"event": "c9", "within": 9}, "c1", -1),
]  # fmt: skip


@both_engines
@table(TERMS)
def test_breaches_of_what_only_the_run_can_tell(engine: str, case) -> None:
    term, signed, week = case
    events = {f"c{n}": {"when": CALM, "on": DAYS[n], "effects": []} for n in (1, 2, 4)}
    events |= {f"d{n}": {"on": DAYS[n]} for n in (0, 2, 4)}
    events |= {
        "c9": {"when": {"power": "a", "above": 0.9}, "effects": []},
        "o1": {"on": DAYS[1], "requires": ["c1"]}, "o2": {"on": DAYS[2], "requires": ["c1"]},
    }  # fmt: skip
    pact = {"parties": ["a", "b"], "signed": signed, "terms": [{"who": "a", "does": "it", **term}],
            "breach": [{"violence": {"add": 1}}]}  # fmt: skip
    found = played(engine, events=events, agreements={"pact": pact})
    near(tape(found), [float(t == week) for t in range(6)])


# Ways of engaging, one after another


def efforts(found, force: str) -> list[float]:
    """Return the effort on a force in each week, from the standing it gains (gain 0.1 of the room left)."""
    standing = found.path(f"standing.{force}")[:, 0]
    return (np.diff(standing) / (0.1 * (1 - standing[:-1]))).tolist()


@both_engines
def test_a_then_may_hold_another(engine: str) -> None:
    """a alone; from week 1 b alone; from week 3, once e is two weeks old, both by a floor; from week 4 nobody."""
    way = {
        "engage": {"a": 1},
        "then": {"when": "d", "engage": {"b": 1}, "then": {
            "when": [{"happened": "d", "since": 2}], "floor": 1, "then": {"when": "e"}}},
    }  # fmt: skip
    events = {"d": {"on": DAYS[1]}, "e": {"on": DAYS[4]}}
    found = played(engine, events=events, strategies={"p": {"s": way}})
    near(efforts(found, "a"), [1, 0, 0, 0.5, 0, 0])
    near(efforts(found, "b"), [0, 1, 1, 0.5, 0, 0])


@both_engines
def test_a_then_that_holds_already_switches_at_once(engine: str) -> None:
    """All three wait for what has happened by week 2; a later one that does not hold holds up those behind it."""
    innermost = {"when": "d", "engage": {"a": 1, "b": 1}}
    for middle, second in (("d", [0.5] * 4), ("never", [1.0] * 4)):
        way = {
            "then": {
                "when": "e",
                "engage": {"b": 1},
                "then": {"when": middle, "engage": {"a": 1}, "then": innermost},
            }
        }
        events = {"d": {"on": DAYS[1]}, "e": {"on": DAYS[2]}, "never": {"probability": 0}}
        found = played(engine, events=events, strategies={"p": {"s": way}})
        near(efforts(found, "b"), [0, 0, *second])


@both_engines
def test_every_way_of_engaging_has_its_own_terms_and_decisions(engine: str) -> None:
    """After the switch effort follows standing squared, with a floor; the backing decided then moves in that week.

    Without noise a's momentum from backing is 0.4 a unit: 0.5 in one week, from week 2 on, to 0.1 in two, from week 4.
    """
    way = {
        "engage": {"a": 1, "b": 1},
        "then": {"when": "d", "engage": {"a": 1, "b": 1}, "follow-standing": 2, "floor": 0.2,
                 "back": {"a": {"money": 0.5}}, "back-over": 1,
                 "then": {"when": "e", "engage": {"a": 1, "b": 1}, "back": {"a": {"money": 0.1}}, "back-over": 2}},
    }  # fmt: skip
    events = {"d": {"on": DAYS[2]}, "e": {"on": DAYS[4]}}
    found = played(
        engine, events=events, strategies={"p": {"s": way}}, forces={"a": {"backing-effect": {"money": 0.4}}}
    )
    odds = np.diff(np.log(found.path("power.a")[:, 0] / found.path("power.b")[:, 0]))
    near(odds, [0, 0, 0.2, 0.2, 0.12, 0.04])
    a, b = (found.path(f"standing.{j}")[2, 0] for j in "ab")
    near(efforts(found, "a")[2], 0.1 + 0.8 * a**2 / (a**2 + b**2))
    near([efforts(found, "a")[k] for k in (0, 1, 4, 5)], [0.5] * 4)


@both_engines
def test_strategies_wait_for_open_events_and_conditions_of_the_run(engine: str) -> None:
    events = {"c": {"when": CALM, "on": DAYS[1], "effects": []}, "no": {"on": DAYS[2], "unless": ["c"]},
              "yes": {"on": DAYS[3], "requires": ["c"]}}  # fmt: skip
    for when, expected in (
        ("no", [0] * 6), ("yes", [0, 0, 0, 1, 1, 1]), ("c", [0, 1, 1, 1, 1, 1]),
        ([{"happened": "c", "since": 1}, {"not-happened": "no"}], [0, 0, 1, 1, 1, 1]),
        ({"engaged": "p", "with": "b", "above": 0.9}, [0] * 6),
    ):  # fmt: skip
        way = {"then": {"when": when, "engage": {"a": 1}}}
        near(efforts(played(engine, events=events, strategies={"p": {"s": way}}), "a"), expected)


def test_profiles_that_decide_otherwise_have_their_own_open_events() -> None:
    """Under `never` c does not come, so e does; weeks are kept strategy by strategy."""
    events = {
        "c": {"when": CALM, "on": DAYS[1], "decided-by": "p", "effects": []},
        "e": {"on": DAYS[3], "unless": ["c"]},
    }
    ways = {"s": {}, "stop": {"decide": {"c": "never"}}}
    for engine in ENGINES:
        found = played(engine, events=events, strategies={"p": ways})
        order = [profile.name for profile in found.world.profiles]
        assert found.week_of("e", order.index("s")).tolist() == [NEVER]
        assert found.week_of("e", order.index("stop")).tolist() == [3]
