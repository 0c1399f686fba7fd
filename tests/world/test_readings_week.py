"""The exact readings of the weekly steps (MODEL §2), one small hand-worked scenario each, on both engines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from playing import ENGINES, run
from tiny import effort, log_odds_steps, merged, tiny

from equipoise.world.reference.chance import weekly_uniforms

both_engines = pytest.mark.parametrize("engine", ENGINES)
FUTURES = 4096


def table(cases: list[tuple]):
    """Return a parametrisation over (what it says, ...) rows."""
    return pytest.mark.parametrize("case", [case[1:] for case in cases], ids=[case[0] for case in cases])


def near(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


def held(a: float, b: float) -> dict[str, Any]:
    return {"a": {"control": {"land": a}}, "b": {"control": {"land": b}}}


# Step 2: what share of its effort the focus patron spends on a and b in week 0

POLICIES = [
    ("relative weights", {"engage": {"a": 1, "b": 3}}, {}, (0.25, 0.75)),
    ("not named is 0", {"engage": {"b": 0.2}}, {}, (0, 1)),
    ("nobody named, nobody engaged", {"engage": {}}, {}, (0, 0)),
    ("follow power", {"engage": {"a": 1, "b": 1}, "follow-power": 2}, {"forces": held(3, 1)}, (0.9, 0.1)),
    ("follow standing", {"engage": {"a": 1, "b": 1}, "follow-standing": 1}, {}, (1 / 3, 2 / 3)),
    ("away from power", {"engage": {"a": 1, "b": 1}, "follow-power": -1}, {"forces": held(3, 1)}, (0.25, 0.75)),
    ("0^0 = 1", {"engage": {"a": 1, "b": 1}, "follow-power": 0}, {"forces": held(1, 0)}, (0.5, 0.5)),
    ("0^2 = 0", {"engage": {"a": 1, "b": 1}, "follow-power": 2}, {"forces": held(1, 0)}, (1, 0)),
    ("0^-1 counts as 1e-6", {"engage": {"a": 1, "b": 1e-6}, "follow-power": -1}, {"forces": held(1, 0)}, (0.5, 0.5)),
    (
        "large exponents stay in range",
        {"engage": {"a": 1, "b": 3}, "follow-power": -4, "follow-standing": -4},
        {"forces": held(1, 0), "patrons": {"p": {"standing": {"b": 0}}}},
        (0, 1),
    ),
    (
        "and compare what is tiny",
        {"engage": {"a": 1, "b": 1}, "follow-standing": 12},
        {"patrons": {"p": {"standing": {"a": 1e-4, "b": 5e-5}}}},
        (4096 / 4097, 1 / 4097),
    ),
    ("floor", {"engage": {"a": 1}, "floor": 0.4}, {}, (0.8, 0.2)),
    ("floor alone where Σu = 0", {"engage": {}, "floor": 0.4}, {}, (0.2, 0.2)),
    ("floor 1", {"engage": {"a": 1}, "floor": 1}, {}, (0.5, 0.5)),
    ("budget", {"engage": {"a": 1, "b": 1}}, {"patrons": {"p": {"engagement": {"budget": 0.5}}}}, (0.25, 0.25)),
]  # fmt: skip


@both_engines
@table(POLICIES)
def test_policy(engine: str, case) -> None:
    policy, changes, expected = case
    data = merged(tiny(strategies={"p": {"s": policy}}), changes)
    found = run(data, engine)
    near([effort(found, j)[0] for j in ("a", "b")], expected)


DEFAULTS = [
    ("starting standings if there is no key", {}, (1 / 3, 2 / 3)),
    ("the key", {"engagement": {"engage": {"a": 1}}}, (1, 0)),
    ("an empty key is none", {"engagement": {"engage": {}}}, (0, 0)),
]


@both_engines
@table(DEFAULTS)
def test_a_patron_without_a_strategy(engine: str, case) -> None:
    """q's effort is seen in how it strengthens each of two forces against a third."""
    patron, expected = case
    forces = {j: {"control": {"land": 1}, "legitimacy": 0.1} for j in ("a", "b")} | {
        "c": {"control": {"land": 1}}
    }
    patrons = {"q": merged({"standing": {"a": 0.3, "b": 0.6}}, patron)}
    found = run(tiny(forces=forces, patrons=patrons), engine)
    near([log_odds_steps(found, j, "c")[0] for j in ("a", "b")], 0.1 * np.array(expected))


