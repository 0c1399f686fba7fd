"""The pages of talks, ties and explorations: what they show is in the JSON, and nothing breaks out of it."""

import copy
import json
import re

import pytest

from equipoise import load
from equipoise.alignment import study_balance
from equipoise.bargaining import study_talk
from equipoise.reporting import render
from equipoise.reporting.analyses import (
    balance,
    balance_map,
    beliefs,
    difference,
    explore,
    explore_tables,
    talks,
)
from equipoise.reporting.analyses import explore_figures as figures
from equipoise.reporting.drawing import draw
from equipoise.reporting.run_view import RunView
from equipoise.scenario import phrases
from equipoise.scenario.display_names import Names

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def two_valleys():
    return load("two-valleys").scenario


@pytest.fixture(scope="module")
def found(two_valleys):
    """The balance of a triangle of rivals with a friend, made hard: every draw and median strained."""
    return json.loads(json.dumps(study_balance(two_valleys, draws=32).to_dict()))


@pytest.fixture(scope="module")
def said(two_valleys):
    talk = study_talk(two_valleys, "lake-conference", models=["compromise", "median"], draws=64).to_dict()
    return {
        "scenario": {"title": two_valleys.title},
        "talks": {"lake-conference": json.loads(json.dumps(talk))},
    }


def words_of(section):
    """All texts of a section, figures' tables included."""
    out = [section.lead]
    for block in section.body:
        table = block if block.kind == "table" else getattr(block, "table", None)
        if table is not None:
            out += [table.caption, table.note, *(str(cell) for row in table.rows for cell in row)]
        out += [*getattr(block, "items", ()), getattr(block, "text", "")]
    return " ".join(str(item) for item in out)


@pytest.fixture(scope="module")
def seen(golden):
    return lambda scenario, **analyses: RunView(golden.found, scenario, analyses)


def strained(found):
    """The same study with one friendly tie in conflict in 3 of 4 draws."""
    made = copy.deepcopy(found)
    tie = made["network"]["ties"][0]
    made["frustration"]["frustrated"] = [tie]
    made["uncertainty"] = {
        "draws": 4,
        "alignments": [{"groups": made["frustration"]["groups"], "share": 0.75}],
        "ties": [
            {
                "between": tie["between"],
                "weight": {"p5": 0.1, "p95": 0.5},
                "frustrated": {"mean": 0.75, "se": 0.1},
                "most_worth": {"mean": 0.5, "se": 0.1},
            }
        ],
    }
    return made, tie


def test_the_ties_in_conflict_are_marked_on_the_map_with_their_share(seen, two_valleys, found):
    made, tie = strained(found)
    context = seen(two_valleys, balance=made)
    drawing = balance_map.ties(context, made)
    svg = draw(drawing).wide
    assert svg.count("✕") == 1
    assert "75" in re.search(r"✕[^<]*", svg)[0]
    first = drawing.table.rows[0]
    assert set(first[:2]) == {context.names.actor(key) for key in tie["between"]}
    assert first[3] == "yes"
    assert [row[3] for row in drawing.table.rows[1:]] == ["no"] * (len(found["network"]["ties"]) - 1)


def test_without_conflict_no_tie_is_marked(seen, two_valleys, found):
    context = seen(two_valleys, balance=found)
    assert "✕" not in draw(balance_map.ties(context, found)).wide
    assert "leave none of four ties in conflict" in balance.section(context).lead


def test_the_price_of_every_hedge_stands_on_the_map_and_in_its_figure(seen, two_valleys, found):
    context = seen(two_valleys, balance=found)
    svg = draw(balance_map.ties(context, found)).wide
    text = " ".join(re.findall(r">([^<]+)<", svg))
    own = [r for r in found["hedges"] if r["patron"] == "empire" and r["stage"] == "start" and r["price"] > 0]
    assert own
    for row in own:
        assert f"{context.names.strategy(row['strategy'])} +{row['price']:.2f}" in text
    prices = {row[0]: row[2] for row in balance.prices(context, found).table.rows}
    assert [column.title for column in balance.prices(context, found).table.columns][2] == "Price"
    for row in own:
        assert prices[context.names.strategy(row["strategy"])] == f"{row['price']:.3f}"


