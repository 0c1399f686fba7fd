"""Updating against what can be worked out by hand: dates, falls, chances, normal errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seeing import START, over, put, still, value, week

FUTURES = 8192


def close(found: float, wanted: float, effective: float, spread: float = 1.0) -> None:
    """Hold a mean over futures to its true value, within four standard errors."""
    assert abs(found - wanted) < 4 * spread / math.sqrt(effective) + 1e-9, (found, wanted)


LATER = {"events": {"e": {"between": [week(0), week(9)], "probability": {"uniform": [0.2, 0.8]}}}}


def test_a_lone_event_not_seen_by_a_week_is_the_rest_of_its_window() -> None:
    """P(not in the first k of n weeks) = 1 - p k/n; what is left of p and of the window follows."""
    made, found, futures = put(still(**LATER), FUTURES, {"by": over(6), "not-happened": "e"})
    p = np.linspace(0.2, 0.8, 4001)
    rest = 1 - 0.6 * p
    assert found.log_probability == pytest.approx(math.log(rest.mean()), abs=2e-3)
    wanted = (p * rest).mean() / rest.mean()
    close(float(found.shares @ value(made, "events.e.probability")), wanted, found.effective, 0.18)
    came = futures.go_on().weeks[0, 0]
    close(float((came < 12).mean()), ((p * 0.4) / 1).mean() / rest.mean(), found.effective, 0.5)
    assert came[came < 12].min() == 6, "it falls in no week that was over"
    counts = np.bincount(came[came < 12], minlength=10)[6:10]
    assert counts.min() > 0.8 * counts.max(), "what is left of the window is as likely as before"


@pytest.mark.parametrize(("timing", "share"), [("even", 0.1), ("early", 0.13), ("late", 0.07)])
def test_a_lone_event_seen_is_its_chance_times_its_dates_share(timing: str, share: float) -> None:
    """Of ten weeks the fourth has 1/10, (7² - 6²)/10², (4² - 3²)/10² of the chance."""
    data = still(**LATER)
    data["events"]["e"]["timing"] = timing
    made, found, futures = put(data, FUTURES, {"on": week(3), "happened": "e"})
    assert found.log_probability == pytest.approx(math.log(0.5 * share), abs=2e-3)
    close(
        float(found.shares @ value(made, "events.e.probability")), (0.25 + 0.03) / 0.5, found.effective, 0.18
    )
    assert (futures.go_on().weeks[0, 0] == 3).all()


def test_what_slips_is_seen_with_the_chance_of_every_way_there() -> None:
    """Due in week 0 or 1, put off by two weeks with chance 1/4 each time: 3 is 1 and once, 4 is 0 and twice."""
    slow = {"between": [week(0), week(1)], "probability": 1, "slips": {"chance": 0.25, "weeks": 2}}
    for on, wanted in ((3, 0.5 * 0.25 * 0.75), (4, 0.5 * 0.25**2 * 0.75)):
        _, found, _ = put(still(events={"e": slow}), 256, {"on": week(on), "happened": "e"})
        assert found.log_probability == pytest.approx(math.log(wanted), abs=1e-9)
    _, found, _ = put(still(events={"e": slow}), 256, {"by": over(3), "not-happened": "e"})
    assert found.log_probability == pytest.approx(math.log(1 - 0.75 - 0.5 * 0.25 * 0.75), abs=1e-9)


def test_a_deal_is_the_chance_that_the_talk_is_held_times_that_it_succeeds() -> None:
    issue = {
        "scale": {0: "no", 100: "yes"}, "positions": {"a": {"uniform": [0, 100]}, "b": 0}, "salience": {"a": 1, "b": 1},
        "reservation": {"a": 100, "b": 25},
    }  # fmt: skip
    talk = {
        "on": week(2),
        "probability": 0.8,
        "veto": ["a", "b"],
        "clout": {"a": 1, "b": 1},
        "issues": {"i": issue},
    }
    data = still(talks={"t": talk})
    wanted = {
        "deal": 0.8 * 0.5,
        "no-deal": 0.8 * 0.5,
    }  # half of a's position is within 25 of b's: a's below 50
    for kind, chance in wanted.items():
        made, found, _ = put(data, FUTURES, {"on": week(2), kind: "t"})
        assert found.log_probability == pytest.approx(math.log(chance), abs=1e-2), kind
        at = value(made, "talks.t.issues.i.positions.a")[found.shares > 0]
        assert (at.max() <= 50) if kind == "deal" else (at.min() >= 50)
    _, found, _ = put(data, FUTURES, {"by": over(4), "not-happened": "t"})
    assert found.log_probability == pytest.approx(math.log(0.6), abs=1e-2)


def test_falls_and_weeks_without_one_have_the_chance_of_their_hazard() -> None:
    """Steepness 0: standing k weeks has the chance e^(-rate k), falling in the next 1 - e^(-rate)."""
    rate = {"uniform": [0.01, 0.09]}
    data = still(forces={"a": {"collapse": {"rate": rate}}})
    r = np.linspace(0.01, 0.09, 4001)
    made, found, futures = put(data, FUTURES, {"by": over(5), "stands": "a"})
    stood = np.exp(-5 * r)
    assert found.log_probability == pytest.approx(math.log(stood.mean()), abs=2e-3)
    path = "forces.a.collapse.rate"
    close(float(found.shares @ value(made, path)), (r * stood).mean() / stood.mean(), found.effective, 0.023)
    fell = futures.go_on().outcomes[0, made.player.columns["fallen.a"]]
    close(float((fell >= 0).mean()), 1 - np.exp(-12 * r).mean() / stood.mean(), found.effective, 0.5)
    _, found, futures = put(data, FUTURES, {"on": week(4), "fell": "a"})
    assert found.log_probability == pytest.approx(
        math.log((np.exp(-4 * r) * (1 - np.exp(-r))).mean()), abs=4e-3
    )
    assert (futures.go_on().outcomes[0, made.player.columns["fallen.a"]] == 4).all()


def test_a_conditional_event_has_its_weekly_chance_where_it_may_come() -> None:
    """In its window of weeks 2 to 9, and where b holds more than 0.4 (a chance of two in three)."""
    event = {"when": [{"power": "b", "above": 0.4}], "between": [week(2), week(9)], "weekly": 0.2}
    data = still(events={"e": event}, forces={"b": {"control": {"land": {"uniform": [0.2, 0.5]}}}})
    holds = (0.5 - 0.5 * 0.4 / 0.6) / 0.3  # of b's control beside a's 0.5: above 1/3
    _, found, _ = put(data, FUTURES, {"on": week(4), "happened": "e"})
    assert found.log_probability == pytest.approx(math.log(holds * 0.8**2 * 0.2), abs=5e-3)
    made, found, _ = put(data, FUTURES, {"by": over(6), "not-happened": "e"})
    assert found.log_probability == pytest.approx(math.log(1 - holds + holds * 0.8**4), abs=5e-3)
    started = value(made, "forces.b.control.land")
    close(
        float(found.shares @ (started > 1 / 3)),
        holds * 0.8**4 / (1 - holds + holds * 0.8**4),
        found.effective,
        0.5,
    )


def test_the_evidence_of_independent_observations_multiplies() -> None:
    data = still(
        events={
            "e": {"between": [week(0), week(9)], "probability": {"uniform": [0.2, 0.8]}},
            "f": {"between": [week(1), week(4)], "probability": {"uniform": [0.1, 0.5]}},
        },
        forces={"a": {"collapse": {"rate": {"uniform": [0.01, 0.09]}}}},
        dynamics={"violence": {"start": {"uniform": [0.5, 1.5]}}},
    )
    items = [
        {"on": week(3), "happened": "e"}, {"by": over(3), "not-happened": "f"}, {"by": over(6), "stands": "a"},
        {"on": week(2), "violence": "level", "is": 1.1, "error": 0.05},  # sharp enough to draw futures again
    ]  # fmt: skip
    alone = [put(data, FUTURES, item)[1].log_probability for item in items]
    found = put(data, FUTURES, *items)[1]
    assert found.log_probability == pytest.approx(sum(alone), abs=2e-2)
    assert found.effective < FUTURES / 2


def test_a_measured_start_is_the_conjugate_posterior() -> None:
    """A start of N(1, 0.2²) measured three times with N(0, s²): precision adds, and so does the evidence (Kalman)."""
    data = still(dynamics={"violence": {"start": {"normal": [1.0, 0.2], "within": [0, 2]}, "mean": 1}})
    items = [(0, 1.1, 0.3), (3, 1.25, 0.2), (8, 0.95, 0.25)]
    made, found, _ = put(
        data, FUTURES, *({"on": week(t), "violence": "level", "is": y, "error": s} for t, y, s in items)
    )
    mean, var, log = 1.0, 0.04, 0.0
    for _, y, s in items:
        log += -0.5 * ((y - mean) ** 2 / (var + s * s) + math.log(2 * math.pi * (var + s * s)))
        gain = var / (var + s * s)
        mean, var = mean + gain * (y - mean), var * (1 - gain)
    start = value(made, "dynamics.violence.start")
    got = float(found.shares @ start)
    close(got, mean, found.effective, math.sqrt(var))
    assert float(found.shares @ (start - got) ** 2) == pytest.approx(var, rel=0.06)
    assert found.log_probability == pytest.approx(log, abs=0.02)


def kalman(steps: list[tuple[int, float, float]], walk: float, until: int) -> tuple[float, float, float]:
    """Return mean and variance at `until`, and the log evidence, of a random walk from 0 measured with error."""
    mean = var = log = 0.0
    now = 0
    for t, y, s in steps:
        var += walk * (t - now)
        now = t
        log += -0.5 * ((y - mean) ** 2 / (var + s * s) + math.log(2 * math.pi * (var + s * s)))
        gain = var / (var + s * s)
        mean, var = mean + gain * (y - mean), var * (1 - gain)
    return mean, var + walk * (until - now), log


def test_a_random_walk_measured_with_error_is_the_kalman_filter() -> None:
    """The log odds of two equal forces walk by σ√2 a week; near one half, power is one half and a quarter of them."""
    sigma = 0.01
    data = still(forces={j: {"volatility": {"national": sigma}} for j in ("a", "b")})
    steps = [(2, 0.006, 0.004), (5, 0.004, 0.004), (9, -0.001, 0.003)]
    made, found, futures = put(
        data, 4 * FUTURES, *({"on": week(t), "power": "a", "is": 0.5 + y, "error": s} for t, y, s in steps)
    )
    mean, var, log = kalman(steps, 2 * sigma**2 / 16, 9)
    now = futures.power(0) - 0.5
    assert found.log_probability == pytest.approx(log, abs=0.03)
    close(float(now.mean()), mean, found.effective, math.sqrt(var))
    assert float(now.var()) == pytest.approx(var, rel=0.08)
    _, later, _ = kalman(steps, 2 * sigma**2 / 16, 12)
    end = futures.go_on().outcomes[0, made.player.columns["power.a"]].astype(float)
    assert float(end.var()) == pytest.approx(later, rel=0.08), "copies take chance of their own"


def test_the_error_of_the_probability_is_how_it_scatters_between_seeds() -> None:
    data = still(forces={j: {"volatility": {"national": 0.01}} for j in ("a", "b")})
    items = [
        {"on": week(t), "power": "a", "is": 0.5 + y, "error": 0.003} for t, y in ((3, 0.004), (8, -0.002))
    ]
    runs = [put(data, 512, *items, seed=seed)[1] for seed in range(24)]
    scatter = np.std([run.log_probability for run in runs], ddof=1)
    assert 0.5 < scatter / np.mean([run.se for run in runs]) < 2


def test_what_cannot_be_has_no_probability_and_is_named() -> None:
    data = still(events={"e": {"between": [week(2), week(4)], "probability": 0.5}})
    _, found, _ = put(
        data,
        512,
        {"on": week(1), "violence": "level", "is": 1.0, "error": 0.1},
        {"on": week(6), "happened": "e"},
    )
    assert found.log_probability == -math.inf and found.effective == 0
    assert [one.fact.seen.key for one in found.weighed if one.kept == 0] == ["happened"]
    assert week(1) > START
