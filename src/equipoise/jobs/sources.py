"""What a job is given: a scenario, and names of things in it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard

from equipoise import scenario
from equipoise.errors import InputError
from equipoise.scenario import ScenarioFile

Source = str | Path | Mapping[str, Any] | ScenarioFile


Set = Mapping[str, Any]
"""Numbers to change, by path, as `scenario.changed` takes them."""


def load(source: Source, set_: Set | None = None, widen: float | str | None = None) -> ScenarioFile:
    """Read and check a scenario, and change its numbers as asked; see `scenario.changed`.

    Raises:
        ScenarioError: everything that is wrong with it.
        InputError: what was asked cannot be changed so.
    """
    file = source if isinstance(source, ScenarioFile) else scenario.load(source)
    return scenario.changed(file, set_, widen=widen)


def ends(source: Source, *endings: str) -> TypeGuard[str | Path]:
    """Return whether a source is a path with one of some endings, and so a file other than a scenario."""
    return isinstance(source, str | Path) and str(source).lower().endswith(endings)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def known(kind: str, name: str, allowed: Sequence[str] | Mapping[str, Any]) -> None:
    """Refuse a name that is not among those allowed, and say which is nearest."""
    if name not in allowed:
        near = difflib.get_close_matches(name, allowed, n=1)
        hint = f" (nearest: {near[0]})" if near else ""
        there = f"{hint}; there is: {', '.join(allowed)}" if allowed else ": the scenario has none"
        raise InputError(f"no {kind} is called {name!r}{there}")
