"""The brief as it is read: two pages of paper, the answers on the first screen, each number one of its object's."""

import io
import re
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

import equipoise
from equipoise.briefing import Reasons
from equipoise.findings.confidence import Driver
from equipoise.findings.hedges import Kind
from equipoise.reporting import render
from equipoise.reporting.blocks import Remark
from equipoise.reporting.brief import _better, _changes, _if_it_falls, _kept_table, blocks
from equipoise.reporting.brief_chances import chances
from equipoise.reporting.counts import of_both, of_futures
from equipoise.reporting.run_view import RunView
from equipoise.reporting.terminal import console, print_brief
from equipoise.scenario.war import War

CASES = sorted(
    item.name
    for item in (resources.files("equipoise") / "cases").iterdir()
    if item.is_dir() and "-" in item.name
)
FEW = ("afghanistan-2021", "libya-2019", "two-valleys")
"""Cases whose whole report is drawn in each run of the tests; of the others too where there is time."""
SET = (
    "events.relief-convoy.probability", "patrons.republic.values.influence", "patrons.republic.standing.crown",
    "forces.crown.resentment.duplicity", "dynamics.fade",
)  # fmt: skip
ANSWERS = [
    "What to do",
    "What it gains and risks",
    "How sure this is",
    "What would change it",
    "What to watch",
]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "no futures"), (0.001, "fewer than 1 of 100 futures"), (0.01, "1 of 100 futures"),
        (0.049, "5 of 100 futures"), (0.05, "1 of 10 futures"), (0.84, "8 of 10 futures"), (0.85, "9 of 10 futures"),
        (0.95, "10 of 10 futures"), (0.96, "96 of 100 futures"), (0.999, "more than 99 of 100 futures"),
        (1.0, "all futures"),
    ],
)  # fmt: skip
def test_a_share_is_said_as_a_count(share, said):
    assert of_futures(share) == said


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((0.8, 0.2), ("8 of 10 futures", "2 of 10")),
        ((0.146, 0.06), ("15 of 100 futures", "6 of 100")),  # of ten both would be 1
        ((0.26, 0.04), ("26 of 100 futures", "4 of 100")),
        ((0.02, 0.7), ("2 of 100 futures", "70 of 100")),
        ((0.86, 0.0), ("9 of 10 futures", "none")),
        ((1.0, 0.999), ("all futures", "more than 99 of 100")),
        ((0.3, None), ("3 of 10 futures", "–")),
    ],
)  # fmt: skip
def test_two_shares_are_said_so_that_they_can_be_compared(pair, said):
    assert of_both(*pair) == said


def texts(items):
    """Return every text of some blocks."""
    if isinstance(items, str):
        return [items]
    if isinstance(items, tuple | list):
        return [text for item in items for text in texts(item)]
    values = vars(items).items() if hasattr(items, "__dataclass_fields__") else []
    return [
        text for key, value in values if key not in ("wide", "narrow", "key", "kind") for text in texts(value)
    ]


def numbers(found):
    if isinstance(found, dict):
        return [value for item in found.values() for value in numbers(item)]
    if isinstance(found, list):
        return [value for item in found for value in numbers(item)]
    return [found] if isinstance(found, int | float) and not isinstance(found, bool) else []


def test_every_number_on_it_is_in_its_json(golden):
    """Names in quotation marks, dates and sentences of the confidence, which are texts of the JSON, apart."""
    context = RunView(golden.found, golden.scenario, golden.analyses)
    found = golden.analyses["brief"]
    text = "\n".join(texts(blocks(context)))
    for said in (
        *(reason["says"] for reason in found["confidence"]["reasons"]),
        found["confidence"]["raised_by"],
    ):
        text = text.replace(said, "")
    text = re.sub(r"“[^”]*”|\d+ [A-Z][a-z]+ \d{4}|\d{4}–\d{4}|\(exponent \d\)|95.%|1,000 deaths", "", text)
    known = set()
    for value in numbers({key: value for key, value in found.items() if key not in ("asked", "seed")}):
        known |= {
            f"{value:,.0f}",
            f"{100 * value:.0f}",
            f"{100 * value:.2g}",
            f"{value:.2g}",
            f"{100 * (1 - value):.0f}",
        }
        known |= {str(int(10 * value + 0.5)), str(int(100 * value + 0.5))}
    said = set(re.findall(r"\d[\d,]*(?:\.\d+)?", text)) - {"10", "100"}
    assert said and said <= known, said - known


def test_no_metric_is_named_and_no_payoff_printed(golden):
    text = "\n".join(texts(blocks(RunView(golden.found, golden.scenario, golden.analyses)))).lower()
    for word in ("payoff", "regret", "laplace", "maximin", "hurwicz", "cvar", "hedge index", "spread"):
        assert word not in text


def test_a_reader_can_say_whether_the_base_rate_agrees(golden):
    text = "\n".join(texts(blocks(RunView(golden.found, golden.scenario, golden.analyses))))
    fall = golden.analyses["brief"]["chances"][0]
    assert {"above": "No: above it", "below": "No: below it", "inside": "Yes: inside its interval"}[
        fall["agrees"]
    ] in text
    assert f"{fall['base']['says']}, {fall['base']['events']} of {fall['base']['exposure']:.0f} (" in text


