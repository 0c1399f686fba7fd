"""The what-if page in a real browser: every control, undo, the address, phone, dark, print, without scripts."""

import re

import pytest

LONG = 60_000
"""Milliseconds to wait for futures to be played on a busy machine."""


@pytest.fixture
def opened(browser, served):
    """Return a function that opens the page; nothing may be said on the console, nothing asked of elsewhere."""
    contexts = []

    def open_page(query="", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.said, page.elsewhere = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((served, "data:", "blob:")) or page.elsewhere.append(request.url)
            ),
        )
        page.goto(served + (f"?{query}" if query else ""))
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert page.said == [] and page.elsewhere == []
        context.close()


def settled(page, address=None):
    """Wait until all futures of a view are played and shown."""
    at = "" if address is None else f'[data-address="{address}"]'
    page.wait_for_selector(f"html[data-stage=full]{at}", state="attached", timeout=LONG)


def test_the_answer_stands_first_and_says_what_it_rests_on(opened):
    page = opened()
    settled(page)
    assert page.inner_text("#lead")
    assert "20,000 futures" in page.inner_text("#rests")
    assert page.locator("#hundred-now i").count() == 100
    page.wait_for_selector("[data-figure=collapse] svg", timeout=LONG)
    page.wait_for_selector("#levers .lever", timeout=LONG)
    assert page.get_attribute("[data-figure=ranking] [role=img]", "aria-label").count(":") == 8


def test_a_slider_moves_the_answer_and_back(opened):
    page = opened("forces.crown.collapse.yearly=odds*2")
    settled(page, "forces.crown.collapse.yearly=odds*2")
    slider = page.locator('[data-path="forces.crown.collapse.yearly"] input[type=range]')
    before = page.inner_text("#beneath")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    settled(page, "forces.crown.collapse.yearly=odds*2.5")
    assert page.inner_text("#beneath") != before
    assert "odds ×2.5" in page.inner_text("#changes")
    assert "odds ×2.5" in slider.get_attribute("aria-valuetext")
    assert "forces.crown.collapse.yearly=odds*2.5" in page.url and "scenario=" in page.url
    page.click("#changes button")
    settled(page, "")
    assert page.inner_text("#changes") == "" and "?" not in page.url
    assert slider.input_value() == "50"


def test_undo_redo_reset_and_history(opened):
    page = opened()
    settled(page)
    event = page.locator('.event[data-path="events.leave-hinted.probability"]')
    event.get_by_text("never", exact=True).click()
    settled(page, "events.leave-hinted.probability=0")
    event.get_by_text("surely", exact=True).click()
    settled(page, "events.leave-hinted.probability=1")
    page.keyboard.press("Control+z")
    settled(page, "events.leave-hinted.probability=0")
    assert event.locator("input[value=never]").is_checked()
    page.click("#redo")
    settled(page, "events.leave-hinted.probability=1")
    assert page.inner_text("#steps") == "2"
    page.click("#reset")
    settled(page, "")
    page.click("#history summary")
    page.locator("#history-list button").nth(1).click()
    settled(page, "events.leave-hinted.probability=0")


def test_events_take_odds_of_ones_own(opened):
    page = opened()
    settled(page)
    event = page.locator('.event[data-path="events.leave-hinted.probability"]')
    event.get_by_text("my odds").click()
    event.locator("input[type=number]").fill("85")
    event.locator("input[type=number]").press("Enter")
    settled(page, "events.leave-hinted.probability=0.85")
    assert "85 %" in page.inner_text("#changes")


def test_an_event_is_given_a_date(opened):
    page = opened()
    settled(page)
    event = page.locator('.event[data-path="events.leave-hinted.probability"]')
    event.get_by_text("surely", exact=True).click()
    event.locator("input[type=date]").fill("2031-05-20")
    settled(page, "events.leave-hinted.probability=1&events.leave-hinted.on=2031-05-20")
    assert "on 20 May 2031" in page.inner_text("#changes")
    event.get_by_role("button").click()
    settled(page, "events.leave-hinted.probability=1")
    assert event.locator("input[type=date]").input_value() == ""


