"""From the numbers of a scenario to their values in states of the world: one draw, used by all.

Futures, talks and ties all read the same states: a number is drawn by the name of its path (`draws.sampling`), so
whatever else is drawn beside it, under whose beliefs and by which command, the same seed gives it the same values.
A shared quantity is drawn once, and all that refer to it follow. Source: MODEL.md §3 *Uncertain*, §5 *Sampling*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.sampling import uniforms
from equipoise.errors import InputError
from equipoise.scenario.number import Number, quantile, spread
from equipoise.scenario.places import places

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario

Values = dict[str, np.ndarray]
"""A number by path: an array over states, or a scalar array where it is certain."""

Overrides = Mapping[str, Callable[[np.ndarray], np.ndarray]]
"""What becomes of the value drawn at a path; a shared quantity passes its change on to who refers to it."""

Each = Callable[..., Iterable]
"""`map`, or the `map` of a pool of threads: quantile functions release Python's lock."""


def uncertain(numbers: Mapping[str, Number]) -> tuple[str, ...]:
    """Return the paths that are drawn: of what has a spread of its own, in the order given."""
    return tuple(path for path, number in numbers.items() if number.is_ is None and spread(number) > 0)


def draw(
    numbers: Mapping[str, Number],
    first: int,
    count: int,
    *,
    seed: int,
    overrides: Overrides | None = None,
    each: Each = map,
) -> Values:
    """Return the value of every number in states `first` .. `first + count - 1`, some changed.

    Args:
        numbers: by path, with the shared quantities they refer to.
        first, count: which states.
        seed: of the run.
        overrides: what becomes of the values drawn at some paths.
        each: draws one number after another, or several at a time.
    """
    free = uncertain(numbers)
    drawn = each(lambda path: quantile(numbers[path], uniforms(path, first, count, seed=seed)), free)
    values = _completed(numbers, dict(zip(free, drawn, strict=True)))
    return changed(values, numbers, overrides) if overrides else values


def medians(numbers: Mapping[str, Number]) -> Values:
    """Return every number at its median, a scalar array each; what refers to a quantity follows its median."""
    return _completed(numbers, {})


def _completed(numbers: Mapping[str, Number], values: Values) -> Values:
    """Add what is not drawn: numbers at their median, and those that are a quantity times a factor."""

    def value(path: str) -> np.ndarray:
        if path not in values:
            number = numbers[path]
            if number.is_ is not None:
                values[path] = _times(number) * value(f"quantities.{number.is_}")
            else:
                values[path] = quantile(number, np.array(0.5))
        return values[path]

    for path in numbers:
        value(path)
    return values


def changed(values: Values, numbers: Mapping[str, Number], overrides: Overrides) -> Values:
    """Return the values of the same states with some of them changed.

    Args:
        values: as drawn.
        numbers: by path, to follow shared quantities.
        overrides: what becomes of the values at some paths.

    Raises:
        InputError: a path that the scenario does not have.
    """
    unknown = sorted(set(overrides) - set(numbers))
    if unknown:
        raise InputError(f"the scenario has no number at {', '.join(unknown)}")
    out: Values = {}

    def value(path: str) -> np.ndarray:
        if path not in out:
            number = numbers[path]
            found = values[path] if number.is_ is None else _times(number) * value(f"quantities.{number.is_}")
            out[path] = np.asarray(overrides[path](found), float) if path in overrides else found
        return out[path]

    for path in numbers:
        value(path)
    return out


def _times(number: Number) -> float:
    return 1.0 if number.times is None else number.times


def with_sources(numbers: Mapping[str, Number], wanted: Iterable[str]) -> dict[str, Number]:
    """Return the numbers at some paths, and the shared quantities they refer to, in the order of `numbers`."""
    found = set(wanted)
    pending = list(found)
    while pending:
        source = numbers[pending.pop()].is_
        if source is not None and f"quantities.{source}" not in found:
            found.add(f"quantities.{source}")
            pending.append(f"quantities.{source}")
    return {path: number for path, number in numbers.items() if path in found}


def shares(amounts: np.ndarray) -> np.ndarray:
    """Return amounts divided by their sum along the last axis; all 0 where the sum is 0."""
    total = amounts.sum(axis=-1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts, dtype=float), where=total > 0)


def power_at_start(scenario: Scenario, values: Values, states: int) -> dict[str, np.ndarray]:
    """Return every force's power at the start of the run [states]: its shares of the regions, by their weights.

    P_j(0) = Σ_g ω_g C_gj(0), what forces hold of a region being divided by its sum and weights by theirs.

    Args:
        scenario: resolved.
        values: by path, with `forces.F.control.G`; a force holds nothing where it has none.
        states: how many.
    """
    forces, regions = tuple(scenario.forces), tuple(scenario.regions)
    held = np.zeros((states, len(regions), len(forces)))
    for g, region in enumerate(regions):
        for j, force in enumerate(forces):
            held[:, g, j] = values.get(f"forces.{force}.control.{region}", 0.0)
    weights = [1.0 if scenario.regions[g].weight is None else scenario.regions[g].weight for g in regions]
    power = np.einsum("g,sgj->sj", shares(np.array(weights)), shares(held))
    return {force: power[:, j] for j, force in enumerate(forces)}


def power_summary(scenario: Scenario, states: int, *, seed: int) -> dict[str, dict[str, float]]:
    """Return the `low`, `middle` and `high` of every force's power at the start: 5 %, mean and 95 % of the states."""
    numbers = places(scenario)
    control = [path for path in numbers if is_control(path)]
    power = power_at_start(scenario, draw(with_sources(numbers, control), 0, states, seed=seed), states)
    return {
        force: {
            "low": float(np.quantile(values, 0.05)),
            "middle": float(values.mean()),
            "high": float(np.quantile(values, 0.95)),
        }
        for force, values in power.items()
    }


def is_control(path: str) -> bool:
    """Say whether a path is a force's control of a region."""
    keys = path.split(".")
    return keys[0] == "forces" and keys[2] == "control"
