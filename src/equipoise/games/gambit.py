"""Further candidates from Gambit's solvers, where pygambit is installed.

pygambit is optional: its licence is the GPL and not every Python has a wheel. Some of its solvers crash
or do not end on degenerate games, so each runs in a child process of its own with a time limit, and what
goes wrong becomes a note. What it finds is verified like every other candidate.

Source: Savani and Turocy, Gambit: The package for computation in game theory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.games.nfg import to_nfg
from equipoise.games.normal_form import Mixtures, NormalForm

Method = Literal["enummixed", "lcp", "enumpoly", "gnm", "ipa"]
METHODS: dict[str, bool] = {"enummixed": True, "lcp": True, "enumpoly": False, "gnm": False, "ipa": False}
"""Solvers offered, and whether each needs exactly two players."""

_CHILD = Path(__file__).with_name("gambit_child.py")


def available() -> bool:
    """Return whether pygambit can be imported here."""
    return find_spec("pygambit") is not None


def candidates(
    game: NormalForm, *, methods: Sequence[Method] | None = None, seconds: float = 30.0
) -> tuple[list[tuple[Mixtures, str]], list[str]]:
    """Propose equilibria by Gambit's solvers.

    Args:
        game: the game.
        methods: solvers to run; by default `enummixed` and `lcp` for two players, else `enumpoly` and `gnm`.
        seconds: time limit for each solver.

    Returns:
        Pairs of mixtures and method for `equilibria.solve(extra=...)`, and notes on what failed.

    Raises:
        InputError: an unknown method, or one that does not fit the number of players.
    """
    two = len(game.players) == 2
    chosen = methods if methods is not None else (("enummixed", "lcp") if two else ("enumpoly", "gnm"))
    for method in chosen:
        if method not in METHODS:
            raise InputError(f"Gambit method must be one of {', '.join(METHODS)}; got {method}")
        if METHODS[method] and not two:
            raise InputError(f"Gambit's {method} needs two players; this game has {len(game.players)}")
    if not seconds > 0:
        raise InputError(f"the time limit must be above 0 seconds; got {seconds:g}")
    if not available():
        return [], [
            "pygambit is not installed, so Gambit's solvers were not asked (`pip install equipoise[gambit]`)."
        ]
    numbered = NormalForm(
        tuple(str(i + 1) for i in range(len(game.players))),
        tuple(tuple(str(s + 1) for s in range(size)) for size in game.shape),
        game.payoffs,
    )
    text = to_nfg(numbered)
    found: list[tuple[Mixtures, str]] = []
    notes: list[str] = []
    for method in chosen:
        profiles, note = _ask(text, method, seconds)
        fitting = [profile for profile in profiles if tuple(len(p) for p in profile) == game.shape]
        found += [
            (tuple(np.array(p, dtype=float) for p in profile), f"Gambit {method}") for profile in fitting
        ]
        notes += note
    return found, notes


def _ask(text: str, method: str, seconds: float) -> tuple[list[list[list[float]]], list[str]]:
    """Run one solver in a child process; returns profiles and what went wrong."""
    # -P keeps the child's own folder off the module path, where our file names could hide others.
    command = [sys.executable, "-P", str(_CHILD), method]
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return [], [f"Gambit's {method} did not end within {seconds:g} seconds and was stopped."]
    except OSError as error:
        return [], [f"Gambit's {method} could not be started: {error}."]
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1][:160]
        return [], [f"Gambit's {method} failed (exit status {done.returncode}): {last}"]
    try:
        return json.loads(done.stdout.strip().splitlines()[-1]), []
    except (ValueError, IndexError):
        return [], [f"Gambit's {method} gave an answer that could not be read."]
