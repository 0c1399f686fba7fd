"""The pages of the report: one function a section, each from the run's JSON alone.

A page takes a `RunView` and returns a `Section`, or None where the run has nothing for it. To add a page, write
the function and enter it in `FIRST` or `LAST` where a reader should meet it. Sections of further analyses are those of
`reporting.analyses`.
"""

from __future__ import annotations

from collections.abc import Callable

from equipoise.reporting.analyses import ANALYSES
from equipoise.reporting.blocks import Section
from equipoise.reporting.pages.actors import actors, ways
from equipoise.reporting.pages.country import country, regions, standing, talks, timeline
from equipoise.reporting.pages.grounds import beliefs, evidence, left_out
from equipoise.reporting.pages.judgement import hedging, luck, ranking, regret, the_answer
from equipoise.reporting.run_view import RunView

Page = Callable[[RunView], Section | None]

FIRST: tuple[Page, ...] = (
    the_answer, ways, ranking, hedging, country, regions, standing, actors, timeline, talks, regret, luck,
)  # fmt: skip
LAST: tuple[Page, ...] = (beliefs, evidence, left_out)
"""Sections in reading order: what was found; then, behind further analyses, what that stands on."""


def sections(context: RunView) -> list[Section]:
    """Return every section of a report in reading order."""
    found = [page(context) for page in FIRST]
    found += [shown.section(context) for name, shown in ANALYSES.items() if name in context.analyses]
    found += [page(context) for page in LAST]
    return [section for section in found if section is not None]


__all__ = ["FIRST", "LAST", "Page", "sections"]
