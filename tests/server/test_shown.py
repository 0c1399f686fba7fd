"""What page and report both show: how often each way succeeds, and what holders of beliefs are called."""

import math
from threading import Event

import pytest

import equipoise
from equipoise.reporting import answer, tables
from equipoise.reporting.run_view import RunView
from equipoise.scenario import load, loads
from equipoise.scenario.phrases import counted_over
from equipoise.server import showing
from equipoise.server.asked import WhyMovedAsked
from equipoise.server.session import STAGES, Session
from equipoise.server.view import View

SUCCESS = """
success:
  - {influence: level, above: 0.45, over: mean}
  - {not-takeover: rebels}
"""
HOLDERS = """
  delhi-office:
    forces.crown.collapse.yearly: [0.1, 0.2, 0.3]
pools:
  all-eyes: {empire: 2, delhi-office: 1}
"""


@pytest.fixture(scope="module")
def session():
    text = load("two-valleys").text
    believed = "    forces.crown.collapse.yearly: [0.2, 0.35, 0.6]\n"
    assert believed in text and "c1:" in text
    text = text.replace(believed, believed + HOLDERS)
    return Session(loads(text + SUCCESS))


def shown(session, view):
    found = session.answer(view, "first")
    what = showing.seen(session, view, found, named="as written", changed=view != View())
    return showing.shown(session, view, what), what


def cells(table):
    return tuple(tuple(map(str, row)) for row in table.rows)


@pytest.fixture(scope="module")
def ran(session):
    states, chance = STAGES["first"]
    study = equipoise.run(session.file, futures=states * chance, chance=chance, additions=False)
    return RunView(study.findings, study.scenario)


def test_success_is_shown_as_the_report_shows_it(session, ran):
    made, there = shown(session, View())[0].success, tables.success(ran, ran.run)
    assert made.rows == cells(there) and len(made.rows) == len(ran.ranking)
    assert (made.title, made.note) == (there.caption, there.note)
    assert made.heads == ("Strategy", "Futures", "States of the world")
    assert "influence is above 0.45 on average up to 15 March 2032" in made.note


def test_success_now_stands_beside_what_it_was(session, ran):
    view = View(changes={"forces.rebels.momentum": "~0.01"})
    table, what = shown(session, view)
    made, was = table.success, {row[0]: row[1:] for row in cells(tables.success(ran, ran.run))}
    assert made.heads == (
        "Strategy", "Futures", "Futures, as written", "States of the world", "States of the world, as written",
    )  # fmt: skip
    assert {row[0]: (row[2], row[4]) for row in made.rows} == was
    assert [row[0] for row in made.rows] == [what.names.strategy(name) for name in what.now.ranking]
    assert [row[1] for row in made.rows] == [row[1] for row in cells(tables.success(what, what.now))]
    assert any(row[1] != row[2] for row in made.rows)


def test_shares_of_states_say_over_how_many_they_are_counted(session):
    table, what = shown(session, View())
    said = counted_over(STAGES["first"][0])
    assert table.table.note.endswith(said) and any(text.endswith(said) for text in table.beneath)
    assert what.found.futures == math.prod(STAGES["first"]) and said.startswith("Counted over 128 states")


def test_the_way_that_succeeds_most_is_said_where_another_pays_most(session):
    view = View(beliefs="empire")
    table, what = shown(session, view)
    said = answer.succeeds_most(what.now, what.names)
    assert what.now.succeeds_most not in (None, what.now.best)
    assert len(said) == 1 and said[0] in table.beneath


def test_without_success_nothing_is_said_of_it():
    plain = Session(load("two-valleys"))
    made, _ = shown(plain, View())
    assert made.success is None and not any("succe" in text for text in made.beneath)


def test_holders_are_called_as_in_tables_and_in_sentences(session):
    rows = {row["key"]: row for row in showing.holders(session.scenario)}
    assert list(rows) == ["empire", "delhi-office", "all-eyes"]
    assert (rows["empire"]["name"], rows["empire"]["said"]) == ("The Empire", "the Empire")
    assert rows["delhi-office"]["name"] == rows["delhi-office"]["said"] == "“delhi office”"
    assert rows["all-eyes"]["name"] == "“all eyes”" and rows["all-eyes"]["differ"] == "several taken together"


def test_who_holds_a_claim_is_called_by_name(session):
    held = session.file.text.replace("  c1: {", "  c1: {holder: republic, ", 1)
    other = Session(loads(held))
    path = next(path for path, row in other.grounds.items() if [g["claim"] for g in row["grounds"]] == ["c1"])
    (why, *_) = showing._why(other, path)
    assert why.endswith(", held by the Republic)")


def test_whose_beliefs_moved_the_answer_is_said_by_name(session):
    """One change alone is not said to leave others as they are."""
    asked = WhyMovedAsked.model_validate({"view": {"beliefs": "empire"}})
    found = showing.why(session, asked.view.view(), None, asked, Event())
    assert "Without **the beliefs of the Empire** " in " ".join(found.back)
    assert "the other changes kept" not in " ".join(found.back)
    assert found.says.endswith(counted_over(math.prod(STAGES["pause"]), "futures"))
