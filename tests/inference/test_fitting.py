"""Fitting against closed forms, judgements that contradict each other, and what is written of a fit."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

import equipoise
from equipoise.errors import InputError
from equipoise.futures.play import Plan
from equipoise.inference.fitting import fit
from equipoise.reporting.analyses.fit import blocks
from equipoise.scenario import load, loads
from equipoise.scenario.number import Number, quantile

PLAN = Plan.of(4096, chance=4)
CASE = """\
equipoise: 1
title: Two forces
focus: p
calendar: {start: 2030-01-07, weeks: 52}
regions: {land: {}}
forces:
  a:
    incumbent: true
    control: {land: 3}
    momentum: [-0.004, 0.004]   # MOMENTUM
    collapse: {yearly: [0.02, 0.05, 0.1]}
  b: {control: {land: 1}, momentum: 0.001}
patrons: {p: {values: {influence: [0.5, 1.5]}}}
strategies: {p: {s: {engage: {}}}}
outlook:
"""
NO_FALL = CASE.replace("    collapse: {yearly: [0.02, 0.05, 0.1]}\n", "").replace(", momentum: 0.001", "")


def case(*judgements, text=CASE):
    return loads(text + "".join(f"  - {judged}\n" for judged in judgements))


def share(momentum):
    """K1: a's share after 52 weeks, from odds of 3."""
    return 1 / (1 + math.exp(-52 * momentum) / 3)


def test_a_drift_is_moved_to_the_least_sum_of_squares():
    """K1: the mean over a uniform momentum by quadrature, the least sum of squares by a search in one dimension."""
    found = fit(case("{power: a, week: 52, is: [0.8, 0.81]}", text=NO_FALL), ["forces.a.momentum"], PLAN)
    deviation = 0.008 / math.sqrt(12)

    def implied(move):
        low, high = (end + move * deviation for end in (-0.004, 0.004))
        return quad(share, low, high)[0] / (high - low)

    best = minimize_scalar(lambda move: ((implied(move) - 0.805) / 0.005) ** 2 + move**2, bounds=(0, 9)).x
    (moved,) = found.inputs
    assert moved.moves == pytest.approx(best, abs=0.02)
    assert found.after[0].implied == pytest.approx(implied(best), abs=5e-4)
    assert found.cost == pytest.approx(moved.moves**2)
    assert found.misfit_after == pytest.approx(((found.after[0].implied - 0.805) / 0.005) ** 2)
    assert moved.way == "shift"
    assert found.missed == found.conflicts == ()


def test_a_yearly_chance_becomes_what_is_asked():
    """K3: with no steepness and no shield p within 52 weeks is the mean of `yearly`, whatever its spread."""
    found = fit(case("{falls: a, within: 52, is: [0.149, 0.151]}"), ["forces.a.collapse.yearly"], PLAN)
    (moved,), after = found.inputs, found.after[0]
    yearly = loads(found.text).scenario.forces["a"].collapse.yearly
    low, likely, high = yearly.pert
    mean = (low + 4 * likely + high) / 6
    assert abs(mean - after.implied) < 3 * after.se
    assert after.implied == pytest.approx(0.15, abs=0.002)
    assert moved.way == "odds"
    odds = [
        math.log(x / (1 - x)) - math.log(y / (1 - y))
        for x, y in zip(yearly.pert, (0.02, 0.05, 0.1), strict=True)
    ]
    assert odds == pytest.approx([odds[0]] * 3, abs=0.002)
    values = quantile(Number(pert=(0.02, 0.05, 0.1)), (np.arange(4096) + 0.5) / 4096)
    own = np.log(values / (1 - values)).std()
    assert moved.moves == pytest.approx(odds[0] / own, rel=0.005)


def test_what_is_written_reads_as_promised_and_differs_in_the_moved_digits_alone(tmp_path):
    file, out = case("{falls: a, within: 52, is: 0.2}"), tmp_path / "fitted.yaml"
    answer = equipoise.fit(file, inputs=["forces.a.collapse.yearly"], out=out)
    text = out.read_text(encoding="utf-8")
    written = answer["inputs"][0]["after"]
    assert text == file.text.replace("[0.02, 0.05, 0.1]", written)
    assert "# MOMENTUM" in text
    assert equipoise.check(out)["outlook"] == answer["after"]
    assert answer["wrote"] == str(out)
    assert answer["before"] == equipoise.check(file)["outlook"]
    assert answer["inputs"][0]["middle_after"] == pytest.approx(
        float(quantile(loads(text).scenario.forces["a"].collapse.yearly, np.array(0.5)))
    )


def test_judgements_that_contradict_each_other_are_named():
    """Two shares of one country sum to 1; what is asked of the start cannot be in the way."""
    asked = [
        "{power: b, week: 0, is: 0.25}",
        "{power: a, week: 52, is: 0.8}",
        "{power: b, week: 52, is: 0.3}",
    ]
    found = fit(case(*asked, text=NO_FALL), ["forces.a.momentum"], PLAN)
    assert found.conflicts == (("outlook.1", "outlook.2"),)
    assert set(found.missed) == {"outlook.1", "outlook.2"}
    assert found.after[0].holds