@both_engines
def test_a_default_is_a_strategy_followed_whole(engine: str) -> None:
    """q engages a, then b from week 2 on, and puts off what is its to decide, unless it is told to wait."""
    events = {"e": {"on": "2030-01-07", "decided-by": "q"}, "f": {"on": "2030-01-21"}}
    forces = {j: {"legitimacy": 0.1} for j in ("a", "b")}
    ways = {"go": {"engage": {"a": 1}, "then": {"when": "f", "engage": {"b": 1}}, "decide": {"e": "2030-01-28"}},
            "wait": {"engage": {}}}  # fmt: skip
    data = tiny(forces=forces, events=events, strategies={"q": ways}, patrons={"q": {"default": "go"}})
    found = run(data, engine, profiles=[{"p": "s"}, {"p": "s", "q": "wait"}])
    near(log_odds_steps(found), [0.1, 0.1, -0.1, -0.1])
    assert found.week_of("e", 0)[0] == 3 and found.week_of("e", 1)[0] == 0
    near(np.diff(found.path("power.a", 1)[:, 0]), 0)


@both_engines
def test_the_focus_too_has_a_default(engine: str) -> None:
    data = tiny(patrons={"p": {"default": "s"}}, strategies={"p": {"s": {"engage": {"b": 1}}}})
    near(effort(run(data, engine, profiles=[{}]), "b"), [1] * 4)


@both_engines
def test_floor_is_shared_by_those_in_the_field(engine: str) -> None:
    """Three forces; where c fell in week 0, a and b have half the floor each in week 1."""
    forces = {"c": {"control": {"land": 0.5}, "collapse": {"rate": 1}}}
    data = tiny(forces=forces, strategies={"p": {"s": {"engage": {"c": 1}, "floor": 0.6}}})
    found = run(data, engine, chance=256)
    lane = int(np.argmax(found.row("fallen.c") == 0))
    standing = found.path("standing.a")[:, lane]
    near(np.diff(standing)[:2] / (0.1 * (1 - standing[:2])), (0.2, 0.3))


# Step 3: backing, seen as what troops add to a's fitness; what is expected, as how a goes shopping

BACKED = {
    "forces": {"a": {"backing-effect": {"troops": 0.1, "money": 0.01}}},
    "patrons": {"q": {"engagement": {"engage": {}}, "backing": {"a": {"troops": 0.8}}}},
    "calendar": {"weeks": 6},
}


def moved(target: float, on: str = "2030-01-07", channel: str = "troops", **more: Any) -> dict[str, Any]:
    return {"on": on, "effects": [{"backing": {"q": {"a": {channel: target}}}, **more}]}


LATER = "2030-01-21"  # week 2
PATHS = [
    ("at once by default, in the week of the effect", {"e": moved(0.2)}, [0.2] * 6),
    ("equal steps, the first in the week of the effect", {"e": moved(0, over=4)}, [0.6, 0.4, 0.2, 0, 0, 0]),
    ("from a later week", {"e": moved(0, LATER, over=2)}, [0.8, 0.8, 0.4, 0, 0, 0]),
    (
        "a later decision replaces what is left",
        {"e": moved(0, over=4), "f": moved(1, LATER, over=2)},
        [0.6, 0.4, 0.7, 1, 1, 1],
    ),
    ("another channel goes its own way", {"e": moved(0, over=4), "f": moved(1, LATER, "money")},
     [0.6, 0.4, 0.3, 0.1, 0.1, 0.1]),
    ("in one week the later name wins", {"e": moved(0), "f": moved(0.5)}, [0.5] * 6),
]  # fmt: skip


@both_engines
@table(PATHS)
def test_backing_moves(engine: str, case) -> None:
    events, expected = case
    steps = log_odds_steps(run(merged(tiny(**BACKED), {"events": events}), engine))
    near(steps, 0.1 * (np.array(expected) - 0.8))  # what differs from the 0.8 of the start


