"""What every page, figure and table reads: what the run found, the scenario, display names, other analyses.

Nothing here computes a result: it only finds things in the findings and puts them in reading order (best first,
incumbent first).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

from equipoise.briefing import Brief, brief, reasons
from equipoise.evidence import trace
from equipoise.findings.found import Run, StrategyFound
from equipoise.findings.hedges import Kind
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.outlines import Outlined


class ScenarioView:
    """What can be said of a scenario alone."""

    scenario: Scenario

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
        """Its full name inside a sentence: `the Empire`."""
        return self.names.within(self.scenario.focus)

    @cached_property
    def forces(self) -> list[str]:
        """Forces of the scenario, the incumbent first, the others in code-point order."""
        forces = self.scenario.forces
        return sorted(forces, key=lambda key: (not forces[key].incumbent, key))

    def day_of(self, week: int) -> date:
        """Return the date on which a week of the scenario starts."""
        return self.scenario.calendar.day_of(week)


@dataclass(frozen=True)
class SituationView(ScenarioView):
    """A situation and what was found of it without a run, or beside one: all that the section of an analysis reads.

    Attributes:
        scenario: the situation.
        analyses: results by name (`explore`, `game`, ...), each its own JSON.
    """

    scenario: Scenario
    analyses: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class RunView(ScenarioView):
    """A run as the report sees it.

    Attributes:
        run: what the run found.
        scenario: the scenario that was run.
        analyses: further results by name (`trace`, `explore`, `game`, ...), each its own JSON.
        outlines: of its regions, where it has them.
    """

    run: Run
    scenario: Scenario
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outlines: Outlined | None = None

    @cached_property
    def strategies(self) -> dict[str, StrategyFound]:
        """Results by strategy, best mean payoff first."""
        return {name: self.run.strategies[name] for name in self.run.ranking}

    @property
    def ranking(self) -> tuple[str, ...]:
        """Strategy identifiers, best mean payoff first."""
        return self.run.ranking

    @property
    def best(self) -> str:
        """The strategy with the best mean payoff."""
        return self.run.best

    @property
    def found(self) -> StrategyFound:
        """Results of the best strategy."""
        return self.run.strategies[self.run.best]

    @cached_property
    def hedges(self) -> list[str]:
        """Strategies that are hedges between rivals, best first."""
        return self._of(Kind.HEDGE)

    @cached_property
    def one_sided(self) -> list[str]:
        """Strategies that court one force or one camp only, best first; staying out is neither."""
        return self._of(Kind.ONE_FORCE, Kind.ONE_CAMP)

    def _of(self, *kinds: Kind) -> list[str]:
        return [name for name in self.ranking if self.run.strategies[name].kind in kinds]

    @cached_property
    def trace(self) -> Mapping[str, Any]:
        """What the numbers stand on: the trace that came with the run, else one made here."""
        return self.analyses.get("trace") or trace(self.scenario)

    @cached_property
    def brief(self) -> Brief:
        """The brief that came with the run, with what `why` found; else one made here, without signs."""
        given, why = self.analyses.get("brief"), self.analyses.get("why")
        if given is None:
            made = brief(self.run, self.scenario)
        else:
            own = {field.name: given[field.name] for field in fields(Brief) if field.name != "why"}
            own["why"] = given.get("why")  # briefs of earlier folders have none
            made = Brief.read(json.dumps(own), what="the brief of this study")
        return made if why is None else replace(made, why=reasons(why))
