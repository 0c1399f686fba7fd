"""The code that is generated from the kernel's loops uses vectors on every kind of processor, read for three of them.

The loops are compiled by Numba without optimising, in a process of its own; LLVM then makes code of them for a
processor named here, whichever one runs the test.
"""

import os
import re
import subprocess
import sys

import llvmlite.binding as llvm
import pytest

from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Memory, Player

PROCESSORS = {
    "AVX-512": ("x86_64-unknown-linux-gnu", "znver4", r"\bv(fn?m\w+|mul|add|sub|min|max)ps\s.*%zmm"),
    "AVX2": ("x86_64-unknown-linux-gnu", "haswell", r"\bv(fn?m\w+|mul|add|sub|min|max)ps\s.*%ymm"),
    "Arm": (
        "aarch64-unknown-linux-gnu",
        "neoverse-n1",
        r"\bf(mla|mls|mul|add|sub|minnm|maxnm|cmg[te])\s+v\d+\.4s",
    ),
}
"""By name: triple, processor, and what arithmetic on the widest vectors of single precision looks like in its code."""

LOOPS = """
from numba import njit
from equipoise.world.kernel import arithmetic, compiling, control, falls, lanes, scoring, standing

def one(r):
    standing.stand(r[0], r[1], r[2], r[3], r[10:19], r[20:23], 0, (1, 2, 1, 2, 0, 0, 0, 0),
                   (r[4], r[5], r[6], r[7], r[8], r[9]), (r[30], r[31], r[32]), False, False)

def many(r):
    standing.stand(r[0], r[1], r[2], r[3], r[10:35], r[40:45], 0, (1, 2, 1, 2, 3, 4, 3, 4),
                   (r[4], r[5], r[6], r[7], r[8], r[9]), (r[50], r[51], r[52]), True, True)

def fit(r):
    control.fit(r[0], r[1], r[2], r[3], r[4:13], r[20:23], 1, 2, 1, 2, True, True)

def grow(r):
    control.grow(r[0], r[1], r[2], False)

def hazard(r):
    falls.log_hazard_of(r[0], r[1], r[2], r[3], r[4], r[5], r[6], True, r[7])

def fall(r):
    falls.mark_falls(r[0], r[1], r[2], r[3])

def squares(r):
    falls.take_squares(r[0], r[1], r[2], r[3], r[4], r[5, 0], r[5, 1], r[5, 2], r[5, 3], False)

def influence(r):
    scoring.add_influence(r[0], r[1], r[2], r[3], r[4], r[5], r[6, 0], r[6, 1], r[6, 2], r[6, 3], False)

def weekly(r):
    r[3, 0] = arithmetic.masked_sum(r[0], r[1], r[2])

def shock(r):
    for l in range(lanes.LANES):
        r[1, l] = lanes.normal(r[0, l])

def scalar(r):
    for l in range(1, lanes.LANES):
        r[0, l] = r[0, l - 1] * r[1, l] + r[0, l]

for loop in (one, many, fit, grow, hazard, fall, squares, influence, weekly, shock, scalar):
    made = njit("void(float32[:, ::1])", **compiling.OPTIONS)(loop)
    print("LOOP", loop.__name__)
    print(made.inspect_llvm(made.signatures[0]))
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What Numba makes of each loop, not optimised, by name."""
    apart = {
        "NUMBA_OPT": "0",
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOPS], env=os.environ | apart, capture_output=True, text=True, check=True
    )
    return dict(part.split("\n", 1) for part in done.stdout.split("LOOP ")[1:])


def code(plain, triple, processor):
    """Return the instructions LLVM makes for a processor."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=processor, opt=3)
    module = llvm.parse_assembly(re.sub(r"(?m)^target (triple|datalayout).*$", "", plain))
    module.triple, module.data_layout = triple, str(machine.target_data)
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(machine, tuning)
    for _ in range(2):  # as Numba does: what is called is inlined once it has become small
        builder.getModulePassManager().run(module, builder)
    return machine.emit_assembly(module)


@pytest.mark.parametrize("processor", PROCESSORS)
def test_every_loop_becomes_vectors(plain, processor):
    triple, cpu, vector = PROCESSORS[processor]
    used = {name: len(re.findall(vector, code(text, triple, cpu))) for name, text in plain.items()}
    assert len(used) == LOOPS.count("\ndef ")
    assert used.pop("scalar") == 0  # each lane waits for the one before: the reader sees that
    assert not {name for name, count in used.items() if count == 0}, used


def test_the_memory_of_a_block_begins_with_cache_lines_so_that_no_vector_lies_in_two():
    space = Memory(Player(compile_world(load("two-valleys").scenario), seed=1), keep=False).space
    rows = (space.parameters, space.states, space.scratch, space.shocks, space.log_draws, space.base)
    assert {memory.ctypes.data % 64 for memory in rows} == {0}
    assert {memory.strides[-2] % 64 for memory in rows} == {0}
