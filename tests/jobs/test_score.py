"""Scoring and logging as a person asks for them: from Python, on the terminal, into the study and its report."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.jobs import score as job
from equipoise.jobs.study import Study
from equipoise.scoring.ledger import START, read_log

FUTURES = 1024
BY = date(2032, 1, 4)


def questions(**changes: Any) -> dict[str, Any]:
    """Return a file of questions about the two valleys; by name, what is changed in one."""
    asked: dict[str, Any] = {
        "fall": {"asks": "The crown falls.", "fell": "crown", "by": BY, "crowd": {"market": {"chance": 0.2}}},
        "share": {"asks": "The rebels' share.", "power": "rebels", "on": date(2031, 9, 1)},
        "other": {"asks": "It rains.", "outside": "the scenario has no weather", "by": BY},
    }
    for name, change in changes.items():
        asked[name] = {**asked[name], **change}
    return {"equipoise": 1, "title": "What came", "questions": asked}


CAME = questions(fall={"resolved": True}, share={"is": 0.5})


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return equipoise.run(
        "two-valleys", futures=512, out=tmp_path_factory.mktemp("scored") / "study", additions=False
    )


@pytest.fixture(scope="module")
def answer(study: Study) -> Any:
    return equipoise.score(study, CAME, futures=FUTURES)


def named(found: Any) -> dict[str, Any]:
    return {one["name"]: one for one in found["questions"]}


def test_it_says_what_was_asked_of_what(study: Study, answer: Any) -> None:
    document = answer.to_dict()
    assert list(document)[:6] == ["equipoise", "job", "scenario", "focus", "seed", "asked"]
    assert document["asked"]["outcomes"]["title"] == "What came" and document["asked"]["futures"] == FUTURES
    assert document["scenario"]["sha256"] == study.file.sha256
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_its_chances_are_those_of_the_study(study: Study) -> None:
    """The same situation looked at in other futures: the run's own chance of a fall, within both errors."""
    last = study.scenario.calendar.start + timedelta(weeks=study.scenario.calendar.weeks, days=-1)
    asked = questions(fall={"by": last})
    (strategy,) = {"even-hedge"}
    said = named(equipoise.score(study, asked, did=strategy, futures=4096))["fall"]["said"]
    run = study.findings.strategies[strategy].forces["crown"].collapse
    error = study.findings.error("strategies", strategy, "forces", "crown", "collapse").se
    assert abs(said["chance"] - run) < 3.5 * (said["se"] ** 2 + error**2) ** 0.5


def test_the_study_keeps_it_and_its_report_shows_it(study: Study) -> None:
    answer = equipoise.score(study, CAME, futures=256)
    assert study.analyses["score"]["totals"] == answer["totals"]
    assert study.folder is not None
    page = (study.folder.path / "report.html").read_text(encoding="utf-8")
    assert "How the forecasts fared" in page and "the scenario has no weather" in page


def test_the_terminal_claims_no_calibration(study: Study) -> None:
    came = Path(str(study.folder.path)).parent / "came.json"  # type: ignore[union-attr]
    came.write_text(json.dumps(CAME, default=str), encoding="utf-8")
    run = CliRunner().invoke(main, ["score", str(study.folder.path), str(came), "--futures", "512"])  # type: ignore[union-attr]
    assert run.exit_code == 0, run.output
    said = " ".join(run.output.split())
    assert (
        "no chance given here is shown to be calibrated" in said and "2 of 3 questions can be scored" in said
    )
    assert "is calibrated" not in said and "well calibrated" not in said


def test_what_was_known_is_no_forecast(study: Study) -> None:
    """With observations, questions about days until the last of them are left out."""
    seen = {"equipoise": 1, "title": "Seen", "observations": [{"by": date(2031, 10, 1), "stands": "crown"}]}
    found = equipoise.score(study, CAME, observations=seen, futures=FUTURES)
    assert found["as_of"] == "2031-10-01" and list(named(found)) == ["fall", "other"]
    fell = {**seen, "observations": [{"on": date(2031, 10, 1), "fell": "crown"}]}
    assert list(named(equipoise.score(study, CAME, observations=fell, futures=FUTURES))) == ["other"]
    late = {**seen, "observations": [{"by": BY, "stands": "crown"}]}
    with pytest.raises(InputError, match="no question is about a day after 2032-01-04"):
        equipoise.score(study, CAME, observations=late, futures=FUTURES)


def test_a_term_that_was_seen_to_be_settled_is_no_forecast(study: Study) -> None:
    """What the treaty asks for has come, or the conference made none; that its deal was struck settles nothing."""
    asks = {"asks": "They keep it.", "kept": "lake-treaty", "by": BY}
    asked = {
        "equipoise": 1,
        "title": "Kept",
        "questions": {"kept": asks, "fall": questions()["questions"]["fall"]},
    }
    deal = {"on": date(2031, 6, 4), "deal": "lake-conference"}
    formed, none = (
        {"on": date(2031, 7, 2), "happened": "council-formed"},
        {**deal, "no-deal": "lake-conference"},
    )
    del none["deal"]
    for seen, left in (([deal], ["kept", "fall"]), ([deal, formed], ["fall"]), ([none], ["fall"])):
        observed = {"equipoise": 1, "title": "Seen", "observations": seen}
        found = equipoise.score(study, asked, observations=observed, futures=FUTURES)
        assert [name for name, one in named(found).items() if one["said"]] == left


