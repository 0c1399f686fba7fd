"""Confidence: laws of the level, what moves the choice, and that it cannot be had by writing less doubt."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world.random_scenarios import random_scenario

from equipoise import load
from equipoise.evidence import under_beliefs
from equipoise.findings import metrics
from equipoise.findings.confidence import (
    Driver,
    Judged,
    OutsideView,
    _moving,
    bare,
    confidence_of,
    ungrounded,
)
from equipoise.findings.drivers import confidence, driving
from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.play import Plan, batches
from equipoise.jobs.options import profiles_of
from equipoise.scenario import places, with_numbers
from equipoise.scenario.likelihood import CONFIDENCE
from equipoise.scenario.model import Claim, Source
from equipoise.scenario.number import Number
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from situations import duel

STRONG = Judged(
    (Driver("p", "a", 0.5, "claim", False), Driver("q", "b", 0.5, "claim", False)),
    True, True, 3, 0.9, 12, 12, ("x",), (), 0, 512,
)  # fmt: skip


def level(judged: Judged) -> int:
    return CONFIDENCE.index(confidence_of(judged, "a", "b").level)


def drivers(basis: str, bare: bool, share: float = 1.0) -> tuple[Driver, ...]:
    return (Driver("p", "a", share, basis, bare), Driver("q", "b", 1 - share, "claim", False))


def test_a_share_of_states_says_of_how_many_it_is():
    says = {reason.about: reason.says for reason in confidence_of(STRONG, "a", "b").reasons}["states"]
    assert says == "A is the best in 90\u202f% of 512 states of the world."


def test_what_is_claimed_doubted_and_agreed_has_high_confidence():
    found = confidence_of(STRONG, "a", "b")
    assert (found.level, found.weakens) == ("high", ())
    assert found.raised_by == "Nothing that is judged here would raise it."


@pytest.mark.parametrize(
    ("change", "levels", "about"),
    [
        ({"drivers": drivers("nothing", False, 0.2)}, 0, "grounds"),
        ({"drivers": drivers("nothing", False, 0.21)}, 1, "grounds"),
        ({"drivers": drivers("nothing", False, 0.51)}, 2, "grounds"),
        ({"drivers": drivers("reason", False, 1.0)}, 0, "grounds"),
        ({"drivers": drivers("claim", True, 0.21)}, 1, "doubt"),
        ({"drivers": drivers("claim", True, 0.51)}, 2, "doubt"),
        ({"told_apart": False}, 1, "simulation"),
        ({"told_apart": None}, 1, "simulation"),
        ({"states": 0.5}, 1, "states"),
        ({"firsts": 9}, 0, "metrics"),
        ({"firsts": 8}, 1, "metrics"),
        ({"dissent": ("x",)}, 1, "holders"),
        ({"outside": OutsideView("it", 0.3, 0.1, 0.3, 0.9)}, 0, "outside"),
        ({"outside": OutsideView("it", 0.31, 0.1, 0.3, 0.29)}, 0, "outside"),
        ({"outside": OutsideView("it", 0.31, 0.1, 0.3, 0.31)}, 1, "outside"),
        ({"outside": OutsideView("it", 0.09, 0.1, 0.3, 0.31)}, 1, "outside"),
    ],
)
def test_each_weakness_costs_what_is_said_and_the_sentence_says_which(change, levels, about):
    found = confidence_of(replace(STRONG, **change), "a", "b")
    assert {r.about: r.costs for r in found.reasons if r.costs} == ({about: levels} if levels else {})
    assert CONFIDENCE.index(found.level) == 2 - levels


def test_what_would_raise_it_names_the_numbers_the_choice_hangs_on():
    weak = replace(STRONG, drivers=drivers("nothing", True, 0.9))
    wanted = "What would raise it: a claim of a source and a range in place of a bare number for a."
    assert confidence_of(weak, "a", "b").raised_by == wanted
    split = replace(STRONG, dissent=("the Empire",), holders=("the Empire",))
    assert (
        confidence_of(split, "a", "b").raised_by
        == "What would raise it: settling whether the beliefs of the Empire are right."
    )


@pytest.mark.parametrize(
    ("given", "grounds", "doubt"),
    [
        (drivers("nothing", True), "Nothing of what moves the choice has grounds", "All of what moves the choice is"),
        (drivers("claim", False), "All of what moves the choice has grounds: 100", "is written with its doubt"),
        (drivers("nothing", True, 0.004), "under 1\u202f% of what moves the choice has no grounds; over 99\u202f%",
         "under 1\u202f% of what moves the choice is written as bare"),
    ],
)  # fmt: skip
def test_all_and_none_are_said_in_words_and_only_where_they_are(given, grounds, doubt):
    said = {r.about: r.says for r in confidence_of(replace(STRONG, drivers=given), "a", "b").reasons}
    assert grounds in said["grounds"] and doubt in said["doubt"]


def test_the_distance_from_the_base_rate_is_said_even_where_it_costs_nothing():
    far = replace(STRONG, outside=OutsideView("the Crown", 0.68, 0.011, 0.051, 0.07))
    told = replace(STRONG, outside=OutsideView("the Crown", 0.68, 0.011, 0.051, 0.03))
    says = "The chance that the Crown falls, 68\u202f% a year, is above its base rate, 1.1 to 5.1\u202f% a year; "
    says += "without the scenario's own events it would be "
    assert confidence_of(far, "a", "b").weakens == (says + "7\u202f% a year, still above it.",)
    wanted = says + "3\u202f% a year, inside it: they account for the distance."
    assert wanted in confidence_of(told, "a", "b").supports


DRIVER = st.builds(
    Driver, st.just("p"), st.just("a"), st.floats(0.01, 1),
    st.sampled_from(["claim", "belief", "reason", "nothing"]), st.booleans(),
)  # fmt: skip
JUDGED = st.builds(
    Judged, st.lists(DRIVER, min_size=1, max_size=6).map(tuple), st.booleans(), st.sampled_from([True, False, None]),
    st.integers(1, 4), st.floats(0, 1), st.just(12), st.integers(0, 12), st.just(("x", "y")),
    st.sampled_from([(), ("x",)]), st.integers(0, 9),
)  # fmt: skip


@given(JUDGED, st.data())
def test_removing_doubt_never_raises_and_adding_claims_never_lowers(judged, data):
    at = data.draw(st.integers(0, len(judged.drivers) - 1))
    one = judged.drivers[at]

    def changed(**change):
        return replace(
            judged, drivers=(*judged.drivers[:at], replace(one, **change), *judged.drivers[at + 1 :])
        )

    assert level(changed(bare=True)) <= level(judged)
    assert level(changed(basis="claim")) >= level(judged)


@given(JUDGED)
def test_bare_numbers_never_have_more_than_low_confidence(judged):
    bares = tuple(replace(driver, bare=True) for driver in judged.drivers)
    assert level(replace(judged, drivers=bares)) == 0


def test_what_moves_the_choice_is_found_and_what_means_nothing_is_not():
    rng = np.random.default_rng(1)
    values = {f"dummy {n}": rng.random(512) for n in range(200)} | {
        "a": rng.random(512),
        "b": rng.random(512),
    }
    f = np.stack([3 * values["a"] + values["b"], np.ones(512), np.full(512, -9.0)])
    found = driving(f, 0, values)
    assert list(found)[:2] == ["a", "b"] and len(found) <= 3
    assert found["a"] == pytest.approx(0.9, abs=0.05)  # 9 / (9 + 1) of the variance; ranks differ a little
    assert (
        driving(np.stack([values["a"], values["a"] - 1]), 0, values) == {}
    )  # the lead is the same everywhere


def sure(scenario, written, states=64):
    """Return the confidence in the best of a small run."""
    profiles = profiles_of(scenario, None, {})
    player, plan = Player(compile_world(scenario, profiles=profiles), seed=1), Plan(states, 4, 1)
    found = summarise(tallied(player, plan))
    return confidence(scenario, scenario, None, written=written, profiles=profiles, found=found, plan=plan)


def certain(number: Number, value: float) -> Number:
    return Number(value=value, claims=number.claims, because=number.because)


def without_doubt(scenario):
    """Return the scenario with the middle of every range in its place, the grounds kept."""
    from equipoise.draws.values import medians

    numbers = places(scenario)
    middles = {path: float(value) for path, value in medians(numbers).items()}
    return with_numbers(scenario, {path: certain(number, middles[path]) for path, number in numbers.items()})


def with_claims(scenario):
    """Return the scenario with a claim of a source under every number."""
    told = scenario.model_copy(
        update={
            "sources": {**scenario.sources, "s": Source(title="S")},
            "claims": {**scenario.claims, "said": Claim(source="s", says="So.")},
        }
    )
    numbers = places(told)
    return with_numbers(told, {p: n.model_copy(update={"claims": ("said",)}) for p, n in numbers.items()})


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_of_random_scenarios_no_doubt_is_low_and_claims_never_lower(seed):
    file = load(random_scenario(seed))
    before = sure(file.scenario, file.written, states=32)
    claimed = sure(with_claims(file.scenario), file.written, states=32)
    assert claimed.judged.states == before.judged.states  # claims change no draw
    assert CONFIDENCE.index(claimed.level) >= CONFIDENCE.index(before.level)
    assert claimed.judged.share(ungrounded) == 0
    for scenario in (file.scenario, with_claims(file.scenario)):
        stripped = sure(without_doubt(scenario), file.written, states=32)
        assert stripped.judged.share(bare) == 1 and stripped.level == "low"


def test_five_bare_numbers_have_low_confidence_and_their_ranges_do_not_make_it_moderate():
    data = {
        "equipoise": 1, "title": "Five numbers", "focus": "empire", "calendar": {"start": "2030-01-07", "weeks": 26},
        "regions": {"all": {}},
        "forces": {"crown": {"control": {"all": 0.6}}, "rebels": {"control": {"all": 0.4}, "momentum": 0.01}},
        "patrons": {"empire": {"standing": {"crown": 0.3, "rebels": 0.1}}},
        "strategies": {"empire": {"one": {"engage": {"crown": 1}}, "other": {"engage": {"rebels": 1}}}},
    }  # fmt: skip
    file = load(data)
    found = sure(file.scenario, file.written, states=256)
    assert found.level == "low" and found.judged.share(bare) == found.judged.share(ungrounded) == 1
    assert found.judged.stressed == 5
    data["forces"]["crown"]["momentum"] = [-0.01, 0.01]
    ranged = load(data)
    assert sure(ranged.scenario, ranged.written, states=256).level == "low"


def test_a_range_without_width_is_no_doubt():
    data = random_scenario(3)
    file = load(data)
    path = next(p for p, n in places(file.scenario).items() if p.endswith("momentum") and p in file.written)
    flat = with_numbers(file.scenario, {path: Number(uniform=(0.01, 0.01))})
    bared = with_numbers(file.scenario, {path: Number(value=0.01)})
    assert sure(flat, file.written, 32).judged.stressed == sure(bared, file.written, 32).judged.stressed


def test_certain_counts_where_it_stands_on_something_and_alone_does_not():
    file = load("two-valleys")
    path = "patrons.empire.standing.hill-lords"
    told = with_claims(file.scenario)
    for scenario, stressed in ((file.scenario, True), (told, False)):
        number = places(scenario)[path].model_copy(update={"certain": True})
        marked = sure(with_numbers(scenario, {path: number}), file.written, 32).judged.stressed
        assert marked == sure(scenario, file.written, 32).judged.stressed - (not stressed)


def test_what_it_is_judged_by_is_what_playing_the_strategies_says():
    """Where the file is taken to state nothing, nothing is doubted: the futures are the run's own."""
    scenario = load("two-valleys").scenario
    judged = sure(scenario, (), states=64).judged
    profiles = profiles_of(scenario, None, {})
    player, plan = Player(compile_world(scenario, profiles=profiles), seed=1), Plan(64, 4, 1)
    (batch,) = batches(player, plan)
    f = player.columns.values(batch.outcomes, "payoff").reshape(9, 64, 4).mean(axis=2)
    best = f.mean(axis=1).argmax()
    assert (judged.strategies, judged.stressed, judged.measured) == (9, 0, False) and judged.drivers == ()
    assert "in these futures no single number can be shown to move the lead" in _moving(judged)
    assert judged.states == pytest.approx((f.argmax(axis=0) == best).mean())
    values = metrics.evaluate(f, [str(d) for d in range(9)])
    firsts = [metrics.ranks(given, name)[str(best)] for name, given in values.items()]
    assert (judged.metrics, judged.firsts) == (len([r for r in firsts if r is not None]), firsts.count(1))
    gap = f[best] - np.sort(f, axis=0)[-1]
    assert gap.max() <= 0 and 0 < judged.firsts < judged.metrics
    assert judged.told_apart is summarise(tallied(player, plan)).differences[0].told_apart


