"""What a run adds by itself: after the result, within its time, cut off by Ctrl-C, and said if left out."""

from __future__ import annotations

import json
import signal
import time
from threading import Thread

import pytest
from click.testing import CliRunner

from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.jobs import additions, balance, talks
from equipoise.jobs.run import run


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return run("two-valleys", futures=256, out=tmp_path_factory.mktemp("study") / "s", additions=False)


@pytest.fixture
def study(kept):
    hashes = kept.folder.path / "hashes.json"
    entries = json.loads(hashes.read_text(encoding="utf-8"))
    bare = {name: entry for name, entry in entries.items() if not name.startswith("analyses/")}
    hashes.write_text(json.dumps(bare), encoding="utf-8")
    return kept


def files(study):
    return sorted(study.analyses)


def hang(*_):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.01)
    raise InputError("nothing ended this")


def test_the_result_is_on_disk_before_the_additions(study):
    assert json.loads((study.folder.path / "summary.json").read_text(encoding="utf-8"))["futures"] == 256
    assert files(study) == []


def test_all_are_made_in_steps_that_go_up_to_the_number_wanted(study):
    steps = []
    assert additions.add(study, progress=lambda *at: steps.append(at)) == []
    assert files(study) == ["balance", "brief", "talks", "trace"]
    done, wanted = zip(*steps, strict=True)
    assert list(done) == sorted(done)
    assert set(wanted) == {done[-1]} == {2 + len(study.scenario.talks) + 2 * balance.DRAWS_WITH_RUN + 1}


def test_one_that_takes_too_long_is_left_out_and_said(study, monkeypatch):
    monkeypatch.setattr(talks, "with_run", hang)
    before, began = signal.getsignal(signal.SIGINT), time.monotonic()
    (said,) = additions.add(study, seconds=20)
    assert time.monotonic() - began < 55
    assert said.startswith("talks: not done within 20 seconds; `equipoise talks SCENARIO --study ")
    assert files(study) == ["balance", "brief", "trace"]
    assert signal.getsignal(signal.SIGINT) is before
    assert (study.folder.path / "report.html").is_file()


def test_ctrl_c_leaves_out_the_one_at_work_and_those_after_it(study, monkeypatch):
    def pressed(*_):
        signal.raise_signal(signal.SIGINT)
        hang()

    monkeypatch.setattr(talks, "with_run", pressed)
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.default_int_handler)
    said = additions.add(study)
    assert [text.split(";")[0] for text in said] == ["talks: interrupted", "balance: interrupted"]
    assert files(study) == ["brief", "trace"]
    assert (study.folder.path / "report.html").is_file()


def test_a_report_that_is_cut_off_is_left_out_and_said(study, monkeypatch):
    def pressed(*_):
        signal.raise_signal(signal.SIGINT)
        hang()

    monkeypatch.setattr(type(study), "report", pressed)
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.default_int_handler)
    (said,) = additions.add(study)
    assert said == f"report: interrupted; `equipoise report {study.folder.path}` makes it."
    assert files(study) == ["balance", "brief", "talks", "trace"]


def test_a_report_that_takes_too_long_is_left_out_and_said(study, monkeypatch):
    monkeypatch.setattr(type(study), "report", hang)
    monkeypatch.setattr(additions, "REPORT_SECONDS", 0.2)
    (said,) = additions.add(study)
    assert said.startswith("report: not done within 0.2 seconds")


def test_outside_the_main_thread_they_are_made_without_a_limit(study):
    found = []
    thread = Thread(target=lambda: found.append(additions.add(study, seconds=0.001)))
    thread.start()
    thread.join()
    assert found == [[]]


def test_the_command_prints_its_result_before_it_adds_anything(tmp_path, monkeypatch):
    def add(study, **_):
        assert study.finished
        raise SystemExit(7)

    monkeypatch.setattr(additions, "add", add)
    done = CliRunner().invoke(
        main, ["run", "two-valleys", "--futures", "256", "--out", str(tmp_path / "s"), "--json"]
    )
    assert done.exit_code == 7
    assert json.loads(done.stdout)["futures"] == 256
