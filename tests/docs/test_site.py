"""The documentation as a site: it builds with no broken link, and what is made from the code is all there."""

import html
import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from equipoise import __version__
from equipoise.cli import main
from equipoise.jobs import JOBS
from equipoise.scenario import cases, loads

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CASES = ROOT / "src/equipoise/cases"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed (the extra `docs`)")
    target = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", target]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_every_page_of_the_docs_is_in_the_navigation(site):
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert written - set(re.findall(r"[\w/-]+\.md", nav)) == set()


def test_every_command_and_every_job_has_its_place(site):
    commands, python = (
        (site / f"{page}.html").read_text(encoding="utf-8") for page in ("commands", "python")
    )
    assert [name for name in main.commands if f'id="equipoise-{name}"' not in commands] == []
    assert [
        name for name, job in JOBS.items() if f'id="equipoise.jobs.{job.file}.{name}"' not in python
    ] == []


def test_every_key_of_the_file_has_its_meaning(site):
    keys = yaml.safe_load((ROOT / "src/equipoise/scenario/keys.yaml").read_text(encoding="utf-8"))
    page = (site / "reference/keys.html").read_text(encoding="utf-8")
    said = {
        "on" if key is True else key for part in keys.values() for key in part
    }  # YAML 1.1 reads `on` as true
    assert len(said) > 100
    assert [key for key in said if f"<code>{key}</code>" not in page] == []


def test_every_key_says_what_stands_for_it_unless_given(site):
    """A value, one for each name, nothing, that it must be given, or that its meaning says it."""
    page = html.unescape((site / "reference/keys.html").read_text(encoding="utf-8"))
    rows = {}
    for part in page.split("<h2 id=")[1:]:
        name = re.search(r">([^<]+)<", part)[1]
        for row in re.findall(r"<tr>(.*?)</tr>", part, re.S)[1:]:
            key, _, given, means = (
                re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.S)
            )
            rows[name, key] = (given, means)
    assert [at for at, (given, _) in rows.items() if not given] == []
    said = {at: given for at, (given, _) in rows.items()}
    assert said["Event", "probability"] == said["Event", "weekly"] == "1"
    assert said["Event", "timing"] == "even" and said["Effect", "announced"] == "false"
    assert said["Values", "control"] == "0 for each" and said["Agreement", "breach"] == "nothing"
    assert said["Patron", "backing"] == "money 0, troops 0 for each"
    assert said["Force", "control"] == "must be given"
    unsure = {at for at, given in said.items() if given == "see what it means"}
    assert {("Event", "between"), ("Patron", "interest"), ("Goal", "week"), ("War", "over")} <= unsure
    assert len(unsure) < 20


def test_nothing_is_fetched_from_a_network(site):
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    loads_from = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:)?//')
    assert len(pages) > 20
    assert [page[:80] for page in pages if loads_from.search(page)] == []


def test_every_case_is_in_the_gallery_with_its_picture(site):
    gallery = (site / "cases/index.html").read_text(encoding="utf-8")
    assert [case for case in cases() if f'src="../images/cases/{case}.svg"' not in gallery] == []
    assert [case for case in cases() if not (site / f"images/cases/{case}.svg").is_file()] == []
    assert [case for case in cases() if f"equipoise run {case}<" not in gallery] == []
    with_outcomes = [case for case in cases() if (CASES / case / "outcomes.yaml").is_file()]
    assert [case for case in with_outcomes if f'href="{case}/outcomes.html"' not in gallery] == []


@pytest.mark.parametrize("case", cases())
def test_the_picture_of_a_case_says_what_its_scenario_says(case):
    drawing = runpy.run_path(str(DOCS / "site/case_pictures.py"))["drawing"]
    svg = (DOCS / f"images/cases/{case}.svg").read_text(encoding="utf-8")
    assert html.escape(drawing(case).description) in svg, "draw it anew: make pictures"


def test_a_broken_link_fails_the_build(tmp_path):
    if find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed (the extra `docs`)")
    copy = tmp_path / "checkout"
    for name in ("docs", "src"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "mkdocs.yml"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "docs/beliefs.md").write_text("[away](no-such-page.md)\n", encoding="utf-8")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", tmp_path / "site"]
    done = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "no-such-page.md" in done.stdout + done.stderr


def test_the_tutorial_ends_with_a_scenario_that_checks():
    parts = re.findall(r"```yaml\n(.*?)```", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    start = "equipoise: 1\ntitle: Mine\nfocus: us\ncalendar: {start: 2030-01-07, weeks: 52}\n"
    found = loads(start + "\n".join(parts)).scenario
    assert list(found.strategies["us"]) == ["stay-with-the-government", "talk-to-both", "stay-out"]
    assert "aid-stops" in found.events and "sceptic" in found.beliefs


def test_the_commands_of_the_tutorial_are_there():
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    called = set(re.findall(r"equipoise ([a-z-]+)", text)) - {"is"}
    assert len(called) > 5 and called <= set(main.commands)


def test_the_citation_names_this_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__
