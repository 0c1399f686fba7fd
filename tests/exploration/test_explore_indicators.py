"""Indicators against counts worked by hand, planted signals, and observables that mean nothing."""

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.exploration import WeeklySample
from equipoise.exploration.indicators import Outcome, Weekly, indicators, likelihood_ratio, outcomes_of
from equipoise.scenario import load


def signs(watched):
    """Return the indicators of the one outcome that is watched."""
    (watch,) = watched
    return watch.indicators


def test_the_likelihood_ratio_and_its_interval():
    # 90 of 100 hits against 10 of 100 false alarms; ln 9 ± z·√(1/90 − 1/100 + 1/10 − 1/100)
    ratio, low, high = likelihood_ratio(90, 10, 10, 90)
    assert ratio == pytest.approx(9)
    half = 1.959964 * np.sqrt(1 / 90 - 1 / 100 + 1 / 10 - 1 / 100)
    assert (low, high) == pytest.approx((9 * np.exp(-half), 9 * np.exp(half)))


def test_a_count_of_zero_leaves_the_ratio_finite():
    ratio, low, high = likelihood_ratio(50, 50, 0, 100)
    assert ratio == pytest.approx((50.5 / 101) / (0.5 / 101))
    assert np.isfinite([low, high]).all() and low > 1


def _futures(n=4000, seed=0):
    """A warning comes in week 3 in 80 % of futures that fall in week 20, and in 10 % of those that do not."""
    rng = np.random.default_rng(seed)
    falls = rng.random(n) < 0.3
    warned = rng.random(n) < np.where(falls, 0.8, 0.1)
    outcome = Outcome("fall of crown", falls, np.where(falls, 20, -1), ("fallen.crown",))
    events = {
        "event.warning": np.where(warned, 3, -1),
        "event.idle": np.where(rng.random(n) < 0.5, 3, -1),
        "fallen.crown": outcome.week,
    }
    return events, outcome, np.arange(n), rng


def test_a_planted_warning_has_its_rates_ratio_and_lead():
    events, outcome, state, rng = _futures()
    found = signs(indicators(events, None, [outcome], state=state, weeks=(4, 30), rng=rng))
    (warning,) = [i for i in found if i.observable == "event.warning"]
    assert warning.week == 4
    assert warning.hit_rate == pytest.approx(0.8, abs=0.05)
    assert warning.false_alarm_rate == pytest.approx(0.1, abs=0.03)
    assert warning.low < 8 < warning.high
    assert warning.lead == 16  # week 20 less week 4
    prior = warning.base_rate / (1 - warning.base_rate)
    assert warning.chance_seen == pytest.approx(prior * warning.ratio / (1 + prior * warning.ratio))
    unseen = prior * warning.ratio_unseen
    assert warning.chance_unseen == pytest.approx(unseen / (1 + unseen))


def test_an_outcome_does_not_foretell_itself_nor_what_has_come():
    events, outcome, state, rng = _futures()
    found = signs(indicators(events, None, [outcome], state=state, weeks=(4, 30), rng=rng))
    assert all(i.observable != "fallen.crown" for i in found)
    # by week 30 the fall has come in every future in which it comes: nothing is left to foretell
    assert all(i.week == 4 for i in found)


def test_what_means_nothing_is_rarely_telling():
    told = 0
    for seed in range(30):
        events, outcome, state, rng = _futures(n=1000, seed=seed)
        noise = Weekly({"power.f": rng.random((1000, 9))}, state)
        found = indicators(
            {"event.idle": events["event.idle"]}, noise, [outcome], state=state, weeks=(4,), rng=rng
        )
        told += len(signs(found))
    assert told <= 9  # 60 chances at 5 % make 3; 10 or more has probability below 1 in 500


def test_a_level_is_found_and_judged_on_other_states():
    rng = np.random.default_rng(1)
    n = 3000
    falls = rng.random(n) < 0.4
    power = np.clip(0.5 - 0.2 * falls[:, None] + 0.05 * rng.normal(size=(n, 14)), 0, 1)
    weekly = Weekly({"power.crown": power}, np.arange(n))
    outcome = Outcome("fall of crown", falls, np.where(falls, 40, -1))
    (found,) = signs(indicators({}, weekly, [outcome], state=np.arange(n), weeks=(8,), rng=rng))
    assert found.sign == "below"
    assert found.level == pytest.approx(0.4, abs=0.03)
    assert found.hit_rate == pytest.approx(0.977, abs=0.02)  # Φ(2): both means lie two deviations off
    assert found.futures == n // 2
    assert found.lead == 32


