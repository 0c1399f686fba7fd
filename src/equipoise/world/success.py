"""In which futures a way of engaging succeeds: every condition of `success`, read off the weekly series.

Source: docs/model.md, Readings, *Success*.
"""

from __future__ import annotations

import numpy as np

from equipoise.scenario.model import Goal, Scenario
from equipoise.world.compile import MAJORITY_SLACK
from equipoise.world.conditions import levels

COLUMN = "success"
"""Name of the outcome: 1 in a future in which every condition holds, else 0."""


def succeeded(scenario: Scenario, traces: np.ndarray, series: tuple[str, ...]) -> np.ndarray:
    """Return where every condition of success holds, bool [profiles, futures].

    Args:
        scenario: resolved.
        traces: the weekly series [profiles, series, weeks + 1, futures], the start first.
        series: their names.
    """
    held = [_holds(goal, scenario.dynamics.majority, traces, series) for goal in scenario.success]
    return np.logical_and.reduce(held)


def _holds(goal: Goal, majority: float, traces: np.ndarray, series: tuple[str, ...]) -> np.ndarray:
    """Return where one condition holds; the start, which no one can help, counts in no week."""
    last = goal.week or traces.shape[2] - 1

    def course(name: str) -> np.ndarray:
        return traces[:, series.index(name), 1 : last + 1]

    if goal.stands is not None:
        return np.asarray(course(f"alive.{goal.stands}")[:, -1] > 0)
    if goal.not_takeover is not None:
        return np.all(course(f"power.{goal.not_takeover}") < majority - MAJORITY_SLACK, axis=1)
    subject = goal.subjects[0]
    whose = {"power": goal.power, "standing": goal.standing}.get(subject)
    values = course(subject if whose is None else f"{subject}.{whose}")
    seen = {"mean": values.mean(axis=1, dtype=float, keepdims=True), "every-week": values}.get(
        goal.over or "week", values[:, -1:]
    )
    return np.all([sign * seen > sign * level for sign, level in levels(goal)], axis=(0, 2))
