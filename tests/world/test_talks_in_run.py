"""Talks in which clout is power: settled inside the run, by hand where nothing is left to chance."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from playing import ENGINES, Run, run
from random_scenarios import restless_scenario
from test_reference_kernel import EDGE, games
from tiny import START, merged, tiny

from equipoise.bargaining.study import study_talk
from equipoise.findings.summary import summarise
from equipoise.findings.tally import Tally
from equipoise.futures.play import Batch, Plan, batches
from equipoise.futures.tables import batch_of, outcome_table, weekly_table
from equipoise.scenario import load
from equipoise.world.calendar import NEVER
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player

DRIFT = 0.1
WEEKS = 20


def day(week: int) -> Any:
    return START + timedelta(weeks=week)


def talk(**changes: Any) -> dict[str, Any]:
    """Return a talk of a and b about a scale from 0 to 100, each wanting its own end."""
    return {
        "on": day(8), "veto": ["a", "b"], "clout": "power",
        "issues": {"seats": {
            "scale": {0: "all to a", 100: "all to b"}, "positions": {"a": 0, "b": 100}, "salience": {"a": 1, "b": 1},
            "reservation": {"a": 60, "b": 60},
        }},
    } | changes  # fmt: skip


def war(**changes: Any) -> dict[str, Any]:
    """Return a war without chance in which b gains on a: the odds of its power grow by e^DRIFT a week."""
    moving = {"a": {"momentum": 0}, "b": {"momentum": DRIFT}}
    return merged(tiny(calendar={"start": START, "weeks": WEEKS}, forces=moving), changes)


def power_of_b(week: int) -> float:
    """Return b's power by hand (K1): half of all at the start."""
    return 1 / (1 + np.exp(-DRIFT * week))


def reserving(a: Any, b: Any) -> dict[str, Any]:
    made = talk()
    made["issues"]["seats"]["reservation"] = {"a": a, "b": b}
    return made


# By hand


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("week", [0, 1, 7, 19])
def test_the_outcome_is_what_power_makes_it_in_the_week_of_the_talk(engine: str, week: int) -> None:
    found = run(war(talks={"summit": talk(on=day(week))}), engine)
    assert found.row("outcome.summit.seats")[0] == pytest.approx(100 * power_of_b(week), abs=2e-3)
    assert found.row("held.summit")[0] == week


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deal_is_struck_until_the_war_has_moved_too_far(engine: str) -> None:
    """a accepts up to 60, that is until b's power passes 0.6: after ln(1.5) / 0.1 = 4.05 weeks."""
    struck = [
        bool(run(war(talks={"summit": talk(on=day(w))}), engine).week_of("summit")[0] < NEVER)
        for w in range(8)
    ]
    assert struck == [True] * 5 + [False] * 3


def test_the_chance_of_a_deal_falls_with_the_war_as_by_hand() -> None:
    """A reservation of a that may lie anywhere from 0 to 100 holds with the chance 1 - P_b(t), one of b with P_b(t)."""
    states = 2048
    for who, chance in (("a", lambda w: 1 - power_of_b(w)), ("b", power_of_b)):
        shares = []
        for week in (0, 6, 12):
            limits = {"a": 100, "b": 100} | {who: [0, 100]}
            data = war(talks={"summit": reserving(**limits) | {"on": day(week)}})
            shares.append((run(data, "kernel", states=states).week_of("summit") < NEVER).mean())
            expected = chance(week)
            assert abs(shares[-1] - expected) < 3 * np.sqrt(expected * (1 - expected) / states)
        assert shares == sorted(shares, reverse=who == "a")


def test_models_other_than_the_compromise_see_power_too() -> None:
    """The weighted median goes to whoever has more than half: a push for a at the start turns it."""
    pushed = {"aid": {"on": START, "effects": [{"push": {"a": 0.5}}]}}
    for events, end in (({}, 100), (pushed, 0)):
        data = war(events=events, talks={"summit": talk(on=day(3), model="weighted-median")})
        assert run(data, "kernel").row("outcome.summit.seats")[0] == end


def test_the_power_of_some_weighs_beside_the_numbers_of_others() -> None:
    made = talk(on=day(0), clout={"a": "power", "p": 0.25})
    made["issues"]["seats"] |= {
        "positions": {"a": 0, "p": 90},
        "salience": {"a": 1, "p": 1},
        "reservation": {},
    }
    for engine in ENGINES:
        found = run(war(talks={"summit": made}), engine)
        assert found.row("outcome.summit.seats")[0] == pytest.approx(90 * 0.25 / 0.75, abs=1e-3)


