"""On which side of its point a name has room in a figure of points, so that no name is written over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from equipoise.reporting.charts import LETTER
from equipoise.reporting.drawing import Frame

AWAY = 9
"""Pixels from the middle of a point to its name."""
POINT = 6
"""Pixels from the middle of a point to its edge."""
RAISED = 3
"""Pixels by which a name stands higher than its point."""
Side = Literal["right", "left", ""]
Box = tuple[float, float, float, float]
"""Left and right end, upper and lower, in pixels."""


def sides(
    points: Sequence[tuple[float, float]], names: Sequence[str], frame: Frame, height: int, limit: int
) -> list[Side]:
    """Return the side on which each name has room beside the points and the names before it; "" where it has none.

    Args:
        points: across, on an axis that begins at 0, and up, on one that spans them. names: "" for none.
        frame, height: of the figure. limit: what a name is cut off at, in pixels.
    """
    most = max(max(x for x, _ in points), 1e-9)
    low, high = min(y for _, y in points), max(y for _, y in points)
    at = [(x / most * frame.width, (high - y) / max(high - low, 1e-9) * height) for x, y in points]
    taken: list[Box] = [(x - POINT, x + POINT, y - POINT, y + POINT) for x, y in at]
    found: list[Side] = []
    for (x, y), name in zip(at, names, strict=True):
        end = AWAY + min(limit, len(name) * LETTER * frame.font)
        rows = (y - RAISED - frame.font / 2, y - RAISED + frame.font / 2)
        boxes: dict[Side, Box] = {"right": (x + AWAY, x + end, *rows), "left": (x - end, x - AWAY, *rows)}
        room = [side for side, box in boxes.items() if name and box[0] > 0 and not _meets(box, taken)]
        found.append(room[0] if room else "")
        taken += [boxes[side] for side in room[:1]]
    return found


def _meets(box: Box, others: Iterable[Box]) -> bool:
    left, right, top, bottom = box
    return any(left < o[1] and o[0] < right and top < o[3] and o[2] < bottom for o in others)