def test_whose_beliefs_and_against_what(opened):
    page = opened()
    settled(page)
    page.check("input[name=who][value=empire]")
    settled(page, "beliefs=empire")
    assert "was" in page.inner_text("#beneath")
    assert "the beliefs of the Empire" in page.text_content("#history-list")
    page.check("input[name=who][value='']")
    settled(page, "")
    page.select_option("#against", "who:empire")
    page.wait_for_selector("#hundred-was-part:not([hidden])", timeout=LONG)
    assert page.inner_text("#hundred-was-name") == "The beliefs of the Empire"
    assert "With the beliefs of the Empire it was" in page.inner_text("#beneath")


def test_the_history_closes_when_one_goes_elsewhere(opened):
    """It lay over the buttons beside it, and only a second press on it took it away."""
    page = opened()
    settled(page)
    menu = page.locator("#history")
    closed = page.locator("#history:not([open])")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.click("#lead"),
        lambda: page.locator("#against").focus(),
    ):
        menu.locator("summary").click()
        page.locator("#history[open]").wait_for()
        menu.locator("button").first.focus()
        leave()
        closed.wait_for(timeout=5000)
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('#history') !== null")


def test_a_way_of_ones_own_joins_the_ranking(opened):
    page = opened()
    settled(page)
    page.fill("#own-crown", "60")
    page.fill("#own-rebels", "40")
    page.click("#own button")
    settled(page, "way.my-way=crown:60,rebels:40")
    page.wait_for_selector("#ways li")
    page.click("#ways-table summary") if not page.is_visible("#table") else None
    assert "My way" in page.inner_text("#table")


def test_any_number_is_found_and_typed(opened):
    page = opened()
    settled(page)
    page.fill("#find", "crown momentum")
    lever = page.locator('[data-path="forces.crown.momentum"]')
    lever.wait_for(timeout=LONG)
    lever.locator("summary").click()
    lever.locator("input[type=text]").fill("[0.01, 0.02]")
    lever.locator("input[type=text]").press("Enter")
    settled(page, "forces.crown.momentum=[0.01,0.02]")
    assert "0.01 to 0.02" in lever.inner_text()


def test_what_cannot_be_is_said_beside_the_number(opened):
    page = opened()
    settled(page)
    page.fill("#find", "crown momentum")
    lever = page.locator('[data-path="forces.crown.momentum"]')
    lever.wait_for(timeout=LONG)
    lever.locator("summary").click()
    lever.locator("input[type=text]").fill("very much")
    lever.locator("input[type=text]").press("Enter")
    lever.get_by_text("is no number").wait_for(timeout=LONG)
    page.said[:] = [text for text in page.said if "422" not in text]


def test_an_address_opens_what_it_was_copied_from_also_without_scripts(opened):
    query = "beliefs=empire&events.leave-hinted.probability=0.85"
    page = opened(query)
    settled(page, query)
    lead = page.inner_text("#lead")
    bare = opened(query, java_script_enabled=False)
    assert "85 %" in bare.inner_text("#changes")
    assert bare.inner_text("#rests").startswith("20,000 futures")  # they were played already
    assert bare.inner_text("#lead") and lead
    bare.click("#ways-table summary")
    assert bare.is_visible("#table")


def test_a_wrong_address_says_so_and_shows_as_written(opened):
    page = opened("forces.crown.nothing=1")
    settled(page, "")
    assert "no number at forces.crown.nothing" in page.inner_text("#problems")


@pytest.mark.parametrize("width", [320, 390, 820, 1280, 2560])
def test_fits_every_width(opened, width):
    page = opened("forces.crown.collapse.yearly=odds*4", viewport={"width": width, "height": 800})
    settled(page)
    page.wait_for_selector("[data-figure=collapse] svg", timeout=LONG)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    strip = page.locator("#strip")
    assert strip.is_visible() == (width < 640)


MIDDLES = """() => {
  const box = document.querySelector("#history summary"), text = document.createRange();
  text.selectNodeContents(box);
  const middle = (part) => { const r = part.getBoundingClientRect(); return r.top + r.height / 2; };
  const size = (part) => getComputedStyle(part).fontSize;
  return [middle(box), middle(text), size(box), size(document.querySelector("#undo"))];
}"""


def test_on_a_phone_history_stands_in_its_button_as_other_words_do_and_labels_have_one_colon(opened):
    page = opened(viewport={"width": 390, "height": 844})
    settled(page)
    box, text, own, others = page.evaluate(MIDDLES)
    assert box == pytest.approx(text, abs=1.5)
    assert own == others
    labels = page.locator("#orders > *").all_inner_texts()
    assert len(labels) > 3
    assert {label.count(":") for label in labels} == {1}, labels