def test_a_judgement_that_nothing_reaches_is_named_alone():
    """What cannot fall does not fall; the other judgement holds beside it."""
    asked = ["{falls: a, within: 52, is: 0.3}", "{power: a, week: 52, is: 0.77}"]
    found = fit(case(*asked, text=NO_FALL), ["forces.a.momentum"], PLAN)
    assert found.conflicts == (("outlook.0",),)
    assert found.missed == ("outlook.0",)


def test_what_holds_in_the_middle_moves_nothing():
    """The negative control: asked is what is implied, so nothing moves and the text stays."""
    file = case("{power: a, week: 0, is: 0.75}", "{power: b, week: 0, is: 0.25}", text=NO_FALL)
    found = fit(file, ["forces.a.momentum"], PLAN)
    assert found.inputs[0].moves == 0
    assert found.inputs[0].after == found.inputs[0].before
    assert found.text == file.text
    assert found.misfit_after == found.misfit_before == pytest.approx(0, abs=1e-6)


def test_inputs_are_found_by_what_they_move():
    """Weights of a payoff move nothing that can be seen; the drift and the chance of a fall both do."""
    found = fit(case("{power: a, week: 52, is: 0.6}", "{falls: a, within: 52, is: 0.1}"), None, PLAN)
    assert {item.path for item in found.inputs} == {"forces.a.momentum", "forces.a.collapse.yearly"}
    assert (found.chosen, found.considered) == (True, 3)
    one = equipoise.fit(case("{power: a, week: 52, is: 0.6}", text=NO_FALL), futures=256)
    shown = "\n".join(str(block) for block in blocks(one.to_dict(), None))
    assert "what could move is one number, seen to move what is judged, of 2 uncertain ones" in shown
    with pytest.raises(InputError, match="none of the uncertain numbers is seen to move"):
        fit(case("{power: b, week: 0, is: 0.25}"), None, PLAN)


def test_a_bare_number_moves_where_it_may_be_off_and_stays_bare():
    bare = NO_FALL.replace("[-0.004, 0.004]", "0.002")
    file = case("{power: a, week: 52, is: [0.799, 0.801]}", text=bare)
    with pytest.raises(InputError, match="no standard deviation of its own"):
        fit(file, ["forces.a.momentum"], PLAN)
    answer = equipoise.fit(file, inputs=["forces.a.momentum"], widen="50%")
    (moved,) = answer["inputs"]
    assert f"momentum: {moved['after']}   # MOMENTUM" in answer.result.text
    assert float(moved["after"]) > 0.003
    assert "widen: 0.5" in answer.result.text
    assert equipoise.check(loads(answer.result.text))["outlook"] == answer["after"]
    sure = case("{power: a, week: 52, is: 0.8}", text=bare.replace("0.002", "{value: 0.002, certain: true}"))
    with pytest.raises(InputError, match="marked as certain"):
        equipoise.fit(sure, inputs=["forces.a.momentum"], widen="50%")


def test_a_shared_quantity_moves_for_all_that_refer_to_it():
    text = (
        NO_FALL.replace("[-0.004, 0.004]", "{is: drift, times: 2}") + "quantities: {drift: [-0.002, 0.002]}\n"
    )
    outlook = "  - {power: a, week: 52, is: [0.79, 0.81]}\n"
    file = loads(text.replace("outlook:\n", "outlook:\n" + outlook))
    found = fit(file, ["quantities.drift"], PLAN)
    drift = loads(found.text).scenario.quantities["drift"].uniform
    assert found.after[0].implied == pytest.approx(
        quad(share, 2 * drift[0], 2 * drift[1])[0] / (2 * (drift[1] - drift[0])), abs=1e-3
    )
    assert found.after[0].holds
    with pytest.raises(InputError, match=r"name quantities\.drift"):
        fit(file, ["forces.a.momentum"], PLAN)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("forces.a.momentun", "nearest: forces.a.momentum"),
        ("dynamics.majority", "is no number of the scenario"),
        ("forces.a.undermine", "it cannot move|no standard deviation"),
    ],
)
def test_what_cannot_move_is_refused_with_its_reason(path, said):
    with pytest.raises(InputError, match=said):
        fit(case("{power: a, week: 52, is: 0.8}"), [path], PLAN)


def test_without_an_outlook_there_is_nothing_to_fit():
    with pytest.raises(InputError, match="no outlook"):
        fit(loads(CASE.replace("outlook:\n", "")), None, PLAN)


def test_nothing_of_a_fit_depends_on_threads():
    file = load("two-valleys")
    paths = [
        "forces.crown.momentum",
        "events.lords-change-sides.chance",
    ]  # the second is none as things stand
    one, other = (fit(file, paths, Plan.of(1024, chance=4), workers=n) for n in (1, 3))
    assert one == other
