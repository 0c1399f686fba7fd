"""The file an analyst writes: reading it, what is wrong with it, its defaults, its places."""

from equipoise.scenario.changes import changed
from equipoise.scenario.loading import ScenarioFile, cases, load, loads
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number, quantile, support
from equipoise.scenario.places import places, tie_key, with_numbers
from equipoise.scenario.publishing import schema
from equipoise.scenario.resolving import resolve
from equipoise.scenario.scaffold import scaffold, template
from equipoise.scenario.summary import summary
from equipoise.scenario.writing import to_yaml

__all__ = [
    "Number",
    "Scenario",
    "ScenarioFile",
    "cases",
    "changed",
    "load",
    "loads",
    "places",
    "quantile",
    "resolve",
    "scaffold",
    "schema",
    "summary",
    "support",
    "template",
    "tie_key",
    "to_yaml",
    "with_numbers",
]
