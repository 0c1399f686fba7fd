"""The summary of a run: the plain dict that `run --json` prints and every table and figure reads.

Formulas: DESIGN.md *The commands*, MODEL.md §2 (outcomes), §5 (judging). What is undefined is None.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from equipoise.bargaining.study import IN_ITS_WEEK
from equipoise.draws.estimate import Estimate, estimate
from equipoise.findings import metrics
from equipoise.findings.compare import best_in_state, spread
from equipoise.findings.regret import regret, regret_summary
from equipoise.findings.tally import Tally
from equipoise.world.compile import World
from equipoise.world.outcomes import ORDERS


def summarise(tally: Tally) -> dict[str, Any]:
    """Return what a run says of its strategies, events, talks and inputs.

    `errors` holds, by the path of its keys, the `se` of every mean and chance and the ends of its 95 % interval.
    """
    names = [profile.name for profile in tally.player.world.profiles]
    found, f = tally.estimates(), tally.f
    regrets, forgone = regret_summary(f), regret(f)
    robustness = metrics.evaluate(f, names)
    ranks = {metric: metrics.ranks(values, metric) for metric, values in robustness.items()}
    best = best_in_state(f)
    apart = spread(f, tally.within / tally.states, tally.chance)
    samples = tally.payoffs.samples()
    strategies, errors = {}, {}
    for d, name in enumerate(names):
        estimates = _estimates(tally, found, d) | {
            "chance_best": estimate(best[d]), "regret": {"mean": estimate(forgone[d])},
        }  # fmt: skip
        errors |= _errors(estimates, f"strategies.{name}")
        strategies[name] = _merged(
            _means(estimates),
            {
                "payoff": _payoff(found[d, "payoff"], samples[d])
                | {"unknown": apart.unknown[d], "luck": apart.luck[d]},
                "influence": _ends(found[d, "influence"]) | {"by_week": _series(tally, d, "influence")},
                "hedge_index": _hedge_index(found, d),
                "regret": {key: float(values[d]) for key, values in regrets.items()},
                "robustness": {metric: values[name] for metric, values in robustness.items()},
                "robustness_rank": {metric: values[name] for metric, values in ranks.items()},
                "standing": _standing(tally, d),
                "forces": _forces(tally, d),
                "violence": {"by_week": _series(tally, d, "violence")},
            },
        )
    ranking = sorted(names, key=lambda name: (-(found[names.index(name), "payoff"].mean or 0.0), name))
    differences = _differences(found, names, ranking)
    events, talks = _events(tally, found, errors), _talks(tally, found, errors)
    return {
        "strategies": strategies,
        "ranking": ranking,
        "differences": differences,
        "groups": _groups(ranking, differences),
        "events": events,
        "talks": talks,
        "inputs": _inputs(tally),
        "errors": errors,
    }


def _estimates(tally: Tally, found: dict[tuple, Estimate], d: int) -> dict[str, Any]:
    """Return the means and chances of a strategy under the keys of the summary."""
    world = tally.player.world

    def starting(prefix: str) -> dict[str, Estimate]:
        names = tally.player.columns.names
        return {n.removeprefix(prefix): found[d, n] for n in names if n.startswith(prefix)}

    orders = [*ORDERS, *(f"takeover:{j}" for j in world.forces)]
    nothing = Estimate(None, None, None, None, 0)
    return {
        "payoff": {"mean": found[d, "payoff"]},
        "influence": {"mean": found[d, "influence"], "end": found[d, "influence_end"]},
        "influence_after_collapse": found.get((d, "fell"), nothing),
        "influence_after_common_collapse": found.get((d, "all_fell"), nothing),
        "influence_if_stands": found.get((d, "stood"), nothing),
        "levers": found[d, "levers"],
        "terms": starting("terms."),
        "allocation": starting("engaged."),
        "standing": {j: {"end": found[d, f"standing.{j}"]} for j in world.scenario.forces},
        "forces": {
            j: {"collapse": found[d, "fallen", j], "power": {"end": found[d, f"power.{j}"]}}
            for j in world.scenario.forces
        },
        "orders": {name: found[d, "order", code] for code, name in enumerate(orders)},
    }


def _means(estimates: Any) -> Any:
    """Return the means of nested estimates."""
    if isinstance(estimates, Estimate):
        return estimates.mean
    return {key: _means(value) for key, value in estimates.items()}


def _errors(estimates: Any, path: str) -> dict[str, dict[str, float | None]]:
    """Return the standard errors and intervals of nested estimates by path."""
    if isinstance(estimates, Estimate):
        return {path: {"se": estimates.se, "low": estimates.low, "high": estimates.high}}
    return {
        at: error for key, value in estimates.items() for at, error in _errors(value, f"{path}.{key}").items()
    }


def _merged(means: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return nested dicts laid over each other; where both say something, `means` holds."""
    out = dict(more)
    for key, value in means.items():
        out[key] = _merged(value, more[key]) if isinstance(value, dict) and key in more else value
    return out


def _ends(found: Estimate) -> dict[str, float | None]:
    return {"mean": found.mean, "se": found.se, "low": found.low, "high": found.high}


