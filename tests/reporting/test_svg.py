"""Figures drawn in a forked process, whose parent has drawn: the same figure, and in time."""

import multiprocessing
import os

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
