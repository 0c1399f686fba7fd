"""Children of a warm process: everything is imported and compiled in the parent, so a child begins to work at once."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path


def forked(do: Callable[[], object], told: Path) -> int:
    """Start a child that does something and ends; return its process; what it says stands in a file."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.setsid()
        os.dup2(file, 1)
        os.dup2(file, 2)
        do()
        status = 0
    except BaseException:
        with told.open("a") as out:
            traceback.print_exc(file=out)
    finally:
        os._exit(status)


def ended(process: int, seconds: float = 120) -> int:
    """Wait for a child; return its exit status, negative where a signal ended it. One that hangs is killed and told."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    raise AssertionError(f"a child was not done within {seconds:g} seconds")


def killed_after(process: int, seconds: float) -> bool:
    """Kill a child that cannot prevent it; return whether it was still at work. One that failed is an error."""
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    status = ended(process)
    assert status in (0, -signal.SIGKILL), status
    return status != 0


def said(do: Callable[[], object]) -> tuple[int, str]:
    """Do something in a child; return its exit status and what it says, through a pipe, which no full disk stops."""
    reads, writes = os.pipe()
    process = os.fork()
    if not process:
        status = 1
        try:
            for stream in (1, 2):
                os.dup2(writes, stream)
            sys.stdout = sys.stderr = out = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            status = _status(do)
            out.flush()
            if sys.stdout not in (None, out):
                sys.stdout.flush()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)
    os.close(writes)
    with open(reads, encoding="utf-8") as out:
        text = out.read()
    return ended(process), text


def _status(do: Callable[[], object]) -> int:
    try:
        do()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0
