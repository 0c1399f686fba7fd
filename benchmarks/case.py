"""The benchmark's own scenario: 3 forces, 4 regions, 5 patrons, 8 strategies, every term of the weekly model.

Its sizes are those for which MODEL.md's limit of about 20 ns was measured. Nothing in it describes a real
country. Its only effects are those of three dated events, which `c/weeks.c` knows by name.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from equipoise.world.compile import World, compile_world

FORCES = ("court", "league", "rising")
REGIONS = ("east", "north", "south", "west")
PATRONS = ("amber", "blue", "cyan", "dune", "elm")


def scenario() -> dict[str, Any]:
    """Return the scenario as a file would hold it."""
    return {
        "equipoise": 1,
        "title": "Three forces, four regions, five patrons",
        "focus": "amber",
        "calendar": {"start": date(2031, 1, 6), "weeks": 52},
        "regions": {g: {"weight": w} for g, w in zip(REGIONS, (0.2, 0.3, 0.15, 0.35), strict=True)},
        "forces": _forces(),
        "patrons": _patrons(),
        "ties": [
            {"between": ["court", "rising"], "sign": -0.8},
            {"between": ["league", "rising"], "sign": [-0.6, -0.4]},
            {"between": ["court", "league"], "sign": 0.4},
        ],
        "dynamics": {
            "fade": 0.01, "warmth": 0.015, "hostility": 0.01, "inherit": 1,
            "violence": {"start": 1.0, "mean": 1.0, "revert": 0.1, "contest": 0.3, "after-fall": 0.2},
        },
        "events": _events(),
        "strategies": {"amber": _strategies()},
    }  # fmt: skip


def world() -> World:
    """Return the scenario compiled."""
    from equipoise.scenario import load

    return compile_world(load(scenario()).scenario)


def _force(
    control: tuple[float, ...], *, rate: Any, threshold: float, steepness: float, **more: Any
) -> dict[str, Any]:
    return {
        "control": dict(zip(REGIONS, control, strict=True)),
        "home": {REGIONS[0]: 0.004},
        "momentum": [-0.01, 0.01],
        "volatility": {"national": 0.03, "regional": 0.03},
        "backing-effect": {"troops": 0.03, "money": 0.015},
        "bandwagon": 0.015,
        "legitimacy": 0.004,
        "undermine": 0.003,
        "collapse": {
            "rate": rate, "threshold": threshold, "steepness": steepness,
            "shield": {"troops": 1.0, "money": 0.5}, "panic": 1.0, "slide": 2.0,
        },
        "receptivity": {"base": 1.0, "shopping": 0.5},
        "resentment": {"alienation": 0.006, "duplicity": [0.0, 0.05], "parity": 0.004},
        **more,
    }  # fmt: skip


def _forces() -> dict[str, Any]:
    return {
        "court": _force(
            (0.6, 0.3, 0.5, 0.5), rate=[0.003, 0.006, 0.014], threshold=0.35, steepness=4, incumbent=True
        ),
        "league": _force((0.15, 0.4, 0.2, 0.15), rate=0.006, threshold=0.15, steepness=2),
        "rising": _force((0.25, 0.3, 0.3, 0.35), rate=0.005, threshold=0.2, steepness=3),
    }


def _patrons() -> dict[str, Any]:
    standing = {"amber": (0.25, 0.4, 0.2), "blue": (0.7, 0.2, 0.0), "cyan": (0.1, 0.2, 0.6),
                "dune": (0.2, 0.5, 0.1), "elm": (0.3, 0.3, 0.3)}  # fmt: skip
    engage = {"blue": {"court": 1}, "cyan": {"rising": 1, "league": 0.2}, "dune": {"league": 1, "court": 0.5},
              "elm": {"court": 1, "league": 1, "rising": 1}}  # fmt: skip
    backing = {"blue": {"court": {"troops": 0.8, "money": 1.0}}, "cyan": {"rising": {"money": 0.7}},
               "dune": {"league": {"money": 0.5}}}  # fmt: skip
    out: dict[str, Any] = {}
    for i, near in zip(PATRONS, ((0.1, 0.6, 0.1, 0.2), None, None, (0, 1, 0, 1), None), strict=True):
        out[i] = {
            "engagement": {"budget": 1.0, "gain": 0.07} | ({"engage": engage[i]} if i in engage else {}),
            "standing": dict(zip(FORCES, standing[i], strict=True)),
            "backing": backing.get(i, {}),
        } | ({"interest": dict(zip(REGIONS, near, strict=True))} if near else {})
    out["amber"]["values"] = {
        "influence": 1.0, "rivals": {"blue": [0.1, 0.4], "cyan": 0.1, "dune": 0.1, "elm": 0.05},
        "power": {"league": 0.1},
        "order": {"holds": 0.05, "chaos": -0.3, "takeover": {"rising": -0.15, "league": 0.1}},
        "control": {"rising": {"north": -0.2}}, "violence": -0.05, "cost": 0.05, "terminal": 0.3,
    }  # fmt: skip
    return out


def _events() -> dict[str, Any]:
    return {
        "withdrawal": {
            "between": [date(2031, 3, 3), date(2031, 8, 1)], "probability": 0.7,
            "effects": [{"backing": {"blue": {"court": {"troops": 0.1}}}, "over": 6, "announced": True}],
        },
        "offensive": {
            "requires": ["withdrawal"], "between": [date(2031, 4, 1), date(2031, 11, 1)], "probability": 0.6,
            "effects": [{"push": {"rising": 0.02}, "weeks": 12}],
        },
        "cracks": {
            "between": [date(2031, 2, 3), date(2031, 11, 28)], "probability": 0.5,
            "effects": [{"hazard": {"court": 1.8}}],
        },
    }  # fmt: skip


def _strategies() -> dict[str, Any]:
    evenly = {"court": 1, "league": 1, "rising": 1}
    return {
        "court-alone": {"engage": {"court": 1}},
        "league-alone": {"engage": {"league": 1}},
        "rising-alone": {"engage": {"rising": 1}},
        "evenly": {"engage": evenly},
        "mostly-league": {"engage": {"court": 0.2, "league": 0.6, "rising": 0.2}},
        "the-strong": {"engage": evenly, "follow-power": 2},
        "warm-friends": {"engage": evenly, "follow-standing": 1, "floor": 0.15},
        "stay-out": {"engage": {}},
    }
