"""The whole exploration on a synthetic study: what comes out is JSON, repeats, and finds what was planted."""

import json
import re
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from equipoise.errors import InputError
from equipoise.exploration import Ensemble, WeeklySample, explore
from equipoise.exploration.assumptions import Assumption, _sentence
from equipoise.exploration.overview import _headlines, _lead, _watched
from equipoise.findings.found import ResentmentScan
from equipoise.records import jsonable
from equipoise.reporting.analyses.explore import blocks
from equipoise.reporting.terminal import renderables
from equipoise.scenario import load

STRATEGIES = ("back-crown", "back-rebels", "even-hedge")
RATE, DUPLICITY = "forces.crown.collapse.yearly", "forces.crown.resentment.duplicity"
STATES, STREAMS, WEEKS = 640, 8, 53


def _payoffs(rate, duplicity, factor=1.0):
    falls = 1 - np.exp(-52 * rate)
    return {
        "back-crown": 0.6 * (1 - falls),
        "back-rebels": 0.6 * falls,
        "even-hedge": 0.42 - factor * duplicity + 0 * falls,
    }


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    scenario = load("two-valleys").scenario
    rate, duplicity = rng.uniform(0.002, 0.03, STATES), rng.uniform(0, 0.1, STATES)
    inputs = {RATE: rate, DUPLICITY: duplicity, "dynamics.fade": np.full(STATES, 0.01),
              "quantities.weariness": rng.uniform(0.5, 1.5, STATES)}  # fmt: skip
    falls = 1 - np.exp(-52 * rate)
    state, stream = np.repeat(np.arange(STATES), STREAMS), np.tile(np.arange(STREAMS), STATES)
    u = rng.random(len(state))
    fell = u < falls[state]
    week = np.where(fell, 10 + (u / falls[state] * 40).astype(int), -1)
    order = np.where(fell, "chaos", "holds")
    influence = {"back-crown": 0.6 * ~fell, "back-rebels": 0.6 * fell, "even-hedge": 0.42 - duplicity[state]}
    rows = [
        pd.DataFrame(
            {"state": state, "stream": stream, "strategy": name, "payoff": value, "terms.influence": value,
             "fallen.crown": week, "event.republic-leaves": np.where(u < 0.3, 6, -1), "order": order}
        )
        for name, value in influence.items()
    ]  # fmt: skip
    payoff = np.array([influence[name].reshape(STATES, STREAMS) for name in STRATEGIES])
    centred = payoff - payoff.mean(axis=2, keepdims=True)
    noise = np.einsum("dst,est->des", centred, centred) / (STREAMS - 1) / STREAMS
    ensemble = Ensemble(
        inputs=inputs, payoff=payoff.mean(axis=2), strategies=STRATEGIES, noise=noise,
        grounds={RATE: 2}, scenario=scenario,
    )  # fmt: skip
    power = 0.6 - 0.01 * fell[:, None] * np.arange(WEEKS) + 0.02 * rng.normal(size=(len(state), WEEKS))
    weekly = WeeklySample(
        STRATEGIES, {"power.crown": np.broadcast_to(power, (3, *power.shape))}, state, stream
    )
    return ensemble, pd.concat(rows, ignore_index=True), weekly, rate, duplicity


def _contest(**found):
    """What a run says of its hedges, and of the duplicity at which they stop paying."""
    bare = dict.fromkeys(field.name for field in fields(ResentmentScan))
    sides = {"hedges": ("even-hedge",), "one_sided": ("back-crown", "back-rebels")}
    return ResentmentScan(**(bare | sides | found))


RUN = {"scan": _contest(), "seed": 1}


def _evaluate(rate, duplicity):
    def evaluate(overrides):
        factor = overrides[DUPLICITY].times if DUPLICITY in overrides else None
        r = overrides[RATE].set if RATE in overrides else rate
        d = overrides[DUPLICITY].set if DUPLICITY in overrides and factor is None else duplicity
        return _payoffs(np.broadcast_to(r, rate.shape), d, 1.0 if factor is None else factor)

    return evaluate


@pytest.fixture(scope="module")
def result(study):
    ensemble, futures, weekly, rate, duplicity = study
    return explore(
        ensemble,
        futures=futures,
        weekly=weekly,
        evaluate=_evaluate(rate, duplicity),
        scan=_contest(),
        seed=1,
    )


def test_the_result_is_strict_json(result):
    text = json.dumps(result.to_dict(), allow_nan=False)
    assert json.loads(text)["recommended"] == result.recommended


