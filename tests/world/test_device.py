"""The device against the processor: the same functions, the same random words, results within single precision.

Numba's simulator, plain Python, stands for the device where there is none. It checks no types; that the real compiler
takes every kernel, down to machine code, is checked by itself (`test_every_kernel_is_compiled_for_a_device`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from on_device import CHANCE, FUTURES, SEED, SITUATIONS, played, world_of
from playing import run_world
from test_reference_kernel import EDGE

from equipoise.world.compile import Kind
from equipoise.world.conditions import CONDITIONS
from equipoise.world.effects import EFFECTS
from equipoise.world.player import Memory

HERE = Path(__file__).parent
TOLERANCE = 2e-6
"""Measured in the simulator, over all situations: 2e-7 at most, and 5e-7 in sums over the futures."""
pytestmark = pytest.mark.skipif(find_spec("numba_cuda") is None, reason="numba-cuda is not installed")


def in_a_process(*command: str, simulated: bool) -> str:
    """Run Python in a process of its own, with the simulator or the device; return what it says."""
    around = os.environ | ({"NUMBA_ENABLE_CUDASIM": "1"} if simulated else {})
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command], env=around, cwd=HERE, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def have_device() -> bool:
    said = "from numba import cuda; print(cuda.is_available())"
    return find_spec("numba_cuda") is not None and "True" in in_a_process("-c", said, simulated=False)


@pytest.fixture(scope="module", params=["simulator", "gpu"])
def device(request, tmp_path_factory):
    """What every situation gave on the device."""
    if request.param == "gpu" and not have_device():
        pytest.skip("no graphics processor that CUDA can use")
    file = tmp_path_factory.mktemp("device") / "played.npz"
    in_a_process("on_device.py", str(file), simulated=request.param == "simulator")
    return np.load(file)


def test_the_situations_have_every_effect_condition_and_kind_of_event():
    worlds = [world_of(name)[0] for name in SITUATIONS]
    assert {op.kind for w in worlds for op in w.operations} == set(range(len(EFFECTS)))
    assert {int(test["kind"]) for w in worlds for test in w.tests} == set(range(len(CONDITIONS)))
    assert {o.kind for w in worlds for o in w.occurrences} == set(Kind)
    assert {w.scenario.dynamics.realign for w in worlds} == {None, "power", "patronage"}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_device_gives_what_the_processor_gives(device, name):
    here, words = played(name, lambda player: Memory(player, keep=True))
    there = {key: device[f"{name}/{key}"] for key in vars(here)}
    world, given = world_of(name)
    reference = run_world(world, given, "reference", FUTURES, chance=CHANCE, seed=SEED)
    clear = (reference.margin > EDGE).all(axis=0)
    assert clear.sum() >= 2
    assert np.array_equal(device[f"{name}/words"], words)
    assert np.array_equal(there["weeks"][..., clear], here.weeks[..., clear])
    for key in ("outcomes", "traces", "seen"):
        ours, theirs = getattr(here, key)[..., clear], there[key][..., clear]
        assert theirs.shape == ours.shape
        assert np.array_equal(np.isnan(theirs), np.isnan(ours))
        gap = np.nan_to_num(np.abs(theirs - ours)) / np.maximum(np.nan_to_num(np.abs(ours)), 1)
        assert gap.max() <= TOLERANCE, key
    if clear.all():
        assert np.abs(there["sums"].sum(axis=0) - here.sums.sum(axis=0)).max() <= TOLERANCE * len(FUTURES)
    assert len(np.unique(here.outcomes)) > 20


@pytest.mark.long
def test_every_kernel_is_compiled_for_a_device():
    """The simulator checks no types; the real compiler does, and needs no device for it."""
    said = in_a_process("compiled_for_a_device.py", simulated=False)
    if said == "no compiler\n":
        pytest.skip("NVIDIA's compiler is not installed (pip install 'equipoise[gpu]')")
    lines = [line.split() for line in said.splitlines()]
    assert [line[0] for line in lines] == [
        "spread",
        "start",
        "note",
        "sort",
        "draw",
        "play",
        "add_up",
        "write",
    ]
    assert all(len(line) == 2 and int(line[1]) > 10 for line in lines)
