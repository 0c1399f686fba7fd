"""Ways of engaging as candidates of a search: what is varied, and a candidate as strategy, words and YAML.

Varied are the base weights of eq. 1 as shares, `follow-power`, `follow-standing`, `floor`, and one trigger
with the shares it switches to. Not varied are backing and decisions: they cost in kind and commit, and an
analyst should put them on the table by name.

Source: MODEL.md §2 (eq. 1), §3 (strategies).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equipoise.scenario import to_yaml
from equipoise.scenario.model import (
    CollapsedCondition,
    Condition,
    ControlCondition,
    Policy,
    PowerCondition,
    Scenario,
    StandingCondition,
    Strategy,
    Then,
    dumped,
)
from equipoise.search.space import Range, Shares, Space

When = str | tuple[Condition, ...]
FOLLOW_POWER = Range("follow-power", -1.0, 3.0)
FOLLOW_STANDING = Range("follow-standing", -1.0, 3.0)
FLOOR = Range("floor", 0.0, 0.5)
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
        return Space((Shares(self.forces), FOLLOW_POWER, FOLLOW_STANDING, FLOOR))

    @cached_property
    def space_with_trigger(self) -> Space:
        """Candidates with a trigger: the shares it switches to come last; the other numbers stay."""
        return Space((*self.space.parts, Shares(self.forces)))

    def strategy(self, point: np.ndarray, when: When | None = None) -> Strategy:
        """Return a candidate as a strategy, numbers as they are.

        Args:
            point: of `space`, or of `space_with_trigger` where there is a trigger.
            when: the trigger.
        """
        n = len(self.forces)
        then = None if when is None else Then(when=when, **self._policy(point[n + 3 :], point[n : n + 3]))
        return Strategy(then=then, **self._policy(point[:n], point[n : n + 3]))

    def _policy(self, shares: np.ndarray, numbers: np.ndarray) -> dict[str, Any]:
        """Return what a policy says; exponents are left out where there is nobody to choose between."""
        engage = {j: float(share) for j, share in zip(self.forces, shares, strict=True) if share > 0}
        power, standing, floor = (float(v) for v in numbers)
        if len(engage) < 2:
            power = standing = 0.0
        return {
            "engage": engage,
            "follow_power": power,
            "follow_standing": standing,
            "floor": floor if engage else 0.0,
        }

    def point(self, strategy: Policy) -> np.ndarray | None:
        """Return where a strategy stands in `space`, trigger and backing aside; None if it engages nobody."""
        weights = np.array([strategy.engage.get(j, 0.0) for j in self.forces])
        if not weights.sum() > 0:
            return None
        numbers = (strategy.follow_power, strategy.follow_standing, strategy.floor)
        return self.space.project(np.concatenate([weights / weights.sum(), numbers])[None])[0]

    def starts(self) -> list[np.ndarray]:
        """Return the named strategies as candidates without a trigger."""
        found = [self.point(strategy) for strategy in self.named.values()]
        found += [self.point(strategy.then) for strategy in self.named.values() if strategy.then is not None]
        return [point for point in found if point is not None]

    def rounded(self, point: np.ndarray, *, grain: float = 0.01) -> np.ndarray:
        """Return the nearest candidate a person would write down: shares on a grain, exponents to 0.1."""
        out = np.array(point, dtype=float)
        n = len(self.forces)
        for at in (slice(0, n), slice(n + 3, len(point))):
            if len(out[at]):
                out[at] = _on_grain(out[at], grain)
        out[n : n + 2] = np.round(out[n : n + 2], 1)
        out[n + 2] = np.round(out[n + 2], 2)
        return out

    def simpler(self, point: np.ndarray) -> list[np.ndarray]:
        """Return candidates like this one with less in them: coarser shares, numbers unset."""
        n = len(self.forces)
        out = [self.rounded(point, grain=0.05)]
        for unset in ((n,), (n + 1,), (n + 2,), (n, n + 1, n + 2)):
            less = self.rounded(point, grain=0.05)
            less[list(unset)] = 0.0
            out.append(less)
        return out

    def triggers(self) -> tuple[When, ...]:
        """Return what a switch may wait for: as named strategies do, falls of forces, events and deals."""
        used = [s.then.when for s in self.named.values() if s.then is not None]
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
        said = [self._policy_words(strategy)]
        if strategy.then is not None:
            when, then = self.when_words(strategy.then.when), self._policy_words(strategy.then)
            said.append(f"From {when} on: {_lowered(then)}")
        return " ".join(said)

    def when_words(self, when: When) -> str:
        """Say a trigger in words, as what happens."""
        if isinstance(when, str):
            event = self.scenario.events.get(when)
            if event is not None:
                return f"“{event.what}” ({when})" if event.what else when
            talk = self.scenario.talks[when]
            return f"a deal in “{talk.what}” ({when})" if talk.what else f"a deal in {when}"
        return " and ".join(self._condition_words(condition) for condition in when)

    def yaml(self, strategies: Mapping[str, Strategy]) -> str:
        """Return strategies of the focus patron as a block to put into the scenario's file."""
        return to_yaml({"strategies": {self.scenario.focus: {n: block(s) for n, s in strategies.items()}}})

    def _policy_words(self, policy: Policy) -> str:
        shares = {j: w for j, w in policy.engage.items() if w > 0}
        if not shares:
            return "Engage nobody."
        total = sum(shares.values())
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        if len(ordered) == 1:
            said = f"All effort to {self._force(ordered[0][0])}"
        elif max(shares.values()) - min(shares.values()) < 0.02 * total:
            said = f"The same to each of {_listed([self._force(j) for j, _ in ordered])}"
        else:
            said = _listed([f"{w / total:.0%} to {self._force(j)}".replace("%", " %") for j, w in ordered])
        follows = [
            f"{'more' if value > 0 else 'less'} to whoever {which} ({key} {value:g})"
            for key, value, which in (
                ("follow-power", policy.follow_power, "holds more"),
                ("follow-standing", policy.follow_standing, "is closer"),
            )
            if value and len(ordered) > 1
        ]
        if policy.floor:
            follows.append(
                f"{policy.floor:.0%}".replace("%", " %") + " of the effort spread evenly over all (floor)"
            )
        return f"{said}{'; ' + _listed(follows) if follows else ''}."

    def _force(self, name: str) -> str:
        title = self.scenario.forces[name].name or name
        return "the " + title[4:] if title.startswith("The ") else title

    def _condition_words(self, condition: Condition) -> str:
        if isinstance(condition, CollapsedCondition):
            return f"the fall of {self._force(condition.collapsed)}"
        bounds = [f"above {condition.above:g}"] if condition.above is not None else []
        bounds += [f"below {condition.below:g}"] if condition.below is not None else []
        level = " and ".join(bounds)
        if isinstance(condition, PowerCondition):
            return f"the power of {self._force(condition.power)} being {level}"
        if isinstance(condition, ControlCondition):
            return f"control of {self._force(condition.control)} in {condition.in_} being {level}"
        if isinstance(condition, StandingCondition):
            return f"the standing of {condition.standing} with {self._force(condition.with_)} being {level}"
        return f"violence being {level}"


