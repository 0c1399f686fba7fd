"""The summary of a run: the plain dict that `run --json` prints and every table and figure reads.

Formulas: DESIGN.md *The commands*, MODEL.md §2 (outcomes), §5 (judging). What is undefined is None.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from equipoise.bargaining.study import IN_ITS_WEEK
from equipoise.findings import metrics
from equipoise.findings.compare import SCRAMBLES, Estimate, chance_best, estimate
from equipoise.findings.regret import regret_summary
from equipoise.findings.tally import Tally
from equipoise.world.compile import World
from equipoise.world.outcomes import ORDERS


def summarise(tally: Tally) -> dict[str, Any]:
    """Return what a run says of its strategies, events, talks and inputs."""
    names = [profile.name for profile in tally.player.world.profiles]
    f = tally.f
    regrets = regret_summary(f)
    robustness = metrics.evaluate(f, names)
    ranks = {metric: metrics.ranks(values, metric) for metric, values in robustness.items()}
    best = chance_best(f)
    spread = _spread(tally)
    samples = tally.payoffs.samples()
    strategies = {}
    for d, name in enumerate(names):
        strategies[name] = {
            "payoff": _payoff(tally, d, samples[d]) | {"unknown": spread[0][d], "luck": spread[1][d]},
            "influence": _influence(tally, d),
            **_after_falls(tally, d),
            "levers": _mean(tally, d, "levers"),
            "hedge_index": _hedge_index(tally, d),
            "regret": {key: float(values[d]) for key, values in regrets.items()},
            "robustness": {metric: values[name] for metric, values in robustness.items()},
            "robustness_rank": {metric: values[name] for metric, values in ranks.items()},
            "chance_best": float(best[d]),
            "terms": _by_prefix(tally, d, "terms."),
            "allocation": _by_prefix(tally, d, "engaged."),
            "standing": _standing(tally, d),
            "forces": _forces(tally, d),
            "orders": _orders(tally, d),
            "violence": {"by_week": _series(tally, d, "violence")},
        }
    differences = _differences(tally, names)
    return {
        "strategies": strategies,
        "ranking": _ranking(tally, names),
        "differences": differences,
        "groups": _groups(_ranking(tally, names), differences),
        "events": _events(tally),
        "talks": _talks(tally),
        "inputs": _inputs(tally),
    }


def _estimate(tally: Tally, by_scramble: np.ndarray, origin: float) -> Estimate:
    """Return the mean over states of sums kept by scramble [16], less `origin` each, with its error and interval."""
    counts = tally.scramble_states
    means = np.divide(by_scramble, counts, out=np.zeros(SCRAMBLES), where=counts > 0)
    found = estimate(means, counts)
    moved = {name: getattr(found, name) for name in ("mean", "low", "high")}
    return replace(
        found, **{name: None if value is None else float(origin + value) for name, value in moved.items()}
    )


def _payoff(tally: Tally, d: int, samples: np.ndarray) -> dict[str, float | None]:
    found = _estimate(tally, tally.by_scramble[0, d], tally.origin[0, d])
    values = samples.astype(float)
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {
        "mean": found.mean, "se": found.se, "low": found.low, "high": found.high, "p5": float(low),
        "p50": float(middle), "p95": float(high), "cvar5": float(metrics.cvar(values[None])[0]),
    }  # fmt: skip


def _influence(tally: Tally, d: int) -> dict[str, Any]:
    found = _estimate(tally, tally.by_scramble[1, d], tally.origin[1, d])
    return {
        "mean": found.mean, "se": found.se, "end": _mean(tally, d, "influence_end"),
        "by_week": _series(tally, d, "influence"),
    }  # fmt: skip


def _after_falls(tally: Tally, d: int) -> dict[str, float | None]:
    keys = {
        "influence_after_collapse": "fell",
        "influence_after_common_collapse": "all_fell",
        "influence_if_stands": "stood",
    }
    return {name: _ratio(*tally.ends[key][:, d]) for name, key in keys.items()}


def _ratio(total: float, count: float) -> float | None:
    return float(total / count) if count else None


def _mean(tally: Tally, d: int, column: str) -> float:
    return float(tally.totals[d, tally.player.columns[column]] / tally.futures)


def _hedge_index(tally: Tally, d: int) -> float:
    """Return the mean hedge index over the futures and weeks with engagement, 0 where there is none.

    The outcome row counts a week without engagement as 0; the shares of effort add up to 1 in a week with
    engagement and to 0 in another, so their sum is the share of weeks that have it.
    """
    engaged = sum(_by_prefix(tally, d, "engaged.").values())
    return _mean(tally, d, "hedge_index") / engaged if engaged > 0 else 0.0


def _by_prefix(tally: Tally, d: int, prefix: str) -> dict[str, float]:
    found = [name for name in tally.player.columns.names if name.startswith(prefix)]
    return {name.removeprefix(prefix): _mean(tally, d, name) for name in found}


def _series(tally: Tally, d: int, name: str) -> list[float]:
    return [float(v) for v in tally.sums[d, tally.player.series.index(name)] / tally.futures]


def _standing(tally: Tally, d: int) -> dict[str, dict[str, Any]]:
    return {j: _start_end(_series(tally, d, f"standing.{j}")) for j in tally.player.world.scenario.forces}


def _start_end(by_week: list[float]) -> dict[str, Any]:
    return {"start": by_week[0], "end": by_week[-1], "by_week": by_week}


def _forces(tally: Tally, d: int) -> dict[str, dict[str, Any]]:
    out = {}
    for j in tally.player.world.scenario.forces:
        fallen = [max(0.0, 1.0 - alive) for alive in _series(tally, d, f"alive.{j}")]
        power = _start_end(_series(tally, d, f"power.{j}"))
        out[j] = {"collapse": fallen[-1], "collapse_by_week": fallen, "power": power}
    return out


def _orders(tally: Tally, d: int) -> dict[str, float]:
    names = [*ORDERS, *(f"takeover:{j}" for j in tally.player.world.forces)]
    return {name: float(count / tally.futures) for name, count in zip(names, tally.orders[d], strict=True)}


def _spread(tally: Tally) -> tuple[list[float | None], list[float | None]]:
    """Return what is not known and luck, as standard deviations, by profile."""
    f, n = tally.f, len(tally.player.world.profiles)
    if tally.chance < 2:
        return [None] * n, [None] * n
    luck2 = tally.within / tally.states
    luck = [float(v) for v in np.sqrt(luck2)]
    if f.shape[1] < 2:
        return [None] * n, luck
    unknown2 = np.maximum(0.0, f.var(axis=1, ddof=1) - luck2 / tally.chance)
    return [float(v) for v in np.sqrt(unknown2)], luck


def _ranking(tally: Tally, names: list[str]) -> list[str]:
    means = [
        _estimate(tally, *row).mean or 0.0 for row in zip(tally.by_scramble[0], tally.origin[0], strict=True)
    ]
    return sorted(names, key=lambda name: (-means[names.index(name)], name))


def _differences(tally: Tally, names: list[str]) -> list[dict[str, Any]]:
    """Compare every two strategies on the same futures, the better one first."""
    out = []
    for better, worse in combinations(_ranking(tally, names), 2):
        one, other = names.index(better), names.index(worse)
        gap = tally.by_scramble[0, one] - tally.by_scramble[0, other]
        found = _estimate(tally, gap, tally.origin[0, one] - tally.origin[0, other])
        out.append(
            {
                "better": better,
                "worse": worse,
                "mean": found.mean,
                "se": found.se,
                "low": found.low,
                "high": found.high,
            }
        )
    return out


def _groups(ranking: list[str], differences: list[dict[str, Any]]) -> list[list[str]]:
    """Group neighbours of the ranking that cannot be told apart: within two standard errors of each other."""
    gaps = {(row["better"], row["worse"]): row for row in differences}
    groups = [[ranking[0]]]
    for better, worse in pairwise(ranking):
        if separated(gaps[better, worse]):
            groups.append([worse])
        else:
            groups[-1].append(worse)
    return groups


def separated(difference: dict[str, Any]) -> bool:
    """Return whether two strategies differ by more than two standard errors."""
    return difference["se"] is not None and difference["mean"] > 2 * difference["se"]


def _events(tally: Tally) -> dict[str, dict[str, Any]]:
    world = tally.player.world
    counts = {item.name: tally.event_weeks[n] for n, item in enumerate(world.drawn) if not item.talk}
    triggered = [
        name.removeprefix("event.") for name in tally.player.columns.names if name.startswith("event.")
    ]
    counts |= dict(zip(triggered, tally.fired_weeks, strict=True))
    return {name: _when(world, counts[name], tally.futures) for name in world.scenario.events}


def _when(world: World, by_week: np.ndarray, futures: int) -> dict[str, Any]:
    total = int(by_week.sum())
    dates = {"p5_date": 0.05, "median_date": 0.5, "p95_date": 0.95}
    share = np.cumsum(by_week)
    found = {
        key: (world.start + timedelta(weeks=int(np.searchsorted(share, level * total)))).isoformat()
        if total
        else None
        for key, level in dates.items()
    }
    return {"probability": total / futures, **found}


def _talks(tally: Tally) -> dict[str, dict[str, Any]]:
    world = tally.player.world
    index = {item.name: n for n, item in enumerate(world.drawn)}
    out = {}
    for name in world.scenario.talks:
        when = _when(world, tally.event_weeks[index[name]], tally.futures)
        issues = {}
        for issue, parts in tally.outcomes.get(name, {}).items():
            issues[issue] = _ends(np.concatenate(parts))
        # A talk that is settled inside the run is judged where it took place, any other in every state.
        acceptable = _ratio(tally.deals[name], tally.sat.get(name, tally.states))
        out[name] = {
            "deal": when["probability"],
            "acceptable": acceptable,
            "with_power": IN_ITS_WEEK if world.drawn[index[name]].in_run else None,
            "median_date": when["median_date"],
            "issues": issues,
        }
    return out


def _ends(values: np.ndarray) -> dict[str, float | None]:
    """Return where an issue ends, over what was agreed, and how often nothing was (NaN among the values)."""
    agreed = values[~np.isnan(values)]
    failed = _ratio(len(values) - len(agreed), len(values))
    if not len(agreed):
        return {"mean": None, "p5": None, "p50": None, "p95": None, "no_agreement": failed}
    p5, p50, p95 = (float(v) for v in np.quantile(agreed, [0.05, 0.5, 0.95]))
    return {"mean": float(agreed.mean()), "p5": p5, "p50": p50, "p95": p95, "no_agreement": failed}


def _inputs(tally: Tally) -> dict[str, dict[str, float]]:
    out = {}
    for path, (total, squares) in sorted(tally.moments.items()):
        beyond = total / tally.states
        sd = np.sqrt(max(0.0, squares / tally.states - beyond**2))
        out[path] = {"mean": float(tally.inputs_origin[path] + beyond), "sd": float(sd)}
    return out
