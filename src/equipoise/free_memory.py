"""Memory that was used and is free, given back to the system.

What a run has held while it played stays with the allocators, of C and of Arrow, for whoever asks them next; what
comes after asks for blocks of other sizes, and the process would hold both.
"""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Give free memory back; where the C library is not glibc, only that of Arrow."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
