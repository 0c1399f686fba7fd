"""Studies in folders: the same tables as in memory, opened again, taken up again, and never a part for the whole."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import equipoise
import equipoise.reporting
from equipoise.errors import InputError, StudyError
from equipoise.futures import folder, play
from equipoise.futures.folder import FORMAT, Folder
from equipoise.futures.play import Plan, Pool
from equipoise.jobs.study import FIGURES
from equipoise.reporting import svg
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from situations import duel

STATES, CHANCE = 128, 2
ASKED = {"futures": STATES * CHANCE, "chance": CHANCE, "seed": 0}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A run in a folder."""
    return equipoise.run("two-valleys", workers=1, out=tmp_path_factory.mktemp("study") / "out", **ASKED)


def small_batches(monkeypatch):
    monkeypatch.setattr(play, "BATCH", 64)


@pytest.mark.usefixtures("undrawn")
def test_a_folder_holds_the_same_tables_in_batches(monkeypatch, tmp_path):
    made = equipoise.run("two-valleys", workers=1, **ASKED)
    small_batches(monkeypatch)
    written = equipoise.run("two-valleys", workers=1, out=tmp_path / "study", **ASKED)
    assert len(list(written.folder.path.glob("outcomes/*.parquet"))) == 4
    keys = ["strategy", "future"]
    for table in ("outcomes", "states", "inputs"):
        pair = [getattr(one, table) for one in (made, written)]
        assert (pair[0].dtypes == pair[1].dtypes).all()
        by = [key for key in keys if key in pair[0]]
        one, other = (t.sort_values(by, ignore_index=True) if by else t for t in pair)
        pd.testing.assert_frame_equal(one, other)
    assert written.weekly.equals(made.weekly)
    assert repr(written) == repr(made)


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads where Linux lists them")
def test_reading_tables_starts_no_thread_that_could_outlive_us(written):
    """One of Arrow's that lets go of our bytes while the process ends aborts it, now and then."""
    code = (
        "import os, sys, numpy, scipy.special, pyarrow, equipoise\n"
        "study = equipoise.open_study(sys.argv[1])\n"
        "threads = lambda: len(os.listdir('/proc/self/task'))\n"
        "before = threads()\n"
        "study.outcomes, study.inputs, next(study.parts('outcomes', ['strategy', 'payoff']))\n"
        "assert threads() == before, (before, threads())"
    )
    subprocess.run([sys.executable, "-c", code, str(written.folder.path)], check=True)


def test_the_folder_can_be_read_without_us(written):
    for name, table in (("outcomes", written.outcomes), ("inputs", written.states)):
        parts = sorted((written.folder.path / name).glob("*.parquet"))
        pd.testing.assert_frame_equal(pd.concat(map(pd.read_parquet, parts), ignore_index=True), table)
    weekly = pd.concat(map(pd.read_parquet, (written.folder.path / "weekly").glob("*.parquet")))
    sums = weekly.groupby(["strategy", "series", "week"], observed=True)["sum"].sum() / (STATES * CHANCE)
    said = written.summary["strategies"]["even-hedge"]["forces"]["rebels"]["power"]["by_week"]
    np.testing.assert_allclose(sums["even-hedge"]["power.rebels"], said)


def test_each_table_is_one_group_of_rows_and_only_what_repeats_has_a_dictionary(written):
    file = pq.ParquetFile(written.folder.path / "outcomes/part-00000.parquet").metadata
    columns = {c.path_in_schema: c for c in map(file.row_group(0).column, range(file.num_columns))}
    assert file.num_row_groups == 1
    assert columns["state"].has_dictionary_page and columns["strategy"].has_dictionary_page
    assert not columns["payoff"].has_dictionary_page and not columns["future"].has_dictionary_page
    assert "DELTA_BINARY_PACKED" in columns["future"].encodings


def test_a_report_written_again_draws_only_the_figures_that_have_changed(written, tmp_path, monkeypatch):
    drawn = []
    plain = svg._drawn
    monkeypatch.setattr(svg, "_drawn", lambda spec: drawn.append(spec) or plain(spec))
    page = written.report()
    again = equipoise.open_study(shutil.copytree(written.folder.path, tmp_path / "copy"))
    first = page.read_bytes()
    drawn.clear()
    assert again.report().read_bytes() == first == again.report(tmp_path / "other.html").read_bytes()
    assert drawn == [] and again.folder.faults() == []
    kept = again.folder.path / FIGURES
    monkeypatch.setattr(svg, "_drawn_by", lambda: ["another"])
    assert again.report().read_bytes() == first and drawn  # another renderer's are not taken
    kept.write_text(kept.read_text().replace("<svg", "<svg class='other'", 1))
    with pytest.raises(StudyError, match=r"figures/report\.json is damaged"):
        again.report()
    kept.unlink()
    monkeypatch.undo()
    with pytest.raises(StudyError, match=r"figures/report\.json is damaged: it is missing"):
        again.report()


