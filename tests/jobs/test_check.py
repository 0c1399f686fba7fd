"""What `check` says beside faults: what can never happen, with its line, and power a year on."""

import pytest

import equipoise
from equipoise.reporting import check_tables
from equipoise.reporting.analyses.base_rates import tables
from equipoise.reporting.terminal import print_check

STILL = """\
equipoise: 1
title: Nothing moves
focus: p
calendar: {start: 2030-01-07, weeks: 60}
regions: {land: {}}
forces:
  a: {incumbent: true, control: {land: 3}, momentum: 0.01}
  b: {control: {land: 1}}
patrons: {p: {}}
strategies: {p: {s: {engage: {a: 1}}}}
talks:
  near:
    veto: [a, b]
    clout: {a: 1, b: 1}
    issues: {k: {positions: {a: 0, b: 1}, salience: {a: 1, b: 1}, reservation: {a: 0.6, b: 0.6}}}
  far:
    veto: [a, b]
    clout: {a: 1, b: 1}
    issues: {k: {positions: {a: 0, b: 1}, salience: {a: 1, b: 1}, reservation: {a: [0.3, 0.4], b: 0.6}}}
events:
  shove:
    on: 2030-02-04
    effects:
      - {push: {b: 0}, regions: [land]}
  fall: {when: {collapsed: a}}
outlook:
  - {power: a, week: 26, is: [0.79, 0.8], given: as-things-stand}
  - {power: a, week: 0, is: 0.7}
  - {happens: shove, within: 5, is: 1}
  - {happens: shove, within: 4, is: 1}
  - {order: holds, week: 60, is: 0.99}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("check") / "scenario.yaml"
    path.write_text(STILL, encoding="utf-8")
    return equipoise.check(path)


def test_what_can_never_happen_is_listed_by_line(found):
    """Both have a half of the weight, so the outcome is 0.5: beyond a's reservation of 0.4 at most."""
    assert [(row["line"], row["path"]) for row in found["never"]] == [
        (16, "talks.far"),
        (25, "events.fall.when.0"),
    ]
    assert "no deal in any of 1,250 states" in found["never"][0]["says"]
    assert found["never"][1]["says"] == "this never holds: `a` cannot fall"


SCALED = STILL.replace(
    "issues: {k: {positions: {a: 0, b: 1}, salience: {a: 1, b: 1}, reservation: {a: 0.6, b: 0.6}}}",
    """issues:
      k:
        scale: {0: none, 2: some, 10: all}
        positions:
          a: {is: far, times: 2}
          b: [8, 10, 12]
          p: {normal: [-0.1, 5]}
        salience: {a: 1, b: 1}""",
).replace("regions: {land", "quantities: {far: [4, 6.1]}\nregions: {land")


def test_a_position_off_the_scale_of_its_issue_is_listed_by_line(tmp_path, capsys):
    """The medians are 2 × 5.05, 10 and -0.1 on a scale from 0 to 10; the other issue names no scale."""
    path = tmp_path / "scenario.yaml"
    path.write_text(SCALED, encoding="utf-8")
    found = equipoise.check(path)
    at = "talks.near.issues.k.positions"
    assert [(row["line"], row["path"]) for row in found["off_scale"]] == [(20, f"{at}.a"), (22, f"{at}.p")]
    assert found["off_scale"][0]["says"].startswith(
        "a median of 10.1 is off the scale, which names 0 to 10; write"
    )
    print_check(found, name="it")
    shown = " ".join(capsys.readouterr().out.split())
    assert "Positions off the scale of their issue" in shown and f"line 22, {at}.p: a median of -0.1" in shown


def test_power_a_year_on_is_that_of_week_52(found):
    """Without noise the odds of a grow by e^0.01 a week: 3 at the start, 3 e^0.52 after 52 weeks."""
    odds = 3 * 2.718281828459045**0.52
    assert found["power_a_year_on"]["week"] == 52
    assert found["power_a_year_on"]["a"]["mean"] == pytest.approx(odds / (1 + odds), abs=2e-6)
    assert found["power_a_year_on"]["a"]["se"] == pytest.approx(0, abs=1e-9)


def test_the_outlook_stands_beside_what_is_implied(found):
    """Without noise the odds of a grow by e^0.01 a week: known in every week. The shove comes in week 4."""
    rows = {row["at"]: row for row in found["outlook"]}
    at_26 = 3 * 2.718281828459045**0.26
    assert rows["outlook.0"]["implied"] == pytest.approx(at_26 / (1 + at_26), abs=2e-6)
    assert rows["outlook.0"]["says"] == "the power of the a after 26 weeks, as things stand"
    assert [rows[f"outlook.{k}"]["holds"] for k in range(5)] == [True, False, True, False, True]
    assert rows["outlook.1"]["tolerance"] == 0.02
    assert rows["outlook.2"]["implied"] == 1.0
    assert rows["outlook.3"]["implied"] == 0.0
    assert rows["outlook.4"]["implied"] == 1.0


def test_rebel_forces_of_the_same_classes_share_a_table_of_base_rates():
    """Of each force but the government `check` shows the widest class and the narrowest, the same for all of these."""
    found = equipoise.check("syria-2024").to_dict()
    rebels = [table for table in check_tables.base_rates(found) if "a rebel force is" in table.caption]
    assert [table.caption.partition(": ")[0] for table in rebels] == ["HTS, SNA and SDF, the same for each"]
    assert [str(row[0]) for row in rebels[0].rows] == [
        "At odds with Assad's government", "All that the scenario says of this war, but for its age",
    ]  # fmt: skip
    counted = [str(row[-2]) for row in rebels[0].rows]
    own = [row for row in found["base_rates"] if row["force"] == "sdf" and row["width"] != "part"]
    assert counted == [f"{row['events']} of {row['exposure']:,}" for row in own]


def test_rebel_forces_of_different_classes_have_tables_of_their_own():
    found = equipoise.base_rates("syria-2024", "rebels-gone").to_dict()
    captions = [table.caption for table in tables(found["rates"], lambda force: force)]
    assert [caption.partition(": ")[0] for caption in captions] == [
        "hts and sna, the same for each",
        "sdf",
        "gunmen",
    ]


def test_a_table_of_base_rates_counts_one_kind_of_thing():
    """What came after withdrawals is counted in withdrawals, not in the years of war of the table above."""
    notes = [table.note for table in check_tables.base_rates(equipoise.check("two-valleys").to_dict())]
    assert ["each a withdrawal while the war goes on" in note for note in notes] == [False, True, False]


def test_a_holder_of_beliefs_need_be_no_patron():
    assert "“beijing watchers” (one number)" in " ".join(
        check_tables.lines(equipoise.check("philippines-2016"))
    )
