"""Signs: what an event says of a fall to come, and from which chance of it on the advice turns."""

import numpy as np
import pandas as pd
import pytest

from equipoise.exploration.signs import foretelling, signs, turning_signs

STATES, STREAMS, WEEKS = 400, 10, 52


def table(rng, *, event, fall, payoff):
    """Return outcomes of two strategies: weeks of one event and of the fall, the same under both."""
    index = {"state": np.repeat(np.arange(STATES), STREAMS), "stream": np.tile(np.arange(STREAMS), STATES)}
    parts = []
    for name in ("hold", "shift"):
        own = {"strategy": name, "payoff": payoff[name], "event.storm": event, "fallen.crown": fall}
        parts.append(pd.DataFrame(index | own))
    return pd.concat(parts)


def weeks_of(rng, happens, low=0, high=WEEKS):
    return np.where(happens, rng.integers(low, high, len(happens)), -1)


def found(futures, event="event.storm"):
    return {sign.event: sign for sign in signs(futures, "hold", incumbent="crown", weeks=WEEKS)}.get(event)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_the_advice_turns_at_the_chance_that_makes_the_two_equal(rng):
    """Where the storm comes `shift` gains 3, elsewhere it loses 1: equal at q where 3 q = 1 - q, a quarter."""
    comes = rng.random(STATES * STREAMS) < 0.1
    noise = rng.normal(0, 0.2, len(comes))
    payoff = {"hold": noise, "shift": noise + np.where(comes, 3.0, -1.0)}
    never = np.full(len(comes), -1)
    sign = found(table(rng, event=weeks_of(rng, comes), fall=never, payoff=payoff))
    assert sign.share == pytest.approx(comes.mean())
    assert (sign.turns_to, sign.turns_at) == ("shift", pytest.approx(0.25))
    assert (sign.gain_with, sign.gain_without) == (pytest.approx(3), pytest.approx(-1))
    assert turning_signs([sign], 3) == (sign,)


def test_where_the_advice_turns_has_an_interval_that_holds_it_as_often_as_it_says():
    """Each state shifts what `shift` pays, with the storm and without alike, so both means err together: were their
    errors taken singly, 88 intervals of 100 would hold it; were futures taken for independent, far fewer."""
    states, streams, held, rounds = 64, 10, 0, 300
    never = np.full(states * streams, -1)
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        comes = rng.random(states * streams) < 0.15
        shift = np.repeat(rng.normal(0, 0.5, states), streams) + rng.normal(0, 0.2, states * streams)
        gain = shift + np.where(comes, 3.0, -1.0)
        index = {
            "state": np.repeat(np.arange(states), streams),
            "stream": np.tile(np.arange(streams), states),
        }
        weeks = {"event.storm": np.where(comes, 3, -1), "fallen.crown": never}
        rows = [pd.DataFrame(index | weeks | {"strategy": name, "payoff": pays})
                for name, pays in (("hold", 0.0 * gain), ("shift", gain))]  # fmt: skip
        sign = found(pd.concat(rows))
        assert 0 < sign.turns_low < sign.turns_at < sign.turns_high < 1
        held += sign.turns_low <= 0.25 <= sign.turns_high
    assert 0.91 < held / rounds < 0.98  # three standard errors of 300 rounds around 0.95


def test_what_does_not_scatter_turns_at_one_chance(rng):
    comes = rng.random(STATES * STREAMS) < 0.1
    payoff = {"hold": 0.0 * comes, "shift": np.where(comes, 3.0, -1.0)}
    sign = found(table(rng, event=weeks_of(rng, comes), fall=np.full(len(comes), -1), payoff=payoff))
    assert (sign.turns_low, sign.turns_high) == (pytest.approx(0.25), pytest.approx(0.25))
    assert found(table(rng, event=weeks_of(rng, comes), fall=np.full(len(comes), -1),
                       payoff={"hold": 0.0 * comes, "shift": 0.0 * comes - 1})).turns_low is None  # fmt: skip


def test_it_turns_downwards_where_the_other_gains_without_the_event(rng):
    comes = rng.random(STATES * STREAMS) < 0.9
    payoff = {"hold": 0.0 * comes, "shift": np.where(comes, -1.0, 1.0)}
    sign = found(table(rng, event=weeks_of(rng, comes), fall=np.full(len(comes), -1), payoff=payoff))
    assert sign.turns_at == pytest.approx(0.5) and sign.turns_at < sign.share


def test_what_is_within_the_error_turns_nothing(rng):
    comes = rng.random(STATES * STREAMS) < 0.1
    payoff = {"hold": 0.0 * comes, "shift": rng.normal(0, 1, len(comes)) + np.where(comes, 0.02, -0.5)}
    sign = found(table(rng, event=weeks_of(rng, comes), fall=np.full(len(comes), -1), payoff=payoff))
    assert sign.turns_to is None and sign.turns_at is None