def test_opened_again_it_is_the_study_that_was_run(written):
    again = equipoise.open_study(str(written.folder.path))
    assert repr(again) == repr(written)
    assert again.summary == json.loads(json.dumps(written.summary))
    assert again.scenario == written.scenario and again.file.sha256 == written.file.sha256
    assert again.plan == written.plan
    for table in ("outcomes", "states", "inputs"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(written, table))
    assert again.weekly.equals(written.weekly)
    assert again.analyses == written.analyses


@pytest.mark.usefixtures("undrawn")
def test_opened_again_it_knows_what_was_asked(tmp_path):
    asked = {"beliefs": "empire", "with_": {"republic": "stay"}, "strategies": ["stay-out", "even-hedge"]}
    run = equipoise.run(
        "two-valleys", futures=48, chance=3, seed=5, workers=1, out=tmp_path / "study", **asked
    )
    again = equipoise.open_study(tmp_path / "study")
    assert (again.plan.states, again.plan.chance, again.plan.seed) == (16, 3, 5)
    assert again.scenario == run.scenario != again.file.scenario
    assert again.weekly["strategy"].values.tolist() == ["stay-out", "even-hedge"]
    assert again.weekly.equals(run.weekly)
    assert (again.outcomes["event.republic-leaves"] == -1).all()


def test_analyses_are_kept_by_name_and_found_by_the_report(written):
    assert set(written.analyses) == {"trace", "brief", "talks", "balance"}
    kept = equipoise.talks("two-valleys", model="median", draws=16, study=written)
    again = equipoise.open_study(written.folder.path)
    assert again.analyses["talks"] == json.loads(json.dumps(kept.to_dict()))
    page = written.folder.path / "report.html"
    first = page.read_bytes()
    assert all(f'<section id="analysis-{name}"' in first.decode() for name in ("talks", "balance"))
    assert again.report() == page and page.read_bytes() == first
    again.keep("trace", {**written.analyses["trace"], "unused": ["ä", 1.5, None]})
    assert written.analyses["trace"]["unused"] == ["ä", 1.5, None]
    with pytest.raises(ValueError, match="nan"):
        again.keep("beliefs", {"says": float("nan")})
    with pytest.raises(InputError, match="no analysis is called 'note'"):
        again.keep("note", {})
    assert "beliefs" not in written.analyses


TABLES = ("futures", "outcomes", "inputs", "states")


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("out", [True, False], ids=["in a folder", "in memory"])
def test_a_table_can_be_read_a_batch_at_a_time(tmp_path, monkeypatch, out):
    """The parts are the table, and none is read before it is asked for."""
    small_batches(monkeypatch)
    asked = {"futures": 160, "chance": 16, "workers": 1} | ({"out": tmp_path / "study"} if out else {})
    study = equipoise.run(duel({"patrons.north.values.cost": [0.0, 0.1]}), **asked)
    for name in TABLES:
        parts, whole = list(study.parts(name)), getattr(study, name)
        assert [len(part) * 10 for part in parts] == [len(whole) * share for share in (4, 4, 2)]
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
        two = [whole.columns[-1], "state"]
        some = pd.concat(study.parts(name, columns=two), ignore_index=True)
        pd.testing.assert_frame_equal(some, whole[two])
    assert study.inputs["future"].tolist() == list(range(160))
    assert (study.inputs["future"] == study.inputs["state"] * 16 + study.inputs["stream"]).all()
    for wrong, says in (({"table": "input"}, "nearest: inputs"), ({"columns": ["payof"]}, "nearest: payoff")):
        with pytest.raises(InputError, match=says):
            study.parts(**wrong)


@pytest.mark.usefixtures("undrawn")
def test_a_part_that_is_damaged_is_refused_when_it_is_come_to(tmp_path, monkeypatch):
    small_batches(monkeypatch)
    equipoise.run(duel(), futures=192, workers=1, out=tmp_path / "study")
    part = tmp_path / "study" / "outcomes" / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"2")
    study = equipoise.open_study(tmp_path / "study")
    parts = study.parts()
    assert next(parts)["future"].max() == 63
    with pytest.raises(StudyError, match=r"outcomes/part-00001\.parquet is damaged"):
        next(parts)
    assert len(list(study.parts("states"))) == 3


@pytest.mark.usefixtures("undrawn")
def test_the_same_command_again_plays_nothing_anew(tmp_path, monkeypatch):
    asked = {"futures": 192, "workers": 1, "out": tmp_path / "study"}
    small_batches(monkeypatch)
    first = equipoise.run(duel(), **asked)

    def never(*_):
        raise AssertionError("a batch that was there was played again")

    monkeypatch.setattr(folder.Folder, "write", never)  # what is played of a plan is written at once
    again = equipoise.run(duel(), **asked)
    assert again.summary == first.summary and repr(again) == repr(first)
    pd.testing.assert_frame_equal(again.outcomes, first.outcomes)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("out", [True, False], ids=["in a folder", "in memory"])
