"""The pages of the report: one function a section, each from the run's JSON alone.

A page takes a `Context` and returns a `Section`, or None where the run has nothing for it. To add a page,
write the function and enter it in `PAGES` where a reader should meet it. A page for a further analysis is
entered in `ANALYSES` under the name its JSON has among `analyses`; an analysis without a page of its own
is shown in full by the general one.
"""

from __future__ import annotations

from collections.abc import Callable

from equipoise.reporting.blocks import Section
from equipoise.reporting.context import Context
from equipoise.reporting.pages import deciding
from equipoise.reporting.pages.actors import actors, ways
from equipoise.reporting.pages.analyses import analysis
from equipoise.reporting.pages.country import country, standing, talks, timeline
from equipoise.reporting.pages.explore_page import explore
from equipoise.reporting.pages.grounds import beliefs, evidence, left_out
from equipoise.reporting.pages.judgement import hedging, luck, ranking, regret, the_answer
from equipoise.reporting.pages.talks_page import talks as talks_by_model
from equipoise.reporting.pages.ties_page import ties

Page = Callable[[Context], Section | None]

PAGES: tuple[Page, ...] = (
    the_answer,
    ways,
    ranking,
    hedging,
    country,
    standing,
    actors,
    timeline,
    talks,
    regret,
    luck,
    beliefs,
    evidence,
    left_out,
)
"""Sections in reading order; further analyses stand before what the result stands on."""

ANALYSES: dict[str, Page] = {
    "balance": ties,
    "beliefs": deciding.beliefs,
    "explore": explore,
    "game": deciding.game,
    "optimise": deciding.optimise,
    "talks": talks_by_model,
}
"""Pages of further analyses by the name of their JSON."""

SHOWN_ELSEWHERE = ("trace",)
"""Analyses that a section of `PAGES` shows."""


def sections(context: Context) -> list[Section]:
    """Return every section of a report in reading order."""
    found = [page(context) for page in PAGES[: PAGES.index(beliefs)]]
    for name in context.analyses:
        if name not in SHOWN_ELSEWHERE:
            page = ANALYSES.get(name)
            found.append(page(context) if page else analysis(context, name))
    found += [page(context) for page in PAGES[PAGES.index(beliefs) :]]
    return [section for section in found if section is not None]


__all__ = ["ANALYSES", "PAGES", "Page", "sections"]
