"""The tables of the terminal: the same tables as in the report, set by rich.

Colour and bold appear on a terminal only; in a pipe the text is plain and 100 columns wide, so that it can
be kept in a file or compared with another run.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, NoReturn

from equipoise.judge.words import confidence
from equipoise.report import check_tables, tables
from equipoise.report.answer import answer
from equipoise.report.blocks import Block, Cell, Heading, Paragraph, Points, Table, Terms
from equipoise.report.context import Context
from equipoise.report.nested import blocks_of
from equipoise.report.phrases import count, day
from equipoise.scenario.model import Scenario

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PLAIN_WIDTH = 100
"""Columns of a table that does not go to a terminal."""
LEAST_NAME = 18
"""Columns kept for the names of rows, however wide the rest is."""
TONES = {"first": "bold", "quiet": "dim", "warn": "yellow", "": ""}


def console(file: IO[str] | None = None) -> Console:
    """Return a console: as wide as the terminal, or 100 columns of plain text in a pipe.

    A closed pipe raises BrokenPipeError, for whoever writes to decide what it means; left to itself, rich
    would end the process as a failure.

    Args:
        file: where to write; standard output if not given.
    """
    from rich.console import Console

    made = Console(file=file, highlight=False, soft_wrap=False)
    if not made.is_terminal:
        made = Console(file=file, highlight=False, width=PLAIN_WIDTH)
    made.on_broken_pipe = _closed  # type: ignore[method-assign]
    return made


def _closed() -> NoReturn:
    raise BrokenPipeError


def print_run(
    summary: Mapping[str, Any],
    scenario: Scenario,
    *,
    analyses: Mapping[str, Mapping[str, Any]] | None = None,
    to: Console | None = None,
    full: bool = False,
) -> None:
    """Print a run: the answer, how sure it is, the ranking, the forces, who governs, events and talks.

    Args:
        summary: the JSON of `run`, as a dictionary.
        scenario: the scenario that was run.
        analyses: as for `render`; the trace tells how much of the answer stands on claims.
        to: the console; one for standard output if not given.
        full: also the payoffs in full, falls by strategy, and the robustness metrics.
    """
    context = Context(summary, scenario, analyses or {})
    target = console() if to is None else to
    for item in _run(context, full):
        target.print(item)


def print_blocks(data: Any, *, title: str = "", to: Console | None = None) -> None:
    """Print any JSON document as lists and tables: the summary of `check`, a trace, a result.

    Args:
        data: mappings, lists and plain values.
        title: printed above.
        to: the console; one for standard output if not given.
    """
    target = console() if to is None else to
    if title:
        target.print(_text(title, "bold"))
    for block in blocks_of(data):
        for item in rendered(block):
            target.print(item)


def print_check(found: Mapping[str, Any], *, name: str, to: Console | None = None) -> None:
    """Print what a good scenario contains, takes as given, and implies for each force.

    Args:
        found: what `jobs.check` returns.
        name: the file or case that was checked.
        to: the console; one for standard output if not given.
    """
    target = console() if to is None else to
    target.print(_text(f"{found['title']}: no fault found in {name}", "bold"))
    for line in check_tables.lines(found):
        target.print(_text(line))
    for table in (check_tables.forces(found), check_tables.base_rates(found)):
        if table is not None:
            target.print(to_rich(table))


def print_trace(trace: Mapping[str, Any], *, to: Console | None = None) -> None:
    """Print what the numbers of a scenario stand on, a row a number, and the claims nothing stands on.

    Args:
        trace: what `evidence.trace` returns.
        to: the console; one for standard output if not given.
    """
    target = console() if to is None else to
    target.print(to_rich(tables.trace(trace)))
    target.print(to_rich(tables.trace_counts(trace)))
    unused = trace.get("unused") or []
    if unused:
        target.print(_text(f"\nClaims on which nothing stands: {', '.join(map(str, unused))}."))


def _run(context: Context, full: bool) -> Iterator[RenderableType]:
    yield _text(context.scenario.title, "bold")
    if context.scenario.question:
        yield _text(context.scenario.question, "italic")
    end = context.day_of(context.scenario.calendar.weeks)
    yield _text(
        f"{count(context.get('futures'))} futures from {day(context.scenario.calendar.start)} to {day(end)}, "
        f"seed {context.get('seed')}"
    )
    found = answer(context)
    if found is not None:
        yield _text("\n" + " ".join(found.sentences))
        total = len(found.supports) + len(found.weakens)
        yield _text(confidence(found.confidence, f"{len(found.supports)} of {total} supports hold"))
        yield from (_text(f"  missing: {text}", "dim") for text in found.weakens)
    for warning in context.get("warnings") or []:
        yield _text(f"! {warning}", "yellow")
    shown = [tables.ranking, tables.forces, tables.orders, tables.events, tables.talks]
    if full:
        shown += [tables.payoffs, tables.differences, tables.falls, tables.robustness_order]
    for build in shown:
        table = build(context)
        if table.rows:
            yield from rendered(table)


def rendered(block: Block) -> Iterator[RenderableType]:
    """Return what rich prints for a block; figures and links have no place on a terminal."""
    if isinstance(block, Table):
        yield to_rich(block)
    elif isinstance(block, Heading):
        yield _text(f"\n{block.text}", "bold")
    elif isinstance(block, Paragraph):
        yield _text(block.text)
    elif isinstance(block, Points):
        yield from (_text(f"- {item}") for item in block.items)
    elif isinstance(block, Terms):
        width = min(32, max(len(term) for term, _ in block.pairs))
        yield from (_text(f"{term:<{width}}  {meaning}") for term, meaning in block.pairs)


def to_rich(table: Table) -> RenderableType:
    """Return a table as rich sets it: numbers to the right, the best in bold, the note below.

    Names are plain text: nothing a scenario says is read as rich's markup.
    """
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    made = RichTable(
        title=_text("\n" + table.caption, "bold") if table.caption else None,
        title_justify="left",
        caption=_text(table.note, "dim") if table.note else None,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    for place, column in enumerate(table.columns):
        right = column.kind == "number"
        widest = max((len(str(row[place])) for row in table.rows), default=0)
        least_title = max([widest, *(len(part) for part in column.title.split())])
        title = "\n".join(textwrap.wrap(column.title, least_title)) if right else column.title
        least = min(widest, LEAST_NAME) if place == 0 else None
        made.add_column(
            Text(title), justify="right" if right else "left", no_wrap=right, overflow="fold", min_width=least
        )
    for row in table.rows:
        made.add_row(
            *(Text(str(cell), style=TONES[cell.tone] if isinstance(cell, Cell) else "") for cell in row)
        )
    return made


def _text(text: str, style: str = "") -> RenderableType:
    from rich.text import Text

    return Text(text, style=style)
