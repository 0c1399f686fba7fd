"""Base rates: shipped counts against the data they were counted from, intervals, yearly chances."""

import math

import pytest

from equipoise.errors import InputError
from equipoise.scoring import base_rates, kinds, yearly_chance

OUTCOMES = {"peace-agreement": 1, "ceasefire": 2, "government-victory": 3, "rebel-victory": 4}
CASES = {
    "internal": {"type_of_conflict": (3, 4)},
    "over-government": {"type_of_conflict": (3, 4), "incompatibility": (2,)},
    "over-government-at-war": {
        "type_of_conflict": (3, 4),
        "incompatibility": (2,),
        "intensity_level": (2,),
    },
    "over-government-with-foreign-troops": {"type_of_conflict": (4,), "incompatibility": (2,)},
}


def one(kind, cases, period):
    (row,) = base_rates(kind, cases=cases, period=period)
    return row


def test_headline_rates_as_published_counts_give_them():
    # the counts' own table says 1.0 % and 1.4 % a year since 1990
    assert one("rebel-victory", "internal", "1990-2020").rate == pytest.approx(0.0103, abs=5e-5)
    row = one("rebel-victory", "over-government", "1990-2020")
    assert (row.events, row.exposure) == (9, 629)
    assert row.rate == pytest.approx(9 / 629)
    assert row.unit == "conflict-year"
    assert "Kreutz 2010" in row.source and "outcome = 4" in row.counted


def test_termination_rates_are_recounted_from_the_data(shared):
    import pandas as pd

    data = pd.read_csv(shared / "data" / "ucdp_termination" / "ucdp-term-acd-3-2021.csv")
    rows = [row for row in base_rates() if row.unit == "conflict-year"]
    assert len(rows) == 5 * 4 * 2
    for row in rows:
        first, last = map(int, row.period.split("-"))
        among = data[data.year.between(first, last)]
        for column, values in CASES[row.cases].items():
            among = among[among[column].isin(values)]
        ended = among[among.confterm == 1]
        if row.kind != "war-ends":
            ended = ended[ended.outcome == OUTCOMES[row.kind]]
        assert (row.events, row.exposure) == (len(ended), len(among)), row


def test_termination_rates_agree_with_the_table_beside_the_data(shared):
    import pandas as pd

    path = shared / "data" / "ucdp_termination" / "base_rates_termination.csv"
    table = pd.read_csv(path).set_index(["set", "period"])
    names = {
        "internal": "intrastate",
        "over-government": "intrastate_government",
        "over-government-at-war": "intrastate_gov_war2",
        "over-government-with-foreign-troops": "internationalised_4_gov",
    }
    for cases, name in names.items():
        for period in ("1946-2020", "1990-2020"):
            row = one("rebel-victory", cases, period)
            assert row.rate == pytest.approx(
                table.loc[(name, period), "annual_hazard_rebel_victory"], abs=5e-5
            )


def test_support_for_both_sides_is_recounted_from_the_data(shared):
    import pandas as pd

    data = pd.read_csv(shared / "data" / "ucdp_external_support" / "supporter_long_1975_2017.csv.gz")
    data = data[(data.civil == 1) & (data.supporter_is_state == 1)]
    keys = {
        "same two opponents in one year": ["year", "dyad_id", "supporter_id"],
        "same conflict in one year": ["year", "conflict_id", "supporter_id"],
        "same conflict at any time": ["conflict_id", "supporter_id"],
    }
    for cases, key in keys.items():
        sides = data.groupby(key).actor_nonstate.nunique()
        row = one("backs-both-sides", cases, "1975-2017")
        assert (row.events, row.exposure) == ((sides == 2).sum(), len(sides)), cases


def test_changes_of_side_agree_with_the_counts_beside_the_data(shared):
    import pandas as pd

    folder = shared / "data" / "ucdp_external_support"
    moves = pd.read_csv(folder / "transition_counts_conflict_level.csv", index_col=0)
    cells = {
        "backer-of-government-stays": ("government", "government"),
        "backer-of-rebels-stays": ("rebel", "rebel"),
        "backer-of-rebels-turns-to-government": ("rebel", "government"),
        "backer-of-rebels-backs-both": ("rebel", "both"),
        "backer-of-government-turns-to-rebels": ("government", "rebel"),
        "backer-of-rebels-stops": ("rebel", "none"),
    }
    for kind, (before, after) in cells.items():
        (row,) = base_rates(kind)
        assert (row.events, row.exposure) == (moves.loc[before, after], moves.loc[before, "n"])
    several = pd.read_csv(folder / "base_rates_multi_rebel.csv")
    (row,) = base_rates("backs-several-rebels")
    assert row.exposure == several.n.sum()
    assert row.events == round((several.n * several.share_supporting_2plus).sum())


def test_every_row_is_whole_and_sourced():
    for row in base_rates():
        assert 0 <= row.low <= row.rate <= row.high <= 1
        assert row.counted and row.source and row.unit
        assert set(row.to_dict()) >= {"kind", "rate", "low", "high", "source"}
    assert kinds()[0] == "rebel-victory"


def test_intervals_are_those_of_wilson_by_hand():
    """z^2 = 3.8415; none of n: from 0 to z^2/(n + z^2); else centre (p + z^2/2n)/(1 + z^2/n) and its reach."""
    z2 = 3.841459
    for row in base_rates("rebel-victory"):
        n, share = row.exposure, row.events / row.exposure
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        reach = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
        assert (row.low, row.high) == (
            pytest.approx(max(0, centre - reach), abs=1e-6),
            pytest.approx(centre + reach, abs=1e-6),
        )


def test_yearly_chance_reads_a_constant_hazard():
    assert yearly_chance([0.0] + [0.3] * 52) == 0.3
    # a chance of .1 a week for 13 and for 104 weeks is 1 - .9^52 a year
    for weeks in (13, 104):
        curve = [1 - 0.9**t for t in range(weeks + 1)]
        assert yearly_chance(curve) == pytest.approx(1 - 0.9**52)
    # half a year at 1/2: 1 - (1/2)^2
    assert yearly_chance([0.0] * 26 + [0.5]) == pytest.approx(0.75)
    assert yearly_chance([0.0, 0.0]) == 0
    assert yearly_chance([0.0, 0.4, 1.0]) == 1
    assert yearly_chance([0.0, 1e-12]) == pytest.approx(52e-12, rel=1e-9)


@pytest.mark.parametrize("curve", [[], [0.0], [0.1, 0.2], [0.0, 0.2, 0.1], [0.0, 1.2], [0.0, math.nan]])
def test_what_is_no_cumulative_curve_is_refused(curve):
    with pytest.raises(InputError):
        yearly_chance(curve)


@pytest.mark.parametrize(
    "call",
    [
        lambda: base_rates("rebel victory"),
        lambda: base_rates("rebel-victory", period="2000-2020"),
    ],
)
def test_unknown_names_and_impossible_counts_are_refused(call):
    with pytest.raises(InputError):
        call()


def test_the_room_exports_what_it_says():
    import equipoise.scoring as room

    assert all(hasattr(room, name) for name in room.__all__)
    assert len(set(room.__all__)) == len(room.__all__)