def test_cut_off_it_holds_what_was_finished_and_is_taken_up_again(tmp_path, monkeypatch, out):
    """Ctrl-C in the third batch of four: two are kept, and the folder is no finished study until run again."""
    small_batches(monkeypatch)
    asked = {"futures": 256, "workers": 1} | ({"out": tmp_path / "study"} if out else {})
    plain = play.Pool._begin

    def until_pressed(pool, plan, number):
        if number == 2:
            raise KeyboardInterrupt
        return plain(pool, plan, number)

    with monkeypatch.context() as patch:
        patch.setattr(play.Pool, "_begin", until_pressed)
        cut = equipoise.run(duel(), **asked)
    assert "interrupted" in cut.summary["warnings"][0] and "128 futures" in repr(cut)
    assert sorted(cut.outcomes["future"].unique()) == list(range(128))
    assert len(cut.states) == 8 and cut.weekly.sizes["future"] == 8
    if out:
        with pytest.raises(StudyError, match=re.escape(f"run it first with --out {tmp_path / 'study'}")):
            equipoise.open_study(tmp_path / "study")
    whole = equipoise.run(duel(), **asked)
    assert whole.summary["warnings"] == [] and whole.summary["futures"] == 256
    kept = whole.outcomes[whole.outcomes["future"] < 128].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, cut.outcomes)


@pytest.mark.usefixtures("undrawn")
def test_a_folder_that_lost_a_part_gives_no_table_rather_than_a_part_of_one(monkeypatch, tmp_path):
    small_batches(monkeypatch)
    equipoise.run(duel(), futures=192, workers=1, out=tmp_path / "study")
    (tmp_path / "study" / "outcomes" / "part-00001.parquet").unlink()
    lost = equipoise.open_study(tmp_path / "study")
    assert len(lost.states) == 12 and lost.summary["futures"] == 192
    with pytest.raises(StudyError, match=r"outcomes/part-00001\.parquet is damaged: it is missing"):
        _ = lost.outcomes
    monkeypatch.setattr(play, "BATCH", 192)  # as if it had been written in batches of another size
    with pytest.raises(StudyError, match="batch 0 of the study holds 4 rows of inputs where 12 were played"):
        _ = equipoise.open_study(tmp_path / "study").states


def test_what_is_no_study_is_not_opened(tmp_path):
    with pytest.raises(StudyError, match=r"holds no study: there is no study\.json"):
        equipoise.open_study(tmp_path)
    (tmp_path / "scenario.yaml").write_text(equipoise.load("two-valleys").text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"no study\.json"):
        equipoise.open_study(tmp_path)
    with pytest.raises(StudyError, match="cannot be read"):
        equipoise.open_study("x" * 5000)
    with pytest.raises(StudyError, match="cannot be read"):
        equipoise.open_study("nul\0")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_that_is_there_is_read_among_others_that_are_played(tmp_path, monkeypatch, workers):
    monkeypatch.setattr(play, "BATCH", 64)
    player, plan = Player(compile_world(load("two-valleys").scenario), seed=1), Plan.of(256)
    place = Folder(tmp_path / "study")
    place.open({"format": FORMAT}, {"scenario.yaml": b""})
    with Pool(player, workers) as pool:
        for number in (1, 2):
            place.write(player, pool.play(plan, number))
        again = []
        monkeypatch.setattr(Folder, "write", lambda _, player, batch: again.append(batch.number))
        whole = list(place.batches(pool, plan, range(4)))
        assert [batch.number for batch in whole] == [0, 1, 2, 3]
        assert again == [0, 3]
        for batch in whole:
            payoff, alone = (
                player.columns.values(played.outcomes, "payoff")
                for played in (batch, pool.play(plan, batch.number))
            )
            assert np.array_equal(payoff, alone)


def test_of_two_that_begin_at_once_and_ask_for_something_else_one_is_refused(tmp_path, monkeypatch):
    """Each is slow between finding the folder free and writing what it was asked."""
    plain = Folder._holds
    monkeypatch.setattr(Folder, "_holds", lambda *given: time.sleep(0.1) or plain(*given))
    place, both = tmp_path / "study", Barrier(2)
    place.mkdir()

    def begin(seed):
        both.wait()
        try:
            Folder(place).open({"format": FORMAT, "seed": seed}, {"scenario.yaml": b""})
        except StudyError as error:
            return str(error)
        return seed

    with ThreadPoolExecutor(2) as pool:
        won, refused = sorted(pool.map(begin, (1, 2)), key=lambda found: isinstance(found, str))
    assert f"holds a study with seed = {won}, not {3 - won}" in refused
    assert Folder(place).manifest()["seed"] == won


def test_an_analysis_kept_while_the_report_is_drawn_is_shown_in_it(written, tmp_path, monkeypatch):
    study = equipoise.open_study(shutil.copytree(written.folder.path, tmp_path / "study"))
    shown = []

    def render(*_, analyses, **__):
        shown.append("game" in analyses)
        if len(shown) == 1:
            study.keep("game", {"kept": "while the page was drawn"})
        return f"page {len(shown)}"

    monkeypatch.setattr(equipoise.reporting, "render", render)
    study.report()
    assert shown == [False, True]
    assert (tmp_path / "study" / "report.html").read_text(encoding="utf-8") == "page 2"
