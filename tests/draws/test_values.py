"""One draw of a scenario's numbers: by name, by seed and by state, whoever asks."""

import numpy as np
import pytest
from scipy import stats

from equipoise.bargaining.sampling import talk_table
from equipoise.draws.sampling import uniforms
from equipoise.draws.values import draw, medians, power_at_start, power_summary, uncertain, with_sources
from equipoise.evidence import under_beliefs
from equipoise.scenario import load, places
from equipoise.scenario.number import Number
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of


def number(data):
    return Number.model_validate(data)


NUMBERS = {
    "a": number({"uniform": [2, 4]}),
    "b": number(7),
    "c": number({"is": "q", "times": 3}),
    "quantities.p": number({"is": "q"}),
    "quantities.q": number({"normal": [10, 2]}),
}


def test_numbers_are_their_quantiles_at_the_draws_of_their_name():
    values = draw(NUMBERS, 5, 100, seed=3)
    assert np.array_equal(values["a"], 2 + 2 * uniforms("a", 5, 100, seed=3))
    assert np.allclose(
        stats.norm.cdf(values["quantities.q"], 10, 2), uniforms("quantities.q", 5, 100, seed=3)
    )
    assert values["b"].shape == () and values["b"] == 7
    assert uncertain(NUMBERS) == ("a", "quantities.q")


def test_a_shared_quantity_is_drawn_once():
    values = draw(NUMBERS, 0, 64, seed=3)
    assert np.array_equal(values["c"], 3 * values["quantities.q"])
    assert np.array_equal(values["quantities.p"], values["quantities.q"])


def test_other_inputs_and_the_order_of_the_file_change_no_draw():
    alone = draw({"a": NUMBERS["a"]}, 0, 64, seed=3)
    among = draw(dict(reversed(NUMBERS.items())), 0, 64, seed=3)
    assert np.array_equal(alone["a"], among["a"])


def test_medians():
    found = medians(NUMBERS)
    assert {path: float(value) for path, value in found.items()} == {
        "a": 3, "b": 7, "c": 30, "quantities.p": 10, "quantities.q": 10,
    }  # fmt: skip


def test_what_is_asked_comes_with_what_it_refers_to():
    assert list(with_sources(NUMBERS, ["c"])) == ["c", "quantities.q"]
    assert list(with_sources(NUMBERS | {"d": number({"is": "p"})}, ["d"])) == [
        "quantities.p",
        "quantities.q",
        "d",
    ]


def test_beliefs_change_nothing_but_what_they_name():
    scenario = load("afghanistan-2021").scenario
    holder, beliefs = next(iter(scenario.beliefs.items()))
    own, theirs = places(scenario), places(under_beliefs(scenario, holder))
    ours, held = draw(own, 0, 40, seed=1), draw(theirs, 0, 40, seed=1)
    followers = {p for p, n in theirs.items() if n.is_ is not None and f"quantities.{n.is_}" in beliefs}
    changed = {path for path in own if not np.array_equal(ours[path], held[path])}
    assert changed and changed <= set(beliefs) | followers


@pytest.mark.parametrize(("case", "talk"), [("two-valleys", "lake-conference")])
def test_a_deal_has_the_same_chance_in_a_run_and_in_a_study_of_its_talk(case, talk):
    scenario = load(case).scenario
    run = parameters_of(compile_world(scenario), 0, 300, seed=4)
    table = talk_table(scenario, talk, draws=300, seed=4)
    outcome = table.outcomes(scenario.talks[talk].model)
    for k, issue in enumerate(table.issues):
        assert np.array_equal(outcome[:, k], run.outcomes[talk][issue])
    assert np.array_equal(table.deals(outcome), run.deals[talk])
    assert 0 < run.deals[talk].mean() < 1


def test_power_at_the_start_where_control_is_known():
    """0.6 x 0.70 + 0.4 x 0.30 and so on, by hand; shares of each region sum to 1 already."""
    found = power_summary(load("two-valleys").scenario, 64, seed=1)
    for force, power in {"crown": 0.54, "rebels": 0.31, "hill-lords": 0.15}.items():
        assert found[force] == pytest.approx({"low": power, "middle": power, "high": power})


def test_power_at_the_start_is_what_a_run_starts_with():
    scenario = load("afghanistan-2021").scenario
    world, found = compile_world(scenario), power_summary(scenario, 96, seed=2)
    control = parameters_of(world, 0, 96, seed=2).control
    power = np.einsum("g,sgj->sj", world.region_weight, control)
    for j, force in enumerate(world.forces):
        assert found[force]["middle"] == pytest.approx(power[:, j].mean())
        assert found[force]["low"] == pytest.approx(np.quantile(power[:, j], 0.05))


def test_power_at_the_start_by_hand():
    from types import SimpleNamespace as Of

    scenario = Of(
        forces={"crown": None, "rebels": None},
        regions={"city": Of(weight=3.0), "hills": Of(weight=None)},
    )
    values = {
        "forces.crown.control.city": np.array([0.9, 0.6]),
        "forces.rebels.control.city": np.array(0.3),
        "forces.rebels.control.hills": np.array(0.2),
    }
    found = power_at_start(scenario, values, 2)
    # city: 0.9/1.2 and 0.6/0.9 of a weight of 3/4; the hills are the rebels' whole
    assert found["crown"] == pytest.approx([0.75 * 0.75, 0.75 * 2 / 3])
    assert found["rebels"] == pytest.approx([1 - 0.75 * 0.75, 1 - 0.75 * 2 / 3])
