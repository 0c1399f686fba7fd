"""The CUDA form of the kernel's functions, made from the functions themselves, so that the model is written once.

The kernel's functions loop over the lanes of a block. On the device a thread is a block of one lane: it calls the same
functions with rows of width 1, and the hardware makes vectors of threads. A function for the device is a copy of the
compiled one with other globals: `LANES` is 1, what it calls is in its device form too, and three functions of NumPy
on scalars are those of CUDA's own library.
"""

from __future__ import annotations

from collections.abc import Callable
from dis import get_instructions
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import cuda
from numba.core import config
from numba.core.dispatcher import Dispatcher

SIMULATED = bool(config.ENABLE_CUDASIM)
"""Whether Numba's simulator, which is plain Python, stands for the device (`NUMBA_ENABLE_CUDASIM=1`)."""
CONSTANTS = {"LANES": 1, "LOOK": 1}
"""What is otherwise in the device's form."""


class Forms:
    """Device forms, each made once; those of what a function calls are made with it.

    Args:
        instead: by the name of a function of the kernel, what takes its place on the device.
    """

    def __init__(self, **instead: Callable) -> None:
        self._instead = instead
        self._made: dict[Any, Any] = {np: _numpy()}

    def of(self, function: Callable) -> Callable:
        """Return the device form of a function of the kernel."""
        if function not in self._made:
            plain = function.py_func if isinstance(function, Dispatcher) else function
            made = self._instead.get(plain.__name__) or self._copy(plain)
            self._made[function] = made if SIMULATED else cuda.jit(device=True)(made)
        return self._made[function]

    def _copy(self, function: Any) -> FunctionType:
        """Return a function with everything it names in its device form."""
        named = {step.argval for step in get_instructions(function) if step.opname == "LOAD_GLOBAL"}
        around = {
            name: self._of(name, value) for name, value in function.__globals__.items() if name in named
        }
        around["__builtins__"] = function.__globals__["__builtins__"]
        closed = function.__closure__ and tuple(
            CellType(self._of("", cell.cell_contents)) for cell in function.__closure__
        )
        copy = FunctionType(function.__code__, around, function.__name__, function.__defaults__, closed)
        copy.__module__ = function.__module__
        return copy

    def _of(self, name: str, value: Any) -> Any:
        """Return what stands for something of that name on the device."""
        if _is_compiled(value):
            return self.of(value)
        if isinstance(value, ModuleType):
            return self._module(value)
        return CONSTANTS.get(name, value)

    def _module(self, module: ModuleType) -> ModuleType:
        """Return a module of the house with its compiled functions in their device form; any other as it is."""
        if module not in self._made and module.__name__.startswith(__name__.partition(".")[0]):
            self._made[module] = ModuleType(module.__name__)
            for name, value in vars(module).items():
                if _is_compiled(value):
                    setattr(self._made[module], name, self.of(value))
                elif name in CONSTANTS or not isinstance(value, ModuleType):
                    setattr(self._made[module], name, CONSTANTS.get(name, value))
        return self._made.get(module, module)


def _is_compiled(value: Any) -> bool:
    """Return whether something is a function of the kernel, which compiled code alone or Python too may call."""
    of_the_model = getattr(value, "__module__", "").startswith("equipoise.world.")
    return isinstance(value, Dispatcher) or (isinstance(value, FunctionType) and of_the_model)


def _numpy() -> ModuleType:
    """Return NumPy as device functions see it; the device knows its functions on scalars by other names."""
    if SIMULATED:
        return np
    from numba.cuda import libdevice

    seen = ModuleType("numpy")
    for kind in ("int8", "int32", "int64", "uint32", "uint64", "float32", "float64", "inf"):
        setattr(seen, kind, getattr(np, kind))
    functions = {"floor": libdevice.floorf, "sqrt": libdevice.sqrtf, "expm1": libdevice.expm1}
    for name, function in functions.items():
        setattr(seen, name, function)
    return seen
