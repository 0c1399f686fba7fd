"""Children under fork, spawn and forkserver, of a parent that has played and drawn: done in time, to the same bytes.

The parent has run threads of its own, compiled code and a renderer when it forks, which is what hangs children. Python
forks by default on Linux up to 3.13, and uses a fork server from 3.14 on.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import situation
from whole import contents

import equipoise

pytestmark = (
    pytest.mark.long
)  # that a fork of a process that has drawn can draw is tried in tests/reporting/test_svg.py

METHODS = multiprocessing.get_all_start_methods()
CHILDREN = 3
"""At once, and in a pool, under each method, in folders of their own; held to the page `docs/attacks.md`."""
SECONDS = 240
"""After which a child is taken to hang."""


def analysed(place: Path) -> None:
    """Play a tiny situation, explore it and draw its report, on two threads."""
    equipoise.run(situation.TINY, futures=situation.FUTURES, workers=2, out=place / "study")
    equipoise.explore(place / "study", reruns=False)
    equipoise.report(place / "study")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """Return what the parent itself leaves; it has played, explored and drawn before it has a child."""
    place = tmp_path_factory.mktemp("parent")
    analysed(place)
    return contents(place)


def children(method: str, at: list[Path]) -> None:
    """Do the jobs in children of this process, all at once, and end those that are not done in time."""
    context = multiprocessing.get_context(method)
    each = [context.Process(target=analysed, args=(place,)) for place in at]
    for child in each:
        child.start()
    for child in each:
        child.join(SECONDS)
    hung = [child for child in each if child.is_alive()]
    for child in hung:
        child.kill()
    assert not hung, f"{len(hung)} of {len(each)} children hang under {method}"
    assert [child.exitcode for child in each] == [0] * len(each)


def places(within: Path, count: int) -> list[Path]:
    made = [within / f"{number}" for number in range(count)]
    for place in made:
        place.mkdir()
    return made


@pytest.mark.parametrize("method", METHODS)
def test_children_of_a_parent_that_has_drawn_leave_its_bytes(whole, method, tmp_path):
    at = places(tmp_path, CHILDREN)
    children(method, at)
    for place in at:
        assert contents(place) == whole


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_processes_leaves_the_same_bytes(whole, method, tmp_path):
    """As a notebook would: more jobs than processes, so that each process does several."""
    at = places(tmp_path, CHILDREN)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        for done in [pool.submit(analysed, place) for place in at]:
            done.result(timeout=SECONDS)
    for place in at:
        assert contents(place) == whole
