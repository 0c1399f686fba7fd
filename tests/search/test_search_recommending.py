"""What is recommended: the named one unless something found is worth more beyond twice its error; nobody who fell."""

import numpy as np
import pytest

from equipoise import load
from equipoise.draws.estimate import Estimate
from equipoise.reporting.analyses.optimise import verdict
from equipoise.scenario.model import CollapsedCondition, Strategy
from equipoise.search.objective import objective
from equipoise.search.optimise import _Candidate, _Optimiser
from equipoise.search.policies import Policies, complexity, fallen_by
from equipoise.search.result import worth_it


@pytest.mark.parametrize(
    ("mean", "se", "worth"),
    [(0.21, 0.1, True), (0.19, 0.1, False), (-0.5, 0.1, False), (0.01, None, True), (0.0, 0.0, False),
     (None, None, False)],
)  # fmt: skip
def test_twice_its_error_is_the_bar(mean, se, worth):
    assert worth_it(Estimate(mean, se, None, None, 7)) is worth


def judged(strategy: Strategy, metric: str = "laplace") -> dict:
    """Return what a search says that came upon this strategy, beside those of two-valleys."""
    scenario = load("two-valleys").scenario
    run = _Optimiser(scenario, objective(metric), 32, 4, 1, {}, 1, stop=lambda: False)
    return run.judge(_Candidate("found", strategy), []).to_dict()


def test_what_plays_like_the_best_named_one_is_not_recommended_in_its_place():
    """Weights are relative: the best named strategy written with other weights gains exactly nothing."""
    same = Strategy(engage={"crown": 2.0, "rebels": 2.0, "hill-lords": 2.0}, follow_power=2.0)
    found = judged(same)
    assert found["best_named"]["name"] == found["found"]["named"] == "bandwagon"
    assert found["not_better"]["gain"]["held_out"]["mean"] == 0
    assert any("so bandwagon, which was written down, is recommended" in note for note in found["notes"])
    assert "it is recommended: nothing found is worth more beyond twice its error" in verdict(found)


@pytest.mark.parametrize("metric", ["laplace", "minimax-regret"])
def test_a_worse_one_is_not_recommended_whichever_way_is_better(metric):
    found = judged(Strategy(engage={"crown": 1.0}), metric)
    assert (
        found["found"]["named"] == found["best_named"]["name"]
        and found["not_better"]["gain"]["held_out"]["mean"] < 0
    )


def test_what_is_worth_more_stays_recommended():
    better = Strategy(
        engage={"crown": 0.15, "rebels": 0.2, "hill-lords": 0.65}, follow_power=1.7, follow_standing=0.7
    )
    found = judged(better)
    assert found["found"]["named"] is None and found["not_better"] is None
    assert found["gain"]["held_out"]["mean"] > 2 * found["gain"]["held_out"]["se"]


def test_no_effort_is_left_on_a_force_that_has_fallen():
    policies = Policies(load("two-valleys").scenario)
    assert policies.forces == ("crown", "rebels", "hill-lords")
    point = np.array([0.2, 0.3, 0.5, 0, 0, 0, 0.5, 0.25, 0.25])
    fall = (CollapsedCondition(collapsed="crown"),)
    assert policies.strategy(point, fall).then.engage == {"rebels": 0.5, "hill-lords": 0.5}
    assert policies.strategy(point, fall).engage == {"crown": 0.2, "rebels": 0.3, "hill-lords": 0.5}
    assert policies.strategy(point, "republic-leaves").then.engage["crown"] == 0.5
    alone = np.array([0.2, 0.3, 0.5, 0, 0, 0, 1.0, 0, 0])
    assert policies.strategy(alone, fall).then.engage == {}


def test_an_event_that_waits_for_a_fall_leaves_nobody_there_either():
    data = load("two-valleys").scenario
    event = data.events["crown-cracks"].model_copy(update={"when": (CollapsedCondition(collapsed="crown"),)})
    scenario = data.model_copy(update={"events": {**data.events, "crown-cracks": event}})
    assert fallen_by(scenario, "crown-cracks") == ("crown",)
    assert fallen_by(scenario, "republic-leaves") == () == fallen_by(scenario, "lake-conference")


def test_what_is_decided_and_backed_has_to_be_said_too():
    """One force engaged, one decision, one channel of backing."""
    assert complexity(load("two-valleys").scenario.strategies["republic"]["pay-not-fight"]) == 3
