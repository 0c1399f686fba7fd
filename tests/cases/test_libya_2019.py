"""The case of Libya: every sentence of the sheet is said, on what was known that day, and every number has a ground."""

import datetime as dt
import re
from importlib import resources

import pytest

from equipoise.evidence import trace
from equipoise.scenario import load
from equipoise.scenario.number import quantile
from equipoise.scoring import Wars, rate, reference_classes

FOLDER = resources.files("equipoise") / "cases" / "libya-2019"
AS_OF = dt.date(2019, 4, 1)
FACTS = [f"f{n}" for n in range(1, 20)]


@pytest.fixture(scope="module")
def case():
    return load("libya-2019").scenario


@pytest.fixture(scope="module")
def traced():
    file = load("libya-2019")
    return trace(file.scenario, written=file.written)


def test_every_sentence_of_the_sheet_is_a_claim_that_something_stands_on(case, traced):
    assert [name for name in case.claims if re.fullmatch(r"f\d+", name)] == FACTS
    assert traced["unused"] == []


def test_no_number_stands_on_nothing(traced):
    written = [row for row in traced["places"] if row["written"]]
    assert len(written) > 200
    assert [row["path"] for row in written if row["basis"] == "nothing"] == []


def test_shares_and_weights_are_those_of_the_sheet(case, shared):
    path = shared / "data" / "grounding" / "cases" / "known" / "libya-2019.md"
    (said,) = re.findall(r"LNA / GNA: (.*)", path.read_text(encoding="utf-8"))
    rows = re.findall(r"(\w+) \((\d+) %[^)]*\) (\d\.\d+)/(\d\.\d+)", said)
    assert len(rows) == 3
    for region, weight, lna, gna in rows:
        assert case.regions[region.lower()].weight == int(weight) / 100
        for force, share in (("lna", float(lna)), ("gna", float(gna))):
            number = case.forces[force].control[region.lower()]
            assert (number.pert[1] if number.pert else number.value) == share


def test_the_parts_that_the_sheet_names_are_there(case):
    assert case.focus == "russia" and case.forces["gna"].incumbent
    assert case.talks["ghadames"].between == (dt.date(2019, 4, 14), dt.date(2019, 4, 16))
    assert case.talks["ghadames"].host == "The United Nations, at Ghadames"
    assert case.agreements["abu-dhabi"].signed == dt.date(2019, 2, 27)
    backers = {patron for patron, item in case.patrons.items() if item.backing["lna"].money.value != 0}
    assert {"russia", "emirates", "egypt"} <= backers
    assert not any(quantile(item.backing["gna"].troops, [0.99])[0] for item in case.patrons.values())
    assert case.patrons["russia"].default == "lean-unofficially"
    russia = case.strategies["russia"]["lean-unofficially"].engage
    assert russia["lna"] > russia["gna"] > russia["saif"] > 0


def test_nothing_later_is_told_as_a_fact(case):
    text = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("scenario.yaml", "notes.md"))
    later = re.compile(r"Gharyan|Watiya|Berlin|Dbeibah|Jufra|Sirte|4 April|27 November|12 January")
    assert later.findall(text) == []
    assert case.calendar.as_of == case.calendar.start == AS_OF
    assert all(source.published is None or source.published <= AS_OF for source in case.sources.values())
    assert all(
        int(row.rate.period[5:]) <= 2017
        for row in reference_classes(case)
        if row.rate.kind != "support-stops"
    )


def test_base_rates_are_the_shipped_counts(case):
    over = {"over": "government"}
    for kind, wars, claim in (
        ("government-falls", Wars(**over, rebels="supported"), "falls"),
        ("government-falls", Wars(**over, intensity="minor"), "falls"),
        ("rebels-gone", Wars(rebels="supported"), "gone"),
    ):
        row = rate(kind, wars)
        assert f"{100 * row.rate:.1f} %" in case.claims[claim].says
        assert f"({row.events} of {row.exposure})" in case.claims[claim].says
    yearly = case.forces["gna"].collapse.yearly.beta
    assert yearly == (13.5, 400.5)


def test_the_classes_say_who_backs_whom(case):
    said = {(row.force, row.because) for row in reference_classes(case)}
    assert ("lna", "backed by Russia, the United Arab Emirates, Egypt and France") in said
    assert ("saif", "backed by no patron") in said
