"""Jobs over the API: what they find is what the jobs find; bounded, ended at any moment, kept inside."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from inspect import signature
from pathlib import Path

import pytest
from pydantic import ValidationError

import equipoise
from equipoise.errors import InputError
from equipoise.jobs import JOBS, apart, job
from equipoise.reporting.blocks import Heading, Section, Table, headings
from equipoise.scenario import load
from equipoise.server import running as jobs_api
from equipoise.server import showing
from equipoise.server import tasks as tasks_file
from equipoise.server.asked import ViewAsked
from equipoise.server.asked_jobs import WHERE, JobAsked
from equipoise.server.session import Session
from equipoise.server.tasks import BusyError, Of, Tasks, inside

httpx = pytest.importorskip("httpx")
from tests.server.conftest import running  # noqa: E402

KINDS = {
    kind.model_fields["job"].annotation.__args__[0]: kind
    for kind in JobAsked.model_fields["root"].annotation.__args__
}
WAIT = 120.0


def told(**asked):
    """Return what the process of a job is told, and the document, page and tables that it gives; in this process."""
    session = Session(load("two-valleys"), workers=1)
    one = JobAsked.model_validate(asked).root
    lines = io.StringIO()
    message = jobs_api._told(session, Tasks(()), one) | {"job": one.job}
    found = apart.made(json.loads(json.dumps(message)), apart.Teller(lines))
    return json.loads(found["document"]), found, [json.loads(line) for line in lines.getvalue().splitlines()]


def without_seconds(found):
    if isinstance(found, dict):
        return {key: without_seconds(value) for key, value in found.items() if key != "seconds"}
    return [without_seconds(one) for one in found] if isinstance(found, list) else found


@pytest.mark.parametrize("name", KINDS)
def test_a_job_is_one_of_the_registry_and_its_options_are_that_jobs_own(name):
    assert name in JOBS
    own = set(KINDS[name].model_fields) - WHERE
    assert own <= set(signature(job(name)).parameters)


SMALL = [
    ({"job": "talks", "draws": 16}, lambda: equipoise.talks("two-valleys", draws=16)),
    ({"job": "balance", "draws": 4}, lambda: equipoise.balance("two-valleys", draws=4)),
    (
        {"job": "game", "players": ["empire", "republic"], "futures": 256},
        lambda: equipoise.game("two-valleys", players=["empire", "republic"], futures=256),
    ),
    ({"job": "beliefs", "futures": 256}, lambda: equipoise.beliefs("two-valleys", futures=256)),
    (
        {
            "job": "talks",
            "draws": 16,
            "view": {"beliefs": "empire", "changes": {"forces.crown.momentum": "0.01"}},
        },
        lambda: equipoise.talks(
            "two-valleys", draws=16, beliefs="empire", set_={"forces.crown.momentum": 0.01}
        ),
    ),
]


@pytest.mark.parametrize(
    ("asked", "own"), SMALL, ids=lambda one: one.get("job") if isinstance(one, dict) else ""
)
def test_a_job_finds_what_it_finds_from_python(asked, own):
    document, found, lines = told(**asked)
    assert without_seconds(document) == without_seconds(json.loads(json.dumps(own().to_dict())))
    assert found["html"] and "<script" not in found["html"] and " style=" not in found["html"]
    assert found["tables"] and all(
        len(list(csv.reader(io.StringIO(text)))) > 1 for text in found["tables"].values()
    )
    assert lines[0]["step"] == apart.DOING[asked["job"]] and lines[-1]["step"] == apart.SHOWING
    counted = [(line["done"], line["of"]) for line in lines if "done" in line]
    assert counted == sorted(counted) and all(done <= of for done, of in counted)
    assert counted or asked["job"] == "balance"  # nothing is uncertain in the ties of this case


def test_tables_are_called_by_their_captions_and_where_they_are_the_same_by_their_headings_too():
    columns = headings("A")
    body = (Heading("One"), Table("What a deadline does, by the model that the scenario names", columns, (("1",),)),
            Heading("The other talks"),
            Table("What a deadline does, by the model that the scenario names", columns, (("2",),)))  # fmt: skip
    name = "what-a-deadline-does-by-the-model-that-the-scenario-names"
    assert list(apart._tables(Section("a", "", "", body))) == [name, f"the-other-talks-{name}"]


def test_a_run_gives_its_tables_as_numbers_and_its_brief_as_a_page():
    document, found, _ = told(job="run", futures=256)
    ran = equipoise.run("two-valleys", futures=256)
    assert document["strategies"] == json.loads(json.dumps(ran.summary))["strategies"]
    rows = list(csv.DictReader(io.StringIO(found["tables"]["ranking"])))
    assert [row["strategy"] for row in rows] == list(ran.findings.ranking)
    assert [float(row["payoff"]) for row in rows] == [
        ran.findings.strategies[row["strategy"]].payoff.mean for row in rows
    ]
    assert "What to do" in found["html"] or "<dl" in found["html"]


def test_a_study_is_played_for_a_job_that_needs_one_with_the_ways_of_ones_own():
    document, _, lines = told(job="brief", played=512, view={"ways": {"mine": {"crown": 1}}})
    steps = [line["step"] for line in lines]
    assert steps[0] == apart.PLAYING and apart.DOING["brief"] in steps
    assert document["job"] == "brief"
    ran, _, _ = told(job="run", futures=256, view={"ways": {"mine": {"crown": 1}}})
    assert ran["strategies"]["mine"]["payoff"] == ran["strategies"]["back-crown"]["payoff"]


@pytest.mark.parametrize(
    "asked",
    [
        {"job": "serve"},
        {"job": "run", "futures": 10**9},
        {"job": "run", "out": "x" * 500},
        {"job": "game", "players": []},
        {"job": "update"},
        {"job": "update", "observations": "a", "file": "b"},
        {"job": "balance", "time_limit": 1e9},
        {"job": "explore", "workers": 900},
    ],
)
def test_what_is_too_large_or_is_no_job_is_refused(asked):
    with pytest.raises(ValidationError):
        JobAsked.model_validate(asked)


def test_no_name_leads_out_of_the_folder(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("equipoise: 1")
    (folder / "own.yaml").write_text("equipoise: 1")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "up").symlink_to(tmp_path)
    assert inside(folder, "own.yaml") == (folder / "own.yaml").resolve()
    for name in (
        "../secret.yaml", "/etc/passwd", "link.yaml", "up/secret.yaml", "a/../../secret.yaml", "..", ".", "",
        "own\0.yaml", str(tmp_path / "secret.yaml"), "x" * 5000,
    ):  # fmt: skip
        with pytest.raises(InputError):
            inside(folder, name)
    with pytest.raises(InputError, match="no folder is served"):
        inside(None, "own.yaml")


def script(text):
    """Return the command of a process that does what a few lines of Python say; `tell` writes one line."""
    begin = "import json, sys, time\ndef tell(**told): print(json.dumps(told), flush=True)\n"
    return (sys.executable, "-S", "-c", f"{begin}asked = json.loads(sys.stdin.readline())\n{text}")


SLEEPS = script("tell(step='asleep')\ntime.sleep(600)")
ENDS = script("tell(document='{}', html='', tables={})")


def until(said, seconds=WAIT):
    end = time.monotonic() + seconds
    while not (found := said()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)
    return found


def test_jobs_at_once_and_waiting_are_bounded_and_come_in_turn():
    tasks = Tasks(SLEEPS)
    started = [tasks.start("run", Of("", "", ""), {}) for _ in range(tasks_file.AT_ONCE + tasks_file.WAITING)]
    with pytest.raises(BusyError):
        tasks.start("run", Of("", "", ""), {})
    assert [task.state for task in started[: tasks_file.AT_ONCE + 1]] == ["running"] * tasks_file.AT_ONCE + [
        "waiting"
    ]
    until(lambda: started[0].step == "asleep")
    tasks.cancel(started[0])
    assert started[0].state == "cancelled" and started[1].state == "running"
    until(lambda: started[0].process.poll() is not None)
    tasks.cancel(started[-1])
    assert started[-1].state == "cancelled" and started[-1].process is None
    tasks.close()
    assert all(task.over for task in started)
    until(lambda: all(task.process is None or task.process.poll() is not None for task in started))


def test_ended_jobs_are_forgotten_the_oldest_first():
    tasks = Tasks(ENDS)
    ids = []
    for _ in range(tasks_file.KEPT + 3):
        task = tasks.start("run", Of("", "", ""), {})
        ids.append(task.id)
        until(lambda one=task: one.over)
        assert task.state == "done"
    assert tasks.get(ids[0]) is None and tasks.get(ids[-1]) is not None
    assert len(tasks.all()) <= tasks_file.KEPT + 1


def test_what_was_found_last_of_a_kind_is_never_forgotten():
    tasks = Tasks(ENDS)
    first, second = (tasks.start("talks", Of("", "", ""), {}) for _ in range(2))
    until(lambda: second.over)
    for _ in range(tasks_file.KEPT + 3):
        task = tasks.start("run", Of("", "", ""), {})
        until(lambda one=task: one.over)
    assert tasks.get(first.id) is None and tasks.get(second.id) is second


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("sys.exit(3)", "ended with status 3"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("tell(refused='No such thing.')", "No such thing."),
        ("sys.stdout.write('x' * 2000); sys.stdout.flush(); time.sleep(60)", "more than 1,000 bytes"),
        ("sys.stdout.write('half a line')", "ended with status 0"),
        ("sys.stdout.write('no json\\n'); sys.stdout.flush(); time.sleep(60)", "cannot be understood"),
    ],
)
def test_whatever_a_process_does_ends_in_a_sentence(does, says, monkeypatch):
    monkeypatch.setattr(tasks_file, "MOST_FOUND", 1000)
    task = Tasks(script(does)).start("run", Of("", "", ""), {})
    until(lambda: task.over)
    assert task.state == "failed" and says in task.says
    until(lambda: task.process.poll() is not None)


def test_a_job_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(tasks_file, "MOST_SECONDS", 0.2)
    task = Tasks(SLEEPS).start("run", Of("", "", ""), {})
    until(lambda: task.over)
    assert task.state == "failed" and "not done within" in task.says
    until(lambda: task.process.poll() is not None)


@pytest.mark.skipif(sys.platform == "win32", reason="memory is bounded where the system knows how")
def test_a_job_takes_no_more_memory_than_it_may():
    does = "from equipoise.jobs.apart import _bounded\n_bounded(400 << 20)\nbytearray(100 << 20)\nbytearray(1 << 30)"
    ended = subprocess.run([sys.executable, "-c", does], capture_output=True, text=True)
    assert ended.returncode == 1 and ended.stderr.strip().endswith("MemoryError") and "line 4" in ended.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with running("two-valleys", folder=folder, workers=1) as url:
        yield httpx.Client(base_url=f"{url}api/v1/", timeout=WAIT), folder


def begun(client, **asked):
    answer = client.post("jobs", json=asked)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def followed(client, name):
    """Return what the server tells of a job until it ends."""
    said = []
    with client.stream("GET", f"jobs/{name}/progress") as told:
        for line in told.iter_lines():
            if line.startswith("data: "):
                said.append(json.loads(line.removeprefix("data: ")))
    return said


def test_a_job_is_started_watched_and_read(home):
    client, _ = home
    name = begun(client, job="talks", draws=16)
    if client.get(f"jobs/{name}").json()["state"] != "done":
        assert client.get(f"jobs/{name}/result").status_code in (409, 200)
    said = followed(client, name)
    assert said[-1]["state"] == "done" and {one["state"] for one in said} <= {"waiting", "running", "done"}
    own = equipoise.talks("two-valleys", draws=16).to_dict()
    assert client.get(f"jobs/{name}/result").json() == json.loads(json.dumps(own))
    page = client.get(f"jobs/{name}/result.html")
    assert page.headers["content-type"].startswith("text/html") and "<table " in page.text
    table = client.get(f"jobs/{name}/tables/{said[-1]['tables'][0]}.csv")
    assert table.headers["content-type"].startswith("text/csv") and table.content.startswith(b"\xef\xbb\xbf")
    assert client.get(f"jobs/{name}/tables/none.csv").status_code == 404
    assert client.get("jobs/0000").status_code == client.delete("jobs/0000").status_code == 404
    assert client.get("jobs").json()["jobs"][0]["id"] == name


def test_a_run_is_cancelled_while_it_plays_and_its_study_is_taken_up(home):
    client, folder = home
    name = begun(client, job="run", futures=200_000, out="cut")
    until(lambda: (client.get(f"jobs/{name}").json()["done"] or 0) > 0)
    ended = client.delete(f"jobs/{name}").json()
    assert ended["state"] == "cancelled"
    assert client.get(f"jobs/{name}/result").status_code == 409
    until(lambda: list((folder / "cut").glob("outcomes/*")))
    assert not (folder / "cut" / "summary.json").exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"job": "run", "out": "../out"}, "not within the folder"),
        ({"job": "update", "file": "../../etc/passwd"}, "not within the folder"),
        ({"job": "update", "file": "none.yaml"}, "no file called"),
        ({"job": "explore", "study": "none"}, "no study called"),
        ({"job": "explore", "study": "none", "view": {"beliefs": "empire"}}, "without changes"),
        ({"job": "beliefs", "view": {"beliefs": "empire"}}, "without a holder"),
        ({"job": "run", "view": {"changes": {"forces.crown.nothing": "1"}}}, "no number at"),
        ({"job": "run", "futures": 10**7}, "less than or equal to 200000"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_process_is_started(home, asked, says):
    client, folder = home
    before = client.get("jobs").json()
    answer = client.post("jobs", json=asked)
    assert answer.status_code == 422 and says in answer.json()["error"]
    assert client.get("jobs").json() == before
    assert not (folder.parent / "out").exists()


def test_what_is_wrong_inside_a_job_is_a_sentence(home):
    client, _ = home
    name = begun(client, job="game", players=["empire", "nobody"])
    last = followed(client, name)[-1]
    assert last["state"] == "failed" and "nobody" in last["says"] and "Traceback" not in last["says"]


def test_the_situation_names_what_can_be_asked_for(home):
    client, folder = home
    texts = {
        "seen": "observations: []", "came": "questions: {}", "broken": "[", "scenario": load("two-valleys").text,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = client.get("situation").json()
    scenario = load("two-valleys").scenario
    assert set(found["patrons"]) == set(scenario.patrons) and set(found["talks"]) == set(scenario.talks)
    assert set(found["patrons"]["empire"]["ways"]) == set(scenario.strategies["empire"])
    assert found["scenarios"] == ["broken.yaml", "scenario.yaml"] and found["folder"] and not found["study"]
    assert found["observations"] == ["broken.yaml", "seen.yaml"] and found["observed"] == ""
    assert found["patrons"]["empire"]["default"] == scenario.patrons["empire"].default
    assert found["last"] == scenario.calendar.last.isoformat() and set(found["events"]) == set(
        scenario.events
    )
    assert [kind["key"] for kind in found["seen"]][:2] == ["happened", "not-happened"]


def test_a_case_that_comes_with_observations_gives_their_text(tmp_path):
    of = jobs_api._situation(Session(load("afghanistan-2021"), workers=1), Tasks(()))
    beside = Path(equipoise.__file__).parent / "cases" / "afghanistan-2021" / "observations.yaml"
    assert of.observed == beside.read_text(encoding="utf-8")
    own = tmp_path / "scenario.yaml"
    own.write_text(load("afghanistan-2021").text, encoding="utf-8")
    (tmp_path / "observations.yaml").write_text("mine", encoding="utf-8")
    assert jobs_api._situation(Session(load(own), workers=1), Tasks(())).observed == ""


def test_what_was_seen_is_checked_before_anything_is_played():
    session, lines = Session(load("two-valleys"), workers=1), io.StringIO()
    one = JobAsked.model_validate({"job": "update", "observations": "observations: [nothing]"}).root
    with pytest.raises(InputError, match="what was seen:1"):
        apart.made(jobs_api._told(session, Tasks(()), one) | {"job": "update"}, apart.Teller(lines))
    assert lines.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_the_server_is_killed_and_the_study_it_was_writing_is_taken_up(tmp_path):
    command = [sys.executable, "-m", "equipoise", "serve", "two-valleys", "--port", "0", "--no-browser",
               "--workers", "1", "--folder", str(tmp_path)]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[1]
        until(lambda: _answers(f"{url}api/v1/jobs"))
        name = httpx.post(
            f"{url}api/v1/jobs", json={"job": "run", "futures": 40_000, "out": "study"}, timeout=WAIT
        ).json()["id"]
        until(
            lambda: (
                len(list((tmp_path / "study" / "outcomes").glob("*.parquet"))) > 1
                or httpx.get(f"{url}api/v1/jobs/{name}").json()["state"] == "done"
            )
        )
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        worker = [int(one) for one in children.read_text().split()] if children.exists() else []
        threads = Path(f"/proc/{server.pid}/task")
        if threads.exists():
            worker = [
                int(one) for task in threads.iterdir() for one in (task / "children").read_text().split()
            ]
            assert worker
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    until(lambda: not any(_alive(one) for one in worker), 30)
    study = tmp_path / "study"
    assert not (study / "summary.json").exists()
    written = {file: file.stat().st_mtime_ns for file in (study / "outcomes").glob("*.parquet")}
    entered = {file.stem for file in (study / "batches").glob("*.json")}
    assert entered
    taken_up = equipoise.run("two-valleys", futures=40_000, out=study, additions=False)
    again = {file: file.stat().st_mtime_ns for file in written if file.stem in entered}
    assert again and all(written[file] == moment for file, moment in again.items())
    assert (
        taken_up.summary["strategies"] == equipoise.run("two-valleys", futures=40_000).summary["strategies"]
    )


def _answers(address):
    try:
        return httpx.get(address).status_code == 200
    except httpx.ConnectError:
        return False


def _alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_job_waits_for_those_before_it_and_says_for_which():
    tasks = Tasks(SLEEPS)
    first, second, third = (tasks.start(name, Of("", "", ""), {}) for name in ("run", "talks", "game"))
    assert [one.shown().after for one in (first, second, third)] == [(), ("run",), ("run", "talks")]
    seen = third.version
    tasks.cancel(second)
    assert third.shown().after == ("run",) and third.version > seen
    tasks.cancel(first)
    assert third.state == "running" and third.shown().after == ()
    tasks.close()


def test_a_job_says_in_words_of_what_it_is():
    session = Session(load("two-valleys"), workers=1)

    def words(**view):
        return showing.situation(session, ViewAsked.model_validate(view).view())

    assert words() == "the situation as written"
    path = "forces.crown.collapse.yearly"
    says = words(beliefs="empire", changes={path: "odds*4"}, ways={"mine": {"crown": 1}})
    assert says == (
        "the situation with the beliefs of the Empire; The chance a year, as things stand, of a fall of the Crown: "
        "odds ×4; a way of one's own, “mine”"
    )
