"""The tables of the terminal: the same tables as in the report, set by rich.

Colour and bold appear on a terminal only; in a pipe the text is plain and 100 columns wide, so that it can
be kept in a file or compared with another run. How tables fit a width is decided in `typesetting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, NoReturn

from equipoise.findings.found import Run
from equipoise.reporting import brief, check_tables, tables
from equipoise.reporting.answer import answer, how_sure
from equipoise.reporting.blocks import Block, Heading, Paragraph, Points, Remark, Table, Terms
from equipoise.reporting.run_view import RunView
from equipoise.reporting.typesetting import GAP, Line, set_prose, set_table, set_term, wide
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import count, day
from equipoise.text import printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

PLAIN_WIDTH = 100
"""Columns of a table that does not go to a terminal."""
TONES = {
    "first": "bold", "quiet": "dim", "warn": "yellow", "head": "bold", "rule": "dim", "note": "dim",
    "": "",
}  # fmt: skip
"""How each tone looks on a terminal."""


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
    run: Run,
    scenario: Scenario,
    *,
    analyses: Mapping[str, Mapping[str, Any]] | None = None,
    to: Console | None = None,
    full: bool = False,
) -> None:
    """Print a run: the answer, how sure it is, the ranking, the forces, who governs, events and talks.

    Args:
        run: what the run found.
        scenario: the scenario that was run.
        analyses: as for `render`; the trace tells how much of the answer stands on claims.
        to: the console; one for standard output if not given.
        full: also the payoffs in full, falls by strategy, and the robustness metrics.
    """
    show(_run(RunView(run, scenario, analyses or {}), full), to=to)


def print_brief(
    run: Run,
    scenario: Scenario,
    *,
    analyses: Mapping[str, Mapping[str, Any]] | None = None,
    to: Console | None = None,
) -> None:
    """Print the brief, its picture as the table behind it.

    Args:
        run: what the run found.
        scenario: the scenario that was run.
        analyses: as for `render`.
        to: the console; one for standard output if not given.
    """
    context = RunView(run, scenario, analyses or {})
    body = [getattr(block, "table", None) or block for block in brief.blocks(context)]
    asked = [Paragraph(scenario.question)] if scenario.question else []
    show([Heading(scenario.title), *asked, *body], to=to)


def print_check(found: Mapping[str, Any], *, name: str, to: Console | None = None) -> None:
    """Print what a good scenario contains, takes as given, and implies for each force.

    Args:
        found: what `jobs.check` returns.
        name: the file or case that was checked.
        to: the console; one for standard output if not given.
    """
    lines = [Paragraph(line) for line in check_tables.lines(found)]
    implied = [check_tables.forces(found), check_tables.outlook(found["outlook"])]
    shown = [*check_tables.remarks(found), *implied, *check_tables.base_rates(found)]
    title = Heading(f"{found['title']}: no fault found in {name}")
    show([title, *lines, *(block for block in shown if block is not None)], to=to)


def print_trace(trace: Mapping[str, Any]) -> None:
    """Print what `evidence.trace` returns: what numbers stand on, a row a number, and claims nothing stands on."""
    unused = trace.get("unused") or []
    said = [Paragraph(f"Claims on which nothing stands: {', '.join(map(str, unused))}.")] if unused else []
    show([tables.trace(trace), tables.trace_counts(trace), *said])


def show(blocks: Iterable[Block], *, to: Console | None = None) -> None:
    """Print blocks, an empty line around tables and before headings.

    Args:
        blocks: in reading order; figures and links have no place on a terminal and are left out.
        to: the console; one for standard output if not given.
    """
    target = console() if to is None else to
    for item in renderables(blocks):
        target.print(item)


def renderables(blocks: Iterable[Block]) -> list[RenderableType]:
    """Return what a console prints for blocks, one after the other, empty lines included."""
    found: list[RenderableType] = []
    before: Block | None = None
    for block in blocks:
        items = list(rendered(block))
        apart = isinstance(block, Table | Heading | Remark) or isinstance(before, Table | Points | Remark)
        if found and items and apart:
            found.append("")
        found += items
        before = block if items else before
    return found


def _run(context: RunView, full: bool) -> Iterator[Block]:
    yield Heading(context.scenario.title)
    if context.scenario.question:
        yield Paragraph(context.scenario.question)
    end = context.day_of(context.scenario.calendar.weeks)
    yield Paragraph(
        f"{count(context.run.futures)} futures from {day(context.scenario.calendar.start)} to {day(end)}, "
        f"seed {context.run.seed}"
    )
    yield Remark("The answer", "\n".join(answer(context)), "answer")
    yield how_sure(context)
    if context.run.warnings:
        yield Remark("What a reader must know", "", "warning", context.run.warnings)
    then = [tables.forces, tables.orders, tables.events, tables.talks, tables.agreements]
    if full:
        then += [tables.payoffs, tables.differences, tables.falls, tables.robustness_order]
    shown = (
        tables.ranking(context),
        tables.success(context, context.run),
        *(build(context) for build in then),
    )
    yield from (table for table in shown if table.rows)


def rendered(block: Block) -> Iterator[RenderableType]:
    """Return what a console prints for a block; figures and links have no place on a terminal."""
    if isinstance(block, Table):
        yield to_rich(block)
    elif isinstance(block, Heading):
        yield _text(block.text, "head")
    elif isinstance(block, Paragraph):
        yield _text(block.text)
    elif isinstance(block, Points):
        yield from (_text(f"- {item}", hang=2) for item in block.items)
    elif isinstance(block, Remark):
        tone = "warn" if block.tone == "warning" else ""
        if block.title:
            yield _text(block.title, "head")
        if block.text:
            yield _text(block.text, tone)
        yield from (_text(f"- {item}", tone, hang=2) for item in block.items)
    elif isinstance(block, Terms):
        column = min(32, max(wide(term) for term, _ in block.pairs)) + GAP
        yield from (_term(term, meaning, column) for term, meaning in block.pairs)


def to_rich(table: Table) -> RenderableType:
    """Return a table as a console prints it, fitted to its width: numbers to the right, the note below.

    Names are plain text: nothing a scenario says is read as rich's markup.
    """
    return _Set(lambda width: set_table(table, width))


class _Set:
    """Lines that are set when the width of the console is known."""

    def __init__(self, lines: Callable[[int], list[Line]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        for line in self._lines(options.max_width):
            pieces = [(printable(text), TONES[tone]) for text, tone in line]
            yield Text.assemble(*pieces, no_wrap=True, overflow="ignore")


def _term(term: str, meaning: str, column: int) -> RenderableType:
    return _Set(lambda width: set_term(term, meaning, width, column=column))


def _text(text: str, tone: str = "", *, hang: int = 0) -> RenderableType:
    return _Set(lambda width: set_prose(text, width, hang=hang, tone=tone))
