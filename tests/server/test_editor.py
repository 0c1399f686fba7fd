"""The page's editor: what it offers at a cursor, and CodeMirror as a release builds it in, in a real browser."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from tests.server.conftest import running

from equipoise.scenario import load
from equipoise.server import app, showing
from equipoise.server.asked import CursorAsked
from equipoise.server.help import offers

EDITOR = Path(__file__).parents[2] / "editor"
WAIT = 60_000


def test_a_cursor_is_offered_what_the_language_server_offers_with_what_is_there_of_it():
    text = load("two-valleys").text + "\nset: {forces.crown.mo"
    line, column = text.count("\n"), len("set: {forces.crown.mo")
    found = showing.completions(CursorAsked(text=text, line=line, column=column))
    assert found.word == "forces.crown.mo"
    assert [one.text for one in found.offers] == [one.text for one in offers(text, line, column)]
    assert "forces.crown.momentum" in [one.text for one in found.offers] and all(
        one.key for one in found.offers
    )


@pytest.mark.parametrize("text", ["", "\0", "a: [", "{" * 1_000_000, "- " * 100_000, "a: &a [*a]\nb: "])
def test_whatever_is_typed_is_answered_soon(text):
    for line, column in ((0, 0), (0, 999_999)):
        begun = time.monotonic()
        showing.completions(CursorAsked(text=text, line=line, column=column))
        assert time.monotonic() - begun < 20


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the editor as a release does; gives the file."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    folder = tmp_path_factory.mktemp("editor")
    for name in ("package.json", "build.mjs", "editor.js"):
        shutil.copy(EDITOR / name, folder)
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=300)
    if installed.returncode:
        pytest.skip("npm could not fetch the packages")
    subprocess.run(["node", "build.mjs", "codemirror.js"], cwd=folder, check=True, timeout=120)
    return folder / "codemirror.js"


@pytest.mark.long
def test_a_release_builds_one_file_with_the_licences_of_what_is_in_it(built):
    content = built.read_text(encoding="utf-8")
    assert 200_000 < len(content) < 700_000
    head = content.partition("*/")[0]
    assert "@codemirror/view" in head and "style-mod" in head and "MIT License" in head
    assert "import " not in content.partition("*/")[2][:200] and "export{" in content[-200:].replace(" ", "")


@pytest.mark.long
def test_the_editor_marks_completes_and_compares(built, browser, monkeypatch, tmp_path):
    own = {**app.assets(), "codemirror.js": (app.TYPES[".js"], built.read_bytes())}
    monkeypatch.setattr(app, "assets", lambda: own)
    file = tmp_path / "own.yaml"
    file.write_text(load("two-valleys").text, encoding="utf-8")
    with running(file) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        page.click("#editor > summary")
        editor = page.get_by_label("The scenario as its file has it").last
        editor.wait_for(timeout=WAIT)
        page.locator("#text-said", has_text="Nothing is wrong").wait_for(timeout=WAIT)
        editor.click()
        page.keyboard.press("Control+End")
        page.keyboard.type("set: {forces.crown.mo", delay=20)
        offer = page.locator(".cm-tooltip-autocomplete li", has_text="forces.crown.momentum")
        offer.wait_for(timeout=WAIT)
        page.screenshot(path=tmp_path / "completion.png")
        offer.click()
        page.keyboard.type("9999")
        page.locator("#text-problems button").first.wait_for(timeout=WAIT)
        page.locator(".cm-lintRange-error, .cm-lintPoint-error").first.wait_for(
            state="attached", timeout=WAIT
        )
        page.keyboard.press("Control+a")
        page.keyboard.type("equipoise: 1")
        page.click("#text-beside")
        page.locator(".cm-deletedChunk").first.wait_for(state="attached", timeout=WAIT)
        assert said == []
        context.close()
