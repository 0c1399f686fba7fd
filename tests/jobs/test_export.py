"""Tables out: whole, typed, and harmless in a spreadsheet."""

import csv
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import equipoise
from equipoise.errors import InputError
from equipoise.findings.frames import TABLES
from situations import duel

FORMULA = "=HYPERLINK(0)"


@pytest.fixture(scope="module")
def study():
    return equipoise.run("two-valleys", futures=512, seed=3, workers=1)


@pytest.fixture(scope="module")
def hostile():
    return equipoise.run(
        duel({"forces.court.name": FORMULA, "forces.clans.name": "-1+1"}), futures=32, workers=1
    )


def test_a_workbook_has_a_sheet_a_table(study, tmp_path):
    made = equipoise.export(study, to="xlsx", path=tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["about", *TABLES] == list(made["tables"])
    for name, table in study.tables().items():
        rows = list(book[name].iter_rows(values_only=True))
        assert (
            list(rows[0]) == list(table.columns) and len(rows) == len(table) + 1 == made["tables"][name] + 1
        )
    ranking = [row[1] for row in book["ranking"].iter_rows(min_row=2, values_only=True)]
    assert tuple(ranking) == study.findings.ranking
    dated = {row[0]: row[5] for row in book["events"].iter_rows(min_row=2, values_only=True)}
    median = study.findings.events["republic-leaves"].median_date
    assert dated["republic-leaves"] == datetime.fromisoformat(median)


def test_csv_holds_the_same_and_leaves_what_is_missing_empty(study, tmp_path):
    made = equipoise.export(study, to="csv", path=tmp_path / "tables")
    assert [Path(name).stem for name in made["wrote"]] == ["about", *TABLES]
    read = pd.read_csv(tmp_path / "tables" / "forces.csv")
    pd.testing.assert_series_equal(read["falls"], study.forces["falls"].astype(float), check_dtype=False)
    with (tmp_path / "tables" / "by_week.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["series"] == "influence"]
    assert {row["force"] for row in rows} == {""} and rows[0]["date"] == "2031-03-17"


@pytest.mark.parametrize("to", ["xlsx", "csv"])
def test_a_text_that_looks_like_a_formula_stays_a_text(hostile, tmp_path, to):
    assert {FORMULA, "-1+1"} <= set(hostile.forces["name"])
    if to == "xlsx":
        equipoise.export(hostile, to="xlsx", path=tmp_path / "t.xlsx")
        cells = [cell for row in openpyxl.load_workbook(tmp_path / "t.xlsx")["forces"] for cell in row]
        kept = [cell for cell in cells if cell.value in (FORMULA, "-1+1")]
        assert kept and {cell.data_type for cell in kept} == {"s"}
        return
    equipoise.export(hostile, to="csv", path=tmp_path)
    for file in tmp_path.glob("*.csv"):
        with file.open(newline="", encoding="utf-8") as lines:
            texts = [text for row in csv.reader(lines) for text in row]
        assert not [text for text in texts if text[:1] in "=+@" and text]
        assert not [text for text in texts if text.startswith("-") and not _number(text)]
    assert f"'{FORMULA}" in (tmp_path / "forces.csv").read_text(encoding="utf-8")


def _number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_beside_the_study_unless_told_otherwise(tmp_path):
    equipoise.run("two-valleys", futures=32, out=tmp_path / "s", workers=1, additions=False)
    (wrote,) = equipoise.export(tmp_path / "s")["wrote"]
    assert wrote == str(tmp_path / "s-tables.xlsx") and (tmp_path / "s-tables.xlsx").is_file()


def test_what_cannot_be_written_is_refused(study):
    with pytest.raises(InputError, match="xlsx or csv; given 'ods'"):
        equipoise.export(study, to="ods")
    with pytest.raises(InputError, match="has no folder"):
        equipoise.export(study)


def test_what_never_came_is_missing_and_everything_else_is_as_stored(study):
    read, stored = study.futures, study.outcomes
    column = "fallen.crown"
    assert (stored[column] == -1).any()
    assert (read[column].isna() == (stored[column] == -1)).all()
    assert (read[column].dropna() == stored.loc[stored[column] >= 0, column]).all()
    assert read["payoff"].equals(stored["payoff"])


def test_weeks_are_over_all_futures_or_say_how_many(study):
    weekly, means = study.weekly, study.by_week
    assert weekly.attrs == {"futures": 32, "of": 512, "which": "one future of each of the first states"}
    assert str(weekly["date"].to_numpy()[1])[:10] == "2031-03-24"
    assert means.attrs["futures"] == 512
    power = means.query("strategy == 'bandwagon' and series == 'power' and force == 'crown'")
    assert tuple(power["mean"]) == study.findings.strategies["bandwagon"].forces["crown"].power.by_week
    last = study.outcomes.query("strategy == 'bandwagon'")["power.crown"]
    assert power["mean"].iloc[-1] == pytest.approx(last.mean(), rel=1e-6)


def test_a_term_of_an_agreement_is_a_row(study, tmp_path):
    """The accord was signed before the run and is due on a day; the treaty binds once the conference made a deal."""
    rows = study.agreements.set_index("agreement")
    assert list(rows.index) == ["spring-accord", "lake-treaty"] and list(rows["term"]) == [0, 0]
    accord, treaty = rows.loc["spring-accord"], rows.loc["lake-treaty"]
    assert (accord["signed"], accord["signed_se"], accord["due"]) == (1, 0, 1)
    assert str(accord["by"])[:10] == "2031-05-01" and pd.isna(accord["within"])
    assert treaty["within"] == 9 and pd.isna(treaty["by"])
    assert (treaty["who"], treaty["does"], treaty["event"]) == (
        "crown, rebels",
        "form one council",
        "council-formed",
    )
    assert treaty["signed"] == study.talks["deal"].iloc[0]
    found = study.findings.agreements["lake-treaty"].terms[0]
    assert (treaty["due"], treaty["kept"]) == (found.due, found.kept)
    assert treaty["kept_se"] == study.findings.error("agreements", "lake-treaty", "terms", "0", "kept").se > 0
    assert study.agreements.attrs["futures"] == 512
    equipoise.export(study, to="csv", path=tmp_path)
    read = pd.read_csv(tmp_path / "agreements.csv").set_index("agreement")
    assert read.loc["spring-accord", "by"] == "2031-05-01" and pd.isna(read.loc["lake-treaty", "by"])


def test_a_term_that_never_falls_due_is_kept_in_no_share():
    terms = [{"who": "court", "does": "it", "event": "e", "by": "2029-01-01"}]
    pact = {"parties": ["court", "clans"], "signed": "2028-01-01", "terms": terms}
    study = equipoise.run(duel({"events": {"e": {}}, "agreements": {"a": pact}}), futures=32, workers=1)
    row = study.agreements.iloc[0]
    assert row["due"] == 0 and pd.isna(row["kept"]) and pd.isna(row["kept_se"])


def test_an_event_that_never_came_has_no_date():
    study = equipoise.run(
        duel({"events": {"never": {"when": {"power": "court", "above": 0.9999}, "weekly": 0.1, "effects": []}}}),
        futures=32, workers=1,
    )  # fmt: skip
    row = study.events.set_index("event").loc["never"]
    assert row["probability"] == 0 and pd.isna(row["median_date"])


def test_every_figure_of_the_report_is_a_chart(study):
    for name in ("payoffs", "behind", "kept", "stands_or_falls", "resentment", "regret", "luck", "orders", "power",
                 "standing", "falls", "timeline"):  # fmt: skip
        drawn = getattr(study.plot, name)(width=500).to_dict()
        assert drawn["config"]["background"] and drawn["title"]
    assert study.plot.talks("lake-conference").to_dict()["title"]
    with pytest.raises(InputError, match="no talk is called 'lake'; there are: lake-conference"):
        study.plot.talks("lake")