def test_dark_is_dark_in_figures_too(opened):
    page = opened(color_scheme="dark")
    settled(page)
    page.wait_for_selector("[data-figure=ranking] svg", timeout=LONG)
    grounds = page.evaluate(
        "[...document.querySelectorAll('[data-figure] svg')].map(svg => getComputedStyle(svg).backgroundColor)"
    )
    assert set(grounds) == {"rgb(28, 33, 39)"}
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 120


def test_prints_the_answer_and_not_the_controls(opened):
    page = opened("forces.crown.collapse.yearly=odds*4")
    settled(page)
    page.emulate_media(media="print")
    assert not page.is_visible(".controls") and not page.is_visible(".tools")
    assert page.is_visible("#lead") and page.is_visible("#command")
    printed = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


def test_the_keyboard_reaches_every_control(opened):
    page = opened()
    settled(page)
    page.wait_for_selector("#levers .lever", timeout=LONG)
    wanted = page.evaluate("document.querySelectorAll('#levers input[type=range]').length")
    seen = set()
    page.keyboard.press("Tab")
    for _ in range(120):
        seen.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.name || document.activeElement.tagName"
            )
        )
        page.keyboard.press("Tab")
    assert {"copy", "against", "find", "own-crown"} <= seen
    assert sum(name.startswith("lever-") for name in seen) == wanted


def test_a_screen_reader_hears_the_answer_once_it_is_whole(opened):
    page = opened()
    settled(page)
    said = page.inner_text("#said", timeout=LONG)
    assert page.get_attribute("#said", "role") == "status"
    assert said.startswith(page.inner_text("#lead")[:20])


def test_a_file_that_is_saved_is_read_again_and_problems_stand_beside_the_last_answer(browser, own):
    file, url = own
    page = browser.new_page()
    page.goto(f"{url}?quantities.weariness=*2")
    settled(page, "quantities.weariness=*2")
    lead, text = page.inner_text("#lead"), file.read_text()
    file.write_text(text.replace("    incumbent: true", "    incumbent: perhaps", 1))
    page.wait_for_selector("#problems:not([hidden])", timeout=LONG)
    line = text[: text.index("    incumbent: true")].count("\n") + 1
    assert f"Line {line}:" in page.inner_text("#problem-list") and page.inner_text("#lead") == lead
    file.write_text(text.replace("title: Two valleys", "title: Three valleys"))
    page.locator(".case", has_text="Three valleys").wait_for(timeout=LONG)
    settled(page, "quantities.weariness=*2")
    assert not page.is_visible("#problems")
    page.close()


def test_the_file_is_edited_in_the_page(browser, own):
    file, url = own
    page = browser.new_page()
    page.goto(url)
    settled(page)
    page.click("#editor > summary")
    page.get_by_text("Nothing is wrong with it.").wait_for(timeout=LONG)
    text = page.input_value("#text")
    page.fill("#text", text.replace("focus: empire", "focus: nobody"))
    page.get_by_text(re.compile(r"Line \d+: .*nobody")).wait_for(timeout=LONG)
    assert page.is_disabled("#take")
    page.fill("#text", text.replace("title: Two valleys", "title: Three valleys"))
    page.get_by_text("Nothing is wrong with it.").wait_for(timeout=LONG)
    assert "+title: Three valleys" in page.text_content("#text-changes")
    page.click("#text-save")
    page.locator(".case", has_text="Three valleys").wait_for(timeout=LONG)
    assert "Three valleys" in file.read_text()
    page.close()


def test_why_it_moved_is_said_and_drawn(opened):
    page = opened("forces.crown.collapse.yearly=odds*0.3&quantities.weariness=*2")
    settled(page)
    page.wait_for_selector("#why:not([hidden]) svg", timeout=LONG)
    assert "The Crown now falls in" in page.inner_text("#why-says")
    assert page.locator("#back-list li").count() == 3
    page.click("#reset")
    settled(page, "")
    assert not page.is_visible("#why")


def test_each_holder_has_its_best_way_beside_the_name(opened):
    page = opened()
    settled(page)
    page.get_by_text("best: ").first.wait_for(timeout=LONG)
    assert page.locator("[data-best]").all_inner_texts()[0].startswith("best: ")
