"""A page of its own for an analysis that belongs to no study: one HTML file that stands alone, like the report."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from equipoise.files import write_text
from equipoise.reporting.analyses import ANALYSES
from equipoise.reporting.page import PRINTED, environment


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
        style=(files("equipoise.reporting") / "templates" / "report.css").read_text(encoding="utf-8"),
    )  # fmt: skip
    write_text(target, page)
    return target
