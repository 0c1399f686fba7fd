"""The report as a file: alone, whole, safe, and still there when the run says little."""

import copy
import re
from html.parser import HTMLParser

import fabricated
import pytest

from equipoise.reporting import render, write_report
from equipoise.reporting.pages import PAGES

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(2) {{ 7*7 }}"


class Reader(HTMLParser):
    """Collects what a browser would act on, and the text it would show."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.ids, self.links, self.text = [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for key, value in attrs:
            self.attributes.append((tag, key, value or ""))
            if key == "id":
                self.ids.append(value)
            if key == "href":
                self.links.append(value)

    def handle_data(self, data):
        self.text.append(data)


def test_every_section_is_there_and_the_contents_lead_to_it(page):
    read = Reader(page)
    keys = re.findall(r'<section id="([^"]+)"', page)
    assert len(keys) == len(PAGES)
    assert keys[0] == "answer"
    assert keys[-1] == "left-out"
    inner = [link[1:] for link in read.links if link.startswith("#")]
    assert set(inner) <= set(read.ids)
    assert set(keys) <= set(inner)


def test_ids_are_unique(page):
    ids = Reader(page).ids
    assert len(ids) == len(set(ids))


def test_the_file_stands_alone(page):
    read = Reader(page)
    assert not {"script", "iframe", "object", "embed", "link", "img", "audio", "video", "form", "base"} & set(
        read.tags
    )
    assert not [
        found for found in read.attributes if found[1] in ("src", "srcset", "data", "action", "xlink:href")
    ]
    assert not re.search(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page
    outside = [link for link in read.links if not link.startswith("#")]
    assert outside == ["https://example.org/g"]  # the source of a claim, followed only by hand


def test_size_is_modest(page):
    assert len(page.encode()) < 3_000_000


def test_each_figure_has_a_table_and_two_drawings(page):
    figures = re.findall(r"<figure id.*?</figure>", page, re.S)
    assert len(figures) >= 12
    for figure in figures:
        assert figure.count("<svg") == 2
        assert "The table behind it" in figure
        assert "<table>" in figure


def test_what_the_issue_asks_for_is_said(page):
    text = " ".join("".join(Reader(page).text).split())
    for said in (
        "Should the Empire back one side", "pays best on average", "Confidence in this judgement is",
        "Influence at the end if the Crown stands and if it falls", "Power of the forces over time",
        "Standing of the Empire over time", "Events, talks and deadlines", "Regret",
        "The duplicity at which the hedge stops paying", "What the model leaves out",
        "Whose beliefs these are", "What is not known and what is luck", "What the result stands on",
    ):  # fmt: skip
        assert said in text, said


def test_tables_of_the_page_show_the_summary(run, page):
    text = " ".join(Reader(page).text)
    for item in run.summary["strategies"].values():
        assert f"{item['payoff']['mean']:.3f}" in text
        assert f"{item['regret']['max']:.3f}" in text
        assert f"{item['influence_after_common_collapse']:.3f}" in text


def hostile_scenario():
    data = fabricated.scenario_data()
    data["title"] = data["question"] = HOSTILE
    data["forces"]["crown"]["name"] = data["patrons"]["empire"]["name"] = HOSTILE
    data["regions"]["hills"]["name"] = HOSTILE
    data["events"]["quiet-spring"]["what"] = HOSTILE
    data["claims"]["c1"]["says"] = HOSTILE
    data["sources"]["gazette"].update(title=HOSTILE, url="javascript:alert(1)")
    data["strategies"]["empire"]["back-crown"].update(name=HOSTILE, because=HOSTILE)
    data["talks"]["lake-conference"]["issues"]["power-sharing"]["scale"] = {0: HOSTILE}
    data["agreements"]["spring-accord"]["terms"][0]["does"] = HOSTILE
    return fabricated.scenario(**data)


def test_nothing_a_scenario_says_becomes_markup():
    scenario = hostile_scenario()
    summary = fabricated.summary(scenario)
    summary["warnings"] = [HOSTILE]
    html = render(summary, scenario, analyses={"another": {HOSTILE: [{HOSTILE: HOSTILE}]}})
    read = Reader(html)
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert not [found for found in read.attributes if found[1].startswith("on")]
    assert not [link for link in read.links if link.startswith("javascript")]
    assert "49" not in re.findall(r"<title>(.*?)</title>", html)[0]
    assert "<script>alert('x')</script>" in "".join(read.text)  # shown, as text


def without_numbers(data):
    """Return the summary with every number undefined, lists kept."""
    if isinstance(data, dict):
        return {key: without_numbers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [without_numbers(item) for item in data]
    return None if isinstance(data, int | float) else data


def test_a_run_in_which_everything_is_undefined_still_has_a_report(run):
    html = render(without_numbers(run.summary), run.scenario)
    assert "Confidence in this judgement is low" in html
    assert "nan" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S).lower().split()


def test_a_bare_summary_has_a_report(run):
    assert "No strategy was run" in render({}, run.scenario)


def test_a_scenario_without_incumbent_ties_talks_or_events_has_a_report():
    data = fabricated.scenario_data()
    data["forces"]["crown"]["incumbent"] = False
    data.update(ties=[], talks={}, events={}, agreements={}, beliefs={}, claims={}, sources={}, quantities={})
    data["forces"]["crown"]["collapse"] = None
    data["strategies"]["empire"] = {"even-hedge": {"engage": {"crown": 1, "rebels": 1}}}
    scenario = fabricated.scenario(**data)
    html = render(fabricated.summary(scenario), scenario)
    assert "The only way tried" in html
    assert "states no claims" in html


def test_further_analyses_get_sections_before_the_grounds(run):
    html = render(
        run.summary,
        run.scenario,
        analyses={"score": {"rows": [{"empire": "back-crown", "payoff": 0.25}]}},
    )
    keys = re.findall(r'<section id="([^"]+)"', html)
    assert keys.index("analysis-score") == keys.index("beliefs") - 1
    assert "Forecasts against what happened" in html


def test_the_trace_shows_what_stands_on_nothing(run):
    places = [
        {"path": "forces.crown.momentum", "value": "0.1", "written": True, "basis": "nothing", "grounds": []}
    ]
    trace = {
        "places": places,
        "unused": ["c2"],
        "counts": {"claim": 3, "belief": 0, "reason": 0, "nothing": 1},
    }
    text = " ".join(" ".join(Reader(render({}, run.scenario, analyses={"trace": trace})).text).split())
    assert "3 of the 4 numbers" in text
    assert "forces.crown.momentum" in text
    assert "Claims on which nothing stands: c2." in text


def test_the_same_run_gives_the_same_bytes(run, page):
    assert render(run.summary, run.scenario) == page


def test_writing_is_whole_or_not_at_all(run, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    assert write_report({}, run.scenario, path) == path
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_report(copy.deepcopy(run.summary), run.scenario, path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["report.html"]
