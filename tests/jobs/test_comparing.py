"""Compare end to end: closed forms, additivity, and that studies and changed scenarios give the same answer."""

import json

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.findings.paired import BEST
from equipoise.reporting.analyses.compare import blocks, verdict
from equipoise.reporting.blocks import Paragraph

STANDING, WEIGHT, YEARLY = (
    "patrons.north.standing.crown",
    "patrons.north.values.influence",
    "forces.crown.collapse.yearly",
)


def scenario(**forces):
    """Return one region that the crown holds, where nothing moves but what is said."""
    return {
        "equipoise": 1,
        "title": "One force",
        "focus": "north",
        "calendar": {"start": "2030-01-07", "weeks": 52},
        "regions": {"land": {}},
        "forces": {
            "crown": {"incumbent": True, "control": {"land": 1}, **forces},
            "rebels": {"control": {"land": 0}},
        },
        "patrons": {"north": {"standing": {"crown": 0.2}, "values": {"influence": 1}}},
        "dynamics": {"fade": 0},
        "strategies": {"north": {"stay-out": {"engage": {}}, "court": {"engage": {"crown": 1}}}},
    }


def means(found, key):
    metric = found["metrics"][key]
    return metric["difference"]["mean"], [share["mean"] for share in metric["shares"]]


def test_a_scenario_held_against_itself_moves_nothing():
    found = equipoise.compare("two-valleys", "two-valleys", futures=128)
    assert found["changes"] == [] and found["runs"] == 1
    assert all(
        metric["difference"]["mean"] == metric["difference"]["se"] == 0
        for metric in found["metrics"].values()
    )
    assert "differ in nothing" in verdict(found)
    assert blocks(found) == [Paragraph(verdict(found))]


def test_shares_of_a_product_are_those_of_its_closed_form():
    """With nobody engaged the payoff is weight × standing: w·r from 1 × 0.2 to 2 × 0.5.

    Shapley: Δw·(r + r')/2 = 0.35 and Δr·(w + w')/2 = 0.45.
    """
    found = equipoise.compare(
        scenario(),
        set_={WEIGHT: 2, STANDING: 0.5},
        strategies=["stay-out"],
        futures=64,
        metric="payoff.stay-out",
    )
    whole, parts = means(found, "payoff.stay-out")
    assert whole == pytest.approx(0.8, abs=1e-6)
    by_name = dict(zip([change["name"] for change in found["changes"]], parts, strict=True))
    assert by_name == {WEIGHT: pytest.approx(0.35, abs=1e-6), STANDING: pytest.approx(0.45, abs=1e-6)}
    assert found["metrics"]["payoff.stay-out"]["shares"][0]["se"] == pytest.approx(0, abs=1e-8)
    assert "gap" not in found["metrics"]


def test_a_yearly_chance_moves_falls_by_as_much():
    found = equipoise.compare(scenario(collapse={"yearly": 0.2}), set_={YEARLY: 0.6}, futures=8192, seed=2)
    falls = found["metrics"]["falls.crown"]
    for side, wanted in (("first", 0.2), ("second", 0.6)):
        assert abs(falls[side]["mean"] - wanted) < 3 * falls[side]["se"]
    gap = falls["difference"]
    assert abs(gap["mean"] - 0.4) < 3 * gap["se"] and gap["told_apart"]
    # on the same draws the two are one another's control: the same uniform decides both
    assert gap["se"] < (falls["first"]["se"] ** 2 + falls["second"]["se"] ** 2) ** 0.5


def test_shares_add_up_and_change_sign_when_the_two_change_places():
    changes = {YEARLY: 0.5, "dynamics.fade": 0.05, "patrons.north.engagement.gain": 0.2}
    there = equipoise.compare(scenario(collapse={"yearly": 0.2}), set_=changes, futures=512)
    other = equipoise.scenario.changed(equipoise.load(scenario(collapse={"yearly": 0.2})), changes)
    back = equipoise.compare(other, scenario(collapse={"yearly": 0.2}), futures=512)
    assert there["method"] == "shapley" and there["runs"] == 8
    for key in there["metrics"]:
        whole, parts = means(there, key)
        assert sum(parts) == pytest.approx(whole, abs=1e-12)
        assert means(back, key)[0] == -whole
        assert means(back, key)[1] == pytest.approx([-part for part in parts], abs=1e-12)


def test_many_changes_are_taken_by_part_and_in_order_and_still_add_up():
    found = equipoise.compare("two-valleys", widen="20%", futures=64, strategies=["even-hedge", "stay-out"])
    assert found["method"] == "in-order" and found["runs"] == len(found["changes"]) + 1 > 7
    whole, parts = means(found, BEST)
    assert sum(parts) == pytest.approx(whole, abs=1e-12)


