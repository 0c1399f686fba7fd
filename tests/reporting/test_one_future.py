"""One future as it is told: the same numbers as the job gives, in the names that people read."""

from datetime import date, timedelta

import pytest

import equipoise
from equipoise.jobs.answer import Answer
from equipoise.reporting import one_future
from equipoise.reporting.blocks import Heading, Table
from equipoise.scenario import load
from situations import duel

SCENARIO = load("two-valleys").scenario


@pytest.fixture(scope="module")
def course() -> Answer:
    return equipoise.replay("two-valleys", 3)


@pytest.fixture(scope="module")
def told(course) -> dict[str, Table]:
    heading, *blocks = one_future.blocks(course, SCENARIO)
    assert isinstance(heading, Heading) and heading.text == "Future 3 of Two valleys"
    return {block.caption.split(" under ")[0]: block for block in blocks if isinstance(block, Table)}


def rows(table: Table) -> dict[str, tuple[str, ...]]:
    return {str(row[0]): tuple(map(str, row[1:])) for row in table.rows}


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def test_every_strategy_stands_with_what_it_gains(told, course):
    found = rows(told["How each way of engaging fares in it"])
    assert list(found) == sorted(found, key=lambda name: -course["strategies"][name]["outcomes"]["payoff"])
    for name, way in course["strategies"].items():
        assert found[name][0] == f"{way['outcomes']['payoff']:.3f}".replace("-", "−")
        assert found[name][2] == f"{way['outcomes']['influence_end']:.3f}"


def test_every_event_that_comes_stands_with_its_day_and_the_others_are_named(told, course):
    table = told["What happens, and when"]
    found = rows(table)
    for key, name in (
        ("envoys-received", "The Empire receives rebel envoys"),
        ("lake-conference", "A deal at “lake-conference”"),
    ):
        (came,) = {way["happened"][key] for way in course["strategies"].values()}
        assert found[name] == (in_words(date.fromisoformat(came)),)
    never = {
        key for key in SCENARIO.events if not any(key in w["happened"] for w in course["strategies"].values())
    }
    assert never and all(SCENARIO.events[key].what in table.note for key in never)
    fell = {name: way["outcomes"]["fallen.crown"] for name, way in course["strategies"].items()}
    ((name, week),) = [(name, week) for name, week in fell.items() if week >= 0]  # under one strategy alone
    day = SCENARIO.calendar.start + timedelta(weeks=week)
    assert found["A fall of the Crown"] == (f"never; but {in_words(day)} under {name}",)


def test_the_course_is_that_of_the_week(told, course):
    table = next(table for caption, table in told.items() if caption.startswith("Its course"))
    weekly = course["strategies"]["bandwagon"]["weekly"]
    start, *_, end = table.rows
    assert (start[0], end[0]) == ("17 March 2031", "15 March 2032")
    titles = [column.title for column in table.columns]
    for row, week in ((start, 0), (end, 52)):
        said = dict(zip(titles, map(str, row), strict=True))
        assert said["Power of the rebels"] == f"{100 * weekly['power.rebels'][week]:.0f}\u202f%"
        assert said["Standing with the Crown"] == f"{weekly['standing.crown'][week]:.2f}"
        assert said["Violence"] == f"{weekly['violence'][week]:.2f}"


def test_what_is_not_known_goes_by_its_name(told, course):
    found = rows(told["What is not known, as it turned out"])
    yearly = course["inputs"]["forces.crown.collapse.yearly"]
    assert found["The chance a year, as things stand, of a fall of the Crown"] == (f"{100 * yearly:.2g} %",)


def test_a_situation_without_doubt_and_events_is_told_too():
    course = equipoise.replay(duel(), 0)
    tables = [block for block in one_future.blocks(course, load(duel()).scenario) if isinstance(block, Table)]
    assert "What is not known, as it turned out" not in [table.caption for table in tables]
    assert "What happens, and when" in [table.caption for table in tables]