def block(strategy: Strategy) -> dict[str, Any]:
    """Return a strategy as the file writes it, without what is at its default."""
    data = {
        key: value
        for key, value in dumped(strategy).items()
        if _DEFAULTS.get(key) != value or key == "engage"
    }
    data.setdefault("engage", {})
    if "decide" in data:
        data["decide"] = {
            event: when if isinstance(when, str) else when.isoformat()
            for event, when in data["decide"].items()
        }
    if "then" in data:
        data["then"] = {k: v for k, v in data["then"].items() if _DEFAULTS.get(k) != v or k == "engage"}
        data["then"].setdefault("engage", {})
    return data


def complexity(strategy: Strategy) -> int:
    """Count what a strategy has to say: forces engaged, exponents, floor, backing, decisions, a switch."""

    def of(policy: Policy) -> int:
        numbers = sum(value != 0 for value in (policy.follow_power, policy.follow_standing, policy.floor))
        return len([w for w in policy.engage.values() if w > 0]) + numbers + len(policy.back)

    return of(strategy) + len(strategy.decide) + (0 if strategy.then is None else 1 + of(strategy.then))


def _on_grain(shares: np.ndarray, grain: float) -> np.ndarray:
    """Round shares to multiples of a grain that still add up to 1 (largest remainders); none stays none."""
    if not shares.sum() > 0:
        return np.zeros_like(shares)
    units = shares / shares.sum() / grain
    whole = np.floor(units + 1e-9)
    for place in np.argsort(whole - units, kind="stable")[: round(1 / grain - whole.sum())]:
        whole[place] += 1
    return np.round(whole * grain, 4)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
