"""Robustness metrics: thirteen ways to say how well a strategy stands up to what is not known.

Every metric reads f(d, s), the mean payoff of strategy d over chance in state s, with each state counted
alike. They embody different attitudes to the unknown and need not agree on a winner; showing several is
the point. Quantiles are linear; q10 is the payoff that 10 % of the states fall below.

A value that is undefined (a shape of no spread, a standard deviation of one state) is NaN in the functions
and None in `evaluate`; it is never replaced, never averaged, and never ranked.

Source: McPhail et al. 2018, *Robustness metrics*, Earth's Future 6:169-191, for the first eleven;
Rockafellar and Uryasev 2000 for CVaR; Pratt 1964 for the certainty equivalent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.findings.compare import payoff_matrix, regret

Direction = Literal["higher", "lower"]
Response = Literal["follows", "unchanged", "neither"]
_Function = Callable[..., np.ndarray]
SAME = 1e-12
"""Values closer than this, relative to their size, count as equal: differences of rounding only."""


@dataclass(frozen=True)
class Metric:
    """One robustness metric and what it claims of itself; the tests try to refute each claim.

    Attributes:
        name: key in the summary and on the command line.
        title: the words of a table's head.
        direction: whether a `higher` or a `lower` value is better.
        formula: how it is computed, in one line.
        function: `(f, **parameters) -> values[strategies]`.
        parameters: the keyword options the function takes, with their defaults; what follows holds for
            the defaults.
        shift: what adding c to every payoff does: the value `follows` (c is added) or is `unchanged`.
        scale: what multiplying every payoff by k > 0 does: the value `follows` (times k) or is `unchanged`.
        monotone: True where raising a strategy's payoff in any state never makes its value worse.
        source: where it comes from.
        needs_alternatives: True where a strategy's value depends on which others are run.
    """

    name: str
    title: str
    direction: Direction
    formula: str
    function: Callable[..., np.ndarray]
    parameters: Mapping[str, Any]
    shift: Response
    scale: Response
    monotone: bool
    source: str = "McPhail et al. 2018"
    needs_alternatives: bool = False

    def __call__(self, f: np.ndarray, **parameters: Any) -> np.ndarray:
        """Return the metric's value for each strategy, NaN where undefined."""
        return self.function(payoff_matrix(f), **parameters)


_REGISTRY: dict[str, Metric] = {}


def _metric(name: str, title: str, direction: Direction, **claims: Any) -> Callable[[_Function], _Function]:
    """Enter the function below with what it claims of itself; its keyword-only arguments are the metric's options."""

    def enter(function: _Function) -> _Function:
        options = MappingProxyType(function.__kwdefaults__ or {})
        _REGISTRY[name] = Metric(name, title, direction, function=function, parameters=options, **claims)
        return function

    return enter


@_metric(
    "maximin",
    "worst state",
    "higher",
    formula="min f",
    source="Wald 1950; McPhail et al. 2018",
    shift="follows",
    scale="follows",
    monotone=True,
)
def maximin(f: np.ndarray) -> np.ndarray:
    """Return the payoff in each strategy's worst state."""
    return f.min(axis=1)


@_metric("maximax", "best state", "higher", formula="max f", shift="follows", scale="follows", monotone=True)
def maximax(f: np.ndarray) -> np.ndarray:
    """Return the payoff in each strategy's best state."""
    return f.max(axis=1)


@_metric(
    "hurwicz",
    "between worst and best",
    "higher",
    formula="alpha min f + (1 - alpha) max f",
    source="Hurwicz 1953; McPhail et al. 2018",
    shift="follows",
    scale="follows",
    monotone=True,
)
def hurwicz(f: np.ndarray, *, alpha: float = 0.5) -> np.ndarray:
    """Return the worst payoff weighted `alpha` and the best weighted 1 - `alpha`.

    Raises:
        InputError: `alpha`, the weight of pessimism, lies outside 0 to 1.
    """
    if not 0 <= alpha <= 1:
        raise InputError(f"hurwicz: alpha is the weight of the worst state, from 0 to 1; it is {alpha}")
    return alpha * f.min(axis=1) + (1 - alpha) * f.max(axis=1)


@_metric(
    "laplace", "mean over states", "higher", formula="mean f", shift="follows", scale="follows", monotone=True
)
def laplace(f: np.ndarray) -> np.ndarray:
    """Return the mean payoff over states, each counted alike."""
    return f.mean(axis=1)


@_metric(
    "minimax-regret",
    "greatest regret",
    "lower",
    formula="max (best strategy's f - f)",
    source="Savage 1951; McPhail et al. 2018",
    shift="unchanged",
    scale="follows",
    monotone=True,
    needs_alternatives=True,
)
def minimax_regret(f: np.ndarray) -> np.ndarray:
    """Return the greatest regret of each strategy."""
    return regret(f).max(axis=1)


