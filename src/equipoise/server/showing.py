"""From what was found to what the page shows: sentences, figures, levers. Words come from `reporting`."""

from __future__ import annotations

import re
import shlex
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from difflib import unified_diff
from itertools import islice
from textwrap import indent
from threading import Event
from typing import Any

from equipoise.errors import Problem
from equipoise.findings.what_if import WhatIf
from equipoise.reporting import what_if as said
from equipoise.reporting import what_if_figures as figures
from equipoise.reporting.blocks import Table
from equipoise.reporting.drawing import NARROW, WIDE, Drawing, spec_of
from equipoise.reporting.svg import png_of, svg_of
from equipoise.reporting.tables import order_keys
from equipoise.reporting.what_if import WhatIfView
from equipoise.scenario import Number, Scenario, to_yaml
from equipoise.scenario.altering import dated_item
from equipoise.scenario.display_names import Names
from equipoise.scenario.moving import Move, asked_for, way_of
from equipoise.scenario.number import support
from equipoise.scenario.outline import magnitudes
from equipoise.scenario.phrases import count, counted, counted_over, day
from equipoise.scenario.writing import on_one_line
from equipoise.server.asked import (
    Checked,
    Completions,
    CursorAsked,
    HoldersBest,
    Offered,
    Shown,
    ShownChange,
    ShownFigure,
    ShownLever,
    ShownOrder,
    ShownProblem,
    ShownTable,
    WhyAnswered,
    WhyMovedAsked,
)
from equipoise.server.cursor import typed_at
from equipoise.server.help import offers
from equipoise.server.playing import keep
from equipoise.server.session import STAGES, Session
from equipoise.server.view import View
from equipoise.text import csv_of

REACH = 10.0
"""A slider multiplies by up to this, and divides by it."""
WIDTHS = 2.0
"""A slider shifts a number by up to so many times the width of its range."""
MOST_TURNS = 3
"""Changes for which it is found how far they may be taken back: each takes a dozen runs."""
MOST_LINES = 400
"""Lines of a comparison that are shown."""
MOST_COMPARED = 5_000
"""Lines of a text that is compared with another: the time may grow with their square."""
HOLDER = "my-view"
"""What the holder of a view's changes is called in a `beliefs` block."""
TONES = 4
"""Colours for who takes over."""
MOST_CHARTS = 64
"""Charts kept to be filled with other rows."""
_charts: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()


def seen(session: Session, view: View, found: WhatIf, *, named: str, changed: bool) -> WhatIfView:
    """Return a what-if with the names it is shown with."""
    return WhatIfView(found, session.situation(view).scenario, changed, named)


def shown(session: Session, view: View, what: WhatIfView) -> Shown:
    """Return a what-if in words."""
    success = figures.success_table(what)
    return Shown(
        what.names.quoted(what.now.best), said.lead(what), said.beneath(what), said.strip(what),
        changes(session, view, what), hundred(what), shown_table(figures.ranking_table(what)),
        None if success is None else shown_table(success),
        f"{count(what.found.futures)} futures, the same in every comparison", command(session, view),
        block(session, view), held(session, view),
    )  # fmt: skip


def shown_table(table: Table) -> ShownTable:
    """Return a table as the page takes it."""
    heads = tuple(column.title for column in table.columns)
    return ShownTable(table.caption, heads, tuple(tuple(map(str, row)) for row in table.rows), table.note)


def changes(session: Session, view: View, what: WhatIfView) -> tuple[ShownChange, ...]:
    """Return the changes of a view in words, in the order they were made; `what` was found with them."""
    written, out = session.scenario, []
    numbers = session.situation(view).numbers
    for path, text in view.changes.items():
        says = said.change_said(path, text, written)
        item = dated_item(path)
        if item is not None:
            out.append(ShownChange(path, text, says, day(text), _coming(item, written)))
            continue
        if numbers[path].value == 1:
            says += said.not_always(path, what)
        now, was = (said.number_said(path, one, written) for one in (numbers[path], session.numbers[path]))
        out.append(ShownChange(path, text, says, now, was))
    return tuple(out)