def test_strategies_that_move_the_war_move_the_talk() -> None:
    data = war(
        forces={"b": {"legitimacy": 0.1}}, talks={"summit": talk(on=day(3))},
        strategies={"p": {"s": {"engage": {}}, "court": {"engage": {"b": 1}}}},
    )  # fmt: skip
    for engine in ENGINES:
        found = run(data, engine)
        assert (found.outcomes[:, found.columns.index("outcome.summit.seats"), 0] > 60).tolist() == [
            False,
            True,
        ]
        assert (found.weeks[:, 0, 0] < NEVER).tolist() == [True, False]
    data["talks"]["summit"]["clout"] = {"a": 1, "b": 1}
    assert (run(data, "kernel").weeks[:, 0, 0] == 3).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_where_nobody_has_power_left_there_is_no_outcome(engine: str) -> None:
    """Both fall at 99.3 % a week: after nine weeks nobody is left, and the talk comes to nothing."""
    data = tiny(
        calendar={"start": START, "weeks": WEEKS},
        forces={j: {"collapse": {"rate": 100}} for j in "ab"}, talks={"summit": talk(on=day(9), veto=[])},
    )  # fmt: skip
    found = run(data, engine, chance=8)
    assert (found.row("held.summit") == 9).all()
    assert np.isnan(found.row("outcome.summit.seats")).all()
    assert (found.week_of("summit") == NEVER).all()


def test_two_forces_of_one_power_are_a_talk_between_equals() -> None:
    """Negative control: where the war stands still, power is a number like any other."""
    still = tiny(talks={"summit": talk(between=[day(0), day(3)], on=None, probability=0.7)})
    still["talks"]["summit"].pop("on")
    fixed = tiny(talks={"summit": still["talks"]["summit"] | {"clout": {"a": 0.5, "b": 0.5}}})
    one, other = (run(data, "kernel", states=4, chance=64) for data in (still, fixed))
    assert np.array_equal(one.weeks, other.weeks)
    assert 0.5 < (one.weeks < NEVER).mean() < 0.9


# What follows the deal


def followed(**events: Any) -> tuple[Run, Run]:
    """Return a run in which a talk may sit in weeks 5 to 9, and the same where it never takes place."""
    made = reserving([0, 100], 100) | {"between": [day(5), day(9)], "probability": 0.6}
    made.pop("on")
    both = [war(events=events, talks={"summit": made | {"probability": p}}) for p in (0.6, 0)]
    with_talk, without = (run(data, "kernel", states=32, chance=16) for data in both)
    reference = run(both[0], "reference", states=32, chance=16)
    clear = reference.margin[0] > EDGE
    assert np.array_equal(with_talk.weeks[0][:, clear], reference.weeks[0][:, clear])
    return with_talk, without


@pytest.mark.parametrize(
    "looks",
    [{"requires": ["summit"]}, {"odds": {"summit": 4}}, {"after": {"summit": 2}}, {"unless": ["summit"]}],
    ids=str,
)
def test_what_looks_at_the_deal_comes_no_earlier_than_the_talk(looks: dict[str, Any]) -> None:
    event = {"between": [day(0), day(18)], "probability": 0.5, **looks}
    found, without = followed(march=event, echo={"between": [day(0), day(18)], "after": {"march": 0}})
    held, deal, march, echo = (
        found.row("held.summit"),
        *(found.week_of(n) for n in ("summit", "march", "echo")),
    )
    met, struck = held >= 0, deal < NEVER
    assert 0 < struck.sum() < met.sum() < len(met)
    assert (march[met] >= held[met]).all()
    assert (echo[met] >= held[met]).all()  # through others, too
    assert np.array_equal(march[~met], without.week_of("march")[~met])
    assert np.array_equal(echo[~met], without.week_of("echo")[~met])
    assert (march[met] == held[met]).any()
    if "requires" in looks:
        assert (march[~struck] == NEVER).all()
        assert abs((march[struck] < NEVER).mean() - 0.5) < 3 * 0.5 / np.sqrt(struck.sum())
    if "unless" in looks:
        assert (march[struck] == NEVER).all()
    if "after" in looks:
        assert (march[struck] >= deal[struck] + 2).all()
    if "odds" in looks:
        failed = met & ~struck
        shares = [(march[chosen] < NEVER).mean() for chosen in (failed, struck)]
        for share, expected, chosen in zip(shares, (0.5, 0.8), (failed, struck), strict=True):
            assert abs(share - expected) < 3.5 * np.sqrt(expected * (1 - expected) / chosen.sum())


def test_terms_follow_the_deal() -> None:
    """Signed by the deal and due two weeks later; the event that keeps the word comes too late."""
    pact = {
        "parties": ["a", "b"], "signed": "summit", "breach": [{"violence": {"add": 1}}],
        "terms": [{"who": "a", "does": "leave", "event": "leave", "within": 2}],
    }  # fmt: skip
    for engine in ENGINES:
        data = war(
            events={"leave": {"on": day(15)}}, agreements={"pact": pact}, talks={"summit": talk(on=day(3))}
        )
        steps = np.diff(run(data, engine).path("violence")[:, 0])
        assert np.flatnonzero(steps > 0.5).tolist() == [5]
        data["talks"]["summit"]["on"] = day(6)  # no deal any more
        assert np.abs(np.diff(run(data, engine).path("violence")[:, 0])).max() < 1e-6


