"""The report, and the page of an analysis that belongs to no study: each one HTML file that stands alone.

No script, no font, no image and no style is fetched: the page's own security policy forbids it. All text
passes through the template's escaping; only the drawn figures are trusted markup, and their texts were
escaped when they were drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.files import write_text
from equipoise.findings.found import Run
from equipoise.reporting.analyses import ANALYSES
from equipoise.reporting.blocks import Section
from equipoise.reporting.brief import section as brief_section
from equipoise.reporting.pages import sections
from equipoise.reporting.run_view import RunView
from equipoise.scenario.model import Scenario
from equipoise.scenario.outlines import Outlined
from equipoise.scenario.phrases import THIN, counted, day

if TYPE_CHECKING:
    from jinja2 import Environment

_WIDEST = re.compile(r' style="max-width:(\d+)px"')
"""How a figure says how wide it may be; quotes in a text are escaped, so no text reads like it."""
PRINTED = {"rows": 20, "columns": 9}
"""The largest table behind a figure that is printed on paper; a larger one is named there."""


def render(
    run: Run,
    scenario: Scenario,
    *,
    analyses: Mapping[str, Mapping[str, Any]] | None = None,
    outlines: Outlined | None = None,
    brief_only: bool = False,
    unfolded: bool = False,
) -> str:
    """Return the report of a run as one self-contained HTML document: the brief, and the full report behind it.

    Args:
        run: what the run found.
        scenario: the scenario that was run.
        analyses: results of further analyses by name, each its own JSON; every one gets a section, and
            `trace` stands with what the result rests on.
        outlines: of the scenario's regions; without them its map is of tiles.
        brief_only: leave the full report out.
        unfolded: show its sections open, for paper; else each is folded to its finding.
    """
    context = RunView(run, scenario, analyses or {}, outlines)
    template = environment().get_template("report.html")
    return template.render(
        context=context,
        brief=brief_section(context),
        sections=[] if brief_only else sections(context),
        unfolded=unfolded,
        style=_style(),
        period=counted(scenario.calendar.weeks, "week"),
        day=day,
        printed=PRINTED,
    )


def fragment(section: Section) -> str:
    """Return one section as a piece of HTML, for a page that allows no inline style: its lead and its blocks."""
    html = environment().get_template("fragment.html").render(section=section, printed=PRINTED)
    return _WIDEST.sub(r' width="\1"', html)


def _style() -> str:
    return (files("equipoise.reporting") / "templates" / "report.css").read_text(encoding="utf-8")


def _joined(value: Any) -> Any:
    """Keep numbers and their per cent sign on one line; markup already made is left alone."""
    return value.replace(" %", f"{THIN}%") if type(value) is str else value


def environment() -> Environment:
    """Return the templates, with every text escaped but drawn figures."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("equipoise.reporting", "templates"),
        autoescape=True,
        finalize=_joined,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = Markup
    return environment


def write_page(name: str, result: Mapping[str, Any], target: Path) -> Path:
    """Write the page of an analysis, whole or not at all, and return its path.

    Args:
        name: of the job; its file in `analyses` has `lead` and `sections`.
        result: the job's document.
        target: the file; its folder must exist.
    """
    shown = ANALYSES[name]
    template = environment().get_template("single.html")
    page = template.render(
        title=result["scenario"]["title"], job=name, lead=shown.lead(result), sections=shown.sections(result),
        header=result, printed=PRINTED,
        style=_style(),
    )  # fmt: skip
    write_text(target, page)
    return target
