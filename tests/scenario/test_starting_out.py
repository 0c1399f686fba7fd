"""`new` gives a scenario that checks clean and explains itself; the summary says what a scenario holds."""

import json

import pytest

from equipoise.errors import InputError
from equipoise.scenario import (
    load,
    scaffold,
    schema,
    summary,
    template,
)


def test_the_scaffold_loads_and_shows_every_section(tmp_path):
    path = scaffold(tmp_path / "new" / "case")
    scenario = load(path).scenario
    assert path.name == "scenario.yaml"
    for section in ("claims", "ties", "events", "agreements", "talks", "beliefs", "strategies"):
        assert getattr(scenario, section), section
    assert len(scenario.strategies[scenario.focus]) >= 3
    assert template().count("#") > 40


def test_the_schema_stands_beside_the_file_and_the_file_says_where(tmp_path):
    text = scaffold(tmp_path).read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    assert first == "# yaml-language-server: $schema=./scenario.schema.json"
    assert rest == template()
    assert json.loads((tmp_path / "scenario.schema.json").read_text(encoding="utf-8")) == schema()


def test_an_old_schema_of_ours_is_replaced_and_a_stranger_s_is_not(tmp_path):
    beside = tmp_path / "scenario.schema.json"
    beside.write_text('{"title": "Equipoise scenario, format version 0"}')
    scaffold(tmp_path)
    assert json.loads(beside.read_text(encoding="utf-8")) == schema()
    (tmp_path / "scenario.yaml").unlink()
    beside.write_text('{"title": "Something else"}')
    with pytest.raises(InputError, match="no schema of Equipoise's; nothing was written"):
        scaffold(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["scenario.schema.json"]


def test_nothing_is_overwritten(tmp_path):
    path = scaffold(tmp_path)
    path.write_text("mine")
    with pytest.raises(InputError, match="exists already; nothing was written"):
        scaffold(tmp_path)
    assert path.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", "a\x00b"):
        with pytest.raises(InputError):
            scaffold(folder)


def test_the_bundled_case_is_the_reference_of_the_format(shared):
    """Every key of the format is tried on the very file that says what the format is."""
    assert load("two-valleys").text == (shared / "two-valleys.yaml").read_text(encoding="utf-8")


def test_the_summary_counts_what_stands_in_the_reference():
    file = load("two-valleys")
    said = summary(file.scenario, written=file.written)
    assert said["counts"] | {"strategies": 0} == {
        "regions": 2, "forces": 3, "patrons": 2, "ties": 4, "events": 9, "agreements": 2, "talks": 1,
        "sources": 1, "claims": 2, "quantities": 1, "beliefs": 1, "triggered_events": 2, "strategies": 0,
    }  # fmt: skip
    assert (said["start"], said["end"], said["weeks"]) == ("2031-03-17", "2032-03-14", 52)
    assert said["strategies"]["republic"] == ["wait", "leave", "stay", "pay-not-fight"]
    assert said["numbers"]["uncertain"] == 14
    spring, lake = said["agreements"]
    assert spring["terms"][0]["deadline"] == "2031-05-01"
    assert spring["terms"][0]["in_run"] is True
    assert lake["terms"][0]["deadline"] is None
    assert lake["terms"][0]["weeks_after_signing"] == 9
    json.dumps(said)
