"""One draw of a scenario's numbers: by name, by seed and by state, whoever asks."""

import numpy as np
import pytest
from scipy import stats

from equipoise.bargaining.sampling import talk_table
from equipoise.draws.sampling import uniforms
from equipoise.draws.values import (
    Values,
    changed,
    draw,
    is_control,
    median,
    medians,
    power_at_start,
    power_summary,
    spread_out,
    uncertain,
    with_sources,
)
from equipoise.errors import InputError
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
    assert np.array_equal(values["a"], 2 + 2 * uniforms(["a"], 5, 100, seed=3)[0])
    assert np.allclose(
        stats.norm.cdf(values["quantities.q"], 10, 2), uniforms(["quantities.q"], 5, 100, seed=3)[0]
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


POOLED = NUMBERS | {
    "quantities.who": number({"choice": {"0": 0.2, "1": 0.5, "2": 0.3}}),
    "x": Number(is_="who", mix=(number([0, 1]), number(7), number({"is": "q", "times": 2}))),
}
"""With a number on which three holders differ; the state draws whose it is."""


def of_who(who, *held):
    return np.select([who == 0, who == 1], held[:2], held[2])


def test_a_number_of_a_pool_is_that_of_the_holder_whom_the_state_has_drawn():
    values = draw(POOLED, 5, 300, seed=3)
    who, first = values["quantities.who"], uniforms(["x"], 5, 300, seed=3)[0]
    assert set(who) == {0, 1, 2}
    assert np.array_equal(values["x"], of_who(who, first, 7, 2 * values["quantities.q"]))
    assert [np.shape(part) for part in values.parts["x"]] == [(300,), (), (300,)]
    assert np.array_equal(values.parts["x"][0], first)


def test_a_changed_quantity_passes_its_change_on():
    """States in which a number is changed are the same states otherwise: no other value moves."""
    values = draw(POOLED, 5, 300, seed=3)
    found = changed(values, POOLED, {"quantities.q": lambda q: q + 1, "a": lambda a: 0 * a + 9})
    q, who = values["quantities.q"] + 1, values["quantities.who"]
    assert np.array_equal(found["quantities.q"], q) and np.array_equal(found["quantities.p"], q)
    assert np.array_equal(found["c"], 3 * q) and (found["a"] == 9).all()
    assert np.array_equal(found["x"], of_who(who, values.parts["x"][0], 7, 2 * q))
    assert found.parts == values.parts
    negated = draw(POOLED, 5, 300, seed=3, overrides={"c": lambda c: -c})
    assert np.array_equal(negated["c"], -3 * values["quantities.q"])
    certain = changed(values, POOLED, {"b": lambda _: 3})["b"]
    assert certain.shape == () and certain.dtype == float and certain == 3


def test_changing_who_is_believed_changes_whose_number_counts():
    values = draw(POOLED, 0, 64, seed=3)
    found = changed(values, POOLED, {"quantities.who": lambda who: 0 * who + 1})
    assert (found["x"] == 7).all()
    # a sweep may lead past the holders there are: the nearest one is believed
    below = changed(values, POOLED, {"quantities.who": lambda who: 0 * who - 3})
    beyond = changed(values, POOLED, {"quantities.who": lambda who: 0 * who + 9})
    assert np.array_equal(below["x"], values.parts["x"][0])
    assert np.array_equal(beyond["x"], 2 * values["quantities.q"])


def test_a_change_at_a_path_that_is_not_there_is_refused_by_name():
    with pytest.raises(InputError, match=r"no number at d, e$"):
        changed(draw(NUMBERS, 0, 2, seed=1), NUMBERS, {"e": abs, "a": abs, "d": abs})


def test_of_values_joined_the_later_count():
    ours, theirs = Values({"a": np.array(1), "b": np.array(2)}.items()), Values({"b": np.array(3)}.items())
    ours.parts, theirs.parts = {"a": (np.array(4),)}, {"b": (np.array(5),)}
    both = ours.joined(theirs)
    assert both == {"a": 1, "b": 3} and set(both.parts) == {"a", "b"}
    assert ours == {"a": 1, "b": 2}


QUANTITIES = {"q": number([2, 4]), "who": number({"choice": {"0": 0.25, "1": 0.75}})}


def test_values_spread_over_a_distribution_have_its_mean_and_scatter():
    values, weights = spread_out(number([2, 4]), QUANTITIES)
    assert weights.sum() == pytest.approx(1) and len(values) == len(weights) == 256
    # midpoints of 256 equal steps: the mean of the uniform, its variance less that within a step
    assert weights @ values == pytest.approx(3)
    assert weights @ (values - 3) ** 2 == pytest.approx((1 - 1 / 256**2) * 4 / 12)
    assert np.array_equal(spread_out(number({"is": "q", "times": 3}), QUANTITIES)[0], 3 * values)
    assert np.array_equal(spread_out(number({"is": "q"}), QUANTITIES)[0], values)
    pooled = Number(is_="who", mix=(number({"is": "q"}), number(10)))
    values, weights = spread_out(pooled, QUANTITIES)
    assert weights.sum() == pytest.approx(1)
    assert weights[values < 5].sum() == pytest.approx(0.25)
    assert weights @ values == pytest.approx(0.25 * 3 + 0.75 * 10)


def test_the_median_of_a_number_of_any_form():
    assert median(number({"is": "q", "times": 3}), QUANTITIES) == pytest.approx(9)
    assert median(number({"normal": [5, 2]}), QUANTITIES) == pytest.approx(5)
    mixed = Number(is_="who", mix=(number([0, 4]), number([4, 8])))
    # 1/4 + 3/4 (x - 4)/4 = 1/2 at x = 16/3
    assert median(mixed, QUANTITIES) == pytest.approx(16 / 3, abs=4 / 256)
    assert median(Number(is_="who", mix=(number([4, 8]), number([0, 4]))), QUANTITIES) == pytest.approx(
        8 / 3, abs=4 / 256
    )
    pooled = {"x": mixed} | {f"quantities.{name}": n for name, n in QUANTITIES.items()}
    assert medians(pooled)["x"] == median(mixed, QUANTITIES)


def test_control_is_a_forces_and_of_a_region():
    assert [
        is_control(path)
        for path in ("forces.crown.control.city", "forces.crown.will", "patrons.empire.control.city")
    ] == [True, False, False]


def test_what_is_asked_comes_with_what_it_refers_to():
    assert list(with_sources(POOLED, ["x", "b"])) == ["b", "quantities.q", "quantities.who", "x"]
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
