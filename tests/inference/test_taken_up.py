"""Strategies taken up after the last observation: what they do from then on, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seeing import over, seeing, seen, still, week

GAIN, NOW, WEEKS = 0.1, 5, 12


def situation() -> dict[str, Any]:
    """Return a still world in which the focus courts a, then may court b, decide an event or back a."""
    plain: dict[str, Any] = {
        "patrons": {"p": {"engagement": {"gain": GAIN}, "backing": {"a": {"money": 0.2}}}},
        "forces": {"a": {"backing-effect": {"money": 0.1}}},
        "events": {
            "e": {"between": [week(0), week(11)], "probability": 0.5, "decided-by": "p"},
            "f": {"requires": ["e"], "after": {"e": 1}, "between": [week(0), week(11)], "probability": 1},
        },
        "strategies": {
            "p": {
                "to-a": {"engage": {"a": 1}, "decide": {"e": "never"}},
                "to-b": {"engage": {"b": 1}, "decide": {"e": week(2)}},
                "later": {"engage": {"b": 1}, "decide": {"e": week(9)}},
                "pay": {
                    "engage": {"a": 1},
                    "decide": {"e": "never"},
                    "back": {"a": {"money": 0.6}},
                    "back-over": 1,
                },
            }
        },
    }
    return still(**plain)


@pytest.fixture(scope="module")
def gone_on() -> tuple[Any, Any]:
    names = ("to-a", "to-b", "later", "pay")
    made = seeing(situation(), 512, profiles=[{"p": name} for name in names])
    _, futures = made.update(seen(made.world.scenario, {"by": over(NOW), "stands": "a"}))
    assert futures.week == NOW
    return made, futures.go_on()


def test_engagement_goes_over_from_the_week_on(gone_on: tuple[Any, Any]) -> None:
    """R(t+1) = R + gain (1 - R) while courted, and stands still else: 1 - (1 - R0)(1 - gain)^weeks."""
    made, played = gone_on
    row = made.player.columns
    for profile, weeks_a in enumerate((WEEKS, NOW, NOW, WEEKS)):
        a, b = (played.outcomes[profile, row[f"standing.{j}"]] for j in ("a", "b"))
        assert a == pytest.approx(1 - 0.8 * (1 - GAIN) ** weeks_a, abs=1e-5)
        assert b == pytest.approx(1 - 0.6 * (1 - GAIN) ** (WEEKS - weeks_a), abs=1e-5)
        assert played.outcomes[profile, row["engaged.a"]] == pytest.approx(weeks_a / WEEKS, abs=1e-6)


def test_a_date_gone_by_counts_as_now_and_what_follows_it_comes_after(gone_on: tuple[Any, Any]) -> None:
    made, played = gone_on
    e, f = ([item.name for item in made.world.drawn].index(name) for name in ("e", "f"))
    assert (played.weeks[0, e] > WEEKS).all() and (played.weeks[0, f] > WEEKS).all(), (
        "never, and so nothing after it"
    )
    for profile, when in ((1, NOW), (2, 9)):
        assert (played.weeks[profile, e] == when).all()
        first, last = played.weeks[profile, f].min(), played.weeks[profile, f].max()
        assert (first, last) == (when + 1, 11), "spread over what is left of its window"


def test_backing_is_decided_in_the_week_it_is_taken_up(gone_on: tuple[Any, Any]) -> None:
    """0.4 more money for a in every week from then on moves the log odds by 0.1 · 0.4 each."""
    made, played = gone_on
    power = made.player.columns["power.a"]
    odds = np.log(played.outcomes[:, power, 0] / (1 - played.outcomes[:, power, 0]))
    assert odds[[0, 1, 2]] == pytest.approx(0, abs=1e-5)
    assert odds[3] == pytest.approx(0.1 * 0.4 * (WEEKS - NOW), abs=1e-4)


def test_what_has_come_stays_whoever_would_have_decided_otherwise() -> None:
    """Followed was a strategy that let the event come in week 2; another would never have."""
    made = seeing(situation(), 256, profiles=[{"p": "to-b"}, {"p": "to-a"}])
    _, futures = made.update(seen(made.world.scenario, {"by": over(NOW), "stands": "a"}))
    weeks = futures.go_on().weeks
    e = [item.name for item in made.world.drawn].index("e")
    assert (weeks[:, e] == 2).all()


def test_a_conditional_event_is_taken_up_likewise() -> None:
    data = situation()
    data["events"]["g"] = {"when": [{"power": "a", "above": 0.4}], "weekly": 0.0, "decided-by": "p"}
    data["strategies"]["p"]["to-b"]["decide"]["g"] = week(3)
    made = seeing(data, 256, profiles=[{"p": "to-a"}, {"p": "to-b"}])
    _, futures = made.update(seen(made.world.scenario, {"by": over(NOW), "stands": "a"}))
    fired = futures.go_on().outcomes[:, made.player.columns["event.g"]]
    assert (fired[0] == -1).all() and (fired[1] == NOW).all()
