"""The command line as a person or a script meets it: exit codes, streams, messages."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.scenario import load, loads

EQUIPOISE = [sys.executable, "-m", "equipoise"]
SMALL = ["--futures", "64", "--workers", "1"]


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def text():
    return load("two-valleys").text


def test_json_is_one_document_and_nothing_else():
    for command in (["run", "two-valleys", *SMALL], ["check", "two-valleys"], ["trace", "two-valleys"]):
        found = call(*command, "--json")
        assert found.exit_code == 0, found.stderr
        assert isinstance(json.loads(found.stdout), dict) and found.stderr == ""
        assert found.stdout.count("\n") == 1


def test_the_json_is_the_summary_of_the_same_run():
    found = json.loads(call("run", "two-valleys", *SMALL, "--seed", 0, "--json").stdout)
    assert found == json.loads(
        json.dumps(equipoise.run("two-valleys", futures=64, seed=0, workers=2).summary)
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--strategies", "even-hege"], "even-hedge"), (["--with", "republik=stay"], "republic"),
        (["--with", "republic=sty"], "stay"), (["--with", "republic"], "given 'republic'"),
        (["--with", "empire=stay-out"], "focus"), (["--beliefs", "emprie"], "empire"), (["--futures", "0"], "future"),
        (["--seed", "-1"], "seed"), (["--workers", "0"], "worker"), (["--chance", "0"], "chance"),
        (["--precision", "0"], "precision"), (["--precision", "nan"], "precision"), (["--strategies", ","], "strategy"),
        (["--future", "-1"], "future"), (["--future", str(10**25)], "at most"), (["--futures", str(10**18)], "at most"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_exits_2_and_says_what_can(options, said, tmp_path):
    found = call("run", "two-valleys", "--out", tmp_path / "study", *options)
    assert found.exit_code == 2
    assert said in found.stderr and found.stdout == "" and "Traceback" not in found.stderr
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    "command", [["run", "two-valeys"], ["run", "/no/such/file.yaml"], ["nonsense"], ["run"]]
)
def test_unknown_scenarios_and_commands_exit_2(command):
    found = call(*command)
    assert found.exit_code == 2 and found.stdout == "" and found.stderr


def test_the_nearest_case_and_command_are_named():
    assert "two-valleys" in call("check", "two-valeys").stderr
    found = call("optimize", "two-valleys")
    assert found.exit_code == 2 and "Did you mean 'optimise'?" in found.stderr


@pytest.mark.parametrize("command", ["explore", "report"])
def test_a_case_is_no_study_and_how_to_make_one_is_said(command):
    found = call(command, "two-valleys")
    assert found.exit_code == 2 and "equipoise run SCENARIO --out DIR" in found.stderr


def test_the_list_of_commands_says_each_whole():
    commands = call("--help").stdout.partition("Commands:")[2].partition("Bundled cases:")[0]
    lines = [line for line in commands.splitlines() if line.strip()]
    assert len(lines) == len(main.commands) and all(
        line.endswith(".") and "..." not in line for line in lines
    )


def test_every_fault_of_a_file_is_named_with_its_place(text, tmp_path):
    bad = text.replace("undermine: 0.004", "undermin: 0.004").replace("probability: 0.6", "probability: 1.6")
    file = tmp_path / "bad.yaml"
    file.write_text(bad)
    lines = bad.splitlines()
    for command in (["check", file], ["run", file, "--out", tmp_path / "study"], ["check", file, "--json"]):
        found = call(*command)
        assert found.exit_code == 2 and found.stdout == ""
        places = re.findall(rf"^{re.escape(str(file))}:(\d+):(\d+): ", found.stderr, re.MULTILINE)
        assert len(places) == 2
        for (line, column), word in zip(places, ("undermin", "1.6"), strict=True):
            assert lines[int(line) - 1][int(column) - 1 :].startswith(word)
        assert "undermine" in found.stderr
    assert [item.name for item in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\x01\x02", b"\xff\xfe" + b"a" * 50, b"[" * 5_000, b"a: &a [*a, *a]", b"equipoise: 1", b"- 1\n- 2",
        b"!!python/object/apply:os.system ['true']", b"equipoise: 1\nequipoise: 1", b"\x1b[31mred",
        b"{" + b"a: {" * 900,
        b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\ne: [*d,*d]",
    ],
)  # fmt: skip
def test_hostile_files_are_refused_without_a_traceback(content, tmp_path):
    file = tmp_path / "hostile.yaml"
    file.write_bytes(content)
    found = call("run", file, "--out", tmp_path / "study")
    assert found.exit_code == 2, found.output
    assert "Traceback" not in found.output and "\x1b" not in found.output and found.stdout == ""
    assert not (tmp_path / "study").exists()


def test_a_folder_is_no_scenario_and_no_study_without_a_run(tmp_path):
    assert call("check", tmp_path).exit_code == 2
    assert call("report", tmp_path).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_resolved_is_itself_valid_and_plays_the_same(tmp_path):
    found = call("check", "two-valleys", "--resolved")
    assert found.exit_code == 0
    file = tmp_path / "resolved.yaml"
    file.write_text(found.stdout)
    again = call("check", file, "--resolved")
    assert again.stdout == found.stdout
    one, other = (json.loads(call("run", s, *SMALL, "--json").stdout) for s in ("two-valleys", file))
    assert one["strategies"] == other["strategies"]


def test_new_gives_a_valid_scenario_and_overwrites_nothing(tmp_path):
    made = call("new", tmp_path / "mine")
    assert made.exit_code == 0
    (file,) = (tmp_path / "mine").glob("*.yaml")
    assert call("check", file).exit_code == 0
    file.write_text("mine")
    assert call("new", tmp_path / "mine").exit_code == 2
    assert file.read_text() == "mine"


def test_new_copies_a_case_with_the_line_for_editors(tmp_path):
    made = json.loads(call("new", tmp_path, "--from", "two-valleys", "--json").stdout)
    text = (tmp_path / "scenario.yaml").read_text(encoding="utf-8")
    assert made["wrote"] == str(tmp_path / "scenario.yaml")
    assert text == "# yaml-language-server: $schema=./scenario.schema.json\n" + load("two-valleys").text
    assert "did you mean `two-valleys`?" in call("new", tmp_path / "b", "--from", "two-valley").stderr
    assert not (tmp_path / "b").exists()


def test_a_sheet_becomes_the_scenario_it_was_made_from(tmp_path):
    book, file = tmp_path / "scenario.xlsx", tmp_path / "scenario.yaml"
    assert call("new", tmp_path, "--from", "two-valleys", "--sheet").stdout.endswith(f"from-sheet {book}\n")
    assert call("from-sheet", book).exit_code == 0
    assert load(file).scenario == load("two-valleys").scenario
    assert load(file).text.startswith("# yaml-language-server: $schema=./scenario.schema.json\n")
    again = call("from-sheet", book)
    assert again.exit_code == 2 and "exists already; nothing was written" in again.stderr
    assert call("from-sheet", book, "--replace").exit_code == 0


def test_what_is_wrong_with_a_sheet_is_named_by_cell_and_nothing_is_written(tmp_path):
    import openpyxl

    call("new", tmp_path, "--sheet")
    book = openpyxl.load_workbook(tmp_path / "scenario.xlsx")
    book["Standing"]["B4"], book["Ties"]["A4"] = 1.5, "knig"
    book.save(tmp_path / "scenario.xlsx")
    found = call("from-sheet", tmp_path / "scenario.xlsx")
    assert found.exit_code == 2 and not (tmp_path / "scenario.yaml").exists()
    assert (
        f"{tmp_path}/scenario.xlsx: Standing!B4: patrons.neighbour.standing.king: `1.5` must lie"
        in found.stderr
    )
    assert "Ties!A4: ties.0.between.0: `knig` is not an actor" in found.stderr
    assert "did you mean `king`?" in found.stderr


def test_with_and_beliefs_change_what_they_name():
    plain, stays, believed = (
        json.loads(call("run", "two-valleys", "--futures", 320, *more, "--json").stdout)
        for more in ([], ["--with", "republic=stay"], ["--beliefs", "empire"])
    )
    assert plain["events"]["republic-leaves"]["probability"] > 0.3
    assert stays["events"]["republic-leaves"]["probability"] == 0 and stays["with"] == {"republic": "stay"}
    rate = "forces.crown.collapse.yearly"
    assert believed["inputs"][rate]["mean"] > plain["inputs"][rate]["mean"] + 0.02
    assert (plain["beliefs"], believed["beliefs"]) == (None, "empire")


def test_one_future(tmp_path):
    found = call("run", "two-valleys", "--future", "37", "--json")
    course = json.loads(found.stdout)
    assert (course["future"], course["state"], course["stream"]) == (37, 2, 5)
    shown = call("run", "two-valleys", "--future", "37")
    assert shown.exit_code == 0 and "37" in shown.stdout


def test_a_study_is_written_and_its_report_again(tmp_path):
    study = tmp_path / "study"
    found = call("run", "two-valleys", *SMALL, "--out", study)
    assert found.exit_code == 0 and str(study) in found.stdout and "report.html" in found.stdout
    assert {item.name for item in study.iterdir()} >= {
        "study.json", "scenario.yaml", "summary.json", "report.html", "inputs", "weekly", "outcomes",
    }  # fmt: skip
    assert yaml.safe_load((study / "scenario.yaml").read_text())["title"] == "Two valleys"
    first = (study / "report.html").read_bytes()
    assert call("report", study, "--to", tmp_path / "again.html").exit_code == 0
    assert (tmp_path / "again.html").read_bytes() == first


def test_piped_output_is_plain():
    for command in (["run", "two-valleys", *SMALL], ["trace", "two-valleys"]):
        found = subprocess.run([*EQUIPOISE, *command], capture_output=True, timeout=300)
        assert found.returncode == 0 and found.stderr == b""
        assert b"\x1b" not in found.stdout
    shown = call("check", "two-valleys")
    assert shown.exit_code == 0 and shown.stderr == "" and "\x1b" not in shown.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize(
    "command",
    [
        ["check", "afghanistan-2021"],
        ["check", "afghanistan-2021", "--json"],
        ["check", "two-valleys", "--resolved"],
    ],
)
def test_output_is_written_in_any_encoding(encoding, command):
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    found = subprocess.run([*EQUIPOISE, *command], capture_output=True, timeout=300, env=environment)
    assert found.returncode == 0 and found.stderr == b""
    text = found.stdout.decode(encoding)
    if "--json" in command:
        assert json.loads(text)["title"] == load("afghanistan-2021").scenario.title
    elif "--resolved" in command:
        assert loads(text).scenario == load("two-valleys").scenario


def test_what_is_said_of_hostile_arguments_moves_no_terminal():
    for argument in ("no\x1b[31m\u202e", b"no\xff", "x\x9b\u2028"):
        for command in (["check", argument], ["run", "two-valleys", "--with", argument], [argument]):
            found = subprocess.run([*EQUIPOISE, *command], capture_output=True, timeout=300)
            assert found.returncode == 2
            assert all(mark.isprintable() or mark == "\n" for mark in found.stderr.decode())


@pytest.mark.parametrize(
    "command",
    [
        ["trace", "two-valleys"],
        ["trace", "two-valleys", "--json"],
        pytest.param(["run", "two-valleys", *SMALL], marks=pytest.mark.long),
        pytest.param(["run", "two-valleys", *SMALL, "--json"], marks=pytest.mark.long),
    ],
)
def test_a_reader_that_has_seen_enough_ends_it_quietly_as_it_ends_unix_tools(command):
    process = subprocess.Popen([*EQUIPOISE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(timeout=300) == 128 + signal.SIGPIPE
    assert process.stderr.read() == b""
    process.stderr.close()


def test_help_is_quick():
    """Under half a second of a processor, whoever else uses the machine; the best of several."""
    times = []
    for _ in range(6):
        before = os.times()
        assert subprocess.run([*EQUIPOISE, "--help"], capture_output=True).returncode == 0
        after = os.times()
        times.append(sum(after[2:4]) - sum(before[2:4]))
    assert 0 < min(times) < 0.5


@pytest.mark.parametrize(("module", "frozen"), [("equipoise", False), ("equipoise.cli", True)])
def test_only_a_command_that_ends_leaves_what_is_left_to_the_end_of_the_process(module, frozen):
    """Looking through it for cycles takes 0.3 s; who uses Equipoise from Python decides that alone."""
    ended = f"import atexit, gc, {module}; atexit._run_exitfuncs(); print(gc.get_freeze_count() > 0)"
    done = subprocess.run([sys.executable, "-c", ended], capture_output=True, check=True, text=True)
    assert done.stdout == f"{frozen}\n"


@pytest.mark.parametrize("module", ["equipoise", "equipoise.cli"])
def test_importing_loads_nothing_heavy(module):
    heavy = (
        "numba",
        "pandas",
        "altair",
        "sklearn",
        "SALib",
        "networkx",
        "highspy",
        "scipy",
        "xarray",
        "pyarrow",
        "numpy",
    )
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_every_command_has_help():
    for name in main.commands:
        found = call(name, "--help")
        assert found.exit_code == 0 and found.stdout.startswith("Usage")


def shell(line):
    """Run a line of the shell with $E for the command."""
    command = ["sh", "-c", line.replace("$E", " ".join(EQUIPOISE))]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("more", ["", "--json"])
def test_output_that_cannot_be_written_is_said_without_a_traceback(more):
    closed = shell(f"$E trace two-valleys {more} >&-")
    assert closed.returncode == 2 and closed.stderr.startswith("standard output is closed")
    full = shell(f"$E trace two-valleys {more} >/dev/full")
    assert full.returncode == 2
    assert full.stderr == "standard output cannot be written: No space left on device\n"
    both = shell(f"$E trace two-valleys {more} >&- 2>&-")
    assert both.returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        ["optimise", "two-valleys", "--yaml"],
        ["game", "two-valleys", "--players", "empire,republic", "--nfg"],
        ["run", "two-valleys", "--out"],
        ["new"],
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_a_future_is_played(command, tmp_path, monkeypatch):
    from equipoise.world.player import Player

    monkeypatch.setattr(Player, "play", None)
    (tmp_path / "file").write_text("mine")
    for place, reason in (
        (tmp_path / "file" / "inside", "Not a directory"),
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "nul\0byte", "NUL"),
        ("/proc/none", ""),
    ):
        found = call(*command, place)
        assert found.exit_code == 2, found.output
        said = str(place).partition("\0")[0]
        assert said in found.stderr and "cannot be written" in found.stderr and reason in found.stderr
        assert found.stdout == ""
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_every_document_begins_with_the_same_header(tmp_path):
    few, only = ["--futures", "256"], ["--only", "empire=stay-out"]
    table = tmp_path / "table.csv"
    table.write_text("actor,position,salience,clout\na,10,1,1\nb,90,1,1\n")
    study = tmp_path / "study"
    assert call("run", "two-valleys", *SMALL, "--out", study).exit_code == 0
    commands = {
        "run": ["run", "two-valleys", *SMALL, "--seed", "3"],
        "replay": ["run", "two-valleys", "--future", "3", "--seed", "3"],
        "check": ["check", "two-valleys"],
        "trace": ["trace", "two-valleys"],
        "talks": ["talks", "two-valleys", "--draws", "16", "--seed", "3"],
        "balance": ["balance", "two-valleys", "--draws", "16", "--seed", "3"],
        "beliefs": ["beliefs", "two-valleys", *few, "--seed", "3"],
        "game": ["game", "two-valleys", *few, "--seed", "3", "--players", "empire,republic", *only],
        "optimise": ["optimise", "two-valleys", *few, "--seed", "3", "--no-frontier", "--no-trigger"],
        "ask": ["ask", "two-valleys", "--futures", "256", "--seed", "3"],
        "compare": ["compare", "two-valleys", "--set", "dynamics.fade=0.02", *few, "--seed", "3"],
        "fit": ["fit", "two-valleys", "--inputs", "forces.crown.momentum", *few, "--seed", "3"],
        "difference": ["explore", study, "--difference", "stay-out,even-hedge"],
        "report": ["report", study],
    }  # fmt: skip
    sha256 = hashlib.sha256(equipoise.load("two-valleys").text.encode()).hexdigest()
    seeds = {"check": 1, "trace": None, "difference": 1, "report": 1}
    for job, command in commands.items():
        found = call(*command, "--json")
        assert found.exit_code == 0, found.output
        document = json.loads(found.stdout)
        assert list(document)[:6] == ["equipoise", "job", "scenario", "focus", "seed", "asked"]
        assert (document["equipoise"], document["job"]) == (equipoise.__version__, job)
        assert document["scenario"] == {"title": "Two valleys", "sha256": sha256}
        assert document["focus"] == "empire" and document["seed"] == seeds.get(job, 3)
    document = json.loads(call("talks", "--csv", table, "--model", "median", "--json").stdout)
    assert document["scenario"] == {
        "title": "table",
        "sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
    }
    assert (document["focus"], document["seed"], document["asked"]) == (None, None, {"model": ["median"]})


def test_a_source_without_a_name_is_refused_and_not_stumbled_over():
    for command in (
        ["talks", ""],
        ["talks", "--csv", ""],
        ["talks", "", "--csv", "table.csv"],
        ["balance", ""],
    ):
        found = call(*command)
        assert found.exit_code == 2 and found.stdout == "" and "should not have" not in found.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["run", "two-valleys"],
        ["run", "two-valleys", "--future", "1"],
        ["optimise", "two-valleys"],
        ["game", "two-valleys", "--players", "empire,republic"],
        ["beliefs", "two-valleys"],
        ["talks", "two-valleys"],
        ["balance", "two-valleys"],
    ],
)
def test_a_negative_seed_is_refused_by_every_job_in_the_same_words(command):
    found = call(*command, "--seed", "-1")
    assert found.exit_code == 2 and found.stdout == ""
    assert found.stderr == "a seed is 0 or a positive whole number; given -1\n"


@pytest.mark.parametrize("command", [["optimise", "two-valleys"], ["balance", "two-valleys"]])
@pytest.mark.parametrize("limit", ["0", "-1", "nan"])
def test_a_time_limit_that_is_none_is_refused_by_every_job_in_the_same_words(command, limit):
    found = call(*command, "--time-limit", limit)
    assert found.exit_code == 2 and "a time limit is a number of seconds above 0" in found.stderr
