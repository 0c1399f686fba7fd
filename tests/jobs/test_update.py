"""Update as a person asks for it: from Python, on the terminal, into a study and into a folder of its own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.futures.folder import Folder
from equipoise.jobs.study import Study
from equipoise.reporting.analyses.update import verdict
from equipoise.scenario import load, loads
from equipoise.scenario.display_names import Names

SEEN: dict[str, Any] = {
    "equipoise": 1,
    "title": "The first quarter",
    "observations": [
        {"on": date(2031, 5, 1), "power": "rebels", "is": 0.4, "error": 0.1},
        {"by": date(2031, 6, 1), "stands": "crown"},
    ],
}
FUTURES = 1024


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return equipoise.run(
        "two-valleys", futures=512, out=tmp_path_factory.mktemp("parent") / "study", additions=False
    )


@pytest.fixture(scope="module")
def answer(study: Study, tmp_path_factory: pytest.TempPathFactory) -> equipoise.jobs.answer.Answer:
    out = tmp_path_factory.mktemp("updated") / "update"
    found = equipoise.update(study, SEEN, did="even-hedge", futures=FUTURES, rolling=True, out=out)
    object.__setattr__(found, "out", out)
    return found


def test_it_says_what_was_asked_of_what(study: Study, answer: Any) -> None:
    document = answer.to_dict()
    assert list(document)[:6] == ["equipoise", "job", "scenario", "focus", "seed", "asked"]
    assert document["scenario"]["sha256"] == study.file.sha256 and document["seed"] == study.plan.seed
    assert (
        document["asked"]["did"] == "even-hedge"
        and document["asked"]["observations"]["title"] == SEEN["title"]
    )
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_what_is_said_hangs_together(study: Study, answer: Any) -> None:
    assert answer["as_of"] == "2031-06-01" and answer["futures"] == FUTURES
    assert 0 < answer["effective"] <= FUTURES and answer["explained"] and answer["culprit"] is None
    assert answer["log_probability"] == pytest.approx(
        sum(row["log_probability"] for row in answer["facts"]), abs=1e-9
    )
    assert set(answer["strategies"]) == set(study.summary["strategies"])
    payoffs = [row["payoff"]["mean"] for row in answer["strategies"].values()]
    assert payoffs == sorted(payoffs, reverse=True) and list(answer["strategies"]) == answer["ranking"]
    assert answer["strategies"][answer["best"]]["behind"]["mean"] == 0
    before = {name: found["payoff"]["mean"] for name, found in study.summary["strategies"].items()}
    assert {name: row["before"] for name, row in answer["strategies"].items()} == before
    orders = [row["after"]["mean"] for row in answer["chances"] if row["kind"] == "order"]
    assert sum(orders) == pytest.approx(1)
    assert answer["hypotheses"][0]["times"] == pytest.approx(1)
    assert {row["name"] for row in answer["hypotheses"][1:]} == set(study.scenario.beliefs)


def test_each_day_knows_only_what_had_been_seen(study: Study, answer: Any) -> None:
    """The estimate of a day is that of the observations until then, told alone; the last is the answer's own."""
    first = {**SEEN, "observations": SEEN["observations"][:1]}
    alone = equipoise.update(study, first, did="even-hedge", futures=FUTURES, rolling=True, holders=False)
    assert [moment["on"] for moment in answer["rolling"]] == ["2031-05-01", "2031-06-01"]
    assert alone["rolling"][0] == answer["rolling"][0]
    last = answer["rolling"][-1]
    assert last["log_probability"] == pytest.approx(answer["log_probability"], abs=1e-9)
    fall = next(row for row in answer["chances"] if (row["kind"], row["name"]) == ("fall", "crown"))
    assert last["falls"]["crown"]["mean"] == pytest.approx(fall["after"]["mean"], abs=1e-9)


