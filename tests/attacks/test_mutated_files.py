"""Files broken at random: each loads and is played to its end, or is refused with places; nothing else ever happens."""

from __future__ import annotations

import json
import resource
import signal
import time
from contextlib import contextmanager

import pytest
from broken_files import mutant
from hypothesis import given, settings
from hypothesis import strategies as st

import equipoise
from equipoise.errors import ScenarioError
from equipoise.scenario import ScenarioFile, load, loads, places, resolve, to_yaml

FILES = 10_000
"""In the long test; held to the page `docs/attacks.md`."""
FEW = 200
SECONDS = 10
"""Of processor time that one file may take, to be read or to be played; a tenth of it has been seen."""
MORE_MEMORY = 500_000_000
"""Bytes by which the process may grow over all files."""


@contextmanager
def within(seconds: float):
    """Hold a block to its processor time, and cut it off if it hangs."""

    def hangs(*_):
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(30 * SECONDS)
    started = time.process_time()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert time.process_time() - started < seconds


def read(raw: bytes, path) -> ScenarioFile | None:
    """Return what was loaded, None where it was refused with a sentence and a place for each fault."""
    path.write_bytes(raw)
    try:
        file = load(path)
    except ScenarioError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert refused.problems
        for problem in refused.problems:
            assert problem.message and problem.line >= 1 and problem.column >= 1, problem
        assert all(mark.isprintable() or mark == "\n" for mark in str(refused))
        return None
    assert resolve(file.scenario) == file.scenario
    assert loads(to_yaml(file.scenario)).scenario == file.scenario
    assert places(file.scenario)
    return file


def played(file: ScenarioFile) -> None:
    """Play a few futures of it, and look at what is said."""
    found = equipoise.run(file, futures=16, workers=1).summary
    json.dumps(found, allow_nan=False)
    for one in found["strategies"].values():
        chances = [*one["orders"].values(), *(force["collapse"] for force in one["forces"].values())]
        assert all(-1e-9 <= chance <= 1 + 1e-9 for chance in chances)
        assert sum(one["orders"].values()) == pytest.approx(1)


def attacked(seeds: range, tmp_path, every: int) -> tuple[int, int]:
    """Read the file of each seed, and play every so many of those that load; return how many loaded and were played."""
    loaded = plays = 0
    for seed in seeds:
        try:
            with within(SECONDS):
                file = read(mutant(seed), tmp_path / "mutant.yaml")
            if file is not None:
                loaded += 1
                if loaded % every == 0:
                    with within(SECONDS):
                        played(file)
                    plays += 1
        except BaseException as error:
            error.add_note(f"the file of seed {seed}")
            raise
    return loaded, plays


def test_some_broken_files_load_and_are_played_or_are_refused(tmp_path):
    loaded, plays = attacked(range(FILES, FILES + FEW), tmp_path, every=6)
    assert FEW / 20 < loaded < FEW / 2 and plays


@pytest.mark.long
def test_ten_thousand_broken_files_load_and_are_played_or_are_refused(tmp_path):
    attacked(range(50), tmp_path, every=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    loaded, plays = attacked(range(FILES), tmp_path, every=1)
    print(f"{FILES - loaded:,} refused, {loaded:,} loaded and played")
    assert loaded == plays > FILES / 10
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MORE_MEMORY


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    with pytest.raises(ScenarioError):
        loads(text)