def test_what_was_planted_is_found(result, study):
    assert result.recommended == "even-hedge"
    choice = next(d for d in result.drivers if d.output == "choice")
    assert choice.indices[0].path == RATE and choice.indices[0].told_apart
    assert result.information.inputs[0].what == RATE
    assert result.flips.smallest[1].paths == (RATE,)
    assert result.flips.smallest[1].confirmed
    assert result.tips[0].path == RATE and result.tips[0].established
    box = next(b for b in result.failures.prim + result.failures.cart if b.confirmed)
    assert {limit.path for limit in box.limits} <= {RATE, DUPLICITY}
    assert "the Crown" in box.says
    power = next(w for w in result.indicators if w.outcome == "fall of crown").indicators[0]
    assert power.observable == "power.crown" and power.sign == "below"
    ungrounded = [a.path for a in result.assumptions.assumptions]
    assert RATE not in ungrounded and DUPLICITY in ungrounded
    assert result.assumptions.certain == ("dynamics.fade",)


def test_the_same_seed_gives_the_same_result(study, result):
    ensemble, futures, weekly, rate, duplicity = study
    again = explore(
        ensemble,
        futures=futures,
        weekly=weekly,
        evaluate=_evaluate(rate, duplicity),
        scan=_contest(),
        seed=1,
    )
    assert again.to_dict() == result.to_dict()


def test_the_tables_show_it(result):
    from rich.console import Console

    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    made = renderables(blocks(json.loads(json.dumps(result.to_dict()))))
    for table in made:
        console.print(table)
    text = console.export_text()
    headings = (
        "What the exploration", "What drives which strategy is best", "Where the best strategy changes",
        "Where even-hedge fails", "What to find out first", "What to watch",
        "Key assumptions", "smallest credible change", "What makes",
    )  # fmt: skip
    for heading in headings:
        assert heading in text
    assert "nan" not in text.lower().split()


def test_without_futures_or_reruns_those_parts_are_absent(study):
    ensemble = study[0]
    found = explore(ensemble).to_dict()
    for part in ("resentment", "indicators", "difference", "failures_in_futures"):
        assert found[part] is None
    assert renderables(blocks(found))


@pytest.mark.parametrize(("rest", "said"), [(0.98, True), (0.5, False), (None, False)])
def test_a_choice_that_hangs_on_little_is_said_to(study, result, rest, said):
    """Where no input explains most of the choice, the first of them does not carry it."""
    others = tuple(d for d in result.drivers if d.output != "choice")
    choice = next(d for d in result.drivers if d.output == "choice")
    lines = _headlines(replace(result, drivers=(replace(choice, rest=rest), *others)), study[0])
    assert lines[1].startswith("the choice hangs most on ")
    assert ("little on that: no input, alone or with one other, explains 98\u202f% of it" in lines[1]) is said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0.05, ", 0.050 ahead of b (95 % interval +0.04"),
        (0.001, ", but cannot be told apart from b: 0.001 lies between them (95 % interval −0.00"),
    ],
)
def test_the_first_sentence_says_how_far_ahead_the_best_is_and_whether_that_can_be_told(ahead, said):
    """The mean difference is `ahead`, its spread over states 0.1: over 640 of them the error is about 0.004."""
    second, luck = np.linspace(0.2, 0.6, STATES), np.random.default_rng(5).normal(size=STATES)
    first = second + ahead + 0.1 * (luck - luck.mean())
    ensemble = Ensemble(
        inputs={"k": second}, payoff=np.array([second, first]), strategies=("b", "a"), noise=None
    )
    assert _lead(ensemble).startswith(f"a has the highest mean payoff of 2 strategies{said}")


def test_a_choice_that_depends_on_one_assumption_is_said_once():
    bare = Assumption("a", 0.1, 0.01, 0.5, True, None, True)
    other = replace(bare, path="b", matters=False)
    assert _sentence([bare, other], 1, None) == (
        "2 of 3 uncertain inputs stand on no claim; the choice depends on one of them: a"
    )
    assert _sentence([bare, replace(bare, path="b")], 1, None).endswith("depends on 2 of them, most on a")


def test_one_strategy_and_nothing_uncertain_still_say_so():
    ensemble = Ensemble(inputs={"k": np.ones(64)}, payoff=np.ones((1, 64)), strategies=("only",))
    found = explore(ensemble).to_dict()
    assert found["drivers"][0]["constant"]
    assert json.dumps(found, allow_nan=False)
    assert renderables(blocks(found))


def test_the_resentment_at_which_the_hedge_stops_paying_is_the_runs_own(study):
    run = _contest(multipliers=(0.0, 1.0, 2.0), lead=(0.2, 0.1, -0.1), threshold=1.4321, low=1.3, high=1.5)
    found = explore(study[0], scan=run, seed=1)
    assert (found.resentment.threshold, found.resentment.low, found.resentment.high) == (1.4321, 1.3, 1.5)
    assert found.resentment.says in found.headlines