def test_camps_have_one_fill_and_one_letter_each(seen, two_valleys, found):
    marks = balance_map.camp_marks(found)
    camps = [camp for group in found["frustration"]["groups"] for camp in group]
    for place in (0, 1):
        own = [{marks[key][place] for key in camp} for camp in camps]
        assert all(len(one) == 1 for one in own)
        assert len(set().union(*own)) == len(own)
    svg = draw(balance_map.ties(seen(two_valleys, balance=found), found)).wide
    for letter in {letter for letter, _ in marks.values()}:
        assert svg.count(f">{letter}<") == sum(own == letter for own, _ in marks.values())


def test_shares_of_draws_are_said_in_words(seen, two_valleys, found):
    made, _ = strained(found)
    assert "likely (75\u202f%)" in words_of(balance.section(seen(two_valleys, balance=made)))


def test_talks_by_model_show_each_model_with_its_word(seen, two_valleys, said):
    section = talks.section(seen(two_valleys, talks=said))
    table = next(
        block for block in section.body if block.kind == "table" and "chance of a deal" in block.caption
    )
    assert [str(row[0]) for row in table.rows] == ["compromise *", "median"]
    assert section.title == "The talks, by bargaining model"
    deal = said["talks"]["lake-conference"]["models"]["compromise"]["deal"]["mean"]
    assert f"({round(100 * deal)}\u202f%)" in str(table.rows[0][1])
    assert table.rows[0][0].tone == "first"
    assert "EU decisions" in words_of(section)


def exploration():
    """A small made-up exploration, as its JSON would be."""
    path = "forces.crown.momentum"
    index = {"path": path, "first": 0.4, "low": 0.3, "high": 0.5, "total": 0.45, "told_apart": True}
    dummy = index | {"path": "dynamics.fade", "first": 0.01, "told_apart": False}
    driver = {"constant": False, "floor": 0.02, "indices": [index, dummy], "rest": 0.55}
    crossing = {"value": 0.02, "low": 0.01, "high": 0.03, "below": "even-hedge", "above": "back-crown"}
    crossing |= {"chance_below": 0.7, "chance_above": 0.3, "established": True, "played_again": True}
    curve = {"x": [0.0, 0.02, 0.04], "even-hedge": [0.3, 0.2, 0.1], "back-crown": [0.1, 0.2, 0.3]}
    worth = {
        "what": path,
        "value": 0.02,
        "se": 0.004,
        "low": 0.012,
        "high": 0.028,
        "share": 0.5,
        "told_apart": True,
    }
    sign = {"says": "power of the rebels above 0.4 on 12 May 2031", "chance_seen": 0.9, "chance_unseen": 0.1}
    surely = {"se": 0.012, "low": 0.0, "high": 1.0}
    sign["errors"] = {"chance_seen": surely, "chance_unseen": {**surely, "se": None}}
    branch = {
        "share": 0.4,
        "strategy": "back-crown",
        "gain": 0.05,
        "low": 0.03,
        "high": 0.07,
        "told_apart": True,
    }
    sight = {
        "signs": ["power of the rebels above 0.4 on 12 May 2031"],
        "observables": ["power.rebels"],
        "week": 8,
    }
    sight |= {"worth": worth, "without": "even-hedge", "seen": branch, "adds": True}
    sight |= {"unseen": branch | {"told_apart": False}}
    watch = {"outcome": "fall of crown", "chance": 0.3, "indicators": [sign], "note": None}
    watch["errors"] = {"chance": surely}
    rare = {
        "outcome": "fall of rebels",
        "chance": 0.01,
        "indicators": [],
        "note": "comes in only 4 of 400 futures",
        "errors": {"chance": {**surely, "se": 0.005}},
    }
    fails = {"strategy": "even-hedge", "fails_where": "another gains more", "failures": 0.25, "cases": 400}
    fails |= {"prim": [], "cart": [], "note": "no box is confirmed on the held-out half"}
    cell = {"where": ["the Crown falls"], "share": 0.25, "difference": -0.4, "contribution": -0.1}
    cell |= {"terms": {"influence": -0.1, "rest": 0.0}}
    return {
        "strategies": ["even-hedge", "back-crown"],
        "recommended": "even-hedge",
        "states": 400,
        "headlines": ["the choice hangs on momentum."],
        "words": {path: "the Crown's momentum"},
        "drivers": [driver | {"output": "choice"}, driver | {"output": "gap"}],
        "tips": [{"path": path, "crossings": [crossing], "levels": [], "swing": 0.2, "curve": curve}],
        "pairs": [],
        "resentment": None,
        "failures": fails,
        "failures_in_futures": None,
        "information": {"evpi": worth, "floor": 0.001, "inputs": [worth], "groups": []},
        "reveals": None,
        "indicators": [rare, watch],
        "watching": [sight, sight | {"signs": ["one", "two"], "adds": False}],
        "assumptions": {"assumptions": [], "says": "every one of 2 uncertain inputs stands on a claim"},
        "flips": {"smallest": {}, "says": "no credible change flips it"},
        "difference": {"first": "even-hedge", "second": "back-crown", "total": -0.1, "cells": [cell]},
        "explored": {
            "states": 400,
            "of": 1000,
            "left_out": ["stay-out"],
            "reruns": {"states": 400, "chance": 4, "count": 30},
        },
    }


