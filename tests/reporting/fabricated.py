"""A made-up scenario and a made-up summary of a run, with every key a real one has.

The numbers are drawn from a generator and mean nothing: they only have the right shapes and ranges, so
that the report can be tested without running the model.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np

from equipoise.scenario.model import Scenario

METRICS = (
    "maximin",
    "maximax",
    "hurwicz",
    "laplace",
    "minimax-regret",
    "percentile-90-regret",
    "mean-variance",
    "undesirable-deviations",
    "skewness",
    "peakedness",
    "starr",
    "cvar",
    "certainty-equivalent",
)


def scenario_data() -> dict[str, Any]:
    """Return a scenario in the normal form of the model's classes."""
    half = {"pert": [0.3, 0.5, 0.9], "claims": ["c1"], "because": "Read from the gazette."}
    return {
        "equipoise": 1,
        "title": "Two rivers",
        "question": "Should the Empire back one side, or keep a hand in every camp?",
        "focus": "empire",
        "calendar": {"start": date(2031, 3, 17), "weeks": 52, "as-of": date(2031, 3, 16)},
        "sources": {
            "gazette": {
                "title": "The gazette",
                "published": date(2031, 3, 16),
                "url": "https://example.org/g",
            }
        },
        "claims": {
            "c1": {
                "source": "gazette",
                "at": "¶4",
                "says": "The Republic has not decided.",
                "confidence": "high",
            },
            "c2": {"source": "gazette", "says": "The Crown resents the envoys.", "holder": "crown"},
        },
        "quantities": {"weariness": [0.5, 1.5]},
        "regions": {
            "valley": {"name": "The valley", "weight": 0.6},
            "hills": {"name": "The hills", "weight": 0.4},
        },
        "forces": {
            "crown": {
                "name": "The Crown",
                "incumbent": True,
                "control": {"valley": 0.7, "hills": 0.3},
                "collapse": {"rate": half},
                "resentment": {"alienation": 0.01, "duplicity": [0.0, 0.1]},
            },
            "rebels": {
                "name": "The rebels",
                "control": {"valley": 0.25, "hills": 0.4},
                "collapse": {"rate": 0.005},
            },
            "hill-lords": {"name": "The hill lords", "control": {"valley": 0.05, "hills": 0.3}},
        },
        "patrons": {
            "empire": {
                "name": "The Empire",
                "interest": {"valley": 0.3, "hills": 0.7},
                "standing": {"crown": 0.25, "rebels": 0.3, "hill-lords": 0.45},
                "values": {"rivals": {"republic": [0.1, 0.4]}, "violence": -0.05, "terminal": 0.3},
            },
            "republic": {
                "name": "The Republic",
                "engagement": {"engage": {"crown": 1}},
                "standing": {"crown": 0.8, "hill-lords": 0.2},
                "backing": {"crown": {"troops": 1.0, "money": 1.0}},
            },
        },
        "ties": [
            {"between": ["crown", "rebels"], "sign": -0.9},
            {"between": ["rebels", "hill-lords"], "sign": -0.6},
            {"between": ["crown", "hill-lords"], "sign": 0.3},
            {"between": ["empire", "republic"], "sign": -0.7},
        ],
        "events": {
            "republic-leaves": {
                "what": "The Republic's troops go home",
                "between": [date(2031, 5, 1), date(2031, 9, 1)],
                "probability": {"words": "likely", "claims": ["c1"]},
                "decided-by": "republic",
                "effects": [{"push": {"rebels": 0.02}, "weeks": 12}],
            },
            "quiet-spring": {
                "what": "Nothing stirs in the hills",
                "on": date(2031, 5, 5),
                "probability": 0.3,
                "effects": [{"violence": {"add": -0.2}}],
            },
        },
        "agreements": {
            "spring-accord": {
                "parties": ["republic", "rebels"],
                "signed": date(2030, 3, 1),
                "terms": [
                    {
                        "who": ["republic"],
                        "does": "withdraw its troops",
                        "by": date(2031, 5, 1),
                        "event": "republic-leaves",
                    }
                ],
            }
        },
        "talks": {
            "lake-conference": {
                "on": date(2031, 6, 2),
                "host": "empire",
                "veto": ["crown", "rebels"],
                "clout": {"crown": 0.4, "rebels": 0.4, "empire": 0.2},
                "issues": {
                    "power-sharing": {
                        "scale": {0: "the Crown alone", 100: "the rebels alone"},
                        "positions": {"crown": [5, 15, 35], "rebels": [60, 80, 95], "empire": 50},
                        "salience": {"crown": 0.9, "rebels": 0.9, "empire": 0.4},
                        "reservation": {"crown": 30, "rebels": 40},
                    }
                },
                "effects": [{"settlement": True}],
            }
        },
        "beliefs": {"empire": {"forces.crown.collapse.rate": [0.03, 0.06, 0.12]}},
        "strategies": {
            "empire": {
                "back-crown": {"engage": {"crown": 1}},
                "back-rebels": {"engage": {"rebels": 1}},
                "hill-lords-first": {"engage": {"crown": 0.2, "rebels": 0.3, "hill-lords": 0.5}},
                "even-hedge": {"engage": {"crown": 1, "rebels": 1, "hill-lords": 1}, "name": "Even hedge"},
                "wait-and-see": {
                    "engage": {"crown": 1, "rebels": 1},
                    "then": {"when": "republic-leaves", "engage": {"rebels": 1}},
                },
                "stay-out": {"engage": {}},
            }
        },
    }


