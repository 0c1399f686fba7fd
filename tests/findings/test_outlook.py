"""What is implied for judgements, against closed forms; as things stand, against a file without events."""

import numpy as np
import pytest

from equipoise.draws.estimate import estimate
from equipoise.findings.outlook import measured, outlook
from equipoise.futures.play import Plan, traces
from equipoise.scenario import load, loads
from equipoise.scenario.altering import as_things_stand
from equipoise.scenario.outlook import PowerJudgement
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

PLAN = Plan.of(4096, chance=4, seed=3)
CASE = """\
equipoise: 1
title: Seen
focus: p
calendar: {start: 2030-01-07, weeks: 60}
regions: {land: {weight: 3}, sea: {weight: 1}}
forces:
  a: {incumbent: true, control: {land: 3, sea: 1}, collapse: {yearly: 0.3}}
  b: {control: {land: 1, sea: 1}, home: {sea: 0.02}}
  c: {control: {}}
patrons:
  p: {standing: {b: 0.4}}
  q: {standing: {a: 0.2}, default: still}
strategies:
  p: {s: {}}
  q: {still: {}, busy: {engage: {a: 1}}}
"""
OUTLOOK = """\
outlook:
  - {falls: a, within: 52, is: 0.3}
  - {falls: a, within: 26, is: [0.1, 0.2]}
  - {standing: p, with: b, week: 13, is: 0.4}
  - {standing: q, with: a, week: 5, is: 0.2}
  - {happens: march, within: 5, is: 0.3}
  - {happens: rise, within: 2, is: 0.75}
  - {happens: meeting, within: 3, is: 1}
  - {happens: meeting, within: 2, is: 1}
  - {order: settlement, week: 3, is: 1}
  - {order: settlement, week: 2, is: 1}
  - {order: chaos, week: 60, is: 0.3}
"""
HAPPENINGS = """\
events:
  march: {between: ["2030-01-07", "2030-03-17"], probability: 0.6}
  rise: {when: {power: a, above: 0.1}, weekly: 0.5}
talks:
  meeting:
    on: 2030-01-21
    clout: {a: 1, b: 1}
    issues: {k: {positions: {a: 0, b: 1}, salience: {a: 1, b: 1}}}
    effects: [{settlement: true}]
"""


@pytest.fixture(scope="module")
def implied():
    return outlook(loads(CASE + HAPPENINGS + OUTLOOK).scenario, PLAN)


def test_chances_are_those_of_the_closed_forms(implied):
    """K3 and K5 of the model; a conditional event of chance 1/2 a week comes within two weeks with 3/4."""
    expected = {0: 0.3, 1: 1 - 0.7**0.5, 4: 0.6 * 5 / 10, 5: 0.75}
    for k, chance in expected.items():
        assert abs(implied[k].implied - chance) < 3 * implied[k].se, implied[k]
        assert 0 < implied[k].se < 0.02


def test_standing_fades_where_nobody_is_engaged(implied):
    """K6: R(t) = R0 (1 - fade)^t while a is in the field, for q follows its default, which engages nobody."""
    expected = 0.2 * 0.99**5 * 0.7 ** (5 / 52)
    assert abs(implied[3].implied - expected) < 3 * implied[3].se
    assert 0 < implied[3].se < 0.001
    stood = implied[2]
    assert stood.implied > 0.4  # p has no default: it engages in proportion to its standings, b alone


def test_a_deal_and_its_order_come_in_their_weeks(implied):
    """Week 2 is 21 January: nothing is agreed before the third week, all is after it, until a government falls."""
    assert [implied[k].implied for k in (6, 7)] == [1.0, 0.0]
    assert implied[9].implied == 0.0
    assert implied[8].implied > 0.97


def test_holding_is_told_from_not_holding(implied):
    assert [implied[k].holds for k in (0, 1, 3, 6, 7)] == [True, True, True, True, False]
    assert implied[1].wanted == (0.1, 0.2)
    assert implied[1].tolerance == pytest.approx(0.05)
    assert implied[0].tolerance == 0.02


def test_control_grows_by_its_drift(implied):
    """K1: the odds of b against a in a region grow by e^home a week."""
    lines = "outlook:\n  - {control: b, in: sea, week: 40, is: 0.5}\n  - {control: b, in: land, week: 40, is: 0.25}\n"
    text = CASE.replace(", collapse: {yearly: 0.3}", "") + lines
    sea, land = outlook(loads(text).scenario, Plan.of(64, chance=1))
    assert sea.implied == pytest.approx(np.exp(0.8) / (1 + np.exp(0.8)), abs=1e-5)
    assert land.implied == pytest.approx(0.25, abs=1e-6)


def test_a_week_on_the_way_is_that_of_the_weekly_series():
    """Looked at while it is played, and read from the series of the same futures: the same number, talks or not."""
    of, plan = load("two-valleys").scenario, Plan(64, chance=1, seed=5)
    series, *_ = traces(player := Player(compile_world(of, profiles=[{}]), seed=5), plan)
    for week in (0, 1, 11, 23, 52):
        (seen,) = measured(of, [PowerJudgement(power="rebels", week=week, is_=0.0)], plan)
        assert (seen == series[0, player.series.index("power.rebels"), week]).all()


BUSY = """\
events:
  shove: {on: 2030-01-14, effects: [{push: {b: 0.5}, weeks: 9}]}
  revolt: {when: {power: a, above: 0.1}, chance: 0.9, effects: [{push: {b: 0.4}}]}
talks:
  meeting:
    on: 2030-01-21
    clout: {a: 1, b: 1}
    issues: {k: {positions: {a: 0, b: 1}, salience: {a: 1, b: 1}}}
    effects: [{push: {a: 0.7}}]
agreements:
  pact:
    parties: [a, b]
    signed: 2029-12-01
    terms: [{who: a, does: leave, by: 2030-02-04, event: never-comes}]
    breach: [{push: {b: 0.3}}]
"""


def test_as_things_stand_is_the_file_without_its_events_talks_agreements_and_backing():
    """Two independent ways to the same world: the function, and a file in which nobody wrote them."""
    plain = CASE.replace("{p: {s: {}}}", "").replace(
        "  b: {control", "  b: {backing-effect: {money: 0.1}, control"
    )
    backed = plain.replace(
        "still: {}", "still: {back: {b: {money: 1}}, then: {when: shove, back: {b: {money: 0.5}}}}"
    )
    full = backed + BUSY + "  # a line of its own\n"
    full = full.replace("events:\n", "events:\n  never-comes: {on: 2030-02-25, probability: 0}\n")
    asked = [
        PowerJudgement(power="b", week=30, is_=0.0, given=given)
        for given in ("everything", "as-things-stand")
    ]
    busy, still = measured(loads(full).scenario, asked, PLAN)
    (quiet,) = measured(loads(plain).scenario, asked[:1], PLAN)
    assert (still == quiet).all()
    assert estimate(busy).mean > estimate(still).mean + 0.1


def test_as_things_stand_twice_is_as_things_stand():
    of = load("two-valleys").scenario
    once = as_things_stand(of)
    assert as_things_stand(once) == once
    assert once != of