def test_an_exploration_shows_what_was_found_and_what_it_rests_on(seen, two_valleys):
    text = words_of(explore.section(seen(two_valleys, explore=exploration())))
    assert "The choice hangs on momentum. " in text  # a sentence, with one full stop
    assert "The Crown's momentum 0.02 0.01 to 0.03" in text
    assert "likely (70\u202f%)" in text
    sign = "Power of the rebels above 0.4 on 12 May 2031 90\u202f% ± 1.2, without"
    row = f"Fall: The Crown unlikely (30\u202f% ± 1.2) {sign}"
    assert row in text
    assert (
        "Power of the rebels above 0.4 on 12 May 2031 0.020 ± 0.004 even-hedge back-crown (+0.05) stay"
        in text
    )
    assert "One; and two" not in text  # worth no more than one of them
    assert "Fall: The rebels almost no chance (1\u202f% ± 0.5) Comes in only 4 of 400 futures" in text
    assert text.index(row) < text.index("Fall: The rebels")  # what says nothing comes last
    assert "Counted over 400 futures; other views count others, and their shares may differ." in text
    assert "400 of 1,000 states" in text
    assert "left out: stay-out" in text
    assert "30 reruns of 400 states" in text


def test_a_box_that_both_methods_find_is_one_row_and_no_reruns_are_not_counted(seen, two_valleys):
    box = {"confirmed": True, "held_out_density": 0.9, "held_out_coverage": 0.5, "held_out_cases": 40}
    box |= {"limits": [{"says": "momentum is low", "path": "p"}]}
    found = exploration()
    found["failures"] |= {"prim": [box], "cart": [box, box | {"held_out_cases": 30}]}
    found["explored"]["reruns"]["count"] = 0
    text = words_of(explore.section(seen(two_valleys, explore=found)))
    assert "50\u202f% 40 PRIM and CART" in text and "50\u202f% 30 CART" in text
    assert "reruns" not in text


@pytest.mark.parametrize(
    ("value", "se", "written"), [(0.000115, 0.00042, "0.0001 0.0004"), (0.0213, 0.012, "0.02 0.01")]
)
def test_what_knowing_is_worth_is_said_no_finer_than_its_error(seen, two_valleys, value, se, written):
    found = exploration()
    found["information"]["evpi"] |= {"value": value, "se": se}
    assert f"Everything about the state of the world {written} " in words_of(
        explore.section(seen(two_valleys, explore=found))
    )


def test_an_input_not_told_apart_is_not_shown_as_a_driver(seen, two_valleys):
    found = exploration()
    names = seen(two_valleys).names
    drawing = figures.drivers(found, names, "choice")
    assert [row[0] for row in drawing.table.rows] == ["The Crown's momentum"]
    for driver in found["drivers"]:
        driver["indices"] = driver["indices"][1:]
    assert figures.drivers(found, names, "choice") is None
    assert "No single input can be shown to drive which strategy is best." in words_of(
        explore.section(seen(two_valleys, explore=found))
    )