def test_one_talk_may_follow_another_in_the_same_week() -> None:
    second = talk(on=day(3), requires=["summit"])
    for engine in ENGINES:
        found = run(war(talks={"summit": talk(on=day(3)), "after-summit": second}), engine)
        assert found.week_of("summit")[0] == found.week_of("after-summit")[0] == 3
        assert found.row("held.after-summit")[0] == 3
        late = run(war(talks={"summit": talk(on=day(6)), "after-summit": second | {"on": day(6)}}), engine)
        assert late.row("held.after-summit")[0] == -1


def test_a_deal_settles_in_its_own_week() -> None:
    made = talk(on=day(3), effects=[{"push": {"a": 2}}])
    for engine in ENGINES:
        path = run(war(talks={"summit": made}), engine).path("power.b")[:, 0]
        assert path[3] == pytest.approx(power_of_b(3), abs=1e-5)
        assert path[4] < 0.2


# Laws


def test_a_future_is_the_same_in_any_company() -> None:
    data = restless_scenario(61)
    world = compile_world(load(data).scenario, profiles=games(data))
    player = Player(world, seed=4)
    prepared = player.prepare(parameters_of(world, 0, 50, seed=5))
    whole = player.play(prepared, np.arange(400), chance=8, first_state=0)
    some = np.random.default_rng(1).permutation(400)[:37]
    part = player.play(prepared, some, chance=8, first_state=0)
    assert np.array_equal(part.outcomes, whole.outcomes[:, :, some], equal_nan=True)
    assert np.array_equal(part.weeks, whole.weeks[:, :, some])
    single_world = compile_world(load(data).scenario, profiles=games(data)[1:2])
    alone = Player(single_world, seed=4)
    prepared = alone.prepare(parameters_of(single_world, 0, 50, seed=5))
    single = alone.play(prepared, some, chance=8, first_state=0)
    assert np.array_equal(single.outcomes[0], part.outcomes[1], equal_nan=True)


# What is told


def tallied(data: dict[str, Any], futures: int = 1024) -> tuple[Tally, list[Batch]]:
    player, plan = Player(compile_world(load(data).scenario), seed=2), Plan.of(futures, seed=2)
    tally, played = Tally(player, plan.chance), list(batches(player, plan, workers=1))
    for batch in played:
        tally.add(batch)
    return tally, played


def test_the_summary_tells_the_talk_as_the_first_strategy_has_it() -> None:
    made = reserving([0, 100], 100) | {"on": day(6), "probability": 0.5}
    tally, played = tallied(war(talks={"summit": made}))
    told = summarise(tally).talks["summit"].to_dict()
    json.dumps(told, allow_nan=False)
    chance = 1 - power_of_b(6)
    assert told["deal"] == pytest.approx(0.5 * chance, abs=0.05)
    assert told["acceptable"] == pytest.approx(chance, abs=0.06)
    assert told["issues"]["seats"]["mean"] == pytest.approx(100 * power_of_b(6), abs=1e-3)
    assert told["deal"] == (played[0].weeks[0, 0] < WEEKS).mean()


def test_a_talk_that_is_never_held_has_no_outcome_to_tell() -> None:
    told = summarise(tallied(war(talks={"summit": talk(probability=0)}), 64)[0]).talks["summit"].to_dict()
    assert told["deal"] == 0
    assert told["acceptable"] is None
    assert told["issues"]["seats"] == {
        "mean": None,
        "p5": None,
        "p50": None,
        "p95": None,
        "no_agreement": None,
    }


def test_a_batch_comes_back_from_its_tables_whole() -> None:
    data = restless_scenario(61)
    player, plan = Player(compile_world(load(data).scenario), seed=2), Plan.of(256, seed=2)
    (batch,) = batches(player, plan, workers=1)
    again = batch_of(player, plan, 0, outcome_table(player, batch), weekly_table(player, batch))
    for name in player.columns.names:  # payoffs are added up from their terms, in double precision
        kept, was = (player.columns.values(part.outcomes, name) for part in (again, batch))
        assert np.array_equal(kept, was, equal_nan=True), name
    inside = np.where(batch.weeks < player.world.weeks, batch.weeks, NEVER)
    assert np.array_equal(again.weeks, inside)
    assert parameters_of(player.world, 0, 2, seed=2).deals == {}


def test_the_study_of_the_talk_alone_takes_power_at_the_start() -> None:
    data = war(
        forces={"a": {"control": {"land": 3}}, "b": {"control": {"land": 1}}}, talks={"summit": talk()}
    )
    actors = study_talk(load(data).scenario, "summit").to_dict()["actors"]
    assert {name: found["clout"] for name, found in actors.items()} == {"a": 0.75, "b": 0.25}
