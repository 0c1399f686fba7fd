"""What the maps of actors share: where actors stand, how lines run between them, where signs and names go.

The layout is computed, not drawn by chance: forces stand on an inner ring, patrons on an outer one, each
patron near the forces and patrons it is tied to or has standing with, so that lines stay short; the same
scenario always gives the same map, and every map of a scenario has each actor at the same place.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.reporting import charts
from equipoise.reporting.drawing import HALO, INK, Frame, Weight
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario

if TYPE_CHECKING:
    import altair

Point = tuple[float, float]
Tie = tuple[str, str, float]
Curves = Mapping[tuple[str, str], list[Point]]
MOST_ROUNDS = 1000
"""Greatest number of exchanges of places while the layout is improved."""
PLACES = (0.44, 0.56, 0.34, 0.66, 0.26, 0.74)
"""Where along a line its sign may stand, first choice first."""
INNER = 0.52
"""Radius of the ring of forces; that of patrons is 1."""
CLEAR = 0.2
"""Distance at which a line, a sign or a name is clear of another."""


@dataclass(frozen=True)
class Sheet:
    """The paper a map is drawn on.

    Attributes:
        frame: the space to draw for.
        spots: where each actor stands.
        low, high: lowest and highest height on the paper.
        reach: how far it goes to either side.
    """

    frame: Frame
    spots: Mapping[str, Point]
    low: float
    high: float
    reach: float

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.frame.width - 12

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> altair.Chart:
        """Return an empty chart of rows with `x` and `y` on this paper."""
        import altair as alt

        side = alt.Scale(domain=[-self.reach, self.reach], nice=False)
        up = alt.Scale(domain=[self.low, self.high], nice=False)
        x, y = alt.X("x:Q", axis=None, scale=side), alt.Y("y:Q", axis=None, scale=up)
        return charts.of_rows(rows).encode(x=x, y=y)

    def layered(self, layers: Sequence[altair.Chart]) -> altair.LayerChart:
        """Return the map of its layers, from back to front."""
        height = self.width * (self.high - self.low) / (2 * self.reach)
        return charts.layered(*layers).properties(width=self.width, height=max(220, height))


def stretched(spots: Mapping[str, Point], frame: Frame) -> tuple[dict[str, Point], float]:
    """Return the places of actors on a frame's paper, wider than high on a page, and how far the paper reaches."""
    stretch, margin = (1.35, 0.42) if frame.labels else (1.0, 0.3)
    return {key: (x * stretch, y) for key, (x, y) in spots.items()}, stretch + margin


def layout(scenario: Scenario, ties: Sequence[Tie], links: Sequence[Tie]) -> dict[str, Point]:
    """Place every actor in the unit disc: forces on the inner ring, patrons on the outer one.

    Actors of a ring change places, two at a time, as long as lines get shorter and fewer of them run
    through an actor they do not concern.
    """
    forces, patrons = sorted(scenario.forces), sorted(scenario.patrons)
    actors = [*forces, *patrons]
    inner = _ring(len(forces), INNER if len(forces) > 1 else 0.0)
    outer = _ring(len(patrons), 1.0, turn=math.pi / max(1, len(patrons)))
    spots = np.array([*inner, *outer]).reshape(-1, 2)
    at = {key: place for place, key in enumerate(actors)}
    pulls = np.zeros((len(actors), len(actors)))
    for a, b, value in [*ties, *links]:
        pulls[at[a], at[b]] += abs(value)
    same_ring = np.equal.outer(*2 * [np.arange(len(actors)) < len(forces)])
    order = _exchanged(pulls + pulls.T, _lengths(spots), np.triu(same_ring, 1))
    return {key: (float(x), float(y)) for key, (x, y) in zip(actors, spots[order], strict=True)}