def test_page_and_terminal_show_the_same_tables(seen, two_valleys, found, said):
    """What is not a figure on the page stands there cell by cell as on the terminal."""
    names, exploration_ = seen(two_valleys).names, exploration()
    context = seen(two_valleys, explore=exploration_, talks=said, balance=found)
    pairs = [
        (explore.section(context), explore.blocks(exploration_, two_valleys)),
        (talks.section(context), talks.of_talk(said["talks"]["lake-conference"], names)),
        (balance.section(context), balance.blocks(found, two_valleys)),
    ]
    for section, blocks in pairs:
        page = {
            t.caption: t for b in section.body for t in (b, getattr(b, "table", None)) if hasattr(t, "rows")
        }
        printed = {block.caption: block for block in blocks if block.kind == "table"}
        shared = [(page[c], t) for c, t in printed.items() if c in page and page[c].columns == t.columns]
        assert shared
        assert all(on_page.rows == on_terminal.rows for on_page, on_terminal in shared)


def test_what_did_not_happen_under_both_is_said_plainly():
    assert difference.where("not: the Crown fell under both") == "the Crown fell under at most one of the two"
    assert difference.where("the Crown fell under both") == "the Crown fell under both"


def test_pages_stand_in_a_report_that_stays_closed_to_markup(golden, found, said):
    hostile = exploration()
    hostile["headlines"] = [HOSTILE]
    hostile["words"] = {"forces.crown.momentum": HOSTILE}
    bad = copy.deepcopy(said)
    bad["talks"]["lake-conference"]["disagreement"] = [{"says": HOSTILE}]
    page = render(
        golden.found, golden.scenario, analyses={"explore": hostile, "talks": bad, "balance": found}
    )
    assert "<script" not in page.lower()
    for key in ("analysis-explore", "analysis-talks", "analysis-balance"):
        assert f'<section id="{key}"' in page


def test_another_yardstick_says_the_same_chance_in_its_own_word_and_only_there(golden):
    """0.5 is "roughly even chance" by ICD 203 and "realistic possibility" by PHIA (bands as published)."""
    assert phrases.chance(0.5).startswith("roughly even chance")
    with phrases.yardstick("phia"):
        assert phrases.chance(0.5).startswith("realistic possibility")
        page = render(golden.found, golden.scenario)
    assert "Those of the PHIA yardstick" in page
    assert "very unlikely" not in page  # a word of ICD 203 alone
    assert phrases.chance(0.5).startswith("roughly even chance")


def test_an_interval_whose_ends_read_alike_is_said_once(seen, two_valleys):
    """`under 1 % to under 1 %` is `under 1 %`."""
    row = {"path": "a", "first": 0.004, "low": 0.001, "high": 0.008, "total": 0.004, "told_apart": True}
    found = {
        "words": {},
        "drivers": [{"output": "gap", "constant": False, "indices": [row], "floor": 0.0, "rest": 0.9}],
    }
    cells = explore_tables.drivers(found, Names.of(two_valleys), "gap").rows[0]
    assert [str(cell) for cell in cells[1:]] == ["under 1\u202f%"] * 3


def test_what_a_holders_choice_gains_and_costs_stands_in_its_column(golden):
    """The golden holder chooses as the analyst does; here it chooses otherwise, for a gain and at a loss."""
    result, gap = copy.deepcopy(golden.analyses["beliefs"]), {"se": 0.001, "low": 0.01, "high": 0.05}
    (row,) = result["holders"]
    row |= {"best": "wait-and-see", "gain_there": gap | {"mean": 0.0123}, "loss": gap | {"mean": 0.0456}}
    table = beliefs.stakes(result, golden.context.names)
    shown = dict(zip([column.title for column in table.columns], map(str, table.rows[0]), strict=True))
    gain, loss = (f"+{row[key]['mean']:.3f} (" for key in ("gain_there", "loss"))
    assert gain != loss
    assert shown["Gains if the holder is right"].startswith(gain)
    assert shown["Costs if the analyst is"].startswith(loss)