@both_engines
def test_a_strategy_backs_from_week_0_after_the_events_of_the_week(engine: str) -> None:
    """p decides 0.6 over 3 weeks; an event of week 0 that set 0.9 at once is replaced before it moved."""
    events = {"e": {"on": "2030-01-07", "effects": [{"backing": {"p": {"a": {"troops": 0.9}}}}]}}
    ways = {"p": {"s": {"back": {"a": {"troops": 0.6}}, "back-over": 3}}}
    data = merged(tiny(**BACKED), {"events": events, "strategies": ways})
    near(log_odds_steps(run(data, engine)) / 0.1, [0.2, 0.4, 0.6, 0.6, 0.6, 0.6])


SHOPPING = merged(
    merged({}, BACKED),
    {
        "forces": {"a": {"receptivity": {"base": 0.5, "shopping": 2}}},
        "strategies": {"p": {"s": {"engage": {"a": 1}}}},
    },
)


def announced(expected: float, on: str = LATER) -> dict[str, Any]:
    return {"on": on, "effects": [{"expect": {"q": {"a": {"troops": expected}}}}]}


EXPECTED = [
    ("follows what was not announced", {"e": moved(0, over=4)}, [0.6, 0.4, 0.2, 0, 0, 0]),
    ("an announced target at once", {"e": moved(0.4, over=4, announced=True)}, [0.4] * 6),
    ("expect alone", {"e": announced(0.1)}, [0.8, 0.8, 0.1, 0.1, 0.1, 0.1]),
    (
        "expect ends the following",
        {"e": moved(0, over=4), "f": announced(0.4)},
        [0.6, 0.4, 0.4, 0.4, 0.4, 0.4],
    ),
    (
        "a later silent decision is followed again",
        {"e": announced(0.1, "2030-01-07"), "f": moved(0.4, LATER, over=2)},
        [0.1, 0.1, 0.6, 0.4, 0.4, 0.4],
    ),
    ("more than at the start is no loss", {"e": announced(1)}, [0.8] * 6),
]


@both_engines
@table(EXPECTED)
def test_expectation_and_shopping(engine: str, case) -> None:
    """ρ = 0.5 (1 + 2 loss) for p, which backs nobody and so is not leaving."""
    events, expected = case
    found = run(merged(tiny(**SHOPPING), {"events": events}), engine)
    near(effort(found, "a"), 0.5 * (1 + 2 * (1 - np.array(expected) / 0.8)))


@both_engines
def test_no_shopping_with_one_that_leaves(engine: str) -> None:
    """p and q both back a; p's own support falls short from week 2, and its ρ is the plain one."""
    backed = {"patrons": {"p": {"backing": {"a": {"money": 0.4}}}}}
    events = {
        "e": announced(0.4, "2030-01-07"),
        "f": {"on": LATER, "effects": [{"expect": {"p": {"a": {"money": 0.3}}}}]},
    }
    found = run(merged(tiny(**SHOPPING), merged(backed, {"events": events})), engine)
    near(effort(found, "a"), [0.5 * (1 + 2 * (1 - 0.8 / 1.2))] * 2 + [0.5] * 4)


@both_engines
def test_no_loss_where_there_was_no_backing(engine: str) -> None:
    data = merged(
        tiny(**SHOPPING), {"patrons": {"q": {"backing": {"a": {"troops": 0}}}}, "events": {"e": announced(0)}}
    )
    near(effort(run(data, engine), "a"), [0.5] * 6)


# Step 4: what a's fitness has over b's in week 0