def test_what_is_logged_first_is_scored(study: Study, answer: Any, tmp_path: Path) -> None:
    """The log scores as the study did when it was logged, whatever is logged later."""
    log = tmp_path / "forecasts.jsonl"
    made = equipoise.log(study, questions(), log, futures=FUTURES)
    assert made["left_out"] == {"other": "the scenario has no answer to it"} and len(made["entries"]) == 2
    equipoise.log(study, questions(), log, did="bandwagon", futures=FUTURES)
    entries = read_log(log)
    assert [entry.number for entry in entries] == [1, 2, 3, 4] and entries[0].previous == START
    assert entries[2].said != entries[0].said and entries[-1].hash != made["hash"] == entries[1].hash
    assert entries[0].asks == "The crown falls." and entries[0].sha256 == study.file.sha256
    assert entries[0].seed == study.plan.seed and entries[0].equipoise == equipoise.__version__
    found = named(equipoise.score(study, CAME, log=log, futures=FUTURES))
    for name in ("fall", "share"):
        assert found[name]["scores"] == named(answer)[name]["scores"]
    assert found["other"]["said"] is None and found["fall"]["expected"] == {}


def test_a_log_that_was_changed_is_refused(study: Study, tmp_path: Path) -> None:
    log = tmp_path / "forecasts.jsonl"
    equipoise.log(study, questions(), log, futures=256)
    equipoise.log(study, questions(), log, futures=256)
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    first = json.loads(lines[0])
    better = {**first, "said": {**first["said"], "chance": 0.99}}
    for changed, at in (
        ([json.dumps(better) + "\n", *lines[1:]], 1), ([lines[0], *lines[2:]], 2), ([lines[1], lines[0]], 1),
    ):  # fmt: skip
        log.write_text("".join(changed), encoding="utf-8")
        with pytest.raises(InputError, match=f"line {at} of .* is not as it was written"):
            equipoise.log(study, questions(), log, futures=256)


def test_a_question_that_was_changed_is_another(study: Study, tmp_path: Path) -> None:
    log = tmp_path / "forecasts.jsonl"
    equipoise.log(study, questions(), log, futures=256)
    for change in ({"asks": "The crown wobbles."}, {"by": BY - timedelta(days=7)}, {"fell": "rebels"}):
        with pytest.raises(InputError, match="`fall` asks something else now"):
            equipoise.score(study, questions(fall={"resolved": True, **change}), log=log, futures=256)
    with pytest.raises(InputError, match="leave the observations out"):
        equipoise.score(study, CAME, log=log, observations="two-valleys", futures=256)


def test_what_has_resolved_or_gone_by_cannot_be_logged(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = equipoise.log(study, questions(fall={"resolved": True}), tmp_path / "log", futures=256)
    assert [entry["question"] for entry in made["entries"]] == ["share"]
    assert made["left_out"]["fall"] == "it has resolved"
    monkeypatch.setattr(job, "now", lambda: datetime(2033, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError, match="nothing is left to forecast"):
        equipoise.log(study, questions(), tmp_path / "later", futures=256)
    assert not (tmp_path / "later").exists()


def test_the_command_logs_and_prints_the_last_hash(study: Study, tmp_path: Path) -> None:
    asked, log = tmp_path / "asked.json", tmp_path / "log.jsonl"
    asked.write_text(json.dumps(questions(), default=str), encoding="utf-8")
    given = ["log", str(study.folder.path), str(asked), "--to", str(log), "--futures", "256"]  # type: ignore[union-attr]
    run = CliRunner().invoke(main, given)
    assert run.exit_code == 0, run.output
    assert read_log(log)[-1].hash in run.output and "Left out: other" in run.output


def test_a_new_outcomes_file_is_about_the_scenario(tmp_path: Path) -> None:
    made = equipoise.new(tmp_path / "mine", from_="two-valleys", outcomes=True)
    text = Path(made["wrote"]).read_text(encoding="utf-8")
    assert "crown" in text and (tmp_path / "mine" / "outcomes.schema.json").is_file()
    with pytest.raises(InputError, match="one file is written at a time"):
        equipoise.new(tmp_path / "no", outcomes=True, observations=True)


def test_a_log_that_is_not_there_is_said_in_plain_words(tmp_path):
    with pytest.raises(
        InputError, match=r"none.jsonl cannot be read as a log of forecasts: No such file or directory$"
    ):
        _ = read_log(tmp_path / "none.jsonl")
