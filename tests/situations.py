"""Small situations as plain data, for tests of the running product."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

Data = dict[str, Any]


def with_changes(data: Mapping[str, Any], changes: Mapping[str, Any]) -> Data:
    """Return a copy of plain data with values replaced by dotted path; `{}` in between where absent."""
    out = deepcopy(dict(data))
    for path, value in changes.items():
        at = out
        *keys, last = path.split(".")
        for key in keys:
            at = at.setdefault(key, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return out


def duel(changes: Mapping[str, Any] | None = None) -> Data:
    """Return one region, a government and its rivals, two patrons; nothing uncertain but what changes say."""
    situation = {
        "equipoise": 1,
        "title": "A duel",
        "focus": "north",
        "calendar": {"start": date(2030, 1, 7), "weeks": 20},
        "regions": {"land": {}},
        "forces": {
            "court": {
                "incumbent": True,
                "control": {"land": 0.5},
                "volatility": {"national": 0.05},
                "collapse": {"rate": 0.03},
            },
            "league": {
                "control": {"land": 0.3},
                "volatility": {"national": 0.05},
                "collapse": {"rate": 0.02},
            },
            "clans": {"control": {"land": 0.2}, "volatility": {"national": 0.05}},
        },
        "patrons": {
            "north": {
                "engagement": {"budget": 1.0, "gain": 0.08},
                "values": {"influence": 1.0, "cost": 0.02, "terminal": 0.25},
                "standing": {"court": 0.3, "league": 0.3, "clans": 0.3},
            },
            "south": {
                "engagement": {"engage": {"court": 1}},
                "values": {"influence": 1.0},
                "standing": {"court": 0.6},
                "backing": {"court": {"troops": 0.6, "money": 0.6}},
            },
        },
        "ties": [{"between": ["court", "league"], "sign": -0.8}],
        "strategies": {
            "north": {
                "court-only": {"engage": {"court": 1}},
                "league-only": {"engage": {"league": 1}},
                "even": {"engage": {"court": 1, "league": 1, "clans": 1}},
            }
        },
    }
    return with_changes(situation, changes or {})


def certain(changes: Mapping[str, Any] | None = None) -> Data:
    """Return the duel without any chance: no shocks, no falls, no events, every number fixed."""
    still = {f"forces.{j}.volatility": None for j in ("court", "league", "clans")}
    return duel(still | {"forces.court.collapse": None, "forces.league.collapse": None} | dict(changes or {}))
