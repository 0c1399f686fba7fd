"""The small real run of `tests/golden` and its report, drawn once for all tests of the room."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from equipoise.findings.found import DifferenceFound, Run
from equipoise.reporting import render
from equipoise.reporting.run_view import RunView
from equipoise.scenario import loads
from equipoise.scenario.model import Scenario

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True)
class Golden:
    """What was run, what it found, and its further analyses."""

    scenario: Scenario
    found: Run
    analyses: dict[str, Any]

    @property
    def context(self) -> RunView:
        return RunView(self.found, self.scenario)

    def written(self) -> dict[str, Any]:
        """Return the scenario as its file has it, to be changed."""
        return yaml.safe_load(
            (GOLDEN / "scenario.yaml").read_text(encoding="utf-8").replace(" on:", " 'on':")
        )

    def with_strategies(self, **changes: Any) -> Run:
        """Return the run with some results of every strategy changed, each given as a function of its name."""
        strategies = {
            name: replace(item, **{key: change(name, item) for key, change in changes.items()})
            for name, item in self.found.strategies.items()
        }
        return replace(self.found, strategies=strategies)

    def with_difference(self, one: str, other: str, low: float, high: float, of: Run | None = None) -> Run:
        """Return the run with `one` ahead of `other` by an interval."""
        found = of or self.found
        gap = DifferenceFound(one, other, (low + high) / 2, (high - low) / 4, low, high)
        kept = [row for row in found.differences if {row.better, row.worse} != {one, other}]
        return replace(found, differences=(*kept, gap))

    def with_resentment(self, **changes: Any) -> Run:
        return replace(self.found, resentment=replace(self.found.resentment, **changes))

    def named(self, **names: str) -> Scenario:
        """Return the scenario with strategies of the focus renamed (`_` for `-`)."""
        plans = dict(self.scenario.strategies[self.scenario.focus])
        for key, name in names.items():
            key = key.replace("_", "-")
            plans[key] = plans[key].model_copy(update={"name": name})
        strategies = {**self.scenario.strategies, self.scenario.focus: plans}
        return self.scenario.model_copy(update={"strategies": strategies})


@pytest.fixture(scope="session")
def golden() -> Golden:
    scenario = loads((GOLDEN / "scenario.yaml").read_text(encoding="utf-8")).scenario
    found = Run.read((GOLDEN / "run.json").read_bytes(), what="the golden run")
    files = [file for file in sorted(GOLDEN.glob("*.json")) if file.stem != "run"]
    return Golden(
        scenario, found, {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
    )


@pytest.fixture(scope="session")
def page(golden: Golden) -> str:
    return render(golden.found, golden.scenario)
