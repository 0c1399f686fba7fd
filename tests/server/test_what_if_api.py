"""The API of the what-if page: the numbers of `run`, pairs, refusals."""

import json
import math
import shlex
from datetime import datetime
from pathlib import Path

import pytest

import equipoise
from equipoise.errors import Problem
from equipoise.futures.play import Pool, StoppedError
from equipoise.jobs.serve import serve, session_of
from equipoise.reporting.blocks import Cell
from equipoise.scenario import changed, load
from equipoise.scenario.phrases import percent
from equipoise.server import running, showing
from equipoise.server import session as sessions
from equipoise.server.asked_jobs import JobAsked
from equipoise.server.guard import COOKIE, MOST_BYTES
from equipoise.server.session import Session
from equipoise.server.view import View
from equipoise.text import csv_of, harmless

testclient = pytest.importorskip("starlette.testclient")
pytest.importorskip("httpx")
CASE = Path(__file__).with_name("case.yaml")
HOME = "http://127.0.0.1"


def client(app, **options):
    return testclient.TestClient(app, base_url=HOME, raise_server_exceptions=False, **options)


@pytest.fixture(scope="module")
def home():
    serving = serve("two-valleys", port=0)
    serving.listener.close()
    return client(serving.app)


@pytest.fixture(scope="module")
def asked(home):
    def ask(view, stage="first", **more):
        answer = home.post("/api/v1/what-if", json={"view": view, "stage": stage, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def test_as_written_it_finds_what_a_run_finds(asked):
    found = asked({}, "pause")
    states, chance = sessions.STAGES["pause"]
    ran = equipoise.run("two-valleys", futures=states * chance, chance=chance).summary
    assert found["futures"] == ran["futures"] == 2048
    for name, item in ran["strategies"].items():
        assert found["now"]["strategies"][name]["payoff"] == item["payoff"]
        assert found["now"]["strategies"][name]["forces"] == item["forces"]
    assert found["was"] == found["now"]
    assert all(change["mean"] == change["se"] == 0 for change in found["changes"].values())


def test_a_change_is_known_better_in_pairs_than_each_side_is(asked):
    found = asked({"changes": {"forces.crown.collapse.yearly": "odds*4"}}, "pause")
    for name, change in found["changes"].items():
        now, was = (found[when]["strategies"][name]["payoff"] for when in ("now", "was"))
        assert change["mean"] == pytest.approx(now["mean"] - was["mean"], abs=1e-12)
        if name != "stay-out":
            assert change["se"] < math.hypot(now["se"], was["se"])
    assert (
        found["now"]["strategies"]["back-crown"]["forces"]["crown"]["collapse"]
        > 1.5 * (found["was"]["strategies"]["back-crown"]["forces"]["crown"]["collapse"])
    )


def test_beliefs_are_those_of_a_run_under_them(asked):
    states, chance = sessions.STAGES["first"]
    ran = equipoise.run("two-valleys", futures=states * chance, chance=chance, beliefs="empire").summary
    found = asked({"beliefs": "empire"})
    assert {n: s["payoff"]["mean"] for n, s in found["now"]["strategies"].items()} == {
        n: s["payoff"]["mean"] for n, s in ran["strategies"].items()
    }


def test_a_way_of_ones_own_joins_the_ranking_now_and_as_written(asked):
    found = asked({"ways": {"mine": {"crown": 1.0}}})
    for when in ("now", "was"):
        assert (
            found[when]["strategies"]["mine"]["payoff"] == found[when]["strategies"]["back-crown"]["payoff"]
        )
    assert [row[0] for row in found["shown"]["table"]["rows"]].count("Mine") == 1


def test_it_can_be_held_against_another_view(asked):
    one, other = {"changes": {"quantities.weariness": "*2"}}, {"beliefs": "empire"}
    found = asked(one, against=other, named="the Empire's beliefs")
    assert found["was"] == asked(other)["now"]


def test_squares_are_a_hundred_and_words_name_the_change(asked):
    found = asked(
        {"changes": {"forces.crown.collapse.yearly": "odds*4", "events.leave-hinted.probability": "0"}}
    )
    for when in ("now", "was"):
        assert sum(order[when] for order in found["shown"]["orders"]) == 100
    says = [change["says"] for change in found["shown"]["changes"]]
    assert says[0].endswith("odds ×4") and says[1].endswith("never")
    assert "--set 'forces.crown.collapse.yearly=[" in found["shown"]["command"]


def test_the_command_can_be_typed_as_it_stands(asked):
    """Whatever form a moved number has: here a share of a quantity, which `--set` reads as the file writes it."""
    path = "events.republic-leaves.effects.1.budget.republic"
    typed = shlex.split(asked({"changes": {path: "*2"}})["shown"]["command"])
    (given,) = [part.partition("=")[2] for part in typed if part.startswith(f"{path}=")]
    assert given == "{is: weariness, times: 1.2}"
    number = changed(load("two-valleys"), {path: given}).scenario.events["republic-leaves"].effects[1].budget
    assert number["republic"].times == 1.2


def test_levers_stand_in_the_order_of_what_the_choice_hangs_on(home):
    levers = home.get("/api/v1/levers").json()["levers"]
    assert 1 <= len(levers) <= 8
    shares = [lever["share"] for lever in levers if lever["share"] is not None]
    assert shares == sorted(shares, reverse=True)
    assert not any(
        lever["path"].startswith("events.") and lever["path"].endswith("probability") for lever in levers
    )


def test_any_number_is_found_by_words(home):
    found = home.get("/api/v1/numbers", params={"find": "crown momentum"}).json()
    assert "forces.crown.momentum" in [lever["path"] for lever in found["levers"]]
    assert home.get("/api/v1/numbers", params={"find": "zzz"}).json()["levers"] == []


def test_of_the_numbers_found_the_advised_patrons_own_come_first(home):
    found = home.get("/api/v1/numbers", params={"find": "values"}).json()["levers"]
    assert found[0]["path"].startswith("patrons.empire.values.")
    found = home.get("/api/v1/numbers", params={"find": "influence"}).json()["levers"]
    assert found[0]["path"] == "patrons.empire.values.influence"
    assert all(lever["was"] != "0" for lever in found[:2])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"view": {"changes": {"forces.crown.nothing": "1"}}}, "no number at"),
        ({"view": {"changes": {"forces.crown.momentum": "__import__('os')"}}}, "is no number"),
        ({"view": {"beliefs": "x" * 999}}, "at most 400"),
        ({"view": {"changes": {f"a.b{n}": "1" for n in range(99)}}}, "at most 40"),
        ({"stage": "millions"}, "stage"),
        ({"nothing": 1}, "nothing"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(home, body, says):
    answer = home.post("/api/v1/what-if", json=body)
    assert answer.status_code == 422
    assert says in answer.json()["error"]


def test_a_name_that_is_not_the_servers_is_refused(home):
    assert home.get("/", headers={"host": "evil.example:8421"}).status_code == 421
    assert home.get("/", headers={"host": "127.0.0.1.evil.example"}).status_code == 421
    assert home.get("/page/style.css", headers={"host": "localhost:8421"}).status_code == 200


def test_a_page_of_another_site_is_refused(home):
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert home.post("/api/v1/what-if", json={}, headers=headers).status_code == 403
    assert home.post("/api/v1/what-if", json={}, headers={"origin": HOME}).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e/asked.py", "index.html", "/etc/passwd", "main.js/../../app.py"],
)
def test_nothing_but_the_pages_own_files_is_read(home, name):
    answer = home.get(f"/page/{name}")
    assert answer.status_code == 404 and b"import" not in answer.content


