"""Equipoise: whom to stay close to in a country where nobody knows who will win.

The same jobs as the command line, for notebooks:

    >>> import equipoise
    >>> study = equipoise.run("afghanistan-2021", futures=20_000)
    >>> study.summary["ranking"], study.outcomes, study.weekly

Each job is loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import Any

from equipoise._version import VERSION as __version__

_JOBS = ("beliefs", "check", "game", "load", "open_study", "optimise", "replay", "report", "run", "trace")

__all__ = ["__version__", *_JOBS]


def __getattr__(name: str) -> Any:
    if name in _JOBS:
        from importlib import import_module

        return getattr(import_module("equipoise.jobs"), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
