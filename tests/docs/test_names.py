"""What the documents name in Python is there: the names of our package, and what they import from it."""

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"`(equipoise(?:\.\w+)+)")
IMPORTED = re.compile(r"^from (equipoise[\w.]*) import ([\w, ]+)", re.M)


def names(text):
    """Return the whole names of what a page names and imports."""
    imported = [
        f"{room}.{name.split()[0]}" for room, some in IMPORTED.findall(text) for name in some.split(",")
    ]
    return [*NAMED.findall(text), *imported]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_can_be_imported(page):
    for name in names(page.read_text(encoding="utf-8")):
        assert resolve_name(name) is not None, name


def test_names_are_found_where_they_stand():
    pages = {page.stem: names(page.read_text(encoding="utf-8")) for page in PAGES}
    assert "equipoise.bargaining.ktab.KtabRules" in pages["talks"]
    assert "equipoise.alignment.study_balance" in pages["alignment"]
    with pytest.raises(AttributeError):
        resolve_name("equipoise.bargaining.KtabRules")
