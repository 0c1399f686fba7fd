"""Equipoise: whom to stay close to in a country where nobody knows who will win.

The same jobs as the command line, for notebooks:

    >>> import equipoise
    >>> study = equipoise.run("afghanistan-2021", futures=20_000)
    >>> study.summary["ranking"], study.outcomes, study.weekly

Each job is loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from equipoise._version import __version__

_JOBS = {
    "balance": "jobs_analyses",
    "beliefs": "jobs_deciding",
    "check": "jobs",
    "difference": "jobs_analyses",
    "explore": "jobs_analyses",
    "game": "jobs_deciding",
    "load": "opening",
    "open_study": "opening",
    "optimise": "jobs_deciding",
    "replay": "jobs",
    "report": "jobs",
    "run": "jobs",
    "talks": "jobs_analyses",
    "trace": "jobs",
}
"""Each job and the module it is in."""
_ROOMS = ("explore", "report", "talks")
"""Jobs that share their name with a room of the package: the room can be called, and does the job."""

__all__ = ["__version__", *_JOBS]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"equipoise.{name}")
    if name in _JOBS:
        return _job(name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _job(name: str) -> Any:
    return getattr(import_module(f"equipoise.{_JOBS[name]}"), name)


class _Room(ModuleType):
    """A room that does the job of its name when it is called."""

    def __call__(self, *args: Any, **asked: Any) -> Any:
        return _job(self.__name__.rpartition(".")[2])(*args, **asked)


class _Package(ModuleType):
    """This package: rooms named like a job become callable when they are imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ROOMS and isinstance(value, ModuleType):
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