def test_the_folder_names_its_parent_and_its_observations(study: Study, answer: Any) -> None:
    folder = Folder(answer.out)
    manifest = folder.manifest()
    assert manifest is not None and manifest["parent"]["scenario"] == study.file.sha256
    assert manifest["parent"]["folder"] == str(study.folder.path) and manifest["asked"]["did"] == "even-hedge"
    assert folder.json("update.json") == answer.to_dict()
    assert b"The first quarter" in folder.content("observations.yaml")
    assert folder.content("scenario.yaml").decode() == load("two-valleys").text
    assert "What has been seen since" in (answer.out / "report.html").read_text(encoding="utf-8")
    rows = pd.read_parquet(answer.out / "futures.parquet")
    assert len(rows) == FUTURES * len(answer["strategies"])
    mine = rows[rows["strategy"] == answer["best"]]
    assert mine["payoff"].mean() == pytest.approx(
        answer["strategies"][answer["best"]]["payoff"]["mean"], abs=1e-6
    )
    fallen = mine["fallen.crown"]
    assert ((fallen == -1) | (fallen >= (date(2031, 6, 1) - study.scenario.calendar.start).days // 7)).all()
    assert (mine["origin"] // 4).nunique() == answer["distinct"], "four futures in each state"


def test_the_study_keeps_it_and_its_report_shows_it(study: Study, answer: Any) -> None:
    assert study.analyses["update"]["job"] == "update"
    assert "What has been seen since, and what it changes" in (study.folder.path / "report.html").read_text(
        "utf-8"
    )


def test_nothing_seen_changes_nothing(study: Study) -> None:
    nothing = {"equipoise": 1, "title": "Nothing yet", "observations": []}
    found = equipoise.update(study, nothing, did="even-hedge", futures=FUTURES, holders=False)
    assert (found["effective"], found["log_probability"], found["explained"]) == (FUTURES, 0.0, True)
    assert all(row["before"] == row["after"] for row in found["chances"])
    assert all(abs(row["moved"]) < 1e-9 and row["narrowed"] == pytest.approx(1) for row in found["inputs"])


def test_what_cannot_be_says_so_and_tells_nothing_else(study: Study) -> None:
    start = study.scenario.calendar.start
    never = {**SEEN, "observations": [{"on": start, "power": "rebels", "is": 1.0, "error": 0.0001}]}
    found = equipoise.update(study, never, did="even-hedge", futures=FUTURES, holders=False)
    assert not found["explained"] and "was 1.0 ± 0.0001" in found["culprit"]


def _saw(on: date, happened: str) -> dict[str, Any]:
    return {"on": on, "happened": happened}


LEFT = _saw(date(2031, 6, 4), "republic-leaves")
IN_THE_WAY: list[tuple[str, list[dict[str, Any]], list[dict[str, str]], str]] = [
    ("what it requires had not come by then",
     [_saw(date(2031, 6, 10), "rebel-offensive"), {"by": date(2031, 8, 1), "not-happened": "republic-leaves"}],
     [{"key": "requires", "name": "republic-leaves"}],
     "it `requires` “The Republic's troops go home”, which cannot have come by then. Change"),
    ("the conference it requires brought nothing",
     [_saw(date(2031, 9, 1), "council-formed"), {"on": date(2031, 6, 30), "no-deal": "lake-conference"}],
     [{"key": "requires", "name": "lake-conference"}],
     "it `requires` “lake-conference”, which"),
    ("what it comes only without had come",
     [LEFT, {"on": date(2031, 6, 30), "deal": "lake-conference"}, _saw(date(2031, 7, 15), "council-formed"),
      _saw(date(2031, 8, 20), "rebel-offensive")],
     [{"key": "unless", "name": "council-formed"}],
     "it does not come once “Crown and rebels sit in one council” has (`unless`), which had by then"),
    ("it came too soon after",
     [LEFT, _saw(date(2031, 6, 12), "rebel-offensive")],
     [{"key": "after", "name": "republic-leaves"}],
     "“The Republic's troops go home” leaves it no room on that day (`after`)"),
    ("what keeps an open event had come",
     [LEFT, _saw(date(2031, 8, 13), "rebel-offensive"), _saw(date(2031, 9, 17), "lords-change-sides"),
      _saw(date(2031, 10, 8), "relief-convoy")],
     [{"key": "unless", "name": "lords-change-sides"}],
     "has (`unless`), which had by then"),
    ("its own window, whatever else may be so", [_saw(date(2031, 12, 1), "leave-hinted")], [],
     "Look at what the file lets"),
    ("its window, though it requires something", [_saw(date(2032, 3, 1), "council-formed")], [],
     "Look at what the file lets"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "found", "said"), [case[1:] for case in IN_THE_WAY], ids=[case[0] for case in IN_THE_WAY]
)
def test_what_kept_it_from_coming_so_is_named(study: Study, seen: list, found: list, said: str) -> None:
    """Two valleys says what requires, excludes and follows what; all else that was seen may come."""
    answer = equipoise.update(
        study, {**SEEN, "observations": seen}, did="even-hedge", futures=FUTURES, holders=False
    )
    assert answer["in_the_way"] == found and answer["log_probability"] is None
    assert said in verdict(answer.to_dict(), Names.of(study.scenario)).text


def test_of_what_could_come_nothing_stands_in_the_way(answer: Any) -> None:
    assert answer["in_the_way"] == []


def test_another_scenario_may_explain_it_better(study: Study, tmp_path: Path) -> None:
    """The same but for a rebels' share certain to be far off explains what was measured worse."""
    text = load("two-valleys").text
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("title: Two valleys", "title: Two other valleys", 1), encoding="utf-8")
    found = equipoise.update(study, SEEN, did="even-hedge", futures=FUTURES, holders=False, against=[other])
    row = found["hypotheses"][-1]
    assert (row["kind"], row["name"]) == ("scenario", "Two other valleys")
    assert row["times"] == pytest.approx(1), "the same numbers under another title"


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"did": "even-hegde"}, "nearest: even-hedge"), ({"futures": 10}, "from 256 to 1,000,000 futures")],
)
def test_what_cannot_be_asked_is_refused(study: Study, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        equipoise.update(study, SEEN, **{"did": "even-hedge", **asked})


def test_the_terminal_says_it_in_sentences(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "seen.yaml"
    file.write_text(
        "equipoise: 1\ntitle: Seen\nobservations:\n  - {on: 2031-05-01, power: rebels, is: 0.4, error: 0.1}\n",
        "utf-8",
    )
    place = [str(study.folder.path), str(file), "--did", "even-hedge", "--futures", "512", "--no-holders"]
    told = CliRunner().invoke(main, ["update", *place])
    assert told.exit_code == 0, told.output
    assert "The scenario explains what was seen" in told.stdout and "What to do now" in told.stdout
    document = json.loads(CliRunner().invoke(main, ["update", *place, "--json"]).stdout)
    assert document["job"] == "update" and document["asked"]["futures"] == 512
    wrong = CliRunner().invoke(main, ["update", str(study.folder.path), str(tmp_path / "none.yaml")])
    assert wrong.exit_code == 2 and "there is no file" in wrong.stderr


def test_threads_change_no_number(study: Study) -> None:
    one, two = (
        equipoise.update(study, SEEN, did="even-hedge", futures=768, holders=False, workers=n).found
        for n in (1, 3)
    )
    assert one == two


def test_a_new_observations_file_is_about_the_scenario(tmp_path: Path) -> None:
    made = equipoise.new(tmp_path / "mine", from_="two-valleys", observations=True)
    text = Path(made["wrote"]).read_text(encoding="utf-8")
    assert (
        "forces: crown" in text.replace(",", "")
        and (tmp_path / "mine" / "observations.schema.json").is_file()
    )
    copied = equipoise.new(tmp_path / "case", from_="afghanistan-2021", observations=True)
    assert "us-exit-later" in Path(copied["wrote"]).read_text(encoding="utf-8")
    with pytest.raises(InputError, match="one file is written at a time"):
        equipoise.new(tmp_path / "no", observations=True, sheet=True)
    assert np.isfinite(len(text))


def test_what_may_have_come_in_the_week_that_runs_is_watched_for_and_what_follows_the_fall_is_not() -> None:
    """On a Thursday nobody knows of the week that runs; yet the government's fall is what to watch for first of all."""
    flight = "\nevents:\n  flight: {what: The king flees, when: {collapsed: crown}, weekly: 1}\n"
    text = load("two-valleys").text
    assert text.count("\nevents:\n") == 1
    frail = {"forces.crown.collapse.yearly": 0.6}
    study = equipoise.run(
        loads(text.replace("\nevents:\n", flight)), futures=512, set_=frail, additions=False
    )
    for day in (date(2031, 6, 1), date(2031, 6, 5)):
        seen = SEEN | {"observations": [{"by": day, "stands": "crown"}]}
        found = equipoise.update(study, seen, did="even-hedge", futures=FUTURES)
        watched = {(row["kind"], row["name"]) for row in found["watch"]}
        assert ("fall", "crown") in watched and ("event", "flight") not in watched
        assert ("event", "republic-leaves") in watched