FIT = [
    ("momentum and home", {"forces": {"a": {"momentum": 0.1, "home": {"land": 0.02}}}}, 0.12),
    ("the power of the start is in momentum", {"forces": {"a": {"bandwagon": 0.2}}}, 0),
    ("so is its backing", {
        "forces": {"a": {"backing-effect": {"troops": 0.1, "money": 0.3}}},
        "patrons": {"p": {"backing": {"a": {"troops": 0.5}}}, "q": {"backing": {"a": {"troops": 1, "money": 0.1}}}},
    }, 0),
    ("what two patrons add adds up", {
        "forces": {"a": {"backing-effect": {"troops": 0.1, "money": 0.3}}},
        "patrons": {"p": {"backing": {"a": {"troops": 0.5}}}, "q": {"backing": {"a": {"money": 0.4}}}},
        "events": {"e": {"on": "2030-01-07", "effects": [
            {"backing": {"p": {"a": {"troops": 0.7}}, "q": {"a": {"troops": 1, "money": 0.1}}}}]}},
    }, 0.1 * (0.2 + 1) - 0.3 * 0.3),
    ("legitimacy", {"forces": {"b": {"legitimacy": 0.3}}, "strategies": {"p": {"s": {"engage": {"b": 1}}}}}, -0.3),
    ("undermining the incumbent", {
        "forces": {"a": {"incumbent": True, "undermine": 9}, "b": {"undermine": 0.2}},
        "strategies": {"p": {"s": {"engage": {"a": 3, "b": 1}}}},
    }, -0.05),
    ("nobody to undermine without an incumbent", {
        "forces": {"b": {"undermine": 0.2}}, "strategies": {"p": {"s": {"engage": {"b": 1}}}},
    }, 0),
    ("rivals lose by each other's control: V ψ Σ a C", {
        "forces": held(0.75, 0.25), "ties": [{"between": ["a", "b"], "sign": -0.4}],
        "dynamics": {"hostility": 0.1, "violence": {"start": 2}},
    }, 2 * 0.1 * -0.4 * (0.25 - 0.75)),
    ("violence of the week's events counts", {
        "forces": held(0.75, 0.25), "ties": [{"between": ["a", "b"], "sign": -0.4}], "dynamics": {"hostility": 0.1},
        "events": {"e": {"on": "2030-01-07", "effects": [{"violence": {"set": 3}}]}},
    }, 3 * 0.1 * -0.4 * (0.25 - 0.75)),
]  # fmt: skip


@both_engines
@table(FIT)
def test_fitness(engine: str, case) -> None:
    changes, expected = case
    near(log_odds_steps(run(merged(tiny(), changes), engine))[0], expected)


# Seasons: the first days of the four weeks are 7, 14, 21 and 28 January

SEASONS = [
    ("both ends included", {"s": {"between": ["01-14", "01-21"], "push": {"a": 0.1}}}, [0, 0.1, 0.1, 0]),
    ("the first day of the week counts", {"s": {"between": ["01-15", "01-27"], "push": {"a": 0.1}}}, [0, 0, 0.1, 0]),
    ("over the new year", {"s": {"between": ["12-20", "01-14"], "push": {"a": 0.1}}}, [0.1, 0.1, 0, 0]),
    ("several add", {"s": {"between": ["01-14", "03-01"], "push": {"a": 0.1}},
                     "t": {"between": ["01-01", "01-21"], "push": {"a": 0.3, "b": 0.1}}}, [0.2, 0.3, 0.3, 0.1]),
    ("elsewhere", {"s": {"between": ["01-01", "12-31"], "push": {"a": 0.1}, "regions": ["hills"]}}, [0] * 4),
]  # fmt: skip


@both_engines
@table(SEASONS)
def test_seasons(engine: str, case) -> None:
    """The hills have no weight, so that what happens there does not show."""
    seasons, expected = case
    held = {"control": {"land": 0.5, "hills": 1}}
    regions = {"land": {"weight": 1}, "hills": {"weight": 0}}
    data = tiny(regions=regions, forces={"a": held, "b": held}, dynamics={"seasons": seasons})
    near(log_odds_steps(run(data, engine)), expected)


@both_engines
def test_a_season_changes_what_violence_returns_to(engine: str) -> None:
    """To 3 · 2 times its mean of 1 in week 1, to 2 in week 2, to 1 after."""
    seasons = {
        "s": {"between": ["01-14", "01-20"], "violence": 3},
        "t": {"between": ["01-14", "01-27"], "violence": 2},
    }
    found = run(tiny(dynamics={"violence": {"revert": 0.5}, "seasons": seasons}), engine)
    near(found.path("violence")[:, 0], [1, 1, 3.5, 2.75, 1.875])


