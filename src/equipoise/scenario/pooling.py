"""Check pools of holders and the questions they were tried on. Source: MODEL.md §4; Cooke 1991."""

from __future__ import annotations

from equipoise.scenario.inspection import Inspection
from equipoise.scenario.model import Pool, Scenario, SeedQuestion

KEY = "seed-questions"
PREFIX = "pool-"
"""Begins the name of the shared quantity that says which holder of a pool a state takes."""


def check_pools(inspection: Inspection, scenario: Scenario) -> None:
    """Note pools that nobody has weight in, that cannot be drawn, or whose holders were not tried."""
    for name, pool in scenario.pools.items():
        at = ("pools", name)
        if not inspection.whole(*at):
            continue
        if name in scenario.beliefs:
            inspection.add(
                at, f"`{name}` is a holder of beliefs already", "rename one of the two", at_key=True
            )
        if f"{PREFIX}{name}" in scenario.quantities:
            message = f"the draw of this pool is called `{PREFIX}{name}`, as a shared quantity is"
            inspection.add(at, message, "rename one of the two", at_key=True)
        if not isinstance(pool, Pool):
            _check_weights(inspection, name, pool, scenario)
        elif len(set(pool.holders)) < len(pool.holders):
            inspection.add((*at, "holders"), "a holder stands here twice", "remove one")
        elif pool.by == "calibration":
            _check_tried(inspection, name, pool, scenario)
    for name, question in scenario.seed_questions.items():
        if inspection.whole(KEY, name):
            _check_answers(inspection, name, question)


def _check_weights(inspection: Inspection, name: str, weights: dict[str, float], scenario: Scenario) -> None:
    for holder in weights if inspection.whole("beliefs") else ():
        if holder not in scenario.beliefs:
            hint = inspection.nearest(holder, scenario.beliefs)
            inspection.add(("pools", name, holder), f"`{holder}` holds no beliefs", hint, at_key=True)
    if not any(weights.values()):
        inspection.add(("pools", name), "nobody has weight in this pool", at_key=True)


def _check_tried(inspection: Inspection, name: str, pool: Pool, scenario: Scenario) -> None:
    """Every holder has answered every question, else their scores do not compare."""
    path = ("pools", name, "by")
    asked = scenario.seed_questions if inspection.whole(KEY) else None
    if asked is not None and len(asked) == 0:
        inspection.add(
            path,
            "there are no `seed-questions` to calibrate on",
            "write `by: equal`, or add `seed-questions`",
        )
    for holder in pool.holders:
        missing = [key for key, question in (asked or {}).items() if holder not in question.answers]
        if missing:
            inspection.add(
                path, f"`{holder}` has not answered `{missing[0]}`", "every holder answers every question"
            )


def _check_answers(inspection: Inspection, name: str, question: SeedQuestion) -> None:
    for holder, answer in question.answers.items():
        path = (KEY, name, "answers", holder)
        if not answer[0] < answer[1] < answer[2]:
            inspection.add(path, "the three quantiles must rise: 5 %, 50 %, 95 %")
        elif question.scale == "ratio" and answer[0] <= 0:
            inspection.add(path, "on a scale of ratios every answer is above 0")
    if question.scale == "ratio" and question.is_ <= 0:
        inspection.add((KEY, name, "is"), "on a scale of ratios the answer is above 0")