def test_as_text_it_says_the_same(golden):
    out = io.StringIO()
    print_brief(golden.found, golden.scenario, analyses=golden.analyses, to=console(out))
    text = out.getvalue()
    assert all(answer in text for answer in ANSWERS)
    assert "Influence kept, by way of engaging" in text and "svg" not in text


def test_each_section_of_the_full_report_is_folded_to_its_finding(golden):
    folded = render(golden.found, golden.scenario, analyses=golden.analyses)
    sections = re.findall(r'<section id="([^"]+)" aria-labelledby(.*?)</summary>', folded, re.S)
    assert len(sections) == folded.count('<details class="fold">') >= 20
    for key, summary in sections:
        assert re.search(r'<p class="lead">\S', summary), key
    unfolded = render(golden.found, golden.scenario, analyses=golden.analyses, unfolded=True)
    assert unfolded.replace('class="fold" open', 'class="fold"') == folded


def test_alone_it_has_no_contents_and_no_sections(golden):
    alone = render(golden.found, golden.scenario, analyses=golden.analyses, brief_only=True)
    assert "<nav" not in alone and "<main" not in alone and 'id="brief"' in alone


@cache
def played(case):
    return equipoise.run(case, futures=1600, seed=1)


@pytest.fixture(scope="module", params=CASES)
def brief_page(request, tmp_path_factory) -> Path:
    return played(request.param).report(tmp_path_factory.mktemp(request.param) / "brief.html", brief=True)


@pytest.fixture(
    scope="module", params=[c if c in FEW else pytest.param(c, marks=pytest.mark.long) for c in CASES]
)
def report_page(request, tmp_path_factory) -> Path:
    return played(request.param).report(tmp_path_factory.mktemp(request.param) / "report.html")


