"""Vega-Lite charts drawn by vl-convert: imported where one is drawn, or run as a program of its own.

As a program it draws each chart on standard input, a line of JSON, as a line on standard output: its SVG as a JSON
string. `svg.py` starts it so. It imports nothing of Equipoise.

vl-convert has the letters of Liberation Sans, as wide as those of Arial and Helvetica, in memory. Where a machine has
that font too, vl-convert before 2.0 prefers the machine's and opens its file four times for every letter it measures:
half of all drawing. So it is made to load the machine's fonts after its own, for the letters that its own lacks.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import vl_convert

_NOWHERE = Path(__file__).with_name("no_fonts.conf")
"""Tells fontconfig, which says where a Linux machine has its fonts, that it has none."""


def to_svg(spec: dict[str, Any], vega_lite: str) -> str:
    """Return a chart as SVG, by that version of the grammar."""
    return vl_convert.vegalite_to_svg(spec, vl_version=vega_lite)


def to_png(spec: dict[str, Any], vega_lite: str) -> bytes:
    """Return a chart as a picture, twice as fine as a screen, by that version of the grammar."""
    return vl_convert.vegalite_to_png(spec, vl_version=vega_lite, scale=2)


def _load_fonts() -> None:
    """Have vl-convert load its own font, then the machine's; leave it to whoever says where fonts are."""
    # Our own setting is nobody's wish: a process may have been started while another thread of its parent was here.
    if os.environ.get("FONTCONFIG_FILE", str(_NOWHERE)) != str(_NOWHERE):
        return
    shared = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    folders = [
        *(os.path.join(folder, "fonts") for folder in shared),
        os.path.expanduser("~/.local/share/fonts"),
    ]
    os.environ["FONTCONFIG_FILE"] = str(_NOWHERE)
    try:
        for folder in filter(os.path.isdir, folders):
            vl_convert.register_font_directory(folder)
    finally:
        del os.environ["FONTCONFIG_FILE"]


_load_fonts()

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(to_svg(json.loads(line), sys.argv[1])), flush=True)
