"""Unchosen cases: what is written is the panel's row, nothing that came later reaches a byte of it, and it plays."""

import csv
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

import equipoise
from equipoise.errors import InputError
from equipoise.scenario import loads
from equipoise.scoring import base_rates, counts
from equipoise.scoring.panel import GOVERNMENT, panel_year, panel_years, stops
from equipoise.scoring.panel_forecasts import FUTURES, drawn, forecast, shipped
from equipoise.scoring.unchosen import unchosen

AFGHANISTAN, MALI = (333, 1992), (11347, 2015)
ROOT = Path(__file__).resolve().parents[2]
DRAWN = [
    (333, 1992), (327, 1994), (353, 2015), (416, 2001), (288, 2000), (289, 2000), (408, 1997), (316, 1990),
    (326, 2003), (267, 1990), (410, 1998), (259, 2017), (341, 2001), (11346, 2017), (11347, 2015), (332, 1991),
    (297, 2014), (404, 2008), (292, 1992), (337, 1990), (11345, 2014), (309, 2003), (395, 1996), (314, 2015),
]  # fmt: skip
"""The 24 of the draw by seed."""
OTHERS = [(one.conflict, one.year) for one in list(panel_years())[::73]]


def table(name):
    text = resources.files("equipoise.scoring").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return [dict(row) for row in csv.DictReader(text.splitlines())]


def row_of(conflict, year):
    return next(
        row for row in table("conflict_years") if (row["conflict"], row["year"]) == (str(conflict), str(year))
    )


def test_the_shipped_draw_is_these():
    assert [(one.conflict, one.year) for one in drawn()] == DRAWN


def test_the_draw_is_the_one_on_file(shared):
    with (shared / "data/grounding/panel/random_case_draw.csv").open(encoding="utf-8") as file:
        drawn = [(int(float(row["conflict_id"])), int(row["year"])) for row in csv.DictReader(file)]
    assert drawn == DRAWN


@pytest.mark.parametrize("case", DRAWN + OTHERS, ids=lambda case: f"{case[0]}-{case[1]}")
def test_what_is_written_is_the_row_of_the_panel(case):
    year, row = panel_year(*case), row_of(*case)
    scenario = loads(unchosen(year)).scenario  # checks clean, or raises
    war, start = scenario.war, scenario.calendar.start
    assert (war.over, war.intensity) == (row["stake"], row["intensity"])
    assert (start.year, start.month, start.day) == (case[1] + 1, 1, 1) and scenario.calendar.as_of == start
    assert war.since.year == case[1] - int(row["age"])
    gone = int(row["troops_gone"])
    assert (war.troops_left.year if war.troops_left else None) == (case[1] - gone + 1 if gone else None)
    fighting = [
        one for one in table("rebel_years") if (one["conflict"], one["year"]) == tuple(map(str, case))
    ]
    assert len(scenario.forces) == 1 + max(1, len(fighting))
    if not year.left_out:
        with_them = {
            "supporters": [GOVERNMENT],
            "rebel_supporters": [one.to for one in year.support if one.to],
        }
        for column, sides in with_them.items():
            assert len({one.state for one in year.support if one.to in sides}) == int(row[column])
        for column, sides in (("troops", True), ("rebel_troops", False)):
            sent = {s.state for s in year.support if "x" in s.kinds and (s.to == GOVERNMENT) == sides}
            assert len(sent) == int(row[column])
    written = Counter(
        (patron, channel)
        for patron, item in scenario.patrons.items()
        for levels in item.backing.values()
        for channel in ("troops", "money")
        if getattr(levels, channel).value
    )
    assert any(channel == "troops" for _, channel in written) == any("x" in one.kinds for one in year.support)
    assert ("outsider" in scenario.patrons) == (not year.support)


