"""Compile for a device what a run launches there, on a machine without one, in a process of its own.

python compiled_for_a_device.py    # prints the kernels, each with the instructions it became
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numba.cuda.dispatcher as dispatcher
import numpy as np
from cuda.pathfinder import DynamicLibNotFoundError
from numba import cuda
from numba.cuda.cudadrv.error import NvvmSupportError
from numba.cuda.typing.typeof import typeof
from on_device import played

from equipoise.world.device import memory

AMPERE = (8, 0)
"""The compute capability that is compiled for: that of an A100."""
launched: dict[Any, tuple] = {}


class Remembering(memory.DeviceMemory):
    """Memory that remembers what is launched, and launches nothing."""

    def _launch(self, kernel: Any, threads: int, profiles: int, *given: Any) -> None:
        launched[kernel] = given


def _nothing() -> None:
    """Compile to nothing."""


def main() -> None:
    """Compile every kernel for the arguments that playing hands to it."""
    try:
        cuda.compile_ptx(_nothing, (), cc=AMPERE)
    except (NvvmSupportError, DynamicLibNotFoundError):
        print("no compiler")
        return
    card = SimpleNamespace(compute_capability=AMPERE)
    dispatcher.get_current_device = lambda: card
    memory.SIMULATED, memory._copied = True, np.ascontiguousarray
    room = SimpleNamespace(get_memory_info=lambda: SimpleNamespace(free=1e9))
    memory.cuda = SimpleNamespace(current_context=lambda: room)
    played("two-valleys", lambda player: Remembering(player, keep=False))
    for kernel, given in launched.items():
        types = tuple(typeof(value) for value in given)
        code, _ = cuda.compile_ptx(kernel.py_func, types, cc=AMPERE)
        missing = ".extern .func" in code
        print(
            kernel.py_func.__name__, code.count(";"), "calls what is not there" if missing else "", flush=True
        )


if __name__ == "__main__":
    sys.exit(main())
