"""Ways of engaging as candidates of a search: what is varied, and a candidate as strategy, words and YAML.

Varied are the base weights of eq. 1 as shares, the other numbers of a policy (`follow-power`, `follow-standing`,
`floor`), and one trigger with the shares it switches to. Not varied are backing and decisions: they cost in kind and
commit, and an analyst should put them on the table by name.

Source: MODEL.md §2 (eq. 1), §3 (strategies).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equipoise.scenario import to_yaml, wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import CollapsedCondition, Condition, Policy, Scenario, Strategy, Then
from equipoise.scenario.policies import TERMS, terms_of
from equipoise.scenario.writing import dumped
from equipoise.search.space import Range, Shares, Space

When = str | tuple[Condition, ...]
VARIED = {key: term.tried for key, term in TERMS.items() if term.tried is not None}
"""Between which values, and how finely, numbers of a policy are varied beside its shares: exponents, the floor."""
MOST_TRIGGERS = 40
"""Triggers tried at most: those of named strategies first, then falls, then events and deals by name."""
_DEFAULTS = dumped(Strategy())


@dataclass(frozen=True)
class Policies:
    """The ways of engaging of a scenario's focus patron that a search may try.

    Attributes:
        scenario: checked and resolved.
    """

    scenario: Scenario

    @property
    def forces(self) -> tuple[str, ...]:
        """Forces in the order of the file."""
        return tuple(self.scenario.forces)

    @property
    def named(self) -> Mapping[str, Strategy]:
        """The focus patron's strategies as the file has them."""
        return self.scenario.strategies[self.scenario.focus]

    @cached_property
    def space(self) -> Space:
        """Candidates without a trigger."""
        return Space(
            (Shares(self.forces), *(Range(key, low, high) for key, (low, high, _) in VARIED.items()))
        )

    @cached_property
    def space_with_trigger(self) -> Space:
        """Candidates with a trigger: the shares it switches to come last; the other numbers stay."""
        return Space((*self.space.parts, Shares(self.forces)))

    def strategy(self, point: np.ndarray, when: When | None = None) -> Strategy:
        """Return a candidate as a strategy, numbers as they are; nothing is left on who has fallen by then.

        Args:
            point: of `space`, or of `space_with_trigger` where there is a trigger.
            when: the trigger.
        """
        point, n, end = self.in_the_field(point, when), len(self.forces), len(self.forces) + len(VARIED)
        then = None if when is None else Then(when=when, **self._policy(point[end:], point[n:end]))
        return Strategy(then=then, **self._policy(point[:n], point[n:end]))

    def in_the_field(self, point: np.ndarray, when: When | None) -> np.ndarray:
        """Return the same way of engaging with nothing on forces that have fallen once the trigger has come.

        It plays alike: effort goes to forces in the field alone, in proportion to their shares.
        """
        gone = [self.forces.index(j) for j in fallen_by(self.scenario, when)] if when else []
        if not gone:
            return point
        out, end = np.array(point, dtype=float), len(self.forces) + len(VARIED)
        after = out[end:]
        after[gone] = 0.0
        out[end:] = after / after.sum() if after.sum() > 0 else 0.0
        return out

    def _policy(self, shares: np.ndarray, numbers: np.ndarray) -> dict[str, Any]:
        """Return what a policy says; numbers are left out where too few are engaged for them to mean anything."""
        engage = {j: float(share) for j, share in zip(self.forces, shares, strict=True) if share > 0}
        given = {
            key.replace("-", "_"): float(number) if len(engage) >= TERMS[key].among else 0.0
            for key, number in zip(VARIED, numbers, strict=True)
        }
        return {"engage": engage, **given}

    def point(self, strategy: Policy) -> np.ndarray | None:
        """Return where a strategy stands in `space`, trigger and backing aside; None if it engages nobody."""
        weights = np.array([strategy.engage.get(j, 0.0) for j in self.forces])
        if not weights.sum() > 0:
            return None
        numbers = [terms_of(strategy)[key] for key in VARIED]
        return self.space.project(np.concatenate([weights / weights.sum(), numbers])[None])[0]

    def starts(self) -> list[np.ndarray]:
        """Return the named strategies as candidates without a trigger."""
        found = [self.point(strategy) for strategy in self.named.values()]
        found += [self.point(then) for strategy in self.named.values() for then in strategy.thens]
        return [point for point in found if point is not None]

    def rounded(self, point: np.ndarray, *, grain: float = 0.01) -> np.ndarray:
        """Return the nearest candidate a person would write down: shares on a grain, exponents to 0.1."""
        out = np.array(point, dtype=float)
        n, end = len(self.forces), len(self.forces) + len(VARIED)
        for at in (slice(0, n), slice(end, len(point))):
            if len(out[at]):
                out[at] = _on_grain(out[at], grain)
        for k, (_, _, step) in enumerate(VARIED.values(), n):
            out[k] = np.round(out[k], round(-np.log10(step)))
        return out

    def simpler(self, point: np.ndarray) -> list[np.ndarray]:
        """Return candidates like this one with less in them: coarser shares, numbers unset."""
        numbers = range(len(self.forces), len(self.forces) + len(VARIED))
        out = [self.rounded(point, grain=0.05)]
        for unset in (*([n] for n in numbers), list(numbers)):
            less = self.rounded(point, grain=0.05)
            less[unset] = 0.0
            out.append(less)
        return out

    def triggers(self) -> tuple[When, ...]:
        """Return what a switch may wait for: as named strategies do, falls of forces, events and deals."""
        used = [then.when for strategy in self.named.values() for then in strategy.thens]
        falls = [
            (CollapsedCondition(collapsed=j),) for j, force in self.scenario.forces.items() if force.collapse
        ]
        happenings = [*self.scenario.events, *self.scenario.talks]
        out: list[When] = []
        for when in (*used, *falls, *happenings):
            if when not in out:
                out.append(when)
        return tuple(out[:MOST_TRIGGERS])

    def title(self, name: str) -> str:
        """Return a named strategy's title."""
        strategy = self.named.get(name)
        return strategy.name if strategy is not None and strategy.name else name

    def words(self, strategy: Strategy) -> str:
        """Say a strategy in words."""
        return wording.strategy(Names.of(self.scenario), strategy)

    def when_words(self, when: When) -> str:
        """Say a trigger in words, as what happens."""
        return wording.moment(Names.of(self.scenario), when)

    def yaml(self, strategies: Mapping[str, Strategy]) -> str:
        """Return strategies of the focus patron as a block to put into the scenario's file."""
        return to_yaml({"strategies": {self.scenario.focus: {n: block(s) for n, s in strategies.items()}}})


