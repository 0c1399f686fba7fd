"""The map of who controls what: a tile a region, placed as the regions lie where the file says so.

Tiles of one size are read more easily than outlines, in which a large empty region hides a small full one; each
stands in the cell of a grid that is nearest to its place, all together as near as can be (a linear assignment).
Source: Hafen 2018, *geofacet*; Kuhn 1955 for the assignment.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equipoise.findings.found import Control, Held
from equipoise.reporting import charts
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import GRID, INK, PALETTE, PAPER, Drawing, Frame, Weight
from equipoise.reporting.run_view import RunView, ScenarioView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import chance, day, percent, percent_error

if TYPE_CHECKING:
    import altair

Cell = tuple[int, int]
COLUMNS = {"wide": 3, "narrow": 2}
"""Most tiles side by side, by frame."""
SHOWN = 0.005
"""A force with no more of a region than this, at the start, later and in 19 futures of 20, has no bar there."""
PAD, GAP, BAR, LINE = 10, 10, 9, 16
"""Pixels: inside a tile, between tiles, of a bar, of a line of text."""


def regions(context: RunView) -> Drawing:
    """Mean control of each region by each force under the best strategy, its spread, and what it is at the start."""
    return controlled(context.run.control, context.best, context)


def controlled(found: Control, way: str, country: ScenarioView) -> Drawing:
    """Mean control of each region by each force under a way of engaging, its spread, and what it is at the start."""
    names, later, start = country.names, found.later[way], found.start
    then, now = day(country.day_of(found.week)), day(country.day_of(0))
    placed = all(region.at for region in country.scenario.regions.values())
    columns = headings("Region", "Force", f"#{now}", f"#{then}", "#5 %", "#95 %", "Holds most of it")
    rows = [
        (
            names.region(region), names.force(force), percent(start[region][force].mean),
            percent_error(held.mean, held.se), percent(held.p5), percent(held.p95), chance(held.most, held.most_se),
        )
        for region in country.scenario.regions
        for force, held in ((force, later[region][force]) for force in country.forces)
    ]  # fmt: skip
    place = (
        "Tiles stand as their regions lie, north up, as near as a grid allows."
        if placed
        else "Tiles stand in the order of the file."
    )
    title = f"Who holds which region on {then}"
    return Drawing(
        key="regions",
        title=title,
        description=f"Mean share, and nine futures in ten, under {names.quoted(way)}: "
        + "; ".join(f"{row[0]}, {row[1]}: {row[3]} ({row[4]} to {row[5]}), {row[2]} at first" for row in rows),
        caption=(
            f"Bar and number: mean share of the region on {then} under {names.quoted(way)}; "
            f"line: nine futures in ten; diamond: the mean share on {now}. {place}"
        ),
        chart=lambda frame: _map(country, start, later, frame),
        table=Table(
            title,
            columns,
            tuple(rows),
            note=f"Over {found.futures:,} futures, one in each state. ±: standard error, in points of 100. Holds "
            "most of it: in how many of them the force has more of the region than any other.",
        ),
    )  # fmt: skip


def cells_of(scenario: Scenario, most: int) -> dict[str, Cell]:
    """Return the row and column of each region's tile, from the north-west, with at most so many columns."""
    names = list(scenario.regions)
    columns = min(most, math.ceil(math.sqrt(len(names))))
    at = [scenario.regions[name].at for name in names]
    if None in at:
        return {name: divmod(k, columns) for k, name in enumerate(names)}
    return _nearest(dict(zip(names, _spread(np.array(at, float)), strict=True)), columns)


def _spread(places: np.ndarray) -> np.ndarray:
    """Return places [regions, 2] in degrees as shares of the way east and south, across the date line where need be."""
    across, down = (places[:, 0] - west_end(places[:, 0])) % 360, -places[:, 1]
    return np.stack([_shares(across), _shares(down)], axis=1)


def west_end(longitudes: np.ndarray) -> float:
    """Return the longitude at which a country begins: east of the widest gap, wherever the date line runs."""
    east = np.sort(longitudes % 360)
    gaps = np.diff(east, append=east[0] + 360)
    return float(east[(int(np.argmax(gaps)) + 1) % len(east)])


