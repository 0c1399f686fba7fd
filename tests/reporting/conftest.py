"""A made-up run and its report, drawn once for all tests of the room."""

from types import SimpleNamespace

import fabricated
import pytest

from equipoise.reporting import render
from equipoise.reporting.context import Context


@pytest.fixture(scope="session")
def run() -> SimpleNamespace:
    scenario = fabricated.scenario()
    summary = fabricated.summary(scenario)
    return SimpleNamespace(scenario=scenario, summary=summary, context=Context(summary, scenario))


@pytest.fixture(scope="session")
def page(run: SimpleNamespace) -> str:
    return render(run.summary, run.scenario)
