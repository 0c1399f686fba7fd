"""What a search aims at: one of the robustness metrics, read so that candidates can be compared one by one.

Metrics that look at the alternatives (regrets, Starr's criterion) measure a candidate against a fixed set,
the named strategies, and never against the other candidates of the search: otherwise a candidate's value
would change with whatever else was tried.

Source: MODEL.md §5; the metrics themselves are in `strategy.metrics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from equipoise.errors import InputError
from equipoise.findings.metrics import Metric, laplace, metric_named
from equipoise.world.success import COLUMN

_SUMS = ("undesirable-deviations",)
"""Metrics that add up over states; a search reads them a state, so that samples of other sizes compare."""


SUCCESS = Metric(
    name=COLUMN, title="share of futures that succeed", direction="higher",
    formula="mean over states of the share of futures in which every condition of `success` holds",
    source="Simon 1956", needs_alternatives=False, function=laplace, parameters={},
    shift="follows", scale="follows", monotone=True,
)  # fmt: skip
"""The scenario's own measure, read like a metric, of success in place of payoffs."""


@dataclass(frozen=True)
class Objective:
    """A metric to be made as good as possible.

    Attributes:
        metric: which.
        alternatives: payoffs of the named strategies on the states of the sample [named, states]; needed by
            metrics that compare.
        outcome: what the metric reads, a column of outcomes.
        options: of the metric (`alpha`, `aversion`, ...). Starr's `threshold` is the highest mean payoff of
            the named strategies unless given.
    """

    metric: Metric
    alternatives: np.ndarray | None = None
    options: Mapping[str, float] = field(default_factory=dict)
    outcome: str = "payoff"

    def on(self, alternatives: np.ndarray | None) -> Objective:
        """Return the same objective for another sample."""
        return replace(self, alternatives=alternatives)

    def value(self, f: np.ndarray) -> np.ndarray:
        """Return the metric's value of each candidate [n] from payoffs [n, states]; NaN where undefined."""
        f = np.atleast_2d(f)
        found = self._compared(f) if self.metric.needs_alternatives else self.metric(f, **self.options)
        return found / f.shape[1] if self.metric.name in _SUMS else found

    def score(self, f: np.ndarray) -> np.ndarray:
        """Return what the search makes as high as possible [n]; minus infinity where undefined."""
        return self.signed(self.value(f))

    def signed(self, values: np.ndarray) -> np.ndarray:
        """Turn values of the metric so that higher is better; NaN becomes minus infinity."""
        values = np.asarray(values, dtype=float)
        turned = values if self.metric.direction == "higher" else -values
        return np.where(np.isnan(turned), -np.inf, turned)

    def _compared(self, f: np.ndarray) -> np.ndarray:
        if self.alternatives is None:
            raise InputError(f"{self.metric.name} compares with the named strategies; none were given")
        options = dict(self.options)
        if "threshold" in self.metric.parameters and options.get("threshold") is None:
            options["threshold"] = float(self.alternatives.mean(axis=1).max())
        values = [self.metric(np.vstack([self.alternatives, row]), **options)[-1] for row in f]
        return np.array(values, dtype=float)


def objective(metric: str, alternatives: np.ndarray | None = None, **options: Any) -> Objective:
    """Return the objective of that name.

    Args:
        metric: name of a robustness metric, or `success`.
        alternatives: payoffs of the named strategies [named, states].
        **options: of the metric.

    Raises:
        InputError: no such metric, or an option it does not have.
    """
    found = SUCCESS if metric == COLUMN else metric_named(metric)
    unknown = sorted(set(options) - set(found.parameters))
    if unknown:
        known = ", ".join(found.parameters) or "none"
        raise InputError(f"{metric} has no option {unknown[0]!r}; its options are: {known}")
    return Objective(found, alternatives, options, COLUMN if found is SUCCESS else "payoff")
