"""The smallest scenario in which nothing moves by itself, and ways to read what a change to it moved."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import numpy as np
from playing import Run

START = date(2030, 1, 7)

_STILL: dict[str, Any] = {
    "equipoise": 1,
    "title": "Nothing moves",
    "focus": "p",
    "calendar": {"start": START, "weeks": 4},
    "regions": {"land": {}},
    "forces": {"a": {"control": {"land": 0.5}}, "b": {"control": {"land": 0.5}}},
    "patrons": {"p": {"engagement": {"gain": 0.1}, "standing": {"a": 0.2, "b": 0.4}}},
    "dynamics": {"fade": 0, "violence": {"revert": 0}},
    "strategies": {"p": {"s": {"engage": {}}}},
}


def tiny(**changes: Any) -> dict[str, Any]:
    """Return the still scenario with mappings merged into it; anything else replaces what stands there."""
    return merged(copy.deepcopy(_STILL), changes)


def merged(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            merged(data[key], value)
        else:
            data[key] = copy.deepcopy(value)
    return data


def log_odds_steps(run: Run, first: str = "a", second: str = "b") -> np.ndarray:
    """Return F_first - F_second of each week (eq. 3): how the log odds of power grew, one region [weeks]."""
    return np.diff(np.log(run.path(f"power.{first}")[:, 0] / run.path(f"power.{second}")[:, 0]))


def effort(run: Run, force: str, gain: float = 0.1) -> np.ndarray:
    """Return x·ρ of each week from what standing gained (eq. 5 with gain alone) [weeks]."""
    standing = run.path(f"standing.{force}")[:, 0]
    return np.diff(standing) / (gain * (1 - standing[:-1]))