def test_futures_that_repeat_their_state_count_once():
    # every future ten times over, under one state: the interval must not shrink
    events, outcome, state, _ = _futures(n=1200)
    one = indicators(events, None, [outcome], state=state, weeks=(4,), rng=np.random.default_rng(0))
    ten = indicators(
        {name: np.repeat(values, 10) for name, values in events.items()},
        None,
        [
            Outcome(
                "fall of crown",
                np.repeat(outcome.happens, 10),
                np.repeat(outcome.week, 10),
                ("fallen.crown",),
            )
        ],
        state=np.repeat(state, 10),
        weeks=(4,),
        rng=np.random.default_rng(0),
    )
    ten, one = signs(ten), signs(one)
    assert ten[0].ratio == pytest.approx(one[0].ratio)
    assert (ten[0].low, ten[0].high) == pytest.approx((one[0].low, one[0].high), rel=0.02)


def test_outcomes_come_from_the_table():
    import pandas as pd

    table = pd.DataFrame({"fallen.crown": [3, -1, 60]})
    found = {o.name: o.happens.tolist() for o in outcomes_of(table, last_week=52)}
    assert found == {"fall of crown": [True, False, False]}


def test_orders_are_read_as_facts_whatever_else_holds_at_the_end():
    """Rows: a deal and a rebel majority; a deal undone, and the Crown fell; the Crown holds; it fell, rebels won."""
    import pandas as pd

    from equipoise import load

    scenario = load("two-valleys").scenario
    table = pd.DataFrame({
        "order": ["settlement", "chaos", "holds", "takeover:rebels"], "deal.lake-conference": [11, 12, -1, -1],
        "fallen.crown": [-1, 30, -1, 20], "fallen.rebels": -1, "fallen.hill-lords": -1,
        "power.crown": [0.3, 0.0, 0.7, 0.0], "power.rebels": [0.65, 0.5, 0.2, 0.7],
        "power.hill-lords": [0.05, 0.5, 0.1, 0.3],
    })  # fmt: skip
    rebels = np.array([[0.2, 0.61, 0.65], [0.2, 0.3, 0.5], [0.2, 0.2, 0.2], [0.2, 0.2, 0.7]])
    levels = Weekly({"power.rebels": rebels, "power.hill-lords": np.zeros((4, 3))}, np.arange(4))
    found = {o.name: o for o in outcomes_of(table, last_week=52, scenario=scenario, weekly=levels)}
    assert set(found) == {
        "fall of crown", "fall of rebels", "fall of hill-lords", "majority of rebels", "majority of hill-lords",
        "settlement", "no majority",
    }  # fmt: skip
    assert found["majority of rebels"].happens.tolist() == [True, False, False, True]
    assert found["majority of rebels"].known.tolist() == [1, -1, -1, 2]
    assert found["settlement"].happens.tolist() == [True, False, False, False]
    assert found["settlement"].known.tolist() == [11, 12, -1, -1]
    assert found["no majority"].happens.tolist() == [False, True, False, False]
    assert found["no majority"].known.tolist() == [-1, 30, -1, 20]


def test_nothing_is_foretold_from_futures_in_which_it_can_be_read_off():
    """The deal is the settlement; a council that sits only after a deal follows from it. A rumour foretells it."""
    rng = np.random.default_rng(2)
    n = 4000
    deal = rng.random(n) < 0.4
    when = np.where(deal, rng.integers(2, 25, n), -1)
    council = np.where(deal, when + 1, -1)
    rumour = np.where(rng.random(n) < np.where(deal, 0.7, 0.2), 1, -1)
    outcome = Outcome("settlement", deal & (rng.random(n) < 0.9), known=when)
    events = {"deal.talks": when, "event.council": council, "event.rumour": rumour}
    (found,) = indicators(events, None, [outcome], state=np.arange(n), weeks=(4, 8, 13), rng=rng)
    assert [sign.observable for sign in found.indicators] == ["event.rumour"]
    unread = Outcome("settlement", outcome.happens)  # the control: without `known` the tautology comes first
    (naive,) = indicators(events, None, [unread], state=np.arange(n), weeks=(4, 8, 13), rng=rng)
    assert "deal.talks" in [sign.observable for sign in naive.indicators]


