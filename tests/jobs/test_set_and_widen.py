"""Numbers changed for one command: in the header, in the study, and the same whichever way they are asked for."""

import json

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError

FADE = "dynamics.fade"


def call(*command):
    return CliRunner().invoke(main, [str(word) for word in command])


def test_a_study_of_changed_numbers_stands_by_itself_and_is_taken_up_again(tmp_path, undrawn):
    asked = {"futures": 64, "strategies": ["stay-out"], "out": tmp_path, "additions": False}
    first = equipoise.run("two-valleys", set_={FADE: 0.05}, widen="30%", **asked)
    again = equipoise.run("two-valleys", set_={FADE: 0.05}, widen=0.3, **asked)
    opened = equipoise.open_study(tmp_path)
    assert first.summary == again.summary == opened.summary
    assert opened.summary["asked"]["set"] == {FADE: 0.05} and opened.summary["asked"]["widen"] == 0.3
    alone = equipoise.run(tmp_path / "scenario.yaml", futures=64, strategies=["stay-out"])
    assert alone.summary["strategies"] == first.summary["strategies"]
    with pytest.raises(InputError, match="holds a study with scenario"):
        equipoise.run("two-valleys", set_={FADE: 0.06}, **asked)


def test_a_result_is_kept_only_in_a_study_of_the_same_numbers(tmp_path, undrawn):
    equipoise.run("two-valleys", futures=64, set_={FADE: 0.05}, out=tmp_path, additions=False)
    kept = equipoise.talks("two-valleys", draws=16, set_={FADE: 0.05}, study=tmp_path)
    assert kept["asked"]["set"] == {FADE: 0.05}
    with pytest.raises(InputError, match="another scenario"):
        equipoise.talks("two-valleys", draws=16, study=tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["check", "two-valleys"],
        ["run", "two-valleys", "--futures", "32", "--strategies", "stay-out"],
        ["run", "two-valleys", "--future", "2", "--strategies", "stay-out"],
        ["optimise", "two-valleys", "--futures", "256", "--no-frontier", "--no-trigger"],
        [
            "game",
            "two-valleys",
            "--futures",
            "32",
            "--players",
            "empire,republic",
            "--only",
            "empire=stay-out",
        ],
        ["beliefs", "two-valleys", "--futures", "32"],
        ["talks", "two-valleys", "--draws", "16"],
        ["balance", "two-valleys", "--draws", "16"],
    ],
)
def test_every_command_that_plays_or_draws_takes_them(command):
    found = call(*command, "--set", f"{FADE}=[0.01, 0.03]", "--widen", "20%", "--json")
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    assert (document["asked"]["set"], document["asked"]["widen"]) == ({FADE: [0.01, 0.03]}, 0.2)
    assert document["scenario"]["sha256"] != equipoise.load("two-valleys").sha256


def test_what_has_no_numbers_by_path_refuses_them(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("actor,position,salience,clout\na,10,1,1\nb,90,1,1\n")
    found = call("talks", "--csv", table, "--set", "x=1")
    assert found.exit_code == 2 and "change the numbers of a scenario" in found.stderr
    assert call("run", "two-valleys", "--set", FADE).exit_code == 2
    with pytest.raises(InputError, match="no talks or numbers by name"):
        equipoise.talks(table, set_={"x": 1})


def test_resolved_with_changes_has_them_in_their_places():
    found = call("check", "two-valleys", "--resolved", "--set", f"{FADE}=0.07")
    assert "fade: 0.07" in found.stdout and "\nset:" not in found.stdout
