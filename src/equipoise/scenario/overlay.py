"""What is laid over a scenario: its bare numbers widened, and then some of its numbers changed.

The file says so itself, under `widen` and `set`. What is set comes last: it also replaces what any holder of
beliefs takes the number to be. Source: MODEL.md §5a, *Widening*.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.places import places, with_numbers
from equipoise.scenario.rules import range_of
from equipoise.scenario.value_types import SHARE, Range

LOG_ODDS = 2.0
"""How far a probability or share goes in log-odds, for each unit of widening."""


def laid_over(
    scenario: Scenario, *, set_: Mapping[str, Number], widen: float | None, written: Collection[str]
) -> Scenario:
    """Return a scenario with its bare numbers widened and then those of `set_` in their places, which it remembers.

    Args:
        scenario: resolved.
        set_: numbers by path; every path is a place of the scenario.
        widen: the share by which a bare number may be off either way, or None.
        written: paths of the numbers that the file itself writes down; defaults are not widened.
    """
    beliefs = scenario.beliefs
    if widen is not None:
        scenario = with_numbers(scenario, _widened(places(scenario), widen, written))
        beliefs = {holder: held | _widened(held, widen, held) for holder, held in beliefs.items()}
    if set_:
        scenario = with_numbers(scenario, set_)
        beliefs = {
            holder: {path: number for path, number in held.items() if path not in set_}
            for holder, held in beliefs.items()
        }
    if beliefs is scenario.beliefs and not set_:
        return scenario
    return scenario.model_copy(update={"beliefs": beliefs, "set_": {**scenario.set_, **set_}})


def _widened(numbers: Mapping[str, Number], widen: float, chosen: Collection[str]) -> dict[str, Number]:
    """Return those of the chosen numbers that widening changes, as it leaves them."""
    made = {path: widened(numbers[path], widen, range_of(path)) for path in numbers if path in chosen}
    return {path: number for path, number in made.items() if number is not numbers[path]}


def widened(number: Number, widen: float, allowed: Range) -> Number:
    """Return a bare number v as a PERT over v·(1 ∓ widen), kept to what is allowed where it stands.

    A probability or share goes by ∓ 2·widen in log-odds instead. What is uncertain already, marked `certain`, or 0
    (or, of a probability or share, 1) stays as it is.
    """
    if number.value is None or number.certain:
        return number
    value = number.value
    if allowed == SHARE:
        low, high = (_moved(value, step * LOG_ODDS * widen) for step in (-1, 1))
    else:
        low, high = sorted((value * (1 - widen), value * (1 + widen)))
        low, high = max(low, allowed[0]), min(high, allowed[1])
    if not low < high:
        return number
    return number.model_copy(update={"value": None, "pert": (min(low, value), value, max(high, value))})


def _moved(share: float, log_odds: float) -> float:
    """Return a share moved in log-odds; 0 and 1 stay."""
    if not 0 < share < 1:
        return share
    return 1 / (1 + (1 - share) / share * math.exp(-log_odds))
