"""Altair's charts with copies of what changes alone: imported where a chart is made, as Altair takes its time.

Altair copies a chart with all that it holds, encodings, scales and titles, each time it is layered, given a size or put
into panels, so that whoever goes on with the first does not change the second. Here nobody does: no chart changes once
it is made, and only what stands on a chart itself is taken off when it becomes a layer. So a copy shares the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt


class _Light:
    def copy(self, deep: bool | Iterable[Any] = True, ignore: list[str] | None = None) -> Any:
        """Return a copy that shares what it holds; of attributes that are named, a copy one level down."""
        return super().copy(deep=False if deep is True else deep, ignore=ignore)  # type: ignore[misc]


class Chart(_Light, alt.Chart):
    """A chart of one mark."""


class LayerChart(_Light, alt.LayerChart):
    """Charts drawn over each other."""
