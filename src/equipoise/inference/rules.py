"""Rules of choice: by which reading of its payoffs a patron may have picked what it does.

A rule is a robustness metric of `findings.metrics`, with its options; expected payoff is the metric `laplace`, and
expected payoff under risk aversion the certainty equivalent, over a grid of aversions. Under each, what is done is best
or has a *price*: what it gives up against the best, in the rule's own unit.

Source: MODEL.md §5 and §5c.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from equipoise.errors import InputError
from equipoise.findings.metrics import METRICS, SAME, metric_named
from equipoise.records import Record

CARA = "certainty-equivalent"
AVERSIONS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Risk aversions, per unit of payoff, tried beside expected payoff."""


@dataclass(frozen=True)
class Rule:
    """A rule of choice: a robustness metric by name, with options of its own."""

    metric: str
    options: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no metric, or an option it does not have."""
        for name in sorted(set(self.options) - set(metric_named(self.metric).parameters)):
            known = ", ".join(METRICS[self.metric].parameters) or "none"
            raise InputError(f"{self.metric} has no option {name!r}; its options are: {known}")

    @property
    def title(self) -> str:
        """The rule in a few words: `mean over states`, `certainty equivalent, aversion 5`."""
        said = "".join(f", {name} {value:g}" for name, value in self.options.items())
        return METRICS[self.metric].title + said

    @property
    def motive(self) -> str:
        """What somebody wants who chooses by the rule: `wants the most on average`."""
        return (
            MOTIVES.get(self.metric, f"chooses by {self.title}")
            if not self.options
            else f"chooses by {self.title}"
        )

    def worth(self, f: np.ndarray) -> np.ndarray:
        """Return what each way of engaging is worth by this rule [ways], higher better; NaN where undefined.

        Args:
            f: payoff, mean over chance [ways, states].
        """
        metric = METRICS[self.metric]
        return metric(f, **self.options) * (1.0 if metric.direction == "higher" else -1.0)


MEAN = Rule("laplace")
EVERY = (
    *(Rule(name) for name in METRICS if name != CARA),
    *(Rule(CARA, {"aversion": aversion}) for aversion in AVERSIONS),
)
"""Every rule the first table tries."""
MOTIVES = {
    "laplace": "wants the most on average",
    "cvar5": "fears the worst twentieth",
    "maximin": "fears the worst",
    "minimax-regret": "fears to be blamed",
    "starr": "wants enough, as often as may be",
    "mean-variance": "wants much and no surprise",
}
LIKELY = tuple(Rule(name) for name in MOTIVES)
"""The rules from which hypotheses are made where the file has none: each a motive that people are known by."""
SHAPES = ("undesirable-deviations", "percentile-skewness", "percentile-peakedness")
"""Metrics of a spread's shape alone: they look at no level, and prefer what is worse everywhere if its shape is better.

That what is done is best by one of these is shown, but it is no reason for doing it.
"""


@dataclass(frozen=True)
class Verdict(Record):
    """What one rule says of what is done.

    Attributes:
        rule, options, title: the rule.
        best: whether what is done is best, alone or with others; None where it is undefined.
        price: what it gives up against the best, in the rule's unit; 0 where it is best.
        place: how many ways of engaging are better, plus one.
        choice: the best way of engaging.
        motive: whether somebody could choose by it; not by the shape of a spread alone.
    """

    rule: str
    options: Mapping[str, float]
    title: str
    best: bool | None
    price: float | None
    place: int | None
    choice: str | None
    motive: bool


def judged(f: np.ndarray, ways: Sequence[str], done: str) -> tuple[Verdict, ...]:
    """Return what each rule says of the way `done` among `ways`.

    Args:
        f: payoff, mean over chance [ways, states].
        ways: names of the ways of engaging. done: the one that is seen.
    """
    return tuple(_verdict(rule, rule.worth(f), ways, done) for rule in EVERY)


def _verdict(rule: Rule, worth: np.ndarray, ways: Sequence[str], done: str) -> Verdict:
    own = worth[ways.index(done)]
    about = (rule.metric, rule.options, rule.title)
    motive = rule.metric not in SHAPES
    if not math.isfinite(own):
        return Verdict(*about, None, None, None, None, motive)
    top = np.nanmax(worth)
    better = int((worth > own + SAME * max(1.0, abs(own))).sum())
    choice = done if not better else ways[int(np.nanargmax(worth))]
    price = float(top - own) if better else 0.0
    return Verdict(*about, not better, price, better + 1, choice, motive)
