"""Numbers, chances and lists as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.scenario import phrases


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.21349, "0.213"), (-0.5, "−0.500"), (0.0, "0.000"), (-0.0001, "0.000"), (None, "–")],
)
def test_number(value, written):
    assert phrases.number(value) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "in no future"), (0.34, "unlikely (34\u202f%)"), (0.5, "roughly even chance (50\u202f%)"),
     (0.004, "almost no chance (under 1\u202f%)"), (1.0, "in every future"), (None, "–")],
)  # fmt: skip
def test_chance_is_number_and_word(share, written):
    assert phrases.chance(share) == written


@given(st.floats(0, 1))
def test_only_never_and_always_are_printed_as_0_and_100(share):
    text = phrases.percent(share)
    assert (text == "0\u202f%") == (share == 0)
    assert (text == "100\u202f%") == (share == 1)


@given(st.floats(-1e9, 1e9))
def test_significant_figures_lose_no_more_than_half_a_percent(value):
    text = phrases.significant(value).replace("−", "-").replace(" × 10", "e")
    raised = {ord(raised): plain for raised, plain in zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True)}
    assert float(text.translate(raised)) == pytest.approx(value, rel=5.1e-3)


def test_lists_intervals_and_names_in_a_sentence():
    assert phrases.listed(["a"]) == "a"
    assert phrases.listed(["a", "b", "c"]) == "a, b and c"
    assert phrases.interval(-0.1, 0.25, digits=2) == "−0.10 to 0.25"
    assert phrases.interval(None, 0.25) == "–"
    assert phrases.within("The Crown") == "the Crown"
    assert phrases.within("Thespis") == "Thespis"
    assert phrases.counted(9, "way") == "nine ways"
    assert phrases.counted(1, "way") == "one way"
    assert phrases.day("2031-07-01") == "1 July 2031"


def test_small_shares_are_told_apart():
    assert [phrases.small_percent(share) for share in (0.0, 0.004, 0.0996, 0.1)] == [
        "0\u202f%",
        "0.4\u202f%",
        "10.0\u202f%",
        "10\u202f%",
    ]


def test_names_of_several_words_stand_in_quotation_marks():
    assert [phrases.quoted(name) for name in ("abstain", "Back both")] == ["abstain", "“Back both”"]
