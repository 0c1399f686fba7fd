"""Playing what a patron did and could have done: payoffs under a holder's beliefs, and how they hang on its weights.

Payoff is kept term by term, and a term is linear in its weights; so one weight of every term can be raised by one at
the same time, and what each adds is read off its own term. Everything meets the same states and the same chance.

Source: MODEL.md §2 (eq. 6), §5c; common random numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

import numpy as np

from equipoise.draws.values import Overrides
from equipoise.exploration import Override
from equipoise.inference.acts import Act
from equipoise.inference.wants import Goals
from equipoise.scenario.model import Scenario
from equipoise.scenario.places import places
from equipoise.search.sample import Sample

TERMS = ("influence", "rivals", "power", "control", "order", "violence", "cost", "backing-cost")
"""The terms of equation 6 by the first word of their weights."""
NOT_NEGATIVE = ("cost", "backing-cost")
"""Terms whose weights may not be negative."""


def weight_of(path: str, patron: str) -> str | None:
    """Return which weight of a patron a path is (`order.chaos`), from the start or after an effect; None if none.

    Exposure says how near violence is and `terminal` how far ahead the patron looks: payoff is not linear in them.
    """
    own = re.compile(
        rf"^(?:patrons\.{re.escape(patron)}\.values|(?:events|talks|agreements)\..+\.values\.{re.escape(patron)})\.(.+)$"
    )
    found = own.match(path)
    weight = found[1] if found else None
    return weight if weight and weight.partition(".")[0] in TERMS else None


def wants_of(scenario: Scenario, patron: str) -> tuple[str, ...]:
    """Return the paths of all a patron's weights, those that effects set included."""
    return tuple(path for path in places(scenario) if weight_of(path, patron) is not None)


def taste(path: str, patron: str) -> bool:
    """Say whether a path is about what a patron wants rather than about the world."""
    return path.startswith(f"patrons.{patron}.values.") or bool(
        re.search(rf"\.values\.{re.escape(patron)}\.", path)
    )


class Stage:
    """One act under one holder's beliefs, ready to be played.

    Args:
        sample: states and chance, under the beliefs.
        patron: whose act. act: what it did and could have done.
        with_: strategies of other patrons. ways: which of the ways to play; all if not given.
        played: called after each playing of all ways.
    """

    def __init__(
        self, sample: Sample, patron: str, act: Act, with_: Mapping[str, str], ways: Sequence[str] | None = None,
        played: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.sample, self.patron, self.act, self.with_, self.played = sample, patron, act, dict(with_), played
        self.ways = tuple(act.ways if ways is None else ways)
        profiles = [{**self.with_, patron: way} for way in self.ways]
        self._players = sample.players(profiles, {patron: act.ways})

    def payoff(self, *, overrides: Overrides | None = None) -> np.ndarray:
        """Return the payoff, mean over chance [ways, states], under changed inputs if any are given."""
        return self._means(self._at(overrides or {}), ("payoff",))[0]

    def evaluate(self, overrides: Mapping[str, Override]) -> dict[str, np.ndarray]:
        """Return the payoff by way under changed inputs: an `exploration.Evaluate`."""
        return dict(zip(self.ways, self.payoff(overrides=overrides), strict=True))

    def goals(self, paths: Sequence[str], *, overrides: Mapping[str, Override] | None = None) -> Goals:
        """Return payoff as it depends on the weights at some paths, under changed inputs if any are given."""
        sample = self._at(overrides or {})
        rows = tuple(f"terms.{term}" for term in TERMS)
        names = [weight_of(path, self.patron) or "" for path in paths]
        by_term = [
            [p for p, n in zip(paths, names, strict=True) if n.partition(".")[0] == term] for term in TERMS
        ]
        base = self._means(sample, ("payoff", *rows))
        terms = dict.fromkeys(paths, np.zeros(0))
        for raised in zip_longest(*by_term):
            more = self._means(
                sample.changed({path: lambda v: v + 1.0 for path in raised if path is not None}), rows
            )
            for k, path in enumerate(raised):
                if path is not None:
                    terms[path] = more[k] - base[k + 1]
        states = sample.states
        return Goals(
            tuple(paths),
            np.stack([np.broadcast_to(self.sample.values[path], (states,)) for path in paths]).astype(float)
            if paths else np.zeros((0, states)),
            np.array([0.0 if name.partition(".")[0] in NOT_NEGATIVE else -np.inf for name in names]),
            self.ways, base[0],
            np.stack([terms[path] for path in paths]) if paths else np.zeros((0, *base[0].shape)),
        )  # fmt: skip

    def _at(self, overrides: Overrides) -> Sample:
        return self.sample.changed(overrides) if overrides else self.sample

    def _means(self, sample: Sample, outcomes: Sequence[str]) -> np.ndarray:
        found = sample.means_of(self._players, outcomes)
        self.played()
        return found.values
