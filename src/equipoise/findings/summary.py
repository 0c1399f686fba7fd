"""From what was added up to what is said of strategies, events, talks, agreements and inputs.

Formulas: MODEL.md §2 (outcomes), §5 (judging). What is undefined is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from equipoise.bargaining.study import IN_ITS_WEEK
from equipoise.draws.estimate import Estimate, Sums
from equipoise.findings import metrics
from equipoise.findings.agreements import SIGNED
from equipoise.findings.compare import best_in_state, regret, regret_summary, spread
from equipoise.findings.digest import SPREAD
from equipoise.findings.found import (
    AgreementFound,
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
    TermFound,
    Violence,
)
from equipoise.findings.hedges import Kind, kind
from equipoise.findings.tally import Tally
from equipoise.scenario.names import order_names
from equipoise.world.compile import World
from equipoise.world.success import COLUMN


def summarise(tally: Tally, options: Mapping[str, float] | None = None) -> Found:
    """Return what the futures that were added up say; the robustness metrics are taken with these options."""
    names = [profile.name for profile in tally.player.world.profiles]
    found, f = tally.estimates(), tally.f
    payoffs = Payoffs(f, tally.payoffs.samples(), tally.within / tally.states, tally.chance)
    judged = _judged(payoffs, [found[d, "payoff"] for d in range(len(names))], names, options or {})
    sure = _sure(f)
    strategies: dict[str, StrategyFound] = {}
    errors: dict[str, Error] = {}
    for d, name in enumerate(names):
        estimates = _estimates(tally, found, d) | sure[d]
        errors |= _errors(estimates, f"strategies.{name}")
        means = _means(estimates)
        strategies[name] = StrategyFound(
            **means
            | {
                "influence": Influence(
                    *_ends(found[d, "influence"]), means["influence"]["end"], _series(tally, d, "influence")
                ),
                "success": Success(**means["success"]) if means["success"] else None,
                "kind": _kind(estimates),
                "standing": {
                    j: _course(_series(tally, d, f"standing.{j}"), end["end"])
                    for j, end in means["standing"].items()
                },
                "forces": {j: _force(tally, d, j, force) for j, force in means["forces"].items()},
                "violence": Violence(_series(tally, d, "violence")),
            }
            | judged[name]
        )
    order = _ordered(strategies, {pair: found["gap", *pair] for pair in combinations(range(len(names)), 2)})
    events, talks = _events(tally, found, errors), _talks(tally, found, errors)
    agreements = _agreements(tally, found, errors)
    return Found(strategies, *order, events, talks, agreements, _inputs(tally), errors)


@dataclass(frozen=True, eq=False)
class Payoffs:
    """Payoffs of some strategies in some futures: all that goals bear on.

    Attributes:
        f: mean over chance [strategies, states]. samples: of every future [strategies, futures].
        within: mean over states of the variance over chance [strategies]. chance: streams a state.
    """

    f: np.ndarray
    samples: np.ndarray
    within: np.ndarray
    chance: int


def with_payoffs(
    found: Found, payoffs: Payoffs, terms: Mapping[str, np.ndarray], inputs: Mapping[str, InputFound | None]
) -> Found:
    """Return what the same futures say where nothing but their payoffs is otherwise: goals weigh otherwise.

    Args:
        found: of the futures as they were weighed before.
        payoffs: now. terms: by name, mean over chance of a term of the payoff [strategies, states].
        inputs: of the numbers that changed; None where one is certain now.
    """
    names, f = list(found.strategies), payoffs.f
    paid = _rows(f)
    judged, sure = _judged(payoffs, paid, names, {}), _sure(f)
    of_terms = {term: _rows(values) for term, values in terms.items()}
    strategies, errors = {}, dict(found.errors)
    for d, (name, before) in enumerate(found.strategies.items()):
        moved = {term: rows[d] for term, rows in of_terms.items()}
        errors |= _errors({"payoff": {"mean": paid[d]}, "terms": moved} | sure[d], f"strategies.{name}")
        means = {term: row.value for term, row in moved.items()}
        best = sure[d]["chance_best"].mean
        strategies[name] = replace(before, **judged[name], chance_best=best, terms=dict(before.terms) | means)
    pairs = list(combinations(range(len(names)), 2))
    gaps = _rows(np.stack([f[one] - f[other] for one, other in pairs])) if pairs else []
    kept = {path: one for path, one in found.inputs.items() if path not in inputs}
    known = kept | {path: one for path, one in inputs.items() if one is not None}
    return Found(
        strategies, *_ordered(strategies, dict(zip(pairs, gaps, strict=True))), found.events, found.talks,
        found.agreements, dict(sorted(known.items())), errors,
    )  # fmt: skip


def _rows(values: np.ndarray) -> list[Estimate]:
    """Return the estimate of every row [rows, states]."""
    sums = Sums(len(values))
    sums.add(values)
    return sums.estimates()


def _judged(
    payoffs: Payoffs, paid: Sequence[Estimate], names: list[str], options: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Return, by strategy, what is said of its payoff, of its regret and by each metric of robustness."""
    f, samples = payoffs.f, payoffs.samples
    regrets = regret_summary(f)
    robustness = metrics.evaluate(f, names, **dict[str, Any](options))
    ranks = {metric: metrics.ranks(values, metric) for metric, values in robustness.items()}
    apart = spread(f, payoffs.within, payoffs.chance)
    return {
        name: {
            "payoff": _payoff(paid[d], samples[d], apart.unknown[d], apart.luck[d]),
            "regret": Regret(**{key: float(values[d]) for key, values in regrets.items()}),
            "robustness": {metric: values[name] for metric, values in robustness.items()},
            "robustness_rank": {metric: values[name] for metric, values in ranks.items()},
        }
        for d, name in enumerate(names)
    }


