"""The panels of analyses in a real browser: opened when asked for, started, watched, cancelled, shown."""

import pytest
from tests.server.conftest import running

from equipoise.scenario import load

WAIT = 120_000
FOCUSED = "node => node === document.activeElement"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A server of its own: what others started would stand before what is started here."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "seen.yaml").write_text("equipoise: 1\ntitle: Nothing\nobservations: []\n", encoding="utf-8")
    (folder / "other.yaml").write_text(load("two-valleys").text, encoding="utf-8")
    with running("two-valleys", folder=folder) as url:
        yield url


@pytest.fixture
def page(browser, alone):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, said = context.new_page(), []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(alone)
    # what is clicked moves while the answer and its figures come in above it
    opened.wait_for_selector("html[data-stage=full]", state="attached", timeout=WAIT)
    opened.wait_for_selector("[data-figure=regions] [role=img]", timeout=WAIT)
    yield opened
    assert [text for text in said if "422" not in text] == []
    context.close()


def opened(page, job):
    panel = page.locator(f"#analysis-{job}")
    panel.locator("summary").first.click()
    panel.get_by_role("button", name="Start").wait_for(timeout=WAIT)
    return panel


def said(panel, text):
    """Wait until a panel says something to a screen reader."""
    panel.locator("[role=status]", has_text=text).wait_for(timeout=WAIT)


