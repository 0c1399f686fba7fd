"""Vega for the browser: the scripts bundled with vl-convert, made into one file once and kept by version.

Nothing is fetched: the scripts are those that draw the report's figures. Vega's interpreter runs in place of compiled
expressions, so that the page needs no permission to evaluate text as code.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from equipoise.errors import OutputError
from equipoise.files import write_text
from equipoise.reporting.svg import VEGA_LITE

SNIPPET = "globalThis.vegaEmbed = vegaEmbed; globalThis.vega = vega;"


@cache
def bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script; making it takes seconds the first time."""
    import vl_convert

    made_by = vl_convert.__version__  # type: ignore[attr-defined]  # there, but not among its types
    kept = _folder() / f"vega-{made_by}-{VEGA_LITE}.js"
    try:
        return kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        made = vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_text(kept, made)
    except (OSError, OutputError):
        pass  # a home that cannot be written to costs seconds at the next start, nothing else
    return made


def _folder() -> Path:
    """Return where this user's programs keep what can be made again."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(home) / "equipoise"