@both_engines
def test_a_year_has_the_season_once_in_every_year(engine: str) -> None:
    """Weeks of 2030 and 2031 that begin from 1 to 7 June, one each: those of 3 June 2030 and 2 June 2031."""
    season = {"s": {"between": ["06-01", "06-07"], "push": {"a": 0.1}}}
    steps = log_odds_steps(run(tiny(calendar={"weeks": 80}, dynamics={"seasons": season}), engine))
    assert list(np.flatnonzero(np.abs(steps) > 0.05)) == [21, 73]


# Step 5: who falls in week 0 is decided by a known uniform against a known chance

MORE_BACKING = {
    "e": {"on": "2030-01-07", "effects": [{"backing": {"p": {"a": {"troops": 1, "money": 0.5}}}}]}
}
HAZARDS = [
    ("rate", {}, {"rate": 0.2}, 0.2),
    ("no block, no fall", {}, None, 0.0),
    ("rate 0", {}, {"rate": 0, "panic": 9}, 0.0),
    ("weakness", {}, {"rate": 0.2, "threshold": 0.25, "steepness": 2}, 0.2 * 0.25),
    ("steepness 0", {}, {"rate": 0.2, "threshold": 0, "steepness": 0}, 0.2),
    ("capped at 5", {}, {"rate": 400}, 5.0),
    ("power below 1e-6 counts as 1e-6", {"forces": held(0, 1)}, {"rate": 1e-3, "threshold": 3e-4, "steepness": 1}, 0.3),
    ("the threshold is the power of the start", {"forces": {"b": {"momentum": math.log(3)}}},
     {"rate": 0.2, "steepness": 2}, 0.2 * 4),
    ("in words", {"forces": {"b": {"momentum": math.log(3)}}},
     {"rate": 0.2, "threshold": "start", "steepness": 2}, 0.2 * 4),
    ("a yearly chance", {}, {"yearly": 1 - math.exp(-52 * 0.3)}, 0.3),
    ("certain within a year", {}, {"yearly": 1}, 5.0),
    ("the shield of the start is in the rate", {"patrons": {"p": {"backing": {"a": {"troops": 1, "money": 0.5}}}}},
     {"rate": 0.5, "shield": {"troops": 1, "money": 2}}, 0.5),
    ("shield", {"patrons": {"p": {"backing": {"a": {"money": 0.1}}}}, "events": MORE_BACKING},
     {"rate": 0.5, "shield": {"troops": 1, "money": 2}}, 0.5 * np.exp(-1 - 2 * 0.4)),
    ("one shield for both channels", {"patrons": {"p": {"backing": {"a": {"money": 0.1}}}}, "events": MORE_BACKING},
     {"rate": 0.5, "shield": 1}, 0.5 * np.exp(-1.4)),
    ("a shield that is taken away", {"patrons": {"p": {"backing": {"a": {"troops": 0.8}}}}, "events": {
        "e": {"on": "2030-01-07", "effects": [{"backing": {"p": {"a": {"troops": 0}}}}]}}},
     {"rate": 0.1, "shield": 2}, 0.1 * np.exp(1.6)),
    ("panic over support known to be leaving", {
        "patrons": {"p": {"backing": {"a": {"troops": 1}}}},
        "events": {"e": {"on": "2030-01-07", "effects": [{"expect": {"p": {"a": {"troops": 0.3}}}}]}},
    }, {"rate": 0.1, "panic": 2}, 0.1 * np.exp(1.4)),
    ("more expected than there is is no gap", {
        "patrons": {"p": {"backing": {"a": {"troops": 0.2}}}},
        "events": {"e": {"on": "2030-01-07", "effects": [{"expect": {"p": {"a": {"troops": 0.9}}}}]}},
    }, {"rate": 0.1, "panic": 2}, 0.1),
    ("slide from P(0) before the start", {"forces": {"b": {"momentum": math.log(3)}}},
     {"rate": 0.1, "slide": 4}, 0.1 * np.exp(4 * 0.25)),
    ("a rise is no slide", {"forces": {"a": {"momentum": 1.0}}}, {"rate": 0.1, "slide": 4}, 0.1),
    ("hazard factors multiply", {"events": {"e": {"on": "2030-01-07", "effects": [
        {"hazard": {"a": 3}}, {"hazard": {"a": 0.5}}]}}}, {"rate": 0.2}, 0.3),
    ("hazard factor 0", {"events": {"e": {"on": "2030-01-07", "effects": [{"hazard": {"a": 0}}]}}}, {"rate": 5}, 0.0),
]  # fmt: skip