def fallen_by(scenario: Scenario, when: When) -> tuple[str, ...]:
    """Return the forces that have fallen once a trigger has come: it is their fall, or an event that waits for it."""
    conditions = (
        (scenario.events[when].when or ()) if isinstance(when, str) and when in scenario.events else when
    )
    return tuple(c.collapsed for c in conditions if isinstance(c, CollapsedCondition))


def block(strategy: Strategy) -> dict[str, Any]:
    """Return a strategy as the file writes it, without what is at its default."""
    data = _without_defaults(dumped(strategy))
    if "decide" in data:
        data["decide"] = {
            event: when if isinstance(when, str) else when.isoformat()
            for event, when in data["decide"].items()
        }
    return data


def _without_defaults(policy: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is at its default, in the ways of engaging it switches to as well."""
    data = {key: value for key, value in policy.items() if _DEFAULTS.get(key) != value or key == "engage"}
    data.setdefault("engage", {})
    return data if "then" not in data else data | {"then": _without_defaults(data["then"])}


def complexity(strategy: Strategy) -> int:
    """Count what a strategy has to say: forces engaged, exponents, floor, backing, decisions, switches."""

    def of(policy: Policy) -> int:
        given = terms_of(policy).items()
        numbers = sum(value != 0 for key, value in given if TERMS[key].among)
        return numbers + sum(
            sum(bool(v) for v in value.values()) for _, value in given if isinstance(value, dict)
        )

    return of(strategy) + len(strategy.decide) + sum(1 + of(then) for then in strategy.thens)


def _on_grain(shares: np.ndarray, grain: float) -> np.ndarray:
    """Round shares to multiples of a grain that still add up to 1 (largest remainders); none stays none."""
    if not shares.sum() > 0:
        return np.zeros_like(shares)
    units = shares / shares.sum() / grain
    whole = np.floor(units + 1e-9)
    for place in np.argsort(whole - units, kind="stable")[: round(1 / grain - whole.sum())]:
        whole[place] += 1
    return np.round(whole * grain, 4)
