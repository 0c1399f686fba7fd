"""One future, as `run --future` tells it: how each way of engaging fared, what came when, what turned out how.

From the JSON of `replay` and the scenario; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from equipoise.reporting.blocks import Block, Heading, Paragraph, Table, headings
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import DASH, day, listed, number, percent, sentence, significant

Found = Mapping[str, Any]
SHOWN = 9
"""Weeks of the course that are shown, evenly spaced from the start to the end."""


def blocks(course: Found, scenario: Scenario) -> list[Block]:
    """Return what is said of a future: where it belongs, how each strategy fares, what came, its course, its inputs."""
    names = Names.of(scenario)
    ways = course["strategies"]
    best = max(ways, key=lambda name: ways[name]["outcomes"]["payoff"])
    place = f"State of the world {course['state']}, course of chance {course['stream']} in it; both are counted from 0."
    return [
        Heading(f"Future {course['future']} of {scenario.title}"),
        Paragraph(place),
        _ways(ways, names),
        _came(ways, names, scenario),
        _course(best, ways[best]["weekly"], names, scenario),
        *([_inputs(course, scenario)] if course["inputs"] else []),
    ]


def _inputs(course: Found, scenario: Scenario) -> Table:
    rows = tuple(
        (sentence(wording.place(path, scenario)), wording.value(path, amount))
        for path, amount in course["inputs"].items()
    )
    return Table("What is not known, as it turned out", headings("Number", "#Value"), rows)


def _ways(ways: Found, names: Names) -> Table:
    """How each strategy fares, the best payoff first."""
    rows = []
    for name, way in sorted(ways.items(), key=lambda item: (-item[1]["outcomes"]["payoff"], item[0])):
        found = way["outcomes"]
        rows.append(
            (
                names.strategy(name), number(found["payoff"]), number(found["influence"]),
                number(found["influence_end"]), significant(found["levers"]), names.order(found["order"]),
            )
        )  # fmt: skip
    columns = headings("Strategy", "#Payoff", "#Influence", "#Influence at the end", "#Levers", "How it ends")
    note = "Influence: mean over the run. Levers: forces with standing of at least 0.3 at the end."
    return Table("How each way of engaging fares in it", columns, tuple(rows), note)


def _came(ways: Found, names: Names, scenario: Scenario) -> Table:
    """What happens and when: events, deals and falls, the first to come first; by strategy where they differ."""
    calendar = scenario.calendar
    when: dict[str, dict[str, str | None]] = {}
    for name, way in ways.items():
        for key in (*scenario.events, *scenario.talks):
            what = f"A deal at {names.quoted_event(key)}" if key in scenario.talks else names.event(key)
            when.setdefault(what, {})[name] = way["happened"].get(key)
        for force in scenario.forces:
            week = way["outcomes"][f"fallen.{force}"]
            fell = None if week < 0 else calendar.day_of(int(week)).isoformat()
            when.setdefault(f"A fall of {names.within(force)}", {})[name] = fell
    came = {what: by for what, by in when.items() if any(by.values())}
    order = sorted(came, key=lambda what: min(date for date in came[what].values() if date))
    rows = tuple((what, _when(came[what], names)) for what in order)
    never = [what for what in when if what not in came]
    note = "The first day of the week in which it comes." + (
        f" Under no strategy: {'; '.join(never)}." if never else ""
    )
    return Table("What happens, and when", headings("What", "When"), rows, note)


def _when(by: Mapping[str, str | None], names: Names) -> str:
    """Say when something comes: under most strategies, and under which it comes on another day, or never."""
    under: dict[str | None, list[str]] = {}
    for name, date in by.items():
        under.setdefault(date, []).append(names.quoted(name))
    (most, _), *others = sorted(under.items(), key=lambda item: (-len(item[1]), item[0] or ""))
    but = [f"{day(date) if date else 'never'} under {listed(which)}" for date, which in others]
    return "; but ".join([day(most) if most else "never", *([", ".join(but)] if but else [])])


def _course(name: str, weekly: Mapping[str, list[float]], names: Names, scenario: Scenario) -> Table:
    """Power, standing, influence and violence under the strategy that pays best in it."""
    last = scenario.calendar.weeks
    weeks = sorted({round(n * last / (SHOWN - 1)) for n in range(SHOWN)})
    forces = list(scenario.forces)
    columns = headings(
        "Day", *(f"#Power of {names.within(f)}" for f in forces),
        *(f"#Standing with {names.within(f)}" for f in forces), "#Influence", "#Violence",
    )  # fmt: skip
    rows = tuple(
        (
            day(scenario.calendar.start + timedelta(weeks=week)),
            *(percent(weekly[f"power.{f}"][week]) for f in forces),
            *(number(weekly[f"standing.{f}"][week], digits=2) if f"standing.{f}" in weekly else DASH for f in forces),
            number(weekly["influence"][week], digits=2), number(weekly["violence"][week], digits=2),
        )
        for week in weeks
    )  # fmt: skip
    note = "Every week, and every strategy, is in the JSON (`--json`)."
    return Table(f"Its course under {names.quoted(name)}, which pays most in it", columns, rows, note)
