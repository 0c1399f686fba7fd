"""The report's figures as Altair charts, for notebooks: `study.plot.payoffs()`.

Every figure is the one the report shows, drawn at any width; a chart is Altair's own, to be layered, themed and saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.errors import InputError
from equipoise.reporting import brief, figure_outlines, figure_regions, figures, figures_time
from equipoise.reporting.drawing import NARROW, WIDE, Drawing, styled
from equipoise.reporting.run_view import RunView

if TYPE_CHECKING:
    import altair

PAGE = WIDE.width
"""Pixels of a figure on a page."""


class Plots:
    """The figures of a run, each a function with the width in pixels; narrow ones put names above their rows."""

    def __init__(self, context: RunView) -> None:
        self._context = context

    def __repr__(self) -> str:
        return (
            f"<Plots of {self._context.scenario.title!r}: {', '.join(n for n in dir(self) if n[0] != '_')}>"
        )

    def payoffs(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Payoff of each strategy with its interval, and how far the futures spread."""
        return self._chart(figures.payoffs, width)

    def behind(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """How far each other strategy lies behind the best, paired by future."""
        return self._chart(figures.behind, width)

    def kept(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """In how many futures influence is kept, if the government stands and if it falls: the brief's picture."""
        return self._chart(lambda context: brief.kept(context, context.brief), width)

    def stands_or_falls(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Influence at the end if the government stands and if it falls."""
        return self._chart(figures.stands_or_falls, width)

    def resentment(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Payoff of the best hedge and the best one-sided strategy as resentment grows."""
        return self._chart(figures.resentment, width)

    def regret(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Mean, 90th percentile and greatest regret of each strategy."""
        return self._chart(figures.regret, width)

    def luck(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """How much of the spread of payoffs is chance, and how much is what is not known."""
        return self._chart(figures.luck_and_ignorance, width)

    def orders(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Who governs at the end, as shares of the futures."""
        return self._chart(figures.orders, width)

    def power(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Power of each force over time under the best strategy, with its spread."""
        return self._chart(figures_time.power, width)

    def regions(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Who holds which region a year from the start under the best strategy, with its spread: the map."""
        return self._chart(figure_regions.regions, width)

    def map(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Who holds which region now and a year from the start, by the outlines that the scenario names."""
        return self._chart(figure_outlines.outlines, width)

    def standing(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Standing with each force over time, with its spread."""
        return self._chart(figures_time.standing, width)

    def falls(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """The chance that each force has fallen, by week."""
        return self._chart(figures_time.falls, width)

    def timeline(self, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Events, talks and deadlines in the order of their dates."""
        return self._chart(figures_time.timeline, width)

    def talks(self, talk: str, *, width: int = PAGE) -> altair.TopLevelMixin:
        """Where the issues of a talk may land.

        Args:
            talk: its name in the file.
            width: in pixels.
        """
        found = self._context.run.talks
        if talk not in found:
            raise InputError(f"no talk is called {talk!r}; there are: {', '.join(found) or 'none'}")
        return self._chart(lambda context: figures_time.talks(context, talk), width)

    def _chart(self, figure: Callable[[RunView], Drawing | None], width: int) -> altair.TopLevelMixin:
        drawing = figure(self._context)
        if drawing is None:
            raise InputError("the run has nothing for this figure to show")
        frame = replace(WIDE if width >= (WIDE.width + NARROW.width) // 2 else NARROW, width=width)
        return styled(drawing.chart(frame), frame, title=drawing.title)
