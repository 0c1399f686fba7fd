"""The shipped tables are what the script makes of the data, and the data's own counts by other hands agree."""

import csv
import importlib.util
from importlib import resources
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "data" / "base_rates.py"
TABLES = ("conflict_years", "drawn", "rebel_years", "rebel_forces", "supporters", "counts")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("base_rates_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def grounding(shared):
    folder = shared / "data" / "grounding"
    if not (folder / "raw").is_dir():
        pytest.skip("the extracts are not beside this checkout")
    return folder


def test_the_tables_are_made_again_to_the_byte(script, grounding, tmp_path):
    script.main(grounding / "raw", tmp_path)
    for name in TABLES:
        shipped = resources.files("equipoise.scoring").joinpath(f"{name}.csv").read_bytes()
        assert (tmp_path / f"{name}.csv").read_bytes() == shipped, name


def test_years_agree_with_the_panel_made_by_other_hands(grounding):
    """Every year and column that both have, out of 2,468 conflict-years; two falls after 2020 are ours alone."""
    import pandas as pd

    panel = pd.read_csv(grounding / "panel" / "conflict_years_1946_2024.csv").query("is_usa == 0")
    with resources.as_file(resources.files("equipoise.scoring").joinpath("conflict_years.csv")) as path:
        ours = pd.read_csv(path)
    both = ours.merge(
        panel, left_on=["conflict", "year"], right_on=["conflict_id", "year"], suffixes=("", "_panel")
    )
    assert len(both) == len(ours) == len(panel) == 2468
    same = {
        "age": both.age_panel, "parties": both.acd_gov_troop_n, "supporters": both.gov_states,
        "troops": both.gov_troops, "rebel_supporters": both.reb_states, "rebel_troops": both.reb_troops,
        "at_risk": both.at_risk_panel,
    }  # fmt: skip
    for column, theirs in same.items():
        assert both[column].astype(float).equals(theirs.astype(float)), column
    assert ((both.stake == "territory") == (both.incompatibility == 1)).all()
    assert ((both.intensity == "war") == (both.intensity_level == 2)).all()
    known = both.troops.notna()
    assert ((both.troops_gone > 0) == (both.gov_troops_left3 == 1))[known].all()
    assert ((both.parties_gone > 0) == (both.acd_troops_left3 == 1)).all()
    assert ((both.rebel_support_gone > 0) == (both.reb_lost_all == 1))[known].all()
    words = {"continues": "goes-on", "inactive": "quiet", "ended": "over", "peace_agreement": "agreement",
             "low_activity": "low-activity", "actor_ceases": "rebels-cease"}  # fmt: skip
    assert (both.next_outcome.replace(words).str.replace("_", "-") == both.next).all()
    own = both[(both.fell == 1) != (both.reb_vic_dyads > 0)]
    assert [*zip(own.location, own.year, strict=True)] == [("Syria", 2024), ("Afghanistan", 2021)]


def test_stopping_and_turning_agree_with_counts_by_other_hands(grounding):
    with (grounding / "panel" / "supporter_stop_rates.csv").open(encoding="utf-8") as file:
        theirs = [*csv.DictReader(file)]
    text = resources.files("equipoise.scoring").joinpath("counts.csv").read_text(encoding="utf-8")
    ours = {row["cases"]: row for row in csv.DictReader(text.splitlines()) if row["kind"] == "support-stops"}
    assert len(ours) == 2 * len(theirs) == 24
    sides = {"gov": "government", "reb": "rebels"}
    for row in theirs:
        kind = "support of any kind" if row["kind"] == "any" else row["kind"]
        found = ours[f"{kind} for the {sides[row['side']]}"]
        assert (found["events"], float(found["exposure"])) == (row["stopped"], float(row["supporter_years"]))
        apart = ours[f"{kind} for the {sides[row['side']]}, outside coalitions"]
        assert float(apart["exposure"]) == float(row["outside_coalitions"])
        share = int(apart["events"]) / float(apart["exposure"])
        assert share == pytest.approx(float(row["stop_rate_outside_coalitions"]), abs=5e-4)