def test_an_analysis_is_opened_started_and_shown_as_the_report_shows_it(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert not any("situation" in url or "jobs" in url for url in asked)
    panel = opened(page, "talks")
    assert sum("situation" in url for url in asked) == 1
    panel.get_by_role("button", name="Start").click()
    panel.locator(".shown table").first.wait_for(state="attached", timeout=WAIT)
    assert panel.locator(".shown svg").count() > 0
    assert "Done in" in panel.locator("[role=status]").inner_text()
    assert panel.locator("progress").is_hidden() and panel.get_by_role("button", name="Cancel").is_hidden()
    panel.locator(".export summary").click()
    with page.expect_download() as kept:
        panel.locator(".export a").nth(1).click()
    assert kept.value.suggested_filename.endswith(".csv")


def test_on_a_phone_tables_that_tell_stand_row_under_row(page):
    """No table of this situation has names so long, so one is marked as if it had."""
    panel = opened(page, "talks")
    panel.get_by_role("button", name="Start").click()
    table = panel.locator(".shown .scroll").first
    table.wait_for(state="attached", timeout=WAIT)
    table.evaluate("table => table.classList.add('told')")
    cell, shows = table.locator("tbody td").first, "cell => getComputedStyle(cell, {}).{}"
    for width, display in ((1280, "table-cell"), (390, "block")):
        page.set_viewport_size({"width": width, "height": 844})
        assert cell.evaluate(shows.format("null", "display")) == display
    title = cell.get_attribute("data-title")
    assert cell.evaluate(shows.format("'::before'", "content")) == f'"{title}: "'


def test_an_analysis_is_cancelled(page):
    panel = opened(page, "explore")
    panel.locator("input[type=number]").fill("200000")
    panel.get_by_role("button", name="Start").click()
    said(panel, "Playing futures")
    panel.get_by_role("button", name="Cancel").click()
    said(panel, "Cancelled.")
    assert panel.locator(".shown").inner_text() == ""
    assert panel.get_by_role("button", name="Start").is_enabled()


def test_what_cannot_be_asked_is_said_beside_it(page):
    panel = opened(page, "game")
    first = panel.locator("input[type=checkbox]").first
    first.uncheck()
    panel.get_by_role("button", name="Start").click()
    assert first.evaluate("box => box.validationMessage") == "Choose 2 or more."
    assert panel.get_by_role("button", name="Cancel").is_hidden()
    first.check()
    assert first.evaluate("box => box.validity.valid")


def test_observations_come_from_the_folder_or_from_a_text(page):
    panel = opened(page, "update")
    file, text = panel.locator("#job-update-file"), panel.locator("textarea")
    assert file.locator("option").all_inner_texts() == ["none", "seen.yaml"]
    file.select_option("seen.yaml")
    assert text.is_disabled() and panel.get_by_role("button", name="Add it").is_disabled()
    file.select_option("")
    panel.get_by_role("button", name="Start").click()
    assert (
        text.evaluate("text => text.validity.valueMissing")
        and panel.get_by_role("button", name="Cancel").is_hidden()
    )
    text.fill("equipoise: 1\ntitle: x\nobservations:\n  - nothing\n")
    panel.get_by_role("button", name="Start").click()
    said(panel, "what was seen:4")
    assert opened(page, "compare").locator("option").all_inner_texts() == ["other.yaml"]


def test_what_was_seen_is_put_together_without_writing_it(page):
    panel = opened(page, "update")
    kind, day = panel.locator("#seen-kind"), panel.locator(".sentence input[type=date]")
    assert kind.locator("option").first.inner_text() == "an event happened on a day"
    day.fill("2031-05-04")
    panel.get_by_role("button", name="Add it").click()
    said(panel, "Added: “The Empire receives rebel envoys” happened on 2031-05-04.")
    kind.select_option("control")
    for place, given in enumerate(("0.4", ".05")):
        panel.locator(".sentence input[type=number]").nth(place).fill(given)
    day.fill("2031-06-01")
    panel.get_by_role("button", name="Add it").click()
    assert panel.locator("textarea").input_value() == (
        "equipoise: 1\ntitle: What was seen\nobservations:\n"
        "  - {on: 2031-05-04, happened: envoys-received}  # “The Empire receives rebel envoys” happened on 2031-05-04\n"
        "  - {on: 2031-06-01, control: crown, in: valley, is: 0.4, error: 0.05}"
        "  # the control of the Crown in the valley was 0.4 ± 0.05 on 2031-06-01\n"
    )
    panel.locator("#job-update-played").fill("512")
    panel.get_by_role("button", name="Start").click()
    panel.locator(".shown", has_text="As of 1 June 2031").wait_for(timeout=WAIT)


def test_a_line_is_added_as_far_in_as_those_before_it(page):
    add = """([text, line]) => import("./page/observing.js").then(({ withLine }) => withLine(text, line))"""
    head, line = "equipoise: 1\ntitle: x\n", "- {by: 2031-05-04, stands: crown}"
    for text, comes in (
        (f"{head}observations: []", f"{head}observations:\n  {line}\n"),
        (f"{head}observations:\n- {{}}\n\n", f"{head}observations:\n- {{}}\n{line}\n"),
        (f"{head}observations:\n    - {{}}", f"{head}observations:\n    - {{}}\n    {line}\n"),
    ):
        assert page.evaluate(add, [text, line]) == comes


def started(page, job, says):
    """Open a panel, start it, and wait until it shows what it found; gives the panel."""
    panel = opened(page, job)
    panel.get_by_role("button", name="Start").click()
    panel.locator(".of", has_text=says).wait_for(timeout=WAIT)
    return panel


def test_what_is_shown_says_of_what_it_is_and_that_the_page_has_gone_on(page):
    panel = started(page, "talks", "Of the situation as written.")
    of = panel.locator(".of")
    assert of.inner_text() == "Of the situation as written." and "wrong" not in of.get_attribute("class")
    page.locator(".event input[value=surely]").first.check()
    assert of.inner_text() == (
        "Of the situation as written. The page has something else now: start it again for that."
    )
    assert "wrong" in of.get_attribute("class")
    page.locator("#undo").click()
    assert of.inner_text() == "Of the situation as written." and "wrong" not in of.get_attribute("class")
    start, cancel = (panel.get_by_role("button", name=name) for name in ("Start", "Cancel"))
    start.press("Enter")
    cancel.wait_for()
    assert start.evaluate(FOCUSED) and start.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Tab")
    assert cancel.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    said(panel, "Cancelled. What stands below is from before.")
    assert start.evaluate(FOCUSED) and start.get_attribute("aria-disabled") == "false"
    assert panel.locator(".shown table").count() > 0


def test_a_page_that_is_loaded_again_finds_what_it_found_and_what_is_at_work(page):
    started(page, "talks", "Of the situation as written.")
    panel = opened(page, "explore")
    panel.locator("input[type=number]").fill("200000")
    panel.get_by_role("button", name="Start").click()
    said(panel, "Playing futures")
    page.reload()
    again = opened(page, "talks")
    again.locator(".of", has_text="Of the situation as written.").wait_for(timeout=WAIT)
    assert (
        again.locator(".shown table").count() > 0 and "Done in" in again.locator("[role=status]").inner_text()
    )
    again.get_by_role("button", name="Start").click()
    said(again, "Waiting for “What the answer hangs on” …")
    atwork = opened(page, "explore")
    atwork.get_by_role("button", name="Cancel").click()
    said(atwork, "Cancelled.")