def test_who_gave_what_is_what_the_triads_say(shared):
    """Read from the extract by other means, for every year written."""
    import pandas as pd

    raw = pd.read_csv(shared / "data/grounding/raw/ucdp_esd_ty_18_1.csv.gz")
    raw = raw[(raw.civil == 1) & (raw.ext_sup == 1) & (raw.ext_nonstate == 0) & (raw.ext_alleged == 0)]
    letters = dict(zip("xwmtfliy", "xwmtfliy", strict=True))
    seen = 0
    for year in list(panel_years())[::29]:
        rows = raw[(raw.conflict_id == year.conflict) & (raw.year == year.year)]
        for one in year.support:
            rebels = one.to != GOVERNMENT
            mine = rows[
                (rows.ext_name.str.removeprefix("Government of ") == one.state)
                & (rows.actor_nonstate == rebels)
            ]
            mine = mine[mine.dyad_id == one.to] if rebels else mine
            assert set(one.kinds) == {k for k in letters if mine[f"ext_{k}"].max() == 1}
            assert one.alone == (mine.ext_coalition != 1).any()
            seen += 1
    assert seen > 100


@pytest.fixture
def other_tables(monkeypatch):
    """Return how to put other tables in the place of those shipped; what was kept of either is forgotten."""

    def put(tables):
        base_rates.years.cache_clear()
        monkeypatch.setattr(base_rates, "table", tables)

    yield put
    base_rates.years.cache_clear()


@pytest.mark.parametrize("case", [AFGHANISTAN, MALI, (267, 1990), (205, 1984)])
def test_nothing_that_came_later_reaches_a_byte(case, other_tables):
    """The outcome of the year, and every record after it, turned into something else."""
    before = unchosen(panel_year(*case))
    tables = {name: table(name) for name in ("conflict_years", "rebel_years", "rebel_forces", "supporters")}
    for name in ("conflict_years", "rebel_years"):
        for row in tables[name]:
            if int(row["year"]) >= case[1]:
                row["next"] = "rebel-victory" if row["next"] != "rebel-victory" else "goes-on"
                row["fell"] = "1"
        tables[name] = [row for row in tables[name] if int(row["year"]) <= case[1] or int(row["year"]) % 2]
    tables["supporters"] = [
        row | {"last": str(min(int(row["last"]), case[1]))}
        for row in tables["supporters"]
        if int(row["first"]) <= case[1]
    ]
    other_tables(lambda name: tables[name])
    assert panel_year(*case).outcome != "over"
    assert unchosen(panel_year(*case)) == before


def test_what_came_earlier_does(other_tables):
    """The control of the test above: one fall more before the year, and the number moves."""
    before = unchosen(panel_year(*AFGHANISTAN))
    rows = table("conflict_years")
    for row in rows:
        if (row["location"], row["year"]) == ("Peru", "1990"):
            row["next"] = "rebel-victory"
    real = base_rates.table
    other_tables(lambda name: rows if name == "conflict_years" else real(name))
    after = unchosen(panel_year(*AFGHANISTAN))
    assert "{beta: [12.5, 410.5]" in before and "{beta: [13.5, 409.5]" in after


def test_stops_are_those_of_the_counts_but_for_years_without_fighting():
    """The counts take a supporter of a war that went quiet as one that might have gone on; here the war must go on."""
    for side in ("government", "rebels"):
        whole = next(
            one
            for one in counts("support-stops")
            if one.cases == f"support of any kind for the {side}, outside coalitions"
        )
        strict = stops(side, 2017)
        assert 0.85 * whole.exposure < strict.exposure < whole.exposure and strict.events < whole.events
        assert strict.rate == pytest.approx(whole.rate, abs=0.02)
    assert stops("government", 1975) is None


def test_a_stop_by_hand():
    """A table small enough to count on the fingers."""
    rows = [{"conflict": "1", "year": str(y), "supporters": "1"} for y in (2000, 2001, 2002, 2004)]
    gave = [
        {"conflict": "1", "dyad": "0", "state": "A", "alone": "1", "first": "2000", "last": "2001"},
        {"conflict": "1", "dyad": "0", "state": "B", "alone": "0", "first": "2000", "last": "2001"},
        {"conflict": "1", "dyad": "0", "state": "C", "alone": "1", "first": "2000", "last": "2002"},
        {"conflict": "1", "dyad": "7", "state": "A", "alone": "1", "first": "2002", "last": "2004"},
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_rates, "table", {"conflict_years": rows, "supporters": gave}.__getitem__)
        found = stops("government", 2004)
        # At risk: A into 2001 and 2002 (stops), C into 2001 and 2002; 2003 was quiet; B is of a coalition.
        assert (found.events, found.exposure) == (1, 4)
        assert (stops("government", 2001).events, stops("government", 2001).exposure) == (0, 2)


