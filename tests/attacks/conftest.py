"""The jobs of a tiny situation, each done once, to be done again under attack."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import situation
from forks import ended, forked
from whole import contents

import equipoise
from equipoise.futures.folder import Folder


@dataclass
class Job:
    """A command, where it begins, and what it leaves when nothing kills it."""

    do: Callable[[Path], None]
    before: Path
    wanted: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def jobs(tmp_path_factory) -> dict[str, Job]:
    """Every job done once without a kill, in a child of its own; it begins with a study that others were made of."""
    with pytest.MonkeyPatch.context() as patch:
        situation.small(patch)
        place = tmp_path_factory.mktemp("never-killed")
        empty, studied = place / "empty", place / "studied"
        empty.mkdir()
        situation.run(studied)
        for name in ("explore", "optimise", "update", "report"):  # warm, and without a trace
            shutil.copytree(studied, place / name)
            getattr(situation, name)(place / name)
        situation.small(patch)
        equipoise.explore(studied / "study", states=32, seed=3, reruns=False)
        equipoise.optimise(situation.TINY, futures=256, seed=3, trigger=False, frontier=False,
                           workers=1, study=studied / "study")  # fmt: skip
        (studied / "best.yaml").write_text("of another search")
        bare = shutil.copytree(studied, place / "bare")
        Folder(bare / "study").write_text("report.html", "of another study")
        Folder(bare / "study").write_json("figures/report.json", {"of": "another report"})
        each = {"run": empty, "explore": studied, "optimise": studied, "report": bare, "update": studied}
        yield {name: never_killed(name, before, place) for name, before in each.items()}


def never_killed(name: str, before: Path, place: Path) -> Job:
    at, do = place / f"{name}-whole", getattr(situation, name)
    shutil.copytree(before, at)
    started = time.monotonic()
    assert ended(forked(lambda: do(at), place / f"{name}.txt")) == 0, (place / f"{name}.txt").read_text()
    return Job(do, before, contents(at), time.monotonic() - started)