@both_engines
@table(HAZARDS)
def test_hazard(engine: str, case) -> None:
    changes, collapse, expected = case
    data = merged(tiny(), changes)
    if collapse is not None:
        data["forces"]["a"]["collapse"] = collapse
    found = run(data, engine, chance=FUTURES, seed=11)
    u = weekly_uniforms(11, ("fall", "a"), np.zeros(FUTURES, int), np.arange(FUTURES), 1)[:, 0]
    q = 1 - np.exp(-expected)
    clear = np.abs(u - q) > 1e-5
    assert np.array_equal((found.row("fallen.a") == 0)[clear], (u < q)[clear])


@both_engines
def test_slide_looks_four_weeks_back(engine: str) -> None:
    """b's one push in week 0 takes a from 1/2 to 1/4; in week 4 P(0) is still in sight, in week 5 it is not."""
    forces = {"a": {"collapse": {"rate": 0.001, "slide": 40}}}
    events = {"e": {"on": "2030-01-07", "effects": [{"push": {"b": math.log(3)}}]}}
    found = run(tiny(calendar={"weeks": 7}, forces=forces, events=events), engine, chance=FUTURES)
    u = weekly_uniforms(11, ("fall", "a"), np.zeros(FUTURES, int), np.arange(FUTURES), 7)
    chances = 1 - np.exp(-0.001 * np.exp(40 * np.array([0.25, 0.25, 0.25, 0.25, 0.25, 0, 0])).clip(max=5000))
    falls = u < chances
    first = np.where(falls.any(axis=1), falls.argmax(axis=1), -1)
    assert np.array_equal(found.row("fallen.a"), first)


HEIRS = [
    ("in proportion to what they hold", 0, [], {"b": 0.2, "c": 0.6}),
    ("friends inherit more", 2, [("a", "b", 0.5), ("a", "c", -0.5)], {"b": 2.25, "c": 0.75}),
    ("enemies nothing", 1, [("a", "b", -1)], {"b": 0, "c": 0.6}),
    ("unless there are only enemies", 1, [("a", "b", -1), ("a", "c", -1)], {"b": 0.2, "c": 0.6}),
    ("0^0 = 1", 0, [("a", "b", -1), ("a", "c", -1)], {"b": 0.2, "c": 0.6}),
]


@both_engines
@table(HEIRS)
def test_what_a_fallen_force_held(engine: str, case) -> None:
    """a held 0.2, b 0.2, c 0.6; `claims` are C (1 + a)^inherit by hand (b: 0.2·2.25, c: 0.6·0.25 …)."""
    inherit, ties, claims = case
    if inherit == 2:
        claims = {"b": 0.2 * 1.5**2, "c": 0.6 * 0.5**2}
    forces = {
        "a": {"control": {"land": 0.2}, "collapse": {"rate": 5}},
        "b": {"control": {"land": 0.2}},
        "c": {"control": {"land": 0.6}},
    }
    named = [{"between": [x, y], "sign": sign} for x, y, sign in ties]
    found = run(tiny(forces=forces, ties=named, dynamics={"inherit": inherit}), engine, chance=64)
    lane = int(np.argmax(found.row("fallen.a") == 0))
    whole = sum(claims.values())
    for j, start in (("b", 0.2), ("c", 0.6)):
        near(found.path(f"power.{j}")[1, lane], start + 0.2 * claims[j] / whole)
    assert found.path("standing.a")[1, lane] == 0 and found.path("alive.a")[1, lane] == 0


