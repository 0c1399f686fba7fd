"""Compiled code that is as old as the sources it came from.

Numba keeps compiled functions beside the sources and drops one when *its own* file changes, but not when a
function it calls, in another file, does. After an update that would silently run old code inside new. So the
compiled functions of a room, and of the rooms that it names beside it, are dropped together whenever any of their
sources has changed.
"""

from __future__ import annotations

import contextlib
from hashlib import blake2b
from pathlib import Path

_STAMP = "sources.stamp"


def drop_stale(folder: Path, *others: Path, read: tuple[Path, ...] = ()) -> bool:
    """Delete the compiled functions of folders of sources if any source changed since they were made.

    Args:
        folder: holds sources; compiled functions lie in its `__pycache__`, beside the stamp of all the sources.
        others: further folders whose compiled functions call those of the first or are called by them.
        read: folders whose sources count too, and whose own compiled functions do not call those of the first.

    Returns:
        Whether anything was stale. A folder that cannot be written to is left as it is.
    """
    digest = blake2b(digest_size=16)
    for source in (source for place in (folder, *others, *read) for source in sorted(place.glob("*.py"))):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    cache, stamp = folder / "__pycache__", digest.hexdigest()
    with contextlib.suppress(OSError):
        if (cache / _STAMP).is_file() and (cache / _STAMP).read_text() == stamp:
            return False
        cache.mkdir(exist_ok=True)
        for place in (folder, *others):
            for compiled in (place / "__pycache__").glob("*.nb[ic]"):
                compiled.unlink(missing_ok=True)
        (cache / _STAMP).write_text(stamp)
        return True
    return False
