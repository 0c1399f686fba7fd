"""How the kernel's functions are compiled: those that Python calls, and those that only compiled code calls.

Numba gives whatever is marked `njit` a second function through which Python calls it, which took 28 of the 72 seconds
of compiling, for some 170 functions that Python never calls. Those are marked `inner` or `inlined` and stay plain
Python functions for whoever calls them from Python.
"""

from __future__ import annotations

from pathlib import Path

from numba import njit
from numba.extending import register_jitable

from equipoise.compiled_cache import drop_stale

drop_stale(Path(__file__).parent, Path(__file__).parents[1])

OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz"}, "_nrt": False}
"""How everything in the kernel is compiled.

`contract` and `nsz` alone keep results equal between machines that have fused multiply-add. Without Numba's runtime
(`_nrt`) views of rows are not counted: counting takes an atomic instruction each time a row is passed on, which two
threads that share a table would moreover wait for. Hence nothing in the kernel may allocate memory or return a view.
"""

entrance = njit(**OPTIONS, cache=True)
"""For what Python calls. Its compiled code, with all that it calls, is kept beside the sources."""

inner = register_jitable(**OPTIONS)
"""For what compiled code calls."""

inlined = register_jitable(**OPTIONS, forceinline=True)
"""For loops over a few rows, and stages that take much and are called from one place: handing over what they work on
would take as long as a loop."""

uncontracted = register_jitable(**OPTIONS | {"fastmath": {"nsz"}}, forceinline=True)
"""For a product that is not to be contracted with a sum."""
