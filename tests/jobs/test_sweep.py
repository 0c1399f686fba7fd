"""Sweeping: each point is the run of its own scenario; what was found is kept; nothing is played that cannot be."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.jobs import sweep as sweeps
from equipoise.reporting.analyses.sweep import blocks
from equipoise.reporting.blocks import Paragraph
from equipoise.scenario import changed
from situations import duel

FADE = "dynamics.fade"
FUTURES = 256


def test_each_point_is_the_run_of_its_own(tmp_path):
    found = equipoise.sweep(
        "two-valleys", beliefs=["empire"], set_={FADE: [0.02, "[0.05, 0.1]"]}, futures=FUTURES
    )
    assert [(row["beliefs"], row["set"][FADE]) for row in found["points"]] == [
        (None, "0.02"), (None, "[0.05, 0.1]"), ("empire", "0.02"), ("empire", "[0.05, 0.1]"),
    ]  # fmt: skip
    run = equipoise.run("two-valleys", beliefs="empire", set_={FADE: "[0.05, 0.1]"}, futures=FUTURES).summary
    last = found["points"][-1]
    assert last["best"] == run["ranking"][0] and last["second"] == run["ranking"][1]
    best = run["strategies"][last["best"]]
    assert last["payoff"] == {"mean": best["payoff"]["mean"], "se": best["payoff"]["se"]}
    assert last["orders"] == best["orders"] and last["falls"]["crown"] == best["forces"]["crown"]["collapse"]
    assert last["lead"]["mean"] == pytest.approx(
        best["payoff"]["mean"] - run["strategies"][last["second"]]["payoff"]["mean"]
    )
    kinds = {name: one["kind"] for name, one in run["strategies"].items()}
    assert last["hedge"] == next(name for name in run["ranking"] if kinds[name] == "hedge")
    assert (last["behind"] is None) == (last["hedge"] == last["best"])


def test_holders_and_numbers_are_called_as_elsewhere():
    found = equipoise.sweep("two-valleys", beliefs=["empire"], set_={FADE: [0.02]}, futures=64)
    paragraph, table = blocks(found)
    assert [column.title for column in table.columns[:3]] == [
        "Beliefs of",
        "The weekly fading of standing",
        "Best",
    ]
    assert [row[0] for row in table.rows] == ["The analyst", "The Empire"]
    assert paragraph.text.startswith("Of 2 points, best is ")


def test_one_point_is_told_as_one():
    (said,) = [one for one in blocks(equipoise.sweep(duel(), futures=64)) if isinstance(one, Paragraph)]
    assert said.text.startswith("Best is “") and "told apart from the second, “" in said.text


def test_several_scenarios_and_all_holders():
    other = changed(equipoise.load(duel()), {"forces.court.momentum": 0.01})
    found = equipoise.sweep([duel(), other, "two-valleys"], beliefs=["all"], futures=64)["points"]
    holders = [
        None,
        *equipoise.load("two-valleys").scenario.beliefs,
        *equipoise.load("two-valleys").scenario.pools,
    ]
    assert [row["beliefs"] for row in found] == [None, None, *holders]
    assert found[0]["payoff"] != found[1]["payoff"]


def test_a_sweep_that_was_cut_off_goes_on_where_it_stopped(tmp_path, monkeypatch):
    asked = {"set_": {FADE: [0.01, 0.02, 0.03]}, "futures": 64, "out": tmp_path / "s"}
    plain, played = sweeps._at, []

    def stops(sizes, point):
        if len(played) == 2:
            raise KeyboardInterrupt
        played.append(point.set_[FADE])
        return plain(sizes, point)

    monkeypatch.setattr(sweeps, "_at", stops)
    with pytest.raises(KeyboardInterrupt):
        equipoise.sweep("two-valleys", **asked)
    played.pop()
    steps = []
    found = equipoise.sweep("two-valleys", **asked, progress=lambda *done: steps.append(done))
    assert played == [0.01, 0.03] and steps == [(3, 3)]  # the second had been kept
    monkeypatch.undo()
    assert equipoise.verify(tmp_path / "s")["sound"]
    assert found.to_dict() == equipoise.sweep("two-valleys", **{**asked, "out": None}).to_dict()
    with pytest.raises(InputError, match="name another folder"):
        equipoise.sweep("two-valleys", **{**asked, "futures": 128})


def test_the_rows_are_written_for_a_spreadsheet(tmp_path):
    asked = [
        "sweep",
        "two-valleys",
        "--set",
        f"{FADE}=0.02|0.05",
        "--futures",
        "64",
        "--to",
        str(tmp_path / "s.csv"),
    ]
    shown = CliRunner().invoke(main, asked)
    assert shown.exit_code == 0 and shown.stdout.startswith("Of 2 points, best is ")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "s.csv").read_text(encoding="utf-8"))))
    assert [row[f"set.{FADE}"] for row in rows] == ["0.02", "0.05"]
    points = json.loads(CliRunner().invoke(main, [*asked[:6], "--json"]).stdout)["points"]
    assert [float(row["lead.mean"]) for row in rows] == [row["lead"]["mean"] for row in points]


def test_the_years_of_wars_are_forecast_as_they_are_alone(monkeypatch):
    years = list(sweeps.panel_years(over="territory"))[:3]
    monkeypatch.setattr(sweeps, "panel_years", lambda over: iter(years))
    found = equipoise.sweep(panel="territory", futures=64)
    assert found["years"] == [sweeps.forecast(year, futures=64, seed=1).to_dict() for year in years]
    assert found["gain"]["questions"] == 3
    (said,) = blocks(found.to_dict())
    assert said.text.startswith("Over 3 years of ")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "over scenarios, or over the panel's years"),
        ({"sources": "two-valleys", "panel": "all"}, "over scenarios, or over the panel's years"),
        ({"panel": "water"}, "given 'water'"),
        ({"panel": "all", "beliefs": ["empire"]}, "no holders of beliefs"),
        ({"panel": "all", "set_": {FADE: [0.1]}}, "no numbers to set"),
        ({"sources": "two-valleys", "beliefs": ["nobody"]}, "nobody"),
        ({"sources": "two-valleys", "set_": {"dynamics.fadee": [1]}}, "dynamics.fade"),
        ({"sources": "two-valleys", "workers": 1, "cluster": "local:1"}, "not on both"),
        ({"sources": "two-valleys", "futures": 0}, "at least one future"),
        (
            {"sources": "two-valleys", "set_": {FADE: [0.01] * 400, "dynamics.inertia": [0.1] * 400}},
            "at most 100,000",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_played(asked, says, monkeypatch):
    monkeypatch.setattr(sweeps, "_at", lambda *_: pytest.fail("played"))
    monkeypatch.setattr(sweeps, "_situation", lambda _: None) if "100,000" in says else None
    with pytest.raises(InputError, match=says):
        equipoise.sweep(**asked)