def _sure(f: np.ndarray) -> list[dict[str, Any]]:
    """Return, for each strategy, how often it is the best and what it forgoes on average, with their errors."""
    pairs = zip(_rows(best_in_state(f)), _rows(regret(f)), strict=True)
    return [{"chance_best": best, "regret": {"mean": forgone}} for best, forgone in pairs]


def _ordered(
    strategies: Mapping[str, StrategyFound], gaps: Mapping[tuple[int, int], Estimate]
) -> tuple[tuple[str, ...], tuple[DifferenceFound, ...], tuple[tuple[str, ...], ...]]:
    """Return the ranking, how much better each strategy does than each below it, and who cannot be told apart.

    Args:
        gaps: how much more the first pays than the second, by their places among the strategies, the lower first.
    """
    names = list(strategies)
    ranking = tuple(sorted(names, key=lambda name: (-strategies[name].payoff.mean, name)))
    differences = _differences(gaps, names, ranking)
    return ranking, differences, _groups(ranking, differences)


def _estimates(tally: Tally, found: dict[tuple, Estimate], d: int) -> dict[str, Any]:
    """Return the means and chances of a strategy under the keys of the summary."""
    world = tally.player.world

    def starting(prefix: str) -> dict[str, Estimate]:
        names = tally.player.columns.names
        return {n.removeprefix(prefix): found[d, n] for n in names if n.startswith(prefix)}

    orders = order_names(world.forces)
    nothing, nobody = Estimate(None, None, None, None, 0), Estimate(0.0, 0.0, 0.0, 0.0, 0)
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
        **{name: nobody if found[d, name].mean is None else found[d, name] for name in SPREAD},
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
        return {path: Error(estimates.se, estimates.low, estimates.high)}
    return {
        at: error for key, value in estimates.items() for at, error in _errors(value, f"{path}.{key}").items()
    }


def _ends(found: Estimate) -> tuple[float, float | None, float | None, float | None]:
    return found.value, found.se, found.low, found.high


def _payoff(found: Estimate, samples: np.ndarray, unknown: float | None, luck: float | None) -> Payoff:
    values = samples.astype(float)
    p5, p50, p95 = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return Payoff(*_ends(found), p5, p50, p95, float(metrics.cvar(values[None])[0]), unknown, luck)


def _kind(estimates: dict[str, Any]) -> Kind:
    engaged = math.fsum(
        one.mean for one in estimates["allocation"].values()
    )  # the share of weeks with engagement
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
    gaps: Mapping[tuple[int, int], Estimate], names: list[str], ranking: tuple[str, ...]
) -> tuple[DifferenceFound, ...]:
    """Compare every two strategies on the same futures, the better one first."""
    out = []
    for better, worse in combinations(ranking, 2):
        one, other = names.index(better), names.index(worse)
        if one < other:
            out.append(DifferenceFound(better, worse, *_ends(gaps[one, other])))
        else:
            out.append(DifferenceFound(worse, better, *_ends(gaps[other, one])).turned())
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
        name: EventFound(known[name][0].value, *_when(world, known[name][1]))
        for name in world.scenario.events
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


def _agreements(
    tally: Tally, found: dict[tuple, Estimate], errors: dict[str, Error]
) -> dict[str, AgreementFound]:
    """Return how likely agreements are signed, fall due and are kept; add the errors of the chances."""
    agreements = {}
    for name, agreement in tally.player.world.scenario.agreements.items():
        terms = {
            str(n): {"due": found["agreed", name, n], "kept": found["kept", name, n]}
            for n in range(len(agreement.terms))
        }
        estimates = {"signed": found["agreed", name, SIGNED], "terms": terms}
        errors.update(_errors(estimates, f"agreements.{name}"))
        means = _means(estimates)
        agreements[name] = AgreementFound(
            means["signed"], tuple(TermFound(**term) for term in means["terms"].values())
        )
    return agreements


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
