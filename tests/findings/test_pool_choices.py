"""The choice under a pool, and whose disagreement matters for it, where both are known by hand."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.findings.beliefs import PlayedThere, of_pool
from equipoise.reporting.analyses.beliefs import pool_said, pool_table
from equipoise.scenario import loads
from equipoise.scenario.display_names import Names

POOLS = "\npools:\n  two: {ann: 1, ben: 3}\n  even: {holders: [ann, ben]}\n"


def payoffs(*means):
    """Return payoffs that scatter alike under all strategies, [strategies, states]."""
    noise = np.random.default_rng(1).normal(size=64)
    return PlayedThere(("hedge", "wait"), np.array(means)[:, None] + noise)


def test_two_holders_who_disagree_are_worth_telling_apart():
    """ann: 1 and 0, ben: 0 and 2; with weights ½ hedge pays ½, wait 1; knowing ann is right would give 1 more."""
    half = {"ann": 0.5, "ben": 0.5}
    found = of_pool(
        half, {"ann": {"ben": 1}, "ben": {"ann": 1}}, {"ann": payoffs(1, 0), "ben": payoffs(0, 2)}
    )
    assert found["best"] == "wait"
    assert found["value_of_knowing"]["mean"] == pytest.approx(0.5)
    assert found["told_apart"]
    ann, ben = found["holders"]
    assert (ann["best"], ann["without"], ann["gives_up"]["mean"]) == ("hedge", "wait", pytest.approx(1))
    assert (ben["best"], ben["without"], ben["gives_up"]["mean"]) == ("wait", "hedge", 0)


def test_holders_who_agree_on_the_choice_are_not():
    found = of_pool({"ann": 0.2, "ben": 0.8}, {"ann": {"ben": 1}, "ben": {"ann": 1}},
                    {"ann": payoffs(1, 0), "ben": payoffs(9, 2)})  # fmt: skip
    assert found["best"] == "hedge" and found["value_of_knowing"]["mean"] == 0 and not found["told_apart"]
    assert found["worth"]["mean"] == pytest.approx(0.2 * 1 + 0.8 * 9 + payoffs(0, 0).f[0].mean())


def test_one_holder_alone_is_a_pool_without_rest():
    found = of_pool({"ann": 1.0}, {"ann": {}}, {"ann": payoffs(1, 0)})
    assert found["holders"][0]["without"] is None


@pytest.fixture(scope="module")
def file():
    text = equipoise.load("two-valleys").text
    ann = "  ann: {forces.crown.collapse.yearly: 0.02}\n"
    ben = "  ben: {forces.crown.collapse.yearly: [0.8, 0.95], dynamics.fade: 0.05}\n"
    return loads(text.replace("\nbeliefs:\n", "\nbeliefs:\n" + ann + ben) + POOLS)


def test_beliefs_shows_pools_beside_holders(file):
    found = equipoise.beliefs(file, futures=256)
    assert [row["holder"] for row in found["holders"]] == ["ann", "ben", "empire"]
    two, even = found["pools"]
    assert two["by"] == "weights" and even["by"] == "equal"
    assert [row["weight"] for row in two["holders"]] == [0.25, 0.75]
    worth = {row["holder"]: row for row in found["holders"]}
    assert {row["holder"]: row["best"] for row in two["holders"]} == {
        h: worth[h]["best"] for h in ("ann", "ben")
    }
    assert len(pool_table(two, Names.of(file.scenario)).rows) == 2
    assert pool_said(two).startswith("Under the pool two the best strategy is")
    alone = equipoise.beliefs(file, holders=["two"], futures=256)
    assert alone["holders"] == [] and alone["pools"] == [two] and alone["runs"] == 3


def test_a_run_under_a_pool_is_the_weighted_mean_of_runs_under_its_holders(file):
    asked = {"futures": 2048, "strategies": ["even-hedge"], "additions": False}
    pay = {
        who: equipoise.run(file, beliefs=who, **asked).summary["strategies"]["even-hedge"]["payoff"]
        for who in ("two", "ann", "ben")
    }
    expected = 0.25 * pay["ann"]["mean"] + 0.75 * pay["ben"]["mean"]
    assert abs(pay["two"]["mean"] - expected) < 4 * pay["two"]["se"]


def test_every_command_that_takes_a_holder_takes_a_pool(file, tmp_path, undrawn):
    path = tmp_path / "case.yaml"
    path.write_text(file.text, encoding="utf-8")
    for command in (
        ["talks", "--draws", "16"],
        ["balance", "--draws", "16"],
        ["game", "--futures", "32", "--players", "empire,republic", "--only", "empire=stay-out"],
        ["optimise", "--futures", "256", "--no-frontier", "--no-trigger"],
        ["run", "--future", "1", "--strategies", "stay-out"],
    ):
        name, *options = command
        found = CliRunner().invoke(main, [name, str(path), *options, "--beliefs", "two", "--json"])
        assert found.exit_code == 0, found.output
        assert json.loads(found.stdout)["asked"]["beliefs"] == "two"
    out = tmp_path / "study"
    study = equipoise.run(path, futures=64, beliefs="two", strategies=["stay-out"], out=out, additions=False)
    assert equipoise.open_study(out).summary == study.summary
    assert set(study.states["quantities.pool-two"]) == {0.0, 1.0}