def test_a_file_is_written_that_plays(tmp_path):
    made = equipoise.new(tmp_path / "case", from_panel=MALI)
    assert made["asked"]["from_panel"] == [11347, 2015]
    text = (tmp_path / "case" / "scenario.yaml").read_text(encoding="utf-8")
    assert text.split("\n", 1)[1] == unchosen(panel_year(*MALI))
    study = equipoise.run(made["wrote"], futures=64)
    assert {"as-usual", "stand-firm", "stop"} <= set(study.summary["strategies"])


def test_where_nobody_supports_anybody_an_outsider_is_advised():
    scenario = loads(unchosen(panel_year(337, 1990))).scenario
    assert scenario.focus == "outsider" and not scenario.events
    assert set(scenario.strategies["outsider"]) == {
        "as-usual",
        "with-the-government",
        "with-the-rebels",
        "with-both",
    }


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ((1, 1990), "no conflict 1 in the panel"),
        ((333, 1970), "years to start from: 1978-2017"),
        ((333, 2021), "recorded for 1975-2017"),
        ((410, 1999), "was over at the end of 1999"),
    ],
)
def test_what_is_not_in_the_panel_is_refused(case, says, tmp_path):
    with pytest.raises(InputError, match=says):
        equipoise.new(tmp_path / "x", from_panel=case)
    assert not (tmp_path / "x").exists()


def test_two_things_to_start_from_are_refused(tmp_path):
    with pytest.raises(InputError, match="leave one out"):
        equipoise.new(tmp_path / "x", from_="two-valleys", from_panel=MALI)


def test_a_forecast_is_played_and_what_came_is_the_panel_s():
    found = forecast(panel_year(267, 1990), futures=512)  # Addis Ababa, May 1991
    assert found.fell and not forecast(panel_year(*MALI), futures=512).fell
    assert found.base == pytest.approx((base(267, 1990)[0] + 0.5) / (base(267, 1990)[1] + 1), rel=1e-12)
    assert 0 < found.chance < 0.1


def base(conflict, year):
    """Return falls and years, counted straight from the file: wars over the same, up to the year before."""
    stake = row_of(conflict, year)["stake"]
    rows = [
        row
        for row in table("conflict_years")
        if row["stake"] == stake and row["at_risk"] == "1" and int(row["year"]) < year
    ]
    return sum(row["next"] == "rebel-victory" for row in rows), len(rows)


def same_as_shipped(years):
    """Return whether years that are played now come out as in the shipped table, to the last future."""
    kept = {(one.conflict, one.year): one for one in shipped()}
    played = [forecast(year) for year in years]
    assert [(one.conflict, one.year, round(one.chance * FUTURES)) for one in played] == [
        (one.conflict, one.year, round(kept[one.conflict, one.year].chance * FUTURES)) for one in played
    ], "what the model says has changed: make the table again with data/unchosen_cases.py"
    return all(kept[one.conflict, one.year] == one for one in played)


def test_the_shipped_forecasts_are_what_the_model_says():
    assert same_as_shipped(drawn()[::4])


@pytest.mark.long
def test_all_shipped_forecasts_are_what_the_model_says():
    assert same_as_shipped([*panel_years()])


def test_the_shipped_forecasts_are_of_every_year():
    of = {(one.conflict, one.year): one for one in panel_years()}
    assert {(one.conflict, one.year) for one in shipped()} == of.keys() and len(shipped()) == 1455
    for one in shipped():
        year = of[one.conflict, one.year]
        assert (one.fell, one.location, one.stake) == (year.fell, year.location, year.stake)


def test_what_the_page_counts_is_so():
    """The counts of docs/unchosen-cases.md, from the panel by other means."""
    text = (ROOT / "docs" / "unchosen-cases.md").read_text(encoding="utf-8")
    found = [*panel_years()]
    left = sum(one.left_out > 0 for one in found)
    assert f"({left} of {len(found):,} years; the claim says so)" in text
    alone = sum(not one.support for one in found) / len(found)
    assert "a fifth of the years" in text and 0.19 < alone < 0.23
    many = [
        one for one in found
        if one.stake == "government" and len({s.state for s in one.support if s.to == GOVERNMENT}) >= 4
    ]  # fmt: skip
    assert not any(one.fell for one in many)
    assert f"None of the {len(many)} years in which four or more states supported the government" in text