def test_an_outcome_has_its_best_two_signs_and_says_why_it_has_none():
    events, outcome, state, rng = _futures()
    events |= {f"event.copy-{k}": events["event.warning"] for k in range(3)}
    rare = Outcome("fall of rebels", np.arange(4000) < 7)
    never = Outcome("fall of lords", np.zeros(4000, bool))
    known = Outcome("majority of rebels", outcome.happens, known=np.zeros(4000, int))
    idle = {"event.idle": events["event.idle"]}
    found = indicators(idle, None, [rare, never, known, outcome], state=state, weeks=(4,), rng=rng)
    assert [watch.indicators for watch in found] == [(), (), (), ()]
    assert found[0].note == "comes in only 7 of 4000 futures: too few to say what foretells it"
    assert found[1].note == "comes in none of the futures"
    assert found[2].note.startswith("can be read off")
    assert found[3].note == "nothing that was looked at foretells it beyond chance"
    (both,) = indicators(events, None, [outcome], state=state, weeks=(4, 8), rng=rng)
    assert len(both.indicators) == 2 and len({sign.observable for sign in both.indicators}) == 2
    assert (both.cases, both.futures) == (int(outcome.happens.sum()), 4000)


def test_a_sample_is_read_under_one_strategy():
    values = np.arange(12.0).reshape(2, 3, 2)
    sample = WeeklySample(("a", "b"), {"violence": values}, np.array([0, 0, 1]), np.array([0, 1, 0]))
    np.testing.assert_array_equal(sample.under("b").values["violence"], values[1])


def test_every_chance_has_the_error_of_so_many_independent_futures():
    """A future a state: the error of a share p among m of them is sqrt(p (1 - p) / m), found here from 125 blocks."""
    events, outcome, state, rng = _futures()
    (watched,) = indicators(
        {"event.warning": events["event.warning"]}, None, [outcome], state=state, weeks=(4,), rng=rng
    )
    (sign,) = watched.indicators
    seen = sign.hit_rate * sign.base_rate + sign.false_alarm_rate * (1 - sign.base_rate)
    for share, error, among in (
        (watched.chance, watched.errors["chance"], watched.futures),
        (sign.chance_seen, sign.errors["chance_seen"], sign.futures * seen),
        (sign.chance_unseen, sign.errors["chance_unseen"], sign.futures * (1 - seen)),
    ):
        assert error.se == pytest.approx(np.sqrt(share * (1 - share) / among), rel=0.25)
        assert 0 <= error.low < share < error.high <= 1
        assert (share - error.low) / error.se == pytest.approx(1.96, abs=0.05)


def test_futures_of_one_state_make_a_chance_no_surer():
    """Ten futures a state that all go one way are worth one."""
    events, outcome, state, _ = _futures(n=1200)
    found = []
    for times in (1, 10):
        again = Outcome(outcome.name, *(np.repeat(part, times) for part in (outcome.happens, outcome.week)))
        warning = {"event.warning": np.repeat(events["event.warning"], times)}
        rng = np.random.default_rng(0)
        (one,) = indicators(warning, None, [again], state=np.repeat(state, times), weeks=(4,), rng=rng)
        found.append((one.errors["chance"].se, one.indicators[0].errors["chance_seen"].se))
    assert found[1] == pytest.approx(found[0])


def test_arrays_of_different_lengths_are_refused():
    _, outcome, state, rng = _futures(n=100)
    with pytest.raises(InputError, match=r"event\.short"):
        indicators({"event.short": np.zeros(3)}, None, [outcome], state=state, rng=rng)


def test_a_reading_has_the_date_of_its_week_where_the_run_is_dated():
    events, outcome, state, rng = _futures()
    sign = signs(indicators(events, None, [outcome], state=state, weeks=(4,), rng=rng))[0]
    scenario = load("two-valleys").scenario
    assert scenario.calendar.start.isoformat() == "2031-03-17"
    assert sign.worded(scenario).date == "2031-04-14"  # four weeks later
    assert sign.worded().date is None
    assert sign.worded(scenario).says.endswith("by 14 April 2031")


def test_nobody_has_no_majority_where_there_is_no_rival_or_nobody_governs():
    """A fall of the incumbent leaves a want of a majority only where others might have had one."""
    import pandas as pd

    scenario = load("two-valleys").scenario
    alone = pd.DataFrame({"fallen.crown": [10, -1], "power.crown": [0.0, 0.7]})
    assert [o.name for o in outcomes_of(alone, last_week=52, scenario=scenario)] == ["fall of crown"]
    forces = {name: force.model_copy(update={"incumbent": False}) for name, force in scenario.forces.items()}
    ungoverned = scenario.model_copy(update={"forces": forces})
    rivals = pd.DataFrame({"power.crown": [0.7, 0.2], "power.rebels": [0.2, 0.7]})
    found = {o.name: o.happens.tolist() for o in outcomes_of(rivals, last_week=52, scenario=ungoverned)}
    assert found == {"majority of crown": [True, False], "majority of rebels": [False, True]}
