"""Keeping a view: as text, as a scenario, as a brief, as a study; and nowhere but where it may be written."""

import json
import time

import pytest

import equipoise
from equipoise.jobs.serve import serve, session_of
from equipoise.scenario import loads
from equipoise.server import showing
from equipoise.server.view import View

testclient = pytest.importorskip("starlette.testclient")
pytest.importorskip("httpx")
LONG = 120_000
CHANGES = {
    "quantities.weariness": "*2", "events.leave-hinted.probability": "1", "events.leave-hinted.on": "2031-05-20",
}  # fmt: skip
VIEW = View("empire", CHANGES, {"mine": {"crown": 0.5, "rebels": 0.5}})


def test_the_scenario_of_a_view_gives_what_the_view_gives():
    session = session_of("two-valleys")
    kept = session.over(loads(session.text_of(VIEW)))
    one = session.played(VIEW, "first").found
    other = kept.played(View("empire"), "first").found
    assert {name: item.payoff for name, item in one.strategies.items()} == {
        name: item.payoff for name, item in other.strategies.items()
    }
    assert one.events == other.events


def test_the_beliefs_block_makes_a_holder_who_believes_it():
    session = session_of("two-valleys")
    view = View(None, {"quantities.weariness": "*2", "forces.crown.momentum": "[0.01, 0.02]"})
    block = showing.held(session, view)
    assert block.startswith("beliefs:")
    text = session.file.text.replace("\nbeliefs:\n", "\n" + block, 1)
    file = loads(text)
    assert list(file.scenario.beliefs) == [showing.HOLDER, *session.scenario.beliefs]
    one = session.played(view, "first").found
    other = session.over(file).played(View(showing.HOLDER), "first").found
    assert one.strategies["even-hedge"].payoff == other.strategies["even-hedge"].payoff


@pytest.fixture
def client(tmp_path):
    serving = serve("two-valleys", port=0, folder=tmp_path)
    serving.listener.close()
    return testclient.TestClient(serving.app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def ended(client, body):
    job = client.post("/api/v1/jobs", json=body).json()
    while job["state"] in ("waiting", "running"):
        time.sleep(0.2)
        job = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert job["state"] == "done", job
    return job


def test_a_view_is_kept_as_a_study_and_as_a_brief(client, tmp_path):
    view = {"changes": {"events.leave-hinted.on": "2031-05-20"}}
    job = ended(client, {"job": "run", "view": view, "futures": 256, "out": "mine"})
    assert "on: 2031-05-20" in (tmp_path / "mine" / "scenario.yaml").read_text()
    answer = client.get(f"/api/v1/jobs/{job['id']}/brief.html")
    assert answer.headers["content-disposition"].endswith('"brief.html"')
    assert answer.text.startswith("<!DOCTYPE html>") and "Two valleys" in answer.text
    text = client.get("/api/v1/scenario.yaml", params=view["changes"])
    assert "on: 2031-05-20" in text.text and "attachment" in text.headers["content-disposition"]
    assert client.get("/api/v1/scenario.yaml", params={"events.nobody.on": "2031-05-20"}).status_code == 422


def test_a_view_is_held_against_another_scenario(client, tmp_path):
    text = session_of("two-valleys").text_of(View(None, {"quantities.weariness": "*2"}))
    (tmp_path / "other.yaml").write_text(text)
    change = {"forces.crown.collapse.yearly": "0.2"}
    body = {"job": "compare", "other": "other.yaml", "futures": 256, "view": {"changes": change}}
    found = client.get(f"/api/v1/jobs/{ended(client, body)['id']}/result").json()
    wanted = equipoise.compare(tmp_path / "other.yaml", "two-valleys", set_=change, futures=256)
    assert found["metrics"] == json.loads(json.dumps(wanted.to_dict()))["metrics"]
    assert len(found["changes"]) == 2
    assert client.post("/api/v1/jobs", json=body | {"other": "../other.yaml"}).status_code == 422


def test_a_view_is_saved_from_the_page(browser, serving, tmp_path):
    with serving("two-valleys", folder=tmp_path) as url:
        page = browser.new_page()
        page.goto(f"{url}?quantities.weariness=*2")
        page.wait_for_selector("html[data-stage=full]", state="attached", timeout=LONG)
        page.click("#save")
        page.fill("#save-name", "worn out")
        page.press("#save-name", "Enter")
        page.wait_for_selector("#study-part:not([hidden])", timeout=LONG)
        assert "quantities.weariness=*2" in page.get_attribute("#save-scenario", "href")
        with page.expect_download(timeout=LONG) as brief:
            page.click("#save-brief")
        assert brief.value.suggested_filename == "brief.html"
        page.keyboard.press("Escape")
        assert not page.is_visible("#saving")
        assert "saved: worn out" in page.inner_text("#against")
        page.close()
