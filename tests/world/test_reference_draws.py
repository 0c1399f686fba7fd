"""Random words against the published ones; what is drawn before the run against hand-worked chances."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from playing import run
from scipy import stats
from tiny import START, tiny

from equipoise.draws.keys import key_of
from equipoise.scenario import load
from equipoise.world.calendar import NEVER, Uniforms, draw_calendar
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from equipoise.world.reference.chance import event_uniforms, philox, uniform, weekly_uniforms

FUTURES = 20_000

KNOWN_WORDS = [
    (("00000000",) * 4, ("00000000",) * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    (("ffffffff",) * 4, ("ffffffff",) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        ("243f6a88", "85a308d3", "13198a2e", "03707344"),
        ("a4093822", "299f31d0"),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]
"""Counter, key and words of Philox4x32-10: the answers published with Random123 (Salmon et al. 2011)."""


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_WORDS)
def test_philox_gives_the_published_words(counter, key, words) -> None:
    found = philox(tuple(np.array([int(c, 16)]) for c in counter), tuple(int(k, 16) for k in key))
    assert [f"{word:08x}" for word in found[0]] == words.split()


def test_a_uniform_is_the_middle_of_one_of_eight_million_steps() -> None:
    words = np.array([0, 0x1FF, 0x200, 0xFFFFFFFF], np.uint32)
    assert uniform(words).tolist() == [2**-24, 2**-24, 3 * 2**-24, 1 - 2**-24]


def test_week_t_is_word_t_mod_4_of_call_t_div_4() -> None:
    state, stream = np.array([3]), np.array([5])
    found = weekly_uniforms(9, ("fall", "a"), state, stream, 7)
    words = [philox((state, stream, np.array([c]), np.array([0])), key_of(9, "fall", "a"))[0] for c in (0, 1)]
    assert found.tolist() == [uniform(np.concatenate(words))[:7].tolist()]


def test_keys_belong_to_seed_and_name() -> None:
    keys = {
        key_of(seed, *names) for seed in (0, 1) for names in (("a", "b"), ("ab",), ("b", "a"), ("a", "b", ""))
    }
    assert len(keys) == 8


def test_kernel_and_reference_draw_the_same_event_uniforms() -> None:
    world = compile_world(load("two-valleys").scenario)
    state, stream = np.arange(300, dtype=np.uint32) // 7, np.arange(300, dtype=np.uint32) % 7
    kernel = Player(world, seed=4).chances(state, stream)
    for ours, theirs in zip(event_uniforms(world, 4, state, stream), kernel, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def day(week: int, weekday: int = 0) -> date:
    return START + timedelta(days=7 * week + weekday)


def drawn(events: dict[str, Any], weeks: int = 12, **more: Any) -> dict[str, np.ndarray]:
    """Return the week of each event in many futures; -1 where it does not happen."""
    data = tiny(calendar={"weeks": weeks}, events=events, **more)
    found = run(data, "reference", states=1, chance=FUTURES)
    return {
        item.name: np.where(w == NEVER, -1, w)
        for item, w in zip(found.world.drawn, found.weeks[0], strict=True)
    }


def assert_chances(weeks: np.ndarray, expected: dict[int, float], given: np.ndarray | None = None) -> None:
    """Every share within 4 standard errors of its probability (a hundred are compared); nothing else."""
    weeks = weeks if given is None else weeks[given]
    assert set(np.unique(weeks)) <= set(expected)
    for week, p in expected.items():
        error = np.sqrt(p * (1 - p) / len(weeks))
        assert abs((weeks == week).mean() - p) <= 4 * error + 1e-12, (week, p, (weeks == week).mean())


def evenly(first: int, last: int, probability: float = 1.0) -> dict[int, float]:
    """Return uniform chances over weeks; week -1 for not happening, where that can be."""
    weeks = dict.fromkeys(range(first, last + 1), probability / (last - first + 1))
    return weeks | ({-1: 1 - probability} if probability < 1 else {})


ALONE = [
    ("one day", {"on": day(3, 6)}, {3: 1.0}),
    ("no window is the whole run", {}, evenly(0, 11)),
    ("both ends included", {"between": [day(2, 6), day(4, 0)]}, evenly(2, 4)),
    ("a window that opened before opens at week 0", {"between": [day(-9), day(1)]}, evenly(0, 1)),
    ("weeks beyond the run are drawn too", {"between": [day(10), day(14)]}, evenly(10, 14)),
    ("probability", {"on": day(3), "probability": 0.3}, {3: 0.3, -1: 0.7}),
    ("probability and window", {"between": [day(1), day(4)], "probability": 0.4}, evenly(1, 4, 0.4)),
]


@pytest.mark.parametrize(("event", "expected"), [case[1:] for case in ALONE], ids=[case[0] for case in ALONE])
def test_k5_a_lone_event_has_its_frequency_and_its_window(event, expected) -> None:
    assert_chances(drawn({"e": event})["e"], expected)


def test_dates_are_uniform_over_a_long_window() -> None:
    weeks = drawn({"e": {}}, weeks=50)["e"]
    assert stats.chisquare(np.bincount(weeks, minlength=50)).pvalue > 1e-4


def test_requires_waits_for_the_other_and_may_fall_in_its_week() -> None:
    """a in weeks 0-3; e in 2-3 no earlier: over {2, 3} unless a falls in 3."""
    weeks = drawn({"a": {"between": [day(0), day(3)]}, "e": {"between": [day(2), day(3)], "requires": ["a"]}})
    assert_chances(weeks["e"], {2: 0.5, 3: 0.5}, weeks["a"] <= 2)
    assert_chances(weeks["e"], {3: 1.0}, weeks["a"] == 3)


def test_requires_what_never_happens_or_comes_too_late() -> None:
    late = {"a": {"on": day(5), "probability": 0.5}, "e": {"between": [day(2), day(4)], "requires": ["a"]}}
    assert_chances(drawn(late)["e"], {-1: 1.0})
    weeks = drawn({"a": {"on": day(1), "probability": 0.5}, "e": {"on": day(4), "requires": ["a"]}})
    assert np.array_equal(weeks["e"] == 4, weeks["a"] == 1)


def test_requires_does_not_raise_the_chance() -> None:
    """Nothing remains: it does not happen; something remains: it has its whole probability there."""
    weeks = drawn({"a": {"between": [day(0), day(9)]}, "e": {"between": [day(4), day(5)], "requires": ["a"],
                   "probability": 0.5}})  # fmt: skip
    assert_chances(weeks["e"], evenly(4, 5, 0.5), weeks["a"] <= 4)
    assert_chances(weeks["e"], {5: 0.5, -1: 0.5}, weeks["a"] == 5)
    assert_chances(weeks["e"], {-1: 1.0}, weeks["a"] > 5)


def test_after_binds_only_where_the_other_happens() -> None:
    events = {"a": {"on": day(1), "probability": 0.5}, "e": {"between": [day(0), day(5)], "after": {"a": 3}}}
    weeks = drawn(events)
    assert_chances(weeks["e"], evenly(4, 5), weeks["a"] == 1)
    assert_chances(weeks["e"], evenly(0, 5), weeks["a"] == -1)
    events["e"]["after"] = {"a": 5}
    assert_chances(drawn(events)["e"], evenly(0, 5, 0.5) | {-1: 0.5})


def test_after_looks_at_drawn_weeks_beyond_the_run() -> None:
    weeks = drawn(
        {"a": {"between": [day(11), day(14)]}, "e": {"between": [day(10), day(13)], "after": {"a": 1}}}
    )
    assert_chances(weeks["e"], {-1: 1.0}, weeks["a"] >= 13)
    assert_chances(weeks["e"], {13: 1.0}, weeks["a"] == 12)


def test_unless_looks_at_the_same_week_or_earlier() -> None:
    weeks = drawn({"a": {"between": [day(0), day(4)]}, "e": {"on": day(2), "unless": ["a"]}})
    assert np.array_equal(weeks["e"] == -1, weeks["a"] <= 2)


def test_unless_judges_the_drawn_week() -> None:
    """e is drawn over all its window first; a in week 2 undoes it from week 2 on: 2/4 remain."""
    weeks = drawn({"a": {"on": day(2)}, "e": {"between": [day(0), day(3)], "unless": ["a"]}})
    assert_chances(weeks["e"], {0: 0.25, 1: 0.25, -1: 0.5})


def test_odds_multiply_where_the_other_is_drawn_by_the_end_of_the_window() -> None:
    """p = 0.2 is odds 1/4; times 2 is 1/2, p = 1/3; times 6 is 3/2, p = 3/5."""
    events = {
        "a": {"between": [day(3), day(4)]},
        "b": {"on": day(1), "probability": 0.5},
        "e": {"between": [day(2), day(3)], "probability": 0.2, "odds": {"a": 2, "b": 3}},
    }
    weeks = drawn(events)
    both, neither = (weeks["a"] == 3) & (weeks["b"] == 1), (weeks["a"] == 4) & (weeks["b"] == -1)
    assert_chances(weeks["e"], evenly(2, 3, 0.6), both)
    assert_chances(weeks["e"], evenly(2, 3, 1 / 3), (weeks["a"] == 3) & (weeks["b"] == -1))
    assert_chances(weeks["e"], evenly(2, 3, 0.2), neither)


def test_odds_leave_certainty_alone() -> None:
    events = {
        "a": {"on": day(0)},
        "e": {"on": day(1), "odds": {"a": 0}},
        "f": {"on": day(1), "probability": 0, "odds": {"a": 9}},
    }
    weeks = drawn(events)
    assert_chances(weeks["e"], {1: 1.0})
    assert_chances(weeks["f"], {-1: 1.0})


def shares(edges: Any, first: int) -> dict[int, float]:
    """Return the chance of each week from `first` on, from how much of the unit interval lies before each."""
    return {first + n: float(part) for n, part in enumerate(np.diff(edges))}


def test_early_and_late_dates_fall_and_rise_in_a_straight_line() -> None:
    """Of n weeks, k or fewer come with (k/n)² under late and 1 - (1 - k/n)² under early: 1:3:5:7 and 7:5:3:1."""
    edges = np.arange(5) / 4
    window = {"between": [day(2), day(5)]}
    weeks = drawn({name[0]: window | {"timing": name} for name in ("late", "early")} | {"v": window})
    assert_chances(weeks["l"], shares(edges**2, 2))
    assert_chances(weeks["e"], shares(1 - (1 - edges) ** 2, 2))
    assert_chances(weeks["v"], evenly(2, 5))


def test_timing_is_of_what_remains_of_the_window() -> None:
    weeks = drawn(
        {"a": {"on": day(3)}, "e": {"between": [day(0), day(5)], "requires": ["a"], "timing": "late"}}
    )
    assert_chances(weeks["e"], {3: 1 / 9, 4: 3 / 9, 5: 5 / 9})


def test_after_with_a_most_closes_the_window() -> None:
    events = {
        "a": {"on": day(1), "probability": 0.5},
        "e": {"between": [day(2), day(9)], "after": {"a": [3, 5]}},
    }
    weeks = drawn(events)
    assert_chances(weeks["e"], evenly(4, 6), weeks["a"] == 1)
    assert_chances(weeks["e"], evenly(2, 9), weeks["a"] == -1)
    events["e"]["between"] = [day(8), day(9)]
    assert_chances(drawn(events)["e"], evenly(8, 9, 0.5))  # nothing remains where a happens: 1 + 5 < 8


def test_slips_are_geometric_and_capped_at_ten() -> None:
    """Put off j times with s^j (1 - s), ten times with s^10; by two weeks each time, beyond the run too."""
    s = 0.5
    law = {1 + 2 * j: s**j * (1 - s) for j in range(10)} | {21: s**10}
    assert_chances(drawn({"e": {"on": day(1), "slips": {"chance": s, "weeks": 2}}}, weeks=5)["e"], law)
    assert_chances(drawn({"e": {"on": day(1), "slips": {"chance": 1, "weeks": 2}}})["e"], {21: 1.0})
    assert_chances(drawn({"e": {"on": day(1), "slips": {"chance": 0, "weeks": 2}}})["e"], {1: 1.0})


def test_slips_are_drawn_apart_from_whether_and_when() -> None:
    slow = {"between": [day(0), day(1)], "probability": 0.5, "slips": {"chance": 0.3, "weeks": 2}}
    law = {-1: 0.5} | {w + 2 * j: 0.25 * 0.3**j * 0.7 for w in (0, 1) for j in range(10)}
    law |= {w + 20: 0.25 * 0.3**10 for w in (0, 1)}
    weeks = drawn({"e": slow}, weeks=30)["e"]
    for week, p in law.items():
        assert abs((weeks == week).mean() - p) <= 4 * np.sqrt(p * (1 - p) / len(weeks)) + 1e-12


def test_others_look_at_the_week_before_slipping_and_unless_at_the_week_it_falls_in() -> None:
    """a is drawn for week 1 and put off ten times by a week, to week 11; w likewise from week 9 to week 19."""
    events = {
        "a": {"on": day(1), "slips": {"chance": 1, "weeks": 1}},
        "r": {"between": [day(0), day(1)], "requires": ["a"]},
        "n": {"between": [day(0), day(2)], "after": {"a": [1, 1]}},
        "o": {"on": day(2), "probability": 0.2, "odds": {"a": 0}},
        "u": {"on": day(10), "unless": ["a"]},
        "v": {"on": day(11), "unless": ["a"]},
        "w": {"on": day(9), "slips": {"chance": 1, "weeks": 1}, "unless": ["a"]},
    }
    weeks = drawn(events, weeks=30)
    assert_chances(weeks["a"], {11: 1.0})
    assert_chances(weeks["r"], {1: 1.0})
    assert_chances(weeks["n"], {2: 1.0})
    assert_chances(weeks["o"], {-1: 1.0})
    assert_chances(weeks["u"], {10: 1.0})
    assert_chances(weeks["v"], {-1: 1.0})
    assert_chances(weeks["w"], {-1: 1.0})


DECIDED = [
    ("met", {}, 8),
    ("required too late", {"requires": ["late"]}, NEVER),
    ("required never", {"requires": ["never"]}, NEVER),
    ("required in its week", {"requires": ["same"]}, 8),
    ("excluded by what falls earlier", {"unless": ["early"]}, NEVER),
    ("excluded by what falls in its week", {"unless": ["same"]}, NEVER),
    ("not excluded by what falls later", {"unless": ["late"]}, 8),
]


@pytest.mark.parametrize(("depends", "week"), [c[1:] for c in DECIDED], ids=[c[0] for c in DECIDED])
def test_a_decision_keeps_requires_and_unless_by_its_date(depends, week) -> None:
    events = {
        "early": {"on": day(0)}, "same": {"on": day(8)}, "late": {"on": day(9)}, "never": {"probability": 0},
        "e": {"on": day(1), "probability": 0, "decided-by": "p", "slips": {"chance": 1, "weeks": 1},
              "after": {"early": [9, 9]}, "timing": "late", **depends},
    }  # fmt: skip
    ways = {"s": {"decide": {"e": day(8)}}}
    found = run(tiny(calendar={"weeks": 12}, events=events, strategies={"p": ways}), "reference")
    assert found.week_of("e", [p.name for p in found.world.profiles].index("s")).tolist() == [week]


def test_a_strategy_decides_past_window_and_probability() -> None:
    event = {"on": day(1), "probability": 0, "decided-by": "p"}
    events = {
        "a": {"probability": 0},
        "b": {"on": day(0)},
        "e": event,
        "f": {"on": day(9), "requires": ["e"]},
    }
    ways = {"s": {"decide": {"e": day(8)}}, "n": {"decide": {"e": "never"}}, "free": {}}
    found = run(tiny(calendar={"weeks": 12}, events=events, strategies={"p": ways}), "reference", chance=50)
    order = [profile.name for profile in found.world.profiles]
    assert (found.week_of("e", order.index("s")) == 8).all()
    assert (found.week_of("f", order.index("s")) == 9).all()
    for name in ("n", "free"):
        assert (found.week_of("e", order.index(name)) == NEVER).all()
        assert (found.week_of("f", order.index(name)) == NEVER).all()


def test_week_is_the_floor_of_the_share_of_what_remains() -> None:
    """Exact uniforms: 0.74 of four weeks is the third, 0.75 the fourth; below its probability it happens."""
    world = compile_world(load(tiny(events={"e": {"between": [day(2), day(5)], "probability": 0.5}},
                                    calendar={"weeks": 12})).scenario)  # fmt: skip
    happens = np.array([[0.49, 0.49, 0.49, 0.5, 0.51, 0.1]])
    when = np.array([[0.74, 0.75, 0.0001, 0.3, 0.3, 0.9999999]])
    weeks = draw_calendar(
        world.drawn,
        values={"events.e.probability": np.array(0.5)},
        deals={},
        uniforms=Uniforms(happens, when, happens),
        decided={},
    ).weeks
    assert weeks.tolist() == [[4, 5, 2, NEVER, NEVER, 5]]
