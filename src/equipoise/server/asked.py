"""What the API is asked and what it answers, as types: requests are checked by them, and OpenAPI is made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from equipoise.findings.found import Found
from equipoise.findings.what_if import Change
from equipoise.findings.why_moved import WhyMoved
from equipoise.records import Record
from equipoise.server.session import Turn
from equipoise.server.view import LONGEST_VALUE, MOST_CHANGES, MOST_WAYS, View

Short = Annotated[str, Field(max_length=LONGEST_VALUE)]
Stage = Literal["first", "pause", "full"]
Width = Literal["wide", "narrow"]
Theme = Literal["light", "dark"]


class Asked(BaseModel):
    """Base of what is asked: no key but those named."""

    model_config = ConfigDict(extra="forbid")


class ViewAsked(Asked):
    """Whose beliefs, which numbers are changed (in the order made), which ways of engaging are added."""

    beliefs: Short | None = None
    changes: Annotated[dict[Short, Short], Field(max_length=MOST_CHANGES)] = {}
    ways: Annotated[
        dict[Short, dict[Short, Annotated[float, Field(ge=0, le=1e6)]]], Field(max_length=MOST_WAYS)
    ] = {}

    def view(self) -> View:
        """Return the view."""
        return View(self.beliefs or None, dict(self.changes), dict(self.ways)).checked()


class Compared(Asked):
    """A view, what it is held against, who asks, and how figures are to be drawn.

    Attributes:
        view: what is asked. against: what it is held against, with the ways of `view`; as written if not given.
        named: what `against` is called in sentences.
        client: who asks; a newer question of the same client ends the one at work.
        width, theme: draw the figures for these; no figures if not given.
    """

    view: ViewAsked = ViewAsked()
    against: ViewAsked | None = None
    named: Short = "as written"
    client: Short = ""
    width: Width | None = None
    theme: Theme = "light"

    def views(self) -> tuple[View, View | None]:
        """Return the view and what it is held against."""
        view = self.view.view()
        return view, None if self.against is None else self.against.view().doing(view.ways)


class WhatIfAsked(Compared):
    """What a view and what it is held against come to.

    Attributes:
        stage: 512, 2,048 or 20,000 futures. found: give all that was found, and not its words alone.
    """

    stage: Stage = "first"
    found: bool = True


class FiguresAsked(Compared):
    """Figures that take futures of their own to draw: how power may go (`power`), who holds what (`regions`)."""

    view: ViewAsked
    width: Width = "wide"


class HoldAsked(Compared):
    """Goals that may be moved next: what moves of them rest on is played before they are made."""

    paths: Annotated[list[Short], Field(max_length=MOST_CHANGES)]


class WhyMovedAsked(Compared):
    """Why the answer moved."""

    view: ViewAsked


class TextAsked(Asked):
    """The text of a scenario."""

    text: str


class CursorAsked(TextAsked):
    """The text of a scenario as it is being typed, and where the cursor is, counted in characters from 0."""

    line: Annotated[int, Field(ge=0, le=1_000_000)]
    column: Annotated[int, Field(ge=0, le=1_000_000)]


class TextGiven(TextAsked):
    """The text of a scenario that takes the place of the one explored; saved in its file if asked to."""

    save: bool = False


@dataclass(frozen=True)
class ShownChange(Record):
    """A change as it is shown: its place, what was asked, in words, and the number there now and as written."""

    path: str
    asked: str
    says: str
    now: str
    was: str


@dataclass(frozen=True)
class ShownTable(Record):
    """A table as it is shown: its title, its headings, its rows, and what a reader must know of them."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True)
class Shown(Record):
    """A what-if in words; `**` sets off what matters most.

    Attributes:
        best: what the best way is called in a sentence.
        lead, beneath: the answer, and the sentences below it. strip: the same in a line.
        changes: in the order made. orders: who governs at the end, of a hundred futures under the best way, now and
            before.
        table: every way of engaging, a row each. success: how often each succeeds; None where the scenario does not say
            what success is.
        rests: on how many futures. command: what to type for the same.
        block: what to write at the end of the file for the same changes; empty where nothing in it is changed.
        held: the same numbers as somebody's beliefs, to stand in the file; empty where no number is changed.
    """

    best: str
    lead: str
    beneath: tuple[str, ...]
    strip: str
    changes: tuple[ShownChange, ...]
    orders: tuple[ShownOrder, ...]
    table: ShownTable
    success: ShownTable | None
    rests: str
    command: str
    block: str
    held: str