def scenario(**changes: Any) -> Scenario:
    """Return the made-up scenario as checked objects, with some top-level keys replaced."""
    return Scenario.model_validate({**scenario_data(), **changes})


def summary(of: Scenario, *, seed: int = 1, futures: int = 4000) -> dict[str, Any]:
    """Return a made-up summary of a run of any scenario: all keys, numbers without meaning."""
    rng = np.random.default_rng(seed)
    names = list(of.strategies[of.focus])
    means = np.sort(rng.normal(0.15, 0.05, len(names)))[::-1]
    weeks = of.calendar.weeks
    strategies = {
        name: _strategy(of, rng, mean, index, weeks, futures)
        for index, (name, mean) in enumerate(zip(names, means, strict=True))
    }
    for metric in METRICS:
        order = rng.permutation(len(names)) if metric in ("skewness", "maximin") else range(len(names))
        for rank, index in enumerate(order, 1):
            strategies[names[index]]["robustness"][metric] = float(means[index] / rank)
            strategies[names[index]]["robustness_rank"][metric] = rank
    return {
        "equipoise": "0.1.0",
        "scenario": {"title": of.title, "sha256": "a" * 64},
        "focus": of.focus,
        "futures": futures,
        "states": futures // 16,
        "chance": 16,
        "seed": 1,
        "weeks": weeks,
        "beliefs": None,
        "with": {},
        "strategies": strategies,
        "ranking": names,
        "differences": _differences(names, means, rng),
        "fans": {name: _fan(of, rng, weeks) for name in names},
        "fans_futures": futures,
        "events": {
            key: {"probability": float(rng.uniform()), "median_date": "2031-07-01"} for key in of.events
        },
        "talks": {key: _talk(talk) for key, talk in of.talks.items()},
        "inputs": {"forces.crown.collapse.rate": {"mean": 0.53, "sd": 0.11}},
        "duplicity": _duplicity(names, of),
        "timeline": _timeline(of),
        "warnings": [],
    }


def _strategy(of: Scenario, rng: Any, mean: float, index: int, weeks: int, futures: int) -> dict[str, Any]:
    ramp = np.linspace(0, 1, weeks + 1)
    named = of.strategies[of.focus]
    weights = list(named.values())[index].engage
    total = sum(weights.values())
    level = 0.3 + mean
    return {
        "payoff": {
            "mean": float(mean),
            "se": 0.002 + 0.0004 * index,
            "p5": mean - 0.22,
            "p50": mean + 0.01,
            "p95": mean + 0.19,
            "cvar5": mean - 0.27,
            "luck": 0.09,
            "unknown": 0.05 + 0.01 * index,
        },
        "influence": {"mean": level, "se": 0.001, "end": level + 0.02, "by_week": list(level + 0.02 * ramp)},
        "influence_if_stands": level + 0.05 - 0.02 * index,
        "influence_after_collapse": level - 0.25 + 0.03 * index,
        "influence_after_common_collapse": level - 0.27 + 0.03 * index,
        "levers": 1.2 + 0.3 * index % 3,
        "hedge_index": 1 - sum((w / total) ** 2 for w in weights.values()) if total else 0.0,
        "chance_best": [0.52, 0.2, 0.1, 0.08, 0.06, 0.04][index] if len(named) == 6 else 1 / len(named),
        "allocation": {key: weights.get(key, 0) / total if total else 0.0 for key in of.forces},
        "regret": {"mean": 0.01 + 0.02 * index, "p90": 0.04 + 0.03 * index, "max": 0.12 + 0.04 * index},
        "robustness": {},
        "robustness_rank": {},
        "standing": {key: {"start": 0.3, "end": 0.5, "by_week": list(0.3 + 0.2 * ramp)} for key in of.forces},
        "forces": {
            key: {
                "collapse": 0.4 / (1 + place),
                "collapse_by_week": list(0.4 / (1 + place) * ramp),
                "power": {"start": 0.4, "end": 0.3, "by_week": list(0.4 - 0.1 * ramp)},
            }
            for place, key in enumerate(of.forces)
        },
        "orders": {
            "holds": 0.5 - 0.02 * index,
            "settlement": 0.1,
            "takeover:rebels": 0.22 + 0.02 * index,
            "chaos": 0.18,
        },
        "violence": {"by_week": list(1 + 0.4 * ramp)},
    }