def test_a_strategy_more_is_a_change_of_the_best_alone():
    data = scenario()
    data["strategies"]["north"].pop("court")
    data["patrons"]["north"]["engagement"] = {"gain": 0.1}
    richer = data | {
        "strategies": {"north": {**data["strategies"]["north"], "court": {"engage": {"crown": 1}}}}
    }
    found = equipoise.compare(data, richer, futures=64)
    assert [change["says"] for change in found["changes"]] == ["the strategy court of North is added"]
    assert means(found, BEST)[0] > 0 and means(found, "payoff.stay-out")[0] == 0
    assert (found["first"]["best"], found["second"]["best"]) == ("stay-out", "court")
    assert "The advice changes from stay-out to court" in verdict(found)


def test_what_makes_no_scenario_alone_is_one_change_and_that_is_said():
    data, other = scenario(), scenario()
    data["forces"]["crown"]["control"] = {"land": {"choice": {0: 1, 1: 1}}}
    data["forces"]["rebels"]["control"] = {"land": 1}
    data["talks"] = {"t": {"on": "2030-02-01", "clout": {"crown": 1, "rebels": 0}, "issues": {
        "i": {"positions": {"crown": 1, "rebels": 0}, "salience": {"crown": 1, "rebels": 1}}}}}  # fmt: skip
    other |= {"forces": data["forces"], "talks": json.loads(json.dumps(data["talks"]))}
    other["talks"]["t"]["clout"] = {"crown": 0, "rebels": 1}
    found = equipoise.compare(data, other, futures=64)
    assert len(found["changes"]) == 1 and "is one change" in found["note"]


def test_two_studies_are_the_two_scenarios_under_the_beliefs_they_were_run_with(tmp_path, undrawn):
    few = {"futures": 256, "seed": 7, "strategies": ["even-hedge", "stay-out"], "additions": False}
    equipoise.run("two-valleys", out=tmp_path / "a", **few)
    equipoise.run("two-valleys", out=tmp_path / "b", set_={"dynamics.fade": 0.03}, beliefs="empire", **few)
    two = equipoise.compare(tmp_path / "a", tmp_path / "b")
    named = {change["name"] for change in two["changes"]}
    assert "dynamics.fade" in named and "forces.crown.collapse.yearly" in named
    assert two.header["seed"] == 7 and two["second"]["beliefs"] == "empire"
    payoff = equipoise.open_study(tmp_path / "b").summary["strategies"]["even-hedge"]["payoff"]["mean"]
    assert two["metrics"]["payoff.even-hedge"]["second"]["mean"] == pytest.approx(payoff, abs=1e-9)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "name a second scenario"),
        ({"set_": {YEARLY: 0.5}, "metric": "payofs.court"}, "no metric is called"),
        ({"set_": {STANDING: 0.5}, "strategies": ["hedge"]}, "no strategy of north in both"),
        ({"second": "two-valleys"}, "different patrons' choices"),
    ],
)
def test_what_cannot_be_compared_is_refused(asked, said):
    with pytest.raises(InputError, match=said):
        equipoise.compare(scenario(collapse={"yearly": 0.2}), futures=64, **asked)


def test_the_terminal_shows_what_moved_and_where_it_comes_from():
    command = ["compare", "two-valleys", "--set", "dynamics.fade=0.05", "--futures", "256", "--metric", "gap"]
    found = CliRunner().invoke(main, command)
    assert found.exit_code == 0, found.output
    assert "Where the difference comes from: lead of the best over the second" in found.stdout
    assert "The weekly fading of standing: 0.01 → 0.05" in found.stdout
    document = json.loads(CliRunner().invoke(main, [*command, "--json"]).stdout)
    assert document["asked"]["second"]["set"] == {"dynamics.fade": 0.05}
    assert len(blocks(document)) == 3


def test_a_study_is_shown_with_the_names_of_its_scenario(tmp_path):
    study = str(tmp_path / "study")
    _ = equipoise.run("two-valleys", futures=64, out=study)
    ask = ["compare", "{}", "--set", "dynamics.fade=0.05", "--futures", "64"]
    of_study, of_file = (
        CliRunner().invoke(main, [word.format(first) for word in ask]) for first in (study, "two-valleys")
    )
    assert of_study.exit_code == 0, of_study.output
    assert "At the end: the Crown holds" in of_study.stdout
    assert of_study.stdout == of_file.stdout
