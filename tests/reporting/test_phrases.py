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


@pytest.mark.parametrize(
    ("low", "high", "digits", "written"),
    [
        (0.0971, 0.19, 2, "0.10 to 0.19"), (0.523, 7.81, 2, "0.5 to 7.8"), (0.89, 12.9, 2, "1 to 13"),
        (2.512, 2.708, 2, "2.5 to 2.7"), (1.021, 1.034, 2, "1.02 to 1.03"), (3.0, 5.0, 2, "3 to 5"),
        (-0.0969, 0.2, 3, "−0.097 to 0.200"), (0.0548, 0.0693, 3, "0.0548 to 0.0693"), (95.2, 104.9, 2, "95 to 105"),
        (1200.0, 34000.0, 2, "1200 to 34000"), (2.5e-6, 1.25e-5, 3, "0.25 × 10⁻⁵ to 1.25 × 10⁻⁵"),
        (0.1, 0.1 + 1e-9, 2, "0.1 to 0.1"), (0.0, 0.0, 3, "0 to 0"), (0.5, 0.5, 3, "0.5 to 0.5"), (0.0, None, 3, "–"),
    ],
)  # fmt: skip
def test_both_ends_of_an_interval_have_as_many_decimals(low, high, digits, written):
    assert phrases.span(low, high, digits=digits) == written


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_an_interval_is_written_in_one_number_of_decimals_and_its_ends_are_told_apart(one, other):
    low, high = sorted((one, other))
    ends = [end.partition(" × ")[0] for end in phrases.span(low, high).split(" to ")]
    assert len({len(end.partition(".")[2]) for end in ends}) == 1
    assert ends[0] != ends[1] or high - low <= 1e-3 * max(abs(low), abs(high))


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.5, "0.5"), (1.667, "1.7"), (2.0, "2"), (91.9, "92"), (99.7, "100"), (1234.0, "1,200")],
)
def test_a_multiple_has_two_figures_and_no_exponent(value, written):
    assert phrases.multiple(value) == written


@pytest.mark.parametrize(
    ("se", "written"),
    [(0.012, " ± 1.2"), (0.0005, " ± 0.1"), (0.0004, " ± under 0.1"), (0.0, ""), (None, "")],
)
def test_an_error_that_is_not_0_never_reads_as_if_it_were(se, written):
    assert phrases.percent_error(0.34, se) == f"34\u202f%{written}"
    assert phrases.chance(0.34, se) == f"unlikely (34\u202f%{written})"


def test_small_shares_are_told_apart():
    assert [phrases.small_percent(share) for share in (0.0, 0.004, 0.0996, 0.1)] == [
        "0\u202f%",
        "0.4\u202f%",
        "10.0\u202f%",
        "10\u202f%",
    ]


def test_names_of_several_words_stand_in_quotation_marks():
    assert [phrases.quoted(name) for name in ("abstain", "Back both")] == ["abstain", "“Back both”"]


@pytest.mark.parametrize(
    ("mean", "se", "written"),
    [
        (0.025, 0.0021, "0.025 ± 0.002"),
        (0.0007, 0.0002, "0.001 ± under 0.001"),
        (-0.2, 0.0, "−0.200 ± 0.000"),
        (0.1, None, "0.100"),
        (None, 0.1, "–"),
    ],
)
def test_an_error_beside_a_mean_reads_as_0_only_where_it_is(mean, se, written):
    assert phrases.plus_minus(mean, se) == written


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.03, 0.08, "3\u202f% to 8\u202f%"),
        (0.001, 0.009, "under 1\u202f%"),
        (0.034, 0.0341, "3\u202f%"),
        (None, 0.1, "–"),
    ],
)
def test_two_shares_that_read_alike_are_said_once(low, high, written):
    assert phrases.percents(low, high) == written


def test_numbers_to_be_compared_have_the_same_decimals():
    """Three figures of the largest decide: 0.34 beside 0.294 keeps its third decimal, 12.3 takes it from both."""
    assert phrases.alike([0.34, 0.294, -0.0041, None]) == ["0.340", "0.294", "−0.004", "–"]
    assert phrases.alike([12.34, 0.5, 0.0]) == ["12.3", "0.5", "0.0"]
    assert phrases.alike([1234.0, 7.0]) == ["1234", "7"]
    assert phrases.alike([]) == [] and phrases.alike([0.0, 0.0]) == ["0", "0"]
