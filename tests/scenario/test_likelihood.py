"""Words for probabilities: the published bands, the stated rules at their edges, confidence apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.scenario.likelihood import CONFIDENCE, YARDSTICKS, confidence, percent, say, word
from equipoise.scenario.number import ICD_203


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.63, "likely (63 %)"),
        (0.03, "almost no chance (3 %)"),
        (0.12, "very unlikely (12 %)"),
        (0.30, "unlikely (30 %)"),
        (0.50, "roughly even chance (50 %)"),
        (0.90, "very likely (90 %)"),
        (0.97, "almost certain (97 %)"),
        # the ends
        (0, "almost no chance (0 %)"),
        (1, "almost certain (100 %)"),
        (0.0004, "almost no chance (under 1 %)"),
        (0.9999, "almost certain (over 99 %)"),
        (0.01, "almost no chance (1 %)"),
        (0.99, "almost certain (99 %)"),
        # a shared end takes the more cautious word
        (0.05, "very unlikely (5 %)"),
        (0.20, "unlikely (20 %)"),
        (0.45, "roughly even chance (45 %)"),
        (0.55, "roughly even chance (55 %)"),
        (0.80, "likely (80 %)"),
        (0.95, "very likely (95 %)"),
        # the word is that of the printed number
        (0.5502, "roughly even chance (55 %)"),
        (0.5551, "likely (56 %)"),
    ],
)
def test_icd_203(probability, text):
    assert say(probability) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "remote chance (0 %)"),
        (0.05, "remote chance (5 %)"),
        (0.15, "highly unlikely (15 %)"),
        (0.30, "unlikely (30 %)"),
        (0.45, "realistic possibility (45 %)"),
        (0.63, "likely (63 %)"),
        (0.85, "highly likely (85 %)"),
        (0.95, "almost certain (95 %)"),
        (0.999, "almost certain (over 99 %)"),
        # in a gap the nearest word: 7 is 2 from 5 and 3 from 10
        (0.07, "remote chance (7 %)"),
        (0.08, "highly unlikely (8 %)"),
        (0.22, "highly unlikely (22 %)"),
        (0.38, "realistic possibility (38 %)"),
        (0.50, "realistic possibility (50 %)"),
        (0.53, "likely (53 %)"),
        (0.78, "highly likely (78 %)"),
        (0.92, "highly likely (92 %)"),
    ],
)
def test_phia(probability, text):
    assert say(probability, "phia") == text


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["icd203", "phia"]))
def test_words_rise_with_probability(thousandth, yardstick):
    order = list(YARDSTICKS[yardstick])
    p = thousandth / 1000
    assert order.index(word(p, yardstick)) <= order.index(word(min(1, p + 0.001), yardstick))


@settings(deadline=None)
@given(st.integers(0, 100))
def test_icd_words_mirror_each_other(hundredth):
    order = list(YARDSTICKS["icd203"])
    p = hundredth / 100
    assert order.index(word(p)) == len(order) - 1 - order.index(word(1 - p))


@settings(deadline=None)
@given(st.integers(1, 99))
def test_a_number_inside_a_band_of_the_file_format_gets_that_bands_word(hundredth):
    # what a scenario may say in words, the report says back
    p = hundredth / 100
    low, high = ICD_203[word(p)]
    assert low <= p <= high


def test_one_column_of_words_only():
    assert list(YARDSTICKS["icd203"]) == [
        "almost no chance",
        "very unlikely",
        "unlikely",
        "roughly even chance",
        "likely",
        "very likely",
        "almost certain",
    ]


def test_only_what_is_exactly_none_or_all_is_printed_so():
    assert percent(1e-12) == "under 1 %"
    assert percent(1 - 1e-12) == "over 99 %"
    assert percent(0.994) == "over 99 %"
    assert (percent(0), percent(1)) == ("0 %", "100 %")


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(InputError, match="between 0 and 1"):
        say(wrong)


def test_an_unknown_yardstick_is_refused():
    with pytest.raises(InputError, match="icd203, phia"):
        say(0.5, "icd-203")


def test_confidence_is_a_sentence_of_its_own():
    assert (
        confidence("moderate", "three sources, of which two repeat the third.")
        == "Confidence in this judgement is moderate: three sources, of which two repeat the third."
    )
    assert CONFIDENCE == ("low", "moderate", "high")


@pytest.mark.parametrize(("level", "grounds"), [("very high", "x"), ("high", "  ")])
def test_confidence_needs_a_level_and_grounds(level, grounds):
    with pytest.raises(InputError):
        confidence(level, grounds)