def test_what_is_too_large_is_refused(home):
    answer = home.post("/api/v1/check", content=b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 413

    def parts():
        for _ in range(5):
            yield b"x" * 1_000_000

    assert home.post("/api/v1/check", content=parts()).status_code == 413


def test_nothing_of_a_crash_reaches_the_page(home, monkeypatch, capsys):
    monkeypatch.setattr(Session, "answer", lambda *_, **__: 1 / 0)
    answer = home.post("/api/v1/what-if", json={})
    assert answer.status_code == 500
    said = answer.json()["error"]
    assert "ZeroDivision" not in said and "Traceback" not in said
    written = capsys.readouterr().err
    assert said.rpartition(" ")[2].strip(".") in written and "ZeroDivisionError" in written


def test_every_answer_says_what_a_page_may_do(home):
    for path in ("/", "/page/main.js", "/nothing"):
        policy = home.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
    text = home.get("/").text
    assert "<script>" not in text and " style=" not in text and " on" + "click=" not in text


def test_off_this_machine_a_token_is_asked_for():
    serving = serve("two-valleys", host="0.0.0.0", port=0)
    serving.listener.close()
    outside = client(serving.app, follow_redirects=False)
    token = serving.url.partition("token=")[2]
    assert outside.get("/").status_code == 401
    assert outside.get("/?token=wrong").status_code == 401
    assert outside.get(f"/page/style.css?token={token}").status_code == 401
    opened = outside.get(f"/?token={token}&beliefs=empire")
    assert opened.status_code == 303 and opened.headers["location"] == "/?beliefs=empire"
    assert COOKIE in opened.headers["set-cookie"] and "HttpOnly" in opened.headers["set-cookie"]
    fresh = client(serving.app)
    assert fresh.get("/page/style.css", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_hostile_names_stay_text():
    data = load("two-valleys").text.replace(
        "title: Two valleys", "title: '<script>alert(1)</script><b onx=1>'", 1
    )
    from equipoise.scenario import loads

    serving = serve(loads(data), port=0)
    serving.listener.close()
    text = client(serving.app).get("/").text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


def test_a_study_is_explored_with_its_own_seed(tmp_path, undrawn):
    equipoise.run("two-valleys", futures=256, seed=7, out=tmp_path / "study")
    session = session_of(tmp_path / "study")
    assert session.seed == 7 and session.file.sha256 == load("two-valleys").sha256


def test_the_page_of_a_study_opens_under_its_beliefs_and_its_jobs_are_of_it_there_alone(tmp_path, undrawn):
    path = tmp_path / "study"
    equipoise.run("two-valleys", futures=256, beliefs="empire", out=path, additions=False)
    serving = serve(path, port=0)
    serving.listener.close()
    assert serving.url.endswith("/?beliefs=empire") and not serving.note
    state = serving.app.held

    def study(view):
        asked = JobAsked.model_validate({"job": "explore", "view": view}).root
        return running._told(state.session, state.tasks, asked)["study"]

    assert study({"beliefs": "empire"}) == str(path)
    assert study({}) is None
    assert study({"beliefs": "empire", "ways": {"mine": {"crown": 1}}}) is None


def test_a_study_of_what_the_page_does_not_have_is_said_to_be(tmp_path, undrawn):
    path = tmp_path / "study"
    equipoise.run("two-valleys", futures=256, with_={"republic": "stay"}, out=path, additions=False)
    serving = serve(path, port=0)
    serving.listener.close()
    assert serving.note.startswith("The study was run with the Republic on stay. The page has")
    assert serving.app.held.tasks.study is None


def test_a_newer_question_ends_the_older():
    from threading import Event

    session = Session(load("two-valleys"))
    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        session.played(View(), "first", stop=stop)
    assert session.played(View(), "first").names


def test_figures_are_kept_as_files(home):
    view = {"forces.crown.collapse.yearly": "odds*4"}
    rows = home.get("/api/v1/figures/ranking.csv", params=view).content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Way of engaging,As written,Now") and len(rows) == 10
    assert home.get("/api/v1/figures/collapse.svg", params=view).text.startswith("<svg")
    fates = home.get("/api/v1/figures/stands-falls.csv").content.decode("utf-8-sig").splitlines()
    assert len(fates) == 10
    assert home.get("/api/v1/figures/stands-falls.png").content.startswith(b"\x89PNG")
    power = home.get("/api/v1/figures/power.csv").content.decode("utf-8-sig").splitlines()
    assert power[0] == "Force,Week of,5 %,25 %,Median,75 %,95 %" and len(power) == 1 + 3 * 53
    assert home.get("/api/v1/figures/nothing.svg").status_code == 404
    assert home.get("/api/v1/figures/ranking.exe").status_code == 404


def test_a_figure_that_leaves_ways_out_says_of_how_many(asked):
    drawn = {figure["key"]: figure for figure in asked({}, width="wide")["figures"]}
    assert drawn["ranking"]["caption"].endswith(" 8 of 9 ways are drawn; the table has all.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+0.043", "+0.043"),
        ("-cmd", "'-cmd"),
        ("-1.5e-05", "-1.5e-05"),
        ("-1+1", "'-1+1"),
        ("@x", "'@x"),
        (" =1+1", "' =1+1"),
        ("\n=1+1", "'\n=1+1"),
        ("\ta", "'\ta"),
        ("＝1+1", "'＝1+1"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("All on Kabul", "All on Kabul"),
    ],
)
def test_no_cell_of_a_table_is_a_formula(text, kept):
    assert harmless(text) == kept


def test_a_table_is_csv_with_empty_cells_plain_minuses_and_no_formula():
    rows = [[1.5, None], ["−2", True], [float("nan"), "=1+1"]]
    assert csv_of(["a", "=b"], rows) == "a,'=b\n1.5,\n-2,True\n,'=1+1\n"


def test_a_text_of_a_table_stays_as_it_is_and_a_day_is_a_day():
    each = ["None", "5 − 3", "nan", None, datetime(2031, 3, 17), Cell("=1", "first"), Cell("−2", "quiet")]
    kept = "None|5 − 3|nan||2031-03-17|'=1|-2".replace("|", ",")
    assert csv_of(["a"], [each]) == f"a\n{kept}\n"


def test_a_text_is_checked_line_by_line(home):
    text = load("two-valleys").text
    assert home.post("/api/v1/check", json={"text": text}).json() == {"problems": [], "changes": []}
    wrong = text.replace("    incumbent: true", "    incumbent: perhaps", 1)
    (problem,) = home.post("/api/v1/check", json={"text": wrong}).json()["problems"]
    assert problem["line"] == text[: text.index("    incumbent: true")].count("\n") + 1
    assert json.dumps(problem)


TURNED = {"forces.crown.collapse.yearly": "odds*0.3", "quantities.weariness": "*2"}
"""Changes that together turn the answer of two-valleys."""


@pytest.fixture(scope="module")
def why(home):
    answer = home.post("/api/v1/why", json={"view": {"changes": TURNED}, "width": "wide"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_shares_of_why_it_moved_add_up_and_are_said(why):
    found = why["found"]
    assert sum(part["share"]["mean"] for part in found["parts"]) == pytest.approx(
        found["end"]["mean"] - found["start"]["mean"]
    )
    assert found["shapley"] and found["split"]["what"] == "falls.crown"
    assert "The Crown now falls in" in why["says"] and "instead of" in why["says"]
    assert why["figure"]["key"] == "shares" and len(why["back"]) == 3


def test_where_it_would_turn_back_the_two_are_level(home, why):
    assert {turn["path"] for turn in why["turns"]} == set(TURNED)
    for turn in why["turns"]:
        names = why["found"]["best"], why["found"]["before"]
        sign = {"times": "*", "odds": "odds*"}[turn["way"]]
        changes = TURNED | {turn["path"]: f"{sign}{turn['by']}"}
        found = home.post("/api/v1/what-if", json={"view": {"changes": changes}, "stage": "pause"}).json()
        payoffs = [found["now"]["strategies"][name]["payoff"]["mean"] for name in names]
        assert payoffs[0] == pytest.approx(payoffs[1], abs=2e-4)


def test_nothing_moved_where_nothing_was_changed(home):
    answer = home.post("/api/v1/why", json={"view": {}})
    assert answer.status_code == 422 and "nothing was changed" in answer.json()["error"]


def test_levers_begin_with_what_drives_the_choice_and_go_on_with_what_is_disputed():
    session = Session(load("two-valleys"))
    levers = session.levers(8)
    drivers = [path for path in session.drivers() if not path.startswith("events.")]
    assert list(levers[: len(drivers)]) == drivers[:8]
    assert "forces.crown.collapse.yearly" in levers  # the Empire believes it to be otherwise
    assert 0 < max(session.drivers().values()) <= 1


def test_best_under_each_holders_beliefs(home):
    found = home.get("/api/v1/beliefs").json()
    ran = equipoise.run("two-valleys", futures=512, chance=4, beliefs="empire").summary
    assert found["best"]["empire"] == ran["ranking"][0] and set(found["best"]) == {"", "empire"}


def test_a_text_can_be_explored_and_one_that_is_wrong_is_not_taken(tmp_path):
    own = tmp_path / "own.yaml"
    text = load("two-valleys").text
    own.write_text(text)
    serving = serve(own, port=0)
    serving.listener.close()
    page = client(serving.app)
    assert page.get("/api/v1/text").json()["file"] == "own.yaml"
    wrong = page.put(
        "/api/v1/text", json={"text": text.replace("focus: empire", "focus: nobody"), "save": True}
    )
    assert wrong.json()["problems"] and own.read_text() == text
    other = text.replace("title: Two valleys", "title: Three valleys")
    assert page.put("/api/v1/text", json={"text": other}).json()["problems"] == []
    assert "Three valleys" in page.get("/").text and own.read_text() == text
    page.put("/api/v1/text", json={"text": other, "save": True})
    assert own.read_text() == other


def test_a_problem_that_stands_on_no_line_is_said_without_one(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(load("two-valleys").text)
    serving = serve(own, port=0)
    serving.listener.close()
    app = serving.app
    app.held.problems = (Problem(0, 0, "", "the file is gone"), Problem(7, 1, "", "wrong", "right"))
    shown = client(app).get("/").text
    assert "<li>the file is gone</li><li>Line 7: wrong (right)</li>" in shown


def test_a_bundled_case_is_not_written_to(home):
    answer = home.put("/api/v1/text", json={"text": load("two-valleys").text, "save": True})
    assert answer.status_code == 422 and "no file to save in" in answer.json()["error"]


@pytest.fixture(scope="module")
def described(home):
    return home.get("/api/v1/openapi.json").json()


def test_what_is_given_is_as_the_description_says(home, asked, why, described):
    from jsonschema import Draft202012Validator

    def held(path, method, given):
        schema = described["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": described["components"]}
        Draft202012Validator(whole).validate(given)
        with pytest.raises(Exception, match="required property"):
            Draft202012Validator(whole).validate({})

    held("/api/v1/what-if", "post", asked({"changes": TURNED}, width="narrow"))
    held("/api/v1/why", "post", why)
    held("/api/v1/levers", "get", home.get("/api/v1/levers").json())
    held("/api/v1/beliefs", "get", home.get("/api/v1/beliefs").json())
    held("/api/v1/text", "get", home.get("/api/v1/text").json())


def test_the_description_names_types_and_no_files_of_ours(described):
    assert not [name for name in described["components"]["schemas"] if "equipoise" in name]


def test_every_address_of_the_api_is_described(described):
    from equipoise.server.api import API, OPERATIONS

    assert {(f"{API}{one.path}", one.method.lower()) for one in OPERATIONS} == {
        (path, method) for path, methods in described["paths"].items() for method in methods
    }
    assert all(
        each["summary"].endswith((".", ";"))
        for methods in described["paths"].values()
        for each in methods.values()
    )


def test_the_command_and_the_block_of_a_view_make_the_same_situation(asked, tmp_path):
    import shlex

    from click.testing import CliRunner

    from equipoise.cli import main

    changes = {"forces.crown.collapse.yearly": "odds*4", "quantities.weariness": "*2"}
    found = asked({"changes": changes}, "first")
    own = tmp_path / "own.yaml"
    own.write_text(load("two-valleys").text + found["shown"]["block"])
    words = [*shlex.split(found["shown"]["command"])[1:], "--futures", "512", "--chance", "4", "--json"]
    typed = json.loads(CliRunner().invoke(main, words).output)
    written = equipoise.run(own, futures=512, chance=4).summary
    for name, item in found["now"]["strategies"].items():
        assert typed["strategies"][name]["payoff"]["mean"] == pytest.approx(item["payoff"]["mean"], abs=1e-9)
        assert written["strategies"][name]["payoff"]["mean"] == pytest.approx(
            item["payoff"]["mean"], abs=1e-9
        )


def test_a_newer_question_of_the_same_reader_takes_the_place_of_the_older(served):
    import threading

    import httpx

    got = {}

    def ask(name, stage, odds):
        body = {"view": {"changes": {"forces.crown.collapse.yearly": odds}}, "stage": stage, "client": "one"}
        got[name] = httpx.post(f"{served}api/v1/what-if", json=body, timeout=120)

    older = threading.Thread(target=ask, args=("older", "full", "odds*1.37"))
    older.start()
    while older.is_alive():  # whenever it arrives, the newer one ends it
        ask("newer", "first", "odds*1.41")
        assert got["newer"].status_code in (200, 409)  # 409 where the older one arrived after it
    older.join()
    assert got["newer"].status_code == 200
    assert got["older"].status_code == 409 and "newer question" in got["older"].json()["error"]


def test_an_address_of_another_text_says_so(home):
    sha = load("two-valleys").sha256
    assert "made for another text" not in home.get("/", params={"scenario": sha[:8]}).text
    said = home.get("/", params={"scenario": "00000000"}).text
    assert "made for another text" in said and sha[:8] in said


def test_a_situation_that_takes_too_long_is_given_up(monkeypatch):
    from equipoise.server import state as states

    monkeypatch.setattr(states, "SECONDS", 0.0)
    serving = serve("two-valleys", port=0)
    serving.listener.close()
    slow = client(serving.app)
    assert slow.get("/").status_code == 503
    assert slow.post("/api/v1/what-if", json={"stage": "full"}).status_code == 409


@pytest.mark.parametrize("changes", [{"beliefs": "empire"}, {"way.mine": "crown:1"}])
def test_a_change_is_not_taken_for_another_part_of_an_address(asked, home, changes):
    asked({"beliefs": "empire"})  # what is kept of these is kept by their addresses
    asked({"ways": {"mine": {"crown": 1.0}}})
    answer = home.post("/api/v1/what-if", json={"view": {"changes": changes}})
    assert answer.status_code == 422 and "no number at" in answer.json()["error"]


@pytest.mark.parametrize("kept", [{}, {"ways": {"other": {"rebels": 1.0}}}])
def test_what_it_is_held_against_has_the_same_ways(asked, home, kept):
    view = {"ways": {"mine": {"crown": 1.0}}, "changes": {"quantities.weariness": "*2"}}
    found = asked(view, against=kept)
    assert found["changes"] == asked(view)["changes"]
    why = home.post("/api/v1/why", json={"view": view, "against": kept})
    assert why.status_code == 200, why.text


def test_figures_that_take_futures_of_their_own_are_drawn_apart(home):
    body = {"view": {"changes": {"quantities.weariness": "*2"}}, "width": "narrow", "client": "one"}
    found = home.post("/api/v1/figures", json=body).json()
    assert found["address"] == "quantities.weariness=*2"
    assert [figure["key"] for figure in found["figures"]] == ["power", "regions"]
    assert "1,024 futures" in found["figures"][0]["caption"]
    assert home.get("/api/v1/figures/regions.csv").text.startswith("\ufeffRegion,Force,")


def test_a_chart_that_differs_in_its_rows_alone_is_given_once(asked):
    one, other = (
        asked({"changes": {"quantities.weariness": times}}, width="wide")["figures"][0]
        for times in ("*1.01", "*1.02")
    )
    assert one["chart"] == other["chart"] and one["rows"] != other["rows"]
    assert [row["label"] for row in one["rows"]] == [row["label"] for row in other["rows"]]
    assert one["rows"][0]["mean"] == pytest.approx(
        asked({"changes": {"quantities.weariness": "*1.01"}})["now"]["strategies"]["bandwagon"]["payoff"][
            "mean"
        ]
    )


def test_an_event_that_surely_comes_on_a_date_comes_on_it(asked):
    event = "events.leave-hinted"
    found = asked({"changes": {f"{event}.probability": "1", f"{event}.on": "2031-05-20"}})
    now = found["now"]["events"]["leave-hinted"]
    assert now["probability"] == 1 and now["p5_date"] == now["p95_date"] == "2031-05-19"
    assert [change["says"].rpartition(": ")[2] for change in found["shown"]["changes"]] == [
        "surely",
        "on 20 May 2031",
    ]
    assert found["shown"]["changes"][1]["was"] == "1 April 2031 to 31 May 2031"
    assert "# events.leave-hinted: on: 2031-05-20" in found["shown"]["block"]


@pytest.mark.parametrize(
    ("path", "because"),
    [
        ("events.rebel-spring.probability", "it comes only after “The protector's troops go home”"),
        ("events.garrisons-desert.weekly", "it comes only where its condition holds"),
    ],
)
def test_an_event_that_is_set_to_come_and_does_not_always_says_why(path, because):
    session, event = Session(load(CASE)), path.split(".")[1]
    view = View(changes={path: "1"})
    what = showing.seen(session, view, session.answer(view, "first"), named="as written", changed=True)
    share = what.now.events[event].probability
    assert 0.1 < share < 0.9
    (says,) = [change.says for change in showing.shown(session, view, what).changes]
    assert says.endswith(f": surely; comes in {percent(share)} of futures, because {because}")


def test_a_date_that_cannot_be_is_refused_in_a_sentence(home):
    view = {"changes": {"events.leave-hinted.on": "2040-01-01"}}
    answer = home.post("/api/v1/what-if", json={"view": view})
    assert answer.status_code == 422 and "not within the run" in answer.json()["error"]


def test_the_first_move_of_a_goal_that_is_held_plays_nothing(monkeypatch):
    serving = serve("two-valleys", port=0)  # its own: of what others asked before, only so much is held
    serving.listener.close()
    home = client(serving.app)
    goal = "patrons.empire.values.order.chaos"
    assert home.post("/api/v1/what-if", json={"stage": "full"}).status_code == 200
    held = home.post("/api/v1/hold", json={"paths": [goal, "quantities.weariness", "nothing"]}).json()
    assert held["paths"] == [goal]
    played = []
    monkeypatch.setattr(Pool, "play", lambda *args: played.append(1))
    found = home.post("/api/v1/what-if", json={"view": {"changes": {goal: "-1.5"}}, "found": False}).json()
    assert found["stage"] == "full" and found["futures"] == 20_000 and played == []