@both_engines
def test_several_fall_at_once_and_a_region_without_anybody_goes_ungoverned(engine: str) -> None:
    """land: a and b; hills: a alone; c holds nothing in either but a third of the plain."""
    regions = {"land": {"weight": 0.5}, "hills": {"weight": 0.2}, "plain": {"weight": 0.3}}
    forces = {
        "a": {"control": {"land": 0.5, "hills": 1, "plain": 1}, "collapse": {"rate": 5}},
        "b": {"control": {"land": 0.5, "plain": 1}, "collapse": {"rate": 5}},
        "c": {"control": {"plain": 1}, "momentum": 1},
    }
    found = run(tiny(regions=regions, forces=forces), engine, chance=64)
    lane = int(np.argmax((found.row("fallen.a") == 0) & (found.row("fallen.b") == 0)))
    power = {j: found.path(f"power.{j}")[1:, lane] for j in "abc"}
    near(power["c"], [0.3] * 4)
    near(power["a"] + power["b"], [0] * 4)


@both_engines
def test_each_fall_is_judged_before_any(engine: str) -> None:
    """b's chance is that of its power before a's fall (1/2), also where a falls in the same week."""
    collapse = {"rate": 0.5, "threshold": 0.5, "steepness": 6}
    data = tiny(forces={"a": {"collapse": {"rate": 5}}, "b": {"collapse": collapse}})
    found = run(data, engine, chance=FUTURES)
    u = weekly_uniforms(11, ("fall", "b"), np.zeros(FUTURES, int), np.arange(FUTURES), 1)[:, 0]
    assert np.array_equal(found.row("fallen.b") == 0, u < 1 - np.exp(-0.5))


# Steps 7 and 8: standing with b (at 0.4) and violence after week 0

