"""Check dates, windows, deadlines, and what depends on what in time. Source: MODEL.md §3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter

from equipoise.scenario.inspection import Inspection
from equipoise.scenario.model import Dated, Event, Scenario
from equipoise.scenario.reading import Path
from equipoise.scenario.rules import MOST_THENS

TOO_LATE = date(9800, 1, 1)
"""No run starts and nothing is signed so late that a week counted from it lies after the last day of `date`."""
NOT_WITH_CONDITIONS = ("probability", "requires", "unless", "after", "timing", "slips")
"""Fields of dated events that conditional ones do not have."""


def check_timing(inspection: Inspection, scenario: Scenario) -> None:
    """Note impossible windows, deadlines and decisions, cycles, and dependence on what has no date."""
    if scenario.calendar.start >= TOO_LATE and inspection.whole("calendar"):
        message = f"the run starts on {scenario.calendar.start}; it has to start before {TOO_LATE}"
        inspection.add(("calendar", "start"), message)
        inspection.broken.add(("calendar", "start"))
    for path, dated in happenings(scenario):
        _check_kind(inspection, path, dated)
        _check_lags(inspection, path, dated)
        if inspection.whole("calendar"):
            _check_window(inspection, path, dated, scenario)
    _check_dependence(inspection, scenario)
    _check_cycles(inspection, scenario)
    _check_terms(inspection, scenario)
    _check_decisions(inspection, scenario)
    _check_depth(inspection, scenario)


def happenings(scenario: Scenario) -> Iterator[tuple[Path, Dated]]:
    """Yield every event and talk with its path."""
    for name, event in scenario.events.items():
        yield ("events", name), event
    for name, talk in scenario.talks.items():
        yield ("talks", name), talk


def conditional(scenario: Scenario) -> set[str]:
    """Return the names of the conditional events."""
    return {name for name, event in scenario.events.items() if event.when is not None}


def open_names(scenario: Scenario) -> set[str]:
    """Return the dated events and talks that require or exclude a conditional event, or another open one."""
    inside = conditional(scenario)
    while True:
        found = {
            str(path[1])
            for path, dated in happenings(scenario)
            if not inside.isdisjoint((*dated.requires, *dated.unless))
        }
        if found <= inside:
            return inside - conditional(scenario)
        inside |= found


def _check_kind(inspection: Inspection, path: Path, dated: Dated) -> None:
    """A conditional event is drawn week by week; a dated one is drawn once."""
    if not isinstance(dated, Event):
        return
    if dated.when is not None:
        for field in NOT_WITH_CONDITIONS:
            if field in dated.model_fields_set and getattr(dated, field) not in (None, (), {}):
                message = f"`{field}` does not go with `when`: such an event is not drawn before the run"
                inspection.add((*path, field), message, "remove one of the two", at_key=True)
        if not dated.when:
            inspection.add((*path, "when"), "at least one condition is needed here")
        if dated.weekly is not None and dated.chance is not None:
            message = "`weekly` and `chance` both say how likely it is"
            inspection.add((*path, "chance"), message, "keep one of the two", at_key=True)
        return
    for field in ("weekly", "chance"):
        if getattr(dated, field) is not None and inspection.whole(*path, "when"):
            message = f"`{field}` goes with `when` only; a dated event has a `probability`"
            inspection.add((*path, field), message, at_key=True)


def _check_window(inspection: Inspection, path: Path, dated: Dated, scenario: Scenario) -> None:
    if dated.on is not None and dated.between is not None:
        inspection.add(
            (*path, "between"), "`on` and `between` stand together; one of them is needed", at_key=True
        )
        return
    if dated.between is not None and dated.between[0] > dated.between[1]:
        first, last = dated.between
        inspection.add(
            (*path, "between"), f"the window ends ({last}) before it begins ({first})", "swap the dates"
        )
        return
    window = dated.between or (dated.on, dated.on)
    key = "between" if dated.between else "on"
    if window[0] is None or window[1] is None:
        return
    first, last = window[0], window[1]
    start = scenario.calendar.start
    if last < start:
        inspection.add(
            (*path, key), f"this closes on {last}, before the run starts on {start}", _run(scenario)
        )
    elif first > scenario.calendar.last:
        inspection.add((*path, key), f"this opens on {first}, after the run ends", _run(scenario))


def _run(scenario: Scenario) -> str:
    return f"the run lasts from {scenario.calendar.start} to {scenario.calendar.last}"


def _check_dependence(inspection: Inspection, scenario: Scenario) -> None:
    """What is drawn before the run cannot be timed or weighed by what only the run can show."""
    conditions, opened = conditional(scenario), open_names(scenario)
    for path, dated in happenings(scenario):
        if path[1] in conditions:
            continue
        for key, names in (("odds", dated.odds), ("after", dated.after)):
            for name in names:
                why = "has `when`" if name in conditions else "requires or excludes what has `when`"
                if name in conditions or name in opened:
                    message = f"`{name}` {why}; `{key}` looks at what is drawn before the run"
                    inspection.add(
                        (*path, key, name), message, "`requires` and `unless` may name it", at_key=True
                    )


def _check_lags(inspection: Inspection, path: Path, dated: Dated) -> None:
    for name, lag in dated.after.items():
        if isinstance(lag, tuple) and lag[0] > lag[1] and inspection.whole(*path, "after", name):
            message = f"the most weeks after ({lag[1]}) are fewer than the least ({lag[0]})"
            inspection.add((*path, "after", name), message, "swap the two")


def _looks_at(dated: Dated) -> list[tuple[str, list[tuple[str | int, str]]]]:
    """Return what a dated event looks at, by key: the step in the file and the name."""
    return [
        ("requires", list(enumerate(dated.requires))),
        ("unless", list(enumerate(dated.unless))),
        ("odds", [(name, name) for name in dated.odds]),
        ("after", [(name, name) for name in dated.after]),
    ]


def _check_cycles(inspection: Inspection, scenario: Scenario) -> None:
    """Note every circle of events and talks, each once, at the key of its first name."""
    graph = {
        str(path[1]): {name for _, names in _looks_at(dated) for _, name in names}
        for path, dated in happenings(scenario)
        if path[1] not in conditional(scenario)
    }
    graph = {name: {other for other in others if other in graph} for name, others in graph.items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = list(error.args[1])[:-1]
            first = min(circle)
            turn = circle.index(first)
            circle = circle[turn:] + circle[:turn]
            section = "events" if first in scenario.events else "talks"
            message = f"these wait for each other in a circle: {' → '.join([*circle, first])}"
            hint = "remove one `requires`, `unless`, `after` or `odds`"
            inspection.add((section, first), message, hint, at_key=True)
            for name in circle:
                graph[name] -= set(circle)
        else:
            return


def _check_terms(inspection: Inspection, scenario: Scenario) -> None:
    for name, agreement in scenario.agreements.items():
        if isinstance(agreement.signed, date) and agreement.signed >= TOO_LATE:
            message = f"the agreement is signed on {agreement.signed}; it has to be signed before {TOO_LATE}"
            inspection.add(("agreements", name, "signed"), message)
            continue
        if not inspection.whole("agreements", name, "terms"):
            continue
        for index, term in enumerate(agreement.terms):
            path = ("agreements", name, "terms", index)
            if (term.by is None) == (term.within is None):
                inspection.add(path, "a term needs either `by` (a date) or `within` (weeks after signing)")
            elif term.by is not None and isinstance(agreement.signed, date) and term.by < agreement.signed:
                message = f"the deadline {term.by} lies before the signing on {agreement.signed}"
                inspection.add((*path, "by"), message)


def _check_decisions(inspection: Inspection, scenario: Scenario) -> None:
    calendar = scenario.calendar
    for patron, group in scenario.strategies.items():
        for name, strategy in group.items():
            for event, decision in strategy.decide.items():
                path = ("strategies", patron, name, "decide", event)
                decider = scenario.events[event].decided_by if event in scenario.events else patron
                if decider != patron and inspection.whole("events", event):
                    whose = f"`{decider}`, not by `{patron}`" if decider else "nobody: it has no `decided-by`"
                    inspection.add(path, f"`{event}` is decided by {whose}", at_key=True)
                if (
                    isinstance(decision, date)
                    and inspection.whole("calendar")
                    and not calendar.start <= decision <= calendar.last
                ):
                    inspection.add(path, f"{decision} lies outside the run", _run(scenario))


def _check_depth(inspection: Inspection, scenario: Scenario) -> None:
    for patron, group in scenario.strategies.items():
        for name, strategy in group.items():
            if len(strategy.thens) > MOST_THENS:
                path = ("strategies", patron, name, *("then",) * (MOST_THENS + 1))
                message = f"a `then` holds at most {MOST_THENS - 1} others, one inside another"
                inspection.add(path, message, "leave the innermost out", at_key=True)
