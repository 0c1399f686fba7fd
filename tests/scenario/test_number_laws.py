"""Every form of number has the law it names: compared with SciPy's own distributions."""

import math

import numpy as np
import pytest
from scipy import stats

from equipoise.scenario import Number, quantile, support
from equipoise.scenario.number import ICD_203

U = np.linspace(0.0005, 0.9995, 1999)


def _pert(low, mode, high):
    a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    return stats.beta(a, b, loc=low, scale=high - low)


LAWS = {
    "uniform": ([0.2, 0.5], stats.uniform(0.2, 0.3)),
    "pert": ([0.1, 0.2, 0.5], _pert(0.1, 0.2, 0.5)),
    "pert at its end": ([0, 0, 1], _pert(0, 0, 1)),
    "triangular": ({"triangular": [1, 2, 5]}, stats.triang(0.25, loc=1, scale=4)),
    "triangular left": ({"triangular": [1, 1, 5]}, stats.triang(0, loc=1, scale=4)),
    "triangular right": ({"triangular": [1, 5, 5]}, stats.triang(1, loc=1, scale=4)),
    "normal": ({"normal": [3, 2]}, stats.norm(3, 2)),
    "normal within": ({"normal": [3, 2], "within": [2, 4]}, stats.truncnorm(-0.5, 0.5, loc=3, scale=2)),
    "normal in its tail": ({"normal": [0, 1], "within": [3, 9]}, stats.truncnorm(3, 9)),
    "lognormal": ({"lognormal": [2, 1.5]}, stats.lognorm(math.log(1.5), scale=2)),
    "beta": ({"beta": [2, 5]}, stats.beta(2, 5)),
    "words": ({"words": "likely"}, stats.uniform(0.55, 0.25)),
}


@pytest.mark.parametrize("name", LAWS)
def test_quantiles_are_those_of_the_law(name):
    written, law = LAWS[name]
    np.testing.assert_allclose(quantile(Number.model_validate(written), U), law.ppf(U), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_support_is_that_of_the_law(name):
    written, law = LAWS[name]
    assert support(Number.model_validate(written)) == pytest.approx(law.support(), abs=1e-12)


@pytest.mark.parametrize(
    ("written", "within"),
    [
        ({"triangular": [0, 1, 4]}, [0.5, 2]),
        ({"pert": [0, 1, 4]}, [1, 3]),
        ({"lognormal": [1, 2]}, [0.5, 3]),
        ({"beta": [0.5, 0.5]}, [0.2, 0.9]),
        ({"uniform": [0, 1]}, [0.5, 3]),
        ({"choice": {"0": 1, "1": 2, "5": 3}}, [0.5, 9]),
    ],
)
def test_within_has_the_law_of_drawing_again_until_inside(written, within):
    """Rejection from the unconditioned law, done here, against the conditioned quantiles."""
    draws = quantile(Number.model_validate(written), (np.arange(400_000) + 0.5) / 400_000)
    kept = draws[(draws >= within[0]) & (draws <= within[1])]
    conditioned = quantile(Number.model_validate({**written, "within": within}), U)
    for p in (0.1, 0.5, 0.9):
        assert np.quantile(conditioned, p) == pytest.approx(np.quantile(kept, p), abs=5e-3)
    assert conditioned.mean() == pytest.approx(kept.mean(), abs=5e-3)


def test_pert_mean_is_the_classic_formula():
    number = Number.model_validate([1, 2, 6])
    draws = quantile(number, (np.arange(100_000) + 0.5) / 100_000)
    assert draws.mean() == pytest.approx((1 + 4 * 2 + 6) / 6, abs=1e-4)


def test_choice_takes_each_value_in_proportion():
    number = Number.model_validate({"choice": {"-1": 1, "0": 0, "2": 3}})
    draws = quantile(number, (np.arange(1000) + 0.5) / 1000)
    assert (draws == -1).mean() == 0.25
    assert (draws == 2).mean() == 0.75


@pytest.mark.parametrize(
    "written", [3, [3, 3], [3, 3, 3], {"normal": [3, 0]}, {"lognormal": [3, 1]}, {"choice": {"3": 2}}]
)
def test_a_number_without_width_is_certain(written):
    number = Number.model_validate(written)
    assert support(number) == (3, 3)
    assert set(quantile(number, U)) == {3.0}


def test_icd_203_bands_are_both_columns_and_cover_the_middle():
    assert len(ICD_203) == 14
    bands = sorted(set(ICD_203.values()))
    assert bands == [
        (0.01, 0.05),
        (0.05, 0.2),
        (0.2, 0.45),
        (0.45, 0.55),
        (0.55, 0.8),
        (0.8, 0.95),
        (0.95, 0.99),
    ]
    assert all(list(ICD_203.values()).count(band) == 2 for band in bands)


def test_a_number_prints_as_the_file_writes_it():
    assert str(Number.model_validate([0.1, 0.2, 0.5])) == "[0.1, 0.2, 0.5]"
    assert str(Number.model_validate({"normal": [0, 1], "within": [-1, 2]})) == "normal [0, 1] within [-1, 2]"
    assert str(Number.model_validate({"is": "q", "times": 0.5})) == "0.5 times q"
    assert str(Number.model_validate({"is": "q"})) == "q"
    likely = {"words": "very unlikely", "within": [0.1, 1]}
    assert str(Number.model_validate(likely)) == "very unlikely (5\u202f% to 20\u202f%) within [0.1, 1]"