TIED = [{"between": ["a", "b"], "sign": -0.5}]
HEDGE = {"p": {"s": {"engage": {"a": 1, "b": 1}}}}
STANDINGS = [
    ("gain", {"strategies": {"p": {"s": {"engage": {"b": 1}}}}}, 0.4 + 0.1 * 0.6),
    ("fade", {"dynamics": {"fade": 0.1}}, 0.36),
    ("warmth of a friend's friend", {"ties": [{"between": ["a", "b"], "sign": 0.5}], "dynamics": {"warmth": 0.2},
     "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.4 + 0.2 * 0.5 * 0.6),
    ("alienation", {"ties": TIED, "forces": {"b": {"resentment": {"alienation": 0.1}}},
     "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.4 - 0.1 * 0.5),
    ("duplicity needs both", {"ties": TIED, "forces": {"b": {"resentment": {"duplicity": 0.1}}},
     "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.4),
    ("duplicity", {"ties": TIED, "forces": {"b": {"resentment": {"duplicity": 0.4}}}, "strategies": HEDGE},
     0.4 + 0.05 * 0.6 - 0.4 * 0.5 * 0.25),
    ("resented more than others", {"ties": TIED, "forces": {"b": {"resentment": {"duplicity": 0.4}}},
     "patrons": {"p": {"resented": {"b": 2.5}}}, "strategies": HEDGE}, 0.4 + 0.05 * 0.6 - 2.5 * 0.4 * 0.5 * 0.25),
    ("alienation too", {"ties": TIED, "forces": {"b": {"resentment": {"alienation": 0.1}}},
     "patrons": {"p": {"resented": 0.5}}, "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.4 - 0.5 * 0.1 * 0.5),
    ("and parity", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "patrons": {"p": {"resented": {"b": 2}}}, "strategies": HEDGE}, 0.43 - 2 * 0.1),
    ("by that force alone", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "patrons": {"p": {"resented": {"a": 7}}}, "strategies": HEDGE}, 0.43 - 0.1),
    ("and that patron alone", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "patrons": {"q": {"resented": 7}}, "strategies": HEDGE}, 0.43 - 0.1),
    ("parity when treated as equals", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "strategies": HEDGE}, 0.43 - 0.1),
    ("parity not when ahead", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "strategies": {"p": {"s": {"engage": {"a": 0.49999, "b": 0.50001}}}}}, 0.4 + 0.1 * 0.50001 * 0.6),
    ("parity not when not engaged", {"ties": TIED, "forces": {"b": {"resentment": {"parity": 0.1}}},
     "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.4),
    ("parity needs a rival", {"forces": {"b": {"resentment": {"parity": 0.1}}}, "strategies": HEDGE}, 0.43),
    ("clipped at 0", {"ties": TIED, "forces": {"b": {"resentment": {"alienation": 3}}},
     "strategies": {"p": {"s": {"engage": {"a": 1}}}}}, 0.0),
    ("clipped at 1", {"patrons": {"p": {"engagement": {"gain": 5}}}, "strategies": HEDGE}, 1.0),
]  # fmt: skip


@both_engines
@table(STANDINGS)
def test_standing(engine: str, case) -> None:
    changes, expected = case
    near(run(merged(tiny(), changes), engine).path("standing.b")[1, 0], expected)


@both_engines
def test_engaging_a_force_that_falls_still_alienates_and_costs(engine: str) -> None:
    forces = {"a": {"collapse": {"rate": 5}}, "b": {"resentment": {"alienation": 0.1}}}
    ways = {"p": {"s": {"engage": {"a": 1}}}}
    patrons = {"p": {"values": {"cost": 0.3}}}
    data = tiny(calendar={"weeks": 1}, forces=forces, ties=TIED, strategies=ways, patrons=patrons)
    found = run(data, engine, chance=64)
    lane = int(np.argmax(found.row("fallen.a") == 0))
    near(found.path("standing.b")[1, lane], 0.4 - 0.05)
    near(found.row("terms.cost")[lane], -0.3)


@both_engines
def test_backing_of_a_fallen_force_ends_the_week_after(engine: str) -> None:
    """Final u of each horizon: the week of the fall still costs, the next does not; later decisions do nothing."""
    for weeks, cost in ((1, -0.4), (2, 0.0), (3, 0.0)):
        data = tiny(
            calendar={"weeks": weeks},
            forces={"a": {"collapse": {"rate": 5}}},
            patrons={"p": {"backing": {"a": {"troops": 0.8}},
                           "values": {"backing-cost": {"troops": 0.5}, "terminal": 1}}},
            events={"e": {"on": "2030-01-14", "effects": [{"backing": {"p": {"a": {"troops": 1}}}}]}}
            if weeks > 1 else {},
        )  # fmt: skip
        found = run(data, engine, chance=64)
        near(found.row("terms.backing-cost")[found.row("fallen.a") == 0], cost)


VIOLENCE = [
    ("reverts to its mean", {"start": 2, "mean": 1, "revert": 0.25}, {}, [2, 1.75, 1.5625]),
    ("contest raises the mean", {"revert": 0.5, "contest": 1}, {}, [1, 1.25, 1.375]),
    ("never below 0", {}, {"e": {"on": "2030-01-07", "effects": [{"violence": {"add": -5}}]}}, [1, 0, 0]),
    ("add moves the level alone", {"revert": 0.5}, {"e": {"on": "2030-01-07", "effects": [{"violence": {"add": 1}}]}},
     [1, 1.5, 1.25]),
    ("set moves level and mean", {"revert": 0.5}, {"e": {"on": "2030-01-14", "effects": [{"violence": {"set": 3}}]}},
     [1, 1, 3]),
]  # fmt: skip


@both_engines
@table(VIOLENCE)
def test_violence(engine: str, case) -> None:
    dynamics, events, expected = case
    data = merged(tiny(events=events), {"dynamics": {"violence": dynamics}})
    near(run(data, engine).path("violence")[:3, 0], expected)


@both_engines
def test_violence_counts_the_fallen(engine: str) -> None:
    forces = {j: {"collapse": {"rate": 5}} for j in "ab"}
    data = tiny(forces=forces, dynamics={"violence": {"after-fall": 0.4}})
    found = run(data, engine, chance=64)
    both = (found.row("fallen.a") == 0) & (found.row("fallen.b") == 0)
    near(found.path("violence")[1, both], 1.8)