@dataclass(frozen=True)
class ShownOrder(Record):
    """An order of the last week: in how many of a hundred futures, now and before; `tone` is its colour's name."""

    key: str
    tone: str
    says: str
    now: int
    was: int


@dataclass(frozen=True)
class Answered(Record):
    """What a what-if gives: what was found now and before, how far each payoff moved, and the same in words.

    Attributes:
        scenario: hash of the text it rests on. seed, stage, futures: what was played. address: of the view.
        now, was, changes: None where only words were asked for.
        figures: by name, each a chart in the grammar of Vega-Lite with texts.
    """

    scenario: str
    seed: int
    stage: str
    futures: int
    address: str
    now: Found | None
    was: Found | None
    changes: dict[str, Change] | None
    shown: Shown
    figures: tuple[ShownFigure, ...]


@dataclass(frozen=True)
class ShownFigure(Record):
    """A figure: its texts, and the chart.

    Attributes:
        rows: the data that `chart` calls `rows`, where the chart is the same for others; None where it holds its own.
    """

    key: str
    title: str
    description: str
    caption: str
    chart: dict[str, object]
    rows: tuple[dict[str, object], ...] | None = None


@dataclass(frozen=True)
class HeldGoals(Record):
    """Goals whose moves are answered from futures that are held."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Figures(Record):
    """Figures of a view, and the address it has."""

    address: str
    figures: tuple[ShownFigure, ...]


@dataclass(frozen=True)
class ShownLever(Record):
    """A number that can be moved.

    Attributes:
        path, name: its place, and what it is called. was: as written, in words. way: how a slider moves it.
        reach: by how much it can be moved each way: a factor, or an amount.
        share: of the spread of the best way's lead that goes with it, by rank; None where it cannot be told from none.
        unit: of a number at this place. why: what it stands on.
    """

    path: str
    name: str
    was: str
    written: str
    way: str
    reach: float
    share: float | None
    unit: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Levers(Record):
    """Numbers that can be moved, and how many there are in all."""

    levers: tuple[ShownLever, ...]
    of: int


@dataclass(frozen=True)
class HoldersBest(Record):
    """What the best way is called under each holder's beliefs ("" for the analyst), from how many futures."""

    best: dict[str, str]
    futures: int


@dataclass(frozen=True)
class ShownProblem(Record):
    """What is wrong with a scenario, and where."""

    line: int
    column: int
    says: str


@dataclass(frozen=True)
class Offered(Record):
    """One thing that may stand at a cursor: its text, whether it is a key, and what it means."""

    text: str
    key: bool
    meaning: str


@dataclass(frozen=True)
class Completions(Record):
    """What may stand at a cursor, and the beginning of it that is there already."""

    word: str
    offers: tuple[Offered, ...]


@dataclass(frozen=True)
class Checked(Record):
    """All that is wrong with a text (nothing where it is a scenario), and the lines it changes, marked + and -."""

    problems: tuple[ShownProblem, ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextHeld(Record):
    """The text that is explored, its hash, and the name of the file it can be saved in (None where there is none)."""

    text: str
    scenario: str
    file: str | None


@dataclass(frozen=True)
class Version(Record):
    """How often the situation changed, the hash of what is explored, and what is wrong with the newest text."""

    version: int
    scenario: str
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True)
class WhyAnswered(Record):
    """Why the answer moved, in numbers and in words.

    Attributes:
        found: shares, what newly happens. turns: where each moved number would bring the best way before back.
        says, back: why it moved, and what would turn it back, in sentences. figure: the shares; None if not asked for.
    """

    found: WhyMoved
    turns: tuple[Turn, ...]
    says: str
    back: tuple[str, ...]
    figure: ShownFigure | None