def test_a_quarter_of_single_futures_fail(result, study):
    """Regret in one future: what the best of the three gets there less what the hedge does; the worst quarter fail."""
    futures = study[1]
    payoff = futures.pivot_table(
        index=["state", "stream"], columns="strategy", values="payoff", observed=True
    )
    regret = payoff.max(axis=1) - payoff["even-hedge"]
    found = result.failures_in_futures
    assert found.failures == pytest.approx(0.25, abs=0.002)
    # the search looks at the first 4,000 futures only, so its threshold is near that of all of them, not equal
    threshold = float(re.search(r"more than ([0-9.]+) in payoff", found.fails_where)[1])
    assert threshold == pytest.approx(np.quantile(regret, 0.75), abs=0.005)


def test_the_tipping_point_is_where_playing_again_says(result, study):
    """The Crown's rate at which backing it stops being best, from the formula the payoffs are made with."""
    _, _, _, _, duplicity = study
    hedge = 0.42 - duplicity.mean()
    tip = result.tips[0]
    assert tip.path == RATE
    where = [c for c in tip.crossings if {c.below, c.above} == {"back-crown", "even-hedge"}]
    assert [c.played_again for c in where] == [True]
    falls = 1 - hedge / 0.6
    assert where[0].value == pytest.approx(-np.log(1 - falls) / 52, rel=1e-3)
    assert where[0].low <= where[0].value <= where[0].high


def test_bad_input_is_refused(study):
    ensemble = study[0]
    with pytest.raises(InputError, match="there are: back-crown"):
        explore(ensemble, strategy="nobody")
    with pytest.raises(InputError, match="strategies × states"):
        Ensemble(inputs={}, payoff=np.ones((2, 5)), strategies=("a",))
    with pytest.raises(InputError, match="missing or infinite"):
        Ensemble(inputs={}, payoff=np.array([[1.0, np.nan]]), strategies=("a",))
    with pytest.raises(InputError, match="input `x`"):
        Ensemble(inputs={"x": [1.0, 2.0, 3.0]}, payoff=np.ones((1, 2)), strategies=("a",))
    with pytest.raises(InputError, match="noise"):
        Ensemble(inputs={}, payoff=np.ones((1, 2)), strategies=("a",), noise=np.ones(3))


def test_nan_becomes_null_and_zero_stays_zero():
    assert jsonable({"a": np.array([np.nan, 0.0]), "b": np.float64("inf")}) == {"a": [None, 0.0], "b": None}


def test_all_names_are_importable():
    import equipoise.exploration as room

    assert list(room.__all__) == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)


def test_what_is_worth_most_is_watched_first():
    """Signs foretell both falls; only in futures of the second does another strategy, taken up then, pay more."""
    rng = np.random.default_rng(5)
    n = STATES
    crown, rebels = rng.random(n) < 0.5, rng.random(n) < 0.5
    seen = {name: np.where(rng.random(n) < np.where(fell, 0.9, 0.1), 2, -1)
            for name, fell in (("event.riot", crown), ("event.mutiny", rebels))}  # fmt: skip
    weeks = {"fallen.crown": np.where(crown, 40, -1), "fallen.rebels": np.where(rebels, 40, -1)}
    index = {"state": np.arange(n), "stream": np.zeros(n, int)}
    futures = pd.concat(
        [pd.DataFrame(index | {"strategy": name, "payoff": 1.0 - k} | seen | weeks)
         for k, name in enumerate(("hold", "shift"))]
    )  # fmt: skip
    ensemble = Ensemble(inputs={}, payoff=np.array([np.ones(n), np.zeros(n)]), strategies=("hold", "shift"))
    weekly = WeeklySample(
        ("hold", "shift"), {"violence": np.zeros((2, n, 41))}, index["state"], index["stream"]
    )

    def taken_up(strategy, week):
        return {"hold": np.zeros(n), "shift": np.where(rebels, 1.0, -1.0)}

    watched, sights = _watched(futures, weekly, ensemble, taken_up, rng)
    order = [one.outcome for one in watched]
    assert order == ["fall of rebels", "fall of crown", "hold is not best"]
    assert "mutiny" in sights[0].signs[0] and sights[0].worth.told_apart
    as_listed, none = _watched(futures, weekly, ensemble, None, rng)
    assert none is None and [one.outcome for one in as_listed] == [order[1], order[0], order[2]]


def test_what_only_follows_the_governments_fall_is_no_place_where_a_strategy_fails():
    """The king flees wherever he has fallen: a perfect sign of the want of success, and no cause of it."""
    import equipoise
    from equipoise.scenario import loads

    flight = "\nevents:\n  flight: {what: The king flees, when: {collapsed: crown}, weekly: 1}\n"
    text = equipoise.load("two-valleys").text.replace("\nevents:\n", flight)
    written = loads(text + "\nsuccess: [{stands: crown}]\n")
    study = equipoise.run(written, futures=1600, strategies=["even-hedge", "back-crown"], additions=False)
    found = equipoise.explore(study, reruns=False)["failures_in_futures"]
    boxes = [*found["prim"], *found["cart"]]
    paths = {limit["path"] for box in boxes for limit in box["limits"]}
    assert "event.flight" not in paths and paths & {"event.crown-cracks", "event.republic-leaves"}