def test_an_event_that_brings_a_fall_foretells_it(rng):
    comes = rng.random(STATES * STREAMS) < 0.5
    falls = rng.random(len(comes)) < np.where(comes, 0.6, 0.1)
    futures = table(rng, event=weeks_of(rng, comes, 0, 10), fall=weeks_of(rng, falls, 40, 52),
                    payoff={"hold": 0.0 * comes, "shift": 0.0 * comes - 1})  # fmt: skip
    look = found(futures).look
    assert look.falls_if_seen.mean == pytest.approx(falls[comes].mean())
    assert look.falls_if_not.mean == pytest.approx(falls[~comes].mean())
    assert look.falls_if_seen.low < 0.6 < look.falls_if_seen.high


def test_no_fall_among_few_futures_with_an_event_is_no_guard(rng):
    """In none of 100 futures with the storm, in 1 of 100 without: luck alone leaves out that many one time in three."""
    number = np.arange(STATES * STREAMS)
    storm, falls = number % 40 == 0, number % 100 == 1
    assert not falls[storm].any() and storm.sum() == 100
    payoff = {"hold": 0.0 * number, "shift": 0.0 * number}
    futures = table(rng, event=np.where(storm, 0, -1), fall=np.where(falls, WEEKS, -1), payoff=payoff)
    assert found(futures).look is None
    often = number % 3 == 1
    futures = table(
        rng, event=np.where(storm, 0, -1), fall=np.where(often & ~storm, WEEKS, -1), payoff=payoff
    )
    assert found(futures).look.falls_if_seen.mean == 0


def test_waiting_for_an_event_does_not_make_it_a_guard(rng):
    """Falls cut the wait for an event short; counted over the whole run it would seem to keep the crown standing."""
    comes = rng.random(STATES * STREAMS) < 0.5
    falls = weeks_of(rng, rng.random(len(comes)) < 0.5)
    event = weeks_of(rng, comes)
    event = np.where((falls >= 0) & (event >= falls), -1, event)  # no event after the fall
    seen = event >= 0
    assert (falls[seen] >= 0).mean() < (falls[~seen] >= 0).mean() - 0.1
    sign = found(table(rng, event=event, fall=falls, payoff={"hold": 0.0 * comes, "shift": 0.0 * comes - 1}))
    assert sign.look is None


def test_what_the_fall_brings_is_no_sign(rng):
    falls = weeks_of(rng, rng.random(STATES * STREAMS) < 0.3, 0, 40)
    event = np.where(falls >= 0, falls + 2, -1)
    payoff = {"hold": 0.0 * falls, "shift": np.where(falls >= 0, 3.0, -2.0)}
    futures = table(rng, event=event, fall=falls, payoff=payoff)
    sign = found(futures)
    assert sign.look is None and sign.turns_at is None
    assert found(futures, "fallen.crown").turns_at == pytest.approx(0.4)
    assert foretelling([sign, found(futures, "fallen.crown")], 4) == ()


def test_of_what_nearly_always_or_hardly_ever_comes_nothing_is_said(rng):
    few = np.arange(STATES * STREAMS) < 49
    for comes in (few, ~few):
        payoff = {"hold": 0.0 * comes, "shift": np.where(comes, 3.0, -1.0)}
        assert (
            found(table(rng, event=weeks_of(rng, comes), fall=np.full(len(comes), -1), payoff=payoff)) is None
        )


def test_what_comes_after_the_run_has_not_come(rng):
    comes = rng.random(STATES * STREAMS) < 0.5
    payoff = {"hold": 0.0 * comes, "shift": 0.0 * comes - 1}
    late = np.where(comes, WEEKS, 3)
    assert found(table(rng, event=late, fall=np.full(len(comes), -1), payoff=payoff)).share == pytest.approx(
        (~comes).mean()
    )


def test_the_weeks_are_those_by_which_5_50_and_95_in_100_have_seen_it(rng):
    """It comes in half of the futures, in each of weeks 1 to 20 alike often."""
    comes = np.arange(STATES * STREAMS) % 2 == 0
    event = np.where(comes, 1 + np.cumsum(comes) % 20, -1)
    sign = found(table(rng, event=event, fall=np.full(len(comes), -1),
                       payoff={"hold": 0.0 * comes, "shift": 0.0 * comes - 1}))  # fmt: skip
    assert (sign.share, sign.first, sign.median, sign.last, sign.futures) == (0.5, 1, 10, 19, 4000)