def _ring(amount: int, radius: float, turn: float = 0.0) -> list[Point]:
    angles = [math.pi / 2 - 2 * math.pi * place / max(1, amount) - turn for place in range(amount)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def _exchanged(pulls: np.ndarray, lengths: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return the place of each actor after the exchanges of two that shorten the lines most, one by one.

    All exchanges are weighed at once. That of actors a and b adds Σ_k (w_ak − w_bk)(d_bk − d_ak) to the
    weighted length Σ w d of all lines, k running over everyone else.

    Args:
        pulls: the weight w of the line between every two actors.
        lengths: the length d of a line between every two places.
        allowed: which two actors may change places, the first by number before the second.
    """
    order = np.arange(len(pulls))
    for _ in range(MOST_ROUNDS if allowed.any() else 0):
        now = lengths[np.ix_(order, order)]
        moved = pulls @ now
        kept = np.diag(moved)
        added = moved + moved.T - kept[:, None] - kept + 2 * pulls * now
        a, b = divmod(int(np.argmin(np.where(allowed, added.round(9), np.inf))), len(order))
        if added[a, b] > -1e-9:
            break
        order[[a, b]] = order[[b, a]]
    return order


def _lengths(spots: np.ndarray) -> np.ndarray:
    """Return the length of a line between every two places, with a toll for each third one it runs through.

    The toll is 1.5 where a line runs through a place and falls to 0 at the distance at which it is clear.
    Every place is always taken, so what a line costs depends on its ends alone.
    """
    along = spots[None] - spots[:, None]
    length = np.hypot(along[..., 0], along[..., 1])
    tolls = np.zeros_like(length)
    for place, spot in enumerate(spots):
        share = ((spot - spots)[:, None] * along).sum(axis=2) / np.where(length > 0, length, 1.0) ** 2
        gap = np.linalg.norm((spot - spots)[:, None] - np.clip(share, 0, 1)[..., None] * along, axis=2)
        toll = np.maximum(0.0, 1 - gap / CLEAR)
        toll[place] = toll[:, place] = 0.0
        tolls += toll
    return length + 1.5 * tolls


def curve(spots: Mapping[str, Point], a: str, b: str, names: Names, *, bend: float) -> list[Point]:
    """Return the points of a line: straight, but bent outward between patrons, around the forces.

    Args:
        spots: where actors stand.
        a, b: its ends.
        names: of the scenario; tells forces from patrons.
        bend: how far a line between patrons is bent, as a share of its length.
    """
    start, end = spots[a], spots[b]
    mid = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if a in names.forces or b in names.forces:
        return [start, mid, end]
    away = math.hypot(*mid)
    out = (mid[0] / away, mid[1] / away) if away > 1e-6 else (0.0, 1.0)
    bent = math.dist(start, end) * bend
    top = (mid[0] + bent * out[0], mid[1] + bent * out[1])
    steps = [float(t) for t in np.linspace(0, 1, 25)]
    return [(_bezier(start[0], top[0], end[0], t), _bezier(start[1], top[1], end[1], t)) for t in steps]


def _bezier(start: float, top: float, end: float, t: float) -> float:
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * top + t**2 * end


def lines(
    sheet: Sheet, chosen: Sequence[Tie], curves: Curves, *, colour: str, dash: Sequence[int], opacity: float
) -> altair.Chart:
    """Return a layer of lines, thicker where a tie is stronger."""
    import altair as alt

    rows = [
        {"x": round(x, 4), "y": round(y, 4), "edge": place, "step": step, "weight": abs(value)}
        for place, (a, b, value) in enumerate(chosen)
        for step, (x, y) in enumerate(curves[a, b])
    ]
    thickness = alt.StrokeWidth("weight:Q", scale=alt.Scale(domain=[0, 1], range=[1, 5]), legend=None)
    made = sheet.rows(rows).mark_line(color=colour, strokeDash=list(dash), opacity=opacity)
    return made.encode(detail=alt.Detail("edge:N"), order=alt.Order("step:Q"), strokeWidth=thickness)


def signs(
    wanted: Sequence[tuple[list[Point], Mapping[str, Any]]], taken: Sequence[Point], *, clear: float = CLEAR
) -> list[dict[str, Any]]:
    """Place the sign of each line along it, where it is farthest from names, actors and other signs.

    Args:
        wanted: for each sign its line and what its row holds besides `x` and `y`.
        taken: places that are taken.
        clear: a distance to others that is enough.
    """
    used, rows = list(taken), []
    for line, row in wanted:
        spots = [_along(line, at) for at in PLACES]
        room = [min((math.dist(spot, other) for other in used), default=1.0) for spot in spots]
        best = next((place for place, gap in enumerate(room) if gap > clear), room.index(max(room)))
        used.append(spots[best])
        rows.append({"x": spots[best][0], "y": spots[best][1], **row})
    return rows


def _along(line: Sequence[Point], share: float) -> Point:
    at = share * (len(line) - 1)
    place = min(int(at), len(line) - 2)
    (x, y), (x2, y2) = line[place], line[place + 1]
    return x + (at - place) * (x2 - x), y + (at - place) * (y2 - y)


def taken(spots: Mapping[str, Point]) -> list[Point]:
    """Return the places that actors and their names, below them, take."""
    return [(x, y - down) for x, y in spots.values() for down in (0.0, 0.1)]


def name_of(names: Names, key: str, frame: Frame) -> str:
    """Return an actor's name in up to three lines, without what it adds in brackets."""
    short = names.actor(key).partition(" (")[0]
    return "\n".join(textwrap.wrap(short, 20 if frame.labels else 13)[:3])


def actors(
    sheet: Sheet,
    names: Names,
    rows: Callable[[str], Mapping[str, Any]],
    mark: Callable[[altair.Chart], altair.Chart],
) -> list[altair.Chart]:
    """Return layers of the actors, squares for forces and circles for patrons, with their names below.

    Args:
        sheet: the paper.
        names: of the scenario.
        rows: what the row of an actor holds besides its place and name.
        mark: gives the marks their fill.
    """
    import altair as alt

    nodes = [
        {"x": x, "y": y, "text": name_of(names, key, sheet.frame), "force": key in names.forces, **rows(key)}
        for key, (x, y) in sorted(sheet.spots.items())
    ]
    layers = []
    for shape, force in (("square", True), ("circle", False)):
        kind = sheet.rows([node for node in nodes if node["force"] is force])
        marks = kind.mark_point(shape=shape, size=400, filled=True, opacity=1, stroke="white", strokeWidth=2)
        layers.append(mark(marks))
    kinds: tuple[tuple[str, bool, Weight], ...] = (("forces", True, "bold"), ("patrons", False, "normal"))
    for name, force, weight in kinds:
        kind = sheet.rows([node for node in nodes if node["force"] is force])
        texts = kind.mark_text(
            fontWeight=weight,
            dy=14,
            baseline="top",
            lineBreak="\n",
            lineHeight=sheet.frame.font + 2,
            color=INK,
        ).encode(text=alt.Text("text:N"))
        layers.append(texts.properties(name=f"{HALO}{name}"))
    return layers