def _differences(names: list[str], means: Any, rng: Any) -> list[dict[str, Any]]:
    found = []
    for a, b in combinations(range(len(names)), 2):
        gap, se = float(means[a] - means[b]), 0.004
        found.append(
            {
                "better": names[a],
                "worse": names[b],
                "mean": gap,
                "se": se,
                "low": gap - 1.96 * se,
                "high": gap + 1.96 * se,
            }
        )
    return found


def _fan(of: Scenario, rng: Any, weeks: int) -> dict[str, Any]:
    ramp = np.linspace(0, 1, weeks + 1)

    def band(start: float, end: float) -> dict[str, list[float]]:
        middle = start + (end - start) * ramp
        return {
            f"p{q}": list(np.clip(middle + spread * np.sqrt(ramp), 0, 1))
            for q, spread in ((5, -0.3), (25, -0.12), (50, 0), (75, 0.12), (95, 0.3))
        }

    return {
        "power": {key: band(0.4, float(rng.uniform(0.1, 0.7))) for key in of.forces},
        "standing": {key: band(0.3, float(rng.uniform(0.1, 0.8))) for key in of.forces},
    }


def _talk(talk: Any) -> dict[str, Any]:
    return {"deal": 0.31, "issues": {key: {"mean": 47.0, "p5": 38.0, "p95": 58.0} for key in talk.issues}}


def _duplicity(names: list[str], of: Scenario) -> dict[str, Any]:
    multipliers = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]
    plans = of.strategies[of.focus]
    hedges = [name for name in names if _courted(plans[name]) > 1]
    single = [name for name in names if _courted(plans[name]) == 1]
    payoff = {name: [0.22 - 0.03 * m - 0.01 * i for m in multipliers] for i, name in enumerate(hedges)}
    payoff |= {name: [0.17 - 0.02 * i for _ in multipliers] for i, name in enumerate(single)}
    return {
        "multipliers": multipliers,
        "levels": {"crown": [0.05 * m for m in multipliers]},
        "hedges": hedges,
        "one_sided": single,
        "payoff": payoff,
        "se": {name: [0.004] * 7 for name in payoff},
        "threshold": 1.67,
    }


def _timeline(of: Scenario) -> list[dict[str, Any]]:
    start = of.calendar.start
    rows = [
        {
            "week": None,
            "date": str(of.calendar.as_of),
            "kind": "as-of",
            "name": None,
            "what": "What is known up to here",
            "probability": None,
            "p5_date": None,
            "p95_date": None,
        },
        {
            "week": 0,
            "date": str(start),
            "kind": "start",
            "name": None,
            "what": "The run starts",
            "probability": None,
            "p5_date": None,
            "p95_date": None,
        },
    ]
    for key, item in {**of.events, **of.talks}.items():
        middle = item.on or (
            item.between[0] + (item.between[1] - item.between[0]) / 2
            if item.between
            else start + timedelta(70)
        )
        low, high = (
            (item.on, item.on) if item.on else item.between or (start + timedelta(21), start + timedelta(300))
        )
        rows.append(
            {
                "week": (middle - start).days // 7,
                "date": str(middle),
                "kind": "talk" if key in of.talks else "event",
                "name": key,
                "what": item.what or key,
                "probability": 0.31 + 0.1 * (len(rows) % 5),
                "p5_date": str(low),
                "p95_date": str(high),
            }
        )
    for key, item in of.agreements.items():
        for index, term in enumerate(item.terms):
            if term.by:
                rows.append(
                    {
                        "week": (term.by - start).days // 7,
                        "date": str(term.by),
                        "kind": "deadline",
                        "name": f"{key}.{index}",
                        "what": f"{', '.join(term.who)}: {term.does}",
                        "probability": 0.7,
                        "p5_date": None,
                        "p95_date": None,
                    }
                )
    return rows


def _courted(plan: Any) -> int:
    return sum(weight > 0 for weight in plan.engage.values())
