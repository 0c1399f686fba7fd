"""From an Altair chart to a readable inline SVG: palette, frames, fonts, and what screen readers are told.

Each figure is drawn twice, for a page and for a phone, because a figure shrunk to a third has letters
nobody can read. Colours are those of Okabe and Ito (2008), told apart by every common form of colour
vision; none carries a meaning alone: shapes, dashes or labels say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from equipoise.reporting.blocks import Block, Figure, Table
from equipoise.reporting.svg import svg_of

if TYPE_CHECKING:
    import altair

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (10, 4), (1, 3))
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
INK, QUIET, GRID, PAPER = "#1c2430", "#5b6675", "#e3e7ec", "#ffffff"
HALO = "halo_"
"""Start of the name of a layer whose texts are set off, by a white rim, from the lines behind them."""
Weight = Literal["bold", "normal"]
"""How heavy the letters of a text are."""
FONT = "'Liberation Sans', Arial, Helvetica, sans-serif"
"""Three fonts of the same widths; the renderer has the first in memory, so texts are measured alike everywhere."""


_PARTS = re.compile(r' (?:role="graphics-[a-z]+"|aria-(?:roledescription|label|hidden)="[^"]*")')
_RIMMED = re.compile(rf'(<g class="mark-text [^"]*\b{HALO}[^"]*")')


@dataclass(frozen=True)
class Frame:
    """The space a figure is drawn for, in pixels at full size.

    Attributes:
        name: `wide` (a page) or `narrow` (a phone).
        width: outer width.
        font: size of labels.
        row: height of a row in figures with a row a strategy or an event.
        labels: width of the labels left of the rows; 0 puts them above the rows instead.
        columns: how many small figures stand side by side.
    """

    name: str
    width: int
    font: int
    row: int
    labels: int
    columns: int


WIDE = Frame("wide", width=740, font=13, row=38, labels=220, columns=3)
NARROW = Frame("narrow", width=340, font=12, row=50, labels=0, columns=1)


@dataclass(frozen=True)
class Drawing:
    """A figure before it is drawn: texts, the table behind it, and a chart for any frame.

    Attributes:
        shape, rows: where figures of one key and shape differ in the rows of their data alone, what these are.
    """

    key: str
    title: str
    description: str
    caption: str
    chart: Callable[[Frame], altair.TopLevelMixin]
    table: Table | None = None
    shape: Hashable = None
    rows: Callable[[Frame], list[dict[str, Any]]] | None = None


def draw(drawing: Drawing) -> Figure:
    """Draw a figure for the page and for the phone."""
    wide, narrow = (
        _inline(svg_of(spec_of(drawing, frame)), drawing, f"{drawing.key}-{frame.name}")
        for frame in (WIDE, NARROW)
    )
    return Figure(
        key=drawing.key,
        title=drawing.title,
        description=drawing.description,
        caption=drawing.caption,
        wide=wide,
        narrow=narrow,
        table=drawing.table,
    )


def drawn(*drawings: Drawing | None) -> list[Block]:
    """Draw those figures that have something to show."""
    return [draw(drawing) for drawing in drawings if drawing is not None]


def spec_of(drawing: Drawing, frame: Frame) -> dict[str, Any]:
    """Return the specification of a figure in the grammar of Vega-Lite, for whoever draws it."""
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):  # parts are not checked one by one: a chart that is wrong fails to draw
        return drawing.chart(frame).to_dict(validate=False) | {"config": style(frame)}


def styled(chart: altair.TopLevelMixin, frame: Frame, *, title: str) -> altair.TopLevelMixin:
    """Return a chart that looks as the report's do, wherever it is shown.

    Args:
        chart: as a drawing makes it for the frame.
        frame: the space it is drawn for.
        title: written above it.
    """
    return chart.properties(title=title).configure(
        **style(frame) | {"title": {"anchor": "start", "color": INK}}
    )


def style(frame: Frame) -> dict[str, Any]:
    """Return how every chart looks; given to the finished chart, as each step of its own would copy all of it."""
    text = {"labelFontSize": frame.font, "titleFontSize": frame.font, "labelColor": INK, "titleColor": INK}
    return {
        "font": FONT, "background": PAPER, "aria": False, "padding": 6, "view": {"stroke": None},
        "axis": {
            **text, "titleFontWeight": "normal", "grid": True, "gridColor": GRID, "domainColor": QUIET,
            "tickColor": QUIET, "labelFlush": False,
        },
        "legend": {
            **text, "orient": "top", "title": None, "symbolSize": 110, "symbolStrokeWidth": 2.5,
            "labelLimit": 0, "columnPadding": 16,
        },
        "header": {"labelFontSize": frame.font, "labelFontWeight": "bold", "labelColor": INK, "title": None},
        "text": {"fontSize": frame.font, "color": INK},
    }  # fmt: skip


def _inline(svg: str, drawing: Drawing, prefix: str) -> str:
    """Give the SVG its own ids, a title and a description, and let it shrink with the page.

    It is one picture to who hears it: the roles that Vega gives to its parts, most without a name, are taken off.
    """
    svg = _PARTS.sub("", svg)
    svg = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", svg).strip()
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = _RIMMED.sub(
        rf'\1 paint-order="stroke" stroke="{PAPER}" stroke-width="4" stroke-linejoin="round"', svg
    )
    head, _, rest = svg.partition(">")
    width = re.search(r'\bwidth="([\d.]+)"', head)
    box = re.search(r'\bviewBox="([^"]+)"', head)
    if width is None or box is None:
        raise ValueError("the drawn figure has no size")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="{box[1]}" '
        f'style="max-width:{float(width[1]):.0f}px" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(drawing.title)}</title>'
        f'<desc id="{prefix}-desc">{escape(drawing.description)}</desc>'
    )
    return opening + rest
