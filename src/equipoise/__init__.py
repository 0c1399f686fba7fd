"""Equipoise: whom to stay close to in a country where nobody knows who will win.

The same jobs as the command line, for notebooks:

    >>> import equipoise
    >>> study = equipoise.run("afghanistan-2021", futures=20_000)
    >>> study.summary["ranking"], study.outcomes, study.weekly

Each job is loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from equipoise._version import __version__

_JOBS = {
    "balance": "analyses",
    "beliefs": "deciding",
    "check": "run",
    "difference": "analyses",
    "explore": "analyses",
    "game": "deciding",
    "load": "sources",
    "open_study": "sources",
    "optimise": "deciding",
    "replay": "run",
    "report": "run",
    "run": "run",
    "talks": "analyses",
    "trace": "run",
}
"""Each job and the file of `jobs/` it is in."""

__all__ = ["__version__", *_JOBS]


def __getattr__(name: str) -> Any:
    if name in _JOBS:
        return getattr(import_module(f"equipoise.jobs.{_JOBS[name]}"), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