def situation(session: Session, view: View) -> str:
    """Return in words what situation a view has: `the situation as written`, or what is laid over it."""
    keys = view.differing(view.as_written)
    over = [said.key_said(key, view.beliefs, view.changes, session.scenario) for key in keys]
    parts = "; ".join([*over, *(f"a way of one's own, “{name}”" for name in view.ways)])
    return f"the situation with {parts}" if parts else "the situation as written"


def _coming(item: str, written: Scenario) -> str:
    """Return when an event or talk may come, in words."""
    kind, name = item.split(".")
    one = getattr(written, kind)[name]
    if one.on is not None:
        return day(one.on)
    return "any time" if one.between is None else " to ".join(day(end) for end in one.between)


def hundred(what: WhatIfView) -> tuple[ShownOrder, ...]:
    """Return who governs at the end in a hundred futures under the best way now, as whole futures that add up."""
    now, was = (found.strategies[what.now.best].orders for found in (what.now, what.was))
    here, there = _whole(now), _whole(was)
    forces = [key for key, force in what.scenario.forces.items() if not force.incumbent]
    tones = {f"takeover:{force}": f"takeover-{place % TONES}" for place, force in enumerate(forces)}
    return tuple(
        ShownOrder(key, tones.get(key, key), what.names.order(key), here[key], there[key])
        for key in order_keys(now, was)
    )


def _whole(shares: Mapping[str, float]) -> dict[str, int]:
    """Return a hundred parted by shares in whole numbers: the largest remainders are rounded up."""
    whole = {key: int(100 * share) for key, share in shares.items()}
    left = sorted(shares, key=lambda key: (whole[key] - 100 * shares[key], key))
    for key in left[: 100 - sum(whole.values())]:
        whole[key] += 1
    return whole


def command(session: Session, view: View) -> str:
    """Return what to type for the same on the command line."""
    source = str(session.name)
    numbers = session.situation(view).numbers
    parts = ["equipoise", "run", source, *(("--beliefs", view.beliefs) if view.beliefs else ())]
    for path, number in numbers.items():
        parts += ["--set", f"{path}={on_one_line(number.model_dump())}"]
    if session.seed != 1:
        parts += ["--seed", str(session.seed)]
    typed = " ".join(shlex.quote(part) for part in parts)
    return f"{typed}  # of the file with the dates below" if view.dates else typed


def block(session: Session, view: View) -> str:
    """Return what says the changes of a view in the file: a `set`, to stand at its end; and where dates stand."""
    numbers = {path: number.model_dump() for path, number in session.situation(view).numbers.items()}
    dates = "".join(
        f"# {dated_item(path)}: on: {text}, in place of when it may come\n"
        for path, text in view.dates.items()
    )
    return dates + (to_yaml({"set": numbers}) if numbers else "")


def held(session: Session, view: View) -> str:
    """Return the changes of a view as the beliefs of a holder of one's own, to stand under `beliefs` in the file."""
    numbers = {path: number.model_dump() for path, number in session.situation(view).numbers.items()}
    return "beliefs:\n" + indent(to_yaml({HOLDER: numbers}), "  ") if numbers else ""


def drawings(what: WhatIfView, stage: str = "full") -> dict[str, Drawing]:
    """Return the figures of a what-if by name; while a slider moves, the first alone."""
    made: list[Drawing | None] = [figures.ranking(what)]
    if stage != "first":
        made += [figures.collapse(what), figures.stands_or_falls(what)]
    return {drawing.key: drawing for drawing in made if drawing is not None}


def courses(
    session: Session, view: View, what: WhatIfView, *, stop: Event | None = None
) -> dict[str, Drawing]:
    """Return by name the figures that follow futures week by week: how power may go, who holds which region."""
    seen = session.courses(view, what.now.best, stop=stop)
    made = [figures.power(what, seen.power, seen.futures), figures.regions(what, seen.control)]
    return {drawing.key: drawing for drawing in made if drawing is not None}