def test_whose_beliefs_would_choose_another_is_asked_of_all_but_the_one_it_is_under():
    """To the clans all is as it is; the league takes the court, which the advice engages, to fall at once."""
    data = duel(
        {
            "strategies.north.even": None,
            "beliefs": {
                "league": {"forces.court.collapse.rate": 3.0},
                "clans": {"forces.clans.control.land": 0.2},
            },
        }
    )
    scenario = load(data).scenario
    profiles, plan = profiles_of(scenario, None, {}), Plan(64, 4, 1)

    def asked(under):
        believed = under_beliefs(scenario, under) if under else scenario
        found = summarise(tallied(Player(compile_world(believed, profiles=profiles), seed=1), plan))
        judged = confidence(
            scenario, believed, under, written=(), profiles=profiles, found=found, plan=plan
        ).judged
        return found.best, judged.holders, judged.dissent

    assert asked(None) == ("court-only", ("the clans", "the league"), ("the league",))
    best, holders, dissent = asked("league")
    assert best == "league-only" and holders == ("the clans",) == dissent


def test_ranks_of_what_drives_are_shared_by_what_is_the_same():
    """Of two halves the same, only the rank of each half counts: correlation with a step is exact."""
    half = np.repeat([0.0, 1.0], 64)
    found = driving(np.stack([half, np.zeros(128)]), 0, {"step": 7 * half, "flat": np.ones(128)})
    assert found == {"step": pytest.approx(1)}
    assert driving(half[None], 0, {"step": half}) == {"step": pytest.approx(1)}
    assert driving(np.stack([half, np.zeros(128)]), 0, {}) == {}
