"""Figures drawn in a forked process, whose parent has drawn: the same figure, and in time; and what letters cost."""

import json
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.reporting import svg

BARS = {
    "data": {"values": [{"a": "one", "b": 1}, {"a": "zwölf", "b": 12}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
SECONDS = 120


def drawn_twice(queue):
    queue.put(
        [svg.svg_of(BARS), svg.svg_of({**BARS, "mark": "point"}), svg._renderer(os.getpid()).process.pid]
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_draws_what_its_parent_draws():
    """Without the fresh process it waits for ever for threads that a fork does not take along."""
    here = [svg.svg_of(BARS), svg.svg_of({**BARS, "mark": "point"})]
    assert here[0] != here[1] and "zwölf" in here[0]
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    child = fork.Process(target=drawn_twice, args=(queue,))
    child.start()
    try:
        *there, renderer = queue.get(timeout=SECONDS)
        assert there == here
        child.join(SECONDS)
        assert child.exitcode == 0
    finally:
        child.kill()
    assert renderer not in (os.getpid(), child.pid)


def test_a_figure_drawn_before_is_remembered_and_a_changed_one_drawn_anew(monkeypatch):
    drawn = []
    plain = svg._drawn
    monkeypatch.setattr(svg, "_drawn", lambda spec: drawn.append(spec) or plain(spec))
    with svg.remembering({}) as first:
        once = svg.svg_of(BARS)
    with svg.remembering(first) as second:
        again, other = svg.svg_of(BARS), svg.svg_of({**BARS, "width": 77})
    assert again == once == plain(BARS) != other
    assert drawn == [BARS, {**BARS, "width": 77}]
    assert set(first) < set(second)


def test_figures_of_another_renderer_are_not_taken(monkeypatch):
    with svg.remembering({}) as first:
        svg.svg_of(BARS)
    monkeypatch.setattr(svg, "_drawn_by", lambda: ["another"])
    with svg.remembering(dict.fromkeys(first, "old")) as second:
        assert svg.svg_of(BARS) != "old"
    assert set(first).isdisjoint(second)


MEASURED = """
import os, resource, runpy, sys
to_svg = runpy.run_path(sys.argv[1])["to_svg"]

def pages(text):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    to_svg({"data": {"values": [{"a": f"{text} {k}"} for k in range(100)]}, "mark": "text",
            "encoding": {"text": {"field": "a"}, "y": {"field": "a", "axis": None}}}, sys.argv[2])
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

pages("to begin with")
print(min(pages("twenty letters and two") for _ in range(3)), os.environ.get("FONTCONFIG_FILE"))
"""
"""Prints how many pages of memory are touched for the first time while 2,000 letters are drawn."""


def apart(program, *, fonts=None, asks=""):
    """Return what a fresh Python says, with the machine's fonts or those of a file of fontconfig's."""
    machine = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    env = machine if fonts is None else machine | {"FONTCONFIG_FILE": str(fonts)}
    command = [sys.executable, "-P", *program, svg._CHILD, svg.VEGA_LITE]
    return subprocess.run(command, env=env, input=asks, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pages of memory are not counted here")
def test_measuring_a_letter_reads_no_file():
    """Each reading of the font's file touches its pages anew: 20,000 of them where it is read for every letter."""
    touched, fonts = apart(["-c", MEASURED]).split()
    assert int(touched) < 2_000
    assert fonts == "None", "whoever draws afterwards has lost the machine's fonts"


@pytest.mark.skipif(
    not Path("/usr/share/fonts/truetype/dejavu").is_dir(), reason="no font known to have the letters"
)
def test_letters_that_the_own_font_lacks_are_measured_by_the_machines(tmp_path):
    """Georgian is in DejaVu, not in Liberation; without the machine's fonts its letters are as wide as empty boxes."""
    nowhere = tmp_path / "fonts.conf"
    nowhere.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>", encoding="utf-8")
    georgia = {**BARS, "data": {"values": [{"a": "საქართველო", "b": 1}]}}
    georgia["encoding"] = {"y": BARS["encoding"]["x"], "x": BARS["encoding"]["y"]}
    own = svg._CHILD.with_name(
        "no_fonts.conf"
    )  # as who was started while another thread loaded fonts inherits it
    here, there, inherited = (
        re.search(r'width=."([.\d]+)', apart([], fonts=fonts, asks=json.dumps(georgia)))[1]
        for fonts in (None, nowhere, own)
    )
    assert here == inherited != there