def drawn(drawing: Drawing, *, width: str, theme: str) -> ShownFigure:
    """Return a figure for a screen of some width and theme; a chart that differs in its rows alone is made once."""
    frame = NARROW if width == "narrow" else WIDE
    rows = None if drawing.rows is None else drawing.rows(frame)
    key = (drawing.key, drawing.shape, frame.name, theme)
    chart = _charts.get(key) if rows is not None else None
    if chart is None:
        chart = spec_of(drawing, frame)
        chart = figures.dark(chart) if theme == "dark" else chart
        if rows is not None:
            chart = keep(_charts, key, figures.apart(chart, rows), MOST_CHARTS)
    return ShownFigure(
        drawing.key, drawing.title, drawing.description, drawing.caption, chart,
        None if rows is None else tuple(rows),
    )  # fmt: skip


def why(session: Session, view: View, against: View | None, asked: WhyMovedAsked, stop: Event) -> WhyAnswered:
    """Return why the answer moved, in numbers, words and a figure."""
    base = against or view.as_written
    found = session.why(view, against=against, stop=stop)
    what = seen(
        session,
        view,
        session.answer(view, "full", against=against, stop=stop),
        named=asked.named,
        changed=True,
    )
    called = {
        part.key: said.key_said(part.key, view.beliefs, view.changes, session.scenario)
        for part in found.parts
    }
    moved = [part for part in found.parts if part.without.mean <= 0 < found.end.mean][:MOST_TURNS]
    turns = [
        turn
        for part in moved
        if part.key in view.changes and part.key not in (*base.changes, *view.dates)
        and isinstance(asked_for(view.changes[part.key]), Move)
        and (turn := session.turn(view, part.key, against=against, stop=stop)) is not None
    ]  # fmt: skip
    old = what.names.quoted(found.before)
    turned = {turn.path: said.turned_said(turn.way, turn.by, turn.low, turn.high, old) for turn in turns}
    drawing = figures.shares(found, called, what.names, asked.named)
    figure = None if asked.width is None else drawn(drawing, width=asked.width, theme=asked.theme)
    back = said.turns(found, what.names, called, turned)
    return WhyAnswered(found, tuple(turns), said.why(found, what), back, figure)


def checked(problems: Iterable[Problem], text: str = "", old: str = "") -> Checked:
    """Return what is wrong with a text, and the lines in which it differs from an older one."""
    shown = tuple(ShownProblem(one.line, one.column, one.says) for one in problems)
    return Checked(shown, _changed(old.splitlines(), text.splitlines()) if text else ())


def completions(asked: CursorAsked) -> Completions:
    """Return what may be typed at a cursor, as an editor that speaks to the language server is offered."""
    typed = typed_at(asked.text, asked.line, asked.column)
    found = offers(asked.text, asked.line, asked.column) if typed is not None else []
    shown = tuple(Offered(one.text, one.key, one.meaning) for one in found)
    return Completions("" if typed is None else typed.word, shown)


def _changed(old: list[str], new: list[str]) -> tuple[str, ...]:
    """Return the lines in which two texts differ, as far as a page shows them."""
    if max(len(old), len(new)) > MOST_COMPARED:
        return (f"Texts of more than {MOST_COMPARED:,} lines are not compared.",)
    lines = unified_diff(old, new, "as written", "edited", n=1, lineterm="")
    return tuple(islice(lines, 2, MOST_LINES))


KEPT_AS = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}
"""How a figure may be kept: by ending, the type."""


def kept(drawing: Drawing, ending: str) -> bytes:
    """Return a figure as a file."""
    if ending == "csv":
        table = drawing.table
        heads = [] if table is None else [column.title for column in table.columns]
        return csv_of(heads, () if table is None else table.rows).encode("utf-8-sig")
    spec = spec_of(drawing, WIDE)
    return png_of(spec) if ending == "png" else svg_of(spec).encode()