def holder(region: Mapping[str, Held]) -> str:
    """Return the force that most often holds more of a region than any other."""
    return max(region, key=lambda force: (region[force].most, region[force].mean))


def _shares(values: np.ndarray) -> np.ndarray:
    span = np.ptp(values)
    return (values - values.min()) / span if span > 0 else np.full(len(values), 0.5)


def _nearest(places: Mapping[str, np.ndarray], columns: int) -> dict[str, Cell]:
    """Return the cells that lie nearest to the places, in all; rows and columns that stay empty are left out."""
    from scipy.optimize import linear_sum_assignment

    rows = max(math.ceil(len(places) / columns), math.ceil(math.sqrt(len(places))))
    grid = [(row, column) for row in range(rows) for column in range(columns)]
    centres = np.array([((column + 0.5) / columns, (row + 0.5) / rows) for row, column in grid])
    wanted = np.array(list(places.values()))
    wanted = 0.5 / np.array([columns, rows]) + wanted * (1 - 1 / np.array([columns, rows]))
    away = ((wanted[:, None] - centres) ** 2).sum(axis=2)
    chosen = [grid[k] for k in linear_sum_assignment(away)[1]]
    kept = [{old: new for new, old in enumerate(sorted({cell[axis] for cell in chosen}))} for axis in (0, 1)]
    return {name: (kept[0][row], kept[1][column]) for name, (row, column) in zip(places, chosen, strict=True)}


@dataclass(frozen=True)
class _Bar:
    """One force in one region: its names broken into lines, and what it holds."""

    lines: tuple[str, ...]
    text: str
    colour: str
    start: Held
    later: Held


@dataclass(frozen=True)
class _Tile:
    """One region: its name broken into lines, and the forces that hold some of it."""

    lines: tuple[str, ...]
    bars: tuple[_Bar, ...]

    @property
    def height(self) -> int:
        """Height in pixels."""
        bars = sum(LINE * len(bar.lines) + BAR + 12 for bar in self.bars)
        return 2 * PAD + LINE * len(self.lines) + bars


def _tile(
    country: ScenarioView,
    region: str,
    start: Mapping[str, Held],
    later: Mapping[str, Held],
    width: int,
    frame: Frame,
) -> _Tile:
    """Return a region's tile, `width` pixels wide."""
    bars = []
    for k, (force, name) in enumerate(short_names(country.names, country.forces).items()):
        held = later[force]
        if max(start[force].mean, held.mean, held.p95) <= SHOWN:
            continue
        text = percent(held.mean)
        if frame.labels:
            text += f" ({100 * held.p5:.0f} to {100 * held.p95:.0f})"
        lines = _broken(name, width - 2 * PAD - 6 - _long(text, frame), frame)
        bars.append(_Bar(lines, text, PALETTE[k % len(PALETTE)], start[force], held))
    return _Tile(_broken(country.names.region(region), width - 2 * PAD, frame), tuple(bars))


def short_names(names: Names, forces: Sequence[str]) -> dict[str, str]:
    """Return the names of forces, without what they add in brackets where they differ without it."""
    whole = {force: names.force(force) for force in forces}
    short = {force: name.partition(" (")[0] for force, name in whole.items()}
    return short if len(set(short.values())) == len(short) else whole


def _long(text: str, frame: Frame) -> float:
    return len(text) * frame.font * (charts.LETTER + 0.02)


def _broken(name: str, pixels: float, frame: Frame) -> tuple[str, ...]:
    return tuple(textwrap.wrap(name, max(8, int(pixels / (frame.font * (charts.LETTER + 0.02))))))


def _map(
    country: ScenarioView,
    start: Mapping[str, Mapping[str, Held]],
    later: Mapping[str, Mapping[str, Held]],
    frame: Frame,
) -> altair.LayerChart:
    cells = cells_of(country.scenario, COLUMNS[frame.name])
    columns = 1 + max(column for _, column in cells.values())
    full = frame.width - 12
    width = (full - GAP * (columns - 1)) // columns
    tiles = {name: _tile(country, name, start[name], later[name], width, frame) for name in cells}
    heights = [
        max(tiles[name].height for name, cell in cells.items() if cell[0] == row)
        for row in range(1 + max(row for row, _ in cells.values()))
    ]
    tops = np.cumsum([0, *(height + GAP for height in heights)])
    frames, bars, texts = [], [], []
    for name, (row, column) in cells.items():
        left, top = column * (width + GAP), int(tops[row])
        frames.append({"x": left, "x2": left + width, "y": top, "y2": top + heights[row]})
        texts += _name_of(tiles[name], left + PAD, top)
        for text, bar in _rows_of(tiles[name], left, top, width):
            texts += text
            bars.append(bar)
    return _layered(frames, bars, texts, full, int(tops[-1]) - GAP)


