"""From lowest, highest, best and how sure to a number: the stretching by hand, the hump by its own quantiles."""

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.evidence.elicitation import Said, number_of, refusal, stretched
from equipoise.scenario import quantile
from equipoise.scenario.value_types import ANY, NOT_NEGATIVE, SHARE


def test_an_interval_is_stretched_in_a_straight_line_from_the_best_guess():
    """Hemming et al. 2018: low' = best - (best - low)·(90/sure), high likewise."""
    assert stretched(Said(10, 40, 20, 0.6), ANY) == pytest.approx((20 - 10 * 1.5, 20 + 20 * 1.5))
    assert stretched(Said(10, 40, 20, 0.9), ANY) == pytest.approx((10, 40))
    assert stretched(Said(10, 40, 20, 1.0), ANY) == pytest.approx((11, 38))
    assert stretched(Said(0.1, 0.9, 0.5, 0.5), SHARE) == (0, 1)


def test_an_even_answer_gives_the_even_hump_of_its_closed_form():
    """A PERT around the middle is Beta(3, 3), whose 5 % quantile is 0.18926: ends at the middle ∓ d/(1 - 2·0.18926)."""
    low, best, high = number_of(Said(8, 12, 10, 0.9), ANY).pert
    reach = 2 / (1 - 2 * 0.189257)
    assert (low, best, high) == pytest.approx((10 - reach, 10, 10 + reach), rel=1e-3)


@pytest.mark.parametrize("said", [Said(1, 8, 4, 0.8), Said(-3, 1, -0.5, 0.7), Said(0.02, 0.1, 0.05, 0.95)])
def test_the_interval_at_90_per_cent_holds_90_per_cent(said):
    number = number_of(said, ANY)
    assert quantile(number, np.array([0.05, 0.95])) == pytest.approx(stretched(said, ANY), rel=2e-2, abs=2e-3)
    assert number.pert[1] == said.best


def test_no_number_leaves_what_may_stand_there():
    low, best, high = number_of(Said(0.01, 0.9, 0.3, 0.5), SHARE, because="the files I saw").pert
    assert 0 <= low <= best <= high <= 1
    assert number_of(Said(0, 3, 0, 0.6), NOT_NEGATIVE).pert[0] == 0
    assert number_of(Said(0.01, 0.9, 0.3, 0.5), SHARE, because="the files I saw").because == "the files I saw"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(3, 1, 2, 0.8), "lowest"),
        (Said(2, 2, 2, 0.8), "lowest"),
        (Said(1, 3, 4, 0.8), "best guess"),
        (Said(1, 3, 2, 0.4), "how sure"),
        (Said(1, 3, 2, 80), "how sure"),
        (Said(-1, 3, 2, 0.8), "from 0"),
        (Said(float("nan"), 3, 2, 0.8), "number"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(said, why):
    assert why in (refusal(said, NOT_NEGATIVE) or "")
    with pytest.raises(InputError, match=why):
        number_of(said, NOT_NEGATIVE)
