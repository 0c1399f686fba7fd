"""What every bundled case keeps: nothing in vain, no number on nothing, nothing later, counts and questions.

Cases are found in their folder, so a new one is held to this without a line here. That its kernel run is that of the
reference is held in `tests/world/test_reference_kernel.py`, also for every case in the folder.
"""

import csv
import re
from importlib import resources

import pytest

from equipoise.evidence import trace
from equipoise.jobs import job
from equipoise.reporting.terminal import print_check
from equipoise.scenario import cases, load
from equipoise.scoring import reference_classes

CASES = resources.files("equipoise") / "cases"
REAL = sorted(set(cases()) - {"two-valleys"})
FROM_SHEETS = sorted(set(REAL) - {"afghanistan-2021"})
"""Cases written from a sheet of what was known; the founding case stands on an analysis of its day."""

AT_WAR = [case for case in FROM_SHEETS if any(f.incumbent for f in load(case).scenario.forces.values())]
"""Cases of internal war; great powers around a small state have no base rate, for nobody has counted them."""


@pytest.mark.parametrize("case", cases())
def test_nothing_in_it_is_in_vain_and_check_says_so(case, capsys):
    found = job("check")(case)
    print_check(found, name=case)
    assert found["never"] == found["off_scale"] == []
    assert f"no fault found in {case}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("case", FROM_SHEETS)
def test_no_number_stands_on_nothing_and_no_fact_is_left_unused(case):
    file = load(case)
    traced = trace(file.scenario, written=file.written)
    written = [row for row in traced["places"] if row["written"]]
    assert len(written) > 60
    assert [row["path"] for row in written if row["basis"] == "nothing"] == []
    assert traced["unused"] == []


@pytest.mark.parametrize("case", REAL)
def test_nothing_in_it_is_of_a_later_day(case):
    scenario = load(case).scenario
    as_of = scenario.calendar.as_of
    assert as_of is not None and as_of <= scenario.calendar.start
    assert [
        name for name, source in scenario.sources.items() if source.published and source.published > as_of
    ] == []
    counted = [row.rate.period for row in reference_classes(scenario) if row.rate.kind != "support-stops"]
    assert bool(counted) == any(force.incumbent for force in scenario.forces.values())
    assert all(int(period[-4:]) < as_of.year for period in counted)


@pytest.mark.parametrize("case", AT_WAR)
def test_its_base_rates_are_shipped_counts_of_its_own_classes(case):
    scenario = load(case).scenario
    shipped = {
        (f"{100 * row.rate.rate:.1f}", row.rate.events, row.rate.exposure)
        for row in reference_classes(scenario)
        if row.rate.kind != "support-stops"
    }
    said = [
        (percent, *(int(count.replace(",", "")) for count in counts))
        for claim in scenario.claims.values()
        for percent, *counts in re.findall(r"(\d+\.\d) % [^%]*?\(([\d,]+) of ([\d,]+)\)", claim.says)
    ]
    assert said
    assert set(said) <= shipped


@pytest.mark.parametrize("case", FROM_SHEETS)
def test_its_notes_say_what_it_is_and_ask_its_questions(case, shared):
    notes = (CASES / case / "notes.md").read_text(encoding="utf-8")
    assert "reconstruction" in notes and "judged" in notes
    with (shared / "data" / "grounding" / "cases" / "questions.csv").open(encoding="utf-8") as file:
        asked = [row["question"] for row in csv.DictReader(file) if row["case"] == case]
    assert asked
    assert [name for name in asked if f"`{name}`" not in notes] == []