@_metric(
    "regret-p90",
    "regret exceeded in 10 % of states",
    "lower",
    formula="90th percentile of (best strategy's f - f)",
    source="Herman et al. 2015; McPhail et al. 2018",
    shift="unchanged",
    scale="follows",
    monotone=True,
    needs_alternatives=True,
)
def regret_p90(f: np.ndarray) -> np.ndarray:
    """Return the regret that is exceeded in 10 % of the states."""
    return np.quantile(regret(f), 0.9, axis=1)


@_metric(
    "mean-variance",
    "mean against spread",
    "higher",
    formula="(mean f + 1) / (sd f + 1)",
    shift="neither",
    scale="neither",
    monotone=False,
)
def mean_variance(f: np.ndarray) -> np.ndarray:
    """Return (mean + 1) / (standard deviation + 1), n - 1 in the deviation; undefined for one state."""
    if f.shape[1] < 2:
        return np.full(len(f), math.nan)
    return (f.mean(axis=1) + 1) / (f.std(axis=1, ddof=1) + 1)


@_metric(
    "undesirable-deviations",
    "shortfalls from the median",
    "lower",
    formula="sum of max(0, median f - f)",
    shift="unchanged",
    scale="follows",
    monotone=False,
)
def undesirable_deviations(f: np.ndarray) -> np.ndarray:
    """Return the sum of shortfalls from the strategy's own median; it grows with the number of states."""
    return np.maximum(np.median(f, axis=1, keepdims=True) - f, 0).sum(axis=1)


@_metric(
    "percentile-skewness",
    "skew towards good states",
    "higher",
    formula="[q50 - (q90 + q10)/2] / [(q90 - q10)/2]",
    source="Voudouris et al. 2014; McPhail et al. 2018",
    shift="unchanged",
    scale="unchanged",
    monotone=False,
)
def percentile_skewness(f: np.ndarray) -> np.ndarray:
    """Return [q50 - (q90 + q10)/2] / [(q90 - q10)/2]: above 0 where most states crowd at the good end.

    The sign is McPhail's (the opposite of the usual skewness); undefined where q90 = q10.
    """
    q10, q50, q90 = np.quantile(f, [0.1, 0.5, 0.9], axis=1)
    return _ratio(q50 - (q90 + q10) / 2, (q90 - q10) / 2, f)


@_metric(
    "percentile-peakedness",
    "peakedness around the middle",
    "higher",
    formula="(q90 - q10) / (q75 - q25)",
    source="Voudouris et al. 2014; McPhail et al. 2018",
    shift="unchanged",
    scale="unchanged",
    monotone=False,
)
def percentile_peakedness(f: np.ndarray) -> np.ndarray:
    """Return (q90 - q10) / (q75 - q25): how tightly the middle half crowds; undefined where q75 = q25."""
    q10, q25, q75, q90 = np.quantile(f, [0.1, 0.25, 0.75, 0.9], axis=1)
    return _ratio(q90 - q10, q75 - q25, f)


@_metric(
    "starr",
    "share of states good enough",
    "higher",
    formula="share of states with f >= threshold",
    source="Starr 1963; McPhail et al. 2018",
    shift="unchanged",
    scale="unchanged",
    monotone=False,
    needs_alternatives=True,
)
def starr(f: np.ndarray, *, threshold: float | None = None) -> np.ndarray:
    """Return the share of states in which the payoff reaches the threshold.

    Args:
        f: payoffs `[strategies, states]`.
        threshold: the payoff that is good enough; None takes the highest mean payoff of the strategies
            run, so that the metric says how often each does at least as well as the best does on average.
    """
    level = f.mean(axis=1).max() if threshold is None else float(threshold)
    return (f >= level - SAME * max(1.0, abs(level))).mean(axis=1)


@_metric(
    "cvar5",
    "mean of the worst 5 % of states",
    "higher",
    formula="mean f over the worst 5 % of states",
    source="Rockafellar and Uryasev 2000",
    shift="follows",
    scale="follows",
    monotone=True,
)
def cvar(f: np.ndarray, *, share: float = 0.05) -> np.ndarray:
    """Return the mean payoff over the worst `share` of states, the last of them counted in part.

    Raises:
        InputError: `share` is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InputError(f"cvar5: share must be above 0 and at most 1; it is {share}")
    count = share * f.shape[1]
    weights = np.clip(count - np.arange(f.shape[1]), 0, 1)
    counted = int(np.count_nonzero(weights))  # only the worst are put in order: the others have no weight
    worst = np.sort(np.partition(f, counted - 1, axis=1)[:, :counted], axis=1)
    return worst @ (weights[:counted] / weights.sum())


@_metric(
    "certainty-equivalent",
    "certainty equivalent",
    "higher",
    formula="-ln(mean exp(-a f)) / a",
    source="Pratt 1964",
    shift="follows",
    scale="neither",
    monotone=True,
)
def certainty_equivalent(f: np.ndarray, *, aversion: float = 1.0) -> np.ndarray:
    """Return the sure payoff worth as much as the spread one, under constant absolute risk aversion.

    -ln(mean exp(-a f)) / a, computed from each strategy's worst state so that nothing overflows; the
    mean at a = 0.

    Raises:
        InputError: `aversion` is negative or not finite.
    """
    if not 0 <= aversion < math.inf:
        raise InputError(f"certainty-equivalent: aversion must be 0 or more; it is {aversion}")
    if aversion == 0:
        return f.mean(axis=1)
    worst = f.min(axis=1, keepdims=True)
    excess = np.expm1(-aversion * (f - worst)).mean(axis=1)
    return worst[:, 0] - np.log1p(excess) / aversion


def _ratio(upper: np.ndarray, lower: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Divide; NaN where the divisor is nothing beside the size of the strategy's payoffs."""
    defined = lower > SAME * np.abs(f).max(axis=1)
    return np.divide(upper, lower, out=np.full(len(f), math.nan), where=defined)


