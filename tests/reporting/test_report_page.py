"""The report as a file: alone, whole, safe, and still there when the run says little."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from equipoise.reporting import render
from equipoise.reporting.pages import FIRST, LAST
from equipoise.scenario import load, loads

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
    assert len(keys) == 1 + len(FIRST) + len(LAST)
    assert keys[:2] == ["brief", "answer"]
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
    assert not [link for link in read.links if not link.startswith("#")]


def test_the_only_outside_link_is_the_source_of_a_claim(golden):
    source = golden.scenario.sources["gazette"].model_copy(update={"url": "https://example.org/g"})
    scenario = golden.scenario.model_copy(update={"sources": {"gazette": source}})
    links = Reader(render(golden.found, scenario)).links
    assert [link for link in links if not link.startswith("#")] == ["https://example.org/g"]


def test_size_is_modest(page):
    assert len(page.encode()) < 3_000_000


def test_each_figure_has_a_table_and_two_drawings(page):
    figures = re.findall(r"<figure id.*?</figure>", page, re.S)
    assert len(figures) >= 12
    for figure in figures:
        assert figure.count("<svg") == 2
        assert "The table behind it" in figure
        assert "<table " in figure


def test_every_chapter_of_a_run_is_there(page):
    text = " ".join("".join(Reader(page).text).split())
    for said in (
        "Should the Empire back one side", "pays best on average", "Confidence in this judgement is",
        "Influence at the end if the Crown stands and if it falls", "Power of the forces over time",
        "Standing of the Empire over time", "Events, talks and deadlines", "Regret",
        "The resentment at which the hedge stops paying", "What the model leaves out",
        "Whose beliefs these are", "What is not known and what is luck", "What the result stands on",
    ):  # fmt: skip
        assert said in text, said


def test_tables_of_the_page_show_what_was_found(golden, page):
    text = " ".join(Reader(page).text)
    for item in golden.found.strategies.values():
        for value in (item.payoff.mean, item.regret.max, item.influence_after_common_collapse):
            assert f"{abs(value):.3f}" in text


def test_the_page_shows_the_intervals_that_were_found(golden):
    """It once made its own, of 1.96 standard errors, beside those of the JSON."""
    wide = {"low": 0.111, "high": 0.555}
    found = golden.with_strategies(payoff=lambda _, item: replace(item.payoff, **wide))
    text = " ".join(Reader(render(found, golden.scenario)).text)
    assert text.count("0.111 to 0.555") == 1 + 2 * len(
        found.ranking
    )  # the answer; a row a strategy, folded and on paper


def hostile_scenario(golden):
    data = golden.written()
    data["title"] = data["question"] = HOSTILE
    data["forces"]["crown"]["name"], data["patrons"]["empire"]["name"] = HOSTILE, HOSTILE + " too"
    data["regions"]["hills"]["name"] = HOSTILE
    data["events"]["quiet-spring"]["what"] = HOSTILE
    data["claims"]["c1"]["says"] = HOSTILE
    data["sources"]["gazette"].update(title=HOSTILE, url="javascript:alert(1)")
    data["strategies"]["empire"]["back-crown"].update(name=HOSTILE, because=HOSTILE)
    data["talks"]["lake-conference"]["issues"]["power-sharing"]["scale"] = {0: HOSTILE}
    data["agreements"]["spring-accord"]["terms"][0]["does"] = HOSTILE
    return load(data).scenario


def test_nothing_a_scenario_says_becomes_markup(golden):
    found = replace(golden.found, warnings=(HOSTILE,))
    html = render(found, hostile_scenario(golden), analyses=golden.analyses)
    read = Reader(html)
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert not [found for found in read.attributes if found[1].startswith("on")]
    assert not [link for link in read.links if link.startswith("javascript")]
    assert "49" not in re.findall(r"<title>(.*?)</title>", html)[0]
    assert "<script>alert('x')</script>" in "".join(read.text)  # shown, as text


def test_a_run_in_which_much_is_undefined_still_has_a_report(golden):
    """One state, one stream, a government that never falls."""
    found = golden.with_strategies(
        influence_after_collapse=lambda *_: None,
        influence_after_common_collapse=lambda *_: None,
        payoff=lambda _, item: replace(item.payoff, se=None, low=None, high=None, unknown=None, luck=None),
    )
    gaps = tuple(replace(row, se=None, low=None, high=None) for row in found.differences)
    html = render(replace(found, differences=gaps), golden.scenario)
    assert "Confidence in this judgement is low" in html
    assert "nan" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S).lower().split()


BARE = """
equipoise: 1
title: A quarrel
focus: p
calendar: {start: 2031-03-17, weeks: 4}
regions: {g: {}}
forces: {a: {control: {g: 0.6}}, b: {control: {g: 0.4}}}
patrons: {p: {}}
strategies: {p: {both: {engage: {a: 1, b: 1}}}}
"""


def test_a_scenario_without_incumbent_ties_talks_or_events_has_a_report():
    import equipoise

    study = equipoise.run(loads(BARE), futures=16)
    html = render(study.findings, study.scenario)
    assert "The only way written down" in html
    assert "states no claims" in html


def test_further_analyses_get_sections_before_the_grounds(golden):
    html = render(golden.found, golden.scenario, analyses={"talks": golden.analyses["talks"]})
    keys = re.findall(r'<section id="([^"]+)"', html)
    assert keys.index("analysis-talks") == keys.index("beliefs") - 1
    assert "The talks, by bargaining model" in html


def test_the_trace_shows_what_stands_on_nothing(golden):
    places = [
        {"path": "forces.crown.momentum", "value": "0.1", "written": True, "basis": "nothing", "grounds": []}
    ]
    trace = {
        "places": places,
        "unused": ["c2"],
        "counts": {"claim": 3, "belief": 0, "reason": 0, "nothing": 1},
    }
    text = " ".join(
        " ".join(Reader(render(golden.found, golden.scenario, analyses={"trace": trace})).text).split()
    )
    assert "3 of the 4 numbers" in text
    assert "forces.crown.momentum" in text
    assert "Claims on which nothing stands: c2." in text


def test_the_same_run_gives_the_same_bytes(golden, page):
    assert render(golden.found, golden.scenario) == page


def test_a_page_of_every_analysis_stands_in_the_report(golden):
    html = render(golden.found, golden.scenario, analyses=golden.analyses)
    assert set(golden.analyses) == {
        "balance",
        "beliefs",
        "brief",
        "explore",
        "game",
        "optimise",
        "talks",
        "trace",
    }
    for name in golden.analyses.keys() - {"trace", "brief"}:
        assert f'<section id="analysis-{name}"' in html
    assert not re.search(r"\bNone\b|\bnan\b", " ".join(Reader(html).text))
