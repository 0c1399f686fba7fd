"""Writing files: whole or not at all, and what is said where it cannot be done.

A file is written under another name beside its place and moved there when all of it is written, so that a kill
at any instant leaves no half of one. That other name is of one writer alone, and the file is locked while it is
written; so what a killed writer left behind can be told from what another is writing, and is cleared away.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import get_ident
from typing import IO

from equipoise.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows, where a file that is open can neither be moved nor removed by anyone
    fcntl = None  # type: ignore[assignment]

ENDING = ".partial"
LEFT = f".[0-9]*-[0-9]*-????????{ENDING}"
"""What a partial file of ours is called, in a folder that may hold others'."""


@contextmanager
def writing(target: Path) -> Iterator[IO[bytes]]:
    """Open a file to write bytes to; it takes the place of `target` when the block ends without an error.

    Raises:
        OutputError: it cannot be written; what stood at `target` still stands there.
    """
    with said(target):
        partial, file = _begun(target)
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if fcntl is not None:
                    partial.replace(target)
            if fcntl is None:
                partial.replace(target)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def write_text(target: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    with writing(target) as file:
        file.write(text.encode("utf-8"))


def writable(path: str | Path) -> Path:
    """Return the place of a file that is to be written; refuse one that cannot be, before any work is done.

    A link is followed, so that the file it names is written and the link stays. What killed writers left beside it is
    cleared away.

    Raises:
        OutputError: its folder is missing or cannot be written to, or it is no ordinary file.
    """
    target = Path(path)
    with said(target):
        target = target.resolve()
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise OutputError(f"{path} cannot be written: it is {_kind(target)}, not an ordinary file")
        partial, file = _begun(target)
        file.close()
        partial.unlink()
        clear_partial(target.parent, inside=False)
    return target


def folder(path: Path) -> Path:
    """Make a folder, and those above it, where they are missing, and return it.

    Raises:
        OutputError: it cannot be made.
    """
    with said(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def clear_partial(place: Path, *, inside: bool = True) -> None:
    """Remove what killed writers left in a folder, and those inside it; what is being written now stays."""
    for partial in place.rglob(f".*{ENDING}") if inside else place.glob(LEFT):
        with suppress(OSError), partial.open("rb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                partial.unlink()
        if fcntl is None:
            with suppress(OSError):
                partial.unlink()


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Keep others that ask the same of a folder waiting: threads and processes that read, change and write it.

    Raises:
        OutputError: it cannot be opened, or its file system knows no locks.
    """
    if fcntl is None:
        yield
        return
    with said(place):
        handle = os.open(place, os.O_RDONLY)
    try:
        with said(place):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def said(target: str | Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be written into an `OutputError` with its path and reason."""
    try:
        if b"\0" in os.fsencode(target):
            raise OutputError(f"{str(target)!r} cannot be written: a name cannot hold a NUL")
        yield
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error


def _begun(target: Path) -> tuple[Path, IO[bytes]]:
    """Open and lock a new file beside `target`."""
    while True:
        partial = target.with_name(f".{os.getpid()}-{get_ident()}-{token_hex(4)}{ENDING}")
        file = partial.open("xb")
        if fcntl is None:
            return partial, file
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:  # nobody took it for a left-over before it was locked
            return partial, file
        file.close()


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "a device or pipe"
