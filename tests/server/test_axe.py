"""The page keeps nobody out: axe-core finds nothing, at desktop, phone and dark, also where things are open."""

from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / ".venv/web/node_modules/axe-core/axe.min.js"
LONG = 120_000
QUERY = "forces.crown.collapse.yearly=odds*4&events.leave-hinted.probability=0.85"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe():
    if not AXE.is_file():
        pytest.skip("axe-core is not there: make .venv/web.stamp fetches it with npm")
    return AXE.read_text(encoding="utf-8")


def faults(page, axe):
    """Return what axe finds, a line each; its script is put in past the page's own policy."""
    page.evaluate(axe)
    found = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", TAGS)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    ],
    ids=["desktop", "dark", "phone"],
)
def test_axe_finds_nothing(browser, served, axe, options):
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto(f"{served}?{QUERY}")
    page.wait_for_selector("[data-figure=regions] svg", timeout=LONG)
    page.wait_for_selector("#levers .lever", timeout=LONG)
    assert faults(page, axe) == []
    for summary in (
        "#history summary",
        "#ways-table summary",
        "#levers summary >> nth=0",
        "#editor > summary",
        "#analysis-update summary",
        "#analysis-talks summary",
    ):
        page.click(summary)
    page.wait_for_selector("#seen-kind", timeout=LONG)
    page.click("#analysis-talks button[type=submit]")
    page.wait_for_selector("#analysis-talks .shown table", state="attached", timeout=LONG)
    page.click("#more-events")
    page.wait_for_function("document.querySelector('#text').value.length > 0", timeout=LONG)
    assert faults(page, axe) == []
    page.keyboard.press("Escape")
    page.click("#save")
    page.wait_for_selector("#no-folder:not([hidden])", timeout=LONG)
    assert faults(page, axe) == []
    page.evaluate("document.querySelector('#saving .dialog').append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in faults(page, axe))  # it would find one
    context.close()
