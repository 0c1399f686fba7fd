"""From what was added up to what is said of strategies, events, talks and inputs.

Formulas: MODEL.md §2 (outcomes), §5 (judging). What is undefined is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from equipoise.bargaining.study import IN_ITS_WEEK
from equipoise.draws.estimate import Estimate, estimate
from equipoise.findings import metrics
from equipoise.findings.compare import best_in_state, spread
from equipoise.findings.found import (
    Course,
    DifferenceFound,
    Error,
    EventFound,
    ForceFound,
    Found,
    Influence,
    InputFound,
    IssueFound,
    Payoff,
    Regret,
    StrategyFound,
    Success,
    TalkFound,
    Violence,
)
from equipoise.findings.hedges import Kind, kind
from equipoise.findings.regret import regret, regret_summary
from equipoise.findings.tally import Tally
from equipoise.world.compile import World
from equipoise.world.outcomes import ORDERS
from equipoise.world.success import COLUMN


def summarise(tally: Tally, options: Mapping[str, float] | None = None) -> Found:
    """Return what the futures that were added up say; the robustness metrics are taken with these options."""
    names = [profile.name for profile in tally.player.world.profiles]
    found, f = tally.estimates(), tally.f
    regrets, forgone = regret_summary(f), regret(f)
    robustness = metrics.evaluate(f, names, **(options or {}))
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
        means = _means(estimates)
        strategies[name] = StrategyFound(
            **means
            | {
                "payoff": _payoff(found[d, "payoff"], samples[d], apart.unknown[d], apart.luck[d]),
                "influence": Influence(
                    *_ends(found[d, "influence"]), means["influence"]["end"], _series(tally, d, "influence")
                ),
                "success": Success(**means["success"]) if means["success"] else None,
                "kind": _kind(estimates),
                "regret": Regret(**{key: float(values[d]) for key, values in regrets.items()}),
                "robustness": {metric: values[name] for metric, values in robustness.items()},
                "robustness_rank": {metric: values[name] for metric, values in ranks.items()},
                "standing": {
                    j: _course(_series(tally, d, f"standing.{j}"), end["end"])
                    for j, end in means["standing"].items()
                },
                "forces": {j: _force(tally, d, j, force) for j, force in means["forces"].items()},
                "violence": Violence(_series(tally, d, "violence")),
            }
        )
    ranking = tuple(sorted(names, key=lambda name: (-strategies[name].payoff.mean, name)))
    differences = _differences(found, names, ranking)
    events, talks = _events(tally, found, errors), _talks(tally, found, errors)
    groups = _groups(ranking, differences)
    return Found(strategies, ranking, differences, groups, events, talks, _inputs(tally), errors)


def _estimates(tally: Tally, found: dict[tuple, Estimate], d: int) -> dict[str, Any]:
    """Return the means and chances of a strategy under the keys of the summary."""
    world = tally.player.world

    def starting(prefix: str) -> dict[str, Estimate]:
        names = tally.player.columns.names
        return {n.removeprefix(prefix): found[d, n] for n in names if n.startswith(prefix)}

    orders = [*ORDERS, *(f"takeover:{j}" for j in world.forces)]
    nothing = Estimate(None, None, None, None, 0)
    success = {"futures": found[d, COLUMN], "states": found[d, "succeeds"]} if (d, COLUMN) in found else {}
    return {
        "payoff": {"mean": found[d, "payoff"]},
        "influence": {"mean": found[d, "influence"], "end": found[d, "influence_end"]},
        "influence_after_collapse": found.get((d, "fell"), nothing),
        "influence_after_common_collapse": found.get((d, "all_fell"), nothing),
        "influence_if_stands": found.get((d, "stood"), nothing),
        "influence_kept": found[d, "kept"],
        "influence_kept_after_collapse": found.get((d, "kept_fell"), nothing),
        "influence_kept_if_stands": found.get((d, "kept_stood"), nothing),
        "levers": found[d, "levers"],
        "success": success,
        "spread": found[d, "spread"],
        "hedge_index": found[d, "hedge_index"],
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


def _errors(estimates: Any, path: str) -> dict[str, Error]:
    """Return the standard errors and intervals of nested estimates by path."""
    if isinstance(estimates, Estimate):
        return {path: Error(*_ends(estimates)[1:])}
    return {
        at: error for key, value in estimates.items() for at, error in _errors(value, f"{path}.{key}").items()
    }


def _ends(found: Estimate) -> tuple[float | None, float | None, float | None, float | None]:
    return found.mean, found.se, found.low, found.high


def _payoff(found: Estimate, samples: np.ndarray, unknown: float | None, luck: float | None) -> Payoff:
    values = samples.astype(float)
    quantiles = (float(value) for value in np.quantile(values, [0.05, 0.5, 0.95]))
    return Payoff(*_ends(found), *quantiles, float(metrics.cvar(values[None])[0]), unknown, luck)


def _kind(estimates: dict[str, Any]) -> Kind:
    engaged = sum(one.mean for one in estimates["allocation"].values())  # the share of weeks with engagement
    return kind(estimates["spread"].mean, estimates["hedge_index"].mean, engaged)


def _series(tally: Tally, d: int, name: str) -> tuple[float, ...]:
    return tuple(float(v) for v in tally.sums[d, tally.player.series.index(name)] / tally.futures)


def _course(by_week: tuple[float, ...], end: float) -> Course:
    return Course(by_week[0], end, by_week)


def _force(tally: Tally, d: int, j: str, means: dict[str, Any]) -> ForceFound:
    fallen = tuple(max(0.0, 1.0 - alive) for alive in _series(tally, d, f"alive.{j}"))
    return ForceFound(
        means["collapse"], fallen, _course(_series(tally, d, f"power.{j}"), means["power"]["end"])
    )


def _differences(
    found: dict[tuple, Estimate], names: list[str], ranking: tuple[str, ...]
) -> tuple[DifferenceFound, ...]:
    """Compare every two strategies on the same futures, the better one first."""
    out = []
    for better, worse in combinations(ranking, 2):
        one, other = names.index(better), names.index(worse)
        if one < other:
            out.append(DifferenceFound(better, worse, *_ends(found["gap", one, other])))
        else:
            out.append(DifferenceFound(worse, better, *_ends(found["gap", other, one])).turned())
    return tuple(out)


def _groups(
    ranking: tuple[str, ...], differences: tuple[DifferenceFound, ...]
) -> tuple[tuple[str, ...], ...]:
    """Group neighbours of the ranking that cannot be told apart."""
    gaps = {(row.better, row.worse): row for row in differences}
    groups = [[ranking[0]]]
    for better, worse in pairwise(ranking):
        if gaps[better, worse].told_apart:
            groups.append([worse])
        else:
            groups[-1].append(worse)
    return tuple(tuple(group) for group in groups)


def _events(tally: Tally, found: dict[tuple, Estimate], errors: dict[str, Error]) -> dict[str, EventFound]:
    """Return how likely events are and when they come; add the errors of the chances."""
    world = tally.player.world
    known = {
        item.name: (found["drawn", n], tally.event_weeks[n])
        for n, item in enumerate(world.drawn)
        if not item.talk
    }
    triggered = [n.removeprefix("event.") for n in tally.player.columns.names if n.startswith("event.")]
    known |= {name: (found["fired", n], tally.fired_weeks[n]) for n, name in enumerate(triggered)}
    for name in world.scenario.events:
        errors.update(_errors(known[name][0], f"events.{name}.probability"))
    return {
        name: EventFound(known[name][0].mean, *_when(world, known[name][1])) for name in world.scenario.events
    }


def _when(world: World, by_week: np.ndarray) -> list[str | None]:
    """Return the dates by which 5, 50 and 95 in 100 of what happened had happened."""
    total, share = int(by_week.sum()), np.cumsum(by_week)
    if not total:
        return [None, None, None]
    weeks = [int(np.searchsorted(share, level * total)) for level in (0.05, 0.5, 0.95)]
    return [(world.start + timedelta(weeks=week)).isoformat() for week in weeks]


def _talks(tally: Tally, found: dict[tuple, Estimate], errors: dict[str, Error]) -> dict[str, TalkFound]:
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
        talks[name] = TalkFound(
            **_means(estimates),
            with_power=IN_ITS_WEEK if world.drawn[n].in_run else None,
            median_date=_when(world, tally.event_weeks[n])[1],
            issues={issue: IssueFound(**_means(of), **spread[issue]) for issue, of in means.items()},
        )
    return talks


def _quantiles(values: np.ndarray) -> dict[str, float | None]:
    """Return where an issue ends, over what was agreed (no agreement is NaN among the values)."""
    agreed = values[~np.isnan(values)]
    levels = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
    return {key: float(np.quantile(agreed, level)) if len(agreed) else None for key, level in levels.items()}


def _inputs(tally: Tally) -> dict[str, InputFound]:
    out = {}
    for path, (total, squares) in sorted(tally.moments.items()):
        beyond = total / tally.states
        sd = np.sqrt(max(0.0, squares / tally.states - beyond**2))
        out[path] = InputFound(float(tally.inputs_origin[path] + beyond), float(sd))
    return out