def test_it_prints_on_two_pages(browser, brief_page):
    page = browser.new_page()
    page.goto(brief_page.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    page.close()


def test_it_prints_on_two_pages_with_why_a_patron_does_what_it_does(browser, tmp_path):
    """The longest that is said: nothing explains it, its own beliefs and one account stand out."""
    study = played("afghanistan-2021")
    found = Reasons(
        patron="russia", way="The north before the others", against="All on Kabul", beliefs=None, kind=None,
        holder=None, rule=None, moved=(), sds=None, forgone=0.4, forgone_own=0.17, accounts=5,
        account="It insures its influence against the centre's fall", before=0.2, after=0.6, times=None,
        holder_likely="russia", holder_before=0.2, holder_after=0.6, looseness=0.3,
    )  # fmt: skip
    brief = equipoise.brief(study).to_dict() | {"why": found.to_dict()}
    alone = render(study.findings, study.scenario, analyses={"brief": brief}, brief_only=True)
    assert "Why Russia does otherwise" in alone and "“The north before the others”" in alone
    (tmp_path / "brief.html").write_text(alone, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "brief.html").as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_the_first_screen_holds_all_answers(browser, report_page, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(report_page.as_uri())
    rows = (
        "[...document.querySelectorAll('dl.answer > div')]"
        ".map(d => [d.firstElementChild.innerText, d.getBoundingClientRect().bottom])"
    )
    found = dict(page.evaluate(rows))
    assert list(found) == ANSWERS
    assert max(found.values()) <= height
    contents = page.evaluate("document.querySelector('nav').getBoundingClientRect().top")
    assert contents > max(found.values()) or width > 900
    page.close()


def test_the_full_report_shows_less_than_two_fifths_of_its_words_until_it_is_opened(browser, report_page):
    """Opened, it shows what it showed before it was folded; what it holds, folded or not, stays the same."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report_page.as_uri())
    words = "document.querySelector('main').innerText.split(/\\s+/).length"
    brief = page.evaluate("document.querySelector('#brief').innerText.split(/\\s+/).length")
    closed = page.evaluate(words)
    page.evaluate("document.querySelectorAll('.fold').forEach(d => d.open = true)")
    assert closed + brief < 0.4 * page.evaluate(words)
    page.close()


def test_a_run_of_another_situation_than_the_written_one_says_so_in_its_brief(golden):
    plain = render(golden.found, golden.scenario, analyses=golden.analyses, brief_only=True)
    assert "Not the situation as written" not in plain
    changed = {path: {"value": 0.25} for path in SET}
    asked = {**golden.found.asked, "set": changed, "widen": 0.3}
    run = replace(golden.found, asked=asked, beliefs="empire", with_={"republic": "stay"})
    context = RunView(run, golden.scenario, golden.analyses)
    said = next(block.items for block in blocks(context) if isinstance(block, Remark))
    assert "the Empire" in said[0] and "not those of the analyst" in said[0]
    assert said[1].startswith("The Republic follows")
    assert "25 %" in said[2] and said[2].startswith("Set otherwise: ")
    assert said[-2] == "One further number set otherwise."
    assert re.fullmatch(r"Each number written without doubt may be off by 30\s%\.", said[-1])
    out = io.StringIO()
    print_brief(run, golden.scenario, analyses=golden.analyses, to=console(out))
    assert "Not the situation as written" in out.getvalue()


def test_a_patron_is_called_by_its_full_name_in_sentences_and_by_its_label_in_heads(golden):
    """`written down for UAE` is no English; the scenario says how its name stands in a sentence."""
    empire = golden.scenario.patrons["empire"].model_copy(update={"name": "The Grand Empire", "label": "GE"})
    scenario = golden.scenario.model_copy(update={"patrons": {**golden.scenario.patrons, "empire": empire}})
    context = RunView(golden.found, scenario, golden.analyses)
    assert (context.advised, context.focus) == ("the Grand Empire", "GE")
    assert "it serves the Grand Empire best" in "\n".join(texts(blocks(context)))


def test_one_sided_ways_below_another_are_not_called_the_best(golden):
    """The way that is there for being one-sided is the best of them only where none stands above it."""
    context = RunView(golden.found, golden.scenario, golden.analyses)
    found = context.brief
    roles = dict(row[:2] for row in _kept_table(context, found).rows)
    assert roles["back-rebels"] == "best one-sided"
    camp = tuple(replace(one, kind=Kind.ONE_CAMP) for one in found.choices)
    roles = dict(row[:2] for row in _kept_table(context, replace(found, choices=camp)).rows)
    assert roles["back-rebels"] == "next one-sided"


def test_base_rates_of_war_are_said_to_be_so_where_the_scenario_names_no_war(golden):
    context = RunView(golden.found, golden.scenario, golden.analyses)
    assert (
        golden.scenario.war == War() and "The scenario names no war" in chances(context, context.brief).note
    )
    at_war = golden.scenario.model_copy(update={"war": War(intensity="minor")})
    context = RunView(golden.found, at_war, golden.analyses)
    assert "names no war" not in chances(context, context.brief).note
    at_peace = golden.scenario.model_copy(update={"war": War(intensity="none")})
    context = RunView(golden.found, at_peace, golden.analyses)
    unjudged = replace(context.brief.chances[0], base=None, narrowest=None, agrees=None, times=None)
    row = chances(context, replace(context.brief, chances=(unjudged,))).rows[0]
    assert row[-1].startswith("Base rates are of wars, and the scenario says that there is none")


def test_what_neither_way_keeps_is_said_once(golden):
    context = RunView(golden.found, golden.scenario, golden.analyses)
    first, second = context.brief.choices[:2]
    none = replace(first.kept_if_falls, mean=0.0, low=0.0, high=0.0)
    one, other = replace(first, kept_if_falls=none), replace(second, kept_if_falls=none)
    assert _if_it_falls(context, one, other).endswith(
        " keeps its influence in none, under either of the two."
    )
    half = replace(none, mean=0.5)
    assert _if_it_falls(context, one, replace(second, kept_if_falls=half)).endswith(
        "in none, against 5 of 10."
    )
    assert _if_it_falls(context, one, None).endswith(" keeps its influence in none.")


def test_the_number_the_choice_hangs_on_is_said_with_the_doubt_it_was_found_under(golden):
    """`explore` leaves bare numbers as they are and may name another: the brief says what it doubts besides."""
    found = RunView(golden.found, golden.scenario, golden.analyses).brief
    driver = Driver("a", "the gain", 0.2149, "nothing", bare=True)
    judged = replace(found.confidence.judged, measured=True, drivers=(driver,))
    brief = replace(found, confidence=replace(found.confidence, judged=judged))
    context = RunView(golden.found, golden.scenario, golden.analyses)
    assert (
        "Of all numbers the choice hangs most on the gain: 21\u202f% of what moves it, where those written without "
        "doubt may be off by half."
    ) in list(_changes(context, brief))


def test_the_chance_at_which_the_advice_turns_is_said_as_a_rough_one(golden):
    """It follows from two gains with errors of their own, so it is no figure to hang a decision on."""
    context = RunView(golden.found, golden.scenario, golden.analyses)
    sign = replace(
        context.brief.watch[0], turns_to="hold", turns_at=0.52, turns_low=0.41, turns_high=0.634, share=0.05
    )
    said = next(_changes(context, replace(context.brief, turns=(sign,))))
    assert re.fullmatch(
        r"If you think “.*” likelier than about 52.% \(41 to 63\), not 5.% as here, hold serves better\.",
        said,
    )


def test_a_way_that_serves_better_is_said_to_do_so_from_the_start_and_on_which_side(golden):
    """The advice turns as an event grows likelier or less likely, and by what was done before it could be seen."""
    context = RunView(golden.found, golden.scenario, golden.analyses)
    sign = replace(context.brief.watch[0], turns_to="hold", gain_with=0.2, gain_without=-0.1)
    assert _better(context, sign) == "Hold from the start, where it comes"
    other = replace(sign, gain_with=-0.2, gain_without=0.1)
    assert _better(context, other) == "Hold from the start, where it does not come"