def _name_of(tile: _Tile, left: int, top: int) -> list[dict[str, Any]]:
    return [
        {"x": left, "y": top + PAD + LINE * k + LINE / 2, "text": line, "kind": "region"}
        for k, line in enumerate(tile.lines)
    ]


def _rows_of(
    tile: _Tile, left: int, top: int, width: int
) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Return the texts and the bar of each force of a tile, from its top down."""
    y, from_, long = top + PAD + LINE * len(tile.lines) + 4, left + PAD, width - 2 * PAD
    for bar in tile.bars:
        texts: list[dict[str, Any]] = [
            {"x": from_, "y": y + LINE * k + LINE / 2, "text": line, "kind": "force"}
            for k, line in enumerate(bar.lines)
        ]
        y += LINE * len(bar.lines)
        texts.append({"x": from_ + long, "y": y - LINE / 2, "text": bar.text, "kind": "share"})
        held = bar.later
        ends = {"x2": held.mean, "low": held.p5, "high": held.p95, "now": bar.start.mean, "all": 1.0}
        across = {key: from_ + long * share for key, share in ends.items()}
        middle = y + 2 + BAR / 2
        yield (
            texts,
            {"x": from_, "y": y + 2, "y2": y + 2 + BAR, "mid": middle, "colour": bar.colour, **across},
        )
        y += BAR + 12


def _layered(
    frames: Sequence[dict[str, Any]],
    bars: Sequence[dict[str, Any]],
    texts: Sequence[dict[str, Any]],
    width: int,
    height: int,
) -> altair.LayerChart:
    """Draw tiles, bars and texts that are placed in pixels from the top left."""
    import altair as alt

    side = alt.Scale(domain=[0, width], nice=False, zero=False)
    down = alt.Scale(domain=[height, 0], nice=False, zero=False)

    def x(key: str) -> altair.X:
        return alt.X(f"{key}:Q", axis=None, scale=side)

    def y(key: str) -> altair.Y:
        return alt.Y(f"{key}:Q", axis=None, scale=down)

    box = charts.of_rows(frames).encode(x=x("x"), x2=alt.X2("x2:Q"), y=y("y"), y2=alt.Y2("y2:Q"))
    bar = charts.of_rows(bars).encode(y=y("y"), y2=alt.Y2("y2:Q"))
    colour = alt.Color("colour:N", scale=None)
    layers = [
        box.mark_rect(fill="#f6f8fa", stroke=GRID, strokeWidth=1, cornerRadius=4),
        bar.mark_rect(fill=PAPER, stroke=GRID).encode(x=x("x"), x2=alt.X2("all:Q")),
        bar.mark_rect(opacity=0.75).encode(x=x("x"), x2=alt.X2("x2:Q"), color=colour),
    ]
    middle = charts.of_rows(bars).encode(y=y("mid"))
    layers.append(middle.mark_rule(color=INK, strokeWidth=1.5).encode(x=x("low"), x2=alt.X2("high:Q")))
    diamond = middle.mark_point(shape="diamond", size=55, fill=PAPER, stroke=INK, strokeWidth=1.5, opacity=1)
    layers.append(diamond.encode(x=x("now")))
    kinds: tuple[tuple[str, Weight, Literal["left", "right"]], ...] = (
        ("region", "bold", "left"),
        ("force", "normal", "left"),
        ("share", "bold", "right"),
    )
    for kind, weight, align in kinds:
        rows = charts.of_rows([row for row in texts if row["kind"] == kind])
        text = rows.mark_text(fontWeight=weight, align=align, baseline="middle")
        layers.append(text.encode(x=x("x"), y=y("y"), text=alt.Text("text:N")))
    return charts.layered(*layers).properties(width=width, height=height)
