"""What has been seen since: the observations file, what is wrong with it, and its parts in words."""

from equipoise.scenario.observations.loading import KIND, ObservationsFile, load_observations
from equipoise.scenario.observations.model import Measured, Observation, Observations
from equipoise.scenario.observations.starting import schema, skeleton

__all__ = [
    "KIND",
    "Measured",
    "Observation",
    "Observations",
    "ObservationsFile",
    "load_observations",
    "schema",
    "skeleton",
]
