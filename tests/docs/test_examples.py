"""The Python examples of the method pages run as they stand, and give what they say."""

import ast
import re
from pathlib import Path

import pytest

from equipoise.bargaining import study_talk
from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.play import Plan
from equipoise.scenario.loading import loads
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(python|csv|yaml)\n(.*?)^```", re.M | re.S)
PAGES = {"alignment": "ties.csv", "talks": "table.csv", "metrics": "", "one-period": ""}
"""By page, the file that its example reads: the page prints what is in it."""


def examples(page):
    """Return the page's fences by language."""
    found = {"python": "", "csv": "", "yaml": ""}
    for language, text in FENCE.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")):
        found[language] += text
    return found


def played(code):
    """Run a text as a notebook would; return what each line that is an expression gives, by its source."""
    space, given = {}, {}
    for step in ast.parse(code).body:
        if isinstance(step, ast.Expr):
            given[ast.unparse(step)] = eval(ast.unparse(step), space)
        else:
            exec(ast.unparse(step), space)
    return given


@pytest.fixture
def given(request, tmp_path, monkeypatch):
    """What the example of a page gives, run in a folder with nothing but its own file."""
    page = request.param
    text = examples(page)
    if PAGES[page]:
        (tmp_path / PAGES[page]).write_text(text["csv"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(ROOT)
    return played(text["python"])


def of(page):
    return pytest.mark.parametrize("given", [page], indirect=True)


@of("alignment")
def test_the_six_powers(given):
    assert given["frustration(graph).camps"] == (("AUH", "DEU", "ITA"), ("FRA", "GBR", "RUS"))
    assert given["landscape(graph).minima[0].energy"] == -12.0
    assert given["repairs(graph).ties"] == ()
    assert given["frustration(earlier).value"] == 1.0
    assert given["repairs(earlier).ties[0].drop"] == 1.0
    assert "measures" in given["study_balance(scenario).to_dict()"]


@of("talks")
def test_the_talks(given):
    """(10 · 0.36 + 80 · 0.36 + 50 · 0.08) / 0.8 = 45.5, from the table and from the arrays."""
    assert given["outcomes('compromise', positions, salience, clout, scale=(0, 100))"] == pytest.approx(
        [45.5]
    )
    told = given["study_table(load_table_csv('table.csv')).to_dict()"]
    assert told["models"]["compromise"]["issues"]["power"]["mean"] == pytest.approx(45.5)
    asked = given["study_talk(scenario, 'lake-conference', models='all').to_dict()"]
    assert asked["talk"] == "lake-conference" and set(asked["models"]) == set(told["models"])


@of("metrics")
def test_the_metrics(given):
    assert given["values['maximin']"] == {"steady": 3.0, "risky": 0.0}
    assert given["metrics.ranks(values['laplace'], 'laplace')"] == {"steady": 2, "risky": 1}


@of("one-period")
def test_the_one_period_model(given):
    best = given["op.best_share(patron)"]
    assert (round(best.share, 4), round(best.certainty_equivalent, 4)) == (0.5676, 0.2602)
    assert round(given["op.duplicity_threshold(patron)"], 4) == 1.4268


def test_the_access_talks_come_out_as_the_page_says():
    """Signed in six futures of ten, then kept in three of ten; a deal very likely, held or not; all three is best."""
    scenario = loads(examples("access")["yaml"]).scenario
    found = summarise(tallied(Player(compile_world(scenario), seed=1), Plan(250)))
    accord = found.agreements["road-accord"]
    assert 0.55 < accord.signed < 0.65 and 0.25 < accord.terms[0].kept < 0.35
    assert found.best == "all-three"
    [own] = study_talk(scenario, "road-talks").to_dict()["models"].values()
    assert 0.8 < own["deal"]["mean"] < 0.95
    assert own["issues"]["convoys"]["accepts"]["front"]["mean"] == 1


def test_no_page_reads_a_name_that_nothing_on_it_gives():
    """A page's example that names a scenario says where it comes from."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        code = examples(path.stem)["python"]
        assert "(scenario" not in code or "scenario = load(" in code, path.name