def slug(text: str) -> str:
    """Return a text as a name in an address: in small letters, with hyphens, not too long for a file's name."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:100].rstrip("-")


def lever(session: Session, path: str, *, stop: Event | None = None) -> ShownLever:
    """Return a number of the scenario as a lever."""
    number, scenario = session.numbers[path], session.scenario
    known = magnitudes().get(tuple(path.split("."))) or {}
    way = way_of(path, number)
    return ShownLever(
        path, said.lever_name(path, scenario), said.number_said(path, number, scenario), number.text, way,
        _reach(number) if way == "shift" else REACH, session.drivers(stop=stop).get(path), known.get("unit", ""),
        _why(session, path),
    )  # fmt: skip


def hangs() -> str:
    """Say what a share beside a lever is of."""
    return f"The share of the lead's spread that goes with it. {counted_over(STAGES['pause'][0])}"


def _reach(number: Number) -> float:
    low, high = support(number)
    if number.normal is not None:
        return float(f"{4 * number.normal[1]:.2g}")
    width = high - low if high > low else max(abs(high), 1.0)
    return float(f"{WIDTHS * width:.2g}")


def _why(session: Session, path: str) -> tuple[str, ...]:
    """Return what a number stands on, in sentences."""
    row = session.grounds.get(path)
    if row is None:
        return ()
    names = Names.of(session.scenario)
    grounds = []
    for ground in row["grounds"]:
        held = f"held by {names.within(ground['holder'])}" if ground["holder"] else ""
        where = ", ".join(part for part in (ground["title"] or ground["source"], ground["at"], held) if part)
        grounds.append(f"{ground['says']} ({where})")
    because = (f"Because {row['because']}",) if row["because"] else ()
    return (*grounds, *because) or ("It stands on no claim.",)


def found_by(session: Session, words: str, most: int) -> list[str]:
    """Return the paths of the numbers whose name or path holds every one of some words, the likeliest meant first.

    First those that somebody wrote, of them the advised patron's own, then those of the forces and patrons at large
    before what an event makes of them; last those that the file leaves at what is taken where nothing is written.
    """
    asked = words.lower().split()
    own = f"patrons.{session.scenario.focus}."

    def place(path: str) -> tuple[bool, bool, bool]:
        return path not in session.file.written, not path.startswith(own), path.startswith("events.")

    found = (
        path
        for path, name in session.labels.items()
        if all(word in f"{path} {name}".lower() for word in asked)
    )
    return sorted(found, key=place)[:most]


def beliefs(session: Session, stop: Event) -> HoldersBest:
    """Return which way does best under the analyst's numbers and under each holder's beliefs."""
    best = {}
    for holder in (None, *session.scenario.beliefs, *session.scenario.pools):
        found = session.played(View(holder), "first", stop=stop).found
        best[holder or ""] = Names.of(session.scenario).strategy(found.best)
    return HoldersBest(best, STAGES["first"][0] * STAGES["first"][1])


def holders(scenario: Scenario) -> list[dict[str, str]]:
    """Return those whose beliefs may be taken: key, name alone and in a sentence, in how many numbers they differ."""
    names = Names.of(scenario)
    differ = {
        key: f"{counted(len(held), 'number')} differ{'s' * (len(held) == 1)}"
        for key, held in scenario.beliefs.items()
    } | dict.fromkeys(scenario.pools, "several taken together")
    return [
        {"key": key, "name": names.holding(key), "said": names.holder(key), "differ": how}
        for key, how in differ.items()
    ]


def forces(scenario: Scenario) -> dict[str, str]:
    """Return the forces with their short names, the incumbent first."""
    names = Names.of(scenario)
    order = sorted(scenario.forces, key=lambda key: (not scenario.forces[key].incumbent, key))
    return {key: names.force(key) for key in order}


def events(session: Session) -> list[dict[str, str]]:
    """Return the events and talks whose coming is uncertain: the place of their chance, what they are, what is judged.

    Those whose chance is least settled stand first.
    """
    found = []
    for path, number in session.numbers.items():
        if said.event_of(path) is None or not (number.is_ is None and support(number)[1] > 0):
            continue
        if path.split(".")[2] == "weekly" and f"{path.rpartition('.')[0]}.chance" in session.numbers:
            continue
        low, high = support(number)
        weekly = " a week" if path.endswith(".weekly") else ""
        item = ".".join(path.split(".")[:2])
        found.append((
            -min(high, 1 - low) if high > low else 0.0,
            {"path": path, "what": said.lever_name(path, session.scenario),
             "judged": said.number_said(path, number, session.scenario) + weekly,
             "on": f"{item}.on" if path.endswith(".probability") else ""},
        ))  # fmt: skip
    return [row for _, row in sorted(found, key=lambda one: (one[0], one[1]["path"]))]
