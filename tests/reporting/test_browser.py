"""The report in a real browser: it fetches nothing, fits a phone, and prints."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a small run."""
    import equipoise

    study = equipoise.run("two-valleys", futures=512)
    return study.report(tmp_path_factory.mktemp("report") / "report.html")


@pytest.mark.parametrize("width", [360, 390, 820, 1280])
def test_fits_the_width_and_fetches_nothing(browser, report: Path, width: int):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    too_small = page.evaluate(
        "[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length"
        " && t.getBoundingClientRect().height > 0 && t.getBoundingClientRect().height < 7).length"
    )
    assert too_small == 0
    page.close()


def test_on_a_phone_a_table_of_sentences_is_read_without_moving_it_sideways(browser, report: Path):
    """Row stands under row and each cell says which column it is of; on a screen of a desk it stays a table."""
    told = "[...document.querySelectorAll('#brief > .scroll')]"
    sideways = f"{told}.map(e => e.scrollWidth > e.clientWidth)"
    row = f"[...{told}[0].querySelector('tbody tr').cells]"
    tops = f"{row}.map(e => e.getBoundingClientRect().top)"
    titles = f"{row}.slice(1).map(e => getComputedStyle(e, '::before').content)"
    columns = f"[...{told}[0].querySelectorAll('thead th')].slice(1).map(e => e.textContent)"
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(report.as_uri())
    assert len(page.evaluate(sideways)) > 1 and not any(page.evaluate(sideways))
    assert len(set(page.evaluate(tops))) == len(page.evaluate(tops)) > 2
    assert page.evaluate(titles) == [f'"{title}: "' for title in page.evaluate(columns)]
    page.evaluate(f"{row}[1].dataset.title = ''")
    assert page.evaluate(titles)[0] == "none", "a column without a title begins with a colon"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert len(set(page.evaluate(tops))) == 1
    assert set(page.evaluate(titles)) == {"none"}
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_only_tables_of_many_rows_have_a_window_of_their_own(browser, report: Path, width: int):
    """A table of ten rows that ends in the middle of one, with no sign that it goes on, reads as if it ended there."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.as_uri())
    tables = page.evaluate(
        "[...document.querySelectorAll('.scroll')].map(e => { for (let d = e; d; d = d.parentElement) d.open = true;"
        " return [e.querySelectorAll('tbody tr').length, e.scrollHeight - e.clientHeight > 2,"
        " getComputedStyle(e).backgroundImage != 'none'] })"
    )
    assert min(rows for rows, *_ in tables) < 30 < max(rows for rows, *_ in tables)
    assert {(rows > 30, cut, shaded) for rows, cut, shaded in tables} == {
        (False, False, False),
        (True, True, True),
    }
    page.close()


def test_on_a_phone_a_table_of_long_names_hides_no_column(browser, report: Path):
    """A first column of whole sentences leaves no room for the numbers beside it."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    sideways = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.querySelectorAll('thead th').length > 2"
        " && [...e.querySelectorAll('tbody th')].some(t => t.textContent.length > 40))"
        ".map(e => e.scrollWidth > e.clientWidth)"
    )
    assert len(sideways) > 1 and not any(sideways)
    page.close()


def test_reads_without_scripts_and_names_every_figure(browser, report: Path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    text = page.inner_text("main")
    assert "Two valleys" in page.inner_text("body")
    assert "pays best on average" in text
    context.close()
    page = browser.new_page()
    page.goto(report.as_uri())
    unnamed = page.evaluate(
        "[...document.querySelectorAll('svg')].filter(s => s.getClientRects().length"
        " && !(s.querySelector('title') || s.getAttribute('aria-label') || s.getAttribute('aria-labelledby'))).length"
    )
    assert unnamed == 0
    page.close()


def test_tables_behind_figures_stand_on_paper_and_fold_on_the_screen(browser, report: Path):
    page = browser.new_page()
    page.goto(report.as_uri())
    seen = "[...document.querySelectorAll('.on-paper')].map(e => e.getClientRects().length > 0)"
    named = "[...document.querySelectorAll('.on-paper > p')].map(e => e.textContent)"
    rows = "[...document.querySelectorAll('.on-paper table')].map(t => t.tBodies[0].rows.length)"
    assert not any(page.evaluate(seen))
    page.emulate_media(media="print")
    assert page.evaluate(seen) and all(page.evaluate(seen))
    assert max(page.evaluate(rows)) <= 20
    weekly = [text for text in page.evaluate(named) if "53 rows" in text]
    assert weekly and "in the report's file" in weekly[0]
    # every figure has its table printed, or its whereabouts, right below it
    below = "[...document.querySelectorAll('figure')].map(f => f.nextElementSibling.className)"
    assert set(page.evaluate(below)) == {"on-paper"}
    page.close()


def test_nothing_printed_is_wider_than_the_paper(browser, report: Path):
    """A browser shrinks the whole print for one table too wide: A4 less its margins is 176 mm, 665 pixels."""
    page = browser.new_page(viewport={"width": 665, "height": 1000})
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 665
    page.close()


def test_prints_on_paper(browser, report: Path):
    page = browser.new_page()
    page.goto(report.as_uri())
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") <= 60
    page.close()
