"""What every page, figure and table reads: the run's JSON, the scenario, display names, other analyses.

Nothing here computes a result: it only finds things in the summary, treats what is absent as undefined,
and puts it in reading order (best first, incumbent first).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from equipoise.evidence import trace
from equipoise.reporting.names import Names
from equipoise.reporting.phrases import within
from equipoise.scenario.model import Scenario

HEDGE_FLOOR = 0.05
"""A strategy counts as a hedge when its hedge index lies above this and the summary does not say."""


@dataclass(frozen=True)
class Context:
    """A run as the report sees it.

    Attributes:
        summary: the JSON of `run` (DESIGN *The commands*).
        scenario: the scenario that was run.
        analyses: further results by name (`trace`, `explore`, `game`, ...), each its own JSON.
    """

    summary: Mapping[str, Any]
    scenario: Scenario
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        """Display names of the scenario."""
        return Names.of(self.scenario)

    @cached_property
    def focus(self) -> str:
        """Display name of the patron whose strategies are compared."""
        return self.names.patron(self.scenario.focus)

    @property
    def advised(self) -> str:
        """The same name inside a sentence: `the Empire`."""
        return within(self.focus)

    @cached_property
    def strategies(self) -> dict[str, Mapping[str, Any]]:
        """Results by strategy, best mean payoff first."""
        found = self.summary.get("strategies") or {}
        order = self.summary.get("ranking") or sorted(found, key=lambda name: -_mean_payoff(found[name]))
        return {name: found[name] for name in order if name in found}

    @property
    def ranking(self) -> list[str]:
        """Strategy identifiers, best mean payoff first."""
        return list(self.strategies)

    @property
    def best(self) -> str | None:
        """The strategy with the best mean payoff, or None where none was run."""
        return next(iter(self.strategies), None)

    @cached_property
    def forces(self) -> list[str]:
        """Forces of the scenario, the incumbent first, the others in code-point order."""
        forces = self.scenario.forces
        return sorted(forces, key=lambda key: (not forces[key].incumbent, key))

    @cached_property
    def hedges(self) -> list[str]:
        """Strategies that court more than one force, best first."""
        named = (self.summary.get("duplicity") or {}).get("hedges")
        return [name for name in self.ranking if (name in named if named is not None else self._spread(name))]

    @cached_property
    def one_sided(self) -> list[str]:
        """Strategies that court one force only, best first; staying out is neither."""
        named = (self.summary.get("duplicity") or {}).get("one_sided")
        if named is not None:
            return [name for name in self.ranking if name in named]
        return [name for name in self.ranking if not self._spread(name) and self._courts(name)]

    @cached_property
    def trace(self) -> Mapping[str, Any]:
        """What the numbers stand on: the trace that came with the run, else one made here."""
        return self.analyses.get("trace") or trace(self.scenario)

    def get(self, *keys: str) -> Any:
        """Look up a value of the summary by keys; None where any of them is absent or undefined."""
        return look(self.summary, *keys)

    def of(self, strategy: str, *keys: str) -> Any:
        """Look up a value of a strategy's results; None where undefined."""
        return look(self.strategies.get(strategy), *keys)

    def difference(self, one: str, other: str) -> dict[str, float | None] | None:
        """Return the mean difference `one` less `other`, paired by future, with its 95 % interval."""
        for item in self.summary.get("differences") or []:
            if (item["better"], item["worse"]) == (one, other):
                return {key: item.get(key) for key in ("mean", "low", "high", "se")}
            if (item["better"], item["worse"]) == (other, one):
                return {
                    "mean": _negative(item.get("mean")),
                    "low": _negative(item.get("high")),
                    "high": _negative(item.get("low")),
                    "se": item.get("se"),
                }
        return None

    def told_apart(self, one: str, other: str) -> bool | None:
        """True where the 95 % interval of their difference leaves out 0; None where it is unknown."""
        found = self.difference(one, other)
        if found is None or found["low"] is None or found["high"] is None:
            return None
        return found["low"] > 0 or found["high"] < 0

    def day_of(self, week: int) -> date:
        """Return the date on which a week of the run starts."""
        return self.scenario.calendar.start + timedelta(weeks=week)

    def _spread(self, name: str) -> bool:
        return (self.of(name, "hedge_index") or 0) > HEDGE_FLOOR

    def _courts(self, name: str) -> bool:
        shares = self.of(name, "allocation")
        return True if shares is None else any((share or 0) > 0 for share in shares.values())


def look(data: Any, *keys: str) -> Any:
    """Follow keys into nested mappings; None where one is absent."""
    for key in keys:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data


def known(values: Sequence[float | None] | None) -> list[float]:
    """Return the defined values of a list, an empty list for None."""
    return [value for value in values or [] if value is not None]


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _mean_payoff(results: Mapping[str, Any]) -> float:
    mean = look(results, "payoff", "mean")
    return float("-inf") if mean is None else mean