def _payoff(found: Estimate, samples: np.ndarray) -> dict[str, float | None]:
    values = samples.astype(float)
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    quantiles = {"p5": float(low), "p50": float(middle), "p95": float(high)}
    return _ends(found) | quantiles | {"cvar5": float(metrics.cvar(values[None])[0])}


def _hedge_index(found: dict[tuple, Estimate], d: int) -> float:
    """Return the mean hedge index over the futures and weeks with engagement, 0 where there is none.

    The outcome row counts a week without engagement as 0; the shares of effort add up to 1 in a week with
    engagement and to 0 in another, so their sum is the share of weeks that have it.
    """
    engaged = sum(one.mean for key, one in found.items() if key[0] == d and key[1].startswith("engaged."))
    return found[d, "hedge_index"].mean / engaged if engaged > 0 else 0.0


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


def _differences(found: dict[tuple, Estimate], names: list[str], ranking: list[str]) -> list[dict[str, Any]]:
    """Compare every two strategies on the same futures, the better one first."""
    out = []
    for better, worse in combinations(ranking, 2):
        one, other = names.index(better), names.index(worse)
        gap = _ends(found["gap", one, other] if one < other else _turned(found["gap", other, one]))
        out.append({"better": better, "worse": worse, **gap})
    return out


def _turned(found: Estimate) -> Estimate:
    """Return the estimate of the difference the other way round."""

    def less(value: float | None) -> float | None:
        return None if value is None else 0.0 - value

    return Estimate(less(found.mean), found.se, less(found.high), less(found.low), found.df)


def _groups(ranking: list[str], differences: list[dict[str, Any]]) -> list[list[str]]:
    """Group neighbours of the ranking that cannot be told apart."""
    gaps = {(row["better"], row["worse"]): row for row in differences}
    groups = [[ranking[0]]]
    for better, worse in pairwise(ranking):
        if separated(gaps[better, worse]):
            groups.append([worse])
        else:
            groups[-1].append(worse)
    return groups


def separated(difference: dict[str, Any]) -> bool:
    """Return whether the better of two strategies is told apart from the worse (`draws.estimate`)."""
    return difference["low"] is not None and difference["low"] > 0


def _events(tally: Tally, found: dict[tuple, Estimate], errors: dict[str, Any]) -> dict[str, Any]:
    """Return how likely events are and when they come; add the errors of the chances."""
    world = tally.player.world
    known = {
        item.name: (found["drawn", n], tally.event_weeks[n])
        for n, item in enumerate(world.drawn)
        if not item.talk
    }
    triggered = [n.removeprefix("event.") for n in tally.player.columns.names if n.startswith("event.")]
    known |= {name: (found["fired", n], tally.fired_weeks[n]) for n, name in enumerate(triggered)}
    events = {
        name: {"probability": known[name][0].mean, **_when(world, known[name][1])}
        for name in world.scenario.events
    }
    for name in events:
        errors.update(_errors(known[name][0], f"events.{name}.probability"))
    return events


def _when(world: World, by_week: np.ndarray) -> dict[str, Any]:
    total = int(by_week.sum())
    dates = {"p5_date": 0.05, "median_date": 0.5, "p95_date": 0.95}
    share = np.cumsum(by_week)
    return {
        key: (world.start + timedelta(weeks=int(np.searchsorted(share, level * total)))).isoformat()
        if total
        else None
        for key, level in dates.items()
    }


def _talks(tally: Tally, found: dict[tuple, Estimate], errors: dict[str, Any]) -> dict[str, Any]:
    """Return how likely deals are, when they come and where issues end; add the errors of chances and means."""
    world = tally.player.world
    index = {item.name: n for n, item in enumerate(world.drawn)}
    talks = {}
    for name in world.scenario.talks:
        n = index[name]
        issues = {issue: found["issue", name, issue] for issue in tally.outcomes.get(name, {})}
        # A talk that is settled inside the run is judged where it took place, any other in every state.
        estimates = {"deal": found["drawn", n], "acceptable": found["deal", name]}
        means = {
            issue: {"mean": one, "no_agreement": found["none", name, issue]} for issue, one in issues.items()
        }
        errors.update(_errors(estimates | {"issues": means}, f"talks.{name}"))
        spread = {issue: _quantiles(np.concatenate(tally.outcomes[name][issue])) for issue in issues}
        talks[name] = {
            **_means(estimates),
            "with_power": IN_ITS_WEEK if world.drawn[n].in_run else None,
            "median_date": _when(world, tally.event_weeks[n])["median_date"],
            "issues": {issue: _means(of) | spread[issue] for issue, of in means.items()},
        }
    return talks


def _quantiles(values: np.ndarray) -> dict[str, float | None]:
    """Return where an issue ends, over what was agreed (no agreement is NaN among the values)."""
    agreed = values[~np.isnan(values)]
    levels = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
    return {key: float(np.quantile(agreed, level)) if len(agreed) else None for key, level in levels.items()}


def _inputs(tally: Tally) -> dict[str, dict[str, float]]:
    out = {}
    for path, (total, squares) in sorted(tally.moments.items()):
        beyond = total / tally.states
        sd = np.sqrt(max(0.0, squares / tally.states - beyond**2))
        out[path] = {"mean": float(tally.inputs_origin[path] + beyond), "sd": float(sd)}
    return out
