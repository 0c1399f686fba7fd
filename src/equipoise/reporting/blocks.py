"""What a section of the report is made of: plain, frozen blocks that know nothing of HTML or of terminals.

A page builds blocks from the run's JSON; the template and the terminal tables show them. Text is text:
it is escaped where it is shown, so nothing a scenario says can become markup.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading and whether it holds text or numbers (set to the right)."""

    title: str
    kind: Literal["text", "number"] = "text"


def headings(*titles: str | Column) -> tuple[Column, ...]:
    """Return the columns of a table by their titles; those that begin with # hold numbers.

    A title that a scenario gives to a column of text is passed as a `Column`, for it may begin with # itself.
    """
    return tuple(
        title if isinstance(title, Column)
        else Column(title.removeprefix("#"), "number" if title.startswith("#") else "text")
        for title in titles
    )  # fmt: skip


Tone = Literal["", "first", "quiet", "warn"]
"""How a cell of a table stands out."""


@dataclass(frozen=True)
class Cell:
    """A cell that stands out: `first` for the best of its row or column, `quiet` for background."""

    text: str
    tone: Tone = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A table: the first cell of each row names the row.

    Attributes:
        caption: what the table shows, in one line.
        columns: headings, one a cell of each row.
        rows: cells, already written out for people.
        note: what a reader must know to read it, below the table.
        folded: shown only when asked for, where the medium can do that.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    note: str = ""
    folded: bool = False
    kind: ClassVar[str] = "table"

    def first(self, most: int, *, ranked: int | None = None, all_in: str = "the JSON") -> Table:
        """Return the table with its first rows; where that is not all, its note says of how many and where all are.

        Args:
            most: rows that are kept.
            ranked: how many of the rows, from the first on, may be left out; later ones stay. All by default.
            all_in: where all of them are.
        """
        ranked = len(self.rows) if ranked is None else ranked
        if ranked <= most:
            return self
        said = f"The first {most:,} of {ranked:,} are shown; all are in {all_in}."
        rows = self.rows[:most] + self.rows[ranked:]
        return replace(self, rows=rows, note=f"{self.note} {said}".strip())


@dataclass(frozen=True)
class Figure:
    """A drawn figure with the table behind it.

    Attributes:
        key: name of the figure, unique in a report.
        title: what it shows; also read out by screen readers.
        description: the same in a sentence or two, for those who cannot see it.
        caption: how to read it, printed below.
        wide, narrow: SVG for a page and for a phone.
        table: the numbers behind it, or None.
    """

    key: str
    title: str
    description: str
    caption: str
    wide: str
    narrow: str
    table: Table | None = None
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Points:
    """A list of short statements."""

    items: tuple[str, ...]
    kind: ClassVar[str] = "points"


@dataclass(frozen=True)
class Terms:
    """Pairs of a term and what it means or holds; `answer` sets them apart as what a reader wants first."""

    pairs: tuple[tuple[str, str], ...]
    tone: Literal["", "answer"] = ""
    kind: ClassVar[str] = "terms"


@dataclass(frozen=True)
class Link:
    """A line of text that may lead to an address (shown as text unless it is http or https)."""

    text: str
    url: str | None = None

    @property
    def safe_url(self) -> str | None:
        """The address, if following it can do nothing but open a page."""
        return self.url if self.url and self.url.lower().startswith(("https://", "http://")) else None


@dataclass(frozen=True)
class Links:
    """A list of sources."""

    items: tuple[Link, ...]
    kind: ClassVar[str] = "links"


@dataclass(frozen=True)
class Remark:
    """A statement set apart: a warning, the answer, or how sure it is; line breaks part its paragraphs."""

    title: str
    text: str
    tone: Literal["warning", "answer", "confidence"] = "warning"
    items: tuple[str, ...] = ()
    kind: ClassVar[str] = "remark"


Block = Table | Figure | Paragraph | Heading | Points | Terms | Links | Remark


def present(*blocks: Block | None) -> list[Block]:
    """Return the blocks that are there; what has nothing to say is None."""
    return [block for block in blocks if block is not None]


@dataclass(frozen=True)
class Section:
    """A section of the report.

    Attributes:
        key: name of the section; its address within the page.
        title: heading, also in the contents.
        lead: what the section says, in a sentence or two.
        body: blocks in reading order.
    """

    key: str
    title: str
    lead: str
    body: tuple[Block, ...] = ()