METRICS: Mapping[str, Metric] = MappingProxyType(_REGISTRY)
"""Every robustness metric by name, in the order tables show them."""


OPTIONS = frozenset(option for metric in METRICS.values() for option in metric.parameters)
"""Every option that some metric has."""


def metric_named(name: str) -> Metric:
    """Return the metric of that name.

    Raises:
        InputError: there is none; the message lists them and the nearest.
    """
    if name in METRICS:
        return METRICS[name]
    from difflib import get_close_matches

    near = get_close_matches(name, METRICS, n=1, cutoff=0.5)
    hint = f" (nearest: {near[0]})" if near else ""
    raise InputError(f"there is no metric called {name!r}{hint}; the metrics are: {', '.join(METRICS)}")


def checked(options: Mapping[str, float]) -> dict[str, float]:
    """Return options of the metrics as they were given, each tried on the metric that takes it.

    Raises:
        InputError: no metric has such an option, or it cannot be that.
    """
    evaluate(np.zeros((1, 2)), **dict[str, Any](options))
    return dict(options)


def evaluate(
    f: np.ndarray,
    names: Sequence[str] | None = None,
    *,
    metrics: Sequence[str] | None = None,
    reference: str | None = None,
    **parameters: float,
) -> dict[str, dict[str, float | None]]:
    """Return every metric's value for every strategy.

    Args:
        f: payoffs, mean over chance, `[strategies, states]`.
        names: the strategies in the order of the rows; None numbers them from "0".
        metrics: which metrics, by name; None is all.
        reference: the strategy whose mean payoff is Starr's threshold; not together with `threshold`.
        **parameters: options of the metrics by their own names: `alpha` (hurwicz), `threshold` (starr),
            `share` (cvar5), `aversion` (certainty-equivalent).

    Returns:
        `{metric: {strategy: value}}`, None where the value is undefined.

    Raises:
        InputError: payoffs, names or options that cannot be used.
    """
    f = payoff_matrix(f)
    names = [str(row) for row in range(len(f))] if names is None else list(names)
    if len(names) != len(f) or len(set(names)) != len(names):
        raise InputError(f"{len(f)} rows of payoffs need as many different names; these were given: {names}")
    if reference is not None:
        parameters |= _threshold_of(reference, f, names, parameters)
    if unknown := sorted(set(parameters) - OPTIONS):
        raise InputError(
            f"no metric has the option {unknown[0]!r}; the options are: {', '.join(sorted(OPTIONS))}"
        )
    result = {}
    for name in METRICS if metrics is None else metrics:
        metric = metric_named(name)
        options = {key: value for key, value in parameters.items() if key in metric.parameters}
        result[name] = dict(zip(names, map(_defined, metric(f, **options)), strict=True))
    return result


def _threshold_of(
    reference: str, f: np.ndarray, names: list[str], parameters: Mapping[str, float]
) -> dict[str, float]:
    if "threshold" in parameters:
        raise InputError("give either `threshold` or `reference` for Starr's criterion, not both")
    if reference not in names:
        raise InputError(f"no strategy is called {reference!r}; the strategies are: {', '.join(names)}")
    return {"threshold": float(f[names.index(reference)].mean())}


def _defined(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def ranks(values: Mapping[str, float | None], metric: str | Metric) -> dict[str, int | None]:
    """Return each strategy's rank under a metric: 1 is best, ties share the lower number.

    Two strategies tied for the best are both 1 and the next is 3. Values that differ by rounding only are
    tied. What is undefined (None) has no rank and takes no place.

    Args:
        values: one metric's value for each strategy, as `evaluate` gives them.
        metric: the metric or its name; its direction says which end is better.
    """
    better = metric_named(metric).direction if isinstance(metric, str) else metric.direction
    sign = -1.0 if better == "higher" else 1.0
    defined = sorted((sign * value, name) for name, value in values.items() if value is not None)
    result: dict[str, int | None] = dict.fromkeys(values)
    leader, rank = math.nan, 0
    for place, (value, name) in enumerate(defined, start=1):
        if not abs(value - leader) <= SAME * max(1.0, abs(leader)):
            leader, rank = value, place
        result[name] = rank
    return result
